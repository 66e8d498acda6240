"""Gosplan: targets from the achieved level, through changes of metric, anniversaries and decrees."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pytest

from incentives.order import Order
from model.economy import NailEconomy


def economy(**parameters):
    return NailEconomy(**{"n_factories": 12, "rng": 5, **parameters})


def scores(some, months, column="count"):
    """Each month's scores and targets while the economy runs, shape (months, factories)."""
    made, asked = [], []
    for _ in range(months):
        some.step()
        made.append(getattr(some.industry.report, column))
        asked.append(some.order.targets)
    return made, asked


def test_a_first_target_is_the_mean_of_the_last_year_and_growth():
    made, asked = scores(economy(schedule={20: "count"}), 21)
    np.testing.assert_allclose(asked[20], 1.02 * np.mean(made[8:20], axis=0))


def test_the_mean_is_as_exact_where_a_metric_scores_in_single_precision():
    def single(report):
        return report.count.astype(np.float32)

    made, asked = scores(economy(metric=single, target_from=20), 21)
    np.testing.assert_allclose(asked[20], 1.02 * np.mean(np.float32(made[8:20]), axis=0, dtype=float), rtol=1e-14)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (lambda count: None, r"must return one score a factory, but returned None; is a `return` missing\?"),
        (lambda count: count[:5], r"must return one score a factory, .* but returned shape \(5,\)"),
        (lambda count: 1j * count, "must return numbers, but returned complex128"),
        (lambda count: count.astype(object), "must return numbers, but returned object"),
    ],
)
def test_a_score_of_the_year_that_will_not_do_is_told_of_as_any_other(given, what):
    norm = economy().industry.norm.count

    def now_and_then(report):  # in about every other month, but not in what a metric is tried on
        real = report.count.shape == norm.shape and not np.array_equal(report.count, norm)
        return given(report.count) if real and int(report.count[0]) % 2 else report.count

    with pytest.raises(ValueError, match=rf"^metric 'now_and_then': {what}$"):
        economy(metric=now_and_then, target_from=20, horizon=21).run()


def test_with_less_than_a_year_on_file_it_is_the_mean_of_what_there_is():
    made, asked = scores(economy(schedule={5: "count"}), 6)
    np.testing.assert_allclose(asked[5], 1.02 * np.mean(made[:5], axis=0))


def test_with_nothing_on_file_it_is_the_engineering_norm_and_growth():
    some = economy(schedule={0: "weight"})
    some.step()
    np.testing.assert_allclose(some.order.targets, 1.02 * some.industry.norm.weight_kg)


def test_a_target_is_ratcheted_at_each_anniversary_and_at_no_other_time():
    made, asked = scores(economy(schedule={3: "count"}), 28)
    for month in range(4, 28):
        if month in (15, 27):
            expected = 1.02 * asked[month - 1] + 0.5 * (np.mean(made[month - 12 : month], axis=0) - asked[month - 1])
            np.testing.assert_allclose(asked[month], expected)
        else:
            np.testing.assert_array_equal(asked[month], asked[month - 1])


def test_a_change_of_metric_sets_a_target_from_last_years_reports_in_the_new_metric():
    some = economy(schedule={2: "count", 16: "weight"})
    made, asked = scores(some, 17, "weight_kg")
    np.testing.assert_allclose(asked[16], 1.02 * np.mean(made[4:16], axis=0))


def test_a_pause_ends_the_target_and_a_new_start_sets_a_new_one():
    made, asked = scores(economy(schedule={2: "count", 5: None, 9: "count"}), 10)
    assert asked[5] is None
    np.testing.assert_allclose(asked[9], 1.02 * np.mean(made[:9], axis=0))


def test_no_target_falls_below_a_hundredth_of_the_norm():
    some = economy(schedule={3: "count"})
    for _ in range(3):
        some.step()
    idle = some.industry.report = replace(some.industry.report, count=np.ones_like(some.industry.report.count))
    some.planner.on_file.extend([idle] * 12)
    some.step()
    np.testing.assert_allclose(some.order.targets, 0.01 * some.industry.norm.count)


