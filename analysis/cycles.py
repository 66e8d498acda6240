"""Cycles of a planner who reacts: how long each metric stays, whether usefulness swings with it, and figures of both."""

from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures import COLOURS, GREY, INK, USEFULNESS
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import say

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


def patience(table: pd.DataFrame) -> Figure:
    """Heat maps over tolerance and patience: how long a metric stays, and usefulness.

    `table` has a row a `tolerance` and `patience`: `stay` and `usefulness`, each with _ci_low and _ci_high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12, 5), facecolor="white", layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _heat(left, table, "stay", GREY_SHADES, "{:.0f}", table["stay"].max() if table["stay"].notna().any() else 1.0)
        left.set_title("Months that a metric stays", loc="left", color=INK, weight="bold", fontsize=14)
        _heat(right, table, "usefulness", USEFUL_SHADES, "{:.0%}", 0.5)
        right.set_title("Usefulness", loc="left", color=USEFULNESS, weight="bold", fontsize=14)
        left.set_ylabel("tolerance: trusts complain below\nthis share of their usual joints")
    return figure


def patience_caption(seeds: int) -> str:
    """What the heat maps show."""
    return (
        "Planners who change between count and weight. Left: how many months a metric stays the target (empty: for good); it cannot "
        "be fewer than 11 and the patience, for each is given a year. Right: usefulness from month 48 on; white is 0, the fullest "
        f"colour 50 %. Means over {seeds} seeds, small: their 95 % intervals."
    )


def _heat(axes: Axes, table: pd.DataFrame, column: str, shades: Any, form: str, full: float) -> None:
    """One heat map, every cell with its number and interval."""
    wide = {
        ending: table.pivot(index="tolerance", columns="patience", values=column + ending)
        for ending in ("", "_ci_low", "_ci_high")
    }
    mean = wide[""]
    axes.imshow(mean, cmap=shades, vmin=0, vmax=full, aspect="auto", origin="lower")
    for (y, x), value in np.ndenumerate(mean.to_numpy()):
        low, high = (wide[ending].to_numpy()[y, x] for ending in ("_ci_low", "_ci_high"))
        colour = "white" if value > 0.75 * full else INK
        if np.isnan(value):
            continue
        axes.text(x, y, form.format(value), ha="center", va="bottom" if low < high else "center", color=colour, weight="bold")
        if low < high:
            axes.text(
                x,
                y - 0.06,
                f"{form.format(low).rstrip('%')}–{form.format(high)}",
                ha="center",
                va="top",
                color=colour,
                fontsize=10,
            )
    axes.set_xticks(range(len(mean.columns)), [f"{value:g}" for value in mean.columns])
    axes.set_yticks(range(len(mean.index)), [f"{value:.0%}" for value in mean.index])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel("patience: months of complaints before a change")
