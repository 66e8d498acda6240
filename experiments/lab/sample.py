"""Points of a parameter space, drawn by SALib."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
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

    def indices(self, values: Any, seed: int) -> dict[str, Any]:
        """SALib's indices of an outcome, each of shape (parameters,) in the order of `ranges`, by SALib's names.

        `values` has shape (n_cells,), in SALib's order; `seed` is the one that the points were drawn with. The settings that draw
        and analysis must share, and SALib cannot check, are those of the draw. Half-widths (`_conf`) are bootstraps of 95 %. An
        outcome that does not vary has no indices: NaN. Raises a ValueError of one line for a Latin hypercube, whose points do not
        serve these analyses, for another number of values, and for values that are not finite.
        """
        values = np.asarray(values, dtype=float)
        if self.method == "latin":
            raise ValueError("sample.method: a Latin hypercube has no indices of SALib's; draw by sobol or by morris")
        if values.shape != (self.n_cells,):
            raise ValueError(f"values: got shape {values.shape}; the sample takes one a point, shape ({self.n_cells},)")
        if not np.isfinite(values).all():
            raise ValueError(f"values: {(~np.isfinite(values)).sum()} of {self.n_cells} are missing or not finite")
        names = list(self.ranges)
        keys = ("S1", "S1_conf", "ST", "ST_conf") if self.method == "sobol" else ("mu", "mu_star", "mu_star_conf", "sigma")
        if np.ptp(values) == 0:
            pairs = [f"S2_{name}" for name in names if self.second_order]
            return {key: np.full(len(names), np.nan) for key in (*keys, *pairs)}
        settings: dict[str, Any] = {"seed": 1, "print_to_console": False}  # SALib takes seed 0 for none
        if self.method == "morris":
            from SALib.analyze import morris

            found = morris.analyze(self.problem, self._morris(seed), values, num_levels=self.levels, **settings)
            return {key: np.asarray(found[key]) for key in keys}
        from SALib.analyze import sobol

        found = sobol.analyze(self.problem, values, calc_second_order=self.second_order, **settings)
        both = {key: np.asarray(found[key]) for key in keys}
        if self.second_order:  # SALib has each pair once
            pairs = np.where(np.isnan(found["S2"]), found["S2"].T, found["S2"])
            both |= {f"S2_{name}": pairs[:, k] for k, name in enumerate(names)}
        return both

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
