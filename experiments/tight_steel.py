"""What does scarce steel do to a plan?

The steel quota goes from plenty (8 times what good nails at full effort take on average) to famine (a twentieth of that), the
same for every factory. Nothing is paid for, or from month 24 on count, weight, or joints, which is real use; outcomes are
those of the last of ten years. What to expect: those who need thick nails starve first, for a nail for a board twice as thick
takes about eight times the steel; pay by weight wastes the more the scarcer steel is; and lumps are idleness bought with
steel, because a heavy nail takes up the quota in few hours.

How much of the lumps is bought idleness is told in two ways. By account: a factory that makes w kg would make w1 of them with
its first nail, with the effort e1 (at most 1); of what its lump earns, strength (w - w1)/target + cost (e1^2 - e^2), the second
term is effort saved, and its share, summed over factories, is idleness. By experiment: of the growth from the first nail to the
lump, in doublings, the share that goes where effort costs nothing.

Why: quotas, hoarding and heavy products in planned economies are told by Nove (1986, The Soviet Economic System) and Kornai
(1980, Economics of Shortage); that a reward for A brings A and not B is Kerr (1975, Acad. Manage. J. 18:769).

    uv run python experiments/tight_steel.py --seeds 20 --out results/tight-steel
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from analysis.intervals import Interval, bootstrap_interval, in_cell, intervals
from analysis.marks import where
from experiments.command import by_path, just_its_own, just_the_default, something_paid
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from experiments.table import table as tabled
from nails.geometry import mass
from nails.joint import suitability
from nails.machine import nails_by_hours

QUOTAS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0]
PAID: dict[str, dict[str, Any]] = {
    "watched": {"policy": "measure_only"},
    "count": {"metric": "count"},
    "weight": {"metric": "weight"},
    "weight, effort free": {"metric": "weight", "effort_cost": 0.0},
    "joints": {"metric": "joints"},
}
HORIZON = 120
LOOKS = (110, 113, 116, 119)  # months of the last year in which every factory is looked at
BOARDS = {"thin": (0, 20), "middling": (20, 30), "thick": (30, 61)}  # [mm]; a third of trusts each, about
TOLD = (0.2, 0.5, 1.0, 4.0)  # quotas that the terminal tells of
TONNE_G = 1e6
PAY = {"watched": "none", "count": "count", "weight": "weight", "joints": "joints"}
LUMP = 1.25  # times the first nail's mass from which one speaks of lumps
IDLE = ["steel_quota", *(f"{way}{end}" for way in ("by_account", "by_experiment") for end in ("", "_ci_low", "_ci_high"))]
KEYS = ["scenario", "steel_quota", "seed"]
SWEEP = Sweep(
    "tight_steel",
    fixed={"target_from": 24, "horizon": HORIZON},
    scenarios=PAID,
    grid={"steel_quota": QUOTAS},
    keep=Keep(months="last year", factories=LOOKS),
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
    """Sweep the steel quota; returns one row a scheme of pay and quota."""
    just_its_own(parameters, **SWEEP.fixed)
    just_the_default(
        parameters, "audit_share", "bonus", "discount", "orders", "padding_limit", "plan_year"
    )  # not in the account
    something_paid(parameters)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import scarcity  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    looks = at_work(
        store.factories, {cell: json.loads(given) for cell, given in store.cells[["cell", "parameters"]].to_numpy()}
    )
    ends = last_year(store.months).merge(lumps(looks), on=KEYS)
    table = summary(ends)
    hunger = starved(looks)
    idle = idleness(ends)
    pictures = [
        Picture("steel", scarcity.steel(table), scarcity.steel_caption(seeds), table),
        Picture("starved", scarcity.starved(hunger), scarcity.starved_caption(BOARDS, seeds), hunger),
        Picture("idleness", scarcity.idleness(table, idle), scarcity.idleness_caption(seeds), idle),
    ]
    publish(store.folder, __doc__ or "", pictures, findings(ends, table, hunger, idle), answer(table, idle))
    return table


def at_work(factories: pd.DataFrame, cells: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """The factories, with what their plans give in a month without luck, and what their first nails would.

    `cells` are the parameters of each cell. New columns: `first_mass_g`, `programme` (joints/month of the first nails at
    standard skill, full effort and finish), `quota_kg`, `made_kg`, `first_kg` and `first_effort` (how much of `made_kg` the
    first nails would give, and the effort for it), `saved` and `gained` (pay for effort saved and for weight gained by design).
    """
    table = factories.copy()
    effort_cost, strength, quota = (
        table["cell"].map({cell: given[name] for cell, given in cells.items()}).to_numpy()
        for name in ("effort_cost", "bonus_strength", "steel_quota")
    )
    length, diameter, board = (table[name].to_numpy() for name in ("first_length_mm", "first_diameter_mm", "board_mm"))
    finish, effort, skill = (table[name].to_numpy() for name in ("finish", "effort", "skill"))
    first_g = mass(length, diameter)
    ordinary = nails_by_hours(first_g, 1.0, 1.0)
    table["first_mass_g"], table["programme"] = first_g, ordinary * suitability(length, diameter, 1.0, board)
    steel = table.assign(steel_kg=ordinary * first_g / 1000).groupby(["cell", "seed", "month"])["steel_kg"].transform("mean")
    quota_kg = quota * steel.to_numpy()

    mass_g = table["mass_g"].to_numpy()
    made_kg = np.minimum(nails_by_hours(mass_g, finish, effort, skill) * mass_g / 1000, quota_kg)
    idle_kg, most_kg = (nails_by_hours(first_g, finish, e, skill) * first_g / 1000 for e in (0.0, 1.0))
    first_effort = np.clip((made_kg - idle_kg) / (most_kg - idle_kg), 0, 1)
    first_kg = np.minimum(idle_kg + first_effort * (most_kg - idle_kg), made_kg)
    table["quota_kg"], table["made_kg"] = quota_kg, made_kg
    table["first_kg"], table["first_effort"] = first_kg, first_effort
    table["saved"] = effort_cost * (first_effort**2 - effort**2)
    table["gained"] = strength * (made_kg - first_kg) / table["target"].to_numpy()
    return table


def last_year(months: pd.DataFrame) -> pd.DataFrame:
    """One row a scheme of pay, quota and seed: usefulness, effort, and steel for each joint fastened, in the last year."""
    months = months.assign(joints=1000 * months["weight_kg"] / months["steel_per_joint_g"])  # NaN where none is fastened
    groups = months.groupby(KEYS, sort=False)
    ends = groups.agg(usefulness=("usefulness", "mean"), effort=("mean_effort", "mean"))
    total = groups[["weight_kg", "joints"]].sum()
    ends["steel_per_joint_g"] = 1000 * total["weight_kg"] / np.maximum(total["joints"], 1)  # one joint, that all be finite
    return ends.reset_index()


def lumps(looks: pd.DataFrame) -> pd.DataFrame:
    """One row a scheme of pay, quota and seed: `growth` of nails in doublings of their first mass, and `saved` and `gained`.

    Growth is the mean over factories, the others are sums; `full` is the share of factories that use up the quota.
    """
    looks = looks.assign(
        growth=np.log2(looks["mass_g"] / looks["first_mass_g"]), full=looks["made_kg"] >= 0.999 * looks["quota_kg"]
    )
    columns = {"growth": "mean", "full": "mean", "saved": "sum", "gained": "sum"}
    return looks.groupby(KEYS, sort=False, as_index=False).agg(columns)  # type: ignore[arg-type]


def summary(ends: pd.DataFrame) -> pd.DataFrame:
    """One row a scheme of pay and quota: means over seeds with intervals; of steel for each joint medians, for some waste all."""
    by = ["scenario", "steel_quota"]
    table = intervals(ends, by, "usefulness", "effort", "growth", "full")
    return table.merge(intervals(ends, by, "steel_per_joint_g", statistic=np.median), on=by)


def starved(looks: pd.DataFrame) -> pd.DataFrame:
    """One row a scheme of pay, quota and kind of board: the share of the programme that holds, means over seeds with intervals."""
    by = [*KEYS, "month", "trust"]
    trusts = looks.groupby(by, sort=False, as_index=False).agg(
        {"board_mm": "first", "joints": "sum", "programme": "sum"}  # type: ignore[arg-type]
    )
    edges = [low for low, _ in BOARDS.values()] + [max(high for _, high in BOARDS.values())]
    trusts["boards"] = pd.cut(trusts["board_mm"], edges, labels=list(BOARDS), right=False).astype(str)
    trusts["fastened"] = trusts[["joints", "programme"]].min(axis=1)
    kinds = trusts.groupby([*KEYS, "boards"], as_index=False)[["fastened", "programme"]].sum()
    kinds["usefulness"] = kinds["fastened"] / kinds["programme"]
    return intervals(kinds, ["scenario", "steel_quota", "boards"], "usefulness")


def idleness(ends: pd.DataFrame) -> pd.DataFrame:
    """One row a quota at which pay by weight makes lumps: the share of them that is bought idleness, told in both ways."""
    rows = []
    for quota, group in ends.groupby("steel_quota"):
        paid, free = (where(group, scenario=name).set_index("seed") for name in ("weight", "weight, effort free"))
        if paid["growth"].mean() < np.log2(LUMP):
            continue
        account = ratio_interval(paid["saved"], paid["saved"] + paid["gained"])
        trial = ratio_interval(paid["growth"] - free["growth"], paid["growth"])
        row = {"steel_quota": quota}
        for name, found in (("by_account", account), ("by_experiment", trial)):
            row |= found.columns(name)
        rows.append(row)
    return pd.DataFrame(rows, columns=IDLE, dtype=float)


def ratio_interval(above: pd.Series, below: pd.Series) -> Interval:
    """Ratio of two means over seeds, with its bootstrap interval over seeds."""
    pair = np.array([above, below], dtype=float)

    def ratio(seeds: Any) -> float:
        chosen = pair[:, np.asarray(seeds, dtype=int)]
        return float(chosen[0].mean() / chosen[1].mean())

    return bootstrap_interval(np.arange(pair.shape[1]), ratio)


NOTES = (
    "Quota: of steel, in multiples of what good nails take at full effort. Useful: the share of the building programme "
    "that holds. Beside none: what pay by weight adds to it. Steel is that of all nails for each joint that is fastened, "
    "the median seed's; > 1 t where they fasten hardly any. The second table has usefulness to those who nail thin, "
    "middling and thick boards. The third has how much of their heavy nails factories paid by weight make to save effort, "
    "not for the weight (the page says how it is told in two ways). Below numbers stand their 95 % intervals."
)


def findings(ends: pd.DataFrame, table: pd.DataFrame, hunger: pd.DataFrame, idle: pd.DataFrame) -> list[str | Table]:
    """What came of it, as tables."""
    steel = []
    for quota in TOLD:
        group = where(table, steel_quota=quota).set_index("scenario")
        watched, paid = (
            where(ends, scenario=name, steel_quota=quota).set_index("seed")["usefulness"] for name in ("watched", "weight")
        )
        gain = bootstrap_interval(paid - watched).columns("gain")
        steel += [
            {
                "paid by": name,
                "quota": f"{quota:g}",
                "useful": in_cell(group.loc[scenario], "usefulness"),
                "beside none": in_cell(gain, "gain", "+z.0%") if scenario == "weight" else "",
                "steel a joint": in_cell(group.loc[scenario], "steel_per_joint_g", steel_told),
            }
            for scenario, name in PAY.items()
        ]
    boards = []
    for name, quota in (("watched", 0.2), ("watched", 8.0), ("weight", 0.2), ("weight", 1.0), ("joints", 0.2), ("joints", 8.0)):
        rows = where(hunger, scenario=name, steel_quota=quota).set_index("boards")
        kinds = {f"{kind}\nboards": in_cell(rows.loc[kind], "usefulness") for kind in BOARDS if kind in rows.index}
        boards.append({"paid by": PAY[name], "quota": f"{quota:g}"} | kinds)
    idleness = [
        {"quota": f"{row['steel_quota']:g}"}
        | {f"effort saved,\n{way.replace('_', ' ')}": in_cell(row, way) for way in ("by_account", "by_experiment")}
        for row in idle.to_dict("records")
    ]
    return [tabled(steel), tabled(boards), *([tabled(idleness)] if idleness else []), NOTES]


def steel_told(mass_g: float) -> str:
    """Steel for a joint; beyond a tonne there is hardly a joint to divide by, and its digits mean nothing.

    >>> steel_told(2.628), steel_told(1214.6), steel_told(7.92e10)
    ('2.6 g', '1,200 g', '> 1 t')
    """
    return "> 1 t" if mass_g > TONNE_G else f"{float(f'{mass_g:.2g}'):,g} g"


def answer(table: pd.DataFrame, idle: pd.DataFrame) -> str:
    """What came of it, in a sentence."""
    use = table.set_index(["scenario", "steel_quota"])["usefulness"]
    shares = idle["by_account"]
    saved = (
        f"; of what factories gain by heavy nails, {shares.min():.0%} to {shares.max():.0%} is effort saved"
        if len(idle)
        else ""
    )
    return (
        f"With a fifth of the steel that good nails take, usefulness is {use['weight', 0.2]:.0%} paid by weight and "
        f"{use['watched', 0.2]:.0%} where nothing is paid for; with four times what they take, {use['weight', 4.0]:.0%} and "
        f"{use['watched', 4.0]:.0%}{saved}."
    )


if __name__ == "__main__":
    by_path(run)
