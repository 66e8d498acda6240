"""The nail map: which nails are of use, and where each measure leads."""

import itertools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from analysis.figures import INK, WEIGHT
from analysis.figures import METRIC as COUNT
from analysis.figures import USEFULNESS as USEFUL

GREY = "#8A8A8A"  # lighter than the figures' own: behind everything else
SHADES = LinearSegmentedColormap.from_list("useful", ["#FFFFFF", USEFUL])
TARGETS = {"count": COUNT, "weight": WEIGHT}
WHITE = [withStroke(linewidth=3, foreground="white")]


def nail_map(data: pd.DataFrame) -> Figure:
    """Length against diameter of all nails that can be made: useful ones shaded, and a factory's walk to the corners.

    `data` has columns `layer`, `length_mm`, `diameter_mm`, `value` and `name`, as `experiments.nail_map.nail_map_data` makes it.
    """
    layers = {str(name): layer for name, layer in data.groupby("layer")}
    figure = Figure(figsize=(9, 6.6), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="diameter of the nail [mm]", ylabel="length of the nail [mm]")
    axes.set_xlim(0.42, 48)
    axes.set_ylim(4.2, 480)

    _shade(axes, layers["useful"])
    _ridge(axes, layers["ridge"])
    _catalogue(axes, layers["catalogue"])
    _quota(axes, layers["quota"])
    _walk(axes, layers["walk"])
    _corners(axes, layers["corner"])

    axes.set_title("Useful nails lie on a ridge. Count leads off one end, weight off the other", loc="left", fontweight="bold")
    axes.set_xticks([0.5, 1, 2, 5, 10, 20, 40], ["0.5", "1", "2", "5", "10", "20", "40"])
    axes.set_yticks([5, 10, 20, 50, 100, 200, 400], ["5", "10", "20", "50", "100", "200", "400"])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _shade(axes: Axes, useful: pd.DataFrame) -> None:
    grid = useful.pivot(index="length_mm", columns="diameter_mm", values="value")
    levels = np.linspace(0.05, 1, 20)
    axes.contourf(grid.columns, grid.index, grid.to_numpy(), levels=levels, cmap=SHADES, vmin=0, vmax=1.25, extend="max")
    _say(axes, "shaded: joints a month\nin a 25 mm board", 0.53, 84, USEFUL, ha="left", va="bottom")


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
    axes.plot(quota["diameter_mm"], quota["length_mm"], color=GREY, lw=1.3, ls=(0, (5, 3)), zorder=2)
    middle = quota.iloc[(quota["length_mm"] - 62).abs().argmin()]
    say = "beyond this line the steel\nquota is reached: all nails\nweigh the same a month"
    _say(axes, say, middle["diameter_mm"] * 1.2, middle["length_mm"], INK, ha="left", va="center")


def _walk(axes: Axes, walk: pd.DataFrame) -> None:
    x, y, target = (walk[name].to_numpy() for name in ("diameter_mm", "length_mm", "name"))
    turns = [0, *(np.flatnonzero(target[1:] != target[:-1]) + 1), len(walk)]
    for a, b in itertools.pairwise(turns):
        way, colour = slice(max(a - 1, 0), b), TARGETS.get(target[a], GREY)
        axes.plot(x[way], y[way], color=colour, lw=2.2, zorder=5)
        if target[a] in TARGETS:
            end_x, end_y, up = x[b - 1], y[b - 1], y[b - 1] > y[a]
            axes.plot(end_x, end_y, "o", ms=7, color=colour, zorder=6)
            say, shift = f"paid by\n{target[a]}", 1.12 if up else 0.9
            where = {"ha": "center", "va": "bottom"} if up else {"ha": "left", "va": "top"}
            _say(axes, say, end_x if up else end_x * 0.97, end_y * shift, colour, **where)
    axes.plot(x[0], y[0], "o", ms=7, mfc="white", mec=INK, zorder=6)
    axes.annotate(
        "a factory starts here", (x[0], y[0]), (x[0] * 0.55, y[0] * 3), color=INK, fontsize=9, va="center", ha="center",
        arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.8}, path_effects=WHITE, zorder=7,
    )  # fmt: skip


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
