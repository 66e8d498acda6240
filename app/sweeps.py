"""The commands about sweeps: `nailworks sweep SPEC.toml | status DIR... | compact DIR`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from experiments.command import Dask, Force, Out, Seeds, Settings, Workers, Yes, carry_out, one_line_errors

Spec = Annotated[Path, typer.Argument(help="A sweep as TOML; docs/sweeps.md says how to write one.", show_default=False)]
Folder = Annotated[Path, typer.Argument(help="A folder of results.", show_default=False)]
Folders = Annotated[list[Path], typer.Argument(help="Folders of results.", show_default=False)]


def sweep(
    spec: Spec,
    seeds: Seeds = None,
    out: Out = None,
    workers: Workers = None,
    dask: Dask = None,
    force: Force = False,
    yes: Yes = False,
    settings: Settings = None,
) -> None:
    """Run a sweep, or what is missing of it."""
    with one_line_errors():
        from experiments.lab.laboratory import laboratory
        from experiments.lab.toml import read_sweep

        options = {"seeds": seeds, "out": out, "workers": workers, "dask": dask, "force": force, "yes": yes}
        store = carry_out(partial(laboratory, read_sweep(spec)), settings, **options)
        typer.echo(store.status())


def status(folders: Folders) -> None:
    """Say how far sweeps are, and which runs failed; status 0 only if all are complete."""
    ends = []
    for folder in folders:
        try:
            with one_line_errors():
                ends.append(_tell(folder))
        except typer.Exit as end:
            if end.exit_code > 2:  # Ctrl-C
                raise
            ends.append(end.exit_code)  # told, and hides no other folder
    raise typer.Exit(max(ends))


def _tell(folder: Path) -> int:
    """Say how far one sweep is; 0 if it is complete, else 1."""
    from experiments.lab.store import open_store

    store = open_store(folder)
    found = store.status()
    typer.echo(found)
    for failure in store.failures:
        typer.echo(f"failed: cell {failure['cell']}, seed {failure['seed']}: {failure['error']}")
        typer.echo(f"  replay it with: {failure['replay']}")
    return int(found.done < found.total)


def compact(folder: Folder) -> None:
    """Make runs.parquet, months.parquet and the like of what is there so far."""
    with one_line_errors():
        from experiments.lab.store import Store
        from experiments.lab.writer import writing

        with writing(folder) as (writer, _):
            writer.compact()
        typer.echo(Store(folder).status())
