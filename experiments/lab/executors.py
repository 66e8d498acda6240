"""Where runs are computed: in this process, in worker processes, or on a Dask cluster, each a `concurrent.futures.Executor`."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import connection
from typing import Any, cast

PRELOADED = ["experiments.lab.work", "model.economy"]  # which take seconds to import: once, not once a worker


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
    """Worker processes, each a pool of its own: one that is killed takes only its own batch with it, and is replaced.

    They start when there is something to do for them.
    """

    def __init__(self, workers: int | None = None):
        self._pools: list[ProcessPoolExecutor | None] = [None] * (workers or cores())
        self._load = [0] * len(self._pools)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send it to the worker who has least to do."""
        k = min(range(len(self._pools)), key=self._load.__getitem__)
        try:
            future = self._pool(k).submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self._pools[k] = None
            future = self._pool(k).submit(fn, *args, **kwargs)
        self._load[k] += 1
        future.add_done_callback(lambda _: self._lighten(k))
        return future

    def slots(self) -> int:
        """One batch a worker, so that a worker's death says which batch it was."""
        return len(self._pools)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers finish, and go."""
        for pool in self._running():
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def kill(self) -> None:
        """Kill the workers, whatever they do."""
        for pool in self._running():
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)

    def _pool(self, k: int) -> ProcessPoolExecutor:
        pool = self._pools[k]
        if pool is None:
            pool = self._pools[k] = ProcessPoolExecutor(1, _context(), _start_worker)
        return pool

    def _running(self) -> list[ProcessPoolExecutor]:
        return [pool for pool in self._pools if pool is not None]

    def _lighten(self, k: int) -> None:
        self._load[k] -= 1


def _context() -> Any:
    """Fork server with the model loaded, where the platform has one; else fresh processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing.forkserver import ensure_running

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    # The server and its children inherit the mask: Ctrl-C is for the parent alone, even while the server still imports.
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
