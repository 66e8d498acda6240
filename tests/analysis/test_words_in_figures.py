"""That figures say in words what their lines and marks are."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis import cycles, four_kinds, learning, padding, scarcity, sensitivity


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


@pytest.mark.parametrize(
    ("pads", "title"),
    [
        ({0.3: 0.1, 0.6: 0.8, 0.9: 1.0, 1.1: 0.0}, "Where a lie pays 85% of factories pad, elsewhere 5%"),
        ({0.3: 1.0, 0.6: 0.0, 0.9: 0.0, 1.1: 1.0}, "Where a lie pays 0% of factories pad, elsewhere 100%"),
        ({0.3: 1.0, 1.1: 1.0}, "No factory is where a lie would pay"),
    ],
)
def test_who_pads_is_told_by_where_it_pays(pads, title):
    line = pd.DataFrame({"penalty": 2.0, "true": list(pads), "pads": list(pads.values())})
    figure = padding.who_pads(line.assign(factories=np.where(line["true"] == 0.6, 150, 50)))
    assert figure.get_suptitle() == title
    assert texts(figure)[0] == ["a lie pays"]


def test_shares_of_few_factories_are_not_drawn():
    line = pd.DataFrame({"penalty": 2.0, "true": [0.3, 0.6, 0.9], "pads": 0.5, "factories": [40, 19, 20]})
    assert [round(bar.get_x() + bar.get_width() / 2, 6) for bar in padding.who_pads(line).axes[0].patches[1:]] == [0.3, 0.9]


def penalised(padding_by_bonus):
    rows = itertools.product(padding_by_bonus, ("free", "held"), enumerate((0.0, 1.0, 2.0, np.inf)))
    table = pd.DataFrame(
        [
            {"bonus": bonus, "designs": designs, "penalty": penalty, "padding": [*padding_by_bonus[bonus], 0.0][k]}
            for bonus, designs, (k, penalty) in rows
        ]
    )
    return with_bands(table.assign(usefulness=0.2 + 0.5 * (table["bonus"] == "linear")), "padding", "usefulness")


@pytest.mark.parametrize(
    ("by_linear", "told"),
    [
        ((0.4, 0.4, 0.0), "a fine of about 2 × the pay"),
        ((0.4, 0.4, 0.4), "no fine tried"),
    ],
)
def test_penalties_say_what_halves_padding_and_name_both_bonuses_at_their_lines(by_linear, told):
    figure = padding.penalties(penalised({"linear": by_linear, "threshold": (0.2, 0.0, 0.0)}))
    said = f"Linear bonus: {told} halves padding\nThreshold bonus: a fine of about 0.5 × the pay halves padding"
    assert figure.get_suptitle() == said
    assert all(panel == ["linear", "threshold"] for panel in texts(figure))
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        lines = [line.get_path().transformed(line.get_transform()) for line in axes.lines]
        assert not any(line.intersects_bbox(box, filled=False) for line in lines for box in boxes)
        assert not boxes[0].overlaps(boxes[1])


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


def square(stay=20.0):
    rows = itertools.product((0.1, 0.6, 1.0), (1, 6, 24))
    table = pd.DataFrame(rows, columns=["tolerance", "patience"])
    table = table.assign(usefulness=0.3 * table["tolerance"] / np.sqrt(table["patience"]), stay=stay + table["patience"])
    ends = {
        f"{name}_ci_{end}": table[name] + by for name in ("usefulness", "stay") for end, by in (("low", -0.01), ("high", 0.01))
    }
    return table.assign(**ends)


@pytest.mark.parametrize(("watched", "stay"), [(0.44, 20.0), (0.1, np.nan)])
def test_what_reacting_leaves_is_told_beside_paying_for_nothing_whichever_is_more(watched, stay):
    figure = cycles.patience(square(stay), watched)
    assert figure.get_suptitle() == f"Reacting to complaints: usefulness 30% at best.\nPaying for nothing: {watched:.0%}."
    use, months = texts(figure)
    assert use == ["nothing is paid for", "complain below 10%", "complain below 100%"]
    assert months == ([] if np.isnan(stay) else use[1:])


QUOTAS = (0.1, 0.5, 2.0, 8.0)


def scarce(by_weight):
    names = ("watched", "count", "weight", "weight, effort free", "joints")
    table = pd.DataFrame(itertools.product(names, QUOTAS), columns=["scenario", "steel_quota"])
    usefulness = {"watched": [0.2, 0.4, 0.4, 0.4], "count": [0.0] * 4, "joints": [0.3, 0.7, 0.9, 0.9]}
    table["usefulness"] = np.concatenate([usefulness.get(name, by_weight) for name in names])
    table["growth"] = np.where(table["scenario"] == "weight", 8.0, 2.0) * table["steel_quota"] / 8
    table["steel_per_joint_g"] = 2.0 / np.maximum(table["usefulness"], 0.01)
    return with_bands(table, "usefulness", "growth")


@pytest.mark.parametrize(
    ("by_weight", "title"),
    [
        ([0.2, 0.5, 0.1, 0.0], "Paid by weight, usefulness is highest at quota 0.5: 50%\nAt quota 8 it is 0%"),
        ([0.2, 0.3, 0.4, 0.6], "Paid by weight, usefulness is highest at quota 8: 60%"),
    ],
)
def test_steel_is_headed_by_where_pay_by_weight_leaves_most_and_nothing_leaves_the_figure(by_weight, title):
    figure = scarcity.steel(scarce(by_weight))
    assert figure.get_suptitle() == title
    for axes, said in zip(figure.axes, texts(figure), strict=True):
        assert sorted(said) == sorted(scarcity.SAID.values())
        (low, high) = axes.get_ylim()
        assert all(low <= value <= high for line in axes.lines for value in line.get_ydata())


@pytest.mark.parametrize(
    ("shares", "title"),
    [
        ([0.7, 0.4], "Of what heavy nails earn, 40% to 70% is effort saved"),
        ([0.4, 0.4], "Of what heavy nails earn, 40% is effort saved"),
        ([], "No lumps, and so none that save effort"),
    ],
)
def test_idleness_is_headed_by_its_share_of_what_lumps_earn(shares, title):
    idle = pd.DataFrame({"steel_quota": QUOTAS[: len(shares)], "by_account": shares, "by_experiment": 0.3}, dtype=float)
    ends = {f"{way}_ci_{end}": idle[way] for way in ("by_account", "by_experiment") for end in ("low", "high")}
    figure = scarcity.idleness(scarce([0.2, 0.5, 0.1, 0.0]), idle.assign(**ends))
    assert figure.get_suptitle() == title
    size, share = texts(figure)
    assert set(size) == {"saves\neffort", "effort has its price", "effort is free"}
    assert share == (["of the pay", "of the growth"] if shares else ["no lumps"])
