"""The laboratory as people use it: one call that runs an experiment's sweep, with progress, and returns its results."""

import sys
from pathlib import Path
from typing import Any

from experiments.lab.executors import cores
from experiments.lab.progress import shown, span
from experiments.lab.run import run_scenarios
from experiments.lab.store import Store
from experiments.lab.sweep import Sweep

MANY_RUNS = 100_000  # more than this, and one is asked whether one means it
SECONDS_A_RUN = 0.1  # of the default economy, for a guess


def laboratory(
    sweep: Sweep,
    /,
    *,
    seeds: int | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    yes: bool = False,
    **parameters: Any,
) -> Store:
    """Run a sweep, or what is missing of it, with progress on stderr; returns its results.

    `seeds` is how many, in place of the sweep's; `out` a folder, by default results/NAME/RUN-ID; `workers` how many processes
    (by default one a core; 0: this very one), or `dask` the address of a scheduler; `force` goes on in a folder that holds
    another sweep; `yes` runs it however large it is; `parameters` of the model are set in every cell. Raises as run_scenarios.

        store = laboratory(SWEEP, seeds=seeds, out=out, workers=workers)
        store.months.groupby(["bonus_strength", "month"]).usefulness.mean()
    """
    for name in parameters:
        if name in sweep.varied:
            raise ValueError(f"{name}: this sweep varies it itself; leave it out")
    sweep = sweep.changed(seeds=seeds, **parameters)
    _mean_it(sweep, yes)
    if dask is not None and workers is not None:
        raise ValueError("dask: the cluster has its own workers; give either --workers or --dask")
    executor = dask if dask is not None else workers
    with shown(sweep.name) as progress:
        return run_scenarios(sweep, executor=executor, store=out, force=force, progress=progress, note=_note)


def _mean_it(sweep: Sweep, yes: bool) -> None:
    """Ask whether so many runs are meant; a ValueError of one line if they are not."""
    if sweep.n_runs <= MANY_RUNS or yes:
        return
    time = span(sweep.n_runs * SECONDS_A_RUN / cores())
    size = f"{sweep.n_cells:,} cells on {len(sweep.seed_list):,} seeds are {sweep.n_runs:,} runs, about {time} on this machine"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ValueError(f"{sweep.name}: {size}; give --yes if you mean it")
    print(f"{sweep.name}: {size}. Run them? [y/N] ", end="", file=sys.stderr, flush=True)
    if input().strip().lower() not in ("y", "yes"):
        raise ValueError(f"{sweep.name}: not run")


def _note(line: str) -> None:
    print(line, file=sys.stderr)
