"""The nail economy as a good Mesa user would write it: one Python object per factory, trust and planner, floats and `math`.

What `benchmarks/month.py` compares ours with, and an independent second reading of the specification: the whole model, with
every metric, bonus and policy by name, held to ours by `tests/benchmarks/test_plain_mesa.py`. (Metrics, bonuses
and policies that are functions of arrays are ours alone.)

It was profiled, and does what a user would do for speed who wants to read it next year: what depends on a design alone is
worked out once and kept with it, an alternative that keeps the design shares it, a nail that holds nothing is not calculated
further, random numbers are drawn only where they are used, and a month is recorded in one pass.

How far the yardstick depends on style, in microseconds a factory-month, one core of a shared two-core machine, CPython 3.13:
- 31 with 60 factories, 36 with 10,000: as written here.
- 24 and 29: with normal draws taken from NumPy a thousand at a time, for `random.gauss` is Python too.
- 18 to 27: a version with all rules inlined by hand into one loop, which knew only count, weight and the linear bonus.
So a reader who holds another style to be fair may divide our lead by up to 1.7.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import exp, inf, nan, pi, sqrt
from statistics import fmean
from typing import Any, NamedTuple

import mesa
import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector

from agents.construction import BOARD_RANGE_MM
from agents.industry import FIRST_EFFORT, FIRST_FINISH
from agents.planner import YEAR
from agents.policies import METRIC_YEAR
from agents.search import PEERS_MET
from analysis.goodhart import rank_correlations
from incentives.bonus import CAP
from incentives.metrics import KOPECKS_PER_GRAM, KOPECKS_PER_SECOND
from incentives.targets import FLOOR
from model.parameters import Parameters, read_parameters
from model.records import COLUMNS, SAMPLE
from nails.catalogue import nearest_size
from nails.geometry import STEEL_G_PER_MM3
from nails.joint import STEEL_N_PER_MM2, STEEPNESS, TIMBER_KG_PER_M3
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, SECONDS_PER_MONTH

# A nail


def mass(length_mm: float, diameter_mm: float) -> float:
    """Mass of a nail [g]."""
    return STEEL_G_PER_MM3 * pi / 4 * diameter_mm * diameter_mm * length_mm


def ideal_nail(board_mm: float) -> tuple[float, float]:
    """Length and diameter [mm] of the reference nail for a board."""
    return 2.25 * board_mm, board_mm / 8


def strength(length_mm: float, diameter_mm: float, board_mm: float) -> float:
    """Johansen strength of a single-shear joint [kN], for a nail that reaches the support."""
    support_mm = length_mm - board_mm
    embedding = 0.082 * TIMBER_KG_PER_M3 * diameter_mm**0.7  # fh d [N/mm]
    area = 3.6 * STEEL_N_PER_MM2 / (0.082 * TIMBER_KG_PER_M3) * diameter_mm**1.9  # 12 My/(fh d) [mm2]
    board_area, support_area = board_mm * board_mm, support_mm * support_mm
    both = sqrt(3 * (board_area + support_area) + 2 * board_mm * support_mm) - (board_mm + support_mm)
    lever_mm = min(
        board_mm,
        support_mm,
        0.5 * both,
        0.35 * (sqrt(4 * board_area + area) - board_mm),
        0.35 * (sqrt(4 * support_area + area) - support_mm),
        1.15 * sqrt(area / 6),
    )
    return 1e-3 * embedding * lever_mm


def holding(length_mm: float, diameter_mm: float, board_mm: float) -> float:
    """Strength [kN] that is left in practice: less for too little penetration, a split board, a point at the back."""
    penetration = (length_mm - board_mm) / (4 * diameter_mm) - 1
    if penetration <= 0:
        return 0.0
    min_board_mm = max(7 * diameter_mm, (13 * diameter_mm - 30) * TIMBER_KG_PER_M3 / 400)
    split = exp(STEEPNESS * (1 - board_mm / min_board_mm))
    through = exp(STEEPNESS * (length_mm / (3 * board_mm) - 1))
    return strength(length_mm, diameter_mm, board_mm) * min(penetration, 1.0) / ((1 + split) * (1 + through))


def suitability(grip: float, finish: float) -> float:
    """Share of a joint that one nail makes: its `grip`, what a well finished nail of its size does, less for a raw one."""
    return grip * (0.2 + 0.8 * finish)


# A month at the machine


def shaping_seconds(mass_g: float) -> float:
    """Machine time [s] that shaping one nail takes."""
    return 0.08 * mass_g ** (2 / 3)


def seconds_per_nail(shaping_s: float, finish: float) -> float:
    """Machine time [s] for one nail: handling, shaping, heading and pointing."""
    return 0.05 + shaping_s + 0.05 * finish


def nails_by_hours(seconds: float, effort: float, productivity: float) -> float:
    """Nails that a month's hours allow [nails/month] at some seconds a nail."""
    return productivity * SECONDS_PER_MONTH * (0.4 + 0.6 * effort) / seconds


