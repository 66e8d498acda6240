"""The environments keep the contracts of the libraries that they are made for."""

import numpy as np
import pytest

REASON = "needs the extra `learn`: uv run --extra learn pytest"
gymnasium = pytest.importorskip("gymnasium", reason=REASON)
pytest.importorskip("pettingzoo", reason=REASON)

from gymnasium.utils.env_checker import check_env  # noqa: E402
from pettingzoo.test import parallel_api_test, parallel_seed_test  # noqa: E402

from model.learning.envs import HiddenReward, NailFactoryEnv, checked_action  # noqa: E402
from model.learning.parallel import PLANNER, NailFactoriesEnv  # noqa: E402

SMALL = {"n_factories": 12, "horizon": 30}


def make(**parameters):
    return gymnasium.make("NailFactory-v0", **{**SMALL, **parameters})


def played(env, seed, actions):
    observation, _ = env.reset(seed=seed)
    return [observation, *(np.append(*env.step(action)[:2]) for action in actions)]


def test_gymnasium_has_nothing_to_say_against_it():
    check_env(make().unwrapped)
    check_env(make(metric="weight", power=4).unwrapped)


def test_one_seed_decides_everything():
    actions = [make().action_space.sample() for _ in range(6)]
    first, again, other = played(make(), 3, actions), played(make(), 3, actions), played(make(), 4, actions)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[-1], other[-1])


def test_episodes_after_the_first_follow_from_the_seed_and_differ():
    def second(seed):
        env = make()
        env.reset(seed=seed)
        return env.reset()[0]

    assert np.array_equal(second(1), second(1))
    assert not np.array_equal(second(1), make().reset(seed=1)[0])


def test_an_episode_is_truncated_at_the_horizon_and_then_over():
    env = NailFactoryEnv(**SMALL)
    env.reset(seed=0)
    ends = [env.step(np.zeros(4))[2:4] for _ in range(6)]
    assert ends == [(False, False)] * 5 + [(False, True)]
    with pytest.raises(ValueError, match=r"^step: there is no episode under way; call reset\(\) first$"):
        env.step(np.zeros(4))


def test_the_reward_is_the_observed_one_and_the_honest_control_has_the_hidden_one():
    action = np.array([-1, -1, 0, 1], dtype=np.float32)
    plain, honest = make(), HiddenReward(make())
    plain.reset(seed=2)
    honest.reset(seed=2)
    _, pay, *_, info = plain.step(action)
    _, use, *_ = honest.step(action)
    assert pay == info["observed_reward"] and use == info["hidden_reward"] and pay != use


@pytest.mark.parametrize("action", [[np.nan, 0, 0, 0], [0, 0, 0, 1.5], [0, 0, 0], "left", [[0, 0, 0, 0]], None, np.inf])
def test_an_action_that_will_not_do_is_told_in_one_line(action):
    with pytest.raises(ValueError, match=r"^action: got .*; it takes 4 numbers from -1 to 1$"):
        checked_action(action)


def parallel(planner=True):
    return NailFactoriesEnv(planner=planner, n_factories=5, horizon=34)


@pytest.mark.parametrize("planner", [False, True])
def test_pettingzoo_has_nothing_to_say_against_it(planner):
    parallel_api_test(parallel(planner), num_cycles=25)
    parallel_seed_test(lambda: parallel(planner), num_cycles=15)


def test_a_planner_that_learns_decides_what_the_month_after_the_next_is_paid_by():
    env = parallel()
    env.reset(seed=1)
    still = dict.fromkeys(env.factories, np.zeros(4))
    targets = []
    for choice in (1, 2, 0, 0):
        env.step({**still, PLANNER: choice})
        targets.append(env.learners.economy.months["target"].iloc[-1])
    assert targets == ["none", "count", "weight", "none"]


def test_all_factories_do_what_they_choose():
    env = parallel(planner=False)
    env.reset(seed=1)
    before = env.learners.economy.industry.finish.copy()
    actions = {agent: np.array([0, 0, -1 if row % 2 else 0, 0]) for row, agent in enumerate(env.factories)}
    _, rewards, _, _, infos = env.step(actions)
    assert np.allclose(env.learners.economy.industry.finish - before, [0, -0.08, 0, -0.08, 0])
    assert rewards["factory_1"] == infos["factory_1"]["observed_reward"]


def test_who_does_not_act_or_acts_wrongly_is_named():
    env = parallel()
    env.reset(seed=1)
    still = dict.fromkeys(env.factories, np.zeros(4))
    with pytest.raises(ValueError, match=r"^actions: there is none of planner"):
        env.step(still)
    with pytest.raises(ValueError, match=r"^planner: got 3; it takes a whole number from 0 to 2$"):
        env.step({**still, PLANNER: 3})
    with pytest.raises(ValueError, match=r"^factory_2: got "):
        env.step({**still, "factory_2": np.full(4, np.nan), PLANNER: 0})
    with pytest.raises(ValueError, match=r"^metric: got 'count'; a planner that learns pays by its menu"):
        NailFactoriesEnv(planner=True, metric="count")
