"""The command line as a student meets it: help at once, one line for a mistake, and nothing half done."""

import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from app.cli import cli, known_experiments, module_of

NAILWORKS = [sys.executable, "-c", "from app.start import main; main()"]
ROOT = Path(__file__).parents[2]


def nailworks(*arguments, **how):
    return subprocess.run([*NAILWORKS, *map(str, arguments)], capture_output=True, text=True, check=False, **how)


def test_help_names_every_command_and_what_to_start_with():
    told = nailworks("--help")
    assert told.returncode == 0
    for command in ("list", "run", "sweep", "status", "compact", "validate", "app"):
        assert f"\n  {command} " in told.stdout
    assert "nailworks run count-then-weight" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "also"), [(["--help"], {"pydantic"}), (["list"], {"pydantic"}), (["run", "--help"], set())]
)
def test_help_and_list_import_neither_the_model_nor_figures(arguments, also):
    """They answer at once because they leave out what takes seconds."""
    slow = {"mesa", "numpy", "pandas", "matplotlib"} | also
    heavy = f"import sys, atexit; atexit.register(lambda: print('LOADED', sorted({slow} & set(sys.modules))));"
    told = subprocess.run(
        [sys.executable, "-c", heavy + "from app.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.endswith("LOADED []\n")


def test_list_says_what_there_is_with_its_question():
    told = nailworks("list")
    assert told.returncode == 0
    for name, question in known_experiments().items():
        assert f"{name} " in told.stdout
        assert question in told.stdout
        assert question
    assert "count-then-weight" in known_experiments()


SMALL = ["--seeds", "2", "--workers", "0", "--set", "n_factories=12", "--out"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder of a small run by the experiment's name, and what it said."""
    out = tmp_path_factory.mktemp("small") / "out"
    told = nailworks("run", "count-then-weight", *SMALL, out)
    assert told.returncode == 0, told.stderr
    return out, told.stdout


def test_a_small_run_leaves_a_table_a_figure_and_whole_results(small):
    out, said = small
    for words in ("target", "count", "weight", "The figure: ", "tonnes", "mm"):
        assert words in said
    months = pd.read_parquet(out / "months.parquet")
    assert len(months) == 2 * 192
    for file in ("manifest.json", "runs.parquet", "figures/parable.svg", "figures/parable.csv", "figures/parable.txt"):
        assert (out / file).stat().st_size > 0


@pytest.mark.parametrize("name", ["count-then-weight", "count_then_weight", "count_then_weight.py"])
def test_an_experiment_goes_by_several_spellings(name):
    assert module_of(name) == "count_then_weight"


def test_it_works_by_its_path_as_well_and_says_the_same(small, tmp_path):
    out, said = small
    script = ROOT / "experiments" / "count_then_weight.py"
    by_path = subprocess.run([sys.executable, script, *SMALL, tmp_path / "a"], capture_output=True, text=True, cwd=tmp_path)
    assert by_path.stdout.replace(str(tmp_path / "a"), "") == said.replace(str(out), "")
    figures = [(folder / "figures" / "parable.svg").read_bytes() for folder in (tmp_path / "a", out)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "error: run: takes the name of an experiment; `nailworks list` has them all"),
        (["run", "count-then-wait"], "error: count-then-wait: is no experiment; did you mean 'count-then-weight'?"),
        (
            ["run", "count-then-weight", "--set", "n_factorys=3"],
            "error: n_factorys: is no parameter; did you mean 'n_factories'?",
        ),
        (
            ["run", "count-then-weight", "--set", "n_factories=0"],
            "n_factories: got 0; it takes a whole number from 1 to 10,000,000",
        ),
        (["run", "count-then-weight", "--set", "metric=wheight"], "did you mean 'weight'?"),
        (["run", "count-then-weight", "--set", "policy=reactve"], "did you mean 'reactive'?"),
        (["run", "count-then-weight", "--set", "pride"], "it takes name=value"),
        (["run", "count-then-weight", "--set", "yes=1"], "--set: yes is no parameter of the model"),
        (["run", "count-then-weight", "--set", "self=1"], "self: is no parameter"),
        (["run", "count-then-weight", "--seeds", "-1"], "seeds: got -1; it takes how many, from 1"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(cli, arguments)
    assert told.exit_code == 2
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    told = CliRunner().invoke(cli, ["run", "count-then-weight", "--seeds", "1", "--out", str(tmp_path / "file" / "out")])
    assert told.exit_code == 1
    assert len(told.stderr.splitlines()) == 1
    assert "cannot be written" in told.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "help_"),
    [
        (["rum"], "Did you mean 'run'?", "nailworks --help"),
        (["course", "chekk"], "Did you mean 'check'?", "nailworks course --help"),
        (["run", "count-then-weight", "--sede", "3"], "--seeds", "nailworks run --help"),
        (["run", "count-then-weight", "--seeds", "many"], "'--seeds': it takes a whole number", "nailworks run --help"),
        (["app", "--port", "abc"], "'--port': it takes a whole number", "nailworks app --help"),
        (["report"], "'DIR'", "nailworks report --help"),
    ],
)
def test_what_the_command_line_cannot_mean_is_one_line_that_names_the_help(arguments, said, help_):
    told = nailworks(*arguments)
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert line.startswith("error: ") and said in line
    assert line.endswith(f"(`{help_}` says more)")


def test_help_of_an_experiment_says_what_it_asks_how_many_runs_it_takes_and_what_can_be_set():
    by_name = nailworks("run", "padding-and-audits", "--help")
    script = ROOT / "experiments" / "padding_and_audits.py"
    by_path = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=False)
    for told in (by_name, by_path):
        assert told.returncode == 0
        said = " ".join(told.stdout.split())
        assert "Who claims what was not made" in said and "20 seeds, 960 runs" in said
        settable = said.partition("--set takes ")[2].partition(" (docs/reference/parameters.md")[0].split(", ")
        assert "shock_sd" not in settable and "bonus" not in settable and {"pride", "n_factories"} < set(settable)
        assert "--seeds" in said and "python experiments/padding_and_audits.py --seeds 20 --out" in told.stdout


def test_by_its_path_too_and_who_asks_for_nothing_is_shown_the_help():
    path = Path(__file__).parents[2] / "experiments" / "nail_map.py"
    told = subprocess.run([sys.executable, path, "--sede", "3"], capture_output=True, text=True, check=False)
    assert (told.returncode, len(told.stderr.splitlines())) == (2, 1)
    assert "nailworks run count-then-weight" in nailworks().stderr


def test_ctrl_c_in_the_middle_leaves_no_half_written_file_and_a_way_to_go_on(tmp_path):
    """Stopped at its first sign of life; what stands in the folder can be read, and the same command goes on."""
    command = [*NAILWORKS, "run", "count-then-weight", "--seeds", "400", "--workers", "0", "--out", str(tmp_path / "out")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, rest = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in rest
    assert "the same command" in rest.splitlines()[-1]
    for file in (tmp_path / "out").rglob("*.parquet"):
        pd.read_parquet(file)
    assert not (tmp_path / "out" / "months.parquet").exists()
