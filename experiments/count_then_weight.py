"""Pay for the number of nails, then for their weight: what becomes of the nails, and of those who need them?

The parable, unless set otherwise: for two years everything is measured and nothing is paid for; then count is the target, then
weight. Run it with `nailworks run count-then-weight`, by this file's path, or from a notebook:

    from experiments.count_then_weight import run
    run(seeds=3)
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from rich.table import Table

from analysis import figures, nail_map, planner_view
from analysis.marks import where
from analysis.phases import MIXED, YEAR, by_month, phases
from experiments.command import by_path, something_paid
from experiments.lab.laboratory import laboratory
from experiments.lab.sweep import Sweep
from experiments.lab.writer import add_file
from experiments.nail_map import map_layers
from experiments.publish import Picture, publish
from experiments.table import table as tabled
from model.parameters import read_parameters
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail, mass

SWEEP = Sweep("count_then_weight", seeds=20)
MOMENTS = {"start": "start", "useful:\npeak": "peak", "end": "end"}  # heading: of a phase


@dataclass(frozen=True)
class Story:
    """What came of the runs: one row a seed and month, one row a phase, the figure, and the folder that holds all three."""

    months: pd.DataFrame
    phases: pd.DataFrame
    figure: Figure
    folder: Path


def run(
    *,
    seeds: int = 20,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> Story:
    """Tell the story with `seeds` seeds: print a table, and leave the results and the figure in a folder.

    Options are those of `laboratory` (experiments/lab), `parameters` those of NailEconomy. What is there is not run again.
    """
    something_paid(parameters)
    store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers, dask=dask, force=force, **parameters)
    months = store.months
    table = phases(months)
    board_mm = read_parameters(**parameters).board_median_mm
    figure = draw(months, board_mm)
    add_file(store.folder, "figures/parable.png", figures.png(figure))  # for slides
    caption = figures.parable_caption(seeds) + _short(table)
    pictures = [
        Picture("parable", figure, caption, by_month(months), {"phases": table}),
        _planner_picture(months, table, seeds),
        _path_picture(months, board_mm, seeds),
    ]
    publish(store.folder, __doc__ or "", pictures, [terminal_table(table), _notes(seeds)], answer(table))
    return Story(months, table, figure, store.folder)


def draw(months: pd.DataFrame, board_mm: float = 25.0) -> Figure:
    """The figure of the parable, beside the catalogue nail for a board [mm]."""
    length, diameter = map(float, nearest_size(*ideal_nail(board_mm)))
    return figures.parable(by_month(months), phases(months), (length, diameter, float(mass(length, diameter))))


def _planner_picture(months: pd.DataFrame, table: pd.DataFrame, seeds: int) -> Picture:
    view = planner_view.planner_view(months)
    return Picture("planner", planner_view.figure(view, table), planner_view.caption(seeds, view), view)


def _path_picture(months: pd.DataFrame, board_mm: float, seeds: int) -> Picture:
    useful = where(map_layers(points=51, board_mm=board_mm), layer="useful")
    drawn = nail_map.path(useful, months)
    return Picture("path", drawn, nail_map.path_caption(seeds), nail_map.median_path(months), {"map": useful.round(4)})


def answer(table: pd.DataFrame) -> str:
    """What became of the nails and of those who need them, in a sentence."""
    ends = [
        f"{row['usefulness_end']:.0%} {_under(row['target'])} (the median nail weighs {figures.grams(row['median_mass_g'])})"
        for row in table.to_dict("records")
    ]
    return f"Of the building programme there holds, in the last year of each time: {', '.join(ends)}.{_short(table)}"


def _short(table: pd.DataFrame) -> str:
    """What the last year is where a phase has none."""
    months = table["last_month"] + 1 - table["first_month"]
    return " Of a time shorter than a year all months count." if (months < YEAR).any() else ""


def _under(target: str) -> str:
    if target == MIXED:
        return "where targets differ from seed to seed"
    return "with no target" if target == "none" else f"paid by {target.replace('_', ' ')}"


def terminal_table(table: pd.DataFrame) -> Table:
    """The phases for a terminal of 80 columns."""
    return tabled(
        {
            "target": "no\ntarget" if row["target"] == "none" else row["target"],
            **{moment: _with_band(row, f"usefulness_{end}") for moment, end in MOMENTS.items()},
            "nails\na month": f"{row['count'] / 1e6:,.0f} M",
            "tonnes\na month": f"{row['weight_kg'] / 1e3:,.0f}",
            "median nail": f"{row['median_length_mm']:.0f} × {row['median_diameter_mm']:.2g} mm\n"
            + figures.grams(row["median_mass_g"]),
            "count\nv. use": f"{row['correlation_count']:.2f}",
            "weight\nv. use": f"{row['correlation_weight']:.2f}",
        }
        for row in table.to_dict("records")
    )


def _with_band(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.0%}\n{100 * row[f'{name}_low']:.0f}–{row[f'{name}_high']:.0%}"


def _notes(seeds: int) -> str:
    return (
        "useful: the share of the building programme that holds, in the first month, the\n"
        f"  best month and the last year; mean of {seeds} seeds, below it their middle 80 %.\n"
        "The rest is the last year's. v. use: rank correlation over factories of the\n"
        "  measure with real use: 1 ranks them truly, 0 not at all, -1 backwards."
    )


if __name__ == "__main__":
    by_path(run)
