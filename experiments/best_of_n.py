"""How much is the best of n worth, when it is the best by a proxy?

Factories that nobody pays have their habits. Plans near a habit are drawn as the model's search draws them, and each factory
takes, of n draws, the one that scores best by a metric: the more draws, the further the choice from habit. Its distance is the
root of the KL divergence from the habitual distribution, its value the usefulness of the month that all factories' choices
make. What to expect: by count and by weight usefulness rises at first, then turns down while the metric goes on rising, the
sooner the wider habits are; by joints, which are real use, it never does. (So it came by count; by weight it hardly rises at
all: docs/findings.md.)

Why: this is overoptimisation as AI safety measures it, where the gain over habit followed d (alpha - beta d) for best of n and
d (alpha - beta log d) for reinforcement learning (Gao, Schulman & Hilton 2022, arXiv:2210.10760). Both are fitted here, with
how well they fit, and what they predict beyond the range they were fitted to; neither is taken for granted.

    uv run python experiments/best_of_n.py --seeds 20 --out results/best-of-n
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from agents import search
from agents.industry import N_DESIGN, PLAN
from analysis.intervals import bootstrap_interval, chosen_interval, intervals, told
from analysis.overoptimisation import FORMS, best_of_n_kl, fit, predict_beyond
from experiments.command import by_path, just_its_own, just_the_default
from experiments.lab.campaign import Progress
from experiments.lab.laboratory import laboratory
from experiments.lab.progress import shown
from experiments.lab.sweep import Keep, Sweep
from incentives.metrics import metric_function
from incentives.order import Order
from model.economy import NailEconomy
from model.parameters import read_parameters

METRIC_NAMES = ("count", "weight", "joints")
WIDTHS = (0.08, 0.2, 0.4, 0.8)  # sd of the log of sizes, and of habits, among habitual plans; the first is the model's
NS = 2 ** np.arange(11)
FITTED_UPTO = 64  # the n that the forms are fitted to, to predict the rest
DRAWS, CHOICES = 8192, 32  # plans drawn for each factory, and choices at most that a mean is taken over
SWEEP = Sweep(
    "best_of_n",
    fixed={"policy": "measure_only", "horizon": 24},
    keep=Keep(months="none", factories=(23,)),
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
    """Let factories choose the best of n plans near their habits; returns one row a metric, width and form, with its fit."""
    just_its_own(parameters, policy=SWEEP.fixed["policy"])
    just_the_default(parameters, "orders", "padding_limit")  # habits are those of factories that nobody pays
    months = read_parameters(**{**SWEEP.fixed, **parameters}).horizon
    sweep = replace(SWEEP, keep=Keep(months="none", factories=(months - 1,)))
    store = laboratory(sweep, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)

    from analysis import curves  # after the runs: slow to import, and workers need none of it
    from experiments.publish import Picture, publish

    habits: Any = store.factories.groupby("seed")
    economies = {seed: _settled(seed, group, parameters) for seed, group in habits}
    with shown("best_of_n, choices") as progress:
        chosen = choices(economies, progress)
    fits = fitted(chosen)
    table = summary(chosen)
    caption = curves.best_of_n_caption(seeds, FITTED_UPTO)
    picture = Picture("best_of_n", curves.best_of_n(table, fits, FITTED_UPTO), caption, table, {"fits": fits})
    publish(store.folder, __doc__ or "", [picture], [terminal_table(fits), _NOTES], answer(fits))
    return fits


def _settled(seed: int, factories: pd.DataFrame, parameters: dict[str, Any]) -> NailEconomy:
    """The economy of a seed, with the habits that its factories had come to."""
    economy = NailEconomy(rng=int(seed), **parameters)
    economy.industry.plan[:] = factories.sort_values("factory")[list(PLAN)].to_numpy().T
    return economy


def choices(economies: dict[int, NailEconomy], progress: Callable[[Progress], None]) -> pd.DataFrame:
    """One row a metric, width, seed and n: the distance from habit, usefulness, and the metric over its norm.

    Distances are those of draws without ties. Some draws tie, where habits lie at a bound of effort or finish; but few of them
    near the best, so the true distance is hardly less.
    """
    cases = [(metric, width, seed) for metric in METRIC_NAMES for width in WIDTHS for seed in economies]
    rows = []
    for done, (metric, width, seed) in enumerate(cases):
        progress(Progress(len(cases), done, 0, float("nan")))
        outcome = best_of_draws(economies[seed], metric, width, seed)
        rows += [(metric, width, seed, int(n), *values) for n, values in zip(NS, outcome, strict=True)]
    progress(Progress(len(cases), len(cases), 0, float("nan")))

    table = pd.DataFrame(rows, columns=["metric", "width", "seed", "n", "usefulness", "metric_index"])
    table.insert(4, "distance", np.sqrt(best_of_n_kl(table["n"])))
    return table


def best_of_draws(economy: NailEconomy, metric: str, width: float, seed: int) -> list[tuple[float, float]]:
    """Usefulness, and the metric over its norm, of a month in which all take the best of n habitual plans, for each n.

    The economy's own search, pay, machines and builders decide; means over up to CHOICES choices among fresh draws.
    """
    industry, construction, score = economy.industry, economy.construction, metric_function(metric)
    habits, norm = industry.plan.copy(), score(industry.norm)
    order = Order(metric, "linear", 1.0, 0.0, targets=norm)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(WIDTHS.index(width),)))
    look = search.look_around(rng, industry.n, k=len(PLAN), breadth=DRAWS, n_rows=industry.n)
    bounds = industry.bounds(slice(0, industry.n))
    plans = search.within(search.alternatives(habits, look, width, N_DESIGN)[:, 1:], *bounds)  # without the habit itself
    bonus = industry.pay_terms(order, plans, slice(0, industry.n)).bonus
    outcome = []
    for n in NS:
        months = []
        for choice in range(min(CHOICES, DRAWS // n)):
            among = slice(choice * n, (choice + 1) * n)
            (best,) = search.best(plans[:, among], bonus[among])
            industry.plan[:] = best
            report = industry.produce()
            construction.fasten(report, Order())
            months.append((construction.fastened.sum() / construction.programme.sum(), score(report).sum() / norm.sum()))
        outcome.append(tuple(map(float, np.mean(months, axis=0))))
    industry.plan[:] = habits
    return outcome


def summary(chosen: pd.DataFrame) -> pd.DataFrame:
    """One row a metric, width and n: means over seeds, with intervals and the middle 80 %."""
    by = ["metric", "width", "n", "distance"]
    return intervals(chosen, by, "usefulness", "metric_index")


def fitted(chosen: pd.DataFrame) -> pd.DataFrame:
    """One row a metric, width and form: the fit to the mean gain over habit, and how it does beyond FITTED_UPTO.

    `turns_at` is the distance of the highest mean usefulness (infinite: it is the furthest), and `lost` what is lost from there
    to the furthest, with an interval that allows for the choice; `peak`, with its interval over seeds, is where the fit turns
    down (median); `beyond_rmse` and `beyond_r_squared` are of the prediction.
    """
    rows = []
    upto = float(np.sqrt(best_of_n_kl(FITTED_UPTO)))
    groups: Any = chosen.groupby(["metric", "width"], sort=False)
    for (metric, width), group in groups:
        wide = group.pivot(index="distance", columns="seed", values="usefulness")
        d, gains = wide.index.to_numpy(), wide - wide.iloc[0]
        gain = gains.mean(axis=1).to_numpy()
        best = d[gain.argmax()]
        lost = chosen_interval(wide, wide.iloc[[-1]], (int(gain.argmax()), 0))
        for form in FORMS:
            found, beyond = fit(form, d, gain), predict_beyond(form, d, gain, upto)
            peak = bootstrap_interval([fit(form, d, gains[seed]).peak for seed in gains], np.median)
            rows.append(
                {
                    "metric": metric, "width": width, "form": form, "habit": float(wide.iloc[0].mean()),
                    "turns_at": best if best < d[-1] else np.inf, **lost.columns("lost"),
                    "alpha": found.alpha, "beta": found.beta, "r_squared": found.r_squared, "rmse": found.rmse,
                    **peak.columns("peak"),
                    "near_alpha": beyond.fit.alpha, "near_beta": beyond.fit.beta,
                    "beyond_rmse": beyond.rmse, "beyond_r_squared": beyond.r_squared,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def terminal_table(fits: pd.DataFrame) -> Table:
    """The fits for a terminal of 80 columns, one row a metric and width."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    headings = ("best by", "width", "useful:\nby habit", "turns\nat d", "lost\nbeyond")
    headings += ("R2:\nbest of n", "RL", "error:\nbest of n", "RL")
    for heading in headings:
        shown.add_column(heading, justify="left" if heading == "best by" else "right", no_wrap=True)
    for (metric, width), forms in fits.groupby(["metric", "width"], sort=False):
        best, other = (forms[forms["form"] == form].iloc[0] for form in FORMS)
        turns = f"{best['turns_at']:.2f}" if np.isfinite(best["turns_at"]) else "never"
        goodness = (f"{row[name]:.3f}" for name in ("r_squared", "beyond_rmse") for row in (best, other))
        shown.add_row(str(metric), f"{width:g}", f"{best['habit']:.2f}", turns, told(best, "lost"), *goodness)
    return shown


_NOTES = (
    "width: of habits (sd of the log of sizes). d: the root of the KL distance from\n"
    "habit. lost: usefulness from its best to the furthest choice, with its 95 %\n"
    "interval over seeds. R2: how well the two forms fit all distances; error: what\n"
    f"they miss beyond n = {FITTED_UPTO} by (rms), fitted up to there."
)


def answer(fits: pd.DataFrame) -> str:
    """How much the best of n is worth, in a sentence."""
    wide = fits[(fits["width"] == max(WIDTHS)) & (fits["form"] == "best_of_n")]
    said = [
        f"by {row['metric']} it "
        + (
            f"turns down at d = {row['turns_at']:.2f} and loses {row['lost']:.2f}"
            if np.isfinite(row["turns_at"])
            else "never turns down"
        )
        for row in wide.to_dict("records")
    ]
    return f"Usefulness of the best of n, where habits are widest: {'; '.join(said)}."


if __name__ == "__main__":
    by_path(run)
