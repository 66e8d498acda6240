"""How an agent is a view on a row: its attributes read and write a table's columns."""

from math import isfinite
from typing import Any


class Column:
    """An attribute that lives in a column of the agent's table.

    Setting it checks the value: a finite number within `low` and `high`. A column with no bounds is read-only.
    """

    def __init__(self, doc: str, low: float | None = None, high: float | None = None, column: str = ""):
        self.__doc__, self.low, self.high, self.column = doc, low, high, column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, self.column or name

    def __get__(self, agent: Any, owner: Any = None) -> Any:
        if agent is None:
            return self
        return getattr(agent.table, self.column)[agent.row].item()

    def __set__(self, agent: Any, value: Any) -> None:
        if self.low is None or self.high is None:
            raise AttributeError(f"{self.name}: is a result; set the plan (or the trust) it comes from instead")
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not (isfinite(number) and self.low <= number <= self.high):
            raise ValueError(f"{self.name}: got {value!r}; it takes a number from {self.low:g} to {self.high:g}")
        getattr(agent.table, self.column)[agent.row] = number
