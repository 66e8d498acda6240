"""Can the four kinds of Goodhart's law be told apart by what they leave behind?

In all runs designs are held, so that pay by count can only wake effort, and one thing is switched on. Sound: nothing. Regressional:
reports are read with an error (`report_noise`). Extremal: designs are free, up to `capability`. Causal: the measure is set by decree
and not paid for: standard nails are made thinner, each factory's by a share of its own, so that more of them come from the same
hours. Adversarial, in its plainest form: factories can claim what they did not make (`padding_limit`). What to expect:
regressional, the measure ranks badly from the start, as 1/sqrt(1 + noise^2/spread^2), the best by report are worth that much less,
and nothing collapses; extremal, usefulness rises and then falls; causal, measure and use part at once, and use does not rise;
adversarial, more is reported than made.
A classifier that learned from some strengths and seeds should know the kinds at others, and fail first where the trouble is small.

Why: Manheim & Garrabrant (2018, arXiv:1803.04585); T1 to T4 of docs/theory.md put each in its stylised form.

    uv run python experiments/four_goodharts.py --seeds 20 --out results/four-goodharts
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.intervals import bootstrap_interval, intervals, told
from analysis.kinds import SIGNATURE, SOUND, confusion, learn, signature, tell
from experiments.command import by_path, enough_factories, just_its_own, just_the_default
from experiments.lab.kind import Kind
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep
from model.decree import DecreeParameters
from model.economy import NailEconomy

FROM, HORIZON, YEAR = 24, 96, 12
BEST = 0.2  # the share of factories that is praised
LEARNED: dict[str, list[dict[str, Any]]] = {  # of each kind a weaker and a stronger case
    SOUND: [{"bonus_strength": 0.3}, {"bonus_strength": 0.5}],
    "regressional": [{"report_noise": 0.2}, {"report_noise": 0.6}],
    "extremal": [{"capability": 2.0}, {"capability": None}],
    "causal": [{"thinner": 0.1, "bonus_strength": 0.0}, {"thinner": 0.3, "bonus_strength": 0.0}],
    "adversarial": [{"padding_limit": 0.2}, {"padding_limit": 0.6}],
}
HELD_OUT: dict[str, list[dict[str, Any]]] = {  # from hardly any to more than was learned from
    SOUND: [{"bonus_strength": strength} for strength in (0.1, 0.2, 0.4, 0.8)],
    "regressional": [{"report_noise": noise} for noise in (0.05, 0.1, 0.4, 0.9)],
    "extremal": [{"capability": reach} for reach in (1.1, 1.25, 1.5, 4.0)],
    "causal": [{"thinner": share, "bonus_strength": 0.0} for share in (0.025, 0.05, 0.2, 0.4)],
    "adversarial": [{"padding_limit": limit} for limit in (0.02, 0.05, 0.4, 1.0)],
}
SWITCHES = {SOUND: "bonus_strength", "regressional": "report_noise", "extremal": "capability"} | {
    "causal": "thinner", "adversarial": "padding_limit",
}  # fmt: skip
CASES = [
    {"kind": kind, "switch": SWITCHES[kind], "strength": point[SWITCHES[kind]] or np.inf, "learned": learned}
    for learned, cases in ((True, LEARNED), (False, HELD_OUT))
    for kind, points in cases.items()
    for point in points
]
POINTS = [{"capability": 1.0, **point} for cases in (LEARNED, HELD_OUT) for points in cases.values() for point in points]
SWEEP = Sweep(
    "four_goodharts",
    fixed={"metric": "count", "target_from": FROM, "horizon": HORIZON},
    scenarios=POINTS,
    keep=Keep(months="all", factories=(HORIZON - 1,)),
    kind=Kind(DecreeParameters, "model.decree:decree_run"),
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
    """Switch on each kind alone, and tell blinded runs apart; returns one row a blinded run, with what it was told to be."""
    just_its_own(parameters, **SWEEP.fixed)
    enough_factories(parameters, round(1 / BEST))  # of which one is among the best
    just_the_default(parameters, "assortment", "audit_share", "readings")  # what was reported is told from count and target
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import four_kinds  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    months, factories = store.months, store.factories
    signatures = signatures_of(months, factories)
    blinded = classified(signatures)
    table, lines = summary(signatures), lives(months)
    counts = confusion(blinded["kind"], blinded["told"], list(LEARNED))
    by_case = accuracy(blinded)
    praise = regression(factories, parameters)
    pictures = [
        Picture("lives", four_kinds.lives(lines, FROM), four_kinds.lives_caption(seeds), lines, {"signatures": table}),
        Picture(
            "confusion", four_kinds.confusion(counts, by_case), four_kinds.confusion_caption(len(blinded)),
            counts.reset_index(), {"cases": by_case},
        ),
        Picture("praise", four_kinds.praise(praise), four_kinds.praise_caption(seeds, BEST), praise),
    ]  # fmt: skip
    publish(store.folder, __doc__ or "", pictures, findings(table, blinded, by_case, praise), answer(blinded))
    return blinded


def signatures_of(months: pd.DataFrame, factories: pd.DataFrame) -> pd.DataFrame:
    """One row a run: its cell and seed, its case (`kind`, `switch`, `strength`, `learned`), and its signature."""
    by = ["cell", "seed"]
    ends = dict(iter(factories.groupby(by)))
    rows = [{"cell": key[0], "seed": key[1], **signature(run, ends[key], FROM)} for key, run in months.groupby(by)]  # type: ignore[index]
    return pd.DataFrame(rows).join(pd.DataFrame(CASES), on="cell")


def classified(signatures: pd.DataFrame) -> pd.DataFrame:
    """The blinded runs, whose seeds and strengths nothing was learned from, with the kind that each was `told` to be.

    Learned from the learned strengths on every other seed; of one seed alone on that one.
    """
    seeds = np.sort(signatures["seed"].unique())
    teaching = signatures["seed"].isin(seeds[::2])
    lessons = signatures[signatures["learned"] & teaching]
    blinded = signatures[~signatures["learned"] & (~teaching if len(seeds) > 1 else teaching)]
    kinds = learn(lessons, lessons["kind"].tolist())
    return blinded.assign(told=tell(kinds, blinded))


def accuracy(blinded: pd.DataFrame) -> pd.DataFrame:
    """One row a blinded case: the share of its runs that were told `rightly`, and what the others were most often taken for."""
    rows = []
    for (kind, switch, strength), group in blinded.groupby(["kind", "switch", "strength"], sort=False):
        wrong = group.loc[group["told"] != kind, "told"]
        rows.append(
            {
                "kind": kind, "switch": switch, "strength": strength, "runs": len(group),
                "rightly": float((group["told"] == kind).mean()), "taken_for": wrong.mode().iloc[0] if len(wrong) else "",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def summary(signatures: pd.DataFrame) -> pd.DataFrame:
    """One row a case: the numbers of the signature, means over seeds with intervals and the middle 80 %."""
    by = ["kind", "switch", "strength", "learned"]
    return intervals(signatures, by, *SIGNATURE)


def lives(months: pd.DataFrame) -> pd.DataFrame:
    """One row a kind and month, of the stronger case that is learned from: usefulness and the measure's rank correlation.

    Columns NAME, NAME_low and NAME_high for `usefulness`, `correlation`, `count_index` (nails made over those of the year before)
    and `reported` (count claimed over count made, mean over factories; errors of reading are not in it).
    """
    strong = {max(k for k, case in enumerate(CASES) if case["kind"] == kind and case["learned"]): kind for kind in LEARNED}
    some = months[months["cell"].isin(strong)]
    before = some[some["month"].between(FROM - YEAR, FROM - 1)].groupby(["cell", "seed"])["count"].mean()
    usual = before.reindex(pd.MultiIndex.from_frame(some[["cell", "seed"]])).to_numpy()
    some = some.assign(
        kind=some["cell"].map(strong),
        count_index=some["count"] / usual,
        correlation=some["correlation_count"].fillna(0.0),
        reported=1 + some["mean_padding"],
    )
    names = ("usefulness", "correlation", "count_index", "reported")
    groups = some.groupby(["kind", "month"], sort=False)[list(names)]
    parts = {"": groups.mean(), "_low": groups.quantile(0.1), "_high": groups.quantile(0.9)}
    return pd.concat([part.add_suffix(suffix) for suffix, part in parts.items()], axis=1).reset_index()


def regression(factories: pd.DataFrame, parameters: dict[str, Any]) -> pd.DataFrame:
    """One row a noise of reports: how well they tell who is good, and what those are worth that they praise.

    Over factories, in logs of count over norm. `correlation` of what was reported with what was made, and `foretold`,
    1/sqrt(1 + noise^2/spread^2); `worth`: how far above the mean (in sds) the best BEST by report lie in truth, over how far
    the best in truth do, which is foretold to be the same. Means over seeds with intervals.
    """
    noisy = [k for k, case in enumerate(CASES) if case["kind"] == "regressional"]
    norms = {seed: NailEconomy(rng=int(seed), **parameters).industry.norm.count for seed in factories["seed"].unique()}
    rows = []
    groups: Any = factories[factories["cell"].isin(noisy)].groupby(["cell", "seed"])
    for (cell, seed), group in groups:
        made = np.log(group["count"].to_numpy() / norms[seed])
        reported = made + np.log((group["fulfilment"] * group["target"] / group["count"]).to_numpy())
        best = max(1, round(BEST * len(made)))
        above = made - made.mean()
        worth = above[np.argsort(-reported)[:best]].mean() / np.sort(above)[-best:].mean()
        noise = CASES[cell]["strength"]
        rows.append(
            {
                "noise": noise, "seed": seed, "correlation": np.corrcoef(made, reported)[0, 1], "worth": worth,
                "foretold": 1 / np.sqrt(1 + noise**2 / made.var()),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows).sort_values(["noise", "seed"])
    parts = [intervals(table, "noise", name).set_index("noise") for name in ("correlation", "worth", "foretold")]
    return pd.concat(parts, axis=1).reset_index()


def answer(blinded: pd.DataFrame) -> str:
    """The whole of it in a sentence."""
    right = blinded["told"] == blinded["kind"]
    worst, best = (getattr(right.groupby(blinded["kind"]).mean(), how)() for how in ("idxmin", "idxmax"))
    return (
        f"Of {len(blinded)} blinded runs, of strengths and seeds that nothing was learned from, {right.mean():.0%} are told rightly "
        f"from five numbers: best those of {best} trouble, worst {worst}."
    )


def findings(table: pd.DataFrame, blinded: pd.DataFrame, by_case: pd.DataFrame, praise: pd.DataFrame) -> list[str]:
    """What came of it, in words."""
    lines = [
        f"{row['kind']} ({row['switch']} {row['strength']:g}): "
        + ", ".join(f"{name} {told(row, name, '+.2f')}" for name in SIGNATURE)
        for row in table.to_dict("records")
    ]
    lines += [
        f"noise {row['noise']:g}: correlation of report and truth {told(row, 'correlation')}, foretold {row['foretold']:.2f}; the "
        f"best {BEST:.0%} by report are worth {told(row, 'worth')} of the best in truth"
        for row in praise.to_dict("records")
    ]
    right = bootstrap_interval((blinded["told"] == blinded["kind"]).groupby(blinded["seed"]).mean())
    lines.append(f"blinded runs told rightly: {right} of {len(blinded)}")
    for row in by_case.to_dict("records"):
        wrong = f", else mostly {row['taken_for']}" if row["taken_for"] else ""
        lines.append(
            f"{row['kind']}, {row['switch']} {row['strength']:g}: {row['rightly']:.0%} of {row['runs']} rightly{wrong}"
        )
    return lines


if __name__ == "__main__":
    by_path(run)
