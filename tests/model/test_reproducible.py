"""Same seed, same months: whatever the threads, the blocks, who is watching, and how often one stops and goes on.

To write the golden table anew, after a change that is meant to change results, and only then:

    uv run python tests/model/test_reproducible.py
"""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.economy import NailEconomy

GOLDEN = Path(__file__).with_name("golden_months.txt")
SOON = {3: "count", 8: "weight"}
ADDED_LATER = ["mean_padding"]  # columns that the golden table is older than


def golden_months():
    """A year of the default economy with both targets early, to six significant digits."""
    months = NailEconomy(rng=7, horizon=12, schedule=SOON).run().months.drop(columns=ADDED_LATER)
    return "\n".join(
        f"month {row['month']}\n"
        + "".join(f"  {name} {value if isinstance(value, str) else f'{value:.6g}'}\n" for name, value in row.items())
        for row in months.to_dict("records")
    )


def test_the_golden_table():
    assert golden_months() == GOLDEN.read_text()


def test_the_same_seed_gives_the_same_months_and_another_gives_others():
    one, again, other = (NailEconomy(rng=rng, horizon=40).run().months for rng in (7, 7, 8))
    pd.testing.assert_frame_equal(one, again, check_exact=True)
    assert not one["usefulness"].equals(other["usefulness"])


def test_a_seed_is_an_int_or_a_seed_sequence_and_zero_is_a_seed():
    first = [
        NailEconomy(rng=rng, n_factories=6).factory_table()["skill"].tolist()
        for rng in (0, np.int64(0), np.random.SeedSequence(0))
    ]
    assert first[0] == first[1] == first[2]
    assert NailEconomy(n_factories=6).factory_table()["skill"].tolist() != first[0]  # None: one from the system


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block_rows", [256, 1000, 1024, 1500, 4096])
def test_neither_threads_nor_the_size_of_blocks_change_a_bit(threads, block_rows):
    def run(threads, block_rows):
        economy = NailEconomy(n_factories=3000, rng=5, schedule={1: "count", 4: "weight"}, horizon=7, threads=threads)
        economy.industry.block_rows = block_rows
        return economy.run()

    plain, other = run(1, 16_384), run(threads, block_rows)
    pd.testing.assert_frame_equal(other.months, plain.months, check_exact=True)
    assert other.industry.plan.tobytes() == plain.industry.plan.tobytes()


def test_watching_changes_nothing():
    watched, unwatched = NailEconomy(rng=7, horizon=30), NailEconomy(rng=7, horizon=30)
    while watched.month < 30:
        watched.step()
        watched.months, watched.factory_table(), watched.datacollector.get_model_vars_dataframe()
        [factory.pay_terms for factory in watched.factories]
    pd.testing.assert_frame_equal(watched.months, unwatched.run().months, check_exact=True)


def test_what_is_set_by_hand_leaves_the_months_gone_by_as_they_were_whether_anybody_had_looked_or_not():
    looked, unlooked = NailEconomy(rng=7), NailEconomy(rng=7)
    for _ in range(5):
        for economy in (looked, unlooked):
            economy.step()
        gone_by = looked.months
        for economy in (looked, unlooked):
            for factory in economy.factories:
                factory.length_mm, factory.effort = 100.0, 1.0
            for trust in economy.trusts:
                trust.programme = 2 * trust.programme
        pd.testing.assert_frame_equal(looked.months, gone_by, check_exact=True)
    pd.testing.assert_frame_equal(looked.months, unlooked.months, check_exact=True)


def test_mesas_own_random_numbers_are_not_ours():
    economy = NailEconomy(rng=7, horizon=30)
    while economy.month < 30:
        economy.random.random()
        economy.rng.random()
        economy.agents.shuffle()
        economy.step()
    pd.testing.assert_frame_equal(economy.months, NailEconomy(rng=7, horizon=30).run().months, check_exact=True)


@pytest.mark.parametrize("stop", [0, 10, 30])
def test_a_run_that_was_pickled_goes_on_as_if_nothing_had_happened(stop):
    economy = NailEconomy(rng=7, horizon=50, policy="reactive", target_from=3, patience=1)
    for _ in range(stop):
        economy.step()
    economy.intervene(bonus_strength=0.9)
    other = pickle.loads(pickle.dumps(economy))
    pd.testing.assert_frame_equal(other.run().months, economy.run().months, check_exact=True)
    assert other.interventions == economy.interventions


def test_two_scenarios_with_one_seed_see_the_same_skills_boards_and_luck():
    """With no search and no imitation output is skill times luck alone: the same whatever is paid for."""
    still = {"step_size": 0.0, "imitation": 0.0, "rng": 7, "horizon": 20}
    one, other = NailEconomy(**still, policy="measure_only").run(), NailEconomy(**still, metric="weight", pride=0.0).run()
    np.testing.assert_array_equal(one.construction.board_mm, other.construction.board_mm)
    np.testing.assert_array_equal(one.industry.skill, other.industry.skill)
    np.testing.assert_array_equal(one.months["count"], other.months["count"])


if __name__ == "__main__":
    GOLDEN.write_text(golden_months())
