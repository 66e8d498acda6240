"""GOST 4028-63 as the model has it."""

import numpy as np
import pytest

from nails.catalogue import catalogue, nearest_size
from nails.geometry import ideal_nail, mass

SIZES = list(zip(*catalogue(), strict=True))


def name(size):
    return f"{size[1]:g} x {size[0]:g} mm"


@pytest.mark.parametrize("size", SIZES, ids=name)
def test_a_cylinder_weighs_what_the_catalogue_lists_within_8_percent(size):
    diameter, length, listed = size
    assert listed / mass(length, diameter) == pytest.approx(1, abs=0.08)


def test_all_but_two_of_the_thirty_sizes_are_within_4_percent():
    diameter, length, listed = catalogue()
    assert len(listed) == 30
    assert np.sum(np.abs(listed / mass(length, diameter) - 1) <= 0.04) == 28


def test_a_catalogue_nail_is_nearest_to_itself():
    diameter, length, _ = catalogue()
    assert np.array_equal(nearest_size(length, diameter), [length, diameter])


def test_near_is_a_matter_of_factors_not_of_millimetres():
    # Half as long again is farther than a fifth as thick again, though it is the other way round in millimetres of this nail.
    assert nearest_size(200.0, 6.0 * 1.15) == (200.0, 6.0)
    assert nearest_size(8.1, 0.8) == (8.0, 0.8)


def test_the_first_nail_for_the_median_board_is_50_or_60_mm_long():
    # The ideal is 56 x 3.1 mm: between the catalogue's 50 x 2.5, 60 x 2.5 and 70 x 3.
    length, diameter = nearest_size(*ideal_nail(25.0))
    assert (float(length), float(diameter)) in {(50.0, 2.5), (60.0, 2.5), (70.0, 3.0)}


def test_nobody_can_write_into_the_catalogue():
    with pytest.raises(ValueError, match="read-only"):
        catalogue().mass_g[0] = 1.0
