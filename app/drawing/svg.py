"""The few bricks that our SVG pictures are built of."""

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np

CLASSES = 6  # steps of the scale of usefulness, u0 to u5


def svg(width: float, height: float, title: str, parts: Iterable[str], **data: Any) -> str:
    """A picture of a size in pixels, with a title for those who hear it; `data` become its data- attributes."""
    seen = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}"{seen}>'
        f"{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def signed(value: float) -> str:
    """A number that is added or taken away, as people write it.

    >>> signed(0.5), signed(-0.25)
    ('+0.50', '−0.25')
    """
    return f"{value:+.2f}".replace("-", "−")


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def rect(x: float, y: float, width: float, height: float, css: str, inside: str = "") -> str:
    """A rectangle; `inside` may be a title."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" class="{css}">{inside}</rect>'
    )


def title(words: str) -> str:
    """What is shown when one points at a shape."""
    return f"<title>{escape(words)}</title>"


def curve(x: Any, y: Any, css: str) -> str:
    """A line through points, broken where y is NaN."""
    pieces, pen = [], "M"
    for a, b in zip(np.asarray(x).tolist(), np.asarray(y).tolist(), strict=True):  # NumPy's own numbers are slow to write
        if b != b:
            pen = "M"
        else:
            pieces.append(f"{pen}{a:.1f} {b:.1f}")
            pen = "L"
    return f'<path d="{"".join(pieces)}" class="{css}"/>' if pieces else ""


def area(x: Any, low: Any, high: Any, css: str) -> str:
    """A band between two lines."""
    x, low, high = (np.asarray(values).tolist() for values in (x, low, high))
    there = [f"{a:.1f} {b:.1f}" for a, b in zip(x, high, strict=True)]
    back = [f"{a:.1f} {b:.1f}" for a, b in zip(x, low, strict=True)][::-1]
    return f'<path d="M{"L".join(there + back)}Z" class="{css}"/>'


def laid_over(ground: str, picture: str) -> str:
    """One picture of two of a size: what stands still, and over it what moves.

    >>> laid_over("<svg><a/></svg>", "<svg><b/></svg>")
    '<svg><a/><svg><b/></svg></svg>'
    """
    return ground.removesuffix("</svg>") + picture + "</svg>"


def by_class(shapes: Iterable[str], classes: Any, css: str) -> list[str]:
    """Pieces of path, one shape each, gathered into one path for each class of usefulness: a browser draws a few at ease."""
    gathered = [""] * CLASSES
    for shape, k in zip(shapes, classes, strict=True):
        gathered[k] += shape
    return [f'<path class="{css} u{k}" d="{d}"/>' for k, d in enumerate(gathered) if d]


def block(x: float, y: float, width: float, height: float) -> str:
    """A rectangle as a piece of path."""
    return f"M{x:.1f} {y:.1f}h{max(width, 0):.1f}v{max(height, 0):.1f}h{-max(width, 0):.1f}z"


def usefulness_class(suitability: Any) -> Any:
    """The class of a nail's colour, 0 (useless) to 5 (as good as can be), from its suitability in [0, 1]; any shape."""
    return np.minimum((np.asarray(suitability) * CLASSES).astype(int), CLASSES - 1)
