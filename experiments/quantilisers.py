"""Does it help to take any good plan instead of the best?

Each month a factory takes, of the nine plans before it (its present one and eight others), any of the best-paid share `quantile`:
from one in nine, which is the best, to all nine, which is no choice at all. Paid by count from month 24 on, or, at the same
quantile, not paid. What to expect: a quantiliser walks to the tacks more slowly, the more slowly the larger its share; whoever
takes anything makes bad nails without being paid for them; so the best share lies between.

Why: a quantiliser takes a random one of the best share q of what it would ordinarily do, and so costs at most 1/q times as much as
that, whatever the cost (Taylor 2016). That bounds one choice. Here every choice is made from where the last one led.

    uv run python experiments/quantilisers.py --seeds 20 --out results/quantilisers
"""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.intervals import bootstrap_interval, chosen_interval, intervals, told
from experiments.command import by_path, just_its_own, whole_years
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from experiments.lab.work import YEAR

BREADTH = 8
SHARES = [k / (1 + BREADTH) for k in range(1, 2 + BREADTH)]  # of the plans before a factory: the best one, two, … all
EARLY = 3  # the second year under a target
OWN = {"metric": "count", "target_from": 24, "breadth": BREADTH}
SWEEP = Sweep(
    "quantilisers",
    fixed={**OWN, "horizon": 120},
    grid={"pride": [0.3, 0.0], "bonus_strength": [0.5, 0.0], "quantile": SHARES},
    keep=Keep(months="none", years=True),
)
CELL = ["pride", "bonus_strength", "quantile"]


def run(
    *,
    seeds: int = 20,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Sweep the share; returns one row a pride, strength of pay and share."""
    whole_years(parameters, (EARLY + 1) * YEAR)
    just_its_own(parameters, **OWN)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import curves  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    ends = by_run(store.years)
    table = intervals(ends, CELL, "usefulness", "early", "mean")
    best = best_shares(ends)
    picture = Picture("quantilisers", curves.quantilisers(table), curves.quantilisers_caption(seeds), table, {"best": best})
    publish(store.folder, __doc__ or "", [picture], [findings(row) for row in best.to_dict("records")], answer(best))
    return table


def by_run(years: pd.DataFrame) -> pd.DataFrame:
    """One row a run: usefulness in its last year, in the second year under a target (`early`), and on average from the first."""
    keys = [*CELL, "seed"]
    last, early = (years[years["year"] == year].set_index(keys)["usefulness"] for year in (years["year"].max(), EARLY))
    mean = years[years["year"] >= EARLY - 1].groupby(keys)["usefulness"].mean()
    ends = pd.DataFrame({"usefulness": last, "early": early, "mean": mean}).reset_index()
    return ends.sort_values(["pride", "quantile"], ascending=[False, True], kind="stable", ignore_index=True)


def best_shares(ends: pd.DataFrame) -> pd.DataFrame:
    """One row a pride, of the paid: the share that is best in the last year, against the best plan's, and against the best unpaid.

    Intervals of the gains allow for the choice of the best.
    """
    rows = []
    for pride, group in ends.groupby("pride", sort=False):
        paid, unpaid = (
            group[(group["bonus_strength"] > 0) == is_paid].pivot(index="seed", columns="quantile", values="usefulness")
            for is_paid in (True, False)
        )
        best, best_unpaid = (int(each.mean().argmax()) for each in (paid, unpaid))
        share, most = paid.columns[best], unpaid.columns[best_unpaid]
        rows.append(
            {"pride": pride, "share": share, "unpaid_share": most}
            | bootstrap_interval(paid[share]).columns("usefulness")
            | chosen_interval(paid.T, paid[[paid.columns.min()]].T, (best, 0)).columns("gain_over_best")
            | chosen_interval(paid.T, unpaid.T, (best, best_unpaid)).columns("gain_over_unpaid")
        )
    return pd.DataFrame(rows)


def answer(best: pd.DataFrame) -> str:
    """Whether it helps, in a sentence."""
    said = [
        f"{row['usefulness']:.2f} where any of the best {row['share']:.0%} is taken "
        f"({'pride ' + format(row['pride'], 'g') if row['pride'] else 'no pride'}; {row['gain_over_unpaid']:+.2f} over no pay)"
        for row in best.to_dict("records")
    ]
    return f"Paid by count, usefulness in the last year is at best {' and '.join(said)}."


def findings(row: dict[str, Any]) -> str:
    """One row of the best shares in words."""
    return (
        f"pride {row['pride']:g}: best with any of the best {row['share']:.0%}, usefulness {told(row, 'usefulness')}, "
        f"{told(row, 'gain_over_best', '+.2f')} over the best plan, {told(row, 'gain_over_unpaid', '+.2f')} over no pay"
    )


if __name__ == "__main__":
    by_path(run)
