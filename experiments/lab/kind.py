"""What a sweep is of: nail economies, or whatever else has parameters and a function that runs it on a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from model.parameters import Parameters


@dataclass(frozen=True)
class Kind:
    """A kind of run.

    `parameters` checks what a run is given. `run`, written "module:function" because the worker that calls it is the one to
    import it, is (parameters, seed, keep) -> {table: frame}. It stands in `model`, whose source is hashed with the results.

    A run leaves `months`, of which the laboratory makes its row in `runs` and what `keep` asks for; or, where months mean
    nothing, `runs` itself, a frame of one row, and a frame for each of `tables`.
    """

    parameters: type[BaseModel]
    run: str
    tables: tuple[str, ...] = ()


ECONOMY = Kind(Parameters, "experiments.lab.work:one_run")


def imported(run: str) -> Callable[..., Any]:
    """The function that "module:function" names.

    >>> imported("math:sqrt")(9.0)
    3.0
    """
    module, _, name = run.partition(":")
    return getattr(import_module(module), name)
