"""A sweep is data: its cells, their order, its identity, and what it refuses before anything starts."""

import functools
import importlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policies import POLICIES
from experiments.lab.failures import replay_command
from experiments.lab.manifest import specification
from experiments.lab.run import run_scenarios
from experiments.lab.sample import Sample
from experiments.lab.sweep import Keep, Sweep
from experiments.lab.toml import read_sweep
from incentives.bonus import BONUSES, PieceRate, capped, linear, per_unit, threshold
from incentives.metrics import METRICS
from incentives.order import Order

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.toml"))
numbers = st.lists(st.floats(0, 1), min_size=1, max_size=4, unique=True)


def given_by(sweep: Sweep) -> list[dict]:
    return [dict(cell.given) for cell in sweep.cells]


def test_a_grid_takes_every_combination_the_last_parameter_fastest():
    sweep = Sweep("s", grid={"pride": [0.0, 1.0], "breadth": [4, 8]})
    assert [(c["pride"], c["breadth"]) for c in given_by(sweep)] == [(0, 4), (0, 8), (1, 4), (1, 8)]


def test_a_zip_takes_values_side_by_side():
    sweep = Sweep("s", zip={"pride": [0.0, 1.0], "breadth": [4, 8]})
    assert given_by(sweep) == [{"pride": 0.0, "breadth": 4}, {"pride": 1.0, "breadth": 8}]


def test_scenarios_are_parameter_sets_written_out_with_names_or_without():
    named = Sweep("s", scenarios={"idle": {"pride": 0.0}, "paid": {"metric": "count"}})
    assert [(cell.scenario, dict(cell.given)) for cell in named.cells] == [
        ("idle", {"pride": 0.0}),
        ("paid", {"metric": "count"}),
    ]
    assert given_by(Sweep("s", scenarios=[{"pride": 0.0}, {"metric": "count"}])) == [{"pride": 0.0}, {"metric": "count"}]


@pytest.mark.parametrize(
    ("sample", "cells"),
    [
        (Sample("latin", n=10, ranges={"pride": (0, 1), "breadth": (2, 16)}), 10),
        (Sample("sobol", n=8, ranges={"pride": (0, 1), "breadth": (2, 16)}), 8 * 4),
        (Sample("sobol", n=8, ranges={"pride": (0, 1), "breadth": (2, 16)}, second_order=True), 8 * 6),
        (Sample("morris", n=5, ranges={"pride": (0, 1), "breadth": (2, 16)}), 5 * 3),
    ],
    ids=lambda value: value.method if isinstance(value, Sample) else str(value),
)
def test_salib_draws_points_in_the_ranges_the_same_ones_for_a_root_seed(sample, cells):
    sweep = Sweep("s", sample=sample, root_seed=3)
    drawn = given_by(sweep)
    assert len(drawn) == sweep.n_cells == cells
    assert all(0 <= c["pride"] <= 1 and isinstance(c["breadth"], int) and 2 <= c["breadth"] <= 16 for c in drawn)
    assert given_by(Sweep("s", sample=sample, root_seed=3)) == drawn
    assert given_by(Sweep("s", sample=sample, root_seed=4)) != drawn


def test_a_latin_hypercube_has_one_point_in_each_of_its_n_rows():
    drawn = given_by(Sweep("s", sample=Sample("latin", n=20, ranges={"pride": (0, 1), "audit_share": (0, 0.5)})))
    for name, high in (("pride", 1), ("audit_share", 0.5)):
        assert sorted(int(20 * c[name] / high) for c in drawn) == list(range(20))


@given(numbers, numbers, st.integers(1, 5))
def test_every_cell_has_the_same_seeds_and_cells_are_counted_without_making_them(prides, shares, n_seeds):
    sweep = Sweep("s", grid={"pride": prides, "audit_share": shares}, seeds=n_seeds)
    assert sweep.seed_list == tuple(range(n_seeds))
    assert len(sweep.cells) == sweep.n_cells == len(prides) * len(shares)
    assert sweep.n_runs == sweep.n_cells * n_seeds
    assert [cell.number for cell in sweep.cells] == list(range(sweep.n_cells))


