"""A factory's history: how useful its nail was, and how heavy, month by month."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.drawing.svg import area, curve, line, rect, svg, text

WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 312.0, 60.0, 4.0, 14.0, 30.0, 84.0
MOST_POINTS = 250


def history(
    suitability: Any, mass_g: Any, targets: Sequence[str], horizon: int, *, month: int, led_from: int | None = None
) -> str:
    """Suitability (filled, 0 to 1) and mass [g] (line, log scale) of a factory's nail, shape (months,), up to the month shown.

    `led_from` is the month from which the factory is led, if it is.
    """
    plot, bottom = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM
    at = np.arange(0, len(mass_g), max(1, len(mass_g) // MOST_POINTS))
    x = LEFT + (at + 0.5) / horizon * plot
    parts = [rect(LEFT, TOP, plot, bottom - TOP, "plot")]
    for k in range(len(targets)):
        if k == 0 or targets[k] != targets[k - 1]:
            end = next((j for j in range(k, len(targets)) if targets[j] != targets[k]), len(targets))
            css = targets[k] if targets[k] in ("none", "count", "weight") else "other"
            parts.append(rect(LEFT + k / horizon * plot, TOP, (end - k) / horizon * plot, bottom - TOP, f"period {css}"))
    if len(at):
        useful = bottom - suitability[at] * (bottom - TOP)
        low, high = min(mass_g.min(), 0.1), max(mass_g.max(), 10.0)
        heavy = bottom - np.log(mass_g / low) / np.log(high / low) * (bottom - TOP - 2)
        parts.append(area(x, np.full(len(at), bottom), useful, "band"))
        parts.append(curve(x, useful, "line verm"))
        parts.append(curve(x, heavy[at], "line mass"))
        if month:
            now = LEFT + (month - 0.5) / horizon * plot
            parts.append(line(now, TOP, now, bottom, "cursor"))
            ends = [
                (bottom - suitability[month - 1] * (bottom - TOP), f"useful {suitability[month - 1]:.0%}", "verm"),
                (heavy[month - 1], grams(mass_g[month - 1]), "mass"),
            ]
            ends.sort(key=lambda end: end[0])
            if ends[1][0] - ends[0][0] < 12:
                middle = min(max((ends[0][0] + ends[1][0]) / 2, TOP + 8), bottom - 5)
                ends = [(middle + shift, *end[1:]) for shift, end in zip((-6, 6), ends, strict=True)]
            parts += [text(LEFT + plot + 4, y + 3.5, words, f"label {css}") for y, words, css in ends]
    if led_from is not None and led_from < horizon:
        begin = LEFT + led_from / horizon * plot
        parts += [line(begin, TOP, begin, bottom, "bar"), text(begin + 3, TOP + 9, f"led from {led_from}", "tick strong")]
    parts += [text(LEFT - 2, TOP + 6, "100%", "tick", "end"), text(LEFT - 2, bottom, "0%", "tick", "end")]
    parts.append(text(LEFT, HEIGHT - 3, "its past, month by month", "tick"))
    return svg(WIDTH, HEIGHT, f"How useful and how heavy the factory's nail was, over {len(mass_g)} months", parts, month=month)


def grams(mass_g: float) -> str:
    """A mass with two figures that count.

    >>> grams(0.0274), grams(2.31), grams(648.2)
    ('0.027 g', '2.3 g', '648 g')
    """
    return f"{mass_g:.0f} g" if mass_g >= 10 else f"{mass_g:.2g} g"
