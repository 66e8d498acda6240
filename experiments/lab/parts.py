"""Parts of a sweep's results, merged in the order of cells and seeds, in memory that does not grow with their number."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

KEYS = ("cell", "seed")
GROUP_ROWS = 65_536  # rows handed on at a time
PARTS_OPEN = 8  # parts held in memory while they are merged: batches end out of order, but not far out of it


def part_folders(folder: Path) -> list[Path]:
    """Folders of the parts, oldest first."""
    try:
        names = sorted(os.listdir(folder / "parts"))
    except FileNotFoundError:
        return []
    for name in names:
        if not (name.isdigit() and (folder / "parts" / name / "runs.parquet").exists()):
            raise ValueError(f"{folder / 'parts' / name}: is no part of a sweep; move it away and run again")
    return [folder / "parts" / name for name in names]


def index(folder: Path) -> Iterator[tuple[Path, np.ndarray]]:
    """Each part with the (cell, seed) of its runs, shape (runs, 2); the compact file where there are no parts."""
    parts = part_folders(folder)
    if not parts and (folder / "runs.parquet").exists():
        yield folder, _keys(read(folder / "runs.parquet", KEYS))
    for part in parts:
        yield part, _keys(read(part / "runs.parquet", KEYS))


def merged(folder: Path, name: str) -> Iterator[pa.Table]:
    """A table of the parts in the order of cells and seeds, piece by piece."""
    parts, keys = [], []
    for part, found in index(folder):
        parts.append(part)
        keys.append(found)
    if not parts:
        return
    runs = np.concatenate(keys)
    owner = np.repeat(np.arange(len(parts), dtype=np.int32), [len(found) for found in keys])
    order = np.lexsort((owner, runs[:, 1], runs[:, 0]))
    runs, owner = runs[order], owner[order]
    first = np.ones(len(runs), dtype=bool)
    first[1:] = (runs[1:] != runs[:-1]).any(axis=1)  # a run that is there twice counts once
    runs, owner = runs[first], owner[first]
    schema = _schema([part / f"{name}.parquet" for part in parts])
    opened: dict[int, tuple[pa.Table, dict[tuple[int, int], tuple[int, int]]]] = {}
    pieces: list[tuple[pa.Table, int, int]] = []  # rows from start to stop of a part's table
    rows = 0
    for (cell, seed), k in zip(runs.tolist(), owner.tolist(), strict=True):
        if k not in opened:
            while len(opened) >= PARTS_OPEN:
                del opened[next(iter(opened))]
            path = parts[k] / f"{name}.parquet"
            table = read(path) if path.exists() else schema.empty_table()
            opened[k] = table, _stretches(_keys(table))
        table, stretches = opened[k]
        start, stop = stretches.get((cell, seed), (0, 0))
        if pieces and pieces[-1][0] is table and pieces[-1][2] == start:
            pieces[-1] = (table, pieces[-1][1], stop)
        elif stop > start:
            pieces.append((table, start, stop))
        rows += stop - start
        if rows >= GROUP_ROWS:
            yield _joined(pieces, schema)
            pieces, rows = [], 0
    if rows:
        yield _joined(pieces, schema)


def _stretches(keys: np.ndarray) -> dict[tuple[int, int], tuple[int, int]]:
    """Where each run's rows stand: (cell, seed) to (start, stop). A run's rows stand together."""
    if not len(keys):
        return {}
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)])
    stops = np.r_[starts[1:], len(keys)]
    return {(c, s): (a, b) for (c, s), a, b in zip(keys[starts].tolist(), starts.tolist(), stops.tolist(), strict=True)}


def _joined(pieces: Sequence[tuple[pa.Table, int, int]], schema: pa.Schema) -> pa.Table:
    slices = [table.slice(start, stop - start) for table, start, stop in pieces]
    return pa.concat_tables([schema.empty_table(), *slices], promote_options="permissive").combine_chunks()


def _schema(paths: Sequence[Path]) -> pa.Schema:
    schemas = [opened_file(path).schema_arrow for path in paths if path.exists()]
    return pa.unify_schemas(schemas, promote_options="permissive") if schemas else pa.schema([])


def _keys(table: pa.Table) -> np.ndarray:
    return np.column_stack([table[key].to_numpy() for key in KEYS]) if table.num_columns else np.empty((0, 2), dtype=np.int64)


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file, or some of its columns; a ValueError of one line if it is broken."""
    with _told(path):
        return pq.ParquetFile(path).read(None if columns is None else list(columns))


def opened_file(path: Path) -> pq.ParquetFile:
    """A Parquet file to read piece by piece; a ValueError of one line if it is broken."""
    with _told(path):
        return pq.ParquetFile(path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one line that a file is broken, and what would do."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowException, KeyError) as error:
        in_parts = path.parent.parent.name == "parts"
        cure = f"remove the folder {path.parent}, and its runs are done again" if in_parts else "move the folder away"
        raise ValueError(f"{path}: is no whole Parquet file ({str(error).splitlines()[0]}); {cure}") from None
