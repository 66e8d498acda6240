"""What does planning from the achieved level do to effort?

Sandbagging: a share `ratchet` of what a factory achieves comes back in next year's target. Factories that see the bonuses of years
to come, and discount them at a rate `discount`, are paid by joints, which is real use, or by count. What to expect: they hold effort
back, the more the stronger the ratchet and the further they see; the short-sighted (`discount` None) do not, nor does anybody where
there is no ratchet. Held to the effort at which 1/(1 + ratchet/discount) of the bonus just pays for more of it. Storming: where the
plan year's total is paid at its end, and what is to come is discounted by `impatience` a month, effort and output rise to the year's
last month, and finish, which takes time and is not counted, falls. Without impatience all months are alike.

Why: Weitzman (1980, Bell J. Econ. 11:302) for sandbagging; Berliner (1957, Factory and Manager in the USSR) for storming. What
restraint is worth to builders is open: factories who hold back from a bad measure are, to them, factories who are paid less for it,
so factories with pay weakened to 1/(1 + ratchet/discount) are run as well.

    uv run python experiments/ratchet.py --seeds 20 --out results/ratchet
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.intervals import bootstrap_interval, intervals, told
from analysis.marks import where
from experiments.command import by_path, just_its_own, just_the_default, whole_years
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Sweep
from model.parameters import Parameters, read_parameters

METRICS = ("count", "joints")
RATCHETS = (0.0, 0.5, 1.0)
DISCOUNTS = (2.0, 0.5, 0.2, 0.1, 0.05, 0.02)  # a year
IMPATIENCES = (0.0, 0.1, 0.3)  # a month
DEFAULT = {name: field.default for name, field in Parameters.model_fields.items()}
LEAST, MORE = 0.4, 0.6  # output is in proportion to LEAST + MORE * effort (nails/machine.py)
FROM, HORIZON, YEAR = 24, 120, 12
SETTLED = FROM + 3 * YEAR  # months from here on are told of storms: the fourth plan year and later


def weight_of_a_bonus(discount: float | None, ratchet: float, growth: float) -> float:
    """What share of this year's bonus more output is worth to a factory that sees what it does to the targets to come.

    Weitzman's 1 / (1 + ratchet / discount), where targets also grow by themselves: then less of the ratchet is left to bite.

    >>> round(weight_of_a_bonus(0.1, 0.5, 0.0), 4), weight_of_a_bonus(None, 0.5, 0.0)
    (0.1667, 1.0)
    """
    return 1.0 if discount is None else 1 / (1 + (ratchet - growth) / discount)


def foretold_effort(discount: float | None, ratchet: float, effort_cost: float = DEFAULT["effort_cost"]) -> float:
    """The effort at which more of it costs what it brings, 1 at most, once the target has caught up; NaN where it never does.

    Output over target is then 1 - growth / ratchet, and a linear bonus brings MORE / (LEAST + MORE * effort) of that for a unit of
    effort, times its strength and weight; effort costs 2 * effort_cost * effort.

    >>> round(foretold_effort(None, 0.5), 3), round(foretold_effort(0.1, 0.5), 3)
    (0.621, 0.166)
    """
    growth = DEFAULT["growth"]
    if ratchet <= growth:
        return float("nan")
    pay = DEFAULT["bonus_strength"] * weight_of_a_bonus(discount, ratchet, growth) * (1 - growth / ratchet)
    if MORE * pay >= 2 * effort_cost * (LEAST + MORE):  # the last bit of effort costs no more than it brings
        return 1.0
    return float((-LEAST + np.sqrt(LEAST**2 + 2 * MORE**2 * pay / effort_cost)) / (2 * MORE))


FAR: list[dict[str, Any]] = [
    {"metric": metric, "ratchet": ratchet, "discount": discount}
    for metric in METRICS
    for ratchet in RATCHETS
    for discount in (None, *DISCOUNTS)
]
WEAK_RATCHET = 0.5
WEAK: list[dict[str, Any]] = [  # as short-sighted as can be, and paid what the far-sighted make of their bonus
    {"metric": "count", "ratchet": WEAK_RATCHET, "bonus_strength": DEFAULT["bonus_strength"] * weight}
    for weight in (weight_of_a_bonus(discount, WEAK_RATCHET, DEFAULT["growth"]) for discount in DISCOUNTS)
]
STORM: list[dict[str, Any]] = [
    {"metric": metric, "plan_year": True, "impatience": impatience} for metric in METRICS for impatience in IMPATIENCES
]
SWEEP = Sweep("ratchet", fixed={"target_from": FROM, "horizon": HORIZON}, scenarios=[*FAR, *WEAK, *STORM])


def run(
    *,
    seeds: int = 20,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Let factories see ahead, and storm; returns one row a metric, ratchet and discount, with what was held back."""
    whole_years(parameters, SETTLED + YEAR)
    just_its_own(parameters, target_from=FROM)
    just_the_default(parameters, "bonus", "growth")  # what is foretold, and how pay is weakened, goes by them
    effort_cost = read_parameters(**parameters).effort_cost
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import storms  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    months = store.months
    ends = last_year(months)
    table = sandbagging(ends, effort_cost)
    year = plan_years(months)
    line, rush = year_line(year), storming(year)
    pictures = [
        Picture("sandbagging", storms.sandbagging(table), storms.sandbagging_caption(seeds), table),
        Picture("storm", storms.storm(line), storms.storm_caption(seeds), line, {"rush": rush}),
    ]
    publish(store.folder, __doc__ or "", pictures, findings(table, rush), answer(table))
    return table


