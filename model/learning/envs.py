"""NailFactory-v0: one factory among the ordinary ones, as a Gymnasium environment. Needs the extra `learn`.

Importing this module registers it: `gymnasium.make("NailFactory-v0", metric="count", power=4)`.
"""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from model.learning.factory import ACTIONS, SEES, Learners
from model.learning.lesson import Worlds, read_lesson

LOW, HIGH = np.array(list(SEES.values()), dtype=np.float32).T
ROUNDING = 1e-6  # by which an action of 32 bits can lie outside


class NailFactoryEnv(gymnasium.Env):
    """A nail factory that learns, in an economy of those that look around.

    Keyword arguments are the fields of `model.learning.lesson.Lesson`: those of the economy, `factory` and `power`. An
    observation is `model.learning.factory.SEES`, an action four numbers from -1 to 1 that move length, diameter, finish and
    effort; see `Learners`. The reward is pay. `info` has `observed_reward`, which is the reward, and `hidden_reward`, joints
    that the month's nails are good for over the engineering norm, which nobody is told. An episode goes from the month
    `target_from` to the horizon, and is then truncated. `reset(seed=7)` begins in the economy of seed 7, others in one that
    follows from it. Raises a ValueError of one line for what will not do.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 (Gymnasium's own)

    def __init__(self, **parameters: Any):
        self.lesson = read_lesson(parameters)
        self.observation_space = spaces.Box(LOW, HIGH, dtype=np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (ACTIONS,), np.float32)
        self._worlds = Worlds(self.lesson)
        self.learners: Learners | None = None

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode; returns observation and info."""
        super().reset(seed=seed)
        world = seed if seed is not None else int(self.np_random.integers(2**62))
        self.learners = Learners(self._worlds.begun(world), self.lesson.factory, self.lesson.power)
        return seen(self.learners)[0], {"month": self.learners.economy.month}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Simulate a month in which the factory does this."""
        learners = self.learners
        if learners is None or learners.economy.month >= self.lesson.horizon:
            raise ValueError("step: there is no episode under way; call reset() first")
        reward = learners.month([checked_action(action)])
        observed, hidden, month = float(reward.observed[0]), float(reward.hidden[0]), learners.economy.month
        info = {"observed_reward": observed, "hidden_reward": hidden, "month": month}
        return seen(learners)[0], observed, False, month >= self.lesson.horizon, info


class HiddenReward(gymnasium.Wrapper):
    """The honest control: the same environment, with the hidden reward as its reward."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Simulate a month, rewarded by what its nails are good for."""
        observation, _, terminated, truncated, info = self.env.step(action)
        return observation, info["hidden_reward"], terminated, truncated, info


def seen(learners: Learners) -> npt.NDArray[np.float32]:
    """What learners see, in 32 bits, as Gymnasium's Box has it."""
    return learners.see().astype(np.float32)


def checked_action(action: Any, whose: str = "action") -> npt.NDArray[np.float64]:
    """An action of shape (ACTIONS,), in [-1, 1]; a ValueError of one line for any other.

    >>> checked_action([0, 0, 0, float("nan")])
    Traceback (most recent call last):
    ...
    ValueError: action: got [0.0, 0.0, 0.0, nan]; it takes 4 numbers from -1 to 1
    """
    try:
        moves = np.asarray(action, dtype=float)
    except (TypeError, ValueError):
        moves = np.array(np.nan)
    if moves.shape != (ACTIONS,) or not (np.abs(moves) <= 1 + ROUNDING).all():
        got = action if moves.size > ACTIONS or not moves.shape else moves.tolist()
        raise ValueError(f"{whose}: got {got!r}; it takes {ACTIONS} numbers from -1 to 1")
    return moves


if "NailFactory-v0" not in gymnasium.registry:
    gymnasium.register("NailFactory-v0", entry_point="model.learning.envs:NailFactoryEnv")
