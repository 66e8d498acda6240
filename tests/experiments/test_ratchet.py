"""Planning from the achieved level: what is foretold of effort is what pays best, and what the experiment makes of known runs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.outlook import worth
from experiments import ratchet
from incentives.order import Order
from incentives.report import Report
from model.economy import NailEconomy
from nails.machine import nails_by_hours


@given(discount=st.none() | st.floats(0.05, 3.0), share=st.floats(0.1, 1.0), cost=st.just(0.3) | st.floats(0.0, 3.0))
@settings(max_examples=60, deadline=None)
def test_the_effort_foretold_is_the_best_paid_of_all_once_the_target_has_caught_up(discount, share, cost):
    """Of a fine grid of efforts, by the bonus as the factories reckon it and the cost of effort."""
    growth = ratchet.DEFAULT["growth"]
    foretold = ratchet.foretold_effort(discount, share, cost)
    output = nails_by_hours(1.0, 1.0, foretold)
    order = Order("count", "linear", ratchet.DEFAULT["bonus_strength"], 0.0, np.array([output / (1 - growth / share)]))
    effort = np.linspace(max(foretold - 0.05, 0), min(foretold + 0.05, 1), 2001)
    made = nails_by_hours(1.0, 1.0, effort)
    bonus = worth(order, Report(made, made, made), discount=discount, growth=growth, ratchet=share, impatience=0.0)
    best = effort[np.argmax(bonus - cost * effort**2)]
    assert best == pytest.approx(foretold, abs=0.01)


def test_with_no_ratchet_to_catch_up_nothing_is_foretold():
    assert np.isnan(ratchet.foretold_effort(0.1, 0.0))


@pytest.mark.parametrize(("discount", "held_back"), [(None, False), (0.1, True)])
def test_factories_come_to_the_effort_foretold(discount, held_back):
    economy = NailEconomy(rng=4, n_factories=36, metric="joints", target_from=0, horizon=84, discount=discount)
    effort = economy.run().months["mean_effort"].iloc[-12:].mean()
    assert effort == pytest.approx(ratchet.foretold_effort(discount, 0.5), abs=0.02)
    assert (effort < 0.3) == held_back


def lived(first_cell, efforts, finishes=None):
    """Months of runs whose effort is known: one cell after another, two seeds, `efforts` by month of the year."""
    month = np.arange(ratchet.HORIZON)
    place = (month - ratchet.FROM) % 12
    runs = []
    for k, effort in enumerate(efforts):
        for seed in (0, 1):
            by_month = np.broadcast_to(effort, 12)[place] + 0.01 * seed
            finish = 1 - by_month if finishes is None else np.broadcast_to(finishes[k], 12)[place]
            runs.append(
                pd.DataFrame(
                    {
                        "cell": first_cell + k, "seed": seed, "month": month, "mean_effort": by_month, "mean_finish": finish,
                        "usefulness": 0.5 * by_month, "count": np.where(month < ratchet.FROM, 100.0, 200.0 * by_month),
                    }
                )
            )  # fmt: skip
    return pd.concat(runs, ignore_index=True)


def test_what_is_held_back_is_told_seed_by_seed_against_the_short_sighted():
    efforts = [0.2 + (0.4 if point["discount"] is None else 0) for point in ratchet.FAR] + [0.5] * len(ratchet.WEAK)
    ends = ratchet.last_year(lived(0, efforts))
    assert len(ends) == 2 * (len(ratchet.FAR) + len(ratchet.WEAK))
    table = ratchet.sandbagging(ends[(ends["metric"] == "count") & (ends["ratchet"] == ratchet.WEAK_RATCHET)])
    far, weak = table[(table["discount"] < np.inf) & ~table["weak"]], table[table["weak"]]
    assert far[["held_back", "held_back_ci_low", "held_back_ci_high"]].to_numpy() == pytest.approx(0.4)
    assert far["gained"].to_numpy() == pytest.approx(-0.2)
    assert weak["held_back"].to_numpy() == pytest.approx(0.1)
    assert table.loc[table["discount"] == np.inf, "held_back"].to_numpy() == pytest.approx(0)
    assert table.loc[table["weak"], "count_index"].to_numpy() == pytest.approx(1.01)


def test_a_storm_is_told_from_the_sixth_to_the_last_month_of_the_plan_year():
    storm = np.array([0.5, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    rows = ratchet.storming(ratchet.plan_years(lived(len(ratchet.FAR) + len(ratchet.WEAK), [storm] * len(ratchet.STORM))))
    assert len(rows) == len(ratchet.STORM)
    assert rows["effort"].to_numpy() == pytest.approx(0.5)
    assert rows["finish"].to_numpy() == pytest.approx(-0.5)
    assert rows["output"].to_numpy() == pytest.approx(0.5 * np.mean([1 / (storm.mean() + x) for x in (0, 0.01)]))
