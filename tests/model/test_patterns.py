"""The patterns that must emerge, over 20 seeds, against an independent prototype of the same specification.

The rule, fixed before these seeds were run: our mean lies no further from the prototype's than half of the middle 80 % range
of seeds. That is four standard errors of the difference of two means over 20 seeds (the range is 2.56 standard
deviations wide, and 4 * sqrt(2 / 20) / 2.56 = 0.49). Half a unit of the last digit that the prototype gives is added.
Where the prototype gives no range it comes from our seeds 0 to 19; the seeds below are others.

`docs/findings.md` tells what was found, pattern by pattern; its table comes from

    uv run python tests/model/test_patterns.py
"""

import functools
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from model.economy import NailEconomy

SEEDS = range(100, 120)


@functools.cache
def runs(**parameters):
    """The months of every seed under some parameters; each scenario is run once."""
    return [NailEconomy(rng=seed, threads=1, **parameters).run().months for seed in SEEDS]


def mean(column, first, last):
    """A column's mean over the months first <= month < last."""
    return lambda months: months[column][first:last].mean()


def peak(first, last):
    return lambda months: months["usefulness"][first:last].max()


def peak_month(first, last):
    return lambda months: months["usefulness"][first:last].idxmax() - first


def nails_against_before(months):
    return mean("count", 84, 96)(months) / mean("count", 12, 24)(months)


STORY = {}
JOINTS, GEOMETRIC, GROSS = ({"metric": metric, "horizon": 120} for metric in ("joints", "geometric_mean", "gross_value"))
REACTIVE = {"policy": "reactive", "horizon": 384}

PATTERNS = [  # what, scenario, value of a seed, the prototype's mean, middle 80 % of seeds
    ("P1 usefulness, measured only", STORY, mean("usefulness", 12, 24), "0.435", 0.40, 0.47),
    ("P2 usefulness at its peak under count", STORY, peak(24, 96), "0.71", 0.64, 0.78),
    ("P2 months to that peak", STORY, peak_month(24, 96), "6", 5, 7),
    ("P2 usefulness after six years of count", STORY, mean("usefulness", 84, 96), "0.022", 0.006, 0.038),
    ("P3 length of the tacks [mm]", STORY, mean("median_length_mm", 84, 96), "16", 10.6, 18.2),
    ("P3 diameter of the tacks [mm]", STORY, mean("median_diameter_mm", 84, 96), "0.51", 0.500, 0.528),
    ("P3 mass of the tacks [g]", STORY, mean("median_mass_g", 84, 96), "0.027", 0.020, 0.030),
    ("P3 nails a month, times those measured only", STORY, nails_against_before, "8.8", 7.6, 10.4),
    ("P4 usefulness at its peak under weight", STORY, peak(96, 192), "0.11", 0.08, 0.16),
    ("P4 months to that peak", STORY, peak_month(96, 192), "15", 10, 20),
    ("P4 usefulness at the end of weight", STORY, mean("usefulness", 180, 192), "0.000", 0.000, 0.005),
    ("P5 length of the lumps [mm]", STORY, mean("median_length_mm", 180, 192), "150", 88, 219),
    ("P5 diameter of the lumps [mm]", STORY, mean("median_diameter_mm", 180, 192), "27", 22, 32),
    ("P5 mass of the lumps [g]", STORY, mean("median_mass_g", 180, 192), "650", 420, 1011),
    ("P5 effort with lumps", STORY, mean("mean_effort", 180, 192), "0.26", 0.19, 0.30),
    ("P6 count, measured only", STORY, mean("correlation_count", 12, 24), "0.92", 0.89, 0.96),
    ("P6 count as the target", STORY, mean("correlation_count", 40, 96), "-0.51", -0.60, -0.34),
    ("P6 weight, measured only", STORY, mean("correlation_weight", 12, 24), "0.75", 0.68, 0.85),
    ("P6 weight while count is the target", STORY, mean("correlation_weight", 40, 96), "0.65", 0.51, 0.72),
    ("P6 weight as the target", STORY, mean("correlation_weight", 150, 192), "-0.23", -0.40, -0.05),
    ("P11 usefulness, paid by joints", JOINTS, mean("usefulness", 108, 120), "0.86", 0.82, 0.91),
    ("P12 usefulness under a reactive planner", REACTIVE, mean("usefulness", 48, 384), "0.08", 0.06, 0.09),
    ("P13 geometric mean", GEOMETRIC, mean("usefulness", 108, 120), "0.63", 0.46, 0.76),
    ("P13 geometric mean without pride", GEOMETRIC | {"pride": 0.0}, mean("usefulness", 108, 120), "0.08", 0.06, 0.10),
    ("P13 gross value", GROSS, mean("usefulness", 108, 120), "0.005", 0.000, 0.015),
]


