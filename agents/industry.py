"""The nail industry: every factory's state as a NumPy column, and a month of all of them at once."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents import outlook, search
from agents.construction import Construction
from agents.pay import NOTHING, Pay, pay
from agents.streams import STREAM_ROWS, Purpose, Rows, Streams
from incentives.order import Order
from incentives.report import Report
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail, mass
from nails.joint import grip, workmanship
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, nails_by_hours, within_quota

type Array = npt.NDArray[np.float64]

PLAN = ("length_mm", "diameter_mm", "finish", "effort")  # the rows of Industry.plan; where factories can pad, a fifth
BOUNDS = (LENGTH_RANGE_MM, DIAMETER_RANGE_MM, (0.0, 1.0), (0.0, 1.0))
LOW, HIGH = np.array(BOUNDS).T[..., None, None]  # of the plan, shape (4, 1, 1)
N_DESIGN = 2  # length and diameter need new tools
FIRST_FINISH, FIRST_EFFORT = 0.9, 0.3  # a decent nail made without haste
BLOCK_ROWS = 16_384  # most rows computed at a time: in small blocks threads wait for each other (benchmarks/month.py --blocks)
THREADS_FROM = 8_192  # with fewer factories threads cost more than they gain (benchmarks/month.py --blocks)


# glibc gives freed memory back to the system, and a block's temporaries then fault their pages in again, month by month, until
# something large has been freed once. That nearly doubles a month of 10,000 factories. These pages are never touched.
_freed_once = np.empty(31 << 20, np.uint8)
del _freed_once


class Prospect(NamedTuple):
    """What plans promise whatever a month's luck, arrays of one shape."""

    by_hours: Array  # nails that the hours allow in a month of ordinary luck
    mass_g: Array
    suits: Array  # suitability for the factory's own trust

    def report(self, steel_quota_kg: float, luck: Any = None) -> Report:
        """The month's output, at ordinary luck unless given."""
        by_hours = self.by_hours if luck is None else luck * self.by_hours
        count = within_quota(by_hours, self.mass_g, steel_quota_kg)
        # Not from count, so that the quota is met exactly.
        weight_kg = np.minimum(by_hours * self.mass_g / 1000.0, steel_quota_kg)
        return Report(count, weight_kg, count * self.suits)


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
    rows); with a `padding_limit` above 0 a fifth row is padding, the share of their output that they claim and did not make.
    The other columns have shape (n,): `skill` (1 is standard), `trust` (which one each supplies), `pay` (what was
    expected of the present plan, without retooling), `first_length_mm` and `first_diameter_mm`. `report` is last month's,
    `made` what there is of it in truth (the same, but for padding and noise), `norm` the engineers' report of an ordinary month:
    first nail, standard skill, no haste; all three are read-only. Ask for a column anew each month: a revision makes new ones.
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
        capability: float | None,
        steel_quota: float,
        skill_sd: float,
        shock_sd: float,
        padding_limit: float = 0.0,
        discount: float | None = None,
        growth: float = 0.0,
        ratchet: float = 0.0,
        plan_year: bool = False,
        impatience: float = 0.0,
        orders: float = 0.0,
        report_noise: float = 0.0,
        readings: int = 1,
        quantile: float | None = None,
        threads: int | None = None,
        block_rows: int = BLOCK_ROWS,
    ):
        self.construction, self.streams = construction, streams
        self.pride, self.effort_cost, self.retooling = pride, effort_cost, retooling
        self.breadth, self.step_size, self.imitation = breadth, step_size, imitation
        self.capability, self.shock_sd = capability, shock_sd
        self.padding_limit, self.orders, self.quantile = padding_limit, orders, quantile
        self.report_noise, self.readings = report_noise, readings
        self._low, self._high = LOW, HIGH
        if padding_limit:
            self._low, self._high = (np.append(bound, [[[end]]], axis=0) for bound, end in ((LOW, 0.0), (HIGH, padding_limit)))
        self.worth = Order.bonus_for
        if discount is not None or plan_year:
            ahead = {"discount": discount, "growth": growth, "ratchet": ratchet, "impatience": impatience}
            self.worth = partial(outlook.worth, **ahead)
        self.threads, self.block_rows = threads, block_rows
        self.n, self.month = n_factories, 0

        everyone = slice(0, self.n)
        self.trust = np.arange(self.n) % len(construction.board_mm)
        self.skill = _lognormal(streams, Purpose.SKILL, 0, everyone, self.n, skill_sd)
        first = nearest_size(*ideal_nail(construction.board_mm))
        self.first_length_mm, self.first_diameter_mm = (size[self.trust] for size in first)

        best_month = self._prospect(self._first_plan(1.0, 1.0), 1.0, everyone).report(np.inf)
        construction.plan_programme(self.trust, best_month.joints)
        self.steel_quota_kg = steel_quota * float(best_month.weight_kg.mean())

        self._plan = self._first_plan(FIRST_FINISH, FIRST_EFFORT)
        self._next_plan = np.empty_like(self._plan)
        ordinary = self._prospect(self._plan, 1.0, everyone)
        self.norm = ordinary.report(self.steel_quota_kg).sealed()
        self.pay = self._pay(Order(), self.norm, self._plan, ordinary.suits, everyone).running
        self._next_pay = np.empty(self.n)
        self._chosen = Prospect(*np.empty((3, self.n)))
        self._chosen_stands = False
        self.report = self.made = Report(*np.zeros((3, self.n))).sealed()
        self._led: tuple[npt.NDArray[np.intp], Callable[[Order], Array]] | None = None

    @property
    def plan(self) -> Array:
        """Every factory's plan, shape (4, n), to read and to change."""
        self._chosen_stands = False  # whoever asks for it may write into it
        return self._plan

    @property
    def padding(self) -> Array:
        """Share of its output that each factory claims and did not make, shape (n,)."""
        return self.plan[len(PLAN)] if self.padding_limit else np.zeros(self.n)

    def revise(self, order: Order, rows: Any = None) -> None:
        """Let the factories, or those in `rows`, look around their plans and take what pays best under `order`.

        They act on last month's state, all at once: none sees what another chooses this month. Called row by row, as by
        `factories.do("revise")`, those who come later see what those before them chose.
        """
        led = self._plans_of_led(order) if rows is None else None  # before anybody moves
        if rows is None:
            self._in_blocks(lambda block: self._revise(order, block))
        else:
            self._next_plan[:], self._next_pay[:] = self._plan, self.pay
            self._revise(order, np.unique(np.atleast_1d(rows)))
        self._plan, self._next_plan = self._next_plan, self._plan
        self.pay, self._next_pay = self._next_pay, self.pay
        self._chosen_stands = rows is None
        if led is not None:
            self._take(order, *led)

    def lead(self, rows: Any, plans: Callable[[Order], Array]) -> None:
        """Decide for the factories in `rows`, who from now on take `plans(order)`, shape (4, rows), and do not look around.

        It is asked each month when the others revise, and sees what they see. What cannot be made is clipped.
        """
        self._led = np.unique(np.atleast_1d(rows)), plans

    def peers_met(self, rows: Rows) -> Any:
        """Which factories those in `rows` meet this month, shape (peers, rows)."""
        return self._look(rows).peers

    def produce(self) -> Report:
        """Make a month's nails to plan, with the month's luck, and report them."""
        everyone = slice(0, self.n)
        luck = _lognormal(self.streams, Purpose.SHOCK, self.month, everyone, self.n, self.shock_sd)
        if not self._chosen_stands:  # else what the plans promise is known from choosing them
            self._in_blocks(lambda rows: self._keep(rows, self._prospect(self._plan[:, rows], self.skill[rows], rows)))
        self.made = self._chosen.report(self.steel_quota_kg, luck).sealed()
        self.report = self._reported(self.made)
        self.month += 1
        return self.report

    def pay_terms(self, order: Order, plans: Array, rows: Rows) -> Pay:
        """What factories in `rows` would be paid for `plans`, shape (4, ..., rows), term by term."""
        new_design = _is_new(plans, self._plan[:N_DESIGN, rows])
        return self._pay_for(order, plans, self._prospect(plans, self.skill[rows], rows), rows, new_design)

    def earned(self, order: Order, rows: Rows, design_before: Array) -> Pay:
        """What factories in `rows` were paid for last month as it was, luck and all, term by term.

        `order` is last month's, `design_before` the length and diameter [mm], shape (2, rows), that they had before it.
        """
        order, made, plans = order.of(rows), self.made[rows], self._plan[:, rows]
        new_design = _is_new(plans, design_before)
        terms = self._pay(order, made, plans, made.joints / made.count, rows, new_design)
        return terms._replace(bonus=order.bonus_for(self.report[rows]))  # for what was read, and without looking ahead

    def _plans_of_led(self, order: Order) -> tuple[Rows, Array] | None:
        """The factories that are led, and what plans they are given, shape (4, rows)."""
        if self._led is None:
            return None
        rows, lead = self._led
        plans, numbers = np.array(lead(order), dtype=float), len(self._plan)
        if plans.shape != (numbers, len(rows)) or not np.isfinite(plans).all():
            raise ValueError(f"lead: got plans {plans.tolist()}; it takes {numbers} rows of {len(rows)} finite numbers")
        return rows, search.within(plans[:, None], *self.bounds(rows))[:, 0]

    def _take(self, order: Order, rows: Rows, plans: Array) -> None:
        """Give factories in `rows` plans, shape (4, rows), in place of those that they chose."""
        prospect = self._prospect(plans, self.skill[rows], rows)
        self._plan[:, rows], self.pay[rows] = plans, self._pay_for(order, plans, prospect, rows).running
        self._keep(rows, prospect)

    def _keep(self, rows: Rows, prospect: Any) -> None:
        """Note what the plans of factories in `rows` promise, each array of shape (rows,)."""
        for column, values in zip(self._chosen, prospect, strict=True):
            column[rows] = values

    def _revise(self, order: Order, rows: Rows) -> None:
        """One block's revision: reads the state of last month, and writes next month's."""
        plans = self._alternatives(rows)
        new_design = _is_new(plans, self._plan[:, rows])
        prospect = self._prospect(plans, self.skill[rows], rows, new_design)
        pay = self._pay_for(order, plans, prospect, rows, new_design)
        running = pay.running
        total = running + pay.retooling
        if self.quantile is None:
            best, self._next_pay[rows], *chosen = search.best(plans, total, running, *prospect)
        else:
            (mood,) = self.streams.draw(Purpose.CHOICE, self.month, rows, self.n, lambda rng, m: (rng.random(m),))
            which = search.one_of_the_best(self.quantile, total, mood)
            best, self._next_pay[rows], *chosen = search.taken(which, plans, running, *prospect)
        self._next_plan[:, rows] = best
        self._keep(rows, chosen)

    def _alternatives(self, rows: Rows) -> Array:
        """The present plans and those considered beside them, shape (4, 1 + breadth, rows)."""
        look = self._look(rows)
        plans = search.alternatives(self._plan[: len(PLAN), rows], look, self.step_size, N_DESIGN)
        if self.padding_limit:
            size = self.breadth
            draws = self.streams.draw(
                Purpose.PADDING, self.month, rows, self.n, lambda rng, m: (rng.standard_normal((size, m)),)
            )
            plans = search.further(plans, self._plan[len(PLAN), rows], self.step_size, *draws)
        plans = search.imitate(plans, look, self.imitation, self._plan, self.pay)
        return search.within(plans, *self.bounds(rows))

    def _look(self, rows: Rows) -> search.Look:
        """Where those in `rows` look this month, and whom they meet."""
        look_around = partial(search.look_around, k=len(PLAN), breadth=self.breadth, n_rows=self.n)
        return search.Look(*self.streams.draw(Purpose.SEARCH, self.month, rows, self.n, look_around))

    def bounds(self, rows: Rows) -> tuple[Array, Array]:
        """Lowest and highest plan that factories in `rows` can make: the machine's range, and what their capability reaches."""
        if self.capability is None:
            return self._low, self._high
        first = np.stack([self.first_length_mm[rows], self.first_diameter_mm[rows]])[:, None]
        low, high = (np.repeat(bound, first.shape[-1], axis=-1) for bound in (self._low, self._high))
        least, most = LOW[:N_DESIGN], HIGH[:N_DESIGN]  # the machine's, which holds where a first nail was set beyond it
        low[:N_DESIGN] = (first / self.capability).clip(least, most)
        high[:N_DESIGN] = (first * self.capability).clip(least, most)
        return low, high

    def _prospect(self, plans: Array, productivity: Any, rows: Rows, new_design: Any = None) -> Prospect:
        """What plans promise to factories in `rows`, shape (4, ..., rows); `new_design`, for `_grip`, if it is known."""
        length, diameter, finish, effort = plans[: len(PLAN)]
        mass_g = mass(length, diameter)
        by_hours = nails_by_hours(mass_g, finish, effort, productivity)
        return Prospect(by_hours, mass_g, self._grip(length, diameter, rows, new_design) * workmanship(finish))

    def _grip(self, length: Array, diameter: Array, rows: Rows, new_design: Any = None) -> Array:
        """Grip of designs, shape (..., rows), in the boards of each factory's trust.

        Where `new_design`, shape (1 + breadth, rows), says which are not the present one, which comes first, the others share what
        is worked out for it.
        """
        trust = self.trust[rows]
        boards, needs = self.construction.board_mm.take(trust), self.construction.need_kn.take(trust)
        if new_design is None:
            return grip(length, diameter, boards, needs)
        other = new_design.copy()
        other[0] = True
        at = other.ravel().nonzero()[0]
        board, need, of_all = np.empty(other.shape), np.empty(other.shape), np.empty(other.shape)
        board[:], need[:] = boards, needs
        grips = grip(length.take(at), diameter.take(at), board.take(at), need.take(at))
        of_all[:] = grips[: len(trust)]
        of_all.ravel()[at] = grips
        return of_all

    def _pay_for(self, order: Order, plans: Array, prospect: Prospect, rows: Rows, new_design: Any = False) -> Pay:
        return self._pay(order.of(rows), prospect.report(self.steel_quota_kg), plans, prospect.suits, rows, new_design)

    def _pay(self, order: Order, expected: Report, plans: Array, suits: Array, rows: Rows, new_design: Any = False) -> Pay:
        """What factories in `rows` expect of plans, shape (4, ..., rows), that make `expected`."""
        claimed, fine, orders = expected, NOTHING, NOTHING
        if self.padding_limit:
            claimed = expected.padded(plans[len(PLAN)])
            fine = -order.fine_for(claimed, expected)
        if self.orders:
            orders = self.orders * self.construction.share_of_order(expected.joints, self.trust[rows])
        return pay(
            order, claimed, suits, plans[3], new_design, pride=self.pride, effort_cost=self.effort_cost,
            retooling=self.retooling, fine=fine, orders=orders, worth=self.worth,
        )  # fmt: skip

    def _reported(self, made: Report) -> Report:
        """What the factories report of a month: what they claim, as far as it can be read; read-only."""
        if self.padding_limit:
            made = made.padded(self._plan[len(PLAN)]).sealed()
        if not self.report_noise:
            return made
        sd = self.report_noise

        def read(rng: np.random.Generator, m: int) -> tuple[Array]:
            return (np.exp(sd * rng.standard_normal((self.readings, 2, m)) - sd * sd / 2).mean(axis=0),)

        ((count, weight),) = self.streams.draw(Purpose.NOISE, self.month, slice(0, self.n), self.n, read)
        return Report(made.count * count, made.weight_kg * weight, made.joints).sealed()

    def _first_plan(self, finish: float, effort: float) -> Array:
        habits = [finish, effort] + [0.0] * bool(self.padding_limit)
        return np.array([self.first_length_mm, self.first_diameter_mm, *(np.full(self.n, habit) for habit in habits)])

    def _in_blocks(self, work: Callable[[Rows], None]) -> None:
        """Do `work` on all rows in blocks of whole streams, of `block_rows` at most, on several threads where that pays."""
        if self.n <= STREAM_ROWS:
            work(slice(0, self.n))
            return
        threads = self.threads or (_cores() if self.n >= THREADS_FROM else 1)
        streams = -(-self.n // (threads * STREAM_ROWS))  # a thread's share
        size = min(self.block_rows, streams * STREAM_ROWS)
        blocks = [slice(a, min(a + size, self.n)) for a in range(0, self.n, size)]
        if threads == 1 or len(blocks) == 1:
            _each(work, blocks)
            return
        with ThreadPoolExecutor(threads - 1) as pool:
            others = [pool.submit(_each, work, blocks[k::threads]) for k in range(1, threads)]
            _each(work, blocks[::threads])
            for other in others:
                other.result()


def _cores() -> int:
    """Cores that this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _each(work: Callable[[Rows], None], blocks: list[slice]) -> None:
    for rows in blocks:
        work(rows)


def _is_new(plans: Array, present: Array) -> npt.NDArray[np.bool_]:
    """Whether plans, shape (2 or more, ..., rows), have another length or diameter than the present one, shape (2 or more, rows)."""
    return (plans[0] != present[0]) | (plans[1] != present[1])


def _lognormal(streams: Streams, purpose: Purpose, month: int, rows: Rows, n: int, sd: float) -> Array:
    """Lognormal draws with mean 1 and `sd` of the log."""
    (normal,) = streams.draw(purpose, month, rows, n, lambda rng, m: (rng.standard_normal(m),))
    return np.exp(sd * normal - sd * sd / 2)
