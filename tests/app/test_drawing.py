"""Pictures are SVG that says what it shows, drawn from arrays alone."""

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.band import band
from app.drawing import charts, plan_map
from app.drawing.history import history
from app.drawing.pay_bars import pay_bars
from app.drawing.svg import laid_over, usefulness_class
from app.drawing.trust_table import trusts
from app.drawing.yard import SCALES_MM, SHOWN, ground, nails, scale_mm
from app.keep import OF_LED, PICTURES, STYLE, file
from app.replay import Replay
from app.visit import Visit
from app.why import AS_IT_IS, options
from model.learning.policy import WEIGHTS, weights_as_text
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM

NS = {"s": "http://www.w3.org/2000/svg"}


def drawn(text):
    return ET.fromstring(text)


def industry(n, length=50.0, diameter=2.5, finish=0.9):
    plan = np.array([np.full(n, length), np.full(n, diameter), np.full(n, finish), np.full(n, 0.3)])
    return plan, np.full(n, 0.8), plan[:2].copy(), np.linspace(12, 40, n)


def outlines(path):
    """The nails of a path, one piece each."""
    return [f"M{piece}" for piece in path.get("d").split("M") if piece]


def span(path):
    """Width and height that a path of a nail covers [px]."""
    x, y, xs, ys = 0.0, 0.0, [], []
    for command, numbers in re.findall(r"([MhvVLz])([^MhvVLz]*)", path):
        values = [float(v) for v in numbers.split()]
        if command in "ML":
            x, y = values
        elif command == "h":
            x += values[0]
        elif command == "v":
            y += values[0]
        elif command == "V":
            y = values[0]
        xs.append(x)
        ys.append(y)
    return max(xs) - min(xs), max(ys) - min(ys)


@given(st.floats(*LENGTH_RANGE_MM), st.floats(*DIAMETER_RANGE_MM), st.floats(0, 1))
@settings(max_examples=40)
def test_any_nail_that_can_be_made_is_drawn_in_a_picture_that_can_be_read(length, diameter, finish):
    what = industry(12, length, diameter, finish)
    (path,) = drawn(nails(*what)).findall("s:path[@class='nail u4']", NS)
    assert len(outlines(path)) == 12
    picture = drawn(ground(*what))
    assert len(picture.findall("s:g[@data-factory]", NS)) == 12
    assert int(picture.get("data-scale")) in SCALES_MM
    assert length <= int(picture.get("data-scale"))


def test_a_nail_twice_as_long_is_drawn_twice_as_long():
    plan, useful, ghosts, boards = industry(2)
    plan[:, 1] = plan[:, 0] * [2, 2, 0, 1]
    plan[2] = 0.0  # pins: no head, whose thickness would count
    (path,) = drawn(nails(plan, useful, ghosts, boards)).findall("s:path[@class='nail u4']", NS)
    (thin, short), (thick, long) = map(span, outlines(path))
    assert long == pytest.approx(2 * short, rel=0.02)
    assert thick == pytest.approx(2 * thin, rel=0.02)


def test_many_factories_are_shown_as_quantiles_of_mass_and_it_says_so():
    picture = drawn(ground(*industry(1000)))
    assert picture.get("data-nails") == str(SHOWN)
    assert "60 of 1000 factories: quantiles of mass" in picture.get("aria-label")


def test_the_scale_changes_in_steps():
    assert [scale_mm(mm) for mm in (5, 60, 61, 125, 400)] == [60, 60, 125, 125, 420]


def test_usefulness_has_a_class_from_useless_to_as_good_as_can_be():
    assert usefulness_class([0.0, 0.16, 0.17, 0.5, 0.99, 1.0]).tolist() == [0, 0, 1, 3, 5, 5]


def chart(targets, **more):
    n = len(targets)
    fulfilment = np.where(np.array(targets) == "none", np.nan, 1.2)
    return drawn(charts.fulfilment_and_usefulness(np.full(n, 0.5), fulfilment, targets, 60, month=n, **more))