def test_an_audit_has_targets_in_joints_set_and_ratcheted_by_the_same_rule():
    some = economy(schedule={3: "count"}, audit_share=0.3)
    joints, asked = [], []
    for _ in range(16):
        some.step()
        joints.append(some.industry.report.joints)
        asked.append(some.order.joints_targets)
    first = asked[3]
    np.testing.assert_allclose(first, 1.02 * np.mean(joints[:3], axis=0))
    np.testing.assert_allclose(asked[15], 1.02 * first + 0.5 * (np.mean(joints[3:15], axis=0) - first))


def test_a_planner_that_does_not_audit_has_no_targets_in_joints():
    assert economy(schedule={0: "count"}, horizon=3).run().order.joints_targets is None


def test_a_policy_of_ones_own_may_set_terms_and_targets_itself():
    asked = np.full(12, 1e7)
    some = economy(policy=lambda reports, complaints, month: Order("count", "capped", 2.0, targets=asked))
    some.step()
    assert (some.order.bonus, some.order.bonus_strength) == ("capped", 2.0)
    np.testing.assert_array_equal(some.order.targets, asked)


def test_a_metric_that_a_policy_writes_anew_each_month_keeps_its_target():
    def by_power(power):
        return lambda report: report.count**power

    kept, anew = by_power(2), economy(policy=lambda reports, complaints, month: Order(by_power(2)), horizon=15).run()
    same = economy(policy=lambda reports, complaints, month: Order(kept), horizon=15).run()
    pd.testing.assert_frame_equal(anew.months, same.months)
    other = economy(policy=lambda reports, complaints, month: Order(by_power(2 if month < 14 else 3)), horizon=15).run()
    assert other.planner.since == 14


def test_a_decree_of_another_metric_is_not_paid_by_the_targets_of_the_policys_own():
    def paid(order):
        return economy(policy=lambda reports, complaints, month: order, growth=0.0)

    asked = np.full(12, 8e6)
    some, several = paid(Order("count", targets=asked)), paid(Order(("count", "weight"), targets=np.array([asked, asked])))
    for one in (some, several):
        one.step()
        one.intervene(metric="weight")
        one.step()
        np.testing.assert_allclose(one.order.targets, one.planner.on_file[0].weight_kg)
    some.intervene(metric="count")
    some.step()
    assert some.order.targets is asked


def test_the_planners_terms_set_by_hand_act_on_the_next_month():
    story = {"target_from": 0, "metric": "count", "horizon": 12}
    by_hand, from_the_start = economy(**story), economy(**story, bonus_strength=3.0)
    assert by_hand.planner.bonus_strength == 0.5
    by_hand.planner.bonus_strength = 3.0
    pd.testing.assert_frame_equal(by_hand.run().months, from_the_start.run().months)
    by_hand.planner.audit_share = 2.0
    with pytest.raises(ValueError, match=r"^audit_share: got 2.0 in month"):
        by_hand.step()


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (5.0, "5.0"),
        ([1.0] * 12, "[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]"),
        (pd.Series([7, 8]), "0 7 1 8 dtype: int64"),
        (np.ones(3), "an array of shape (3,)"),
        (np.ones((2, 12)), "an array of shape (2, 12)"),
        (np.full(12, np.nan), "nan among them"),
        (np.arange(12) - 3.0, "-3 among them"),
    ],
)
@pytest.mark.parametrize(
    ("name", "month"), [("targets", 5), ("joints_targets", 12)]
)  # when they stand, and when they are ratcheted
def test_targets_set_by_hand_that_nobody_could_fulfil_are_refused_in_one_line(name, given, got, month):
    some = economy(schedule={0: "count"}, audit_share=0.2, horizon=month).run()
    setattr(some.planner, name, given)
    with pytest.raises(ValueError) as refusal:
        some.step()
    takes = "it takes an array of shape (12,), of finite numbers above 0"
    assert str(refusal.value) == f"{name}: got {got} in month {month}; {takes}"


def test_targets_set_by_hand_are_what_the_next_month_is_paid_by():
    some = economy(schedule={0: ["count", "weight"]}, horizon=3).run()
    some.planner.targets = 2 * some.planner.targets
    some.step()
    np.testing.assert_allclose(some.order.targets, 2.04 * np.array([some.industry.norm.count, some.industry.norm.weight_kg]))


