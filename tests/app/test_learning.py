"""`nailworks learn`: a factory learns, its policy is saved and played back, and mistakes are told in one line."""

import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from app.cli import cli
from model.learning.robot import read_robot

QUICK = ["--power", "4", "--budget", "32", "--set", "n_factories=6", "--set", "horizon=36"]


def told(*arguments):
    done = CliRunner().invoke(cli, ["learn", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def test_it_prints_both_rewards_saves_the_policy_and_plays_it_back(tmp_path):
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    path = tmp_path / "new" / "policy.json"
    status, out, err = told("nail-factory", "--metric", "count", *QUICK, "--out", path)
    assert (status, err) == (0, "")
    head, *rows = [line.split() for line in out.splitlines() if line.strip()][1:4]
    assert head == ["episodes", "pay", "real", "use"]
    assert [row[0] for row in rows] == ["16", "32"] and all(len(row) == 3 for row in rows)
    assert "an ordinary factory" in out and str(path) in out
    assert [file.name for file in path.parent.iterdir()] == ["policy.json"]
    status, out, err = told("--replay", path, "--seed", 3)
    assert (status, err) == (0, "")
    months = [line.split()[0] for line in out.splitlines() if line.split() and line.split()[0].isdecimal()]
    assert months == ["24", "35"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nail-factory", "--budget", "0"], "budget: got 0; it takes a whole number from 16 to 10,000,000"),
        (["nail-factory", "--power", "-1"], "power: got -1.0; it takes a number above 0 to 1,000"),
        (["nail-factory", "--metric", "wait"], "metric: got 'wait'; did you mean 'weight'?"),
        (["nail-factory", "--reward", "gold"], "reward: got 'gold'; it takes 'observed' or 'hidden'"),
        (["nail-factory", "--set", "power=3"], "--set: power is the option --power"),
        (["nail-factroy"], "learn: got nail-factroy; did you mean 'nail-factory'? it takes nail-factory"),
        ([], "learn: got nobody; it takes nail-factory or cleaning-robot, or --replay FILE"),
        (["--replay", "no/such/file"], "no/such/file: cannot be read: No such file or directory"),
        (["nail-factory", "--replay", "x"], "--replay: plays a policy as it was saved; it takes --seed alone beside it"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments, line):
    status, _, err = told(*arguments)
    assert status == 2
    assert err.startswith(f"error: {line}") and err.count("\n") == 1


def test_without_the_extra_it_says_how_to_have_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "cmaes", None)
    status, _, err = told("nail-factory", *QUICK, "--out", tmp_path / "policy.json")
    assert status == 2
    assert err == "error: cmaes: is not installed; learning needs the extra `learn`: uv run --extra learn nailworks …\n"
    assert not list(tmp_path.iterdir())


ROBOT = ["cleaning-robot", "--budget", "20", "--set", "days=5", "--set", "turns=40"]


def test_a_robot_learns_prints_both_rewards_and_is_played_back(tmp_path):
    path = tmp_path / "robot.json"
    status, out, err = told(*ROBOT, "--out", path)
    assert (status, err) == (0, "")
    head, *rows = [line.split() for line in out.splitlines() if line.strip()][1:6]
    assert head == ["episodes", "pay", "clean", "floor", "own", "trash"]
    assert [row[0] for row in rows] == ["5", "10", "15", "20"]
    assert "a person" in out and f"nailworks app --policy {path}" in out
    status, out, err = told("--replay", path, "--seed", 3)
    assert (status, err) == (0, "")
    found = pd.DataFrame(read_robot(path).play(3).rows)
    lines = [line.split() for line in out.splitlines()]
    shown = [line[:3] for line in lines if line and line[0].isdecimal()]
    assert shown == [
        [str(month), f"{pay:.3f}", f"{clean:.0%}"]
        for month, pay, clean in zip(found["month"], found["observed_reward"], found["hidden_reward"], strict=True)
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--power", "2"], "--power: is how far a factory moves its plan; a robot moves a cell a turn"),
        (["--budget", "7"], "--budget: got 7; for a robot it takes days in whole months, 10, 20, …"),
        (["--metric", "count"], "--metric: got 'count'; for a robot it takes 'pieces' or 'state'"),
        (["--reward", "gold"], "--reward: got 'gold'; it takes 'observed' or 'hidden'"),
        (["--metric", "state", "--reward", "hidden"], "--metric: a robot that learns from the hidden reward"),
        (["--set", "pay=state"], "--set: pay is the option --metric or --reward"),
        (["--set", "width=99"], "width: got 99; it takes a whole number from 2 to 12"),
        (["--out", "."], ".: is a folder; --out takes the name of a file"),
    ],
)
def test_a_mistake_about_a_robot_is_told_in_one_line(arguments, line):
    status, out, err = told("cleaning-robot", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {line}") and err.count("\n") == 1


def test_a_file_that_cannot_be_is_told_before_the_training_and_not_after(tmp_path):
    (tmp_path / "taken").touch()
    status, out, err = told(*ROBOT, "--out", tmp_path / "taken" / "x.json")
    assert (status, out) == (1, "")
    assert err == f"error: {tmp_path / 'taken'}: cannot be written: File exists; try another --out\n"


@pytest.mark.parametrize("arguments", [QUICK, ROBOT[1:]])
def test_ctrl_c_saves_nothing_and_says_so(arguments, tmp_path, monkeypatch):
    module, name = ("lesson", "Worlds.play") if arguments is QUICK else ("robot", "CleaningRoom.step")
    if arguments is QUICK:
        pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"model.learning.{module}.{name}", interrupted)
    status, _, err = told("nail-factory" if arguments is QUICK else "cleaning-robot", *arguments, "--out", tmp_path / "x.json")
    assert status == 130
    assert err.startswith("stopped after 0 of ") and "nothing is saved" in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())
