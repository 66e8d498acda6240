"""The figure of the parable: drawn from its tables alone, the same bytes for the same data, nothing cut off."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from analysis import figures
from analysis.phases import by_month, phases

CATALOGUE_NAIL = (50.0, 2.5, 1.9)


def story(months=48, seeds=3):
    """A made-up story of three phases: nails, tacks and lumps."""
    rng = np.random.default_rng(1)
    rows = []
    for seed in range(seeds):
        for month in range(months):
            phase = min(3 * month // months, 2)
            rows.append(
                {
                    "seed": seed,
                    "month": month,
                    "target": ("none", "count", "weight")[phase],
                    "usefulness": (0.5, 0.2, 0.05)[phase] + rng.uniform(0, 0.02),
                    "count": 1e8,
                    "weight_kg": 1e5,
                    "median_length_mm": (55.0, 15.0, 150.0)[phase],
                    "median_diameter_mm": (2.6, 0.5, 27.0)[phase],
                    "median_mass_g": (2.3, 0.02, 670.0)[phase],
                    "mean_finish": (1.0, 0.1, 0.2)[phase],
                    "correlation_count": (0.9, -0.5, 0.3)[phase],
                    "correlation_weight": (0.8, 0.6, -0.2)[phase],
                }
            )
    return pd.DataFrame(rows)


def drawn(months=None):
    months = story() if months is None else months
    return figures.parable(by_month(months), phases(months), CATALOGUE_NAIL)


def words(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def test_it_says_what_came_of_each_target():
    said = words(drawn())
    assert "Pay for count: tacks. Pay for weight: lumps." in said
    for words_of_it in ("target: count", "target: weight", "no\ntarget", "50 mm", "15×0.5 mm\n0.02 g", "150×27 mm\n670 g"):
        assert words_of_it in said


def test_the_headline_follows_the_numbers():
    """Had count given lumps and weight nails, it would say so."""
    months = story()
    months["median_mass_g"] = months["target"].map({"none": 2.0, "count": 900.0, "weight": 2.2})
    assert "Pay for count: lumps. Pay for weight: nails." in words(drawn(months))


def test_nothing_is_cut_off():
    figure = drawn()
    FigureCanvasAgg(figure).draw()
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            box = text.get_window_extent()
            assert figure.bbox.x0 <= box.x0, text
            assert box.x1 <= figure.bbox.x1, text
            assert figure.bbox.y0 <= box.y0, text
            assert box.y1 <= figure.bbox.y1, text


def test_the_sizes_under_the_nails_stand_apart_however_long_they_are():
    months = story()
    months["median_length_mm"], months["median_diameter_mm"] = (
        145.0,
        months["target"].map({"none": 2.9, "count": 0.51, "weight": 27.0}),
    )
    figure = drawn(months)
    FigureCanvasAgg(figure).draw()
    sizes = [text.get_window_extent() for text in figure.findobj(Text) if " mm\n" in text.get_text()]
    sizes.sort(key=lambda box: box.x0)
    assert len(sizes) == 4
    for left, right in itertools.pairwise(sizes):
        assert right.x0 - left.x1 > 8  # pixels, of 1200 across: about the width of a letter


def test_the_titles_of_neighbouring_panels_stand_apart():
    figure = drawn()
    FigureCanvasAgg(figure).draw()
    boxes = {text.get_text(): text.get_window_extent() for text in figure.findobj(Text)}
    left = next(box for said, box in boxes.items() if said.startswith("Usefulness: "))
    right = next(box for said, box in boxes.items() if said.startswith("The median nail"))
    assert right.x0 - left.x1 > 24


def test_nails_are_drawn_at_one_scale_both_ways():
    figure = drawn()
    nails = figure.axes[2]
    (x0, y0), (x1, y1) = nails.transData.transform([(0, 0), (10, 10)])
    assert x1 - x0 == pytest.approx(y1 - y0, rel=1e-6)
    lump = max(nails.patches, key=lambda patch: np.ptp(patch.get_xy()[:, 1]))
    assert np.ptp(lump.get_xy(), axis=0) == pytest.approx([27, 150])


def test_the_same_data_give_the_same_bytes_and_the_tables_stay_as_they_were():
    months = story()
    before = months.copy()
    assert figures.svg(drawn(months)) == figures.svg(drawn(months))
    pd.testing.assert_frame_equal(months, before)


def test_a_story_of_one_phase_can_be_drawn():
    months = story()
    assert drawn(months[months["target"] == "none"]) is not None
