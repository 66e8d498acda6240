"""Figures of global sensitivity: which parameters matter, and which way."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from analysis.figures import GREY, INK, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import say, where

STYLE: Any = FIGURE_STYLE


def indices(table: pd.DataFrame) -> Figure:
    """First-order and total Sobol' indices, a panel an outcome, the parameter that matters most on top.

    `table` has a row an `outcome` and `parameter`: `first` and `total`, each with _ci_low and _ci_high.
    """
    with mpl.rc_context(STYLE):
        outcomes = list(table["outcome"].unique())
        order = table.groupby("parameter")["total"].sum().sort_values().index
        figure = Figure(figsize=(12, 0.5 * len(order) + 1.3), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(1, len(outcomes), sharey=True, squeeze=False)[0]
        height = np.arange(len(order))
        low = min(-0.15, table[["first_ci_low", "total_ci_low"]].to_numpy().min() - 0.05)  # no interval is cut off
        high = max(1.05, table[["first_ci_high", "total_ci_high"]].to_numpy().max() + 0.05)
        for axes, outcome in zip(panels, outcomes, strict=True):
            group = where(table, outcome=outcome).set_index("parameter").loc[order]
            for name, colour, offset in (("total", USEFULNESS, 0.16), ("first", GREY, -0.16)):
                value = group[name].to_numpy()
                ends = np.array([value - group[f"{name}_ci_low"], group[f"{name}_ci_high"] - value])
                axes.errorbar(value, height + offset, xerr=ends, fmt="o", color=colour, ms=7, lw=2)
            axes.axvline(0, color=GREY, lw=0.8)
            axes.set_title(outcome, loc="left", color=INK, weight="bold", fontsize=13)
            axes.set_xlim(low, high)
            axes.set_xticks([0, 0.5, 1])
            axes.xaxis.set_major_formatter(PercentFormatter(1))
            axes.set_yticks(height, [name.replace("_", " ") for name in order])
            axes.tick_params(axis="y", length=0)
            axes.grid(axis="y", color="#eeeeee")
            axes.set_axisbelow(True)
        panels[len(outcomes) // 2].set_xlabel("share of the variance that it accounts for")
        top: Any = where(table, outcome=outcomes[0]).set_index("parameter").loc[order[-1]]
        for name, words, colour, offset in (
            ("total", "with all others", USEFULNESS, 0.16),
            ("first", "by itself", GREY, -0.16),
        ):
            say(panels[0], words, (top[f"{name}_ci_high"], height[-1] + offset), (8, 0), colour, va="center")
    return figure


def indices_caption(points: int, seeds: int) -> str:
    """What the figure of indices shows."""
    return (
        "Sobol' indices. Orange: the total index, the share of an outcome's variance that would be left if all other parameters "
        "were known; grey: the first-order index, the share that would go if this one alone were known. Peak: what usefulness "
        "gains at most under count; collapse: the share of that highest usefulness that count then loses; recovery: what "
        f"weight regains at most. {points} base points, {seeds} seeds each; bars are 95 % bootstrap intervals over the points."
    )


def effects(slopes: pd.DataFrame) -> Figure:
    """Mean outcomes along each parameter's range, a row an outcome and a column a parameter.

    `slopes` has a row an `outcome`, `parameter` and `value`: `mean` over the draws near it.
    """
    with mpl.rc_context(STYLE):
        outcomes, parameters = list(slopes["outcome"].unique()), list(slopes["parameter"].unique())
        figure = Figure(figsize=(13, 1.7 * len(outcomes) + 0.6), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(outcomes), len(parameters), sharex="col", sharey="row", squeeze=False)
        for row, outcome in zip(panels, outcomes, strict=True):
            for axes, parameter in zip(row, parameters, strict=True):
                group = where(slopes, outcome=outcome, parameter=parameter)
                axes.plot(group["value"], group["mean"], color=USEFULNESS, lw=2.5)
                axes.axhline(0, color=GREY, lw=0.8)
                first, last, half = group["value"].iloc[0], group["value"].iloc[-1], group["value"].diff().median() / 2
                axes.set_xticks([round(float(end), 9) for end in (first - half, last + half)])
                axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.2g}"))
                axes.margins(x=0.15)
            row[0].set_ylabel(outcome, color=INK, weight="bold")
            row[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        for axes, parameter in zip(panels[0], parameters, strict=True):
            axes.set_title(parameter.replace("_", " "), color=INK, fontsize=12, weight="bold")
    return figure


def effects_caption(draws: int) -> str:
    """What the figure of effects shows."""
    return (
        f"Which way it goes: means of the three outcomes over the draws ({draws:,} in all) in each eighth of a parameter's range, "
        "all other parameters anywhere in theirs."
    )