def test_a_slip_on_the_planner_is_refused_and_so_is_what_the_policy_orders():
    planner = economy(schedule={0: "count"}, horizon=1).run().planner
    with pytest.raises(
        AttributeError, match=r"^bonus_strenght: is no attribute of a Gosplan; did you mean 'bonus_strength'\?$"
    ):
        planner.bonus_strenght = 3.0
    with pytest.raises(AttributeError, match=r"^metric: is what the policy orders; economy.intervene\(metric=...\) decrees"):
        planner.metric = "weight"
    assert planner.metric == "count"
    planner.mood = "grim"
    assert planner.mood == "grim"


def growing(targets):
    """A policy of one's own whose targets are one array, which grows in place."""

    def policy(reports, complaints, month):
        targets[:] *= 1.05
        return Order("count", targets=targets)

    return policy


class ByWeights:
    """A metric that is made anew each month, and whose arrays say in no one word whether they are equal."""

    def __init__(self, weights):
        self.weights = weights

    def __eq__(self, other):
        return isinstance(other, ByWeights) and self.weights == other.weights

    def __call__(self, report):
        return self.weights[0] * report.count + self.weights[1] * report.weight_kg


@pytest.mark.parametrize(
    "given",
    [
        {"schedule": {3: "count", 20: "weight", 30: None, 33: "weight"}},
        {"schedule": {3: "count"}, "audit_share": 0.2, "assortment": 1.5, "ratchet": 0.9},
        {"schedule": {3: ["count", "weight"]}, "bonus": "threshold"},
        {"policy": "secret", "menu": ["count", "weight"], "target_from": 3},
        {"policy": "rotation", "menu": ["count", "weight"], "target_from": 3, "rotation_months": 5},
        {"policy": "reactive", "menu": ["count", "weight"], "target_from": 3, "patience": 1},
        {"schedule": {3: "count"}, "plan_year": True, "impatience": 0.1},
        {"policy": growing},
        {"policy": lambda reports, complaints, month: Order(ByWeights(np.array([1.0, 5e3])))},
        {"policy": lambda reports, complaints, month: Order("count", bonus_strength=1.0 + month % 2)},
    ],
)
def test_an_order_that_stands_is_the_one_that_would_be_made_anew(given, monkeypatch):
    def months():
        policy = {"policy": growing(np.full(12, 1e7))} if given.get("policy") is growing else {}
        some = economy(**{**given, **policy}, horizon=40)
        for month in range(40):
            if month == 10:
                some.intervene(bonus_strength=2.0)
            if month == 14:
                some.planner.terms["bonus"] = "capped"
            if month == 17 and some.planner.targets is not None:
                some.planner.targets = 1.5 * some.planner.targets
            some.step()
        return some.months

    stood = months()
    monkeypatch.setattr("agents.planner.Gosplan._stands", lambda *_: False)
    pd.testing.assert_frame_equal(stood, months(), check_exact=True)


@dataclass
class Drifting:
    """A metric that is made anew each month and is one all along, but scores higher from month to month."""

    month: int = field(compare=False)

    def __call__(self, report):
        return (1 + self.month / 10) * report.count


def test_a_metric_that_equals_last_months_is_scored_by_as_it_is_now():
    some = economy(policy=lambda reports, complaints, month: Order(Drifting(month)), n_factories=2)
    for _ in range(6):
        some.step()
    np.testing.assert_allclose(some.records.fulfilment, 1.5 * some.industry.report.count / some.order.targets)


def test_the_size_classes_set_by_hand_are_those_of_the_next_months_order():
    some = economy(schedule={0: "count"}, assortment=1.5)
    some.step()
    some.planner.ordinary_g = 2 * some.planner.ordinary_g
    some.step()
    np.testing.assert_array_equal(some.order.ordinary_g, some.planner.ordinary_g)


@pytest.mark.parametrize("strength", [True, np.array(1.0), np.array([1.0])])
def test_what_is_no_number_is_refused_in_its_month_though_it_equals_last_months(strength):
    some = economy(policy=lambda reports, complaints, month: Order("count", bonus_strength=1.0 if month < 5 else strength))
    with pytest.raises(ValueError, match=r"^bonus_strength: got .* in month 5; it takes a number"):
        some.run()


