"""The yard: a nail of every factory, drawn to scale over the board that it is for, before the ghost of a catalogue nail."""

from typing import Any

import numpy as np

from app.drawing.svg import block, by_class, line, rect, svg, text, title, usefulness_class
from nails.geometry import mass

SHOWN = 60  # nails; with more factories, as many quantiles of mass
SCALES_MM = (60, 125, 250, 420)  # what a row of the yard is high: one of these steps
WIDTH, ROW, GUTTER, FOOT = 664.0, 98.0, 34.0, 12.0
HEAD = 8.0  # room for the heads of nails
WIDEST_CELL = 44.0


def ground(
    plan: Any,
    suitability: Any,
    ghost_mm: Any,
    board_mm: Any,
    *,
    chosen: int | None = None,
    led: int | None = None,
    told: bool = True,
    rows: int = 2,
    scale: int = 0,
    name: str = "The yard",
) -> str:
    """What stands still from month to month: rulers, boards and the catalogue nails; and the places to click at.

    `plan` has shape (4, n): length and diameter [mm], finish, effort; `suitability` (n,); `ghost_mm` (2, n) are the catalogue
    nails, length and diameter [mm]; `board_mm` (n,). The factory that is `led` has a frame of its own. `told` adds to each
    place the numbers of its nail in words. The scale is that of `scale_of`, unless another is given [mm].
    """
    order, what = shown(plan, board_mm, led)
    full = scale or scale_of(plan, suitability, ghost_mm, board_mm, led=led)
    px, cells = _places(full, order, rows)
    parts = [_ruler(top, px, full) for top in sorted({top for _, top, _ in cells})]
    wood, ghosts, gauges, frames = [], [], [], []
    for factory, (left, top, width) in zip(order.tolist(), cells, strict=True):
        mine = " chosen" * (factory == chosen) + " led" * (factory == led)
        words = title(_words(factory, plan, suitability, board_mm)) if told else ""
        parts.append(
            f'<g class="factory{mine}" data-factory="{factory}">{rect(left, top - HEAD, width, ROW + FOOT - 2, "cell", words)}</g>'
        )
        if mine:
            frames.append(rect(left, top - HEAD, width, ROW + FOOT - 2, f"frame{mine}"))
        wood.append(block(left, top, width, board_mm[factory] * px))
        length, diameter = (ghost_mm[:, factory] * px).tolist()
        ghosts.append(_nail(left + width / 2, top, length, diameter, 1.0, px))
        gauges.append(block(left + 2, top + ROW - 6, width - 4, 3))
    parts += [
        f'<path class="{css}" d="{"".join(shapes)}"/>' for css, shapes in (("wood", wood), ("ghost", ghosts), ("gauge", gauges))
    ]
    parts += frames
    return svg(WIDTH, rows * (ROW + FOOT), f"{name}: {what}, drawn to scale", parts, scale=full, nails=len(order))


def nails(
    plan: Any, suitability: Any, ghost_mm: Any, board_mm: Any, *, led: int | None = None, rows: int = 2, scale: int = 0
) -> str:
    """The nails of a month, and under each a bar for its usefulness; arguments as those of `ground`, to lay over it.

    The factory that is `led` is named so.
    """
    order, _ = shown(plan, board_mm, led)
    px, cells = _places(scale or scale_of(plan, suitability, ghost_mm, board_mm, led=led), order, rows)
    useful = suitability[order].tolist()
    bodies = [
        _nail(left + width / 2, top, length * px, diameter * px, finish, px)
        for (left, top, width), (length, diameter, finish) in zip(cells, plan[:3, order].T.tolist(), strict=True)
    ]
    bars = [
        block(left + 2, top + ROW - 6, (width - 4) * share, 3) for (left, top, width), share in zip(cells, useful, strict=True)
    ]
    classes = usefulness_class(useful).tolist()
    parts = [*by_class(bodies, classes, "nail"), *by_class(bars, classes, "share")]
    if led is not None:
        left, top, width = cells[order.tolist().index(led)]
        parts.append(text(left + width / 2, top + ROW - 21, "led", "strong halo", "middle"))
    return svg(WIDTH, rows * (ROW + FOOT), "The nails, and how useful they are", parts)


