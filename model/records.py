"""What is remembered of every month."""

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector

from agents.construction import Construction
from agents.industry import Industry
from analysis.goodhart import rank_correlations
from incentives.metrics import metric_name
from incentives.order import Order
from incentives.report import Report
from nails.geometry import mass

SAMPLE = 2048  # factories that rank correlations are taken over; they are alike, so the first are as good as any
MOST_MONTHS = 256  # that are worked out at once,
MOST_WAITING = 16_384  # and factory-months that are kept for it

COLUMNS = {
    "month": "month, from 0",
    "target": 'the metric that is the target, or "none"',
    "usefulness": "joints fastened over joints planned, all trusts, 0 to 1",
    "count": "nails made [nails/month], all factories",
    "weight_kg": "steel in them [kg/month], all factories",
    "median_length_mm": "length of the median factory's nail [mm]",
    "median_diameter_mm": "diameter of the median factory's nail [mm]",
    "median_mass_g": "mass of the median factory's nail [g]",
    "mean_finish": "mean share of nails properly headed and pointed",
    "mean_effort": "mean effort, 0 to 1",
    "mean_fulfilment": "mean fulfilment of the plan; NaN without a target",
    "correlation_count": "rank correlation over factories of count with real use, each over its norm",
    "correlation_weight": "rank correlation over factories of weight with real use, each over its norm",
    "complaining_share": "share of trusts that complain",
    "steel_per_joint_g": "steel made into nails for each joint fastened [g]; NaN where none is",
    "bonus_strength": "units of pay for a bonus of 1",
    "mean_padding": "mean share of its output that a factory claims and did not make",
}


class Month(NamedTuple):
    """What is kept of a month until it is worked out."""

    month: int
    order: Order
    mean_fulfilment: float
    report: Report
    made: Report
    plan: Any
    programme: Any
    fastened: Any
    complains: Any


class Records:
    """A list for each of COLUMNS, an entry a month; and `fulfilment`, shape (n_factories,), of last month's report under its order.

    Months are worked out when somebody asks for them, and many at a time: in a small economy that takes a fifth of the time.
    """

    def __init__(self, norm: Report) -> None:
        self.norm = norm
        self.fulfilment = np.full_like(norm.count, nan)
        self._together = months_together(len(norm.count))
        self._columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        self._waiting: list[Month] = []  # the latest, not worked out yet

    def add(self, month: int, order: Order, industry: Industry, construction: Construction) -> None:
        """Record a month that has just been built; raise a ValueError if the metric has run out of numbers."""
        report, n = industry.report, industry.n
        self.fulfilment = order.fulfilment(report)
        fulfilment = float(self.fulfilment.sum()) / n
        if order.metric is not None and not isfinite(fulfilment):
            raise ValueError(f"metric '{metric_name(order.metric)}': gave a score that is no finite number in month {month}")
        plan, programme, built = industry.plan, construction.programme, (construction.fastened, construction.complains)
        if self._together > 1:
            plan, programme = plan.copy(), programme.copy()  # before somebody sets them by hand
        self._waiting.append(Month(month, order, fulfilment, report, industry.made, plan, programme, *built))
        if len(self._waiting) >= self._together:
            self._work_out()

    @property
    def columns(self) -> dict[str, list[Any]]:
        """All months so far, to read."""
        if self._waiting:
            self._work_out()
        return self._columns

    def row(self, month: int) -> dict[str, Any]:
        """One month."""
        return {name: column[month] for name, column in self.columns.items()}

    def table(self) -> pd.DataFrame:
        """All months so far, a row each."""
        return pd.DataFrame(self.columns)

    def _work_out(self) -> None:
        for name, values in columns_of(self._waiting, self.norm).items():
            self._columns[name] += values.tolist() if isinstance(values, np.ndarray) else values
        self._waiting = []


