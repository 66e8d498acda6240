"""The nail map: which nails are of use, and where each measure leads."""

import itertools
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from analysis.figures import INK, STYLE, WEIGHT
from analysis.figures import METRIC as COUNT
from analysis.figures import USEFULNESS as USEFUL
from analysis.marks import Place, clear, say_near
from analysis.phases import MIXED, YEAR

GREY = "#8A8A8A"  # lighter than the figures' own: behind everything else
SHADES = LinearSegmentedColormap.from_list("useful", ["#FFFFFF", USEFUL])
TARGETS = {"count": COUNT, "weight": WEIGHT}
WHITE = [withStroke(linewidth=3, foreground="white")]
LABEL: Any = {"fontsize": 12, "path_effects": WHITE, "zorder": 8}
NAIL = ["median_diameter_mm", "median_length_mm"]  # of the median factory, in the table of months
TITLE = "Useful nails lie on a ridge: most nails off one end, most weight off the other"
NO_LINE = {  # where the steel quota is reached by all nails or by none: what the map says, and its caption
    "all": ("all nails reach the steel\nquota: all weigh the same\na month", "all nails reach the steel quota"),
    "none": ("no nail reaches\nthe steel quota", "no nail reaches the steel quota"),
}
APART = 0.12  # [decades] between places that are told apart
MOVED = 1.25  # a factor by which a nail's mass changes, from which on it is said to grow or shrink


def nail_map(data: pd.DataFrame) -> Figure:
    """Length against diameter of all nails that can be made: useful ones shaded, and a factory's walk to the corners.

    `data` has columns `layer`, `length_mm`, `diameter_mm`, `value` and `name`, as `experiments.nail_map.nail_map_data` makes it.
    """
    layers = {str(name): layer for name, layer in data.groupby("layer")}
    figure = Figure(figsize=(9, 6.6), layout="constrained")
    axes = figure.add_subplot()
    _map(axes, layers)
    _corners(axes, layers["corner"])
    axes.set_title(TITLE, loc="left", fontweight="bold")
    figure.draw_without_rendering()  # lays it out, for words to be placed
    _walk(axes, layers["walk"])
    _quota(axes, layers["quota"])
    return figure


def median_path(months: pd.DataFrame) -> pd.DataFrame:
    """One row a month: the target, and the medians over seeds of the median factory's length and diameter [mm].

    `months` has a row a seed and month, with the columns of a run's `months`.
    """
    grouped = months.groupby("month")
    target = grouped["target"].first().where(grouped["target"].nunique() == 1, MIXED)
    return grouped[NAIL].median().assign(target=target).reset_index()


