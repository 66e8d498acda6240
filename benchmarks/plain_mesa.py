"""The nail economy as a good Mesa user would write it: one Python object per factory and per trust, floats and `math`.

What `benchmarks/month.py` compares ours with, and an independent second reading of the specification:
`tests/benchmarks/test_plain_mesa.py` holds the two together. It plays policies `measure_only` and `schedule`, pays by
count or weight through the linear bonus, and has the defaults of `model.parameters` for the rest.

It was profiled, and does what a patient user would do for speed: agents stand in plain lists; what depends on the design
alone is worked out when a design is new and kept with it; random numbers are drawn only where they are used; and the
loop over alternatives has no calls but for new designs.
"""

import random
from collections import deque
from collections.abc import Callable
from functools import partial
from math import exp, inf, pi, sqrt
from statistics import median
from typing import Any, NamedTuple

import mesa
import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector

from agents.construction import BOARD_RANGE_MM
from agents.industry import FIRST_EFFORT, FIRST_FINISH
from agents.search import PEERS_MET
from analysis.goodhart import rank_correlations
from incentives.targets import FLOOR
from model.parameters import read_parameters
from model.records import COLUMNS, SAMPLE
from nails.catalogue import nearest_size
from nails.geometry import STEEL_G_PER_MM3, ideal_nail
from nails.joint import STEEL_N_PER_MM2, STEEPNESS, TIMBER_KG_PER_M3
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, SECONDS_PER_MONTH

DEFAULTS = read_parameters()
BONUS_STRENGTH, PRIDE, EFFORT_COST = DEFAULTS.bonus_strength, DEFAULTS.pride, DEFAULTS.effort_cost
RETOOLING, STEP_SIZE, BREADTH, IMITATION = DEFAULTS.retooling, DEFAULTS.step_size, DEFAULTS.breadth, DEFAULTS.imitation
ALTERNATIVES = range(BREADTH)
SHORTEST, LONGEST = LENGTH_RANGE_MM
THINNEST, THICKEST = DIAMETER_RANGE_MM
MASS = STEEL_G_PER_MM3 * pi / 4
EMBEDDING = 0.082 * TIMBER_KG_PER_M3
YIELD = 0.3 * STEEL_N_PER_MM2 / EMBEDDING


class Draws(NamedTuple):
    """Where a run's random numbers come from: functions without arguments, called in the order of rows."""

    board: Callable[[], float]  # a trust's board [mm]
    skill: Callable[[], float]
    shock: Callable[[], float]  # a factory's luck in a month
    move: Callable[[], float]  # standard normal: length and diameter where the design is new, then finish, then effort
    coins: Callable[[], int]  # one bit an alternative: is it a new design?
    uniform: Callable[[], float]  # below IMITATION: the last alternative is a peer's plan
    peer: Callable[[], int]  # row of a factory, PEERS_MET times for those who imitate


def own_draws(seed: int | None, n_factories: int) -> Draws:
    """The draws of Python's own generator."""
    rng = random.Random(seed)
    thinnest, thickest = BOARD_RANGE_MM

    def board() -> float:
        return min(max(DEFAULTS.board_median_mm * exp(DEFAULTS.board_sd * rng.gauss()), thinnest), thickest)

    def lognormal(sd: float) -> Callable[[], float]:
        return partial(rng.lognormvariate, -sd * sd / 2, sd)

    return Draws(
        board=board,
        skill=lognormal(DEFAULTS.skill_sd),
        shock=lognormal(DEFAULTS.shock_sd),
        move=rng.gauss,
        coins=partial(rng.getrandbits, BREADTH),
        uniform=rng.random,
        peer=partial(rng.randrange, n_factories),
    )


