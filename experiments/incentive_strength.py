"""How hard should one pay?

Factories are paid by count, from month 24 on, with bonuses of ever greater strength; usefulness is what builders get in the
last year. What to expect: a little pay wakes effort and helps, more pay bends the design of nails and ruins it, so the best
strength lies between, and its far side is steep. Without pride nothing holds the design, and no pay is best.

Why: pay for a measure that leaves something out does harm if it pulls hard (Holmstrom & Milgrom 1991, J. Law Econ. Organ. 7:24;
Baker 1992, J. Polit. Econ. 100:598); pride is the part of the goal that is not measured, and holds while pay is weak.

    uv run python experiments/incentive_strength.py --seeds 20 --out results/incentive-strength
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.intervals import chosen_interval, intervals, told
from experiments.command import by_path, just_its_own, whole_years
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from experiments.lab.work import YEAR

STRENGTHS = [0.0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.4, 0.5]
BEFORE = 1  # the year that the last is compared with: the second, before the target
PAID = {"metric": "count", "target_from": 24}
SWEEP = Sweep(
    "incentive_strength",
    fixed={**PAID, "horizon": 120},
    grid={"pride": [0.3, 0.0], "bonus_strength": STRENGTHS},
    keep=Keep(months="none", years=True),
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
    """Sweep the strength of pay; returns one row a pride and strength."""
    whole_years(parameters, (BEFORE + 2) * YEAR)
    just_its_own(parameters, **PAID)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import curves  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    ends = last_year(store.years)
    by = ["pride", "bonus_strength"]
    table = intervals(ends, by, "usefulness", "count_index")
    best = best_strengths(ends)
    caption = curves.strength_caption(seeds)
    picture = Picture("strength", curves.strength(table), caption, table, {"best": best})
    publish(store.folder, __doc__ or "", [picture], [*map(findings, best.to_dict("records")), KEY], answer(best))
    return table


def last_year(years: pd.DataFrame) -> pd.DataFrame:
    """One row a run: usefulness in its last year, and `count_index`, its nails over those of the year before the target."""
    keys = ["pride", "bonus_strength", "seed"]
    before, last = (years[years["year"] == year].set_index(keys) for year in (BEFORE, years["year"].max()))
    ends = last[["usefulness"]].assign(count_index=last["count"] / before["count"])
    return ends.reset_index()


def best_strengths(ends: pd.DataFrame) -> pd.DataFrame:
    """One row a pride: the strength that is best on average, and what it gains over no pay and over the strongest, by seed.

    Intervals of the gains allow for the choice of the best. `steepest_fall_at` is midway between the two strengths between which
    the mean falls most for each unit of strength; NaN where it falls evenly, or nowhere.
    """
    rows = []
    for pride, group in ends.groupby("pride", sort=False):
        wide = group.pivot(index="seed", columns="bonus_strength", values="usefulness")
        best = wide.mean().idxmax()
        row: dict[str, Any] = {"pride": pride, "best_strength": best, "usefulness": wide[best].mean()}
        for name, other in (("over_none", wide.columns.min()), ("over_strongest", wide.columns.max())):
            gain = chosen_interval(wide.T, wide[[other]].T, (list(wide).index(best), 0))
            row |= gain.columns(f"gain_{name}")
        falls = -np.diff(wide.mean()) / np.diff(wide.columns)
        steepest = falls.argmax()
        evenly = falls.max() <= 0 or np.allclose(falls, falls.max())
        row["steepest_fall_at"] = np.nan if evenly else float(np.mean(wide.columns[steepest : steepest + 2]))
        rows.append(row)
    return pd.DataFrame(rows)


def answer(best: pd.DataFrame) -> str:
    """How hard one should pay, in a sentence."""
    said = [
        f"{row['usefulness']:.2f} at strength {row['best_strength']:g} "
        + (f"with pride {row['pride']:g}" if row["pride"] else "without pride")
        for row in best.to_dict("records")
    ]
    strongest = " and ".join(f"{row['usefulness'] - row['gain_over_strongest']:.2f}" for row in best.to_dict("records"))
    return f"Paid by count, usefulness is at best {' and '.join(said)}; at strength {STRENGTHS[-1]:g} it is {strongest}."


KEY = """strength: units of pay for a plan fulfilled twice over. Usefulness: joints fastened over planned, 0 to 1, in the last year.
[ ]: 95 % intervals of the mean over seeds."""


def findings(row: dict[str, Any]) -> str:
    """One row of the best strengths in words."""
    steepest = row["steepest_fall_at"]
    falls = "falls evenly" if row["gain_over_strongest"] > 0 else "falls nowhere"
    falls = f"falls most steeply at {steepest:.3g}" if np.isfinite(steepest) else falls
    return (
        f"pride {row['pride']:g}: best at strength {row['best_strength']:g}, usefulness {row['usefulness']:.2f}, "
        f"{told(row, 'gain_over_none', '+.2f')} over no pay, {told(row, 'gain_over_strongest', '+.2f')} over the strongest; {falls}"
    )


if __name__ == "__main__":
    by_path(run)