def last_year(months: pd.DataFrame) -> pd.DataFrame:
    """One row a point and seed of the far-sighted and of those paid less: `effort`, `usefulness` and `count_index` of its last
    year; the last is nails made over those of the year before the target. `weak` tells those paid less, by the discount they match.
    """
    last = months["month"] >= months["month"].max() + 1 - YEAR
    before = months["month"].between(FROM - YEAR, FROM - 1)
    by = ["cell", "seed"]
    ends = months[last].groupby(by)[["mean_effort", "usefulness", "count"]].mean()
    ends["count_index"] = ends["count"] / months[before].groupby(by)["count"].mean()
    points = [{**point, "weak": False} for point in FAR]
    points += [{**point, "weak": True, "discount": rate} for point, rate in zip(WEAK, DISCOUNTS, strict=True)]
    named = pd.DataFrame(points)[["metric", "ratchet", "discount", "weak"]].astype({"discount": float})
    ends = ends.drop(columns="count").rename(columns={"mean_effort": "effort"}).reset_index()
    return ends[ends["cell"] < len(points)].join(named, on="cell").drop(columns="cell")


def sandbagging(ends: pd.DataFrame, effort_cost: float = DEFAULT["effort_cost"]) -> pd.DataFrame:
    """One row a metric, ratchet, discount (infinite: sees none) and `weak`: what came of effort and usefulness, with intervals.

    `foretold` is the effort of `foretold_effort`; `held_back` is the effort of the short-sighted less theirs, `gained` their
    usefulness less that of the short-sighted, by seed.
    """
    by = ["metric", "ratchet", "discount", "weak"]
    ends = ends.assign(discount=ends["discount"].fillna(np.inf))  # groups leave out NaN
    table = intervals(ends, by, "effort", "usefulness", "count_index")
    rows = []
    for row in table.to_dict("records"):
        own = where(ends, **{name: row[name] for name in by}).set_index("seed")
        null = where(ends, metric=row["metric"], ratchet=row["ratchet"], discount=np.inf, weak=False).set_index("seed")
        discount = None if row["discount"] == np.inf else row["discount"]
        more: dict[str, Any] = {"foretold": foretold_effort(discount, row["ratchet"], effort_cost)}
        for name, gap in (("held_back", null["effort"] - own["effort"]), ("gained", own["usefulness"] - null["usefulness"])):
            more |= bootstrap_interval(gap).columns(name)
        rows.append(more)
    return pd.concat([table, pd.DataFrame(rows)], axis=1)


