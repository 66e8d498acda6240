"""Figures of padded reports: who pads, and what penalties do to padding, effort and usefulness."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import BAND, PALE, curve, say, where

STYLE: Any = FIGURE_STYLE
PALE_METRIC = "#b3d4e8"
FEWEST, FEW = 5, 20  # factories that a share is drawn of, and that it is drawn in full colour of


def who_pads(line: pd.DataFrame) -> Figure:
    """The share of factories that pad, by how much of the target they truly made, a panel a penalty.

    `line` is that of `experiments.padding_and_audits.by_fulfilment`: a row a `penalty` and `true`, `pads` of `factories`.
    """
    with mpl.rc_context(STYLE):
        listed = sorted(line["penalty"].unique())
        figure = Figure(figsize=(9, 6.2), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(2, -(-len(listed) // 2), sharex=True, sharey=True, squeeze=False)
        width = float(np.diff(np.sort(line["true"].unique())).min())
        for axes, penalty in zip(panels.flat, listed, strict=False):
            group = where(line, penalty=penalty)
            group = group[group["factories"] >= FEWEST]
            axes.axvspan(1 - 1 / penalty, 1, color=PALE, lw=0)
            colours = np.where(group["factories"] >= FEW, METRIC, PALE_METRIC)
            axes.bar(group["true"], group["pads"], width=0.8 * width, color=colours, edgecolor=METRIC, lw=0.8)
            axes.plot(group["true"], np.zeros(len(group)), "o", color=METRIC, ms=3, clip_on=False)
            axes.set_title(f"a unit of overclaim costs {penalty:g} bonuses", loc="left", color=INK, weight="bold", fontsize=13)
            axes.set_xlim(0, 1.12)
            axes.set_ylim(0, 1.03)
            axes.xaxis.set_major_formatter(PercentFormatter(1))
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        panels.flat[-1].text(0.9, 0.75, "shaded: where theory\nsays that they pad", ha="right", va="center", color=GREY)
        if line["factories"].between(FEWEST, FEW, inclusive="left").any():
            panels.flat[-1].text(0.9, 0.5, f"pale: fewer than\n{FEW} factories", ha="right", va="center", color=METRIC)
        for axes in panels[-1]:
            axes.set_xlabel("of the target, made in truth")
        for axes in panels[:, 0]:
            axes.set_ylabel("factories that pad")
    return figure


def who_pads_caption(seeds: int) -> str:
    """What the figure of who pads shows."""
    return (
        "Factories paid a bonus for a plan fulfilled, and nothing else, under plans that grow by 8 % a year until nobody can fulfil "
        "them: how many of those who made so much of their target claim more (bars, pale where there are fewer than "
        f"{FEW} factories; dots where factories are found). Shaded: where theory says that they do, above 1 less 1 over what a unit "
        "of overclaim is expected to cost, and below the target. "
        f"Designs held, no luck; all years of {seeds} seeds together, where there are {FEWEST} factories or more."
    )


def penalties(table: pd.DataFrame) -> Figure:
    """Padding, effort and usefulness against the penalty for padding, under two bonuses, designs free or held.

    `table` is that of `experiments.padding_and_audits.summary`; an infinite penalty is where nobody can pad.
    """
    with mpl.rc_context(STYLE):
        rows = (("padding", "Padding", METRIC), ("effort", "Effort", INK), ("usefulness", "Usefulness", USEFULNESS))
        columns = list(table["designs"].unique())
        figure = Figure(figsize=(9.5, 8), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(rows), len(columns), sharex=True, sharey="row")
        some = table[np.isfinite(table["penalty"])]
        for axes_of_row, (name, title, colour) in zip(panels, rows, strict=True):
            for axes, designs in zip(axes_of_row, columns, strict=True):
                for bonus, style in (("linear", "-"), ("threshold", "--")):
                    curve(axes, where(some, bonus=bonus, designs=designs), "penalty", name, colour, style)
                    honest = where(table, bonus=bonus, designs=designs, penalty=np.inf)
                    axes.plot(some["penalty"].max() * 1.08, honest[name], "o", color=colour, ms=7, clip_on=False,
                              mfc=colour if bonus == "linear" else "white")  # fmt: skip
                axes.axvline(1, color=GREY, lw=1, ls=(0, (1, 2)))
                axes.set_title(f"{title}, designs {designs}", loc="left", color=colour, weight="bold", fontsize=13)
                axes.yaxis.set_major_formatter(PercentFormatter(1))
                axes.set_ylim(0, 0.55 if name == "padding" else 1.03)
        for axes in panels[-1]:
            axes.set_xlabel("penalty expected for a unit, over the bonus")
        panels[0, 0].text(1, 0.1, "who\ncannot pad", transform=panels[0, 0].transAxes, ha="right", va="bottom", color=GREY)
        for bonus in ("linear", "threshold"):  # named where their lines are level and apart
            paid = where(some, bonus=bonus, designs=columns[0]).sort_values("penalty").iloc[-1]
            say(panels[1, 0], f"{bonus} bonus", (paid["penalty"], paid["effort"]), (0, 5), INK, ha="right", va="bottom")
    return figure


def penalties_caption(seeds: int, limit: float) -> str:
    """What the figure of penalties shows, where factories could pad by `limit` of their output."""
    return (
        f"Factories paid by count that can claim up to {limit:.0%} more than they made, in the last of ten years; solid: linear "
        "bonus, dashed: threshold. The dots at the right edge are of factories that cannot pad (filled: linear). Dotted: a unit of "
        "overclaim is expected to cost what a unit of fulfilment brings. Left: designs free; right: first nails for ever. "
        f"{BAND.format(seeds=seeds)}"
    )
