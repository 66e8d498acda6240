"""What Goodhart's law means in numbers: statistics on arrays and frames alone."""

import numpy as np
import numpy.typing as npt


def ranks(values: npt.NDArray) -> npt.NDArray[np.float64]:
    """Ranks of `values`, shape (n,), from 1; ties share the mean of their ranks.

    >>> ranks(np.array([30.0, 10.0, 30.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    order = values.argsort()
    ascending = values[order]
    if (ascending[1:] == ascending[:-1]).any():
        return (np.searchsorted(ascending, values, "left") + np.searchsorted(ascending, values, "right") + 1) / 2
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1.0, len(values) + 1)
    return ranks


def rank_correlations(columns: npt.NDArray) -> npt.NDArray[np.float64]:
    """Spearman's rank correlations of each of m columns with each, from shape (m, n) to (m, m).

    NaN where one of the two does not vary.

    >>> rank_correlations(np.array([[1.0, 2.0, 3.0], [1.0, 8.0, 27.0], [3.0, 2.0, 1.0]]))[0].tolist()
    [1.0, 1.0, -1.0]
    """
    centred = np.array([ranks(column) for column in columns]) - (columns.shape[1] + 1) / 2
    products = centred @ centred.T
    own = products.diagonal()
    with np.errstate(invalid="ignore"):  # 0/0 where a column does not vary
        return products / np.sqrt(own * own[:, None])


def rank_correlation(x: npt.NDArray, y: npt.NDArray) -> float:
    """Spearman's rank correlation of two arrays of shape (n,); NaN where one of them does not vary.

    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 27.0]))
    1.0
    """
    return float(rank_correlations(np.array([x, y]))[0, 1])
