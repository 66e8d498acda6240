"""A run that is replayed, shared or explained is the run itself."""

import io
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drawing import charts, pay_bars, plan_map, trust_table, yard
from app.replay import Replay, series
from app.share import address, as_command, as_python, read_address
from app.why import AS_IT_IS, CATALOGUE, in_words, options
from model.economy import NailEconomy


@pytest.fixture(scope="module")
def played():
    replay = Replay(seed=5, parameters={"n_factories": 24}, decrees=[(4, {"metric": "count"}), (30, {"bonus_strength": 0.9})])
    replay.advance(40)
    return replay


def test_a_replay_is_the_run_that_a_script_would_make(played):
    economy = NailEconomy(rng=5, n_factories=24)
    for month in range(40):
        if month == 4:
            economy.intervene(metric="count")
        if month == 30:
            economy.intervene(bonus_strength=0.9)
        economy.step()
    pd.testing.assert_frame_equal(played.economy.months, economy.months)


def test_the_past_is_remembered_as_it_was(played):
    short = Replay(seed=5, parameters={"n_factories": 24}, decrees=[(4, {"metric": "count"})])
    short.advance(12)
    np.testing.assert_array_equal(played.moments[11].plan, short.economy.industry.plan)
    np.testing.assert_array_equal(series(played, "usefulness")[:12], short.economy.months.usefulness)


def test_a_restart_keeps_the_decrees_and_gives_the_same_months(played):
    again = Replay(seed=5, parameters={"n_factories": 24}, decrees=played.decrees)
    again.advance(9)
    again.restart()
    again.advance(40)
    pd.testing.assert_frame_equal(played.economy.months, again.economy.months)


def test_an_address_repeats_the_run(played):
    again, months = read_address(address(played))
    again.advance(months)
    pd.testing.assert_frame_equal(played.economy.months, again.economy.months)


def test_copied_python_and_copied_command_repeat_the_run(played):
    script = as_python(played).replace("print(economy.months)", "print(economy.months.to_csv(index=False), end='')")
    program = shlex.split(as_command(played))
    assert program[:4] == ["uv", "run", "python", "-m"]
    for command in ([sys.executable, "-c", script], [sys.executable, *program[3:]]):
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        pd.testing.assert_frame_equal(
            pd.read_csv(io.StringIO(done.stdout), keep_default_na=True), _as_read(played.economy.months)
        )


def _as_read(months):
    return pd.read_csv(io.StringIO(months.to_csv(index=False)))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("seed=lucky", "seed: got 'lucky'"),
        ("metric=wait", "did you mean 'weight'"),
        ("do=3:metric:wait", "did you mean 'weight'"),
        ("do=3:price:4", "do: got"),
        ("n_factories=1000000000000", "n_factories: got"),
        ("n_factories=many", "n_factories: got"),
        ("months=500", "months: got 500"),
        ("colour=red", "colour: is no parameter"),
        ("schedule=24", "schedule: got"),
    ],
)
def test_a_bad_address_says_what_is_wrong_in_a_line(query, said):
    with pytest.raises(ValueError, match=said) as refusal:
        read_address(query)
    assert "\n" not in str(refusal.value)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**20),
    decrees=st.lists(
        st.tuples(st.integers(0, 99), st.sampled_from([{"metric": "weight"}, {"metric": None}, {"bonus_strength": 0.25}])),
        max_size=4,
    ),
)
def test_any_address_reads_back_as_it_was_written(seed, decrees):
    replay = Replay(seed=seed, parameters={"n_factories": 3, "pride": 0.1}, decrees=decrees)
    again, _ = read_address(address(replay))
    assert (again.seed, again.given, again.decrees) == (replay.seed, replay.given, replay.decrees)


def test_why_is_the_sum_that_the_factory_itself_expects(played):
    now = next(option for option in options(played, 7) if option.name == AS_IT_IS)
    assert now.pay == pytest.approx(played.economy.factories.to_list()[7].pay_terms)


def test_with_more_pride_the_answer_changes_and_the_catalogue_nail_comes_first():
    replay = Replay(seed=5, parameters={"n_factories": 24})
    replay.advance(72)
    before = options(replay, 7)
    replay.economy.industry.pride = 50.0
    after = options(replay, 7)
    assert before[0].name != CATALOGUE
    assert after[0].name == CATALOGUE
    assert in_words(before, "count") != in_words(after, "count")


def test_every_picture_is_sound_and_says_what_it_shows(played):
    moment, industry, construction = played.moments[-1], played.economy.industry, played.economy.construction
    ghosts = np.array([industry.first_length_mm, industry.first_diameter_mm])
    boards = construction.board_mm
    targets = [moment.target for moment in played.moments]
    pictures = [
        yard.ground(moment.plan, moment.suitability, ghosts, boards[industry.trust], chosen=3),
        charts.fulfilment_and_usefulness(
            series(played, "usefulness"), series(played, "mean_fulfilment"), targets, 192, month=40
        ),
        charts.ground(192, bar=0.5),
        charts.correlations_ground(192),
        charts.correlations(series(played, "correlation_count"), series(played, "correlation_weight"), targets, 192, month=40),
        plan_map.backdrop(boards),
        plan_map.factories(moment.plan, moment.suitability, trail=moment.plan[:2, :5], chosen=3),
        trust_table.ground(boards, construction.programme),
        trust_table.trusts(boards, construction.programme, moment.fastened, moment.complains),
        pay_bars.pay_bars(options(played, 3), AS_IT_IS),
    ]
    for picture in pictures:
        root = ElementTree.fromstring(picture)
        assert root.get("aria-label")
        assert "nan" not in picture
    assert pictures[0].count("data-factory=") == 24