def test_a_million_cells_are_counted_at_once():
    sweep = Sweep("s", grid={name: list(np.linspace(0.1, 0.9, 100)) for name in ("pride", "audit_share", "tolerance")})
    assert sweep.n_cells == 1_000_000


@given(numbers, st.floats(0, 1))
def test_the_run_id_depends_on_what_is_run_and_not_on_how_it_is_written(prides, fixed):
    grid = Sweep("s", fixed={"audit_share": fixed}, grid={"pride": prides}, seeds=2)
    assert Sweep("another", zip={"pride": prides}, fixed={"audit_share": fixed}, seeds=[0, 1]).run_id == grid.run_id
    assert grid.changed(seeds=3).run_id != grid.run_id
    assert grid.changed(audit_share=fixed / 2 + 0.01).run_id != grid.run_id or fixed / 2 + 0.01 == fixed
    assert Sweep("s", fixed={"audit_share": fixed}, grid={"pride": prides}, seeds=2, keep=Keep("none")).run_id != grid.run_id


def test_defaults_written_out_make_the_same_sweep():
    assert Sweep("s", fixed={"growth": 0.02}).run_id == Sweep("s").run_id


def test_numpys_numbers_and_arrays_and_what_comes_one_by_one_make_the_same_sweep():
    plain = Sweep("s", fixed={"menu": ["count", "weight"]}, scenarios=[{"breadth": 4}, {"breadth": 8}], seeds=2, root_seed=3)
    numpys = Sweep(
        "s",
        fixed={"menu": np.array(["count", "weight"])},
        scenarios=({"breadth": np.int64(n)} for n in (4, 8)),
        seeds=np.int64(2),
        root_seed=np.int64(3),
    )
    assert numpys.run_id == plain.run_id
    assert json.dumps(specification(numpys)) == json.dumps(specification(plain))
    assert replay_command(numpys.cells[1].given, 7) == replay_command(plain.cells[1].given, 7)
    assert Sweep("s", seeds=(seed for seed in (5, 6))).seed_list == (5, 6)


def _anyone(reports, complaints, month):
    return Order()


def test_a_function_of_a_module_can_be_swept_and_is_known_by_its_source():
    sweep = Sweep("s", grid={"policy": ["measure_only", _anyone]})
    assert re.fullmatch(r"[\w.]*test_sweep:_anyone [0-9a-f]{12}", sweep.cells[1].resolved["policy"])


def _half(score, target):
    return score / target / 2


def test_a_bonus_of_a_module_is_swept_under_its_source_and_one_without_a_name_is_refused(tmp_path):
    sweep = Sweep("s", fixed={"metric": "count", "horizon": 3, "n_factories": 2, "target_from": 1}, seeds=1)
    swept = replace(sweep, grid={"bonus": ["linear", _half]})
    assert re.fullmatch(r"[\w.]*test_sweep:_half [0-9a-f]{12}", swept.cells[1].resolved["bonus"])
    assert swept.cells[1].hash != sweep.changed(bonus=_anyone_pays).cells[0].hash
    store = run_scenarios(swept, executor=0, store=tmp_path / "out")
    assert store.runs["bonus"].tolist() == ["linear", swept.cells[1].resolved["bonus"]]
    assert f"from {__name__} import _half; " in replay_command(swept.cells[1].given, 7)
    for nameless in (lambda score, target: score / target, PieceRate(prize=0.5)):
        with pytest.raises(
            ValueError, match=r"^bonus: a lambda, .* sent to a worker; .*; one with settings is a line of BONUSES$"
        ):
            sweep.changed(bonus=nameless).cells  # noqa: B018


def _anyone_pays(score, target):
    return score / target / 3


