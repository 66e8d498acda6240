"""What Goodhart's law means in numbers: statistics of series alone, arrays or columns of a frame, one entry a month."""

import numpy as np
import numpy.typing as npt


def ranks(values: npt.NDArray) -> npt.NDArray[np.float64]:
    """Ranks of `values` along the last axis, shape (..., n), from 1; ties share the mean of their ranks.

    All of a row are NaN where one of its values is.

    >>> ranks(np.array([[30.0, 10.0, 30.0], [3.0, 2.0, 1.0]])).tolist()
    [[2.5, 1.0, 2.5], [3.0, 2.0, 1.0]]
    """
    rows = values.reshape(-1, values.shape[-1])
    n = rows.shape[1]
    places = (rows.argsort(axis=1) + n * np.arange(len(rows))[:, None]).ravel()  # in the flat array, lowest value first
    ascending = rows.take(places).reshape(rows.shape)
    differs = np.ones(rows.shape, dtype=bool)  # from the value below it in its row
    np.not_equal(ascending[:, 1:], ascending[:, :-1], out=differs[:, 1:])
    first = differs.ravel().nonzero()[0]  # of each run of ties, most of them of one value
    ties = np.diff(first, append=rows.size)
    ranks = np.empty(rows.size)
    ranks[places] = np.repeat(first % n + (ties + 1) / 2, ties)
    if np.isnan(ascending[:, -1]).any():  # NaN stands last
        ranks.reshape(rows.shape)[np.isnan(ascending[:, -1])] = np.nan
    return ranks.reshape(values.shape)


def rank_correlations(columns: npt.NDArray) -> npt.NDArray[np.float64]:
    """Spearman's rank correlations of each of m columns with each, from shape (..., m, n) to (..., m, m).

    NaN where one of the two does not vary, or has a NaN.

    >>> rank_correlations(np.array([[1.0, 2.0, 3.0], [1.0, 8.0, 27.0], [3.0, 2.0, 1.0]]))[0].tolist()
    [1.0, 1.0, -1.0]
    """
    centred = ranks(columns) - (columns.shape[-1] + 1) / 2
    products = centred @ centred.swapaxes(-1, -2)
    own = products.diagonal(axis1=-2, axis2=-1)
    with np.errstate(invalid="ignore"):  # 0/0 where a column does not vary
        return products / np.sqrt(own[..., None, :] * own[..., None])


def rank_correlation(x: npt.NDArray, y: npt.NDArray) -> float:
    """Spearman's rank correlation of two arrays of shape (n,); NaN where one of them does not vary, or has a NaN.

    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 27.0]))
    1.0
    """
    return float(rank_correlations(np.array([x, y], dtype=float))[0, 1])


def index(values: npt.ArrayLike, base: slice) -> npt.NDArray[np.float64]:
    """A series as multiples of its mean over the `base` months, shape (months,).

    >>> index([2.0, 2.0, 3.0], slice(0, 2)).tolist()
    [1.0, 1.0, 1.5]
    """
    values = np.asarray(values, dtype=float)
    return values / values[base].mean()


def goodhart_gap(metric: npt.ArrayLike, usefulness: npt.ArrayLike, base: slice) -> npt.NDArray[np.float64]:
    """The Goodhart gap: the metric's index less usefulness's index, both 1 over the `base` months; shape (months,).

    0 while the metric tells the truth, above 0 once it promises more than is delivered: the divergence of proxy and goal of
    Manheim & Garrabrant (2018), in multiples of the state over `base`, which is best a stretch before the metric was a target.

    >>> goodhart_gap([10.0, 10.0, 30.0], [0.5, 0.5, 0.25], slice(0, 2)).tolist()
    [0.0, 0.0, 2.5]
    """
    return index(metric, base) - index(usefulness, base)


def onset(
    metric: npt.ArrayLike, usefulness: npt.ArrayLike, *, start: int = 0, window: int = 5, doubt: float = 5.0
) -> int | None:
    """The month from `start` on in which usefulness turns down while the metric still rises; None if it does not.

    Both are smoothed by a centred mean of `window` (odd) months. Onset is where smoothed usefulness is highest, if it falls
    from there to its later lowest point, and the metric rises between the two, each by more than `doubt` standard errors of a
    difference of two such means. Noise, which is taken to be independent from month to month, is estimated from second
    differences, so a trend is not mistaken for it; in 192 months of noise alone under a rising metric one series in
    ninety-five shows an onset. The turn is that of the "gold" reward in Gao, Schulman & Hilton (2022).

    >>> onset(np.arange(40.0), -np.abs(np.arange(40.0) - 15))
    15
    """
    smooth_metric, doubt_metric = _smoothed(metric, start, window)
    smooth_use, doubt_use = _smoothed(usefulness, start, window)
    if len(smooth_use) == 0:
        return None
    peak = int(smooth_use.argmax())
    low = peak + int(smooth_use[peak:].argmin())
    falls = smooth_use[peak] - smooth_use[low] > doubt * doubt_use
    rises = smooth_metric[low] - smooth_metric[peak] > doubt * doubt_metric
    return start + peak + window // 2 if falls and rises else None


def half_life(correlation: npt.ArrayLike, start: int, *, base: int = 12, hold: int = 3) -> float:
    """Half-life of a measure [months]: how long after `start` its correlation with real use stays at half of what it was.

    What it was is the mean of the `base` months before `start`, the month in which it became the target. Counted to the
    moment, between two months, from which on it is at or below half for `hold` months at least. Infinite if that
    is not seen, so that a median over seeds counts those; NaN if there was no positive correlation to lose.

    >>> half_life([0.8] * 12 + [0.8, 0.6, 0.2, 0.1, 0.0], 12)
    1.5
    """
    correlation = np.asarray(correlation, dtype=float)
    before = correlation[max(start - base, 0) : start]
    level = np.nanmean(before) if np.isfinite(before).any() else np.nan
    if not level > 0:
        return float("nan")
    half, below = level / 2, correlation <= level / 2
    for month in range(start, len(correlation) - hold + 1):
        if below[month : month + hold].all():
            last = correlation[month - 1]
            fraction = (last - half) / (last - correlation[month]) if last > half else 1.0
            return max(float(month - 1 + fraction) - start, 0.0)
    return float("inf")


def _smoothed(values: npt.ArrayLike, start: int, window: int) -> tuple[npt.NDArray[np.float64], float]:
    """Centred means of `window` entries from `start` on, and the standard error of a difference of two of them."""
    values = np.asarray(values, dtype=float)[start:]
    if window % 2 == 0:
        raise ValueError(f"window: got {window}; it takes an odd number")
    if len(values) < max(window, 3):
        return np.empty(0), 0.0
    bends = np.diff(values, 2)  # of independent noise of sd s: sd s * sqrt(6), whatever the trend
    noise = np.median(np.abs(bends)) / 0.6745 / np.sqrt(6)  # 0.6745: median absolute deviation of a normal of sd 1
    floor = 1e-9 * np.abs(values).max()  # rounding
    return np.convolve(values, np.full(window, 1 / window), "valid"), float(max(noise, floor) * np.sqrt(2 / window))
