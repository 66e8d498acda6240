"""The strength of a nailed joint after Eurocode 5, and how well a nail suits a board.

Not for structural design: the code's nail formulae end at 8 mm, and lumps extrapolate them.
"""

import math
from typing import Any

import numpy as np

from nails.geometry import ideal_nail

TIMBER_KG_PER_M3 = 350.0  # characteristic density of strength class C24, EN 338
STEEL_N_PER_MM2 = 600.0  # tensile strength of nail wire, EN 14592's least
EMBEDDING = 0.082 * TIMBER_KG_PER_M3  # fh of a nail 1 mm thick [N/mm2], EN 1995-1-1, 8.15
YIELD = math.sqrt(12 * 0.3 * STEEL_N_PER_MM2 / EMBEDDING)  # root of 12 My/(fh d) of the same nail [mm], 8.14
HINGES = 1.15 / math.sqrt(6)  # lever of two plastic hinges over that root, 8.6 (f)
FARTHEST = 150.0  # boards of length beyond which a nail is no worse: keeps its exponential finite
STEEPNESS = 14.0  # of the two smooth limits below: ours, so that they act within some 10 % of the limit


def min_board(diameter_mm: Any) -> Any:
    """Thinnest board [mm] that a nail without a drilled hole does not split (EN 1995-1-1, 8.18).

    >>> float(min_board(3.0))
    21.0
    """
    return np.maximum(7.0 * diameter_mm, (13 * TIMBER_KG_PER_M3 / 400) * diameter_mm - (30 * TIMBER_KG_PER_M3 / 400))


def strength(length_mm: Any, diameter_mm: Any, board_mm: Any) -> Any:
    """Strength of a single-shear joint [kN]: a smooth round nail through a board into a support.

    EN 1995-1-1, eq. 8.6 (a) to (f) without the rope effect, both timbers alike. Each mode is the
    embedding force fh d times a length, which is how it stands here. Any shapes that
    broadcast; 0 where the nail does not reach the support.

    >>> round(float(strength(80.0, 3.0, 25.0)), 3)
    0.666
    """
    board, support = board_mm, np.maximum(length_mm - board_mm, 0.0)
    log_diameter = np.log(diameter_mm)  # one logarithm and two exponentials are a third of the time of two powers
    embedding = (1e-3 * EMBEDDING) * np.exp(0.7 * log_diameter)  # fh d [kN/mm]
    yield_length = YIELD * np.exp(0.95 * log_diameter)
    yield_area = yield_length * yield_length
    board_area, support_area = board * board, support * support
    a, b = board, support
    c = np.sqrt(length_mm * length_mm + 2.0 * (board_area + support_area)) - length_mm  # board + support is the length
    d = np.sqrt(4.0 * board_area + yield_area) - board
    e = np.sqrt(4.0 * support_area + yield_area) - support
    f = yield_length
    lever = np.minimum(
        np.minimum(np.minimum(a, b), 0.5 * c),
        np.minimum(0.35 * np.minimum(d, e), HINGES * f),
    )
    return embedding * lever


def holding(length_mm: Any, diameter_mm: Any, board_mm: Any) -> Any:
    """Strength [kN] that is left in practice: the joint's, less for three faults of a nail.

    Too little penetration (the code asks for 8 d), a split board, and a point that comes out at
    the back of a support twice as thick as the board (this one is ours).

    >>> bool(holding(400.0, 3.0, 25.0) < 1e-6 < holding(60.0, 3.0, 25.0))
    True
    """
    penetration = np.minimum(np.maximum((length_mm - board_mm) / (4.0 * diameter_mm) - 1.0, 0.0), 1.0)
    split = np.exp(STEEPNESS - (STEEPNESS * board_mm) / min_board(diameter_mm))
    through = np.exp((STEEPNESS / 3) * np.minimum(length_mm / board_mm, FARTHEST) - STEEPNESS)
    return strength(length_mm, diameter_mm, board_mm) * penetration / ((1.0 + split) * (1.0 + through))


def need(board_mm: Any) -> Any:
    """Strength [kN] that a board asks for: what its ideal nail holds.

    >>> round(float(need(25.0)), 3)
    0.594
    """
    return holding(*ideal_nail(board_mm), board_mm)


def grip(length_mm: Any, diameter_mm: Any, board_mm: Any, need_kn: Any = None) -> Any:
    """Share of the strength that its board asks for that a nail gives, in [0, 1]: never more than all, however big the nail.

    `need_kn` is `need(board_mm)`, for callers that have it at hand. Any shapes that broadcast.

    >>> float(grip(*ideal_nail(25.0), 25.0))
    1.0
    """
    if need_kn is None:
        need_kn = need(board_mm)
    return np.minimum(holding(length_mm, diameter_mm, board_mm) / need_kn, 1.0)


def workmanship(finish: Any) -> Any:
    """What is left of a nail's grip, if `finish`, in [0, 1], is the share of nails properly headed and pointed.

    >>> workmanship(0.0)
    0.2
    """
    return 0.2 + 0.8 * finish  # a raw pin does a fifth


def suitability(length_mm: Any, diameter_mm: Any, finish: Any, board_mm: Any) -> Any:
    """Share of a joint that one nail makes, in [0, 1]: its `grip` in the board times its `workmanship`.

    `finish` is the share of nails properly headed and pointed, in [0, 1]. Any shapes that broadcast.

    >>> float(suitability(*ideal_nail(25.0), 1.0, 25.0))
    1.0
    """
    return grip(length_mm, diameter_mm, board_mm) * workmanship(finish)