def holding(length: float, diameter: float, board: float) -> float:
    """Strength [kN] that a nail of `length` and `diameter` [mm] leaves a board [mm] in practice."""
    support = length - board
    if support <= 4 * diameter:
        return 0.0
    area = YIELD * diameter**1.9
    lever = 1.15 * sqrt(2 * area)
    board_mode = 0.35 * (sqrt(4 * board * board + 12 * area) - board)
    support_mode = 0.35 * (sqrt(4 * support * support + 12 * area) - support)
    both_mode = 0.5 * (sqrt(3 * (board * board + support * support) + 2 * board * support) - board - support)
    lever = board_mode if board_mode < lever else lever
    lever = support_mode if support_mode < lever else lever
    lever = both_mode if both_mode < lever else lever
    lever = board if board < lever else lever
    lever = support if support < lever else lever
    penetration = support / (4 * diameter) - 1
    penetration = 1.0 if penetration > 1.0 else penetration
    least_board = max(7 * diameter, (13 * diameter - 30) * (TIMBER_KG_PER_M3 / 400))
    split = exp(STEEPNESS - STEEPNESS * board / least_board)
    through = exp((STEEPNESS / 3) * length / board - STEEPNESS)
    return 1e-3 * EMBEDDING * diameter**0.7 * lever * penetration / ((1 + split) * (1 + through))


class Trust(mesa.Agent):
    """A building trust: what it nails, and who supplies it."""

    def __init__(self, model: "PlainEconomy", board: float):
        super().__init__(model)
        self.board = board
        length, diameter = ideal_nail(board)
        self.need = holding(length, diameter, board)
        self.length, self.diameter = (float(size) for size in nearest_size(length, diameter))
        self.suppliers: list[Factory] = []
        self.programme = self.fastened = 0.0
        self.year: deque[float] = deque(maxlen=12)
        self.usual: float | None = None
        self.complains = False

    def fasten(self) -> None:
        """Build with what is delivered, up to the programme, and complain where that falls short."""
        usable = 0.0
        for factory in self.suppliers:
            usable += factory.joints
        self.fastened = min(self.programme, usable)
        if self.usual is None:
            if self.model.metric is None:
                self.year.append(self.fastened)
            else:
                self.usual = sum(self.year) / len(self.year) if self.year else self.programme
        if self.usual is not None:
            self.complains = self.fastened < DEFAULTS.tolerance * self.usual