def test_target_periods_are_shaded_and_named_and_decrees_are_marked():
    picture = chart(["none"] * 20 + ["count"] * 20 + ["geometric_mean"] * 20, marks=[(20, "pay by count")])
    words = [text.text for text in picture.iter(f"{{{NS['s']}}}text")]
    assert [word for word in words if word in ("nothing paid", "paid by count", "paid by geometric mean")] == [
        "nothing paid",
        "paid by count",
        "paid by geometric mean",
    ]
    assert [rect.get("class") for rect in picture.findall("s:rect", NS)] == ["period none", "period count", "period other"]
    assert picture.find(".//s:path[@data-mark='20']/s:title", NS).text == "month 20: pay by count"
    assert {"usefulness 50%", "fulfilment 120%"} <= set(words)


@given(st.lists(st.tuples(st.sampled_from(["none", "count", "weight", "joints"]), st.integers(1, 40)), min_size=1, max_size=9))
@example([("none", 10), ("weight", 4), ("count", 4), ("weight", 4), ("joints", 40)])  # in which weight was named over joints
def test_no_period_bears_the_name_of_another(periods):
    targets = [target for target, months in periods for _ in range(months)]
    n = len(targets)
    picture = drawn(charts.fulfilment_and_usefulness(np.full(n, 0.5), np.full(n, 1.0), targets, max(n, 192), month=n))
    named = [t for t in picture.iter(f"{{{NS['s']}}}text") if (t.get("class") or "").startswith("name")]
    for name in named:
        month = min(int((float(name.get("x")) - charts.LEFT) / charts.PLOT * max(n, 192)), n - 1)
        assert "nothing" in name.text if targets[month] == "none" else targets[month] in name.text
    if targets[-40:] == ["joints"] * 40:
        assert "paid by joints" in [name.text for name in named]


def test_before_the_first_month_no_value_is_told_though_later_ones_are_known():
    use, targets = np.linspace(0.4, 0.02, 30), ["count"] * 30
    picture = charts.fulfilment_and_usefulness(use, use, targets, 60, month=0, beside=use, beside_name="beside")
    assert not names_at(drawn(picture))
    assert "circle" not in picture


def test_where_there_is_nothing_to_rank_the_chart_of_correlations_says_so():
    """As of one factory."""
    nothing, some = (np.full(30, value) for value in (np.nan, 0.5))
    words = "nothing to rank"
    assert words in charts.correlations(nothing, nothing, ["count"] * 30, 60, month=30)
    assert words not in charts.correlations(some, nothing, ["count"] * 30, 60, month=30)
    assert words not in charts.correlations(nothing[:0], nothing[:0], [], 60, month=0)


def test_decrees_are_marked_on_the_correlations_too():
    r = np.full(30, 0.5)
    picture = drawn(charts.correlations(r, -r, ["count"] * 30, 60, month=30, marks=[(20, "pay by weight")]))
    assert picture.find("s:path[@data-mark='20']/s:title", NS).text == "month 20: pay by weight"


def names_at(picture):
    """Where the names of curves stand, as they come."""
    return [float(t.get("y")) for t in picture.iter(f"{{{NS['s']}}}text") if (t.get("class") or "").startswith("label")]


@given(st.floats(0, 1), st.floats(0, 20), st.floats(0, 1))
@example(0.0, 2.1, 0.0)  # two at the foot, below the line of the plan
def test_no_name_of_a_curve_lies_over_another_or_over_the_plan(usefulness, fulfilment, beside):
    use, fulfilled, other = (np.full(30, value) for value in (usefulness, fulfilment, beside))
    picture = drawn(
        charts.fulfilment_and_usefulness(use, fulfilled, ["count"] * 30, 60, month=30, beside=other, beside_name="beside")
    )
    end, plan = (float(t.get("y")) for t in sorted(axis_of_fulfilment(picture), key=lambda t: t.text == "plan = 100%"))
    places = names_at(picture)
    assert len(places) == 3
    assert min(np.diff(sorted([*places, end, plan]))) >= charts.LABEL_GAP - 1


def axis_of_fulfilment(picture):
    """The words at it: where the plan is, and where it ends."""
    return [t for t in picture.iter(f"{{{NS['s']}}}text") if t.get("class") == "tick blue"]


@pytest.mark.parametrize(("fulfilment", "end"), [(0.9, "200%"), (2.5, "400%"), (15.0, "1,600%"), (40.0, "1,600%")])
def test_the_axis_of_fulfilment_says_where_it_ends(fulfilment, end):
    n = 30
    picture = drawn(charts.fulfilment_and_usefulness(np.full(n, 0.5), np.full(n, fulfilment), ["count"] * n, 60, month=n))
    assert {t.text for t in axis_of_fulfilment(picture)} == {"plan = 100%", end}