def path(useful: pd.DataFrame, months: pd.DataFrame) -> Figure:
    """The nail of the median factory, month by month, over the useful nails: a thin line a seed, a thick one their median.

    `useful` is that layer of the map's, `months` has a row a seed and month.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 6.9), facecolor="white", layout="constrained")
        axes = figure.add_subplot()
        _paper(axes)
        _shade(axes, useful)
        for _, run in months.groupby("seed"):
            for target, leg in _legs(run):
                axes.plot(leg[NAIL[0]], leg[NAIL[1]], color=TARGETS.get(target, GREY), lw=0.6, alpha=0.3, zorder=4)
        line = median_path(months)
        legs = list(_legs(line))
        for target, leg in legs:
            axes.plot(leg[NAIL[0]], leg[NAIL[1]], color=TARGETS.get(target, INK), lw=3.2, zorder=5)
        years = line[line["month"] % YEAR == 0]
        axes.plot(years[NAIL[0]], years[NAIL[1]], "o", ms=3.5, color="white", zorder=6)
        axes.plot(*line[NAIL].iloc[0], "o", ms=10, mfc="white", mec=INK, mew=2, zorder=7)
        axes.set_title(_moves(legs), loc="left", weight="bold", fontsize=16, pad=12)
        figure.draw_without_rendering()  # lays it out, for words to be placed
        say_near(axes, f"start: {_size(line.iloc[0])}", line[NAIL].head(1), INK, **LABEL)
        best = useful.loc[useful["value"].idxmax()]
        top = useful.loc[(useful["diameter_mm"] == best["diameter_mm"]) & (useful["value"] > 0.05), "length_mm"].max()
        words = f"useful nails,\nfor {useful['name'].iloc[0]} boards"
        say_near(axes, words, [(best["diameter_mm"], top)], USEFUL, **LABEL)
        last = {target: leg for target, leg in legs if target != "none" and _long(leg)}  # of each target, lest words pile up
        for target, leg in last.items():
            _arrive(axes, target, leg)
    return figure


def _arrive(axes: Axes, target: str, leg: pd.DataFrame) -> None:
    """An arrow at the end of a leg, and in words what it was paid by, until when, and where it got."""
    colour, end = TARGETS.get(target, INK), tuple(leg[NAIL].iloc[-1])
    far = np.abs(np.log10(leg[NAIL].to_numpy() / np.array(end))).max(axis=1)
    (before,) = (far > APART / 2).nonzero()
    axes.annotate(
        "", end, tuple(leg[NAIL].iloc[before[-1]]), zorder=6,
        arrowprops={"arrowstyle": "-|>,head_width=0.55,head_length=0.9", "color": colour, "lw": 0, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    paid = "targets differ" if target == MIXED else f"paid by {target.replace('_', ' ')}"
    say_near(axes, f"{paid}\nto month {leg['month'].iloc[-1]:.0f}: {_size(leg.iloc[-1])}", [end], colour, **LABEL)


def _long(leg: pd.DataFrame) -> bool:
    """Whether a leg goes far enough to be told of."""
    return bool(np.hypot(*np.log10(leg[NAIL].iloc[-1] / leg[NAIL].iloc[0])) > APART)


def _size(nail: pd.Series) -> str:
    return f"{nail[NAIL[1]]:.0f} × {nail[NAIL[0]]:.2g} mm"


def _moves(legs: list[tuple[str, pd.DataFrame]]) -> str:
    """What became of the nail under each target, where there are one or two."""
    paid = [(target, leg) for target, leg in legs if target != "none"]
    if not 1 <= len(paid) <= 2 or any(target == MIXED for target, _ in paid):
        return "The median factory's nail, month by month"
    said = []
    for target, leg in paid:
        volumes = leg[NAIL[1]] * leg[NAIL[0]] ** 2
        grown = volumes.iloc[-1] / volumes.iloc[0]
        moves = "grows to" if grown > MOVED else "shrinks to" if grown < 1 / MOVED else "ends at"
        said.append(f"Paid by {target.replace('_', ' ')} the median nail {moves} {_size(leg.iloc[-1])}")
    return "\n".join(said)


def _legs(line: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The spans of a line with one target; each begins with the last point of the span before."""
    target = line["target"].to_numpy()
    turns = [0, *(np.flatnonzero(target[1:] != target[:-1]) + 1), len(line)]
    for a, b in itertools.pairwise(turns):
        yield target[a], line.iloc[max(a - 1, 0) : b]


def caption(data: pd.DataFrame) -> str:
    """What the map of `data` shows, in words."""
    quota = data[data["layer"] == "quota"]
    dashes = (
        "beyond the dashes the steel quota is reached"
        if quota["length_mm"].notna().any()
        else NO_LINE[quota["name"].iloc[0]][1]
    )
    return (
        "All nails that the machine can make, both axes on log scales. Shaded: joints a month that a factory at full effort "
        "makes with them, given all the steel it wants; orange line: the best nail for each thickness of board; black dots: sizes "
        "of the catalogue (GOST 4028-63); stars: where, with all that steel, most nails and most weight a month are made; "
        f"{dashes}. The line is the median factory of one economy, {_targets(data)}. Not for structural design."
    )


def _targets(data: pd.DataFrame) -> str:
    """The targets of the walk, one after the other, in words."""
    names = [name for name, _ in itertools.groupby(data.loc[data["layer"] == "walk", "name"])]
    said = []
    for before, name in itertools.pairwise(["none", *names]):
        paid = "paid by" if before == "none" else "then by"
        said.append("with no target" if name == "none" else f"{paid} {name.replace('_', ' ')}")
    return ", ".join(said)


