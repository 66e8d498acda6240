"""A building trust: a view on its row of construction."""

from agents.construction import Construction
from agents.views import Column, View


class BuildingTrust(View):
    """One building trust, who needs nails. What is set by hand acts on the next month."""

    board_mm = Column("Thickness of the boards it nails [mm].", 1, 1000)
    programme = Column("Joints it plans to fasten [joints/month].", 1, 1e15)
    fastened = Column("Joints it fastened last month [joints/month].")
    complains = Column("Whether it complained last month.")

    def __repr__(self) -> str:
        """In a line: which it is, and what it nails."""
        return f"<BuildingTrust {self.row}: boards of {self.board_mm:.3g} mm>"

    @property
    def table(self) -> Construction:
        """The construction that holds its row."""
        return self.model.construction
