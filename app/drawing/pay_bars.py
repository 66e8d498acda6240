"""The sum that made a factory choose its plan: the pay of each plan that it can come upon, term by term, best-paid first."""

from collections.abc import Sequence
from typing import Any

from agents.pay import Pay
from app.drawing.svg import block, line, rect, signed, svg, text, title

EXTRA = 3  # colours for terms that have none of their own
WIDTH, HEAD = 312.0, 4.0
HIGHEST_ROW, ROOM = 13.0, 91.0  # of a row, and of all rows: where there are many plans, they stand closer
LEFT, RIGHT = 96.0, 50.0  # names to the left, totals to the right
KNOWN = (
    "bonus",
    "pride",
    "effort",
    "retooling",
    "orders",
)  # terms that have a colour of their own; others take the next that is free


def pay_bars(options: Sequence[Any], present: str, *, told: bool = True) -> str:
    """A row for each of `options`: gains to the right of zero, costs to the left, the total in figures.

    One that lies `beyond` the factory's reach has its total, no rank and no bars, which stay to the scale of the others: it says so.
    `told` lets each term be pointed at, with its number in words.
    """
    within_reach = [option for option in options if not option.beyond]
    gains = [sum(max(term, 0.0) for term in option.pay) for option in within_reach]
    costs = [sum(max(-term, 0.0) for term in option.pay) for option in within_reach]
    most, least = max([*gains, 0.05]), max([*costs, 0.05])
    px = (WIDTH - LEFT - RIGHT) / (most + least)
    zero = LEFT + least * px
    row = min(HIGHEST_ROW, ROOM / len(options))
    bar = 0.6 * row
    high = HEAD + len(options) * row
    parts, notes = [], []  # notes lie over all else, to be read and pointed at
    bars: dict[str, str] = {}  # of each term, as a path
    for k, option in enumerate(options):
        y = HEAD + k * row
        edge = y + (row - bar) / 2
        mine = " strong" if option.name == present else ""
        if mine:
            parts.append(rect(0, y, WIDTH, row, "mine"))
        place = "–" if option.beyond else f"{within_reach.index(option) + 1}."
        parts.append(text(3, y + row / 2 + 3.5, f"{place} {option.name}", f"tick{mine}"))
        parts.append(text(WIDTH - 3, y + row / 2 + 3.5, total(option.pay.total), f"tick{mine}", "end"))
        if option.beyond:
            notes.append(text(LEFT + 4, y + row / 2 + 3.5, option.beyond, "tick"))
            if told:
                terms = ", ".join(f"{name} {signed(term)}" for name, term in option.pay._asdict().items() if term)
                notes.append(
                    rect(0, y, WIDTH, row, "told", title(f"{option.name}, {option.beyond}: {option.because} ({terms})"))
                )
            continue
        notes.append(line(zero, y, zero, y + row, "axis"))
        right = left = zero
        for name, term in option.pay._asdict().items():
            width = abs(term) * px
            begin = right if term >= 0 else left - width
            right, left = (right + width, left) if term >= 0 else (right, left - width)
            if told:
                parts.append(rect(begin, edge, width, bar, term_class(name), title(f"{option.name}: {name} {signed(term)}")))
            else:
                bars[name] = bars.get(name, "") + block(begin, edge, width, bar)
    parts += [f'<path class="{term_class(name)}" d="{d}"/>' for name, d in bars.items()]
    parts += notes
    return svg(WIDTH, high + 2, "What each plan would be paid, term by term, best-paid first", parts)


def total(pay: float) -> str:
    """A sum of pay that finds room beside its bar: to the hundredth, and from 100 on with three figures that count.

    >>> total(-0.25), total(152.3), total(999_999.91)
    ('−0.25', '+152', '+1.00e6')
    """
    words = signed(pay) if abs(pay) < 99.995 else f"{pay:+.0f}" if abs(pay) < 999.5 else f"{pay:+.2e}".replace("e+0", "e")
    return words.replace("-", "−")


def term_class(name: str) -> str:
    """The class that colours a term of pay.

    >>> term_class("pride")
    'term pride'
    """
    if name in KNOWN:
        return f"term {name}"
    others = [field for field in Pay._fields if field not in KNOWN]
    return f"term extra{others.index(name) % EXTRA}"
