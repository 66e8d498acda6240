"""How the remedies of lab 4 are judged: by usefulness in a world without pride, and only if they keep the rules."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import numpy as np

from incentives.metrics import metric_function, metric_name
from incentives.order import Order
from incentives.report import Report
from model.economy import NailEconomy

START, HORIZON = 12, 96  # months of the first order that pays, and of the end
KEPT = 12  # months for which a remedy keeps what it pays by
WORLD = MappingProxyType({"n_factories": 24, "horizon": HORIZON, "pride": 0.0})
STRONGEST = 0.5  # bonus_strength that the wage fund allows
MAY_SET = {"metric", "bonus", "bonus_strength", "audit_share"}
COUNT, MASS_G = np.meshgrid(np.geomspace(1e3, 1e7, 9), np.geomspace(0.1, 1e3, 9))
MANY = Report(COUNT, COUNT * MASS_G / 1000, np.zeros_like(COUNT)).sealed()  # all sorts of months, to tell metrics apart by


def judged(policy: Callable[..., Order], seeds: Sequence[int], budget: float) -> list[float]:
    """The mean usefulness of all months from START on that a policy comes to, for each seed.

    Raises a ValueError of one line for a policy that breaks a rule. What it gets to see has no joints, and nor has its metric.
    """
    return [_usefulness(policy, seed, budget) for seed in seeds]


def gained(policy: Callable[..., Order], seeds: Sequence[int], budget: float) -> float:
    """By how much a policy is better than to pay for nothing: the mean of `judged`, less that of empty orders on the same seeds."""
    nothing = judged(lambda reports, complaints, month: Order(), seeds, budget)
    return float(np.mean(judged(policy, seeds, budget)) - np.mean(nothing))


def _usefulness(policy: Callable[..., Order], seed: int, budget: float) -> float:
    policy, shares = copy.deepcopy(policy), []  # a memory begins anew with each seed
    kept, pays, since = None, None, None  # the metric last ordered, what pays in its place, and from which month on

    def within_rules(reports: Report, complaints: Any, month: int) -> Order:
        nonlocal kept, pays, since
        order = policy(_without_joints(reports), complaints.copy(), month)
        _check(order, month)
        if not _alike(order.metric, kept):
            if since is not None and month - since < KEPT:
                raise ValueError(
                    f"remedy: changes what it pays by in month {month}, after {month - since}; it may after {KEPT} months or more"
                )
            kept, since = order.metric, month
            pays = None if kept is None else _blind(kept)
        shares.append((order.audit_share or 0.0) if pays else 0.0)
        # What pays is the same function while a metric is kept, so that no target is set anew.
        return Order(pays, order.bonus, order.bonus_strength, order.audit_share) if pays else Order()

    economy = NailEconomy(rng=seed, policy=within_rules, **WORLD).run()
    spent = float(np.mean(shares[START:]))
    if spent > budget + 1e-9:
        raise ValueError(f"remedy: spends {spent:.4f} of audits a month, and may spend {budget:g}")
    return float(np.mean(economy.months["usefulness"].to_numpy()[START:]))


def _check(order: Any, month: int) -> None:
    """Raise a ValueError of one line for an order that breaks a rule by itself."""
    if not isinstance(order, Order):
        raise ValueError(f"remedy: must return an Order, but returned {order!r} in month {month}")
    for field in fields(order):
        if field.name not in MAY_SET and getattr(order, field.name) is not None:
            raise ValueError(f"remedy: sets {field.name} in month {month}; it may set {', '.join(sorted(MAY_SET))}")
    if (order.bonus_strength or 0.0) > STRONGEST:
        raise ValueError(f"remedy: has bonus_strength {order.bonus_strength:g} in month {month}; it may go to {STRONGEST:g}")
    if order.metric is None:
        return
    if month < START:
        raise ValueError(f"remedy: pays in month {month}; it may from month {START} on")
    if isinstance(order.metric, list | tuple) or order.metric == "joints":
        raise ValueError(f"remedy: pays by {order.metric!r} in month {month}; it may pay by one metric, and not by joints")


def _alike(one: Any, other: Any) -> bool:
    """Whether two metrics pay for the same: what they score differs by a factor, which targets undo, and else by 1 % at most.

    By what they score and not by what they are: a policy may write its metric within itself, and so anew each month.
    """
    if one is None or other is None or one is other:
        return one is other
    with np.errstate(all="ignore"):
        ones, others = (np.asarray(metric_function(metric)(MANY), dtype=float) for metric in (one, other))
        return np.allclose(ones * np.abs(others).max(), others * np.abs(ones).max(), rtol=0.01, atol=0)


def _blind(metric: Any) -> Callable[[Report], Any]:
    score = metric_function(metric)

    def blind(report: Report) -> Any:
        return score(_without_joints(report))

    blind.__name__ = metric_name(metric)
    return blind


def _without_joints(report: Report) -> Report:
    """A report without joints, and a copy, so that whoever writes into it changes nothing."""
    return Report(report.count.copy(), report.weight_kg.copy(), np.zeros_like(report.count))