# What is measured and paid


def geometric_mean(count: float, weight_kg: float, joints: float) -> float:
    """Square root of count times weight."""
    return sqrt(count * weight_kg)


def gross_value(count: float, weight_kg: float, joints: float) -> float:
    """Output at cost-plus list prices [kopecks/month]."""
    mass_g = 1000 * weight_kg / count
    return count * (KOPECKS_PER_SECOND * seconds_per_nail(shaping_seconds(mass_g), 1.0) + KOPECKS_PER_GRAM * mass_g)


type Metric = Callable[[float, float, float], float]

METRICS: dict[str, Metric] = {
    "count": lambda count, weight_kg, joints: count,
    "weight": lambda count, weight_kg, joints: weight_kg,
    "geometric_mean": geometric_mean,
    "gross_value": gross_value,
    "joints": lambda count, weight_kg, joints: joints,
}


def linear(fulfilment: float) -> float:
    """Fulfilment less one."""
    return fulfilment - 1


def capped(fulfilment: float) -> float:
    """As linear, but nothing for more than CAP."""
    return (fulfilment if fulfilment < CAP else CAP) - 1


def threshold(fulfilment: float) -> float:
    """One for a plan fulfilled, nothing otherwise."""
    return 1.0 if fulfilment >= 1 else 0.0


def piece_rate(fulfilment: float) -> float:
    """As linear, and a prize of 0.05 for a plan fulfilled."""
    return linear(fulfilment) + 0.05 * threshold(fulfilment)


def new_soviet(fulfilment: float) -> float:
    """One for the plan, half as much for what is above it, and a greater fine for what is below."""
    beyond = fulfilment - 1
    return 1 + (0.5 if beyond > 0 else 1.5) * beyond


BONUSES: dict[str, Callable[[float], float]] = {
    "linear": linear,
    "capped": capped,
    "threshold": threshold,
    "piece_rate": piece_rate,
    "new_soviet": new_soviet,
}

# What planners do: a policy says for a month, and last month's share of trusts that complain, which metric is paid for

type Policy = Callable[[int, float], str | None]


class Reactive:
    """Pay by a metric until most trusts complain for long enough, then by the next of the menu."""

    def __init__(self, p: Parameters):
        self.menu, self.target_from, self.patience = p.menu, p.target_from, p.patience
        self.place = self.angry_months = 0
        self.since = p.target_from

    def __call__(self, month: int, complaining: float) -> str | None:
        """The metric for a month."""
        if month < self.target_from:
            return None
        if month >= self.since + METRIC_YEAR:
            self.angry_months = self.angry_months + 1 if complaining > 0.5 else 0
            if self.angry_months == self.patience:
                self.place, self.since, self.angry_months = self.place + 1, month, 0
        return self.menu[self.place % len(self.menu)]


def scheduled(schedule: dict[int, str | None], month: int, complaining: float) -> str | None:
    """Pay by the metric that the schedule began last."""
    return schedule[max(begun)] if (begun := [start for start in schedule if start <= month]) else None


POLICIES: dict[str, Callable[[Parameters], Policy]] = {
    "measure_only": lambda p: partial(scheduled, {}),
    "single": lambda p: partial(scheduled, {p.target_from: p.metric}),
    "schedule": lambda p: partial(scheduled, dict(p.schedule)),
    "reactive": Reactive,
}


class Draws(NamedTuple):
    """Where a run's random numbers come from: functions without arguments, called in the order of factories."""

    board: Callable[[], float]  # a trust's board [mm]
    skill: Callable[[], float]
    shock: Callable[[], float]  # a factory's luck in a month
    coin: Callable[[], int]  # has an alternative a new design?
    move: Callable[[], float]  # standard normal: length and diameter where the design is new, then finish, then effort
    uniform: Callable[[], float]  # below `imitation`: the last alternative is a peer's plan
    peer: Callable[[], int]  # number of a factory, PEERS_MET times for those who imitate


