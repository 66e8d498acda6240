"""What a factory is paid for a plan, term by term."""

from collections.abc import Callable
from typing import Any, NamedTuple

from incentives.order import Order
from incentives.report import Report

NOTHING = 0.0  # a term that is not in force


class Pay(NamedTuple):
    """The terms of a factory's pay, each as it enters the sum; any shape."""

    bonus: Any
    pride: Any
    effort: Any
    retooling: Any
    fine: Any = NOTHING
    orders: Any = NOTHING

    @property
    def running(self) -> Any:
        """Pay month by month [units of pay], without the one-off cost of retooling: what peers compare."""
        running = self.bonus + self.pride + self.effort
        for term in (self.fine, self.orders):
            if term is not NOTHING:  # which spares most months two additions
                running = running + term
        return running

    @property
    def total(self) -> Any:
        """All of it [units of pay]: what a factory maximises."""
        return self.running + self.retooling


def pay(
    order: Order,
    report: Report,
    suitability: Any,
    effort: Any,
    new_design: Any = False,
    *,
    pride: float,
    effort_cost: float,
    retooling: float,
    fine: Any = NOTHING,
    orders: Any = NOTHING,
    worth: Callable[[Order, Report], Any] = Order.bonus_for,
) -> Pay:
    """Pay for what a plan is expected to give: bonus + pride * suitability - effort_cost * effort^2 - retooling.

    `report` is the expected report; `suitability` in [0, 1] is the nail's own for the factory's own trust; `new_design` is
    true where length or diameter change; `fine` and `orders` are terms of their own where there are such; `worth` says
    what the factory makes of a bonus, if it looks beyond the month.

    >>> terms = pay(Order(), Report(1.0, 1.0, 1.0), 0.5, 1.0, True, pride=0.3, effort_cost=0.3, retooling=0.02)
    >>> round(terms.running, 3), round(terms.total, 3)
    (-0.15, -0.17)
    """
    terms = worth(order, report), pride * suitability, -effort_cost * (effort * effort), -retooling * new_design
    return Pay(*terms, fine, orders)
