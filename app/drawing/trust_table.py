"""The building trusts: their boards, their programmes, what they fasten, and whether they complain."""

from typing import Any

import numpy as np

from app.drawing.svg import block, line, rect, svg, text, title

WIDTH, ROW, HEAD = 312.0, 12.0, 13.0
SHOWN = 12  # trusts; with more, as many quantiles of board
BAR_LEFT, BAR_WIDTH, THICKEST = 74.0, 128.0, 60.0


def ground(board_mm: Any, programme: Any) -> str:
    """What stands still: a row for each trust, thin boards first; arrays (n,), boards [mm], joints planned [joints/month]."""
    rows = shown(board_mm)
    parts = [text(0, 9, "board", "tick"), text(BAR_LEFT, 9, "programme, filled: holds", "tick")]
    for (y, row), planned in zip(_places(rows), _planned(programme, rows), strict=True):
        thick = board_mm[row] / THICKEST * 30
        parts.append(rect(0, y + 2, max(thick, 2), ROW - 5, "plank") + text(34, y + 9.5, f"{board_mm[row]:.0f} mm", "tick"))
        parts.append(rect(BAR_LEFT, y + 2, planned, ROW - 5, "gauge"))
        parts.append(line(0, y + ROW, WIDTH, y + ROW, "grid"))
    return svg(WIDTH, HEAD + len(rows) * ROW + 1, f"{len(board_mm)} building trusts: boards and programmes", parts)


def trusts(board_mm: Any, programme: Any, fastened: Any, complains: Any, *, told: bool = True) -> str:
    """What a month made of it, to lay over `ground`: joints fastened [joints/month] and who complains, arrays (n,).

    `fastened` is None before the first month is over. `told` adds each trust's numbers in words.
    """
    n, rows = len(board_mm), shown(board_mm)
    parts, filled = [text(WIDTH, 9, f"{int(complains.sum())} of {n} complain", "tick", "end")], []
    for (y, row), planned in zip(_places(rows), _planned(programme, rows), strict=True):
        built = 0.0 if fastened is None else fastened[row]
        share = built / programme[row] if programme[row] > 0 else 0.0
        filled.append(block(BAR_LEFT, y + 2, planned * share, ROW - 5))
        holds = "–" if fastened is None else f"{share:.0%}"
        parts.append(text(BAR_LEFT + BAR_WIDTH + 36, y + 9.5, holds, "tick strong", "end"))
        if complains[row]:
            parts.append(text(WIDTH, y + 9.5, "! complains", "tick alarm", "end"))
        if told:
            words = title(f"Trust {row}: {built:,.0f} of {programme[row]:,.0f} joints a month")
            parts.append(rect(0, y, WIDTH, ROW, "told", words))
    parts.insert(0, f'<path class="filled" d="{"".join(filled)}"/>')
    told_all = f"{n} building trusts, {int(complains.sum())} of them complain"
    return svg(WIDTH, HEAD + len(rows) * ROW + 1, told_all, parts, complaints=int(complains.sum()), trusts=n)


def shown(board_mm: Any) -> Any:
    """Which trusts have a row, thin boards first."""
    n = len(board_mm)
    rows = np.argsort(board_mm, kind="stable")
    return rows if n <= SHOWN else rows[np.linspace(0, n - 1, SHOWN).round().astype(int)]


def _places(rows: Any) -> list[tuple[float, int]]:
    return [(HEAD + i * ROW, row) for i, row in enumerate(rows.tolist())]


def _planned(programme: Any, rows: Any) -> list[float]:
    """The length of each programme's bar [px]."""
    return (BAR_WIDTH * programme[rows] / max(float(programme[rows].max()), 1e-9)).tolist()
