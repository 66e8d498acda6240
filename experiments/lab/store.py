"""A folder of results: Parquet parts while a sweep runs, one file a table when it is done.

    manifest.json            what the folder holds, and what it was made with
    cells.parquet            one row a cell: its varied parameters, and all of them as JSON
    parts/000000/*.parquet   what a batch of runs left, one file a table
    runs.parquet             one row a run: parameters, means of the last year, months simulated, seconds
    months.parquet           one row a run and month; years.parquet and factories.parquet where they are kept
    failures/CELL-SEED.json  a run that failed: its error, its parameters, and the command that replays it

Parts are what counts while there are any; the files at the top are made from them, in the order of cells and seeds.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.lab import failures
from experiments.lab.content import ContentHash
from experiments.lab.manifest import NAME as MANIFEST
from experiments.lab.manifest import read_manifest
from experiments.lab.parts import KEYS, PartsGone, groups, index, lost, merged, part_folders, read
from experiments.lab.sample import Sample
from experiments.lab.sweep import Keep

TRIES = 9  # of reading a folder whose parts go meanwhile: each is one more sweep that ended
PARAMETER = {b"is": b"parameter"}  # marks the columns that are added to what was recorded


@dataclass(frozen=True)
class Status:
    """How far a folder is."""

    name: str
    folder: Path
    total: int
    done: int
    failed: int
    content_hash: str | None

    def __str__(self) -> str:
        left = self.total - self.done
        if left:
            state = f"{left:,} to do" + (f", of which {self.failed:,} failed" if self.failed else "")
        else:
            state = f"complete; content {self.content_hash}" if self.content_hash else "all done; `compact` makes its files"
        return f"{self.name}: {self.done:,} of {self.total:,} runs in {self.folder}, {state}"


@dataclass(frozen=True)
class Store:
    """Results in a folder, to read.

    `runs`, `months`, `years` and `factories` are DataFrames in the order of cells and seeds, with the varied parameters as
    columns. Where a recorded column bears a parameter's name, `runs` holds the parameter and the others what was recorded.
    A file that is missing or broken is a ValueError of one line; parts that go because their sweep ends are none, and are
    read again from the files that it leaves.
    """

    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """What manifest.json says; a ValueError of one line if it is none of ours."""
        return read_manifest(self.folder)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run: parameters, means of its last year, `months` simulated, `seconds` it took."""
        return self.table("runs")

    @property
    def months(self) -> pd.DataFrame:
        """One row a run and month that was kept."""
        return self.table("months")

    @property
    def years(self) -> pd.DataFrame:
        """One row a run and year: means."""
        return self.table("years")

    @property
    def factories(self) -> pd.DataFrame:
        """One row a run, month that was asked for, and factory."""
        return self.table("factories")

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name; a ValueError of one line if the sweep does not keep it."""
        if name not in self.tables:
            raise ValueError(f"{self.folder}: keeps no {name}; it has {', '.join(self.tables)}")
        tables = _again(lambda: list(self.in_order(name)))
        return pa.concat_tables(tables, promote_options="default").to_pandas() if tables else pd.DataFrame(columns=list(KEYS))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that the sweep keeps."""
        specification = self.manifest["specification"]
        own = specification.get("tables")  # of a kind of run that has no months
        return ("runs", *own) if own else Keep(**specification["keep"]).tables

    @property
    def cells(self) -> pd.DataFrame:
        """One row a cell: number, scenario, hash, varied parameters, and all of them as JSON."""
        return read(self.folder / "cells.parquet").to_pandas()

    def sensitivity(self, outcome: Any = "usefulness") -> pd.DataFrame:
        """SALib's indices of an outcome, for a sweep with a `sample` by sobol or morris: one row a parameter of its ranges.

        `outcome` is a column of `runs`, of which a cell's mean over its seeds is taken, or one number a cell, shape (cells,), in
        the order of `cells`. Beside `parameter` there are SALib's columns: for Sobol' `S1` and `ST` (and `S2_NAME`, with
        `second_order`), for Morris `mu`, `mu_star` and `sigma`; NAME_conf is the half-width of a bootstrap interval of 95 %. Where
        scenarios, a zip or a grid vary too, each of their combinations has rows, and columns, of its own. Raises a ValueError
        of one line where runs are missing, or nothing was drawn.
        """
        manifest = self.manifest
        specification = manifest["specification"]
        if "sample" not in specification:
            raise ValueError(f"{self.folder}: has no sample; sensitivity takes a sweep drawn by sobol or morris")
        sample = Sample(**specification["sample"])
        if missing := int((~self.done()).sum()):
            raise ValueError(f"{self.folder}: {missing:,} runs are missing, and indices take all; the sweep's command goes on")
        numbers, seeds = _asked(manifest)
        if isinstance(outcome, str):
            runs = self.runs
            if outcome not in runs or runs[outcome].dtype.kind not in "if":
                raise ValueError(f"outcome: got {outcome!r}; it takes a column of numbers in runs, or one number a cell")
            asked = runs[runs["seed"].isin(seeds)]
            values = asked.groupby("cell")[outcome].agg(lambda seed: seed.mean(skipna=False)).reindex(numbers).to_numpy()
        else:
            values = np.asarray(outcome, dtype=float)
            if values.shape != (len(numbers),):
                raise ValueError(f"outcome: got shape {values.shape}; it takes one number a cell, shape ({len(numbers)},)")
        corners = math.prod(len(listed) for listed in specification.get("grid", {}).values())  # which vary faster than points
        blocks = np.arange(len(numbers)).reshape(-1, sample.n_cells, corners)
        cells = self.cells.iloc[numbers].drop(columns=["cell", "hash", "parameters", *sample.ranges], errors="ignore")
        cells = cells if cells["scenario"].any() else cells.drop(columns="scenario")
        tables = []
        for block in blocks.transpose(0, 2, 1).reshape(-1, sample.n_cells):
            found = {"parameter": list(sample.ranges), **sample.indices(values[block], manifest["root_seed"])}
            tables.append(pd.DataFrame({**cells.iloc[[block[0]]].to_dict("records")[0], **found}))
        return pd.concat(tables, ignore_index=True)

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The runs that failed, in the order of cells and seeds."""
        return failures.read(self.folder)

    def status(self) -> Status:
        """How far it is."""
        manifest = self.manifest
        done = self.done()
        failed = sum(not done[key] for key in self._places([(f["cell"], f["seed"]) for f in self.failures]))
        return Status(manifest["name"], self.folder, done.size, int(done.sum()), failed, manifest.get("content_hash"))

    def done(self) -> np.ndarray:
        """Which runs of the latest sweep are there, with all their tables, shape (cells, seeds)."""
        return _again(self._done)

    def _done(self) -> np.ndarray:
        tables, (numbers, seeds) = self.tables, _asked(self.manifest)
        done = np.zeros((len(numbers), len(seeds)), dtype=bool)
        for part, keys in index(self.folder):
            for name in tables:
                self._has(part, name)
            for place in self._places(keys, numbers, seeds):
                done[place] = True
        return done

    def _places(self, keys: Any, numbers: Any = None, seeds: Any = None) -> list[tuple[int, int]]:
        """Where pairs (cell, seed) stand among those that the latest sweep asks for; those it does not ask for are left out."""
        if numbers is None:
            numbers, seeds = _asked(self.manifest)
        row = {int(n): k for k, n in enumerate(numbers)}
        column = {int(s): k for k, s in enumerate(seeds)}
        return [(row[int(c)], column[int(s)]) for c, s in keys if int(c) in row and int(s) in column]

    def in_order(self, name: str) -> Iterator[pa.Table]:
        """A table with its parameters, in the order of cells and seeds, piece by piece."""
        parts = part_folders(self.folder)
        if not parts and (self.folder / "runs.parquet").exists() and self._has(self.folder, name):
            yield from groups(self.folder / f"{name}.parquet")
        having = [part for part in parts if self._has(part, name)]
        if having:
            parameters = _parameter_columns(self.cells)
            for table in merged(having, name):
                yield _with_parameters(table, parameters, name)

    def _has(self, folder: Path, name: str) -> bool:
        """Whether a part, or the folder of the files at the top, has a table; a ValueError of one line if it has lost it."""
        if (folder / f"{name}.parquet").exists():
            return True
        asked = self.manifest["specification"]["keep"].get("factories")
        if name == "factories" and asked:  # those whose runs all ended before have none
            months = read(folder / "runs.parquet", ["months"])["months"].to_numpy()
            if months.max() <= min(asked):
                return False
        raise lost(folder / f"{name}.parquet")

    def content_hash(self) -> str:
        """Hash of all rows in the order of cells and seeds, without times, paths or commit."""
        return _again(self._content_hash)

    def _content_hash(self) -> str:
        content = ContentHash()
        for name in self.tables:
            for table in self.in_order(name):
                content.add(name, table)
        return str(content)


def _again[T](read: Callable[[], T]) -> T:
    """What is read of a folder; where its parts go meanwhile because the sweep ends, what is read of it then."""
    for _ in range(TRIES):
        with suppress(PartsGone):
            return read()
    return read()


def _asked(manifest: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    """Numbers of the cells and the seeds that the latest sweep asks for."""
    asked = manifest["specification"]
    numbers = manifest["cell_numbers"]
    return (list(range(asked["cells"])) if numbers is None else numbers), asked["seeds"]


def _parameter_columns(cells: pd.DataFrame) -> pa.Table:
    """The varied parameters, and the scenario where there are scenarios, row number = cell number."""
    table = pa.Table.from_pandas(cells, preserve_index=False).drop_columns(["cell", "hash", "parameters"])
    return table if any(cells["scenario"]) else table.drop_columns(["scenario"])


def _with_parameters(table: pa.Table, parameters: pa.Table, name: str) -> pa.Table:
    """A table with its cells' parameters after cell and seed."""
    own = [column for column in table.column_names if column not in KEYS]
    if name == "runs":
        own = [column for column in own if column not in parameters.column_names]
    added = [column for column in parameters.column_names if column not in own]
    chosen = parameters.select(added).take(table["cell"])
    columns = {key: table[key] for key in KEYS}
    columns |= {column: chosen[column] for column in added} | {column: table[column] for column in own}
    fields = [pa.field(k, column.type, metadata=PARAMETER if k in added else None) for k, column in columns.items()]
    return pa.table(columns, schema=pa.schema(fields))


def open_store(folder: str | Path) -> Store:
    """The results in a folder; a ValueError of one line if they are none."""
    store = Store(Path(folder))
    read_manifest(store.folder)
    return store


def check_whole(folder: Path) -> None:
    """Raise a ValueError of one line for a sweep's folder that has lost something; another folder may hold what it likes."""
    if "format" in json.loads((folder / MANIFEST).read_text(encoding="utf-8")):
        open_store(folder).done()
