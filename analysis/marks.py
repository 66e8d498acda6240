"""What figures are made of: curves with bands, words where they belong, the axis of usefulness."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import Bbox

from analysis.figures import USEFULNESS

Place = tuple[float, float, str, str]  # of words: x and y in data, ha and va

PALE = "#e8eef3"
BAND = "Lines are means over {seeds} seeds, bands their middle 80 %."


def where(table: Any, **values: Any) -> Any:
    """The rows of a table that have these values in the columns of these names."""
    keep = np.ones(len(table), dtype=bool)
    for column, value in values.items():
        keep &= (table[column] == value).to_numpy()
    return table[keep]


def curve(axes: Axes, table: Any, x: str, y: str, colour: str, style: str = "-") -> None:
    """Column `y` against `x`, with a band from `y`_low to `y`_high."""
    axes.fill_between(table[x], table[f"{y}_low"], table[f"{y}_high"], color=colour, alpha=0.2, lw=0)
    axes.plot(table[x], table[y], color=colour, lw=2.5, ls=style)


def usefulness_axis(axes: Axes, title: str) -> None:
    """Make the upright axis that of usefulness, from 0 to 100 %."""
    axes.set_title(title, loc="left", color=USEFULNESS, weight="bold", fontsize=13)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def say(axes: Axes, words: str, at: tuple[float, float], offset: tuple[float, float], colour: str, **how: Any) -> None:
    """Words beside a point; `offset` in points."""
    axes.annotate(words, at, offset, textcoords="offset points", color=colour, weight="bold", annotation_clip=False, **how)


def clear(axes: Axes, words: str, places: Sequence[Place], **how: Any) -> Place:
    """The first place at which words lie within the panel and over neither words nor lines; the least bad, where all are taken.

    `how` is what `axes.text` takes. The figure must have been laid out.
    """
    panel, taken = axes.get_window_extent(), [text.get_window_extent() for text in axes.texts if text.get_text()]
    lines = [line.get_path().transformed(line.get_transform()) for line in axes.lines]
    dots = [
        dots.get_offset_transform().transform(dots.get_offsets()) for dots in axes.collections if len(dots.get_offsets()) > 1
    ]

    def fault(place: Place) -> float:
        x, y, ha, va = place
        text = axes.text(x, y, words, ha=ha, va=va, **how)
        box = text.get_window_extent()
        text.remove()
        inside = Bbox.intersection(box, panel)
        outside = 1 - (inside.width * inside.height / (box.width * box.height) if inside else 0)
        box = box.padded(4)  # [px]
        over = sum(box.overlaps(other) for other in taken) + sum(path.intersects_bbox(box, filled=False) for path in lines)
        return round(10 * outside + over + 0.5 * sum(box.count_contains(at) for at in dots), 6)

    return min(places, key=fault)


def say_near(axes: Axes, words: str, points: Any, colour: str, **how: Any) -> None:
    """Words beside one of the points, shape (n, 2), the nearest to the first of them where they cover neither words nor lines.

    `how` is what `axes.text` takes. The figure must have been laid out.
    """
    sides, heights = {-1: "right", 0: "center", 1: "left"}, {-1: "top", 0: "center", 1: "bottom"}
    at, back = axes.transData.transform(np.asarray(points, dtype=float)), axes.transData.inverted()
    places: list[Place] = [
        (*back.transform((x + far * across, y + far * up)), sides[across], heights[up])
        for far in (8, 16, 32, 64)  # [px]
        for x, y in at
        for up, across in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
    ]
    x, y, ha, va = clear(axes, words, places, weight="bold", **how)
    axes.text(x, y, words, color=colour, weight="bold", ha=ha, va=va, **how)


def end_labels(axes: Axes, ends: list[tuple[float, float, str, str]], apart: float = 0.08) -> None:
    """Words (x, y, words, colour) at the ends of lines, kept `apart` [share of the height] from each other and off the corners."""
    to_share = axes.transScale + axes.transLimits
    ends = sorted(ends, key=lambda end: (end[1], end[2]))
    at = np.array([to_share.transform((x, y)) for x, y, *_ in ends])
    for (right, _), height, (_, _, words, colour) in zip(at, spread(at[:, 1], apart), ends, strict=True):
        axes.text(right + 0.02, height, words, transform=axes.transAxes, color=colour, weight="bold", va="center")


def spread(heights: Any, apart: float, low: float = 0.04, high: float = 0.98) -> list[float]:
    """Ascending heights moved as little as keeps them `apart` and, where there is room, between `low` and `high`.

    >>> [round(height, 2) for height in spread([0.0, 0.01, 0.5, 1.0, 1.0], 0.1)]
    [0.04, 0.14, 0.5, 0.88, 0.98]
    """
    placed, floor = [], low - apart
    for height in heights:
        floor = max(height, floor + apart)
        placed.append(float(floor))
    ceiling = max(high, low + apart * (len(placed) - 1)) + apart
    for k in reversed(range(len(placed))):
        ceiling = min(placed[k], ceiling - apart)
        placed[k] = float(ceiling)
    return placed
