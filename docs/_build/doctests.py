"""Examples in docstrings, `>>> ...`, shown as code: Markdown would take them for quotations."""

import re
from typing import Any

import griffe

DOCTEST = re.compile(r"^>>> .*(?:\n(?!\s*$).+)*", re.MULTILINE)


class Doctests(griffe.Extension):
    """Fences the doctests of every docstring."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Called once for each module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(docstring: str) -> str:
    """A docstring with its doctests in fences.

    >>> print(fenced("Twice." + chr(10) * 2 + ">>> 2 * 2" + chr(10) + "4"))
    Twice.
    <BLANKLINE>
    ```pycon
    >>> 2 * 2
    4
    ```
    """
    return DOCTEST.sub(lambda doctest: f"```pycon\n{doctest[0]}\n```", docstring)
