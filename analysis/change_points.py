"""Change points: does a curve break somewhere, or does it only bend?"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.floating]

STRONG = 10.0  # difference in BIC that counts as very strong evidence (Kass & Raftery 1995, J. Am. Stat. Assoc. 90:773)
DEGREES = range(6)  # of the smooth polynomials
EACH_SIDE = 3  # different x that a side of a break needs


class ChangePoint(NamedTuple):
    """The best break in a curve, and whether it is better than the best smooth curve.

    `at` lies midway between the two x that it parts; `jump` is by how much y changes there; `gain` is BIC of the best smooth
    curve less that of the best broken one; `smooth` names that smooth curve.
    """

    at: float
    jump: float
    gain: float
    smooth: str

    @property
    def found(self) -> bool:
        """Whether the break is beyond doubt."""
        return self.gain > STRONG


def change_point(x: npt.ArrayLike, y: npt.ArrayLike) -> ChangePoint:
    """Where y over x, both of shape (points,), breaks best, against a smooth fit by BIC (Schwarz 1978, Ann. Stat. 6:461).

    Broken: two straight lines that need not meet, so that a kink is one too. Smooth: polynomials of degree 0 to 5, and a
    straight line with a logistic step whose scale is no less than the median spacing of x: anything steeper cannot be told
    from a break. Errors are taken to be normal, independent and of one variance; many y at one x are fine. Needs six
    different x.

    >>> x = np.arange(20.0)
    >>> bool(change_point(x, np.where(x < 12, 0.1 * x, 5.0) + 0.01 * np.sin(50 * x)).found)
    True
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    places = np.unique(x)
    if len(places) < 2 * EACH_SIDE:
        raise ValueError(f"x: has {len(places)} different values; a change point takes {2 * EACH_SIDE} or more")
    scaled = (x - places[0]) / (places[-1] - places[0])
    floor = (1e-9 * max(float(np.abs(y).max()), 1e-100)) ** 2 * len(y)  # rounding: a perfect fit is no better than that
    smooth = min((_bic(basis, y, k, floor), name) for name, basis, k in _smooth(scaled))
    breaks = []
    for left, right in zip(places[EACH_SIDE - 1 : -EACH_SIDE], places[EACH_SIDE : 1 - EACH_SIDE or None], strict=True):
        after = (x >= right).astype(float)
        line = np.stack([np.ones_like(x), x], axis=1)
        breaks.append((_bic(np.hstack([line, after[:, None] * line]), y, 5, floor), (left + right) / 2))
    bic, at = min(breaks)
    sides = [np.polynomial.Polynomial.fit(x[side], y[side], 1)(at) for side in (x < at, x > at)]
    return ChangePoint(float(at), float(sides[1] - sides[0]), float(smooth[0] - bic), smooth[1])


def _smooth(x: Array) -> Iterator[tuple[str, Array, int]]:
    """Smooth curves over x in [0, 1]: name, basis of shape (points, coefficients), and number of parameters."""
    places = np.unique(x)
    for degree in DEGREES:
        if degree + 2 < len(places):
            yield f"polynomial of degree {degree}", np.polynomial.legendre.legvander(2 * x - 1, degree), degree + 1
    spacing = float(np.median(np.diff(places)))
    for scale in np.geomspace(spacing, max(0.5, spacing), 8):
        for centre in np.linspace(0, 1, 2 * len(places) + 1):
            step = 0.5 + 0.5 * np.tanh((x - centre) / (2 * scale))
            yield "logistic step", np.stack([np.ones_like(x), x, step], axis=1), 5


def _bic(basis: Array, y: Array, parameters: int, floor: float) -> float:
    """Schwarz's criterion of a linear fit, lower is better; the variance counts as one more parameter in all."""
    coefficients, *_ = np.linalg.lstsq(basis, y)
    squares = max(float(((y - basis @ coefficients) ** 2).sum()), floor)
    return len(y) * np.log(squares / len(y)) + parameters * np.log(len(y))
