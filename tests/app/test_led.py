"""A saved policy in the workbench: the months of `nailworks learn --replay`, marked, compared, shared; and bad files in one line."""

import base64
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from playwright.sync_api import expect
from typer.testing import CliRunner

from app.band import band
from app.cli import cli
from app.drawing import yard
from app.film import film
from app.keep import file
from app.pictures import desk, grounds, pictures
from app.replay import Led, Replay, replay_of
from app.share import address, as_command, as_python, read_address
from app.visit import RIVAL_ORDINARY, RIVAL_SELF, Visit
from app.why import options
from model.learning.factory import SEES
from model.learning.lesson import Worlds, read_lesson
from model.learning.policy import WEIGHTS, Policy, read_policy, read_weights, weights_as_text

SMALL = {"n_factories": 12, "horizon": 60, "metric": "count", "power": 4.0, "factory": 5}
NS = {"s": "http://www.w3.org/2000/svg"}


def a_policy(**more):
    """One that nobody has trained: it makes smaller nails, and does a little of everything besides."""
    weights = np.random.default_rng(1).normal(scale=0.1, size=WEIGHTS)
    weights[:2, -1] = -1.0
    return Policy(read_lesson(SMALL, **more), weights, 7)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("policies") / "policy.json"
    path.write_bytes(a_policy().to_json())
    return path


@pytest.fixture(scope="module")
def played():
    replay = replay_of(a_policy())
    replay.advance(40)
    return replay


@pytest.fixture(scope="module")
def query(played):
    return address(played)


def run(*command):
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout


def table(text):
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize(
    "more",
    [{}, {"metric": "weight", "pride": 0.3}, {"padding_limit": 0.5, "target_from": 10}, {"metric": None, "policy": "rotation"}],
)
def test_the_page_has_the_months_of_the_replay_on_the_terminal_bit_for_bit(seed, more):
    policy = a_policy(**more)
    begin = policy.lesson.target_from
    for replay, episode in (
        (replay_of(policy, seed), Worlds(policy.lesson).play(seed, policy)),
        (Replay(seed, replay_of(policy).given, watched=5), Worlds(policy.lesson).play(seed)),
    ):
        replay.advance(replay.horizon)
        after = slice(begin + 1, None)
        np.testing.assert_array_equal(replay.rewards[after].T, [episode.observed, episode.hidden])
        plan = [episode.length_mm, episode.diameter_mm, episode.finish, episode.effort]
        np.testing.assert_array_equal(replay.plans[after, :4, 5].T, plan)


def test_the_factory_is_ordinary_until_it_is_led():
    led, ordinary = replay_of(a_policy()), Replay(0, replay_of(a_policy()).given)
    for replay in (led, ordinary):
        replay.advance(25)
    np.testing.assert_array_equal(led.plans[:25], ordinary.plans[:25])
    assert (led.plans[25, :, 5] != ordinary.plans[25, :, 5]).any()


def test_its_address_its_script_and_its_command_repeat_it_exactly(query):
    visit = Visit(query)
    for action, value in [("metric", "weight"), ("jump", 50), ("audit_share", 0.3), ("jump", 55)]:
        visit.act(action, value)
    expected = visit.replay.economy.months
    again, months = read_address(address(visit.replay))
    again.advance(months)
    pd.testing.assert_frame_equal(again.economy.months, expected)
    np.testing.assert_array_equal(again.rewards[1:56], visit.replay.rewards[1:56])
    script = as_python(visit.replay).replace("print(economy.months)", "print(economy.months.to_csv(index=False))")
    assert "Learners(economy, 5, power=4.0, act=learned)" in script
    for text in (run("-c", script), run("-m", "app.share", as_command(visit.replay).split('"')[1])):
        pd.testing.assert_frame_equal(table(text), table(expected.to_csv(index=False)))


def test_a_script_of_a_run_that_is_not_led_yet_leads_nobody():
    replay = replay_of(a_policy())
    replay.advance(10)
    assert "Learners(" not in as_python(replay)


