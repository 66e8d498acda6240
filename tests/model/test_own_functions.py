"""Functions of one's own do what those that go by a name do: anywhere that one can be given, and in a line where they will not do."""

import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from agents.policies import POLICIES
from incentives.bonus import NewSoviet, capped
from incentives.order import Order
from model.economy import NailEconomy

SMALL = {"rng": 7, "n_factories": 12, "n_trusts": 4, "target_from": 2, "horizon": 20}
STEEP = NewSoviet(below=3.0)


def steep(score, target):
    beyond = score / target - 1.0
    return 1.0 + 0.5 * np.maximum(beyond, 0) + 3.0 * np.minimum(beyond, 0)


def now_and_then(reports, complaints, month):
    return Order("weight" if month % 2 else None)


@dataclass
class Sometimes:
    """Pay by one metric every few months."""

    metric: str
    target_from: int
    rest: int = 3
    paid: int = 0

    def __call__(self, reports, complaints, month):
        self.paid += 1
        return Order(self.metric if month >= self.target_from and month % self.rest else None)


class Hurried(Sometimes):
    """As the other, with a metric of its own."""

    def __init__(self, target_from, metric="weight"):
        super().__init__(metric, target_from)


@dataclass
class Unknown:
    """A policy that asks for what there is not."""

    target_from: int
    share: float
    mood: str

    def __call__(self, reports, complaints, month):
        return Order()


@dataclass
class Fussy:
    """A policy that cannot be made."""

    target_from: int

    def __post_init__(self):
        raise RuntimeError("not today")


def economy(**given):
    return NailEconomy(**{"metric": "count", **SMALL, **given})


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"audit_share": 0.2},
        {"assortment": 2.0},
        {"metric": ["count", "weight"]},
        {"metric": None, "policy": "secret"},
        {"discount": 0.1},
        {"plan_year": True, "impatience": 0.02},
        {"padding_limit": 0.2, "inspection": 0.5},
    ],
    ids=["plain", "audits", "assortment", "several", "secret", "far-sighted", "plan year", "padding"],
)
def test_a_bonus_of_ones_own_pays_as_the_same_one_by_name(more):
    by_name, own = (economy(bonus=bonus, **more).run().months for bonus in ("capped", lambda *fulfilled: capped(*fulfilled)))
    pd.testing.assert_frame_equal(own, by_name, check_exact=True)
    assert not own.equals(economy(bonus=STEEP, **more).run().months)


def masked(score, target):
    paid = np.zeros_like(score)
    paid[score >= target] = 1.0  # which takes two arrays of one shape
    return paid


@pytest.mark.parametrize("more", [{}, {"audit_share": 0.2}, {"discount": 0.1}], ids=["targets", "fulfilments", "outlook"])
def test_a_bonus_of_ones_own_is_given_two_arrays_of_one_shape(more):
    own, by_name = (economy(bonus=bonus, **more).run().months for bonus in (masked, "threshold"))
    pd.testing.assert_frame_equal(own, by_name, check_exact=True)


def test_a_bonus_of_ones_own_can_be_decreed_ordered_and_set_by_hand():
    def orders(reports, complaints, month):
        return Order("count" if month >= 2 else None, bonus=STEEP)

    decreed, by_hand, built = economy(), economy(), economy(bonus=STEEP)
    decreed.intervene(bonus=STEEP)
    by_hand.planner.bonus = STEEP
    ordered = economy(metric=None, policy=orders)
    for some in (decreed, by_hand, ordered):
        pd.testing.assert_frame_equal(some.run().months, built.run().months, check_exact=True)
    assert decreed.interventions == [{"month": 0, "bonus": STEEP}]


@pytest.mark.parametrize(
    ("bonus", "complaint"),
    [
        (lambda score, target: 1.0, "bonus '<lambda>': must return one bonus a factory"),
        (lambda score, target: score / np.sum(target), "bonus '<lambda>': must pay each factory by itself"),
        (3, "bonus: got 3"),
    ],
)
def test_a_bonus_that_will_not_do_is_told_before_the_first_month_or_in_the_one_that_orders_it(bonus, complaint):
    some = economy()
    for ask in (
        lambda: economy(bonus=bonus),
        lambda: some.intervene(bonus=bonus),
        lambda: economy(metric=None, policy=lambda reports, complaints, month: Order("count", bonus=bonus)).step(),
    ):
        with pytest.raises(ValueError) as refusal:
            ask()
        assert str(refusal.value).startswith(complaint)
        assert "\n" not in str(refusal.value)
    assert some.interventions == []


def test_a_bonus_is_checked_once_though_a_policy_writes_it_anew_each_month():
    asked = []

    def orders(reports, complaints, month):
        return Order("count", bonus=lambda score, target: asked.append(np.shape(score)) or score / target)

    some = economy(metric=None, policy=orders)
    some.step()
    assert asked.count((2, 3)) == 1  # what it is tried on
    some.run()
    assert asked.count((2, 3)) == 1


