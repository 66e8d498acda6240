"""What the experiments on pay, measures and optimisation conclude from their runs, on runs whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from experiments import best_of_n, incentive_strength, measure_or_target, optimisation_power, quantilisers
from model.economy import NailEconomy

SEEDS = range(8)


def noise(seed):
    return 0.01 * np.random.default_rng(seed).normal(size=len(VALUES))


VALUES = np.array(optimisation_power.POWERS["capability"], dtype=float)


def runs(curve, target="count"):
    """Runs in which usefulness follows a curve of capability, and the metric rises."""
    parts = [
        pd.DataFrame({"value": VALUES, "usefulness": curve(VALUES) + noise(seed), "count_index": VALUES, "seed": seed})
        for seed in SEEDS
    ]
    return pd.concat(parts, ignore_index=True).assign(power="capability", target=target)


def test_a_collapse_at_once_is_a_break_of_its_size_at_its_place():
    found = optimisation_power.transition(runs(lambda v: np.where(v < 1.45, 0.8, 0.1)))
    assert found["gain"] > 10
    assert 1.4 < found["break_at"] < 1.5
    assert found["jump"] == pytest.approx(-0.7, abs=0.05)
    assert found["breaks"] > 0.7
    assert found["rises"]


def test_a_slow_decline_is_no_break_and_says_where_it_falls():
    found = optimisation_power.transition(runs(lambda v: 0.8 - 0.3 * np.log(v)))
    assert found["gain"] < 10
    assert found["turn"] == pytest.approx(1, abs=0.11)
    assert found["fell"] == pytest.approx(0.3 * np.log(10), abs=0.05)
    assert found["falls_from"] == pytest.approx(10**0.1, rel=0.1)
    assert found["falls_to"] == pytest.approx(10**0.9, rel=0.1)


def test_the_aligned_null_has_neither_fall_nor_break():
    found = optimisation_power.transition(runs(lambda v: 0.9 + 0 * v, target="joints"))
    assert found["fell"] < 0.03
    assert found["fell_ci_low"] <= 0 <= found["fell_ci_high"]
    assert found["gain"] < 10


def test_seeds_differ_most_where_they_were_made_to():
    ends = runs(lambda v: 0.5 + 0 * v)
    ends.loc[ends["value"] == 1.35, "usefulness"] += 0.3 * (ends["seed"] % 2)
    assert optimisation_power.transition(ends)["widest"] == 1.35


def test_the_best_strength_is_the_one_it_was_made_to_be():
    rows = [
        (pride, s, seed, 0.5 - (s - best) ** 2)
        for pride, best in ((0.3, 0.1), (0.0, 0.0))
        for s in (0.0, 0.1, 0.5)
        for seed in SEEDS
    ]
    best = incentive_strength.best_strengths(pd.DataFrame(rows, columns=["pride", "bonus_strength", "seed", "usefulness"]))
    assert best["best_strength"].tolist() == [0.1, 0.0]
    assert best["gain_over_none"].tolist() == pytest.approx([0.01, 0])
    assert best["gain_over_strongest"].tolist() == pytest.approx([0.16, 0.25])
    assert incentive_strength.answer(best).endswith("without pride; at strength 0.5 it is 0.34 and 0.25.")


def test_where_strength_changes_nothing_the_best_is_no_better_than_no_pay():
    """Of 13 strengths one is best by luck alone; the ordinary interval of its gain is above 0 in every fifth sample."""
    kept = []
    for sample in range(60):
        luck = np.random.default_rng(sample).normal(0.5, 0.05, (20, len(incentive_strength.STRENGTHS)))
        wide = pd.DataFrame(luck, index=pd.Index(range(20), name="seed"), columns=incentive_strength.STRENGTHS)
        ends = wide.melt(var_name="bonus_strength", value_name="usefulness", ignore_index=False).reset_index().assign(pride=0)
        (row,) = incentive_strength.best_strengths(ends).to_dict("records")
        kept.append(row["gain_over_none_ci_low"] <= 0)
    assert np.mean(kept) >= 0.9


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda s: 0.9 * np.exp(-6 * s), "falls most steeply at 0.0125"),
        (lambda s: np.interp(s, [0.15, 0.175, 0.5], [0.9, 0.85, 0.525]), "falls most steeply at 0.162"),
        (lambda s: 0.9 - s, "falls evenly"),
    ],
    ids=["at once", "in the narrowest step", "evenly"],
)
def test_usefulness_falls_most_steeply_where_it_falls_most_for_each_unit_of_strength(use, words):
    """From 0.175 on a step is up to four times as wide, and takes more in all."""
    rows = [(0.3, s, seed, use(s)) for s in incentive_strength.STRENGTHS for seed in SEEDS]
    columns = ["pride", "bonus_strength", "seed", "usefulness"]
    (row,) = incentive_strength.best_strengths(pd.DataFrame(rows, columns=columns)).to_dict("records")
    assert incentive_strength.findings(row).endswith(f"; {words}")


def test_pay_that_never_harms_is_said_to_fall_nowhere():
    rows = [(0.3, s, seed, s) for s in (0.0, 0.1, 0.5) for seed in SEEDS]
    (row,) = incentive_strength.best_strengths(
        pd.DataFrame(rows, columns=["pride", "bonus_strength", "seed", "usefulness"])
    ).to_dict("records")
    assert row["best_strength"] == 0.5 and incentive_strength.findings(row).endswith("; falls nowhere")


def test_the_best_share_is_the_one_it_was_made_to_be_and_is_held_against_the_best_and_the_best_unpaid():
    rows = [
        (pride, pay, share, seed, 0.5 + 0.01 * seed - (share - (best if pay else 1)) ** 2 - pay)
        for pride, best in ((0.3, 0.5), (0.0, 0.1))
        for pay in (0.5, 0.0)
        for share in (0.1, 0.5, 1.0)
        for seed in SEEDS
    ]
    best = quantilisers.best_shares(pd.DataFrame(rows, columns=[*quantilisers.CELL, "seed", "usefulness"]))
    assert best["share"].tolist() == [0.5, 0.1]
    assert best["unpaid_share"].tolist() == [1.0, 1.0]
    assert best["gain_over_best"].tolist() == pytest.approx([0.16, 0])
    assert best["gain_over_unpaid"].tolist() == pytest.approx([-0.5, -0.5])
    assert "any of the best 50% is taken (pride 0.3; -0.50 over no pay)" in quantilisers.answer(best)


def test_quantilisers_are_told_by_their_last_year_their_second_and_all_years_of_pay():
    years = pd.DataFrame({"pride": 0.3, "bonus_strength": 0.5, "quantile": 1.0, "seed": 1, "year": range(10)})
    (row,) = quantilisers.by_run(years.assign(usefulness=years["year"] / 10)).to_dict("records")
    assert (row["usefulness"], row["early"], row["mean"]) == pytest.approx((0.9, 0.3, 0.55))


def test_a_measure_that_is_lost_and_found_again_is_told_so():
    months = sorted({*range(2, measure_or_target.HORIZON, 3), *measure_or_target.CLOSE})
    correlation = [0.9 if m < 30 or m >= 120 else -0.5 for m in months]
    parts = [
        pd.DataFrame({"target": "count", "seed": seed, "month": months, "measure": "count", "correlation": correlation})
        for seed in SEEDS
    ]
    (row,) = measure_or_target.by_span(pd.concat(parts)).to_dict("records")
    assert (row["watched"], row["targeted"], row["afterwards"]) == pytest.approx((0.9, -0.5, 0.9))
    assert (row["lost"], row["regained"]) == pytest.approx((1.4, 1.4))
    assert 5 < row["half_life"] < 6  # good in month 29, bad in month 30, the target from month 24 on


def test_onset_and_gap_are_those_the_runs_were_made_with():
    months = np.arange(measure_or_target.HORIZON)
    use = np.where(
        months < 24, 0.4, np.maximum(0.4 + 0.05 * np.minimum(months - 24, 16 - (months - 24)), 0.2)
    )  # a tent 8 months in
    score = np.where(months < 24, 1.0, 1 + (months - 24) / 12)
    looks = pd.DataFrame({"target": "count", "measure": "count", "month": months, "score": score})
    lived = pd.DataFrame({"scenario": "count", "month": months, "usefulness": use})
    everyone = [[frame.assign(seed=seed) for seed in SEEDS] for frame in (looks, lived)]
    (row,) = measure_or_target.turns(*map(pd.concat, everyone)).to_dict("records")
    assert (row["onset"], row["onsets"]) == (8, 1)
    assert row["gap"] == pytest.approx(score[48:60].mean() - 0.2 / 0.4)


@pytest.fixture(scope="module")
def economy():
    return NailEconomy(n_factories=24, policy="measure_only", horizon=24, rng=0).run()


@pytest.mark.parametrize("metric", best_of_n.METRIC_NAMES)
def test_more_draws_choose_a_higher_metric_and_leave_habits_alone(economy, metric):
    habits = economy.industry.plan.copy()
    outcome = np.array(best_of_n.best_of_draws(economy, metric, 0.4, seed=0))
    assert (np.diff(outcome[:, 1]) > -0.03 * outcome[1:, 1]).all()  # a month's luck is left
    assert outcome[-1, 1] > 1.5 * outcome[0, 1]
    assert (economy.industry.plan == habits).all()


def test_where_designs_are_held_the_best_of_many_draws_is_a_nail_of_the_first_size():
    held = NailEconomy(n_factories=24, policy="measure_only", capability=1.0, rng=0)
    outcome = np.array(best_of_n.best_of_draws(held, "weight", 0.8, seed=0))
    assert outcome[-1, 1] < 2  # effort and finish alone; a machine's largest nail weighs hundreds of times as much


def test_the_best_by_joints_is_the_most_useful(economy):
    by_joints = np.array(best_of_n.best_of_draws(economy, "joints", 0.4, seed=0))[:, 0]
    assert (np.diff(by_joints) > -0.02).all()
    for metric in ("count", "weight"):
        assert (by_joints[1:] > np.array(best_of_n.best_of_draws(economy, metric, 0.4, seed=0))[1:, 0]).all()
