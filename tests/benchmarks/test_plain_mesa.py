"""Two readings of the specification, ours in columns and the plain one in objects, live the same months."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from agents.search import Look, look_around
from agents.streams import Purpose
from benchmarks.plain_mesa import BREADTH, Draws, PlainEconomy
from model.economy import NailEconomy

MONTHS = 24
STORY = {"n_factories": 24, "n_trusts": 5, "rng": 7}
NO_TIES = {"n_factories": 7, "n_trusts": 7, "rng": 22}  # seven first nails: at the quota no two weights over norms are equal


def the_draws_of(economy: NailEconomy) -> Draws:
    """What an economy in columns draws, for one in objects, number by number. Only this knows how streams are laid out."""
    streams, n, shock_sd = economy.industry.streams, economy.industry.n, economy.parameters.shock_sd

    def draw(purpose: Purpose, sample: Any) -> Iterator[Any]:
        for month in range(MONTHS):
            yield streams.draw(purpose, month, slice(0, n), n, sample)

    def looks() -> Iterator[tuple[Any, ...]]:
        """The looks of every factory in turn, month after month: one row of each of a Look's arrays."""
        for arrays in draw(Purpose.SEARCH, lambda rng, m: look_around(rng, m, k=4, breadth=BREADTH, n_rows=n)):
            look = Look(*arrays)
            for row in range(n):
                yield look.moves[..., row].T, look.new_design[:, row], look.mood[row], look.peers[:, row]

    def imitates(mood: float) -> bool:
        return mood < economy.parameters.imitation

    def moves() -> Iterator[float]:
        for moves, new_design, mood, _ in looks():
            for k in range(BREADTH - imitates(mood)):
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
        coins=(sum(int(new) << k for k, new in enumerate(new_design)) for _, new_design, _, _ in looks()).__next__,
        uniform=(float(mood) for _, _, mood, _ in looks()).__next__,
        peer=peers().__next__,
    )


@pytest.mark.parametrize(
    ("size", "schedule"),
    [(STORY, {6: "count", 15: "weight"}), (NO_TIES, {0: "weight", 20: None, 22: "count"}), (STORY, {})],
    ids=["count then weight", "weight to the quota", "measured only"],
)
def test_one_object_a_factory_and_one_column_a_fact_give_the_same_months(size, schedule):
    ours = NailEconomy(**size, schedule=schedule)
    plain = PlainEconomy(**size, schedule=schedule, draws=the_draws_of(ours))
    for _ in range(MONTHS):
        ours.step()
        plain.step()

    for column in ours.months.columns:
        if column == "target":
            assert plain.months[column].tolist() == ours.months[column].tolist()
        else:
            np.testing.assert_allclose(plain.months[column], ours.months[column], rtol=1e-9, atol=0, err_msg=column)
    table = ours.factory_table()
    for column, attribute in {
        "length_mm": "length",
        "diameter_mm": "diameter",
        "finish": "finish",
        "effort": "effort",
        "pay": "pay",
        "joints": "joints",
    }.items():
        mine = [getattr(factory, attribute) for factory in plain.factories]
        np.testing.assert_allclose(mine, table[column], rtol=1e-9, atol=1e-12, err_msg=column)


def test_the_plain_economy_needs_no_help_to_tell_the_story():
    economy = PlainEconomy(n_factories=24, schedule={2: "count"}, rng=7)
    for _ in range(60):
        economy.step()
    first, last = economy.months.iloc[1], economy.months.iloc[-1]
    assert last["count"] > 3 * first["count"]
    assert last["median_mass_g"] < first["median_mass_g"] / 4
    assert last["usefulness"] < first["usefulness"]
