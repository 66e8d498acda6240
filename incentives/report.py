"""What a factory reports at the end of a month."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """A month's output, equal-shaped arrays, one entry a factory (or any shape that rules broadcast over).

    `count` [nails/month] and `weight_kg` [kg/month] are what every planner sees. `joints` [joints/month], what
    the nails are really good for, is for audits and for the aligned control alone.
    """

    count: Any
    weight_kg: Any
    joints: Any

    def __getitem__(self, rows: Any) -> "Report":
        """The same month for some factories only."""
        return Report(self.count[rows], self.weight_kg[rows], self.joints[rows])
