"""How plans are revised: where the alternatives lie, and which is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.search import PEERS_MET, Look, alternatives, best, chance_of_going_as_far, imitate, look_around, within

K, DESIGN = 4, 2


def look(m=500, breadth=8, seed=1, n_rows=None):
    return look_around(np.random.default_rng(seed), m, k=K, breadth=breadth, n_rows=n_rows or m)


def plan(m=500):
    return np.array([[50.0], [2.5], [0.9], [0.3]]) * np.ones(m)


def test_the_present_plan_comes_first_and_unchanged():
    plans = alternatives(plan(), look(), 0.08, DESIGN)
    assert plans.shape == (K, 9, 500)
    np.testing.assert_array_equal(plans[:, 0], plan())


def test_half_of_the_alternatives_are_new_designs_and_the_others_keep_both_sizes():
    new = (alternatives(plan(), look(), 0.08, DESIGN)[:DESIGN, 1:] != plan()[:DESIGN, None]).astype(int)
    np.testing.assert_array_equal(new[0], new[1])
    assert new[0].mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(new[0].size))  # four standard errors


def test_sizes_move_by_factors_and_habits_by_steps_of_the_given_size():
    plans = alternatives(plan(), look(), 0.08, DESIGN)
    moved = plans[:, 1:]
    factors = np.log(moved[:DESIGN] / plan()[:DESIGN, None])
    for size in factors:
        made = size[size != 0]
        assert made.std() == pytest.approx(0.08, rel=4 / np.sqrt(2 * made.size))
    for habit in moved[DESIGN:] - plan()[DESIGN:, None]:
        assert habit.std() == pytest.approx(0.08, rel=4 / np.sqrt(2 * habit.size))


def test_length_and_diameter_move_independently():
    made = np.log(alternatives(plan(), look(), 0.08, DESIGN)[:DESIGN, 1:] / plan()[:DESIGN, None])
    made = made[:, made[0] != 0]
    assert abs(np.corrcoef(made)[0, 1]) < 4 / np.sqrt(made.shape[1])


def test_a_step_of_no_size_is_no_step():
    plans = alternatives(plan(), look(), 0.0, DESIGN)
    np.testing.assert_array_equal(plans, np.broadcast_to(plan()[:, None], plans.shape))


@pytest.mark.parametrize(
    "away", [(0, 0, 0.08, 0), (0, 0, 0.1, -0.05), (0.08, 0.08, 0, 0), (-0.1, 0, 0, 0), (0.05, -0.05, 0, 0.02), (0, 0, 0, 0)]
)
def test_the_chance_of_going_as_far_is_how_often_alternatives_do(away):
    m = 100_000
    moved = alternatives(plan(m), look(m, 1), 0.08, DESIGN)[:, 1:]
    now, far = plan(m)[:, None], np.array(away)[:, None, None]
    by = np.concatenate([np.log(moved[:DESIGN] / now[:DESIGN]), moved[DESIGN:] - now[DESIGN:]])
    often = ((by * np.sign(far) >= abs(far)) | (far == 0)).all(axis=0).mean()
    (chance,) = chance_of_going_as_far(np.array([away]).T, step_size=0.08, n_design=DESIGN)
    assert often == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / m))  # four standard errors


def test_where_steps_have_no_size_only_what_stays_is_come_upon():
    away = np.array([[0.0, 0.1], [0, 0], [0, 0], [0, 0]])
    assert chance_of_going_as_far(away, step_size=0.0, n_design=DESIGN).tolist() == [1.0, 0.0]


@given(st.floats(0, 5), st.integers(0, 2**32 - 1))
def test_no_alternative_leaves_the_bounds(step_size, seed):
    low, high = np.array([[5.0, 0.5, 0, 0], [400.0, 40.0, 1, 1]])[..., None, None]
    plans = within(alternatives(plan(20), look(20, seed=seed), step_size, DESIGN), low, high)
    assert (plans >= low).all()
    assert (plans <= high).all()


def test_who_imitates_considers_the_whole_plan_of_the_best_paid_peer_met():
    """Row 0 meets rows 1, 2 and 3, of whom 2 earns most; row 1 is in no mood to imitate."""
    everyone = np.arange(16.0).reshape(4, 4)
    pay = np.array([0.0, 1.0, 5.0, 2.0])
    met = Look(
        np.zeros((4, 8, 4)), np.zeros((8, 4), bool), np.array([0.05, 0.5, 0.5, 0.5]), np.array([[1, 0, 0, 0], [2] * 4, [3] * 4])
    )
    plans = imitate(alternatives(everyone, met, 0.08, DESIGN), met, 0.1, everyone, pay)
    np.testing.assert_array_equal(plans[:, -1, 0], everyone[:, 2])
    np.testing.assert_array_equal(plans[:, -1, 1:], everyone[:, 1:])
    np.testing.assert_array_equal(plans[:, :-1], np.broadcast_to(everyone[:, None], (4, 8, 4)))


def test_everyone_meets_three_peers_of_the_whole_industry():
    met = look(2000, n_rows=100).peers
    assert met.shape == (PEERS_MET, 2000)
    assert set(np.unique(met)) == set(range(100))


def test_the_best_paid_plan_is_taken_with_what_belongs_to_it():
    plans = np.arange(24.0).reshape(4, 3, 2)
    pay = np.array([[1.0, 9.0], [3.0, 2.0], [2.0, 8.0]])
    chosen, kept = best(plans, pay, 10 * pay)
    np.testing.assert_array_equal(chosen, np.column_stack([plans[:, 1, 0], plans[:, 0, 1]]))
    assert kept.tolist() == [30.0, 90.0]


def test_a_tie_keeps_the_present_plan():
    plans = np.arange(12.0).reshape(4, 3, 1)
    (chosen,) = best(plans, np.ones((3, 1)))
    np.testing.assert_array_equal(chosen, plans[:, 0])
