"""What matters most in the parable?

Factories are paid by count in months 24 to 95 and by weight after that, as in the default story. Eight of its numbers are
drawn anew over wide ranges, and Sobol' indices tell how much of the variance of three outcomes each accounts for: `peak` (the
highest usefulness of a quarter under count, less what it was in the year before), `collapse` (the share of that highest
usefulness that is gone in the last year of count) and `recovery` (the highest usefulness of a quarter in the four years of
weight, less that of the last year of count). The first-order index is what a parameter does by itself, the total index what it
does with all others too. What to expect: the price of effort and the strength of pay decide the peak; how far factories can see
(step size and breadth) and the balance of pay and pride decide the collapse; recovery hangs on how far the collapse had gone.

The ranges go from nothing, or nearly, to about twice the default or more, so that no default lies at an end; skills, luck and
boards are left out, since no planner chooses them. Each draw is run on several seeds, the same for all, and outcomes are means
over them. Intervals are SALib's bootstraps over the draws; what another choice of seeds would change is not in them.

Why: Saltelli et al. (2010, Computer Physics Communications 181:259) give the indices and their estimators; to change one
parameter at a time would miss that pay and pride, say, matter against each other (Saltelli & Annoni 2010, Environ. Model. Softw.
25:1508).

    uv run python experiments/what_matters_most.py --seeds 3 --out results/what-matters-most
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.intervals import told
from experiments.command import by_path, just_its_own
from experiments.lab.laboratory import laboratory
from experiments.lab.sample import Sample
from experiments.lab.sweep import Sweep

RANGES: dict[str, tuple[float, float]] = {
    "bonus_strength": (0.0, 1.0),  # units of pay for a bonus of 1
    "pride": (0.0, 1.0),  # units of pay for a perfect nail; from 0.6 on it begins to hold the design (P10)
    "effort_cost": (0.05, 1.0),  # units of pay; above 0, or effort is free and has no best
    "retooling": (0.0, 0.1),  # units of pay for a new design
    "step_size": (0.005, 0.16),  # sd of the log; below 0.005 factories hardly search
    "breadth": (1, 24),  # alternatives a month
    "ratchet": (0.0, 1.0),  # share of the way a target moves: all there is
    "steel_quota": (0.25, 8.0),  # in multiples of what good nails take
}
COUNT_FROM, WEIGHT_FROM, HORIZON, YEAR, QUARTER = 24, 96, 144, 12, 3  # months
OUTCOMES = ("peak", "collapse", "recovery")
POINTS, REHEARSAL = 128, 8  # base points of the design: of a run of at least FULL seeds, and of one with fewer
FULL = 3
SWEEP = Sweep(
    "what_matters_most",
    fixed={"schedule": {COUNT_FROM: "count", WEIGHT_FROM: "weight"}, "horizon": HORIZON},
    sample=Sample("sobol", POINTS, RANGES),
)


def run(
    *,
    seeds: int = FULL,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Draw parameters and run the story; returns one row an outcome and parameter, with its indices."""
    just_its_own(parameters, policy="schedule", metric=None, **SWEEP.fixed)
    points = POINTS if seeds >= FULL else REHEARSAL
    sample = Sample("sobol", points, RANGES)
    sweep = replace(SWEEP, sample=sample)
    store = laboratory(sweep, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import sensitivity  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    ends = outcomes(store.months)
    table = pd.concat([indices(ends[outcome].to_numpy(), outcome, sample) for outcome in OUTCOMES], ignore_index=True)
    slopes = effects(ends)
    pictures = [
        Picture("indices", sensitivity.indices(table), sensitivity.indices_caption(points, seeds), table),
        Picture("effects", sensitivity.effects(slopes), sensitivity.effects_caption(len(ends)), slopes),
    ]
    publish(store.folder, __doc__ or "", pictures, findings(table, ends), answer(table))
    return table


def outcomes(months: pd.DataFrame) -> pd.DataFrame:
    """One row a draw, in the order of the design: its parameters and, as means over seeds, its outcomes."""
    rows = []
    for (cell, seed), group in months.groupby(["cell", "seed"]):
        use = group["usefulness"].to_numpy()
        quarters = np.convolve(use, np.full(QUARTER, 1 / QUARTER), "valid")
        before, left = use[COUNT_FROM - YEAR : COUNT_FROM].mean(), use[WEIGHT_FROM - YEAR : WEIGHT_FROM].mean()
        highest = quarters[COUNT_FROM : WEIGHT_FROM - QUARTER + 1].max()
        again = quarters[WEIGHT_FROM : HORIZON - QUARTER + 1].max()
        collapse = 1 - left / highest if highest > 0 else 0.0  # where nothing ever was, nothing is lost
        drawn = {name: group[name].iloc[0] for name in RANGES}
        rows.append(
            {"cell": cell, "seed": seed, **drawn, "peak": highest - before, "collapse": collapse, "recovery": again - left}
        )
    return pd.DataFrame(rows).groupby("cell", as_index=False).mean().drop(columns="seed")


def indices(values: Any, outcome: str, sample: Sample) -> pd.DataFrame:
    """One row a parameter: its first-order and total index for one outcome, with bootstrap intervals of 95 %.

    `values` has shape (cells,), in the order of the design.
    """
    found = sample.indices(values, SWEEP.root_seed)
    table = pd.DataFrame({"outcome": outcome, "parameter": list(RANGES)})
    for name, key in (("first", "S1"), ("total", "ST")):
        table[name] = found[key]
        table[f"{name}_ci_low"], table[f"{name}_ci_high"] = found[key] - found[f"{key}_conf"], found[key] + found[f"{key}_conf"]
    return table


def effects(ends: pd.DataFrame) -> pd.DataFrame:
    """One row an outcome, parameter and eighth of its range: the mean of the outcome over the draws in it."""
    rows = []
    for name, (low, high) in RANGES.items():
        eighth = np.minimum((8 * (ends[name] - low) / (high - low)).astype(int), 7)
        for place, group in ends.groupby(eighth):
            at = low + (place + 0.5) / 8 * (high - low)  # type: ignore[operator]
            rows += [(outcome, name, at, group[outcome].mean(), len(group)) for outcome in OUTCOMES]
    return pd.DataFrame(rows, columns=["outcome", "parameter", "value", "mean", "draws"])


def findings(table: pd.DataFrame, ends: pd.DataFrame) -> list[str]:
    """What came of it, in words."""
    lines = []
    for outcome, group in table.groupby("outcome", sort=False):
        first = group.sort_values("total", ascending=False).head(3).to_dict("records")
        parts = [f"{row['parameter']} total {told(row, 'total')}, by itself {told(row, 'first')}" for row in first]
        low, middle, high = np.quantile(ends[outcome], [0.1, 0.5, 0.9])
        lines.append(
            f"{outcome} (median {middle:.2f}, middle 80 % {low:.2f} to {high:.2f}): {'; '.join(parts)}; by themselves all "
            f"account for {group['first'].sum():.0%}"
        )
    return lines


def answer(table: pd.DataFrame) -> str:
    """What came of it, in a sentence."""
    parts = []
    for outcome, group in table.groupby("outcome", sort=False):
        first, second = group.sort_values("total", ascending=False).head(2).to_dict("records")
        names = [f"{row['parameter'].replace('_', ' ')} ({row['total']:.2f})" for row in (first, second)]
        parts.append(f"to the {outcome} {' and then '.join(names)}")
    return f"By its total index there matters most {', '.join(parts)}."


if __name__ == "__main__":
    by_path(run)
