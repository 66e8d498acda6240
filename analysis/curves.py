"""Figures of measures, pay and optimisation: pure functions of tables, each with the words that go below it."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from analysis.change_points import STRONG
from analysis.figures import GREY, INK, METRIC, USEFULNESS, WEIGHT
from analysis.figures import STYLE as FIGURE_STYLE
from analysis.marks import BAND, PALE, curve, end_labels, say, usefulness_axis, where
from analysis.overoptimisation import Fit

STYLE: Any = FIGURE_STYLE
WIDTH_SHADES = ("#e6813f", "#D55E00", "#9c4500", "#5a2700")  # of usefulness, by the width of habits
POWER_NAMES = {
    "capability": "capability: how far from its first nail a factory can go, as a factor",
    "breadth": "breadth: alternatives that a factory weighs a month",
    "step_size": "step size: how far alternatives lie (sd of the log)",
    "imitation": "imitation: probability a month that a factory looks at a peer",
}
POWER_TICKS = {
    "capability": (1, 1.2, 1.5, 2, 3, 4, 6, 10),
    "breadth": (1, 2, 4, 8, 16, 32, 64),
    "step_size": (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32),
}


def strength(table: pd.DataFrame) -> Figure:
    """Usefulness and the metric against the strength of pay, with pride and without.

    `table` has a row a `pride` and `bonus_strength`: `usefulness` and `count_index`, each with _low and _high.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7, 6.2), facecolor="white", layout="constrained")
        above, below = figure.subplots(2, sharex=True, height_ratios=(3, 2))
        for (pride, group), style in zip(table.groupby("pride", sort=False), ("-", "--"), strict=False):
            name = f"pride {pride:g}" if pride else "no pride"
            best = group.loc[group["usefulness"].idxmax()]
            curve(above, group, "bonus_strength", "usefulness", USEFULNESS, style)
            curve(below, group, "bonus_strength", "count_index", METRIC, style)
            above.plot(best["bonus_strength"], best["usefulness"], "o", color=USEFULNESS, ms=8)
            words, place = f"{name}: best at {best['bonus_strength']:g}", (best["bonus_strength"], best["usefulness"])
            say(above, words, place, (12, 8) if pride else (22, -28), USEFULNESS)
        usefulness_axis(above, "Usefulness in the last year")
        below.set_title("Nails made, in multiples of those before pay", loc="left", color=METRIC, weight="bold", fontsize=13)
        for (pride, group), side in zip(table.groupby("pride", sort=False), ((8, -18), (-64, 10)), strict=False):
            at = group.iloc[len(group) * 2 // 3]
            words = f"pride {pride:g}" if pride else "no pride"
            say(below, words, (at["bonus_strength"], at["count_index"]), side, METRIC)
        below.set_ylim(bottom=0)
        below.set_xlabel("strength of pay: units of pay for a bonus of 1")
    return figure


def strength_caption(seeds: int) -> str:
    """What the figure of strength shows."""
    return (
        "Factories paid by count from month 24 on. Above: usefulness, the share of the building programme that holds, in "
        "the last year; the dot marks the best strength. Below: nails made in it over those in months 12 to 23, before "
        f"there was a target. Solid with pride 0.3, dashed without pride. {BAND.format(seeds=seeds)}"
    )


def quantilisers(table: pd.DataFrame) -> Figure:
    """Usefulness against the share of plans, any of which is taken: in the last year and early, paid and not, a panel a pride.

    `table` has a row a `pride`, `bonus_strength` and `quantile`: `usefulness`, with _low and _high, and `early`.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7, 6.6), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(table["pride"].nunique(), sharex=True, squeeze=False)[:, 0]
        for axes, (pride, group) in zip(panels, table.groupby("pride", sort=False), strict=True):
            paid, unpaid = group[group["bonus_strength"] > 0], group[group["bonus_strength"] == 0]
            curve(axes, unpaid, "quantile", "usefulness", GREY, "--")
            curve(axes, paid, "quantile", "usefulness", USEFULNESS)
            axes.plot(paid["quantile"], paid["early"], color=USEFULNESS, lw=1.5, ls=":")
            usefulness_axis(axes, f"Usefulness, pride {pride:g}" if pride else "Usefulness, no pride")
        top = table[table["pride"] == table["pride"].iloc[0]]
        paid, unpaid = top[top["bonus_strength"] > 0], top[top["bonus_strength"] == 0]
        most, late = paid.loc[paid["early"].idxmax()], paid.iloc[len(paid) // 2]
        first = unpaid.iloc[0]
        say(panels[0], "not paid", (first["quantile"], first["usefulness"]), (4, 14), GREY)
        say(panels[0], "paid by count, in the second year", (most["quantile"], most["early"]), (0, 8), USEFULNESS, ha="center")
        say(panels[0], "in the last", (late["quantile"], late["usefulness"]), (-12, 12), USEFULNESS, ha="right")
        panels[-1].xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
        panels[-1].set_xticks(sorted(table["quantile"].unique()))
        panels[-1].set_xlabel("share of the best-paid plans, any of which is taken (left: the best)")
    return figure


def quantilisers_caption(seeds: int) -> str:
    """What the figure of quantilisers shows."""
    return (
        "Factories that each month take any of the best-paid share of the nine plans before them. Orange: paid by count from "
        "month 24 on; usefulness, the share of the building programme that holds, in the last year, and, dotted, in the second year "
        f"of pay. Grey dashes: the same factories not paid. {BAND.format(seeds=seeds)}"
    )


def power(table: pd.DataFrame, found: pd.DataFrame, name: str) -> Figure:
    """The metric, usefulness, and how much seeds differ, against one kind of optimisation power.

    `table` has a row a `target` and `value`, as `experiments.optimisation_power.summary` makes it; `found` one a target.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7, 7.6), facecolor="white", layout="constrained")
        metric, use, spread = figure.subplots(3, sharex=True, height_ratios=(2, 3, 2))
        paid, control = (where(table, target=target) for target in ("count", "joints"))
        curve(metric, paid, "value", "count_index", METRIC)
        metric.set_title("Nails made, in multiples of those before pay", loc="left", color=METRIC, weight="bold", fontsize=13)
        metric.set_ylim(bottom=0)
        curve(use, control, "value", "usefulness", GREY, "--")
        curve(use, paid, "value", "usefulness", USEFULNESS)
        use.plot(paid["value"], paid["usefulness_early"], color=USEFULNESS, lw=1.5, ls=":")
        usefulness_axis(use, "Usefulness in the last year")
        last = control.iloc[-1]
        say(use, "paid by joints (control)", (last["value"], last["usefulness"]), (0, -10), GREY, ha="right", va="top")
        early = paid.iloc[int((paid["usefulness_early"] - paid["usefulness"]).to_numpy().argmax())]
        say(use, "in the fourth year", (early["value"], early["usefulness_early"]), (4, 5), USEFULNESS, ha="left", va="bottom")
        spread.plot(paid["value"], paid["usefulness_sd"], color=USEFULNESS, lw=2.5)
        spread.plot(control["value"], control["usefulness_sd"], color=GREY, lw=2, ls="--")
        spread.set_title("How much seeds differ: sd of usefulness", loc="left", color=INK, weight="bold", fontsize=13)
        spread.set_ylim(bottom=0)
        row: Any = where(found, target="count").iloc[0]
        if row["gain"] > STRONG:
            for axes in (metric, use, spread):
                axes.axvline(row["break_at"], color=INK, lw=1, ls=(0, (2, 2)))
            say(use, f"break at {row['break_at']:.2g}", (row["break_at"], 0.5), (6, 0), INK)
        spread.set_xlabel(POWER_NAMES[name])
        least, most = float(paid["value"].min()), float(paid["value"].max())
        if least > 0:
            spread.set_xscale("log")
            spread.set_xticks([v for v in POWER_TICKS[name] if least <= v <= most])
            spread.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
            spread.xaxis.set_minor_formatter(NullFormatter())
    return figure


