"""The claim that the project rests on: useful nails are catalogue nails, and neither measure leads to them.

"Nearly a catalogue nail" was defined before looking: within a factor of 1.25, one step of preferred numbers, of some size in
length and in diameter. Five of the 51 boards miss it, by up to 1.284 (docs/findings.md): between the catalogue's thicker sizes
the steps are wider than that. So two statements are held: nine boards in ten within 1.25, and all within the widest step
from one diameter of the catalogue to the next.
"""

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.nail_map import caption, nail_map
from experiments.nail_map import BOARDS_MM, best_plans, best_sizes, claims, gap, joints_a_month, nail_map_data, run
from model.economy import NailEconomy
from nails.catalogue import catalogue
from nails.geometry import mass
from nails.joint import suitability
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, nails_made

SMALLEST = (LENGTH_RANGE_MM[0], DIAMETER_RANGE_MM[0])
LARGEST = (LENGTH_RANGE_MM[1], DIAMETER_RANGE_MM[1])
STEP = 1.25


@pytest.fixture(scope="module")
def table():
    return claims()


@pytest.fixture(scope="module")
def data():
    return nail_map_data(points=61)


def random_nails(low, high, n=20_000, seed=0):
    """Nails drawn evenly in the logarithms of length and diameter."""
    return np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), size=(n, 2))).T


def test_every_millimetre_of_board_is_looked_at():
    assert BOARDS_MM.tolist() == list(range(10, 61))


def test_no_nail_drawn_at_random_beats_the_best_plan():
    best = best_plans(BOARDS_MM)
    length, diameter = random_nails(SMALLEST, LARGEST)
    assert np.all(joints_a_month(length[:, None], diameter[:, None], BOARDS_MM).max(axis=0) <= best.joints)
    # nor does one drawn close by
    near = np.random.default_rng(1).normal(0, 0.03, size=(2, 2_000, 1))
    rivals = joints_a_month(best.length_mm * np.exp(near[0]), best.diameter_mm * np.exp(near[1]), BOARDS_MM)
    assert np.all(rivals.max(axis=0) <= best.joints * (1 + 1e-9))


def test_the_best_catalogue_size_makes_at_least_four_fifths_of_the_best_possible_joints(table):
    assert table["catalogue_share"].between(0.8, 1).all()


def test_the_best_nail_is_nearly_a_catalogue_nail(table):
    diameters = np.unique(catalogue().diameter_mm)
    widest_step = (diameters[1:] / diameters[:-1]).max()  # 6 to 8 mm
    assert (table["gap"] <= widest_step).all()
    assert (table["gap"] <= STEP).mean() >= 0.9


def test_that_is_no_matter_of_course():
    # Of nails drawn at random in the catalogue's own box under four in ten are as near to a size.
    sizes = catalogue()
    box = np.array([[f(sizes.length_mm), f(sizes.diameter_mm)] for f in (np.min, np.max)])
    assert (gap(*random_nails(*box)) <= STEP).mean() < 0.4


def test_few_nails_drawn_at_random_suit_any_board_and_most_of_the_catalogue_suit_one():
    # MODEL: 15 % and 60 %.
    sizes = catalogue()
    box = np.array([[f(sizes.length_mm), f(sizes.diameter_mm)] for f in (np.min, np.max)])

    def suits_one(length, diameter):
        return (suitability(length[:, None], diameter[:, None], 1.0, BOARDS_MM).max(axis=1) >= 0.8).mean()

    assert suits_one(*random_nails(*box)) == pytest.approx(0.15, abs=0.02)
    assert suits_one(sizes.length_mm, sizes.diameter_mm) == pytest.approx(0.6, abs=0.05)


def test_the_ridge_is_where_the_specification_saw_it():
    best = best_plans(np.array([10.0, 16.0, 25.0, 60.0]))
    assert best.length_mm == pytest.approx([21, 33, 50, 105], rel=0.03)
    assert best.diameter_mm == pytest.approx([1.10, 1.76, 2.66, 4.92], rel=0.03)
    size = best_sizes(np.array([10.0, 16.0, 25.0, 60.0]))
    assert list(zip(size.length_mm, size.diameter_mm, strict=True)) == [(20, 1.2), (32, 1.8), (50, 2.5), (120, 5.0)]


def test_count_is_greatest_in_the_smallest_corner_where_no_board_is_held():
    length, diameter = random_nails(SMALLEST, LARGEST)
    most = nails_made(mass(*SMALLEST), 1.0, 1.0)
    assert np.all(nails_made(mass(length, diameter), 1.0, 1.0) < most)
    assert np.all(joints_a_month(*SMALLEST, BOARDS_MM) == 0)


def test_without_a_steel_quota_weight_is_greatest_in_the_largest_corner_where_no_board_is_held():
    length, diameter = random_nails(SMALLEST, LARGEST)
    masses, largest = mass(length, diameter), mass(*LARGEST)
    assert np.all(nails_made(masses, 1.0, 1.0) * masses < nails_made(largest, 1.0, 1.0) * largest)
    assert np.all(suitability(*LARGEST, 1.0, BOARDS_MM) < 1e-6)


