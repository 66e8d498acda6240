"""What planners do: a policy is a function (reports, complaints, month) -> Order, and one line in POLICIES.

`reports` is last month's Report, one entry a factory (all zero before the first); `complaints` is a boolean array, one entry
a trust; both are read-only. A policy that has settings or a memory is a dataclass whose fields are parameters of the economy, by
name; a plain function stands there as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from incentives.metrics import Metric, metric_function
from incentives.order import Order
from incentives.report import Report

type Policy = Callable[[Report, Any, int], Order]

METRIC_YEAR = 12  # months before a reactive planner begins to doubt a metric


def paid_by(metric: str | Metric | tuple | None) -> Order:
    """The order to pay by a metric: by one that has a name the very same each month, which the planner need not look at anew.

    >>> paid_by("count") is paid_by("count")
    True
    """
    return _by_name(metric) if metric is None or isinstance(metric, str) else Order(metric)


@cache
def _by_name(metric: str | None) -> Order:
    return Order(metric)


@dataclass
class MeasureOnly:
    """Measure everything, pay for nothing."""

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        return paid_by(None)


@dataclass
class Single:
    """Pay by one metric, from a month on."""

    metric: str | Metric | tuple
    target_from: int

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        return paid_by(self.metric if month >= self.target_from else None)


@dataclass
class Schedule:
    """Pay by the metrics of a schedule {month: metric or None}, each until the next; nothing before the first."""

    schedule: Mapping[int, str | Metric | None]

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        begun = [start for start in self.schedule if start <= month]
        return paid_by(self.schedule[max(begun)] if begun else None)


@dataclass
class Reactive:
    """Pay by a metric until people complain for `patience` months on end, then by the next of the menu, round and round.

    A metric is given a year before complaints count: in months when over half the trusts complain.
    """

    menu: Sequence[str | Metric]
    target_from: int
    patience: int
    place: int = field(default=0, init=False)
    since: int | None = field(default=None, init=False)
    angry_months: int = field(default=0, init=False)

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        if month < self.target_from:
            return paid_by(None)
        if self.since is None:
            self.since = month
        if month - self.since >= METRIC_YEAR:
            self.angry_months = self.angry_months + 1 if complaints.mean() > 0.5 else 0
            if self.angry_months >= self.patience:
                self.place, self.since, self.angry_months = (self.place + 1) % len(self.menu), month, 0
        return paid_by(self.menu[self.place])


@dataclass
class Rotation:
    """Pay by the metrics of the menu in turn, each for so many months, round and round."""

    menu: Sequence[str | Metric]
    target_from: int
    rotation_months: int

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        turn = (month - self.target_from) // self.rotation_months
        return paid_by(self.menu[turn % len(self.menu)] if turn >= 0 else None)


@dataclass
class Secret:
    """Pay by one metric of the menu, drawn by lot when the month is over.

    Factories weigh no risk, and what is drawn decides no target, so what acts is the lot itself, and not how it falls.
    """

    menu: Sequence[str | Metric]
    target_from: int

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        return Order(tuple(self.menu), secret=True) if month >= self.target_from else Order()


@dataclass
class Watchful:
    """Pay by a metric until it turns, then by the next of the menu; when all have turned, by none.

    A metric turns when, over its last twelve months, the industry's score is correlated with the share of trusts that complain.
    """

    menu: Sequence[str | Metric]
    target_from: int
    place: int = field(default=0, init=False)
    seen: list[tuple[float, float]] = field(default_factory=list, init=False)

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        if month < self.target_from or self.place == len(self.menu):
            return paid_by(None)
        metric = self.menu[self.place]
        if month > self.target_from:
            self.seen.append((float(metric_function(metric)(reports).sum()), float(complaints.mean())))
        year = np.array(self.seen[-METRIC_YEAR:])
        if len(year) == METRIC_YEAR and (np.ptp(year, axis=0) > 0).all() and np.corrcoef(year.T)[0, 1] > 0:
            self.place, self.seen = self.place + 1, []
        return paid_by(self.menu[self.place] if self.place < len(self.menu) else None)


POLICIES: dict[str, Callable[..., Policy] | Policy] = {
    "measure_only": MeasureOnly,
    "single": Single,
    "schedule": Schedule,
    "reactive": Reactive,
    "rotation": Rotation,
    "secret": Secret,
    "watchful": Watchful,
}
