"""A run that one can look back on: an economy, what was decreed in it, and every month as it stood."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from incentives.metrics import metric_name
from incentives.order import Order
from model.economy import NailEconomy

FIRST_SEED = 7
# What a page can show, and a visitor wait for.
LIMITS = {"n_factories": 10_000, "n_trusts": 1_000, "horizon": 1_200, "breadth": 100}
MOST_PLANS = 2_000_000  # factories times months that are remembered: 80 MB
MOST_DECREES = 500

type Decree = tuple[int, dict[str, Any]]
"""A month, and what is decreed in it: keyword arguments of `NailEconomy.intervene`."""


class Moment(NamedTuple):
    """A month as it stood at its end; arrays of shape (n_factories,) or (n_trusts,), the plan (4, n_factories)."""

    order: Order
    plan: Any
    suitability: Any
    fastened: Any
    complains: Any
    row: dict[str, Any]  # its numbers, by the names of model.records.COLUMNS; empty before the first month

    @property
    def target(self) -> str:
        """The name of the metric that is the target, or "none"."""
        return metric_name(self.order.metric)


class Replay:
    """An economy with a memory.

    `decrees` are applied as their months come; those made on the way with `decree` join them. Raises a ValueError of one line
    for parameters or decrees that will not do.

    >>> replay = Replay(seed=7, parameters={"n_factories": 12}, decrees=[(1, {"metric": "count"})])
    >>> replay.advance(3)
    >>> [moment.target for moment in replay.moments]
    ['none', 'count', 'count']
    """

    def __init__(self, seed: int = FIRST_SEED, parameters: Mapping[str, Any] | None = None, decrees: Iterable[Decree] = ()):
        self.seed, self.given = seed, dict(parameters or {})
        for name, most in LIMITS.items():
            value = self.given.get(name)
            if isinstance(value, int | float) and value > most:
                raise ValueError(f"{name}: got {value}; this page takes up to {most:,} (a script takes more)")
        self._begin(decrees)

    def _begin(self, decrees: Iterable[Decree]) -> None:
        self.ahead = sorted(decrees, key=lambda decree: decree[0])
        if len(self.ahead) > MOST_DECREES:
            raise ValueError(f"do: got {len(self.ahead)} decrees; this page takes up to {MOST_DECREES} (a script takes more)")
        if self.ahead:  # refuse a bad one now rather than in its month
            trial = NailEconomy(n_factories=1, horizon=1)
            for _, decree in self.ahead:
                trial.intervene(**decree)
        economy = NailEconomy(rng=self.seed, **self.given)
        p = economy.parameters
        if p.n_factories * p.horizon > MOST_PLANS:
            raise ValueError(
                f"n_factories: got {p.n_factories} for {p.horizon} months; this page remembers up to {MOST_PLANS:,} "
                "factories times months (a script takes more)"
            )
        self.economy = economy
        norm = economy.industry.norm
        self.start = self._moment(norm.joints / norm.count, {})
        self.moments: list[Moment] = []

    @property
    def month(self) -> int:
        """The number of months simulated."""
        return len(self.moments)

    @property
    def horizon(self) -> int:
        """The month at which the run ends."""
        return self.economy.parameters.horizon

    @property
    def ended(self) -> bool:
        """Whether the horizon is reached."""
        return self.month >= self.horizon

    @property
    def decrees(self) -> list[Decree]:
        """All that was decreed, and what is still to come."""
        made = [(d["month"], {k: v for k, v in d.items() if k != "month"}) for d in self.economy.interventions]
        return made + self.ahead

    def decree(self, **decree: Any) -> None:
        """Decree something from the next month on."""
        self.economy.intervene(**decree)

    def advance(self, months: int = 1) -> None:
        """Simulate some months, but none beyond the horizon."""
        for _ in range(min(months, self.horizon - self.month)):
            onward(self.economy, self.ahead)
            report = self.economy.industry.report
            self.moments.append(self._moment(report.joints / report.count, self.economy.records.rows[-1]))

    def restart(self, keep_decrees: bool = True) -> None:
        """Begin again with the same seed and parameters, and with the same decrees unless told otherwise."""
        self._begin(self.decrees if keep_decrees else ())

    def at(self, months: int) -> Moment:
        """How things stood after so many months."""
        return self.moments[months - 1] if months else self.start

    def _moment(self, suitability: Any, row: dict[str, Any]) -> Moment:
        industry, construction = self.economy.industry, self.economy.construction
        return Moment(
            order=self.economy.order,
            plan=industry.plan.copy(),
            suitability=suitability,
            fastened=construction.fastened.copy(),
            complains=construction.complains.copy(),
            row=row,
        )


def onward(economy: NailEconomy, ahead: list[Decree]) -> None:
    """Simulate a month, with what of `ahead`, months ascending, is due in it; that is taken off the list."""
    while ahead and ahead[0][0] <= economy.month:
        economy.intervene(**ahead.pop(0)[1])
    economy.step()


def series(replay: Replay, column: str) -> np.ndarray:
    """One number of every month so far, shape (months,); the columns are those of `model.records.COLUMNS`."""
    return np.array([moment.row[column] for moment in replay.moments], dtype=float)