@pytest.mark.parametrize(
    ("scenario", "value", "prototype", "low", "high"), [p[1:] for p in PATTERNS], ids=[p[0] for p in PATTERNS]
)
def test_pattern(scenario, value, prototype, low, high):
    half_a_digit = 0.5 * 10.0 ** int(Decimal(prototype).as_tuple().exponent)
    ours = np.mean([value(months) for months in runs(**scenario)])
    assert ours == pytest.approx(float(prototype), abs=(high - low) / 2 + half_a_digit)


def test_p1_effort_falls_to_nothing_when_nothing_is_paid():
    assert max(mean("mean_effort", 12, 24)(months) for months in runs()) < 0.01


def test_p2_and_p4_usefulness_rises_when_a_metric_becomes_the_target_and_then_collapses():
    for months in runs():
        before, best, after = mean("usefulness", 12, 24)(months), peak(24, 96)(months), mean("usefulness", 84, 96)(months)
        assert after < before < best
        again, in_the_end = peak(96, 192)(months), mean("usefulness", 180, 192)(months)
        assert in_the_end < after < again


def test_p6_each_measure_goes_bad_when_it_becomes_the_target():
    for months in runs():
        assert mean("correlation_count", 40, 96)(months) < 0 < 0.8 < mean("correlation_count", 12, 24)(months)
        assert mean("correlation_weight", 150, 192)(months) < 0.3 < mean("correlation_weight", 40, 96)(months)


def test_p11_the_aligned_control_does_not_collapse():
    """No year's mean from month 36 on below that of months 12 to 24, over the mean of seeds."""
    useful = pd.concat([months["usefulness"] for months in runs(**JOINTS)], axis=1).mean(axis=1)
    assert all(useful[first : first + 12].mean() > useful[12:24].mean() for first in range(36, 109))


def test_p12_a_reactive_planner_changes_its_metric_every_17_months_for_ever():
    """A year of grace, and the sixth angry month in a row after it."""
    for months in runs(**REACTIVE):
        changes = months["month"][months["target"] != months["target"].shift()][1:]
        assert changes.diff().median() == 17
        assert len(changes) > 18
        assert set(months["target"][340:]) == {"count", "weight"}


COUNT = {"metric": "count", "horizon": 120}
DECADE = mean("usefulness", 108, 120)
STRENGTHS = {0.0: "0.43", 0.1: "0.53", 0.2: "0.34", 0.3: "0.14", 0.5: "0.02"}
FURTHER = [  # what, scenario, value of a seed, the prototype's mean; told, and tested by the experiments that ask about them
    *((f"P7 strength {s}", COUNT | {"bonus_strength": s}, DECADE, told) for s, told in STRENGTHS.items()),
    ("P7 strength 0, no pride", COUNT | {"bonus_strength": 0.0, "pride": 0.0}, DECADE, "0.36"),
    ("P7 strength 0.05, no pride", COUNT | {"bonus_strength": 0.05, "pride": 0.0}, DECADE, "0.04"),
    *(
        (f"P8 {b}", COUNT | {"bonus": b}, DECADE, told)
        for b, told in (("linear", "0.02"), ("threshold", "0.55"), ("capped", "0.78"))
    ),
    *(
        (f"P8 {b}, no pride", COUNT | {"bonus": b, "pride": 0.0}, DECADE, told)
        for b, told in (("linear", "0.01"), ("threshold", "0.19"), ("capped", "0.12"))
    ),
    *(
        (f"P9 audited share {a}", COUNT | {"audit_share": a}, DECADE, told)
        for a, told in ((0.1, "0.06"), (0.15, "0.33"), (0.2, "0.52"), (0.3, "0.67"), (0.5, "0.80"))
    ),
    *(
        (f"P10 pride {p}", COUNT | {"pride": p}, DECADE, told)
        for p, told in ((0.45, "0.02"), (0.6, "0.26"), (1.0, "0.53"), (2.0, "0.83"))
    ),
]

if __name__ == "__main__":
    print("| pattern | found | middle 80 % of seeds | prototype |\n|---|---|---|---|")
    for what, scenario, value, prototype, *_ in PATTERNS + FURTHER:
        values = [value(months) for months in runs(**scenario)]
        low, high = np.quantile(values, (0.1, 0.9))
        mean, low, high = (f"{value:.3g}" if abs(value) >= 5e-5 else "0.0000" for value in (np.mean(values), low, high))
        print(f"| {what} | {mean} | {low} to {high} | {prototype} |")