def own_draws(seed: int | None, p: Parameters) -> Draws:
    """The draws of Python's own generator."""
    rng = random.Random(seed)

    def board() -> float:
        return clip(p.board_median_mm * exp(p.board_sd * rng.gauss()), *BOARD_RANGE_MM)

    def lognormal(sd: float) -> Callable[[], float]:
        return partial(rng.lognormvariate, -sd * sd / 2, sd)

    return Draws(
        board=board,
        skill=lognormal(p.skill_sd),
        shock=lognormal(p.shock_sd),
        coin=partial(rng.getrandbits, 1),
        move=rng.gauss,
        uniform=rng.random,
        peer=partial(rng.randrange, p.n_factories),
    )


def clip(value: float, low: float, high: float) -> float:
    """The value, or the limit that it is beyond."""
    return low if value < low else high if value > high else value


@dataclass(slots=True)
class Design:
    """The size of a nail, and what follows from it alone for its maker."""

    length_mm: float
    diameter_mm: float
    mass_g: float
    shaping_s: float
    grip: float  # share of a joint that it makes for its maker's trust, well finished


@dataclass(slots=True)
class Plan:
    """What a factory makes, and how."""

    design: Design
    finish: float
    effort: float


class Trust(mesa.Agent):
    """A building trust: what it nails, and who supplies it."""

    def __init__(self, model: "PlainEconomy"):
        super().__init__(model)
        self.board_mm = model.draws.board()
        self.need_kn = holding(*ideal_nail(self.board_mm), self.board_mm)
        self.suppliers: list[Factory] = []
        self.programme = self.fastened = 0.0  # joints/month
        self.past_year: deque[float] = deque(maxlen=YEAR)
        self.usual: float | None = None  # joints/month that it compares with, once there are targets
        self.complains = False

    def grip(self, length_mm: float, diameter_mm: float) -> float:
        """Share of a joint that a well finished nail makes on this trust's boards."""
        return min(holding(length_mm, diameter_mm, self.board_mm) / self.need_kn, 1.0)

    def fasten(self) -> None:
        """Build with what is delivered, up to the programme, and complain where that falls short."""
        self.fastened = min(self.programme, sum([factory.joints for factory in self.suppliers]))
        if self.usual is None:
            if self.model.planner.metric is None:
                self.past_year.append(self.fastened)
            else:
                self.usual = fmean(self.past_year) if self.past_year else self.programme
        if self.usual is not None:
            self.complains = self.fastened < self.model.parameters.tolerance * self.usual


