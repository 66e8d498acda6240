"""What a mistyped name was meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """A question with the nearest of the `known` names, to be put before what else there is; empty where none is near.

    >>> did_you_mean("wait", ["count", "weight"])
    "did you mean 'weight'? "
    """
    near = get_close_matches(str(name), list(known), n=1, cutoff=cutoff)
    return f"did you mean '{near[0]}'? " if near else ""
