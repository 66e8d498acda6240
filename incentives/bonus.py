"""How a score against a target is paid: a bonus is a function of both, and one line in BONUSES."""

from collections.abc import Callable
from typing import Any

import numpy as np

type Bonus = Callable[[Any, Any], Any]

CAP = 1.1  # fulfilment beyond which the capped bonus pays nothing more


def linear(score: Any, target: Any) -> Any:
    """Fulfilment less one: rewards every nail above the plan, fines every nail below.

    >>> linear(120.0, 100.0).round(2)
    np.float64(0.2)
    """
    return np.divide(score, target) - 1


def capped(score: Any, target: Any) -> Any:
    """As linear, but nothing for more than 110 % of the plan.

    >>> capped(200.0, 100.0).round(2)
    np.float64(0.1)
    """
    return np.minimum(np.divide(score, target), CAP) - 1


def threshold(score: Any, target: Any) -> Any:
    """One for a plan fulfilled, nothing otherwise: the classic Soviet bonus.

    >>> threshold(99.0, 100.0), threshold(100.0, 100.0)
    (np.float64(0.0), np.float64(1.0))
    """
    return np.float64(1.0) * (np.divide(score, target) >= 1)


BONUSES: dict[str, Bonus] = {"linear": linear, "capped": capped, "threshold": threshold}
