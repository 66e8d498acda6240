"""Which kind of Goodhart's law is at work in a run: its signature, from what is seen alone, and a classifier of signatures.

The kinds are those of Manheim & Garrabrant (2018, arXiv:1803.04585). How far a signature is from those of sound measures tells how
strong the trouble is, and in which direction which kind it is; so the classifier goes by direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

SOUND = "sound"
SIGNATURE = {
    "rank_before": "rank correlation of the reported measure with real use in the year before the pressure",
    "rank_after": "the same in the last year",
    "parted_at_once": "log change of the measure less that of usefulness, from that year to the first months of pressure",
    "turned": "usefulness at its best under pressure less that of the last year",
    "overclaim": "log of what all factories together reported over what they made, at the end",
}
YEAR, FIRST_MONTHS, SMOOTH = 12, 3, 6  # months
LEAST = 0.02  # what is smaller is no signature, in any of its numbers


def signature(months: pd.DataFrame, factories: pd.DataFrame, pressure_from: int) -> dict[str, float]:
    """The signature of one run: what is named in SIGNATURE.

    `months` are a run's months, of which `count`, `usefulness` and `correlation_count` are read; `factories` its factories at the
    end: `count` is what was made, `fulfilment` times `target` what was reported. The measure is under pressure from month
    `pressure_from` on: paid for, or set.
    """
    use, count, rank = (months[name].to_numpy(dtype=float) for name in ("usefulness", "count", "correlation_count"))
    before, first = slice(pressure_from - YEAR, pressure_from), slice(pressure_from, pressure_from + FIRST_MONTHS)
    smooth = np.convolve(use[pressure_from:], np.full(SMOOTH, 1 / SMOOTH), "valid")
    reported = (factories["fulfilment"] * factories["target"]).sum()
    return {
        "rank_before": float(rank[before].mean()),
        "rank_after": float(np.nan_to_num(rank[-YEAR:]).mean()),  # a measure that is the same for all ranks nobody
        "parted_at_once": float(
            np.log(count[first].mean() / count[before].mean()) - np.log(use[first].mean() / use[before].mean())
        ),
        "turned": float(max(smooth.max() - use[-YEAR:].mean(), 0.0)),
        "overclaim": round(float(np.log(reported / factories["count"].sum())), 12) + 0.0,  # without what sums round to
    }


@dataclass(frozen=True)
class Kinds:
    """What `learn` made of signatures: a sound measure's, how far those spread, and the direction of each other kind."""

    sound: npt.NDArray[np.float64]  # (signature,), the mean of sound runs
    spread: npt.NDArray[np.float64]  # (signature,), the unit of each number
    reach: float  # how far sound runs stray towards any other kind, in those units
    names: tuple[str, ...]
    directions: npt.NDArray[np.float64]  # (kinds, signature), of length 1

    def towards(self, signatures: pd.DataFrame) -> npt.NDArray[np.float64]:
        """How far signatures lie from sound ones in the direction of each kind, shape (runs, kinds), in units of `spread`."""
        away = (signatures[list(SIGNATURE)].to_numpy(dtype=float) - self.sound) / self.spread
        return away @ self.directions.T


def learn(signatures: pd.DataFrame, kinds: Sequence[str]) -> Kinds:
    """Learn from signatures, a row a run, whose `kinds` are known; some must be SOUND. Raises a ValueError if none is.

    Each run counts by its direction alone, so that weak and strong ones teach the same.
    """
    known = np.asarray(kinds)
    if not (known == SOUND).any():
        raise ValueError(f"kinds: none of them is {SOUND!r}, from which the others are told")
    values = signatures[list(SIGNATURE)].to_numpy(dtype=float)
    sound = values[known == SOUND]
    centre, spread = sound.mean(axis=0), np.maximum(sound.std(axis=0), LEAST)
    away = (values - centre) / spread
    length = np.linalg.norm(away, axis=1)
    names = tuple(sorted({*known.tolist()} - {SOUND}))
    units = away / np.maximum(length, 1e-12)[:, None]
    directions = np.array([units[known == name].mean(axis=0) for name in names]).reshape(len(names), len(SIGNATURE))
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-12)
    reach = (away[known == SOUND] @ directions.T).max(initial=0.0)
    return Kinds(centre, spread, float(reach), names, directions)


def tell(kinds: Kinds, signatures: pd.DataFrame) -> npt.NDArray[np.str_]:
    """The kind of each run, shape (runs,): the one in whose direction it lies furthest, or sound where that is no further than
    sound runs stray.
    """
    towards = kinds.towards(signatures)
    return np.where(towards.max(axis=1) <= kinds.reach, SOUND, np.array(kinds.names)[towards.argmax(axis=1)])


def confusion(true: Sequence[str], told: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """How many runs of each kind (rows) were told to be of each (columns).

    >>> confusion(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]).to_numpy().tolist()
    [[1, 1], [0, 1]]
    """
    table = pd.crosstab(pd.Series(np.asarray(true), name="true"), pd.Series(np.asarray(told), name="told"))
    return table.reindex(index=list(names), columns=list(names), fill_value=0)
