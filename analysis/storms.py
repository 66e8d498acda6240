"""Figures of planning from the achieved level: effort held back from targets to come, and the storm at the plan year's end."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import BAND, curve, end_labels, say, usefulness_axis, where

STYLE: Any = FIGURE_STYLE
GREYS, BLUES = ("#8f8f8f", "#5f5f5f", INK), ("#4a9bd0", METRIC, "#003f66")  # the deeper, the more
SAME = 0.02  # lines that end closer are told as one


def sandbagging(table: pd.DataFrame) -> Figure:
    """Effort, and what it does to usefulness, against how far factories see.

    `table` is that of `experiments.ratchet.sandbagging`: a row a `metric`, `ratchet`, `discount` and `weak`.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 8), facecolor="white", layout="constrained")
        above, below = figure.subplots(2, sharex=True)
        rates = sorted(table["discount"].unique(), reverse=True)
        place = {rate: float(k) for k, rate in enumerate(rates)}
        table = table.assign(place=table["discount"].map(place)).sort_values("place")
        ratchets, ends = sorted(table["ratchet"].unique()), []
        for ratchet, colour in zip(ratchets, GREYS, strict=True):
            group = where(table, metric="count", ratchet=ratchet, weak=False)
            curve(above, group, "place", "effort", colour)
            above.plot(group["place"], group["foretold"], "o", mfc="none", mec=INK, ms=9, mew=1.2)
            last = group.iloc[-1]
            ends.append((last["place"], last["effort"], f"ratchet {ratchet:g}", colour))
        above.set_title("Effort, paid by count", loc="left", color=INK, weight="bold", fontsize=13)
        above.set_ylim(0, 1.03)
        above.yaxis.set_major_formatter(PercentFormatter(1))
        weak = where(table, weak=True)
        ratchet = float(weak["ratchet"].iloc[0])
        paid, control = (where(table, metric=metric, ratchet=ratchet, weak=False) for metric in ("count", "joints"))
        curve(below, control, "place", "usefulness", GREY, "--")
        curve(below, paid, "place", "usefulness", USEFULNESS)
        below.plot(weak["place"], weak["usefulness"], "s", mfc="none", mec=USEFULNESS, ms=9, mew=1.8)
        usefulness_axis(below, f"Usefulness in the last year, ratchet {ratchet:g}")
        middle, start = control.iloc[len(control) // 3], paid.iloc[0]
        say(below, "paid by joints (control)", (middle["place"], middle["usefulness"]), (6, 10), GREY)
        say(below, "paid by count", (start["place"], start["usefulness"]), (0, 34), USEFULNESS)
        furthest = weak.loc[(weak["usefulness"] - paid.set_index("place").loc[weak["place"], "usefulness"].to_numpy()).idxmin()]
        words = "short-sighted,\npaid as much less"
        say(below, words, (furthest["place"], furthest["usefulness"]), (12, -4), USEFULNESS, va="top")
        above.text(0.97, 0.5, "○ Weitzman's formula", transform=above.transAxes, ha="right", color=INK)
        below.set_xlim(-0.2, len(rates) - 0.8)
        below.set_xticks(list(place.values()), ["none" if np.isinf(rate) else f"{rate:g}" for rate in rates])
        below.xaxis.set_minor_locator(NullLocator())
        below.set_xlabel("how far factories see: rate a year at which they discount bonuses to come")
        end_labels(above, ends)
    return figure


def sandbagging_caption(seeds: int) -> str:
    """What the figure of sandbagging shows."""
    return (
        "From the left: factories that see this month's bonus alone, then those who see the targets of years to come, the further "
        "the lower the rate. Above: effort in the last year; rings: where Weitzman's formula and the cost of effort put it. Below: "
        "usefulness, the share of the building programme that holds; squares: short-sighted factories whose pay by count is cut to "
        f"what the far-sighted make of it. {BAND.format(seeds=seeds)}"
    )


def storm(line: pd.DataFrame) -> Figure:
    """Effort, output and finish over the months of the plan year, a row of panels a metric.

    `line` has a row a `metric`, `impatience` and `of_year`: `effort`, `output` and `finish`, each with _low and _high.
    """
    with mpl.rc_context(STYLE):
        metrics = list(line["metric"].unique())
        figure = Figure(figsize=(11, 3.1 * len(metrics) + 0.3), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(metrics), 3, sharex=True, sharey="col", squeeze=False)
        columns = (
            ("effort", "Effort", GREYS),
            ("output", "Nails made, over the mean", BLUES),
            ("finish", "Finish", GREYS),
        )
        for row, metric in zip(panels, metrics, strict=True):
            for axes, (name, title, shades) in zip(row, columns, strict=True):
                ends = []
                for (impatience, group), colour in zip(where(line, metric=metric).groupby("impatience"), shades, strict=True):
                    curve(axes, group, "of_year", name, colour)
                    last = group.iloc[-1]
                    ends.append((last["of_year"], last[name], f"{impatience:g}", colour))
                axes.set_title(
                    f"Paid by {metric}: effort" if name == "effort" else title,
                    loc="left", color=shades[1] if name == "output" else INK, weight="bold", fontsize=13,
                )  # fmt: skip
                axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
                axes.set_ylim((0.6, 1.6) if name == "output" else (0, 1.03))
                axes.set_xticks([1, 3, 6, 9, 12])
                axes.set_xlim(1, 12)
                heights = [height for _, height, *_ in ends]
                if max(heights) - min(heights) < SAME:
                    ends = [(ends[0][0], heights[0], "all", INK)]
                end_labels(axes, ends, apart=0.09)
        panels[0, -1].text(1.16, 1.03, "impatience", transform=panels[0, -1].transAxes, ha="right", va="bottom", color=GREY)
        for axes in panels[-1]:
            axes.set_xlabel("month of the plan year")
    return figure


def storm_caption(seeds: int) -> str:
    """What the figure of storming shows."""
    return (
        "Factories whose plan year's total is paid at its end, and who discount what is still to come by so much a month (numbers "
        "at the lines; 0: not at all). Means over the months of plan years from the fourth on. Joints, which are real use, pay for "
        f"finish; count does not. {BAND.format(seeds=seeds)}"
    )
