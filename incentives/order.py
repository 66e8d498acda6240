"""What a planner orders for a month."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from incentives.bonus import Bonus, bonus_function
from incentives.metrics import Metric, metric_function, metric_name
from incentives.report import Report

NUMBER = int | float | np.integer | np.floating
MOST = {"bonus_strength": 1e6, "audit_share": 1, "inspection": 1, "fine": 1e6}  # that can be ordered; the least is 0


@dataclass(frozen=True, slots=True)
class Order:
    """A month's order: what is paid for, how, how much, and against which targets.

    A policy names the metric and leaves the rest as None, for the planner to fill in; what it does give
    is kept. Several metrics, a tuple, are paid by the mean of their fulfilments, or, where `secret`, by one of them, drawn
    when the month is over. `targets` [score/month] have shape (n_factories,), or (k, n_factories) for k metrics;
    `joints_targets` [joints/month] and `ordinary_g` [g a nail], which names each factory's size class, have shape (n_factories,).
    With a plan year `so_far` is the sum of the fulfilments of its months gone by, and `months_left` counts this month.
    """

    metric: str | Metric | tuple | None = None
    bonus: str | Bonus | None = None
    bonus_strength: float | None = None
    audit_share: float | None = None
    targets: Any = None
    joints_targets: Any = None
    secret: bool | None = None
    inspection: float | None = None
    fine: float | None = None
    assortment: float | None = None
    ordinary_g: Any = None
    so_far: Any = None
    months_left: int | None = None

    def completed(self, defaults: Mapping[str, Any], decrees: Mapping[str, Any] = MappingProxyType({})) -> "Order":
        """This order with what it left open filled in from `defaults`, and with `decrees` over all it says.

        >>> order = Order("count", bonus="capped").completed({"bonus": "linear", "bonus_strength": 0.5}, {"metric": None})
        >>> order.metric, order.bonus, order.bonus_strength
        (None, 'capped', 0.5)
        """
        given = {name: value for name in FIELDS if (value := getattr(self, name)) is not None}
        return Order(**{**defaults, **given, **decrees})

    def of(self, rows: Any) -> "Order":
        """The same order for some factories only."""
        if self.metric is None or (isinstance(rows, slice) and rows == slice(0, self.targets.shape[-1])):
            return self

        def some(column: Any) -> Any:
            return None if column is None else column[..., rows]

        return Order(
            self.metric, self.bonus, self.bonus_strength, self.audit_share, some(self.targets), some(self.joints_targets),
            self.secret, self.inspection, self.fine, self.assortment, some(self.ordinary_g), some(self.so_far), self.months_left,
        )  # fmt: skip

    @property
    def score(self) -> Callable[[Report], Any]:
        """The function of a report that is the metric."""
        assert isinstance(self.metric, str) or callable(self.metric)
        return metric_function(self.metric)

    @property
    def name(self) -> str:
        """What is paid for, in tables: as `metric_name`; metrics of which one is drawn are joined by " or "."""
        return metric_name(self.metric).replace(" + ", " or ") if self.secret else metric_name(self.metric)

    def fulfilment(self, report: Report) -> Any:
        """Score over target, mixed with audited joints over theirs; NaN where no target is in force."""
        if self.metric is None:
            return np.full_like(report.count, np.nan)
        each = self.fulfilments(report)
        return each[0] if len(each) == 1 else sum(each) / len(each)

    def fulfilments(self, report: Report) -> list[Any]:
        """The fulfilments that may be paid by, each as likely as the others: one, but for metrics that are drawn in secret."""
        if isinstance(self.metric, tuple):
            each = [metric_function(one)(report) / target for one, target in zip(self.metric, self.targets, strict=True)]
            if not self.secret:
                each = [sum(each) / len(each)]
        else:
            each = [self.score(report) / self.targets]
        if self.audit_share:
            audited = self.audit_share * (report.joints / self.joints_targets)
            each = [(1 - self.audit_share) * fulfilment + audited for fulfilment in each]
        if self.assortment is not None:
            in_class = self.in_class(report)
            each = [in_class * fulfilment for fulfilment in each]
        return each

    def in_class(self, report: Report) -> Any:
        """Whether a factory's nails are of the size class that it was ordered: within a factor of its ordinary nail's mass."""
        mass_g = 1000 * report.weight_kg / report.count
        return (mass_g <= self.assortment * self.ordinary_g) & (mass_g * self.assortment >= self.ordinary_g)

    def bonus_for(self, report: Report) -> Any:
        """What the report earns in bonus, in units of pay; 0 where no target is in force."""
        if self.metric is None:
            return 0.0
        if isinstance(self.metric, tuple) or self.audit_share or self.assortment is not None:
            return self.bonus_of(self.fulfilments(report))
        assert self.bonus is not None
        return self.bonus_strength * bonus_function(self.bonus)(self.score(report), self.targets)

    def bonus_of(self, fulfilments: list[Any]) -> Any:
        """The bonus [units of pay] that is expected of fulfilments of which each is as likely."""
        assert self.bonus is not None and self.bonus_strength is not None
        bonus = bonus_function(self.bonus)
        if len(fulfilments) == 1:
            return self.bonus_strength * bonus(fulfilments[0], 1.0)
        return self.bonus_strength * (sum(bonus(fulfilment, 1.0) for fulfilment in fulfilments) / len(fulfilments))

    def fine_for(self, claimed: Report, made: Report) -> Any:
        """The fine [units of pay] that is expected for claiming more than was made: inspection * fine * overclaim.

        Overclaim is in units of fulfilment, or, where nothing is a target, a share of what was made.
        """
        if not self.inspection or self.fine is None:
            return 0.0
        over = claimed.count / made.count - 1 if self.metric is None else self.fulfilment(claimed) - self.fulfilment(made)
        return self.inspection * self.fine * over


FIELDS = tuple(field.name for field in fields(Order))


def is_number(value: Any) -> bool:
    """Whether a value is a number, of Python's or NumPy's; true and false, which Python counts as 1 and 0, are none.

    >>> is_number(0.5), is_number(True)
    (True, False)
    """
    return isinstance(value, NUMBER) and not isinstance(value, bool)
