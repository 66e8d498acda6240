"""Do reinforcement learners find the tacks and lumps that hill-climbers find, faster or further?

A factory has learned by trial, over whole episodes, what pays by count, or by weight (CMA-ES on a linear policy, NailFactory-v0).
It is set beside an ordinary factory in the same place, who looks around once a month and takes what pays best that month. What to
expect: both come to tacks and to lumps, and the learner, which has seen the end before, goes there at once; it is paid more.

Why: an episode's sum is another goal than a month's pay. Who thinks ahead also sees that a target rises with what was achieved
(Weitzman 1980, The "ratchet principle" and performance incentives, Bell Journal of Economics 11), and may work less for it.

    uv run --extra learn nailworks run learners-and-climbers
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.intervals import bootstrap_interval, intervals, told
from experiments.command import by_path, just_its_own, something_paid
from experiments.lab.kind import Kind
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Sweep
from model.learning.lesson import Lesson
from model.learning.training import have_extra

FAR = 10.0  # times lighter, or heavier, than its first nail: a tack, or a lump
LAST_YEAR = 12
SWEEP = Sweep(
    "learners_and_climbers",
    fixed={"budget": 160},
    grid={"metric": ["count", "weight"], "power": [1.0, 4.0]},
    kind=Kind(Lesson, "model.learning.training:beside", tables=("paths",)),
)


def run(
    *,
    seeds: int = 5,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Let factories learn, and set each beside an ordinary one; returns one row a metric, power and who, with what was found."""
    have_extra()
    just_its_own(parameters, reward="observed")
    something_paid(parameters)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import learning  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    paths = store.table("paths")
    by = ["metric", "power", "who", "month"]
    line = intervals(paths, by, "observed", "hidden", "mass", "effort")
    found = outcomes(paths)
    caption = learning.paths_caption(line, seeds, FAR)
    picture = Picture("learners_and_climbers", learning.paths(line, FAR), caption, line, {"outcomes": found})
    publish(store.folder, __doc__ or "", [picture], [findings(row) for row in found.to_dict("records")], answer(found))
    return found


def outcomes(paths: pd.DataFrame) -> pd.DataFrame:
    """One row a metric, power and who: months until the nail is FAR lighter or heavier, pay, use, effort and mass in the end.

    Means over seeds; of the months, `arrives`, the median, infinite where most never come so far; `arrived` is the share that do.
    """
    rows: list[dict[str, Any]] = []
    groups: Any = paths.groupby(["metric", "power", "who"], sort=False)
    for (metric, power, who), group in groups:
        row: dict[str, Any] = {"metric": metric, "power": power, "who": who}
        runs = [one.sort_values("month") for _, one in group.groupby("seed")]
        found = {
            "arrives": [arrival(one["mass"].to_numpy()) for one in runs],
            "pay": [one["observed"].mean() for one in runs],
            "use": [one["hidden"].mean() for one in runs],
            "effort": [one["effort"].tail(LAST_YEAR).mean() for one in runs],
            "mass": [one["mass"].iloc[-1] for one in runs],
        }
        for name, values in found.items():
            row |= bootstrap_interval(values, np.median if name == "arrives" else np.mean).columns(name)
        row["arrived"] = float(np.mean(np.isfinite(found["arrives"])))
        rows.append(row)
    return pd.DataFrame(rows)


def arrival(mass: Any) -> float:
    """Months until a nail's mass, over its first, shape (months,), is FAR from 1; infinite if it never is.

    >>> arrival(np.array([0.5, 0.2, 0.05])), arrival(np.array([1.0, 2.0]))
    (3.0, inf)
    """
    far = np.abs(np.log(mass)) >= np.log(FAR)
    return float(far.argmax() + 1) if far.any() else float("inf")


def answer(found: pd.DataFrame) -> str:
    """Faster or further, in a sentence: the learner of the greatest power beside who looks around."""
    said = []
    for metric, group in found[found["power"] == found["power"].max()].groupby("metric", sort=False):
        learned, climbs = (group[group["who"] == who].iloc[0] for who in ("learned", "looks around"))
        said.append(
            f"by {metric} in {_when(learned)} of its target, an ordinary factory in {_when(climbs)}, and is paid "
            f"{learned['pay']:.2f} for use of {learned['use']:.2f} instead of {climbs['pay']:.2f} for {climbs['use']:.2f}"
        )
    return f"A learner of power {found['power'].max():g} comes {FAR:g} times off its first nail {'; '.join(said)}."


def _when(row: pd.Series) -> str:
    if not np.isfinite(row["arrives"]):
        return f"no month in {1 - row['arrived']:.0%} of seeds"
    return f"month {row['arrives']:.0f}" + (f" ({row['arrived']:.0%} of seeds)" if row["arrived"] < 1 else "")


def findings(row: dict[str, Any]) -> str:
    """One outcome in words."""
    arrives = (
        f"in month {told(row, 'arrives', '.1f')} of its target" if np.isfinite(row["arrives"]) else "never, or hardly ever"
    )
    return (
        f"paid by {row['metric']}, {row['who']} (power {row['power']:g}): {FAR:g} times off its first nail {arrives} "
        f"({row['arrived']:.0%} of seeds); pay {told(row, 'pay')}, use {told(row, 'use')}; in the end effort "
        f"{told(row, 'effort')} and a nail of {told(row, 'mass', '.3g')} times its first mass"
    )


if __name__ == "__main__":
    by_path(run)
