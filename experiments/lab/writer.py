"""Writing to a folder of results: one process at a time, parts that appear whole, and nothing of another's overwritten."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.lab import failures
from experiments.lab.content import ContentHash
from experiments.lab.files import locked, remove, staged, sync_folder, write_folder_whole, write_whole
from experiments.lab.manifest import NAME as MANIFEST
from experiments.lab.manifest import differences, new_manifest, now, read_manifest
from experiments.lab.parts import FORMAT, index, part_folders, read
from experiments.lab.store import PARAMETER, Store
from experiments.lab.sweep import Cell, Sweep

LOCK = ".lock"


def add_file(folder: Path, name: str, content: bytes) -> Path:
    """Put a file, such as figures/parable.svg, beside the results; it appears whole. Returns its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=folder) as own:  # "staging" belongs to a sweep, which may be at work or begin
        write_whole(path, content, Path(own))
    return path


class Writer:
    """The one who writes to a folder of results, while it holds the folder's lock; see `writing`."""

    def __init__(self, store: Store):
        self.store, self.folder = store, store.folder
        self.staging = self.folder / "staging"
        parts = part_folders(store.folder)
        self._next = int(parts[-1].name) + 1 if parts else 0

    def add_part(self, tables: Mapping[str, bytes]) -> None:
        """Keep what a batch of runs left."""
        folder = self.folder / "parts" / f"{self._next:06d}"
        write_folder_whole(folder, {f"{name}.parquet": content for name, content in tables.items()}, self.staging)
        self._next += 1

    def add_failure(self, failure: Mapping[str, Any]) -> None:
        """Keep a failed run beside the others."""
        failures.write(self.folder, failure, self.staging)

    def add_time(self, seconds: float) -> None:
        """Write down how long the sweep has been at work."""
        manifest = self.store.manifest
        self._write_manifest({**manifest, "wall_seconds": round(manifest["wall_seconds"] + seconds, 3), "finished": now()})

    def compact(self) -> None:
        """Make one file a table from the parts; once no run is missing, the parts go. A ValueError for a lost file."""
        self.store.done()
        if part_folders(self.folder):
            content = ContentHash()
            for name in self.store.tables:
                self._compact_table(name, content)
            failures.forget(self.folder, {(c, s) for _, keys in index(self.folder) for c, s in keys.tolist()})
            complete = bool(self.store.done().all())
            self._write_manifest({**self.store.manifest, "content_hash": str(content) if complete else None})
            if complete:
                with staged(self.staging) as old:
                    os.rename(self.folder / "parts", old)
        for name in ("parts", "failures", "staging"):
            with suppress(OSError):
                (self.folder / name).rmdir()  # which takes empty ones alone

    def _compact_table(self, name: str, content: ContentHash) -> None:
        with staged(self.staging) as temporary:
            writer = None
            try:
                for table in self.store.in_order(name):
                    content.add(name, table)
                    writer = writer or pq.ParquetWriter(temporary, table.schema, **FORMAT)
                    writer.write_table(table)
            finally:
                if writer is not None:
                    writer.close()
            if writer is None:
                return
            with open(temporary, "rb") as file:
                os.fsync(file.fileno())
            os.replace(temporary, self.folder / f"{name}.parquet")
        sync_folder(self.folder)

    def _write_manifest(self, manifest: Mapping[str, Any]) -> None:
        write_whole(self.folder / MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode(), self.staging)


@contextmanager
def writing(folder: Path, sweep: Sweep | None = None, *, force: bool = False) -> Iterator[tuple[Writer, list[str]]]:
    """Hold a folder to write to it, for a sweep, or for what is there already; yields the writer and what `force` mixes.

    A new or empty folder is made ready. Raises a ValueError of one line, before anything is written, for a folder that holds
    something else, that another process writes to, or (without `force`) another specification or source.
    """
    if sweep is None:
        read_manifest(folder)
    else:
        _differing(folder, sweep, force)
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        remove(folder / "staging")
        store = Store(folder)
        mixed = _prepare(store, sweep, force) if sweep is not None else []
        for name in ("parts", "failures", "staging"):
            (folder / name).mkdir(exist_ok=True)
        yield Writer(store), mixed


