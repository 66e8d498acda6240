"""Mesa's own SolaraViz of the economy, in a real browser."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.solaraviz import CHOICES, FIRST_SEED, NOTHING, STORY, EconomyOnShow, read_seed, usefulness_figure
from incentives.metrics import METRICS
from model.economy import NailEconomy

COLUMNS = ["month", "usefulness", "target"]


@pytest.fixture(scope="module")
def address(start):
    return start("app.solaraviz")


@pytest.fixture
def viz(watched, address):
    watched.goto(address)
    plot(watched).wait_for()
    return watched


def plot(page):
    return page.get_by_role("img", name="Usefulness")


def months_on(page):
    return int(plot(page).get_attribute("data-month"))


def steps_to(page, month):
    for k in range(months_on(page), month):
        page.get_by_role("button", name="Step", exact=True).click()
        page.locator(f"[data-month='{k + 1}']").wait_for()


def choose(page, metric):
    page.get_by_role("button", name="Metric that is the target").click()
    page.get_by_role("option", name=metric, exact=True).click()


def test_it_renders_a_plot_and_steps(viz, screenshot):
    assert plot(viz).get_attribute("data-month") == "0"
    steps_to(viz, 2)
    assert plot(viz).locator("img, svg").first.is_visible()
    screenshot("solaraviz_after_two_months")


def test_it_plays_and_pauses(viz):
    viz.get_by_role("button", name="▶").click()
    viz.wait_for_function("+document.querySelector('[data-month]').dataset.month >= 5")
    viz.get_by_role("button", name="❚❚").click()
    viz.get_by_role("button", name="▶").wait_for()
    assert months_on(viz) >= 5


def test_a_changed_metric_and_seed_act_on_reset(viz, screenshot):
    choose(viz, "weight")
    viz.get_by_label("Seed").fill("11")
    viz.get_by_label("Seed").blur()
    viz.get_by_role("button", name="Reset").click()
    steps_to(viz, 25)
    viz.locator("[data-month='25'][data-target='weight']").wait_for()
    screenshot("solaraviz_weight")


def test_a_bad_seed_gives_a_message(viz, screenshot):
    viz.get_by_label("Seed").fill("lucky")
    viz.get_by_label("Seed").blur()
    viz.get_by_role("button", name="Reset").click()
    viz.get_by_text(re.compile("seed: got 'lucky'; it takes a whole number from 0")).wait_for()
    steps_to(viz, 1)
    screenshot("solaraviz_bad_seed")


@pytest.mark.parametrize("metric", CHOICES)
def test_every_choice_is_the_run_it_names(metric):
    shown = EconomyOnShow(metric=metric, rng="5")
    shown.shown_at = float("-inf")
    plain = {STORY: {}, NOTHING: {"policy": "measure_only"}}.get(metric, {"metric": metric})
    assert shown.parameters == NailEconomy(rng=5, **plain).parameters
    shown.step()
    expected = NailEconomy(rng=5, **plain)
    expected.step()
    pd.testing.assert_frame_equal(shown.months, expected.months)


def test_every_metric_there_is_can_be_chosen():
    assert set(METRICS) < set(CHOICES)


@given(st.integers(min_value=0, max_value=10**30))
def test_a_seed_typed_as_text_is_its_number(seed):
    assert read_seed(f" {seed} ") == read_seed(seed) == (seed, "")


@given(st.one_of(st.text().filter(lambda text: not text.strip().isdecimal()), st.integers(max_value=-1), st.just("9" * 200)))
def test_what_is_no_seed_gives_a_line_and_the_first_seed(typed):
    seed, note = read_seed(typed)
    assert seed == FIRST_SEED
    assert note.startswith("seed: got ")
    assert "it takes a whole number from 0" in note
    assert "\n" not in note


def test_the_figure_shades_the_targets_and_ends_on_the_last_month():
    months = pd.DataFrame({"month": range(4), "usefulness": [0.5, 0.4, 0.6, 0.1], "target": ["none", "none", "count", "count"]})
    axes = usefulness_figure(months, horizon=10).axes[0]
    assert [text.get_text() for text in axes.texts] == ["target: none", "target: count", " 10%"]
    assert list(axes.lines[0].get_ydata()) == list(months.usefulness)  # pyright: ignore[reportArgumentType]


def test_the_figure_of_no_months_is_empty():
    assert not usefulness_figure(pd.DataFrame(columns=COLUMNS), horizon=10).axes[0].texts
