"""A plugin of otter's that ends a cell which runs too long, so that an endless loop costs its own question alone."""

import signal
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OnTime:
    """Puts a cell before the submission that starts the watch; its setting is `seconds`, what a cell may take.

    Otter makes it with these three arguments and calls the methods that it has, so that it needs no class of otter's.
    """

    submission: str
    metadata: Any
    settings: Any

    def before_execution(self, submission: Any) -> Any:
        """The submission, watched."""
        from nbformat.v4 import new_code_cell

        cell = new_code_cell(f"from app.course.on_time import watch\n\nwatch({self.settings['seconds']})")
        submission.cells.insert(0, cell)
        return submission


def watch(seconds: float) -> None:
    """From the next cell on, raise a TimeoutError in a cell after each `seconds` that it computes.

    It is the processor's time, so that a busy machine fails nobody; who sleeps is ended with the whole submission.
    """
    from IPython.core.interactiveshell import InteractiveShell

    def too_long(*_: Any) -> None:
        start()  # anew: a check runs several tests, and each may meet the same loop
        raise TimeoutError(f"this took more than {seconds:g} s of computing")

    def start(*_: Any) -> None:
        signal.setitimer(signal.ITIMER_PROF, seconds)

    def stop(*_: Any) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    signal.signal(signal.SIGPROF, too_long)
    events = InteractiveShell.instance().events
    events.register("pre_run_cell", start)
    events.register("post_run_cell", stop)