@given(arrays(float, WEIGHTS, elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_weights_are_the_same_to_the_last_bit_after_they_have_been_text(weights):
    text = weights_as_text(weights)
    assert re.fullmatch("[A-Za-z0-9_-]+", text)
    assert read_weights(text).tobytes() == weights.tobytes()


@pytest.mark.parametrize(
    "given",
    [
        {"capability": 2.0},
        {"plan_year": True},
        {"quantile": 0.5},
        {"metric": None, "policy": "secret", "menu": ["count", "joints"]},
    ],
)
def test_the_world_of_a_policy_comes_through_an_address(given):
    replay = replay_of(a_policy(**given))
    again, _ = read_address(address(replay))
    assert again.economy.parameters == replay.economy.parameters


@pytest.mark.parametrize(
    ("led", "line"),
    [
        ("5", "led: got '5'; it takes factory:power:weights"),
        ("x:4:AA", "led: got 'x'; it takes a whole number from 0"),
        ("5:4:AA", "weights: got 'AA' …; it takes 80 finite numbers"),
        (
            f"5:4:{weights_as_text(np.full(WEIGHTS, np.nan))}",
            f"weights: got '{weights_as_text(np.full(WEIGHTS, np.nan))[:20]}' …; it takes 80 finite numbers",
        ),
        (
            f"5:4:B{weights_as_text(np.zeros(WEIGHTS))[1:]}",
            f"weights: got 'B{weights_as_text(np.zeros(WEIGHTS))[1:20]}' …, of another version, whose factories see other things",
        ),
        (f"5:-1:{weights_as_text(np.zeros(WEIGHTS))}", "power: got -1.0; it takes a number above 0 to 1,000"),
        (f"12:4:{weights_as_text(np.zeros(WEIGHTS))}", "n_factories: got 12; factory 12 is led, so it takes 13 or more"),
    ],
)
def test_an_address_that_will_not_do_is_told_in_one_line_and_shows_the_usual_run(led, line):
    visit = Visit(f"n_factories=12&led={led}")
    assert visit.message.startswith(line) and "\n" not in visit.message
    assert visit.replay.led is None


@pytest.fixture
def changed(tmp_path):
    """A function that writes a policy's file with something changed."""

    def write(change):
        path = tmp_path / "changed.json"
        path.write_text(json.dumps({**json.loads(a_policy().to_json()), **change}))
        return path

    return write


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "is of version 2, and this Nailworks reads 1; learn it anew"),
        ({"weights": [[1.0]]}, "its weights are not 4 rows of 20 finite numbers"),
        ({"weights": [[float("nan")] * len(SEES)] * 4}, "its weights are not 4 rows of 20 finite numbers"),
        ({"lesson": {"power": 0}}, "its lesson will not do: power: got 0"),
        ({"lesson": {"n_factories": 20_000}}, "n_factories: got 20000; this page takes up to 10,000"),
    ],
)
def test_a_file_that_will_not_do_is_told_in_one_line_before_anything_is_served(changed, change, says):
    done = CliRunner().invoke(cli, ["app", "--no-browser", "--policy", str(changed(change))])
    assert done.exit_code == 2
    assert says in done.stderr and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--policy", "no/such/file"], "no/such/file: cannot be read: No such file or directory"),
        (["--policy", "README.md"], "README.md: is no policy that `nailworks learn nail-factory or cleaning-robot` has saved"),
        (["--policy", "x", "--solaraviz"], "--policy: opens the page that its learner belongs to"),
    ],
)
def test_what_is_no_policy_is_told_in_one_line(arguments, says):
    done = CliRunner().invoke(cli, ["app", "--no-browser", *arguments])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {says}") and done.stderr.count("\n") == 1


def test_it_needs_nothing_of_the_extra(saved):
    blocked = "import sys; sys.modules.update(dict.fromkeys(['gymnasium', 'pettingzoo', 'cmaes']));"
    code = f"from app.workbench import query_of; from app.visit import Visit; print(Visit(query_of({str(saved)!r})).view)"
    assert run("-c", blocked + code) == "24\n"


def test_it_is_marked_by_word_and_shape_in_the_yard_on_the_map_and_in_its_past(query):
    visit = Visit(query)
    assert visit.chosen == 5
    found, ground = pictures(visit), grounds(visit)
    frames = [
        cell.get("data-factory") for cell in ET.fromstring(ground["yard"]).findall("s:g", NS) if "led" in cell.get("class")
    ]
    assert frames == ["5"]
    for name, words in (("yard", "led"), ("map", "led"), ("history", "led from 24")):
        assert [text.text for text in ET.fromstring(found[name]).findall("s:text", NS)].count(words) == 1
    visit.act("factory", 3)
    assert "led from" not in pictures(visit)["history"]
    assert (24, "factory 5 is led") in [(one["month"], one["words"]) for one in desk(visit)["log"]]


def test_how_far_it_moves_is_told_of_who_follows_what_it_has_learned_and_how_far_they_look_of_the_others(query):
    visit = Visit(query)
    told = {of: {one.because for one in options(visit.replay, of, visit.moment)} - {""} for of in (3, 5)}
    assert told == {3: {"it looks at 8 plans some 8% away, or a peer’s"}, 5: {"it moves by 32% a month at most"}}
    before = options(visit.replay, 5, visit.replay.at(24))  # when nobody led it yet
    assert not any("moves" in one.because for one in before)
    assert {one.plan[0] for one in before} != {one.plan[0] for one in options(visit.replay, 5, visit.replay.at(25))}


