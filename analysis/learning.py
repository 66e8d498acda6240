"""Figures of factories that learn: pure functions of tables, each with the words that go below it."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from analysis.curves import STYLE
from analysis.figures import COLOURS, GREY, METRIC, USEFULNESS
from analysis.marks import BAND, curve, end_labels

REWARDS = {"observed": (METRIC, "Pay a month: the reward it sees"), "hidden": (USEFULNESS, "Real use: the hidden reward")}
DASHES = ((0, (1, 1.5)), (0, (5, 2)), "-")  # of powers, from the least shown to the greatest


def power(table: pd.DataFrame, shown: tuple[float, ...]) -> Figure:
    """Both rewards against how far a learner can move, and against how many episodes it has learned from.

    `table` has a row a `reward` that is learned from, a `power` and a number of `episodes`: `observed` and `hidden`, each with
    _low and _high. `shown` are three powers whose learning is drawn.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 7), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(2, 2, sharex="col", sharey="row")
        whole = table[table["episodes"] == table["episodes"].max()]
        panels[0, 0].set_xscale("log", base=2)
        for (left, right), (column, (colour, title)) in zip(panels, REWARDS.items(), strict=True):
            learned = []
            for reward, name, line, style in (("hidden", "use", GREY, "--"), ("observed", "pay", colour, "-")):
                part = whole[whole["reward"] == reward].sort_values("power")
                if part.empty:
                    continue
                curve(left, part, "power", column, line, style)
                learned.append((*_end(part["power"], part[column]), f"learned\nfrom {name}", line))
            left.set_title(title, loc="left", color=colour, weight="bold", fontsize=13)
            ends = []
            for value, style in zip(shown, DASHES, strict=True):
                part = table[(table["reward"] == "observed") & (table["power"] == value)].sort_values("episodes")
                if part.empty:
                    continue
                right.plot(_place(part["episodes"]), part[column], color=colour, lw=2.5, ls=style)
                ends.append((*_end(_place(part["episodes"]), part[column]), f"power {in_words(value)}", colour))
            for axes in (left, right):
                axes.axhline(0, color=GREY, lw=0.8)
            for axes, named, apart in ((left, learned, 0.18), (right, ends, 0.08)):
                axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())  # as they are: labels know only limits that are settled
                end_labels(axes, named, apart)
        left, right = panels[1]
        left.set_xticks(sorted(table["power"].unique()))
        left.xaxis.set_major_formatter(FuncFormatter(lambda power, _: in_words(power)))
        left.xaxis.set_minor_formatter(NullFormatter())
        left.set_xlabel("power: step sizes that it can move in a month")
        ticks = [n for n in sorted(table["episodes"].unique()) if n == 0 or n & (n - 1) == 0]
        right.set_xticks(_place(pd.Series(ticks)), [str(n) for n in ticks])
        right.set_xlabel("episodes learned from")
    return figure


def _end(x: Any, y: Any) -> tuple[float, float]:
    return float(x.iloc[-1]), float(y.iloc[-1])


def in_words(power: float) -> str:
    """A power, which goes by doublings.

    >>> in_words(0.125), in_words(4.0)
    ('1/8', '4')
    """
    return f"{power:g}" if power >= 1 else f"1/{1 / power:g}"


def power_caption(paid_by: str, seeds: int, shown: tuple[float, ...]) -> str:
    """What the figure of learning shows."""
    return (
        f"A factory paid by {paid_by} learns by trial (CMA-ES) in an economy of ordinary ones; rewards are means a month over an "
        "episode, in worlds that it has not learned in. Above: pay. Below: joints that its nails are good for, over the "
        "engineering norm, which nobody tells it. Left: after all episodes, against how far it can move its plan in a month; grey "
        f"dashes: learning from the hidden reward, the honest control. Right: on the way, learning from pay, for powers "
        f"{', '.join(map(in_words, shown))}. {BAND.format(seeds=seeds)}"
    )


