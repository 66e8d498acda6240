"""How a sweep is doing, told on stderr: a bar on a terminal, plain lines off it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from experiments.lab.campaign import Progress
from experiments.lab.executors import cores

SECONDS_A_LINE = 10.0


@contextmanager
def shown(name: str) -> Iterator[Callable[[Progress], None]]:
    """A function that shows how far a sweep is, each time it is called."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(name, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rest]}"),
    )
    with Bar(*columns, console=console, expand=True) as bar:
        task = bar.add_task(name, total=None, rest="", visible=False)  # until there is something to run
        clock = Clock()

        def show(progress: Progress) -> None:
            clock.start(progress)
            bar.update(task, completed=progress.done, total=progress.total, rest=clock.told(progress), visible=True)

        yield show


class Clock:
    """Rate and time left, reckoned from the first runs that end, for before them workers start."""

    def __init__(self) -> None:
        self.began: tuple[float, int] | None = None
        self.first: tuple[float, int] | None = None

    def start(self, progress: Progress) -> None:
        """Begin at the first call, and at the first after which runs have ended."""
        now = time.monotonic(), progress.done + progress.failed
        self.began = self.began or now
        self.first = self.first or (now if now[1] > self.began[1] else None)

    def told(self, progress: Progress) -> str:
        """Rate, time left, failures, and mean usefulness in the last years of the finished runs, in words."""
        settled = progress.done + progress.failed
        left = progress.total - settled
        since, done = (self.first if left else self.began) or (0.0, settled)
        sure = settled - done > cores() or not left  # the first run of each worker says little of the others
        rate = (settled - done) / max(time.monotonic() - since, 1e-9)
        words = [f"{rate:.3g} runs/s", f"{span(left / rate)} left"] if sure and rate else []
        words += [f"{progress.failed:,} failed"]
        words += [f"mean usefulness at the end {progress.usefulness:.2f}"] if progress.usefulness == progress.usefulness else []
        return ", ".join(words)


def span(seconds: float) -> str:
    """A time in words.

    >>> span(42), span(3700), span(180_000)
    ('42 s', '1 h 01 min', '2 d 2 h')
    """
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    if days:
        return f"{days} d {h} h"
    if hours:
        return f"{h} h {m:02d} min"
    return f"{m} min {s:02d} s" if m else f"{s} s"


def _lines(name: str, console: Console) -> Callable[[Progress], None]:
    clock, told = Clock(), float("-inf")

    def show(progress: Progress) -> None:
        nonlocal told
        clock.start(progress)
        now = time.monotonic()
        if now - told >= SECONDS_A_LINE or progress.done + progress.failed == progress.total:
            told = now
            line = f"{name}: {progress.done:,} of {progress.total:,} runs, {clock.told(progress)}"
            console.print(line, soft_wrap=True, markup=False)

    return show
