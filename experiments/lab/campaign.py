"""A sweep being run: batches go out, parts come in, and whatever stops it, what is done is kept."""

import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import numpy as np

from experiments.lab import failures, work
from experiments.lab.ends import Halted, RunsFailed, Stopped
from experiments.lab.executors import slots, worker_died
from experiments.lab.sweep import Cell, Sweep
from experiments.lab.writer import Writer

BATCH_SECONDS = 2.0  # what a batch should take: long beside the cost of sending it, short beside a coffee
BATCH_RUNS = 2000  # and no more runs than this
TAIL = 3  # each worker's share of what is left goes out in about so many batches, so that all end together
DEATHS = 3  # of a worker over one and the same run, before the run is called a failure
ONE_KEY_SECONDS = 0.5  # signals closer than this are one Ctrl-C: `uv run` passes on what the terminal has sent to all
PATIENCE_SECONDS = 15  # before one is told that no worker answers


@dataclass(frozen=True)
class Progress:
    """How far a sweep is: `usefulness` is the mean, in their last years, of the runs finished since it was started."""

    total: int
    done: int
    failed: int
    usefulness: float


@dataclass
class Campaign:
    """One sweep being run into one folder."""

    sweep: Sweep
    writer: Writer
    progress: Callable[[Progress], None]
    note: Callable[[str], None]
    command: str
    batch_seconds: float = BATCH_SECONDS
    failed: int = 0
    first_failure: Mapping[str, Any] | None = None
    finished: int = 0
    usefulness: float = 0.0
    interrupts: int = 0
    seconds_a_run: float | None = None
    retries: deque[work.Batch] = field(default_factory=deque)
    deaths: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self):
        done = self.writer.store.done()
        manifest = self.writer.store.manifest
        self.source = manifest["source_hash"]
        numbers = manifest["cell_numbers"] or range(self.sweep.n_cells)
        self.cells: dict[int, Cell] = dict(zip(numbers, self.sweep.cells, strict=True))
        self.numbers = np.array(list(numbers))
        self.total, self.before = done.size, int(done.sum())
        self._missing = np.flatnonzero(~done.ravel())
        self._next = 0

    @property
    def left(self) -> int:
        """Runs that were missing when it began."""
        return len(self._missing)

    def run(self, executor: Executor) -> None:
        """Run what is missing."""
        if not self.left:
            return
        started = time.monotonic()
        try:
            with self._interruptible():
                self._tell()
                self._greet(executor)
                self._hand_out(executor)
        finally:
            with suppress(OSError):  # a full disk has been told
                self.writer.add_time(time.monotonic() - started)
        if self.interrupts:
            raise Stopped(f"stopped: {self.kept()}")

    def end(self) -> None:
        """Make the files of the finished sweep; raise RunsFailed if it is not whole."""
        with self._writes():
            self.writer.compact()
        if first := self.first_failure:
            raise RunsFailed(
                f"{self.failed:,} of {self.total:,} runs failed, the first with {first['error']}; "
                f"see {self.writer.folder / 'failures'}; replay it with: {first['replay']}"
            )

    def _hand_out(self, executor: Executor) -> None:
        """Send batches and keep what comes of them, until all are sent or it is asked to stop."""
        under_way: dict[Future[Any], work.Batch] = {}
        told = False
        while True:
            while not self.interrupts and len(under_way) < self._guarded(slots, executor):
                batch = self._batch(self._guarded(slots, executor))
                if batch is None:
                    break
                under_way[self._guarded(executor.submit, work.run_batch, batch)] = batch
            if not under_way:
                return
            finished, _ = wait(under_way, timeout=0.2, return_when=FIRST_COMPLETED)
            if self.interrupts and not told:
                runs = sum(len(batch.runs) for batch in under_way.values())
                self.note(f"stopping: waiting for the {runs:,} runs under way; once more (Ctrl-C) to stop at once")
                told = True
            for future in finished:
                self._take(under_way.pop(future), future)
            if finished:
                self._tell()

    def _greet(self, executor: Executor) -> None:
        """See that a worker starts, and that it runs this source."""
        future = self._guarded(executor.submit, work.hello)
        patience = time.monotonic() + PATIENCE_SECONDS
        while not future.done() and not self.interrupts:
            wait([future], timeout=0.5)
            if time.monotonic() > patience:
                self.note("no worker has answered yet; waiting (Ctrl-C stops)")
                patience = float("inf")
        if future.done():
            self._check_source(self._guarded(future.result))

    def _check_source(self, source: str) -> None:
        if source != self.source:
            raise Halted(f"a worker runs another source than this process does; give both the same: {self.kept()}")

    def _batch(self, n_slots: int) -> work.Batch | None:
        """The next runs to send, sized by what runs have taken so far; None if all are sent."""
        if self.retries:
            return self.retries.popleft()
        left = self.left - self._next
        if not left:
            return None
        seconds = self.seconds_a_run
        size = 1 if seconds is None else int(self.batch_seconds / max(seconds, 1e-6))
        share = left if n_slots == 1 else max(left // (TAIL * n_slots), size // 8)
        size = max(1, min(size, BATCH_RUNS, share))
        chosen = self._missing[self._next : self._next + size]
        self._next += len(chosen)
        seeds = self.sweep.seed_list
        places = [divmod(int(k), len(seeds)) for k in chosen]
        runs = tuple((int(self.numbers[cell]), seeds[seed]) for cell, seed in places)
        return work.Batch(runs, {cell: self.cells[cell].given for cell, _ in runs}, self.sweep.keep, self.sweep.kind.run)

    def _take(self, batch: work.Batch, future: Future[Any]) -> None:
        """Keep what came of a batch."""
        try:
            outcome = future.result()
        except CancelledError:
            raise Halted(f"the cluster dropped what it was given: {self.kept()}") from None
        except Exception as error:
            self._bury(batch, error)
            return
        self._check_source(outcome.source)
        with self._writes():
            if outcome.tables:
                self.writer.add_part(outcome.tables)
            for failure in outcome.failures:
                self._fail((failure.cell, failure.seed), failure.error, failure.traceback)
        self.finished += outcome.n_done
        self.usefulness += outcome.usefulness
        pace = outcome.seconds / len(batch.runs)
        self.seconds_a_run = pace if self.seconds_a_run is None else 0.5 * (self.seconds_a_run + pace)

    def _bury(self, batch: work.Batch, error: Exception) -> None:
        """A worker died over a batch, or could not read it: halve it until the run at fault stands alone, and is a failure."""
        half = len(batch.runs) // 2
        if half:
            for runs in (batch.runs[half:], batch.runs[:half]):
                self.retries.appendleft(replace(batch, runs=runs))
            return
        (run,) = batch.runs
        self.deaths[run] = self.deaths.get(run, 0) + 1
        if worker_died(error) and self.deaths[run] < DEATHS:
            self.retries.appendleft(batch)
            return
        line = f"{type(error).__name__}: {' '.join(str(error).split())}"
        line = f"its worker died {DEATHS} times ({line})" if worker_died(error) else line
        with self._writes():
            self._fail(run, line, "".join(traceback.format_exception(error)))

    def _fail(self, run: tuple[int, int], error: str, trace: str) -> None:
        cell, seed = run
        record = failures.record(self.cells[cell], self.sweep.kind.run, seed, error, trace) | {"cell": cell}
        self.writer.add_failure(record)
        self.first_failure = self.first_failure or record
        self.failed += 1

    def _tell(self) -> None:
        mean = self.usefulness / self.finished if self.finished else float("nan")
        self.progress(Progress(self.total, self.before + self.finished, self.failed, mean))

    def kept(self) -> str:
        """How much is kept, where, and what goes on with it."""
        done = self.before + self.finished
        return f"{done:,} of {self.total:,} runs are kept in {self.writer.folder}; go on with: {self.command}"

    @contextmanager
    def _writes(self) -> Iterator[None]:
        """Tell in one line that something could not be written."""
        try:
            yield
        except OSError as error:
            where = error.filename or self.writer.folder
            raise Halted(f"{where}: cannot be written ({error.strerror or error}): {self.kept()}") from None

    def _guarded(self, do: Callable[..., Any], *args: Any) -> Any:
        """Do something with an executor; tell in one line that it is gone."""
        try:
            return do(*args)
        except Exception as error:
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise Halted(f"no worker answers ({why}): {self.kept()}") from None

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let Ctrl-C (or SIGTERM) finish what is under way, and a second one stop at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        last = float("-inf")

        def stop(signum: int, frame: FrameType | None) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < ONE_KEY_SECONDS:
                return
            last = now
            self.interrupts += 1
            if self.interrupts > 1:
                raise Stopped(f"stopped at once: {self.kept()}")

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
