"""The laboratory runs other things than economies: whatever has parameters, and a function that runs it on a seed."""

import json
import sys
from types import ModuleType

import pandas as pd
import pytest
from pydantic import BaseModel, ConfigDict, Field

from experiments.lab.ends import RunsFailed
from experiments.lab.kind import Kind
from experiments.lab.run import run_scenarios
from experiments.lab.sample import Sample
from experiments.lab.store import open_store
from experiments.lab.sweep import Sweep


class Coin(BaseModel):
    model_config = ConfigDict(extra="forbid")
    bias: float = Field(0.5, ge=0, le=1)
    flips: int = Field(3, ge=1)


COIN = Kind(Coin, "a_coin:flip", tables=("flips",))


def flip(parameters, seed, keep):
    coin = Coin(**parameters)
    if coin.bias == 1:
        raise ZeroDivisionError("this coin has one side")
    heads = [(seed + k) % 10 < 10 * coin.bias for k in range(coin.flips)]
    return {"runs": pd.DataFrame({"heads": [sum(heads)]}), "flips": pd.DataFrame({"flip": range(coin.flips), "head": heads})}


@pytest.fixture(autouse=True)
def a_coin(monkeypatch):
    module = ModuleType("a_coin")
    vars(module)["flip"] = flip
    monkeypatch.setitem(sys.modules, "a_coin", module)


def coins(**grid):
    return Sweep("coins", grid=grid or {"bias": [0.0, 0.3]}, seeds=4, kind=COIN)


def test_a_sweep_of_another_kind_keeps_its_own_tables(tmp_path):
    store = run_scenarios(coins(), executor=0, store=tmp_path / "coins")
    assert store.tables == ("runs", "flips")
    assert store.runs.groupby("bias")["heads"].sum().tolist() == [0, 6]
    assert len(store.table("flips")) == 2 * 4 * 3
    assert {"cell", "seed", "bias", "heads", "seconds"} <= set(store.runs.columns)


def test_a_table_in_which_no_run_left_a_row_is_a_table_and_not_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(
        sys.modules["a_coin"], "flip", lambda *given: {k: v if k == "runs" else v[:0] for k, v in flip(*given).items()}
    )
    store = run_scenarios(coins(), executor=0, store=tmp_path / "coins")
    assert store.status().content_hash == store.content_hash()
    assert len(store.runs) == 8
    assert not len(store.table("flips"))


def test_it_resumes(tmp_path):
    few, all_of_them = (Sweep("coins", grid={"bias": [0.0, 0.3]}, seeds=n, kind=COIN) for n in (2, 4))
    run_scenarios(few, executor=0, store=tmp_path / "coins")
    grown = run_scenarios(all_of_them, executor=0, store=tmp_path / "coins", force=True)
    fresh = run_scenarios(all_of_them, executor=0, store=tmp_path / "fresh")
    assert grown.manifest["content_hash"] == fresh.manifest["content_hash"] is not None


def test_its_parameters_are_checked_in_one_line():
    with pytest.raises(ValueError, match=r"^grid.biass: is no parameter; did you mean 'bias'\?$"):
        coins(biass=[0.1])
    with pytest.raises(ValueError, match=r"^cell 1 \(bias=2\): bias: got 2; it takes a number from 0 to 1$"):
        coins(bias=[0.1, 2]).cells  # noqa: B018


def test_its_parameters_can_be_sampled_and_whole_ones_are_rounded():
    drawn = Sweep("coins", sample=Sample("latin", n=4, ranges={"bias": (0, 1), "flips": (1, 9)}), kind=COIN).cells
    assert all(isinstance(cell.given["flips"], int) and isinstance(cell.given["bias"], float) for cell in drawn)


def test_what_runs_it_is_part_of_what_it_is(tmp_path):
    other = Sweep("coins", grid={"bias": [0.0, 0.3]}, seeds=4, kind=Kind(Coin, "a_coin:spin", tables=("flips",)))
    assert other.run_id != coins().run_id
    run_scenarios(coins(), executor=0, store=tmp_path / "coins")
    with pytest.raises(ValueError, match="run: 'a_coin:flip' there, 'a_coin:spin' here"):
        run_scenarios(other, executor=0, store=tmp_path / "coins")


def test_a_run_that_fails_is_told_and_can_be_replayed(tmp_path):
    with pytest.raises(RunsFailed, match="this coin has one side"):
        run_scenarios(coins(bias=[0.3, 1.0]), executor=0, store=tmp_path / "coins")
    store = open_store(tmp_path / "coins")
    assert len(store.runs) == 4
    assert store.failures[0]["replay"] == "uv run python -c 'from a_coin import flip; flip({'\"'\"'bias'\"'\"': 1.0}, 0, None)'"
    assert json.dumps(store.manifest["specification"]["tables"]) == '["flips"]'