def power_caption(name: str, seeds: int) -> str:
    """What the figure of one kind of power shows."""
    return (
        f"{POWER_NAMES[name].capitalize()}. Factories paid by count from month 24 on; grey dashes: paid by joints, which "
        "is real use. Top: nails made in the last year over those in months 12 to 23. Middle: usefulness in the last "
        "year, and, dotted, in months 36 to 47, the second year of the target. Below: standard deviation over seeds of "
        "usefulness in the last year. A vertical line marks a change point of the mean, where a broken line beats every "
        f"smooth fit by more than 10 in BIC; without one, a smooth curve does as well. {BAND.format(seeds=seeds)}"
    )


def trust(line: pd.DataFrame, use: pd.DataFrame, target: int, off: int) -> Figure:
    """How well each metric ranks factories by real use: watched, paid for, and watched again.

    `line` has a row a `target`, `measure` and `month`, `use` one a `target` and `month`; both have `mean`, `low` and `high`.
    The metric is the target from month `target` up to `off`; target "none" is where nothing ever was.
    """
    with mpl.rc_context(STYLE):
        metrics = [name for name in line["target"].unique() if name != "none"]
        figure = Figure(figsize=(7, 1.5 * len(metrics) + 1), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(metrics), sharex=True, sharey=True)
        for axes, metric in zip(panels, metrics, strict=True):
            colour = WEIGHT if metric == "weight" else METRIC
            axes.axvspan(target, off, color=PALE, lw=0)
            axes.axhline(0, color=GREY, lw=0.8)
            own, never = (where(line, target=target, measure=metric) for target in (metric, "none"))
            usefulness = where(use, target=metric)
            axes.plot(usefulness["month"], usefulness["mean"], color=USEFULNESS, lw=1.5)
            axes.plot(never["month"], never["mean"], color=GREY, lw=1.5, ls="--")
            axes.fill_between(own["month"], own["low"], own["high"], color=colour, alpha=0.2, lw=0)
            axes.plot(own["month"], own["mean"], color=colour, lw=2.5)
            axes.set_title(metric.replace("_", " "), loc="left", color=colour, weight="bold", fontsize=13)
        top, end = panels[0], int(line["month"].to_numpy().max()) + 1
        top.set_ylim(-1.05, 1.1)
        top.set_yticks([-1, 0, 1], ["backwards −1", "0", "truly 1"])
        for month, words in (((target + off) / 2, "the target"), ((off + end) / 2, "only watched again")):
            top.text(month, 1.2, words, ha="center", va="bottom", color=INK)
        top.text(off - 2, 0.84, "never a target", ha="right", va="top", color=GREY)
        top.text(off - 2, 0.08, "usefulness", ha="right", va="bottom", color=USEFULNESS)
        panels[-1].set_xlim(0, end)
        panels[-1].set_xticks(range(0, end + 1, 24))
        panels[-1].set_xlabel("month")
        figure.suptitle("Does a metric rank factories by real use?", fontsize=15, weight="bold", x=0.02, ha="left")
    return figure


