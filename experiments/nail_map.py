"""Are useful nails rare, and does either measure lead to them?

What to expect: for a board of any thickness the plan that makes most joints a month is nearly a nail of the catalogue, though
nothing in the model knows the catalogue; most nails are made in the smallest corner of what the machine can do, most
weight in the largest; and a factory paid by count, then by weight walks from the ridge of useful nails to one corner, then to
the other.

Why: a thin nail is quickly made and holds little, a thick one splits the board, a short one does not reach and a long one
comes out at the back. Each fault has its own formula; the carpenter's nail is what they leave. Neither measure
knows of any of them.

Sources: GOST 4028-63 (sizes), EN 1995-1-1 (strength of joints); see nails/data/README.md. Not for structural design.

There is no luck in nails, so --seeds and the like are taken, as by every experiment, and change nothing. The one walk on the map
is that of seed 0, and --set changes its economy.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import figures
from analysis.nail_map import caption, nail_map
from experiments.command import by_path, something_paid
from experiments.lab.writer import add_file
from experiments.publish import Picture, leave
from model.economy import NailEconomy
from model.parameters import read_parameters
from nails.catalogue import catalogue
from nails.geometry import mass
from nails.joint import suitability
from nails.machine import DIAMETER_RANGE_MM, LENGTH_RANGE_MM, nails_made

type Array = npt.NDArray[np.float64]

BOARDS_MM = np.arange(10.0, 61.0)  # every board that trusts can have, to the millimetre
BOARD_MM = 25.0  # the median board: the one that the map shades
SEED = 0


class Plans(NamedTuple):
    """A plan for each of some boards: its nail [mm], and the joints a month that it makes."""

    length_mm: Array
    diameter_mm: Array
    joints: Array


def joints_a_month(length_mm: Any, diameter_mm: Any, board_mm: Any) -> Any:
    """Joints a month [joints/month] of a standard factory at full effort and finish, with all the steel it wants.

    >>> float(joints_a_month(5.0, 0.5, 25.0))
    0.0
    """
    return nails_made(mass(length_mm, diameter_mm), 1.0, 1.0) * suitability(length_mm, diameter_mm, 1.0, board_mm)


def best_plans(board_mm: Array) -> Plans:
    """The nail that makes most joints a month, of all that the machine can make, for boards [mm] of shape (n,).

    A grid over the machine's whole range, and finer and finer ones about its best point.

    >>> best = best_plans(np.array([25.0]))
    >>> best.length_mm.round().item(), best.diameter_mm.round(1).item()
    (50.0, 2.7)
    """
    board_mm, of = np.asarray(board_mm), np.arange(len(board_mm))
    whole = np.log([LENGTH_RANGE_MM, DIAMETER_RANGE_MM])[..., None] * np.ones(len(board_mm))  # (size, low or high, board)
    low, high = whole[:, 0], whole[:, 1]
    share = np.linspace(0, 1, 61)[:, None]
    while True:
        length, diameter = np.exp(low[:, None] + (high - low)[:, None] * share)
        joints = joints_a_month(length[:, None], diameter[None], board_mm).reshape(-1, len(board_mm))
        at_length, at_diameter = np.divmod(joints.argmax(axis=0), len(share))
        best = np.array([length[at_length, of], diameter[at_diameter, of]])
        reach = (high - low) / 8
        if reach.max() < 1e-6:
            return Plans(*best, joints.max(axis=0))
        low, high = np.maximum(np.log(best) - reach, whole[:, 0]), np.minimum(np.log(best) + reach, whole[:, 1])


def best_sizes(board_mm: Array) -> Plans:
    """The catalogue size that makes most joints a month, for boards [mm] of shape (n,).

    >>> best_sizes(np.array([25.0]))[:2]
    (array([50.]), array([2.5]))
    """
    sizes = catalogue()
    joints = joints_a_month(sizes.length_mm[:, None], sizes.diameter_mm[:, None], board_mm)
    chosen = joints.argmax(axis=0)
    return Plans(sizes.length_mm[chosen], sizes.diameter_mm[chosen], joints.max(axis=0))


def gap(length_mm: Array, diameter_mm: Array) -> Array:
    """By what factor nails of shape (n,) miss the nearest catalogue size, in length or in diameter, whichever is worse.

    >>> gap(np.array([50.0, 100.0]), np.array([2.5, 5.0])).tolist()
    [1.0, 1.2]
    """
    sizes = catalogue()
    long = np.abs(np.log(np.asarray(length_mm)[:, None] / sizes.length_mm))
    thick = np.abs(np.log(np.asarray(diameter_mm)[:, None] / sizes.diameter_mm))
    return np.exp(np.maximum(long, thick).min(axis=1)).round(12)


def claims(board_mm: Array = BOARDS_MM) -> pd.DataFrame:
    """One row a board: the best plan and its gap to the catalogue, the best catalogue size, and what share of joints that yields."""
    best, size = best_plans(board_mm), best_sizes(board_mm)
    return pd.DataFrame(
        {
            "board_mm": board_mm,
            "length_mm": best.length_mm,
            "diameter_mm": best.diameter_mm,
            "gap": gap(best.length_mm, best.diameter_mm),
            "catalogue_length_mm": size.length_mm,
            "catalogue_diameter_mm": size.diameter_mm,
            "catalogue_share": size.joints / best.joints,
        }
    )


def nail_map_data(points: int = 101, **parameters: Any) -> pd.DataFrame:
    """What the map shows, a row a point: `layer`, `length_mm`, `diameter_mm`, `value` and `name`.

    Layers: those of `map_layers`, `corner` (name: whose best it is), `quota` (where the steel quota begins to bind at full effort
    and finish; where it nowhere does, one row without a size, whose name says if it is `all` nails that reach it or `none`) and
    `walk` (value: the month, name: the target) of the median factory of one economy, which `parameters` set.
    """
    economy = NailEconomy(rng=SEED, **parameters).run()
    months = economy.months
    layers = [
        map_layers(points),
        *(_layer("corner", LENGTH_RANGE_MM[k], DIAMETER_RANGE_MM[k], name=name) for k, name in enumerate(("count", "weight"))),
        _quota_layer(economy.industry.steel_quota_kg, points),
        _layer("walk", months["median_length_mm"], months["median_diameter_mm"], months["month"], months["target"]),
    ]
    return pd.concat(layers, ignore_index=True)


def map_layers(points: int = 101, board_mm: float = BOARD_MM) -> pd.DataFrame:
    """Where useful nails are, in the same columns.

    Layers: `useful` (value: joints a month over the best, for a board [mm], which `name` tells), `ridge` (value: the board [mm])
    and `catalogue`.
    """
    lengths, diameters = np.geomspace(*LENGTH_RANGE_MM, points), np.geomspace(*DIAMETER_RANGE_MM, points)
    length, diameter = (grid.ravel() for grid in np.meshgrid(lengths, diameters))
    useful = joints_a_month(length, diameter, board_mm) / best_plans(np.array([board_mm])).joints
    ridge, sizes = best_plans(BOARDS_MM), catalogue()
    layers = [
        _layer("useful", length, diameter, useful, f"{board_mm:g} mm"),
        _layer("ridge", ridge.length_mm, ridge.diameter_mm, BOARDS_MM),
        _layer("catalogue", sizes.length_mm, sizes.diameter_mm),
    ]
    return pd.concat(layers, ignore_index=True)


def _layer(layer: str, length_mm: Any, diameter_mm: Any, value: Any = float("nan"), name: Any = "") -> pd.DataFrame:
    rows = np.broadcast_arrays(*map(np.atleast_1d, (length_mm, diameter_mm, np.asarray(value, dtype=float), np.asarray(name))))
    columns = ("length_mm", "diameter_mm", "value", "name")
    return pd.DataFrame({"layer": layer, **dict(zip(columns, rows, strict=True))})


def _quota_layer(quota_kg: float, points: int) -> pd.DataFrame:
    """The nails with which a standard factory at full effort and finish just uses up its steel."""
    diameters = np.geomspace(*DIAMETER_RANGE_MM, points)
    masses = np.geomspace(
        mass(LENGTH_RANGE_MM[0], DIAMETER_RANGE_MM[0]), mass(LENGTH_RANGE_MM[1], DIAMETER_RANGE_MM[1]), 20_001
    )
    steel_kg = nails_made(masses, 1.0, 1.0) * masses / 1000  # rises with mass
    quota_mm = float(np.interp(quota_kg, steel_kg, masses)) / mass(1.0, diameters)
    within = (quota_mm > LENGTH_RANGE_MM[0]) & (quota_mm < LENGTH_RANGE_MM[1])
    if steel_kg[0] < quota_kg < steel_kg[-1] and within.any():
        return _layer("quota", quota_mm[within], diameters[within])
    return _layer("quota", np.nan, np.nan, name="all" if quota_kg < steel_kg[len(masses) // 2] else "none")


def run(
    *,
    seeds: int = 1,
    out: str | Path | None = None,
    workers: int = 1,
    dask: str | None = None,
    force: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Draw the map into the folder `out`, by default results/nail_map, print what it says, and return `claims()`.

    Only `parameters` matter: they are those of NailEconomy, for the walk. Raises a ValueError of one line for
    what will not do, and an OSError where the folder cannot be written.
    """
    folder = Path("results/nail_map" if out is None else out)
    something_paid(parameters)
    read_parameters(**parameters)  # the map would take points=9 for its own, and trip over self=1
    data, table = nail_map_data(**parameters), claims()
    figure = nail_map(data)
    leave(folder, [Picture("nail_map", figure, caption(data), data.round(6))], answer(table))
    add_file(folder, "figures/nail_map.png", figures.png(figure, scale=1.5))
    print(table[table["board_mm"].isin((10, 16, 25, 40, 60))].round(2).to_string(index=False))
    print(
        f"\nOf the joints that the best possible nail makes, the best catalogue size makes {table['catalogue_share'].min():.0%} to\n"
        f"{table['catalogue_share'].max():.0%}, for boards of {BOARDS_MM[0]:.0f} to {BOARDS_MM[-1]:.0f} mm. The best nail misses the "
        f"nearest size by a factor of\n{table['gap'].median():.2f} (median) to {table['gap'].max():.2f}."
    )
    print(f"\nThe map: {folder / 'figures' / 'nail_map.svg'}")
    return table


def answer(table: pd.DataFrame) -> str:
    """Whether useful nails are rare and where the measures lead, in a sentence."""
    (short, long), (thin, thick) = LENGTH_RANGE_MM, DIAMETER_RANGE_MM
    return (
        f"The best nail for a board misses the nearest catalogue size by a factor of {table['gap'].median():.2f} (median) to "
        f"{table['gap'].max():.2f}, while most nails a month come at {short:g} × {thin:g} mm and most weight at "
        f"{long:g} × {thick:g} mm."
    )


if __name__ == "__main__":
    by_path(run)