class Factory(mesa.Agent):
    """A nail factory: its plan, what it knows of its present design, and what it made last month."""

    def __init__(self, model: "PlainEconomy", trust: Trust, skill: float):
        super().__init__(model)
        self.trust, self.board, self.need = trust, trust.board, trust.need
        self.hours = skill * SECONDS_PER_MONTH
        self.finish, self.effort = FIRST_FINISH, FIRST_EFFORT
        self.length, self.diameter = trust.length, trust.diameter
        self.design = self.worked_out(self.length, self.diameter)
        self.next: Any = None
        self.target: Any = None  # score a month, where something is a target
        self.counts: deque[float] = deque(maxlen=12)
        self.weights: deque[float] = deque(maxlen=12)
        self.count = self.weight = self.joints = self.pay = 0.0
        self.norm_count = self.norm_weight = self.norm_joints = 0.0
        trust.suppliers.append(self)

    def worked_out(self, length: float, diameter: float) -> tuple[float, float, float, float]:
        """What depends on the design alone: mass [g], seconds of a raw nail, most nails the steel allows, and fit."""
        mass = MASS * diameter * diameter * length
        fit = holding(length, diameter, self.board) / self.need
        return mass, 0.05 + 0.08 * mass ** (2 / 3), 1000 * self.model.quota / mass, fit if fit < 1 else 1.0

    def standard_month(self, finish: float, effort: float) -> tuple[float, float, float]:
        """Count, weight [kg] and joints of a month with the present design at standard skill."""
        mass, seconds, most, fit = self.design
        count = min(SECONDS_PER_MONTH * (0.4 + 0.6 * effort) / (seconds + 0.05 * finish), most)
        return count, count * mass / 1000, count * fit * (0.2 + 0.8 * finish)

    def settle(self) -> None:
        """Start: know the steel quota, the engineers' norm, and what the first plan pays."""
        self.design = self.worked_out(self.length, self.diameter)
        self.norm_count, self.norm_weight, self.norm_joints = self.standard_month(FIRST_FINISH, FIRST_EFFORT)
        self.pay = PRIDE * self.norm_joints / self.norm_count - EFFORT_COST * self.effort * self.effort

    def choose(self) -> None:
        """Compare keeping the plan with alternatives near it, and choose the best paid for the month to come."""
        model = self.model
        move, length_now, diameter_now = model.draws.move, self.length, self.diameter
        finish_now, effort_now, design_now = self.finish, self.effort, self.design
        hours, target, by_weight = self.hours, self.target, model.metric == "weight"

        mass, seconds, most, fit = design_now
        if target is None:
            bonus_each = bonus_base = 0.0
        else:
            bonus_each, bonus_base = BONUS_STRENGTH / target, BONUS_STRENGTH
        count = hours * (0.4 + 0.6 * effort_now) / (seconds + 0.05 * finish_now)
        if count > most:
            count = most
        score = count * mass / 1000 if by_weight else count
        best = best_pay = (
            bonus_each * score - bonus_base + PRIDE * fit * (0.2 + 0.8 * finish_now) - EFFORT_COST * effort_now * effort_now
        )
        chosen = None

        coins, peer = model.draws.coins(), None
        if model.draws.uniform() < IMITATION:
            peer = model.richest(PEERS_MET)
        for k in ALTERNATIVES:
            length, diameter, design = length_now, diameter_now, design_now
            if k == BREADTH - 1 and peer is not None:
                length, diameter, finish, effort = peer.length, peer.diameter, peer.finish, peer.effort
            else:
                if coins >> k & 1:
                    length *= exp(STEP_SIZE * move())
                    diameter *= exp(STEP_SIZE * move())
                    length = SHORTEST if length < SHORTEST else LONGEST if length > LONGEST else length
                    diameter = THINNEST if diameter < THINNEST else THICKEST if diameter > THICKEST else diameter
                finish = finish_now + STEP_SIZE * move()
                finish = 0.0 if finish < 0.0 else 1.0 if finish > 1.0 else finish
                effort = effort_now + STEP_SIZE * move()
                effort = 0.0 if effort < 0.0 else 1.0 if effort > 1.0 else effort
            retooling = 0.0
            if length != length_now or diameter != diameter_now:
                retooling = RETOOLING
                design = self.worked_out(length, diameter)
            mass, seconds, most, fit = design
            count = hours * (0.4 + 0.6 * effort) / (seconds + 0.05 * finish)
            if count > most:
                count = most
            score = count * mass / 1000 if by_weight else count
            pay = bonus_each * score - bonus_base + PRIDE * fit * (0.2 + 0.8 * finish) - EFFORT_COST * effort * effort
            if pay - retooling > best:
                best, best_pay, chosen = pay - retooling, pay, (length, diameter, finish, effort, design)
        self.next = chosen, best_pay

    def produce(self) -> None:
        """Go over to the chosen plan, make a month's nails with the month's luck, and report them."""
        chosen, self.pay = self.next
        if chosen is not None:
            self.length, self.diameter, self.finish, self.effort, self.design = chosen
        mass, seconds, most, fit = self.design
        finish = self.finish
        count = self.hours * self.model.draws.shock() * (0.4 + 0.6 * self.effort) / (seconds + 0.05 * finish)
        if count > most:
            count = most
        self.count, self.weight, self.joints = count, count * mass / 1000, count * fit * (0.2 + 0.8 * finish)
        self.counts.append(count)
        self.weights.append(self.weight)

    def new_target(self, by_weight: bool) -> None:
        """A target from the achieved level, or next year's, ratcheted."""
        norm, scores = (self.norm_weight, self.weights) if by_weight else (self.norm_count, self.counts)
        achieved = sum(scores) / len(scores) if scores else norm
        target = achieved if self.target is None else self.target
        target = target * (1 + DEFAULTS.growth) + DEFAULTS.ratchet * (achieved - target)
        self.target = max(target, FLOOR * norm)


