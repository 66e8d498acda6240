"""A model's settings are told by name, when it is built."""

from collections.abc import Callable, Container
from functools import wraps
from typing import Any

from pydantic import BaseModel

from incentives.hints import shown


def by_name[**Given](init: Callable[Given, None]) -> Callable[Given, None]:
    """A model's `__init__` that takes all by name; what comes without one is refused in a line that says how it is written.

    Python would count arguments, and among them `self`. The signature that help() and Mesa see is the model's own.
    """

    @wraps(init)
    def checked(*given: Given.args, **named: Given.kwargs) -> None:
        model, *nameless = given
        if nameless:
            kind = type(model).__name__
            raise TypeError(f"{kind}: got {shown(nameless[0])} without a name; it takes all by name, as in {kind}(rng=7)")
        init(*given, **named)

    return checked


def built_with[Kind: type](
    parameters: type[BaseModel], a_model: str, *, decrees: Container[str] = (), but: Container[str] = ()
) -> Callable[[Kind], Kind]:
    """A class decorator: what its models, once built, go by no more cannot be set on them, nor be read where it is not.

    `decrees` can still be decreed by their `intervene`; `but` are names that they use otherwise.
    """

    def settled(kind: Kind) -> Kind:
        for name in parameters.model_fields:  # each by itself, for a __setattr__ would slow every month
            if name in but:
                continue
            instead = f"build another, {kind.__name__}({name}=...)"
            setattr(kind, name, _Settled(name, a_model, f"economy.intervene({name}=...)" if name in decrees else instead))
        return kind

    return settled


class _Settled:
    """A setting of a model that is built: it stands in `parameters`."""

    def __init__(self, name: str, a_model: str, instead: str):
        self.name, self.a_model, self.instead = name, a_model, instead

    def __get__(self, model: Any, owner: Any = None) -> Any:
        if model is None:
            return self
        raise AttributeError(f"{self.name}: stands in `parameters`, with all that {self.a_model} was built with")

    def __set__(self, model: Any, value: Any) -> None:
        raise AttributeError(f"{self.name}: {self.a_model} that is built does not go by it; {self.instead}")
