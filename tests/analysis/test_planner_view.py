"""What the planner reads beside what the builders get, and the path of the median nail, checked by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.nail_map import median_path, path
from analysis.phases import phases
from analysis.planner_view import caption, figure, planner_view

TARGETS = ["none"] * 14 + ["count"] * 6 + ["weight"] * 4


def run(seed=0, targets=TARGETS, growth=1.0):
    """Twenty-four months in which count doubles as it becomes the target, and weight triples."""
    months = pd.DataFrame({"seed": seed, "month": range(len(targets)), "target": targets, "usefulness": 0.5})
    paid = months["target"] != "none"
    made = {
        "count": np.where(months["month"] < 14, 10.0, 20.0 * growth),
        "weight_kg": np.where(months["month"] < 20, 5.0, 15.0 * growth),
        "mean_fulfilment": np.where(paid, 1.2, np.nan),
        "median_length_mm": 50.0 + seed, "median_diameter_mm": 2.5, "median_mass_g": 2.0, "mean_finish": 1.0,
        "correlation_count": 0.5, "correlation_weight": 0.5,
    }  # fmt: skip
    return months.assign(**made)


def test_the_index_is_the_paid_measure_over_its_year_before():
    view = planner_view(run()).set_index("month")
    assert view["index"].isna().tolist() == [True] * 14 + [False] * 10
    assert view["index"].loc[14:19].tolist() == pytest.approx([2.0] * 6)
    assert view["index"].loc[20:].tolist() == pytest.approx([3.0] * 4)
    assert view["fulfilment"].isna().tolist() == [True] * 14 + [False] * 10


@pytest.mark.parametrize("scale", [0.01, 3.0])
def test_the_index_does_not_depend_on_units(scale):
    table = run()
    scaled = planner_view(table.assign(count=scale * table["count"], weight_kg=scale * table["weight_kg"]))
    np.testing.assert_allclose(scaled["index"], planner_view(table)["index"])


def test_the_band_is_over_seeds_each_with_its_own_year_before():
    view = planner_view(pd.concat([run(seed, growth=1 + seed / 10) for seed in range(11)]))
    assert view.loc[14, ["index", "index_low", "index_high"]].tolist() == pytest.approx([3.0, 2.2, 3.8])


@pytest.mark.parametrize("other", [TARGETS, ["none"] * 24, ["weight"] * 24, ["joints"] * 24])
def test_it_is_drawn_whatever_the_targets_and_where_seeds_differ(other):
    months = pd.concat([run(0), run(1, other)])
    drawn = figure(planner_view(months), phases(months))
    FigureCanvasAgg(drawn).draw()
    shown = [text.get_text() for axes in drawn.axes for text in axes.texts]
    assert any("target" in text for text in shown)


@pytest.mark.parametrize(
    ("targets", "panels"),
    [(TARGETS, 3), (["none"] * 8 + ["joints"] * 16, 2), (["none"] * 24, 1), (["none"] * 8 + ["joints"] * 8 + ["count"] * 8, 3)],
)
def test_no_panel_is_empty_and_the_caption_tells_of_those_that_there_are(targets, panels):
    months = run(targets=targets).assign(mean_fulfilment=np.where(np.array(targets) == "none", np.nan, 1.2))
    view = planner_view(months)
    drawn = figure(view, phases(months))
    assert len(drawn.axes) == panels
    assert all(any(len(line.get_xdata()) > 2 for line in axes.lines) for axes in drawn.axes)
    said = caption(1, view)
    assert ("score over target" in said, "count or weight" in said) == (panels > 1, panels > 2)


@pytest.mark.parametrize(
    ("free", "title"),
    [
        (14, "Read: the measure paid for, over its mean in the year before it was"),
        (5, "Read: the measure paid for, over what it was at first"),
        (0, "Read: the measure paid for, over what it was at first"),
    ],
)
def test_the_index_is_headed_by_what_it_is_over(free, title):
    months = run(targets=["none"] * free + ["count"] * (24 - free))
    view = planner_view(months)
    titles = [axes.get_title(loc="left") for axes in figure(view, phases(months)).axes]
    assert titles[1] == title
    assert ("as many as there were" in caption(1, view)) == (free < 12)


@pytest.mark.parametrize(
    ("targets", "title"),
    [
        (TARGETS, "At the end the plan is 120% fulfilled, the building 50%"),
        (["count"] * 6 + ["none"] * 18, "What the planner reads, and what the builders get"),
    ],
)
def test_the_headline_is_of_the_last_month(targets, title):
    months = run(targets=targets)
    assert figure(planner_view(months), phases(months)).get_suptitle() == title


def test_where_targets_follow_fast_upon_each_other_their_last_values_are_not_written_over_each_other():
    months = run(targets=["none"] * 4 + ["count", "weight"] * 10)
    drawn = figure(planner_view(months), phases(months))
    assert not [text.get_text() for axes in drawn.axes[:2] for text in axes.texts]


def test_a_target_is_named_off_a_line_that_is_high():
    months = run(targets=["joints"] * 24).assign(usefulness=0.9)
    (name,) = [text for text in figure(planner_view(months), phases(months)).axes[-1].texts if "target" in text.get_text()]
    assert name.get_position()[1] < 0.1


def test_the_path_is_the_median_over_seeds_and_says_where_they_differ():
    path = median_path(pd.concat([run(0), run(1), run(5, ["count"] * 24)]))
    assert path["median_length_mm"].tolist() == [51.0] * 24
    assert path["target"].tolist() == ["mixed"] * 14 + ["count"] * 6 + ["mixed"] * 4


def walked(sizes):
    """Months of two seeds that walk straight from size to size (length, diameter), a target each from the second on."""
    legs = [np.geomspace(a, b, 13)[1:] for a, b in itertools.pairwise(sizes)]
    names = ("count", "weight", "joints")[: len(legs)]
    months = pd.DataFrame(np.vstack([[sizes[0]], *legs]), columns=["median_length_mm", "median_diameter_mm"])
    months = months.assign(month=range(len(months)), target=["none", *np.repeat(names, 12)])
    return pd.concat([months.assign(seed=seed) for seed in (0, 1)])


@pytest.mark.parametrize(
    ("sizes", "title"),
    [
        (
            [(64, 3), (17, 0.5), (220, 26)],
            "count the median nail shrinks to 17 × 0.5 mm\nPaid by weight the median nail grows to 220 × 26 mm",
        ),
        ([(17, 0.5), (64, 3)], "count the median nail grows to 64 × 3 mm"),
        ([(64, 3), (65, 3)], "count the median nail ends at 65 × 3 mm"),
    ],
)  # fmt: skip
def test_the_path_is_headed_by_where_it_leads_and_names_its_ends_off_the_lines(sizes, title):
    useful = pd.DataFrame(itertools.product([5.0, 60.0, 400.0], [0.5, 3.0, 40.0]), columns=["length_mm", "diameter_mm"])
    useful = useful.assign(value=np.where(useful["length_mm"] + useful["diameter_mm"] == 63, 1.0, 0.0), name="25 mm")
    drawn = path(useful, walked(sizes))
    (axes,) = drawn.axes
    assert axes.get_title(loc="left") == f"Paid by {title}"
    FigureCanvasAgg(drawn).draw()
    said = [text for text in axes.texts if text.get_text()]
    assert sum("paid by" in text.get_text() for text in said) == (len(sizes) - 1 if sizes[-1] != (65, 3) else 0)
    for text in said:
        box = text.get_window_extent()
        assert drawn.bbox.contains(*box.min) and drawn.bbox.contains(*box.max)
        assert not any(
            line.get_path().transformed(line.get_transform()).intersects_bbox(box, filled=False) for line in axes.lines
        )


def test_a_path_under_many_targets_is_not_told_in_its_title():
    useful = pd.DataFrame(
        {"length_mm": [5.0, 5.0, 60.0, 60.0], "diameter_mm": [0.5, 3.0] * 2, "value": [0, 0, 0, 1.0], "name": "25 mm"}
    )
    drawn = path(useful, walked([(64, 3), (17, 0.5), (220, 26), (50, 2.5)]))
    assert drawn.axes[0].get_title(loc="left") == "The median factory's nail, month by month"
