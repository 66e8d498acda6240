"""What the experiments on learners conclude from their runs, on runs whose answer is known; and that they run."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import learners_and_climbers, learning_power

POWERS = np.array(learning_power.POWERS)
EPISODES = np.array([0, 16, 32, 48, 64, 96, 128])


def marks(use, pay=lambda power, episodes: power * 0 + episodes / 128):
    rows = [
        {"reward": "observed", "power": p, "episodes": n, "seed": seed, "hidden": use(p, n) + noise, "observed": pay(p, n)}
        for seed in range(5)
        for noise in [0.01 * np.random.default_rng(seed).normal()]
        for p in POWERS
        for n in EPISODES
    ]
    return pd.DataFrame(rows)


def test_use_that_is_lost_at_once_is_a_break_where_it_is_lost():
    power, episodes = learning_power.transitions(marks(lambda p, n: 0.9 if p < 0.7 or n < 40 else 0.1), "observed")
    assert power["gain"] > 10 and 0.5 < power["break_at"] < 1
    assert power["jump"] == pytest.approx(-0.8, abs=0.05)
    assert episodes["gain"] > 10 and 32 < episodes["break_at"] < 48
    assert episodes["fell"] == pytest.approx(0.8)
    assert episodes["gained"] == pytest.approx(1)


def test_a_steady_decline_is_no_break():
    power, _ = learning_power.transitions(marks(lambda p, n: 0.5 - 0.1 * np.log2(p)), "observed")
    assert power["gain"] < 10 and power["turn"] == POWERS[0]
    assert power["use_changed"] == pytest.approx(-0.7)


def test_the_answer_says_where_use_turns_and_whether_it_breaks():
    sudden = pd.DataFrame(
        learning_power.transitions(marks(lambda p, n: 0.9 if p < 0.7 or n < 40 else 0.1), "observed")
        + learning_power.transitions(marks(lambda p, n: 0.5).assign(reward="hidden"), "hidden")
    )
    assert "is highest, 0.90, at power 1/16 and loses 0.80" in learning_power.answer(sudden)
    assert "beyond, with a break" in learning_power.answer(sudden)


def test_with_few_episodes_it_says_that_there_are_too_few_points():
    found = marks(lambda p, n: 0.5).query("episodes <= 32")
    _, episodes = learning_power.transitions(found, "observed")
    assert np.isnan(episodes["gain"]) and "too few points" in learning_power.findings(episodes)


def test_the_month_of_arrival_is_that_of_the_first_nail_far_from_the_first():
    mass = 10.0 ** -np.arange(0, 3, 0.25)
    assert learners_and_climbers.arrival(0.999 * mass) == 5
    assert learners_and_climbers.arrival(1.001 / mass) == 5
    assert learners_and_climbers.arrival(np.ones(9)) == np.inf


@pytest.mark.parametrize(("come", "told"), [(1, "no month in 80% of seeds"), (4, "month 7 (80% of seeds)"), (5, "month 7 ")])
def test_the_month_of_arrival_is_a_median_that_counts_those_who_never_arrive(come, told):
    rows = [
        {"metric": "count", "power": 4.0, "who": who, "seed": seed, "month": month, "observed": 1.0, "hidden": 0.5, "effort": 0.3,
         "mass": 0.05 if seed < come and month >= 30 else 0.9}
        for who in ("learned", "looks around") for seed in range(5) for month in range(24, 72)
    ]  # fmt: skip
    found = learners_and_climbers.outcomes(pd.DataFrame(rows))
    assert found["arrived"].tolist() == [come / 5] * 2
    assert f"by count in {told}" in learners_and_climbers.answer(found)


@pytest.mark.parametrize("experiment", [learning_power, learners_and_climbers], ids=lambda one: one.__name__)
def test_it_runs_and_leaves_its_figure(experiment, tmp_path, capsys, monkeypatch):
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    few = {**experiment.SWEEP.grid, "power": [0.5, 4.0]}
    monkeypatch.setattr(experiment, "SWEEP", replace(experiment.SWEEP, grid=few))
    small = {"budget": 16, "horizon": 28, "n_factories": 6, "target_from": 12}
    found = experiment.run(seeds=2, out=tmp_path / "out", workers=0, **small)
    assert len(found) == (4 if experiment is learning_power else 8)
    assert (tmp_path / "out" / "figures" / f"{experiment.SWEEP.name}.svg").exists()
    left = json.loads((tmp_path / "out" / "answer.json").read_text(encoding="utf-8"))["answer"]
    assert left == experiment.answer(found) and "nan" not in left
    assert "learn" in capsys.readouterr().out
