"""A model's settings are told by name."""

from collections.abc import Callable
from functools import wraps

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
