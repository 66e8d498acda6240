"""How an agent is a view on a row: its attributes read and write a table's columns."""

from math import isfinite
from typing import Any

import mesa
import numpy as np

from incentives.hints import did_you_mean, shown

NEAR = 0.8  # how like one of its attributes a new name must be to be taken for a slip; `length` is that like `length_mm`
GIVEN = {"model", "unique_id", "pos"}  # what Mesa sets on every agent that is made; named, because a million are


class Column:
    """An attribute that lives in a column of the agent's table.

    Setting it checks the value: a finite number within `low` and `high`. A column with no bounds is read-only.
    """

    def __init__(self, doc: str, low: float | None = None, high: float | None = None, column: str = ""):
        self.__doc__, self.low, self.high, self.column = doc, low, high, column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, self.column or name

    @property
    def takes(self) -> str:
        """What it can be set to, in words."""
        return "–" if self.low is None or self.high is None else f"{self.low:g} to {self.high:g}"

    def __get__(self, agent: Any, owner: Any = None) -> Any:
        if agent is None:
            return self
        return getattr(agent.table, self.column)[agent.row].item()

    def __set__(self, agent: Any, value: Any) -> None:
        if self.low is None or self.high is None:
            raise AttributeError(f"{self.name}: is a result; set the plan (or the trust) it comes from instead")
        self.write(agent, value, self.low, self.high)

    def write(self, agent: Any, value: Any, low: float, high: float) -> None:
        """Write a value into the agent's row, if it is a finite number within bounds."""
        try:
            number = float("nan") if isinstance(value, bool | np.bool_) else float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not (isfinite(number) and low <= number <= high):
            raise ValueError(f"{self.name}: got {shown(value)}; it takes a number from {low:g} to {high:g}")
        getattr(agent.table, self.column)[agent.row] = number


class View(mesa.Agent):
    """An agent that is a row of its `table`, one and the same for good; each row has its agent from the start, and no second one.

    It takes new attributes, as any Mesa agent does; but a name that is nearly one of its own is a slip, and refused.
    """

    row: int

    def __init__(self, model: Any, row: int):
        if vars(model).get("has_all_agents"):
            raise ValueError(
                f"{type(self).__name__}: got row {shown(row)}, and each row has its agent already; build an economy with more"
            )
        super().__init__(model)
        object.__setattr__(self, "row", row)  # which its own refuses

    def remove(self) -> None:
        """Refused: its row would work on, with nobody to look at it."""
        raise NotImplementedError(
            f"a {type(self).__name__} is a row of a table, and cannot be removed; build an economy with fewer"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in GIVEN:
            if name == "row":
                raise AttributeError(f"row: is which {type(self).__name__} it is, and stays; change the other one instead")
            refuse_a_slip(self, name)
        super().__setattr__(name, value)


def refuse_a_slip(agent: mesa.Agent, name: str) -> None:
    """Raise an AttributeError of one line if `name`, which is to be set, is no attribute of the agent's, but nearly is."""
    if name[0] != "_" and name not in vars(agent) and not hasattr(type(agent), name):
        hint = did_you_mean(name, [own for own in dir(agent) if own[0] != "_"], cutoff=NEAR)
        if hint:
            raise AttributeError(f"{name}: is no attribute of a {type(agent).__name__}; {hint.rstrip()}")
