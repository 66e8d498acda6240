"""Whatever happens to a sweep, running it again ends with what an undisturbed run gives. All with real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from experiments.lab.run import run_scenarios
from experiments.lab.store import open_store

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux's /proc and pidfd")


@pytest.fixture
def finish(driver):
    """Runs the sweep to its end."""

    def run(folder, *options):
        with driver(folder, *options) as running:
            said = running.end()
            assert running.process.returncode == 0, said

    return run


def test_kill_9_of_a_worker_costs_its_batch_alone_and_the_sweep_goes_on(tmp_path, driver, same):
    with driver(tmp_path / "out") as running:
        running.until_done(6)
        os.kill(running.workers()[0], signal.SIGKILL)
        said = running.end()
    assert running.process.returncode == 0, said
    same(tmp_path / "out")


def test_kill_9_of_the_parent_leaves_no_worker_and_the_same_command_resumes(tmp_path, driver, finish, same):
    with driver(tmp_path / "out") as running:
        running.until_done(6)
        left_behind = running.descendants()
        assert len(running.workers()) == 2
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        assert running.all_end(left_behind)
    kept = open_store(tmp_path / "out").status()
    assert 6 <= kept.done < 40
    finish(tmp_path / "out")
    same(tmp_path / "out")


def test_ctrl_c_finishes_what_is_under_way_and_says_how_to_go_on(tmp_path, drive, driver, same):
    out = tmp_path / "out"
    with driver(out) as running:
        running.until_done(6)
        running.interrupt()
        said = running.end()
    assert running.process.returncode != 0
    assert "Traceback" not in said
    kept = open_store(out).status().done
    assert f"{kept} of 40 runs are kept in {out}; go on with: uv run python {drive.__file__} {out}" in said
    run_scenarios(drive.good_sweep(), executor=0, store=out)  # in another way than it was begun
    same(out)


def test_ctrl_c_twice_stops_at_once_and_leaves_a_folder_that_resumes(tmp_path, drive, driver):
    out = tmp_path / "out"
    with driver(out, "--sweep", "patient", HANG="1") as running:
        running.until_done(3)  # the other three never end
        left_behind = running.descendants()
        running.interrupt()
        running.until_error_line("once more (Ctrl-C) to stop at once")
        assert running.process.poll() is None
        running.interrupt_until_it_ends()
        said = running.end()
    assert "stopped at once: 3 of 6 runs are kept" in said
    assert "Traceback" not in said
    assert running.all_end(left_behind)
    run_scenarios(drive.patient_sweep(), executor=0, store=out)
    undisturbed = run_scenarios(drive.patient_sweep(), executor=0, store=tmp_path / "undisturbed")
    assert open_store(out).content_hash() == undisturbed.content_hash()
    assert open_store(out).status().done == 6


def test_two_signals_at_once_are_one_ctrl_c(tmp_path, driver):
    """As under `uv run`, which passes on the signal that the terminal has sent to the whole group."""
    with driver(tmp_path / "out") as running:
        running.until_done(6)
        running.interrupt()
        running.interrupt()
        said = running.end()
    assert "stopped: " in said
    assert "stopped at once" not in said


def test_runs_that_raise_or_kill_their_worker_are_kept_beside_with_a_command_that_replays_them(tmp_path, driver):
    out = tmp_path / "out"
    with driver(out, "--sweep", "bad") as running:
        said = running.end()
    assert running.process.returncode != 0
    assert "RunsFailed: 6 of 12 runs failed" in said
    found = open_store(out)
    assert found.runs["scenario"].tolist() == ["good"] * 3 + ["fine"] * 3
    assert [(f["scenario"], f["seed"]) for f in found.failures] == [(s, k) for s in ("raises", "kills") for k in range(3)]
    raised, killed = found.failures[0], found.failures[3]
    assert raised["error"] == "ValueError: policy: failed in month 7 with ZeroDivisionError: the planner divided by zero"
    assert "raises" in raised["traceback"]
    assert raised["parameters"]["horizon"] == 24
    assert "died 3 times" in killed["error"]
    replayed = raised["replay"].removeprefix("uv run python")
    again = subprocess.run(f"{sys.executable}{replayed}", shell=True, capture_output=True, text=True)
    assert "ZeroDivisionError: the planner divided by zero" in again.stderr


def test_a_full_disk_is_one_line_and_with_room_again_the_same_command_resumes(tmp_path, drive, same):
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    command = f"{sys.executable} {drive.__file__} {disk}/out"
    script = f"""mount -t tmpfs -o size=300k none {disk} || exit 77
    {command}; echo "status $?"
    mount -o remount,size=50m {disk} && {command} && cp -r {disk}/out {out}"""
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, timeout=240)
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody mount a small disk")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "status 1" in done.stdout
    assert "No space left on device" in done.stderr
    assert "of 40 runs are kept" in done.stderr
    assert "Traceback" not in done.stderr
    same(out)


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path, driver, finish, same):
    out = tmp_path / "out"
    with driver(out, "--largest-file", "9000") as running:  # bytes; runs.parquet is larger
        said = running.end()
    assert "File too large" in said
    assert "Traceback" not in said
    assert not (out / "runs.parquet").exists()
    assert not any((out / "staging").iterdir())
    finish(out)
    same(out)


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(tmp_path, drive):
    (tmp_path / "file").write_text("here first")
    with pytest.raises((ValueError, OSError)) as told:
        run_scenarios(drive.good_sweep(), executor=0, store=tmp_path / "file")
    assert "is a file" in str(told.value)
    with pytest.raises(OSError):
        run_scenarios(drive.good_sweep(), executor=0, store="/proc/nailworks")


def test_two_sweeps_do_not_write_to_one_folder(tmp_path, driver):
    out = tmp_path / "out"
    with driver(out, "--sweep", "patient", HANG="1") as running:
        running.until_done(3)
        with driver(out, "--sweep", "patient") as second:
            said = second.end()
        assert f"process {running.process.pid} is writing to it" in said


def test_a_sweep_that_is_complete_runs_nothing(tmp_path, drive, undisturbed):
    shutil.copytree(undisturbed.folder, tmp_path / "out")
    before = json.loads((tmp_path / "out" / "manifest.json").read_text())
    told = []
    run_scenarios(drive.good_sweep(), executor=0, store=tmp_path / "out", progress=told.append)
    assert not told
    assert json.loads((tmp_path / "out" / "manifest.json").read_text()) == before
