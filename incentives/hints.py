"""What a mistyped name was meant to be, what was given, and what went wrong in somebody's function."""

import inspect
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

MOST_SHOWN = 120  # characters of a value in a message


def did_you_mean(name: object, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """A question with the nearest of the `known` names, to be put before what else there is; empty where none is near.

    >>> did_you_mean("wait", ["count", "weight"])
    "did you mean 'weight'? "
    """
    near = get_close_matches(str(name), list(known), n=1, cutoff=cutoff)
    return f"did you mean '{near[0]}'? " if near else ""


def shown(value: Any) -> str:
    """A value as one would write it, in one line that is not too long: a function or a class by its name.

    >>> shown("count"), shown(shown)
    ("'count'", 'shown')
    """
    named = inspect.isfunction(value) or inspect.isclass(value)
    text = value.__name__ if named else " ".join(repr(value).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} …"


def what_failed(error: Exception, known: Iterable[str] = ()) -> str:
    """An error in somebody's function, in a line, and what would do where that can be told.

    `known` are the arguments that it can give to what it calls.

    >>> what_failed(TypeError("f() got an unexpected keyword argument 'lenth'"), ["length"])
    "TypeError: f() got an unexpected keyword argument 'lenth'; did you mean 'length'? it takes length"
    """
    said, hint = " ".join(str(error).split()), ""
    if isinstance(error, AttributeError) and is_dataclass(error.obj):
        has = [field.name for field in fields(error.obj)]
        hint = f"{did_you_mean(error.name, has)}it has {', '.join(has)}"
    elif isinstance(error, TypeError) and (argument := re.search(r"unexpected keyword argument '(\w+)'", said)):
        hint = f"{did_you_mean(argument[1], known)}it takes {', '.join(known)}"
    elif isinstance(error, ValueError) and "truth value of an array" in said:
        said, hint = "an array is no single yes or no", "np.where(a > b, x, y) chooses for each entry, a.mean() is one number"
    return f"{type(error).__name__}: {said}" + (f"; {hint}" if hint else "")
