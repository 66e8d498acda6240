"""The nail economy: a planner, nail factories and the building trusts who need nails."""

import copy
import inspect
import pickle
from typing import Any, cast

import mesa
import numpy as np
import pandas as pd

from agents.construction import Construction, draw_boards
from agents.factory import NailFactory
from agents.industry import Industry
from agents.planner import Gosplan
from agents.policies import POLICIES
from agents.streams import Streams
from agents.trust import BuildingTrust
from incentives.hints import did_you_mean, what_failed
from incentives.order import Order
from model.by_name import built_with, by_name
from model.parameters import Parameters, checked_seed, makes_policies, read_parameters
from model.records import Collector, Records
from model.whole import whole, whole_copy
from nails.geometry import mass

DECREES = ("metric", "bonus", "bonus_strength", "audit_share", "inspection", "fine")  # what intervene() can change


@built_with(Parameters, "an economy", decrees=DECREES)
class NailEconomy(mesa.Model):
    """An economy of nails under a plan.

    Keyword arguments are the fields of `model.parameters.Parameters`; `rng` is a seed (an int or a SeedSequence), or None for
    one from the system. Raises a ValueError of one line for a name or a value that will not do.

    >>> economy = NailEconomy(n_factories=12, horizon=36, rng=7)
    >>> economy.run().months[["month", "target"]].iloc[[0, 23, 24]].values.tolist()
    [[0, 'none'], [23, 'none'], [24, 'count']]
    """

    @by_name
    def __init__(self, *, rng: int | np.random.SeedSequence | None = None, **parameters: Any):
        p = self.parameters = read_parameters(**parameters)
        super().__init__(rng=checked_seed(rng))
        streams = Streams(cast(np.random.SeedSequence, self.rng.bit_generator.seed_seq))
        n_trusts = min(p.n_trusts, p.n_factories)
        boards = draw_boards(streams, n_trusts, median_mm=p.board_median_mm, sd=p.board_sd)
        self.construction = _made(Construction, p, board_mm=boards)
        self.industry = _made(Industry, p, construction=self.construction, streams=streams)
        self.planner = _made(Gosplan, p, model=self, policy=_policy(p), norm=self.industry.norm)
        for metric in _own_metrics(p):  # what is wrong with one is told now, and not in the month of the first target
            self.planner.ordinary_score(metric)
        NailFactory.create_agents(self, p.n_factories, list(range(p.n_factories)))
        BuildingTrust.create_agents(self, n_trusts, list(range(n_trusts)))
        self.has_all_agents = True
        self.order, self._decided = Order(), -1
        self.interventions: list[dict[str, Any]] = []
        self.records = Records(self.industry.norm)
        self.datacollector = Collector(self.records)

    @whole
    def step(self) -> None:
        """Simulate a month.

        1. Gosplan reads last month's reports and complaints, and keeps or changes metric and targets.
        2. Factories revise their plans, all at once, from last month's state.
        3. Factories produce and report.
        4. Trusts fasten joints, and complain.
        5. The month is recorded.
        """
        industry, construction, month = self.industry, self.construction, self.month
        self.order = self.decide()
        industry.revise(self.order)
        industry.produce()
        construction.fasten(industry.made, self.order)
        self.records.add(month, self.order, industry, construction)
        self.datacollector.collect(self)
        self.running = industry.month < self.parameters.horizon

    def decide(self) -> Order:
        """The order for the month to come. It is decided once: who asks before the month begins sees what factories will see."""
        month = self.month
        if self._decided != month:
            self.order = self.planner.decide(self.industry.report, self.construction.complains, month)
            self._decided = month
        return self.order

    def run(self) -> "NailEconomy":
        """Simulate to the horizon; returns the economy itself."""
        while self.month < self.parameters.horizon:
            self.step()
        return self

    def intervene(self, **decree: Any) -> None:
        """Decree what the policy would order (DECREES) over its head, from the next month on that is not decided yet.

        Kept in `interventions`, one dict a decree, `month` the first in which it acts. `metric=None` pays for nothing. Raises a
        ValueError of one line.
        """
        for name in decree:
            if name not in DECREES:
                hint = did_you_mean(name, DECREES)
                raise ValueError(f"{name}: is nothing one can decree; {hint}it takes {', '.join(DECREES)}")
        checked = read_parameters(**decree)
        for metric in _own_metrics(checked):
            self.planner.ordinary_score(metric)
        decree = {name: getattr(checked, name) for name in decree}
        self.planner.standing.update(decree)
        self.interventions.append({"month": self.month + (self._decided == self.month), **decree})

    def __repr__(self) -> str:
        """In a line: what runs, and how far it is."""
        horizon, n = self.parameters.horizon, self.industry.n
        return f"<NailEconomy of {n:,} factories, month {self.month} of {horizon}, paid by {self.order.name}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> "NailEconomy":
        """An economy that goes on by itself from here on; functions of one's own are the same."""
        other = memo[id(self)] = object.__new__(type(self))
        vars(other).update(copy.deepcopy(vars(self), memo))
        return other

    __copy__ = whole_copy

    def __getstate__(self) -> Any:
        """What pickle keeps: all of it. A function that has no name in a module is refused in one line."""
        try:
            pickle.dumps((self.parameters, self.planner.terms, self.planner.standing))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise pickle.PicklingError(f"cannot be pickled: {error}; give a function that a module defines by name") from None
        return super().__getstate__()

    @property
    def month(self) -> int:
        """The month to come, which is the number of months simulated."""
        return self.industry.month

    @property
    def months(self) -> pd.DataFrame:
        """One row a simulated month; the columns are those of `model.records.COLUMNS`."""
        return self.records.table()

    @property
    def factories(self) -> Any:
        """The nail factories, an AgentSet."""
        return self.agents_by_type[NailFactory]

    @property
    def trusts(self) -> Any:
        """The building trusts, an AgentSet."""
        return self.agents_by_type[BuildingTrust]

    def factory_table(self) -> pd.DataFrame:
        """One row a factory, as it stands now: its plan, what it made last month and how far that fulfilled what was asked then, its
        target and its pay.

        Once the month to come is decided (`decide`), `target` is the one that it will be asked for.
        """
        industry, made = self.industry, self.industry.made
        targets = self.order.targets
        return pd.DataFrame(
            {
                "factory": np.arange(industry.n),
                "trust": industry.trust,
                "board_mm": self.construction.board_mm[industry.trust],
                "skill": industry.skill,
                "length_mm": industry.length_mm,
                "diameter_mm": industry.diameter_mm,
                "mass_g": mass(industry.length_mm, industry.diameter_mm),
                "finish": industry.finish,
                "effort": industry.effort,
                "padding": industry.padding,
                "count": made.count,
                "weight_kg": made.weight_kg,
                "joints": made.joints,
                "target": np.nan if targets is None or targets.ndim > 1 else targets,
                "fulfilment": self.records.fulfilment,
                "pay": industry.pay,
                "first_length_mm": industry.first_length_mm,
                "first_diameter_mm": industry.first_diameter_mm,
            }
        )


