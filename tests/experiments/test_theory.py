"""Theory holds, and the rows that say so can fail: when nobody moves, and when the contract is another."""

import doctest
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from agents import search
from app.cli import cli
from experiments import theory
from experiments.theory import FEWEST_SEEDS, QUICK, THEORIES, Result, about, over_seeds, settle, validate

# What THEORY says, worked out elsewhere: the predictions are typed once here, and computed in experiments/theory.py.
PREDICTIONS = {
    "T1": [0.728, 1.249, 1.657, 1.999, 0.0],
    "T4": [0.75, 1.0, 0.95, 1.0],
    "T5": [0.7298, 1.0, 0.0],
    "T6": [0.1667, 0.1667, 0.5, 0.5, 0.3333, 0.3333, 1.0],
    "T7": [0.5, 0.2, 1.0],
    "T9": [0.5, 0.286, 0.084],
    "T10": [1.241, 1.0],
}

# Rows that do not depend on choice: what is watched while nobody is paid.
UNCHOSEN = {"T3: watched: correlation with value", "T3: nails, watched: rank corr. with use"}

# Rows that theory has true of the other contract too.
WHATEVER_THE_CONTRACT = UNCHOSEN | {
    "T1: least rise of value, from n to 4 n",  # regressional Goodhart never turns down, whatever the error
    "T2: then weight, within 4 × of the first",  # weight has no upper end: an audited fifth does not hold it
    "T2: then weight, the machine's whole range",
    "T3: set by hand: how far value moves",  # by hand is still the cheaper way
    "T3: nails, count the target: the same",  # factories that mind the audit and those that do not rank the wrong way round
    "T13: what pay adds to the metric's index",  # it adds to the other one too
}


def names(results: list[Result]) -> set[str]:
    return {f"{result.id}: {result.case}" for result in results}


def test_the_table_has_thirteen_results_each_with_its_source_and_setting():
    assert list(THEORIES) == [f"T{n}" for n in range(1, 14)]
    for id, result in THEORIES.items():
        assert result.title and result.source
        in_economy = theory.ECONOMY in result.setting
        assert in_economy == (id in {"T2", "T3", "T13"})
        assert in_economy or result.setting == theory.STYLISED


@pytest.mark.parametrize("id", THEORIES)
def test_theory_holds(id):
    results = validate(quick=True, only=id)
    assert not names([result for result in results if not result.holds])
    if id in PREDICTIONS:
        assert [result.predicted for result in results] == pytest.approx(PREDICTIONS[id], abs=5e-4)


@pytest.mark.parametrize("id", THEORIES)
def test_where_the_search_never_moves_every_row_that_depends_on_choice_fails(id, monkeypatch):
    monkeypatch.setattr(search, "best", lambda plans, pay, *kept: (plans[:, 0], *(array[0] for array in kept)))
    assert names([result for result in validate(quick=True, only=id) if result.holds]) <= UNCHOSEN


@pytest.mark.parametrize("id", THEORIES)
def test_under_a_contract_that_is_a_fifth_off_its_rows_fail(id):
    results = list(THEORIES[id].simulate(QUICK, 0.2))
    assert names([result for result in results if result.holds]) <= WHATEVER_THE_CONTRACT
    assert any(not result.holds for result in results)


@pytest.mark.parametrize("id", ["T1", "T4", "T5", "T7", "T10", "T12"])
def test_intervals_are_as_wide_whatever_comes_out(id, monkeypatch):
    found = [result.high - result.low for result in validate(quick=True, only=id)]
    monkeypatch.setattr(search, "best", lambda plans, pay, *kept: (plans[:, 0], *(array[0] for array in kept)))
    for width, result in zip(found, validate(quick=True, only=id), strict=True):
        assert math.isnan(result.simulated) or result.high - result.low == pytest.approx(width)


@given(st.lists(st.floats(-1e6, 1e6), min_size=FEWEST_SEEDS, max_size=40))
def test_an_interval_over_seeds_holds_their_median(values):
    result = over_seeds("T13", "a case", 0.0, values)
    assert result.low <= result.simulated <= result.high


