"""The story says what the run shows, and the game offers what there is."""

import re

import pytest

from agents.policies import POLICIES
from app import story
from app.pictures import desk
from app.replay import Replay
from app.visit import Visit
from incentives.metrics import METRICS
from model.economy import DECREES
from nails.machine import nails_by_hours


@pytest.fixture(scope="module")
def rows():
    replay = Replay()
    replay.advance(replay.horizon)
    return [moment.row for moment in replay.moments]


def told(visit):
    return desk(visit)["story"]


def play(visit):
    while visit.playing:
        visit.act("tick")
    return visit


def test_each_step_goes_to_its_month_and_tells_that_months_numbers(rows):
    visit = Visit()
    for k, step in enumerate(story.STEPS):
        visit.act("story", k)
        assert "Playing on" in told(visit)["words"]
        play(visit)
        assert visit.view == step.month
        assert told(visit)["words"] == step.words(rows[: step.month])
        assert f"{rows[step.month - 1]['usefulness']:.0%}" in told(visit)["words"] or step.title == "Complaint"


def test_what_the_story_claims_is_so(rows):
    measure, count, collapse, complaint, weight, lumps = (rows[step.month - 1] for step in story.STEPS)
    assert measure["target"] == "none"
    assert measure["mean_effort"] < 0.1 < count["mean_effort"]
    assert count["usefulness"] > measure["usefulness"] > 5 * collapse["usefulness"]
    assert measure["correlation_count"] > 0.5 > 0 > collapse["correlation_count"]
    assert collapse["median_mass_g"] < 0.1 < 100 < lumps["median_mass_g"]
    assert collapse["mean_fulfilment"] > 0.9
    assert complaint["complaining_share"] > 0.5
    assert weight["usefulness"] > complaint["usefulness"] > lumps["usefulness"] - 0.05
    assert rows[96]["target"] == "weight"


def test_the_first_step_says_what_is_made_without_effort(rows):
    idle = nails_by_hours(3.0, 0.9, 0.0) / nails_by_hours(3.0, 0.9, 1.0)
    words = story.STEPS[0].words(rows[:24])
    assert f"effort has settled at 0% (idle hands still make {idle:.0%} of what busy ones would)" in words


def test_the_month_since_which_they_complain_is_the_one_that_the_page_shows_for_it():
    visit = Visit()
    visit.act("jump", 96)
    since = int(
        re.findall(r"complained since month (\d+)", story.STEPS[3].words(visit.replay.economy.months.to_dict("records")))[0]
    )
    shares = {month: visit.replay.at(month).complains.mean() for month in (since - 1, since)}
    assert shares[since - 1] <= 0.5 < shares[since]


def test_back_looks_at_what_was():
    visit = Visit()
    for step in (0, 1):
        visit.act("story", step)
        play(visit)
    visit.act("story", 0)
    assert (visit.view, visit.replay.month, visit.playing) == (24, 30, False)


def test_while_a_story_is_told_nothing_can_be_decreed(rows):
    visit = Visit()
    visit.act("story", 0)
    play(visit)
    visit.act("metric", "weight")
    assert visit.message == "metric: a story is being told: close it, or go on to be the planner, to decree something"
    assert desk(visit)["decreeing"] == {"held": True, "words": "not while a story is told"}
    visit.act("story", 2)
    assert told(play(visit))["words"] == story.STEPS[2].words(rows[:84])
    visit.act("story", -1)
    assert desk(visit)["decreeing"] == {"held": False, "words": "act from the next month"}
    visit.act("metric", "weight")
    assert visit.message == ""


def test_whoever_pauses_a_step_and_plays_on_comes_to_its_end():
    visit = Visit()
    visit.act("story", 0)
    visit.act("tick")
    visit.act("play")
    assert (visit.playing, told(visit)["words"]) == (False, "Play goes on to month 24.")
    visit.act("play")
    assert (play(visit).view, visit.step) == (24, 0)


def test_play_at_the_end_of_a_step_tells_the_next_and_after_the_last_nothing():
    visit = Visit()
    visit.act("story", 0)
    play(visit)
    for k, step in enumerate(story.STEPS[1:], 1):
        visit.act("play")
        assert (play(visit).view, visit.step) == (step.month, k)
    visit.act("again", True)
    visit.act("play")
    assert (visit.playing, visit.view) == (False, 192)


def test_the_words_keep_up_with_whoever_steps_or_goes_beyond_a_step():
    visit = Visit()
    visit.act("story", 0)
    play(visit)
    visit.act("step")
    assert (visit.view, visit.step, told(visit)["words"]) == (25, 1, "Play goes on to month 30.")
    visit.act("jump", 90)
    assert (visit.step, told(visit)["title"]) == (3, "4. Complaint")
    visit.act("look", 60)
    assert (visit.step, told(visit)["words"]) == (3, "Play goes on to month 96.")
    visit.act("story", 2)
    visit.act("look", 40)  # to see for oneself what the words tell
    assert told(visit)["words"].endswith(" (Told of month 84.)")