def trust_caption(seeds: int) -> str:
    """What the figure of trust shows."""
    return (
        "One panel a metric. Thick: Spearman's rank correlation over factories of the metric with joints made, each over "
        "its engineering norm, where the metric is only watched, then the target (shaded), then only watched again. Grey "
        "dashes: the same correlation where nothing is ever a target. Thin orange: usefulness, the share of the building "
        f"programme that holds. Joints are real use itself, the aligned control. {BAND.format(seeds=seeds)}"
    )


def best_of_n(table: pd.DataFrame, fits: pd.DataFrame, fitted_upto: int) -> Figure:
    """Usefulness, and the metric, against how far the best of n goes from habit.

    `table` has a row a `metric`, `width` and `n`, `fits` one a `metric`, `width` and `form`: tables of `experiments.best_of_n`.
    """
    with mpl.rc_context(STYLE):
        metrics, widths = list(table["metric"].unique()), sorted(table["width"].unique())
        upto = float(where(table, n=fitted_upto)["distance"].iloc[0])
        figure = Figure(figsize=(9, 3 * len(metrics)), facecolor="white", layout="constrained")
        panels: Any = figure.subplots(len(metrics), 2, sharex=True, sharey="col", width_ratios=(3, 2))
        for (use, proxy), metric in zip(panels, metrics, strict=True):
            usefulness_axis(use, f"Best by {metric}: usefulness")
            use.axvline(upto, color=GREY, lw=1, ls=(0, (1, 2)))
            proxy.set_title("the metric, over its norm", loc="left", color=METRIC, weight="bold", fontsize=13)
            proxy.set_yscale("log")
            proxy.set_ylim(0.45, 8)
            proxy.set_yticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
            proxy.yaxis.set_minor_formatter(NullFormatter())
            ends = []
            for width, colour in zip(widths, WIDTH_SHADES, strict=True):
                group = where(table, metric=metric, width=width)
                curve(use, group, "distance", "usefulness", colour)
                proxy.plot(
                    group["distance"], group["metric_index"], color=METRIC, lw=2.5, alpha=0.45 + 0.55 * width / widths[-1]
                )
                _predicted(use, where(fits, metric=metric, width=width, form="best_of_n").iloc[0], group["distance"].max())
                ends.append((f"{width:g}", colour, group.iloc[-1]))
            end_labels(use, [(end["distance"], end["usefulness"], words, colour) for words, colour, end in ends])
            end_labels(proxy, [(end["distance"], end["metric_index"], words, METRIC) for words, _, end in ends])
        use, proxy = panels[0]
        for axes in (use, proxy):
            axes.text(1.02, 1.0, "habits'\nwidth", transform=axes.transAxes, ha="left", va="bottom", color=GREY)
        words = "dashes: form of\nGao et al., fitted\nleft of this line"
        use.text(upto + 0.05, 0.98, words, color=GREY, fontsize=11, ha="left", va="top")
        for axes in panels[-1]:
            axes.set_xlabel("distance from habit: √KL")
        panels[0, 0].set_xlim(0, table["distance"].max() * 1.1)
    return figure


def best_of_n_caption(seeds: int, fitted_upto: int) -> str:
    """What the figure of best of n shows; the forms were fitted up to n = `fitted_upto`."""
    return (
        "Each factory takes, of n plans near its habit, the one that scores best by count, by weight, or by joints (real "
        "use). Numbers at the lines: how wide habits are (sd of the log of sizes). Left: usefulness of the month that "
        "these choices make, against the root of the KL divergence of the choice from habit; n goes from 1 to 1,024. "
        f"Black dashes: the form d (alpha - beta d) of Gao, Schulman & Hilton (2022), fitted up to n = {fitted_upto} "
        f"(dotted line) and drawn on. Right: the metric itself, over its norm. {BAND.format(seeds=seeds)}"
    )


def _predicted(axes: Axes, row: Any, far: float) -> None:
    """The best-of-n form as fitted to the near distances, drawn over all of them, where a share can be."""
    form = Fit("best_of_n", row["near_alpha"], row["near_beta"], float("nan"), float("nan"))
    distance = np.linspace(0, far, 80)
    said = row["habit"] + form.predict(distance)
    axes.plot(distance, np.where((said >= 0) & (said <= 1), said, np.nan), color=INK, lw=1, ls="--")
