"""Make the figures of the site and its gallery from real results: each experiment at full size, some minutes each.

uv run python docs/_build/figures.py             # all experiments that there are
uv run python docs/_build/figures.py nail_map    # some of them; the others stay as they are
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path

from app.cli import known_experiments

HERE = Path(__file__).resolve().parents[1] / "figures"
GALLERY = HERE / "gallery.json"  # what the gallery shows, an entry an experiment
FIGURES = {  # experiment: the files that pages show, the main one first; else the gallery takes the main one alone
    "count_then_weight": ("parable.png",),
    "nail_map": ("nail_map.png",),
    "incentive_strength": ("strength.svg",),
    "measure_or_target": ("trust.svg",),
    "optimisation_power": ("capability.svg", "step_size.svg"),
    "best_of_n": ("best_of_n.svg",),
    "quantilisers": ("quantilisers.svg",),
    "remedies": ("league.svg", "pride.svg"),
    "reactive_planner": ("patience.svg",),
    "tight_steel": ("steel.svg", "starved.svg"),
    "what_matters_most": ("indices.svg",),
    "learning_power": ("learning_power.svg",),
    "learners_and_climbers": ("learners_and_climbers.svg",),
    "cleaning_robot": ("robot_training.svg", "robot_remedies.svg"),
    "ratchet": ("sandbagging.svg", "storm.svg"),
    "four_goodharts": ("lives.svg", "confusion.svg"),
    "padding_and_audits": ("who_pads.svg", "penalties.svg"),
    "sweep": ("swept.svg",),  # no experiment, but an example's sweep, as `nailworks report` draws it
}
SWEEP = HERE.parents[1] / "examples" / "incentive_strength.toml"


def main(experiments: list[str]) -> None:
    """Run some experiments, put their figures beside the pages, and their answers into the gallery."""
    known = [*(name.replace("-", "_") for name in known_experiments()), "sweep"]
    for name in experiments:
        if name not in known:
            sys.exit(f"{name}: is no experiment; it takes {', '.join(known)}")
    for name in experiments or known:
        if name == "sweep":
            _draw_sweep()
            continue
        with tempfile.TemporaryDirectory() as folder:
            importlib.import_module(f"experiments.{name}").run(out=Path(folder) / "results")
            left = next(Path(folder).rglob("answer.json"), None)
            main_figure = json.loads(left.read_text(encoding="utf-8"))["figures"][0] if left else None
            shown = {file: file for file in FIGURES.get(name, ())} or {f"{main_figure}.svg": f"{name}.svg"}
            for file, as_file in shown.items():
                (drawn,) = Path(folder).rglob(file)
                (HERE / as_file).write_bytes(drawn.read_bytes())
            if left is not None:
                caption = next(left.parent.rglob(f"{Path(next(iter(shown))).stem}.txt")).read_text(encoding="utf-8").strip()
                answer = json.loads(left.read_text(encoding="utf-8"))["answer"]
                _enter(name, {"figure": next(iter(shown.values())), "answer": answer, "caption": caption})


def _draw_sweep() -> None:
    from analysis.figures import svg
    from analysis.swept import medians, swept
    from experiments.lab.laboratory import laboratory
    from experiments.lab.toml import read_sweep

    sweep = read_sweep(SWEEP)
    with tempfile.TemporaryDirectory() as folder:
        cells = medians(laboratory(sweep, out=Path(folder) / "results").runs, list(sweep.varied), "usefulness")
    (HERE / FIGURES["sweep"][0]).write_bytes(svg(swept(cells, "usefulness")))


def _enter(name: str, entry: dict[str, str]) -> None:
    gallery = json.loads(GALLERY.read_text(encoding="utf-8")) if GALLERY.exists() else {}
    content = json.dumps(dict(sorted({**gallery, name: entry}.items())), indent=2, ensure_ascii=False)
    GALLERY.write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
