"""The workbench in a real browser: every control is seen to do what it says."""

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.drawing import plan_map
from app.visit import Visit, shared


@pytest.fixture(scope="module")
def address(start):
    return start("app.workbench")


@pytest.fixture
def bench(watched, address):
    """A function that opens the workbench at a query and returns the page."""

    def visit(query=""):
        watched.goto(f"{address}/?{query}" if query else address)
        watched.locator(".nw").wait_for()
        return watched

    return visit


def shows(page, **wanted):
    for name, value in wanted.items():
        expect(page.locator(".nw")).to_have_attribute(f"data-{name}", str(value))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def month(page):
    return int(page.locator(".nw").get_attribute("data-month"))


def test_it_steps_plays_pauses_and_resets(bench, screenshot):
    page = bench()
    shows(page, month=0, target="none")
    press(page, "Step")
    shows(page, month=1)
    page.get_by_label("Speed").select_option("24")
    press(page, "▶ Play")
    page.wait_for_function("+document.querySelector('.nw').dataset.month >= 30")
    press(page, "❚❚ Pause")
    shows(page, playing="false", target="count")
    screenshot("workbench_light")
    press(page, "Reset")
    shows(page, month=0, last=0, target="none")


def test_at_full_speed_it_stops_at_the_end_or_starts_over(bench):
    page = bench("n_factories=12&horizon=40")
    page.get_by_label("Speed").select_option("full")
    press(page, "▶ Play")
    shows(page, month=40, playing="false")
    page.get_by_label("Start over at the end").check()
    press(page, "▶ Play")
    page.wait_for_function("+document.querySelector('.nw').dataset.month < 40")
    press(page, "❚❚ Pause")


def test_decrees_act_at_once_and_are_marked_and_logged(bench, screenshot):
    page = bench("n_factories=12&months=5")
    page.get_by_label("Pay the factories by").select_option("weight")
    page.get_by_role("slider", name="Bonus strength").fill("0.8")
    page.get_by_label("Kind of bonus").select_option("capped")
    page.get_by_role("slider", name="Audited real use").fill("0.25")
    press(page, "Step")
    shows(page, month=6, target="weight")
    log = page.get_by_role("list", name="Log of decrees")
    for words in ("5 pay by weight", "5 bonus strength 0.8", "5 capped bonus", "5 audit 25%"):
        expect(log.get_by_text(re.compile(words.split(" ", 1)[1]))).to_be_visible()
    expect(page.locator("[data-mark='5']").first).to_be_attached()
    expect(page.locator(".target")).to_have_text("paid by weight")
    expect(page).to_have_url(re.compile("do=5:metric:weight,5:bonus_strength:0.8,5:bonus:capped,5:audit_share:0.25"))
    screenshot("workbench_decrees")


def test_a_page_that_is_loaded_again_while_it_plays_has_its_run_and_decrees(bench):
    page = bench("n_factories=12&horizon=1200&months=5")
    page.get_by_label("Speed").select_option("2")
    press(page, "▶ Play")
    page.get_by_label("Pay the factories by").select_option("weight")
    page.wait_for_function("location.search.includes(':metric:weight')")
    page.wait_for_function("+new URLSearchParams(location.search).get('months') > 8")
    shows(page, playing="true")
    page.reload()
    page.locator(".nw[data-playing='false']").wait_for()
    expect(page.get_by_role("list", name="Log of decrees")).to_contain_text("pay by weight")
    assert month(page) > 8


def test_the_past_is_looked_at_without_computing_it_again(bench):
    page = bench("n_factories=12&months=30")
    words = page.locator("g.factory title")  # which come a moment after a key
    page.keyboard.press("Tab")
    expect(words).to_have_count(12)
    seen = page.locator("svg[aria-label^='The yard']").inner_html()
    page.get_by_label("Look back at a month").fill("3")
    shows(page, month=3, last=30, target="none")
    expect(page.get_by_text("looking back from 30")).to_be_visible()
    page.get_by_label("Go to month").fill("30")
    page.get_by_label("Go to month").press("Enter")
    shows(page, month=30, last=30, target="count")
    expect(words).to_have_count(12)
    assert page.locator("svg[aria-label^='The yard']").inner_html() == seen
    page.get_by_label("Go to month").fill("36")
    page.get_by_label("Go to month").press("Enter")
    shows(page, month=36, last=36)


