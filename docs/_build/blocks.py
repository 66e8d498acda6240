"""The code blocks of a page: found, and run as a reader would run them, one after the other."""

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from agents.policies import POLICIES
from incentives.bonus import BONUSES
from incentives.metrics import METRICS

BLOCK = re.compile(
    r"^(?:<!-- fragment: (?P<fragment>[^\n]+) -->\n)?"
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<code>.*?)^```$(?P<prints>\n<!-- prints -->)?',
    re.MULTILINE | re.DOTALL,
)
SWEEP = "uv run nailworks sweep "


class Block(NamedTuple):
    """A fenced block: its language, the name of the file it stands for, and why it does not run by itself, if it does not."""

    language: str
    code: str
    title: str | None
    fragment: str | None
    prints: bool


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks of a page. A block that cannot run stands under a line `<!-- fragment: why -->`.

    >>> blocks("```python\\n1 + 1\\n```\\n<!-- prints -->")[0].prints
    True
    """
    return [
        Block(one["language"], one["code"], one["title"], one["fragment"], one["prints"] is not None)
        for one in BLOCK.finditer(markdown)
    ]


def run(page: list[Block], folder: str | os.PathLike[str] | None = None) -> list[str]:
    """Run a page from top to bottom, and return what each block with `<!-- prints -->` under it prints.

    It runs in `folder`, or else in an empty one. Python blocks share their names. A block with a title is also written to a
    file of that name, and a command that begins a sweep with --out runs it, since the blocks below it read its results.
    """
    printed = []
    names: dict[str, Any] = {"__name__": "a page"}
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(folder or empty), _registries_kept():
        for block in page:
            if block.fragment:
                continue
            if block.title:
                os.makedirs(os.path.dirname(block.title) or ".", exist_ok=True)
                with open(block.title, "w", encoding="utf-8") as file:
                    file.write(block.code)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                if block.language == "python":
                    exec(compile(block.code, block.title or "a block", "exec"), names)
                elif block.language == "sh":
                    _sweep(block.code)
            if block.prints:
                printed.append(out.getvalue().rstrip())
    return printed


def with_output(markdown: str) -> str:
    """The page with what its blocks print in place of each `<!-- prints -->`.

    >>> print(with_output("```python\\nprint(6 * 7)\\n```\\n<!-- prints -->").splitlines()[-2])
    42
    """
    if "<!-- prints -->" not in markdown:
        return markdown
    outputs = iter(run(blocks(markdown)))
    return re.sub(r"^<!-- prints -->$", lambda _: f"\n```text\n{next(outputs)}\n```", markdown, flags=re.MULTILINE)


@contextlib.contextmanager
def _registries_kept() -> Iterator[None]:
    """Undo what a page adds to the dicts of metrics, bonuses and policies: other pages show them as they are."""
    registries: Any = (METRICS, BONUSES, POLICIES)
    before = [dict(registry) for registry in registries]
    try:
        yield
    finally:
        for registry, kept in zip(registries, before, strict=True):
            registry.clear()
            registry.update(kept)


def _sweep(code: str) -> None:
    from experiments.lab.run import run_scenarios
    from experiments.lab.toml import read_sweep

    for line in code.replace("\\\n", " ").splitlines():
        words = shlex.split(line.removeprefix(SWEEP), comments=True)
        if line.startswith(SWEEP) and "--out" in words and os.path.exists(words[0]):
            run_scenarios(read_sweep(words[0]), executor=0, store=words[words.index("--out") + 1])