def test_the_game_starts_with_two_metrics_and_unlocks_a_remedy_each_year():
    visit = Visit()
    visit.act("game")
    visit.act("bonus_strength", 0.1)
    assert visit.message == "bonus strength: unlocks in month 48"
    visit.act("metric", "geometric_mean")
    assert visit.message.startswith("geometric mean: unlocks in month ")
    visit.act("metric", "joints")
    assert visit.message.startswith("joints: nobody can count them")
    visit.act("metric", "count")
    visit.act("jump", 48)
    visit.act("bonus_strength", 0.1)
    assert visit.message == ""
    months = sorted(story.unlocks(name) for name in {*DECREES, *story.on_offer()} - set(story.AT_ONCE))
    assert months == list(range(36, 36 + 12 * len(months), 12))


def test_the_score_is_the_months_above_the_bar():
    visit = Visit()
    visit.act("game")
    visit.act("metric", "count")
    visit.act("jump", 144)
    above = [useful >= story.BAR for useful in visit.replay.economy.records.columns["usefulness"][24:]]
    assert story.score(visit.replay) == sum(above) > 0
    assert f"{sum(above)} of 120" in told(visit)["words"]


def test_the_score_to_beat_is_that_of_planners_without_thought_and_a_thought_beats_it():
    scores = story.without_thought()
    assert set(POLICIES) - {"single"} < set(scores)
    to_beat = max(scores.values())
    assert 0 < to_beat < 120
    for decrees in story.THOUGHTFUL.values():
        assert not any(story.refusal(decree, month) for month, decree in decrees)
        visit = Visit()
        visit.act("game")
        assert visit.game.to_beat == to_beat
        for month, decree in decrees:
            visit.act("jump", month)
            for name, value in decree.items():
                visit.act(name, value)
        visit.act("jump", 144)
        assert visit.message == ""
        assert story.score(visit.replay) > to_beat


def test_a_new_metric_appears_by_itself(monkeypatch):
    monkeypatch.setitem(METRICS, "half_count", lambda report: report.count / 2)
    assert story.on_offer()[-1] == "half_count"
    metric = next(control for control in desk(Visit())["decrees"] if control["name"] == "metric")
    assert metric["options"][-1] == {"value": "half_count", "label": "half count"}


def test_a_new_decree_appears_by_itself(monkeypatch):
    for module in ("app.pictures", "app.visit"):
        monkeypatch.setattr(f"{module}.DECREES", (*DECREES, "pride"))
    control = desk(Visit("pride=0.7"))["decrees"][-1]
    assert (control["label"], control["value"]) == ("Pride", 0.7)


OWN = "seed=5&n_factories=12&horizon=60"


def a_run_of_ones_own():
    visit = Visit(OWN)
    for action, value in [
        ("metric", "weight"),
        ("jump", 40),
        ("look", 33),
        ("factory", 4),
        ("rival", "nothing paid"),
        ("speed", "6"),
        ("setting", {"name": "pride", "value": "0.9"}),
    ]:
        visit.act(action, value)
    return visit


def seen(visit):
    """The controls and numbers of a visit, and its address."""
    return visit.address, desk(visit)


@pytest.mark.parametrize("opened", [("story",), ("game",), ("game", "story"), ("story", "game"), ("game", "story", "game")])
def test_whoever_closes_the_story_or_the_game_has_their_own_run_back_as_they_left_it(opened):
    visit = a_run_of_ones_own()
    before, run = seen(visit), visit.replay
    for what in opened:
        visit.act(what, *([0] if what == "story" else []))
        play(visit)
    visit.act("metric", "count")
    while told(visit):
        visit.act("story", -1)
    assert seen(visit) == before
    assert visit.replay is run
    visit.act("jump", 44)
    assert visit.message == ""


def test_it_says_what_waits_and_where():
    visit = a_run_of_ones_own()
    visit.act("story", 0)
    assert told(play(visit))["waits"] == "Your own run waits at month 33."
    assert "seed=5" in visit.address  # so that loading the page again brings it back
    visit.act("game")
    assert told(visit)["waits"] == "Your own run waits at month 33."
    visit.act("jump", 50)
    visit.act("story", 0)
    assert told(visit)["waits"] == "Your game waits at month 50."
    visit.act("game")
    assert (visit.view, visit.game is not None) == (50, True)


@pytest.mark.parametrize(("what", "value"), [("story", 1), ("game", None)])
def test_reset_begins_a_story_or_game_again_and_with_a_setting_ones_own_run(what, value):
    visit = a_run_of_ones_own()
    visit.act(what, value)
    play(visit)
    visit.act("jump", 70)
    visit.act("reset")
    assert (play(visit).replay.month, told(visit)["waits"]) == (24, "Your own run waits at month 33.")
    visit.act("setting", {"name": "seed", "value": "many"})
    visit.act("reset")
    assert "seed: got 'many'" in visit.message and told(visit)
    visit.act("setting", {"name": "seed", "value": "6"})
    visit.act("reset")
    assert told(visit) is None
    assert (visit.address, visit.rival_name) == ("seed=6&n_factories=12&horizon=60&months=0", "nothing paid")