def test_it_is_drawn_among_the_many_too():
    rng = np.random.default_rng(0)
    plan = np.array([rng.uniform(20, 200, 500), rng.uniform(1, 9, 500), np.full(500, 0.9), np.full(500, 0.3)])
    for factory in range(0, 500, 7):
        order, _ = yard.shown(plan, np.full(500, 25.0), factory)
        assert factory in order and len(set(order.tolist())) == yard.SHOWN


def test_both_rewards_are_in_figures_and_beside_them_those_of_the_factory_when_nobody_leads_it(query):
    visit = Visit(query)
    visit.act("rival", RIVAL_ORDINARY)
    visit.act("jump", 60)
    episodes = [Worlds(a_policy().lesson).play(0, act) for act in (a_policy(), None)]
    led, ordinary = (f"{one.observed.mean():.2f}, {one.hidden.mean():.2f}".replace("-", "−") for one in episodes)
    assert desk(visit)["led"]["words"] == f"means since month 24: {led} · ordinary: {ordinary}"
    last = [f"{name} {one[-1]:.2f}".replace("-", "−") for name, one in zip(("pay", "use"), episodes[0][:2], strict=True)]
    drawn = [text.text for text in ET.fromstring(pictures(visit)["rewards"]).findall("s:text", NS)]
    assert set(last) <= set(drawn)


def test_a_decree_also_acts_in_the_run_in_which_nobody_is_led(query):
    visit = Visit(query)
    for action, value in [("metric", "weight"), ("rival", RIVAL_ORDINARY), ("jump", 50), ("bonus_strength", 0.9), ("jump", 60)]:
        visit.act(action, value)
    assert visit.rival is not None
    assert visit.rival.decrees == visit.replay.decrees and visit.rival.month == 60
    assert visit.rival.led is None and visit.rival.watched == 5


def test_reset_and_other_seeds_and_policies_keep_the_leader_and_the_story_does_not(query):
    visit = Visit(query)
    visit.act("setting", {"name": "seed", "value": "9"})
    visit.act("reset")
    assert visit.replay.seed == 9 and visit.replay.led is not None
    visit.act("rival", RIVAL_SELF)
    assert visit.rival is not None and visit.rival.led is not None
    visit.act("story", 0)
    assert visit.replay.led is None and desk(visit)["led"] is None and "rewards" not in pictures(visit)
    visit.act("learner")
    assert (visit.view, visit.replay.seed, visit.step) == (40, 0, None) and visit.replay.led is not None


def test_a_visit_without_a_policy_has_no_learner():
    visit = Visit("n_factories=12")
    visit.act("learner")
    assert "nobody is led here" in visit.message
    assert not desk(visit)["learner"] and "rewards" not in grounds(visit)
    with pytest.raises(ValueError, match="file: got 'led'"):
        file(visit, "led")


def test_the_band_is_of_runs_in_which_it_is_led():
    found = list(band(replay_of(a_policy()), seeds=1))[-1][1]
    next_seed = replay_of(a_policy(), seed=1)
    next_seed.advance(60)
    np.testing.assert_array_equal(found, [next_seed.economy.months.usefulness] * 2)


def test_film_and_files_have_it(query):
    visit = Visit(query)
    (*_, (_, last)) = film(visit.replay)
    unled = Replay(0, visit.replay.given)
    unled.advance(40)
    (*_, (_, without)) = film(unled)
    assert last.shape == without.shape and (last != without).any()
    rewards = table(base64.b64decode(file(visit, "led")["content"]).decode())
    assert rewards.columns.tolist() == ["month", "observed_reward", "hidden_reward"] and len(rewards) == 40
    np.testing.assert_allclose(rewards.iloc[:, 1:], visit.replay.rewards[1:41])


def test_the_settings_of_a_world_without_the_factory_are_refused(query):
    visit = Visit(query)
    visit.act("setting", {"name": "n_factories", "value": "4"})
    visit.act("reset")
    assert visit.message == "n_factories: got 4; factory 5 is led, so it takes 6 or more"
    assert visit.replay.month == 40


def test_led_is_what_the_file_says(saved):
    policy = read_policy(saved)
    led = replay_of(policy).led
    assert isinstance(led, Led) and led[:2] == (5, 4.0)
    np.testing.assert_array_equal(led.weights, policy.weights)