def _own_metrics(p: Parameters) -> list[Any]:
    """The functions that somebody gave as metrics."""
    given = [p.metric, *p.menu, *p.schedule.values()]
    several = [metric if isinstance(metric, tuple) else (metric,) for metric in given]
    return [metric for metrics in several for metric in metrics if callable(metric)]


def _policy(p: Parameters) -> Any:
    """The policy that the parameters name, made of those of them that it asks for; or a copy of one's own, its memory and all.

    A copy, so that what one economy has seen is nothing that another remembers: a run depends on its parameters and its seed alone.
    Not so where a policy keeps its memory elsewhere, as a plain function does in a global: that is not copied.
    """
    policy = POLICIES[p.policy] if isinstance(p.policy, str) else p.policy
    if policy is p.policy or not makes_policies(policy):
        return copy.deepcopy(policy)
    try:
        return _made(policy, p)
    except Exception as error:  # whatever went wrong in somebody's class
        raise ValueError(f"policy: {p.policy!r} could not be made, with {what_failed(error)}") from error


def _made(build: Any, p: Parameters, **given: Any) -> Any:
    """What `build` makes of `given` and of the parameters that its signature names."""
    wanted = [name for name in inspect.signature(build).parameters if name in Parameters.model_fields]
    return build(**given, **{name: getattr(p, name) for name in wanted if name not in given})
