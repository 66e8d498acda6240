"""How much may a learner learn before it hacks its reward?

A factory learns by trial (CMA-ES on a linear policy, NailFactory-v0) in an economy of ordinary ones; unless set otherwise it is paid
by count, without pride. Two kinds of power grow: how many episodes it learns from, and how far it can move its plan in a month. Its
pay is the reward that it observes, the use of its nails the hidden one. What to expect: pay rises with both kinds of power; use
falls, somewhere sharply; the honest control, which learns from the hidden reward, gains use. What the control loses too is
learning that is not done; the difference is what the proxy costs, and it is hacking where use falls below that of the untaught
(Skalse et al. 2022, arXiv:2209.13085: the proxy rises, the true reward falls).

Why: Pan, Bhatia & Steinhardt (2022, arXiv:2201.03544) saw the true reward fall, at times all at once, as agents grow more capable;
Gao, Schulman & Hilton (2022, arXiv:2210.10760) saw it rise first. Whether a fall is a break or only a bend is told by a
change point against smooth fits by BIC, as in `optimisation-power`.

    uv run --extra learn nailworks run learning-power
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.change_points import STRONG, beyond_the_turn, kind_of_break
from analysis.intervals import bootstrap_interval, intervals, told
from experiments.command import by_path, just_its_own, something_paid
from experiments.lab.kind import Kind
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Sweep
from incentives.metrics import metric_name
from model.learning.lesson import Lesson, read_lesson
from model.learning.training import have_extra

POWERS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8]
SHOWN = (1 / 8, 1 / 2, 4)  # powers whose learning is shown episode by episode
SWEEP = Sweep(
    "learning_power",
    fixed={"horizon": 60, "budget": 128},
    grid={"power": POWERS, "reward": ["observed", "hidden"]},
    kind=Kind(Lesson, "model.learning.training:curve", tables=("marks",)),
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
    """Let factories of all powers learn, from pay and from use; returns one row an axis and reward, with what was found."""
    have_extra()
    just_its_own(parameters, policy="single")
    paid_by = metric_name(read_lesson(SWEEP.fixed, **parameters).metric).replace("_", " ")
    something_paid(parameters)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import learning  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    marks = store.table("marks")
    table = summary(marks)
    found = pd.DataFrame([row for reward in ("observed", "hidden") for row in transitions(marks, reward)])
    caption = learning.power_caption(paid_by, seeds, SHOWN)
    picture = Picture("learning_power", learning.power(table, SHOWN), caption, table, {"transitions": found})
    said = [findings(row) for row in found.to_dict("records")]
    publish(store.folder, __doc__ or "", [picture], said, answer(found, paid_by))
    return found


def summary(marks: pd.DataFrame) -> pd.DataFrame:
    """One row a reward learned from, power and number of episodes: both rewards, means over seeds with intervals."""
    by = ["reward", "power", "episodes"]
    return intervals(marks, by, "observed", "hidden")


def transitions(marks: pd.DataFrame, reward: str) -> list[dict[str, Any]]:
    """What becomes of both rewards along power, at the whole budget, and along episodes, at the greatest power."""
    mine: Any = marks[marks["reward"] == reward]
    whole, most = mine["episodes"].max(), mine["power"].max()
    along = {"power": mine[mine["episodes"] == whole], "episodes": mine[mine["power"] == most]}
    return [{"learns_from": reward, "axis": axis, **transition(part, axis)} for axis, part in along.items()]


def transition(part: pd.DataFrame, axis: str) -> dict[str, Any]:
    """What becomes of the rewards along an axis.

    Of the hidden reward `turn`, `fell`, `break_at` and the like, as in `beyond_the_turn`; `gained` and `use_changed` are by how
    much the observed and the hidden one change from end to end.
    """
    wide = part.pivot(index=axis, columns="seed", values="hidden")
    pay = part.pivot(index=axis, columns="seed", values="observed")
    values = wide.index.to_numpy(dtype=float)
    place = np.log(values) if axis == "power" else np.log2(1 + values / values[1])
    mean = wide.mean(axis=1)
    row = beyond_the_turn(wide, place, lambda at: np.exp(at) if axis == "power" else values[1] * (2**at - 1))
    row |= {"use_at_turn": mean[row["turn"]], "use_in_the_end": mean.iloc[-1]}
    gained = bootstrap_interval(pay.iloc[-1] - pay.iloc[0])
    change = bootstrap_interval(wide.iloc[-1] - wide.iloc[0])
    return row | gained.columns("gained") | change.columns("use_changed")


def answer(found: pd.DataFrame, paid_by: str = "count") -> str:
    """How much may a learner learn, in a sentence, where it was paid by a metric of this name."""
    from analysis.learning import in_words  # slow to import

    rows = found[found["axis"] == "power"].set_index("learns_from")
    paid, control = rows.loc["observed"], rows.loc["hidden"]
    broken = "with" if paid["gain"] > STRONG else "without"
    return (
        f"Paid by {paid_by}, more power brings a learner {told(paid, 'gained')} more pay a month; the use of its nails is highest, "
        f"{paid['use_at_turn']:.2f}, at power {in_words(paid['turn'])} and loses {told(paid, 'fell')} beyond, {broken} a break. "
        f"Learning from use itself it is at best {control['use_at_turn']:.2f}."
    )


def findings(row: dict[str, Any]) -> str:
    """One transition in words."""
    learns = "pay" if row["learns_from"] == "observed" else "use (the honest control)"
    return (
        f"learning from {learns}, along {row['axis']}: pay changes by {told(row, 'gained', '+.2f')}, use by "
        f"{told(row, 'use_changed', '+.2f')}; use is highest at {row['turn']:g} ({row['use_at_turn']:.2f}) and loses "
        f"{told(row, 'fell')} beyond; {kind_of_break(row)}, BIC gain {row['gain']:.0f}, own breaks in {row['breaks']:.0%} of seeds"
    )


if __name__ == "__main__":
    by_path(run)
