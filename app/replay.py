"""A run that one can look back on: an economy, what was decreed in it, and every month as it stood."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from agents.industry import N_DESIGN
from incentives.metrics import metric_name
from incentives.order import Order
from incentives.report import Report
from model.economy import NailEconomy
from model.learning.factory import Learners, Reward, checked_power, earned
from model.learning.policy import Policy, linear
from model.parameters import Parameters, read_parameters

FIRST_SEED = 7
# What a page can show, and a visitor wait for.
LIMITS = {"n_factories": 10_000, "n_trusts": 1_000, "horizon": 1_200, "breadth": 100}
MOST_PLANS = 2_000_000  # factories times months that are remembered: 80 MB
MOST_DECREES = 500

type Decree = tuple[int, dict[str, Any]]
"""A month, and what is decreed in it: keyword arguments of `NailEconomy.intervene`."""


class Led(NamedTuple):
    """A factory that does what was learned, from `target_from` on: which, its power, and the weights of its policy."""

    factory: int
    power: float
    weights: Any  # shape model.learning.policy.WEIGHTS

    def begin(self, economy: NailEconomy) -> None:
        """Lead the factory from the next month on."""
        Learners(economy, self.factory, self.power, linear(self.weights))


class Moment(NamedTuple):
    """A month as it stood at its end; arrays of shape (n_factories,) or (n_trusts,), the plan (4 or more, n_factories)."""

    order: Order
    plan: Any
    suitability: Any
    fastened: Any
    complains: Any
    row: dict[str, Any]  # its numbers, by the names of model.records.COLUMNS; empty before the first month

    @property
    def target(self) -> str:
        """The name of the metric that is the target, or "none"."""
        return metric_name(self.order.metric)


class Replay:
    """An economy with a memory.

    `decrees` are applied as their months come; those made on the way with `decree` join them. Of the factory that is `led`, or
    else of the one that is `watched`, it also keeps the `rewards`. Raises a ValueError of one line for parameters, decrees or a
    leading that will not do.

    >>> replay = Replay(seed=7, parameters={"n_factories": 12}, decrees=[(1, {"metric": "count"})])
    >>> replay.advance(3)
    >>> [moment.target for moment in replay.moments]
    ['none', 'count', 'count']
    """

    def __init__(
        self,
        seed: int = FIRST_SEED,
        parameters: Mapping[str, Any] | None = None,
        decrees: Iterable[Decree] = (),
        *,
        led: Led | None = None,
        watched: int | None = None,
    ):
        self.seed, self.given, self.led = seed, dict(parameters or {}), led
        self.watched = watched if led is None else led.factory
        read = read_parameters(**self.given)
        for name, most in LIMITS.items():
            if (value := getattr(read, name)) > most:
                raise ValueError(f"{name}: got {value}; this page takes up to {most:,} (a script takes more)")
        self._begin(decrees)

    def _begin(self, decrees: Iterable[Decree]) -> None:
        self.ahead = sorted(decrees, key=lambda decree: decree[0])
        if len(self.ahead) > MOST_DECREES:
            raise ValueError(f"do: got {len(self.ahead)} decrees; this page takes up to {MOST_DECREES} (a script takes more)")
        if self.ahead:  # refuse a bad one now rather than in its month
            trial = NailEconomy(n_factories=1, horizon=1)
            for _, decree in self.ahead:
                trial.intervene(**decree)
        economy = NailEconomy(rng=self.seed, **self.given)
        p = economy.parameters
        if p.n_factories * p.horizon > MOST_PLANS:
            raise ValueError(
                f"n_factories: got {p.n_factories} for {p.horizon} months; this page remembers up to {MOST_PLANS:,} "
                "factories times months (a script takes more)"
            )
        if self.led is not None:
            checked_power(self.led.power)
        if self.watched is not None and self.watched >= p.n_factories:
            raise ValueError(
                f"n_factories: got {p.n_factories}; factory {self.watched} is led, so it takes {self.watched + 1} or more"
            )
        self.economy = economy
        months, n, n_trusts = p.horizon + 1, p.n_factories, len(economy.construction.board_mm)
        # How things stood after 0, 1, 2 ... months: a row each, which takes no memory before it is written.
        self.orders: list[Order] = []
        self.plans, self.suitability = np.empty((months, len(economy.industry.plan), n)), np.empty((months, n))
        self.fastened, self.complains = np.empty((months, n_trusts)), np.empty((months, n_trusts), dtype=bool)
        self.rewards = np.full((months, len(Reward._fields)), np.nan)  # of the factory that is watched
        self._remember(economy.industry.norm)

    @property
    def month(self) -> int:
        """The number of months simulated."""
        return len(self.orders) - 1

    @property
    def horizon(self) -> int:
        """The month at which the run ends."""
        return self.economy.parameters.horizon

    @property
    def ended(self) -> bool:
        """Whether the horizon is reached."""
        return self.month >= self.horizon

    @property
    def decrees(self) -> list[Decree]:
        """All that was decreed, and what is still to come."""
        made = [(d["month"], {k: v for k, v in d.items() if k != "month"}) for d in self.economy.interventions]
        return made + self.ahead

    def decree(self, **decree: Any) -> None:
        """Decree something from the next month on."""
        self.economy.intervene(**decree)

    def advance(self, months: int = 1) -> None:
        """Simulate some months, but none beyond the horizon."""
        for _ in range(min(months, self.horizon - self.month)):
            onward(self.economy, self.ahead, self.led)
            self._remember(self.economy.industry.report)

    def restart(self, keep_decrees: bool = True) -> None:
        """Begin again with the same seed and parameters, and with the same decrees unless told otherwise."""
        self._begin(self.decrees if keep_decrees else ())

    def at(self, months: int) -> Moment:
        """How things stood after so many months."""
        return Moment(
            order=self.orders[months],
            plan=self.plans[months],
            suitability=self.suitability[months],
            fastened=self.fastened[months],
            complains=self.complains[months],
            row=self.economy.records.row(months - 1) if months else {},
        )

    @property
    def led_factory(self) -> int | None:
        """The factory that is led, if one is."""
        return None if self.led is None else self.led.factory

    @property
    def led_from(self) -> int | None:
        """The month from which a factory is led; None where none is."""
        return None if self.led is None else self.economy.parameters.target_from

    @property
    def moments(self) -> list[Moment]:
        """Every month so far as it stood at its end."""
        return [self.at(month + 1) for month in range(self.month)]

    def _remember(self, report: Report) -> None:
        k, construction = len(self.orders), self.economy.construction
        self.orders.append(self.economy.order)
        self.plans[k] = self.economy.industry.plan
        if k and self.watched is not None:
            rows = np.array([self.watched])
            self.rewards[k] = np.ravel(earned(self.economy, rows, self.economy.order, self.plans[k - 1][:N_DESIGN, rows]))
        self.suitability[k] = report.joints / report.count
        self.fastened[k], self.complains[k] = construction.fastened, construction.complains


def replay_of(policy: Policy, seed: int = 0) -> Replay:
    """The economy that a saved policy has learned in, with a seed, not yet begun; its factory is led."""
    lesson = policy.lesson
    given = {name: value for name, value in lesson.economy.items() if value != Parameters.model_fields[name].default}
    given.pop("threads", None)
    return Replay(seed, given, led=Led(lesson.factory, lesson.power, policy.weights))


def onward(economy: NailEconomy, ahead: list[Decree], led: Led | None = None) -> None:
    """Simulate a month, with what of `ahead`, months ascending, is due in it; that is taken off the list."""
    while ahead and ahead[0][0] <= economy.month:
        economy.intervene(**ahead.pop(0)[1])
    if led is not None and economy.month == economy.parameters.target_from:
        led.begin(economy)
    economy.step()


def series(replay: Replay, column: str) -> Any:
    """A column of `model.records.COLUMNS`, one value a month so far, shape (months,); numbers but for `target`."""
    return np.array(replay.economy.records.columns[column])
