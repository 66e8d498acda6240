"""A sweep from Python, and its results as DataFrames. Run it twice: the second time nothing is left to do."""

from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Keep, Sweep

SWEEP = Sweep(
    "two_bonuses",
    fixed={"metric": "count", "horizon": 96},
    grid={"bonus": ["linear", "capped"]},
    seeds=4,
    keep=Keep(months="all"),
)


def main() -> None:
    store = laboratory(SWEEP)
    print(store.status())
    print(store.runs.groupby("bonus")["usefulness"].agg(["mean", "min", "max"]).round(3))
    print(store.months.query("month % 24 == 0").pivot_table(index="month", columns="bonus", values="usefulness").round(3))


if __name__ == "__main__":  # workers import this file
    main()
