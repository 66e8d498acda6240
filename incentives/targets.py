"""Targets "from the achieved level": what a factory did is what it will be asked for, and a little more."""

from typing import Any

import numpy as np

YEAR = 12  # months of the plan year: between revisions of a target
FLOOR = 0.01  # no target falls below this share of the engineering norm


def from_achieved_level(achieved: Any, norm: Any, growth: float) -> Any:
    """A first target: the mean score of the last year plus growth, and at least 1 % of the norm.

    `achieved` and `norm` (the engineering norm) are scores, equal-shaped; `growth` is a share a year.

    >>> float(from_achieved_level(100.0, 100.0, growth=0.02))
    102.0
    """
    return np.maximum(achieved * (1 + growth), FLOOR * norm)


def ratcheted(target: Any, achieved: Any, norm: Any, growth: float, ratchet: float) -> Any:
    """Next year's target: growth on the old one, and `ratchet` of the way to what was achieved.

    Weitzman (1980), "The 'ratchet principle' and performance incentives", Bell Journal of Economics 11(1).

    >>> float(ratcheted(100.0, 140.0, 100.0, growth=0.02, ratchet=0.5))
    122.0
    """
    return np.maximum(target * (1 + growth) + ratchet * (achieved - target), FLOOR * norm)


def fulfilment_next_year(fulfilment: Any, growth: float, ratchet: float) -> Any:
    """What a fulfilment becomes if the score stays as it is and the target is ratcheted; infinite where no target is left.

    >>> float(fulfilment_next_year(1.2, growth=0.0, ratchet=0.5).round(4))
    1.0909
    """
    now = np.asarray(fulfilment, dtype=float)
    # The old target over the score; nothing stays nothing, even where the new target is a share of the score alone.
    old = np.divide(1 + growth - ratchet, now, out=np.full_like(now, np.inf), where=now != 0)
    return 1 / (old + ratchet)
