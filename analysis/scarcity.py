"""Figures of scarce steel: what it does under each scheme of pay, who is starved, and what lumps are for."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from analysis.figures import COLOURS, GREY, INK, USEFULNESS, WEIGHT
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import BAND, curve, say_near, usefulness_axis, where

STYLE: Any = FIGURE_STYLE
LINES = {"watched": (GREY, ":"), "count": (COLOURS["count"], "-"), "weight": (WEIGHT, "-"), "joints": (INK, "--")}
SAID = {
    "watched": "nothing is paid for",
    "count": "paid by count",
    "weight": "paid by weight",
    "joints": "paid by joints (control)",
}
SHADES = {"thin": "#e6813f", "middling": "#b34f00", "thick": "#5a2700"}  # of usefulness, by the boards
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8)
SAID_AT = {"joints": 0.35, "watched": 4.0, "weight": 1.5, "count": 0.2}  # the quota at which each line is named
WIDE = 4.0  # a gap, as a factor, in which there is room for words
WAYS = {"by_account": ("-", "of the pay"), "by_experiment": ("--", "of the growth")}  # in which idleness is told


def steel(table: pd.DataFrame) -> Figure:
    """Usefulness, and joints from a kilogram of steel, against the quota under each scheme of pay.

    `table` has a row a `scenario` and `steel_quota`: `usefulness`, with _low and _high, and `steel_per_joint_g`.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 8.2), facecolor="white", layout="constrained")
        use, yielded = figure.subplots(2, sharex=True, height_ratios=(3, 2.6))
        table = table.assign(joints_per_kg=1000 / table["steel_per_joint_g"])
        for name, (colour, style) in LINES.items():
            group = where(table, scenario=name)
            curve(use, group, "steel_quota", "usefulness", colour, style)
            yielded.plot(group["steel_quota"], group["joints_per_kg"], color=colour, lw=2.5, ls=style)
        usefulness_axis(use, "Usefulness in the last year")
        yielded.set_title("Joints from a kilogram of steel", loc="left", color=INK, weight="bold", fontsize=13)
        yielded.set_ylim(0, 1.05 * table["joints_per_kg"].max())
        yielded.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
        _quota_axis(yielded)
        figure.suptitle(_peak(where(table, scenario="weight")), x=0.02, ha="left", fontsize=15, weight="bold")
        figure.draw_without_rendering()  # lays it out, for words to be placed
        for axes, column in ((use, "usefulness"), (yielded, "joints_per_kg")):
            for name, quota in SAID_AT.items():
                line = where(table, scenario=name)[["steel_quota", column]].to_numpy()
                say_near(axes, SAID[name], line[np.argsort(np.abs(np.log(line[:, 0] / quota)), kind="stable")], LINES[name][0])
    return figure


def _peak(weight: pd.DataFrame) -> str:
    """At which quota pay by weight leaves most of use, and what at the largest, in words."""
    best, most = weight.loc[weight["usefulness"].idxmax()], weight.loc[weight["steel_quota"].idxmax()]
    peak = f"Paid by weight, usefulness is highest at quota {best['steel_quota']:g}: {best['usefulness']:.0%}"
    later = f"\nAt quota {most['steel_quota']:g} it is {most['usefulness']:.0%}"
    return peak + later * bool(most["steel_quota"] > best["steel_quota"])


def steel_caption(seeds: int) -> str:
    """What the figure of steel shows."""
    return (
        "Above: usefulness in the last of ten years; below: joints fastened in it for each kilogram of steel made into nails "
        "(medians over seeds, without a band); against the steel quota of every factory, in multiples of "
        f"what good nails at full effort take on average (the default is 4). {BAND.format(seeds=seeds)}"
    )


