"""Points of a parameter space, drawn by SALib."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from model.parameters import Parameters

METHODS = ("latin", "sobol", "morris")


@dataclass(frozen=True)
class Sample:
    """Points of a parameter space drawn by SALib: `latin` (Latin hypercube), `sobol` or `morris`.

    `ranges` is {parameter: (low, high)}. For k parameters there are n points of a Latin hypercube, n (k + 2) of Sobol' or
    n (2 k + 2) with `second_order`, and n (k + 1) of Morris. Whole-numbered parameters are rounded.
    """

    method: str
    n: int
    ranges: Mapping[str, Sequence[float]]
    second_order: bool = False
    levels: int = 4

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"sample.method: got {self.method!r}; it takes {', '.join(METHODS)}")
        if not is_whole(self.n) or self.n < 1:
            raise ValueError(f"sample.n: got {self.n!r}; it takes a whole number from 1")
        if self.method == "sobol" and self.n & (self.n - 1):
            raise ValueError(f"sample.n: got {self.n}; sobol takes a power of 2")
        if not is_whole(self.levels) or self.levels < 2 or self.levels % 2:
            raise ValueError(f"sample.levels: got {self.levels!r}; it takes an even number from 2")
        if not isinstance(self.ranges, Mapping) or not self.ranges:
            raise ValueError("sample.ranges: is empty; it takes parameter = [low, high]")
        for name, ends in self.ranges.items():
            numbers = isinstance(ends, Sequence) and len(ends) == 2 and all(map(is_number, ends))
            if not numbers or not ends[0] < ends[1]:
                raise ValueError(f"sample.ranges.{name}: got {ends!r}; it takes [low, high], low below high")

    @property
    def n_cells(self) -> int:
        """Number of points."""
        k = len(self.ranges)
        return self.n * {"latin": 1, "sobol": 2 * k + 2 if self.second_order else k + 2, "morris": k + 1}[self.method]

    @property
    def problem(self) -> dict[str, Any]:
        """The problem as SALib's analyses take it."""
        return {
            "num_vars": len(self.ranges),
            "names": list(self.ranges),
            "bounds": [[float(low), float(high)] for low, high in self.ranges.values()],
        }

    def points(self, seed: int, parameters: type[BaseModel] = Parameters) -> Iterator[dict[str, Any]]:
        """The points, in SALib's order, of a kind's parameters."""
        rows = getattr(self, f"_{self.method}")(seed)
        whole = {name for name in self.ranges if parameters.model_fields[name].annotation is int}
        for row in rows.tolist():
            yield {name: round(x) if name in whole else x for name, x in zip(self.ranges, row, strict=True)}

    def _latin(self, seed: int) -> Any:
        from SALib.sample import latin

        return latin.sample(self.problem, self.n, seed=seed)

    def _sobol(self, seed: int) -> Any:
        from SALib.sample import sobol

        return sobol.sample(self.problem, self.n, calc_second_order=self.second_order, seed=seed)

    def _morris(self, seed: int) -> Any:
        from SALib.sample import morris

        return morris.sample(self.problem, self.n, num_levels=self.levels, seed=seed)


def is_whole(value: Any) -> bool:
    """Whether it is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
