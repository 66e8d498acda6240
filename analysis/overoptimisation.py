"""Overoptimisation as AI safety measures it: what a proxy's choice is worth, against how far it goes from habit.

Distance is d = sqrt(KL), the root of the Kullback-Leibler divergence [nats] of the chosen distribution from the habitual one.
Source: Gao, Schulman & Hilton (2022), Scaling laws for reward model overoptimization, arXiv:2210.10760.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float64]


def best_of_n_kl(n: npt.ArrayLike) -> Array:
    """KL divergence [nats] of the best of n draws from one draw: log n - (n - 1)/n; any shape.

    Exact where no two draws tie, whatever the distribution and the proxy; an upper bound otherwise (Beirami et al. 2024,
    arXiv:2401.01879).

    >>> best_of_n_kl([1, 2]).round(4).tolist()
    [0.0, 0.1931]
    """
    n = np.asarray(n, dtype=float)
    return np.log(n) - (n - 1) / n


def best_of_n(proxy: npt.ArrayLike, value: npt.ArrayLike, n: npt.ArrayLike) -> Array:
    """Expected value of what is best by the proxy among n of the sample's draws, for every n; shape (len(n),).

    `proxy` and `value` have shape (draws,); n is from 1 to the number of draws. The mean over all subsets of n draws, so an
    unbiased estimate of the best of n fresh ones (as in Nakano et al. 2021, arXiv:2112.09332). Ties share their value.

    >>> best_of_n([1.0, 2.0, 3.0], [0.0, 6.0, 3.0], [1, 2, 3]).tolist()
    [3.0, 4.0, 3.0]
    """
    proxy, value = np.asarray(proxy, dtype=float), np.asarray(value, dtype=float)
    _, tied = np.unique(proxy, return_inverse=True)  # ascending in the proxy
    value = (np.bincount(tied, value) / np.bincount(tied))[tied][np.argsort(tied, kind="stable")]
    draws = len(value)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, draws + 1)))])

    def expected(size: int) -> float:
        below = np.arange(size - 1, draws)  # how many draws are worse than the k-th, if it is to be the best of `size`
        chosen = log_factorial[below] - log_factorial[below - size + 1] - log_factorial[size - 1]
        subsets = log_factorial[draws] - log_factorial[draws - size] - log_factorial[size]
        return float(np.exp(chosen - subsets) @ value[size - 1 :])

    return np.array([expected(int(size)) for size in np.atleast_1d(n)])


def _best_of_n_basis(d: Array) -> Array:
    return np.stack([d, -(d**2)], axis=-1)


def _rl_basis(d: Array) -> Array:
    return np.stack([d, -d * np.log(np.where(d > 0, d, 1.0))], axis=-1)


FORMS: dict[str, Callable[[Array], Array]] = {
    "best_of_n": _best_of_n_basis,  # d (alpha - beta d)
    "rl": _rl_basis,  # d (alpha - beta log d)
}


@dataclass(frozen=True)
class Fit:
    """One of FORMS fitted by least squares: its two coefficients, and how well it fits.

    `r_squared` is the share of the variance of the gain that it explains, `rmse` in the gain's own unit.
    """

    form: str
    alpha: float
    beta: float
    r_squared: float
    rmse: float

    def predict(self, d: npt.ArrayLike) -> Array:
        """The gain at distances d, any shape."""
        return FORMS[self.form](np.asarray(d, dtype=float)) @ np.array([self.alpha, self.beta])

    @property
    def peak(self) -> float:
        """The distance at which the gain turns down: 0 where it falls from the start, infinite where it never does."""
        if self.beta <= 0:
            return float("inf")
        ratio = self.alpha / self.beta
        return max(ratio / 2, 0.0) if self.form == "best_of_n" else float(np.exp(ratio - 1))


class Prediction(NamedTuple):
    """What a fit on the near distances says of the far ones.

    `rmse` is over the far ones, in the gain's unit. `r_squared` compares with predicting the last fitted gain for ever: 1 is
    perfect, below 0 is worse than that.
    """

    fit: Fit
    rmse: float
    r_squared: float


def fit(form: str, d: npt.ArrayLike, gain: npt.ArrayLike) -> Fit:
    """Fit one of FORMS to the gain over habit (0 at d = 0) at distances d, both of shape (points,).

    >>> d = np.linspace(0, 3, 7)
    >>> found = fit("best_of_n", d, d * (2 - 0.5 * d))
    >>> round(found.alpha, 6), round(found.beta, 6), round(found.peak, 6)
    (2.0, 0.5, 2.0)
    """
    d, gain = np.asarray(d, dtype=float), np.asarray(gain, dtype=float)
    (alpha, beta), *_ = np.linalg.lstsq(FORMS[form](d), gain)
    found = Fit(form, float(alpha), float(beta), np.nan, np.nan)
    rmse, r_squared = _quality(gain, found.predict(d), float(gain.mean()))
    return Fit(form, found.alpha, found.beta, r_squared, rmse)


def predict_beyond(form: str, d: npt.ArrayLike, gain: npt.ArrayLike, upto: float) -> Prediction:
    """Fit one of FORMS to distances up to `upto`, and see what it says of those beyond."""
    d, gain = np.asarray(d, dtype=float), np.asarray(gain, dtype=float)
    near = d <= upto
    if near.sum() < 3 or near.all():
        raise ValueError(f"upto: got {upto:g}; it takes a distance with three points below and one beyond")
    found = fit(form, d[near], gain[near])
    last = gain[near][d[near].argmax()]
    return Prediction(found, *_quality(gain[~near], found.predict(d[~near]), float(last)))


def _quality(seen: Array, said: Array, naive: float) -> tuple[float, float]:
    """Root mean squared error, and the share of the squared error of the `naive` guess that is saved."""
    error, spread = float(((seen - said) ** 2).sum()), float(((seen - naive) ** 2).sum())
    return float(np.sqrt(error / len(seen))), 1 - error / spread if spread > 0 else np.nan
