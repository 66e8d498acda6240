"""The figure of a sweep: what is drawn of which sweep, and that it shows the runs' own numbers."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color
from matplotlib.text import Text

from analysis.swept import factors, medians, swept, swept_caption, title


def runs(outcome="usefulness", seeds=10, **grid):
    """A sweep of every combination, whose outcome is higher by 0.1 a cell and by 0.01 a seed."""
    cells = list(itertools.product(*grid.values()))
    rows = [
        {"cell": cell, "seed": seed, **dict(zip(grid, values, strict=True)), outcome: 0.1 * (cell % 9) + 0.01 * seed}
        for cell, values in enumerate(cells)
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows)


def drawn(frame, outcome="usefulness"):
    varied = [name for name in frame.columns if name not in ("cell", "seed", outcome)]
    table = medians(frame, varied, outcome)
    return table, swept(table, outcome)


def test_a_cell_is_the_median_and_the_middle_80_percent_of_its_seeds():
    table = medians(runs(pride=[0.0, 0.3], seeds=11), ["pride"], "usefulness")
    assert list(table["runs"]) == [11, 11]
    found = table[["usefulness_low", "usefulness", "usefulness_high"]].to_numpy()
    np.testing.assert_allclose(found, [[0.01, 0.05, 0.09], [0.11, 0.15, 0.19]])


def test_a_run_without_the_outcome_counts_for_none():
    frame = runs(pride=[0.0, 0.3], seeds=2)
    frame.loc[0, "usefulness"] = np.nan
    assert list(medians(frame, ["pride"], "usefulness")["runs"]) == [1, 2]


def test_what_never_varies_and_what_a_named_scenario_settles_is_not_told():
    frame = runs(scenario=["paid", "watched"], bonus=["linear", "capped"], horizon=[12])
    frame["policy"] = frame["scenario"].map({"paid": "single", "watched": "measure_only"})
    assert factors(medians(frame, ["scenario", "policy", "bonus", "horizon"], "usefulness")) == ["scenario", "bonus"]


def test_a_number_is_drawn_as_a_line_with_a_band_and_another_parameter_as_lines_that_say_which():
    table, figure = drawn(runs(pride=[0.0, 0.3], bonus_strength=[0.1, 0.2, 0.4]))
    (axes,) = figure.axes
    lines = [line for line in axes.lines if line.get_marker() == "o"]
    assert [list(line.get_xdata()) for line in lines] == [[0.1, 0.2, 0.4]] * 2
    np.testing.assert_allclose(np.concatenate([line.get_ydata() for line in lines]), table["usefulness"])
    for band, (_, cells) in zip(axes.collections, table.groupby("pride"), strict=True):
        heights = band.get_paths()[0].vertices[:, 1]
        assert (heights.min(), heights.max()) == (cells["usefulness_low"].min(), cells["usefulness_high"].max())
    assert [text.get_text() for text in axes.texts] == ["pride 0", "pride 0.3"]
    assert axes.get_xlabel() == "bonus strength"
    assert axes.get_ylim() == (0, 1)


def test_names_are_drawn_as_rows_from_the_top_down_with_their_bars():
    table, figure = drawn(runs(metric=["count", "gross_value"], plan_year=[True, False], capability=[None, 2.0]))
    (axes,) = figure.axes
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert [label.get_text() for label in axes.get_yticklabels()][:5] == [
        *("count, plan year true, capability none", "count, plan year true, capability 2"),
        *("count, plan year false, capability none", "count, plan year false, capability 2"),
        "gross value, plan year true, capability\nnone",
    ]
    dots = axes.lines[0]
    assert list(dots.get_ydata()) == list(axes.get_yticks())
    assert list(dots.get_xdata()) == list(table["usefulness"])
    bars = [bar[:, 0].tolist() for bar in axes.collections[0].get_segments()]
    assert bars == table[["usefulness_low", "usefulness_high"]].to_numpy().tolist()


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_drawn_sample_is_a_panel_a_parameter_with_a_dot_a_cell_and_the_medians_of_eighths(seeds):
    rng = np.random.default_rng(1)
    points = pd.DataFrame(
        {"cell": range(80), "pride": rng.random(80), "breadth": rng.integers(2, 5, 80), "fine": rng.random(80)}
    )
    frame = pd.concat([points.assign(seed=seed, usefulness=points["pride"]) for seed in range(seeds)])
    _, figure = drawn(frame)
    assert [axes.get_xlabel() for axes in figure.axes] == ["pride", "breadth", "fine"]
    for axes in figure.axes:
        dots, middle = axes.lines
        assert sorted(dots.get_ydata()) == sorted(points["pride"])
        assert len(middle.get_xdata()) == (3 if axes.get_xlabel() == "breadth" else 8)
    np.testing.assert_allclose(figure.axes[0].lines[1].get_ydata(), np.arange(1, 16, 2) / 16, atol=0.05)


def test_two_numbers_with_too_many_values_for_lines_are_a_panel_each():
    _, figure = drawn(runs(pride=np.linspace(0, 1, 6), bonus_strength=np.linspace(0, 0.5, 7)))
    assert [axes.get_xlabel() for axes in figure.axes] == ["pride", "bonus strength"]
    np.testing.assert_allclose(figure.axes[0].lines[1].get_xdata(), np.linspace(0, 1, 6))


@pytest.mark.parametrize(
    ("values", "scale"),
    [([1, 2, 4, 8, 16], "log"), ([0.1, 0.2, 0.3, 0.4], "linear"), ([0, 1, 10], "linear"), ([2, 8], "linear")],
)
def test_values_that_grow_by_factors_stand_on_a_logarithmic_axis(values, scale):
    _, figure = drawn(runs(breadth=values))
    (axes,) = figure.axes
    assert axes.get_xscale() == scale
    if scale == "log":
        assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "4", "8", "16"]


def test_the_pay_of_robots_has_its_own_axis_and_colour():
    _, figure = drawn(runs("observed_reward", fine=[0.0, 0.5, 1.0]), "observed_reward")
    (axes,) = figure.axes
    assert axes.get_title(loc="left") == "Observed reward"
    assert axes.get_ylim() != (0, 1)
    assert same_color(axes.lines[0].get_color(), "#0072B2")


@pytest.mark.parametrize(
    "grid",
    [
        {"metric": ["count", "weight", "geometric_mean", "gross_value", "joints"], "breadth": [1, 2, 4]},
        {"discount": [None, 0.9], "plan_year": [True, False], "pride": [0.0, 0.3]},
        {
            "scenario": ["a name that goes on for longer than is left of the margin of any page", "b"],
            "bonus": ["linear", "capped"],
        },
        {
            "metric": ["count", "weight", "geometric_mean", "gross_value", "joints"],
            "bonus": list("abcdef"),
            "pride": [0.0, 0.3],
        },
    ],
    ids=["lines", "words in two lines", "rows", "panels"],
)
def test_no_words_are_cut_off_or_lie_over_others(grid):
    _, figure = drawn(runs(**grid))
    FigureCanvasAgg(figure).draw()
    words = [text for text in figure.findobj(Text) if text.get_visible() and re.search("[a-z]", text.get_text())]
    for box in (text.get_window_extent() for text in words):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    level = [text.get_window_extent() for text in words if text.get_rotation() == 0]  # the box of a slanted one is too wide
    for one, other in itertools.combinations(level, 2):
        assert not one.overlaps(other)


def test_words_say_what_is_drawn_over_how_many_seeds():
    table, _ = drawn(runs(pride=[0.0, 0.3], bonus_strength=[0.1, 0.2, 0.4], seeds=20))
    assert title(table, "usefulness") == "Usefulness by pride and bonus strength"
    assert swept_caption(table, "usefulness").endswith(
        "against bonus strength, a line for each pride. Dots are medians over 20 seeds, bands the middle 80 % of them."
    )
    few, _ = drawn(runs(metric=["count", "weight"], seeds=3))
    assert swept_caption(few, "usefulness").endswith(
        "for each metric. Dots are medians over 3 seeds, bars the middle 80 % of them; with so few seeds they are rough."
    )
    one, _ = drawn(runs(metric=["count", "weight"], seeds=1))
    assert swept_caption(one, "usefulness").endswith("for each metric. Dots are of one seed.")
