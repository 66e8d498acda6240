"""A month at the nail machine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nails.geometry import ideal_nail, mass
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, nails_made, seconds_per_nail

masses = st.floats(float(mass(5.0, 0.5)), float(mass(400.0, 40.0)))
shares = st.floats(0, 1)
factors = st.floats(0.01, 100)
quotas = st.floats(1e-3, 1e9)


def test_a_gram_of_nail_well_made_takes_18_hundredths_of_a_second():
    assert seconds_per_nail(1.0, 1.0) == pytest.approx(0.05 + 0.08 + 0.05)
    assert seconds_per_nail(8.0, 0.0) == pytest.approx(0.05 + 4 * 0.08)


def test_an_idle_factory_makes_two_fifths_of_what_a_busy_one_does():
    assert nails_made(1.0, 1.0, 0.0) / nails_made(1.0, 1.0, 1.0) == pytest.approx(0.4)


@given(masses, masses, shares, shares, factors)
def test_output_falls_with_mass(one, other, finish, effort, productivity):
    light, heavy = sorted((one, other))
    assert nails_made(light, finish, effort, productivity) >= nails_made(heavy, finish, effort, productivity) * (1 - 1e-12)


@given(masses, masses, shares, shares, factors)
def test_yet_their_weight_rises_with_mass_when_steel_is_free(one, other, finish, effort, productivity):
    light, heavy = sorted((one, other))
    made = nails_made(np.array([light, heavy]), finish, effort, productivity) * [light, heavy]
    assert made[0] <= made[1] * (1 + 1e-12)


@given(masses, shares, shares, factors, quotas)
def test_steel_never_exceeds_its_quota(mass_g, finish, effort, productivity, quota):
    made = nails_made(mass_g, finish, effort, productivity, quota)
    assert 0 < made * mass_g / 1000 <= quota * (1 + 1e-12)
    assert made <= nails_made(mass_g, finish, effort, productivity)


@given(masses, shares, shares, shares, factors)
def test_effort_never_makes_fewer_nails(mass_g, finish, one, other, productivity):
    low, high = sorted((one, other))
    assert nails_made(mass_g, finish, low, productivity) <= nails_made(mass_g, finish, high, productivity)


def test_one_by_one_is_all_at_once():
    rng = np.random.default_rng(2)
    rows = rng.uniform((0.01, 0, 0, 0.5, 1), (4000, 1, 1, 2, 1e5), size=(200, 5))
    np.testing.assert_allclose([nails_made(*map(float, row)) for row in rows], nails_made(*rows.T), rtol=1e-12)


@pytest.mark.parametrize("board", [10.0, 25.0, 60.0])
def test_count_is_greatest_in_the_smallest_corner_and_weight_in_the_largest(board):
    length, diameter = np.meshgrid(np.geomspace(*LENGTH_RANGE_MM, 60), np.geomspace(*DIAMETER_RANGE_MM, 60))
    mass_g = mass(length, diameter)
    made = nails_made(mass_g, 1.0, 1.0)
    assert np.unravel_index(made.argmax(), made.shape) == (0, 0)
    assert np.unravel_index((made * mass_g).argmax(), made.shape) == (59, 59)
    assert LENGTH_RANGE_MM[0] < ideal_nail(board)[0] < LENGTH_RANGE_MM[1]


def test_with_a_quota_every_plan_that_reaches_it_weighs_the_same_and_none_weighs_more():
    length, diameter = np.meshgrid(np.geomspace(*LENGTH_RANGE_MM, 60), np.geomspace(*DIAMETER_RANGE_MM, 60))
    mass_g = mass(length, diameter)
    free = nails_made(mass_g, 1.0, 1.0) * mass_g / 1000
    quota = float(np.median(free))
    held = nails_made(mass_g, 1.0, 1.0, steel_quota_kg=quota) * mass_g / 1000
    reaches = free >= quota
    np.testing.assert_allclose(held[reaches], quota, rtol=1e-12)
    assert np.all(held[~reaches] < quota)
