"""The league of remedies: everything there is takes part, and the table says what it says."""

import pandas as pd
import pytest

from agents.policies import POLICIES
from experiments import remedies
from incentives.bonus import BONUSES
from incentives.metrics import METRICS
from model.economy import NailEconomy
from model.parameters import read_parameters


def test_every_metric_bonus_and_policy_takes_part_and_no_economy_twice():
    tried = [read_parameters(**parameters) for parameters in remedies.scenarios().values()]
    assert {parameters.metric for parameters in tried} >= set(METRICS)
    assert {parameters.bonus for parameters in tried} == set(BONUSES)
    assert {parameters.policy for parameters in tried} == set(POLICIES)
    assert all(one not in tried[:place] for place, one in enumerate(tried))


def test_a_new_metric_joins_by_itself(monkeypatch):
    monkeypatch.setitem(METRICS, "root_of_count", lambda report: report.count**0.5)
    assert remedies.scenarios()["metric: root_of_count"]["metric"] == "root_of_count"


def test_nobody_beats_the_best_plan_of_one_who_knows_all():
    small = {"n_factories": 12, "n_trusts": 3}
    best = remedies.best_possible(3, **small)
    paid_by_joints = NailEconomy(rng=3, metric="joints", horizon=remedies.HORIZON, **small).run().months
    assert paid_by_joints["usefulness"][remedies.FROM :].mean() < best <= 1


def test_the_league_is_ordered_and_regret_is_what_is_missing():
    runs = pd.DataFrame(
        {
            "scenario": ["metric: count", "metric: joints"] * 2,
            "pride": [0.3, 0.3, 0.0, 0.0],
            "seed": 0,
            "usefulness": [0.1, 0.9, 0.0, 0.8],
            "worst": [0.0, 0.7, 0.0, 0.6],
            "best": 0.95,
        }
    )
    table = remedies.league_table(runs)
    assert table["scenario"].tolist() == ["metric: joints"] * 2 + ["metric: count"] * 2
    assert table["regret"].tolist() == pytest.approx([0.05, 0.15, 0.85, 0.95])
    assert (table["checks"] == 0).all()


def test_yearly_means_before_the_target_do_not_count():
    years = pd.DataFrame({"year": [0, 1, 2, 3], "usefulness": [0.0, 0.1, 0.8, 0.6]}).assign(scenario="a", pride=0.3, seed=0)
    (row,) = remedies.outcomes(years).to_dict("records")
    assert (row["usefulness"], row["worst"]) == (pytest.approx(0.7), 0.6)


def test_the_answer_counts_what_does_better_than_paying_for_nothing():
    table = pd.DataFrame(
        {
            "scenario": ["metric: joints", "policy: measure_only", "metric: count"] * 2,
            "pride": [0.3] * 3 + [0.0] * 3,
            "usefulness": [0.9, 0.4, 0.1, 0.3, 0.35, 0.0],
        }
    )
    assert remedies.answer(table) == (
        "With pride 0.3 1 of 2 do better than paying for nothing, best metric: joints (0.90); "
        "with pride 0 0 of 2 do better than paying for nothing."
    )
