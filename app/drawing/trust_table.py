"""The building trusts: their boards, their programmes, what they fasten, and whether they complain."""

from typing import Any

import numpy as np

from app.drawing.svg import line, rect, svg, text, title

WIDTH, ROW, HEAD = 312.0, 13.0, 14.0
SHOWN = 12  # trusts; with more, as many quantiles of board
BAR_LEFT, BAR_WIDTH, THICKEST = 74.0, 128.0, 60.0


def trusts(board_mm: Any, programme: Any, fastened: Any, complains: Any) -> str:
    """A row for each trust, thin boards first; arrays of shape (n,): boards [mm], joints planned and fastened [joints/month]."""
    n = len(board_mm)
    rows = np.argsort(board_mm, kind="stable")
    if n > SHOWN:
        rows = rows[np.linspace(0, n - 1, SHOWN).round().astype(int)]
    most = max(float(programme[rows].max()), 1e-9)
    parts = [
        text(0, 9, "board", "tick"),
        text(BAR_LEFT, 9, "programme, filled: holds", "tick"),
        text(WIDTH, 9, f"{int(complains.sum())} of {n} complain", "tick", "end"),
    ]
    for i, row in enumerate(rows):
        y = HEAD + i * ROW
        share = fastened[row] / programme[row] if programme[row] > 0 else 0.0
        thick = board_mm[row] / THICKEST * 30
        planned = BAR_WIDTH * programme[row] / most
        told = title(f"Trust {row}: {fastened[row]:,.0f} of {programme[row]:,.0f} joints a month")
        parts.append(rect(0, y + 2, max(thick, 2), ROW - 5, "plank") + text(34, y + 9.5, f"{board_mm[row]:.0f} mm", "tick"))
        parts.append(rect(BAR_LEFT, y + 2, planned, ROW - 5, "gauge", told))
        parts.append(rect(BAR_LEFT, y + 2, planned * share, ROW - 5, "filled", told))
        parts.append(text(BAR_LEFT + BAR_WIDTH + 36, y + 9.5, f"{share:.0%}", "tick strong", "end"))
        if complains[row]:
            parts.append(text(WIDTH, y + 9.5, "! complains", "tick alarm", "end"))
        parts.append(line(0, y + ROW, WIDTH, y + ROW, "grid"))
    told = f"{n} building trusts, {int(complains.sum())} of them complain"
    return svg(WIDTH, HEAD + len(rows) * ROW + 1, told, parts, complaints=int(complains.sum()), trusts=n)