def test_an_order_stands_until_something_changes():
    some = economy(schedule={3: "count"})
    orders = []
    for _ in range(20):
        some.step()
        orders.append(some.order)
    assert [month for month in range(1, 20) if orders[month] is not orders[month - 1]] == [3, 15]


@pytest.mark.parametrize("n_factories", [1, 12])  # of one number alone an array says whether it is equal
def test_targets_of_a_policy_are_looked_at_each_month_though_they_are_one_array(n_factories):
    targets = np.full(n_factories, 1e7)
    some = economy(policy=lambda reports, complaints, month: Order("count", targets=targets), n_factories=n_factories)
    some.step()
    targets[0] = -1.0
    with pytest.raises(ValueError, match=r"^targets: got -1 among them in month 1;"):
        some.step()


def test_the_planner_is_not_removed_to_plan_on_unseen():
    some = economy()
    with pytest.raises(NotImplementedError, match=r"^a Gosplan plans on, and cannot be removed; "):
        some.planner.remove()
    assert some.planner in some.agents


def test_a_policy_that_is_asked_again_after_it_failed_has_a_month_on_file_once():
    def moody(reports, complaints, month, failed=[]):  # noqa: B006
        if month == 1 and not failed:
            failed.append(month)
            raise RuntimeError("ask again")
        return Order()

    some = economy(policy=moody)
    some.step()
    with pytest.raises(ValueError, match=r"^policy: failed in month 1 with RuntimeError: ask again$"):
        some.decide()
    some.decide()
    assert len(some.planner.on_file) == 1


def test_a_plan_year_begins_anew_where_a_lot_begins_to_decide():
    def draws_from_march(reports, complaints, month):
        return Order(("count", "weight"), secret=month >= 3)

    some = economy(policy=draws_from_march, plan_year=True, horizon=6).run()
    assert some.months["mean_fulfilment"].notna().all()


def test_a_policy_sees_last_months_reports_and_complaints():
    seen = []

    def policy(reports, complaints, month):
        seen.append((month, reports.count.sum(), len(complaints)))
        return Order()

    some = economy(policy=policy, horizon=3).run()
    assert [month for month, _, _ in seen] == [0, 1, 2]
    assert seen[0][1] == 0
    assert [total for _, total, _ in seen[1:]] == pytest.approx(some.months["count"][:2].tolist())


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        (lambda reports, complaints, month: "count", "must return an Order, but returned 'count' in month 0"),
        (lambda reports, complaints, month: Order("cuont"), "did you mean 'count'"),
        (lambda reports, complaints, month: Order("count", bonus="liner"), "bonus: got 'liner' in month 0"),
        (
            lambda reports, complaints, month: Order("count", strength=2),
            "did you mean 'bonus_strength'? it takes metric, bonus, ",
        ),
        (
            lambda reports, complaints, month: Order("count" if complaints else None),
            "policy: failed in month 0 with ValueError: an array",
        ),
        (lambda reports, complaints, month: Order(()), "metric: is an empty list"),
        (lambda reports, complaints, month: Order("count", assortment="x"), "assortment: got 'x' in month 0"),
        (lambda reports, complaints, month: Order("count", bonus_strength=True), "bonus_strength: got True in month 0"),
        (lambda reports, complaints, month: Order("count", assortment=True), "assortment: got True in month 0"),
        (lambda reports, complaints, month: Order("count", bonus_strength=np.ones((12, 12))), "got array([[1., 1., 1., "),
        (lambda reports, complaints, month: Order("count", targets=np.zeros(12)), "targets: got 0 among them in month 0"),
        (lambda reports, complaints, month: Order(("count", "weight"), secret="yes"), "secret: got 'yes' in month 0"),
        (lambda reports, complaints, month: Order("count", so_far="x"), "so_far: a policy gave it in month 0"),
    ],
)
def test_what_a_policy_may_not_return_is_told_in_one_line(policy, complaint):
    with pytest.raises(ValueError) as refusal:
        economy(policy=policy).step()
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_metric_that_ordinary_work_does_not_score_cannot_be_a_target():
    with pytest.raises(ValueError, match="must be above 0 for ordinary work"):
        economy(metric=lambda report: -report.count, target_from=0).step()
