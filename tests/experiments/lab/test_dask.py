"""A Dask cluster on loopback: a real scheduler and two real workers, one of which is killed."""

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from experiments.lab.executors import dask_executor

pytest.importorskip("distributed", reason="distributed is not installed: uv sync --extra dask")
pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")


def started(stack: ExitStack, *command: str) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    stack.callback(lambda: (process.kill(), process.communicate()))
    return process


def until(process: subprocess.Popen, pattern: str) -> str:
    """Read what a process says until it matches."""
    assert process.stderr is not None
    said = []
    while line := process.stderr.readline():
        said.append(line)
        if match := re.search(pattern, line):
            return match[1]
    pytest.fail(f"{process.args} ended: {''.join(said)}")


@pytest.fixture
def cluster():
    """The address of a scheduler, the scheduler, and its two workers."""
    loopback = ("--host", "127.0.0.1")
    with ExitStack() as stack:
        scheduler = started(stack, "distributed.cli.dask_scheduler", *loopback, "--port", "0", "--no-dashboard")
        address = until(scheduler, r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
        options = (*loopback, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        workers = [started(stack, "distributed.cli.dask_worker", address, *options) for _ in range(2)]
        for worker in workers:
            until(worker, r"Registered to:\s+(tcp\S+)")
        yield address, scheduler, workers


def test_a_cluster_gives_what_one_process_gives_though_a_worker_is_killed(tmp_path, driver, same, cluster):
    address, _, workers = cluster
    with driver(tmp_path / "out", "--dask", address) as running:
        running.until_done(6)
        workers[0].send_signal(signal.SIGKILL)
        said = running.end()
    assert running.process.returncode == 0, said
    same(tmp_path / "out")


def test_a_cluster_that_goes_away_is_one_line_and_the_sweep_resumes_without_it(tmp_path, driver, same, cluster):
    address, scheduler, _ = cluster
    with driver(tmp_path / "out", "--dask", address) as running:
        running.until_done(6)
        scheduler.send_signal(signal.SIGKILL)
        said = running.end()
    assert running.process.returncode == 1
    assert "Halted: " in said
    assert f"of 40 runs are kept in {tmp_path / 'out'}; go on with: " in said
    assert "Traceback" not in said
    with driver(tmp_path / "out", "--workers", "0") as running:
        running.end()
    same(tmp_path / "out")


def test_a_cluster_that_does_not_answer_is_one_line():
    with pytest.raises(ValueError) as told:
        dask_executor("tcp://127.0.0.1:9", timeout_s=1)
    assert "no scheduler answers at 'tcp://127.0.0.1:9'" in str(told.value)
    assert "\n" not in str(told.value)