def test_a_bonus_that_runs_out_of_numbers_is_told_of():
    def fragile(score, target):
        return np.where((score > 1.2 * target) & (score < 200 * target) & (score < 1e7), np.nan, score / target)

    with pytest.raises(ValueError, match=r"^bonus 'fragile': must return finite numbers, but returned nan$"):
        NailEconomy(rng=7, metric="weight", bonus=fragile, target_from=0).run()


def test_a_metric_that_runs_out_of_numbers_is_told_of_and_not_the_bonus_that_it_is_paid_by():
    def fragile(report):
        return np.where((report.count > 1.5e7) & (report.count < 7e8), np.nan, report.count)

    with pytest.raises(ValueError, match=r"^metric 'fragile': .* in month \d+$"):
        NailEconomy(rng=7, metric=fragile, bonus=STEEP, target_from=0).run()


@pytest.mark.parametrize("given", [{"bonus": steep}, {"bonus": STEEP}, {}], ids=["function", "object", "decree"])
def test_an_economy_with_a_bonus_of_ones_own_is_pickled_and_copied(given):
    some = economy(**given)
    if not given:
        some.intervene(bonus=steep)
    for _ in range(5):
        some.step()
    others = [pickle.loads(pickle.dumps(some)), copy.deepcopy(some), copy.copy(some)]
    months = some.run().months
    for other in others:
        pd.testing.assert_frame_equal(other.run().months, months, check_exact=True)


@pytest.mark.parametrize("place", ["parameter", "decree", "by hand"])
def test_a_nameless_bonus_is_copied_but_cannot_be_pickled_which_is_said_in_one_line(place):
    some, bonus = economy(), lambda score, target: score / target
    if place == "parameter":
        some = economy(bonus=bonus)
    elif place == "decree":
        some.intervene(bonus=bonus)
    else:
        some.planner.bonus = bonus
    some.step()
    copy.deepcopy(some).run()
    with pytest.raises(pickle.PicklingError, match="give a function that a module defines by name") as refusal:
        pickle.dumps(some)
    assert "\n" not in str(refusal.value)


def paid_by(**given):
    return NailEconomy(**SMALL, **given).run().months["target"].tolist()


@pytest.mark.parametrize(
    "entry",
    [now_and_then, lambda *month: now_and_then(*month), lambda target_from: now_and_then],
    ids=["function", "lambda", "maker"],
)
def test_a_plain_function_under_a_name_is_a_policy_and_one_of_parameters_makes_one(entry, monkeypatch):
    monkeypatch.setitem(POLICIES, "mine", entry)
    assert paid_by(policy="mine") == paid_by(policy=now_and_then) == ["none", "weight"] * 10


def test_an_object_under_a_name_is_copied_for_each_economy(monkeypatch):
    mine = Sometimes("weight", 1)
    monkeypatch.setitem(POLICIES, "mine", mine)
    assert paid_by(policy="mine")[:5] == ["none", "weight", "weight", "none", "weight"]
    assert mine.paid == 0


@pytest.mark.parametrize(
    ("entry", "given", "paid"),
    [
        (Sometimes, {}, "count"),
        (Sometimes, {"metric": "joints"}, "joints"),
        (Hurried, {}, "weight"),
        (Hurried, {"metric": "joints"}, "joints"),
    ],
)
def test_a_policy_of_ones_own_with_a_metric_is_given_the_economys(entry, given, paid, monkeypatch):
    monkeypatch.setitem(POLICIES, "mine", entry)
    assert paid_by(policy="mine", **given)[:6] == ["none"] * 2 + [paid, "none", paid, paid]


@pytest.mark.parametrize(
    ("entry", "given", "line"),
    [
        (now_and_then, {"metric": "count"}, "metric: is paid by policy 'single' alone, and the policy here is 'mine'"),
        (Unknown, {}, "policy: got 'mine'; Unknown takes share, mood, no parameter of an economy; give it a default, or "),
        (lambda reports: None, {}, "policy: got 'mine'; <lambda> takes reports, no parameter of an economy; "),
        (
            3,
            {},
            "policy: got 'mine'; POLICIES has 3 there; it takes a class, or a function (reports, complaints, month) -> Order",
        ),
        (Fussy, {}, "policy: 'mine' could not be made, with RuntimeError: not today"),
        (Sometimes, {"metric": "cuont"}, "metric: got 'cuont'; did you mean 'count'?"),
    ],
)
def test_what_stands_in_policies_and_is_none_is_told_in_a_line(entry, given, line, monkeypatch):
    monkeypatch.setitem(POLICIES, "mine", entry)
    with pytest.raises(ValueError) as refusal:
        NailEconomy(policy="mine", **given)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)
