"""A nail factory: a view on its row of the industry."""

from typing import Any

import numpy as np

from agents.industry import Industry
from agents.pay import Pay
from agents.views import Column, View
from nails.geometry import mass
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM


class Padding(Column):
    """A share that goes as far as the agent's economy lets factories pad."""

    @property
    def takes(self) -> str:
        """What it can be set to, in words."""
        return "0 to `padding_limit`"

    def __set__(self, agent: Any, value: Any) -> None:
        if not agent.table.padding_limit:
            raise ValueError(f"{self.name}: the factories of this economy do not pad; build one with a padding_limit above 0")
        self.write(agent, value, 0, agent.table.padding_limit)


class NailFactory(View):
    """One nail factory. What is set by hand acts on the next month."""

    length_mm = Column("Length of its nail [mm].", *LENGTH_RANGE_MM)
    diameter_mm = Column("Diameter of its nail [mm].", *DIAMETER_RANGE_MM)
    finish = Column("Share of its nails properly headed and pointed, 0 to 1.", 0, 1)
    effort = Column("How hard it works, 0 to 1.", 0, 1)
    padding = Padding("Share of its output that it claims and did not make.")
    skill = Column("How much it makes of an hour; 1 is standard.", 0.01, 100)
    pay = Column("What it expected of its plan when it last chose, without retooling [units of pay].")
    trust = Column("Row of the building trust that it supplies.")

    def __repr__(self) -> str:
        """In a line: which it is, and what it makes."""
        return f"<NailFactory {self.row}: {self.length_mm:.3g} × {self.diameter_mm:.2g} mm>"

    @property
    def table(self) -> Industry:
        """The industry that holds its row."""
        return self.model.industry

    @property
    def mass_g(self) -> float:
        """Mass of its nail [g]."""
        return float(mass(self.length_mm, self.diameter_mm))

    @property
    def target(self) -> float | None:
        """Its target [score/month] in the present order; None where nothing is a target, or several things are."""
        targets = self.model.order.targets
        return None if targets is None or targets.ndim > 1 else float(targets[self.row])

    @property
    def pay_terms(self) -> Pay:
        """The sum that its present plan is expected to earn under the present order, term by term."""
        rows = slice(self.row, self.row + 1)
        terms = self.table.pay_terms(self.model.order, self.table.plan[:, rows], rows)
        return Pay(*(float(np.sum(term)) for term in terms))

    def revise(self) -> None:
        """Look around its plan once, and take what pays best under the present order."""
        self.table.revise(self.model.order, rows=[self.row])
