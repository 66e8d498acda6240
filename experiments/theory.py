"""Does theory hold in it? Thirteen closed forms and limits that the bonuses, targets and search of the economy must obey.

Each function below puts agents in the setting of one result. They are paid through `incentives`, choose through
`agents.search`, and where they end is compared with what theory predicts. T2, T13 and the second half of T3 run in the nail
economy; the others are stylised: output is effort, and the prediction is a line of algebra. docs/theory.md explains each.

    nailworks validate                  # or this file by its path
    nailworks validate --only T5

Intervals are set before anything runs, from the number of samples n: four standard errors sd/sqrt(n), with the sd that theory
gives or bounds; plus the last step of a search (FINE; in the nail economy, step_size), to which its end is known; over
economies, the order statistics that hold the median with 99 %.
"""

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import NormalDist
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console, Group
from rich.progress import track
from rich.table import Table

from agents import search
from agents.industry import BOUNDS, N_DESIGN
from analysis.goodhart import goodhart_gap, index
from experiments.command import command_line, one_line_errors
from experiments.lab.files import write_whole
from incentives.bonus import BONUSES, NewSoviet, PieceRate, per_unit, weighted
from incentives.hints import did_you_mean
from incentives.report import Report
from incentives.targets import ratcheted
from model.economy import NailEconomy
from model.parameters import read_parameters

type Array = npt.NDArray[np.float64]

Quick = Annotated[bool, typer.Option("--quick", help="Fewer samples: within a minute.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the table, theory.csv.", show_default=False)]
Seeds = Annotated[int | None, typer.Option(help="Economies for rows over seeds; makes it a quick run.", show_default=False)]
Only = Annotated[str | None, typer.Option(metavar="ID", help="One result, for instance T5.", show_default=False)]

ROOT_SEED = 0
FINE = 0.005  # last step of a search: where it ends is known to that
SHARP = 1e-5  # the same for those whose choices somebody else's choice depends on
ERRORS = 4.0  # standard errors in an interval: one row in 16,000 fails by chance
BLOCK = 1000  # agents who look around at a time, to save memory
NORMAL = NormalDist()


@dataclass(frozen=True)
class Size:
    """How much is simulated: independent agents a statistic, and economies."""

    agents: int
    seeds: int


FULL, QUICK = Size(agents=40_000, seeds=20), Size(agents=10_000, seeds=8)
FEWEST_SEEDS = 8  # with fewer no two order statistics hold the median with 99 %


@dataclass(frozen=True)
class Result:
    """One comparison: what theory says of a case, and what came of it, with its interval.

    `relation` is how they must stand: "=" (the interval holds the prediction), "<=" or ">=" (all of it on that side).
    """

    id: str
    case: str
    predicted: float
    simulated: float
    low: float
    high: float
    relation: str = "="

    @property
    def holds(self) -> bool:
        """Whether theory holds; what is no number does not."""
        low_enough = self.low <= self.predicted if self.relation == "=" else self.high <= self.predicted
        high_enough = self.high >= self.predicted if self.relation == "=" else self.low >= self.predicted
        return {"=": low_enough and high_enough, "<=": low_enough, ">=": high_enough}[self.relation]


type Simulate = Callable[[Size, float], Iterator[Result]]


@dataclass(frozen=True)
class Theory:
    """A result from the literature, and the function that simulates it.

    `simulate(size, off)` has a contract that is `off` (a share, 0 but in tests) away from the one the prediction is for.
    """

    title: str
    source: str
    setting: str
    simulate: Simulate


def validate(quick: bool = False, only: str | None = None, seeds: int | None = None) -> list[Result]:
    """Simulate every result, or `only` one of them, and compare it with theory.

    `seeds` is the number of economies for rows over seeds, 20 by default, and 8 where `quick`.
    Raises a ValueError of one line for an id that is not in THEORIES.
    """
    size = QUICK if quick else FULL
    if seeds is not None:
        size = Size(size.agents, max(seeds, FEWEST_SEEDS))
    results: list[Result] = []
    for id in _reported([known(only)] if only else list(THEORIES)):
        results += THEORIES[id].simulate(size, 0.0)
    return results


