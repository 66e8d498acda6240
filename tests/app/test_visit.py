"""A visit: what each control does to the run, without a browser."""

import gc
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drawing.history import grams
from app.drawing.plan_map import place
from app.drawing.yard import HEAD
from app.pictures import desk, grounds, pictures
from app.replay import MOST_PLANS, Replay
from app.share import address, as_command, as_python, read_address
from app.visit import Visit, rivals
from app.why import AS_IT_IS, CATALOGUE, in_words, options
from incentives.bonus import NewSoviet
from model.economy import NailEconomy

SMALL = "n_factories=12&horizon=60"


def table(text):
    return pd.read_csv(io.StringIO(text))


def run(*command):
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout


def visited(*actions, query=SMALL):
    visit = Visit(query)
    for action in actions:
        visit.act(*(action if isinstance(action, tuple) else (action,)))
    return visit


def test_a_visit_is_the_run_it_names():
    visit = visited(("jump", 10), ("metric", "weight"), ("bonus_strength", "0.8"), ("jump", 30))
    economy = NailEconomy(n_factories=12, horizon=60, rng=7)
    while economy.month < 30:
        if economy.month == 10:
            economy.intervene(metric="weight")
            economy.intervene(bonus_strength=0.8)
        economy.step()
    pd.testing.assert_frame_equal(visit.replay.economy.months, economy.months)


def test_its_address_its_script_and_its_command_repeat_it_exactly():
    replay = visited(("jump", 10), ("metric", "weight"), ("audit_share", 0.3), ("jump", 30), ("metric", "none")).replay
    expected = replay.economy.months
    again, months = read_address(address(replay))
    again.advance(months)
    pd.testing.assert_frame_equal(again.economy.months, expected)
    script = as_python(replay).replace("print(economy.months)", "print(economy.months.to_csv(index=False))")
    for text in (run("-c", script), run("-m", "app.share", as_command(replay).split('"')[1])):
        pd.testing.assert_frame_equal(table(text), table(expected.to_csv(index=False)))


