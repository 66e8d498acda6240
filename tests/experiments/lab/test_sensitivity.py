"""Indices of a folder of results: of functions whose indices are known, in every design, and none where there can be none."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from SALib.analyze import sobol

from experiments.lab.sample import Sample
from experiments.lab.store import Store, open_store
from experiments.lab.sweep import Keep, Sweep
from experiments.lab.writer import writing

RANGES = {"step_size": (0.0, 0.2), "pride": (0.0, 1.0), "bonus_strength": (0.0, 0.5)}  # not in the order of Parameters


def share(name: str, cell: Mapping[str, Any]) -> float:
    """Where in its range a parameter is, from 0 to 1."""
    low, high = RANGES[name]
    return (cell[name] - low) / (high - low)


def mostly_step_size(cell: Mapping[str, Any]) -> float:
    return share("step_size", cell) + 0.1 * share("pride", cell) + 0.1 * share("bonus_strength", cell)


def folder_of(folder: Path, sweep: Sweep, outcome: Callable[[Mapping[str, Any]], float]) -> Store:
    """The folder of a sweep whose runs gave an outcome that is known, a little more in each seed."""
    rows = [
        {"cell": cell.number, "seed": seed, "months": 1, "usefulness": outcome(cell.given) + seed, "seconds": 1.0}
        for cell in sweep.cells
        for seed in sweep.seed_list
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    with writing(folder, sweep) as (writer, _):
        writer.add_part({"runs": sink.getvalue().to_pybytes()})
        writer.compact()
    return open_store(folder)


def sampled(method: str, n: int, **settings: Any) -> Sweep:
    return Sweep("s", sample=Sample(method, n, RANGES, **settings), seeds=2, root_seed=5, keep=Keep("none"))


@pytest.mark.parametrize("second_order", [False, True])
def test_indices_of_a_sum_are_its_shares_of_variance_for_both_designs_of_sobol(tmp_path, second_order):
    store = folder_of(tmp_path / "out", sampled("sobol", 256, second_order=second_order), mostly_step_size)
    found = store.sensitivity().set_index("parameter")
    assert found.index.tolist() == list(RANGES)
    shares = np.array([1, 0.01, 0.01]) / 1.02
    assert found["S1"].to_numpy() == pytest.approx(shares, abs=0.04)
    assert found["ST"].to_numpy() == pytest.approx(shares, abs=0.04)
    if second_order:
        pairs = found[[f"S2_{name}" for name in RANGES]].to_numpy()
        assert pairs[~np.eye(3, dtype=bool)] == pytest.approx(0, abs=0.08)
        assert pairs[0, 1] == pairs[1, 0]


def test_salib_s_own_default_says_nothing_and_is_far_off():
    # Why there is `sensitivity`: 5 blocks of points taken for 8, which SALib cannot see where the number divides by both.
    sample = Sample("sobol", 64, RANGES)
    values = np.array([mostly_step_size(point) for point in sample.points(0)])
    wrong = sobol.analyze(sample.problem, values, seed=1)["S1"]
    assert abs(wrong[0] - 1 / 1.02) > 0.5
    assert sample.indices(values, 0)["S1"][0] == pytest.approx(1 / 1.02, abs=0.1)


@pytest.mark.parametrize("levels", [4, 8])
def test_morris_s_effects_of_a_line_are_its_slopes_at_any_number_of_levels(tmp_path, levels):
    store = folder_of(tmp_path / "out", sampled("morris", 6, levels=levels), lambda cell: 3 * share("pride", cell))
    found = store.sensitivity("usefulness").set_index("parameter")
    assert found["mu"].to_numpy() == pytest.approx([0, 3, 0])
    assert found["mu_star"].to_numpy() == pytest.approx([0, 3, 0])
    assert found["sigma"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_whole_numbers_keep_the_direction_of_their_steps(tmp_path):
    # A range of two breadths: rounding makes some of Morris's steps none at all, and turns no step round.
    sweep = Sweep("s", sample=Sample("morris", 20, {"breadth": (2, 4), "pride": (0.0, 1.0)}), seeds=1, keep=Keep("none"))
    found = folder_of(tmp_path / "out", sweep, lambda cell: cell["breadth"]).sensitivity().set_index("parameter")
    assert 1 < found.loc["breadth", "mu"] == found.loc["breadth", "mu_star"] < 3
    assert found.loc["pride", "mu_star"] == 0


def test_what_else_varies_has_indices_of_its_own(tmp_path):
    sweep = Sweep(
        "s",
        scenarios={"low": {"audit_share": 0.1}, "high": {"audit_share": 0.2}},
        sample=Sample("sobol", 64, RANGES),
        grid={"metric": ["count", "weight"], "breadth": [4, 8]},
        seeds=1,
        keep=Keep("none"),
    )

    def outcome(cell: Mapping[str, Any]) -> float:
        name = "pride" if cell["metric"] == "weight" else "step_size"
        return share(name, cell) + (share("bonus_strength", cell) if cell["breadth"] == 8 and cell["audit_share"] == 0.2 else 0)

    found = folder_of(tmp_path / "out", sweep, outcome).sensitivity()
    assert len(found) == 2 * 2 * 2 * 3
    assert found[["scenario", "metric", "breadth", "parameter"]].duplicated().sum() == 0
    for (scenario, metric, breadth), group in found.groupby(["scenario", "metric", "breadth"]):  # type: ignore[misc]
        total = dict(zip(group["parameter"], group["ST"], strict=True))
        other = 0.5 if (scenario, breadth) == ("high", 8) else 0
        assert total["pride" if metric == "weight" else "step_size"] == pytest.approx(1 - other, abs=0.1)
        assert total["bonus_strength"] == pytest.approx(other, abs=0.1)
        assert total["step_size" if metric == "weight" else "pride"] == pytest.approx(0, abs=0.01)


def test_an_outcome_of_one_s_own_is_one_number_a_cell(tmp_path):
    sweep = sampled("sobol", 32)
    store = folder_of(tmp_path / "out", sweep, mostly_step_size)
    own = np.array([mostly_step_size(cell.given) for cell in sweep.cells])
    pd.testing.assert_frame_equal(store.sensitivity(own), store.sensitivity("usefulness"))
    assert np.isnan(store.sensitivity(np.ones(len(own)))["S1"].to_numpy()).all()
    with pytest.raises(ValueError, match=r"outcome: got shape \(3,\); it takes one number a cell, shape \(160,\)"):
        store.sensitivity(own[:3])
    with pytest.raises(ValueError, match="1 of 160 are missing or not finite"):
        store.sensitivity(np.where(own == own[7], np.nan, own))
    with pytest.raises(ValueError, match="outcome: got 'use'; it takes a column of numbers in runs"):
        store.sensitivity("use")


def test_what_has_no_indices_is_told_in_a_line(tmp_path):
    plain = folder_of(tmp_path / "plain", Sweep("s", grid={"pride": [0.0, 1.0]}, seeds=1, keep=Keep("none")), lambda cell: 0.0)
    with pytest.raises(ValueError, match="has no sample; sensitivity takes a sweep drawn by sobol or morris"):
        plain.sensitivity()
    latin = folder_of(tmp_path / "latin", sampled("latin", 8), mostly_step_size)
    with pytest.raises(ValueError, match="a Latin hypercube has no indices of SALib's; draw by sobol or by morris"):
        latin.sensitivity()
    with writing(tmp_path / "begun", sampled("sobol", 2)) as (writer, _), pytest.raises(ValueError) as told:
        writer.store.sensitivity()
    assert "20 runs are missing, and indices take all" in str(told.value)
