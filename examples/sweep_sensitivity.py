"""Which parameters matter to usefulness? Morris's screening, from the draw to the indices, both by SALib."""

from experiments.lab.laboratory import laboratory
from experiments.lab.sample import Sample
from experiments.lab.sweep import Keep, Sweep

SAMPLE = Sample("morris", n=4, ranges={"bonus_strength": (0.0, 0.5), "pride": (0.0, 1.0), "effort_cost": (0.1, 0.6)})
SWEEP = Sweep("sensitivity", fixed={"metric": "count", "horizon": 72}, sample=SAMPLE, seeds=1, keep=Keep(months="none"))


def main() -> None:
    found = laboratory(SWEEP).sensitivity("usefulness")
    for row in found.sort_values("mu_star", ascending=False).to_dict("records"):
        print(f"{row['parameter']:15} mu* = {row['mu_star']:.2f} ± {row['mu_star_conf']:.2f}")


if __name__ == "__main__":  # workers import this file
    main()
