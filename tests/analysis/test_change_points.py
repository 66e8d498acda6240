import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.change_points import change_point

X = np.arange(20.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 17), st.sampled_from([-2.0, 1.0, 30.0]), st.integers(0, 1000))
def test_a_step_is_found_where_it_is(first_after, jump, seed):
    noise = 0.05 * abs(jump) * np.random.default_rng(seed).normal(size=20)
    found = change_point(X, jump * (first_after <= X) + noise)
    assert found.found
    assert found.at == first_after - 0.5
    assert found.jump == pytest.approx(jump, abs=0.3 * abs(jump))


def test_repeated_runs_bring_out_a_step_as_small_as_their_noise():
    x = np.repeat(X, 20)
    noise = np.random.default_rng(0).normal(size=len(x))
    found = change_point(x, (x > 9) + 0.8 * noise)
    assert found.found
    assert abs(found.at - 9.5) <= 1


@pytest.mark.parametrize(
    "curve",
    [
        lambda x: 0 * x,
        lambda x: 0.1 * x,
        lambda x: np.exp(-x / 5),
        lambda x: np.cos(x / 4),
        lambda x: 1 / (1 + np.exp(-(x - 9.5) / 1.5)),
    ],
    ids=["nothing", "a line", "a decay", "a wave", "a steep but smooth step"],
)
def test_no_break_is_found_in_a_smooth_curve(curve):
    rng = np.random.default_rng(0)
    assert sum(change_point(X, curve(X) + 0.05 * rng.normal(size=20)).found for _ in range(25)) <= 1


def test_without_noise_a_line_has_no_break_and_a_step_has_one():
    assert not change_point(X, 3 * X - 1).found
    assert change_point(X, 1.0 * (X > 9)).found


def test_too_few_places_are_refused_in_one_line():
    with pytest.raises(ValueError, match="x: has 5 different values; a change point takes 6 or more"):
        change_point([1, 2, 3, 4, 5, 5], [1, 2, 3, 4, 5, 5])


def test_what_is_0_throughout_has_no_break():
    assert not change_point(np.arange(10.0), np.zeros(10)).found
