"""A month of the industry, and a factory as a view on its row."""

import pickle
import tracemalloc

import numpy as np
import pytest

from agents.factory import NailFactory
from agents.industry import FIRST_EFFORT, FIRST_FINISH
from incentives.order import Order
from model.economy import NailEconomy
from nails.geometry import mass
from nails.joint import suitability
from nails.machine import nails_made


def economy(**parameters):
    return NailEconomy(**{"n_factories": 24, "rng": 3, **parameters})


def first(some):
    return some.factories.to_list()[0]


def test_a_factory_starts_with_a_catalogue_nail_decently_made_without_haste():
    table = economy().factory_table()
    assert set(table["finish"]) == {FIRST_FINISH}
    assert set(table["effort"]) == {FIRST_EFFORT}
    np.testing.assert_array_equal(table["length_mm"], table["first_length_mm"])


def test_output_is_what_the_machine_makes_of_the_plan_and_of_luck():
    some = economy(shock_sd=0.0)
    some.step()
    row = some.factory_table().iloc[5]
    grams = mass(row["length_mm"], row["diameter_mm"])
    count = nails_made(grams, row["finish"], row["effort"], row["skill"], some.industry.steel_quota_kg)
    suits = suitability(row["length_mm"], row["diameter_mm"], row["finish"], row["board_mm"])
    assert row["count"] == pytest.approx(count)
    assert row["weight_kg"] == pytest.approx(count * grams / 1000)
    assert row["joints"] == pytest.approx(count * suits)


def test_nobody_gets_more_steel_than_the_quota_and_lumps_get_exactly_that():
    some = economy(schedule={0: "weight"}, horizon=100).run()
    table = some.factory_table()
    assert table["weight_kg"].max() == some.industry.steel_quota_kg


def test_revising_one_row_is_what_a_full_revision_does_to_it():
    order, everyone, one = Order(), economy(), economy()
    everyone.industry.revise(order)
    one.industry.revise(order, rows=[7])
    np.testing.assert_array_equal(one.industry.plan[:, 7], everyone.industry.plan[:, 7])
    others = np.arange(24) != 7
    np.testing.assert_array_equal(one.industry.plan[:, others], economy().industry.plan[:, others])


def test_a_factory_can_revise_by_itself():
    some, full = economy(), economy()
    some.factories.to_list()[7].revise()
    full.industry.revise(Order())
    np.testing.assert_array_equal(some.industry.plan[:, 7], full.industry.plan[:, 7])


def test_what_is_set_by_hand_is_where_the_next_month_starts_from():
    """Nothing moves with a step of no size, so the month is made with exactly what was set."""
    some = economy(step_size=0.0, imitation=0.0, shock_sd=0.0)
    factory = first(some)
    factory.length_mm, factory.diameter_mm, factory.effort = 80.0, 3.0, 1.0
    some.step()
    row = some.factory_table().iloc[0]
    assert (row["length_mm"], row["diameter_mm"], row["effort"]) == (80.0, 3.0, 1.0)
    assert row["count"] == pytest.approx(nails_made(mass(80.0, 3.0), FIRST_FINISH, 1.0, row["skill"]))


def test_what_is_set_between_choosing_and_producing_is_produced():
    some = economy(shock_sd=0.0)
    some.industry.revise(Order())
    some.industry.effort[0] = 0.0
    report = some.industry.produce()
    row = some.factory_table().iloc[0]
    assert report.count[0] == pytest.approx(nails_made(row["mass_g"], row["finish"], 0.0, row["skill"]))


def test_what_is_set_between_choosing_and_producing_takes_little_memory_though_factories_are_many():
    some = economy(n_factories=200_000, threads=1)
    some.industry.effort[0] = 0.0
    tracemalloc.start()
    some.industry.produce()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most / some.industry.n < 100  # bytes a factory, of which its report takes 24


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("effort", 1.01),
        ("effort", True),
        ("finish", -0.1),
        ("finish", np.True_),
        ("finish", np.ones((9, 9))),
        ("length_mm", 4),
        ("diameter_mm", float("nan")),
        ("skill", "high"),
    ],
)
def test_what_the_machine_cannot_do_is_refused_in_one_line(name, value):
    with pytest.raises(ValueError, match=rf"^{name}: got .*; it takes a number from [0-9.]+ to [0-9.]+$"):
        setattr(first(economy()), name, value)


def test_a_result_cannot_be_set():
    with pytest.raises(AttributeError, match=r"^pay: is a result"):
        first(economy()).pay = 3


def test_padding_is_set_by_hand_as_far_as_the_economy_lets_factories_pad():
    padder = first(economy(n_factories=3, padding_limit=0.4))
    padder.padding = 0.25
    assert padder.table.padding.tolist() == [0.25, 0.0, 0.0]
    padder.model.industry.produce()
    assert padder.table.report.count[0] == pytest.approx(1.25 * padder.table.made.count[0])
    with pytest.raises(ValueError, match=r"^padding: got 0.5; it takes a number from 0 to 0.4$"):
        padder.padding = 0.5
    with pytest.raises(ValueError, match=r"^padding: the factories of this economy do not pad; "):
        first(economy()).padding = 0.1


