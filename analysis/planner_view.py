"""The planner's view: what is read of plans and of the measure that is paid for, above the use that nobody reads."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from analysis.figures import COLOURS, GREY, INK, STYLE, USEFULNESS, heading, month_axis, name_phases, shade
from analysis.phases import HIGH, LOW, MIXED, YEAR

MEASURES = {"count": "count", "weight": "weight_kg"}  # a target, and the column of `months` that it pays for
SERIES = {"fulfilment": "mean_fulfilment", "index": "index", "usefulness": "usefulness"}


def planner_view(months: pd.DataFrame) -> pd.DataFrame:
    """One row a month: target, and mean, low and high (middle 80 % of seeds) of fulfilment, index and usefulness.

    `months` has one row a seed and month. `fulfilment` is the mean over factories of score over target; `index` is the measure
    that is paid for over its mean in the 12 months before it was (over its first month, if there were none), seed by seed. Both
    are NaN without a target, the index also under a target other than count and weight.

    >>> months = pd.DataFrame({"seed": 0, "month": [0, 1, 2], "target": ["none", "count", "count"], "count": [5.0, 10.0, 20.0]})
    >>> planner_view(months.assign(weight_kg=1.0, usefulness=0.5, mean_fulfilment=[None, 1.0, 2.0]))["index"].tolist()
    [nan, 2.0, 4.0]
    """
    seeds = pd.concat([run.assign(index=_index(run)) for _, run in months.groupby("seed")])
    grouped = seeds.groupby("month")
    columns = {"target": grouped["target"].first().where(grouped["target"].nunique() == 1, MIXED)}
    for name, column in SERIES.items():
        values = seeds[column].astype(float).groupby(seeds["month"])
        columns |= {name: values.mean(), f"{name}_low": values.quantile(LOW), f"{name}_high": values.quantile(HIGH)}
    return pd.DataFrame(columns).reset_index()


def _index(run: pd.DataFrame) -> pd.Series:
    """The measure that is paid for over its mean in the year before it was, for one seed."""
    run = run.sort_values("month")
    index = pd.Series(np.nan, run.index)
    for _, span in run.groupby((run["target"] != run["target"].shift()).cumsum()):
        measure, first = MEASURES.get(span["target"].iloc[0]), span["month"].iloc[0]
        if measure is not None:
            before = run.loc[run["month"].between(first - YEAR, first - 1), measure]
            index[span.index] = span[measure] / (before if len(before) else span[measure].head(1)).mean()
    return index


def figure(view: pd.DataFrame, phases: pd.DataFrame) -> Figure:
    """What the planner reads, above, and usefulness, below; `view` is `planner_view`'s, `phases` that of `analysis.phases`."""
    with mpl.rc_context(STYLE):
        drawn = Figure(figsize=(9, 7.8), facecolor="white", layout="constrained")
        drawn.suptitle(_headline(view), x=0.02, ha="left", fontsize=19, weight="bold")
        shown = _shown(view)
        panels: Any = drawn.subplots(len(shown), sharex=True, height_ratios=[{"usefulness": 4}.get(name, 3) for name in shown])
        panel = dict(zip(shown, np.atleast_1d(panels), strict=True))
        use = panel["usefulness"]
        named = name_phases(use, phases, view)
        for name, axes in panel.items():
            shade(axes, phases)
            for row in phases.itertuples():
                span = view[view["month"].between(row.first_month, row.last_month)].dropna(subset=name)
                if len(span):
                    colour = USEFULNESS if name == "usefulness" else COLOURS.get(row.target, GREY)
                    _line(axes, span, name, colour, told=row.first_month in set(named["first_month"]))
        if "fulfilment" in panel:
            heading(panel["fulfilment"], "Read: plan fulfilment, mean of factories", INK)
            panel["fulfilment"].axhline(1, color=GREY, lw=1, ls="--", zorder=1)
            _ratio_axis(panel["fulfilment"], (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100), "{:.0%}")
        if "index" in panel:
            heading(panel["index"], f"Read: the measure paid for, over {_usual(view)}", INK)
            _ratio_axis(panel["index"], 10.0 ** np.arange(-6, 7), "×{:g}")
        heading(use, "Not read: usefulness, the share of the building programme that holds", USEFULNESS)
        use.plot(view["month"], view["usefulness"], color=USEFULNESS, lw=3, solid_capstyle="round")  # across targets
        use.set_ylim(0, 1)
        use.set_yticks([0, 0.5, 1])
        use.yaxis.set_major_formatter(PercentFormatter(1))
        month_axis(use, int(view["month"].max()) + 1)
    return drawn


def _headline(view: pd.DataFrame) -> str:
    """How plan and building programme stand in the last month, where there is a plan."""
    last = view.iloc[-1]
    if np.isnan(last["fulfilment"]):
        return "What the planner reads, and what the builders get"
    return f"At the end the plan is {last['fulfilment']:.0%} fulfilled, the building {last['usefulness']:.0%}"


def _usual(view: pd.DataFrame) -> str:
    """What the index is over, in words."""
    a_year_before = view.loc[view["index"].notna(), "month"].min() >= YEAR
    return "its mean in the year before it was" if a_year_before else "what it was at first"


def _shown(view: pd.DataFrame) -> list[str]:
    """The series that have a panel: those that there are, for without a target, or one of count or weight, some are not."""
    return [name for name in SERIES if view[name].notna().any()]


def _line(axes: Axes, span: pd.DataFrame, name: str, colour: str, told: bool) -> None:
    """One series under one target, with its band; `told`: with its last value in words."""
    axes.fill_between(span["month"], span[f"{name}_low"], span[f"{name}_high"], color=colour, alpha=0.25, lw=0)
    axes.plot(span["month"], span[name], color=colour, lw=3, solid_capstyle="round")
    if not told:
        return
    at, value = span["month"].iloc[-1], span[name].iloc[-1]
    words = f"×{float(f'{value:.2g}'):,g}" if name == "index" else f"{value:.0%}"
    axes.plot(at, value, "o", color=colour, ms=7, clip_on=False, zorder=3)
    axes.annotate(words, (at, value), (-2, 7), textcoords="offset points", ha="right", weight="bold", color=colour)


def _ratio_axis(axes: Axes, ticks: np.ndarray | tuple[float, ...], words: str) -> None:
    """A log axis with room above for words, and ticks where there is something."""
    axes.set_yscale("log")
    low, high = axes.dataLim.intervaly if np.isfinite(axes.dataLim.intervaly).all() else (1, 1)
    low, high = 0.8 * min(low, 1), 2 * max(high, 1)
    axes.set_ylim(low, high)
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.format(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())


def caption(seeds: int, view: pd.DataFrame) -> str:
    """What the figure of the planner's view shows, in words."""
    shown = _shown(view)
    read = [
        "the mean over factories of score over target, in which the steps down are the anniversaries at which targets are raised "
        "towards what was achieved (dashes: the plan, met to the letter)"
    ] * ("fulfilment" in shown)
    short = " (or as many as there were; without any, over its first month)" * (_usual(view) == "what it was at first")
    read += [f"count or weight, where it is paid for, over its mean in the twelve months before it was{short}"] * (
        "index" in shown
    )
    above = (
        f"Above, what the planner reads: {', and '.join(read)}. Below, what no report says: "
        if read
        else "What no report says: "
    )
    return (
        f"{above}usefulness, the share of the building programme that holds. Dots mark the last month under each named target. "
        f"Lines are means over {seeds} seeds, bands their middle 80 %; shading shows what was the target."
    )
