"""A run falls into phases: spans of months with one target. What a set of runs did, by month and by phase."""

import pandas as pd

YEAR = 12  # months that the end of a phase is averaged over
LOW, HIGH = 0.1, 0.9  # the middle 80 % of seeds
MIXED = "mixed"  # the target of a month in which seeds differ

SERIES = ("usefulness", "correlation_count", "correlation_weight")
AT_THE_END = (
    "count",
    "weight_kg",
    "median_length_mm",
    "median_diameter_mm",
    "median_mass_g",
    "mean_finish",
    "correlation_count",
    "correlation_weight",
)


def by_month(months: pd.DataFrame) -> pd.DataFrame:
    """One row a month: target, and mean, low and high (middle 80 % of seeds) of usefulness and of the two correlations.

    `months` has one row a seed and month, with the columns of a run's `months` and `seed`. Where seeds have different targets, as
    under a planner that reacts to them, the target is "mixed".

    >>> months = pd.DataFrame({"seed": [0, 1], "month": 0, "target": "none", "usefulness": [0.4, 0.6]})
    >>> months = months.assign(correlation_count=1.0, correlation_weight=0.5)
    >>> by_month(months)[["usefulness", "usefulness_low", "usefulness_high"]].round(2).values.tolist()
    [[0.5, 0.42, 0.58]]
    """
    grouped = months.groupby("month")
    columns = {"target": grouped["target"].first().where(grouped["target"].nunique() == 1, MIXED)}
    for name in SERIES:
        columns[name] = grouped[name].mean()
        columns[f"{name}_low"] = grouped[name].quantile(LOW)
        columns[f"{name}_high"] = grouped[name].quantile(HIGH)
    return pd.DataFrame(columns).reset_index()


def phases(months: pd.DataFrame) -> pd.DataFrame:
    """One row a phase: its months, usefulness at its start, best and end, and what was made at the end.

    The start is the first month, the best the month when the mean over seeds is highest, the end the mean of the last 12
    months (of all, if fewer). Usefulness comes with the middle 80 % of seeds; nails are medians over seeds, the rest means.
    """
    line = by_month(months)
    rows = []
    for _, span in line.groupby((line["target"] != line["target"].shift()).cumsum()):
        first, last = int(span["month"].iloc[0]), int(span["month"].iloc[-1])
        peak = int(span["month"][span["usefulness"].idxmax()])
        year = months[months["month"].between(max(first, last - YEAR + 1), last)].groupby("seed")
        row = {"target": span["target"].iloc[0], "first_month": first, "last_month": last, "peak_month": peak}
        for name, month in (("start", first), ("peak", peak)):
            row |= _spread(months["usefulness"][months["month"] == month], f"usefulness_{name}")
        row |= _spread(year["usefulness"].mean(), "usefulness_end")
        for name in AT_THE_END:
            values = year[name].mean()
            row[name] = values.median() if name.startswith("median") else values.mean()
        rows.append(row)
    return pd.DataFrame(rows)


def _spread(values: pd.Series, name: str) -> dict[str, float]:
    return {name: values.mean(), f"{name}_low": values.quantile(LOW), f"{name}_high": values.quantile(HIGH)}
