"""`nailworks learn`: a factory learns, its policy is saved and played back, and mistakes are told in one line."""

import sys

import pytest
from typer.testing import CliRunner

from app.cli import cli

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
        (["nail-factory", "--power", "-1"], "power: got -1.0; it takes a number above 0 to 1000"),
        (["nail-factory", "--metric", "wait"], "metric: got 'wait'; did you mean 'weight'?"),
        (["nail-factory", "--reward", "gold"], "reward: got 'gold'; it takes 'observed' or 'hidden'"),
        (["nail-factory", "--set", "power=3"], "--set: power is the option --power"),
        (["nail-factroy"], "learn: got nail-factroy; did you mean 'nail-factory'? it takes nail-factory"),
        ([], "learn: got nobody; it takes nail-factory, or --replay FILE"),
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
