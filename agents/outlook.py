"""What a bonus is worth to factories that look beyond the month: to the plan year's end, and to the targets of years to come."""

from typing import Any

from incentives.order import Order
from incentives.report import Report
from incentives.targets import YEAR, fulfilment_next_year

YEARS_AHEAD = 40  # looked at one by one, at most
NEGLIGIBLE = 1e-3  # weight of all later years below which they are taken to be like the last


def worth(order: Order, report: Report, *, discount: float | None, growth: float, ratchet: float, impatience: float) -> Any:
    """What the bonus for a report is worth [units of pay a month], to a factory that would keep to it.

    Where a plan year's total counts, the month is one of those left, all alike, and the bonus on the total comes at the year's end:
    it is worth 12 / months left * (1 + impatience)^-(months left - 1) of itself. With a `discount` rate a year, it is the mean of
    this year's bonus and of those to come, each weighed by (1 + discount)^-years, while the target is ratcheted after the score.
    For a linear bonus near the plan that is b / (1 + ratchet / discount) of a month's own b: Weitzman (1980).
    """
    if order.metric is None:
        return 0.0
    fulfilments, share = order.fulfilments(report), 1.0
    if order.so_far is not None:
        left = order.months_left or YEAR
        fulfilments = [(gone + left * now) / YEAR for gone, now in zip(order.so_far, fulfilments, strict=True)]
        share = YEAR / left * (1 + impatience) ** (1 - left)
    if discount is None:
        return share * order.bonus_of(fulfilments)
    total, weight, still = 0.0, discount / (1 + discount), 1.0  # weight of the year, and of all later ones
    bonus = 0.0
    for _ in range(YEARS_AHEAD):
        bonus = order.bonus_of(fulfilments)
        total, weight, still = total + weight * bonus, weight / (1 + discount), still / (1 + discount)
        if still < NEGLIGIBLE:
            break
        fulfilments = [fulfilment_next_year(fulfilment, growth, ratchet) for fulfilment in fulfilments]
    return share * (total + still * bonus)  # by then the target has caught up, and years are alike
