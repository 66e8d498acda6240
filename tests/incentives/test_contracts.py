"""What every metric and every bonus must obey. A new entry of METRICS or BONUSES is found here by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incentives.bonus import BONUSES
from incentives.metrics import METRICS, check_metric
from incentives.report import Report

COUNTS = st.floats(1, 1e10)
MASSES_G = st.floats(5e-4, 4e3)  # from the smallest nail of the machine to the largest
SHARES = st.floats(0, 1)
SCORES = st.floats(0, 1e12)
TARGETS = st.floats(1e-3, 1e12)
MORE = st.floats(1, 1e3)

metrics = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
bonuses = pytest.mark.parametrize("bonus", BONUSES.values(), ids=BONUSES)


def month(count, mass_g, suits):
    """The report of a month: so many nails of such a mass, this share of them good for a joint."""
    return Report(count, count * mass_g / 1000, count * suits)


@metrics
@given(st.lists(st.tuples(COUNTS, MASSES_G, SHARES), min_size=1, max_size=20))
def test_a_metric_is_pure_and_finite_and_scores_each_factory_by_itself(metric, months):
    together = month(*np.array(months).T)
    before = [column.copy() for column in (together.count, together.weight_kg, together.joints)]
    scores = metric(together)
    assert scores.shape == (len(months),)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()
    np.testing.assert_array_equal(metric(together), scores)  # the same again, and nothing was changed
    for column, was in zip((together.count, together.weight_kg, together.joints), before, strict=True):
        np.testing.assert_array_equal(column, was)
    for score, one in zip(scores, months, strict=True):
        assert float(metric(month(*one))) == pytest.approx(score, rel=1e-12)


@metrics
@given(COUNTS, MASSES_G, SHARES, MORE)
def test_a_metric_rises_with_the_output_of_one_design(metric, count, mass_g, suits, more):
    less, greater = metric(month(count, mass_g, suits)), metric(month(count * more, mass_g, suits))
    assert greater >= less * (1 - 1e-12)


@metrics
def test_a_metric_passes_the_check_that_students_metrics_pass(metric):
    check_metric(metric)


@bonuses
@given(st.lists(st.tuples(SCORES, TARGETS), min_size=1, max_size=20))
def test_a_bonus_is_pure_and_finite_and_pays_each_factory_by_itself(bonus, cases):
    scores, targets = np.array(cases).T
    before = scores.copy(), targets.copy()
    paid = bonus(scores, targets)
    assert paid.shape == (len(cases),)
    assert np.isfinite(paid).all()
    np.testing.assert_array_equal(bonus(scores, targets), paid)
    np.testing.assert_array_equal(scores, before[0])
    np.testing.assert_array_equal(targets, before[1])
    for amount, (score, target) in zip(paid, cases, strict=True):
        assert float(bonus(score, target)) == pytest.approx(amount, rel=1e-12, abs=1e-300)


@bonuses
@given(SCORES, TARGETS, MORE)
def test_a_bonus_never_falls_when_output_rises(bonus, score, target, more):
    assert bonus(score * more, target) >= bonus(score, target)


@bonuses
def test_a_bonus_pays_more_for_twice_the_plan_than_for_half_of_it(bonus):
    assert bonus(200.0, 100.0) > bonus(50.0, 100.0)
