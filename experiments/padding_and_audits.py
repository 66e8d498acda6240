"""Who claims what was not made, and what do checks against stock do about it?

Factories can claim more than they made, up to `padding_limit`; Gosplan checks a share `inspection` of the reports against stock,
and takes `fine` for each unit of overclaimed fulfilment, so that a unit is expected to cost penalty = inspection * fine, told here
over the strength of the bonus. What to expect: under a linear bonus all pad to the limit where the penalty is below 1, and nobody
above. Under a threshold bonus a factory pads up to the target, and no further, if and only if its true fulfilment is above
1 - 1/penalty: even a stiff fine leaves it to those who have nearly made it. To see that, plans are made tauter by 8 % a year,
whatever is achieved, with no luck and designs held, until nobody can fulfil them. Downstream, padding should replace effort,
builders get less, and the report tells less of what they get.

Why: T4 of docs/theory.md; adversarial Goodhart in Manheim & Garrabrant (2018, arXiv:1803.04585); pripiski, padded reports, are told
of by Berliner (1957, Factory and Manager in the USSR); Harrison (2011, J. Comp. Econ. 39:43) has evidence from archives.

    uv run python experiments/padding_and_audits.py --seeds 20 --out results/padding-and-audits
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from analysis.intervals import at_least, at_most, bootstrap_interval, in_cell, intervals
from experiments.command import by_path, just_its_own, just_the_default
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from experiments.table import table as tabled

BONUSES = ("linear", "threshold")
STRENGTH, INSPECTION = 0.5, 0.1  # of pay, the model's default; and the share of reports that is checked
PENALTIES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.5, 2.0)  # expected for a unit of overclaim, over the strength of pay
TAUT_PENALTIES = (1.25, 2.0, 4.0, 20.0)
LIMIT, HORIZON, FROM, YEAR = 0.5, 120, 24, 12
TAUT_YEARS = 24  # in which plans grow sixfold
DESIGNS: dict[str, float | None] = {"free": None, "held": 1.0}  # capability


def fine(penalty: float) -> float:
    """The fine [units of pay] at which a unit of overclaim is expected to cost `penalty` times the strength of pay."""
    return penalty * STRENGTH / INSPECTION


PADDING: list[dict[str, Any]] = [
    {"bonus": bonus, "capability": reach, "padding_limit": LIMIT, "fine": fine(penalty)}
    for bonus in BONUSES
    for reach in DESIGNS.values()
    for penalty in PENALTIES
]
HONEST: list[dict[str, Any]] = [
    {"bonus": bonus, "capability": reach, "padding_limit": 0.0} for bonus in BONUSES for reach in DESIGNS.values()
]
TAUT: list[dict[str, Any]] = [
    {
        "bonus": "threshold", "capability": 1.0, "padding_limit": 10.0, "fine": fine(penalty),
        "shock_sd": 0.0, "ratchet": 0.0, "growth": 0.08, "horizon": FROM + YEAR * TAUT_YEARS,
    }
    for penalty in TAUT_PENALTIES
]  # fmt: skip
POINTS = [{"horizon": HORIZON, **point} for point in (*PADDING, *HONEST, *TAUT)]
LABELS = [
    *(
        {"bonus": bonus, "designs": designs, "penalty": penalty}
        for bonus in BONUSES
        for designs in DESIGNS
        for penalty in PENALTIES
    ),
    *({"bonus": bonus, "designs": designs, "penalty": np.inf} for bonus in BONUSES for designs in DESIGNS),
    *({"bonus": "threshold", "designs": "taut", "penalty": penalty} for penalty in TAUT_PENALTIES),
]
SWEEP = Sweep(
    "padding_and_audits",
    fixed={"metric": "count", "target_from": FROM, "bonus_strength": STRENGTH, "inspection": INSPECTION},
    scenarios=POINTS,
    keep=Keep(months="none", years=True, factories=tuple(FROM + YEAR * year - 1 for year in range(1, TAUT_YEARS + 1))),
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
    """Let factories pad under every penalty; returns one row a bonus, freedom of design and penalty."""
    just_its_own(parameters, **SWEEP.fixed)
    just_the_default(parameters, "audit_share", "discount", "orders", "plan_year", "report_noise")  # T4 knows none of them
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import padding  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    factories = store.factories[["cell", "seed", "month", "count", "target", "padding"]].join(pd.DataFrame(LABELS), on="cell")
    ends = downstream(store.years, factories)
    table = summary(ends)
    near = nearness(factories)
    line, held = by_fulfilment(near), threshold(near)
    pictures = [
        Picture("who_pads", padding.who_pads(line), padding.who_pads_caption(seeds), line, {"threshold": held}),
        Picture("penalties", padding.penalties(table), padding.penalties_caption(seeds, LIMIT), table),
    ]
    publish(store.folder, __doc__ or "", pictures, findings(table, held), answer(table, held))
    return table


def downstream(years: pd.DataFrame, factories: pd.DataFrame) -> pd.DataFrame:
    """One row a bonus, freedom of design, penalty (infinite: nobody can pad) and seed: what came of it in the last of ten years.

    `padding`, `at_limit` (share of factories within 5 % of it), `effort`, `usefulness`, `correlation` of the reported count with
    real use, `count_index` (nails made over those of the year before the target) and `inflation` (targets over nails made).
    """
    by, last = ["cell", "seed"], HORIZON // YEAR - 1
    then, before = (years[years["year"] == year].set_index(by) for year in (last, FROM // YEAR - 1))
    then = then[then.index.get_level_values("cell") < len(PADDING) + len(HONEST)]
    ends = pd.DataFrame(
        {
            "padding": then["mean_padding"],
            "effort": then["mean_effort"],
            "usefulness": then["usefulness"],
            "correlation": then["correlation_count"],
            "count_index": then["count"] / before["count"].loc[then.index],
        }
    )
    now = factories[factories["month"] == HORIZON - 1].groupby(by)
    ends["at_limit"] = now["padding"].agg(lambda padding: (padding > 0.95 * LIMIT).mean())
    ends["inflation"] = now["target"].sum() / now["count"].sum()
    return ends.reset_index().join(pd.DataFrame(LABELS), on="cell").drop(columns="cell")


def summary(ends: pd.DataFrame) -> pd.DataFrame:
    """One row a bonus, freedom of design and penalty: means over seeds with intervals and the middle 80 %."""
    by = ["bonus", "designs", "penalty"]
    return intervals(ends, by, "padding", "at_limit", "effort", "usefulness", "correlation", "count_index", "inflation")


def nearness(factories: pd.DataFrame) -> pd.DataFrame:
    """One row a penalty, seed, year and factory under taut plans: its `true` fulfilment, its `claim`, and whether it pads.

    `pads_by_theory` is T4: true fulfilment above 1 - 1/penalty, and below 1.
    """
    taut = factories[factories["designs"] == "taut"]
    true = taut["count"] / taut["target"]
    return pd.DataFrame(
        {
            "penalty": taut["penalty"],
            "seed": taut["seed"],
            "year": (taut["month"] + 1 - FROM) // YEAR,
            "true": true,
            "claim": true * (1 + taut["padding"]),
            "pads": taut["padding"] > 0,
            "pads_by_theory": (true > 1 - 1 / taut["penalty"]) & (true < 1),
        }
    )


def by_fulfilment(near: pd.DataFrame, width: float = 0.05) -> pd.DataFrame:
    """One row a penalty and step of true fulfilment (its middle): the share that pads, of how many, all seeds together."""
    step = np.floor(near["true"] / width + 1e-9)
    groups = near.assign(true=(step + 0.5) * width).groupby(["penalty", "true"], as_index=False)
    return groups.agg(pads=("pads", "mean"), factories=("pads", "size"))


def threshold(near: pd.DataFrame) -> pd.DataFrame:
    """One row a penalty: how far factories agree with T4, means over seeds with intervals.

    `agree` is the share of factories, all years, of which T4 says rightly whether they pad; `above`, `between` and `below` the
    share that pads of those who made the target, of those short of it but above 1 - 1/penalty, and of those below that; `claim`
    the median claim of those between who pad; NaN in a seed that has none.
    """
    rows = []
    for penalty, group in near.groupby("penalty"):
        made, between = group["true"] >= 1, group["pads_by_theory"]
        kinds = {"above": made, "between": between, "below": ~made & ~between}
        row: dict[str, Any] = {"penalty": penalty, "at": 1 - 1 / penalty}  # type: ignore[operator]
        values = {name: group[kind].groupby("seed")["pads"].mean() for name, kind in kinds.items()}
        values["agree"] = (group["pads"] == between).groupby(group["seed"]).mean()
        values["claim"] = group[between & group["pads"]].groupby("seed")["claim"].median()
        for name, each in values.items():
            row |= bootstrap_interval(each).columns(name)
        rows.append(row | {f"n_{name}": int(kind.sum()) for name, kind in kinds.items()})
    return pd.DataFrame(rows)


def answer(table: pd.DataFrame, held: pd.DataFrame) -> str:
    """The whole of it in a few sentences."""
    linear = table[(table["bonus"] == "linear") & np.isfinite(table["penalty"])].groupby("penalty")["at_limit"].mean()
    cheap, dear = linear[linear.index < 1].min(), linear[linear.index > 1].max()
    return (
        "Where factories can pad, that is report more than they made, they do so if it pays. Paid in proportion to the report, "
        f"{at_least(cheap, 'the factories')} pad to the limit where the fine to be expected is less than the pay for what is "
        f"made up, and {at_most(dear, 'them')} where it is more. Paid one bonus for a fulfilled plan, those pad who are so near it "
        f"that the fine is less than the bonus: so theory has it, and is right about at least {held['agree'].min():.1%} of the "
        "factories."
    )


NEAR = {"near": "between", "further off": "below", "fulfilled": "above"}  # in the table: in the data
NOTES = (
    "Pads: reports more than it made. Price: the fine to be expected for reporting a whole plan too much, over the pay "
    "for it. The first table is of plans that grow until nobody can fulfil them: theory has those pad who are near, "
    "having made 1 - 1/price of the plan or more, and not all of it. The second has padding and usefulness by bonus, "
    "linear or with a threshold, and by what factories make: any nail (free), or their first one for ever (held). Below "
    "means stand their 95 % intervals; figures/penalties.csv has effort and more."
)


def findings(table: pd.DataFrame, held: pd.DataFrame) -> list[str | Table]:
    """What came of it, as tables."""
    taut = [
        {"price": f"{row['penalty']:g}", "near\nfrom": f"{row['at']:.0%}"}
        | {f"pad if\n{name}": in_cell(row, column) for name, column in NEAR.items()}
        | {"near report\n(median)": in_cell(row, "claim"), "theory is\nright about": in_cell(row, "agree", ".1%")}
        for row in held.to_dict("records")
    ]
    wide = table.set_index(["bonus", "designs"])
    prices = [
        {"price": "cannot\npad" if np.isinf(price) else f"{price:g}"}
        | {
            f"{heading}{bonus}\n{designs}": in_cell(row, name)
            for name, heading in (("padding", "padding\n"), ("usefulness", "useful\n"))
            for (bonus, designs), row in rows.iterrows()
        }
        for price, rows in wide.groupby("penalty", sort=False)
    ]
    return [tabled(taut), tabled(prices), NOTES]


if __name__ == "__main__":
    by_path(run)
