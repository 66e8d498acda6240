"""What if planners just react to complaints?

The planner pays by count until over half the trusts have complained for `patience` months on end, then by weight, then by count
again, round and round; a metric is given a year before complaints are heard. `tolerance` is the share of their usual joints below
which trusts complain. What to expect: the planner never settles, because every metric it tries goes bad, and usefulness swings with
its changes; the more patient it is and the more people put up with, the longer a metric stays and the less the builders get.
With a better metric on the menu it stops there, not because it understands, but because nobody complains any more.

Why: to swap one proxy for another is to be gamed anew each time (Manheim & Garrabrant 2018, arXiv:1803.04585). Reforms of the plan's
measures that took turns are told by Nove (1986, The Soviet Economic System). A complaint says that something is wrong, not what.

    uv run python experiments/reactive_planner.py --seeds 20 --out results/reactive-planner
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from analysis.cycles import period, stays
from analysis.intervals import at_most, chosen_interval, in_cell, intervals, more_or_less
from analysis.marks import where
from experiments.command import by_path, enough_months, just_its_own, something_paid
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Sweep
from experiments.table import table as tabled

TOLERANCES = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0]
PATIENCES = [1, 3, 6, 12, 24, 48]
TWO, THREE = ["count", "weight"], ["count", "weight", "geometric_mean"]
TWO_NAME, THREE_NAME = ", ".join(TWO), ", ".join(THREE)  # in tables
PLAIN = {"tolerance": 0.8, "patience": 6}  # the model's defaults
POINTS: list[dict[str, Any]] = [
    *({"menu": TWO, "tolerance": tolerance, "patience": patience} for tolerance in TOLERANCES for patience in PATIENCES),
    *({"menu": THREE, "tolerance": PLAIN["tolerance"], "patience": patience} for patience in (1, 6, 24)),
    {"policy": "measure_only"},
]
TARGET_FROM, HORIZON = 24, 264
FROM = 48  # month from which usefulness counts, as in pattern P12: two years after the first target
TOLD = (1, 6, 24)  # patience of the planners whose lives are drawn
MEANS, MEDIANS = ("usefulness", "best", "worst", "stay", "echo", "settled"), ("own_period",)
SWEEP = Sweep(
    "reactive_planner",
    fixed={"policy": "reactive", "target_from": TARGET_FROM, "horizon": HORIZON},
    scenarios=POINTS,
)


def run(
    *,
    seeds: int = 20,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Let planners react; returns one row a menu, tolerance and patience."""
    enough_months(parameters, 2 * FROM)
    just_its_own(parameters, target_from=TARGET_FROM)
    something_paid(parameters)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import cycles  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    months = store.months
    lives = outcomes(months)
    table = summary(lives)
    found = findings(lives, table)
    cell = [POINTS.index({"menu": TWO, "tolerance": PLAIN["tolerance"], "patience": patience}) for patience in TOLD]
    one = months[months["cell"].isin(cell) & (months["seed"] == months["seed"].min())]
    one = one.assign(patience=one["cell"].map(dict(zip(cell, TOLD, strict=True))))[
        ["patience", "month", "target", "usefulness"]
    ]
    square, watched = where(table, menu=TWO_NAME), float(where(table, menu="none")["usefulness"].iloc[0])
    pictures = [
        Picture("cycles", cycles.lives(one), cycles.lives_caption(PLAIN["tolerance"]), one),
        Picture("patience", cycles.patience(square, watched), cycles.patience_caption(seeds), square, {"menus": table}),
    ]
    publish(store.folder, __doc__ or "", pictures, found, answer(table))
    return table


