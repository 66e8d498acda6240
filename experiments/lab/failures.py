"""Runs that failed: what happened, with which parameters and seed, and the command that replays that one run."""

import json
import shlex
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from experiments.lab.files import write_whole
from experiments.lab.kind import ECONOMY
from experiments.lab.sweep import Cell


def record(cell: Cell, run: str, seed: int, error: str, traceback: str) -> dict[str, Any]:
    """What is kept of a failed run; `run` names the function that runs it, "module:function"."""
    return {
        "cell": cell.number,
        "scenario": cell.scenario,
        "seed": seed,
        "error": error,
        "parameters": dict(cell.resolved),
        "replay": replay_command(cell.given, seed, run),
        "traceback": traceback,
    }


def replay_command(parameters: Mapping[str, Any], seed: int, run: str = ECONOMY.run) -> str:
    """A command for a shell that runs that one economy, or what else it is.

    >>> replay_command({"pride": 0.0}, 7)
    "uv run python -c 'from model.economy import NailEconomy; NailEconomy(rng=7, threads=1, pride=0.0).run()'"
    """
    if run != ECONOMY.run:
        module, _, name = run.partition(":")
        imports = [f"from {module} import {name}"]
        call = f"{name}({_code(dict(parameters), imports)}, {seed}, None)"
        return f"uv run python -c {shlex.quote(f'{"; ".join(imports)}; {call}')}"
    imports = ["from model.economy import NailEconomy"]
    given = ", ".join(f"{name}={_code(value, imports)}" for name, value in {"rng": seed, "threads": 1, **parameters}.items())
    return f"uv run python -c {shlex.quote(f'{"; ".join(imports)}; NailEconomy({given}).run()')}"


def write(folder: Path, failure: Mapping[str, Any], staging: Path) -> None:
    """Keep a failure in its file."""
    (folder / "failures").mkdir(exist_ok=True)
    write_whole(_path(folder, failure["cell"], failure["seed"]), (json.dumps(failure, indent=2) + "\n").encode(), staging)


def read(folder: Path) -> list[dict[str, Any]]:
    """All failures of a folder, by cell and seed; a ValueError of one line for a file that is none."""
    found = []
    for path in sorted((folder / "failures").glob("*")):
        try:
            failure = json.loads(path.read_text(encoding="utf-8"))
            found.append((int(failure["cell"]), int(failure["seed"]), failure))
        except FileNotFoundError:  # the run has succeeded meanwhile
            continue
        except (ValueError, KeyError, TypeError, OSError):
            raise ValueError(f"{path}: is no record of a failed run; move it away") from None
    return [failure for *_, failure in sorted(found, key=lambda one: one[:2])]


def forget(folder: Path, runs: Collection[tuple[int, int]]) -> None:
    """Drop the failures of runs that have succeeded since."""
    for failure in read(folder):
        if (failure["cell"], failure["seed"]) in runs:
            _path(folder, failure["cell"], failure["seed"]).unlink()


def _path(folder: Path, cell: int, seed: int) -> Path:
    return folder / "failures" / f"{cell:06d}-{seed}.json"


def _code(value: Any, imports: list[str]) -> str:
    """A parameter as Python code, and what that code must import."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_code(one, imports)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_code(one, imports) for one in value) + "]"
    if not callable(value):
        return repr(value)
    name, module = value.__qualname__, value.__module__
    if module == "__main__":
        imports.append("import runpy")
        return f"runpy.run_path({getattr(sys.modules['__main__'], '__file__', '')!r})[{name!r}]"
    imports.append(f"from {module} import {name}")
    return name
