"""How the remedies of lab 4 are judged: by usefulness in a world without pride, and only if they keep the rules."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from incentives.metrics import metric_function
from incentives.order import Order
from incentives.report import Report
from model.economy import NailEconomy

START, HORIZON = 12, 96  # months of the first order that pays, and of the end
WORLD = {"n_factories": 24, "horizon": HORIZON, "pride": 0.0}
STRONGEST = 0.5  # bonus_strength that the wage fund allows
MAY_SET = {"metric", "bonus", "bonus_strength", "audit_share"}


def judged(policy: Callable[..., Order], seeds: Sequence[int], budget: float) -> list[float]:
    """The usefulness of the last year that a policy comes to, for each seed.

    Raises a ValueError of one line for a policy that breaks a rule. What it gets to see has no joints, and nor has its metric.
    """
    return [_ending(policy, seed, budget) for seed in seeds]


def _ending(policy: Callable[..., Order], seed: int, budget: float) -> float:
    policy, shares, blinded = copy.deepcopy(policy), [], {}  # a memory begins anew with each seed

    def within_rules(reports: Report, complaints: Any, month: int) -> Order:
        order = policy(_without_joints(reports), complaints, month)
        if not isinstance(order, Order):
            raise ValueError(f"remedy: must return an Order, but returned {order!r} in month {month}")
        for field in fields(order):
            if field.name not in MAY_SET and getattr(order, field.name) is not None:
                raise ValueError(f"remedy: sets {field.name} in month {month}; it may set {', '.join(sorted(MAY_SET))}")
        if (order.bonus_strength or 0.0) > STRONGEST:
            raise ValueError(
                f"remedy: has bonus_strength {order.bonus_strength:g} in month {month}; it may go to {STRONGEST:g}"
            )
        if order.metric is None:
            shares.append(0.0)
            return order
        if month < START:
            raise ValueError(f"remedy: pays in month {month}; it may from month {START} on")
        if order.metric == "joints" or isinstance(order.metric, list | tuple):
            raise ValueError(f"remedy: pays by {order.metric!r} in month {month}; it may pay by one metric, and not by joints")
        shares.append(order.audit_share or 0.0)
        metric = blinded.setdefault(order.metric, _blind(order.metric))  # the same function each month: no new targets
        return Order(metric, order.bonus, order.bonus_strength, order.audit_share)

    economy = NailEconomy(rng=seed, policy=within_rules, **WORLD).run()
    spent = float(np.mean(shares[START:]))
    if spent > budget + 1e-9:
        raise ValueError(f"remedy: spends {spent:.4f} of audits a month, and may spend {budget:g}")
    return float(np.mean(economy.months["usefulness"].to_numpy()[-12:]))


def _blind(metric: Any) -> Callable[[Report], Any]:
    score = metric_function(metric)
    return lambda report: score(_without_joints(report))


def _without_joints(report: Report) -> Report:
    return Report(report.count, report.weight_kg, np.zeros_like(report.count))
