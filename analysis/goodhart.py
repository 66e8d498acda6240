"""What Goodhart's law means in numbers: statistics on arrays and frames alone."""

from typing import Any

import numpy as np
import numpy.typing as npt


def ranks(values: npt.NDArray) -> npt.NDArray[np.float64]:
    """Ranks of `values`, shape (n,), from 1; ties share the mean of their ranks.

    >>> ranks(np.array([30.0, 10.0, 30.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    ascending = np.sort(values)
    return (np.searchsorted(ascending, values, "left") + np.searchsorted(ascending, values, "right") + 1) / 2


def rank_correlation(x: npt.NDArray, y: npt.NDArray) -> float:
    """Spearman's rank correlation of two arrays of shape (n,); NaN where one of them does not vary.

    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 27.0]))
    1.0
    """
    return correlation(ranks(x), ranks(y))


def correlation(x: Any, y: Any) -> float:
    """Pearson's correlation of two arrays of shape (n,); NaN where one of them does not vary."""
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / spread if spread > 0 else float("nan")
