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
from analysis.marks import BAND, curve, say, usefulness_axis, where

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
MOST_STEEL_G = 1000.0  # steel a joint beyond which a line leaves the figure: all of it is wasted


def steel(table: pd.DataFrame) -> Figure:
    """Usefulness, and steel for each joint, against the quota under each scheme of pay.

    `table` has a row a `scenario` and `steel_quota`: `usefulness` and `steel_per_joint_g`, each with _low and _high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 7.4), facecolor="white", layout="constrained")
        use, waste = figure.subplots(2, sharex=True, height_ratios=(3, 2.6))
        for name, (colour, style) in LINES.items():
            group = where(table, scenario=name)
            curve(use, group, "steel_quota", "usefulness", colour, style)
            curve(waste, _clipped(group), "steel_quota", "steel_per_joint_g", colour, style)
        usefulness_axis(use, "Usefulness in the last year")
        for name, quota, offset in (
            ("joints", 0.5, (-6, 10)),
            ("watched", 4.0, (-40, 8)),
            ("weight", 1.5, (6, 4)),
            ("count", 0.2, (0, 6)),
        ):
            row = where(table, scenario=name, steel_quota=quota).iloc[0]
            side = "right" if name == "joints" else "left"
            say(use, SAID[name], (quota, row["usefulness"]), offset, LINES[name][0], ha=side)
        waste.set_title("Steel for each joint [g]", loc="left", color=INK, weight="bold", fontsize=13)
        waste.set_yscale("log")
        waste.set_ylim(0.5, MOST_STEEL_G)
        waste.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
        _quota_axis(waste)
    return figure


def steel_caption(seeds: int) -> str:
    """What the figure of steel shows."""
    return (
        "Above: usefulness in the last of ten years; below: steel made into nails for each joint fastened in it (medians over "
        "seeds), where lines that leave the figure waste nearly all; against the steel quota of every factory, in multiples of "
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
    """How big nails grow where effort costs something and where it is free, and the share of lumps that is bought idleness.

    `table` as for `steel`, with `growth` in doublings; `idle` has a row a `steel_quota`: `by_account` and `by_experiment`.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 6.6), facecolor="white", layout="constrained")
        size, share = figure.subplots(2, sharex=True, height_ratios=(3, 2.4))
        for name, style, words, offset in (
            ("weight", "-", "paid by weight", (-10, 8)), ("weight, effort free", "--", "where effort is free", (14, -12)),
        ):  # fmt: skip
            group = where(table, scenario=name)
            group = group.assign(**{column: 2 ** group[column] for column in ("growth", "growth_low", "growth_high")})
            curve(size, group, "steel_quota", "growth", WEIGHT, style)
            row = where(group, steel_quota=2.0).iloc[0]
            say(size, words, (row["steel_quota"], row["growth"]), offset, WEIGHT, ha="right" if name == "weight" else "left")
        size.axhline(1, color=GREY, lw=1)
        size.set_yscale("log")
        size.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
        size.set_title("Mass of nails, in multiples of the first", loc="left", color=WEIGHT, weight="bold", fontsize=13)
        share.set_title("Share of the lumps that is bought idleness", loc="left", color=INK, weight="bold", fontsize=13)
        for way, style in (("by_account", "-"), ("by_experiment", "--")):
            share.fill_between(idle["steel_quota"], idle[f"{way}_ci_low"], idle[f"{way}_ci_high"], color=INK, alpha=0.15, lw=0)
            share.plot(idle["steel_quota"], idle[way], color=INK, lw=2.5, ls=style)
        for way, offset in (("by_account", (4, 12)), ("by_experiment", (-4, -36))):
            for row in idle[idle["steel_quota"] >= 0.5].head(1).to_dict("records"):
                say(share, way.replace("_", " "), (row["steel_quota"], row[way]), offset, INK)
        if idle.empty:
            share.text(0.5, 0.5, "no lumps", transform=share.transAxes, ha="center", color=GREY)
        share.set_ylim(0, 1.05)
        share.yaxis.set_major_formatter(PercentFormatter(1))
        _quota_axis(share)
    return figure


def idleness_caption(seeds: int) -> str:
    """What the figure of idleness shows."""
    return (
        "Factories paid by weight, in the last of ten years. Above: the mass of their nails over that of their first (geometric "
        f"mean), where effort has its price and where it costs nothing; lines are means over {seeds} seeds, bands their middle "
        "80 %. Below: the share of the lumps that is bought idleness, with 95 % intervals. By account: of what a lump earns "
        "over the first nail, the part that is effort saved and not weight gained. By experiment: of the growth in doublings, "
        "the part that goes where effort is free."
    )


def _clipped(group: pd.DataFrame) -> pd.DataFrame:
    columns = [f"steel_per_joint_g{ending}" for ending in ("", "_low", "_high")]
    return group.assign(**{column: np.minimum(group[column], 1e3 * MOST_STEEL_G) for column in columns})


def _quota_axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xticks(TICKS)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("famine  ←  steel quota, in multiples of what good nails take  →  plenty")
