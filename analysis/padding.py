"""Figures of padded reports: who pads, and what penalties do to padding and usefulness."""

import itertools
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import BAND, PALE, curve, say_near, where

STYLE: Any = FIGURE_STYLE
FEWEST = 20  # factories that a share is drawn of
BONUSES = {"linear": "-", "threshold": "--"}
HONEST_AT = 1.16  # where factories that cannot pad are drawn, over the highest penalty


def who_pads(line: pd.DataFrame) -> Figure:
    """The share of factories that pad, by how much of the target they truly made, a panel a penalty.

    `line` is that of `experiments.padding_and_audits.by_fulfilment`: a row a `penalty` and `true`, `pads` of `factories`.
    """
    with mpl.rc_context(STYLE):
        listed = sorted(line["penalty"].unique())
        figure = Figure(figsize=(9, 6.6), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(2, -(-len(listed) // 2), sharex=True, sharey=True, squeeze=False)
        width = float(np.diff(np.sort(line["true"].unique())).min())
        for axes, penalty in zip(panels.flat, listed, strict=False):
            group = where(line, penalty=penalty)
            group = group[group["factories"] >= FEWEST]
            axes.axvspan(1 - 1 / penalty, 1, color=PALE, lw=0)
            axes.text(1, 1.05, "a lie pays", ha="right", va="bottom", color=GREY, weight="bold")
            axes.bar(group["true"], group["pads"], width=0.8 * width, color=METRIC)
            axes.plot(group["true"], np.zeros(len(group)), "o", color=METRIC, ms=3, clip_on=False)
            axes.set_title(f"fine expected: {penalty:g} bonuses", loc="left", color=INK, weight="bold", fontsize=13)
            axes.set_xlim(0, 1.12)
            axes.set_ylim(0, 1.2)
            axes.set_yticks([0, 0.5, 1])
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
            axes.xaxis.set_major_formatter(PercentFormatter(1))
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        for axes in panels[-1]:
            axes.set_xlabel("share of the plan truly made")
        for axes in panels[:, 0]:
            axes.set_ylabel("factories that pad")
        figure.suptitle(_who(line), x=0.02, ha="left", fontsize=16, weight="bold")
    return figure


def _who(line: pd.DataFrame) -> str:
    """How many pad where it pays, and elsewhere, in words."""
    pays = (line["true"] > 1 - 1 / line["penalty"]) & (line["true"] < 1)
    near, far = (
        f"{np.average(some['pads'], weights=some['factories']):.0%}" if len(some) else "" for some in (line[pays], line[~pays])
    )
    if not near:
        return "No factory is where a lie would pay"
    return f"Where a lie pays {near} of factories pad" + f", elsewhere {far}" * bool(far)


def who_pads_caption(seeds: int) -> str:
    """What the figure of who pads shows."""
    return (
        "Factories paid a bonus for a plan fulfilled, and nothing else, under plans that grow by 8 % a year until nobody can fulfil "
        "them: how many of those who made so much of their plan claim more (bars; dots where factories are found). Fine: what is to "
        "be expected for claiming a whole plan too much. A lie pays (shaded), in theory, for those short of the plan who have made "
        "more of it than 1 less 1 over the fine: it costs them less than the bonus. "
        f"Designs held, no luck; all years of {seeds} seeds together, where there are {FEWEST} factories or more."
    )


def penalties(table: pd.DataFrame) -> Figure:
    """Padding and usefulness against the penalty for padding, under two bonuses, designs free or held.

    `table` is that of `experiments.padding_and_audits.summary`; an infinite penalty is where nobody can pad.
    """
    with mpl.rc_context(STYLE):
        rows = (("padding", "Made up, over output", METRIC), ("usefulness", "Usefulness", USEFULNESS))
        columns = list(table["designs"].unique())
        figure = Figure(figsize=(9.5, 7), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(rows), len(columns), sharex=True, sharey="row")
        some = table[np.isfinite(table["penalty"])]
        most = float(some["penalty"].max())
        for axes_of_row, (name, title, colour) in zip(panels, rows, strict=True):
            for axes, designs in zip(axes_of_row, columns, strict=True):
                for bonus, style in BONUSES.items():
                    curve(axes, where(some, bonus=bonus, designs=designs), "penalty", name, colour, style)
                    honest = where(table, bonus=bonus, designs=designs, penalty=np.inf)
                    axes.plot(HONEST_AT * most, honest[name], "o", color=colour, ms=8, clip_on=False,
                              mfc=colour if bonus == "linear" else "white", mew=2)  # fmt: skip
                axes.axvline(1, color=GREY, lw=1, ls=(0, (1, 2)))
                axes.set_title(f"{title}, designs {designs}", loc="left", color=colour, weight="bold", fontsize=13)
                axes.yaxis.set_major_formatter(PercentFormatter(1))
                axes.set_ylim(0, 1.15 * table["padding_high"].max() if name == "padding" else 1.03)
                axes.set_xlim(-0.03 * most, HONEST_AT * most)
        for axes in panels[-1]:
            ticks = [0, most / 4, most / 2, 3 * most / 4, most]
            axes.set_xticks([*ticks, HONEST_AT * most], [*(f"{tick:g}" for tick in ticks), "cannot\npad"])
            axes.set_xlabel("fine expected, over the pay for it")
        figure.suptitle(_halved(some), x=0.02, ha="left", fontsize=15, weight="bold")
        figure.draw_without_rendering()  # lays it out, for words to be placed
        for (axes_of_row, (name, _, colour)), bonus in itertools.product(zip(panels, rows, strict=True), BONUSES):
            for axes, designs in zip(axes_of_row, columns, strict=True):
                line = where(some, bonus=bonus, designs=designs)[["penalty", name]].to_numpy()
                say_near(axes, bonus, line[np.argsort(np.abs(line[:, 0] - most / 4), kind="stable")], colour)
    return figure


def _halved(some: pd.DataFrame) -> str:
    """At which penalty half of the padding is gone that there is without one, by bonus, in words."""
    said = []
    for bonus in BONUSES:
        mean = where(some, bonus=bonus).groupby("penalty")["padding"].mean()
        fine, padding = mean.index.to_numpy(), mean.to_numpy()
        (below,) = (padding <= padding[0] / 2).nonzero()
        if len(below) and below[0]:
            a, b = below[0] - 1, below[0]
            at = fine[a] + (fine[b] - fine[a]) * (padding[a] - padding[0] / 2) / (padding[a] - padding[b])
            fine_told = f"a fine of about {at:.1g} × the pay"
        else:
            fine_told = "no fine tried"
        said.append(f"{bonus.capitalize()} bonus: {fine_told} halves padding")
    return "\n".join(said)


def penalties_caption(seeds: int, limit: float) -> str:
    """What the figure of penalties shows, where factories could pad by `limit` of their output."""
    return (
        f"Factories paid by count that can claim up to {limit:.0%} more than they made, in the last of ten years; solid: linear "
        "bonus, dashed: threshold. The dots at the right edge are of factories that cannot pad (filled: linear). Dotted: a unit made "
        "up is expected to cost what it brings. Left: designs free; right: first nails for ever. "
        f"{BAND.format(seeds=seeds)}"
    )
