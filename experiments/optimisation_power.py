"""How much optimisation is too much?

Four kinds of power, one at a time: how far from its first nail a factory can go (capability, a factor), how many alternatives
it weighs a month (breadth), how long its steps are (step size), and how often it looks at peers (imitation). Factories are
paid by count from month 24 on, or by joints, which is real use: the aligned control. What to expect: the metric rises with
every kind of power; usefulness rises first and then falls, somewhere sharply, and there seeds differ most; paid by joints it
only rises.

Why: with little power a proxy picks up what it shares with the goal (here effort), with more it finds where the two part
(Manheim & Garrabrant 2018, arXiv:1803.04585, extremal Goodhart); Pan, Bhatia & Steinhardt (2022, arXiv:2201.03544) saw phase
transitions in reward hacking as agents grow more capable. Whether a fall is a break or only a bend is told by a change point
against smooth fits by BIC, seed by seed and on the mean.

    uv run python experiments/optimisation_power.py --seeds 20 --out results/optimisation-power
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.change_points import STRONG, beyond_the_turn, kind_of_break, turn_and_low
from analysis.intervals import intervals, told
from experiments.command import by_path, just_its_own, something_paid, whole_years
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from experiments.lab.work import YEAR

POWERS: dict[str, list[float]] = {
    "capability": [1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.5, 1.6, 1.8, 2, 2.5, 3, 4, 6, 10],
    "breadth": [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64],
    "step_size": [0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24, 0.32],
    "imitation": [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1],
}
POINTS = [
    {"metric": metric, power: value} for power, values in POWERS.items() for value in values for metric in ("count", "joints")
]
FROM = 24  # month of the target
BEFORE, EARLY = 1, 3  # years that the last is compared with: the last without a target, the second with one
SWEEP = Sweep(
    "optimisation_power",
    fixed={"target_from": FROM, "horizon": 120},
    scenarios=POINTS,
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
    """Sweep each kind of power; returns one row a kind and target, with what was found."""
    whole_years(parameters, (EARLY + 1) * YEAR)
    just_its_own(parameters, target_from=FROM)
    something_paid(parameters)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import curves  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    ends = outcomes(store.years)
    table = summary(ends)
    found = pd.DataFrame([transition(group) for _, group in ends.groupby(["power", "target"], sort=False)])
    pictures = []
    for power in POWERS:
        line, here = (frame.set_index("power").loc[[power]].reset_index(drop=True) for frame in (table, found))
        caption = curves.power_caption(power, seeds)
        pictures.append(Picture(power, curves.power(line, here, power), caption, line, {"transition": here}))
    publish(store.folder, __doc__ or "", pictures, [findings(row) for row in found.to_dict("records")], answer(found))
    return found


def outcomes(years: pd.DataFrame) -> pd.DataFrame:
    """One row a kind of power, value, target and seed: usefulness early and in the end, and nails over those before targets."""
    parts, last = [], years["year"].max()
    for cell, point in enumerate(POINTS):
        power = next(name for name in point if name != "metric")
        runs = years[years["cell"] == cell].pivot(index="seed", columns="year", values=["usefulness", "count"])
        part = pd.DataFrame(
            {
                "usefulness": runs["usefulness", last],
                "usefulness_early": runs["usefulness", EARLY],
                "count_index": runs["count", last] / runs["count", BEFORE],
            }
        ).reset_index()
        parts.append(part.assign(power=power, value=float(point[power]), target=point["metric"]))
    return pd.concat(parts, ignore_index=True)


def summary(ends: pd.DataFrame) -> pd.DataFrame:
    """One row a kind of power, value and target: means with intervals and the middle 80 % of seeds, and the sd over seeds."""
    by = ["power", "target", "value"]
    table = intervals(ends, by, "usefulness", "usefulness_early", "count_index")
    spread = ends.groupby(by, as_index=False).agg(usefulness_sd=("usefulness", "std"))
    return table.merge(spread, on=by)


def transition(ends: pd.DataFrame) -> dict[str, Any]:
    """What happens to usefulness along one kind of power, for one target.

    `turn`, `fell`, `break_at` and the like are those of `beyond_the_turn`; `falls_from` and `falls_to` are between which values
    the mean goes from a tenth to nine tenths of that loss, `widest` the value where seeds differ most, and `rises` whether the
    metric never falls by more than 2 %.
    """
    power, target = ends[["power", "target"]].iloc[0].tolist()
    wide = ends.pivot(index="value", columns="seed", values="usefulness")
    values = wide.index.to_numpy(dtype=float)
    place = np.log(values) if values[0] > 0 else values
    mean = wide.to_numpy().mean(axis=1)
    turn, low = turn_and_low(mean)
    lost = np.maximum.accumulate(mean[turn] - mean[turn : low + 1])
    falls = np.interp([0.1 * lost[-1], 0.9 * lost[-1]], lost, place[turn : low + 1])
    paid_for = ends.pivot(index="value", columns="seed", values="count_index" if target == "count" else "usefulness")
    metric = paid_for.to_numpy().mean(axis=1)
    highest = np.maximum.accumulate(metric)

    def value(at: float) -> float:
        return float(np.exp(at)) if values[0] > 0 else float(at)

    return {
        "power": power,
        "target": target,
        **beyond_the_turn(wide, place, value),
        "usefulness_at_turn": mean[turn],
        "falls_from": value(falls[0]),
        "falls_to": value(falls[1]),
        "widest": values[int(wide.to_numpy().std(axis=1).argmax())],
        "rises": bool((metric[1:] >= 0.98 * highest[:-1]).all()),
    }


def answer(found: pd.DataFrame) -> str:
    """How much optimisation is too much, in a sentence."""
    paid, control = found[found["target"] == "count"], found[found["target"] == "joints"]
    said = [
        f"{row['fell']:.2f} beyond {row['power'].replace('_', ' ')} {row['turn']:g}{' with a break' if row['gain'] > STRONG else ''}"
        for row in paid.to_dict("records")
    ]
    return f"Paid by count, usefulness loses {', '.join(said)}; paid by joints at most {control['fell'].max():.2f}."


def findings(row: dict[str, Any]) -> str:
    """One transition in words."""
    return (
        f"{row['power']}, paid by {row['target']}: usefulness is best at {row['turn']:g} ({row['usefulness_at_turn']:.2f}), "
        f"loses {told(row, 'fell')} beyond, {row['falls_from']:.3g} to {row['falls_to']:.3g}; {kind_of_break(row)}, "
        f"BIC gain {row['gain']:.0f}, own breaks in {row['breaks']:.0%} of seeds; seeds differ most at "
        f"{row['widest']:g}; the metric {'rises throughout' if row['rises'] else 'falls somewhere'}"
    )


if __name__ == "__main__":
    by_path(run)
