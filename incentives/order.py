"""What a planner orders for a month."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from incentives.bonus import BONUSES
from incentives.metrics import Metric, metric_function
from incentives.report import Report


@dataclass(frozen=True, slots=True)
class Order:
    """A month's order: what is paid for, how, how much, and against which targets.

    A policy names the metric and leaves the rest as None, for the planner to fill in; what it does give
    is kept. `targets` [score/month] and `joints_targets` [joints/month] have shape (n_factories,).
    """

    metric: str | Metric | None = None
    bonus: str | None = None
    bonus_strength: float | None = None
    audit_share: float | None = None
    targets: Any = None
    joints_targets: Any = None

    def completed(self, **defaults: Any) -> "Order":
        """This order with what it left open filled in."""
        return replace(self, **{name: value for name, value in defaults.items() if getattr(self, name) is None})

    def of(self, rows: Any) -> "Order":
        """The same order for some factories only."""
        if self.metric is None:
            return self
        audited = None if self.joints_targets is None else self.joints_targets[rows]
        return replace(self, targets=self.targets[rows], joints_targets=audited)

    @property
    def score(self) -> Callable[[Report], Any]:
        """The function of a report that is the metric."""
        assert self.metric is not None
        return metric_function(self.metric)

    def fulfilment(self, report: Report) -> Any:
        """Score over target, mixed with audited joints over theirs; NaN where no target is in force."""
        if self.metric is None:
            return np.full_like(report.count, np.nan)
        fulfilment = self.score(report) / self.targets
        if self.audit_share:
            fulfilment = (1 - self.audit_share) * fulfilment + self.audit_share * (report.joints / self.joints_targets)
        return fulfilment

    def bonus_for(self, report: Report) -> Any:
        """What the report earns in bonus, in units of pay; 0 where no target is in force."""
        if self.metric is None:
            return 0.0
        assert self.bonus is not None
        bonus = BONUSES[self.bonus]
        if self.audit_share:
            return self.bonus_strength * bonus(self.fulfilment(report), 1.0)
        return self.bonus_strength * bonus(self.score(report), self.targets)