def test_settings_wait_for_reset_and_say_so(bench):
    page = bench("n_factories=12&months=3")
    for name, value in (("seed", "11"), ("factories", "20")):
        page.get_by_label(name, exact=True).fill(value)
        page.get_by_label(name, exact=True).press("Tab")
    page.get_by_label("policy").select_option("reactive")
    expect(page.get_by_text("3 changes wait for Reset.")).to_be_visible()
    shows(page, month=3)
    press(page, "Reset")
    expect(page.locator("svg[data-nails='20']")).to_be_visible()
    expect(page).to_have_url(re.compile("seed=11&n_factories=20&policy=reactive&months=0"))


def test_what_one_types_is_left_alone_while_the_run_plays(bench):
    page = bench("n_factories=12")
    press(page, "▶ Play")
    page.get_by_label("seed", exact=True).fill("42")
    page.wait_for_function("+document.querySelector('.nw').dataset.month >= 10")
    expect(page.get_by_label("seed", exact=True)).to_have_value("42")
    press(page, "❚❚ Pause")
    expect(page.get_by_text("1 change waits for Reset.")).to_be_visible()


def test_the_chart_says_why_fulfilment_drops_each_year_and_its_axis_grows(bench):
    page = bench("n_factories=12&months=62")
    heading = page.get_by_role("heading", name="What the planner sees")
    expect(heading).to_contain_text("fulfilment drops as targets are revised, each year; right axis grows")
    assert heading.bounding_box()["height"] < 20  # one line


def test_a_click_on_a_nail_asks_its_factory_why(bench):
    page = bench("n_factories=12&months=40")
    page.locator("g.factory[data-factory='7']").click()
    expect(page.get_by_label("Factory", exact=True)).to_have_value("7")
    expect(page.locator("g.factory.chosen[data-factory='7']")).to_be_visible()
    assert page.locator("[data-why]").inner_text() == explained("n_factories=12&months=40", 7)


def test_a_click_is_not_lost_if_the_words_come_while_the_button_is_down(bench):
    page = bench("n_factories=12&months=40")
    box = page.locator("g.factory[data-factory='7']").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.locator("g.factory title")).to_have_count(12)
    page.mouse.up()
    expect(page.get_by_label("Factory", exact=True)).to_have_value("7")


def test_a_click_on_the_map_asks_the_factory_that_is_nearest_there(bench):
    page = bench("n_factories=12&months=40")
    moment = Visit("n_factories=12&months=40").moment
    big = int(np.argmax(moment.plan[0]))
    x, y = plan_map.place(moment.plan[:, big])
    box = page.locator(".map").bounding_box()
    scale = box["width"] / plan_map.WIDTH
    page.mouse.click(box["x"] + x * scale, box["y"] + y * scale)
    expect(page.get_by_label("Factory", exact=True)).to_have_value(str(big))


def test_nails_have_words_when_one_points_at_a_picture_and_none_while_the_run_goes_on(bench):
    page = bench("n_factories=12&months=40")
    words = page.locator("g.factory title")
    expect(words).to_have_count(0)
    page.locator(".picture").first.hover()
    expect(words).to_have_count(12)
    press(page, "Step")
    expect(words).to_have_count(0)


def test_nails_keep_their_words_for_those_who_go_by_keys(bench):
    page = bench("n_factories=12&months=40")
    words = page.locator("g.factory title")
    page.keyboard.press("Tab")
    expect(words).to_have_count(12)
    before = words.first.text_content()
    page.keyboard.press("ArrowRight")
    shows(page, month=41)
    expect(words).to_have_count(12)
    expect(words.first).not_to_have_text(before)
    press(page, "Step")
    shows(page, month=42)
    expect(words).to_have_count(0)


def explained(query, factory):
    from app.pictures import pictures

    visit = Visit(query)
    visit.act("factory", factory)
    return pictures(visit)["why"]


def test_a_shared_address_gives_the_same_months(bench):
    query = "seed=3&n_factories=12&do=4:metric:weight&months=20"
    page = bench(query)
    shows(page, month=20, target="weight")
    usefulness = Visit(query).moment.row["usefulness"]
    expect(page.locator("[data-number='usefulness'] b")).to_have_text(f"{usefulness:.0%}")


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("metric=wait", "did you mean 'weight'"),
        ("seed=lucky", "seed: got 'lucky'; it takes a whole number from 0"),
        ("n_factories=9999999999", "n_factories: got 9999999999"),
        ("do=5:tax:3", "it takes month:name:value"),
    ],
)
def test_a_bad_address_gives_a_message_and_the_usual_run(bench, query, line):
    page = bench(query)
    expect(page.get_by_role("alert")).to_contain_text(line)
    press(page, "Step")
    shows(page, month=1)


