"""Running a sweep: any executor does, progress is told, and batches are cut to a time."""

from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from experiments.lab import progress, work
from experiments.lab.campaign import Campaign, Progress
from experiments.lab.ends import Stopped
from experiments.lab.executors import make_executor, slots
from experiments.lab.laboratory import MANY_RUNS, laboratory
from experiments.lab.progress import shown
from experiments.lab.run import default_folder, run_scenarios
from experiments.lab.store import open_store
from experiments.lab.sweep import Keep, Sweep

TINY = {"n_factories": 3, "n_trusts": 2, "horizon": 12}
SWEEP = Sweep("tiny", fixed=TINY, grid={"pride": [0.0, 0.3]}, seeds=4)


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> str:
    return run_scenarios(SWEEP, executor=0, store=tmp_path_factory.mktemp("tiny") / "out").content_hash()


@pytest.mark.parametrize(
    "pool", [ThreadPoolExecutor, lambda n: ProcessPoolExecutor(n, get_context("spawn"))], ids=["threads", "spawn"]
)
def test_any_executor_of_the_standard_library_does(tmp_path, content, pool):
    with pool(2) as executor:
        assert slots(executor) == 2
        assert run_scenarios(SWEEP, executor=executor, store=tmp_path / "out").content_hash() == content


def test_scenarios_are_a_sweep_or_a_list_or_a_dict_of_parameters(tmp_path):
    listed = run_scenarios([TINY, {**TINY, "pride": 0.0}], seeds=2, executor=0, store=tmp_path / "list")
    assert listed.runs[["cell", "seed"]].values.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    named = run_scenarios({"idle": {**TINY, "pride": 0.0}, "proud": TINY}, seeds=[5], executor=0, store=tmp_path / "dict")
    assert named.runs[["scenario", "seed"]].values.tolist() == [["idle", 5], ["proud", 5]]


