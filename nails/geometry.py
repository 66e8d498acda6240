"""The shape of a nail: its mass, and the nail that a rule of thumb picks for a board."""

import math
from typing import Any

STEEL_G_PER_MM3 = 7.85e-3  # density of carbon steel
CYLINDER_G_PER_MM3 = STEEL_G_PER_MM3 * math.pi / 4  # of diameter squared times length


def mass(length_mm: Any, diameter_mm: Any) -> Any:
    """Mass of a wire nail [g], taken as a steel cylinder.

    Any shapes that broadcast. GOST 4028-63 lists masses 0.95 to 1.08 times this one.

    >>> round(float(mass(70.0, 3.0)), 2)
    3.88
    """
    return CYLINDER_G_PER_MM3 * (diameter_mm * diameter_mm * length_mm)


def ideal_nail(board_mm: Any) -> tuple[Any, Any]:
    """Length and diameter [mm] of the reference nail for a board [mm].

    Carpenters' rule: an eighth of the board thick, and long enough for 1.25 boards beyond it.

    >>> ideal_nail(24.0)
    (54.0, 3.0)
    """
    return 2.25 * board_mm, board_mm / 8
