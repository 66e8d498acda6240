"""Cycles of a planner who reacts: how long each metric stays, whether usefulness swings with it, and figures of both."""

from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from analysis.figures import COLOURS, GREY, INK, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import say, say_near, usefulness_axis, where

STYLE: Any = FIGURE_STYLE
LEAST_LAG = 6  # months; below, a series is like itself because it is smooth
USEFUL_SHADES = LinearSegmentedColormap.from_list("useful", ["#ffffff", USEFULNESS])
GREY_SHADES = LinearSegmentedColormap.from_list("months", ["#ffffff", GREY])


class Swing(NamedTuple):
    """A period [months], and the autocorrelation at it."""

    lag: float
    strength: float


def stays(targets: npt.NDArray) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First months of the stays of each target in a series, and the months after their last.

    >>> [edges.tolist() for edges in stays(np.array(["count", "count", "weight", "count"]))]
    [[0, 2, 3], [2, 3, 4]]
    """
    starts = np.r_[0, np.flatnonzero(targets[1:] != targets[:-1]) + 1]
    return starts, np.r_[starts[1:], len(targets)]


def period(values: npt.ArrayLike, least: int = LEAST_LAG) -> Swing:
    """The period of a series, shape (months,): the lag of the highest peak of its autocorrelation beyond `least`.

    Lags up to half of the series count, and peaks alone: a series that only drifts has no period, NaN.

    >>> months = np.arange(240)
    >>> period(np.sin(2 * np.pi * months / 30)).lag
    30.0
    >>> period(months).lag
    nan
    """
    values = np.asarray(values, dtype=float)
    around = values - values.mean()
    lags = len(values) // 2
    if lags <= least + 1 or not around.any():
        return Swing(float("nan"), float("nan"))
    echo = np.array([np.mean(around[lag:] * around[: len(around) - lag]) for lag in range(lags + 1)]) / np.mean(around**2)
    inner = np.arange(least, lags)
    peaks = inner[(echo[inner] > echo[inner - 1]) & (echo[inner] >= echo[inner + 1])]
    if not len(peaks):
        return Swing(float("nan"), float("nan"))
    best = peaks[echo[peaks].argmax()]
    return Swing(float(best), float(echo[best]))


def lives(months: pd.DataFrame) -> Figure:
    """Usefulness month by month under planners of different patience, the target shaded.

    `months` has a row a `patience` and `month`: `target` and `usefulness` of one run.
    """
    with mpl.rc_context(STYLE):
        patiences = months["patience"].unique()
        figure = Figure(figsize=(9, 2.1 * len(patiences) + 0.6), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(patiences), sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, patience in zip(panels, patiences, strict=True):
            group = months[months["patience"] == patience]
            target = group["target"].to_numpy()
            for start, end in zip(*stays(target), strict=True):
                if target[start] != "none":
                    axes.axvspan(start, end, color=COLOURS.get(target[start], GREY), alpha=0.25, lw=0)
            axes.plot(group["month"], group["usefulness"], color=USEFULNESS, lw=2.5)
            many = "month" if patience == 1 else "months"
            axes.set_title(f"changes after {patience} {many} of complaints", loc="left", color=INK, weight="bold", fontsize=13)
            axes.set_ylim(0, 1)
            axes.set_yticks([0, 0.5, 1])
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        end = int(months["month"].to_numpy().max()) + 1
        panels[-1].set_xlim(0, end)
        panels[-1].set_xticks(range(0, end + 1, 24))
        panels[-1].set_xlabel("month")
        peak: Any = months[months["patience"] == patiences[0]].nlargest(1, "usefulness").iloc[0]
        say(panels[0], "usefulness", (peak["month"], peak["usefulness"]), (10, -4), USEFULNESS)
        slowest = months.loc[months["patience"] == patiences[-1], "target"].to_numpy()
        for start, end in list(zip(*stays(slowest), strict=True))[:3]:
            name = "no\ntarget" if slowest[start] == "none" else slowest[start]
            at = ((start + end) / 2, 0.96)
            panels[-1].text(*at, name, color=COLOURS.get(name, GREY), weight="bold", ha="center", va="top")
    return figure


def lives_caption(tolerance: float) -> str:
    """What the figure of lives shows."""
    return (
        "One run each, the same seed: usefulness, the share of the building programme that holds, under a planner who changes "
        "the metric once over half the trusts have complained for so many months on end, and who gives each metric a year "
        f"first. Trusts complain below {tolerance:.0%} of the joints they had before targets. Shaded: what is the target."
    )


def patience(table: pd.DataFrame, watched: float) -> Figure:
    """Usefulness, beside `watched`, that where nothing is paid for, and how long a metric stays, by patience: a line a tolerance.

    `table` has a row a `tolerance` and `patience`: `stay` (NaN: for good) and `usefulness`, each with _ci_low and _ci_high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 7.4), facecolor="white", layout="constrained")
        use, stay = figure.subplots(2, sharex=True, height_ratios=(3, 2))
        tolerances, patiences = sorted(table["tolerance"].unique()), sorted(table["patience"].unique())
        for share, tolerance in zip(np.linspace(0.4, 1, len(tolerances)), tolerances, strict=True):
            group = where(table, tolerance=tolerance).sort_values("patience")
            for axes, column, shades in ((use, "usefulness", USEFUL_SHADES), (stay, "stay", GREY_SHADES)):
                low, high = group[f"{column}_ci_low"], group[f"{column}_ci_high"]
                axes.fill_between(group["patience"], low, high, color=shades(share), alpha=0.15, lw=0)
                axes.plot(group["patience"], group[column], "o-", color=shades(share), lw=2.5, ms=5)
        use.axhline(watched, color=GREY, lw=2, ls="--")
        say(use, "nothing is paid for", (patiences[-1], watched), (0, 5), GREY, ha="right")
        usefulness_axis(use, "Usefulness")
        use.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
        use.set_ylim(0, min(1, 1.2 * max(watched, table["usefulness_ci_high"].max())))
        stay.set_title("Months that a metric stays", loc="left", color=GREY, weight="bold", fontsize=13)
        stay.set_ylim(0, 1.15 * np.nanmax([*table["stay_ci_high"], 1]))
        stay.set_xscale("log")
        stay.set_xticks(patiences, [f"{value:g}" for value in patiences])
        stay.xaxis.set_minor_locator(NullLocator())
        stay.set_xlabel("patience: months of complaints before a change")
        figure.suptitle(_at_best(table, watched), x=0.02, ha="left", fontsize=16, weight="bold")
        figure.draw_without_rendering()  # lays it out, for words to be placed
        for tolerance in (tolerances[0], tolerances[-1]):
            group = where(table, tolerance=tolerance).sort_values("patience")
            words = f"complain below {tolerance:.0%}"
            say_near(use, words, group[["patience", "usefulness"]], USEFULNESS)
            if group["stay"].notna().any():
                say_near(stay, words, group[["patience", "stay"]].dropna().iloc[::-1], GREY)
    return figure


def _at_best(table: pd.DataFrame, watched: float) -> str:
    """What the best tolerance and patience leave of usefulness, beside paying for nothing, in words."""
    best = table.loc[table["usefulness"].idxmax()]
    return f"Reacting to complaints: usefulness {best['usefulness']:.0%} at best.\nPaying for nothing: {watched:.0%}."


def patience_caption(seeds: int) -> str:
    """What the figure of patience shows."""
    return (
        "Planners who change between count and weight; a line a tolerance, the deeper the higher: the share of their usual joints "
        "below which trusts complain. Above: usefulness from month 48 on. Below: how many months a metric stays the target (no dot: "
        "for good); it cannot be fewer than 11 and the patience, for each is given a year. "
        f"Means over {seeds} seeds with 95 % intervals."
    )
