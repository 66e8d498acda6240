"""Pay for the number of nails, then for their weight: what becomes of the nails, and of those who need them?

The parable: for two years everything is measured and nothing is paid for; then count is the target, then weight. Run it with
`nailworks run count-then-weight`, by this file's path, or from a notebook:

    from experiments.count_then_weight import run
    run(seeds=3)
"""

import hashlib
import json
import multiprocessing
import os
import platform
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from analysis import figures
from analysis.phases import by_month, phases
from experiments.command import by_path
from model.parameters import Parameters, read_parameters
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail, mass

NAME = "count_then_weight"
ROOT_SEED = 0  # the seeds are this, this + 1, and so on
PACKAGES = ("nailworks", "mesa", "numpy", "pandas")


@dataclass(frozen=True)
class Story:
    """What came of the runs: one row a seed and month, one row a phase, the figure, and the folder that holds all three."""

    months: pd.DataFrame
    phases: pd.DataFrame
    figure: Figure
    folder: Path


def run(*, seeds: int = 20, out: str | Path | None = None, workers: int = 1, **parameters: Any) -> Story:
    """Tell the story with `seeds` seeds: print a table, and write the results to `out`.

    `parameters` are those of NailEconomy; `out` is a folder, by default results/count_then_weight/RUN-ID. Raises a ValueError
    of one line for what will not do, and an OSError where the folder cannot be written.
    """
    for name, value in (("seeds", seeds), ("workers", workers)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: got {value!r}; it takes a whole number from 1")
    p = read_parameters(**parameters)
    story = range(ROOT_SEED, ROOT_SEED + seeds)
    specification = _specification(p, story)
    folder = Path(out) if out is not None else Path("results") / NAME / specification["run_id"]
    _claim(folder, specification["run_id"])
    started = time.monotonic()
    months = _run_all(story, parameters, workers, folder)
    table = phases(months)
    figure = draw(months, p.board_median_mm)
    _write(folder, months, figure, specification, seconds=time.monotonic() - started)
    console = Console()
    console.print(terminal_table(table), _notes(seeds), "", sep="\n", highlight=False)
    console.print(f"The figure: {folder / 'figures' / 'parable.svg'}", soft_wrap=True)
    return Story(months, table, figure, folder)


def draw(months: pd.DataFrame, board_mm: float = 25.0) -> Figure:
    """The figure of the parable, beside the catalogue nail for a board [mm]."""
    length, diameter = map(float, nearest_size(*ideal_nail(board_mm)))
    return figures.parable(by_month(months), phases(months), (length, diameter, float(mass(length, diameter))))


def terminal_table(table: pd.DataFrame) -> Table:
    """The phases for a terminal of 80 columns."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    headings = ("target", "start", "useful:\npeak", "end", "nails\na month", "tonnes\na month", "median nail")
    for heading in (*headings, "count\nv. use", "weight\nv. use"):
        shown.add_column(heading, justify="left" if heading == "target" else "right", no_wrap=True, vertical="top")
    for row in table.to_dict("records"):
        shown.add_row(
            "measured\nonly" if row["target"] == "none" else row["target"],
            *(_with_band(row, f"usefulness_{moment}") for moment in ("start", "peak", "end")),
            f"{row['count'] / 1e6:,.0f} M",
            f"{row['weight_kg'] / 1e3:,.0f}",
            f"{row['median_length_mm']:.0f} × {row['median_diameter_mm']:.2g} mm\n{figures.grams(row['median_mass_g'])}",
            f"{row['correlation_count']:.2f}",
            f"{row['correlation_weight']:.2f}",
        )
    return shown


def _with_band(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.0%}\n{100 * row[f'{name}_low']:.0f}–{row[f'{name}_high']:.0%}"


def _notes(seeds: int) -> str:
    return (
        "useful: usefulness, the share of the building programme that holds, in the first month,\n"
        f"  the best month and the last year; mean over seeds (here {seeds}), below it the middle 80 %.\n"
        "The rest is the last year's. v. use: rank correlation over factories of the measure\n"
        "  with real use; 1 ranks them truly, 0 says nothing, -1 ranks them backwards."
    )


# Running. A seed is a run; what runs it does not change what comes of it.


def _run_all(seeds: Sequence[int], parameters: dict[str, Any], workers: int, folder: Path) -> pd.DataFrame:
    """One row a seed and month, in the order of the seeds; a KeyboardInterrupt that says where we were, when stopped."""
    done: dict[int, pd.DataFrame] = {}
    try:
        for seed, months in _reported(_runs(seeds, parameters, workers), len(seeds)):
            done[seed] = months
    except KeyboardInterrupt:
        folder.rmdir() if not any(folder.iterdir()) else None
        raise KeyboardInterrupt(
            f"stopped after {len(done)} of {len(seeds)} runs; nothing was written to {folder}; the same command starts again"
        ) from None
    return pd.concat([done[seed] for seed in seeds], ignore_index=True)


def _one_run(seed: int, parameters: dict[str, Any]) -> tuple[int, pd.DataFrame]:
    """One seed's months, with the seed as first column."""
    from model.economy import NailEconomy  # here, so that workers do not import it twice and mistakes are told at once

    months = NailEconomy(rng=seed, **parameters).run().months
    months.insert(0, "seed", seed)
    return seed, months


def _runs(seeds: Sequence[int], parameters: dict[str, Any], workers: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Runs as they end."""
    if workers == 1 or len(seeds) == 1:
        yield from (_one_run(seed, parameters) for seed in seeds)
        return
    before = set(multiprocessing.active_children())
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _ignore_interrupts) as pool:
        try:
            for future in as_completed([pool.submit(_one_run, seed, {**parameters, "threads": 1}) for seed in seeds]):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in set(multiprocessing.active_children()) - before:
                worker.terminate()
            raise


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent, which stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _reported(runs: Iterator[Any], total: int) -> Iterator[Any]:
    """The same runs, with a progress bar on a terminal and plain lines off it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        for n, one in enumerate(runs, 1):
            if n == total or n * 10 // total > (n - 1) * 10 // total:
                console.print(f"{NAME}: {n} of {total} runs", highlight=False)
            yield one
        return
    columns = (TextColumn(NAME), BarColumn(), MofNCompleteColumn(), TextColumn("runs"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield from progress.track(runs, total=total)


# Storing. Files appear whole or not at all, the manifest last.


def _specification(p: Parameters, seeds: Sequence[int]) -> dict[str, Any]:
    """What decides the results, and the run-id made of it."""
    parameters = p.model_dump()
    try:
        text = json.dumps({"parameters": parameters, "seeds": list(seeds)}, sort_keys=True, allow_nan=False)
    except TypeError:
        own = next(name for name, value in parameters.items() if callable(value))
        raise ValueError(f"{own}: a function has no name to store; give a name here, or run NailEconomy yourself") from None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"experiment": NAME, "run_id": digest[:12], "hash": digest, "root_seed": ROOT_SEED, **json.loads(text)}


def _claim(folder: Path, run_id: str) -> None:
    """Make the folder and see that it can be written, before anything runs; refuse one that holds other results."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return
    try:
        other = json.loads(manifest.read_text(encoding="utf-8"))["run_id"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{manifest}: is no manifest of ours; give another --out") from None
    if other != run_id:
        raise ValueError(f"{folder}: holds run {other}, with other parameters or seeds than this one's; give another --out")


def _write(folder: Path, months: pd.DataFrame, figure: Figure, specification: dict[str, Any], *, seconds: float) -> None:
    line, table = by_month(months), phases(months)
    ends = months.groupby("seed", as_index=False).agg(
        months=("month", "size"), mean_usefulness=("usefulness", "mean"), final_usefulness=("usefulness", "last")
    )
    manifest = {**specification, **_circumstances(), "wall_seconds": round(seconds, 3)}
    for name, content in {
        "figures/parable.csv": line.to_csv(index=False).encode(),
        "figures/parable_phases.csv": table.to_csv(index=False).encode(),
        "figures/parable.txt": (figures.parable_caption(len(ends)) + "\n").encode(),
        "figures/parable.svg": figures.svg(figure),
        "months.parquet": _parquet(months),
        "runs.parquet": _parquet(ends),
        "manifest.json": (json.dumps(manifest, indent=2) + "\n").encode(),
    }.items():
        _write_whole(folder / name, content)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete_on_close=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)


def _parquet(frame: pd.DataFrame) -> bytes:
    file = BytesIO()
    frame.to_parquet(file, index=False)
    return file.getvalue()


def _circumstances() -> dict[str, Any]:
    """Where, and with what, the results were made."""
    return {
        "git_commit": _git("rev-parse", "HEAD"),
        "git_dirty": _git("status", "--porcelain") not in ("", None),
        "versions": {"python": platform.python_version()} | {package: version(package) for package in PACKAGES},
        "platform": platform.platform(),
    }


def _git(*command: str) -> str | None:
    """What git answers about this repository; None where there is no git."""
    here = Path(__file__).parent
    try:
        return subprocess.run(["git", *command], cwd=here, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


if __name__ == "__main__":
    by_path(run)