def starved(hunger: pd.DataFrame) -> Figure:
    """Usefulness to those who need thin, middling and thick nails, against the quota, a panel a scheme of pay.

    `hunger` has a row a `scenario`, `steel_quota` and `boards`: `usefulness` with _low and _high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12, 4.4), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(1, 3, sharey=True)
        for axes, name in zip(panels, ("watched", "weight", "joints"), strict=True):
            for kind, colour in SHADES.items():
                curve(
                    axes,
                    where(hunger, scenario=name, boards=kind).sort_values("steel_quota"),
                    "steel_quota",
                    "usefulness",
                    colour,
                )
            usefulness_axis(axes, "")
            axes.set_title(SAID[name], loc="left", color=INK, weight="bold", fontsize=13)
            _quota_axis(axes)
        panels[1].set_xlabel(panels[0].get_xlabel())
        for axes in (panels[0], panels[2]):
            axes.set_xlabel("")
        panels[0].set_ylabel("usefulness", color=USEFULNESS, weight="bold")
        there = [(kind, colour) for kind, colour in SHADES.items() if kind in set(hunger["boards"])]
        for (kind, colour), height in zip(there, (0.94, 0.86, 0.78), strict=False):
            panels[0].text(
                0.04, height, f"{kind} boards", transform=panels[0].transAxes, color=colour, weight="bold", va="center"
            )
    return figure


def starved_caption(boards: dict[str, tuple[int, int]], seeds: int) -> str:
    """What the figure of the starved shows; `boards` is the range [mm] of each kind."""
    (_, thin), _, (thick, _) = boards.values()
    return (
        f"The share of the programme that holds for trusts who nail boards below {thin} mm, between, and from {thick} mm on, in "
        "four months of the last year, against the steel quota of every factory, in multiples of what good nails at full effort "
        f"take on average. {BAND.format(seeds=seeds)}"
    )


def idleness(table: pd.DataFrame, idle: pd.DataFrame) -> Figure:
    """How big nails grow where effort costs something and where it is free, and how much of that saves effort, told in two ways.

    `table` as for `steel`, with `growth` in doublings; `idle` has a row a `steel_quota`: `by_account` and `by_experiment`.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 7.4), facecolor="white", layout="constrained")
        size, share = figure.subplots(2, sharex=True, height_ratios=(3, 2.4))
        lines = {}
        for name, style, words in (("weight", "-", "effort has its price"), ("weight, effort free", "--", "effort is free")):
            group = where(table, scenario=name)
            lines[words] = group.assign(**{column: 2 ** group[column] for column in ("growth", "growth_low", "growth_high")})
            curve(size, lines[words], "steel_quota", "growth", WEIGHT, style)
        costly, free = lines.values()
        size.fill_between(costly["steel_quota"], free["growth"], costly["growth"], color=INK, alpha=0.12, lw=0)
        gap = costly["growth"].to_numpy() / free["growth"].to_numpy()
        if gap.max() > WIDE:
            quota, mass = costly["steel_quota"].iloc[gap.argmax()], costly["growth"].iloc[gap.argmax()] / np.sqrt(gap.max())
            size.text(quota, mass, "saves\neffort", color=INK, ha="center", va="center", fontsize=11)
        size.axhline(1, color=GREY, lw=1)
        size.set_yscale("log")
        size.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
        size.set_title(
            "Mass of nails paid by weight, in multiples of the first", loc="left", color=WEIGHT, weight="bold", fontsize=13
        )
        share.set_title("Share of the lumps that is there to save effort", loc="left", color=INK, weight="bold", fontsize=13)
        for way, (style, _) in WAYS.items():
            share.fill_between(idle["steel_quota"], idle[f"{way}_ci_low"], idle[f"{way}_ci_high"], color=INK, alpha=0.12, lw=0)
            share.plot(idle["steel_quota"], idle[way], color=INK, lw=2.5, ls=style)
        share.set_ylim(0, 1.05)
        share.yaxis.set_major_formatter(PercentFormatter(1))
        _quota_axis(share)
        figure.suptitle(_saved(idle), x=0.02, ha="left", fontsize=15, weight="bold")
        figure.draw_without_rendering()  # lays it out, for words to be placed
        for words, line in lines.items():
            say_near(size, words, line[["steel_quota", "growth"]].iloc[::-1], WEIGHT)
        for way, (_, words) in WAYS.items():
            if len(idle):
                say_near(share, words, idle[["steel_quota", way]], INK)
        if idle.empty:
            share.text(0.5, 0.5, "no lumps", transform=share.transAxes, ha="center", color=GREY)
    return figure


def _saved(idle: pd.DataFrame) -> str:
    """How much of what lumps earn is effort saved, in words."""
    if idle.empty:
        return "No lumps, and so none that save effort"
    low, high = f"{idle['by_account'].min():.0%}", f"{idle['by_account'].max():.0%}"
    return f"Of what heavy nails earn, {low}{f' to {high}' * (low != high)} is effort saved"


def idleness_caption(seeds: int) -> str:
    """What the figure of idleness shows."""
    return (
        "Factories paid by weight, in the last of ten years. Above: the mass of their nails over that of their first (geometric "
        f"mean), where effort has its price and where it costs nothing; lines are means over {seeds} seeds, bands their middle "
        "80 %; grey: what is grown only where idleness pays. Below: the share of the lumps that saves effort, with 95 % intervals. "
        "Of the pay: of what a lump earns over the first nail, the part that is effort saved and not weight gained. Of the growth: "
        "of the growth in doublings, the part that goes where effort is free (grey above)."
    )


def _quota_axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xticks(TICKS)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("famine  ←  steel quota, in multiples of what good nails take  →  plenty")
