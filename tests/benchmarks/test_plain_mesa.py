"""Two readings of the specification, ours in columns and the plain one in objects, live the same months."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.search import Look, look_around
from agents.streams import Purpose
from benchmarks import plain_mesa
from benchmarks.plain_mesa import Draws, PlainEconomy
from incentives.bonus import BONUSES
from incentives.metrics import METRICS
from incentives.report import Report
from model.economy import NailEconomy
from nails.joint import suitability
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM

MONTHS = 24
SIZE = {"n_factories": 24, "n_trusts": 5, "rng": 7}


def the_draws_of(economy: NailEconomy) -> Draws:
    """What an economy in columns draws, for one in objects, number by number. Only this knows how streams are laid out."""
    streams, n, shock_sd = economy.industry.streams, economy.industry.n, economy.parameters.shock_sd
    breadth = economy.parameters.breadth

    def draw(purpose: Purpose, sample: Any) -> Iterator[Any]:
        for month in range(MONTHS):
            yield streams.draw(purpose, month, slice(0, n), n, sample)

    def looks() -> Iterator[tuple[Any, ...]]:
        """The looks of every factory in turn, month after month: one row of each of a Look's arrays."""
        for arrays in draw(Purpose.SEARCH, lambda rng, m: look_around(rng, m, k=4, breadth=breadth, n_rows=n)):
            look = Look(*arrays)
            for row in range(n):
                yield look.moves[..., row].T, look.new_design[:, row], look.mood[row], look.peers[:, row]

    def imitates(mood: float) -> bool:
        return mood < economy.parameters.imitation

    def coins() -> Iterator[bool]:
        for _, new_design, mood, _ in looks():
            yield from new_design[: breadth - imitates(mood)].tolist()

    def moves() -> Iterator[float]:
        for moves, new_design, mood, _ in looks():
            for k in range(breadth - imitates(mood)):
                yield from (moves[k] if new_design[k] else moves[k, 2:]).tolist()

    def peers() -> Iterator[int]:
        for _, _, mood, peers in looks():
            if imitates(mood):
                yield from peers.tolist()

    def shocks() -> Iterator[float]:
        for (normal,) in draw(Purpose.SHOCK, lambda rng, m: (rng.standard_normal(m),)):
            yield from np.exp(shock_sd * normal - shock_sd**2 / 2).tolist()

    return Draws(
        board=iter(economy.construction.board_mm.tolist()).__next__,
        skill=iter(economy.industry.skill.tolist()).__next__,
        shock=shocks().__next__,
        move=moves().__next__,
        coin=coins().__next__,
        uniform=(float(mood) for _, _, mood, _ in looks()).__next__,
        peer=peers().__next__,
    )


RUNS: dict[str, dict[str, Any]] = {
    "count then weight": {"schedule": {6: "count", 15: "weight"}},
    "weight to the quota, a pause, count": {"schedule": {0: "weight", 20: None, 22: "count"}},
    "measured only": {"policy": "measure_only"},
    "capped, without pride": {"schedule": {3: "count"}, "bonus": "capped", "pride": 0.0},
    "audited": {"schedule": {3: "count"}, "audit_share": 0.2, "ratchet": 0.8},
    "joints": {"metric": "joints", "target_from": 4, "bonus": "threshold"},
    "reactive": {"policy": "reactive", "menu": ("gross_value", "count"), "target_from": 1, "patience": 2, "tolerance": 1.0},
    "all imitate, near their first nail": {"schedule": {2: "geometric_mean"}, "imitation": 1.0, "capability": 1.3},
}


@pytest.mark.parametrize("story", RUNS.values(), ids=RUNS)
def test_one_object_a_factory_and_one_column_a_fact_give_the_same_months(story):
    ours = NailEconomy(**SIZE, **story)
    plain = PlainEconomy(**SIZE, **story, draws=the_draws_of(ours))
    for _ in range(MONTHS):
        ours.step()
        plain.step()

    for column in ours.months.columns:
        if column == "target":
            assert plain.months[column].tolist() == ours.months[column].tolist()
        else:
            np.testing.assert_allclose(plain.months[column], ours.months[column], rtol=1e-9, atol=0, err_msg=column)
    if story.get("policy") == "reactive":
        assert set(story["menu"]) < set(ours.months["target"])  # it did change the metric
    factories = pd.DataFrame(
        {
            "length_mm": factory.plan.design.length_mm,
            "diameter_mm": factory.plan.design.diameter_mm,
            "mass_g": factory.plan.design.mass_g,
            "finish": factory.plan.finish,
            "effort": factory.plan.effort,
            "count": factory.count,
            "weight_kg": factory.weight_kg,
            "joints": factory.joints,
            "target": np.nan if factory.target is None else factory.target,
            "pay": factory.pay,
        }
        for factory in plain.factories
    )
    table = ours.factory_table()
    for column in factories:
        np.testing.assert_allclose(factories[column], table[column], rtol=1e-9, atol=1e-12, err_msg=column)


@given(
    length=st.floats(*LENGTH_RANGE_MM), diameter=st.floats(*DIAMETER_RANGE_MM), board=st.floats(10, 60), finish=st.floats(0, 1)
)
def test_both_say_how_well_any_nail_suits_any_board(length, diameter, board, finish):
    grip = min(plain_mesa.holding(length, diameter, board) / plain_mesa.holding(*plain_mesa.ideal_nail(board), board), 1.0)
    assert plain_mesa.suitability(grip, finish) == pytest.approx(suitability(length, diameter, finish, board), rel=1e-9, abs=0)


@pytest.mark.parametrize("name", dict.fromkeys([*plain_mesa.METRICS, *METRICS]))
@given(count=st.floats(1, 1e9), weight_kg=st.floats(1e-3, 1e6), joints=st.floats(0, 1e9))
def test_both_measure_the_same(told_if_new, name, count, weight_kg, joints):
    told_if_new(name, plain_mesa.METRICS)
    report = Report(np.float64(count), np.float64(weight_kg), np.float64(joints))
    assert plain_mesa.METRICS[name](count, weight_kg, joints) == pytest.approx(METRICS[name](report), rel=1e-12)


@pytest.mark.parametrize("name", dict.fromkeys([*plain_mesa.BONUSES, *BONUSES]))
@given(fulfilment=st.floats(0, 100))
@example(1.0)
def test_both_pay_the_same(told_if_new, name, fulfilment):
    told_if_new(name, plain_mesa.BONUSES)
    assert plain_mesa.BONUSES[name](fulfilment) == pytest.approx(BONUSES[name](fulfilment, 1.0), rel=1e-12, abs=1e-15)


def test_the_plain_economy_needs_no_help_to_tell_the_story():
    economy = PlainEconomy(n_factories=24, schedule={2: "count"}, rng=7)
    for _ in range(60):
        economy.step()
    first, last = economy.months.iloc[1], economy.months.iloc[-1]
    assert last["count"] > 3 * first["count"]
    assert last["median_mass_g"] < first["median_mass_g"] / 4
    assert last["usefulness"] < first["usefulness"]
