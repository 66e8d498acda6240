"""Parts of a sweep's results, merged in the order of cells and seeds, in memory that does not grow with their number."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

KEYS = ("cell", "seed")
GROUP_ROWS = 65_536  # rows handed on at a time
# How Parquet is written. Without checksums half of all single bits that a disk could turn over change numbers, and nobody is told.
FORMAT: Mapping[str, Any] = {"compression": "zstd", "write_page_checksum": True}
PARTS_OPEN = 8  # parts held in memory while they are merged: batches end out of order, but not far out of it


class PartsGone(ValueError):
    """Parts went while they were read: their sweep has ended, and the files at the top have all of it."""


def part_folders(folder: Path) -> list[Path]:
    """Folders of the parts, oldest first."""
    try:
        names = sorted(os.listdir(folder / "parts"))
    except FileNotFoundError:
        return []
    parts = [folder / "parts" / name for name in names]
    for part in parts:
        if not (part.name.isdigit() and (part / "runs.parquet").exists()):
            _still_there(part)
            raise ValueError(f"{part}: is no part of a sweep; move it away and run again")
    return parts


def index(folder: Path) -> Iterator[tuple[Path, np.ndarray]]:
    """Each part with the (cell, seed) of its runs, shape (runs, 2); the compact file where there are no parts."""
    parts = part_folders(folder)
    if not parts and (folder / "runs.parquet").exists():
        yield folder, _keys(read(folder / "runs.parquet", KEYS))
    for part in parts:
        yield part, _keys(read(part / "runs.parquet", KEYS))


def merged(parts: Sequence[Path], name: str) -> Iterator[pa.Table]:
    """A table of the parts that have it in the order of cells and seeds, piece by piece; at least a piece without rows."""
    keys = [_keys(read(part / "runs.parquet", KEYS)) for part in parts]
    runs = np.concatenate(keys)
    owner = np.repeat(np.arange(len(parts), dtype=np.int32), [len(found) for found in keys])
    order = np.lexsort((owner, runs[:, 1], runs[:, 0]))
    runs, owner = runs[order], owner[order]
    first = np.ones(len(runs), dtype=bool)
    first[1:] = (runs[1:] != runs[:-1]).any(axis=1)  # a run that is there twice counts once
    runs, owner = runs[first], owner[first]
    schemas = [_opened(part / f"{name}.parquet").schema_arrow for part in parts]
    schema = pa.unify_schemas(schemas, promote_options="permissive")
    opened: dict[int, tuple[pa.Table, dict[tuple[int, int], tuple[int, int]]]] = {}
    pieces: list[tuple[pa.Table, int, int]] = []  # rows from start to stop of a part's table
    rows, without = 0, True
    for (cell, seed), k in zip(runs.tolist(), owner.tolist(), strict=True):
        if k not in opened:
            while len(opened) >= PARTS_OPEN:
                del opened[next(iter(opened))]
            path = parts[k] / f"{name}.parquet"
            with _told(path):
                opened[k] = (table := read(path)), _stretches(_keys(table))
        table, stretches = opened[k]
        start, stop = stretches.get((cell, seed), (0, 0))
        if pieces and pieces[-1][0] is table and pieces[-1][2] == start:
            pieces[-1] = (table, pieces[-1][1], stop)
        elif stop > start:
            pieces.append((table, start, stop))
        rows += stop - start
        if rows >= GROUP_ROWS:
            yield _joined(pieces, schema)
            pieces, rows, without = [], 0, False
    if rows or without:
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


def _keys(table: pa.Table) -> np.ndarray:
    return np.column_stack([table[key].to_numpy() for key in KEYS])


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file, or some of its columns; a ValueError of one line if it is missing or broken."""
    with _told(path):
        file = pq.ParquetFile(path, page_checksum_verification=True)
        return file.read() if columns is None else file.read(list(columns)).select(list(columns))


def groups(path: Path) -> Iterator[pa.Table]:
    """A Parquet file piece by piece; a ValueError of one line if it is missing or broken."""
    file = _opened(path)
    for k in range(file.num_row_groups):
        with _told(path):
            group = file.read_row_group(k)
        yield group
    if not file.num_row_groups:
        yield file.schema_arrow.empty_table()


def _opened(path: Path) -> pq.ParquetFile:
    with _told(path):
        return pq.ParquetFile(path, page_checksum_verification=True)


def _still_there(part: Path) -> None:
    if not part.exists():
        raise PartsGone(f"{part}: went while it was read; read again")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one line that a file is missing or broken, and what would do."""
    try:
        yield
    except FileNotFoundError:
        raise lost(path) from None
    except (pa.ArrowException, OSError, KeyError) as error:
        if isinstance(error, OSError) and error.errno:  # no fault of the file's
            raise ValueError(f"{path}: cannot be read ({os.strerror(error.errno)})") from None
        raise lost(path, f"is no whole Parquet file ({str(error).partition('\n')[0]})") from None


def lost(path: Path, what: str = "is missing") -> ValueError:
    """The one line for a file that is missing or broken."""
    _still_there(path.parent)
    if path.parent.parent.name == "parts":
        return ValueError(f"{path}: {what}; remove the folder {path.parent}, and its runs are done again")
    return ValueError(f"{path}: {what}; restore it, or move {path.parent} away and run again")