def test_everything_can_be_done_by_keyboard(bench, screenshot):
    page = bench("n_factories=12&months=3")
    page.keyboard.press("ArrowRight")
    shows(page, month=4)
    page.keyboard.press("ArrowLeft")
    shows(page, month=3, last=4)
    page.keyboard.press("Home")
    shows(page, month=0)
    page.keyboard.press("End")
    shows(page, month=4)
    page.keyboard.press(" ")
    page.wait_for_function("+document.querySelector('.nw').dataset.month >= 6")
    page.keyboard.press(" ")
    shows(page, playing="false")
    page.keyboard.press("d")
    expect(page.locator("html")).to_have_attribute("data-nw-theme", "dark")
    screenshot("workbench_dark")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("r")
    shows(page, month=0, last=0)


def test_keys_work_while_a_slider_or_a_tick_box_has_the_focus(bench):
    page = bench("n_factories=12&months=3")
    page.get_by_label("Start over at the end").click()
    page.keyboard.press("ArrowRight")
    shows(page, month=4)
    page.keyboard.press(" ")  # but this is the tick box's own
    expect(page.get_by_label("Start over at the end")).not_to_be_checked()
    page.get_by_role("slider", name="Bonus strength").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("list", name="Log of decrees")).to_contain_text("bonus strength 0.55")
    shows(page, month=4, playing="false")
    page.keyboard.press("]")
    expect(page.get_by_label("Factory", exact=True)).not_to_have_value(str(Visit("n_factories=12").chosen))
    page.get_by_label("seed", exact=True).focus()
    page.keyboard.press("d")
    expect(page.get_by_label("seed", exact=True)).to_have_value("7d")
    expect(page.locator("html")).to_have_attribute("data-nw-theme", "light")


def test_a_dialog_has_the_focus_while_it_is_open_and_escape_closes_it_from_within(bench):
    page = bench("n_factories=12&months=3")
    page.get_by_label("Speed").focus()
    for key, name, first in (("s", "Share and keep", "Copy as Address"), ("?", "Keys", "Close")):
        page.get_by_role("button", name="Step", exact=True).focus()
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=name).get_by_role("button", name=first)).to_be_focused()
        if key == "s":
            page.get_by_role("textbox", name="Python").focus()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Step", exact=True)).to_be_focused()


def test_every_control_and_picture_has_a_name(bench):
    page = bench("n_factories=12&months=3")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll(".nw input, .nw select, .nw button, .nw svg")].filter(
            (e) => !(e.getAttribute("aria-label") || e.title || (e.closest("label") || e).textContent.trim())
        ).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert nameless == []


def test_two_visitors_do_not_disturb_each_other(bench, address, context):
    page = bench("n_factories=12&months=3")
    other = context.new_page()
    other.goto(f"{address}/?n_factories=12&months=9")
    other.locator(".nw[data-month='9']").wait_for()
    press(other, "Step")
    shows(other, month=10)
    press(page, "Step")
    shows(page, month=4)


EVERYTHING = "padding_limit=1&audit_share=0.2&inspection=0.3&orders=0.5&months=62"
SCREENS = [(1920, 1080), (1366, 768), (1280, 720), (1280, 800)]  # of classrooms
PHONE, TABLET = (390, 844), (820, 1180)
MEASURED = """async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))); // the page has heard of its size
    const page = document.querySelector(".nw");
    const shapes = [...page.querySelectorAll("svg, button, select, input, [data-why], .target, .log")].map((e) => {
        const box = e.getBoundingClientRect(), wide = e.viewBox ? e.viewBox.baseVal.width : 0;
        const name = e.getAttribute("aria-label") || e.textContent.trim().slice(0, 20) || e.outerHTML.slice(0, 60);
        return { name, left: box.left, top: box.top, right: box.right, bottom: box.bottom, scale: wide ? box.width / wide : 1 };
    });
    return { shapes, sideways: page.scrollWidth - page.clientWidth, down: page.scrollHeight - page.clientHeight };
}"""


