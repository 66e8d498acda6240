"""The nail industry: every factory's state as a NumPy column, and a month of all of them at once."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from agents import search
from agents.construction import Construction
from agents.pay import Pay, pay
from agents.streams import Purpose, Rows, Streams
from incentives.order import Order
from incentives.report import Report
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail, mass
from nails.joint import suitability
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, nails_made

type Array = npt.NDArray[np.float64]

PLAN = ("length_mm", "diameter_mm", "finish", "effort")  # the rows of Industry.plan
BOUNDS = (LENGTH_RANGE_MM, DIAMETER_RANGE_MM, (0.0, 1.0), (0.0, 1.0))
SPACE = search.Space(*np.array(BOUNDS).T[..., None, None], n_design=2)
FIRST_FINISH, FIRST_EFFORT = 0.9, 0.3  # a decent nail made without haste
PEERS_MET = 3
BLOCK_ROWS = 1024  # rows computed at a time: nine plans of 1,024 rows stay in cache (benchmarks/month.py)
THREADS_FROM = 16_384  # with fewer factories threads cost more than they gain (benchmarks/month.py)


class PlanRow:
    """One of the plan's rows as a column of its own, read and written in place."""

    def __init__(self, name: str):
        self.k = PLAN.index(name)

    def __get__(self, industry: "Industry", owner: Any = None) -> Array:
        return industry.plan[self.k]

    def __set__(self, industry: "Industry", values: Any) -> None:
        industry.plan[self.k] = values