def outcomes(months: pd.DataFrame) -> pd.DataFrame:
    """One row a point and seed: what the planner did, and what builders got from month FROM on.

    `stay` is for how many months a metric stays the target (mean of those that came and went; NaN if none did), `settled` whether
    the last one came in the first half of the time under targets; `best` and `worst` are usefulness at its highest and lowest
    within a stay (means over stays), `own_period` the period of usefulness itself, and `echo` how strong it is (autocorrelation).
    """
    rows = []
    for (cell, seed), group in months.groupby(["cell", "seed"]):
        point = POINTS[int(cell)]  # type: ignore[call-overload]
        use, began = group["usefulness"].to_numpy(), TARGET_FROM
        starts, ends = stays(group["target"].to_numpy()[began:])
        swing = period(use[FROM:])
        spans = [use[began + a : began + b] for a, b in zip(starts, ends, strict=True) if began + a >= FROM]
        rows.append(
            {
                "menu": ", ".join(point.get("menu", ["none"])),
                "tolerance": point.get("tolerance", np.nan),
                "patience": point.get("patience", 0),
                "seed": seed,
                "usefulness": use[FROM:].mean(),
                "best": np.mean([span.max() for span in spans]) if spans else np.nan,
                "worst": np.mean([span.min() for span in spans]) if spans else np.nan,
                "stay": np.diff(starts).mean() if len(starts) > 1 else np.nan,
                "own_period": swing.lag,
                "echo": swing.strength,
                "settled": float(starts[-1] < (len(use) - began) / 2),
            }
        )
    return pd.DataFrame(rows)


def summary(lives: pd.DataFrame) -> pd.DataFrame:
    """One row a menu, tolerance and patience: means over seeds with intervals; of periods medians, for some are multiples."""
    by = ["menu", "tolerance", "patience"]
    lives = lives.assign(tolerance=lives["tolerance"].fillna(0.0))  # groups leave out NaN
    return intervals(lives, by, *MEANS).merge(intervals(lives, by, *MEDIANS, statistic=np.median), on=by)


NOTES = (
    "Stays: months that a metric is the target, where it changes. Useful: the share of the building programme that holds, "
    "over all months from 48 on, and at its highest and lowest within a stay. Swings every: the period of usefulness "
    "itself, in months. Settled: the share of planners who keep their metric from the first half of the time on. Below "
    "numbers stand their 95 % intervals."
)


def findings(lives: pd.DataFrame, table: pd.DataFrame) -> list[str | Table]:
    """What came of it, as a table and how the best planner compares with one who pays for nothing."""
    square, three = where(table, menu=TWO_NAME), where(table, menu=THREE_NAME)
    best = square.loc[square["usefulness"].idxmax()]
    reacted = where(lives, menu=TWO_NAME).pivot(index=["tolerance", "patience"], columns="seed", values="usefulness")
    watched = where(lives, menu="none").pivot(index="menu", columns="seed", values="usefulness")
    chosen = reacted.index.get_loc((best["tolerance"], best["patience"]))
    gain = chosen_interval(reacted, watched, (chosen, 0))  # type: ignore[arg-type]
    told = [
        ("count, weight\nby default", where(square, **PLAIN).iloc[0]),
        ("count, weight\nat their best", best),
        *(("geometric mean\non the menu", row) for _, row in three.iterrows()),
        ("pays for\nnothing", where(table, menu="none").iloc[0]),
    ]
    rows = [
        {"planner": name}
        | {name: "" if row["menu"] == "none" else f"{row[name]:g}" for name in ("tolerance", "patience")}
        | {"stays": in_cell(row, "stay", ".0f")}
        | {word: in_cell(row, column) for word, column in (("useful", "usefulness"), ("best", "best"), ("worst", "worst"))}
        | {"swings\nevery": in_cell(row, "own_period", ".0f"), "settled": f"{row['settled']:.0%}"}
        for name, row in told
    ]
    beside = f"Count and weight at their best have {more_or_less(gain)} usefulness than a planner who pays for nothing."
    return [tabled(rows), beside, NOTES]


def answer(table: pd.DataFrame) -> str:
    """What came of it, in a sentence."""
    square = where(table, menu=TWO_NAME)
    usual, watched = where(square, **PLAIN).iloc[0], where(table, menu="none").iloc[0]
    stays = f"{usual['stay']:.0f} months" if np.isfinite(usual["stay"]) else "for good"
    return (
        f"Between count and weight {at_most(square['settled'].max(), 'the planners')} ever settle; by default a metric stays "
        f"{stays}, and usefulness is {usual['usefulness']:.0%} on average, {square['usefulness'].max():.0%} under "
        f"the best tolerance and patience, and {watched['usefulness']:.0%} where nothing is paid for."
    )


if __name__ == "__main__":
    by_path(run)