@given(st.tuples(*[st.floats(-3, 20)] * 4))
@example((-0.06, 0.0, 0.34, 0.0))
def test_the_names_of_two_factories_rewards_stand_apart_in_the_order_of_their_curves(values):
    ours, theirs = np.tile(values[:2], (30, 1)), np.tile(values[2:], (30, 1))
    picture = drawn(charts.rewards(ours, ["count"] * 30, 60, month=30, beside=theirs, beside_name="ordinary"))
    places = names_at(picture)
    assert len(places) == 4
    assert min(np.diff(places)) >= charts.LABEL_GAP - 0.11  # tenths of a pixel are what is written
    heights = [float(dot.get("cy")) for dot in picture.iter(f"{{{NS['s']}}}circle")]
    assert heights == sorted(heights)


@pytest.mark.parametrize(("count", "weight"), [(0.97, 0.9), (0.9, 0.97), (-0.97, -0.9), (-0.9, -0.97), (0.1, 0.09)])
def test_labels_stand_in_the_order_of_their_curves(count, weight):
    picture = drawn(charts.correlations(np.full(30, count), np.full(30, weight), ["count"] * 30, 60, month=30))
    labels = {
        t.text.split()[0]: float(t.get("y")) for t in picture.iter(f"{{{NS['s']}}}text") if "label" in (t.get("class") or "")
    }
    assert (labels["count"] < labels["weight"]) == (count > weight)


def test_a_chart_of_no_months_is_a_chart():
    assert chart([]).get("data-month") == "0"


def test_the_map_has_every_factory_and_rings_the_chosen_one():
    plan, useful, *_ = industry(12)
    picture = drawn(plan_map.factories(plan, useful, trail=plan[:2], chosen=3))
    assert len(picture.findall("s:circle[@data-factory]", NS)) == 12
    assert len(picture.findall("s:circle[@class='ring']", NS)) == 1


def test_nothing_lies_over_the_frame_of_the_chosen_factory_nor_of_the_led():
    chosen, led = drawn(ground(*industry(12), chosen=3, led=5))[-2:]
    assert [chosen.get("class"), led.get("class")] == ["frame chosen", "frame led"]
    cells = drawn(ground(*industry(12), chosen=3, led=5)).findall("s:g[@data-factory]/s:rect", NS)
    for factory, frame in ((3, chosen), (5, led)):
        assert [frame.get(name) for name in ("x", "y", "width", "height")] == [
            cells[factory].get(name) for name in ("x", "y", "width", "height")
        ]


def test_who_points_at_a_board_points_at_its_factory(watched):
    watched.set_content(f"<style>{STYLE} svg {{ width: 664px }}</style>{ground(*industry(12), chosen=3)}")
    at = watched.locator("g[data-factory='3'] rect").bounding_box()
    found = "([x, y]) => document.elementFromPoint(x, y).closest('[data-factory]')?.dataset.factory"
    points = [(at["x"] + 5, at["y"] + down) for down in (2, 12, 90)]  # the frame, the board, below it
    assert [watched.evaluate(found, point) for point in points] == ["3"] * 3


def test_a_row_without_nails_has_no_ruler():
    rulers = [drawn(ground(*industry(n))).findall("s:text[@text-anchor='end']", NS) for n in (1, 2)]
    assert [sum(mark.text == "0" for mark in marks) for marks in rulers] == [1, 2]


@pytest.mark.parametrize("corner", [(5.0, 0.5), (5.0, 40.0), (400.0, 0.5), (400.0, 40.0)])
def test_words_of_pictures_are_whole_and_none_lies_over_another(watched, corner):
    """In a browser, which knows how wide they are: a led factory in a corner of the map, large sums, full usefulness."""
    plan, useful, *_ = industry(12)
    plan[:2, 4] = np.array(corner)
    pay = [
        option._replace(pay=option.pay._replace(pride=sign * 999_999.91))
        for sign, option in zip((1, -1) * 9, options(Visit("months=100").replay, 3), strict=False)
    ]
    found = {
        "map": laid_over(plan_map.backdrop(np.array([20.0])), plan_map.factories(plan, useful, trail=plan[:2, :0], led=4)),
        "pay": pay_bars(pay, AS_IT_IS),
        "history": history(np.ones(3), np.full(3, 4.75), ["none"] * 3, 192, month=3),
    }
    for name, picture in found.items():
        watched.set_content(f"<style>{STYLE} svg {{ width: 312px }}</style>{picture}")
        assert watched.evaluate(CUT_OR_COVERED) == [], name


