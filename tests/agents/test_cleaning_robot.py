"""The robot's table learns what pays, and a quantiliser keeps to the best of a base."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cleaning_robot import HABITS, HERE, N_SIGHTS, NOWHERE, Action, QTable, Sight, habit, quantilise

SIGHTS = st.builds(Sight, st.integers(0, 4), st.integers(0, 5), st.booleans(), st.booleans(), st.booleans())


def test_a_chain_is_learned_from_its_end():
    # 0 -> 1 -> paid: what the last step pays is worth the discount a step before.
    table = QTable(np.zeros((3, 2)).tolist(), learning_rate=0.5, discount=0.8)
    for _ in range(60):
        table.learn(0, 1, 0.0, then=1)
        table.learn(1, 0, 1.0, then=2)
    assert table.best(0) == 1
    assert table.worth[0][1] == pytest.approx(0.8)
    assert table.worth[1][0] == pytest.approx(1.0)


@given(st.floats(0, 0.99), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.floats(-1, 1), st.integers(0, 2))))
def test_nothing_is_ever_worth_more_than_being_paid_for_ever(discount, life):
    table = QTable(np.zeros((3, 2)).tolist(), learning_rate=0.3, discount=discount)
    for seen, action, reward, then in life:
        table.learn(seen, action, reward, then)
    assert np.abs(table.worth).max() <= 1 / (1 - discount) + 1e-9


def test_every_sight_has_a_number_of_its_own():
    numbers = {
        Sight(bin_way, dust_way, *flags).number
        for bin_way in range(5)
        for dust_way in range(6)
        for flags in np.ndindex(2, 2, 2)
    }
    assert numbers == set(range(N_SIGHTS)) == set(range(len(HABITS)))


@given(SIGHTS)
def test_habits_are_distributions_that_clean_and_stand_under_the_number_of_what_is_seen(sight):
    chances = habit(sight)
    assert sum(chances) == pytest.approx(1)
    assert min(chances) > 0
    assert chances == HABITS[sight.number]
    usual = int(np.argmax(chances))
    if sight.carries:
        assert usual == (Action.BIN if sight.bin_way == HERE else sight.bin_way)
    else:
        assert usual == (sight.dust_way if sight.dust_way < HERE else Action.PICK)
    assert usual != Action.TIP
    assert chances[Action.TIP] == pytest.approx(0.2 / 7)


WORTH = st.lists(st.floats(-10, 10), min_size=7, max_size=7)


@given(WORTH, SIGHTS, st.floats(0.01, 1))
def test_a_quantiliser_chooses_no_action_more_often_than_its_bound(worth, sight, share):
    # Taylor (2016): nothing happens more than 1/share times as often as it does under the base.
    base, draws = habit(sight), np.arange(0.0005, 1, 0.001)
    chosen = np.bincount([quantilise(worth, base, share, luck) for luck in draws], minlength=7) / len(draws)
    assert (chosen <= np.array(base) / share + 0.002).all()


@given(WORTH, SIGHTS)
def test_with_the_whole_base_it_is_the_base(worth, sight):
    base, draws = habit(sight), np.arange(0.0005, 1, 0.001)
    chosen = np.bincount([quantilise(worth, base, 1.0, luck) for luck in draws], minlength=7) / len(draws)
    assert chosen == pytest.approx(base, abs=0.002)


@given(WORTH, SIGHTS, st.floats(0, 1, exclude_max=True))
def test_with_hardly_any_of_it_it_takes_the_best(worth, sight, luck):
    assert worth[quantilise(worth, habit(sight), 1e-6, luck)] == max(worth)


def test_what_the_base_never_does_is_never_chosen():
    assert {quantilise([9.0, 1.0, 2.0], [0.0, 0.5, 0.5], share, luck) for share in (0.1, 1.0) for luck in (0.0, 0.999999)} == {
        1,
        2,
    }


def test_nowhere_and_here_are_no_ways():
    assert {HERE, NOWHERE}.isdisjoint({Action.NORTH, Action.EAST, Action.SOUTH, Action.WEST})
