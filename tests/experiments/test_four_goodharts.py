"""The four kinds of Goodhart's law: signatures of runs that are known, a classifier of known directions, and the decree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.kinds import SIGNATURE, SOUND, learn, signature, tell
from experiments import four_goodharts as four
from experiments.lab.sweep import Keep
from model.decree import decree, decree_run
from model.economy import NailEconomy

NAMES = list(SIGNATURE)


def test_the_signature_of_a_run_made_by_hand():
    """Count doubles and use rises by half at once; then use falls to a tenth, rank is lost, and reports are 20 % too high."""
    months = pd.DataFrame(
        {
            "count": [100.0] * 24 + [200.0] * 36,
            "usefulness": [0.4] * 24 + [0.6] * 12 + [0.1] * 24,
            "correlation_count": [0.5] * 12 + [0.9] * 12 + [0.3] * 24 + [-0.2] * 11 + [np.nan],
        }
    )
    factories = pd.DataFrame({"count": [10.0, 20.0, 30.0], "target": 10.0, "fulfilment": [1.2, 2.4, 3.6]})
    found = signature(months, factories, 24)
    assert list(found) == NAMES
    expected = [0.9, -0.2 * 11 / 12, np.log(2) - np.log(1.5), 0.5, np.log(1.2)]
    assert list(found.values()) == pytest.approx(expected)


@pytest.mark.parametrize("noise", [0.2, 0.6, 0.9])
def test_an_error_of_mean_1_claims_nothing_and_padding_what_it_pads(noise):
    """The median of such errors is below 1, and would say that factories claim too little."""
    months = pd.DataFrame({"count": [100.0] * 36, "usefulness": 0.4, "correlation_count": 0.5})
    rng = np.random.default_rng(0)
    count = rng.lognormal(3, 0.3, 40_000)
    error = rng.lognormal(-(noise**2) / 2, noise, len(count))
    for padding in (0.0, 0.2):
        factories = pd.DataFrame({"count": count, "target": 10.0, "fulfilment": (1 + padding) * count * error / 10})
        overclaim = signature(months, factories, 24)["overclaim"]
        assert overclaim == pytest.approx(np.log(1 + padding), abs=0.03)  # five standard errors at a noise of 0.9


def made(strengths, kinds, seed=0):
    """Signatures that depart from a sound one, each kind in one number of its own and as far as its strength, with a little noise."""
    rng = np.random.default_rng(seed)
    values = np.tile([1.0, 1.0, 0.0, 0.0, 0.0], (len(kinds), 1)) + 0.002 * rng.standard_normal((len(kinds), len(NAMES)))
    for k, (strength, kind) in enumerate(zip(strengths, kinds, strict=True)):
        if kind != SOUND:
            values[k, int(kind)] += strength * (-1 if int(kind) < 2 else 1)
    return pd.DataFrame(values, columns=NAMES)


@given(st.lists(st.tuples(st.floats(0.05, 5.0), st.sampled_from([SOUND, "0", "2", "3", "4"])), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_kinds_are_told_by_direction_whatever_their_strength(cases):
    lessons = [SOUND, SOUND, SOUND, "0", "2", "3", "4"] * 3
    kinds = learn(made([0.3] * len(lessons), lessons), lessons)
    strengths, true = zip(*cases, strict=True)
    told = tell(kinds, made(strengths, true, seed=1))
    wrong = [(kind, other) for kind, other in zip(true, told, strict=True) if kind != other and kind != SOUND]
    assert not wrong


def test_without_a_sound_measure_there_is_nothing_to_tell_others_from():
    with pytest.raises(ValueError, match="none of them is 'sound'"):
        learn(made([1.0], ["2"]), ["2"])


def test_each_kind_is_told_in_runs_of_another_seed():
    """The stronger cases, from the economy itself."""
    rows, kinds = [], []
    for seed in (0, 1, 2):
        for kind, points in four.LEARNED.items():
            given_ = {"capability": 1.0, **four.SWEEP.fixed, "n_factories": 36, **points[-1]}
            frames = decree_run(given_, seed, Keep(factories=(four.HORIZON - 1,)))
            rows.append({"seed": seed, **signature(frames["months"], frames["factories"], four.FROM)})
            kinds.append(kind)
    table, known = pd.DataFrame(rows), np.array(kinds)
    lessons = (table["seed"] < 2).to_numpy()
    told = tell(learn(table[lessons], known[lessons].tolist()), table[~lessons])
    assert told.tolist() == known[~lessons].tolist()


def test_without_a_decree_a_run_is_the_economys_own():
    given_ = {"metric": "count", "target_from": 6, "horizon": 18, "n_factories": 12}
    frames = decree_run({**given_, "thinner": 0.0}, 5, Keep(factories=(11, 17)))
    own = NailEconomy(rng=5, **given_).run()
    pd.testing.assert_frame_equal(frames["months"], own.months, check_exact=True)
    last = frames["factories"].query("month == 17").drop(columns="month").reset_index(drop=True)
    pd.testing.assert_frame_equal(last, own.factory_table(), check_exact=True)


def test_a_decree_moves_the_measure_and_neither_skill_nor_effort():
    """Nobody is paid, so that nobody answers; nails get thinner by what was decreed, and so more are made."""
    given_ = {"policy": "measure_only", "horizon": 24, "capability": 1.0, "n_factories": 60}
    economy = NailEconomy(rng=3, **given_).run()
    before, skill = economy.factory_table(), economy.industry.skill.copy()
    decree(economy, 0.2, seed=3)
    thinner = -np.log(economy.industry.first_diameter_mm / before["first_diameter_mm"])
    assert thinner.min() >= 0
    assert thinner.max() <= 0.4
    assert thinner.mean() == pytest.approx(0.2, abs=0.06)
    assert abs(np.corrcoef(thinner, skill)[0, 1]) < 0.35  # 60 draws that have nothing to do with it
    economy.step()
    np.testing.assert_allclose(economy.industry.diameter_mm, economy.industry.first_diameter_mm)
    months = economy.months
    assert months["count"].iloc[-1] > 1.05 * months["count"].iloc[-2]
    assert months["mean_effort"].iloc[-1] == pytest.approx(months["mean_effort"].iloc[-2], abs=0.03)
    assert months["usefulness"].iloc[-1] <= months["usefulness"].iloc[-2] * 1.02


def test_a_life_has_what_was_reported_over_what_was_made():
    cell = max(k for k, case in enumerate(four.CASES) if case["kind"] == "adversarial" and case["learned"])
    months = pd.DataFrame(
        {"cell": cell, "seed": [0, 1] * 30, "month": np.repeat(range(30), 2), "count": 5.0, "usefulness": 0.5}
    )
    months = months.assign(
        correlation_count=1.0, mean_padding=np.where(months["month"] < four.FROM, 0.0, 0.2 + 0.2 * months["seed"])
    )
    line = four.lives(months).set_index("month")
    assert line["reported"].tolist() == pytest.approx([1.0] * four.FROM + [1.3] * 6)
    assert line["reported_high"].iloc[-1] == pytest.approx(1.38)


def test_praise_for_what_was_made_is_worth_all_of_it():
    rng = np.random.default_rng(0)
    norm = NailEconomy(rng=1).industry.norm.count
    count = norm * rng.lognormal(0, 0.3, len(norm))
    cell = next(k for k, case in enumerate(four.CASES) if case["kind"] == "regressional")
    table = pd.DataFrame({"cell": cell, "seed": 1, "count": count, "target": 2.0, "fulfilment": count / 2})
    (row,) = four.regression(table, {}).to_dict("records")
    assert (row["correlation"], row["worth"]) == pytest.approx((1, 1))
    noise = four.CASES[cell]["strength"]
    assert row["foretold"] == pytest.approx(1 / np.sqrt(1 + (noise / np.log(count / norm).std()) ** 2))
