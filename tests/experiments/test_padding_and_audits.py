"""Padding: what the experiment says of factories whose padding is known, and a few of the economy's own."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import padding_and_audits as padding
from model.economy import NailEconomy


def obedient(penalty, seeds=2, n=200):
    """Factories spread evenly over fulfilment that pad exactly as theory says."""
    true = (np.arange(n) + 0.5) / n * 1.1
    pads = (true > 1 - 1 / penalty) & (true < 1)
    one = pd.DataFrame(
        {
            "designs": "taut", "penalty": penalty, "month": padding.FROM + 11,
            "count": 100 * true, "target": 100.0, "padding": np.where(pads, 1 / true - 1, 0.0),
        }
    )  # fmt: skip
    return pd.concat([one.assign(seed=seed) for seed in range(seeds)])


@given(st.floats(1.05, 30.0))
@settings(max_examples=10, deadline=None)
def test_those_who_obey_theory_are_found_to(penalty):
    (row,) = padding.threshold(padding.nearness(obedient(penalty))).to_dict("records")
    assert (row["agree"], row["above"]) == (1, 0)
    assert row["below"] == 0 or row["n_below"] == 0
    if row["n_between"]:
        assert row["between"] == 1
        assert row["claim"] == pytest.approx(1)


def test_those_who_never_pad_agree_only_outside_the_threshold():
    (row,) = padding.threshold(padding.nearness(obedient(2.0).assign(padding=0.0))).to_dict("records")
    assert row["between"] == 0
    assert row["agree"] == pytest.approx(1 - 0.5 / 1.1, abs=0.01)
    assert np.isnan(row["claim"])


def test_the_share_that_pads_is_told_by_steps_of_fulfilment():
    line = padding.by_fulfilment(padding.nearness(obedient(4.0, n=220)))
    assert line["factories"].sum() == 2 * 220
    assert line.loc[line["true"].between(0.75, 1), "pads"].tolist() == [1.0] * 5
    assert line.loc[line["true"] < 0.75, "pads"].tolist() == [0.0] * 15


def test_every_point_has_a_label_that_tells_its_penalty():
    assert len(padding.LABELS) == len(padding.POINTS) == padding.SWEEP.n_cells
    for label, point in zip(padding.LABELS, padding.POINTS, strict=True):
        assert label["bonus"] == point["bonus"]
        assert (label["designs"] == "free") == (point["capability"] is None)
        if np.isinf(label["penalty"]):
            assert point["padding_limit"] == 0
        else:
            assert point["fine"] * padding.INSPECTION == pytest.approx(label["penalty"] * padding.STRENGTH)


@pytest.mark.parametrize("penalty", [0.9, 1.1])
def test_under_a_linear_bonus_all_pad_or_nobody_does(penalty):
    point = {"capability": 1.0, "padding_limit": 0.3, "fine": padding.fine(penalty), "inspection": padding.INSPECTION}
    table = NailEconomy(rng=2, n_factories=24, metric="count", target_from=6, horizon=60, **point).run().factory_table()
    expected = 0.3 if penalty < 1 else 0.0
    assert table["padding"].to_numpy() == pytest.approx(expected, abs=0.02)


def test_where_padding_is_too_dear_effort_rises_as_factories_see_fewer_plans_worth_a_look():
    """Half of what they consider pads, so that twice the breadth takes most of the rise away; seeds and bound were fixed first."""

    def effort(**settings):
        paid = {"metric": "count", "target_from": 24, "horizon": padding.HORIZON, "bonus": "threshold"}
        runs = [NailEconomy(rng=seed, **paid, **settings).run() for seed in range(100, 106)]
        return np.mean([run.months["mean_effort"].to_numpy()[-12:].mean() for run in runs])

    dear = {"padding_limit": padding.LIMIT, "inspection": padding.INSPECTION, "fine": padding.fine(2.0)}
    honest = effort()
    rise = effort(**dear) - honest
    assert rise > 0.02
    assert abs(effort(**dear, breadth=16) - honest) < rise / 3
    assert effort(breadth=4) - honest > rise / 3  # as much as looking half as widely does by itself, with nothing to pad


def test_all_and_none_are_said_where_it_is_so_to_the_last_one():
    held = padding.threshold(padding.nearness(obedient(2.0)))
    for cheap, dear, told in (
        (1.0, 0.0, ("all of the factories", "none of them")),
        (0.999, 0.001, ("at least 99% of", "at most 1% of")),
    ):
        table = pd.DataFrame({"bonus": "linear", "penalty": [0.5, 2.0], "at_limit": [cheap, dear]})
        answer = padding.answer(table, held)
        assert all(words in answer for words in told)