def _differing(folder: Path, sweep: Sweep, force: bool) -> list[str]:
    """What `force` would mix in a folder; raises for one that is no sweep's, or (without `force`) another sweep's."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: is a file; the results need a folder")
    if not (folder / MANIFEST).exists():
        names = sorted(os.listdir(folder)) if folder.exists() else []
        foreign = [name for name in names if name not in ("staging", "cells.parquet") and not name.startswith(".")]
        if foreign:
            raise ValueError(f"{folder}: holds {foreign[0]!r} and no {MANIFEST}; name a new or empty folder")
        return []
    there = read_manifest(folder)
    here = new_manifest(sweep)
    found = differences(there, here)
    if found and there["specification"]["keep"] != here["specification"]["keep"]:
        raise ValueError(f"{folder}: keeps something else of its runs ({'; '.join(found)}); name another folder")
    if found and not force:
        more = f"; and {len(found) - 4} more" if len(found) > 4 else ""
        raise ValueError(
            f"{folder}: holds other results ({'; '.join(found[:4])}{more}); name another folder, or mix them with --force"
        )
    return found


def _prepare(store: Store, sweep: Sweep, force: bool) -> list[str]:
    """Write manifest and cells of a new folder, or make room in an old one; says what is mixed."""
    folder, staging = store.folder, store.folder / "staging"
    mixed = _differing(folder, sweep, force)  # once more: another sweep may have begun and ended before the lock was ours
    manifest = new_manifest(sweep)
    cells = _cell_rows(sweep.cells)
    if (folder / MANIFEST).exists():
        there = store.manifest
        store.cells  # noqa: B018 (whether it can be read)
        store.done()
        if not mixed:
            return []
        former = {
            key: there[key] for key in ("run_id", "specification", "source_hash", "git_commit", "versions") if key in there
        }
        numbers, cells = _together(store.cells, cells)
        manifest |= {"cell_numbers": numbers, "mixed_with": [*there["mixed_with"], former], "started": there.get("started")}
        manifest["wall_seconds"] = there["wall_seconds"]
        _parts_again(store)
    write_whole(folder / "cells.parquet", _parquet(_cell_table(cells)), staging)
    write_whole(folder / MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode(), staging)
    return mixed


def _together(old: pd.DataFrame, new: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[dict[str, Any]]]:
    """Cells of two sweeps in one folder: the numbers of the new ones, and all of them. A cell that both have is one."""
    rows: list[dict[str, Any]] = [dict(row) for row in old[["cell", "scenario", "hash", "parameters"]].to_dict("records")]  # type: ignore[arg-type]
    free: dict[str, list[int]] = {}
    for row in rows:
        free.setdefault(row["hash"], []).append(row["cell"])
    numbers = []
    for cell in new:
        if free.get(cell["hash"]):
            numbers.append(free[cell["hash"]].pop(0))
        else:
            numbers.append(len(rows))
            rows.append({**cell, "cell": len(rows)})
    return numbers, rows


def _parts_again(store: Store) -> None:
    """Make the files at the top a part, so that further parts can come beside it."""
    if part_folders(store.folder):
        return
    files = [store.folder / f"{name}.parquet" for name in store.tables if (store.folder / f"{name}.parquet").exists()]
    if not files:
        return
    (store.folder / "parts").mkdir(exist_ok=True)
    recorded = {}
    for path in files:
        table = read(path)
        own = [field.name for field in table.schema if (field.metadata or {}) | PARAMETER != field.metadata]
        recorded[path.name] = _parquet(table.select(own))
    write_folder_whole(store.folder / "parts" / "000000", recorded, store.folder / "staging")


def _cell_rows(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    return [
        {"cell": cell.number, "scenario": cell.scenario, "hash": cell.hash, "parameters": json.dumps(cell.resolved)}
        for cell in cells
    ]


def _cell_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """One row a cell, with a column for each parameter that is not the same in all."""
    resolved = [json.loads(row["parameters"]) for row in rows]
    varied = [name for name in resolved[0] if any(one[name] != resolved[0][name] for one in resolved)]
    columns = {name: pa.array([row[name] for row in rows]) for name in ("cell", "scenario", "hash")}
    columns |= {name: _array([one[name] for one in resolved]) for name in varied}
    return pa.table({**columns, "parameters": pa.array([row["parameters"] for row in rows])})


def _array(values: Sequence[Any]) -> pa.Array:
    """Parameters as a column: numbers and texts as they are, the rest as JSON."""
    given = [value for value in values if value is not None]
    if all(type(value) is type(given[0]) and isinstance(value, int | float | str) for value in given):
        return pa.array(values)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        return pa.array(values, pa.float64())
    return pa.array([value if value is None or isinstance(value, str) else json.dumps(value) for value in values])


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **FORMAT)
    return sink.getvalue().to_pybytes()
