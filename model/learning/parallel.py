"""Every factory learns, and the planner too if it is asked to: a PettingZoo parallel environment. Needs the extra `learn`.

For instance `NailFactoriesEnv(planner=True, n_factories=12)`.
"""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false

from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from pettingzoo import ParallelEnv

from incentives.metrics import Metric, metric_name
from incentives.order import Order
from incentives.report import Report
from model.learning.envs import HIGH, LOW, checked_action, seen
from model.learning.factory import ACTIONS, FAR, Learners
from model.learning.lesson import Worlds, read_lesson

PLANNER = "planner"
PLANNER_SEES = {
    "count": (-2 * FAR, 2 * FAR),  # log of all nails made last month over the norm
    "weight": (-2 * FAR, 2 * FAR),
    "complaining": (0.0, 1.0),  # share of trusts that complain
}
"""What the planner sees, and between which limits; then 1 for the metric in force: none, or one of the menu."""


@dataclass
class Told:
    """A policy that pays by what it was last told to, from a month on."""

    target_from: int
    metric: str | Metric | None = None

    def __call__(self, reports: Report, complaints: Any, month: int) -> Order:
        """The order, as any policy's."""
        return Order(self.metric if month >= self.target_from else None)


class NailFactoriesEnv(ParallelEnv):
    """An economy in which every factory learns, each seeing, doing and being paid as in `NailFactoryEnv`.

    With `planner` the planner learns too: it sees PLANNER_SEES, and says what the month after the next is paid by, 0 for
    nothing or the place, from 1, of a metric in the economy's `menu`. Its reward is the share of trusts that complain, below
    zero; its hidden reward is usefulness. Keyword arguments are the fields of `model.learning.lesson.Lesson`.
    """

    metadata: dict[str, Any] = {"name": "nail_factories_v0", "render_modes": []}  # noqa: RUF012 (PettingZoo's own)

    def __init__(self, *, planner: bool = False, **parameters: Any):
        if planner:
            for name in ("policy", "metric"):
                if parameters.get(name) is not None:
                    raise ValueError(f"{name}: got {parameters[name]!r}; a planner that learns pays by its menu: leave it out")
            parameters["policy"] = Told(read_lesson(parameters).target_from)
        self.lesson = lesson = read_lesson(parameters)
        self.with_planner, self.menu = planner, (None, *lesson.menu)
        self.factories = [f"factory_{row}" for row in range(lesson.n_factories)]
        self.possible_agents = [*self.factories, *([PLANNER] if planner else [])]
        self.agents: list[str] = []
        box = {agent: spaces.Box(LOW, HIGH, dtype=np.float32) for agent in self.factories}
        moves = {agent: spaces.Box(-1.0, 1.0, (ACTIONS,), np.float32) for agent in self.factories}
        low, high = np.array([*PLANNER_SEES.values(), *[(0, 1)] * len(self.menu)], dtype=np.float32).T
        self.observation_spaces: dict[str, Any] = box | ({PLANNER: spaces.Box(low, high)} if planner else {})
        self.action_spaces: dict[str, Any] = moves | ({PLANNER: spaces.Discrete(len(self.menu))} if planner else {})
        self._worlds = Worlds(lesson)
        self._np_random, _ = seeding.np_random()

    def observation_space(self, agent: str) -> Any:
        """What an agent's observations lie in."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """What an agent's actions lie in."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an episode; returns observations and infos."""
        if seed is not None:
            self._np_random, _ = seeding.np_random(seed)
        world = seed if seed is not None else int(self._np_random.integers(2**62))
        self.agents = list(self.possible_agents)
        self.learners = Learners(self._worlds.begun(world), np.arange(self.lesson.n_factories), self.lesson.power)
        return self._see(), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, Any]) -> tuple[dict, dict, dict, dict, dict]:
        """Simulate a month in which all do this; returns observations, rewards, terminations, truncations and infos."""
        agents, economy = self.agents, getattr(self, "learners", None) and self.learners.economy
        if not agents or economy is None:
            raise ValueError("step: there is no episode under way; call reset() first")
        if missing := [agent for agent in agents if agent not in actions]:
            raise ValueError(f"actions: there is none of {missing[0]}; it takes one of each of {len(agents)} agents")
        moves = [checked_action(actions[agent], agent) for agent in self.factories]
        if self.with_planner:
            economy.planner.policy.metric = self.menu[self._checked_choice(actions[PLANNER])]
        reward = self.learners.month(moves)
        observed = dict(zip(self.factories, reward.observed.tolist(), strict=True))
        hidden = dict(zip(self.factories, reward.hidden.tolist(), strict=True))
        if self.with_planner:
            observed[PLANNER] = -float(economy.construction.complains.mean())
            hidden[PLANNER] = float(economy.construction.fastened.sum() / economy.construction.programme.sum())
        over = economy.month >= self.lesson.horizon
        infos = {agent: {"observed_reward": observed[agent], "hidden_reward": hidden[agent]} for agent in agents}
        seen_by = self._see()
        self.agents = [] if over else agents
        return seen_by, observed, dict.fromkeys(agents, False), dict.fromkeys(agents, over), infos

    def _see(self) -> dict[str, Any]:
        views: dict[str, Any] = dict(zip(self.factories, seen(self.learners), strict=True))
        if self.with_planner:
            economy = self.learners.economy
            industry, space = economy.industry, self.observation_spaces[PLANNER]
            made, norm = industry.report, industry.norm
            output = [np.log(made.count.sum() / norm.count.sum()), np.log(made.weight_kg.sum() / norm.weight_kg.sum())]
            in_force = [metric_name(economy.order.metric) == metric_name(metric) for metric in self.menu]
            view = np.array([*output, economy.construction.complains.mean(), *in_force], dtype=np.float32)
            views[PLANNER] = np.clip(view, space.low, space.high)
        return views

    def _checked_choice(self, choice: Any) -> int:
        if not isinstance(choice, int | np.integer) or isinstance(choice, bool) or not 0 <= choice < len(self.menu):
            raise ValueError(f"{PLANNER}: got {choice!r}; it takes a whole number from 0 to {len(self.menu) - 1}")
        return int(choice)