def measured(page, size):
    """The boxes of all pictures and controls in a window of a size, and how far the page scrolls sideways and down [px]."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_function(f"innerWidth === {size[0]} && innerHeight === {size[1]}")
    return page.evaluate(MEASURED)


def all_is_seen_at_once(page, size):
    found = measured(page, size)
    assert len(found["shapes"]) > 30
    outside = [s for s in found["shapes"] if s["left"] < 0 or s["top"] < 0 or s["right"] > size[0] or s["bottom"] > size[1]]
    assert not outside, f"at {size} not in the window: {outside}"
    assert (found["sideways"], found["down"]) == (0, 0)
    assert min(s["scale"] for s in found["shapes"]) > 0.98  # pictures are not drawn smaller than they are meant to be


@pytest.mark.parametrize("query", ["months=30", "seed=lucky", EVERYTHING])
def test_all_is_seen_at_once_on_the_screens_of_classrooms(bench, screenshot, query):
    page = bench(query)
    for size in SCREENS:
        all_is_seen_at_once(page, size)
        screenshot(f"workbench_{size[0]}x{size[1]}")


def test_all_is_seen_at_once_beside_another_run_in_the_story_and_in_the_game(bench):
    page = bench("months=62")
    page.get_by_label("Beside this run").select_option("nothing paid")
    expect(page.locator("svg[aria-label^='Beside: nothing paid']")).to_be_visible()
    page.get_by_label("seed", exact=True).fill("8")
    page.get_by_label("seed", exact=True).press("Tab")
    expect(page.get_by_text("1 change waits for Reset.")).to_be_visible()
    for size in SCREENS:
        all_is_seen_at_once(page, size)
    for what, words in (("Story", "1. Measure. Nails are counted"), ("Game", "Months above the bar: ")):
        press(page, what)
        expect(page.get_by_role("region", name="Story")).to_contain_text(words, timeout=30_000)
        for size in SCREENS:
            all_is_seen_at_once(page, size)


def test_on_a_larger_screen_all_is_larger_and_a_click_still_meets_what_it_points_at(bench):
    page = bench("n_factories=12&months=40")
    sizes = {}
    for size in ((1280, 720), (1920, 1080)):
        sizes[size] = [s["right"] - s["left"] for s in measured(page, size)["shapes"]]
    assert np.array(sizes[1920, 1080]) == pytest.approx(1.5 * np.array(sizes[1280, 720]), rel=0.03)
    moment = Visit("n_factories=12&months=40").moment
    x, y = plan_map.place(moment.plan[:, 4])
    box = page.locator(".map").bounding_box()
    page.mouse.click(box["x"] + x * box["width"] / plan_map.WIDTH, box["y"] + y * box["width"] / plan_map.WIDTH)
    chosen = plan_map.nearest(moment.plan, x, y)
    expect(page.get_by_label("Factory", exact=True)).to_have_value(str(chosen))


def test_what_is_paid_for_is_seen_in_windows_of_all_widths(bench):
    page = bench("months=62")
    for wide in (1101, 1180, 1279, 1280):
        shapes = measured(page, (wide, 760))["shapes"]
        chip = next(s for s in shapes if s["name"] == "paid by count")
        yard = next(s for s in shapes if s["name"].startswith("The yard"))
        assert chip["right"] < yard["right"] + 20, wide


def test_printed_it_is_whole_light_and_keeps_the_colours_that_tell_something(bench, screenshot):
    page = bench("months=62")
    page.keyboard.press("d")
    expect(page.locator("html")).to_have_attribute("data-nw-theme", "dark")
    pale = page.evaluate(INK)
    assert len(re.findall(rb"/Type /Page\b(?!s)", page.pdf(format="A4"))) == 2
    page.emulate_media(media="print")
    screenshot("workbench_print")
    expect(page.get_by_role("button")).to_have_count(0)
    assert page.evaluate(INK) != pale
    assert {e["printed"] for e in page.evaluate(KEY)} == {"exact"}
    page.emulate_media(media="screen", forced_colors="active")
    assert len({e["colour"] for e in page.evaluate(KEY)}) == 4


INK = "getComputedStyle(document.querySelector('[data-why]')).color"
KEY = """[...document.querySelectorAll(".key i")].map((e) => {
    const style = getComputedStyle(e);
    return { colour: style.backgroundColor, printed: style.printColorAdjust };
})"""


def test_on_a_tablet_nothing_is_beyond_the_side(bench):
    assert measured(bench(EVERYTHING), TABLET)["sideways"] == 0


def test_on_a_phone_it_is_one_column_and_the_story_can_be_followed(bench, screenshot):
    page = bench("months=30")
    for query in ("", "story"):
        if query:
            press(page, "Story")
            expect(page.get_by_role("region", name="Story")).to_contain_text("1. Measure. Nails are counted", timeout=20_000)
        found = measured(page, PHONE)
        screenshot(f"workbench_phone{query}")
        assert found["sideways"] == 0
        assert not [s for s in found["shapes"] if s["left"] < 0 or s["right"] > PHONE[0]]
        pictures = [page.locator(f"{where} .picture").first.bounding_box() for where in ("main", ".right", ".why")]
        assert min(box["width"] for box in pictures) > 0.9 * PHONE[0]
        chart = page.locator("svg[aria-label^='Rank correlation over']").bounding_box()
        assert chart["y"] + chart["height"] < PHONE[1]  # both charts without scrolling
        assert page.locator(".desk").bounding_box()["y"] > chart["y"]
        bar = page.get_by_role("button", name="▶ Play", exact=True).bounding_box()
        assert PHONE[1] - 60 < bar["y"] < bar["y"] + bar["height"] <= PHONE[1]
    for name in ("Back", "Next", "Close"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert 0 < box["y"] < box["y"] + box["height"] < bar["y"]
    press(page, "Next")
    expect(page.get_by_role("region", name="Story")).to_contain_text("2. Count.")


def test_what_is_shared_and_kept_is_the_run(bench, context, screenshot):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    query = "n_factories=12&do=4:metric:weight&months=20"
    page = bench(query)
    press(page, "Share & keep")
    screenshot("workbench_share")
    expect(page.get_by_role("textbox", name="Address")).to_have_value(
        re.compile(r"seed=7&n_factories=12&do=4:metric:weight&months=20$")
    )
    press(page, "Copy as Python")
    expect(page.get_by_text("Copied")).to_be_visible()
    visit = Visit(query)
    assert page.evaluate("navigator.clipboard.readText()") == shared(visit)["python"]
    expect(page.get_by_role("textbox", name="Command")).to_have_value(shared(visit)["command"])
    for button, read in (("Months (CSV)", pd.read_csv), ("Months (Parquet)", pd.read_parquet)):
        with page.expect_download() as kept:
            press(page, button)
        pd.testing.assert_frame_equal(read(kept.value.path()), visit.replay.economy.months, check_exact=False)
    for button, name in (("Map (SVG)", "nailworks-map.svg"), ("Sum of pay (SVG)", "nailworks-pay.svg")):
        with page.expect_download() as kept:
            press(page, button)
        assert kept.value.suggested_filename == name
        assert "<style>" in Path(kept.value.path()).read_text()
    with page.expect_download() as kept:
        press(page, "Run (GIF)")
    with Image.open(kept.value.path()) as film:
        assert film.format == "GIF"
        assert film.n_frames == 21


def test_two_policies_run_side_by_side_with_a_band_of_seeds_behind(bench, screenshot):
    page = bench("n_factories=12&horizon=40&months=30")
    page.get_by_label("Beside this run").select_option("nothing paid")
    expect(page.locator("svg[aria-label^='Beside: nothing paid']")).to_be_visible()
    expect(page.locator(".line.beside")).to_be_visible()
    page.locator("svg[aria-label^='Beside'] g.factory[data-factory='7']").click()
    expect(page.get_by_label("Factory", exact=True)).to_have_value("7")
    expect(page.locator("[data-beside]")).to_have_count(3)
    expect(page.locator("[data-beside]").last).to_have_text(re.compile("^[0-9]+ of 12 trusts complain$"))
    height = page.evaluate("document.querySelector('.nw').scrollHeight")
    assert height <= 800
    page.get_by_label("Band of 20 seeds").check()
    page.locator("svg path.band").first.wait_for()
    screenshot("workbench_beside")
    press(page, "Step")
    shows(page, month=31)
    expect(page.get_by_text(re.compile("^beside [0-9]+%"))).to_be_visible()


def test_the_story_is_told_in_step_with_the_run_and_then_one_is_the_planner(bench, screenshot):
    page = bench()
    press(page, "Story")
    story = page.get_by_role("region", name="Story")
    shows(page, month=24, playing="false", target="none")
    expect(story).to_contain_text("1. Measure. Nails are counted")
    press(page, "Next")
    shows(page, month=30, target="count")
    expect(story).to_contain_text("2. Count. From month 24")
    screenshot("workbench_story")
    press(page, "Back")
    shows(page, month=24, last=30)
    press(page, "Game")
    expect(story).to_contain_text("Months above the bar: 0 of 0; to beat: ")
    expect(page.get_by_label("Kind of bonus")).to_be_disabled()
    page.get_by_label("Pay the factories by").select_option("count")
    page.get_by_label("Go to month").fill("36")
    page.get_by_label("Go to month").press("Enter")
    expect(page.get_by_label("Kind of bonus")).to_be_enabled()
    expect(story).to_contain_text(re.compile("Months above the bar: [1-9][0-9]* of 12"))
    screenshot("workbench_game")


@pytest.mark.parametrize("key", ["t", "g"])
def test_a_key_opens_the_story_or_the_game_and_the_same_key_brings_ones_own_run_back(bench, screenshot, key):
    own = "seed=7&do=0:metric:weight&months=100"
    page = bench(own)
    page.get_by_label("Speed").select_option("6")
    page.keyboard.press(key)
    page.locator(".nw[data-month='24'][data-playing='false'][data-target='none']").wait_for()  # a game takes seconds to begin
    expect(page.get_by_role("region", name="Story")).to_contain_text("Your own run waits at month 100.")
    screenshot(f"workbench_waits_{key}")
    page.keyboard.press(key)
    shows(page, month=100, last=100, target="weight")
    expect(page.get_by_role("region", name="Story")).to_have_count(0)
    expect(page.get_by_role("list", name="Log of decrees")).to_contain_text("pay by weight")
    for name, value in (("Speed", "6"), ("policy", "schedule"), ("horizon", "192")):
        expect(page.get_by_label(name)).to_have_value(value)
    expect(page).to_have_url(re.compile(re.escape(own) + "$"))
    page.keyboard.press(key)
    shows(page, month=24, playing="false")
    press(page, "Close")
    shows(page, month=100)


def test_leaving_the_page_stops_the_run(bench, context):
    page = bench("n_factories=60")
    page.get_by_label("Speed").select_option("full")
    page.get_by_label("Start over at the end").check()
    press(page, "▶ Play")
    page.wait_for_function("+document.querySelector('.nw').dataset.month >= 20")
    running = busy(page)  # less than a second a second, on a machine that does other things too
    assert running > 0.02
    other = context.new_page()
    page.goto("about:blank")
    deadline = time.monotonic() + 15
    while busy(other) > running / 3:
        assert time.monotonic() < deadline, "the run goes on after the page was left"


def busy(page):
    """Share of a second that the servers of these tests compute."""
    before = computed()
    page.wait_for_timeout(1000)
    return computed() - before


def computed():
    """Seconds that the servers of these tests have computed so far."""
    children = [pid for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()]
    servers = [pid for pid in children if b"app.workbench" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) for pid in servers) / 100


def test_what_twenty_visitors_ask_at_once_is_worked_out_in_a_second(bench):
    page = bench("months=30")
    before = computed()
    for month in range(31, 51):
        press(page, "Step")
        shows(page, month=month)
    assert computed() - before < 1.0  # seconds of one core, whatever else the machine does


def test_when_the_server_has_stopped_and_started_a_click_brings_the_run_back(start, stop, watched):
    address = start("app.workbench")
    watched.goto(f"{address}/?n_factories=12&do=3:metric:weight&months=9")
    shows(watched, month=9, target="weight")
    stop(address)
    expect(watched.get_by_text("Server disconnected.")).to_be_visible(timeout=30_000)
    start("app.workbench", port=urlsplit(address).port)
    with watched.expect_event("load", timeout=60_000):  # the page tries to connect at longer and longer intervals
        watched.get_by_role("button", name="Refresh now").click(timeout=60_000)
    shows(watched, month=9, target="weight")
    press(watched, "Step")
    shows(watched, month=10)


NOWHERE = "http://127.0.0.1:9"  # where nobody listens


def test_with_the_assets_on_this_machine_it_needs_no_network(start, watched):
    watched.route(lambda url: urlsplit(url).hostname != "127.0.0.1", lambda route: route.abort())
    watched.goto(start("app.workbench", http_proxy=NOWHERE, https_proxy=NOWHERE, no_proxy="127.0.0.1"))
    press(watched, "Step")
    shows(watched, month=1)
    expect(watched.locator("svg[aria-label^='The yard']")).to_be_visible()
    expect(watched.get_by_text("This website runs on")).to_be_hidden()
