"""The command line: `nailworks list | run NAME | sweep SPEC.toml | status DIR... | compact DIR | report DIR | validate | app | …`.

Heavy imports stand inside the commands, so that help comes at once.
"""

import ast
import importlib
import sys
from copy import copy
from pathlib import Path
from typing import Annotated

import typer

import experiments
from app import learning, sweeps
from app.course.commands import course
from experiments.command import Dask, Force, Out, Seeds, Settings, Workers, about, carry_out, command_line, one_line_errors
from incentives.hints import did_you_mean

cli = typer.Typer(
    help="Plan targets on real nails: an agent-based model of Goodhart's law, to run, study and teach.",
    epilog="Start with: nailworks run count-then-weight",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Entry point of `nailworks`."""
    if sys.argv[1:] == ["list"]:  # to read options Typer imports pydantic: half a second where no bytecode is kept
        list_()
    else:
        command_line(cli, "nailworks")


@cli.command("list")
def list_() -> None:
    """List the experiments."""
    found = known_experiments()
    width = max(map(len, found), default=0)
    for name, question in found.items():
        typer.echo(f"{name:{width}}  {question}")
    typer.echo("\n`nailworks run NAME --help` says more of one, and how many runs it takes.")


@cli.command(add_help_option=False)
def run(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="An experiment of `nailworks list`, with - or _.", show_default=False)
    ] = None,
    seeds: Seeds = None,
    out: Out = None,
    workers: Workers = None,
    dask: Dask = None,
    force: Force = False,
    settings: Settings = None,
    help_: Annotated[
        bool, typer.Option("--help", help="Show this message, or with NAME what that one does, and exit.")
    ] = False,
) -> None:
    """Run an experiment: a table here, and figures and data in a folder."""
    with one_line_errors():
        if help_:
            command = copy(context.command)
            command.help = about(importlib.import_module(f"experiments.{module_of(name)}")) if name else command.help
            typer.echo(command.get_help(context))
            return
        if name is None:
            raise ValueError("run: takes the name of an experiment; `nailworks list` has them all")
        module = importlib.import_module(f"experiments.{module_of(name)}")
        carry_out(module.run, settings, seeds=seeds, out=out, workers=workers, dask=dask, force=force)


@cli.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Results of a run or a sweep.", show_default=False)],
) -> None:
    """Make the page of a run: report.html in its folder, one file with figures, tables, data and provenance."""
    with one_line_errors():
        from analysis import page
        from experiments.lab.store import check_whole
        from experiments.lab.writer import add_file

        question = docstring_of(page.name_of(folder))
        check_whole(folder)
        typer.echo(add_file(folder, "report.html", page.report(folder, question).encode()))


for command in (sweeps.sweep, sweeps.status, sweeps.compact, learning.learn):
    cli.command()(command)

cli.add_typer(course, name="course")


@cli.command()
def validate(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer samples: within a minute.")] = False,
    only: Annotated[str | None, typer.Option(metavar="ID", help="One result, for instance T5.", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the table, theory.csv.", show_default=False)] = None,
) -> None:
    """Compare what the agents do with what theory says of them (docs/theory.md)."""
    with one_line_errors():
        from experiments import theory

        theory.command(quick=quick, only=only, out=out)


@cli.command("app")
def app_(
    port: Annotated[int | None, typer.Option(help="Port on this machine [default: a free one].", show_default=False)] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    solaraviz: Annotated[bool, typer.Option("--solaraviz", help="Show Mesa's own SolaraViz instead of the workbench.")] = False,
    robot: Annotated[
        bool, typer.Option("--robot", help="Show the cleaning room instead: train a robot, and watch it.")
    ] = False,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Show a factory, or a robot, that does what `nailworks learn` has saved.", show_default=False
        ),
    ] = None,
) -> None:
    """Open the workbench in a browser; only this machine can reach it."""
    with one_line_errors():
        if policy is not None:
            if robot or solaraviz:
                raise ValueError("--policy: opens the page that its learner belongs to; leave out --robot and --solaraviz")
            from model.learning.policy import LEARNERS, ROBOT, read_saved

            robot = read_saved(policy, *LEARNERS)["learned"] == ROBOT
        page = importlib.import_module("app.robot" if robot else "app.solaraviz" if solaraviz else "app.workbench")
        page.main(port=port, open_browser=browser, **({} if policy is None else {"policy": policy}))


def known_experiments() -> dict[str, str]:
    """Names of the experiments with the first line of their docstrings, read without importing them.

    An experiment is a file of `experiments/` that has a function `run`.
    """
    found = {}
    for path in sorted(Path(experiments.__path__[0]).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            found[path.stem.replace("_", "-")] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def docstring_of(name: str) -> str:
    """The question of an experiment, with what to expect and why; empty where there is no such experiment."""
    if name.replace("_", "-") not in known_experiments():
        return ""
    path = Path(experiments.__path__[0]) / f"{name.replace('-', '_')}.py"
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def module_of(name: str) -> str:
    """The module of an experiment; a ValueError that suggests the nearest name, where there is none.

    >>> module_of("count-then-wait")
    Traceback (most recent call last):
    ...
    ValueError: count-then-wait: is no experiment; did you mean 'count-then-weight'? `nailworks list` has them all
    """
    found, asked = list(known_experiments()), name.replace("_", "-").removesuffix(".py")
    if asked in found:
        return asked.replace("-", "_")
    raise ValueError(f"{name}: is no experiment; {did_you_mean(asked, found, cutoff=0.4)}`nailworks list` has them all")