@dataclass
class _Careful:
    share: float = 0.5

    def __call__(self, reports, complaints, month):
        return Order("count", audit_share=self.share)


def test_an_object_is_no_policy_to_sweep_and_is_told_by_the_name_of_the_parameter():
    with pytest.raises(
        ValueError,
        match=r"^policy: a lambda, .* or an object cannot be sent .*; a policy with a memory is a class in POLICIES$",
    ):
        Sweep("s", fixed={"policy": _Careful()}).cells  # noqa: B018


MODULE = """
import numpy as np
from math import sqrt as root
POWER = 2
def helper(report):
    return np.sqrt(report.count) ** POWER
def metric(report):
    return helper(report)
def other(report):
    return root(2) * report.count
"""


@pytest.mark.parametrize(
    ("old", "new", "is_another"),
    [
        ("POWER = 2", "POWER = 3", True),
        ("np.sqrt(report.count)", "np.sqrt(report.weight_kg)", True),
        ("import numpy as np", "import numpy.lib.scimath as np", True),
        ("return helper(report)", "return 2 * helper(report)", True),
        ("root(2)", "root(3)", False),
        ("POWER = 2", "POWER = 2  # the square", False),
    ],
)
def test_a_function_is_another_when_what_it_goes_by_in_its_module_is(old, new, is_another, tmp_path, monkeypatch):
    def known_as(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        metric = importlib.import_module(name).metric
        return Sweep("s", fixed={"metric": metric}).cells[0].resolved["metric"].split()[1]

    monkeypatch.syspath_prepend(tmp_path)
    assert MODULE.count(old) == 1
    before, after = f"before_{tmp_path.name}", f"after_{tmp_path.name}"
    assert (known_as(before, MODULE) != known_as(after, MODULE.replace(old, new))) == is_another


NAMING = """
from dataclasses import dataclass
from incentives.order import Order
POWER = 2
def helper(report):
    return report.count ** POWER
@dataclass
class Policy:
    target_from: int
    def __call__(self, reports, complaints, month):
        return Order("count" if month >= self.target_from else None)
@dataclass(frozen=True)
class Bonus:
    rate: float = 1.0
    def __call__(self, score, target):
        return self.rate * score / target
def register(metrics, bonuses, policies):
    metrics["mine"] = lambda report: helper(report)
    bonuses["mine"] = Bonus(rate=2.0)
    policies["mine"] = Policy
"""


@pytest.mark.parametrize(
    ("old", "new", "others"),
    [
        ("lambda report: helper(report)", "lambda report: 2 * helper(report)", {"metric", "menu"}),
        ("POWER = 2", "POWER = 3", {"metric", "menu"}),
        ("rate=2.0", "rate=3.0", {"bonus", "metric", "menu"}),  # the lambda stands in one statement with it
        ("self.rate * score", "2 * self.rate * score", {"bonus", "metric", "menu"}),
        ("month >= self", "month > self", {"policy", "metric", "menu"}),
        ("POWER = 2", "POWER = 2  # the square", set()),
    ],
)
def test_a_name_of_ones_own_is_another_when_what_it_stands_for_is(old, new, others, tmp_path, monkeypatch):
    def sweeps(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        importlib.import_module(name).register(METRICS, BONUSES, POLICIES)
        given = {"policy": "mine", "bonus": "mine", "metric": "mine", "menu": ["count", "mine"]}
        return {name: Sweep("s", fixed={name: value}) for name, value in given.items()}

    for known in (METRICS, BONUSES, POLICIES):
        monkeypatch.setitem(known, "mine", None)  # and take it out again
    monkeypatch.syspath_prepend(tmp_path)
    assert NAMING.count(old) == 1
    before = sweeps(f"named_before_{tmp_path.name}", NAMING)
    before_ids = {name: sweep.run_id for name, sweep in before.items()}
    after = sweeps(f"named_after_{tmp_path.name}", NAMING.replace(old, new))
    assert {name for name, sweep in after.items() if sweep.run_id != before_ids[name]} == others
    assert all(after[name].cells[0].resolved == before[name].cells[0].resolved for name in after)


class Scheme:
    """A bonus of somebody's own, with settings."""

    def __init__(self, rate, table=()):
        self.rate, self.table = rate, table

    def paid(self, score, target):
        rate = self.rate(score, target) if callable(self.rate) else self.rate
        return rate * score / target

    __call__ = paid


def wrapped(by, bonus=linear):
    @functools.wraps(bonus)
    def paid(score, target):
        return by * bonus(score, target) if paid else 0.0  # which sees itself

    return paid


def looked_up(last):
    table = np.arange(2000.0)
    table[1000] = last  # where repr leaves out
    return Scheme(2.0, table)


def of_a_class_within(rate):
    @dataclass
    class Inner:
        power: float = 1.0

        def __call__(self, score, target):
            return rate * score / target

    return Inner()


@pytest.mark.parametrize(
    ("set_to", "one", "other"),
    [
        (PieceRate, 2.0, 3.0),
        (lambda bonus: bonus, capped, threshold),
        (Scheme, 2.0, 3.0),
        (looked_up, 2.0, 3.0),
        (lambda rate: Scheme(rate).paid, 2.0, 3.0),
        (lambda bonus: functools.partial(per_unit, bonus), linear, capped),
        (lambda by: Scheme(wrapped(by)), 2, 3),
        (wrapped, 2, 3),
        (of_a_class_within, 2, 3),
    ],
    ids=["ours", "another", "own", "array", "method", "partial", "held", "wraps", "within"],
)
@pytest.mark.parametrize("name", ["mine", "linear"])
def test_a_bonus_that_goes_by_a_name_is_another_when_it_is_set_otherwise(name, set_to, one, other, monkeypatch):
    def known_as(setting):
        monkeypatch.setitem(BONUSES, name, set_to(setting))
        return Sweep("s", fixed={"bonus": name}).run_id

    kept = known_as(one)
    assert known_as(other) != kept
    assert known_as(one) == kept  # though it lies elsewhere in memory


def test_what_is_ours_under_its_own_name_is_known_by_our_source_alone():
    for parameter, known in {"bonus": BONUSES, "metric": METRICS, "policy": POLICIES}.items():
        for name in known:
            assert not Sweep("s", fixed={parameter: name}).cells[0].named


def test_an_edited_metric_of_ones_own_name_resumes_nothing(tmp_path, monkeypatch):
    sweep = Sweep("s", fixed={"metric": "mine", "horizon": 3, "n_factories": 2, "target_from": 1}, seeds=1)
    monkeypatch.setitem(METRICS, "mine", lambda report: report.count)
    run_scenarios(sweep, executor=0, store=tmp_path / "out")
    monkeypatch.setitem(METRICS, "mine", lambda report: 2 * report.count)
    with pytest.raises(ValueError, match=r"holds other results \(named\.metric\.mine: '\w+' there, '\w+' here\)"):
        run_scenarios(sweep.changed(), executor=0, store=tmp_path / "out")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"grid": {"prid": [0.0]}}, "grid.prid: is no parameter; did you mean 'pride'?"),
        ({"fixed": {"prid": 0.0}}, "prid: is no parameter; did you mean 'pride'?"),
        ({"grid": {"pride": []}}, "grid.pride: is empty; give it at least one value"),
        ({"grid": {"pride": 0.3}}, "grid.pride: got 0.3; it takes a list"),
        ({"grid": {"bonus": {"capped"}}}, "grid.bonus: got {'capped'}; it takes a list"),
        ({"grid": {"pride": [0.0, 0.3, 0.0]}}, "grid.pride: a value stands twice"),
        ({"grid": {"pride": [0.0, -1.0]}}, "cell 1 (pride=-1.0): pride: got -1.0; it takes"),
        ({"scenarios": {"a": {}, "b": {"horizon": 0}}}, "cell 1 'b' (horizon=0): horizon: got 0; it takes"),
        (
            {"scenarios": {"a": {"metric": "count", "policy": "reactive"}}},
            "cell 0 'a' (metric='count', policy='reactive'): metric",
        ),
        ({"grid": {"metric": [lambda report: report.count]}}, "metric: a lambda, an inner function"),
        (
            {"zip": {"pride": [0.0, 1.0], "breadth": [1]}},
            "zip: its lists must be equally long; here pride has 2, breadth has 1",
        ),
        ({"grid": {"pride": [0.0]}, "zip": {"pride": [1.0]}}, "pride: is set by zip and by grid"),
        ({"fixed": {"threads": 2}}, "threads: a sweep computes every economy on one thread"),
        ({"seeds": 0}, "seeds: got 0; it takes how many"),
        ({"seeds": [1, 1]}, "seeds: one stands twice"),
        ({"seeds": [-1]}, "seeds: got [-1]"),
        ({"seeds": "many"}, "seeds: got 'many'; it takes a list"),
        ({"root_seed": -1}, "root_seed: got -1"),
        ({"name": "a/b"}, "name: got 'a/b'"),
    ],
)
def test_a_mistake_is_one_line_before_anything_starts(wrong, said):
    with pytest.raises(ValueError) as told:
        Sweep(**{"name": "s", **wrong}).cells  # noqa: B018
    assert str(told.value).startswith(said)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[grid\npride = [0]", "(at line 1, column 6)"),
        ("seeds = 3\npride == 2", "(at line 2, column 8)"),
        ("sedes = 3", "sedes: means nothing here; did you mean 'seeds'?"),
        ("grid = 3", "grid: got 3; it takes a table"),
        ("[keep]\nmonths = 'some'", "keep.months: got 'some'; it takes 'all', 'last year', 'none'"),
        ("[keep]\nmonth = 'all'", "keep.month: means nothing here; did you mean 'months'?"),
        ("[keep]\nfactories = [-1]", "keep.factories: got [-1]"),
        ("[sample]\nmethod = 'latin'", "sample.n: is missing"),
        (
            "[sample]\nmethod = 'dice'\nn = 2\nranges = {pride = [0, 1]}",
            "sample.method: got 'dice'; it takes latin, sobol, morris",
        ),
        ("[sample]\nmethod = 'sobol'\nn = 3\nranges = {pride = [0, 1]}", "sample.n: got 3; sobol takes a power of 2"),
        ("[sample]\nmethod = 'latin'\nn = 3\nranges = {pride = [1, 0]}", "sample.ranges.pride: got [1, 0]"),
        ("[sample]\nmethod = 'latin'\nn = 3\nranges = {prid = [0, 1]}", "sample.prid: is no parameter; did you mean 'pride'?"),
        ("[grid]\npride = []", "grid.pride: is empty"),
        ("scenarios = 3", "scenarios: got 3; it takes a list"),
        ("[scenarios]\na = 3", "scenarios.a: got 3; it takes parameter = value"),
    ],
)
def test_a_mistake_in_a_file_is_one_line_that_names_the_file(tmp_path, text, said):
    path = tmp_path / "spec.toml"
    path.write_text(text)
    with pytest.raises(ValueError) as told:
        read_sweep(path)
    assert str(told.value).startswith(f"{path}: ")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(ValueError, match=r"none\.toml: cannot be read: No such file"):
        read_sweep(tmp_path / "none.toml")


@given(st.text(max_size=60))
def test_no_text_at_all_gives_a_traceback(text):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.toml"
        path.write_text(text, encoding="utf-8")
        try:
            read_sweep(path).cells  # noqa: B018
        except ValueError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_sweeps(path):
    sweep = read_sweep(path)
    assert sweep.name == path.stem
    assert sweep.cells
