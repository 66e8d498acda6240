"""Functions of one's own, as metrics and bonuses: what they are called, whether two are one, and whether they will do."""

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from incentives.hints import what_failed

LONG = 40  # times that what a function is tried on is repeated, to see whether it looks at how much there is


class Words(NamedTuple):
    """How a function is told of: what it is, what it gives a factory, of what shape that is, and how it comes by it."""

    what: str
    one: str
    like: str
    verb: str
    past: str
    on: str = ""


def name_of(function: Any) -> str:
    """How a function of one's own is called, or an object that is used as one.

    >>> name_of(name_of), name_of(Words("", "", "", "", ""))
    ('name_of', 'Words')
    """
    return getattr(function, "__name__", type(function).__name__)


def same_function(one: Any, other: Any) -> bool:
    """Whether two functions, their names or tuples of them are one: equal, or of the same code that sees the same values.

    So a lambda that a policy writes within itself, and which is another object each month, is one all along.

    >>> policy = lambda power: lambda report: report.count**power
    >>> same_function(policy(2), policy(2)), same_function(policy(2), policy(3))
    (True, False)
    """
    try:
        return bool(one == other or _inside(one) == _inside(other))
    except ValueError:  # arrays that they see do not say in one word whether they are equal
        return False


def _inside(function: Any) -> Any:
    if isinstance(function, tuple):
        return tuple(map(_inside, function))
    if not isinstance(function, FunctionType):
        return function
    seen = tuple(cell.cell_contents for cell in function.__closure__ or ())
    return function.__code__, function.__defaults__, function.__kwdefaults__, seen


def check_elementwise(function: Callable[..., Any], columns: Sequence[Any], words: Words, *, atol: float = 0.0) -> None:
    """Raise a ValueError of one line unless a function of columns, arrays of one shape, is finite and elementwise.

    It is tried on them at once, repeated, and one by one: what it returns must agree to 1 in 10^12, or to `atol`, so that what a
    factory gets never depends on who else is in the table. It cannot write into them.
    """
    for column in columns:
        column.setflags(write=False)
    together = checked_numbers(function, columns, words)
    long = checked_numbers(function, [np.tile(column.ravel(), LONG) for column in columns], words)
    if not np.allclose(long, np.tile(together.ravel(), LONG), rtol=1e-12, atol=atol):
        raise ValueError(
            f"{words.what}: must {words.verb} each factory by itself, but {words.past} some differently in a longer report"
        )
    for place in np.ndindex(together.shape):
        alone = checked_numbers(function, [np.array([column[place]]) for column in columns], words)
        if not np.isclose(alone[0], together[place], rtol=1e-12, atol=atol):
            raise ValueError(
                f"{words.what}: must {words.verb} each factory by itself, but {words.past} one differently beside others "
                "(is there a mean, sum, max or rank in it?)"
            )


def checked_numbers(function: Callable[..., Any], columns: Sequence[Any], words: Words) -> Any:
    """What a function makes of columns of one shape, as float64; a ValueError of one line if it is no finite numbers, one each."""
    shape = np.shape(columns[0])
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused below, in words
            given = function(*columns)
            numbers = np.asarray(given)
    except Exception as error:  # whatever went wrong in somebody's function
        raise ValueError(f"{words.what}: failed{words.on} with {what_failed(error)}") from error
    if given is None:
        raise ValueError(f"{words.what}: must return one {words.one} a factory, but returned None; is a `return` missing?")
    if numbers.dtype.kind not in "fiub":
        raise ValueError(f"{words.what}: must return numbers, but returned {numbers.dtype}")
    if numbers.shape != shape:
        raise ValueError(
            f"{words.what}: must return one {words.one} a factory, as {words.like} is, here of shape {shape}, "
            f"but returned shape {numbers.shape}"
        )
    if not np.isfinite(numbers).all():
        raise ValueError(f"{words.what}: must return finite numbers, but returned {numbers[~np.isfinite(numbers)].ravel()[0]}")
    return numbers.astype(float, copy=False)
