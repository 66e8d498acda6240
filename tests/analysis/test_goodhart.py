import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from analysis.goodhart import (
    goodhart_gap,
    half_life,
    index,
    onset,
    rank_correlation,
    rank_correlations,
    ranks,
)

numbers = arrays(float, st.integers(2, 30), elements=st.integers(-5, 5).map(float))


@given(numbers)
def test_ranks_are_those_of_scipy(values):
    assert ranks(values).tolist() == stats.rankdata(values).tolist()


@given(st.integers(0, 2**32 - 1), st.integers(3, 40))
def test_rank_correlation_is_that_of_scipy(seed, n):
    x, y = np.random.default_rng(seed).integers(0, 9, size=(2, n)).astype(float)
    if np.ptp(x) and np.ptp(y):
        assert rank_correlation(x, y) == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-12)
    else:
        assert np.isnan(rank_correlation(x, y))


def test_a_column_with_a_nan_has_no_rank_correlation_and_the_others_keep_theirs():
    columns = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 5.0], [3.0, 2.0, 1.0]])
    np.testing.assert_array_equal(rank_correlations(columns), [[1, np.nan, -1], [np.nan] * 3, [-1, np.nan, 1]])
    np.testing.assert_array_equal(ranks(columns), [[1, 2, 3], [np.nan] * 3, [3, 2, 1]])


def test_a_number_that_is_not_known_has_no_rank():
    x = np.array([0.0, 1.0, np.nan, 3.0, 4.0])
    assert np.isnan(rank_correlation(x, np.arange(5.0)))
    assert np.isnan(rank_correlation(np.arange(5.0), x))


def test_the_gap_of_a_measure_that_doubles_while_use_halves_is_one_and_a_half():
    metric, use = [100.0] * 12 + [200.0] * 12, [0.4] * 12 + [0.2] * 12
    assert goodhart_gap(metric, use, slice(0, 12))[[0, 11, 12, 23]].tolist() == pytest.approx([0, 0, 1.5, 1.5])


@given(numbers.filter(lambda values: values.mean() > 0.1), st.floats(0.1, 100))
def test_there_is_no_gap_where_the_metric_is_use_itself_in_other_units(use, unit):
    whole = slice(None)
    assert goodhart_gap(unit * use, use, whole) == pytest.approx(np.zeros(len(use)), abs=1e-9)
    assert index(use, whole).mean() == pytest.approx(1)


@given(st.integers(5, 90), st.floats(0.01, 10), st.floats(0.01, 10))
def test_the_onset_of_a_tent_is_its_top(top, rise, fall):
    months = np.arange(100)
    use = np.where(months < top, rise * (months - top), -fall * (months - top))
    found = onset(1.0 * months, use)
    assert found is not None
    assert abs(found - top) <= 2  # half the smoothing window; exact where both sides are alike
    assert onset(1.0 * months, -np.abs(months - top)) == top


def test_the_onset_is_seen_through_noise():
    rng, months = np.random.default_rng(0), np.arange(192)
    truth = 0.8 - np.abs(months - 80) / 100
    found = [onset(months + rng.normal(size=192), truth + 0.05 * rng.normal(size=192)) for _ in range(40)]
    assert None not in found
    assert np.abs(np.array(found, dtype=float) - 80).max() <= 8


def test_the_onset_is_looked_for_from_its_start_on():
    months = np.arange(100.0)
    use = np.maximum(-np.abs(months - 20), -np.abs(months - 70))
    assert onset(months, use) == 20
    assert onset(months, use, start=45) == 70


@pytest.mark.parametrize(
    ("metric", "use"),
    [(1, 1), (1, 0), (0, -1), (-1, -1)],
    ids=["both rise", "use stands still", "the metric stands still", "both fall"],
)
def test_there_is_no_onset_where_it_is_not_both(metric, use):
    months = np.arange(60.0)
    assert onset(metric * months, use * months) is None


def test_there_is_hardly_an_onset_in_noise():
    rng = np.random.default_rng(0)
    found = [onset(np.arange(192.0), rng.normal(size=192)) is not None for _ in range(6000)]
    assert np.mean(found) == pytest.approx(0.0105, abs=0.004)  # three standard errors


def test_a_span_shorter_than_the_window_has_no_onset():
    assert onset([1.0, 2.0], [2.0, 1.0]) is None


def test_an_even_window_is_refused_in_one_line():
    with pytest.raises(ValueError, match="window: got 4; it takes an odd number"):
        onset(np.arange(9.0), np.arange(9.0), window=4)


@given(st.floats(4, 60), st.floats(0.2, 1))
def test_the_half_life_of_an_exponential_is_its_own(half, level):
    months = np.arange(200)
    correlation = np.where(months < 24, level, level * 0.5 ** ((months - 24) / half))
    assert half_life(correlation, 24) == pytest.approx(half, rel=0.01)


def test_a_measure_that_stays_good_has_no_finite_half_life():
    noise = 0.1 * np.random.default_rng(0).normal(size=200)
    assert half_life(0.8 + noise, 24) == np.inf


def test_one_bad_month_ends_no_measure():
    correlation = np.full(60, 0.8)
    correlation[40] = -1.0
    assert half_life(correlation, 24) == np.inf


def test_a_measure_that_never_measured_has_no_half_life():
    assert np.isnan(half_life(np.full(60, -0.2), 24))
    assert np.isnan(half_life(np.full(60, np.nan), 24))
    assert np.isnan(half_life(np.full(60, 0.5), 0))  # nothing was seen before
