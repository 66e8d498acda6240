"""The public surface: what scripts and courses rely on."""

import copy
import gc
import pickle
import weakref

import mesa
import numpy as np
import pandas as pd
import pytest

from agents.factory import NailFactory
from agents.planner import Gosplan
from agents.policies import POLICIES
from agents.trust import BuildingTrust
from incentives.bonus import BONUSES
from incentives.metrics import METRICS
from incentives.order import Order
from model.economy import NailEconomy
from model.parameters import Parameters
from model.records import COLUMNS

PROMISED_PARAMETERS = [
    "n_factories",
    "n_trusts",
    "horizon",
    "policy",
    "schedule",
    "menu",
    "target_from",
    "tolerance",
    "patience",
    "metric",
    "bonus",
    "bonus_strength",
    "pride",
    "effort_cost",
    "retooling",
    "breadth",
    "step_size",
    "imitation",
    "growth",
    "ratchet",
    "audit_share",
    "steel_quota",
    "skill_sd",
    "shock_sd",
    "board_median_mm",
    "board_sd",
    "threads",
]
PROMISED_COLUMNS = [
    "month",
    "target",
    "usefulness",
    "count",
    "weight_kg",
    "median_length_mm",
    "median_diameter_mm",
    "median_mass_g",
    "mean_finish",
    "mean_effort",
    "mean_fulfilment",
    "correlation_count",
    "correlation_weight",
    "complaining_share",
    "steel_per_joint_g",
]


def joints_per_kilogram(report):
    return report.joints / report.weight_kg


def test_the_five_lines_of_the_readme():
    economy = NailEconomy(rng=7)
    economy.run()
    months = economy.months
    assert len(months) == 192
    assert months["month"].tolist() == list(range(192))
    assert list(dict.fromkeys(months["target"])) == ["none", "count", "weight"]
    assert [months["target"].tolist().index(target) for target in ("count", "weight")] == [24, 96]
    assert len(economy.factory_table()) == 60


def test_parameters_and_columns_are_those_promised():
    assert set(PROMISED_PARAMETERS) <= set(Parameters.model_fields)
    assert list(COLUMNS)[: len(PROMISED_COLUMNS)] == PROMISED_COLUMNS
    assert list(NailEconomy(rng=7).months.columns) == list(COLUMNS)


def test_there_is_one_row_a_simulated_month_however_it_was_simulated():
    economy = NailEconomy(rng=7, horizon=5)
    assert len(economy.months) == 0
    economy.step()
    assert len(economy.months) == 1
    economy.run_for(2)
    assert len(economy.months) == 3
    economy.run()
    assert len(economy.months) == 5
    economy.run()
    assert len(economy.months) == 5
    assert not economy.running


def test_the_agents_are_mesas():
    economy = NailEconomy(rng=7, n_factories=30, n_trusts=5)
    assert isinstance(economy, mesa.Model)
    assert (len(economy.factories), len(economy.trusts)) == (30, 5)
    assert isinstance(economy.planner, Gosplan)
    assert {type(agent) for agent in economy.agents} == {Gosplan, NailFactory, BuildingTrust}
    assert economy.factories.get("length_mm") == economy.factory_table()["length_mm"].tolist()
    assert economy.factories.select(lambda factory: factory.trust == 2).get("row") == [2, 7, 12, 17, 22, 27]


def test_there_are_no_trusts_without_a_factory():
    assert len(NailEconomy(rng=7, n_factories=5).trusts) == 5


def test_mesas_data_collector_holds_the_same_months():
    economy = NailEconomy(rng=7, horizon=30).run()
    collected = economy.datacollector.get_model_vars_dataframe()
    pd.testing.assert_frame_equal(collected.infer_objects(), economy.months, check_index_type=False, check_dtype=False)


def test_it_can_be_built_with_no_arguments_and_is_freed_when_dropped():
    economy = NailEconomy()
    economy.step()
    gone = weakref.ref(economy)
    del economy
    gc.collect()
    assert gone() is None


