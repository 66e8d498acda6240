import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.overoptimisation import best_of_n, best_of_n_kl, fit, predict_beyond

small = st.lists(st.tuples(st.integers(-3, 3), st.integers(-9, 9)), min_size=1, max_size=7)


@given(small)
def test_best_of_n_is_the_mean_over_all_subsets(pairs):
    proxy, value = np.array(pairs, dtype=float).T
    found = best_of_n(proxy, value, range(1, len(pairs) + 1))
    for n, said in enumerate(found, 1):
        picks = []
        for subset in map(list, itertools.combinations(range(len(pairs)), n)):
            best = proxy == proxy[subset].max()
            picks.append(value[best].mean())  # ties share
        assert said == pytest.approx(np.mean(picks), abs=1e-9)


def test_a_noisy_proxy_gives_what_regressional_goodhart_says():
    rng = np.random.default_rng(0)
    value = rng.normal(size=200_000)
    found = best_of_n(value + rng.normal(size=200_000), value, [4, 16, 64, 256])
    assert found == pytest.approx([0.728, 1.249, 1.657, 1.999], abs=0.05)  # Manheim & Garrabrant 2018, noise as large as value


def test_a_proxy_that_says_nothing_gains_nothing():
    rng = np.random.default_rng(0)
    found = best_of_n(rng.normal(size=100_000), rng.normal(size=100_000), [1, 4, 16, 64])
    assert np.abs(found).max() < 0.1  # four standard errors at n = 64


def test_the_kl_of_the_best_of_n_is_that_of_its_density():
    share = (np.arange(1_000_000) + 0.5) / 1_000_000  # the best of n uniform draws has density n u^(n - 1)
    for n in (1, 2, 10, 100):
        density = n * share ** (n - 1)
        held = density > 0
        kl = (density[held] * np.log(density[held])).sum() / len(share)
        assert best_of_n_kl(n) == pytest.approx(kl, abs=1e-3)


@pytest.mark.parametrize(("form", "peak"), [("best_of_n", 2.0), ("rl", np.exp(3.0))])
def test_a_curve_of_the_form_gives_its_coefficients_back_and_predicts_beyond(form, peak):
    d = np.linspace(0, 5, 30)
    gain = d * (2 - 0.5 * d) if form == "best_of_n" else d * (2 - 0.5 * np.log(np.where(d > 0, d, 1)))
    found = fit(form, d, gain)
    assert (found.alpha, found.beta, found.r_squared) == pytest.approx((2, 0.5, 1))
    assert found.peak == pytest.approx(peak)
    beyond = predict_beyond(form, d, gain, upto=2.0)
    assert (beyond.rmse, beyond.r_squared) == pytest.approx((0, 1))


@pytest.mark.parametrize("form", ["best_of_n", "rl"])
def test_a_gain_that_only_grows_straight_has_no_peak(form):
    d = np.linspace(0, 5, 30)
    found = fit(form, d, 2 * d)
    assert found.beta == pytest.approx(0, abs=1e-12)
    assert found.peak > 1e6


@pytest.mark.parametrize("form", ["best_of_n", "rl"])
def test_noise_is_not_explained_and_not_predicted(form):
    d, noise = np.linspace(0, 3, 60), np.random.default_rng(0).normal(size=60)
    assert fit(form, d, noise).r_squared < 0.1
    assert predict_beyond(form, d, noise, upto=1.5).r_squared < 0.5


def test_a_prediction_needs_points_on_both_sides():
    with pytest.raises(ValueError, match="upto: got 9"):
        predict_beyond("rl", [0.0, 1.0, 2.0], [0.0, 1.0, 2.0], upto=9)
