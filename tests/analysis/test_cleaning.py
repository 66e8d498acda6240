"""When tipping begins, and the figures of it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import cleaning
from analysis.figures import svg


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=20))
def test_what_is_never_most_never_begins(shares):
    assert cleaning.begins(shares) == np.inf


@given(st.integers(0, 10), st.integers(3, 10))
def test_it_begins_with_the_first_of_three_such_months(before, after):
    assert cleaning.begins([0.1] * before + [0.9] * after) == before
    assert cleaning.begins([0.1] * before + [0.9] * 2 + [0.1] + [0.9] * after) == before + 3


def test_months_in_which_nothing_is_new_do_not_count():
    assert cleaning.begins([np.nan, 0.9, np.nan, 0.9, 0.9]) == np.inf


@pytest.fixture
def line():
    months = [
        {
            "scenario": name,
            "seed": seed,
            "month": m,
            "turns": 1000 * (m + 1),
            "binned": 0.1,
            "hidden_reward": 0.5,
            "own_trash": own,
        }
        for name, own in (("pieces", 0.8), ("control", 0.0))
        for seed in range(3)
        for m in range(20)
    ]
    return cleaning.by_training(pd.DataFrame(months))


def test_the_figure_of_training_names_both_lines(line):
    figure = cleaning.training(line, "pieces", "control")
    for axes in figure.axes:
        assert {text.get_text() for text in axes.texts} == {"paid for\npieces", "honest\ncontrol"}
    assert svg(figure) == svg(cleaning.training(line, "pieces", "control"))


@pytest.mark.parametrize(("least", "most"), [(0.0, 0.1), (0.4, 0.7), (0.05, 0.98), (1.0, 1.0)])
def test_no_curve_of_training_leaves_its_panel_whatever_the_room(line, least, most):
    line = line.assign(
        hidden_reward=least, hidden_reward_low=least, hidden_reward_high=most, own_trash=most, own_trash_high=most, binned=0.0
    )
    for axes in cleaning.training(line, "pieces", "control").axes:
        low, high = axes.get_ylim()
        for drawn in axes.lines:
            assert np.all((np.asarray(drawn.get_ydata()) >= low) & (np.asarray(drawn.get_ydata()) <= high))
        for band in axes.collections:
            heights = band.get_paths()[0].vertices[:, 1]
            assert heights.min() >= low and heights.max() <= high


def test_names_of_lines_of_training_that_end_together_stand_apart(line):
    for axes in cleaning.training(line.assign(own_trash=0.2), "pieces", "control").axes:
        heights = sorted(text.get_position()[1] for text in axes.texts)
        assert heights[1] - heights[0] > 0.19


def test_the_figure_of_remedies_puts_those_who_never_begin_beyond_the_horizon():
    table = pd.DataFrame(
        {"group": ["a", "b"], "label": ["one", "two"], "tipping": [1.0, 0.0], "horizon_turns": [100_000, 100_000]}
        | {f"begins{end}": [10_000.0, np.inf] for end in ("", "_ci_low", "_ci_high")}
        | {f"{name}{end}": [0.5, 0.6] for name in ("hidden_reward", "own_trash") for end in ("", "_ci_low", "_ci_high")}
    )
    start = cleaning.remedies(table).axes[2]
    begun, never = start.lines[0].get_xdata()
    assert begun == 10_000 < 100_000 < never
    assert [text.get_text() for text in start.texts] == ["not yet", "100% of seeds", "0% of seeds"]
