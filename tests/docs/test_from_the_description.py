"""The description of the model is enough: a month written from docs/odd.md alone tells the same story as the code.

`described_economy` follows sections 5 to 7 line by line and takes nothing from the project but the catalogue's table. Its
random draws are its own, so it is compared with the code by statistics: means over seeds, no further apart than four
standard errors, a rule that was fixed before the two were run.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.economy import NailEconomy

CATALOGUE = Path(__file__).resolve().parents[2] / "nails" / "data" / "gost_4028_63.csv"
SEEDS = range(8)
N, TRUSTS, MONTHS = 60, 12, 192
STORY = {24: "count", 96: "weight"}
STRENGTH, PRIDE, EFFORT_COST, RETOOLING = 0.5, 0.3, 0.3, 0.02
BREADTH, STEP, IMITATION = 8, 0.08, 0.1
GROWTH, RATCHET, QUOTA = 0.02, 0.5, 4.0
SERIES = pd.Index(["usefulness", "count", "median_mass_g", "mean_effort"])


def mass(length: Any, d: Any) -> Any:
    return 0.00785 * np.pi / 4 * d**2 * length


def holding(length: Any, d: Any, t: Any) -> Any:
    t2 = np.maximum(length - t, 1e-12)
    fh, my, r = 0.082 * 350 * d**-0.3, 0.3 * 600 * d**2.6, t2 / t
    a, b = fh * t * d, fh * t2 * d
    c = a / 2 * (np.sqrt(1 + 2 * (1 + r + r**2) + r**2) - (1 + r))
    d_ = 1.05 * a / 3 * (np.sqrt(4 + 12 * my / (fh * d * t**2)) - 1)
    e = 1.05 * b / 3 * (np.sqrt(4 + 12 * my / (fh * d * t2**2)) - 1)
    f = 1.15 * np.sqrt(2 * my * fh * d)
    strength = np.where(length > t, np.minimum.reduce([a, b, c, d_, e, f]) / 1000, 0)
    t_min = np.maximum(7 * d, (13 * d - 30) * 350 / 400)
    whole, inside = 1 + np.exp(-14 * (t / t_min - 1)), 1 + np.exp(14 * (np.minimum(length / t, 150) / 3 - 1))
    return strength * np.clip((t2 / d - 4) / 4, 0, 1) / whole / inside


def suitability(length: Any, d: Any, finish: Any, t: Any) -> Any:
    return np.minimum(1, holding(length, d, t) / holding(2.25 * t, t / 8, t)) * (0.2 + 0.8 * finish)


def nails_made(length: Any, d: Any, finish: Any, effort: Any, productivity: Any, quota: float) -> Any:
    m = mass(length, d)
    seconds = 0.05 + 0.08 * m ** (2 / 3) + 0.05 * finish
    return np.minimum(productivity * 3600 * 500 * (0.4 + 0.6 * effort) / seconds, 1000 * quota / m)


def described_economy(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)

    # 5. Initialisation.
    boards = np.clip(25 * np.exp(0.45 * rng.standard_normal(TRUSTS)), 10, 60)
    trust = np.arange(N) % TRUSTS
    t = boards[trust]
    skill = np.exp(0.25 * rng.standard_normal(N) - 0.25**2 / 2)
    with CATALOGUE.open(encoding="utf-8") as file:
        sizes = np.array([(float(row["length_mm"]), float(row["diameter_mm"])) for row in csv.DictReader(file)])
    far = (np.log(2.25 * t[:, None] / sizes[:, 0]) ** 2) + (np.log(t[:, None] / 8 / sizes[:, 1]) ** 2)
    plan = np.array([*sizes[far.argmin(axis=1)].T, np.full(N, 0.9), np.full(N, 0.3)])
    length, d, finish, effort = plan
    best = nails_made(length, d, 1.0, 1.0, 1.0, np.inf)
    programme = np.bincount(trust, best * suitability(length, d, 1.0, t))
    quota = QUOTA * float(np.mean(best * mass(length, d) / 1000))
    ordinary = nails_made(length, d, finish, effort, 1.0, quota)
    norm = {"count": ordinary, "weight": ordinary * mass(length, d) / 1000}
    pay = PRIDE * suitability(length, d, finish, t) - EFFORT_COST * effort**2

    metric, since, target, reports, rows = None, 0, np.ones(N), [], []
    for month in range(MONTHS):
        # 7.5 The planner.
        begun = [start for start in STORY if start <= month]
        wanted = STORY[max(begun)] if begun else None
        if wanted is not None:
            achieved = np.mean([report[wanted] for report in reports[-12:]], axis=0)
            if wanted != metric:
                metric, since, target = wanted, month, achieved * (1 + GROWTH)
            elif (month - since) % 12 == 0:
                target = target * (1 + GROWTH) + RATCHET * (achieved - target)
            target = np.maximum(target, 0.01 * norm[wanted])

        # 7.4 How a factory adapts.
        plans = np.repeat(plan[:, None], 1 + BREADTH, axis=1)
        new_design = rng.random((BREADTH, N)) < 0.5
        plans[:2, 1:] *= np.exp(STEP * rng.standard_normal((2, BREADTH, N)) * new_design)
        plans[2:, 1:] += STEP * rng.standard_normal((2, BREADTH, N))
        imitates = rng.random(N) < IMITATION
        peers = rng.integers(0, N, (3, N))
        envied = peers[pay[peers].argmax(axis=0), np.arange(N)]
        plans[:, -1, imitates] = plan[:, envied[imitates]]
        ranges = np.array([(5, 400), (0.5, 40), (0, 1), (0, 1)])[:, :, None, None]
        plans = np.clip(plans, ranges[:, 0], ranges[:, 1])
        length, d, finish, effort = plans
        expected = nails_made(length, d, finish, effort, skill, quota)
        score = expected if metric == "count" else expected * mass(length, d) / 1000
        bonus = score / target - 1 if metric else 0.0
        running = STRENGTH * bonus + PRIDE * suitability(length, d, finish, t) - EFFORT_COST * effort**2
        changed = (length != plan[0]) | (d != plan[1])
        chosen = (running - RETOOLING * changed).argmax(axis=0)
        plan, pay = plans[:, chosen, np.arange(N)], running[chosen, np.arange(N)]

        # 7.2 A month at the machine, and 7.3 the trusts.
        luck = np.exp(0.1 * rng.standard_normal(N) - 0.1**2 / 2)
        length, d, finish, effort = plan
        nails = nails_made(length, d, finish, effort, skill * luck, quota)
        reports.append({"count": nails, "weight": nails * mass(length, d) / 1000})
        fastened = np.minimum(programme, np.bincount(trust, nails * suitability(length, d, finish, t)))
        rows.append((fastened.sum() / programme.sum(), nails.sum(), np.median(mass(length, d)), effort.mean()))
    return pd.DataFrame(rows, columns=SERIES)


def story(months: pd.DataFrame) -> dict[str, float]:
    """What the patterns P1 to P5 are about, one number each."""
    use, count, mass_g, effort = (months[name].to_numpy(dtype=float) for name in SERIES)
    return {
        "P1 usefulness measured only": use[12:24].mean(),
        "P1 effort measured only": effort[12:24].mean(),
        "P2 peak under count": use[24:96].max(),
        "P2 months to the peak": float(use[24:96].argmax()),
        "P2 end of count": use[84:96].mean(),
        "P3 log mass of tacks": np.log(mass_g[84:96]).mean(),
        "P3 nails over those measured only": count[84:96].mean() / count[12:24].mean(),
        "P4 peak under weight": use[96:].max(),
        "P4 months to the peak": float(use[96:].argmax()),
        "P5 log mass of lumps": np.log(mass_g[180:]).mean(),
        "P5 effort with lumps": effort[180:].mean(),
    }


@pytest.fixture(scope="module")
def described() -> pd.DataFrame:
    return pd.DataFrame([story(described_economy(seed)) for seed in SEEDS])


@pytest.fixture(scope="module")
def coded() -> pd.DataFrame:
    return pd.DataFrame([story(NailEconomy(rng=seed).run().months) for seed in SEEDS])


def test_what_is_described_shows_the_patterns(described):
    mean = described.mean()
    assert mean["P1 effort measured only"] < 0.05
    assert mean["P2 peak under count"] > 1.3 * mean["P1 usefulness measured only"] > 1.3 * 10 * mean["P2 end of count"]
    assert np.exp(mean["P3 log mass of tacks"]) < 0.1
    assert mean["P4 peak under weight"] > 3 * mean["P2 end of count"]
    assert np.exp(mean["P5 log mass of lumps"]) > 100
    assert mean["P5 effort with lumps"] < 0.5


@pytest.mark.parametrize("pattern", story(pd.DataFrame(np.ones((MONTHS, 4)), columns=SERIES)))
def test_what_is_described_is_what_is_coded(described, coded, pattern):
    ours, theirs = described[pattern].to_numpy(), coded[pattern].to_numpy()
    error = np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / len(SEEDS))
    assert abs(ours.mean() - theirs.mean()) <= 4 * error