def known(id: str) -> str:
    """The id of a theory; a ValueError of one line that suggests the nearest, where there is none.

    >>> known("t5")
    'T5'
    """
    if id.upper() in THEORIES:
        return id.upper()
    raise ValueError(f"{id}: is no result of theory; {did_you_mean(id.upper(), THEORIES)}it takes T1 to T{len(THEORIES)}")


# How agents choose, and how intervals are set: the same for every result.


def settle(
    pay: Callable[[Array], Array],
    start: Array,
    generator: np.random.Generator,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    wide: float = 0.5,
    fine: float = FINE,
    months: int = 100,
    breadth: int = 16,
    stay: bool = True,
) -> Array:
    """Where m agents end who begin with plans `start`, shape (k, m), and climb through agents.search.

    `pay` takes plans, shape (k, alternatives, m), and gives what each agent is paid for each. Steps shrink from `wide` to
    `fine`. Without `stay` an agent may not keep the plan it has.
    """
    plan, (k, m) = start, start.shape
    for step_size in np.geomspace(wide, fine, months):
        look = search.look_around(generator, m, k=k, breadth=breadth, n_rows=m)
        plans = search.alternatives(plan, look, float(step_size), n_design=0)
        plans = search.within(plans, np.array(low), np.array(high))[:, 0 if stay else 1 :]
        (plan,) = search.best(plans, pay(plans))
    return plan


