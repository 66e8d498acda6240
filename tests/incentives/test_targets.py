"""Targets from the achieved level, year by year, by hand."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incentives.targets import from_achieved_level, fulfilment_next_year, ratcheted

scores = st.floats(0, 1e12)
norms = st.floats(1e-3, 1e12)


def test_a_first_target_is_what_was_done_and_two_percent():
    assert from_achieved_level(100.0, 80.0, growth=0.02) == pytest.approx(102)


def test_a_year_later_the_target_grows_and_goes_half_way_to_what_was_achieved():
    """The old target on the right: 102 * 1.02 + 0.5 * (150 - 102)."""
    assert ratcheted(102.0, 150.0, 80.0, growth=0.02, ratchet=0.5) == pytest.approx(102 * 1.02 + 24)


def test_who_falls_short_is_asked_for_less_next_year():
    assert ratcheted(100.0, 60.0, 80.0, growth=0.02, ratchet=0.5) == pytest.approx(82)


def test_without_ratchet_and_growth_a_target_stays():
    assert ratcheted(100.0, 900.0, 80.0, growth=0.0, ratchet=0.0) == 100


@given(scores, scores, norms, st.floats(-0.5, 1), st.floats(0, 1))
def test_no_target_falls_below_a_hundredth_of_the_norm(target, achieved, norm, growth, ratchet):
    assert from_achieved_level(achieved, norm, growth) >= 0.01 * norm
    assert ratcheted(target, achieved, norm, growth, ratchet) >= 0.01 * norm


def test_targets_are_set_factory_by_factory():
    together = ratcheted(np.array([100.0, 1.0]), np.array([120.0, 0.0]), np.array([90.0, 500.0]), growth=0.0, ratchet=0.5)
    assert together.tolist() == [110.0, 5.0]


@given(st.just(0.0) | st.floats(1e-3, 10), st.sampled_from([0.0, 0.02, 0.5, 1.0]), st.floats(0, 1))
@example(score=0.0, growth=0.0, ratchet=1.0)
def test_a_score_that_stays_is_next_year_the_fulfilment_of_the_ratcheted_target(score, growth, ratchet):
    """Whole ratchet, no growth: the target is what was done, so that it is fulfilled; nothing done fulfils nothing."""
    next_target = ratcheted(1.0, score, 0.0, growth, ratchet)
    expected = score / next_target if next_target > 0 else 0.0
    assert fulfilment_next_year(score, growth, ratchet) == pytest.approx(expected, abs=1e-9)
