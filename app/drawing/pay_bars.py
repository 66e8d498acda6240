"""The sum that made a factory choose its plan: each plan's pay, term by term, best-paid first."""

from collections.abc import Sequence
from typing import Any

from app.drawing.svg import line, rect, svg, text, title

WIDTH, ROW, HEAD = 312.0, 15.0, 4.0
LEFT, RIGHT = 96.0, 44.0  # names to the left, totals to the right


def pay_bars(options: Sequence[Any], present: str) -> str:
    """A row for each of `options`: gains to the right of zero, costs to the left, the total in figures."""
    gains = [sum(max(term, 0.0) for term in option.pay) for option in options]
    costs = [sum(max(-term, 0.0) for term in option.pay) for option in options]
    most, least = max(*gains, 0.05), max(*costs, 0.05)
    px = (WIDTH - LEFT - RIGHT) / (most + least)
    zero = LEFT + least * px
    parts = []
    for k, option in enumerate(options):
        y = HEAD + k * ROW
        mine = " strong" if option.name == present else ""
        if mine:
            parts.append(rect(0, y, WIDTH, ROW, "mine"))
        parts.append(text(3, y + 11, f"{k + 1}. {option.name}", f"tick{mine}"))
        right = left = zero
        for name, term in option.pay._asdict().items():
            width, told = abs(term) * px, title(f"{option.name}: {name} {term:+.2f}")
            if term >= 0:
                parts.append(rect(right, y + 3, width, ROW - 6, f"term {name}", told))
                right += width
            else:
                left -= width
                parts.append(rect(left, y + 3, width, ROW - 6, f"term {name}", told))
        parts.append(text(WIDTH - 3, y + 11, f"{option.pay.total:+.2f}".replace("-", "−"), f"tick{mine}", "end"))
    parts.append(line(zero, HEAD, zero, HEAD + len(options) * ROW, "axis"))
    return svg(WIDTH, HEAD + len(options) * ROW + 2, "What each plan would be paid, term by term, best-paid first", parts)