class Factory(mesa.Agent):
    """A nail factory: its plan, its targets, and what it made."""

    def __init__(self, model: "PlainEconomy", trust: Trust):
        super().__init__(model)
        self.trust = trust
        self.skill = model.draws.skill()
        length_mm, diameter_mm = (float(size) for size in nearest_size(*ideal_nail(trust.board_mm)))
        self.plan = self.next_plan = Plan(self.work_out(length_mm, diameter_mm), FIRST_FINISH, FIRST_EFFORT)
        reach = model.parameters.capability or inf
        self.shortest, self.longest = (clip(limit, length_mm / reach, length_mm * reach) for limit in LENGTH_RANGE_MM)
        self.thinnest, self.thickest = (clip(limit, diameter_mm / reach, diameter_mm * reach) for limit in DIAMETER_RANGE_MM)
        self.norm = self.count, self.weight_kg, self.joints = 0.0, 0.0, 0.0
        self.reports: deque[tuple[float, float, float]] = deque(maxlen=YEAR)
        self.target: float | None = None  # score/month
        self.joints_target: float | None = None
        self.pay = self.next_pay = 0.0  # without retooling
        trust.suppliers.append(self)

    def settle(self) -> None:
        """Start, now that the steel quota is known: the engineers' norm, and what the first plan pays."""
        self.norm = self.output(self.plan, productivity=1.0)
        self.pay = self.expected_pay(self.plan)

    def work_out(self, length_mm: float, diameter_mm: float) -> Design:
        """A design of this size."""
        mass_g = mass(length_mm, diameter_mm)
        return Design(length_mm, diameter_mm, mass_g, shaping_seconds(mass_g), self.trust.grip(length_mm, diameter_mm))

    def retooled(self, length_mm: float, diameter_mm: float) -> Design:
        """The design nearest to this size that the factory can make: the present one, if it is that."""
        design = self.plan.design
        length_mm = clip(length_mm, self.shortest, self.longest)
        diameter_mm = clip(diameter_mm, self.thinnest, self.thickest)
        if length_mm == design.length_mm and diameter_mm == design.diameter_mm:
            return design
        return self.work_out(length_mm, diameter_mm)

    def output(self, plan: Plan, productivity: float) -> tuple[float, float, float]:
        """Count, weight [kg] and joints of a month: as many nails as the hours and the steel allow."""
        design, finish = plan.design, plan.finish
        mass_g, quota_kg = design.mass_g, self.model.steel_quota_kg
        count = nails_by_hours(seconds_per_nail(design.shaping_s, finish), plan.effort, productivity)
        weight_kg = count * mass_g / 1000
        if weight_kg > quota_kg:
            count, weight_kg = 1000 * quota_kg / mass_g, quota_kg
        return count, weight_kg, count * suitability(design.grip, finish)

    def fulfilment(self, count: float, weight_kg: float, joints: float) -> float:
        """Score over target, mixed with audited joints over theirs."""
        audit_share = self.model.audit_share
        fulfilment = self.model.planner.score(count, weight_kg, joints) / self.target
        if audit_share:
            fulfilment = (1 - audit_share) * fulfilment + audit_share * joints / self.joints_target
        return fulfilment

    def expected_pay(self, plan: Plan) -> float:
        """What a plan would be paid month by month under the present order, without the cost of retooling."""
        model, effort = self.model, plan.effort
        bonus = 0.0
        if self.target is not None:
            bonus = model.bonus_strength * model.planner.bonus(self.fulfilment(*self.output(plan, self.skill)))
        return bonus + model.pride * suitability(plan.design.grip, plan.finish) - model.effort_cost * effort * effort

    def alternatives(self) -> Iterator[Plan]:
        """Plans near the present one; with probability `imitation` the last is a well-paid peer's instead."""
        model, present = self.model, self.plan
        step_size, coin, move = model.step_size, model.draws.coin, model.draws.move
        imitates = model.draws.uniform() < model.imitation
        for _ in range(model.breadth - imitates):
            design = present.design
            if coin():
                design = self.retooled(design.length_mm * exp(step_size * move()), design.diameter_mm * exp(step_size * move()))
            finish = clip(present.finish + step_size * move(), 0.0, 1.0)
            effort = clip(present.effort + step_size * move(), 0.0, 1.0)
            yield Plan(design, finish, effort)
        if imitates:
            peer = model.best_paid_of_some().plan
            yield Plan(self.retooled(peer.design.length_mm, peer.design.diameter_mm), peer.finish, peer.effort)

    def revise(self) -> None:
        """Compare keeping the plan with alternatives near it, and choose the best paid for the month to come."""
        present, retooling = self.plan, self.model.retooling
        best, best_pay = present, self.expected_pay(present)
        most = best_pay
        for plan in self.alternatives():
            pay = self.expected_pay(plan)
            total = pay if plan.design is present.design else pay - retooling
            if total > most:
                best, best_pay, most = plan, pay, total
        self.next_plan, self.next_pay = best, best_pay

    def produce(self) -> None:
        """Go over to the chosen plan, make a month's nails with the month's luck, and report them."""
        self.plan, self.pay = self.next_plan, self.next_pay
        report = self.output(self.plan, self.skill * self.model.draws.shock())
        self.count, self.weight_kg, self.joints = report
        self.reports.append(report)

    def drop_targets(self) -> None:
        """Work without targets."""
        self.target = self.joints_target = None

    def revise_targets(self, score: Metric) -> None:
        """Set the targets from the achieved level, or ratchet those there are."""
        self.target = self.new_target(score, self.target)
        if self.model.audit_share:
            self.joints_target = self.new_target(METRICS["joints"], self.joints_target)

    def new_target(self, score: Metric, old: float | None) -> float:
        """A target [score/month] after an old one, or the first."""
        p, norm = self.model.parameters, score(*self.norm)
        achieved = fmean([score(*report) for report in self.reports]) if self.reports else norm
        if old is None:
            old = achieved
        return max(old * (1 + p.growth) + p.ratchet * (achieved - old), FLOOR * norm)


class Gosplan(mesa.Agent):
    """The planner: decides by its policy what is paid for."""

    def __init__(self, model: "PlainEconomy"):
        super().__init__(model)
        p = model.parameters
        self.policy, self.bonus = POLICIES[p.policy](p), BONUSES[p.bonus]
        self.metric: str | None = None
        self.score: Metric | None = None
        self.since = 0

    def decide(self, month: int) -> None:
        """Keep or change the metric; set every factory's target on a change, and ratchet it each year."""
        factories = self.model.factories
        metric = self.policy(month, self.model.complaining_share)
        if metric != self.metric:
            self.metric, self.since = metric, month
            self.score = METRICS[metric] if metric else None
            factories.do("drop_targets")
        if metric and (month - self.since) % YEAR == 0:
            factories.do("revise_targets", self.score)


