"""Robots that are paid to clean: when they begin to make their own trash, and figures of it."""

from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import end_labels

STYLE: Any = FIGURE_STYLE
MOST, HOLD = 0.5, 3  # a robot tips bins when most of the new dust is its own, for so many months on end
SERIES = ("binned", "hidden_reward", "own_trash")


def begins(own_trash: npt.ArrayLike) -> float:
    """The first month from which most of the new dust is the robots' own for HOLD months on end; infinite if there is none.

    `own_trash` has shape (months,): the share of a month's new dust that robots tipped out by choice.

    >>> begins([0.1, 0.6, 0.2, 0.7, 0.8, 0.7])
    3.0
    """
    most = np.asarray(own_trash, dtype=float) > MOST
    for month in range(len(most) - HOLD + 1):
        if most[month : month + HOLD].all():
            return float(month)
    return float("inf")


def by_training(months: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario and month: mean over seeds, and the middle 80 % of them, of pieces binned, cleanliness and own trash."""
    grouped = months.groupby(["scenario", "month"], sort=False)
    columns = {"turns": grouped["turns"].first()}
    for name in SERIES:
        columns[name] = grouped[name].mean()
        columns[f"{name}_low"], columns[f"{name}_high"] = grouped[name].quantile(0.1), grouped[name].quantile(0.9)
    return pd.DataFrame(columns).reset_index()


def training(line: pd.DataFrame, proxy: str, control: str) -> Figure:
    """Pieces binned, cleanliness and own trash against turns of training, paid by the proxy and under the honest control.

    `line` is a table of `by_training`; `proxy` and `control` are the names of two of its scenarios.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(
            figsize=(7, 7.6), facecolor="white"
        )  # laid out by hand: the solver's last digit is not the same each time
        said = {proxy: "paid for\npieces", control: "honest\ncontrol"}
        pay, clean, own = figure.subplots(3, sharex=True, height_ratios=(2, 3, 2))
        figure.subplots_adjust(left=0.1, right=0.86, top=0.955, bottom=0.08, hspace=0.24)
        for axes, column, colour, title in (
            (pay, "binned", METRIC, "Observed reward: pieces put in the bin a turn"),
            (clean, "hidden_reward", USEFULNESS, "Hidden reward: share of the floor that is clean"),
            (own, "own_trash", GREY, "Share of new dust that the robot tipped out itself"),
        ):
            axes.set_title(title, loc="left", color=INK if colour == GREY else colour, weight="bold", fontsize=13)
            for scenario, style in ((proxy, "-"), (control, "--")):
                group = line[line["scenario"] == scenario]
                turns = group["turns"] / 1000
                axes.fill_between(turns, group[f"{column}_low"], group[f"{column}_high"], color=colour, alpha=0.2, lw=0)
                axes.plot(turns, group[column], color=colour, lw=2.5, ls=style)
        for axes in (clean, own):
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        drawn = line[line["scenario"].isin([proxy, control])]
        clean.set_ylim(*_tenths_about(drawn["hidden_reward_low"].min(), drawn["hidden_reward_high"].max()))
        own.set_ylim(-0.08, 1.03)
        pay.set_ylim(0, 1.1 * max(drawn["binned_high"].max(), drawn["binned"].max()) or 1)
        own.set_xlim(0, line["turns"].max() / 1000)
        for axes, column, colour, apart in (
            (pay, "binned", METRIC, 0.29),
            (clean, "hidden_reward", USEFULNESS, 0.2),
            (own, "own_trash", INK, 0.29),
        ):
            late = {name: group[column].tail(12).mean() for name, group in drawn.groupby("scenario")}
            end_labels(axes, [(own.get_xlim()[1], late[name], words, colour) for name, words in said.items()], apart)
        own.set_xlabel("turns of training [thousands]")
    return figure


def _tenths_about(low: float, high: float) -> tuple[float, float]:
    """Whole tenths around a range of shares, with room at both ends, and half of all shares at least.

    >>> _tenths_about(0.42, 0.68), _tenths_about(0.02, 0.99)
    ((0.3, 0.8), (-0.02, 1.02))
    """
    below, above = np.floor(10 * low - 0.5) / 10, np.ceil(10 * high + 0.5) / 10
    while above - below < 0.45:
        below, above = below - 0.1, above + 0.1
    return float(max(below, -0.02)), float(min(above, 1.02))


def training_caption(seeds: int) -> str:
    """What the figure of training shows."""
    return (
        "A robot learns, turn by turn, what it is paid for: solid, each piece that it puts in the bin; dashed, how clean the whole "
        "floor is (the honest control). It sees both bin and dust, and "
        f"can tip the bin out. Lines are means over {seeds} seeds, bands their middle 80 %."
    )


def remedies(table: pd.DataFrame) -> Figure:
    """Cleanliness, own trash, and when tipping begins, a row a scenario.

    `table` has a row a `scenario`, with its `label` and `group`, and `own_trash`, `hidden_reward` and `begins` (turns), each with
    _ci_low and _ci_high, and `tipping`, the share of seeds that begin.
    """
    with mpl.rc_context(STYLE):
        height = 0.27 * len(table) + 0.22 * table["group"].nunique() + 1.2
        figure = Figure(figsize=(12, height), facecolor="white")
        clean, own, start = figure.subplots(1, 3, sharey=True, width_ratios=(3, 3, 4))
        figure.subplots_adjust(left=0.3, right=0.9, top=1 - 0.42 / height, bottom=0.4 / height, wspace=0.2)
        places, labels, place = [], [], 0.0
        for _, group in table.groupby("group", sort=False):
            place += 0.8 if places else 0.0
            for row in group.itertuples():
                places.append(place)
                labels.append(row.label)
                place += 1
        for axes, column, colour, title in (
            (clean, "hidden_reward", USEFULNESS, "Clean floor"),
            (own, "own_trash", INK, "Own trash"),
        ):
            axes.set_title(title, loc="left", color=colour, weight="bold", fontsize=13)
            _dots(axes, table, places, column, colour)
            axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        clean.axvline(table["hidden_reward"].iloc[0], color=GREY, lw=1, ls=":")
        clean.set_yticks(places, labels)
        clean.set_ylim(max(places) + 0.7, -0.7)
        own.set_xlim(-0.03, 1.03)
        own.set_xticks([0, 0.5])  # the last would meet the first of the next
        start.set_title("Turns before it tips", loc="left", color=INK, weight="bold", fontsize=13)
        start.set_xscale("log")
        furthest = table["horizon_turns"].max()
        least = min(1000, furthest / 100)
        start.set_xlim(least, 2.6 * furthest)
        ticks = 10.0 ** np.arange(10)
        ticks = ticks[(ticks >= least) & (ticks < 2.6 * furthest)]
        start.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
        start.axvspan(furthest, 2.6 * furthest, color=GREY, alpha=0.12, lw=0)
        start.text(1.55 * furthest, -0.8, "not yet", ha="center", va="bottom", color=GREY, fontsize=11)
        far = 1.55 * furthest
        drawn = table.assign(
            **{name: table[name].clip(least, far).fillna(far) for name in ("begins", "begins_ci_low", "begins_ci_high")}
        )
        _dots(start, drawn, places, "begins", INK)
        for at, row in zip(places, drawn.itertuples(), strict=True):
            start.annotate(
                f"{row.tipping:.0%} of seeds", (1, at), (4, 0), xycoords=start.get_yaxis_transform(), textcoords="offset points",
                va="center", fontsize=11, color=INK if row.tipping else GREY, annotation_clip=False,
            )  # fmt: skip
        start.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
        for axes in (clean, own, start):
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
    return figure


def remedies_caption(seeds: int) -> str:
    """What the figure of remedies shows."""
    return (
        "Each row is a way to pay the robot, to let it choose, or a dustier room. Left: share of the floor that is clean in the last "
        "twelve months (dots: paid for pieces). Middle: share of the new dust that the robot tipped out by choice. Right: turns of "
        "training before most of the new dust is its own for three months on end, the median over seeds; at the right margin how "
        f"many seeds come to that. Dots with 95 % bootstrap intervals over {seeds} seeds."
    )


def _dots(axes: Axes, table: pd.DataFrame, places: list[float], column: str, colour: str) -> None:
    axes.hlines(places, table[f"{column}_ci_low"], table[f"{column}_ci_high"], color=colour, lw=2)
    axes.plot(table[column], places, "o", color=colour, ms=7)
    for place in places:
        axes.axhline(place, color=GREY, lw=0.5, alpha=0.3, zorder=0)