class Industry:
    """The factories, a row each.

    `plan` has shape (4, n): length [mm], diameter [mm], finish and effort (`length_mm` and so on are views of its
    rows). The other columns have shape (n,): `skill` (1 is standard), `trust` (which one each supplies), `pay` (what was
    expected of the present plan, without retooling), `first_length_mm` and `first_diameter_mm`. `report` is last month's.
    """

    length_mm, diameter_mm, finish, effort = map(PlanRow, PLAN)

    def __init__(
        self,
        construction: Construction,
        streams: Streams,
        *,
        n_factories: int,
        pride: float,
        effort_cost: float,
        retooling: float,
        breadth: int,
        step_size: float,
        imitation: float,
        steel_quota: float,
        skill_sd: float,
        shock_sd: float,
        threads: int | None = None,
        block_rows: int = BLOCK_ROWS,
    ):
        self.construction, self.streams = construction, streams
        self.pride, self.effort_cost, self.retooling = pride, effort_cost, retooling
        self.breadth, self.step_size, self.imitation = breadth, step_size, imitation
        self.shock_sd, self.threads, self.block_rows = shock_sd, threads, block_rows
        self.n, self.month = n_factories, 0

        self.trust = np.arange(self.n) % len(construction.board_mm)
        self.skill = _lognormal(streams, Purpose.SKILL, 0, slice(0, self.n), self.n, skill_sd)
        first = nearest_size(*ideal_nail(construction.board_mm))
        self.first_length_mm, self.first_diameter_mm = (size[self.trust] for size in first)

        self.plan = self._first_plan(FIRST_FINISH, FIRST_EFFORT)
        self._spare_plan = np.empty_like(self.plan)
        self.steel_quota_kg = np.inf
        best_month, _ = self._output(self._first_plan(1.0, 1.0), 1.0, slice(0, self.n))
        self.steel_quota_kg = steel_quota * float(best_month.weight_kg.mean())
        construction.plan_programme(self.trust, best_month.joints)

        self.norm, suits = self._output(self.plan, 1.0, slice(0, self.n))
        self.pay = self._pay(Order(), self.norm, suits, self.effort).running
        self._spare_pay = np.empty_like(self.pay)
        self.report = Report(*np.zeros((3, self.n)))

    def revise(self, order: Order, rows: Any = None) -> None:
        """Let the factories, or those in `rows`, look around their plans and take what pays best under `order`.

        They act on last month's state, all at once: none sees what another chooses this month.
        """
        if rows is None:
            self._in_blocks(lambda block: self._revise(order, block, self._spare_plan, self._spare_pay))
            self.plan, self._spare_plan = self._spare_plan, self.plan
            self.pay, self._spare_pay = self._spare_pay, self.pay
        else:
            rows = np.unique(np.atleast_1d(rows))
            plan, pay = self.plan.copy(), self.pay.copy()
            self._revise(order, rows, plan, pay)
            self.plan, self.pay = plan, pay

    def produce(self) -> Report:
        """Make a month's nails to plan, with the month's luck, and report them."""
        count, weight_kg, joints = np.empty((3, self.n))

        def make(rows: Rows) -> None:
            shock = _lognormal(self.streams, Purpose.SHOCK, self.month, rows, self.n, self.shock_sd)
            made, _ = self._output(self.plan[:, rows], self.skill[rows] * shock, rows)
            count[rows], weight_kg[rows], joints[rows] = made.count, made.weight_kg, made.joints

        self._in_blocks(make)
        self.report = Report(count, weight_kg, joints)
        self.month += 1
        return self.report

    def pay_terms(self, order: Order, plans: Array, rows: Rows) -> Pay:
        """What factories in `rows` would be paid for `plans`, shape (4, ..., rows), term by term."""
        expected, suits = self._output(plans, self.skill[rows], rows)
        length, diameter = self.plan[:2, rows]
        new_design = (plans[0] != length) | (plans[1] != diameter)
        return self._pay(order.of(rows), expected, suits, plans[3], new_design)

    def _revise(self, order: Order, rows: Rows, plan: Array, pay: Array) -> None:
        """One block's revision, written into `plan` and `pay`; reads the industry's state and changes none of it."""
        plans = self._alternatives(rows)
        terms = self.pay_terms(order, plans, rows)
        plan[:, rows], pay[rows] = search.best(plans, terms.total, terms.running)

    def _alternatives(self, rows: Rows) -> Array:
        """The present plans and those considered beside them, shape (4, 1 + breadth, rows)."""
        k = len(PLAN)
        draws = self.streams.draw(
            Purpose.SEARCH, self.month, rows, self.n, lambda rng, m: search.look_around(rng, self.breadth, k, m)
        )
        plans = search.alternatives(self.plan[:, rows], draws, self.step_size, SPACE)
        met = self.streams.draw(Purpose.IMITATION, self.month, rows, self.n, self._meet)
        imitators = np.flatnonzero(met[0] >= 0)
        if len(imitators):
            peers = met[:, imitators]
            richest = self.pay[peers].argmax(axis=0)
            plans[:, -1, imitators] = self.plan[:, peers[richest, np.arange(len(imitators))]]
        return plans

    def _meet(self, generator: np.random.Generator, m: int) -> npt.NDArray[np.intp]:
        """Rows of the peers whom m factories meet, shape (PEERS_MET, m); -1 for those who imitate nobody this month."""
        imitates = generator.random(m) < self.imitation
        peers = generator.integers(0, self.n, size=(PEERS_MET, m))
        return np.where(imitates, peers, -1)

    def _output(self, plans: Array, productivity: Any, rows: Rows) -> tuple[Report, Array]:
        """Output a month of plans of factories in `rows`, and each nail's suitability for its trust."""
        length, diameter, finish, effort = plans
        trust = self.trust[rows]
        mass_g = mass(length, diameter)
        count = nails_made(mass_g, finish, effort, productivity, self.steel_quota_kg)
        boards, needs = self.construction.board_mm, self.construction.need_kn
        suits = suitability(length, diameter, finish, boards[trust], needs[trust])
        return Report(count, count * mass_g / 1000, count * suits), suits

    def _pay(self, order: Order, expected: Report, suits: Array, effort: Array, new_design: Any = False) -> Pay:
        return pay(
            order, expected, suits, effort, new_design,
            pride=self.pride, effort_cost=self.effort_cost, retooling=self.retooling,
        )  # fmt: skip

    def _first_plan(self, finish: float, effort: float) -> Array:
        return np.array([self.first_length_mm, self.first_diameter_mm, np.full(self.n, finish), np.full(self.n, effort)])

    def _in_blocks(self, work: Callable[[Rows], None]) -> None:
        """Do `work` on every block of rows, on several threads where that pays."""
        blocks = [slice(a, min(a + self.block_rows, self.n)) for a in range(0, self.n, self.block_rows)]
        threads = self.threads or (os.cpu_count() or 1 if self.n >= THREADS_FROM else 1)
        if threads == 1 or len(blocks) == 1:
            _each(work, blocks)
        else:
            with ThreadPoolExecutor(threads) as pool:
                for done in [pool.submit(_each, work, blocks[k::threads]) for k in range(threads)]:
                    done.result()


def _each(work: Callable[[Rows], None], blocks: list[slice]) -> None:
    for rows in blocks:
        work(rows)


def _lognormal(streams: Streams, purpose: Purpose, month: int, rows: Rows, n: int, sd: float) -> Array:
    """Lognormal draws with mean 1 and `sd` of the log."""
    normal = streams.draw(purpose, month, rows, n, lambda rng, m: rng.standard_normal(m))
    return np.exp(sd * normal - sd * sd / 2)
