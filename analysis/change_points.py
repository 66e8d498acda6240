"""Change points: does a curve break somewhere, or does it only bend?"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intervals import chosen_interval

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


def turn_and_low(mean: Array) -> tuple[int, int]:
    """Where a curve, shape (points,), is highest, and where it is lowest from there on."""
    turn = int(mean.argmax())
    return turn, turn + int(mean[turn:].argmin())


def beyond_the_turn(wide: pd.DataFrame, place: Array, value: Callable[[float], float]) -> dict[str, Any]:
    """What a curve, shape (points, seeds), loses beyond its highest point, and whether it breaks over `place`, shape (points,).

    `turn` is the point, by the index of `wide`, whose mean over seeds is highest, `fell` what is lost from there to the lowest
    mean beyond, with an interval that allows for both having been chosen; `break_at` is the change point of the mean, as a
    `value` of its place, `jump` by how much it changes there, `gain` its BIC over smooth fits (more than STRONG is a break) and
    `smooth` the best of those; `breaks` is the share of seeds that have a break of their own. NaN where points are too few.
    """
    curves = wide.to_numpy()
    turn, low = turn_and_low(curves.mean(axis=1))
    row = {"turn": float(wide.index[turn]), **chosen_interval(curves, curves, (turn, low)).columns("fell")}
    if len(place) < 2 * EACH_SIDE:
        return row | {"break_at": np.nan, "jump": np.nan, "gain": np.nan, "smooth": "", "breaks": np.nan}
    whole = change_point(place, curves.mean(axis=1))
    own = np.mean([change_point(place, curve).found for curve in curves.T])
    return row | {"break_at": value(whole.at), "jump": whole.jump, "gain": whole.gain, "smooth": whole.smooth, "breaks": own}


def kind_of_break(row: dict[str, Any]) -> str:
    """Whether there is a break, from what `beyond_the_turn` found, in words."""
    if np.isnan(row["gain"]):
        return "too few points for a change point"
    if row["gain"] > STRONG:
        return f"a break of {row['jump']:+.2f} at {row['break_at']:.3g}"
    return f"no break (a {row['smooth']} does as well)"


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