def test_with_the_quota_every_plan_that_reaches_it_weighs_most_and_the_ridge_is_far_from_it():
    quota = NailEconomy(rng=0).industry.steel_quota_kg
    length, diameter = random_nails(SMALLEST, LARGEST)
    masses = mass(length, diameter)
    free = nails_made(masses, 1.0, 1.0) * masses / 1000
    held = nails_made(masses, 1.0, 1.0, steel_quota_kg=quota) * masses / 1000
    reaches = free >= quota
    assert 0.1 < reaches.mean() < 0.9
    np.testing.assert_allclose(held[reaches], quota, rtol=1e-12)
    assert np.all(held[~reaches] < quota)
    # No board's best nail uses it up, and none of the plans that do makes a tenth of the best nail's joints.
    ridge = best_plans(BOARDS_MM)
    ridge_mass = mass(ridge.length_mm, ridge.diameter_mm)
    assert np.all(nails_made(ridge_mass, 1.0, 1.0) * ridge_mass / 1000 < quota)
    joints = joints_a_month(length[reaches][:, None], diameter[reaches][:, None], BOARDS_MM)
    assert np.all(joints.max(axis=0) < ridge.joints / 10)


def test_the_map_holds_what_it_says(data):
    useful = data[data["layer"] == "useful"]
    assert useful["value"].between(0, 1).all()
    assert useful["value"].max() > 0.95
    assert len(data[data["layer"] == "catalogue"]) == 30
    walk = data[data["layer"] == "walk"]
    assert walk.groupby("name").size().to_dict() == {"none": 24, "count": 72, "weight": 96}


def test_the_figure_is_drawn_from_its_frame_alone_and_leaves_it_as_it_was(data):
    before = data.copy()
    figure = nail_map(data)
    pd.testing.assert_frame_equal(data, before)
    (axes,) = figure.axes
    assert axes.get_xscale() == axes.get_yscale() == "log"
    says = " ".join(text.get_text() for text in axes.texts)
    named = ("catalogue", "most nails", "most weight", "quota", "starts here", "from here\nby weight")
    assert all(words in says for words in named)
    no_word_is_cut_off_or_over_another(figure)


def no_word_is_cut_off_or_over_another(figure):
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    panel = axes.get_window_extent()
    boxes = [(text.get_text(), text.get_window_extent()) for text in axes.texts]
    for words, box in boxes:
        assert panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1, words
    for (words, box), (others, other) in itertools.combinations(boxes, 2):
        one_text = words.endswith(",\n\n") and others.startswith("\n\nfrom here")  # of two colours
        assert one_text or not box.overlaps(other), (words, others)


@pytest.mark.parametrize("quota", [0.001, 0.05, 0.5, 1000.0])
def test_with_any_quota_no_word_is_cut_off_or_over_another_and_the_line_is_told_as_it_is(quota):
    data = nail_map_data(points=61, n_factories=12, steel_quota=quota)
    figure = nail_map(data)
    no_word_is_cut_off_or_over_another(figure)
    told = {
        0.001: "all nails reach the steel quota",
        0.02: "all nails reach the steel quota",
        1000: "no nail reaches the steel quota",
    }
    says = " ".join(text.get_text() for text in figure.axes[0].texts).replace("\n", " ")
    for said in (says, caption(data)):
        assert told.get(quota, "the steel quota is reached") in said


@pytest.mark.parametrize("name", ["self", "rng", "points"])
def test_what_is_no_parameter_is_refused_in_one_line(name, tmp_path):
    given: dict[str, Any] = {name: 3}
    with pytest.raises(ValueError, match=f"^{name}: is no parameter; ") as caught:
        run(out=tmp_path / "out", **given)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_walk_with_one_target_names_no_turn(data):
    figure = nail_map(data[(data["layer"] != "walk") | (data["name"] != "weight")])
    assert not any("from here" in text.get_text() for text in figure.axes[0].texts)


def test_a_run_leaves_the_figure_and_what_it_plots(tmp_path, capsys):
    run(out=tmp_path, seeds=3)
    left = {f"nail_map.{kind}" for kind in ("csv", "svg", "txt", "png")}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == left
    assert "82% to" in capsys.readouterr().out
    first = (tmp_path / "figures" / "nail_map.svg").read_bytes()
    run(out=tmp_path)
    assert (tmp_path / "figures" / "nail_map.svg").read_bytes() == first


def test_by_its_path_a_folder_that_cannot_be_written_gets_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    script = Path(__file__).parents[2] / "experiments" / "nail_map.py"
    ran = subprocess.run(
        [sys.executable, script, "--seeds", "2", "--out", tmp_path / "file"], capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert len(ran.stderr.splitlines()) == 1
    assert "--out" in ran.stderr