class PlainEconomy(mesa.Model):
    """The economy: a planner's schedule, factories and trusts in lists, and Mesa's data collector for the records."""

    def __init__(
        self,
        *,
        n_factories: int = DEFAULTS.n_factories,
        n_trusts: int = DEFAULTS.n_trusts,
        schedule: Any = DEFAULTS.schedule,
        rng: int | None = None,
        draws: Draws | None = None,
    ):
        super().__init__(rng=rng)
        self.draws = draws or own_draws(rng, n_factories)
        self.schedule = dict(schedule)
        self.month, self.metric, self.since, self.quota = 0, None, 0, inf
        self.trusts = [Trust(self, self.draws.board()) for _ in range(min(n_trusts, n_factories))]
        self.factories = [Factory(self, self.trusts[i % len(self.trusts)], self.draws.skill()) for i in range(n_factories)]
        best_months = [factory.standard_month(1.0, 1.0) for factory in self.factories]
        self.quota = DEFAULTS.steel_quota * sum(weight for _, weight, _ in best_months) / n_factories
        for factory, (_, _, joints) in zip(self.factories, best_months, strict=True):
            factory.settle()
            factory.trust.programme += joints
        self.programme = sum(trust.programme for trust in self.trusts)
        some = self.factories[:SAMPLE]
        self.norms = np.array([[f.norm_count, f.norm_weight, f.norm_joints] for f in some]).T
        self.latest: dict[str, Any] = {}
        self.datacollector = DataCollector(model_reporters={name: partial(_latest, name=name) for name in COLUMNS})

    def step(self) -> None:
        """Simulate a month."""
        self.plan()
        for factory in self.factories:
            factory.choose()
        for factory in self.factories:
            factory.produce()
        for trust in self.trusts:
            trust.fasten()
        self.record()
        self.datacollector.collect(self)
        self.month += 1

    def plan(self) -> None:
        """Follow the schedule; set every factory's target on a change of metric, and ratchet it each year."""
        metric = self.schedule.get(self.month, self.metric)
        changed = metric != self.metric
        if changed:
            self.metric, self.since = metric, self.month
            for factory in self.factories:
                factory.target = None
        if metric is not None and (changed or (self.month - self.since) % 12 == 0):
            for factory in self.factories:
                factory.new_target(metric == "weight")

    def richest(self, met: int) -> Factory:
        """The factory with the highest pay last month among some met at random."""
        richest = self.factories[self.draws.peer()]
        for _ in range(met - 1):
            other = self.factories[self.draws.peer()]
            if other.pay > richest.pay:
                richest = other
        return richest

    def record(self) -> None:
        """Work out the month's columns: Python sums and medians, NumPy for ranks."""
        factories, n = self.factories, len(self.factories)
        count, weight = np.array([f.count for f in factories]), np.array([f.weight for f in factories])
        joints = np.array([f.joints for f in factories[:SAMPLE]])
        some = slice(0, SAMPLE)
        norm_count, norm_weight, norm_joints = self.norms
        over_norm = [count[some] / norm_count, weight[some] / norm_weight, joints / norm_joints]
        with_use = rank_correlations(np.array(over_norm))[2].tolist()
        fastened, steel = sum([trust.fastened for trust in self.trusts]), float(weight.sum())
        if self.metric is None:
            fulfilment = float("nan")
        elif self.metric == "weight":
            fulfilment = sum([f.weight / f.target for f in factories]) / n
        else:
            fulfilment = sum([f.count / f.target for f in factories]) / n
        self.latest = {
            "month": self.month,
            "target": self.metric or "none",
            "usefulness": fastened / self.programme,
            "count": float(count.sum()),
            "weight_kg": steel,
            "median_length_mm": median([f.length for f in factories]),
            "median_diameter_mm": median([f.diameter for f in factories]),
            "median_mass_g": median([f.design[0] for f in factories]),
            "mean_finish": sum([f.finish for f in factories]) / n,
            "mean_effort": sum([f.effort for f in factories]) / n,
            "mean_fulfilment": fulfilment,
            "correlation_count": with_use[0],
            "correlation_weight": with_use[1],
            "complaining_share": sum([trust.complains for trust in self.trusts]) / len(self.trusts),
            "steel_per_joint_g": 1000 * steel / fastened if fastened > 0 else float("nan"),
            "bonus_strength": BONUS_STRENGTH,
        }

    @property
    def months(self) -> pd.DataFrame:
        """One row a simulated month."""
        return self.datacollector.get_model_vars_dataframe()


def _latest(model: PlainEconomy, name: str) -> Any:
    return model.latest[name]
