"""The commands about the course: `nailworks course build [LAB...] | check [LAB...] | leaderboard LAB DIR`."""

import importlib.util
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from experiments.command import one_line_errors
from experiments.lab.ends import Unfinished

NEEDS = ("otter", "jupytext", "ipykernel")

Labs = Annotated[
    list[str] | None, typer.Argument(metavar="[LAB...]", help="By name or number [default: all].", show_default=False)
]
Secret = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw what is hidden from the words in this file, which you keep.", show_default=False),
]

course = typer.Typer(help="Build and check the labs (docs/course.md).", no_args_is_help=True, rich_markup_mode=None)


@course.command()
def build(
    labs: Labs = None,
    out: Annotated[Path, typer.Option(help="Folder that gets a folder for each lab.")] = Path("build/course"),
    secret: Secret = None,
) -> None:
    """Build each lab: for students, for the instructor, for Gradescope and for Colab."""
    with one_line_errors(), tempfile.TemporaryDirectory() as scratch:
        _need_extra()
        from app.course.build import build_lab, build_wheel, chosen_labs
        from app.course.hidden import read_secret

        chosen, words = chosen_labs(labs or []), read_secret(secret)
        wheel = build_wheel(Path(scratch))
        for lab in chosen:
            typer.echo(build_lab(lab, out, wheel, words))
        if secret is None:
            typer.echo("What is hidden in these, anybody who has the repository can draw; for a class give --secret FILE.")


@course.command()
def check(
    labs: Labs = None,
    everything: Annotated[bool, typer.Option("--all", help="Try Colab's, hard-coded answers and a loop as well.")] = False,
    secret: Secret = None,
) -> None:
    """Grade each lab's solution, which must earn full marks, and a blank notebook, which must earn nothing."""
    with one_line_errors(), tempfile.TemporaryDirectory() as scratch:
        _need_extra()
        from app.course.build import build_wheel, chosen_labs
        from app.course.check import check_lab
        from app.course.hidden import read_secret

        chosen, words = chosen_labs(labs or []), read_secret(secret)
        wheel, begun, failed = build_wheel(Path(scratch)), time.perf_counter(), 0
        for lab in chosen:
            typer.echo(lab.name)
            for claim in check_lab(lab, wheel, words, everything=everything):
                failed += not claim.holds
                typer.echo(f"  {'ok    ' if claim.holds else 'FAILED'}  {claim.says}: {claim.seen}")
        if failed:
            raise Unfinished(f"{failed} of these failed")
        typer.echo(f"{len(chosen)} labs checked in {time.perf_counter() - begun:.0f} s")


@course.command()
def leaderboard(
    lab: Annotated[str, typer.Argument(metavar="LAB", help="A lab that posts to a leaderboard.", show_default=False)],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What was handed in.", show_default=False)],
    secret: Secret = None,
) -> None:
    """Grade the notebooks or zips of a folder, with your rights, and write DIR/leaderboard.csv, the best first."""
    with one_line_errors(), tempfile.TemporaryDirectory() as scratch:
        _need_extra()
        from app.course.build import build_lab, build_wheel, chosen_labs
        from app.course.check import grade
        from app.course.hidden import read_secret
        from app.course.leaderboard import table

        handed_in = sorted([*folder.glob("*.ipynb"), *folder.glob("*.zip")])
        if not handed_in:
            raise ValueError(
                f"{folder}: has no notebooks; it takes a folder of .ipynb files, or of the zips that students hand in"
            )
        (chosen,), words = chosen_labs([lab]), read_secret(secret)
        built = build_lab(chosen, Path(scratch) / "out", build_wheel(Path(scratch)), words)
        graded = {}
        for path in handed_in:
            graded[path.stem] = grade(path, built / "autograder.zip")
            typer.echo(f"{path.name}: {graded[path.stem].told if graded[path.stem] else 'not graded in time'}")
        (folder / "leaderboard.csv").write_text(table(graded), encoding="utf-8")
        typer.echo(folder / "leaderboard.csv")


def _need_extra() -> None:
    """Raise a ValueError of one line unless what the extra `course` installs is there."""
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise ValueError(f"course: needs {', '.join(missing)}; get it with: uv sync --extra course")