def path_caption(seeds: int) -> str:
    """What the figure of the path shows, in words."""
    return (
        "Length against diameter of the median factory's nail, both on log scales: the thick line is the median over "
        f"{seeds} seeds, thin lines the seeds themselves; dots are a year apart. Blue: paid by count; green: paid "
        "by weight; black and grey: by neither. Shaded: joints a month that a factory at full effort makes with such nails. Not "
        "for structural design."
    )


def _map(axes: Axes, layers: dict[str, pd.DataFrame]) -> None:
    """Useful nails, their ridge and the catalogue."""
    _paper(axes)
    _shade(axes, layers["useful"])
    useful = layers["useful"]["name"].iloc[0]
    _say(axes, f"shaded: joints a month\nin a {useful} board", 0.53, 84, USEFUL, ha="left", va="bottom")
    _ridge(axes, layers["ridge"])
    _catalogue(axes, layers["catalogue"])


def _paper(axes: Axes) -> None:
    """The axes, of all nails that can be made."""
    axes.set(xscale="log", yscale="log", xlabel="diameter of the nail [mm]", ylabel="length of the nail [mm]")
    axes.set_xlim(0.42, 48)
    axes.set_ylim(4.2, 480)
    axes.set_xticks([0.5, 1, 2, 5, 10, 20, 40], ["0.5", "1", "2", "5", "10", "20", "40"])
    axes.set_yticks([5, 10, 20, 50, 100, 200, 400], ["5", "10", "20", "50", "100", "200", "400"])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)


def _shade(axes: Axes, useful: pd.DataFrame) -> None:
    grid = useful.pivot(index="length_mm", columns="diameter_mm", values="value")
    levels = np.linspace(0.05, 1, 20)
    axes.contourf(grid.columns, grid.index, grid.to_numpy(), levels=levels, cmap=SHADES, vmin=0, vmax=1.25, extend="max")


def _ridge(axes: Axes, ridge: pd.DataFrame) -> None:
    axes.plot(ridge["diameter_mm"], ridge["length_mm"], color=USEFUL, lw=2.2, zorder=3)
    ends = ridge.sort_values("value").iloc[[0, -1]]
    axes.plot(ends["diameter_mm"], ends["length_mm"], "s", ms=5, color=USEFUL, zorder=3)
    thin, thick = ends["value"]
    _say(axes, f"the best nail for boards\nof {thin:.0f} to {thick:.0f} mm", 5.2, 62, USEFUL, ha="left", va="center")


def _catalogue(axes: Axes, sizes: pd.DataFrame) -> None:
    axes.scatter(sizes["diameter_mm"], sizes["length_mm"], s=16, color=INK, zorder=4)
    least = sizes.loc[sizes["length_mm"].idxmin()]
    _say(axes, "catalogue sizes", least["diameter_mm"] * 1.1, least["length_mm"], INK, ha="left", va="center")


def _quota(axes: Axes, quota: pd.DataFrame) -> None:
    if quota["length_mm"].isna().all():
        _say(axes, NO_LINE[quota["name"].iloc[0]][0], 13, 9, INK, ha="left", va="center")
        return
    axes.plot(quota["diameter_mm"], quota["length_mm"], color=GREY, lw=1.3, ls=(0, (5, 3)), zorder=2)
    say = "beyond this line the steel\nquota is reached: all nails\nweigh the same a month"
    by_height = quota.iloc[(quota["length_mm"] - 62).abs().argsort()[::5]]  # best halfway up
    places: list[Place] = [(x * 1.2, y, "left", "center") for x, y in by_height[["diameter_mm", "length_mm"]].to_numpy()]
    x, y, ha, va = clear(axes, say, places, fontsize=9)
    _say(axes, say, x, y, INK, ha=ha, va=va)