def test_a_function_of_a_report_is_a_metric_and_means_policy_single():
    economy = NailEconomy(rng=7, metric=joints_per_kilogram, target_from=2, horizon=5).run()
    assert economy.months["target"].tolist() == ["none"] * 2 + ["joints_per_kilogram"] * 3
    assert economy.parameters.policy == "single"
    assert set(NailEconomy(rng=7, metric=lambda report: report.count, target_from=0, horizon=1).run().months["target"]) == {
        "<lambda>"
    }


def test_paying_by_a_function_is_paying_by_the_metric_of_the_same_name():
    named, own = (
        NailEconomy(rng=7, horizon=60, metric=metric).run().months for metric in ("count", lambda report: report.count)
    )
    pd.testing.assert_frame_equal(named.drop(columns="target"), own.drop(columns="target"), check_exact=True)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("bonus", BONUSES)
def test_every_policy_runs_with_every_bonus(policy, bonus):
    months = NailEconomy(rng=7, policy=policy, bonus=bonus, n_factories=12, target_from=2, horizon=40).run().months
    assert months["usefulness"].between(0, 1).all()


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_the_target_from_the_first_month(metric):
    months = NailEconomy(rng=7, metric=metric, n_factories=12, target_from=0, horizon=30).run().months
    assert set(months["target"]) == {metric}
    assert months["mean_fulfilment"].notna().all()


def test_entries_of_a_schedule_beyond_the_horizon_are_ignored():
    short = NailEconomy(rng=7, horizon=30).run().months
    longer = NailEconomy(rng=7, horizon=30, schedule={24: "count", 96: "weight", 5000: "joints"}).run().months
    pd.testing.assert_frame_equal(short, longer, check_exact=True)


def test_a_policy_is_a_function():
    def count_in_winter(reports, complaints, month):
        return Order("count" if month % 12 < 3 else None)

    months = NailEconomy(rng=7, policy=count_in_winter, horizon=24).run().months
    assert (months["target"] == "count").sum() == 6


def test_an_intervention_acts_from_the_next_month_and_is_kept():
    economy = NailEconomy(rng=7, horizon=40)
    for _ in range(10):
        economy.step()
    economy.intervene(metric="weight", bonus_strength=0.9)
    economy.step()
    economy.intervene(metric=None)
    economy.run()
    assert economy.interventions == [{"month": 10, "metric": "weight", "bonus_strength": 0.9}, {"month": 11, "metric": None}]
    assert economy.months["target"].tolist() == ["none"] * 10 + ["weight"] + ["none"] * 29
    assert economy.months["bonus_strength"].tolist() == [0.5] * 10 + [0.9] * 30


def test_an_intervention_in_a_month_that_is_decided_already_acts_from_the_one_after_and_says_so():
    economy = NailEconomy(rng=7, horizon=13)
    for _ in range(10):
        economy.step()
    economy.decide()
    economy.intervene(metric="weight")
    economy.run()
    assert economy.interventions == [{"month": 11, "metric": "weight"}]
    assert economy.months["target"].tolist() == ["none"] * 11 + ["weight"] * 2


def test_a_policy_with_a_memory_remembers_nothing_of_another_economy():
    class Fickle:
        def __init__(self):
            self.asked = 0

        def __call__(self, reports, complaints, month):
            self.asked += 1
            return Order("count" if self.asked % 24 < 12 else "weight")

    fickle = Fickle()
    first, second = (NailEconomy(rng=7, policy=fickle, n_factories=12, horizon=18).run() for _ in range(2))
    pd.testing.assert_frame_equal(first.months, second.months)
    assert (fickle.asked, first.planner.policy.asked) == (0, 18)


def test_nobodys_policy_can_write_into_reports_or_complaints():
    def forger(reports, complaints, month):
        for column in (reports.count, reports.weight_kg, reports.joints, complaints):
            with pytest.raises(ValueError, match="read-only"):
                column[:] = 1
        return Order("count" if month else None)

    def honest(reports, complaints, month):
        return Order("count" if month else None)

    one, other = (
        NailEconomy(rng=7, horizon=4, policy=policy, padding_limit=0.1, tolerance=1.0).run() for policy in (forger, honest)
    )
    pd.testing.assert_frame_equal(one.months, other.months, check_exact=True)


