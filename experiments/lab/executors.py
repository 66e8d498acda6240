"""Where runs are computed: in this process, in worker processes, or on a Dask cluster, each a `concurrent.futures.Executor`."""

import logging
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from multiprocessing import connection
from typing import Any, cast

PRELOADED = ["experiments.lab.work", "model.looks"]  # which take seconds to import: once, not once a worker


def make_executor(workers: int | None = None, dask: str | None = None) -> Executor:
    """An executor: `workers` processes (None: one a core; 0: this very process), or the Dask cluster at address `dask`.

    Raises a ValueError of one line where there is no such thing.
    """
    if dask is not None:
        if workers is not None:
            raise ValueError("dask: the cluster has its own workers; give either workers or dask")
        return dask_executor(dask)
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 0):
        raise ValueError(f"workers: got {workers!r}; it takes a whole number, 0 to run in this very process")
    return SerialExecutor() if workers == 0 else WorkerPool(workers)


def slots(executor: Executor) -> int:
    """How many batches to have under way at once."""
    wanted = getattr(executor, "slots", None)
    if callable(wanted):
        return int(wanted())  # type: ignore[call-overload]
    return getattr(executor, "_max_workers", None) or cores()


def worker_died(error: BaseException) -> bool:
    """Whether this is a worker's death, rather than an error in what it did."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"  # the latter is Dask's


def stop_now(executor: Executor) -> None:
    """Stop without waiting for what is under way."""
    kill = getattr(executor, "kill", None)
    if callable(kill):
        kill()
    else:
        with suppress(Exception):  # a cluster that has gone cannot be told; why we stop is what counts
            executor.shutdown(wait=False)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SerialExecutor(Executor):
    """Computes in this very process, at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Compute it now; the future is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def slots(self) -> int:
        """One batch at a time."""
        return 1


class WorkerPool(Executor):
    """Worker processes, each with a pipe of its own: one that is killed takes only its own batch with it, and is replaced.

    They start when there is something to do for them. The standard library's pool loses all its work with one process, and
    waits for ever for a process that is killed while it answers (its pipe has other writers, so it does not end).
    """

    def __init__(self, workers: int | None = None):
        self._workers = [_Worker() for _ in range(workers or cores())]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send it to the worker who has least to do."""
        return min(self._workers, key=lambda worker: worker.load).submit(fn, args, kwargs)

    def slots(self) -> int:
        """One batch a worker, so that a worker's death says which batch it was."""
        return len(self._workers)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers finish, and go."""
        for worker in self._workers:
            worker.dismiss()
        for worker in self._workers if wait else ():
            worker.join()

    def kill(self) -> None:
        """Kill the workers, whatever they do."""
        for worker in self._workers:
            worker.dismiss()
            worker.kill()


class _Worker:
    """A process, and the thread that hands it one call after another and waits for the answer."""

    starting = threading.Lock()

    def __init__(self) -> None:
        self.load = 0
        self._calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: Any = None
        self._pipe: Any = None

    def submit(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.load += 1
        self._calls.put((future, (fn, args, kwargs)))
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()
        return future

    def dismiss(self) -> None:
        self._calls.put(None)

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _serve(self) -> None:
        while (job := self._calls.get()) is not None:
            future, call = job
            if future.set_running_or_notify_cancel():
                try:
                    self._start()
                    self._pipe.send(call)
                    good, answer = self._pipe.recv()
                except (EOFError, OSError) as error:
                    self._end()
                    good, answer = False, BrokenExecutor(f"the process ended ({type(error).__name__})")
                except Exception as error:  # a call or an answer that cannot be pickled
                    self._end()
                    good, answer = False, error
                self.load -= 1
                (future.set_result if good else future.set_exception)(answer)
        self._end()

    def _start(self) -> None:
        if self._process is None:
            with self.starting:
                context = _context()
                self._pipe, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs,), daemon=True)
                process.start()
                self._process = process
                theirs.close()  # now the process alone can write to it, so that its death ends the pipe

    def _end(self) -> None:
        if self._process is not None:
            self._pipe.close()  # which tells the process to go
            self._process.join(5)
            self._process.kill()
            self._process = None


def _work(pipe: Any) -> None:
    """What a worker process does: answer calls until there are no more."""
    _start_worker()
    while True:
        try:
            fn, args, kwargs = pipe.recv()
            answer = True, fn(*args, **kwargs)
        except EOFError:
            return
        except Exception as error:
            answer = False, error
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:  # an answer that cannot be pickled
            pipe.send((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _context() -> Any:
    """Fork server with the model loaded, where the platform has one; else fresh processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import resource_tracker
    from multiprocessing.forkserver import ensure_running

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    # The server and its children inherit the mask: Ctrl-C is for the parent alone, even while the server still imports.
    resource_tracker.ensure_running()  # first, since its start lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and outlive it by nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def dask_executor(address: str, timeout_s: float = 10) -> Executor:
    """The Dask cluster whose scheduler is at `address`; a ValueError of one line where it cannot be reached."""
    try:
        from distributed import Client  # pyright: ignore[reportMissingImports] (an extra)
    except ImportError:
        raise ValueError("dask: is not installed; `uv run --extra dask …` brings it") from None
    from distributed.cfexecutor import ClientExecutor  # pyright: ignore[reportMissingImports]

    class DaskExecutor(ClientExecutor):
        """Dask's executor, which knows how many threads its cluster has now."""

        def slots(self) -> int:
            """Two batches a thread, so that none waits for the next; 1 while there is no worker."""
            return max(1, 2 * sum(cast(dict[str, int], client.nthreads()).values()))

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            """Leave the cluster, which goes on."""
            super().shutdown(wait=wait)
            client.close(timeout=2)

    for name in ("distributed", "distributed.client", "distributed.core", "distributed.utils", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told in one line, by those who wait for it
    try:
        client = Client(address, timeout=timeout_s, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"dask: no scheduler answers at {address!r} ({why})") from None
    return DaskExecutor(client, pure=False)
