"""The catalogue of GOST 4028-63: the nails that people who build have settled on."""

import csv
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float64]


class Catalogue(NamedTuple):
    """Catalogue sizes, one entry a size: diameter [mm], length [mm] and listed mass [g]."""

    diameter_mm: Array
    length_mm: Array
    mass_g: Array


@cache
def catalogue() -> Catalogue:
    """The 30 sizes of GOST 4028-63, read-only arrays of shape (30,).

    >>> len(catalogue().length_mm)
    30
    """
    text = (resources.files("nails") / "data" / "gost_4028_63.csv").read_text()
    rows = csv.DictReader(text.splitlines())
    # kg per 1000 nails is grams per nail.
    table = np.array([[float(row[k]) for k in ("diameter_mm", "length_mm", "kg_per_1000")] for row in rows])
    table.setflags(write=False)
    return Catalogue(*table.T)


def nearest_size(length_mm: Any, diameter_mm: Any) -> tuple[Array, Array]:
    """Length and diameter [mm] of the catalogue nail nearest in log length and log diameter.

    >>> length, diameter = nearest_size(54.0, 3.0)
    >>> float(length), float(diameter)
    (50.0, 2.5)
    """
    sizes = catalogue()
    length_gap = np.log(np.asarray(length_mm)[..., None] / sizes.length_mm)
    diameter_gap = np.log(np.asarray(diameter_mm)[..., None] / sizes.diameter_mm)
    nearest = np.argmin(length_gap**2 + diameter_gap**2, axis=-1)
    return sizes.length_mm[nearest], sizes.diameter_mm[nearest]
