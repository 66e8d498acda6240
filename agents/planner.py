"""Gosplan, the planner."""

from collections import deque
from dataclasses import replace
from operator import is_
from typing import Any

import mesa
import numpy as np

from agents.policies import Policy
from agents.views import refuse_a_slip
from incentives.bonus import Bonus, check_bonus
from incentives.hints import shown, what_failed
from incentives.metrics import Metric, check_metric, checked_score, metric_function, metric_name
from incentives.order import FIELDS, MOST, Order, is_number
from incentives.own import same_function
from incentives.report import Report
from incentives.targets import YEAR, from_achieved_level, ratcheted

PLANNERS_OWN = ("ordinary_g", "so_far", "months_left")  # what no policy says of an order


class Term:
    """One of the planner's terms, in `terms`, as an attribute: set by hand, it acts on the next month."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, planner: Any, owner: Any = None) -> Any:
        return self if planner is None else planner.terms[self.name]

    def __set__(self, planner: Any, value: Any) -> None:
        planner.terms[self.name] = value


class Gosplan(mesa.Agent):
    """The planner: reads the reports, follows its policy, and sets every factory's target from the achieved level.

    `norm` is the engineers' report of an ordinary month of each factory (first nail, standard skill), `standing` what has been
    decreed over the policy's head (see NailEconomy.intervene). Its terms, `bonus` to `assortment`, are what a policy leaves open.
    `targets`, and `joints_targets` where there are audits, have the shapes that they have in an Order; set by hand, they stand until
    they are ratcheted, or the metric changes. What it pays for is its policy's to say, or a decree's.
    """

    bonus, bonus_strength, audit_share, inspection, fine, assortment = (Term() for _ in range(6))

    def __init__(
        self,
        model: Any,
        policy: Policy,
        norm: Report,
        *,
        bonus: str | Bonus,
        bonus_strength: float,
        audit_share: float,
        growth: float,
        ratchet: float,
        inspection: float = 0.0,
        fine: float = 0.0,
        assortment: float | None = None,
        plan_year: bool = False,
    ):
        super().__init__(model)
        self.policy, self.norm = policy, norm
        self.terms = {
            "bonus": bonus, "bonus_strength": bonus_strength, "audit_share": audit_share,
            "inspection": inspection, "fine": fine, "assortment": assortment,
        }  # fmt: skip
        self.growth, self.ratchet, self.plan_year = growth, ratchet, plan_year
        self.ordinary_g = 1000 * norm.weight_kg / norm.count
        self.standing: dict[str, Any] = {}
        self.on_file: deque[Report] = deque(maxlen=YEAR)  # the last year's
        self._metric: str | Metric | tuple | None = None  # which the targets are in
        self._bonus: Any = None  # which was checked last
        self.since = 0
        self.targets: Any = None
        self.joints_targets: Any = None
        self._ordered: tuple[Any, Any] = (None, None)  # the two as they were decided last
        self._order = Order()  # what was ordered last, and
        self._ground: tuple[Any, ...] = ()  # of what: what the policy asked, and the terms and decrees of that month
        self.so_far: Any = None
        self.last: Order = Order()

    def __setattr__(self, name: str, value: Any) -> None:
        refuse_a_slip(self, name)
        super().__setattr__(name, value)

    def remove(self) -> None:
        """Refused: it would plan on, with nobody to look at it."""
        raise NotImplementedError("a Gosplan plans on, and cannot be removed; policy='measure_only' pays for nothing")

    @property
    def metric(self) -> str | Metric | tuple | None:
        """What it paid for when it decided last."""
        return self._metric

    @metric.setter
    def metric(self, metric: Any) -> None:
        raise AttributeError("metric: is what the policy orders; economy.intervene(metric=...) decrees another")

    def decide(self, reports: Report, complaints: Any, month: int) -> Order:
        """The order for `month`, from last month's reports and complaints."""
        try:
            asked = self.policy(reports, complaints, month)
        except Exception as error:  # whatever went wrong in somebody's function
            raise ValueError(f"policy: failed in month {month} with {what_failed(error, FIELDS)}") from error
        ground = self._ground_of(asked)
        new = None if self._stands(ground, month) else self._checked(asked, month)
        if month > 0:
            self.on_file.append(reports)
        if new is not None:
            self._order, self._ground = self._with_targets(new, month), ground
        dated = self.plan_year and self._order.metric is not None
        return self._dated(self._order, reports, month) if dated else self._order

    def _ground_of(self, asked: Any) -> tuple[Any, ...]:
        """All that an order is made of but targets; empty, as of nothing that can stand, where a policy gives such, or no Order."""
        if not isinstance(asked, Order) or asked.targets is not None or asked.joints_targets is not None:
            return ()  # for arrays may have changed in place
        return asked, self.ordinary_g, *self.terms.values(), *self.standing, *self.standing.values()

    def _stands(self, ground: tuple[Any, ...], month: int) -> bool:
        """Whether last month's order goes for this month too: it is of the very same things, no target was set, no year is over.

        What is only equal may be another: True is no number though it equals 1, and metrics may be equal and score otherwise.
        """
        if self._set_by_hand() or (month - self.since) % YEAR == 0:
            return False
        return 0 < len(ground) == len(self._ground) and all(map(is_, ground, self._ground))

    def _set_by_hand(self) -> bool:
        """Whether targets were, since they were decided last."""
        targets, joints_targets = self._ordered
        return self.targets is not targets or self.joints_targets is not joints_targets

    def _checked(self, order: Any, month: int) -> Order:
        """What the policy asks, completed by terms and decrees; a ValueError of one line if it cannot be paid by."""
        if not isinstance(order, Order):
            raise ValueError(f"policy: must return an Order, but returned {shown(order)} in month {month}")
        for name in PLANNERS_OWN:
            if getattr(order, name) is not None:
                raise ValueError(f"{name}: a policy gave it in month {month}, but it is the planner's to say; leave it out")
        if "metric" in self.standing and not same_function(order.metric, self.standing["metric"]):
            order = replace(order, targets=None, joints_targets=None)  # they were for what the policy would have paid for
        order = order.completed(self.terms, self.standing)
        n = len(self.norm.count)
        if not same_function(order.bonus, self._bonus):
            check_bonus(order.bonus, f" in month {month}")
            self._bonus = order.bonus
        _check_terms(order, month)
        _check_targets(order.targets, order.joints_targets, order.metric, month, n)
        if self._set_by_hand():
            _check_targets(self.targets, self.joints_targets, self._metric, month, n)
        return order

    def _with_targets(self, order: Order, month: int) -> Order:
        """The order with its targets, and with the size classes where there is an assortment to keep."""
        self._revise_targets(order, month)
        self._ordered = self.targets, self.joints_targets
        given: dict[str, Any] = {"targets": self.targets, "joints_targets": self.joints_targets}
        if order.assortment is not None:
            given["ordinary_g"] = self.ordinary_g
        return order.completed(given)

    def _dated(self, order: Order, reports: Report, month: int) -> Order:
        """The order with the place of its month in the plan year, and what has been fulfilled of that year."""
        place = (month - self.since) % YEAR
        if place and self.so_far is not None and bool(order.secret) == bool(self.last.secret):
            self.so_far = self.so_far + np.array(self.last.fulfilments(reports))
        else:
            self.so_far = np.zeros_like(order.fulfilments(self.norm))
        self.last = order.completed({"so_far": self.so_far, "months_left": YEAR - place})
        return self.last

    def _revise_targets(self, order: Order, month: int) -> None:
        """New targets on a change of metric, ratcheted ones at each anniversary of the last change."""
        changed = not same_function(order.metric, self._metric)
        if changed:
            self._metric, self.since = order.metric, month
            self.targets = self.joints_targets = None
        if order.metric is None:
            return
        if changed:
            check_metric(order.metric)
        anniversary = month > self.since and (month - self.since) % YEAR == 0
        if self.targets is None or anniversary:
            self.targets = self._target(order.metric, self.targets)
        if not order.audit_share:
            self.joints_targets = None  # what is not audited has no target, and begins anew
        elif self.joints_targets is None or anniversary:
            self.joints_targets = self._target("joints", self.joints_targets)

    def ordinary_score(self, metric: str | Metric) -> Any:
        """What ordinary work scores, shape (n_factories,); a ValueError of one line if targets cannot be shares of it."""
        what = f"metric '{metric_name(metric)}'"
        norm = checked_score(metric_function(metric), self.norm, what)
        if (norm <= 0).any():
            raise ValueError(f"{what}: must be above 0 for ordinary work, but scores some of it {norm.min():g}")
        return norm

    def _target(self, metric: str | Metric | tuple, old: Any) -> Any:
        """A target of shape (n_factories,) from the last year's reports and the `old` one, if there is one; of several, one each."""
        if isinstance(metric, tuple):
            before = [None] * len(metric) if old is None else old
            return np.array([self._target(one, earlier) for one, earlier in zip(metric, before, strict=True)])
        score, what, norm = metric_function(metric), f"metric '{metric_name(metric)}'", self.ordinary_score(metric)
        achieved = self._mean_score(score, what) if self.on_file else norm
        if old is None:
            return from_achieved_level(achieved, norm, self.growth)
        return ratcheted(old, achieved, norm, self.growth, self.ratchet)

    def _mean_score(self, score: Metric, what: str) -> Any:
        """The mean score of the reports on file, shape (n_factories,); a ValueError of one line if a score will not do."""

        def mean(_: Report) -> Any:
            scores = np.array([score(report) for report in self.on_file])
            return scores.mean(axis=0, dtype=np.result_type(scores, float))

        try:
            return checked_score(mean, self.norm, what)
        except ValueError:  # then each by itself, which takes four times as long, for what is wrong with it
            return np.mean([checked_score(score, report, what) for report in self.on_file], axis=0)


