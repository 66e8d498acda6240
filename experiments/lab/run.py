"""Running a sweep, in one call: `run_scenarios`."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from experiments.lab.campaign import BATCH_SECONDS, Campaign, Progress
from experiments.lab.ends import Stopped
from experiments.lab.executors import make_executor, stop_now
from experiments.lab.manifest import NAME as MANIFEST
from experiments.lab.manifest import read_manifest, source_hash, this_command
from experiments.lab.store import Store, open_store
from experiments.lab.sweep import Sweep
from experiments.lab.writer import writing

RESULTS = Path("results")


def run_scenarios(
    scenarios: Sweep | Sequence[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]],
    seeds: int | Sequence[int] | None = None,
    executor: Executor | str | int | None = None,
    store: str | Path | None = None,
    *,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
    note: Callable[[str], None] | None = None,
    command: str | None = None,
    batch_seconds: float = BATCH_SECONDS,
) -> Store:
    """Run a sweep, or what is missing of it, and return its results.

    `scenarios` is a Sweep, or a list or dict of parameters. `executor` is any `concurrent.futures.Executor`, a number of
    worker processes (0: this very process), the address of a Dask scheduler, or None for a worker on each core. `store` is a
    folder, by default results/NAME/RUN-ID; `force` goes on in one that holds another sweep or was made by another source.
    `progress` is told how far it is, `note` one-line remarks; `command` is what to say would go on with a stopped sweep.

    Raises a ValueError of one line before anything runs; Stopped, Halted or RunsFailed with what is done kept.
    """
    sweep = scenarios if isinstance(scenarios, Sweep) else Sweep("scenarios", scenarios=scenarios)
    if not sweep.scenarios and sweep is not scenarios:
        raise ValueError("scenarios: is empty; it takes one scenario or more")
    sweep = sweep if seeds is None else sweep.changed(seeds=seeds)
    sweep.cells  # noqa: B018 (checked before anything starts)
    folder = Path(store) if store is not None else default_folder(sweep, force)
    note = note or (lambda line: None)
    crew = executor if isinstance(executor, Executor) else _crew(executor)
    campaign = None
    try:
        with writing(folder, sweep, force=force) as (writer, mixed):
            if mixed:
                note(f"{folder}: mixes what differs: {'; '.join(mixed)}")
            campaign = Campaign(
                sweep,
                writer,
                progress or (lambda p: None),
                note,
                command or this_command() or "the same command",
                batch_seconds,
            )
            campaign.run(crew)
            campaign.end()
    except BaseException as end:
        stop_now(crew) if crew is not executor else None
        if type(end) is KeyboardInterrupt and campaign:  # before its runs or after them
            raise Stopped(f"stopped: {campaign.kept()}") from None
        raise
    crew.shutdown() if crew is not executor else None
    return open_store(folder)


def default_folder(sweep: Sweep, force: bool = False) -> Path:
    """results/NAME/RUN-ID; where that one is of another source, and is not to be mixed, RUN-ID-SOURCE."""
    folder = RESULTS / sweep.name / sweep.run_id
    if force or not (folder / MANIFEST).exists() or read_manifest(folder)["source_hash"] == source_hash():
        return folder
    return folder.with_name(f"{folder.name}-{source_hash()[:8]}")


def _crew(executor: str | int | None) -> Executor:
    return make_executor(dask=executor) if isinstance(executor, str) else make_executor(executor)
