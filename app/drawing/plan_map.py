"""The map of plans, length against diameter: the ridge of usefulness, the catalogue, and the factories moving over it."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from app.drawing.svg import by_class, curve, line, svg, text, title, usefulness_class
from nails.catalogue import catalogue
from nails.joint import suitability
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM

WIDTH, HEIGHT = 312.0, 194.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 6.0, 6.0, 18.0
VERMILLION = (213, 94, 0)
CELLS = (96, 72)  # of the backdrop: diameter, length
BOARDS = 24  # that the ridge is a mean over
MOST_DOTS, MOST_POINTS = 500, 300  # factories, and months of a trail
DOT = 3  # radius [px]
DIAMOND = 9  # half of its width [px]
TICK_GAP = DIAMOND + 1  # to the numbers at the axes, which a diamond then leaves clear [px]
LABEL = 30  # room for a name beside a dot [px]
TICKS = {"diameter": (0.5, 1, 2, 5, 10, 20, 40), "length": (5, 10, 20, 50, 100, 200, 400)}


def backdrop(board_mm: Any) -> str:
    """What does not move: axes, the catalogue, and how useful a well-finished nail is, mean over boards, shape (n_trusts,)."""
    sample = np.sort(board_mm)[np.linspace(0, len(board_mm) - 1, min(BOARDS, len(board_mm))).round().astype(int)]
    diameter = np.geomspace(*DIAMETER_RANGE_MM, CELLS[0])
    length = np.geomspace(*LENGTH_RANGE_MM, CELLS[1])[::-1, None]  # long nails at the top
    useful = np.mean([suitability(length, diameter, 1.0, board) for board in sample], axis=0)
    pixels = np.zeros((*useful.shape, 4), dtype=np.uint8)
    pixels[..., :3] = VERMILLION
    pixels[..., 3] = (useful / useful.max() * 150).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    image = base64.b64encode(file.getvalue()).decode()
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        f'<rect x="{LEFT}" y="{TOP}" width="{width}" height="{height}" class="plot"/>'
        f'<image x="{LEFT}" y="{TOP}" width="{width}" height="{height}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{image}"/>'
    ]
    for mm in TICKS["diameter"]:
        parts.append(line(_x(mm), HEIGHT - BOTTOM, _x(mm), HEIGHT - BOTTOM + 4, "axis"))
        parts.append(text(_x(mm), HEIGHT - BOTTOM + TICK_GAP + 7, f"{mm:g}", "tick", "middle"))
    for mm in TICKS["length"]:
        parts.append(line(LEFT - 4, _y(mm), LEFT, _y(mm), "axis") + text(LEFT - TICK_GAP, _y(mm) + 3, f"{mm:g}", "tick", "end"))
    parts.append(text(WIDTH - RIGHT - 4, HEIGHT - BOTTOM - 5, "diameter [mm]", "tick", "end"))
    parts.append(text(LEFT + 4, TOP + 11, "length [mm]", "tick"))
    sizes = catalogue()
    crosses = "".join(
        f"M{x - 2.5:.1f} {y:.1f}h5M{x:.1f} {y - 2.5:.1f}v5"
        for x, y in zip(_x(sizes.diameter_mm), _y(sizes.length_mm), strict=True)
    )
    parts.append(f'<path d="{crosses}" class="catalogue"/>')
    return svg(
        WIDTH,
        HEIGHT,
        "Map of nails, length against diameter: darker where of more use; crosses: catalogue",
        parts,
    )


def factories(
    plan: Any, useful: Any, *, trail: Any, chosen: int | None = None, led: int | None = None, told: bool = True
) -> str:
    """What moves: a dot for every factory (a sample, if they are many), and the trail of the median or chosen one.

    `plan` has shape (4, n), `useful` (n,), `trail` (2, months): length and diameter [mm]. Nails of little use are rings. `told`
    makes of each dot a thing to point at, with its numbers in words. The factory that is `led` has a diamond around it, and is
    named.
    """
    n = plan.shape[1]
    some = np.arange(n) if n <= MOST_DOTS else np.linspace(0, n - 1, MOST_DOTS).round().astype(int)
    x, y, classes = _x(plan[1]), _y(plan[0]), usefulness_class(useful)
    every = max(1, trail.shape[1] // MOST_POINTS)
    parts = [curve(_x(trail[1, ::every]), _y(trail[0, ::every]), "line trail")]
    if told:
        for i in some.tolist():
            said = title(f"Factory {i}: {plan[0, i]:.0f} × {plan[1, i]:.2g} mm, useful {useful[i]:.0%}")
            place, css = f'cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="{DOT}"', f"spot told u{classes[i]}"
            parts.append(f'<circle {place} class="{css}" data-factory="{i}">{said}</circle>')
    else:
        dots = [
            f"M{a - DOT:.1f} {b:.1f}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0 {-2 * DOT} 0"
            for a, b in zip(x[some].tolist(), y[some].tolist(), strict=True)
        ]
        parts += by_class(dots, classes[some].tolist(), "spot")
    if chosen is not None:
        parts.append(f'<circle cx="{x[chosen]:.1f}" cy="{y[chosen]:.1f}" r="6.5" class="ring"/>')
    if led is not None:
        right, d = x[led] < WIDTH - RIGHT - LABEL, DIAMOND
        way = f"l{d} {d}l-{d} {d}l-{d} -{d}"
        parts.append(f'<path class="ring" data-led="{led}" d="M{x[led]:.1f} {y[led] - DIAMOND:.1f}{way}z"/>')
        parts.append(text(x[led] + (11 if right else -11), y[led] + 3.5, "led", "tick strong", "start" if right else "end"))
    return svg(WIDTH, HEIGHT, f"Where {n} factories stand on the map", parts, dots=len(some))


def nearest(plan: Any, x: float, y: float) -> int:
    """The factory whose dot is nearest to a place on the map.

    >>> nearest(np.array([[50.0, 120.0], [2.0, 4.0]]), *place((110.0, 3.9)))
    1
    """
    across, down = place(plan)
    return int(np.argmin(np.hypot(across - x, down - y)))


def place(plan: Any) -> tuple[Any, Any]:
    """Where plans lie on the map, x and y [px]: lengths and diameters [mm] first."""
    return _x(plan[1]), _y(plan[0])


def _x(diameter_mm: Any) -> Any:
    return LEFT + (WIDTH - LEFT - RIGHT) * _share(diameter_mm, *DIAMETER_RANGE_MM)


def _y(length_mm: Any) -> Any:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _share(length_mm, *LENGTH_RANGE_MM)


def _share(value: Any, low: float, high: float) -> Any:
    return np.log(np.asarray(value) / low) / np.log(high / low)
