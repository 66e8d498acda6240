"""What the experiments on complaints, steel and sensitivity conclude from runs whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from analysis.cycles import period, stays
from experiments import reactive_planner, tight_steel, what_matters_most
from experiments.lab.sample import Sample
from model.economy import NailEconomy


def reacting(targets, usefulness, cell=0, seed=0):
    months = np.arange(len(targets))
    return pd.DataFrame({"cell": cell, "seed": seed, "month": months, "target": targets, "usefulness": usefulness})


def test_a_planner_that_changes_every_seventeen_months_is_told_so():
    months = np.arange(264)
    targets = np.where(months < 24, "none", np.where((months - 24) // 17 % 2 == 0, "count", "weight"))
    swing = 0.3 + 0.2 * np.sin(2 * np.pi * months / 34)
    (row,) = reactive_planner.outcomes(reacting(targets, swing)).to_dict("records")
    assert row["stay"] == 17
    assert row["own_period"] == 34
    assert row["echo"] > 0.8
    assert row["settled"] == 0


def test_a_planner_that_stops_early_has_settled_and_one_that_stops_late_has_not():
    for last, settled in ((60, 1), (250, 0)):
        targets = np.where(np.arange(264) < 24, "none", np.where(np.arange(264) < last, "count", "weight"))
        (row,) = reactive_planner.outcomes(reacting(targets, np.full(264, 0.2))).to_dict("records")
        assert row["settled"] == settled
        assert row["stay"] == last - 24


def test_noise_and_a_drift_have_no_strong_period():
    noise = np.random.default_rng(0).normal(size=240)
    assert period(noise).strength < 0.35
    assert np.isnan(period(np.exp(-np.arange(240) / 30)).lag)


def test_stays_cover_the_series_without_gaps():
    targets = np.array(["none"] * 3 + ["count"] * 5 + ["weight"])
    starts, ends = stays(targets)
    assert (starts[1:] == ends[:-1]).all()
    assert (ends - starts).tolist() == [3, 5, 1]


@pytest.fixture(scope="module")
def looked_at():
    economy = NailEconomy(n_factories=24, metric="weight", target_from=12, horizon=60, steel_quota=1.0, rng=0).run()
    factories = economy.factory_table().assign(cell=0, seed=0, month=59, scenario="weight")
    given = {0: {"effort_cost": 0.3, "bonus_strength": 0.5, "steel_quota": 1.0}}
    return economy, factories, tight_steel.at_work(factories.assign(steel_quota=1.0), given)


def test_programme_and_quota_told_from_factories_are_the_economys(looked_at):
    economy, _, table = looked_at
    assert table.groupby("trust")["programme"].sum().to_numpy() == pytest.approx(economy.construction.programme)
    assert table["quota_kg"].to_numpy() == pytest.approx(economy.industry.steel_quota_kg)


def test_what_a_lump_earns_is_split_into_effort_saved_and_weight_gained(looked_at):
    _, _, table = looked_at
    same = table["made_kg"] - table["first_kg"] < 1e-9 * table["made_kg"]
    assert (table["gained"][same].abs() < 1e-9).all()  # what the first nail could weigh too gains no weight
    assert (table["first_effort"][~same] == 1).all()  # and beyond that it takes all the effort there is
    assert (table["gained"] > -1e-12).all()


def test_a_first_nail_saves_nothing_and_gains_nothing(looked_at):
    _, factories, _ = looked_at
    plain = factories.assign(
        mass_g=7.85e-3 * np.pi / 4 * factories["first_diameter_mm"] ** 2 * factories["first_length_mm"], steel_quota=100.0
    )
    table = tight_steel.at_work(plain, {0: {"effort_cost": 0.3, "bonus_strength": 0.5, "steel_quota": 100.0}})
    assert table["saved"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert table["gained"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_a_lump_saves_the_cost_of_the_effort_that_its_weight_would_take_with_the_first_nail(looked_at):
    """A nail a thousand times as heavy is made in no time: the first nail could not weigh as much at full effort, 1."""
    _, factories, _ = looked_at
    lumps = factories.assign(mass_g=1000 * factories["mass_g"], effort=0.25, steel_quota=100.0)
    table = tight_steel.at_work(lumps, {0: {"effort_cost": 0.3, "bonus_strength": 0.5, "steel_quota": 100.0}})
    assert table["saved"].to_numpy() == pytest.approx(0.3 * (1 - 0.25**2), rel=1e-12)


def test_idleness_is_all_where_free_effort_leaves_no_lump_and_none_where_it_changes_nothing():
    for free, share in ((0.0, 1.0), (2.0, 0.0)):
        rows = [
            {"scenario": name, "steel_quota": 1.0, "seed": seed, "growth": growth, "saved": share, "gained": 1 - share}
            for seed in range(4)
            for name, growth in (("weight", 2.0), ("weight, effort free", free))
        ]
        (row,) = tight_steel.idleness(pd.DataFrame(rows)).to_dict("records")
        assert row["by_experiment"] == share
        assert row["by_account"] == share


def test_where_there_are_no_lumps_no_share_of_them_is_told():
    rows = [
        {"scenario": name, "steel_quota": 0.1, "seed": 0, "growth": 0.1, "saved": 0.0, "gained": 0.0}
        for name in ("weight", "weight, effort free")
    ]
    assert tight_steel.idleness(pd.DataFrame(rows)).empty


@pytest.fixture(scope="module")
def design():
    sample = Sample("sobol", what_matters_most.POINTS, what_matters_most.RANGES)
    return sample, pd.DataFrame(sample.points(0))


def test_indices_of_a_sum_are_its_shares_of_variance(design):
    sample, points = design
    table = what_matters_most.indices(2 * points["bonus_strength"] + points["pride"], "made", sample).set_index("parameter")
    for name, share in (("bonus_strength", 0.8), ("pride", 0.2), ("breadth", 0)):  # both have the same range
        assert table.loc[name, "first"] == pytest.approx(share, abs=0.08)
        assert table.loc[name, "total"] == pytest.approx(share, abs=0.08)
        assert table.loc[name, "total_ci_low"] <= share <= table.loc[name, "total_ci_high"]


def test_what_matters_only_with_another_has_a_total_index_and_hardly_one_of_its_own(design):
    sample, points = design
    product = (points["bonus_strength"] - 0.5) * (points["pride"] - 0.5)
    table = what_matters_most.indices(product, "made", sample).set_index("parameter")
    assert table.loc["pride", "first"] == pytest.approx(0, abs=0.15)
    assert table.loc["pride", "total"] == pytest.approx(1, abs=0.25)


def test_where_nothing_varies_nothing_is_said_to_matter(design):
    sample, points = design
    assert what_matters_most.indices(np.zeros(len(points)), "made", sample)["total"].isna().to_numpy().all()


def test_peak_collapse_and_recovery_are_those_of_the_series():
    use = np.full(144, 0.4)
    use[30:33], use[60:96], use[110:113] = 0.7, 0.1, 0.3
    use[96:110] = use[113:] = 0.1
    drawn = {name: low for name, (low, _) in what_matters_most.RANGES.items()}
    (row,) = what_matters_most.outcomes(reacting(["count"] * 144, use).assign(**drawn)).to_dict("records")
    assert row["peak"] == pytest.approx(0.3)
    assert row["collapse"] == pytest.approx(1 - 0.1 / 0.7)
    assert row["recovery"] == pytest.approx(0.2)
