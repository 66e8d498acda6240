"""The figure of the league of remedies: what each leaves of usefulness, with pride and without."""

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures import GREY, INK, STYLE, USEFULNESS


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
        axes.set_yticks(list(with_pride.index), [name.replace("_", " ") for name in with_pride["scenario"]])
        axes.set_ylim(n + 0.7, 0.3)
        axes.set_xlim(-0.02, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=GREY, alpha=0.2, lw=0.8)
        axes.set_xlabel("usefulness in the eight years with a target: share of the programme that holds")
        axes.text(1.07, 0.1, "audits\na month", ha="center", va="bottom", color=GREY, fontsize=10)
        figure.text(0.02, 0.985, "What helps", fontsize=20, weight="bold", va="top")
        figure.text(
            0.98, 0.975, "●  with pride      ○  without pride      |  worst year, with pride", ha="right", va="top",
            color=INK, fontsize=11,
        )  # fmt: skip
    return figure


def caption(seeds: int, best: float) -> str:
    """What is seen, and what was done."""
    return (
        "Each row is one change to the plan by count, with pride (full dots) and without (hollow); bars are 95 % intervals over "
        f"{seeds} seeds. The best plan that an all-knowing planner could set gives {best:.0%}. Audits: share of factories "
        "whose real use or stock is checked in a month."
    )
