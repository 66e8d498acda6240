"""Figures of remedies: the league, what each leaves of usefulness with pride and without; and what more pride does."""

from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures import GREY, INK, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import say, usefulness_axis, where

STYLE: Any = FIGURE_STYLE
NOTHING_PAID, NOTHING_NAME = "policy: measure_only", "nothing paid"


class Line(NamedTuple):
    """How a remedy is drawn against pride: its words beside the line at `at`, `offset` points away."""

    words: str
    colour: str
    style: str
    at: float
    offset: tuple[float, float]
    side: str


ALONG_PRIDE = {
    NOTHING_PAID: Line(NOTHING_NAME, GREY, "--", 2.0, (0, -18), "right"),
    "bonus: capped": Line("by count, capped", USEFULNESS, "-.", 0.3, (0, 18), "left"),
    "audits, a tenth": Line("a tenth audited", USEFULNESS, ":", 0.8, (-10, 4), "right"),
    "metric: count": Line("by count", USEFULNESS, "-", 1.25, (10, -14), "left"),
}


def table(league: pd.DataFrame) -> Figure:
    """A row a remedy, best at the top: mean usefulness with pride (full) and without (hollow), and their worst years (ticks).

    `league` has columns scenario, pride, place, checks, and usefulness and worst with `_ci_low` and `_ci_high`.
    """
    with_pride, without = (league[league["pride"] == pride].set_index("place") for pride in league["pride"].unique()[:2])
    n = len(with_pride)
    with mpl.rc_context({**STYLE, "font.size": 11}):
        figure = Figure(figsize=(10, 1.5 + 0.27 * n), facecolor="white")
        axes = figure.add_axes((0.30, 0.6 / (1.5 + 0.27 * n), 0.58, 1 - 1.55 / (1.5 + 0.27 * n)))
        for place, row in with_pride.iterrows():
            other = without.loc[place]
            axes.plot([row.usefulness, other.usefulness], [place, place], color=GREY, lw=0.8, alpha=0.5, zorder=1)
            for one, face in ((row, USEFULNESS), (other, "white")):
                axes.plot([one.usefulness_ci_low, one.usefulness_ci_high], [place, place], color=USEFULNESS, lw=2.4, zorder=2)
                axes.plot(one.usefulness, place, "o", ms=7, mfc=face, mec=USEFULNESS, mew=1.6, zorder=3)
            axes.plot(row.worst, place, "|", ms=10, mew=2, color=INK, zorder=4)
            checked = f"{row.checks:.0%}" if row.checks else "–"
            axes.text(1.07, place, checked, va="center", ha="center", color=INK if row.checks else GREY)
        names = with_pride["scenario"].replace(NOTHING_PAID, NOTHING_NAME).str.replace("_", " ")
        axes.set_yticks(list(with_pride.index), list(names))
        for label in axes.get_yticklabels():
            if label.get_text() == NOTHING_NAME:
                label.set_fontweight("bold")
        for level in with_pride["usefulness"][with_pride["scenario"] == NOTHING_PAID]:
            axes.axvline(level, color=GREY, lw=1.2, ls=(0, (2, 2)), zorder=0)
        axes.set_ylim(n + 0.7, 0.3)
        axes.set_xlim(-0.02, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=GREY, alpha=0.2, lw=0.8)
        axes.set_xlabel("usefulness in the eight years with a target: share of the programme that holds")
        axes.text(1.07, 0.1, "share\nchecked", ha="center", va="bottom", color=GREY, fontsize=10)
        figure.text(0.02, 0.985, "What helps", fontsize=20, weight="bold", va="top")
        for left, mark, colour, words in (
            (0.515, "●", USEFULNESS, "with pride"),
            (0.645, "○", USEFULNESS, "without pride"),
            (0.79, "|", INK, "worst year, with pride"),
        ):
            figure.text(left, 0.975, mark, ha="center", va="top", color=colour, fontsize=11, weight="bold")
            figure.text(left + 0.015, 0.975, words, va="top", color=INK, fontsize=11)
    return figure


def caption(seeds: int, best: float) -> str:
    """What is seen, and what was done."""
    return (
        "Each row is one change to the plan by count, with pride (full dots) and without (hollow); bars are 95 % intervals over "
        f"{seeds} seeds. Dashed: where nothing is paid for, with pride. The best plan that an all-knowing planner could set gives "
        f"{best:.0%}. Share checked: of every factory's fulfilment, what is judged by audited real use; with padding, of factories, "
        "those inspected each month."
    )


def pride(line: pd.DataFrame, enough: pd.DataFrame) -> Figure:
    """Usefulness in the last year against pride, a line a remedy, and the pride from which on pay by count does no harm.

    `line` has a row a `scenario` and `pride`: `last`; `enough` one a `scenario`: `enough`, infinite where no pride is. Both have
    _ci_low and _ci_high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8, 5), facecolor="white", layout="constrained")
        axes = figure.subplots()
        for scenario, drawn in ALONG_PRIDE.items():
            group = where(line, scenario=scenario)
            axes.fill_between(group["pride"], group["last_ci_low"], group["last_ci_high"], color=drawn.colour, alpha=0.2, lw=0)
            axes.plot(group["pride"], group["last"], color=drawn.colour, lw=2.5, ls=drawn.style)
            height = float(np.interp(drawn.at, group["pride"], group["last"]))
            say(axes, drawn.words, (drawn.at, height), drawn.offset, drawn.colour, ha=drawn.side)
        row: Any = where(enough, scenario="metric: count").iloc[0]
        if np.isfinite(row["enough"]):
            nothing = where(line, scenario=NOTHING_PAID)
            height = float(np.interp(row["enough"], nothing["pride"], nothing["last"]))
            axes.plot([row["enough_ci_low"], row["enough_ci_high"]], [height, height], color=INK, lw=3, solid_capstyle="butt")
            axes.plot([row["enough"]] * 2, [0, height], color=INK, lw=1, ls=(0, (2, 2)))
            axes.plot(row["enough"], height, "o", color=INK, ms=8)
            say(axes, f"enough pride: {row['enough']:.2f}", (row["enough"], 0.06), (8, 0), INK)
        usefulness_axis(axes, "Usefulness in the last of ten years")
        axes.set_xlim(0, float(line["pride"].max()))
        axes.set_xlabel("pride: units of pay that a nail good for its boards is worth to its maker")
    return figure


def pride_caption(seeds: int) -> str:
    """What the figure of pride shows."""
    return (
        "Factories paid by count from month 24 on, as they are, capped, or with a tenth of the plan audited for real use; grey "
        "dashes: nothing is paid for. The dot marks the pride from which on pay by count leaves builders no worse off than no pay, "
        f"the median over seeds. Lines are means over {seeds} seeds; bands, and the bar at the dot, are 95 % intervals."
    )
