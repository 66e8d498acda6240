"""Sweeps from the command line: run, killed, run again, looked at; and mistakes in one line."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from app.cli import cli

NAILWORKS = [sys.executable, "-c", "import sys; sys.argv[0] = 'nailworks'; from app.cli import main; main()"]
SPEC = """
seeds = 20
[fixed]
n_factories = 12
horizon = 48
target_from = 12
[grid]
metric = ["count", "weight"]
pride = [0.0, 0.3]
[keep]
months = "last year"
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "small.toml"
    path.write_text(SPEC)
    return path


def nailworks(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([*NAILWORKS, *map(str, arguments)], capture_output=True, text=True, timeout=240)


def here(*arguments):
    """The same in this very process."""
    return CliRunner().invoke(cli, [*map(str, arguments)])


def content(line: str) -> str:
    found = re.search(r"complete; content ([0-9a-f]{16})", line)
    assert found, line
    return found[1]


@pytest.fixture(scope="module")
def undisturbed(spec, tmp_path_factory) -> str:
    """The content of a sweep that nothing disturbed, in one process."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    return content(nailworks("sweep", spec, "--workers", 0, "--out", out).stdout)


def until_half_done(screen: int) -> None:
    """Read a terminal until the bar says that a good part of the 80 runs are done."""
    said = ""
    while not any(int(done) >= 30 for done in re.findall(r"(\d+)/80", said)):
        said += os.read(screen, 4096).decode(errors="replace")
    assert "runs/s" in said
    assert "usefulness" in said


def test_killed_half_way_and_run_again_it_ends_with_the_same_content(spec, undisturbed, tmp_path):
    out = tmp_path / "out"
    screen, terminal = os.openpty()
    command = [*NAILWORKS, "sweep", str(spec), "--workers", "2", "--out", str(out)]
    environment = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
    process = subprocess.Popen(command, stderr=terminal, stdout=subprocess.DEVNULL, start_new_session=True, env=environment)
    until_half_done(screen)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for end in (screen, terminal):
        os.close(end)

    half = nailworks("status", out)
    assert half.returncode == 1
    done = re.search(rf"small: (\d+) of 80 runs in {out}, (\d+) to do", half.stdout)
    assert done
    assert 30 <= int(done[1]) < 80
    assert content(nailworks("sweep", spec, "--workers", 2, "--out", out).stdout) == undisturbed
    complete = nailworks("status", out)
    assert complete.returncode == 0
    assert content(complete.stdout) == undisturbed
    assert len(pd.read_parquet(out / "months.parquet")) == 80 * 12


def test_compact_makes_the_files_of_what_is_there(spec, tmp_path):
    out = tmp_path / "out"
    here("sweep", spec, "--workers", 0, "--out", out, "--seeds", 1)
    assert here("compact", out).exit_code == 0
    assert len(pd.read_parquet(out / "runs.parquet")) == 4


def test_the_status_of_several_sweeps_is_a_line_each_and_0_only_if_all_are_complete(spec, tmp_path):
    first, second, none = (tmp_path / name for name in ("first", "second", "none"))
    for out in (first, second):
        here("sweep", spec, "--workers", 0, "--out", out, "--seeds", 1)
    both = here("status", first, second)
    assert both.exit_code == 0
    for line, out in zip(both.stdout.splitlines(), (first, second), strict=True):
        assert line.startswith(f"small: 4 of 4 runs in {out}, complete")

    manifest = json.loads((first / "manifest.json").read_text())
    manifest["specification"]["seeds"] = [0, 1]  # as while its second half is under way
    (first / "manifest.json").write_text(json.dumps(manifest))
    assert here("status", first, second).exit_code == here("status", second, first).exit_code == 1
    mistaken = here("status", none, first, second)
    assert mistaken.exit_code == 2
    assert mistaken.stderr.startswith(f"error: {none}: ")
    assert len(mistaken.stdout.splitlines()) == 2


def test_a_table_that_was_lost_is_one_line_of_every_command(spec, tmp_path):
    out = tmp_path / "out"
    sweep = ["sweep", spec, "--workers", 0, "--out", out, "--seeds", 1]
    here(*sweep)
    assert here("report", out).exit_code == 0
    (out / "months.parquet").unlink()
    for command in (sweep, ["status", out], ["compact", out], ["report", out]):
        done = here(*command)
        assert done.exit_code == 2, command
        assert done.stderr == f"error: {out}/months.parquet: is missing; restore it, or move {out} away and run again\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[grid\n", "(at line 1, column 6)"),
        ("[grid]\nprid = [1]\n", "grid.prid: is no parameter; did you mean 'pride'?"),
        ("[grid]\npride = []\n", "grid.pride: is empty"),
        ("[grid]\npride = [-1]\n", "cell 0 (pride=-1): pride: got -1"),
        ("seeds = 20\n[zip]\ngrowth = " + str([k / 1e4 for k in range(6_000)]), "6,000 cells on 20 seeds are 120,000 runs"),
    ],
    ids=["malformed", "unknown", "empty", "impossible", "too many"],
)
def test_a_mistake_is_one_line_with_status_2_and_nothing_is_written(tmp_path, text, said):
    spec, out = tmp_path / "spec.toml", tmp_path / "out"
    spec.write_text(text)
    done = here("sweep", spec, "--out", out)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(("name", "said"), [("yes", "; it is the option --yes"), ("seeds", "; it is the option --seeds")])
def test_an_option_is_no_parameter_to_set(spec, tmp_path, name, said):
    done = here("sweep", spec, "--out", tmp_path / "out", "--set", f"{name}=1")
    assert done.stderr == f"error: --set: {name} is no parameter of the model{said}\n"
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_line_with_status_1(spec):
    done = here("sweep", spec, "--out", "/proc/nailworks")
    assert done.exit_code == 1
    assert "/proc/nailworks: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_of_another_sweep_is_refused_with_what_differs(spec, tmp_path):
    out = tmp_path / "out"
    here("sweep", spec, "--workers", 0, "--out", out, "--seeds", 1)
    refused = here("sweep", spec, "--workers", 0, "--out", out, "--seeds", 1, "--set", "horizon=36")
    assert refused.exit_code == 2
    assert "horizon: 48 there, 36 here" in refused.stderr
    forced = here("sweep", spec, "--workers", 0, "--out", out, "--seeds", 1, "--set", "horizon=36", "--force")
    assert forced.exit_code == 0
    assert "mixes what differs: " in forced.stderr
    assert "horizon: 48 there, 36 here" in forced.stderr
