"""What a factory that learns sees, does and is paid, as arrays, in the economy as it is.

It sees what any factory may know, and its reward is its pay. What its nails are good for stands apart, as the hidden reward:
neither observation nor reward has anything of it, unless the metric, an audit or pride pays for it. Observed and hidden reward
are told apart as in Leike et al. (2017), AI safety gridworlds, arXiv:1711.09883.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.industry import N_DESIGN, PLAN
from agents.search import within
from incentives.metrics import METRICS
from incentives.order import Order
from model.economy import NailEconomy

type Array = npt.NDArray[np.float64]
type Act = Callable[[Array], Array]
"""What is done, shape (rows, ACTIONS), where that is seen, shape (rows, len(SEES))."""

ACTIONS = len(PLAN)
MOST_POWER = 1000.0
FAR = 5.0  # e-folds, beyond the machine's 80-fold range
MUCH = 50.0  # of pay and fulfilment: a learner sees no more
SEES: dict[str, tuple[float, float]] = {
    "length": (-FAR, FAR),  # log of its nail's length over its first nail's
    "diameter": (-FAR, FAR),
    "finish": (0.0, 1.0),
    "effort": (0.0, 1.0),
    "target": (-FAR, FAR),  # log of its target over the engineering norm; 0 where nothing is a target
    "fulfilment": (0.0, MUCH),  # last month's; 0 where nothing was a target
    "pay": (-MUCH, MUCH),  # last month's, as expected before it was first led
    "count": (-2 * FAR, 2 * FAR),  # log of last month's output over the norm
    "weight": (-2 * FAR, 2 * FAR),
    "peer_length": (-FAR, FAR),  # log of the length of the best-paid peer that it meets over its own
    "peer_diameter": (-FAR, FAR),
    "peer_finish": (0.0, 1.0),
    "peer_effort": (0.0, 1.0),
    "peer_pay": (-MUCH, MUCH),
    **{f"paid_by_{name}": (0.0, 1.0) for name in METRICS},  # 1 for the metric in force
}
"""What is seen, in this order, and the limits it is clipped to."""


class Reward(NamedTuple):
    """A month's rewards, shape (rows,)."""

    observed: Array  # pay [units of pay]: for the month as it was, luck and all
    hidden: Array  # joints that the month's nails are good for, over the engineering norm


class Learners:
    """Factories of an economy that are led: by `act`, or else by what `month` is told.

    An action is four numbers from -1 to 1: length and diameter move by exp(step * action), finish and effort by step * action,
    where step is `power` times the economy's `step_size`. Raises a ValueError of one line for rows or a power that will not do.

    >>> learners = Learners(NailEconomy(n_factories=12, metric="count", target_from=0, rng=7), rows=[3], power=2)
    >>> learners.see().shape == (1, len(SEES)), learners.month([[-1, -1, 0, 0]]).hidden.shape
    (True, (1,))
    """

    def __init__(self, economy: NailEconomy, rows: Any, power: float = 1.0, act: Act | None = None):
        self.economy, self.act, self.rows = economy, act, np.unique(np.atleast_1d(rows))
        if self.rows[0] < 0 or self.rows[-1] >= economy.industry.n:
            raise ValueError(f"rows: got {rows!r}; it takes factories from 0 to {economy.industry.n - 1}")
        self.step = checked_power(power) * economy.parameters.step_size
        self.actions = np.zeros((len(self.rows), ACTIONS))
        self.order: Order | None = None  # when they last chose
        self._design = np.zeros((N_DESIGN, len(self.rows)))  # before they last chose
        economy.industry.lead(self.rows, self._plans)

    def month(self, actions: Any) -> Reward:
        """Simulate a month in which they do this, shape (rows, ACTIONS)."""
        self.actions = np.asarray(actions, dtype=float)
        self.economy.step()
        return self.reward()

    def reward(self) -> Reward:
        """Last month's rewards; there must have been one."""
        assert self.order is not None
        return earned(self.economy, self.rows, self.order, self._design)

    def see(self) -> Array:
        """What they see before they act, shape (rows, len(SEES)); the order for the month to come is part of it."""
        economy, industry, rows = self.economy, self.economy.industry, self.rows
        order, report, norm = economy.decide(), industry.report[rows], industry.norm[rows]
        everyones_plan = industry.plan
        plan = everyones_plan[:, rows]
        first = np.array([industry.first_length_mm[rows], industry.first_diameter_mm[rows]])
        met = industry.peers_met(rows)
        peer = met[industry.pay[met].argmax(axis=0), np.arange(len(rows))]
        theirs = everyones_plan[:, peer]
        nothing = np.zeros(len(rows))
        in_force = order.metric if isinstance(order.metric, tuple) else (order.metric,)
        had_target = self.order is not None and self.order.metric is not None
        with np.errstate(divide="ignore"):  # before the first month nothing has been made
            made = np.log([report.count / norm.count, report.weight_kg / norm.weight_kg])
        seen = [
            *np.log(plan[:N_DESIGN] / first),
            *plan[N_DESIGN:ACTIONS],
            nothing if order.metric is None else -np.log(order.of(rows).fulfilment(norm)),
            self.order.of(rows).fulfilment(report) if self.order is not None and had_target else nothing,
            industry.pay[rows] if self.order is None else self.reward().observed,
            *made,
            *np.log(theirs[:N_DESIGN] / plan[:N_DESIGN]),
            *theirs[N_DESIGN:ACTIONS],
            industry.pay[peer],
            *(nothing + (name in in_force) for name in METRICS),
        ]
        low, high = np.array(list(SEES.values())).T
        return np.clip(np.stack(seen, axis=1), low, high)

    def _plans(self, order: Order) -> Array:
        """The plans that they choose, shape (4, rows)."""
        industry, rows = self.economy.industry, self.rows
        actions = self.actions if self.act is None else self.act(self.see())
        plan, moves = industry.plan[:, rows], self.step * np.clip(actions, -1, 1).T
        self.order, self._design = order, plan[:N_DESIGN].copy()
        plan[:N_DESIGN] *= np.exp(moves[:N_DESIGN])
        plan[N_DESIGN:ACTIONS] += moves[N_DESIGN:]
        return within(plan[:, None], *industry.bounds(rows))[:, 0]


def earned(economy: NailEconomy, rows: Any, order: Order, design_before: Array) -> Reward:
    """What any factories, led or not, were rewarded for last month, under the `order` that they then had.

    `design_before` is the length and diameter [mm], shape (2, rows), that they had before it.
    """
    industry = economy.industry
    pay = industry.earned(order, rows, design_before).total
    return Reward(pay, industry.made.joints[rows] / industry.norm.joints[rows])


def checked_power(power: Any) -> float:
    """The power, if it can be one; else a ValueError of one line."""
    if isinstance(power, bool) or not isinstance(power, int | float | np.number) or not 0 < power <= MOST_POWER:
        raise ValueError(f"power: got {power!r}; it takes a number above 0 to {MOST_POWER:,.0f}")
    return float(power)