def shown(plan: Any, board_mm: Any, led: int | None = None) -> tuple[Any, str]:
    """Which factories are drawn, in what order, and that in words; the one that is `led` is among them."""
    n = plan.shape[1]
    if n <= SHOWN:
        return np.argsort(board_mm, kind="stable"), f"one nail for each of {n} factories, thin boards first"
    by_mass = np.argsort(mass(plan[0], plan[1]), kind="stable")
    return some(by_mass, SHOWN, led), f"{SHOWN} of {n} factories: quantiles of mass, light nails first"


def some(order: Any, most: int, keep: int | None = None) -> Any:
    """At most so many of `order`, shape (n,), spread evenly over it; `keep` takes the place of the one nearest to it.

    >>> some(np.arange(10, 20), 4).tolist(), some(np.arange(10, 20), 4, keep=12).tolist()
    ([10, 13, 16, 19], [10, 12, 16, 19])
    """
    at = np.linspace(0, len(order) - 1, min(len(order), most)).round().astype(int)
    if keep is not None:
        place = np.flatnonzero(order == keep)[0]
        at[np.abs(at - place).argmin()] = place
    return order[at]


def scale_mm(longest_mm: float) -> int:
    """The smallest step of the scale that a nail fits.

    >>> scale_mm(50.0), scale_mm(126.0)
    (60, 250)
    """
    return next(step for step in SCALES_MM if longest_mm <= step)


def scale_of(plan: Any, suitability: Any, ghost_mm: Any, board_mm: Any, *, led: int | None = None) -> int:
    """The scale [mm] that all nails drawn fit, and the catalogue nails behind them; arguments as those of `ground`."""
    order, _ = shown(plan, board_mm, led)
    return scale_mm(max(plan[0, order].max(), ghost_mm[0, order].max()))


def _places(full: int, order: Any, rows: int) -> tuple[float, list[tuple[float, float, float]]]:
    """Of a scale [mm] the pixels a millimetre, and of each nail's place its left, top (under the head) and width."""
    per_row = -(-len(order) // rows)
    cell = min((WIDTH - GUTTER) / per_row, WIDEST_CELL)
    cells = [(GUTTER + i % per_row * cell, i // per_row * (ROW + FOOT) + HEAD, cell) for i in range(len(order))]
    return (ROW - HEAD) / full, cells


def _nail(x: float, top: float, length: float, diameter: float, finish: float, px: float) -> str:
    """A nail with its head at `top`, as a piece of path; all in pixels. A good finish shows as a head and a point."""
    half = max(diameter, 0.7) / 2
    head = half + finish * min(max(diameter, 1.0), 4 * px) * 0.5
    thick = min(1.6, length / 4) if finish > 0.1 else 0.0
    point = min(2 * half * (0.3 + 1.2 * finish), length / 3)
    return (
        f"M{x - head:.2f} {top - thick:.2f}h{2 * head:.2f}v{thick:.2f}h{half - head:.2f}"
        f"V{top + length - point:.2f}L{x:.2f} {top + length:.2f}L{x - half:.2f} {top + length - point:.2f}V{top:.2f}"
        f"h{half - head:.2f}z"
    )


def _ruler(top: float, px: float, full: int) -> str:
    step = next(step for step in (10, 25, 50, 100) if full / step <= 6)
    marks = "".join(
        line(GUTTER - 6, top + mm * px, GUTTER - 2, top + mm * px, "axis")
        + text(GUTTER - 8, top + mm * px + 3, f"{mm}", "tick", "end")
        for mm in range(0, full + 1, step)
    )
    return line(GUTTER - 2, top, GUTTER - 2, top + full * px, "axis") + marks


def _words(factory: int, plan: Any, suitability: Any, board_mm: Any) -> str:
    length, diameter, finish, effort = plan[:4, factory]
    return (
        f"Factory {factory}: {length:.0f} × {diameter:.{1 if diameter >= 1 else 2}f} mm for boards of {board_mm[factory]:.0f} mm. "
        f"Useful {suitability[factory]:.0%}, finish {finish:.0%}, effort {effort:.0%}."
    )
