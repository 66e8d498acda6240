"""What a worker does: run a batch of economies, or of another kind of run, and pack what is kept of them.

The model, whose import takes seconds, is imported where a run begins: a parent that only hands out batches need not have it.
"""

import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.lab.kind import ECONOMY, imported
from experiments.lab.manifest import source_hash
from experiments.lab.parts import FORMAT
from experiments.lab.sweep import Keep

YEAR = 12  # months
KEYS = ["cell", "seed"]
SOURCE = source_hash()  # of the code that this process has loaded, whatever becomes of the files later


@dataclass(frozen=True)
class Batch:
    """Some runs: pairs (cell, seed), each cell's parameters, and the function that runs one, "module:function"."""

    runs: tuple[tuple[int, int], ...]
    parameters: Mapping[int, Mapping[str, Any]]
    keep: Keep
    run: str = ECONOMY.run


@dataclass(frozen=True)
class Failure:
    """A run that raised."""

    cell: int
    seed: int
    error: str
    traceback: str


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: its tables as Parquet, by name (none, if every run failed), and its failures."""

    tables: Mapping[str, bytes]
    n_done: int
    usefulness: float
    failures: tuple[Failure, ...]
    seconds: float
    source: str


def hello() -> str:
    """The hash of the source that a worker runs: it has started, and has the model."""
    import model.economy  # noqa: F401

    return SOURCE


def run_batch(batch: Batch) -> Outcome:
    """Run a batch. A run that raises is told in `failures` and costs no other."""
    start = time.perf_counter()
    kept: list[tuple[int, int, float, dict[str, pd.DataFrame]]] = []
    failures = []
    for cell, seed in batch.runs:
        try:
            began = time.perf_counter()
            frames = imported(batch.run)(batch.parameters[cell], seed, batch.keep)
            kept.append((cell, seed, time.perf_counter() - began, frames))
        except (Exception, SystemExit) as error:
            line = f"{type(error).__name__}: {error}".strip()
            failures.append(Failure(cell, seed, line, "".join(traceback.format_exception(error))))
    tables, usefulness = _tables(kept, batch.keep) if kept else ({}, 0.0)
    return Outcome(tables, len(kept), usefulness, tuple(failures), time.perf_counter() - start, SOURCE)


def one_run(parameters: Mapping[str, Any], seed: int, keep: Keep) -> dict[str, pd.DataFrame]:
    """An economy's `months`, and its `factories` after the months that are asked for."""
    from model.economy import NailEconomy
    from model.looks import run_and_look

    return run_and_look(NailEconomy(rng=seed, threads=1, **parameters), keep.factories)


def _tables(kept: Sequence[tuple[int, int, float, dict[str, pd.DataFrame]]], keep: Keep) -> tuple[dict[str, bytes], float]:
    """The tables of some runs as Parquet, and the sum of the runs' usefulness (NaN, where they know of none)."""
    if all("runs" in frames for *_, frames in kept):
        own = {name: _stacked(kept, name) for name in kept[0][-1]}
        own["runs"]["seconds"] = [seconds for _, _, seconds, _ in kept]
        usefulness = own["runs"]["usefulness"].to_numpy().sum() if "usefulness" in own["runs"] else np.nan
        return {name: _parquet(frame) for name, frame in own.items()}, float(usefulness)
    months = _stacked(kept, "months")
    keys = [(cell, seed) for cell, seed, *_ in kept]
    ends = np.cumsum([len(frames["months"]) for *_, frames in kept])
    spans = [(int(a), int(b)) for a, b in zip(np.r_[0, ends[:-1]], ends, strict=True)]
    last_years = [(max(a, b - YEAR), b) for a, b in spans]

    runs = pd.DataFrame(keys, columns=KEYS)
    runs["months"] = [b - a for a, b in spans]
    runs = pd.concat([runs, _means(months, last_years)], axis=1)
    runs["seconds"] = [seconds for _, _, seconds, _ in kept]
    made = {"runs": runs}
    if keep.months == "all":
        made["months"] = months
    elif keep.months == "last year":
        made["months"] = months.iloc[np.concatenate([np.arange(a, b) for a, b in last_years])]
    if keep.years:
        made["years"] = _years(months, keys, spans)
    if any("factories" in frames for *_, frames in kept):
        made["factories"] = _stacked(kept, "factories")
    return {name: _parquet(frame) for name, frame in made.items()}, float(runs["usefulness"].to_numpy().sum())


def _years(months: pd.DataFrame, keys: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """One row a run and year: means; the target is the year's, or "several"."""
    years = [
        (*key, k, c, min(c + YEAR, b)) for key, (a, b) in zip(keys, spans, strict=True) for k, c in enumerate(range(a, b, YEAR))
    ]
    table = pd.DataFrame([year[:3] for year in years], columns=[*KEYS, "year"])
    targets = months["target"].to_numpy()
    held = [set(targets[a:b]) for *_, a, b in years]
    table["target"] = [one.pop() if len(one) == 1 else "several" for one in held]
    return pd.concat([table, _means(months, [year[3:] for year in years])], axis=1)


def _means(months: pd.DataFrame, spans: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """One row a span of rows: the mean of every number but the month, over those months that have it.

    Span by span, because pandas' means of groups differ in the last bit with what else is in the table. A mean lies between the
    least and the greatest, which sum over count may miss by a bit: so what is the same all along, as a parameter that is in
    force, stays what it is, and is found by that.
    """
    numbers = months.drop(columns=[*KEYS, "month", "target"])
    values = np.array(numbers, dtype=float, order="C")  # a copy: pandas' own is read-only
    known = ~np.isnan(values)
    values[~known] = np.inf
    least = np.array([values[a:b].min(axis=0) for a, b in spans])
    values[~known] = -np.inf
    greatest = np.array([values[a:b].max(axis=0) for a, b in spans])
    values[~known] = 0.0
    total = np.array([values[a:b].sum(axis=0) for a, b in spans])
    count = np.array([known[a:b].sum(axis=0) for a, b in spans])
    means = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return pd.DataFrame(np.clip(means, least, greatest), columns=numbers.columns)


def _stacked(kept: Sequence[tuple[int, int, float, dict[str, pd.DataFrame]]], name: str) -> pd.DataFrame:
    """One table of all runs, with cell and seed as first columns."""
    having = [(cell, seed, frames[name]) for cell, seed, _, frames in kept if name in frames]
    lengths = [len(frame) for *_, frame in having]
    stacked = pd.concat([frame for *_, frame in having], ignore_index=True)
    for place, key in enumerate(KEYS):
        stacked.insert(place, key, np.repeat(np.array([one[place] for one in having], dtype=np.int64), lengths))
    return stacked


def _parquet(frame: pd.DataFrame) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, sink, **FORMAT)
    return sink.getvalue().to_pybytes()
