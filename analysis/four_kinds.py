"""Figures of the four kinds of Goodhart's law: what each does, how well blinded runs are told apart, and what praise is worth."""

import itertools
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.kinds import SOUND
from analysis.marks import BAND, PALE, curve, where

STYLE: Any = FIGURE_STYLE
FALSE = 0.02  # overclaim beyond which reports are called false
SHADES = LinearSegmentedColormap.from_list("runs", ["#ffffff", GREY])


def lives(line: pd.DataFrame, pressure_from: int) -> Figure:
    """Usefulness, how well the measure ranks factories by real use, and what is reported over what is made, a panel a kind.

    `line` has a row a `kind` and `month`: `usefulness`, `correlation` and `reported`, each with _low and _high.
    """
    with mpl.rc_context(STYLE):
        kinds = list(line["kind"].unique())
        figure = Figure(figsize=(7.5, 1.9 * len(kinds) + 1.1), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(kinds), sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, kind in zip(panels, kinds, strict=True):
            group = where(line, kind=kind)
            axes.axvspan(pressure_from, group["month"].max() + 1, color=PALE, lw=0)
            axes.axhline(0, color=GREY, lw=0.8)
            curve(axes, group, "month", "correlation", METRIC)
            curve(axes, group, "month", "usefulness", USEFULNESS)
            axes.plot(group["month"], group["reported"], color=INK, lw=1.5, ls="--")
            axes.set_title(kind, loc="left", color=INK, weight="bold", fontsize=13)
        panels[0].set_ylim(-1.05, 1.2 * max(line["reported_high"].max(), 1))
        panels[0].set_yticks([-1, 0, 1], ["−1", "0", "1"])
        panels[0].text(1, -0.15, "rank correlation with use", color=METRIC, weight="bold", va="top")
        panels[0].text(1, -0.6, "usefulness", color=USEFULNESS, weight="bold", va="top")
        end = int(line["month"].to_numpy().max()) + 1
        most: Any = line.loc[line["reported"].idxmax()]
        panels[kinds.index(most["kind"])].text(
            end - 1, most["reported"] + 0.05, "reported over made", color=INK, weight="bold", ha="right", va="bottom"
        )
        panels[0].set_title("the measure is under pressure", loc="right", color=GREY, fontsize=12)
        panels[-1].set_xlim(0, end)
        panels[-1].set_xticks(range(0, end + 1, 12))
        panels[-1].set_xlabel("month")
        figure.suptitle(_false_reports(line), x=0.02, ha="left", fontsize=15, weight="bold")
    return figure


def _false_reports(line: pd.DataFrame) -> str:
    """In how many lives more is reported than made at the end, and in which."""
    last = line[line["month"] == line["month"].max()]
    false = list(last.loc[last["reported"] > 1 + FALSE, "kind"])
    return f"More is reported than made in {len(false)} of {len(last)} lives" + f": {', '.join(false)}" * bool(false)


def lives_caption(seeds: int) -> str:
    """What the figure of lives shows."""
    return (
        "The stronger case of each kind that the classifier learned from. Blue: Spearman's rank correlation over factories of the "
        "reported count with joints made, each over its norm; orange: usefulness, the share of the building programme that holds; "
        "black dashes: count claimed over count made, mean of factories (1 where nobody pads). "
        f"Shaded: count is paid for, or, in the causal case, set by decree and not paid for. {BAND.format(seeds=seeds)}"
    )


def confusion(counts: pd.DataFrame, cases: pd.DataFrame) -> Figure:
    """The confusion table of the blinded runs, and how many of each case were told rightly.

    `counts` is a square table of runs, true kinds in rows; `cases` has a row a case: `kind`, `switch`, `strength`, `rightly`.
    """
    with mpl.rc_context(STYLE):
        names = list(counts.index)
        figure = Figure(figsize=(8, 4 + 0.29 * len(cases) + 1.2), facecolor="white", layout="constrained")
        table, bars = figure.subplots(2, height_ratios=(4, 0.29 * len(cases)))
        values = counts.to_numpy()
        shares = values / np.maximum(values.sum(axis=1, keepdims=True), 1)
        table.imshow(shares, cmap=SHADES, vmin=0, vmax=1, aspect="auto")
        for row, column in np.ndindex(values.shape):
            if values[row, column]:
                weight = "bold" if row == column else "normal"
                table.text(column, row, f"{values[row, column]}", ha="center", va="center", weight=weight,
                           color="white" if shares[row, column] > 0.6 else INK)  # fmt: skip
        table.set_xticks(range(len(names)), names, rotation=20, ha="right", rotation_mode="anchor")
        table.set_yticks(range(len(names)), names)
        table.set_xlabel("told to be")
        table.set_ylabel("is in truth")
        table.spines[:].set_visible(False)
        table.tick_params(length=0)
        table.set_title("Blinded runs", loc="left", color=INK, weight="bold", fontsize=13)
        _bars(bars, cases)
    return figure


def _bars(axes: Axes, cases: pd.DataFrame) -> None:
    place = np.arange(len(cases), dtype=float)
    axes.barh(place, cases["rightly"], color=GREY, height=0.7)
    words = [f"{row.switch.replace('_', ' ')} {row.strength:g}" for row in cases.itertuples()]  # type: ignore[union-attr]
    axes.set_yticks(place, words, fontsize=12)
    axes.set_ylim(len(cases) - 0.4, -0.6)
    for k, row in enumerate(cases.to_dict("records")):
        if row["taken_for"]:
            axes.text(row["rightly"] + 0.02, k, row["taken_for"], va="center", fontsize=12, color=INK)
    kinds = cases["kind"].to_numpy()
    ends = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1), len(cases)]
    for first, end in itertools.pairwise(ends):
        axes.text(1.03, (first + end - 1) / 2, kinds[first], transform=axes.get_yaxis_transform(), va="center", weight="bold")
        if first:
            axes.axhline(first - 0.5, color=GREY, lw=0.8, ls=(0, (1, 2)))
    axes.set_xlim(0, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_title("Told rightly (else mostly taken for)", loc="left", color=INK, weight="bold", fontsize=13)


def confusion_caption(runs: int) -> str:
    """What the figure of the classifier shows."""
    return (
        f"{runs} blinded runs, of strengths and seeds that nothing was learned from, told by the direction in which their "
        f"signature departs from that of {SOUND} measures. Above: how many of each kind were told to be of which. Below: the share "
        "told rightly, by what was switched on and how strongly, and what the others were most often taken for; at the right edge "
        "their kind in truth."
    )


def praise(table: pd.DataFrame) -> Figure:
    """How well a noisy report tells who is good, and what the best by report are worth in truth.

    `table` has a row a `noise`: `correlation`, `worth` and `foretold`, each with _low and _high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7, 4.4), facecolor="white", layout="constrained")
        axes = figure.subplots()
        axes.plot(table["noise"], table["foretold"], color=INK, lw=1, ls="--")
        for name, colour in (("correlation", METRIC), ("worth", USEFULNESS)):
            curve(axes, table, "noise", name, colour)
            axes.plot(table["noise"], table[name], "o", color=colour, ms=5)
        axes.set_xlim(0, table["noise"].max() * 1.03)
        axes.set_ylim(0, 1.03)
        axes.set_xlabel("error of a report: sd of its log")
        words = (
            ("the best by report: worth in truth, over the best in truth", USEFULNESS, 0.97),
            ("correlation of report and truth", METRIC, 0.9), ("dashes: 1/√(1 + noise²/spread²)", INK, 0.83),
        )  # fmt: skip
        for text, colour, height in words:
            axes.text(1, height, text, transform=axes.transAxes, ha="right", color=colour, weight="bold", fontsize=12)
    return figure


def praise_caption(seeds: int, best: float) -> str:
    """What the figure of praise shows, where the `best` share of factories is praised."""
    return (
        "Reports read with an error, designs held, last month. Blue: correlation over factories of what was reported with what was "
        f"made (logs, over the norm). Orange: how far above the mean the best {best:.0%} by report lie in truth, over how far the "
        f"best in truth do. Dashes: what both should be. {BAND.format(seeds=seeds)}"
    )
