"""The yard: a nail of every factory, drawn to scale over the board that it is for, before the ghost of a catalogue nail."""

from typing import Any

import numpy as np

from app.drawing.svg import line, rect, svg, text, title, usefulness_class
from nails.geometry import mass

SHOWN = 60  # nails; with more factories, as many quantiles of mass
SCALES_MM = (60, 125, 250, 420)  # what a row of the yard is high: one of these steps
WIDTH, ROW, GUTTER, FOOT = 664.0, 116.0, 34.0, 12.0
WIDEST_CELL = 44.0


def yard(
    plan: Any,
    suitability: Any,
    ghost_mm: Any,
    board_mm: Any,
    *,
    chosen: int | None = None,
    told: bool = True,
    rows: int = 2,
    name: str = "The yard",
) -> str:
    """The nails of a month.

    `plan` has shape (4, n): length and diameter [mm], finish, effort; `suitability` (n,); `ghost_mm` (2, n) are the catalogue
    nails, length and diameter [mm]; `board_mm` (n,). `told` adds to each nail its numbers in words.
    """
    order, what = shown(plan, board_mm)
    length, diameter, finish = plan[0, order], plan[1, order], plan[2, order]
    ghosts, boards, classes = ghost_mm[:, order], board_mm[order], usefulness_class(suitability[order])
    full = scale_mm(max(length.max(), ghosts[0].max()))
    px = (ROW - 8) / full  # room for the head above
    per_row = -(-len(order) // rows)
    cell = min((WIDTH - GUTTER) / per_row, WIDEST_CELL)
    parts = []
    for row in range(rows):
        top = row * (ROW + FOOT) + 8
        parts.append(_ruler(top, px, full))
    for i, factory in enumerate(order):
        row, column = divmod(i, per_row)
        left, top = GUTTER + column * cell, row * (ROW + FOOT) + 8
        x = left + cell / 2
        mine = " chosen" if factory == chosen else ""
        parts.append(
            f'<g class="factory{mine}" data-factory="{factory}">'
            + rect(left, top - 8, cell, ROW + FOOT - 2, "cell")
            + rect(left, top, cell, boards[i] * px, "wood")
            + _nail(x, top, ghosts[0, i] * px, ghosts[1, i] * px, 1.0, px, "ghost")
            + _nail(x, top, length[i] * px, diameter[i] * px, finish[i], px, f"nail u{classes[i]}")
            + rect(left + 2, top + ROW - 6, cell - 4, 3, "gauge")
            + rect(left + 2, top + ROW - 6, (cell - 4) * suitability[factory], 3, f"u{classes[i]}")
            + (title(_words(factory, plan, suitability, board_mm)) if told else "")
            + "</g>"
        )
    height = rows * (ROW + FOOT)
    return svg(WIDTH, height, f"{name}: {what}, drawn to scale", parts, scale=full, nails=len(order))


def shown(plan: Any, board_mm: Any) -> tuple[Any, str]:
    """Which factories are drawn, in what order, and that in words."""
    n = plan.shape[1]
    if n <= SHOWN:
        return np.argsort(board_mm, kind="stable"), f"one nail for each of {n} factories, thin boards first"
    by_mass = np.argsort(mass(plan[0], plan[1]), kind="stable")
    return by_mass[
        np.linspace(0, n - 1, SHOWN).round().astype(int)
    ], f"{SHOWN} of {n} factories: quantiles of mass, light nails first"


def scale_mm(longest_mm: float) -> int:
    """The smallest step of the scale that a nail fits.

    >>> scale_mm(50.0), scale_mm(126.0)
    (60, 250)
    """
    return next(step for step in SCALES_MM if longest_mm <= step)


def _nail(x: float, top: float, length: float, diameter: float, finish: float, px: float, css: str) -> str:
    """A nail with its head at `top`; all in pixels. A good finish shows as a head and a point."""
    half = max(diameter, 0.7) / 2
    head = half + finish * min(max(diameter, 1.0), 4 * px) * 0.5
    thick = min(1.6, length / 4) if finish > 0.1 else 0.0
    point = min(2 * half * (0.3 + 1.2 * finish), length / 3)
    return (
        f'<path class="{css}" d="M{x - head:.2f} {top - thick:.2f}h{2 * head:.2f}v{thick:.2f}h{half - head:.2f}'
        f"V{top + length - point:.2f}L{x:.2f} {top + length:.2f}L{x - half:.2f} {top + length - point:.2f}V{top:.2f}"
        f'h{half - head:.2f}z"/>'
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
    length, diameter, finish, effort = plan[:, factory]
    return (
        f"Factory {factory}: {length:.0f} × {diameter:.{1 if diameter >= 1 else 2}f} mm for boards of {board_mm[factory]:.0f} mm. "
        f"Useful {suitability[factory]:.0%}, finish {finish:.0%}, effort {effort:.0%}."
    )
