"""The building trusts: every trust's state as a NumPy column, and a month of building."""

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.streams import Purpose, Streams
from incentives.order import Order
from incentives.report import Report
from nails.joint import need

type Array = npt.NDArray[np.float64]

BOARD_RANGE_MM = (10.0, 60.0)  # from panelling to floor joists' planks


class Construction:
    """The trusts, a row each, columns of shape (n,).

    `board_mm` (what they nail), `programme` and `fastened` [joints/month], `complains` (last month), `usual` (the
    joints a month that it compares with; None until targets begin).
    """

    def __init__(self, board_mm: Array, *, tolerance: float):
        self.board_mm = board_mm
        self.tolerance = tolerance
        self.attached = np.zeros(0, dtype=np.intp)  # which trust each factory supplies
        self.suppliers = np.zeros(len(board_mm), dtype=np.intp)  # how many factories supply each trust
        self.programme = np.zeros_like(board_mm)
        self.fastened = np.zeros_like(board_mm)
        self.complains = np.zeros(len(board_mm), dtype=bool)
        self.complains.setflags(write=False)
        self.usual: Array | None = None
        self._year: deque[Array] = deque(maxlen=12)
        self._need_of: tuple[Array, Array] = (board_mm.copy(), need(board_mm))

    @property
    def need_kn(self) -> Array:
        """Strength [kN] that each trust's boards ask for; follows `board_mm`."""
        boards, needs = self._need_of
        if not (boards == self.board_mm).all():
            boards, needs = self._need_of = (self.board_mm.copy(), need(self.board_mm))
        return needs

    def plan_programme(self, trust: Any, joints: Array) -> None:
        """Attach the factories, each to its `trust`, and plan what they could fasten [joints/month] with their first nails."""
        self.attached = trust
        self.suppliers = np.bincount(trust, minlength=len(self.board_mm))
        self.programme = np.bincount(trust, weights=joints, minlength=len(self.board_mm))

    def share_of_order(self, joints: Any, trust: Any) -> Any:
        """The share, 0 to 1, of its trust's order to it that a factory's joints [joints/month] fulfil.

        A trust orders its programme from its factories, the same from each; what is beyond it is of no use to it.
        """
        return np.minimum(1.0, joints / (self.programme / self.suppliers)[trust])

    def fasten(self, report: Report, order: Order) -> npt.NDArray[np.bool_]:
        """Build with what each trust's factories deliver, up to its programme, and complain where that falls short.

        Joints beyond the programme are of no use to anybody. A trust compares with its own monthly mean of the year before
        the first target (with its programme, if there was none); before that, nobody complains.
        """
        usable = np.bincount(self.attached, weights=report.joints, minlength=len(self.board_mm))
        self.fastened = np.minimum(self.programme, usable)
        if self.usual is None:
            if order.metric is None:
                self._year.append(self.fastened)
            else:
                self.usual = np.mean(self._year, axis=0) if self._year else self.programme.copy()
        if self.usual is not None:
            self.complains = self.fastened < self.tolerance * self.usual
            self.complains.setflags(write=False)  # policies read it, and records keep it
        return self.complains


def draw_boards(streams: Streams, n_trusts: int, *, median_mm: float, sd: float) -> Array:
    """Board thickness [mm] of each trust: lognormal, within BOARD_RANGE_MM."""
    (normal,) = streams.draw(Purpose.BOARDS, 0, slice(0, n_trusts), n_trusts, lambda rng, m: (rng.standard_normal(m),))
    return np.clip(median_mm * np.exp(sd * normal), *BOARD_RANGE_MM)
