"""When does a measure stop measuring?

Each metric in turn is watched for two years, then paid for, then, from month 96 on, only watched again. How well it ranks
factories by real use is told by Spearman's rank correlation over factories of score and joints made, each over its engineering
norm. What to expect: every metric ranks well while it is watched, and badly once it is the target, but for joints, which are
real use. (So it came, and least for the geometric mean: docs/findings.md.) Whether trust comes back when nothing hangs on the
metric is an open question: only pride pulls factories back.

Why: "any observed statistical regularity will tend to collapse once pressure is placed upon it for control purposes" (Goodhart
1975, Problems of monetary management). The measure is still taken in the same way; what it is taken of has changed.

    uv run python experiments/measure_or_target.py --seeds 20 --out results/measure-or-target
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.goodhart import goodhart_gap, half_life, onset, rank_correlations
from analysis.intervals import bootstrap_interval, told
from experiments.command import by_path, enough_factories, enough_months, just_the_default, something_paid
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from incentives.metrics import METRICS
from incentives.report import Report
from model.economy import NailEconomy
from model.parameters import read_parameters

METRIC_NAMES = ("count", "weight", "geometric_mean", "gross_value", "joints")
TARGET, OFF, HORIZON = 24, 96, 168  # months: the metric becomes the target; it is only watched again; the end
SPANS = {"watched": (12, 24), "targeted": (40, 96), "afterwards": (132, np.inf)}  # months from, and up to
EVERY = 3  # months between looks at every factory
CLOSE = range(12, 60)  # months in which they are looked at one by one, for half-lives, onsets and gaps
NOBODY = "none"
SWEEP = Sweep(
    "measure_or_target",
    fixed={"horizon": HORIZON},
    scenarios={
        NOBODY: {"policy": "measure_only"},
        **{name: {"policy": "schedule", "schedule": {TARGET: name, OFF: None}} for name in METRIC_NAMES},
    },
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
    """Watch, pay for, and watch again each metric; returns one row a target and measure."""
    enough_months(parameters, HORIZON)
    enough_factories(parameters, 3)  # two rank alike or the other way round, and nothing between
    just_the_default(parameters, "padding_limit", "report_noise")  # factories are looked at by what they made
    months = read_parameters(**{**SWEEP.fixed, **parameters}).horizon
    sweep = replace(SWEEP, keep=Keep(months="all", factories=(*range(EVERY - 1, months, EVERY), *CLOSE)))
    something_paid(parameters)
    store = laboratory(sweep, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import curves  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    looks = correlations(store.factories, parameters)
    table = by_span(looks)
    line, use = by_month(looks), usefulness_by_month(store.months)
    own = table[table["target"] == table["measure"]].merge(turns(looks, store.months), on="target")
    picture = Picture(
        "trust", curves.trust(line, use, TARGET, OFF), curves.trust_caption(seeds), line,
        {"own_target": own, "usefulness": use, "all_measures": table},
    )  # fmt: skip
    publish(store.folder, __doc__ or "", [picture], [*map(findings, own.to_dict("records")), KEY], answer(own))
    return table


def correlations(factories: pd.DataFrame, parameters: dict[str, Any]) -> pd.DataFrame:
    """One row a target, seed, month and measure: rank correlation over factories with joints, each over its norm, and score.

    `score` is that of all factories over that of their norms.
    """
    norms = {seed: _scores(NailEconomy(rng=int(seed), **parameters).industry.norm) for seed in factories["seed"].unique()}
    rows = []
    groups: Any = factories.groupby(["scenario", "seed", "month"], sort=False)
    for (target, seed, month), group in groups:
        report = Report(*(group[name].to_numpy() for name in ("count", "weight_kg", "joints")))
        scores, norm = _scores(report), norms[seed]
        columns = rank_correlations(scores / norm)[-1], scores.sum(axis=1) / norm.sum(axis=1)
        rows += [(target, seed, month, *row) for row in zip(METRIC_NAMES, *columns, strict=True)]
    return pd.DataFrame(rows, columns=["target", "seed", "month", "measure", "correlation", "score"])


def _scores(report: Report) -> Any:
    """Scores by every metric, joints last, shape (metrics, factories)."""
    return np.array([METRICS[name](report) for name in METRIC_NAMES])


def by_span(looks: pd.DataFrame) -> pd.DataFrame:
    """One row a target and measure: correlation in each span, half-life, and how much of the trust is back, with intervals.

    Columns NAME, NAME_ci_low and NAME_ci_high for each span, for `lost` (watched less targeted, by seed) and `regained`
    (afterwards less targeted); and `half_life` [months], the median over seeds, infinite if it is more than three years.
    """
    rows = []
    groups: Any = looks.groupby(["target", "measure"], sort=False)
    for (target, measure), group in groups:
        closely = group.pivot(index="month", columns="seed", values="correlation")
        wide = closely[closely.index % EVERY == EVERY - 1]  # evenly spaced
        means = {name: wide[(wide.index >= a) & (wide.index < b)].mean() for name, (a, b) in SPANS.items()}
        means |= {"lost": means["watched"] - means["targeted"], "regained": means["afterwards"] - means["targeted"]}
        row: dict[str, Any] = {"target": target, "measure": measure}
        for name, values in means.items():
            row |= bootstrap_interval(values).columns(name)
        closely = closely.loc[CLOSE]
        lives = [half_life(closely[seed], TARGET - CLOSE.start, base=TARGET - CLOSE.start) for seed in closely]
        rows.append(row | {"half_life": float(np.median(lives))})
    return pd.DataFrame(rows)


def turns(looks: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """One row a target: when usefulness turns down under it while it rises itself, and the Goodhart gap three years in.

    `onset` [months after it became the target] is the median over seeds that have one, `onsets` their share; `gap`, with its
    interval over seeds, is the metric's index less usefulness's over the last twelve months of CLOSE, both 1 in the year
    before.
    """
    rows = []
    usefulness = months.set_index(["scenario", "seed", "month"])["usefulness"].sort_index()
    own: Any = looks[(looks["measure"] == looks["target"]) & looks["month"].isin(CLOSE)].groupby("target", sort=False)
    for target, group in own:
        onsets, gaps = [], []
        for seed, metric in group.groupby("seed"):
            score, use = metric.set_index("month")["score"].loc[CLOSE], usefulness.loc[target, seed].loc[CLOSE]
            before = TARGET - CLOSE.start
            month = onset(score, use, start=before)
            onsets.append(np.nan if month is None else month - before)
            gaps.append(goodhart_gap(score, use, slice(0, before))[-12:].mean())
        gap, had = bootstrap_interval(gaps), ~np.isnan(onsets)
        median = float(np.nanmedian(onsets)) if had.any() else np.nan
        row = {"target": target, "onset": median, "onsets": float(had.mean())}
        rows.append(row | gap.columns("gap"))
    return pd.DataFrame(rows)


def by_month(looks: pd.DataFrame) -> pd.DataFrame:
    """One row a target, measure and month: mean over seeds and their middle 80 %, of each metric paid for or watched only."""
    kept = looks[(looks["target"] == looks["measure"]) | (looks["target"] == NOBODY)]
    return _spread(kept.groupby(["target", "measure", "month"], sort=False)["correlation"])


def usefulness_by_month(months: pd.DataFrame) -> pd.DataFrame:
    """One row a target and month: mean usefulness over seeds, and the middle 80 % of them."""
    renamed = months.drop(columns="target").rename(columns={"scenario": "target"})
    return _spread(renamed.groupby(["target", "month"], sort=False)["usefulness"])


def _spread(groups: Any) -> pd.DataFrame:
    table = groups.agg(mean="mean", low=lambda v: v.quantile(0.1), high=lambda v: v.quantile(0.9))
    return table.reset_index()


def answer(own: pd.DataFrame) -> str:
    """When measures stop measuring, in a sentence."""
    said = [
        f"{row['target'].replace('_', ' ')} {row['watched']:.2f}, then {row['targeted']:.2f}, then {row['afterwards']:.2f}"
        for row in own.to_dict("records")
    ]
    return f"Rank correlation with real use where a metric is watched, then the target, then watched again: {'; '.join(said)}."


KEY = """watched, targeted, afterwards: rank correlation of score with real use over factories; 1: it ranks them as real use does.
regained: afterwards less targeted. half-life: until half of the correlation is lost. onset: when usefulness turns down while the
metric goes on rising. Goodhart gap: how much more the metric has grown than usefulness, three years in, in units of the year before.
[ ]: 95 % intervals of the mean over seeds."""


def findings(row: dict[str, Any]) -> str:
    """One metric's story in words."""
    spans = ", ".join(f"{name} {told(row, name)}" for name in (*SPANS, "regained"))
    life = f"{row['half_life']:.1f} months" if np.isfinite(row["half_life"]) else "not seen"
    turn = f"{row['onset']:.0f} months in ({row['onsets']:.0%} of seeds)" if row["onsets"] else "not seen"
    return f"{row['target']}: {spans}; half-life {life}; onset {turn}; Goodhart gap {told(row, 'gap')}"


if __name__ == "__main__":
    by_path(run)