def _check_terms(order: Order, month: int) -> None:
    """Raise a ValueError of one line unless a month's terms, which a policy may set, can be paid by."""
    if order.secret not in (None, True, False):
        raise ValueError(f"secret: got {shown(order.secret)} in month {month}; it takes True or False")
    if order.assortment is not None and not (is_number(order.assortment) and 1 <= order.assortment < np.inf):
        raise ValueError(f"assortment: got {shown(order.assortment)} in month {month}; it takes None or a factor from 1")
    for name, most in MOST.items():
        value = getattr(order, name)
        if not is_number(value) or not 0 <= value <= most:
            raise ValueError(f"{name}: got {shown(value)} in month {month}; it takes a number from 0 to {most:,.10g}")


def _check_targets(
    targets: Any, joints_targets: Any, metric: str | Metric | tuple | None, month: int, n_factories: int
) -> None:
    """Raise a ValueError of one line unless targets, where there are any, are numbers above 0, one a factory and metric."""
    several = (len(metric),) if isinstance(metric, tuple) else ()
    for name, given, shape in (
        ("targets", targets, (*several, n_factories)),
        ("joints_targets", joints_targets, (n_factories,)),
    ):
        if given is None:
            continue
        if not isinstance(given, np.ndarray) or given.dtype.kind not in "fiu":
            got = shown(given)
        elif given.shape != shape:
            got = f"an array of shape {given.shape}"
        elif (sound := np.isfinite(given) & (given > 0)).all():
            continue
        else:
            got = f"{given[~sound][0]:g} among them"
        raise ValueError(f"{name}: got {got} in month {month}; it takes an array of shape {shape}, of finite numbers above 0")
