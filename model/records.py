"""What is remembered of every month."""

from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd

from agents.construction import Construction
from agents.industry import Industry
from analysis.goodhart import rank_correlations
from incentives.metrics import metric_name
from incentives.order import Order
from nails.geometry import mass

SAMPLE = 2048  # factories that rank correlations are taken over; they are alike, so the first are as good as any

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
}


class Records:
    """One row a simulated month, a dict of COLUMNS."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, month: int, order: Order, industry: Industry, construction: Construction) -> None:
        """Record a month that has just been built; raise a ValueError if the metric has run out of numbers."""
        report, norm, n = industry.report, industry.norm, industry.n
        fulfilment = nan if order.metric is None else float(order.fulfilment(report).sum()) / n
        if order.metric is not None and not isfinite(fulfilment):
            raise ValueError(f"metric '{metric_name(order.metric)}': gave a score that is no finite number in month {month}")
        length_mm, diameter_mm, finish, effort = industry.plan
        length, diameter, mass_g = medians(np.array([length_mm, diameter_mm, mass(length_mm, diameter_mm)]))
        some = slice(0, SAMPLE)
        over_norm = [report.count[some] / norm.count[some], report.weight_kg[some] / norm.weight_kg[some]]
        with_use = rank_correlations(np.array([*over_norm, report.joints[some] / norm.joints[some]]))[2].tolist()
        fastened, steel_kg = float(construction.fastened.sum()), float(report.weight_kg.sum())
        self.rows.append(
            {
                "month": month,
                "target": metric_name(order.metric),
                "usefulness": fastened / float(construction.programme.sum()),
                "count": float(report.count.sum()),
                "weight_kg": steel_kg,
                "median_length_mm": length,
                "median_diameter_mm": diameter,
                "median_mass_g": mass_g,
                "mean_finish": float(finish.sum()) / n,
                "mean_effort": float(effort.sum()) / n,
                "mean_fulfilment": fulfilment,
                "correlation_count": with_use[0],
                "correlation_weight": with_use[1],
                "complaining_share": float(construction.complains.sum()) / len(construction.complains),
                "steel_per_joint_g": 1000 * steel_kg / fastened if fastened > 0 else nan,
                "bonus_strength": order.bonus_strength,
            }
        )

    def table(self) -> pd.DataFrame:
        """All months so far."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))


def medians(columns: Any) -> list[float]:
    """The median of each of m columns, shape (m, n), without np.median's checks, which cost more than a small month.

    >>> medians(np.array([[1.0, 9.0, 2.0, 4.0], [5.0, 5.0, 5.0, 7.0]]))
    [3.0, 5.0]
    """
    half = columns.shape[1] // 2
    halves = np.partition(columns, half, axis=1)
    middle = halves[:, half]
    if columns.shape[1] % 2 == 0:
        middle = (middle + halves[:, :half].max(axis=1)) / 2
    return middle.tolist()
