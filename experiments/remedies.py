"""What helps against a target that goes bad?

Every metric, bonus, policy and mechanism there is, one at a time, against the plan by count. The league table says what
usefulness builders have in the eight years from the first target on, in the mean and in the worst year, what it costs in
audits, and how far it stays behind the best plan that an all-knowing planner could set. What to expect: slack (capped or
threshold bonuses) rescues usefulness where there is pride to use the slack; audits of real use help from a threshold on,
pride or not; better proxies are better, and not aligned; pride alone is enough from a threshold on.

Why: what is not paid for is done for its own sake or not at all (Holmstrom & Milgrom 1991, J. Law Econ. Organ. 7:24), and a
remedy must either pay for the thing itself or pay less for its shadow (Baker 1992, J. Polit. Econ. 100:598).

    uv run python experiments/remedies.py --seeds 20 --out results/remedies
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agents.policies import POLICIES
from analysis.change_points import STRONG, change_point
from analysis.intervals import bootstrap_interval, intervals, told
from experiments.command import by_path, just_its_own, just_the_default
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from experiments.nail_map import best_plans
from incentives.bonus import BONUSES
from incentives.metrics import METRICS
from model.economy import NailEconomy
from model.parameters import read_parameters

FROM, HORIZON, YEAR = 24, 120, 12  # month of the first target, months in all, months of a year
BY_COUNT = {"metric": "count", "target_from": FROM}
PRIDES = [0.3, 0.0]
NOTHING_PAID, COUNT = "policy: measure_only", "metric: count"
MECHANISMS: dict[str, Mapping[str, Any]] = {
    "weak pay, a fifth": {"bonus_strength": 0.1},
    "audits, a tenth": {"audit_share": 0.1},
    "audits, a fifth": {"audit_share": 0.2},
    "audits, a half": {"audit_share": 0.5},
    "capped bonus and audits, a tenth": {"bonus": "capped", "audit_share": 0.1},
    "assortment within 1.5": {"assortment": 1.5},
    "assortment and audits, a tenth": {"assortment": 1.5, "audit_share": 0.1},
    "orders beside the plan": {"orders": 0.5},
    "count and weight together": {"metric": ["count", "weight"]},
    "count and weight, capped": {"metric": ["count", "weight"], "bonus": "capped"},
    "plan year": {"plan_year": True},
    "plan year, impatient": {"plan_year": True, "impatience": 0.3},
    "far-sighted factories": {"discount": 0.1},
    "quantilising factories": {"quantile": 0.5},
    "no ratchet": {"ratchet": 0.0},
    "noisy reports": {"report_noise": 0.3},
    "noisy reports, read nine times": {"report_noise": 0.3, "readings": 9},
    "padding": {"padding_limit": 0.5},
    "padding, inspected": {"padding_limit": 0.5, "inspection": 0.6},
}


def scenarios() -> dict[str, dict[str, Any]]:
    """What is tried, by name: all of METRICS, BONUSES and POLICIES, and MECHANISMS; where two are the same, the first.

    >>> scenarios()["bonus: capped"]
    {'metric': 'count', 'target_from': 24, 'bonus': 'capped'}
    """
    tried: dict[str, dict[str, Any]] = {f"metric: {name}": BY_COUNT | {"metric": name} for name in METRICS}
    tried |= {f"bonus: {name}": BY_COUNT | {"bonus": name} for name in BONUSES}
    tried |= {f"policy: {name}": {"policy": name} for name in POLICIES}
    tried |= {name: BY_COUNT | dict(changes) for name, changes in MECHANISMS.items()}
    seen, kept = [], {}
    for name, parameters in tried.items():
        resolved = read_parameters(**parameters)
        if resolved not in seen:
            seen.append(resolved)
            kept[name] = parameters
    return kept


ALONG_PRIDE = (NOTHING_PAID, COUNT, "bonus: capped", "audits, a tenth")  # what more prides are tried with
MORE_PRIDES = [0.05, 0.1, 0.2, 0.45, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0]
POINTS = [(name, pride) for name in scenarios() for pride in PRIDES + MORE_PRIDES * (name in ALONG_PRIDE)]
SWEEP = Sweep(
    "remedies",
    fixed={"horizon": HORIZON},
    scenarios={f"{name}, pride {pride:g}": {**scenarios()[name], "pride": pride} for name, pride in POINTS},
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
    """Sweep all remedies; returns the league table, one row a remedy and pride, best first."""
    just_its_own(parameters, horizon=HORIZON)
    just_the_default(parameters, "schedule", "steel_quota")  # with less steel other plans are best
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import league  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    runs = outcomes(store.years)
    best = pd.Series({seed: best_possible(seed, **parameters) for seed in sorted(runs["seed"].unique())}, name="best")
    table = league_table(runs[runs["pride"].isin(PRIDES)].join(best, on="seed"), **parameters)
    along = runs[runs["scenario"].isin(ALONG_PRIDE)].sort_values("pride", kind="stable")
    line, enough = intervals(along, ["scenario", "pride"], "last"), enough_pride(along)
    pictures = [
        Picture("league", league.table(table), league.caption(seeds, float(best.mean())), table),
        Picture("pride", league.pride(line, enough), league.pride_caption(seeds), line, {"enough": enough}),
    ]
    said = findings(table, best) + pride_findings(line, enough)
    publish(store.folder, __doc__ or "", pictures, said, answer(table, enough))
    return table


def outcomes(years: pd.DataFrame) -> pd.DataFrame:
    """One row a run: `usefulness`, the mean over the years with a target, `worst`, the worst of them, and `last`, the last."""
    targeted = years[years["year"] >= FROM // YEAR].assign(scenario=years["scenario"].str.rpartition(", pride ")[0])
    grouped = targeted.sort_values("year").groupby(["scenario", "pride", "seed"], sort=False)["usefulness"]
    return pd.DataFrame({"usefulness": grouped.mean(), "worst": grouped.min(), "last": grouped.last()}).reset_index()


def best_possible(seed: int, **parameters: Any) -> float:
    """Usefulness in the same years under the best plan that one who knows all could set: the best nail of each board, worked hard.

    Nobody revises a plan, so that only luck is left.
    """
    economy = NailEconomy(rng=seed, **{"threads": 1, **parameters, "horizon": HORIZON, "policy": "measure_only"})
    industry, construction = economy.industry, economy.construction
    nails = best_plans(construction.board_mm)
    industry.length_mm, industry.diameter_mm = nails.length_mm[industry.trust], nails.diameter_mm[industry.trust]
    industry.finish = industry.effort = 1.0
    fastened = []
    for _ in range(HORIZON):
        industry.produce()
        construction.fasten(industry.made, economy.order)
        fastened.append(construction.fastened.sum() / construction.programme.sum())
    return float(np.mean(fastened[FROM:]))


def league_table(runs: pd.DataFrame, **parameters: Any) -> pd.DataFrame:
    """One row a remedy and pride: mean and worst usefulness and regret, with intervals, and `checks`, the share audited or inspected.

    Best first, by usefulness at the first pride.
    """
    runs = runs.assign(regret=runs["best"] - runs["usefulness"])
    by = ["scenario", "pride"]
    table = intervals(runs, by, "usefulness", "worst", "regret")
    given = {name: read_parameters(**(parameters | settings)) for name, settings in scenarios().items()}
    table["checks"] = [given[name].audit_share or given[name].inspection for name in table["scenario"]]
    first = table[table["pride"] == PRIDES[0]].set_index("scenario")["usefulness"]
    table["place"] = table["scenario"].map(first.rank(ascending=False, method="first").astype(int))
    return table.sort_values(["place", "pride"], ascending=[True, False], ignore_index=True)


def enough_pride(along: pd.DataFrame) -> pd.DataFrame:
    """One row a remedy: from which pride on its last year is no worse than where nothing is paid for, and how sharply it rises.

    `enough` is that pride by seed (straight lines between the prides tried; infinite where none is enough), the median with its
    interval. The mean goes from a tenth to nine tenths of its rise between `rises_from` and `rises_to`, and `gain` is the BIC of its
    best break, along the log of pride above 0, over smooth fits: more than 10 is a jump.
    """
    wide = {
        name: group.pivot(index="pride", columns="seed", values="last") for name, group in along.groupby("scenario", sort=False)
    }
    nothing, rows = wide.pop(NOTHING_PAID), []
    for name, remedy in wide.items():
        prides, mean = remedy.index.to_numpy(dtype=float), remedy.to_numpy().mean(axis=1)
        each = [crossing(prides, gap) for gap in (remedy - nothing).to_numpy().T]
        risen = np.maximum.accumulate(mean - mean[0])
        rises = np.interp([0.1 * risen[-1], 0.9 * risen[-1]], risen, prides)
        some = prides > 0
        row: dict[str, Any] = {"scenario": name, **bootstrap_interval(each, np.median).columns("enough")}
        row |= {"rises_from": rises[0], "rises_to": rises[1], "gain": change_point(np.log(prides[some]), mean[some]).gain}
        rows.append(row)
    return pd.DataFrame(rows)


def crossing(x: Any, y: Any) -> float:
    """The x from which on y is not below 0, on straight lines between its points; infinite where y ends below 0.

    >>> crossing(np.array([0.0, 1.0, 2.0]), np.array([-1.0, -1.0, 3.0]))
    1.25
    """
    (below,) = (y < 0).nonzero()
    if len(below) == 0:
        return float(x[0])
    last = below[-1]
    if last == len(x) - 1:
        return float("inf")
    return float(x[last] + (x[last + 1] - x[last]) * -y[last] / (y[last + 1] - y[last]))


def findings(table: pd.DataFrame, best: pd.Series) -> list[str]:
    """The league in words: a head, and a line a remedy."""
    head = f"{'':32} {'mean usefulness':18} {'worst year':18} {'regret':18} without pride"
    lines = [f"the best plan of one who knows all: usefulness {best.mean():.2f}", "", head]
    for name, group in table.groupby("scenario", sort=False):
        with_pride, without = group.to_dict("records")
        columns = [told(with_pride, column) for column in ("usefulness", "worst", "regret")] + [told(without, "usefulness")]
        lines.append(f"{name:32} " + " ".join(f"{column:18}" for column in columns).rstrip())
    return lines


def pride_findings(line: pd.DataFrame, enough: pd.DataFrame) -> list[str]:
    """What pride does, in words: usefulness by pride, a line a remedy, and from where on it is enough."""
    lines = ["", "usefulness in the last year, by pride:"]
    for name, group in line.groupby("scenario", sort=False):
        lines.append(f"{name}: " + "; ".join(f"{row['pride']:g}: {told(row, 'last')}" for row in group.to_dict("records")))
    for row in enough.to_dict("records"):
        kind = "a jump" if row["gain"] > STRONG else "no jump"
        lines.append(
            f"{row['scenario']}: no worse than paying for nothing from pride {told(row, 'enough')} on; a tenth to nine tenths of its "
            f"rise from {row['rises_from']:.2f} to {row['rises_to']:.2f}; {kind} (BIC gain {row['gain']:.0f})"
        )
    return lines


def answer(table: pd.DataFrame, enough: pd.DataFrame) -> str:
    """What helps, in a sentence: who does better than a planner that pays for nothing, and from which pride on count does."""
    said = []
    for pride, group in table.groupby("pride", sort=False):
        useful = group.set_index("scenario")["usefulness"].sort_values(ascending=False)
        better = useful[useful > useful[NOTHING_PAID]]
        best = f" (best {better.index[0]}, {better.iloc[0]:.2f})" if len(better) else ""
        said.append(f"with pride {pride:g}, {len(better)} of {len(useful) - 1}{best}")
    pride = enough.set_index("scenario").loc[COUNT, "enough"]
    said.append(f"count alone from pride {pride:.2f} on" if np.isfinite(pride) else "count alone never")
    return f"Better than paying for nothing: {'; '.join(said)}."


if __name__ == "__main__":
    by_path(run)