class PlainEconomy(mesa.Model):
    """The economy. Keyword arguments are the fields of `model.parameters.Parameters`; `rng` is a seed."""

    def __init__(self, *, rng: int | None = None, draws: Draws | None = None, **parameters: Any):
        super().__init__(rng=rng)
        p = self.parameters = read_parameters(**parameters)
        self.draws = draws or own_draws(rng, p)
        self.bonus_strength, self.audit_share = p.bonus_strength, p.audit_share  # pydantic's attributes are five times slower
        self.pride, self.effort_cost, self.retooling = p.pride, p.effort_cost, p.retooling
        self.breadth, self.step_size, self.imitation = p.breadth, p.step_size, p.imitation
        self.month, self.steel_quota_kg = 0, inf
        trusts = Trust.create_agents(self, min(p.n_trusts, p.n_factories)).to_list()
        Factory.create_agents(self, p.n_factories, [trusts[i % len(trusts)] for i in range(p.n_factories)])
        self.trusts, self.factories = self.agents_by_type[Trust], self.agents_by_type[Factory]
        self.everyone = self.factories.to_list()  # to pick one by number
        self.planner = Gosplan(self)

        best_months = [f.output(Plan(f.plan.design, 1.0, 1.0), productivity=1.0) for f in self.everyone]
        self.steel_quota_kg = p.steel_quota * fmean(weight_kg for _, weight_kg, _ in best_months)
        for factory, (_, _, joints) in zip(self.everyone, best_months, strict=True):
            factory.trust.programme += joints
        self.programme = sum([trust.programme for trust in trusts])
        self.factories.do("settle")
        self.latest: dict[str, Any] = {}
        self.datacollector = DataCollector(model_reporters={name: partial(_latest, name=name) for name in COLUMNS})

    def step(self) -> None:
        """Simulate a month."""
        self.planner.decide(self.month)
        self.factories.do("revise")
        self.factories.do("produce")
        self.trusts.do("fasten")
        self.record()
        self.datacollector.collect(self)
        self.month += 1

    def best_paid_of_some(self) -> Factory:
        """The factory with the highest pay last month among some met at random."""
        met = [self.everyone[self.draws.peer()] for _ in range(PEERS_MET)]
        return max(met, key=lambda factory: factory.pay)

    @property
    def complaining_share(self) -> float:
        """Share of trusts that complain."""
        return fmean([trust.complains for trust in self.trusts])

    def record(self) -> None:
        """Work out the month's columns from one pass over the factories."""
        rows = [
            (f.count, f.weight_kg, f.joints, d.length_mm, d.diameter_mm, d.mass_g, plan.finish, plan.effort)
            for f in self.everyone
            for plan in (f.plan,)
            for d in (plan.design,)
        ]
        table = np.array(rows).T
        norms = np.array([f.norm for f in self.everyone[:SAMPLE]]).T
        with_use = rank_correlations(table[:3, :SAMPLE] / norms)[2].tolist()
        count, weight_kg, _ = table[:3].sum(axis=1).tolist()
        length, diameter, mass_g = np.median(table[3:6], axis=1).tolist()
        finish, effort = table[6:].mean(axis=1).tolist()
        fastened = sum([trust.fastened for trust in self.trusts])
        fulfilment = nan
        if self.planner.metric:
            fulfilment = fmean([f.fulfilment(f.count, f.weight_kg, f.joints) for f in self.everyone])
        self.latest = {
            "month": self.month,
            "target": self.planner.metric or "none",
            "usefulness": fastened / self.programme,
            "count": count,
            "weight_kg": weight_kg,
            "median_length_mm": length,
            "median_diameter_mm": diameter,
            "median_mass_g": mass_g,
            "mean_finish": finish,
            "mean_effort": effort,
            "mean_fulfilment": fulfilment,
            "correlation_count": with_use[0],
            "correlation_weight": with_use[1],
            "complaining_share": self.complaining_share,
            "steel_per_joint_g": 1000 * weight_kg / fastened if fastened > 0 else nan,
            "bonus_strength": self.bonus_strength,
            "mean_padding": 0.0,
        }

    @property
    def months(self) -> pd.DataFrame:
        """One row a simulated month."""
        return self.datacollector.get_model_vars_dataframe()


def _latest(model: PlainEconomy, name: str) -> Any:
    return model.latest[name]