def test_a_factory_is_not_removed_to_work_on_unseen():
    with pytest.raises(NotImplementedError, match=r"^a NailFactory is a row of a table, and cannot be removed; "):
        first(economy()).remove()


@pytest.mark.parametrize("row", [0, 99])
def test_there_is_no_factory_beside_those_that_there_are(row):
    some = economy()
    with pytest.raises(ValueError, match=rf"^NailFactory: got row {row}, and each row has its agent already; ") as refusal:
        NailFactory(some, row)
    assert "\n" not in str(refusal.value)
    assert some.factories.get("row") == list(range(some.industry.n))
    assert len(some.agents) == 1 + some.industry.n + len(some.trusts)


def test_a_factory_stays_what_it_is_and_a_trust_too():
    some = economy()
    for agent in (first(some), some.trusts.to_list()[0]):
        with pytest.raises(AttributeError, match=rf"^row: is which {type(agent).__name__} it is, and stays; "):
            agent.row = 5
        assert agent.row == 0
    assert pickle.loads(pickle.dumps(some)).factories.get("row") == some.factories.get("row")


def test_a_slip_in_a_name_is_refused_and_an_attribute_of_ones_own_is_not():
    factory = first(economy())
    with pytest.raises(AttributeError, match=r"^effotr: is no attribute of a NailFactory; did you mean 'effort'\?$"):
        factory.effotr = 0.5
    with pytest.raises(AttributeError, match="did you mean 'length_mm'"):
        factory.length = 60
    with pytest.raises(AttributeError, match=r"^program: .* BuildingTrust; did you mean 'programme'"):
        economy().trusts.set("program", 100)
    factory.mood = "sour"
    factory.mood = "merry"
    assert factory.mood == "merry"


def test_the_terms_of_pay_add_up_to_what_the_factory_went_by():
    some = economy(schedule={0: "count"})
    for _ in range(3):
        some.step()
    for factory in some.factories:
        terms = factory.pay_terms
        assert terms.running == pytest.approx(factory.pay)
        assert terms.effort == pytest.approx(-0.3 * factory.effort**2)
        assert terms.retooling == 0


def test_a_new_design_costs_retooling_once_and_a_new_habit_nothing():
    some = economy()
    rows = slice(0, 24)
    kept, longer, thicker, harder = (some.industry.plan.copy() for _ in range(4))
    longer[0] *= 1.01
    thicker[1] *= 1.01
    harder[3] += 0.01
    assert (some.industry.pay_terms(Order(), kept, rows).retooling == 0).all()
    assert (some.industry.pay_terms(Order(), harder, rows).retooling == 0).all()
    for changed in (longer, thicker):
        assert (some.industry.pay_terms(Order(), changed, rows).retooling == -0.02).all()


def test_plans_that_are_weighed_together_are_paid_as_each_would_be_alone():
    some = NailEconomy(n_factories=24, rng=7)
    rows = slice(0, 24)
    first = some.industry.plan.copy()
    unfinished, longer = first * [[1], [1], [0.5], [1]], first * [[1.1], [1], [1], [1]]
    mixed = np.where(np.arange(24) % 2, unfinished, longer)
    plans = [first, unfinished, longer, mixed]
    together = some.industry.pay_terms(Order(), np.stack(plans, axis=1), rows)
    alone = [some.industry.pay_terms(Order(), plan, rows) for plan in plans]
    np.testing.assert_array_equal(together.pride, [terms.pride for terms in alone])
    boards = some.construction.board_mm[some.industry.trust]
    np.testing.assert_allclose(together.pride, [0.3 * suitability(*plan[:3], boards) for plan in plans], rtol=1e-12)


def test_capability_bounds_how_far_from_its_first_nail_a_factory_goes():
    table = economy(schedule={0: "count"}, capability=1.5, horizon=60).run().factory_table()
    for size in ("length_mm", "diameter_mm"):
        ratio = table[size] / table[f"first_{size}"]
        assert ratio.between(1 / 1.5 - 1e-12, 1.5 + 1e-12).all()
    assert (table["length_mm"] / table["first_length_mm"]).min() < 0.7


@pytest.mark.parametrize("capability", [1.0, 1.2])
def test_no_capability_goes_beyond_the_machine_though_the_first_nail_was_set_there(capability):
    some = economy(schedule={0: "count"}, capability=capability, n_factories=4)
    some.industry.first_length_mm[:2] = 1.0, 900.0
    some.industry.first_diameter_mm[2:] = 0.1, 90.0
    some.step()
    assert some.industry.length_mm[:2].tolist() == [5.0, 400.0]
    assert some.industry.diameter_mm[2:].tolist() == [0.5, 40.0]


def test_factories_that_only_imitate_spread_the_best_paid_plan():
    some = economy(
        step_size=0.0, imitation=1.0, retooling=0.0, pride=0.0, schedule={0: "count"}, shock_sd=0.0, horizon=30
    ).run()
    assert len(set(some.industry.length_mm)) < len(set(economy().industry.length_mm))
