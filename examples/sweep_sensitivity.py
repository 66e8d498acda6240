"""Which parameters matter to usefulness? Morris's screening, from the draw to the indices, both by SALib."""

import numpy as np
from SALib.analyze import morris

from experiments.lab.laboratory import laboratory
from experiments.lab.sample import Sample
from experiments.lab.sweep import Keep, Sweep

SAMPLE = Sample("morris", n=4, ranges={"bonus_strength": (0.0, 0.5), "pride": (0.0, 1.0), "effort_cost": (0.1, 0.6)})
SWEEP = Sweep("sensitivity", fixed={"metric": "count", "horizon": 72}, sample=SAMPLE, seeds=1, keep=Keep(months="none"))


def main() -> None:
    runs = laboratory(SWEEP).runs
    usefulness = np.array(runs.groupby("cell")["usefulness"].mean())  # cells stand in SALib's order
    points = runs.drop_duplicates("cell")[SAMPLE.problem["names"]].to_numpy(dtype=float)
    found = morris.analyze(SAMPLE.problem, points, usefulness, seed=0)
    for k in np.argsort(-found["mu_star"]):
        print(f"{found['names'][k]:15} mu* = {found['mu_star'][k]:.2f} ± {found['mu_star_conf'][k]:.2f}")


if __name__ == "__main__":  # workers import this file
    main()
