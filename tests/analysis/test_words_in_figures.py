"""That figures say in words what their lines and marks are."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis import four_kinds, learning, padding, sensitivity


def texts(figure: Figure) -> list[list[str]]:
    """What is written in each panel."""
    return [[text.get_text() for text in axes.texts] for axes in figure.axes]


def with_bands(table, *columns):
    return table.assign(**{f"{c}_low": table[c] - 0.1 for c in columns}, **{f"{c}_high": table[c] + 0.1 for c in columns})


def learned(rewards=("observed", "hidden")):
    rows = [
        {"reward": reward, "power": power, "episodes": episodes, "observed": power, "hidden": 1 / (1 + power)}
        for reward, power, episodes in itertools.product(rewards, (0.5, 1.0, 2.0), (0, 16, 32))
    ]
    return with_bands(pd.DataFrame(rows), "observed", "hidden")


def test_both_lines_of_both_rewards_say_what_was_learned_from():
    above, on_the_way, below, _ = texts(learning.power(learned(), (0.5, 1.0, 2.0)))
    assert set(above) == set(below) == {"learned\nfrom pay", "learned\nfrom use"}
    assert set(on_the_way) == {"power 1/2", "power 1", "power 2"}


def test_where_nothing_was_learned_from_use_no_line_says_so():
    above, *_ = texts(learning.power(learned(("observed",)), (0.5, 1.0, 2.0)))
    assert above == ["learned\nfrom pay"]


def test_no_interval_of_an_index_is_cut_off():
    row = {"outcome": "peak", "parameter": "pride", "first": 0.5, "first_ci_low": -0.3, "first_ci_high": 0.9}
    table = pd.DataFrame([row | {"total": 0.9, "total_ci_low": 0.6, "total_ci_high": 1.3}])
    for outcomes in (table, pd.concat([table.assign(outcome="collapse", total_ci_high=0.95, first_ci_low=0.1), table])):
        for axes in sensitivity.indices(outcomes).axes:
            low, high = axes.get_xlim()
            assert low < -0.3 and high > 1.3


def test_pale_bars_are_explained_where_there_are_some():
    for fewest, said in ((6, True), (30, False)):
        line = pd.DataFrame({"penalty": 2.0, "true": [0.1, 0.3, 0.5], "pads": 0.5, "factories": [40, 50, fewest]})
        assert ("pale: fewer than\n20 factories" in texts(padding.who_pads(line))[-1]) == said


def test_both_bonuses_are_named_at_their_lines():
    rows = itertools.product(("linear", "threshold"), ("free", "held"), (0.0, 1.0, 2.0, np.inf))
    table = pd.DataFrame(rows, columns=["bonus", "designs", "penalty"])
    table = table.assign(padding=0.2, effort=0.4, usefulness=0.6)
    panels = texts(padding.penalties(with_bands(table, "padding", "effort", "usefulness")))
    assert ["linear bonus", "threshold bonus"] in panels


def test_each_group_of_blinded_runs_names_its_kind_once():
    kinds = ["sound", "causal"]
    rows = [
        {"kind": kind, "switch": "thinner", "strength": s, "rightly": 1.0, "taken_for": ""}
        for kind in kinds
        for s in (0.1, 0.2)
    ]
    counts = pd.DataFrame([[2, 0], [0, 2]], index=kinds, columns=kinds)
    assert texts(four_kinds.confusion(counts, pd.DataFrame(rows)))[1] == kinds


def test_the_dotted_line_that_nails_went_beyond_is_named():
    rows = itertools.product(("count", "weight"), (1.0, 4.0), ("learned", "looks around"), (24, 25))
    line = pd.DataFrame(rows, columns=["metric", "power", "who", "month"])
    far = np.where(line["metric"] == "count", 0.02, 300.0)
    line = line.assign(mass=np.where(line["month"] == 24, 1.0, far), observed=1.0, hidden=0.5, effort=0.5)
    by_count, by_weight, *others = texts(learning.paths(with_bands(line, "mass", "observed", "hidden", "effort"), 10.0))
    assert (by_count, by_weight) == (["10 times lighter"], ["10 times heavier"])
    assert not any(others)


def lived(reported):
    rows = itertools.product(reported, (0, 24, 47))
    line = pd.DataFrame(rows, columns=["kind", "month"])
    line = line.assign(usefulness=0.5, correlation=0.8, reported=line["kind"].map(reported))
    return with_bands(line, "usefulness", "correlation", "reported")


@pytest.mark.parametrize(
    ("reported", "title"),
    [
        ({"sound": 1.0, "adversarial": 1.6}, "More is reported than made in 1 of 2 lives: adversarial"),
        ({"sound": 1.3, "adversarial": 1.6}, "More is reported than made in 2 of 2 lives: sound, adversarial"),
        ({"sound": 1.0, "adversarial": 1.0}, "More is reported than made in 0 of 2 lives"),
    ],
)
def test_lives_say_where_reports_are_false_and_name_the_line_that_shows_it(reported, title):
    figure = four_kinds.lives(lived(reported), 24)
    assert figure.get_suptitle() == title
    said = texts(figure)
    assert sum("reported over made" in panel for panel in said) == 1
    assert ("reported over made" in said[1]) == (reported["adversarial"] > reported["sound"])
