"""What a planner orders for a month."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from incentives.bonus import BONUSES
from incentives.metrics import Metric, metric_function
from incentives.report import Report

MOST = {"bonus_strength": 1e6, "audit_share": 1}  # that can be ordered; the least is 0


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

    def completed(self, defaults: Mapping[str, Any], decrees: Mapping[str, Any] = MappingProxyType({})) -> "Order":
        """This order with what it left open filled in from `defaults`, and with `decrees` over all it says.

        >>> Order("count", bonus="capped").completed({"bonus": "linear", "bonus_strength": 0.5}, {"metric": None})
        Order(metric=None, bonus='capped', bonus_strength=0.5, audit_share=None, targets=None, joints_targets=None)
        """
        given = {name: value for name in FIELDS if (value := getattr(self, name)) is not None}
        return Order(**{**defaults, **given, **decrees})

    def of(self, rows: Any) -> "Order":
        """The same order for some factories only."""
        if self.metric is None:
            return self
        audited = None if self.joints_targets is None else self.joints_targets[rows]
        return Order(self.metric, self.bonus, self.bonus_strength, self.audit_share, self.targets[rows], audited)

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


FIELDS = tuple(field.name for field in fields(Order))