# --- in a real browser


@pytest.fixture(scope="module")
def bench_address(start, saved, tmp_path_factory):
    """The page as `nailworks app --policy FILE` serves it."""
    main = tmp_path_factory.mktemp("page") / "led_page.py"
    main.write_text(
        f"from functools import partial\nfrom app import workbench\nmain = partial(workbench.main, policy={str(saved)!r})\n"
    )
    return start("led_page", PYTHONPATH=os.pathsep.join([str(main.parent), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def bench(watched, bench_address):
    watched.goto(bench_address)
    watched.locator(".nw").wait_for()
    return watched


def shows(page, **wanted):
    for name, value in wanted.items():
        expect(page.locator(".nw")).to_have_attribute(f"data-{name}", str(value))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_visitor_sees_pay_and_use_of_the_led_factory_and_compares(bench, context, screenshot):
    shows(bench, month=24, last=24)
    expect(bench.get_by_role("heading", name="Why did they do that?")).to_be_visible()
    expect(bench.get_by_role("heading", name="What was done")).to_be_visible()
    expect(bench.locator("g.factory.led[data-factory='5']")).to_be_visible()
    expect(bench.locator("path[data-led='5']")).to_be_visible()
    expect(bench.locator("[data-led]").first).to_be_attached()
    press(bench, "Step")
    shows(bench, month=25)
    expect(bench.get_by_role("heading", name="What would it be paid?")).to_be_visible()
    bench.get_by_label("Speed").select_option("24")
    press(bench, "▶ Play")
    bench.wait_for_function("+document.querySelector('.nw').dataset.month >= 36")
    press(bench, "❚❚ Pause")
    shows(bench, playing="false")
    bench.get_by_label("Beside this run").select_option(RIVAL_ORDINARY)
    expect(bench.locator(f"svg[aria-label^='Beside: {RIVAL_ORDINARY}']")).to_be_visible()
    bench.get_by_label("Go to month").fill("60")
    bench.get_by_label("Go to month").press("Enter")
    shows(bench, month=60, last=60)
    ours, theirs = (Worlds(a_policy().lesson).play(0, act) for act in (a_policy(), None))
    means = (f"{one.observed.mean():.2f}, {one.hidden.mean():.2f}".replace("-", "−") for one in (ours, theirs))
    expect(bench.locator("small[data-led]")).to_have_text("means since month 24: {} · ordinary: {}".format(*means))
    screenshot("workbench_led")
    width, height = bench.evaluate("(e => [e.scrollWidth, e.scrollHeight])(document.querySelector('.nw'))")
    assert width <= 1280 and height <= 800
    press(bench, "Dark")
    expect(bench.locator("html")).to_have_attribute("data-nw-theme", "dark")
    screenshot("workbench_led_dark")
    bench.get_by_label("Look back at a month").fill("30")
    shows(bench, month=30, last=60)
    expect(bench).to_have_url(re.compile(r"months=60\b"))  # which follows the page at leisure
    other = context.new_page()
    other.goto(bench.url)
    other.locator(".nw[data-last='60']").wait_for()
    expect(other.locator("g.factory.led[data-factory='5']")).to_be_visible()
    other.close()


def test_the_story_can_be_told_and_the_learner_come_back(bench):
    press(bench, "Story")
    expect(bench.get_by_role("region", name="Story")).to_be_visible()
    expect(bench.locator("g.factory.led")).to_have_count(0)
    press(bench, "Learner")
    shows(bench, month=24)
    expect(bench.locator("g.factory.led")).to_have_count(1)
    press(bench, "Reset")
    shows(bench, month=0, last=0)
    expect(bench.locator("g.factory.led")).to_have_count(1)


def test_it_is_shared_and_kept(bench, screenshot):
    bench.get_by_label("Go to month").fill("30")
    bench.get_by_label("Go to month").press("Enter")
    shows(bench, month=30)
    press(bench, "Share & keep")
    screenshot("workbench_led_share")
    replay = replay_of(a_policy())
    replay.advance(30)
    expect(bench.get_by_role("textbox", name="Python")).to_have_value(as_python(replay))
    expect(bench.get_by_role("textbox", name="Command")).to_have_value(as_command(replay))
    for button, name in (("Led factory (CSV)", "nailworks-led.csv"), ("Rewards (SVG)", "nailworks-rewards.svg")):
        with bench.expect_download() as kept:
            press(bench, button)
        assert kept.value.suggested_filename == name
    with bench.expect_download() as kept:
        press(bench, "Run (GIF)")
    assert kept.value.suggested_filename == "nailworks-run.gif"
