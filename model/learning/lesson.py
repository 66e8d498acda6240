"""A lesson: which factory learns, in which economy, how far it can move, and one episode of it."""

import copy
import pickle
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from agents.industry import N_DESIGN, PLAN
from model.economy import NailEconomy
from model.learning.factory import MOST_POWER, Act, Learners, earned
from model.parameters import Parameters, checked
from nails.geometry import mass

type Array = npt.NDArray[np.float64]

GENERATION = 16  # episodes that a learner tries side by side: CMA-ES's default for 80 numbers is 17


class Lesson(Parameters):
    """Parameters of an economy in which a factory learns, and of its learning; see `read_lesson`.

    Paid by count from month 24 to 95 unless told otherwise, and without pride, so that nothing of usefulness is in its pay.
    """

    horizon: int = Field(96, ge=1, le=1_000_000, description="months that an episode goes to; it begins at target_from")
    pride: float = Field(0.0, ge=0, le=1e6, description="units of pay that a nail of suitability 1 is worth to its maker")
    factory: int = Field(0, ge=0, description="which factory learns")
    power: float = Field(1.0, gt=0, le=MOST_POWER, description="how far it can move its plan in a month, in step sizes")
    budget: int = Field(160, ge=GENERATION, le=10_000_000, description="episodes to learn from")
    reward: Literal["observed", "hidden"] = Field("observed", description="what it learns from: its pay, or its real use")

    @model_validator(mode="before")
    @classmethod
    def _paid_by_count(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("metric") is None and given.get("policy") is None:
            return {**given, "metric": "count"}
        return given

    @model_validator(mode="after")
    def _has_room(self) -> "Lesson":
        if self.horizon <= self.target_from:
            raise ValueError(
                f"horizon: got {self.horizon}; an episode begins at target_from, and takes more than {self.target_from}"
            )
        if self.factory >= self.n_factories:
            raise ValueError(f"factory: got {self.factory}; it takes one from 0 to {self.n_factories - 1}")
        return self

    @property
    def economy(self) -> dict[str, Any]:
        """The parameters of its economy alone."""
        return {name: getattr(self, name) for name in Parameters.model_fields}


def read_lesson(given: Mapping[str, Any] | None = None, **more: Any) -> Lesson:
    """A lesson, checked; a ValueError of one line that says which field, what it got and what it takes.

    >>> read_lesson(budget=0)
    Traceback (most recent call last):
    ...
    ValueError: budget: got 0; it takes a whole number from 16 to 10,000,000
    """
    return checked(Lesson, {**(given or {}), **more})


class Episode(NamedTuple):
    """One factory's months from `target_from` to the horizon, arrays of shape (months,)."""

    observed: Array  # reward: pay [units of pay]
    hidden: Array  # reward: joints that its nails are good for, over the engineering norm
    nails: Array  # made, over the norm
    steel: Array  # in them, over the norm
    length_mm: Array
    diameter_mm: Array
    finish: Array
    effort: Array
    mass: Array  # of its nail, over that of its first nail


class Worlds:
    """The economies of a lesson as they stand when its episodes begin, each made once for as long as it is used.

    >>> worlds = Worlds(read_lesson(n_factories=12, horizon=30))
    >>> worlds.begun(3).month, len(worlds.play(3).observed)
    (24, 6)
    """

    def __init__(self, lesson: Lesson):
        self.lesson = lesson
        self._begun: tuple[int, NailEconomy] | None = None

    def begun(self, seed: int) -> NailEconomy:
        """A fresh copy of the economy of a seed, in the month in which an episode begins."""
        if self._begun is None or self._begun[0] != seed:
            economy = NailEconomy(rng=seed, **self.lesson.economy)
            while economy.month < self.lesson.target_from:
                economy.step()
            try:
                self._begun = seed, copy.deepcopy(economy)
            except pickle.PicklingError:  # a metric or a policy without a name in a module: make it anew each time
                self._begun = None
            return economy
        return copy.deepcopy(self._begun[1])

    def play(self, seed: int, act: Act | None = None) -> Episode:
        """An episode in which the factory does what `act` says, or, without it, looks around like any other."""
        lesson, economy = self.lesson, self.begun(seed)
        industry, rows = economy.industry, np.array([lesson.factory])
        norm = industry.norm[rows]
        first_g = mass(industry.first_length_mm[rows], industry.first_diameter_mm[rows])
        if act is not None:
            Learners(economy, rows, lesson.power, act)
        months = np.empty((5 + len(PLAN), lesson.horizon - economy.month))
        for k in range(months.shape[1]):
            design = industry.plan[:N_DESIGN, rows]  # a copy
            economy.step()
            made, reward = industry.made[rows], earned(economy, rows, economy.order, design)
            output = made.count / norm.count, made.weight_kg / norm.weight_kg
            plan = industry.plan[: len(PLAN), rows]
            months[:, k] = np.concatenate([*reward, *output, *plan, mass(plan[0], plan[1]) / first_g])
        return Episode(*months)
