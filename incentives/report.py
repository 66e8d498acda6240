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
        """The same month for some factories only, those of a slice or of an array of rows."""
        if isinstance(rows, int):  # who has `reports` in hand may take it for a list of months
            raise TypeError(f"a report is one month's; its count[{rows}] is a factory's")
        return Report(self.count[rows], self.weight_kg[rows], self.joints[rows])

    def sealed(self) -> "Report":
        """Itself, its arrays made read-only: it is handed to other people's functions, and kept."""
        for column in (self.count, self.weight_kg, self.joints):
            column.setflags(write=False)
        return self

    def padded(self, padding: Any) -> "Report":
        """What is claimed of this month by those who add `padding`, a share of their output; joints cannot be claimed.

        >>> Report(100.0, 2.0, 50.0).padded(0.1)
        Report(count=110.00000000000001, weight_kg=2.2, joints=50.0)
        """
        return Report(self.count * (1 + padding), self.weight_kg * (1 + padding), self.joints)