def test_while_a_run_plays_the_bar_has_its_decrees_and_is_seldom_changed(monkeypatch):
    clock = iter(np.arange(0, 100, 0.1))
    monkeypatch.setattr("app.visit.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    visit, bars = visited("play"), []
    for month in range(60):
        if month == 20:
            visit.act("metric", "weight")
            assert visit.address_for_bar == f"seed=7&{SMALL}&do=20:metric:weight&months=20"
        visit.act("tick")
        bars.append(visit.address_for_bar)
    assert 3 < len(set(bars)) < 10
    visit.act("tick")
    assert (visit.playing, visit.address_for_bar) == (False, visit.address)


@settings(max_examples=15)
@given(
    st.integers(0, 2**64),
    st.lists(
        st.tuples(
            st.integers(0, 50),
            st.one_of(
                st.fixed_dictionaries({"metric": st.sampled_from([None, "count", "weight"])}),
                st.fixed_dictionaries({"bonus_strength": st.floats(0, 2)}),
                st.fixed_dictionaries({"bonus": st.sampled_from(["linear", "capped"])}),
            ),
        ),
        max_size=4,
    ),
)
def test_an_address_that_is_read_is_written_again(seed, decrees):
    written = address(Replay(seed, {"n_factories": 3, "pride": 0.1}, decrees))
    assert address(read_address(written)[0]) == written


@pytest.mark.parametrize(
    "parameters",
    [
        {"metric": ("count", "weight")},
        {"schedule": {3: ("count", "weight"), 6: None}},
        {"policy": "reactive", "menu": (("count", "joints"), "weight")},
    ],
)
def test_several_metrics_that_are_paid_by_together_are_written_and_read(parameters):
    replay = Replay(parameters={**parameters, "n_factories": 12, "horizon": 9, "target_from": 3})
    again, _ = read_address(address(replay))
    replay.advance(9)
    again.advance(9)
    pd.testing.assert_frame_equal(again.economy.months, replay.economy.months)
    decreed, _ = read_address("n_factories=12&do=2:metric:count+weight")
    assert decreed.decrees == [(2, {"metric": ("count", "weight")})] == read_address(address(decreed))[0].decrees


def steep(score, target):
    return 3 * (score / target - 1.0)


def test_a_bonus_of_ones_own_goes_by_its_name_on_the_page_and_in_what_is_shared():
    replay = Replay(parameters={"n_factories": 12, "metric": "count", "bonus": steep})
    replay.decree(bonus=NewSoviet(below=3.0))
    visit = Visit("")
    visit.replay = replay
    visit.act("jump", 3)
    page = desk(visit)
    assert [decree["words"] for decree in page["log"] if decree["month"] == 0] == ["NewSoviet bonus"]
    bonus = next(one for one in page["decrees"] if one["name"] == "bonus")
    assert bonus["value"] == "NewSoviet" == bonus["options"][-1]["value"]
    json.dumps(page)
    assert "bonus=steep&do=0:bonus:NewSoviet" in address(replay)
    assert "bonus=steep" in as_python(replay)
    assert "economy.intervene(bonus=NewSoviet(above=0.5, planned=1.0, below=3.0))" in as_python(replay)


def test_looking_back_computes_nothing_and_playing_from_there_repeats_what_was():
    visit = visited(("jump", 20), ("look", 5))
    before = visit.replay.economy.months
    visit.act("step")
    assert (visit.view, visit.replay.month) == (6, 20)
    pd.testing.assert_frame_equal(visit.replay.economy.months, before)


def test_a_reset_begins_anew_with_what_waited_for_it():
    visit = visited(("jump", 5), ("setting", {"name": "pride", "value": "1.5"}), ("metric", "weight"))
    assert visit.setting("pride") == 0.3
    visit.act("reset")
    assert (visit.setting("pride"), visit.replay.month, visit.replay.decrees) == (1.5, 0, [])


@pytest.mark.parametrize(
    ("action", "value", "line"),
    [
        ("jump", "61", "it takes a whole number from 0 to 60"),
        ("jump", "soon", "month: got 'soon'"),
        ("factory", "12", "it takes a whole number from 0 to 11"),
        ("metric", "wait", "did you mean 'weight'"),
        ("rival", "nobody", "beside: got 'nobody'"),
    ],
)
def test_a_mistake_leaves_a_line_and_the_run_as_it_was(action, value, line):
    visit = visited(("jump", 3), (action, value))
    assert line in visit.message
    assert visit.replay.month == 3


def test_a_reset_keeps_the_metric_of_a_run_that_names_no_policy():
    visit = visited("reset", ("jump", 30), query=SMALL + "&metric=weight")
    assert visit.moment.target == "weight"


def test_the_log_begins_with_the_latest_decree():
    visit = visited(("metric", "weight"), ("jump", 5), ("metric", "count"), ("bonus", "capped"))
    assert [(decree["month"], decree["words"]) for decree in desk(visit)["log"]] == [
        (5, "capped bonus"),
        (5, "pay by count"),
        (0, "pay by weight"),
    ]


def test_who_looks_back_is_told_of_which_month_the_decrees_stand_and_when_one_would_act():
    visit = visited(("metric", "weight"), ("jump", 20), ("look", 0))
    assert desk(visit)["decreeing"]["words"] == "at month 20; act from 21"
    visit.act("metric", "count")
    assert desk(visit)["log"][0]["month"] == 20
    visit.act("jump", 21)
    assert (visit.replay.at(20).target, visit.moment.target) == ("weight", "count")
    assert desk(visit)["decreeing"]["words"] == "act from the next month"
    visit.act("jump", 60)
    visit.act("look", 3)
    assert desk(visit)["decreeing"] == {"held": True, "words": "the run has ended"}


def test_a_setting_that_will_not_do_leaves_the_run_as_it_was():
    visit = visited(("jump", 3), ("setting", {"name": "pride", "value": "much"}), "reset")
    assert visit.message.startswith("pride: got 'much'")
    assert visit.replay.month == 3


def test_a_page_does_not_take_more_than_it_can_remember():
    assert "this page remembers up to" in Visit(f"n_factories=10000&horizon={MOST_PLANS // 10000 + 1}").message
    assert "this page takes up to 100 (" in Visit("breadth=1000.0").message


def test_side_by_side_two_runs_have_one_scale_and_the_same_facts():
    visit = visited(("jump", 90), query="n_factories=12")
    alone = scales(visit)
    visit.act("rival", "paid by weight")
    assert alone == {"yard": "125"} and scales(visit) == {"yard": "420", "beside": "420"}
    tallest = {name: height(pictures(visit)[name]) for name in ("yard", "beside")}
    ours, theirs = visit.moment, visit.rival.at(90)
    assert tallest["beside"] / tallest["yard"] == pytest.approx(theirs.plan[0].max() / ours.plan[0].max(), rel=0.01)
    facts = {fact["name"]: fact["value"] for fact in desk(visit)["beside"]}
    assert facts == {
        "fulfilment": f"{theirs.row['mean_fulfilment']:.0%}",
        "median nail": grams(theirs.row["median_mass_g"]),
        "trusts complain": f"{theirs.complains.sum()} of 12",
    }
    visit.act("look", 20)
    assert {fact["name"]: fact["value"] for fact in desk(visit)["beside"]}["fulfilment"] == "–"
    visit.act("rival", "")
    assert desk(visit)["beside"] == []


def scales(visit):
    """The scale of each yard that is drawn [mm]."""
    found = {name: ET.fromstring(picture) for name, picture in grounds(visit).items() if name in ("yard", "beside")}
    return {name: picture.get("data-scale") for name, picture in found.items()}


def height(picture):
    """How far down the longest nail of a yard's one row reaches from where nails begin [px]."""
    return max(float(y) for y in re.findall(r"L[0-9.]+ ([0-9.]+)", picture)) - HEAD


def test_the_band_tells_how_much_of_it_is_done():
    visit = visited(("jump", 5), ("band", True))
    visit.band_done = 0.91
    assert desk(visit)["band_words"] == "91% done"
    visit.band = np.zeros((2, 60))
    assert desk(visit)["band_words"] == ""


def test_a_rival_that_is_refused_leaves_the_one_that_is_there():
    visit = visited(("jump", 5), ("rival", rivals()[0]), ("rival", "nobody"), "step")
    assert visit.rival_name == rivals()[0]
    assert visit.rival is not None and visit.rival.month == 6


@pytest.mark.parametrize("name", rivals())
def test_a_rival_has_the_same_world_and_keeps_the_clock(name):
    visit = visited(("jump", 5), ("rival", name), "step")
    assert visit.rival is not None
    assert visit.rival.month == visit.replay.month == 6
    ours, theirs = visit.replay.economy, visit.rival.economy
    assert (ours.industry.skill == theirs.industry.skill).all()
    assert (ours.construction.board_mm == theirs.construction.board_mm).all()


def test_a_run_that_starts_over_lets_go_of_the_last():
    visit = visited(("again", True), ("speed", "full"), ("play", None), query="n_factories=5&horizon=20")
    before, last, restarts = living(), visit.replay, 0
    while restarts < 20:
        visit.act("tick")
        restarts += visit.replay is not last
        last = visit.replay
    assert living() == before


def living():
    """How many runs are in memory."""
    gc.collect()
    return sum(type(thing) is Replay for thing in gc.get_objects())


def test_why_stays_within_what_the_factory_is_capable_of():
    replay = visited(("jump", 40), query=f"{SMALL}&capability=1.1").replay
    industry = replay.economy.industry
    for factory in range(12):
        low, high = (bound.ravel() for bound in industry.bounds(slice(factory, factory + 1)))
        for option in options(replay, factory):
            assert (low <= option.plan).all()
            assert (option.plan <= high).all()


def test_why_names_every_term_of_pay_that_is_in_force():
    visit = visited(("jump", 40), query=f"{SMALL}&padding_limit=1&inspection=0.5")
    assert {term["name"] for term in pictures(visit)["terms"]} >= {"bonus", "pride", "effort", "retooling", "fine"}
    assert {"more padding", "less padding"} <= {option.name for option in options(visit.replay, 3)}


def test_why_adds_up_and_follows_pride():
    proud, humble = (visited(("jump", 40), query=f"{SMALL}&pride={pride}").replay for pride in (3.0, 0.0))
    moment = proud.at(40)  # the same plan and order, asked of two worlds
    answers = [options(replay, 3, moment) for replay in (proud, humble)]
    totals = [[option.pay.total for option in listed] for listed in answers]
    assert all(total == sorted(total, reverse=True) for total in totals)
    assert all(option.pay.pride == 0 for option in answers[1])
    assert {o.name: o.pay.bonus for o in answers[0]} == {o.name: o.pay.bonus for o in answers[1]}
    assert [listed[0].name for listed in answers] == ["more effort", "a smaller nail"]
    assert in_words(answers[0], "count") != in_words(answers[1], "count")


def asked(query, month, factory=None):
    """The answer of a factory, of the page's own choice unless one is given: its options by name, and the sentence."""
    visit = visited(("jump", month), query=query)
    listed = options(visit.replay, visit.chosen if factory is None else factory, visit.moment)
    return {option.name: option for option in listed}, in_words(listed, visit.moment.target)


def test_why_marks_what_a_factory_does_not_look_at_and_says_how_far_it_looks():
    found, answer = asked("", 100)
    assert found[CATALOGUE].pay.total > found[AS_IT_IS].pay.total + 10
    assert {name for name, option in found.items() if option.beyond} == {CATALOGUE}
    assert found[CATALOGUE].beyond == "out of reach: 19 steps of 8% away"
    assert answer.endswith(
        " more (bonus +14.94, pride +0.24, retooling −0.02), but it looks at 8 plans some 8% away, or a peer’s."
    )
    bigger, now = (np.array(found[name].plan[:2]) for name in ("a bigger nail", AS_IT_IS))
    np.testing.assert_allclose(np.log(bigger / now), 0.08)


@pytest.mark.parametrize(
    ("query", "beyond", "because"),
    [
        ("step_size=0.02&imitation=0", "out of reach", "it looks at 8 plans some 2% away"),
        ("breadth=1", "out of reach", "it looks at 1 plan some 8% away, or a peer’s"),
        ("step_size=3", "", ""),
    ],
)
def test_what_is_out_of_reach_follows_from_how_the_factories_search(query, beyond, because):
    found, _ = asked(query, 100)
    assert found[CATALOGUE].beyond.partition(":")[0] == beyond
    assert found[CATALOGUE].because == because


def test_a_plan_as_far_off_as_a_peers_can_be_copied():
    visit = visited(("jump", 30), query="")
    catalogue = next(option for option in options(visit.replay, visit.chosen) if option.name == CATALOGUE)
    everyone, towards = visit.moment.plan, np.array(catalogue.plan)[:, None]
    now = everyone[:, [visit.chosen]]
    share = (np.where(towards > now, everyone >= towards, everyone <= towards) | (towards == now)).all(axis=0).mean()
    assert 0 < share < 0.1
    assert catalogue.beyond == f"by copying a peer: {0.1 * (1 - (1 - share) ** 3):.1%} a month"


def test_the_present_plan_is_never_beyond_reach():
    visit = visited("step", query=SMALL + "&breadth=1&imitation=1")
    assert [option.beyond for option in options(visit.replay, visit.chosen, visit.moment) if option.name == AS_IT_IS] == [""]
    assert "1. as it is" in pictures(visit)["pay"]


def test_at_first_why_says_that_it_makes_the_catalogue_nail():
    _, answer = asked("", 0)
    assert answer == "It makes 70 × 3.0 mm nails while nothing is paid for. That is the catalogue nail."


def test_why_says_less_where_a_catalogue_nail_would_pay_less():
    _, answer = asked("", 62)
    assert answer.endswith(" A catalogue nail would pay 0.35 less (bonus −0.57, pride +0.24, retooling −0.02).")


def test_the_plan_as_it_is_is_paid_what_the_factory_expects():
    replay = visited(("jump", 40)).replay
    factory = replay.economy.factories.to_list()[3]
    now = next(option for option in options(replay, 3) if option.name == AS_IT_IS)
    assert now.pay == pytest.approx(factory.pay_terms)


def test_words_are_there_from_pointing_to_the_next_control_and_never_while_the_run_plays():
    visit = visited(("jump", 5), "point")
    assert visit.told
    assert not visited(("jump", 5), "point", "step").told
    assert not visited(("jump", 5), "play", "point").told
    assert "<title>Factory" in pictures(visit, told=True)["map"]
    assert "<title>" not in "".join(map(str, pictures(visit, told=False).values()))


def test_pointing_leaves_a_message_to_be_read():
    assert visited(("jump", "soon"), "point").message.startswith("month: got 'soon'")


def test_a_place_on_the_map_chooses_the_factory_nearest_to_it():
    visit = visited(("jump", 30))
    x, y = place(visit.moment.plan[:, 4])
    visit.act("spot", [float(x), float(y)])
    assert (visit.moment.plan[:2, visit.chosen] == visit.moment.plan[:2, 4]).all()
