"""A folder of results: order and content do not depend on batches; what is foreign or broken is told, and left alone."""

import json
import os
import re
import shutil
import uuid
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.lab import writer as writer_module
from experiments.lab.run import run_scenarios
from experiments.lab.store import Store, open_store
from experiments.lab.sweep import Keep, Sweep
from experiments.lab.writer import add_file, writing

SWEEP = Sweep("made", grid={"pride": [0.0, 0.5, 1.0]}, seeds=3)
RUNS = [(cell, seed) for cell in range(3) for seed in range(3)]
TINY = {"n_factories": 3, "n_trusts": 2, "horizon": 14}


def made_part(runs: list[tuple[int, int]], seconds: float = 1.0) -> dict[str, bytes]:
    """A part with two months a run, whose numbers tell which run it is."""
    one_a_run = [{"cell": c, "seed": s, "months": 2, "usefulness": c + s / 10, "seconds": seconds} for c, s in runs]
    two_a_run = [
        {"cell": c, "seed": s, "month": m, "target": "none", "usefulness": c + s / 10 + m} for c, s in runs for m in (0, 1)
    ]
    return {name: parquet(rows) for name, rows in {"runs": one_a_run, "months": two_a_run}.items()}


def parquet(rows: list[dict]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()


@given(st.permutations(RUNS), st.lists(st.integers(1, 4), min_size=9, max_size=9), st.floats(0.1, 9.0))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_content_do_not_depend_on_batches_nor_on_who_came_first(tmp_path_factory, runs, sizes, seconds):
    folder = tmp_path_factory.mktemp("made")
    with writing(folder, SWEEP) as (writer, _):
        left = list(runs)
        for size in sizes:
            batch, left = left[:size], left[size:]
            if batch:
                writer.add_part(made_part(batch, seconds))
        if left:
            writer.add_part(made_part(left, seconds))
        before = writer.store.content_hash()
        months = writer.store.months
        writer.compact()
    store = Store(folder)
    assert store.manifest["content_hash"] == store.content_hash() == before
    assert list(zip(store.runs["cell"], store.runs["seed"], strict=True)) == RUNS
    assert store.months.equals(months)
    assert store.months["usefulness"].tolist() == [c + s / 10 + m for c, s in RUNS for m in (0, 1)]
    assert store.months["pride"].tolist() == [0.5 * c for c, s in RUNS for m in (0, 1)]
    assert before == content_of_one_part(tmp_path_factory)


def content_of_one_part(tmp_path_factory, cache: list[str] = []) -> str:  # noqa: B006 (a memo)
    if not cache:
        with writing(tmp_path_factory.mktemp("one"), SWEEP) as (writer, _):
            writer.add_part(made_part(RUNS))
            cache.append(writer.store.content_hash())
    return cache[0]


def test_another_number_anywhere_is_another_content(tmp_path_factory):
    with writing(tmp_path_factory.mktemp("other"), SWEEP) as (writer, _):
        part = made_part(RUNS)
        months = pq.read_table(pa.BufferReader(part["months"])).to_pylist()
        months[7]["usefulness"] += 1e-15
        writer.add_part({**part, "months": parquet(months)})
        assert writer.store.content_hash() != content_of_one_part(tmp_path_factory)


def test_a_run_that_is_there_twice_counts_once(tmp_path):
    with writing(tmp_path / "out", SWEEP) as (writer, _):
        writer.add_part(made_part(RUNS[:5]))
        writer.add_part(made_part(RUNS[3:]))
        writer.compact()
    assert len(open_store(tmp_path / "out").runs) == 9


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Store:
    """A real sweep of 4 runs that keeps everything."""
    sweep = small_sweep()
    return run_scenarios(sweep, executor=0, store=tmp_path_factory.mktemp("small") / "out")


def small_sweep(**changes) -> Sweep:
    keep = Keep(months="all", years=True, factories=(11, 13))
    return Sweep(
        "small",
        **{"fixed": TINY, "scenarios": {"idle": {}, "paid": {"metric": "count", "target_from": 6}}, "seeds": 2, "keep": keep}
        | changes,
    )


@pytest.fixture
def copy(small, tmp_path):
    shutil.copytree(small.folder, tmp_path / "out")
    return tmp_path / "out"


def test_what_is_kept_is_what_the_model_gives(small):
    from model.economy import NailEconomy

    economy = NailEconomy(rng=1, **TINY, metric="count", target_from=6).run()
    kept = small.months.query("scenario == 'paid' and seed == 1").reset_index(drop=True)
    assert kept[economy.months.columns].equals(economy.months)
    factories = small.factories.query("scenario == 'paid' and seed == 1 and month == 13").reset_index(drop=True)
    table = economy.factory_table()
    assert factories[table.columns].equals(table)
    run = small.runs.query("scenario == 'paid' and seed == 1").iloc[0]
    assert run["months"] == 14
    assert run["usefulness"] == pytest.approx(economy.months["usefulness"].tail(12).mean(), rel=1e-12)
    years = small.years.query("scenario == 'paid' and seed == 1")
    assert years["year"].tolist() == [0, 1]
    assert years["target"].tolist() == ["several", "count"]
    assert years["count"].tolist() == pytest.approx([economy.months["count"][:12].mean(), economy.months["count"][12:].mean()])


def test_what_is_the_same_all_year_is_found_by_its_value(tmp_path):
    strengths = [0.05, 0.075, 0.1, 0.2, 0.3]
    sweep = Sweep("s", fixed={**TINY, "metric": "count"}, grid={"bonus_strength": strengths}, seeds=1, keep=Keep(years=True))
    store = run_scenarios(sweep, executor=0, store=tmp_path / "varied")
    assert store.years["bonus_strength"].tolist() == [strength for strength in strengths for _ in (0, 1)]
    joined = store.years.merge(store.runs, on=["cell", "seed", "bonus_strength"])
    assert len(joined) == len(store.years)
    fixed = run_scenarios(Sweep("s", fixed={**TINY, "bonus_strength": 0.3}, seeds=1), executor=0, store=tmp_path / "fixed")
    assert fixed.runs["bonus_strength"].tolist() == [0.3]


def test_last_year_keeps_twelve_months_and_none_keeps_none(tmp_path):
    last = run_scenarios(small_sweep(keep=Keep("last year")), executor=0, store=tmp_path / "last")
    assert last.months.groupby(["cell", "seed"])["month"].agg(["min", "max"]).values.tolist() == [[2, 13]] * 4
    none = run_scenarios(small_sweep(keep=Keep("none")), executor=0, store=tmp_path / "none")
    assert none.tables == ("runs",)
    with pytest.raises(ValueError, match="keeps no months; it has runs"):
        none.months  # noqa: B018


def test_the_files_are_plain_parquet_and_the_manifest_says_what_made_them(small):
    months = pd.read_parquet(small.folder / "months.parquet")
    assert months.equals(small.months)
    manifest = small.manifest
    assert manifest["specification"]["parameters"]["horizon"] == 14
    assert manifest["specification"]["seeds"] == [0, 1]
    assert {"git_commit", "git_dirty", "versions", "platform", "wall_seconds", "root_seed", "run_id"} <= set(manifest)
    assert {"python", "mesa", "numpy"} <= set(manifest["versions"])
    assert "model/economy.py" in manifest["source"]


def test_duckdb_reads_it_as_it_lies(small, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    query = "select scenario, avg(usefulness) as u from '{}' where month >= 2 group by scenario order by scenario"
    found = duckdb.sql(query.format(small.folder / "months.parquet")).df()
    assert found["u"].tolist() == pytest.approx(
        small.months.query("month >= 2").groupby("scenario")["usefulness"].mean().tolist()
    )
    with writing(tmp_path / "out", SWEEP) as (writer, _):  # a sweep under way
        writer.add_part(made_part(RUNS[:4]))
        writer.add_part(made_part(RUNS[4:6]))
        joined = f"from '{tmp_path}/out/parts/*/months.parquet' join '{tmp_path}/out/cells.parquet' using (cell)"
        assert duckdb.sql(f"select count(*), max(pride) {joined}").fetchall() == [(12, 0.5)]


def test_another_specification_is_refused_with_what_differs(copy):
    before = (copy / "manifest.json").read_bytes()
    with pytest.raises(ValueError) as told:
        run_scenarios(small_sweep(seeds=3), executor=0, store=copy)
    assert "seeds: [0, 1] there, [0, 1, 2] here" in str(told.value)
    assert "--force" in str(told.value)
    with pytest.raises(ValueError, match=r"horizon: 14 there, 13 here"):
        run_scenarios(small_sweep(fixed={**TINY, "horizon": 13}), executor=0, store=copy)
    assert (copy / "manifest.json").read_bytes() == before


def test_another_source_is_refused_with_the_file_that_changed(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["source"]["model/economy.py"] = manifest["source_hash"] = "0" * 16
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match=r"the source has changed since: model/economy\.py"):
        run_scenarios(small_sweep(), executor=0, store=copy)


def test_force_says_what_it_mixes_and_runs_only_what_is_missing(copy, small):
    said, told = [], []
    more = small_sweep(scenarios={"paid": {"metric": "count", "target_from": 6}, "proud": {"pride": 1.0}}, seeds=3)
    store = run_scenarios(more, executor=0, store=copy, force=True, note=said.append, progress=told.append)
    assert "mixes what differs" in said[0]
    assert "seeds: [0, 1] there, [0, 1, 2] here" in said[0]
    assert (told[0].total, told[0].done) == (6, 2)  # both runs of "paid" were there
    runs = store.runs
    assert runs.groupby("scenario").size().to_dict() == {"idle": 2, "paid": 3, "proud": 3}
    assert not runs.duplicated(["cell", "seed"]).any()
    assert runs.query("scenario == 'proud'")["pride"].unique().tolist() == [1.0]
    old = store.months.query("scenario == 'idle'")[small.months.columns].reset_index(drop=True)
    assert old.equals(small.months.query("scenario == 'idle'").reset_index(drop=True))
    assert store.status().done == 6
    assert [former["run_id"] for former in store.manifest["mixed_with"]] == [small.manifest["run_id"]]


def test_figures_lie_beside_the_results_and_do_not_hinder_a_resume(copy):
    add_file(copy, "figures/parable.svg", b"<svg/>")
    assert (copy / "figures" / "parable.svg").read_bytes() == b"<svg/>"
    assert not (copy / "staging").exists()
    assert run_scenarios(small_sweep(), executor=0, store=copy).status().done == 4


def test_a_page_that_is_written_while_a_sweep_writes_disturbs_no_part_of_it(tmp_path, small, monkeypatch):
    name = uuid.uuid4

    def between_a_folder_and_the_file_in_it():
        with monkeypatch.context() as undisturbed:
            undisturbed.setattr(uuid, "uuid4", name)
            add_file(tmp_path / "out", "report.html", b"<html>")
        return name()

    monkeypatch.setattr(uuid, "uuid4", between_a_folder_and_the_file_in_it)
    found = run_scenarios(small_sweep(), executor=0, store=tmp_path / "out")
    assert found.content_hash() == small.content_hash()


def test_a_sweep_that_begins_while_a_page_is_written_leaves_it_alone(copy, monkeypatch):
    replace = os.replace

    def once_it_is_written(*paths):
        monkeypatch.setattr(os, "replace", replace)
        with writing(copy, small_sweep()):
            replace(*paths)

    monkeypatch.setattr(os, "replace", once_it_is_written)
    assert add_file(copy, "report.html", b"<html>").read_bytes() == b"<html>"


def test_what_is_kept_cannot_be_mixed(copy):
    with pytest.raises(ValueError, match=r"keeps something else of its runs \(keep\.years: True there, False here"):
        run_scenarios(small_sweep(keep=Keep(factories=(11, 13))), executor=0, store=copy, force=True)


def with_specification(text: str) -> str:
    return f"""{{"format": 1, "name": "s", "run_id": "", "cell_numbers": null, "source_hash": "", "source": {{}},
        "mixed_with": [], "wall_seconds": 0.0, "specification": {text}}}"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": 99}', "is of format 99, and this Nailworks reads 1"),
        ('{"run_id": "abc"}', "is no manifest of ours"),
        ('{"format": 1}', "lacks name, run_id"),
        ('{"format": 1, "name": "s", "specification": null}', "lacks run_id, specification, cell_numbers"),
        (with_specification("null"), "lacks specification;"),
        (with_specification('{"seeds": [0], "keep": {}}'), "lacks specification.cells;"),
        (with_specification('{"seeds": [0], "keep": {"weeks": true}, "cells": 1}'), "lacks specification.keep;"),
        ("{", "cannot be read"),
        ("[]", "is no manifest of ours"),
    ],
)
def test_a_manifest_of_another_version_or_none_of_ours_is_one_line_and_is_left(copy, text, said):
    (copy / "manifest.json").write_text(text)
    for attempt in (lambda: run_scenarios(small_sweep(), executor=0, store=copy, force=True), lambda: open_store(copy)):
        with pytest.raises(ValueError) as told:
            attempt()
        assert said in str(told.value)
        assert "\n" not in str(told.value)
    assert (copy / "manifest.json").read_text() == text


def test_a_folder_of_something_else_is_refused_and_left(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ValueError, match=r"holds 'thesis\.docx' and no manifest\.json; name a new or empty folder"):
        run_scenarios(small_sweep(), executor=0, store=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]
    with pytest.raises(ValueError, match=r"holds no manifest\.json"):
        open_store(tmp_path)


def broken(folder):
    with writing(folder, SWEEP) as (writer, _):
        writer.add_part(made_part(RUNS[:4]))
        writer.add_part(made_part(RUNS[4:6]))
    return folder


@pytest.mark.parametrize("content", [b"", b"PAR1 no more", b"not parquet at all, though long enough to look like it"])
def test_a_corrupted_part_is_one_line_and_removing_it_is_all_it_takes(tmp_path, content):
    folder = broken(tmp_path / "out")
    (folder / "parts" / "000001" / "runs.parquet").write_bytes(content)
    with pytest.raises(ValueError) as told:
        run_scenarios(SWEEP, executor=0, store=folder)
    assert "000001/runs.parquet: is no whole Parquet file" in str(told.value)
    assert f"remove the folder {folder / 'parts' / '000001'}, and its runs are done again" in str(told.value)
    assert "\n" not in str(told.value)
    shutil.rmtree(folder / "parts" / "000001")
    assert open_store(folder).status().done == 4


def told_by_all(folder, sweep) -> set[str]:
    """What status, sweep and compact say of a folder in which something is lost."""

    def compacted():
        with writing(folder) as (writer, _):
            writer.compact()

    told = set()
    for ask in (lambda: open_store(folder).status(), lambda: run_scenarios(sweep, executor=0, store=folder), compacted):
        with pytest.raises(ValueError) as error:
            ask()
        told.add(str(error.value))
    return told


@pytest.mark.parametrize("name", ["months", "years", "factories"])
def test_a_finished_folder_that_lost_a_table_is_not_called_complete(copy, name):
    path = copy / f"{name}.parquet"
    path.unlink()
    line = f"{path}: is missing; restore it, or move {copy} away and run again"
    assert told_by_all(copy, small_sweep()) == {line}
    with pytest.raises(ValueError, match=re.escape(line)):
        open_store(copy).table(name)
    assert len(open_store(copy).runs) == 4


def test_a_part_that_lost_a_table_is_one_line_and_removing_it_is_all_it_takes(tmp_path):
    folder = broken(tmp_path / "out")
    part = folder / "parts" / "000001"
    (part / "months.parquet").unlink()
    line = f"{part / 'months.parquet'}: is missing; remove the folder {part}, and its runs are done again"
    assert told_by_all(folder, SWEEP) == {line}
    shutil.rmtree(part)
    assert open_store(folder).status().done == 4


def test_runs_that_end_before_the_months_asked_for_leave_no_factories_and_lose_nothing(tmp_path):
    sweep = Sweep("s", fixed=TINY, seeds=1, keep=Keep(factories=(14,)))
    store = run_scenarios(sweep, executor=0, store=tmp_path / "out")
    assert store.status().content_hash == store.content_hash()
    assert not len(store.factories)


def test_a_parquet_file_with_another_inside_is_one_line(copy):
    for name in ("months", "runs", "cells"):
        path = copy / f"{name}.parquet"
        whole = path.read_bytes()
        path.write_bytes(whole[:4] + bytes(b ^ 255 for b in whole[4:1000]) + whole[1000:])
        with pytest.raises(ValueError, match=rf"{name}\.parquet: is no whole Parquet file .*; restore it, or move") as told:
            open_store(copy).cells if name == "cells" else open_store(copy).table(name)
        assert "\n" not in str(told.value)
        path.write_bytes(whole)
    (copy / "cells.parquet").unlink()
    with pytest.raises(ValueError, match=r"cells\.parquet: is missing; restore it, or move .* away and run again"):
        run_scenarios(small_sweep(), executor=0, store=copy)


def test_a_bit_that_turns_over_changes_no_number_unseen(copy):
    path = copy / "months.parquet"
    whole, months = path.read_bytes(), open_store(copy).months
    data = pq.ParquetFile(path).metadata.serialized_size
    told = 0
    for place in np.linspace(4, len(whole) - data - 9, 60).astype(int):
        turned = bytearray(whole)
        turned[place] ^= 16
        path.write_bytes(turned)
        try:
            pd.testing.assert_frame_equal(open_store(copy).months, months)
        except ValueError as error:
            assert "months.parquet: is no whole Parquet file" in str(error)
            told += 1
    assert told > 40


@pytest.mark.parametrize("opened", range(1, 8))
def test_who_reads_while_the_sweep_ends_reads_all_of_it(tmp_path, monkeypatch, opened):
    """The sweep ends when the reader has opened so many of its files."""
    with writing(tmp_path / "out", SWEEP) as (writer, _):
        writer.add_part(made_part(RUNS[:4]))
        writer.add_part(made_part(RUNS[4:]))
        reader = Store(tmp_path / "out")
        whole, left = reader.months, [opened]

        class Opened(pq.ParquetFile):
            def __init__(self, path, **options):
                super().__init__(path, **options)
                left[0] -= 1
                if left[0] == 0:
                    writer.compact()

        monkeypatch.setattr(pq, "ParquetFile", Opened)
        assert reader.months.equals(whole)
        assert not (tmp_path / "out" / "parts").exists()


def test_a_sweep_that_began_and_ended_before_the_lock_was_ours_is_not_mixed_in(tmp_path, monkeypatch):
    out, other = tmp_path / "out", small_sweep(fixed={**TINY, "pride": 1.0})
    lock = writer_module.locked

    @contextmanager
    def later(path):
        monkeypatch.setattr(writer_module, "locked", lock)
        run_scenarios(small_sweep(), executor=0, store=out)  # another process is quicker
        with lock(path):
            yield

    monkeypatch.setattr(writer_module, "locked", later)
    with pytest.raises(
        ValueError, match=r"holds other results \(.*pride: 0\.3 there, 1\.0 here.*; name another folder, or mix them"
    ):
        run_scenarios(other, executor=0, store=out)
    assert len(open_store(out).runs) == 4
    assert not open_store(out).manifest["mixed_with"]


def test_a_foreign_file_among_the_parts_is_one_line(tmp_path):
    folder = broken(tmp_path / "out")
    (folder / "parts" / "notes.txt").write_text("hello")
    with pytest.raises(ValueError, match=r"notes\.txt: is no part of a sweep; move it away"):
        run_scenarios(SWEEP, executor=0, store=folder)
    with pytest.raises(ValueError, match=r"notes\.txt"):
        open_store(folder).status()


def test_a_crash_between_the_tables_of_a_compaction_loses_nothing(tmp_path):
    with writing(tmp_path / "out", SWEEP) as (writer, _):
        writer.add_part(made_part(RUNS[:4]))
        writer.add_part(made_part(RUNS[4:]))
        content = writer.store.content_hash()
        writer.compact()
    with writing(tmp_path / "again", SWEEP) as (writer, _):  # as a crash leaves it: one table at the top, and all parts
        writer.add_part(made_part(RUNS[:4]))
        writer.add_part(made_part(RUNS[4:]))
        shutil.copy(tmp_path / "out" / "runs.parquet", tmp_path / "again" / "runs.parquet")
    with writing(tmp_path / "again") as (writer, _):
        writer.compact()
    assert open_store(tmp_path / "again").content_hash() == content
    assert not (tmp_path / "again" / "parts").exists()


@pytest.mark.parametrize("values", [[None, 2.0], [2.0, None], [None, 2, 2.5]])
def test_a_parameter_that_may_be_none_is_a_column_of_numbers_whichever_comes_first(tmp_path, values):
    store = run_scenarios(Sweep("s", fixed=TINY, grid={"capability": values}, seeds=1), executor=0, store=tmp_path / "out")
    pd.testing.assert_series_equal(store.runs["capability"], pd.Series(values, dtype=float, name="capability"))