def _walk(axes: Axes, walk: pd.DataFrame) -> None:
    x, y, target = (walk[name].to_numpy() for name in ("diameter_mm", "length_mm", "name"))
    turns = [0, *(np.flatnonzero(target[1:] != target[:-1]) + 1), len(walk)]
    legs = [(str(target[a]), max(a - 1, 0), b - 1) for a, b in itertools.pairwise(turns)]
    for paid, a, b in legs:
        axes.plot(x[a : b + 1], y[a : b + 1], color=TARGETS.get(paid, GREY), lw=2.2, zorder=5)
        if paid != "none":
            axes.plot(x[b], y[b], "o", ms=7, color=TARGETS.get(paid, GREY), zorder=6)
    axes.plot(x[0], y[0], "o", ms=7, mfc="white", mec=INK, zorder=6)
    _say_start(axes, x[0], y[0])
    told = False
    for (paid, a, b), (after, *_) in itertools.pairwise([*legs, ("none", 0, 0)]):
        turned = paid != "none" and after != "none"  # then both lines meet here: the next is named below, in its colour
        still = np.hypot(np.log10(x[b] / x[a]), np.log10(y[b] / y[a])) < APART
        if paid != "none" and (turned or not (told and still)):
            said = [("paid by\n{},", paid), ("from here\nby {}", after)] if turned else [("paid by\n{}", paid)]
            _say_leg(axes, said, (x[b], y[b]), up=bool(y[b] > y[a]))
        told = turned


def _say_start(axes: Axes, x: float, y: float) -> None:
    """Where the walk begins, in words with a line to it."""
    words = "a factory starts here"
    places: list[Place] = [
        (x * a, y * b, "center", "center") for a, b in ((0.55, 3), (0.4, 4), (2.2, 3), (0.3, 2), (3, 0.3), (2, 0.2))
    ]
    at_x, at_y, ha, va = clear(axes, words, places, fontsize=9)
    axes.plot([x, at_x], [y, at_y], color=INK, lw=0.8, zorder=5.5)
    _say(axes, words, at_x, at_y, INK, ha=ha, va=va)


def _say_leg(axes: Axes, said: list[tuple[str, str]], end: tuple[float, float], up: bool) -> None:
    """Words about the end of a leg, each with the name of a target and in its colour, one below the other."""
    x, y = end
    above: Place = (x, y * 1.12, "center", "bottom")
    below: Place = (x * 0.97, y * 0.9, "left", "top")
    beside: list[Place] = [(x * 1.12, y, "left", "center"), (x / 1.12, y, "right", "center")]
    corners: list[Place] = [
        (x * aside**across, y * 1.3**over, "left" if across > 0 else "right", "bottom" if over > 0 else "top")
        for aside, over, across in itertools.product((1.06, 1.4), (1, -1, 2, -2, 3, -3), (1, -1))
    ]
    said = [(words.format(target.replace("_", " ")), target) for words, target in said]
    words = "\n".join(words for words, _ in said)
    x, y, ha, va = clear(axes, words, [*((above, below) if up else (below, above)), *beside, *corners], fontsize=9)
    for k, (_, target) in enumerate(said):
        own = "\n".join(line if j == k else "\n" * line.count("\n") for j, (line, _) in enumerate(said))
        _say(axes, own, x, y, TARGETS.get(target, INK), ha=ha, va=va)


def _corners(axes: Axes, corners: pd.DataFrame) -> None:
    says = {"count": "most nails a month", "weight": "most weight a month"}
    for corner in corners.itertuples():
        colour, small = TARGETS[str(corner.name)], corner.name == "count"
        axes.plot(corner.diameter_mm, corner.length_mm, "*", ms=15, color=colour, mec="white", zorder=6, clip_on=False)
        say = f"{says[str(corner.name)]}:\n{corner.length_mm:g} × {corner.diameter_mm:g} mm"
        x = corner.diameter_mm * (1.15 if small else 0.87)
        _say(axes, say, x, corner.length_mm, colour, ha="left" if small else "right", va="center")


def _say(axes: Axes, say: str, x: float, y: float, colour: str, ha: str, va: str) -> None:
    axes.text(x, y, say, color=colour, fontsize=9, ha=ha, va=va, path_effects=WHITE, zorder=7)
