"""What planners do: a policy is a function (reports, complaints, month) -> Order, and one line in POLICIES.

`reports` is last month's Report, one entry a factory (all zero before the first); `complaints` is a boolean array, one entry
a trust. A policy that has settings or a memory is a dataclass whose fields are parameters of the economy, by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from incentives.metrics import Metric
from incentives.order import Order
from incentives.report import Report

type Policy = Callable[[Report, Any, int], Order]

METRIC_YEAR = 12  # months before a reactive planner begins to doubt a metric


@dataclass
class MeasureOnly:
    """Measure everything, pay for nothing."""

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        return Order()


@dataclass
class Single:
    """Pay by one metric, from a month on."""

    metric: str | Metric
    target_from: int

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        return Order(self.metric if month >= self.target_from else None)


@dataclass
class Schedule:
    """Pay by the metrics of a schedule {month: metric or None}, each until the next; nothing before the first."""

    schedule: Mapping[int, str | Metric | None]

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        begun = [start for start in self.schedule if start <= month]
        return Order(self.schedule[max(begun)] if begun else None)


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
            return Order()
        if self.since is None:
            self.since = month
        if month - self.since >= METRIC_YEAR:
            self.angry_months = self.angry_months + 1 if complaints.mean() > 0.5 else 0
            if self.angry_months >= self.patience:
                self.place, self.since, self.angry_months = (self.place + 1) % len(self.menu), month, 0
        return Order(self.menu[self.place])


POLICIES: dict[str, Callable[..., Policy]] = {
    "measure_only": MeasureOnly,
    "single": Single,
    "schedule": Schedule,
    "reactive": Reactive,
}
