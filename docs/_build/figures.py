"""Make the figures of the site from real results: each experiment at full size, some minutes each.

uv run python docs/_build/figures.py             # all of them
uv run python docs/_build/figures.py nail_map    # those of some experiments
"""

import importlib
import sys
import tempfile
from pathlib import Path

from analysis.figures import png

HERE = Path(__file__).resolve().parents[1] / "figures"
FIGURES = {  # experiment: the files that it leaves and the site shows
    "count_then_weight": ("parable.png",),
    "nail_map": ("nail_map.png",),
    "incentive_strength": ("strength.svg",),
    "measure_or_target": ("trust.svg",),
    "optimisation_power": ("capability.svg", "step_size.svg"),
    "best_of_n": ("best_of_n.svg",),
    "remedies": ("league.svg",),
    "reactive_planner": ("patience.svg",),
    "tight_steel": ("steel.svg", "starved.svg"),
    "what_matters_most": ("indices.svg",),
}


def main(experiments: list[str]) -> None:
    """Run some experiments, and put their figures beside the pages."""
    for name in experiments:
        if name not in FIGURES:
            sys.exit(f"{name}: no figure of the site is its; it takes {', '.join(FIGURES)}")
    for name in experiments:
        with tempfile.TemporaryDirectory() as folder:
            result = importlib.import_module(f"experiments.{name}").run(out=Path(folder) / "results")
            if name == "count_then_weight":  # its figure is stored as SVG, and README.md wants a picture that every host shows
                (Path(folder) / "parable.png").write_bytes(png(result.figure))
            for file in FIGURES[name]:
                (drawn,) = Path(folder).rglob(file)
                (HERE / file).write_bytes(drawn.read_bytes())


if __name__ == "__main__":
    main(sys.argv[1:] or list(FIGURES))
