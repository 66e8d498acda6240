"""How an experiment is asked for: the same options by its path, `python experiments/NAME.py`, and by `nailworks run NAME`."""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from experiments.lab.ends import Unfinished

Seeds = Annotated[int | None, typer.Option(help="How many seeds to run [default: what it says itself].", show_default=False)]
Out = Annotated[Path | None, typer.Option(help="Folder of the results [default: results/NAME/RUN-ID].", show_default=False)]
Workers = Annotated[
    int | None, typer.Option(help="Processes to run on [default: one a core; 0: this very one].", show_default=False)
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on the Dask cluster of this scheduler, tcp://….", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Go on in a folder that holds other results; says what it mixes.")]
Yes = Annotated[bool, typer.Option("--yes", help="Run it however large it is.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the model; can be repeated.", show_default=False),
]

NO_INTEGER = "Input should be a valid integer, unable to parse string as an integer"  # as Typer's Pydantic says it


def carry_out(run: Callable[..., Any], settings: Sequence[str] | None, **options: Any) -> Any:
    """What `run` returns with the options that were given; raises a ValueError of one line for one that will not do."""
    parameters = read_settings(settings or [])
    for name in sorted(parameters.keys() & {*options, "yes"}):  # `laboratory` would take yes=1 for its own
        raise ValueError(f"--set: {name} is no parameter of the model" + f"; it is the option --{name}" * (name in options))
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    return run(**given, **parameters)


def read_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Parameters from texts `name=value`; a value is JSON, or else the text itself.

    >>> read_settings(["pride=0", "bonus=capped", 'schedule={"24": "count"}'])
    {'pride': 0, 'bonus': 'capped', 'schedule': {'24': 'count'}}
    """
    parameters: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not name:
            raise ValueError(f"--set: got {setting!r}; it takes name=value, for instance --set pride=0")
        if name in parameters:
            raise ValueError(f"--set: {name} is set twice")
        try:
            parameters[name] = json.loads(value)
        except json.JSONDecodeError:
            parameters[name] = value
    return parameters


def enough_months(parameters: Mapping[str, Any], least: int) -> None:
    """Raise a ValueError of one line if somebody has set a horizon too short for an experiment.

    >>> enough_months({"horizon": 12}, 120)
    Traceback (most recent call last):
    ...
    ValueError: horizon: got 12; this experiment takes 120 months or more
    """
    _enough(parameters, "horizon", least, "months")


def enough_factories(parameters: Mapping[str, Any], least: int) -> None:
    """Refuse fewer factories than can be ranked, for an experiment that ranks them.

    >>> enough_factories({"n_factories": 2}, 5)
    Traceback (most recent call last):
    ...
    ValueError: n_factories: got 2; this experiment takes 5 factories or more
    """
    _enough(parameters, "n_factories", least, "factories")


def _enough(parameters: Mapping[str, Any], name: str, least: int, what: str) -> None:
    given = parameters.get(name, least)
    if _read(int, given, least) < least:
        raise ValueError(f"{name}: got {given}; this experiment takes {least} {what} or more")


def whole_years(parameters: Mapping[str, Any], least: int) -> None:
    """Refuse a horizon too short, or one that ends within a year, for an experiment that tells of the last year.

    >>> whole_years({"horizon": 50}, 36)
    Traceback (most recent call last):
    ...
    ValueError: horizon: got 50; this experiment takes whole years of 12 months
    """
    from experiments.lab.work import YEAR  # slow to import

    enough_months(parameters, least)
    horizon = parameters.get("horizon", least)
    if _read(int, horizon, YEAR) % YEAR:
        raise ValueError(f"horizon: got {horizon}; this experiment takes whole years of {YEAR} months")


def _read[Number: (int, float)](kind: type[Number], given: Any, or_else: Number) -> Number:
    """The number that the parameters make of what is given, as of 12.0 and "12"; what is none is for them to refuse.

    >>> [_read(int, given, 7) for given in (12, 12.0, "12", "long")]
    [12, 12, 12, 7]
    """
    from pydantic import TypeAdapter, ValidationError  # slow to import

    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError:
        return or_else


def just_its_own(parameters: Mapping[str, Any], **own: Any) -> None:
    """Refuse other values than its own of the parameters that an experiment's words and numbers go by.

    >>> just_its_own({"horizon": 12}, horizon=120, target_from=24)
    Traceback (most recent call last):
    ...
    ValueError: horizon: got 12; this experiment takes 120 alone, which its words and numbers go by
    """

    def plain(value: Any) -> Any:
        return {str(key): one for key, one in value.items()} if isinstance(value, Mapping) else value  # JSON's keys are texts

    for name, value in own.items():
        if plain(parameters.get(name, value)) != plain(value):
            line = f"this experiment takes {value!r} alone, which its words and numbers go by"
            raise ValueError(f"{name}: got {parameters[name]!r}; {line}")


def just_the_default(parameters: Mapping[str, Any], *names: str) -> None:
    """Refuse other values than the model's own of the parameters `names`, as by `just_its_own`.

    >>> just_the_default({"plan_year": True}, "discount", "plan_year")
    Traceback (most recent call last):
    ...
    ValueError: plan_year: got True; this experiment takes False alone, which its words and numbers go by
    """
    from model.parameters import Parameters  # slow to import

    just_its_own(parameters, **{name: Parameters.model_fields[name].default for name in names})


def something_paid(parameters: Mapping[str, Any]) -> None:
    """Refuse a bonus of strength 0 for an experiment that tells of what is paid for.

    >>> something_paid({"bonus_strength": 0})
    Traceback (most recent call last):
    ...
    ValueError: bonus_strength: got 0; this experiment takes more, for its words tell of what is paid for, and here nothing is
    """
    if _read(float, parameters.get("bonus_strength", 1.0), 1.0) == 0:
        line = "this experiment takes more, for its words tell of what is paid for, and here nothing is"
        raise ValueError(f"bonus_strength: got {parameters['bonus_strength']!r}; {line}")


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Tell a mistake, a failure to finish and Ctrl-C in one line on stderr, and leave with status 2, 1 and 130."""
    try:
        yield
    except ValueError as error:
        _leave(f"error: {error}", 2)
    except Unfinished as error:
        _leave(f"error: {error}", 1)
    except OSError as error:
        _leave(f"error: {error.filename or 'the results'}: cannot be written: {error.strerror or error}; try another --out", 1)
    except KeyboardInterrupt as stop:
        _leave(str(stop) or "stopped; what is done is kept, and the same command goes on", 130)


def about(experiment: ModuleType) -> str:
    """What an experiment asks, how many runs that takes, and what can be set, as the command line shows it."""
    seeds, sweep = inspect.signature(experiment.run).parameters["seeds"].default, getattr(experiment, "SWEEP", None)
    told = re.sub(r"\n\n(?= )", "\n\n\b\n", experiment.__doc__ or "").rstrip()  # lines of code stay as they are
    if sweep is None:
        return told
    own = {*sweep.fixed, *sweep.varied, "threads"}
    names = ", ".join(name for name in sweep.kind.parameters.model_fields if name not in own)
    size = f"{seeds} seed{'s' * (seeds != 1)}, {sweep.n_cells * seeds:,} runs, unless set otherwise."
    return f"{told}\n\n{size} --set takes {names} (docs/reference/parameters.md says what they are)."


def by_path(run: Callable[..., Any]) -> None:
    """The command line of one experiment, for its `if __name__ == "__main__"`."""
    command = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

    @command.command(help=about(sys.modules[run.__module__]))
    def _(
        seeds: Seeds = None,
        out: Out = None,
        workers: Workers = None,
        dask: Dask = None,
        force: Force = False,
        settings: Settings = None,
    ) -> None:
        with one_line_errors():
            carry_out(run, settings, seeds=seeds, out=out, workers=workers, dask=dask, force=force)

    command_line(command)


def command_line(commands: typer.Typer, name: str | None = None) -> None:
    """Do what the command line asks for, and leave; what it cannot mean is told in one line, with status 2."""
    try:
        status = commands(prog_name=name, standalone_mode=False)
    except TyperException as error:
        told, context = error.format_message(), getattr(error, "ctx", None)
        if "\n" not in told:  # else it is the help, for somebody who asked for nothing
            command = context.command_path if context else name or Path(sys.argv[0]).name
            told = told.replace(NO_INTEGER, "it takes a whole number")
            told = f"error: {told} (`{command} --help` says more)"
        print(told, file=sys.stderr)
        status = error.exit_code
    sys.exit(status)


def _leave(line: str, status: int) -> None:
    print(" ".join(line.split()), file=sys.stderr)
    raise typer.Exit(status)
