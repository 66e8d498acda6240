"""A factory that is led lives in the same economy as all others; it sees what a factory may know, and is paid like one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.economy import NailEconomy
from model.learning.factory import ACTIONS, SEES, Learners
from model.learning.lesson import Worlds, read_lesson

SMALL = {"n_factories": 12, "horizon": 36}
LESSON = {**SMALL, "metric": "count", "pride": 0.0}
NAMES = list(SEES)


def economy_at(month, **parameters):
    economy = NailEconomy(rng=5, **{**LESSON, **parameters})
    while economy.month < month:
        economy.step()
    return economy


def still(learners):
    return np.zeros((len(learners.rows), ACTIONS))


def test_one_that_does_nothing_keeps_its_plan_and_the_others_go_on():
    economy = economy_at(24)
    before = economy.industry.plan.copy()
    learners = Learners(economy, [3])
    for _ in range(6):
        learners.month(still(learners))
    moved = (economy.industry.plan != before).any(axis=0)
    assert not moved[3] and moved.sum() >= 10


def test_the_others_choose_as_they_would_beside_an_ordinary_factory():
    # Nobody imitates here, so that a neighbour's plan is nothing to them.
    left_alone, with_one_led = (economy_at(24, imitation=0.0) for _ in range(2))
    learners = Learners(with_one_led, [3])
    for _ in range(6):
        left_alone.step()
        learners.month(np.ones((1, ACTIONS)))
    others = np.arange(12) != 3
    assert np.array_equal(left_alone.industry.plan[:, others], with_one_led.industry.plan[:, others])
    assert np.array_equal(left_alone.industry.report.count[others], with_one_led.industry.report.count[others])


@given(action=st.lists(st.floats(-1, 1), min_size=4, max_size=4), power=st.floats(0.1, 20))
@settings(max_examples=20, deadline=None)
def test_an_action_moves_the_plan_by_its_step_and_no_further_than_the_machine_goes(action, power):
    economy = economy_at(1)
    learners = Learners(economy, [2], power)
    length, diameter, finish, effort = economy.industry.plan[:, 2]
    learners.month([action])
    step = power * economy.parameters.step_size
    sizes = [length * np.exp(step * action[0]), diameter * np.exp(step * action[1])]
    expected = [*sizes, finish + step * action[2], effort + step * action[3]]
    expected = np.clip(expected, [5, 0.5, 0, 0], [400, 40, 1, 1])
    assert np.allclose(economy.industry.plan[:, 2], expected)


def test_its_reward_is_the_pay_of_the_month_as_it_was():
    economy = economy_at(24, pride=0.7)
    learners = Learners(economy, [3], power=2)
    reward = learners.month([[-1, 0, 0, 1]])
    industry, order, p = economy.industry, economy.order, economy.parameters
    count, joints, effort = industry.report.count[3], industry.report.joints[3], industry.effort[3]
    bonus = p.bonus_strength * (count / order.targets[3] - 1)
    assert reward.observed[0] == pytest.approx(bonus + 0.7 * joints / count - p.effort_cost * effort**2 - p.retooling)
    assert reward.hidden[0] == pytest.approx(joints / industry.norm.joints[3])
    assert learners.month(still(learners)).observed[0] > reward.observed[0] - 1  # and no retooling where the design stays
    assert economy.order.metric == "count"


def test_what_nails_are_good_for_is_in_nothing_that_it_sees_or_is_paid():
    # Two economies that differ in what builders nail, and in nothing that makes nails.
    thick, thin = (economy_at(24) for _ in range(2))
    thin.construction.board_mm[:] = 60.0
    rewards, views = [], []
    for economy in (thick, thin):
        learners = Learners(economy, [3], power=3)
        rewards.append([learners.month([[-1, -0.5, 0, 1]]) for _ in range(6)])
        views.append(learners.see())
    assert np.array_equal(*views)
    assert [one.observed.tolist() for one in rewards[0]] == [one.observed.tolist() for one in rewards[1]]
    assert [one.hidden.tolist() for one in rewards[0]] != [one.hidden.tolist() for one in rewards[1]]


def test_it_sees_its_plan_its_target_and_a_peer():
    economy = economy_at(24)
    learners = Learners(economy, [3])
    view = dict(zip(NAMES, learners.see()[0], strict=True))
    order, industry = economy.decide(), economy.industry
    assert view["finish"] == industry.finish[3] and view["effort"] == industry.effort[3]
    assert view["length"] == pytest.approx(np.log(industry.length_mm[3] / industry.first_length_mm[3]))
    assert view["target"] == pytest.approx(np.log(order.targets[3] / industry.norm.count[3]))
    assert view["paid_by_count"] == 1 and view["paid_by_weight"] == 0
    assert view["peer_pay"] in industry.pay
    learners.month(still(learners))
    view = dict(zip(NAMES, learners.see()[0], strict=True))
    assert view["fulfilment"] == pytest.approx(economy.industry.report.count[3] / order.targets[3])
    assert view["pay"] == learners.reward().observed[0]


def test_the_order_is_decided_once_a_month_and_shown_beforehand():
    economy, beside = economy_at(24), economy_at(24)
    order = economy.decide()
    assert economy.decide() is order
    economy.step()
    assert economy.order is order
    beside.step()
    assert np.array_equal(beside.industry.plan, economy.industry.plan)


def test_what_a_lead_gives_is_checked():
    economy = economy_at(1)
    economy.industry.lead([1, 2], lambda order: np.full((4, 2), np.nan))
    with pytest.raises(ValueError, match="it takes 4 rows of 2 finite numbers"):
        economy.step()


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"budget": 0}, "budget: got 0; it takes a whole number from 16 to 10,000,000"),
        ({"power": 0}, "power: got 0; it takes a number above 0 to 1,000"),
        ({"horizon": 24}, "horizon: got 24; an episode begins at target_from, and takes more than 24"),
        ({"factory": 60}, "factory: got 60; it takes one from 0 to 59"),
        ({"reward": "both"}, "reward: got 'both'; it takes 'observed' or 'hidden'"),
        ({"prid": 1}, "prid: is no parameter; did you mean 'pride'?"),
    ],
)
def test_a_lesson_that_will_not_do_is_told_in_one_line(given, line):
    with pytest.raises(ValueError) as error:
        read_lesson(given)
    assert str(error.value) == line


def test_an_episode_is_the_same_twice_and_another_in_another_world():
    worlds = Worlds(read_lesson(LESSON))
    first, again, other = worlds.play(1), worlds.play(1), worlds.play(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first.observed, other.observed)
    assert first.observed.shape == (12,)


def test_a_metric_of_ones_own_will_do():
    worlds = Worlds(read_lesson(SMALL, metric=lambda report: report.count + report.weight_kg))
    assert np.array_equal(worlds.play(1).observed, worlds.play(1).observed)