def plan_years(months: pd.DataFrame) -> pd.DataFrame:
    """One row a storm's metric and impatience, seed and month of the plan year (from 1): means over the plan years settled.

    `effort`, `finish`, `usefulness`, and `output`: nails made, over the mean of the plan year.
    """
    first = len(FAR) + len(WEAK)
    storms = months[(months["cell"] >= first) & (months["month"] >= SETTLED)]
    storms = storms.assign(
        of_year=(storms["month"] - FROM) % YEAR + 1,
        plan_year=(storms["month"] - FROM) // YEAR,
        metric=[STORM[int(cell) - first]["metric"] for cell in storms["cell"]],
        impatience=[STORM[int(cell) - first]["impatience"] for cell in storms["cell"]],
    )
    of_year = storms.groupby(["cell", "seed", "plan_year"])["count"].transform("mean")
    storms = storms.assign(output=storms["count"] / of_year, effort=storms["mean_effort"], finish=storms["mean_finish"])
    by = ["metric", "impatience", "seed", "of_year"]
    return storms.groupby(by, as_index=False)[["effort", "output", "finish", "usefulness"]].mean()


def year_line(year: pd.DataFrame) -> pd.DataFrame:
    """One row a metric, impatience and month of the plan year: means with intervals and the middle 80 % of seeds."""
    by = ["metric", "impatience", "of_year"]
    return intervals(year, by, "effort", "output", "finish")


def storming(year: pd.DataFrame) -> pd.DataFrame:
    """One row a metric and impatience: how far each thing is in the year's last month from what it is in the middle one."""
    rows = []
    for (metric, impatience), group in year.groupby(["metric", "impatience"]):
        row: dict[str, Any] = {"metric": metric, "impatience": impatience}
        for name in ("effort", "output", "finish", "usefulness"):
            wide = group.pivot(index="seed", columns="of_year", values=name)
            row |= bootstrap_interval(wide[YEAR] - wide[YEAR // 2]).columns(name)
        rows.append(row)
    return pd.DataFrame(rows)


def answer(table: pd.DataFrame) -> str:
    """The whole of it in a sentence."""
    paid = where(table, metric="count", ratchet=WEAK_RATCHET, weak=False)
    short, far = (where(paid, discount=rate).iloc[0] for rate in (np.inf, 0.1))
    return (
        f"Factories that see targets to come (discount 0.1) lower their effort from {short['effort']:.2f} to {far['effort']:.2f}, "
        f"where Weitzman's formula puts it at {far['foretold']:.2f}, and usefulness under pay by count goes from "
        f"{short['usefulness']:.2f} to {far['usefulness']:.2f}."
    )


def findings(table: pd.DataFrame, rush: pd.DataFrame) -> list[str]:
    """What came of it, in words."""
    lines = []
    for row in table.to_dict("records"):
        short = row["discount"] == np.inf
        sight = "short-sighted" if short else f"discount {row['discount']:g}"
        if row["weak"]:
            sight = f"short-sighted, paid as little as discount {row['discount']:g} makes of it"
        foretold = "" if np.isnan(row["foretold"]) else f" (foretold {row['foretold']:.3f})"
        apart = "" if short else f"; holds back {told(row, 'held_back', '.3f')}, usefulness {told(row, 'gained', '+.2f')}"
        lines.append(
            f"{row['metric']}, ratchet {row['ratchet']:g}, {sight}: effort {told(row, 'effort', '.3f')}{foretold}, "
            f"usefulness {told(row, 'usefulness')}{apart}"
        )
    return lines + [
        f"plan year by {row['metric']}, impatience {row['impatience']:g}, from its sixth to its last month: effort "
        f"{told(row, 'effort', '+.2f')}, output {told(row, 'output', '+.2f')}, finish {told(row, 'finish', '+.2f')}, "
        f"usefulness {told(row, 'usefulness', '+.2f')}"
        for row in rush.to_dict("records")
    ]


if __name__ == "__main__":
    by_path(run)