@pytest.mark.parametrize("none", [[], {}])
def test_no_scenarios_are_not_taken_for_the_default_economy(tmp_path, none):
    with pytest.raises(ValueError, match="scenarios: is empty; it takes one scenario or more"):
        run_scenarios(none, seeds=1, executor=0, store=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_progress_counts_up_to_the_total_with_the_usefulness_of_what_has_finished(tmp_path):
    told: list[Progress] = []
    store = run_scenarios(SWEEP, executor=0, store=tmp_path / "out", progress=told.append)
    assert [p.done for p in told] == sorted({p.done for p in told})
    assert (told[0].done, told[-1].done, told[-1].total, told[-1].failed) == (0, 8, 8, 0)
    assert told[-1].usefulness == pytest.approx(store.runs["usefulness"].mean())


class Counting(ThreadPoolExecutor):
    """Notes how many runs each batch has."""

    def __init__(self):
        super().__init__(1)
        self.sizes: list[int] = []

    def submit(self, fn, /, *args, **kwargs):
        self.sizes += [len(batch.runs) for batch in args]
        return super().submit(fn, *args, **kwargs)


def test_batches_grow_from_one_run_to_what_takes_the_time_that_a_batch_should(tmp_path):
    executor = Counting()
    sweep = Sweep("many", fixed={**TINY, "horizon": 1}, seeds=300, keep=Keep("none"))
    run_scenarios(sweep, executor=executor, store=tmp_path / "out", batch_seconds=0.1)
    assert executor.sizes[0] == 1
    assert sum(executor.sizes) == 300
    assert max(executor.sizes) > 1


def test_a_run_is_the_same_in_any_company():
    alone = work.run_batch(work.Batch(((0, 3),), {0: TINY}, Keep()))
    among = work.run_batch(work.Batch(((1, 9), (0, 3), (1, 2)), {0: TINY, 1: {**TINY, "horizon": 30}}, Keep()))
    import pyarrow as pa
    import pyarrow.parquet as pq

    def rows(outcome, name):
        table = pq.read_table(pa.BufferReader(outcome.tables[name])).to_pandas()
        return table.query("cell == 0 and seed == 3").drop(columns="seconds", errors="ignore").reset_index(drop=True)

    for name in ("runs", "months"):
        assert rows(alone, name).equals(rows(among, name))


def test_without_a_folder_results_go_where_name_and_run_id_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = laboratory(SWEEP, seeds=1, workers=0)
    folder = tmp_path / "results" / "tiny" / SWEEP.changed(seeds=1).run_id
    assert store.folder.resolve() == folder
    assert open_store(folder).status().done == 2


def test_a_default_folder_made_by_another_source_is_left_and_another_one_used(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = default_folder(SWEEP)
    folder.mkdir(parents=True)
    store = run_scenarios(SWEEP, executor=0)
    ours = store.manifest["source_hash"]
    manifest = (folder / "manifest.json").read_text().replace(ours, "0123456789abcdef")
    (folder / "manifest.json").write_text(manifest)
    assert default_folder(SWEEP).name == f"{folder.name}-{ours[:8]}"
    assert default_folder(SWEEP, force=True) == folder


def test_off_a_terminal_progress_is_plain_lines(capsys):
    with shown("tiny") as show:
        show(Progress(8, 0, 0, float("nan")))
        show(Progress(8, 8, 0, 0.25))
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "tiny: 0 of 8 runs, 0 failed"
    assert said[1].startswith("tiny: 8 of 8 runs, ")
    assert "runs/s" in said[1]
    assert said[1].endswith("0 s left, 0 failed, mean usefulness at the end 0.25")


def test_no_time_left_is_told_of_one_run_and_workers_starting_count_in_no_rate(capsys, monkeypatch):
    monkeypatch.setattr(progress, "cores", lambda: 2)
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    clock = [0.0]
    with shown("tiny") as show:
        for clock[0], done in ((0.0, 0), (12.0, 0), (23.0, 1), (33.0, 21)):
            show(Progress(800, done, 0, float("nan")))
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == ["tiny: 1 of 800 runs, 0 failed", "tiny: 21 of 800 runs, 2 runs/s, 6 min 30 s left, 0 failed"]


def test_ctrl_c_before_the_first_run_says_where_and_how_many_are_kept(tmp_path, monkeypatch):
    def interrupted(self, executor):
        raise KeyboardInterrupt

    monkeypatch.setattr(Campaign, "run", interrupted)
    with pytest.raises(Stopped, match=f"stopped: 0 of 2 runs are kept in {tmp_path / 'out'}; go on with: "):
        run_scenarios(SWEEP.changed(seeds=1), executor=0, store=tmp_path / "out")


def test_a_million_cells_by_mistake_are_asked_about_first(tmp_path):
    prides = [k / 1_000_000 for k in range(1_000_000)]
    with pytest.raises(ValueError, match=r"1,000,000 cells on 2 seeds are 2,000,000 runs, about .* give --yes if you mean it"):
        laboratory(Sweep("mistake", grid={"pride": prides}, seeds=2), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert MANY_RUNS < 1_000_000


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"workers": -1}, "workers: got -1; it takes a whole number"),
        ({"workers": 2, "dask": "tcp://127.0.0.1:9"}, "dask: the cluster has its own workers"),
        ({"seeds": 0}, "seeds: got 0; it takes how many"),
        ({"self": 0}, "cell 0 (pride=0.0): self: is no parameter"),
        ({"sweep": 0}, "cell 0 (pride=0.0): sweep: is no parameter"),
        ({"prid": 0}, "cell 0 (pride=0.0): prid: is no parameter; did you mean 'pride'?"),
    ],
)
def test_a_wrong_option_is_one_line_and_leaves_no_folder(tmp_path, wrong, said):
    with pytest.raises(ValueError) as told:
        laboratory(SWEEP, out=tmp_path / "out", **wrong)
    assert str(told.value).startswith(said)
    assert not (tmp_path / "out").exists()


def test_workers_are_a_number_of_processes_or_this_very_one():
    assert slots(make_executor(0)) == 1
    pool = make_executor(3)
    assert slots(pool) == 3
    pool.shutdown()


def test_a_worker_that_is_killed_while_it_answers_is_not_waited_for():
    kill_soon = "__import__('threading').Timer(0.1, __import__('os').kill, (__import__('os').getpid(), 9)).start()"
    pool = make_executor(1)
    dead = pool.submit(eval, f"({kill_soon}, bytes(200_000_000))[1]")  # which takes longer to send
    assert isinstance(dead.exception(timeout=120), BrokenExecutor)
    assert pool.submit(eval, "6 * 7").result(timeout=120) == 42
    pool.shutdown()


def test_what_a_worker_cannot_send_or_read_is_an_error_and_not_its_end():
    pool = make_executor(1)
    assert "pickle" in str(pool.submit(eval, "lambda: 0").exception(timeout=120)).lower()
    assert pool.submit(eval, "6 * 7").result(timeout=120) == 42
    with pytest.raises(ZeroDivisionError):
        pool.submit(eval, "1 / 0").result(timeout=120)
    pool.shutdown()
