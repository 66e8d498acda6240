"""Learning by trial: CMA-ES on a linear policy, one episode a trial.

The search is Hansen's evolution strategy (Hansen 2016, The CMA evolution strategy: a tutorial, arXiv:1604.00772), by the
library cmaes: a reinforcement learner that needs no gradient, and little enough to be read (Salimans et al. 2017, Evolution
strategies as a scalable alternative to reinforcement learning, arXiv:1703.03864). It is told its reward, and nothing else.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.learning.factory import Act
from model.learning.lesson import GENERATION, Episode, Lesson, Worlds
from model.learning.policy import WEIGHTS, Policy
from model.parameters import checked

type Array = npt.NDArray[np.float64]

FIRST_SIGMA = 0.2  # sd of the weights that are tried first, around a policy that does nothing
EXAMS = 4  # worlds that what was learned is tried in
EXAM_FROM = 2**62  # their seeds; those of the worlds that are learned in lie below
YEAR = 12  # months
EXTRA = "needs the extra `learn`: uv run --extra learn nailworks …"


class Generation(NamedTuple):
    """GENERATION episodes tried in one world, and what was made of them.

    `observed` and `hidden` are rewards a month, shape (GENERATION,).
    """

    episodes: int  # so far
    observed: Array
    hidden: Array
    policy: Policy


def generations(lesson: Lesson, seed: int) -> Iterator[Generation]:
    """Learn, each generation in a world of its own, as many as the budget allows. One seed decides everything."""
    cmaes = _cmaes()
    search = cmaes.CMA(mean=np.zeros(np.prod(WEIGHTS)), sigma=FIRST_SIGMA, population_size=GENERATION, seed=seed % 2**32)
    worlds = Worlds(lesson)
    for generation in range(lesson.budget // GENERATION):
        world = world_seed(seed, generation)
        tried = [search.ask() for _ in range(GENERATION)]
        episodes = [worlds.play(world, Policy(lesson, weights.reshape(WEIGHTS))) for weights in tried]
        observed, hidden = ([float(getattr(one, name).mean()) for one in episodes] for name in ("observed", "hidden"))
        wanted = observed if lesson.reward == "observed" else hidden
        search.tell([(weights, -reward) for weights, reward in zip(tried, wanted, strict=True)])
        policy = Policy(lesson, search.mean.reshape(WEIGHTS).copy(), seed)
        yield Generation((generation + 1) * GENERATION, np.array(observed), np.array(hidden), policy)


def world_seed(seed: int, generation: int) -> int:
    """The seed of the world that a generation learns in."""
    return int(np.random.SeedSequence(seed, spawn_key=(generation,)).generate_state(1, np.uint64)[0] >> 2)


def exam(lesson: Lesson, act: Act | None = None, exams: int = EXAMS) -> list[Episode]:
    """Episodes in worlds that nobody has learned in: of what was learned, or, without it, of an ordinary factory."""
    worlds = Worlds(lesson)
    return [worlds.play(EXAM_FROM + k, act) for k in range(exams)]


def marks(episodes: list[Episode]) -> dict[str, float]:
    """What episodes come to: rewards a month, and what the last year was like; means, and medians of sizes."""
    last = slice(-YEAR, None)
    found = {name: float(np.mean([getattr(one, name).mean() for one in episodes])) for name in ("observed", "hidden")}
    for name in ("hidden", "nails", "steel", "effort"):
        found[f"last_{name}"] = float(np.mean([getattr(one, name)[last].mean() for one in episodes]))
    for name in ("length_mm", "diameter_mm"):
        found[name] = float(np.median([getattr(one, name)[-1] for one in episodes]))
    return found


def curve(parameters: dict[str, Any], seed: int, keep: Any = None) -> dict[str, pd.DataFrame]:
    """A run for the laboratory: what is learned on the way to a budget.

    `marks` has a row a number of episodes (0, 16, 32, 48, 64, 96, …, half as many again and doubled in turn) with the `marks` of
    an exam; `runs` has the last of them.
    """
    lesson = checked(Lesson, parameters)
    rows = [{"episodes": 0, **marks(exam(lesson, Policy(lesson, np.zeros(WEIGHTS))))}]
    last = lesson.budget // GENERATION
    for number, generation in enumerate(generations(lesson, seed), 1):
        if number == last or _is_due(number):
            rows.append({"episodes": generation.episodes, **marks(exam(lesson, generation.policy))})
    table = pd.DataFrame(rows)
    return {"runs": table.tail(1).reset_index(drop=True), "marks": table}


def beside(parameters: dict[str, Any], seed: int, keep: Any = None) -> dict[str, pd.DataFrame]:
    """A run for the laboratory: what a factory has learned, beside an ordinary one that looks around, in the same worlds.

    `paths` has a row a month and `who` ("learned" or "looks around"): means of an Episode's columns over the worlds of the
    exam, of `mass` the geometric mean. `runs` has the marks of what was learned.
    """
    lesson = checked(Lesson, parameters)
    *_, last = generations(lesson, seed)
    found = {"learned": exam(lesson, last.policy), "looks around": exam(lesson)}
    tables = []
    for who, episodes in found.items():
        columns = {name: np.mean([getattr(one, name) for one in episodes], axis=0) for name in Episode._fields}
        columns["mass"] = np.exp(np.mean([np.log(one.mass) for one in episodes], axis=0))
        tables.append(pd.DataFrame({"who": who, "month": np.arange(lesson.target_from, lesson.horizon), **columns}))
    return {"runs": pd.DataFrame([marks(found["learned"])]), "paths": pd.concat(tables, ignore_index=True)}


def _is_due(generation: int) -> bool:
    """Whether it is a power of two, or three times one."""
    odd = generation // (generation & -generation)
    return odd in (1, 3)


def have_extra() -> None:
    """Raise a ValueError of one line unless learners can be trained here."""
    _cmaes()


def _cmaes() -> Any:
    try:
        import cmaes  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        raise ValueError(f"cmaes: is not installed; learning {EXTRA}") from None
    return cmaes
