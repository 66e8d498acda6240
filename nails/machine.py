"""A month at the nail machine: what a plan makes of hours and steel."""

from typing import Any

import numpy as np

LENGTH_RANGE_MM = (5.0, 400.0)  # what the machine can be set to
DIAMETER_RANGE_MM = (0.5, 40.0)
SECONDS_PER_MONTH = 500 * 3600.0  # 500 machine hours


def seconds_per_nail(mass_g: Any, finish: Any) -> Any:
    """Machine time [s] for one nail: handling, shaping its surface, and heading and pointing it.

    >>> round(float(seconds_per_nail(1.0, 1.0)), 2)
    0.18
    """
    return 0.05 + 0.08 * np.cbrt(mass_g) ** 2 + 0.05 * finish


def nails_by_hours(mass_g: Any, finish: Any, effort: Any, productivity: Any = 1.0) -> Any:
    """Nails that a month's hours allow [nails/month], whatever the steel.

    `finish` and `effort` in [0, 1]; `productivity` is skill times luck, 1 for a standard factory in a
    standard month. Any shapes that broadcast.

    >>> float(nails_by_hours(1.0, 1.0, 1.0))
    10000000.0
    """
    return productivity * (0.4 * SECONDS_PER_MONTH + 0.6 * SECONDS_PER_MONTH * effort) / seconds_per_nail(mass_g, finish)


def within_quota(nails: Any, mass_g: Any, steel_quota_kg: Any) -> Any:
    """Nails that hours and steel both allow [nails/month]; the quota is a month's steel [kg]."""
    return np.minimum(nails, 1000.0 * steel_quota_kg / mass_g)


def nails_made(mass_g: Any, finish: Any, effort: Any, productivity: Any = 1.0, steel_quota_kg: Any = np.inf) -> Any:
    """Nails made in a month [nails/month]: as many as the hours allow, and never more than the steel.

    >>> float(nails_made(1.0, 1.0, 1.0, steel_quota_kg=500.0))
    500000.0
    """
    return within_quota(nails_by_hours(mass_g, finish, effort, productivity), mass_g, steel_quota_kg)