CUT_OR_COVERED = """() => {
    const found = [], all = document.querySelector("svg").getBoundingClientRect();
    const words = [...document.querySelectorAll("text")], rings = [...document.querySelectorAll("path.ring")];
    const box = (what) => what.getBoundingClientRect();
    // The box of a text is higher than its letters: 2 px above and below.
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom - 2 && b.top + 2 < a.bottom - 2;
    for (const [i, text] of words.entries()) {
        if (box(text).left < all.left - 0.5 || box(text).right > all.right + 0.5 || box(text).bottom > all.bottom + 3)
            found.push("cut: " + text.textContent);
        for (const other of [...words.slice(i + 1), ...(/mm/.test(text.textContent) ? [] : rings)])
            if (meet(box(text), box(other))) found.push(text.textContent + " under " + (other.textContent || "the ring"));
    }
    return found;
}"""


def test_trusts_that_complain_say_so_in_words():
    picture = trusts(np.array([20.0, 30.0]), np.array([100.0, 50.0]), np.array([90.0, 5.0]), np.array([False, True]))
    assert picture.count("! complains") == 1
    assert "90%" in picture
    assert "10%" in picture


def test_trusts_that_have_built_nothing_yet_are_not_told_to_hold_nothing():
    picture = trusts(np.array([20.0]), np.array([100.0]), None, np.array([False]))
    assert ">–<" in picture
    assert "%" not in picture


def test_the_band_is_the_middle_of_the_seeds_that_follow():
    replay = Replay(parameters={"n_factories": 5, "horizon": 8}, decrees=[(2, {"metric": "count"})])
    *_, (done, found) = band(replay, seeds=3)
    runs = []
    for seed in (8, 9, 10):
        other = Replay(seed, replay.given, replay.decrees)
        other.advance(8)
        runs.append([moment.row["usefulness"] for moment in other.moments])
    assert done == 1
    np.testing.assert_allclose(found, np.quantile(runs, [0.1, 0.9], axis=0))


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_that_is_kept_stands_alone(kind):
    led = f"&led=3:1:{weights_as_text(np.zeros(WEIGHTS))}" if kind in OF_LED else ""
    kept = file(Visit(f"n_factories=12&months=30{led}"), kind)
    picture = drawn(base64.b64decode(kept["content"]))
    assert picture.find("s:style", NS) is not None


def test_a_plan_out_of_reach_has_no_place_and_no_bar_and_the_others_bars_keep_their_scale():
    listed = options(Visit("months=100").replay, 3)
    picture, alone = (drawn(pay_bars(some, AS_IT_IS)) for some in (listed, [one for one in listed if not one.beyond]))
    words = [one.text or "" for one in picture.findall("s:text", NS)]
    assert [one for one in words if "nail" in one] == ["– a catalogue nail", "1. a bigger nail", "6. a smaller nail"]
    assert listed[0].beyond in words
    bars = [
        [one.get("width") for one in some.findall("s:rect", NS) if "term" in (one.get("class") or "")]
        for some in (picture, alone)
    ]
    assert bars[0] == bars[1]
    said = [one.text or "" for one in picture.iter(f"{{{NS['s']}}}title")]
    assert any(listed[0].because in one and "bonus +15" in one for one in said)


@pytest.mark.parametrize("query", ["months=3", "padding_limit=1&months=3"])
def test_the_sum_of_pay_takes_the_same_room_however_many_plans_there_are(query):
    picture = ET.fromstring(pay_bars(options(Visit(f"n_factories=12&{query}").replay, 3), AS_IT_IS))
    assert float(picture.get("viewBox", "").split()[-1]) == 97
    places = [float(words.get("y", "")) for words in picture.findall("s:text", NS)]
    assert all(0 < y < 97 for y in places)