def columns_of(months: Sequence[Month], norm: Report) -> dict[str, Any]:
    """The columns of some months, all worked out at once: arrays have shape (months, factories) or (months, trusts)."""
    reports = [m.report for m in months]
    count, weight_kg, joints = (_stacked([getattr(r, name) for r in reports]) for name in ("count", "weight_kg", "joints"))
    plans, programme = _stacked([m.plan for m in months]), _stacked([m.programme for m in months])
    fastened, complains = _stacked([m.fastened for m in months]), _stacked([m.complains for m in months])
    length_mm, diameter_mm, finish, effort, *padding = plans.swapaxes(0, 1)
    length, diameter, mass_g = medians(np.array([length_mm, diameter_mm, mass(length_mm, diameter_mm)]))
    reported, ordinary = (count, weight_kg, joints), (norm.count, norm.weight_kg, norm.joints)
    over_norm = [some[:, :SAMPLE] / usual[:SAMPLE] for some, usual in zip(reported, ordinary, strict=True)]
    with_use = rank_correlations(np.stack(over_norm, axis=1))[:, 2]
    if any(m.made is not m.report for m in months):
        count, weight_kg = (_stacked([getattr(m.made, name) for m in months]) for name in ("count", "weight_kg"))
    steel_kg, built = weight_kg.sum(axis=1), fastened.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        steel_per_joint_g = np.where(built > 0, 1000 * steel_kg / built, nan)
    return {
        "month": [m.month for m in months],
        "target": [m.order.name for m in months],
        "usefulness": built / programme.sum(axis=1),
        "count": count.sum(axis=1),
        "weight_kg": steel_kg,
        "median_length_mm": length,
        "median_diameter_mm": diameter,
        "median_mass_g": mass_g,
        "mean_finish": finish.mean(axis=1),
        "mean_effort": effort.mean(axis=1),
        "mean_fulfilment": [m.mean_fulfilment for m in months],
        "correlation_count": with_use[:, 0],
        "correlation_weight": with_use[:, 1],
        "complaining_share": complains.mean(axis=1),
        "steel_per_joint_g": steel_per_joint_g,
        "bonus_strength": [m.order.bonus_strength for m in months],
        "mean_padding": padding[0].mean(axis=1) if padding else [0.0] * len(months),
    }


def months_together(n_factories: int) -> int:
    """Months that are worked out at once: fewer where more would have to be kept for it.

    >>> months_together(60), months_together(1_000_000)
    (256, 1)
    """
    return max(1, min(MOST_MONTHS, MOST_WAITING // n_factories))


def _stacked(arrays: Sequence[Any]) -> Any:
    """Arrays of one shape, stacked on a new first axis; one alone is not copied, for it may be large."""
    return np.array(arrays) if len(arrays) > 1 else arrays[0][None]


def medians(values: Any) -> Any:
    """Medians along the last axis, shape (..., n), without np.median's checks.

    >>> medians(np.array([[1.0, 9.0, 2.0, 4.0], [5.0, 5.0, 5.0, 7.0]])).tolist()
    [3.0, 5.0]
    """
    half = values.shape[-1] // 2
    halves = np.partition(values, half, axis=-1)
    middle = halves[..., half]
    if values.shape[-1] % 2 == 0:
        middle = (middle + halves[..., :half].max(axis=-1)) / 2
    return middle


class Collector(DataCollector):
    """Mesa's data collector, whose model variables are the columns of the records, taken over when somebody looks."""

    def __init__(self, records: Records) -> None:
        self._records, self._taken = records, {}
        super().__init__(model_reporters=dict.fromkeys(COLUMNS))

    def collect(self, model: Any) -> None:
        """Note Mesa's time of a month; all else is in the records."""
        self._collection_steps.append(model.time)

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """A list for each column, an entry a month."""
        columns = self._records.columns
        for name, taken in self._taken.items():
            taken += columns[name][len(taken) :]
        return self._taken

    @model_vars.setter
    def model_vars(self, columns: dict[str, list[Any]]) -> None:
        self._taken = columns