def test_usefulness_is_the_share_of_the_programme_that_holds():
    economy = NailEconomy(rng=7, horizon=30).run()
    fastened, planned = (sum(economy.trusts.get(name)) for name in ("fastened", "programme"))
    assert economy.months["usefulness"].iloc[-1] == pytest.approx(fastened / planned)


def test_the_months_add_up_the_factory_table():
    economy = NailEconomy(rng=7, horizon=30, n_factories=61).run()
    last, table = economy.months.iloc[-1], economy.factory_table()
    assert last["count"] == pytest.approx(table["count"].sum())
    assert last["weight_kg"] == pytest.approx(table["weight_kg"].sum())
    assert last["mean_fulfilment"] == pytest.approx(table["fulfilment"].mean())
    for column in ("length_mm", "diameter_mm", "mass_g"):
        assert last[f"median_{column}"] == pytest.approx(table[column].median())
    real_use = table["joints"] / economy.industry.norm.joints
    expected = (table["count"] / economy.industry.norm.count).corr(real_use, method="spearman")
    assert last["correlation_count"] == pytest.approx(expected)
    assert last["steel_per_joint_g"] == pytest.approx(1000 * table["weight_kg"].sum() / sum(economy.trusts.get("fastened")))


@pytest.mark.parametrize("change", ["schedule", "ratchet", "by hand"])
def test_fulfilment_is_last_months_whatever_is_asked_for_next(change):
    schedule = {0: "count", 12: "weight"} if change == "schedule" else {0: "count"}
    economy = NailEconomy(rng=7, horizon=12, n_factories=12, schedule=schedule).run()
    before = economy.factory_table()
    if change == "by hand":
        economy.planner.targets *= 2
    economy.decide()
    after = economy.factory_table()
    assert (after["target"] != before["target"]).all()
    pd.testing.assert_series_equal(after["fulfilment"], before["fulfilment"])
    assert after["fulfilment"].mean() == pytest.approx(economy.months["mean_fulfilment"].iloc[-1])


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("metric", ["count", lambda report: report.count], ids=["name", "lambda"])
def test_a_copy_goes_on_by_itself(copied, metric):
    economy = NailEconomy(rng=7, n_factories=12, metric=metric, target_from=3, horizon=12)
    for _ in range(6):
        economy.step()
    other = copied(economy)
    other.intervene(bonus_strength=0.0)
    other.planner.mood = "mild"
    assert (len(other.run().months), len(economy.months), economy.interventions) == (12, 6, [])
    assert other.factories.to_list()[0].model is other
    alone = NailEconomy(rng=7, n_factories=12, metric=metric, target_from=3, horizon=12).run()
    pd.testing.assert_frame_equal(economy.run().months, alone.months, check_exact=True)
    assert not hasattr(economy.planner, "mood")
    assert not other.months.equals(economy.months)


@pytest.mark.parametrize(
    ("name", "instead"), [("pride", r"build another, NailEconomy\(pride=...\)"), ("metric", r"economy.intervene\(metric=...\)")]
)
def test_a_parameter_set_on_an_economy_that_is_built_is_refused_with_what_would_do(name, instead):
    economy = NailEconomy(rng=7, n_factories=3)
    with pytest.raises(AttributeError, match=rf"^{name}: an economy that is built does not go by it; {instead}$"):
        setattr(economy, name, 1.0)
    with pytest.raises(AttributeError, match=rf"^{name}: stands in `parameters`, with all that an economy was built with$"):
        getattr(economy, name)
    with pytest.raises(AttributeError, match=rf"^{name}: stays as it was read; build anew, with {name}=1.0$"):
        setattr(economy.parameters, name, 1.0)


def test_a_nameless_function_cannot_be_pickled_and_that_is_said_in_one_line():
    economy = NailEconomy(rng=7, metric=lambda report: report.count)
    with pytest.raises(pickle.PicklingError, match="give a function that a module defines by name") as refusal:
        pickle.dumps(economy)
    assert "\n" not in str(refusal.value)


def test_a_metric_that_runs_out_of_numbers_is_told_with_the_month():
    def fragile(report):
        return np.where((report.count > 1.5e7) & (report.count < 7e8), np.nan, report.count)

    with pytest.raises(ValueError, match=r"^metric 'fragile': .* in month \d+$"):
        NailEconomy(rng=7, metric=fragile, target_from=0).run()