def one_look(pay: Callable[[Array], Array], k: int, n: int, agents: int, generator: np.random.Generator) -> Array:
    """What agents take of n plans that they must choose from, k independent standard normals each; shape (k, agents)."""
    look = partial(settle, pay, np.zeros((k, BLOCK)), generator, wide=1.0, months=1, breadth=n, stay=False)
    return np.concatenate([look() for _ in range(agents // BLOCK)], axis=1)


def about(id: str, case: str, predicted: float, simulated: float, half: float, relation: str = "=") -> Result:
    """A result whose interval is `half` to each side."""
    return Result(id, case, predicted, float(simulated), float(simulated) - half, float(simulated) + half, relation)


def over_seeds(id: str, case: str, predicted: float, values: list[float], relation: str = "=") -> Result:
    """A result over economies: the median, between order statistics that hold it with 99 %, whatever the distribution."""
    n, ordered = len(values), sorted(values)
    outside = [2 * sum(math.comb(n, i) for i in range(rank)) / 2**n for rank in range(n // 2)]
    rank = max(rank for rank, chance in enumerate(outside) if chance <= 0.01)
    rounding = 1e-9
    low, high = ordered[rank - 1] - rounding, ordered[n - rank] + rounding
    return Result(id, case, predicted, float(np.median(ordered)), low, high, relation)


def error(sd: float, n: int) -> float:
    """Half an interval: ERRORS standard errors of a mean of n."""
    return ERRORS * sd / math.sqrt(n)


def stream(id: str) -> np.random.Generator:
    """The random numbers of one result."""
    return np.random.default_rng([ROOT_SEED, int(id.removeprefix("T"))])


def greatest_of(n: int) -> tuple[float, float]:
    """Mean and variance of the greatest of n standard normals, by quadrature.

    >>> [round(x, 3) for x in greatest_of(2)]
    [0.564, 0.682]
    """
    x = np.linspace(-9, 9, 20_001)
    below = np.array([NORMAL.cdf(value) for value in x])
    weights = np.diff(below**n)
    middle = (x[1:] + x[:-1]) / 2
    mean = float(weights @ middle)
    return mean, float(weights @ middle**2) - mean**2


# T1 to T4: the four ways in which a measure goes bad.


def regressional(size: Size, off: float) -> Iterator[Result]:
    """T1. The contract pays for value plus error; off: for more of the error."""
    generator, rho, means = stream("T1"), 1 / math.sqrt(2), []
    for n in (4, 16, 64, 256):
        proxy = partial(weighted, weights=[1.0, 1.0 + off])
        value, _ = one_look(lambda plans, proxy=proxy: BONUSES["linear"](proxy(plans), 1.0), 2, n, size.agents, generator)
        greatest, spread = greatest_of(n)
        means.append(float(value.mean()))
        half = error(math.sqrt(rho**2 * spread + 1 - rho**2), size.agents)
        yield about("T1", f"best-looking of {n}: its value", rho * greatest, means[-1], half)
    rise = min(np.diff(means))
    yield about("T1", "least rise of value, from n to 4 n", 0.0, rise, error(math.sqrt(2), size.agents), ">=")


def extremal(size: Size, off: float) -> Iterator[Result]:
    """T2. The nail economy with no quota and no retooling; off: the share of the plan that is audited real use."""
    ends: dict[tuple[str, float | None], list[float]] = {}
    month = 200
    for capability in (2.0, 4.0, None):  # how far from its first nail a factory can go; None: the machine's whole range
        for seed in range(size.seeds // 4):
            economy = NailEconomy(
                rng=ROOT_SEED + seed, schedule={0: "count", month: "weight"}, horizon=2 * month, capability=capability,
                steel_quota=1e9, retooling=0.0, pride=0.0, audit_share=off,
            )  # fmt: skip
            for metric, side in (("count", 0), ("weight", 1)):
                while economy.month < month * (side + 1):
                    economy.step()
                distance = float(np.abs(np.log(economy.industry.plan[:N_DESIGN] / corner(economy, side))).mean())
                ends.setdefault((metric, capability), []).append(distance)
    step = read_parameters().step_size
    for (metric, capability), distances in ends.items():
        reach = f"within {capability:g} × of the first" if capability else "the machine's whole range"
        yield about("T2", f"{'' if metric == 'count' else 'then '}{metric}, {reach}", 0.0, max(distances), step)


def corner(economy: NailEconomy, side: int) -> Array:
    """The smallest (side 0) or largest (side 1) length and diameter [mm] that each factory can make, shape (2, n)."""
    industry = economy.industry
    bound = np.array([limits[side] for limits in BOUNDS[:N_DESIGN]])[:, None]
    if industry.capability is None:
        return bound
    first = np.stack([industry.first_length_mm, industry.first_diameter_mm])
    reach = industry.capability if side else 1 / industry.capability
    return np.minimum(first * reach, bound) if side else np.maximum(first * reach, bound)


def causal(size: Size, off: float) -> Iterator[Result]:
    """T3. Metric = cause + error + what is set by hand + work; value = cause + work. Off: part of the score is value itself.

    Then the nail economy, where skill, luck and effort cause count and use alike; off: an audited share.
    """
    generator, m = stream("T3"), size.agents // 4
    cause, noise, aim = generator.standard_normal((3, m))
    targets = 8.0 + aim  # above any natural score, and independent of the cause
    watched = 1 / math.sqrt(2)
    seen = float(np.corrcoef(cause + noise, cause)[0, 1])
    yield about("T3", "watched: correlation with value", watched, seen, error(1 - watched**2, m))

    def pay(plans: Array) -> Array:
        set_by_hand, work = plans
        metric, value = cause + noise + set_by_hand + work, cause + work
        score = weighted([metric, value], [1 - off, off])
        return BONUSES["capped"](score, targets) - 0.01 * np.abs(set_by_hand) - np.abs(work)

    set_by_hand, work = settle(pay, 0.3 * generator.standard_normal((2, m)), generator, wide=2.0)
    seen = float(np.corrcoef(cause + noise + set_by_hand + work, cause + work)[0, 1])
    yield about("T3", "set by hand: the same", 0.0, seen, error(1.0, m))
    yield about("T3", "set by hand: how far value moves", 0.0, float(np.abs(work).mean()), 2 * FINE)

    before, after = [], []
    for seed in range(size.seeds):
        months = NailEconomy(rng=ROOT_SEED + seed, metric="count", audit_share=off, horizon=96).run().months
        before.append(float(months["correlation_count"].to_numpy()[12:24].mean()))
        after.append(float(months["correlation_count"].to_numpy()[84:96].mean()))
    yield over_seeds("T3", "nails, watched: rank corr. with use", 0.0, before, ">=")
    yield over_seeds("T3", "nails, count the target: the same", 0.0, after, "<=")


def adversarial(size: Size, off: float) -> Iterator[Result]:
    """T4. A threshold bonus of 1, and a penalty expected for each unit of padding; off: a greater target."""
    generator, m = stream("T4"), size.agents // 10
    true = (np.arange(m) + 0.5) / m
    for penalty in (4.0, 20.0):

        def pay(plans: Array, penalty: float = penalty) -> Array:
            (padding,) = plans
            return BONUSES["threshold"](true + padding, 1.0 + off) - penalty * padding

        (padding,) = settle(pay, np.zeros((1, m)), generator, low=0.0, breadth=32)
        claims = (true + padding)[padding > 0]
        name = f"penalty {penalty:g}"
        yield about("T4", f"{name}: least output that pads", 1 - 1 / penalty, 1 - len(claims) / m, FINE + 1 / m)
        claimed = float(claims.mean()) if len(claims) else math.nan
        yield about("T4", f"{name}: what those claim", 1.0, claimed, FINE)


# T5 to T7: how factories answer the planner's schemes.


def bunching(size: Size, off: float) -> Iterator[Result]:
    """T5. A piece rate w, a prize B for the plan T = 1, and cost y^2/(2 theta); off: a greater piece rate."""
    generator, m, (w, prize, plan) = stream("T5"), size.agents // 10, (1.0, 0.05, 1.0)
    least, most = 0.6, 1.2
    theta = least + (most - least) * (np.arange(m) + 0.5) / m
    bonus = PieceRate(rate=w * plan * (1 + off), prize=prize)
    (y,) = settle(
        lambda plans: bonus(plans[0], plan) - plans[0] ** 2 / (2 * theta), np.full((1, m), 0.86), generator, breadth=32
    )
    lowest = ((math.sqrt(2 * prize + 4 * w * plan) - math.sqrt(2 * prize)) / (2 * w)) ** 2
    at_plan = theta[np.abs(y - plan) < FINE]
    ends = (at_plan.min(), at_plan.max()) if len(at_plan) else (math.nan, math.nan)
    grid = (most - least) / m
    yield about("T5", "least skill that bunches at the plan", lowest, ends[0], 2 * FINE + grid)
    yield about("T5", "greatest skill that bunches", plan / w, ends[1], 2 * FINE + grid)
    hole = (y > w * lowest + 2 * FINE) & (y < plan - FINE)
    yield about("T5", "share of factories in the hole below", 0.0, float(hole.mean()), FINE)


def ratchet(size: Size, off: float) -> Iterator[Result]:
    """T6. b (y - q), q' = q + lambda (y - q), cost y^2/2, b = 1; a plan is this year's effort and all later years'. Off: b."""
    generator, m, years = stream("T6"), 64, 100

    def pay(plans: Array, adjustment: float, factor: float) -> Array:
        this_year, later = plans
        target, total = np.ones_like(this_year), np.zeros_like(this_year)
        for year in range(years):
            effort = later if year else this_year
            total += factor**year * ((1 + off) * per_unit(BONUSES["linear"], effort, target) - effort**2 / 2)
            if factor == 0:
                break
            target = ratcheted(target, effort, 0.0, growth=0.0, ratchet=adjustment)
        return total

    for adjustment, discount in ((0.5, 0.1), (0.5, 0.5), (0.2, 0.1)):
        terms = partial(pay, adjustment=adjustment, factor=1 / (1 + discount))
        efforts = settle(terms, generator.uniform(0.5, 2.0, (2, m)), generator, low=0.01, breadth=8, months=60)
        case = f"lambda {adjustment}, r {discount}: effort "
        for name, effort in zip(("now", "later"), efforts, strict=True):
            yield about("T6", case + name, 1 / (1 + adjustment / discount), float(effort.mean()), FINE)
    myopic = settle(
        partial(pay, adjustment=0.5, factor=0.0), generator.uniform(0.1, 0.5, (2, m)), generator, low=0.01, months=60
    )
    yield about("T6", "myopic: effort now", 1.0, float(myopic[0].mean()), FINE)


def announcing(size: Size, off: float) -> Iterator[Result]:
    """T7. A factory sets its own target before it knows its luck; off: a greater slope on the target."""
    generator, m, n = stream("T7"), size.agents // 100, 200
    for sd, slopes in ((0.25, (0.5, 1.0, 1.5)), (0.25, (0.5, 1.0, 3.0)), (0.0, (0.9, 1.0, 1.1))):
        above, planned, below = slopes
        bonus = NewSoviet(above, planned * (1 + off), below)
        skill = generator.lognormal(0.0, 0.25, m)
        luck = sd * generator.standard_normal((n if sd else 1, 1, m))
        outputs = skill * np.exp(luck)

        def pay(plans: Array, bonus: NewSoviet = bonus, outputs: Array = outputs) -> Array:
            return per_unit(bonus, outputs, plans[0]).mean(axis=0)

        start = skill * generator.uniform(0.4, 2.0, (1, m))
        (said,) = settle(pay, start, generator, low=0.01, high=10.0, breadth=8, months=60)
        name = f"slopes {above:g}, {planned:g}, {below:g}{'' if sd else ', no luck'}: "
        if sd:
            quantile = (planned - above) / (below - above)
            found = float(np.mean([NORMAL.cdf(x) for x in np.log(said / skill) / sd]))
            half = error(math.sqrt(quantile * (1 - quantile)), n * m) + 1 / n + FINE * NORMAL.pdf(0) / sd
            yield about("T7", name + "quantile", quantile, found, half)
        else:
            yield about("T7", name + "said over true", 1.0, float((said / skill).mean()), 2 * FINE)


# T8 to T12: several tasks and several metrics.


def planners_best(surplus: Callable[[Array], Array], generator: np.random.Generator) -> tuple[float, float]:
    """The bonus that planners settle on, who see what surplus the factories' answer leaves, and that surplus.

    `surplus` takes bonuses of any shape.
    """
    start = generator.uniform(0.0, 2.0, (1, 2))
    (bonus,) = settle(lambda plans: surplus(plans[0]), start, generator, months=40, breadth=8)
    return float(bonus.mean()), float(surplus(bonus).mean())


def distortion(size: Size, off: float) -> Iterator[Result]:
    """T8. Value f.x, metric g.x, cost |x|^2/2, two tasks; off: a greater weight on the first task."""
    generator, f, g = stream("T8"), np.array([1.0, 1.0]), np.array([1.0, 0.25])
    paid_for = g * [1 + off, 1]

    def surplus(bonus: Array) -> Array:
        rate = bonus.ravel()

        def pay(x: Array) -> Array:
            return rate * BONUSES["linear"](weighted(x, paid_for), 1.0) - weighted(x * x, [0.5, 0.5])

        x = settle(pay, np.zeros((2, rate.size)), generator, fine=SHARP, months=120)
        return (weighted(x, f) - weighted(x * x, [0.5, 0.5])).reshape(bonus.shape)

    cos = float(f @ g) / math.sqrt(f @ f * (g @ g))
    bonus, left = planners_best(surplus, generator)
    yield about("T8", "best bonus", math.sqrt(f @ f / (g @ g)) * cos, bonus, FINE)
    yield about("T8", "its surplus over the greatest possible", cos**2, left / float(f @ f / 2), FINE)


def multitask(size: Size, off: float) -> Iterator[Result]:
    """T9. Task 1 is measured with noise, task 2 is not; the cost has a cross term v. Off: a greater weight on the metric."""
    generator = stream("T9")
    for v in (0.0, 0.5, 0.9):

        def surplus(bonus: Array, v: float = v) -> Array:
            rate = bonus.ravel()

            def cost(x: Array) -> Array:
                return (x[0] ** 2 + x[1] ** 2) / 2 + v * x[0] * x[1]

            def paid(x: Array, noise: float) -> Array:
                return rate * BONUSES["linear"](weighted(x, [1 + off, 0.0]) + noise, 1.0)

            def risk(x: Array) -> Array:  # half the variance of pay, r s^2 = 1: the metric is off by +1 or -1
                return ((paid(x, 1.0 + off) - paid(x, -1.0 - off)) / 2) ** 2 / 2

            x = settle(lambda x: paid(x, 0.0) - cost(x) - risk(x), np.zeros((2, rate.size)), generator, fine=SHARP, months=120)
            return (x[0] + x[1] - cost(x) - risk(x)).reshape(bonus.shape)

        bonus, _ = planners_best(surplus, generator)
        yield about("T9", f"best bonus, v = {v:g}", (1 - v) / (1 + (1 - v**2)), bonus, FINE)


def quantiliser(size: Size, off: float) -> Iterator[Result]:
    """T10. A threshold bonus makes a quantiliser: the first plan met that fulfils it will do. Off: a greater target."""
    generator, rho, q = stream("T10"), 1 / math.sqrt(2), 0.1
    top = NORMAL.inv_cdf(1 - q)
    target = top / rho * (1 + off)  # the proxy has sd 1/rho
    pay = lambda plans: BONUSES["threshold"](weighted(plans, [1.0, 1.0]), target)  # noqa: E731
    value, noise = one_look(pay, 2, 200, size.agents, generator)  # of 200 none fulfils it once in a thousand million times
    yield about(
        "T10", "value of a plan in the top tenth", rho * NORMAL.pdf(top) / q, float(value.mean()), error(1.0, size.agents)
    )
    higher = NORMAL.inv_cdf(1 - q / 2)
    costs = [  # to somebody, with the mean under the base distribution
        ((value + noise) * rho >= top, q),
        ((value + noise) * rho >= higher, q / 2),  # adversaries: they strike where the proxy is high
        (noise**2, 1.0),
        (np.exp(-value), math.exp(0.5)),
    ]
    worst = max(float(cost.mean()) * q / base for cost, base in costs)
    yield about("T10", "worst cost over 1/q times the base's", 1.0, worst, error(1.0, size.agents))


def several_metrics(size: Size, off: float) -> Iterator[Result]:
    """T11. The mean of k metrics, each with an error of its own, sd 2; off: that share of the metrics is left out."""
    generator, n, s = stream("T11"), 64, 2.0
    greatest, spread = greatest_of(n)
    for k in (5, 10, 20):
        paid = round(k * (1 - off))
        weights = [1.0, *[s / paid] * paid, *[0.0] * (k - paid)]  # on value, and on k standard errors
        pay = lambda plans, weights=weights: BONUSES["linear"](weighted(plans, weights), 1.0)  # noqa: E731
        value = one_look(pay, 1 + k, n, size.agents, generator)[0]
        rho = 1 / math.sqrt(1 + s**2 / k)
        half = error(math.sqrt(rho**2 * spread + 1 - rho**2), size.agents)
        yield about("T11", f"{k} metrics: value of the best-looking", rho * greatest, float(value.mean()), half)


def secret_draw(size: Size, off: float) -> Iterator[Result]:
    """T12. Linear pay by a metric drawn in secret, and by the published mixture; off: the odds of the two, apart."""
    generator, m, b = stream("T12"), 100, 0.5
    metrics, odds = np.array([[1.0, 0.2], [0.1, 1.0]]), np.array([0.5, 0.5])
    apart = off * np.array([0.5, -0.5])

    def secret(x: Array) -> Array:  # what is expected before the draw
        return weighted([b * BONUSES["linear"](weighted(x, metric), 1.0) for metric in metrics], odds + apart)

    def published(x: Array) -> Array:
        return b * BONUSES["linear"](weighted([weighted(x, metric) for metric in metrics], odds - apart), 1.0)

    ends = []
    for contract, start in ((secret, 0.0), (published, 2.0)):
        climb = partial(settle, start=np.full((2, m), start), generator=generator)
        x = climb(lambda x, contract=contract: contract(x) - weighted(x * x, [0.5, 0.5])).mean(axis=1)
        ends.append(x)
        for task, (effort, predicted) in enumerate(zip(x, b * odds @ metrics, strict=True), 1):
            yield about("T12", f"{contract.__name__}: effort on task {task}", float(predicted), float(effort), FINE)
    yield about("T12", "greatest difference of the plans", 0.0, float(np.abs(ends[0] - ends[1]).max()), FINE)


def aligned(size: Size, off: float) -> Iterator[Result]:
    """T13. The nail economy, paid for joints, with trusts who can use all of them; off: the share of pay that is for weight.

    The Goodhart gap that paying opens, as a share of what it adds to the metric: both against the same seeds unpaid.
    """
    base, end, gaps, rises = slice(12, 24), slice(84, 96), [], []

    def metric(report: Report) -> Any:
        return weighted([report.joints, 250 * report.weight_kg], [1 - off, off])  # nails of 4 g to the kg

    for seed in range(size.seeds):
        rise, gap = [], []
        for policy in ({"metric": metric}, {"policy": "measure_only"}):
            economy = NailEconomy(rng=ROOT_SEED + seed, horizon=96, **policy)
            economy.construction.programme *= 4  # else joints beyond it are reported and of no use
            scores = []
            while economy.month < 96:
                economy.step()
                scores.append(float(metric(economy.industry.report).sum()))
            rise.append(float(index(scores, base)[end].mean()))
            gap.append(float(goodhart_gap(scores, economy.months["usefulness"], base)[end].mean()))
        rises.append(rise[0] - rise[1])
        gaps.append((gap[0] - gap[1]) / rises[-1] if rises[-1] else math.nan)
    yield over_seeds("T13", "what pay adds to the metric's index", 0.0, rises, ">=")
    yield over_seeds("T13", "share of that which is no use", 0.0, gaps)


STYLISED, ECONOMY = "stylised setting", "the nail economy itself"
KINDS = "Manheim and Garrabrant (2018), Categorizing variants of Goodhart's law, "
THEORIES: dict[str, Theory] = {
    "T1": Theory("Regressional Goodhart: the best of n", KINDS + "regressional", STYLISED, regressional),
    "T2": Theory("Extremal Goodhart: log distance of the nail from the corner", KINDS + "extremal", ECONOMY, extremal),
    "T3": Theory("Causal Goodhart: a shared cause", KINDS + "causal", f"{STYLISED}, then {ECONOMY}", causal),
    "T4": Theory(
        "Adversarial Goodhart: padding", KINDS + "adversarial; Becker (1968), Crime and punishment", STYLISED, adversarial
    ),
    "T5": Theory("Bunching at a threshold", "Kleven and Waseem (2013), Using notches", STYLISED, bunching),
    "T6": Theory("The ratchet", "Weitzman (1980), The 'ratchet principle' and performance incentives", STYLISED, ratchet),
    "T7": Theory(
        "The new Soviet incentive scheme: what is announced",
        "Weitzman (1976), The new Soviet incentive model",
        STYLISED,
        announcing,
    ),
    "T8": Theory("Distortion", "Baker (2002), Distortion and risk in optimal incentive contracts", STYLISED, distortion),
    "T9": Theory("Multitask", "Holmstrom and Milgrom (1991), Multitask principal-agent analyses", STYLISED, multitask),
    "T10": Theory("The quantiliser", "Taylor (2016), Quantilizers", STYLISED, quantiliser),
    "T11": Theory(
        "Several metrics, independent errors", "Spearman (1910), Brown (1910): reliability of a mean", STYLISED, several_metrics
    ),
    "T12": Theory(
        "A null: drawn in secret or published",
        "Ederer, Holden and Meyer (2018), Gaming and strategic opacity",
        STYLISED,
        secret_draw,
    ),
    "T13": Theory("The aligned null: paid for joints", "Baker (2002), a metric without distortion", ECONOMY, aligned),
}


# How it is told.


def rerun(id: str) -> str:
    """The command that runs one result again."""
    return f"nailworks validate --only {id}"


def terminal_table(results: list[Result]) -> Group:
    """The results for a terminal of 80 columns."""
    shown: list[Any] = [_grid([["", "theory", "simulated", "interval", ""]])]
    for id in dict.fromkeys(result.id for result in results):
        theory = THEORIES[id]
        shown.append(f"\n[bold]{id} {theory.title}[/bold]\n{theory.source}\n{theory.setting}; {rerun(id)}")
        shown.append(_grid([_row(result) for result in results if result.id == id]))
    return Group(*shown, "")


def _row(result: Result) -> list[str]:
    return [
        f"  {result.case}",
        f"{'' if result.relation == '=' else result.relation + ' '}{_shown(result.predicted)}",
        _shown(result.simulated),
        f"{_shown(result.low)} to {_shown(result.high)}",
        "[green]pass[/green]" if result.holds else "[bold red]FAIL[/bold red]",
    ]


def _grid(rows: list[list[str]]) -> Table:
    """Rows in columns that stand alike in every grid."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=39)
    for width in (8, 9, 16, 4):
        grid.add_column(width=width, justify="right", vertical="bottom")
    for row in rows:
        grid.add_row(*row)
    return grid


def frame(results: list[Result]) -> Any:
    """The results as a DataFrame, one row a comparison."""
    import pandas as pd

    rows = []
    for result in results:
        theory = THEORIES[result.id]
        about = {"id": result.id, "title": theory.title, "source": theory.source, "setting": theory.setting}
        rows.append({**about, **vars(result), "holds": result.holds, "rerun": rerun(result.id)})
    return pd.DataFrame(rows)


def _shown(number: float) -> str:
    return f"{round(number, 3) + 0.0:.3f}"  # so that a zero has no sign


def _reported(ids: list[str]) -> Iterator[str]:
    """The same ids, with a progress bar on a terminal and plain lines off it."""
    console = Console(stderr=True)
    if console.is_terminal:
        yield from track(ids, "theory", console=console, transient=True)
        return
    for n, id in enumerate(ids, 1):
        console.print(f"theory: {id}, {n} of {len(ids)}", highlight=False)
        yield id


def command(quick: bool = False, only: str | None = None, seeds: int | None = None, out: Path | None = None) -> None:
    """Validate, print the table, write it to `out`/theory.csv if given, and leave with status 1 if one result fails."""
    with one_line_errors():
        if seeds is not None and seeds < 1:
            raise ValueError(f"seeds: got {seeds}; it takes a whole number from 1")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)  # a folder that will not do is told at once
        results = validate(quick, only, seeds)
        if out is not None:
            write_whole(out / "theory.csv", frame(results).to_csv(index=False).encode(), staging=out)
    Console().print(terminal_table(results), highlight=False)
    failed = [result for result in results if not result.holds]
    for result in failed:
        print(f"FAILED: {result.id}, {result.case}; again: {rerun(result.id)}", file=sys.stderr)
    print(
        f"{len(results) - len(failed)} of {len(results)} comparisons hold, of {len({r.id for r in results})} results of theory"
    )
    if failed:
        raise typer.Exit(1)


def main() -> None:
    """The command line by this file's path; to ask for seeds is to ask for a quick run."""
    cli = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

    @cli.command(help=__doc__)
    def _(seeds: Seeds = None, out: Out = None, quick: Quick = False, only: Only = None) -> None:
        command(quick or seeds is not None, only, seeds, out)

    command_line(cli)


if __name__ == "__main__":
    main()
