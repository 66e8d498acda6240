"""Processes to disturb, and what an undisturbed run gives."""

import importlib.util
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from experiments.lab.run import run_scenarios
from experiments.lab.store import Store, open_store

DRIVE = Path(__file__).resolve().with_name("drive.py")
ROOT = DRIVE.parents[3]
PATIENCE_S = 240  # the machine may be busy with something else


@dataclass
class Running:
    """The driver in a process group of its own, as a shell starts it."""

    process: subprocess.Popen
    errors: list[str] = field(default_factory=list)

    def until_done(self, n: int) -> None:
        """Read its progress until `n` runs are done."""
        for line in self._lines(self.process.stdout):
            if " done" in line and int(line.split()[0]) >= n:
                return
        pytest.fail(f"it ended before {n} runs were done: {self.end()}")

    def until_error_line(self, text: str) -> None:
        for line in self._lines(self.process.stderr):
            self.errors.append(line)
            if text in line:
                return
        pytest.fail(f"it ended without saying {text!r}: {self.errors}")

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def interrupt_until_it_ends(self) -> None:
        """Ctrl-C again and again, as one who is impatient."""
        for _ in range(PATIENCE_S):
            self.interrupt()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
                return

    def end(self) -> str:
        """Wait for its end; what it said last on both streams."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return f"{out[-2000:]}{''.join(self.errors)}{err[-4000:]}"

    def descendants(self) -> list[int]:
        """Process ids of its children and their children; the workers are children of the fork server."""
        parents = {int(p.name): _parent(p) for p in Path("/proc").iterdir() if p.name.isdigit()}
        found, new = [], {self.process.pid}
        while new:
            new = {child for child, parent in parents.items() if parent in new}
            found += sorted(new)
        return found

    def workers(self) -> list[int]:
        direct = {pid for pid in self.descendants() if _parent(Path(f"/proc/{pid}")) == self.process.pid}
        return [pid for pid in self.descendants() if pid not in direct]

    def all_end(self, pids: list[int], seconds: float = 30) -> bool:
        """Whether these processes, no children of ours, are gone in time."""
        for pid in pids:
            try:
                handle = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            try:
                if not select.select([handle], [], [], seconds)[0]:
                    return False
            finally:
                os.close(handle)
        return True

    def _lines(self, stream: IO[str] | None) -> Iterator[str]:
        assert stream is not None
        while line := stream.readline():
            yield line


@pytest.fixture(scope="session")
def drive():
    """The module of the driver; the tests are no package, so it is loaded from its file."""
    spec = importlib.util.spec_from_file_location("drive", DRIVE)
    assert spec is not None and spec.loader is not None
    module = sys.modules["drive"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def driver():
    """Starts the driver: `with driver(folder, *options, **environment) as running`."""
    return _driver


@pytest.fixture(scope="session")
def undisturbed(drive, tmp_path_factory) -> Store:
    return run_scenarios(drive.good_sweep(), executor=0, store=tmp_path_factory.mktemp("undisturbed") / "out")


@pytest.fixture(scope="session")
def same(undisturbed):
    """Asserts that a folder is complete, without duplicates, identical to the undisturbed one, and in the same order."""

    def check(folder: Path) -> None:
        found = open_store(folder)
        assert found.status().done == found.status().total == 40
        assert found.manifest["content_hash"] == found.content_hash() == undisturbed.manifest["content_hash"]
        for table in ("runs", "months", "years", "factories"):
            ours, theirs = found.table(table), undisturbed.table(table)
            assert ours.drop(columns="seconds", errors="ignore").equals(theirs.drop(columns="seconds", errors="ignore"))
        assert not found.runs.duplicated(["cell", "seed"]).any()
        assert not found.failures
        assert {path.name for path in folder.iterdir()} == {path.name for path in undisturbed.folder.iterdir()}

    return check


@contextmanager
def _driver(out: Path, *options: str, **environment: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, str(DRIVE), str(out), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, **environment}, cwd=ROOT,
    )  # fmt: skip
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0