def paths(line: pd.DataFrame, far: float) -> Figure:
    """What became of a nail, of pay, of use and of effort, month by month: learned, and looking around.

    `line` has a row a `metric`, `power`, `who` and `month`: `mass`, `observed`, `hidden` and `effort`, each with _low and _high.
    """
    with mpl.rc_context(STYLE):
        metrics = list(line["metric"].unique())
        rows = {
            "mass": "Mass of its nail, over its first's",
            "observed": "Pay a month",
            "hidden": "Real use",
            "effort": "Effort",
        }
        figure = Figure(figsize=(11, 12), facecolor="white", layout="constrained")
        how: dict[str, Any] = {"sharex": True, "sharey": "row", "squeeze": False, "height_ratios": (3, 3, 3, 4)}
        panels: Any = figure.subplots(len(rows), len(metrics), **how)
        for place, metric in enumerate(metrics):
            mine = line[line["metric"] == metric]
            greatest = mine["power"].max()
            for axes, (column, title) in zip(panels[:, place], rows.items(), strict=True):
                colour = USEFULNESS if column == "hidden" else COLOURS[metric]
                climbers = mine[(mine["who"] == "looks around") & (mine["power"] == greatest)]
                curve(axes, climbers, "month", column, GREY, "--")
                for value, style in zip(sorted(mine["power"].unique()), DASHES[-mine["power"].nunique() :], strict=True):
                    part = mine[(mine["who"] == "learned") & (mine["power"] == value)]
                    if column == "effort":  # where bands lie upon each other: each is told by its edges
                        _edged(axes, part, column, colour, style)
                    else:
                        curve(axes, part, "month", column, colour, style)
                axes.set_title(
                    f"{title}, paid by {metric}" if column == "mass" else title, loc="left", color=colour, fontsize=13
                )
                if column == "mass":
                    axes.set_yscale("log")
                    for edge in (1 / far, far):
                        axes.axhline(edge, color=GREY, lw=0.8, ls=(0, (1, 2)))
                    _say_far(axes, mine, far)
                else:
                    axes.axhline(0, color=GREY, lw=0.8)
            panels[-1, place].set_xlabel(f"month (its target begins in month {_begins(line)})")
        _key(panels[0, 0], sorted(line["power"].unique()))
    return figure


def paths_caption(line: pd.DataFrame, seeds: int, far: float) -> str:
    """What the figure of paths shows."""
    return (
        "A factory that has learned by trial what pays (coloured; dashed with power 1, solid with 4), and, grey dashes, an ordinary "
        f"one in the same place that looks around once a month. Left paid by count, right by weight, from month {_begins(line)} on. "
        f"Dotted: {far:g} times lighter or heavier than its first nail. {BAND.format(seeds=seeds)}"
    )


def _begins(line: pd.DataFrame) -> int:
    """The first month of the paths, which begin with the target."""
    return int(line["month"].min())


def _edged(axes: Axes, part: pd.DataFrame, column: str, colour: str, style: Any) -> None:
    """A line over months whose band is nearly clear, with edges in the style of the line."""
    low, high = part[f"{column}_low"], part[f"{column}_high"]
    axes.fill_between(part["month"], low, high, color=colour, alpha=0.06, lw=0)
    for edge in (low, high):
        axes.plot(part["month"], edge, color=colour, lw=0.8, ls=style, alpha=0.7)
    axes.plot(part["month"], part[column], color=colour, lw=2.5, ls=style)


def _say_far(axes: Axes, mine: pd.DataFrame, far: float) -> None:
    """Name the dotted line on the side to which nails went, at its right end, between it and the first nail."""
    last = mine["month"].max()
    lighter = mine.loc[mine["month"] == last, "mass"].median() < 1
    words, side = ("lighter", "bottom") if lighter else ("heavier", "top")
    axes.text(last, 1 / far if lighter else far, f"{far:g} times {words}", color=GREY, fontsize=11, ha="right", va=side)


def _key(axes: Axes, powers: list[float]) -> None:
    """Which line is which, by style: colours are the rows' and columns'."""
    from matplotlib.lines import Line2D

    lines = [Line2D([], [], color=METRIC, lw=2.5, ls=style) for style in DASHES[-len(powers) :]]
    names = [f"learned, power {value:g}" for value in powers]
    lines.append(Line2D([], [], color=GREY, lw=2.5, ls="--"))
    axes.legend(lines, [*names, "looks around"], frameon=False, fontsize=11, loc="upper right", handlelength=3)


def _place(episodes: Any) -> Any:
    """Where a number of episodes stands: doublings, with none at the left."""
    return np.log2(1 + episodes / 16)
