"""What the laboratory costs: beside a bare loop, with one worker and two, beside mesa.batch_run and joblib, and in memory.

    uv run --with joblib python benchmarks/sweep.py            # three minutes on an idle machine
    uv run --with joblib python benchmarks/sweep.py --small    # half a minute

All do the same runs and end with every month of them. Ways take turns and the best turn of each counts, so that what else the
machine does hits all. Workers are started beforehand, and what that takes is told. It measures; it never fails for being slow.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated, Any

import pandas as pd
import typer
from mesa.batchrunner import batch_run
from rich.console import Console
from rich.table import Table

from experiments.lab import work
from experiments.lab.executors import SerialExecutor, WorkerPool, cores
from experiments.lab.run import run_scenarios
from experiments.lab.sweep import Sweep
from model.economy import NailEconomy

RUNS, SMALL_RUNS = 100, 24  # of the default economy
TURNS, SMALL_TURNS = 3, 2
SHORT = {"n_factories": 6, "n_trusts": 3, "horizon": 6}  # an economy that costs next to nothing
SHORT_RUNS, FEW_SHORT_RUNS = (2_000, 20_000), (200, 2_000)

console = Console(markup=False)


def main(
    small: Annotated[bool, typer.Option("--small", help="Fewer runs.")] = False,
    memory: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure what the laboratory costs."""
    if memory:
        print(json.dumps(peak_of_driver(memory)))
        return
    console.print(f"{platform.machine()}, {cores()} cores, Python {platform.python_version()}")
    compare_times(SMALL_RUNS if small else RUNS, SMALL_TURNS if small else TURNS)
    compare_memory(FEW_SHORT_RUNS if small else SHORT_RUNS)


def compare_times(n: int, turns: int) -> None:
    """The same runs in every way."""
    sweep = Sweep("default_story", seeds=n)
    one, two = WorkerPool(1), WorkerPool(2)
    started = perf_counter()
    for pool in (one, two):
        for hello in [pool.submit(work.hello) for _ in range(pool.slots())]:
            hello.result()
    starting = perf_counter() - started
    ways: dict[str, Callable[[], Any]] = {
        "a bare loop": lambda: bare_loop(n),
        "laboratory, this process": lambda: in_laboratory(sweep, SerialExecutor()),
        "laboratory, 1 worker": lambda: in_laboratory(sweep, one),
        "laboratory, 2 workers": lambda: in_laboratory(sweep, two),
        "mesa.batch_run, 2 processes": lambda: in_mesa(n),
    }
    try:
        from joblib import Parallel, delayed  # pyright: ignore[reportMissingImports]
    except ImportError:
        console.print("joblib is not installed: uv run --with joblib python benchmarks/sweep.py")
    else:
        ways["joblib, 2 processes"] = lambda: pd.concat(
            [m for m in Parallel(n_jobs=2)(delayed(months_of)(seed) for seed in range(n)) if m is not None]
        )
    best, processor = dict.fromkeys(ways, float("inf")), dict.fromkeys(ways, float("inf"))
    bare_loop(2)
    for _ in range(turns):
        for way, do in ways.items():
            began, used = perf_counter(), process_time()
            do()
            best[way] = min(best[way], perf_counter() - began)
            processor[way] = min(processor[way], process_time() - used)
    one.shutdown()
    two.shutdown()

    table = Table(title=f"{n} runs of the default economy, the best of {turns} turns")
    for heading in ("", "s", "runs/s", "beside the loop"):
        table.add_column(heading, justify="right" if heading else "left")
    for way, seconds in best.items():
        table.add_row(way, f"{seconds:.2f}", f"{n / seconds:.1f}", f"{best['a bare loop'] / seconds:.2f} x")
    console.print(table)
    loop, here, alone, pair = list(best.values())[:4]
    console.print(f"overhead over the bare loop: {here / loop - 1:+.1%} in this process, {alone / loop - 1:+.1%} on one worker")
    spent = processor["laboratory, this process"] / processor["a bare loop"] - 1
    console.print(f"of processor time, in this process, which a busy machine blurs less: {spent:+.1%}")
    console.print(f"two workers: {alone / pair:.2f} times one; starting all three took {starting:.1f} s")


def compare_memory(counts: tuple[int, int]) -> None:
    """Peak memory of the process that hands out the batches, for few runs and for ten times as many."""
    table = Table(title="Short runs on 2 workers: memory of the process that hands them out")
    for heading in ("runs", "peak MiB", "s", "runs/s", "MiB of results"):
        table.add_column(heading, justify="right")
    peaks = []
    for n in counts:
        command = [sys.executable, __file__, "--memory", str(n)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        peaks.append(found["peak"])
        columns = (f"{n:,}", f"{found['peak']:.0f}", f"{found['seconds']:.1f}", f"{n / found['seconds']:.0f}")
        table.add_row(*columns, f"{found['results']:.1f}")
    console.print(table)
    console.print(f"{counts[1] / counts[0]:.0f} times the runs: {peaks[1] - peaks[0]:+.0f} MiB")


def peak_of_driver(n: int) -> dict[str, float]:
    """Run `n` short runs with this process as the driver; its peak memory [MiB], the time [s] and the results' size [MiB]."""
    sweep = Sweep("short", fixed=SHORT, grid={"pride": [k / 100 for k in range(100)]}, seeds=n // 100)
    with tempfile.TemporaryDirectory(dir=_disk()) as folder:
        began = perf_counter()
        store = run_scenarios(sweep, executor=2, store=Path(folder) / "out")
        seconds = perf_counter() - began
        size = sum(path.stat().st_size for path in store.folder.rglob("*.parquet"))
    unit = 1024 if sys.platform != "darwin" else 1024**2
    return {
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
        "seconds": seconds,
        "results": size / 2**20,
    }


def months_of(seed: int) -> pd.DataFrame:
    """A run's months, as everybody is asked for."""
    return NailEconomy(rng=seed, threads=1).run().months.assign(seed=seed)


def bare_loop(n: int) -> pd.DataFrame:
    """The runs, one after the other, kept in memory."""
    return pd.concat([months_of(seed) for seed in range(n)], ignore_index=True)


def in_laboratory(sweep: Sweep, executor: Executor) -> None:
    """The runs in the laboratory, with all its files."""
    with tempfile.TemporaryDirectory(dir=_disk()) as folder:
        run_scenarios(sweep, executor=executor, store=Path(folder) / "out")


def in_mesa(n: int) -> pd.DataFrame:
    """The runs by Mesa's own means."""
    months = NailEconomy(rng=0).parameters.horizon
    options = {"number_processes": 2, "data_collection_period": 1, "max_steps": months, "display_progress": False}
    return pd.DataFrame(batch_run(NailEconomy, {"threads": 1}, rng=list(range(n)), **options))


def _disk() -> str | None:
    """A folder on a disk: /tmp is often memory."""
    return "/var/tmp" if os.path.isdir("/var/tmp") else None


if __name__ == "__main__":  # workers import this file
    typer.run(main)
