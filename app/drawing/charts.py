"""Charts of a run over time: what the planner sees and what is so, and how well each measure still tells them apart."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from analysis.marks import spread
from app.drawing.svg import area, curve, line, rect, signed, svg, text, title

WIDTH, LEFT, RIGHT = 664.0, 40.0, 106.0  # the right margin holds the names of lines
PLOT = WIDTH - LEFT - RIGHT
HEIGHT, TOP = 190.0, 16.0  # of fulfilment and usefulness
LOW_HEIGHT, LOW_TOP = 110.0, 6.0  # of the correlations
LABEL_GAP = 13.0  # between two names [px]
SCALES = (2, 4, 8, 16)  # that the axis of fulfilment goes to; what is beyond stays at the top
MOST_POINTS = 260  # of a line: one for two pixels
COLOURS = {"count": "blue", "weight": "green"}  # of the two measures, everywhere


def ground(horizon: int, *, height: float = HEIGHT, bar: float | None = None) -> str:
    """What stands still under fulfilment and usefulness: years, shares, and the usefulness to keep above, if there is one."""
    top, bottom = TOP, height - 20
    left = _shares(top, bottom)
    parts = [_years(horizon, top, bottom)] + [
        line(LEFT, left(share), LEFT + PLOT, left(share), "grid")
        + text(LEFT - 5, left(share) + 3, f"{share:.0%}", "tick verm", "end")
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    if bar is not None:
        parts.append(line(LEFT, left(bar), LEFT + PLOT, left(bar), "bar"))
        parts.append(text(LEFT + PLOT - 4, left(bar) - 4, f"the bar: {bar:.0%}", "tick", "end"))
    return svg(WIDTH, height, "Years and shares", parts)


def fulfilment_and_usefulness(
    usefulness: Any,
    fulfilment: Any,
    targets: Sequence[str],
    horizon: int,
    *,
    month: int,
    marks: Sequence[tuple[int, str]] = (),
    beside: Any = None,
    beside_name: str = "",
    band: Any = None,
    told: bool = True,
    height: float = HEIGHT,
) -> str:
    """Plan fulfilment (right axis) against usefulness (left axis), shares of 1, arrays of shape (months,).

    To lay over `ground`. `marks` are interventions, `beside` the usefulness of another run, `band` the low and high over seeds,
    shape (2, months); `told` lets marks be pointed at.
    """
    top, bottom = TOP, height - 20
    seen = fulfilment[np.isfinite(fulfilment)]
    most = next(step for step in SCALES if step >= min(seen.max(initial=0), SCALES[-1]))
    x, left = _x(horizon), _shares(top, bottom)

    def right(share: Any) -> Any:
        return left(share / most)

    parts = [_periods(targets, horizon, top, bottom, named=True)]
    parts.append(line(LEFT, right(1), LEFT + PLOT, right(1), "plan"))
    parts.append(text(LEFT + PLOT + 5, right(1) + 3, "plan = 100%", "tick blue"))
    parts.append(text(LEFT + PLOT + 5, top + 3, f"{most:,.0%}", "tick blue"))  # where the axis of fulfilment ends
    if band is not None:
        parts.append(area(x(np.arange(band.shape[1])), left(band[0]), left(band[1]), "band"))
    if beside is not None:
        parts.append(_line(x, left(beside), "beside"))
    parts.append(_line(x, right(fulfilment), "blue thin"))
    parts.append(_line(x, left(usefulness), "verm thick"))
    parts.append(_marks(marks, x, top, told))
    if month:
        ends = [(left(usefulness[month - 1]), f"usefulness {usefulness[month - 1]:.0%}", "verm")]
        if np.isfinite(fulfilment[month - 1]):
            ends.append((right(fulfilment[month - 1]), f"fulfilment {fulfilment[month - 1]:.0%}", "blue"))
        if beside is not None and len(beside):
            at = min(month, len(beside)) - 1
            ends.append((left(beside[at]), f"{beside_name} {beside[at]:.0%}", "grey"))
        parts.append(_cursor(x(month - 1), top, bottom, ends, names_from=top + LABEL_GAP, keep_off=right(1)))
    words = f"Plan fulfilment and usefulness over {len(usefulness)} months"
    return svg(WIDTH, height, words, parts, month=month, target=targets[month - 1] if month else "none")


def correlations_ground(horizon: int, *, height: float = LOW_HEIGHT) -> str:
    """What stands still under the correlations: years, and the range from -1 to 1."""
    top, bottom = LOW_TOP, height - 18
    y = _range(top, bottom)
    parts = [_years(horizon, top, bottom)] + [
        line(LEFT, y(r), LEFT + PLOT, y(r), "axis" if r == 0 else "grid") + text(LEFT - 5, y(r) + 3, words, "tick", "end")
        for r, words in ((1, "+1"), (0, "0"), (-1, "−1"))
    ]
    return svg(WIDTH, height, "Years and correlations", parts)


def correlations(
    count: Any,
    weight: Any,
    targets: Sequence[str],
    horizon: int,
    *,
    month: int,
    marks: Sequence[tuple[int, str]] = (),
    told: bool = True,
    height: float = LOW_HEIGHT,
) -> str:
    """Rank correlation of each measure with real use, arrays of shape (months,), within [-1, 1]; to lay over its ground."""
    top, bottom = LOW_TOP, height - 18
    x, y = _x(horizon), _range(top, bottom)
    parts = [_periods(targets, horizon, top, bottom, named=False)]
    parts += [_line(x, y(count), "blue thin"), _line(x, y(weight), "green thin dashed"), _marks(marks, x, top, told)]
    if month:
        ends = [
            (y(values[month - 1]), f"{name} {signed(values[month - 1])}", css)
            for values, name, css in ((count, "count", "blue"), (weight, "weight", "green"))
            if np.isfinite(values[month - 1])
        ]
        parts.append(_cursor(x(month - 1), top, bottom, ends))
        if not np.isfinite([count[:month], weight[:month]]).any():
            words = "nothing to rank: there is one factory, or all are alike"
            parts.append(text(LEFT + PLOT / 2, y(0) - 6, words, "tick", "middle"))
    return svg(WIDTH, height, "Rank correlation over factories of count and of weight with real use", parts, month=month)


def rewards_ground(horizon: int, *, height: float = LOW_HEIGHT) -> str:
    """What stands still under the rewards: years."""
    return svg(WIDTH, height, "Years", [_years(horizon, LOW_TOP, height - 18)])


def rewards(
    earned: Any,
    targets: Sequence[str],
    horizon: int,
    *,
    month: int,
    marks: Sequence[tuple[int, str]] = (),
    beside: Any = None,
    beside_name: str = "",
    told: bool = True,
    height: float = LOW_HEIGHT,
) -> str:
    """A factory's rewards, observed (pay [units of pay]) and hidden (real use [norms]), shape (months, 2), on one axis.

    To lay over its ground. `beside` are those of the same factory in another run.
    """
    top, bottom = LOW_TOP, height - 18
    both = earned if beside is None else np.concatenate([earned, beside])
    high = next((step for step in (1, *SCALES) if both.max(initial=0) <= step), SCALES[-1])
    low = next((step for step in (0.0, -0.5, -1.0) if both.min(initial=0) >= step), -2.0)
    x = _x(horizon)

    def y(reward: Any) -> Any:
        return bottom - (np.clip(reward, low, high) - low) / (high - low) * (bottom - top)

    parts = [_periods(targets, horizon, top, bottom, named=False)]
    parts += [
        line(LEFT, y(at), LEFT + PLOT, y(at), "axis" if at == 0 else "grid")
        + text(LEFT - 5, y(at) + 3, f"{at:g}", "tick", "end")
        for at in (0, high / 2, high)
    ]
    if beside is not None:
        parts += [_line(x, y(beside[:, 0]), "blue dotted"), _line(x, y(beside[:, 1]), "verm dotted")]
    parts += [_line(x, y(earned[:, 0]), "blue thin"), _line(x, y(earned[:, 1]), "verm thick"), _marks(marks, x, top, told)]
    if month:
        now = [("", earned[month - 1], "")]
        if beside is not None and len(beside):
            now.append((f"{beside_name} ", beside[min(month, len(beside)) - 1], " small"))
        ends = [
            (y(value), f"{whose}{name} {value:.2f}".replace("-", "−"), css + size)
            for whose, values, size in now
            for name, value, css in zip(("pay", "use"), values.tolist(), ("blue", "verm"), strict=True)
        ]
        parts.append(_cursor(x(month - 1), top, bottom, ends))
    return svg(WIDTH, height, "Pay and real use of the factory that is led", parts, month=month)


def _shares(top: float, bottom: float) -> Any:
    return lambda share: bottom - np.clip(share, 0, 1) * (bottom - top)


def _range(top: float, bottom: float) -> Any:
    return lambda r: (top + bottom) / 2 - r * (bottom - top) / 2


def _x(horizon: int) -> Any:
    return lambda month: LEFT + (np.asarray(month) + 0.5) / horizon * PLOT


def _line(x: Any, y: Any, css: str) -> str:
    """A line over the months, thinned where there are more of them than pixels."""
    every = max(1, len(y) // MOST_POINTS)
    months = np.append(np.arange(0, len(y) - 1, every), len(y) - 1) if len(y) else []
    return curve(x(months), y[months], f"line {css}")


def _periods(targets: Sequence[str], horizon: int, top: float, bottom: float, named: bool) -> str:
    """The periods of each target, shaded and named."""
    changes = [0] + [k for k in range(1, len(targets)) if targets[k] != targets[k - 1]] if targets else []
    parts: list[str] = []
    names: list[tuple[float, float, str]] = []  # width of the period, where its name ends, the name
    for begin, end in pairwise([*changes, len(targets)]):
        target = targets[begin]
        left, right = (LEFT + month / horizon * PLOT for month in (begin, end))
        parts.append(
            rect(left, top, right - left, bottom - top, f"period {target if target in ('none', *COLOURS) else 'other'}")
        )
        words = "nothing paid" if target == "none" else f"paid by {target.replace('_', ' ')}"
        wide = 6.1 * len(words) + 8
        while named:
            start = max([left + 3, *(name[1] for name in names[-1:])])
            # A name may stick out a little, but not stand elsewhere.
            if (start < right or end == len(targets)) and start + wide <= max(right, left + wide + 40):
                name = text(start, top - 5, words, f"name {COLOURS.get(target, '')}")
                names.append((right - left, start + wide, name))
                break
            if not names or names[-1][0] >= right - left:
                break
            names.pop()  # that of a shorter period is in the way
        parts.append(line(left, top, left, bottom, "axis faint") if begin else "")
    return "".join(parts + [name for _, _, name in names])


def _years(horizon: int, top: float, bottom: float) -> str:
    """Ticks at whole years."""
    every = next(n for n in (1, 2, 4, 5, 10, 20, 50) if horizon / 12 / n <= 9 or n == 50)
    parts = []
    for year in range(0, horizon // 12 + 1, every):
        x = LEFT + 12 * year / horizon * PLOT
        parts.append(line(x, bottom, x, bottom + 4, "axis"))
        parts.append(text(x, bottom + 15, f"{year}" if year else "year 0", "tick", "middle"))
    return "".join(parts)


def _marks(marks: Sequence[tuple[int, str]], x: Any, top: float, told: bool) -> str:
    """A flag for each intervention."""
    return "".join(
        f'<path class="flag{" told" if told else ""}" data-mark="{month}" d="M{x(month) - 4:.1f} {top - 1:.1f}h8l-4 7z">'
        + title(f"month {month}: {words}")
        + "</path>"
        + line(x(month), top, x(month), top + 12, "axis")
        for month, words in marks
    )


def _cursor(
    x: float,
    top: float,
    bottom: float,
    ends: Sequence[tuple[float, str, str]],
    *,
    names_from: float | None = None,
    keep_off: float | None = None,
) -> str:
    """A line at the month shown, a dot on each curve, and the names of the curves in the margin, none over another."""
    parts = [line(x, top, x, bottom, "cursor")]
    ends = sorted(ends, key=lambda end: end[0])
    places = _places([y for y, _, _ in ends], top + 2 if names_from is None else names_from, bottom - 1, keep_off)
    for (y, words, css), place in zip(ends, places, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" class="dot {css}"/>')
        parts.append(text(LEFT + PLOT + 5, place + 3.5, words, f"label {css}"))
    return "".join(parts)


def _places(curves: list[float], low: float, high: float, keep_off: float | None) -> list[float]:
    """Where the names of curves stand, in their order: apart, between low and high, and off a line; curves ascending [px].

    >>> [round(place) for place in _places([50, 99, 99], 2, 99, keep_off=80)]
    [50, 67, 99]
    """
    if keep_off is None:
        return spread(curves, LABEL_GAP, low, high)
    over, under = keep_off - LABEL_GAP, keep_off + LABEL_GAP
    room_over, room_under = (max(int(room // LABEL_GAP) + 1, 0) for room in (over - low, high - under))
    k = sum(curve < keep_off for curve in curves)
    k = min(max(k, len(curves) - room_under), room_over)
    return spread(curves[:k], LABEL_GAP, low, over) + spread(curves[k:], LABEL_GAP, under, high)