def test_of_eight_seeds_the_interval_is_all_and_of_twenty_the_fourth_to_the_seventeenth():
    # Binomial(8, 1/2): P(0) + P(8) = 0.0078; Binomial(20, 1/2): P(<= 3) + P(>= 17) = 0.0026, P(<= 4) + P(>= 16) = 0.0118.
    eight = over_seeds("T13", "a case", 0.0, [float(x) for x in range(1, 9)])
    twenty = over_seeds("T13", "a case", 0.0, [float(x) for x in range(1, 21)])
    assert (round(eight.low), round(eight.high)) == (1, 8)
    assert (round(twenty.low), round(twenty.high)) == (4, 17)


@given(st.floats(-10, 10), st.floats(0, 5), st.sampled_from(["=", "<=", ">="]))
def test_a_result_holds_where_its_interval_stands_as_it_says(simulated, half, relation):
    result = about("T1", "a case", 0.0, simulated, half, relation)
    holds = {"=": abs(simulated) <= half, "<=": simulated <= -half, ">=": simulated >= half}
    assert result.holds == holds[relation]


def test_what_is_no_number_does_not_hold():
    assert not any(about("T1", "a case", 0.0, math.nan, 1.0, relation).holds for relation in ("=", "<=", ">="))


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(0, 2**32))
def test_agents_settle_where_they_are_paid_most(x, y, seed):
    rng = np.random.default_rng(seed)
    plan = settle(lambda plans: -((plans[0] - x) ** 2) - (plans[1] - y) ** 2, np.zeros((2, 5)), rng, wide=1.0)
    assert plan == pytest.approx(np.array([[x] * 5, [y] * 5]), abs=theory.FINE)


def test_those_who_may_not_stay_take_the_best_of_the_others():
    (plan,) = settle(lambda plans: -np.abs(plans[0]), np.zeros((1, 50)), np.random.default_rng(1), months=1, stay=False)
    assert (plan != 0).all()


@pytest.mark.parametrize(("asked", "hint"), [("T99", "did you mean 'T9'?"), ("ratchet", "it takes T1 to T13")])
def test_an_unknown_result_is_one_line_that_says_what_it_takes(asked, hint):
    with pytest.raises(ValueError, match=hint) as caught:
        validate(quick=True, only=asked)
    assert "\n" not in str(caught.value)


def test_the_command_tells_writes_and_leaves_with_status_0(tmp_path, capsys):
    theory.command(quick=True, only="t12", out=tmp_path / "new")
    out = capsys.readouterr().out
    for said in ("T12", "Ederer", "0.275", "pass", "nailworks validate --only T12", "5 of 5 comparisons hold"):
        assert said in out
    table = pd.read_csv(tmp_path / "new" / "theory.csv")
    assert list(table["id"]) == ["T12"] * 5
    assert table["holds"].tolist() == [True] * 5
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["theory.csv"]


def test_one_failure_is_named_and_leaves_with_status_1(monkeypatch, capsys):
    def fails(size: theory.Size, off: float) -> Iterator[Result]:
        yield about("T12", "a case that fails", 1.0, 0.0, 0.5)

    monkeypatch.setitem(THEORIES, "T12", theory.Theory("A null", "a source", theory.STYLISED, fails))
    with pytest.raises(typer.Exit) as left:
        theory.command(quick=True, only="T12")
    assert left.value.exit_code == 1
    said = capsys.readouterr()
    assert "FAIL" in said.out
    assert "FAILED: T12, a case that fails; again: nailworks validate --only T12" in said.err


def test_nailworks_validate_is_that_command():
    run = CliRunner().invoke(cli, ["validate", "--quick", "--only", "T12"])
    assert run.exit_code == 0, run.output
    assert "5 of 5 comparisons hold" in run.output


def test_nailworks_validate_leaves_with_status_2_for_what_it_does_not_know():
    run = CliRunner().invoke(cli, ["validate", "--only", "T99"])
    assert run.exit_code == 2
    assert "error: T99: is no result of theory; did you mean 'T9'? it takes T1 to T13" in run.output


def test_the_examples_in_its_docstrings_hold():
    assert doctest.testmod(theory).failed == 0
