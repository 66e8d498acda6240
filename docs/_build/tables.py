"""The tables of the reference, made from the code: each function returns Markdown."""

import importlib
import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from agents.factory import NailFactory
from agents.policies import POLICIES
from agents.trust import BuildingTrust
from agents.views import Column
from app.cli import cli, known_experiments
from experiments.lab import manifest, store
from incentives.bonus import BONUSES
from incentives.metrics import METRICS
from model.economy import DECREES, NailEconomy
from model.parameters import Parameters, read_parameters
from model.records import COLUMNS

FIGURES = Path(__file__).resolve().parents[1] / "figures"
COMMAND = typer.main.get_command(cli)
PARABLE = "count-then-weight"


def parameters() -> str:
    """Every field of Parameters: what it means, its default, and what it takes."""
    return _table(
        ("parameter", "meaning", "default", "takes"),
        [
            (f"`{name}`", field.description, f"`{field.default!r}`", _takes(name))
            for name, field in Parameters.model_fields.items()
        ],
    )


def metrics() -> str:
    """Every metric."""
    return _named(METRICS)


def bonuses() -> str:
    """Every bonus; those with settings show what stands in BONUSES."""
    return _named(BONUSES)


def policies() -> str:
    """Every policy, with the parameters that it asks for."""
    rows = [
        (f"`{name}`", ", ".join(f"`{asked}`" for asked in _asked_by(policy)) or "–", _first_line(policy))
        for name, policy in POLICIES.items()
    ]
    return _table(("name", "parameters", "what it does"), rows)


def _asked_by(policy: Any) -> list[str]:
    return [asked for asked in inspect.signature(policy).parameters if asked in Parameters.model_fields]


def months() -> str:
    """The columns of `economy.months`."""
    return _table(("column", "meaning"), [(f"`{name}`", meaning) for name, meaning in COLUMNS.items()])


def factory_table() -> str:
    """The columns of `economy.factory_table()`."""
    return ", ".join(f"`{name}`" for name in NailEconomy(n_factories=2, n_trusts=1, rng=0).factory_table().columns) + "."


def factory() -> str:
    """What one can read, and set, of a factory."""
    return _attributes(NailFactory)


def trust() -> str:
    """What one can read, and set, of a trust."""
    return _attributes(BuildingTrust)


def decrees() -> str:
    """What `economy.intervene` can change."""
    return ", ".join(f"`{name}`" for name in DECREES)


def experiments() -> str:
    """The experiments, with their questions."""
    return _table(("experiment", "question"), [(f"`{name}`", question) for name, question in known_experiments().items()])


def gallery() -> str:
    """Each experiment that docs/_build/figures.py has run, the parable first: question, answer, main figure and command."""
    entries = json.loads((FIGURES / "gallery.json").read_text(encoding="utf-8"))
    known = sorted(known_experiments().items(), key=lambda one: (one[0] != PARABLE, one[0]))
    shown = [(name, question, entries.get(name.replace("-", "_"))) for name, question in known]
    return "\n\n".join(
        f"## {question}\n\n**{entry['answer']}**\n\n![Main figure of {name}](figures/{entry['figure']})\n\n"
        f"{entry['caption']}\n\n```sh\n{_command(name)}\n```"
        for name, question, entry in shown
        if entry
    )


def _command(experiment: str) -> str:
    """How to run an experiment, with the extra that its docstring asks for."""
    documented = importlib.import_module(f"experiments.{experiment.replace('-', '_')}").__doc__ or ""
    extra = re.search(r"--extra \w+ ", documented)
    return f"uv run {extra[0] if extra else ''}nailworks run {experiment}"


def results_folder() -> str:
    """What is in a folder of results, as the module that reads it says."""
    files = re.search(r"\n\n((?:    .+\n)+)", store.__doc__ or "")
    assert files is not None
    rows = [re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in files[1].splitlines()]
    return _table(("file", "what it is"), [(f"`{name}`", meaning) for name, meaning in rows])


def manifest_keys() -> str:
    """What every manifest says."""
    return ", ".join(f"`{key}`" for key in manifest.SAYS)


def command_line() -> str:
    """What every command says of itself."""
    return "\n\n".join(
        f"## nailworks {' '.join(words)}".rstrip() + f"\n\n```text\n{help_of(words)}\n```" for words in commands()
    )


def commands() -> list[list[str]]:
    """The words of every command, from none for `nailworks` itself.

    >>> ["run"] in commands()
    True
    """

    def below(command: Any, words: list[str]) -> Iterable[list[str]]:
        yield words
        for name, child in getattr(command, "commands", {}).items():
            yield from below(child, [*words, name])

    return list(below(COMMAND, []))


def help_of(words: list[str]) -> str:
    """The help of one command, 80 columns wide."""
    result = CliRunner().invoke(cli, [*words, "--help"], prog_name="nailworks", env={"COLUMNS": "80", "NO_COLOR": "1"})
    return result.output.strip()


def _takes(name: str) -> str:
    """What a parameter takes, in the words of the line that somebody gets who gives it something else."""
    try:
        read_parameters(**{name: "?"})
    except ValueError as error:
        return str(error).partition("; it takes ")[2].replace("{", r"\{")
    raise AssertionError(f"{name} takes anything")


def _attributes(agent: type) -> str:
    """The columns that an agent is a view of."""
    columns = {name: column for name, column in vars(agent).items() if isinstance(column, Column)}
    rows = [
        (f"`{name}`", column.__doc__, column.takes)
        for name, column in columns.items()
    ]
    return _table(("attribute", "what it is", "can be set"), rows)


def _named(functions: Mapping[str, Any]) -> str:
    return _table(("name", "what it is"), [(f"`{name}`", _first_line(function)) for name, function in functions.items()])


def _first_line(thing: Any) -> str:
    """The first paragraph of a docstring; an object without one of its own has its class's."""
    documented = thing if inspect.isroutine(thing) or inspect.isclass(thing) else type(thing)
    return re.split(r"\n\s*\n", inspect.getdoc(documented) or "")[0]


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    """A Markdown table.

    >>> print(_table(("a", "b"), [(1, 2)]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, ("---",) * len(head), *rows]
    cells = [[" ".join(str(cell).split()).replace("|", r"\|") for cell in line] for line in lines]
    return "\n".join("|" + "|".join(line) + "|" if line[0] == "---" else "| " + " | ".join(line) + " |" for line in cells)
