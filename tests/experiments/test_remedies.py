"""The league of remedies: everything there is takes part, and the table says what it says."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from agents.policies import POLICIES
from analysis import league
from analysis.figures import svg
from experiments import remedies
from incentives.bonus import BONUSES, linear
from incentives.metrics import METRICS
from incentives.order import Order
from model.economy import NailEconomy
from model.parameters import read_parameters


def test_every_metric_bonus_and_policy_takes_part_and_no_economy_twice():
    tried = [read_parameters(**parameters) for parameters in remedies.scenarios().values()]
    assert {parameters.metric for parameters in tried} >= set(METRICS)
    assert {parameters.bonus for parameters in tried} == set(BONUSES)
    assert {parameters.policy for parameters in tried} == set(POLICIES)
    assert all(one not in tried[:place] for place, one in enumerate(tried))


@dataclass
class Idle:
    """A new policy, which pays for nothing in its own way."""

    def __call__(self, reports, complaints, month):
        return Order()


@pytest.mark.parametrize(
    ("kind", "known", "new"),
    [("metric", METRICS, lambda report: report.count**0.5), ("bonus", BONUSES, linear), ("policy", POLICIES, Idle)],
)
def test_a_new_one_joins_by_itself(monkeypatch, kind, known, new):
    monkeypatch.setitem(known, "brand_new", new)
    assert remedies.scenarios()[f"{kind}: brand_new"][kind] == "brand_new"


def test_every_line_of_the_league_is_run_with_pride_and_without():
    given = [dict(cell.given) for cell in remedies.SWEEP.cells]
    for parameters in remedies.scenarios().values():
        for pride in remedies.PRIDES:
            assert {"horizon": remedies.HORIZON, **parameters, "pride": pride} in given


def test_nobody_beats_the_best_plan_of_one_who_knows_all():
    small = {"n_factories": 12, "n_trusts": 3, "threads": 1}  # which one may set as well
    best = remedies.best_possible(3, **small)
    paid_by_joints = NailEconomy(rng=3, metric="joints", horizon=remedies.HORIZON, **small).run().months
    assert paid_by_joints["usefulness"].to_numpy()[remedies.FROM :].mean() < best <= 1


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
    assert set(table["checks"]) == {0}
    audited = remedies.league_table(runs.assign(scenario="audits, a tenth"), inspection=0.3)
    assert set(audited["checks"]) == {0.1}  # an inspected factory is no audited share


def test_yearly_means_before_the_target_do_not_count():
    years = pd.DataFrame({"year": [0, 1, 2, 3], "usefulness": [0.0, 0.1, 0.8, 0.6], "seed": 0})
    (row,) = remedies.outcomes(years.assign(scenario="a, pride 0.3", pride=0.3)).to_dict("records")
    assert (row["scenario"], row["usefulness"], row["worst"], row["last"]) == ("a", pytest.approx(0.7), 0.6, 0.6)


PRIDES = sorted([*remedies.PRIDES, *remedies.MORE_PRIDES])


def along_pride(steps):
    """Runs whose last year is 0.4 where nothing is paid for, and jumps from 0 to 0.8 at a pride of each seed's own by count."""
    rows = [
        {"scenario": name, "pride": pride, "seed": seed, "last": 0.4 if name == remedies.NOTHING_PAID else 0.8 * (pride > step)}
        for name in (remedies.NOTHING_PAID, remedies.COUNT)
        for pride in PRIDES
        for seed, step in enumerate(steps)
    ]
    return pd.DataFrame(rows)


def test_enough_pride_is_where_count_catches_up_with_paying_for_nothing_by_seed():
    (row,) = remedies.enough_pride(along_pride([0.3, 0.45, 0.6])).to_dict("records")
    assert row["scenario"] == remedies.COUNT
    assert row["enough"] == pytest.approx((0.45 + 0.6) / 2)  # half way up, in the middle of the step of the middle seed
    assert row["enough_ci_low"] < row["enough"] < row["enough_ci_high"]


def test_a_jump_at_one_pride_is_told_from_a_steady_rise():
    (jump,) = remedies.enough_pride(along_pride([0.45] * 5)).to_dict("records")
    steady = along_pride([0.45] * 5)
    by_count = steady["scenario"] == remedies.COUNT
    steady.loc[by_count, "last"] = 0.3 + 0.1 * np.log(np.maximum(steady.loc[by_count, "pride"].to_numpy(), 0.01))
    (rise,) = remedies.enough_pride(steady).to_dict("records")
    assert jump["gain"] > 10 > rise["gain"]


def test_where_no_pride_is_enough_it_is_infinite_and_the_figure_and_the_answer_can_do_without():
    never = along_pride([9.0, 9.0])
    enough = remedies.enough_pride(never)
    assert enough["enough"].tolist() == [np.inf]
    line = pd.concat([never.assign(scenario=name) for name in remedies.ALONG_PRIDE])
    line = line.assign(last_ci_low=line["last"] - 0.1, last_ci_high=line["last"] + 0.1)
    assert b"<svg" in svg(league.pride(pd.DataFrame(line[line["seed"] == 0]), enough))
    table = pd.DataFrame({"scenario": [remedies.NOTHING_PAID, remedies.COUNT], "pride": 0.3, "usefulness": [0.4, 0.1]})
    assert remedies.answer(table, enough).endswith("count alone never.")


def test_the_column_of_checks_is_headed_as_the_share_that_it_is():
    rows = [{"scenario": "audits, a tenth", "pride": pride, "usefulness": 0.5, "worst": 0.4} for pride in remedies.PRIDES]
    table = remedies.league_table(pd.DataFrame(rows).assign(seed=0, best=0.9))
    said = [text.get_text() for text in league.table(table).axes[0].texts]
    assert said == ["10%", "share\nchecked"]
    assert "fulfilment" in league.caption(20, 0.9).partition("Share checked: ")[2]


def test_every_line_along_pride_has_words_in_the_figure():
    assert set(league.ALONG_PRIDE) == set(remedies.ALONG_PRIDE)


def test_the_answer_counts_what_does_better_than_paying_for_nothing():
    table = pd.DataFrame(
        {
            "scenario": ["metric: joints", "policy: measure_only", "metric: count"] * 2,
            "pride": [0.3] * 3 + [0.0] * 3,
            "usefulness": [0.9, 0.4, 0.1, 0.3, 0.35, 0.0],
        }
    )
    assert remedies.answer(table, pd.DataFrame({"scenario": ["metric: count"], "enough": [0.9]})) == (
        "Better than paying for nothing: with pride 0.3, 1 of 2 (best metric: joints, 0.90); with pride 0, 0 of 2; "
        "count alone from pride 0.90 on."
    )
