"""The labs: what is hidden stays hidden, masters keep their form, and a mistake gets one line.

What submissions earn is shown by `nailworks course check`, which needs the extra `course`.
"""

import ast
import inspect
import json
import re
import sys
import tomllib
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from typer.testing import CliRunner

from app.cli import cli
from app.course import commands
from app.course.build import MASTERS, chosen_labs, known_labs
from app.course.hidden import KEY_FILE, hidden, hidden_seeds, key_of, read_secret
from app.course.remedies import KEPT, MANY, START, gained, judged
from incentives.metrics import METRICS
from incentives.order import Order
from model.economy import NailEconomy

LABS = known_labs()
IDS = [lab.name for lab in LABS]


def course(*arguments):
    return CliRunner().invoke(cli, ["course", *map(str, arguments)])


@pytest.fixture
def at_a_key(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(key_of("a lab", b"a secret"))


def test_what_is_drawn_is_the_same_again_and_differs_from_other_things(at_a_key):
    assert hidden_seeds("runs", 5) == hidden_seeds("runs", 5)
    assert hidden_seeds("runs", 5) != hidden_seeds("others", 5)
    assert len(set(hidden_seeds("runs", 50))) == 50


def test_without_the_key_nothing_can_be_drawn(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="only the autograder has it"):
        hidden("runs")


@given(secrets=st.lists(st.binary(min_size=1), min_size=2, max_size=2, unique=True), lab=st.text())
def test_each_secret_and_each_lab_has_its_own_key(secrets, lab):
    keys = {key_of(lab, secret) for secret in secrets} | {key_of(f"{lab}'s other", secret) for secret in secrets}
    assert len(keys) == 4
    assert all(re.fullmatch(rb"[0-9a-f]{64}", key) for key in keys)


def test_a_secret_that_can_be_guessed_or_read_by_nobody_is_refused(tmp_path):
    (tmp_path / "short").write_text("abc\n")
    with pytest.raises(ValueError, match="holds 3 bytes; it takes 16 or more"):
        read_secret(tmp_path / "short")
    with pytest.raises(ValueError, match="cannot be read"):
        read_secret(tmp_path / "none")


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(commands, "NEEDS", ("no_such_package",))
    told = course("build")
    assert told.exit_code == 2
    assert told.stderr == "error: course: needs no_such_package; get it with: uv sync --extra course\n"


def test_a_lab_that_there_is_not_gets_one_line(monkeypatch):
    monkeypatch.setattr(commands, "NEEDS", ())
    told = course("build", "01_parabel")
    assert told.exit_code == 2
    assert "did you mean '01_parable'?" in told.stderr
    assert told.stderr.count("\n") == 1


def test_labs_are_found_by_number_and_words_and_come_once_in_order():
    everything = chosen_labs([])
    assert chosen_labs(["1"]) == chosen_labs(["01"]) == chosen_labs(["parable", "01_parable"]) == everything[:1]
    assert chosen_labs([lab.name for lab in reversed(everything)]) == everything


@pytest.mark.parametrize("lab", LABS, ids=IDS)
def test_a_lab_has_goals_a_time_and_a_page_for_its_instructor(lab):
    master = lab.master.read_text(encoding="utf-8")
    for words in ("**You will learn**", "**Time**", "**You need**"):
        assert words in master
    page = (lab.master.parent / "instructor.md").read_text(encoding="utf-8")
    for words in ("## Common mistakes", "## How to mark the words"):
        assert words in page
    course_page = (MASTERS.parent / "docs" / "course.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {int(lab.name[:2])} \S", course_page, re.MULTILINE)


@pytest.mark.parametrize("lab", LABS, ids=IDS)
def test_a_question_has_hidden_tests_that_hold_all_points_and_a_cheat_that_fails_or_is_in_words(lab):
    questions = re.findall(r"^# # BEGIN QUESTION$(.*?)^# # END QUESTION$", lab.master.read_text(encoding="utf-8"), re.M | re.S)
    assert len(questions) >= 3
    assert sum("# manual: true" in question for question in questions) >= 2
    for question in questions:
        if "# manual: true" in question:
            continue
        (points,) = re.findall(r"^# points: (\[.*\])$", question, re.M)
        tests = re.findall(r"^# %%\n(# HIDDEN\n)?def test_", question, re.M)
        assert len(json.loads(points)) == len(tests)
        assert all((point > 0) == bool(is_hidden) for point, is_hidden in zip(json.loads(points), tests, strict=True))
        assert 'tags=["cheat"]' in question


def names_in(lab):
    """What the tests of a lab can use: the imports, constants and functions of its master, and those tests, but no cheats."""
    names, (master,) = {}, [one.master for one in chosen_labs([str(lab)])]
    for cell in re.split(r"^# %%", master.read_text(encoding="utf-8"), flags=re.M):
        for node in ast.parse(cell).body if cell.startswith("\n") else ():
            constant = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()
            if constant or isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef):
                exec(compile(ast.Module([node], []), str(master), "exec"), names)
    return names


def answered(lab, answer):
    """Those names with an answer in place of the solution's, and the months that lab 1 has at hand."""
    names = names_in(lab)
    exec(f"import numpy as np, pandas as pd\n{answer}", names)
    if lab == 1:
        names["months"] = NailEconomy(n_factories=6, n_trusts=3, rng=7).run().months
    return names


def passes(test, names):
    """Whether a test of a lab, visible or hidden, passes with these answers; and what it says."""
    try:
        test(**{name: names[name] for name in inspect.signature(test).parameters})
    except Exception as error:
        return False, str(error)
    return True, ""


ENDINGS = "endings = lambda months: months.groupby('target')['usefulness'].apply(lambda part: part.tail(12).mean())"
STOP_AT = """
def stop_at(proxy, value, ns, budget, rng):
    seen = pd.DataFrame({"proxy": proxy, "value": value}).sample(budget, random_state=rng)
    return max(ns, key=lambda n: best_of_n(seen["proxy"], seen["value"], n))
"""


@pytest.mark.parametrize(
    ("lab", "answer", "tests"),
    [
        (1, ENDINGS, "targets_of_the_story any_schedule"),
        (1, "told = hump; hump = lambda *a: list(told(*a))", "two_numbers a_made_up_table a_hump_over_seeds"),
        (
            1,
            "told = apart; apart = lambda seed, **s: pd.Series(told(seed, **s), ['free', 'none'])",
            "two_shares settings_count",
        ),
        (
            2,
            "told = response; response = lambda b, v: pd.Series(told(b, v), ['x1', 'x2'])",
            "one_task_alone no_other_effort_pays_more",
        ),
        (
            3,
            "bunching = lambda f, w: f.between(1, 1 + w, 'left').mean() - f.between(1 - w, 1, 'left').mean()",
            "three_factories any_fulfilment",
        ),
        (
            5,
            "told = twin; twin = lambda *a: pd.Series(told(*a), ['length', 'diameter'])",
            "a_twin_is_a_nail a_twin_has_the_same_report_and_is_useless",
        ),
        (6, "told = sweep; sweep = lambda *a, **s: told(*a, **s).tolist()", "its_shape hidden_seeds the_aligned_control"),
        (7, "best_of_n = lambda proxy, value, n: value[np.argsort(proxy)].mean()", "the_best_of_one_is_the_mean"),
        (7, STOP_AT, "one_of_those it_looks_no_more_than_it_may it_stops_where_it_should"),
        (2, "response = lambda b, v: np.linalg.solve([[1, v], [v, 1]], [b, 0])", "one_task_alone no_other_effort_pays_more"),
        (5, "told = attack; attack = lambda *a: np.array(told(*a))", "it_returns_a_nail it_is_drawn_from_the_generator"),
        (6, "told = collapse; collapse = lambda *a, **s: list(told(*a, **s))", "two_numbers hidden_seeds_and_breadths"),
        (7, "told = stop_at; stop_at = lambda *a: np.int64(told(*a))", "one_of_those it_looks_no_more_than_it_may"),
        (8, "told = signs; signs = lambda run: pd.Series(told(run.sort_values('n').set_index('n')))", "one_run signs"),
        (8, "student, answers = 'A', pd.Series(['causal'] * 8, range(8))", "eight_runs"),
    ],
)
def test_a_right_answer_of_another_type_passes(lab, answer, tests, at_a_key):
    names = answered(lab, answer)
    assert {test: passes(names[f"test_{test}"], names) for test in tests.split()} == dict.fromkeys(tests.split(), (True, ""))


STORIES = "stories = lambda seeds, **s: pd.concat([NailEconomy(rng={}).run().months.assign(seed=k) for k in seeds])"
BUNCHING = "bunching = lambda f, w: ((f >= 1) & (f <= 1 + w)).mean() - ((f >= 1 - w) & (f < 1)).mean()"
ATTACK = """
def attack(metric, board_mm, n, rng):
    length, diameter = np.exp(rng.uniform(*np.log([[5, 0.5], [400, 40]]), (n, 2))).T
    best = np.argmax(metric(month_of(length, diameter, board_mm)))
    return length[best], diameter[best]
"""
LOOKS_AT_ALL = "stop_at = lambda proxy, value, ns, budget, rng: max(ns, key=lambda n: best_of_n(proxy, value, n))"
SAME_DRAWS = "told = stop_at; stop_at = lambda *a: told(*a[:-1], np.random.default_rng(0))"


SETTINGS_FIRST = """
def usefulness_at(strength, seeds, **world):
    settings = world | {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96, "bonus_strength": strength}
    return np.mean([NailEconomy(rng=k, **settings).run().months["usefulness"].tail(12).mean() for k in seeds])
"""
RATIO = """
def held_back(seeds, discount, **s):
    return np.mean([1 - effort_at_the_end(k, discount=discount, **s) / effort_at_the_end(k, **s) for k in seeds])
"""
MONTH_BEFORE = """
def storm(seed, impatience):
    months = NailEconomy(rng=seed, metric="count", plan_year=True, impatience=impatience, **WORLD).run().months
    return rhythm(months, "mean_effort", 36)[10] / rhythm(months, "mean_effort", 36)[4]
"""
NOT_IN_LOGS = """
def attack(metric, board_mm, n, rng):
    length, diameter = rng.uniform(5, 400, n), rng.uniform(0.5, 40, n)
    useless = suitability(length, diameter, 0.9, board_mm) < 0.1
    best = np.argmax(metric(month_of(length[useless], diameter[useless], board_mm)))
    return length[useless][best], diameter[useless][best]
"""
LAST_CROSSING = """
def crossing(values, curve, level):
    return next(
        np.exp(np.interp(-level, [-curve[i], -curve[i + 1]], np.log(values[i : i + 2])))
        for i in reversed(range(len(curve) - 1)) if curve[i] >= level > curve[i + 1]
    )
"""
OF_THE_FIRST = "steepness = lambda v, c: crossing(v, c, c[0] / 4) / crossing(v, c, 3 * c[0] / 4)"
FIRST_OF_NONE = """
def collapse(breadth, seed, **settings):
    usefulness = NailEconomy(rng=seed, breadth=breadth, **(WORLD | settings)).run().months["usefulness"][12:]
    return usefulness.max(), int((usefulness < 0.2).idxmax())
"""
PEAK_OF_ALL = """
def collapse(breadth, seed, **settings):
    usefulness = NailEconomy(rng=seed, breadth=breadth, **(WORLD | settings)).run().months["usefulness"]
    low = usefulness.index[12:][usefulness[12:] < 0.2]
    return usefulness.max(), int(low[0]) if len(low) else -1
"""
TWICE_SEEN = """
def stop_at(proxy, value, ns, budget, rng):
    seen = rng.choice(len(proxy), budget)
    return max(ns, key=lambda n: best_of_n(proxy[seen], value[seen], n))
"""


@pytest.mark.parametrize(
    ("lab", "answer", "found"),
    [
        (
            1,
            "told = endings; endings = lambda m: {k: 100 * one for k, one in told(m).items()}",
            {"targets_of_the_story": "share"},
        ),
        (1, "told = hump; hump = lambda *a: told(*a)[0]", {"two_numbers": "it returns two numbers"}),
        (2, SETTINGS_FIRST, {"hidden_seeds_and_worlds": None}),
        (2, "told = best_strength; best_strength = lambda *a, **w: None", {"one_of_those": "nothing"}),
        (3, RATIO, {"a_number": "", "far_sight_matters_with_a_ratchet_alone": None}),
        (3, MONTH_BEFORE, {"the_impatient_storm": None}),
        (3, "bunching = lambda f, w: ((f >= 1) & (f < 1 + w)).sum()", {"three_factories": "of all three factories"}),
        (4, "value = lambda policy, seeds: [0.4 for seed in seeds]", {"a_share": "one number"}),
        (5, NOT_IN_LOGS, {"it_returns_a_nail": "", "it_is_drawn_from_the_generator": None}),
        (5, "told = attack; attack = lambda *a: told(*a)[::-1]", {"it_is_drawn_from_the_generator": None}),
        (5, "told = beaten; beaten = lambda *a: told(*a) - 1", {"a_factor": "a factor of 1", "what_finish_saves": None}),
        (6, LAST_CROSSING, {"any_curve": None}),
        (6, OF_THE_FIRST, {"steep_and_flat": None}),
        (6, FIRST_OF_NONE, {"hidden_seeds_and_breadths": None}),
        (6, PEAK_OF_ALL, {"hidden_seeds_and_breadths": None}),
        (7, "told = kl; kl = lambda n: str(told(n))", {"no_optimisation": None, "against_the_integral": None}),
        (7, TWICE_SEEN, {"it_looks_no_more_than_it_may": None, "it_stops_where_it_should": ""}),
        (9, "tips = lambda history: history['binned'] > 9", {"yes_or_no": "once for the whole table"}),
        (1, STORIES.format("7, **s"), {"columns": "", "each_seed_is_its_own_story": None, "settings_reach_the_economy": ""}),
        (
            1,
            STORIES.format("k"),
            {"columns": "settings", "each_seed_is_its_own_story": None, "settings_reach_the_economy": None},
        ),
        (3, BUNCHING, {"three_factories": "", "any_fulfilment": None}),
        (5, ATTACK, {"it_returns_a_nail": "", "any_metric_and_board": None, "it_is_drawn_from_the_generator": ""}),
        (7, LOOKS_AT_ALL, {"it_looks_no_more_than_it_may": None, "it_stops_where_it_should": ""}),
        (7, SAME_DRAWS, {"it_looks_no_more_than_it_may": None, "it_stops_where_it_should": ""}),
    ],
)
def test_a_mistake_that_instructors_are_told_of_earns_what_they_are_told(lab, answer, found, at_a_key):
    """`found` has for each test "" where it passes, None where it fails, or a word of what it then says."""
    names = answered(lab, answer)
    for test, word in found.items():
        passed, said = passes(names[f"test_{test}"], names)
        assert passed == (word == ""), (test, said)
        assert passed or word is None or word in said


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Something that looks like a wheel: these tests do not install it."""
    path = tmp_path_factory.mktemp("wheel") / "nailworks-0.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("nails/__init__.py", "")
    return path


@pytest.fixture
def small_lab(tmp_path):
    """A lab with a drawn cell, and no question."""
    from app.course.build import Lab

    folder = tmp_path / "99_small"
    folder.mkdir()
    (folder / "99_small.py").write_text(
        '# %% tags=["drawn"]\n# Drawn for this class.\nfrom app.course.hidden import hidden\n\n'
        'pride = round(float(hidden("pride").uniform()), 6)\n_answer = {1, 2}\nopen("runs.csv", "w").write("run\\n1\\n")\n\n'
        '# %% tags=["cheat"]\npride = "a cheat"\n'
    )
    return Lab("99_small", folder / "99_small.py")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_what_is_drawn_is_written_down_and_the_key_goes_to_the_autograder_alone(small_lab, wheel, tmp_path):
    pytest.importorskip("otter", reason="needs the extra course")
    pytest.importorskip("jupytext", reason="needs the extra course")
    from app.course.build import build_lab

    told = {}
    for secret in (b"one", b"another", b"one"):
        made = build_lab(small_lab, tmp_path / "out", wheel, secret)
        cells = [
            "".join(cell["source"]) for cell in json.loads((made / "student" / "99_small.ipynb").read_text("utf-8"))["cells"]
        ]
        (drawn,) = [source for source in cells if "pride" in source]
        assert re.fullmatch(r"# Drawn for this class\.\npride = 0\.\d+", drawn)
        assert told.setdefault(secret, drawn) == drawn
        assert {path.name for path in (made / "student").iterdir()} == {"99_small.ipynb", "runs.csv", wheel.name}
        names = zipfile.ZipFile(made / "autograder.zip").namelist()
        assert {"files/grading_key.txt", "files/runs.csv", f"files/{wheel.name}"} <= set(names)
    assert len(set(told.values())) == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_is_set_up_before_otter_is_needed_and_says_what_is_missing(small_lab, wheel, tmp_path, monkeypatch):
    pytest.importorskip("otter", reason="needs the extra course")
    transform = pytest.importorskip("IPython.core.inputtransformer2", reason="needs the extra course").TransformerManager()
    from app.course.build import build_lab

    made = build_lab(small_lab, tmp_path / "out", wheel, b"one")
    installed = []
    shell = type("Shell", (), {"run_line_magic": lambda self, name, line: installed.append((name, line))})()
    monkeypatch.setitem(sys.modules, "otter", None)  # importing it fails
    for part in ("student", "solution"):
        monkeypatch.chdir(made / part)
        cells = json.loads(Path("99_small.ipynb").read_text("utf-8"))["cells"]
        set_up, then = ("".join(cell["source"]) for cell in cells[:2])
        assert "import otter" in then and "grader = " in then
        exec(transform.transform_cell(set_up), {"get_ipython": lambda: shell})
        Path(wheel.name).unlink()
        with pytest.raises(SystemExit, match="is not beside this notebook"):
            exec(transform.transform_cell(set_up), {"get_ipython": lambda: shell})
    assert installed == [("pip", f'install -q "./{wheel.name}[course]"')] * 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_folder_that_is_no_lab_is_left_alone(small_lab, wheel, tmp_path):
    pytest.importorskip("otter", reason="needs the extra course")
    from app.course.build import build_lab

    (tmp_path / "out" / "99_small").mkdir(parents=True)
    (tmp_path / "out" / "99_small" / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="is no lab that was built"):
        build_lab(small_lab, tmp_path / "out", wheel, b"one")
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["99_small", "mine.txt"]


def test_a_remedy_with_a_memory_is_judged_anew_with_each_seed():
    class Alternating:
        def __init__(self):
            self.asked = 0

        def __call__(self, reports, complaints, month):
            self.asked += 1
            return Order("count" if month >= START and self.asked < 40 else None)

    one = Alternating()
    assert judged(one, [1, 2], budget=0) == judged(Alternating(), [1], budget=0) + judged(Alternating(), [2], budget=0)


@pytest.mark.parametrize(
    ("order", "month", "said"),
    [
        (Order("count"), START - 1, "pays in month"),
        (Order("joints"), START, "not by joints"),
        (Order("count", bonus_strength=9.0), START, "bonus_strength 9"),
        (Order("count", fine=3.0), START, "sets fine"),
        (Order("count", audit_share=0.5), START, "of audits a month"),
    ],
)
def test_a_remedy_that_breaks_a_rule_is_told_which(order, month, said):
    with pytest.raises(ValueError, match=said):
        judged(lambda reports, complaints, now: order if now >= month else Order(), [1], budget=0.1)


def weighed(powers, report):
    return report.count ** powers[0] * report.weight_kg ** powers[1]


METRICS_OF_ONES_OWN = {
    "written anew each month": lambda month: lambda report: np.sqrt(report.count * report.weight_kg),
    "that holds an array": lambda month: partial(weighed, np.array([0.5, 0.5])),
    "in other units each month": lambda month: lambda report: (1 + month) * np.sqrt(report.count * report.weight_kg),
    "that differs a little each month": lambda month: lambda report: METRICS["geometric_mean"](report) ** (1 + 1e-6 * month),
}


@pytest.mark.parametrize("metric", METRICS_OF_ONES_OWN.values(), ids=METRICS_OF_ONES_OWN)
def test_no_target_is_set_anew_for_a_metric_that_pays_for_the_same(metric):
    def remedy(reports, complaints, month):
        return Order(metric(month) if month >= START else None, audit_share=0.2)

    def plain(reports, complaints, month):
        return Order("geometric_mean" if month >= START else None, audit_share=0.2)

    assert judged(remedy, [1], budget=0.2) == pytest.approx(judged(plain, [1], budget=0.2), abs=0.005)


def test_another_metric_a_year_is_a_rotation_and_another_one_each_month_breaks_a_rule():
    def rotation(months):
        return lambda reports, complaints, month: Order(("count", "weight")[month // months % 2] if month >= START else None)

    world = {"n_factories": 24, "horizon": 96, "pride": 0.0}
    ordinary = NailEconomy(rng=1, policy=rotation(KEPT), **world).run().months["usefulness"].to_numpy()
    assert judged(rotation(KEPT), [1], budget=0) == [ordinary[START:].mean()]
    for often in (
        rotation(1),
        rotation(KEPT - 1),
        lambda *seen: Order("count" if seen[-1] >= START and seen[-1] % 2 else None),
    ):
        with pytest.raises(ValueError, match="remedy: changes what it pays by in month"):
            judged(often, [1], budget=0)


def test_to_pay_for_nothing_gains_nothing_nor_does_a_good_year_at_the_end():
    assert gained(lambda reports, complaints, month: Order(), [1, 2], budget=0) == 0
    assert gained(lambda reports, complaints, month: Order("count" if month >= 88 else None), [1, 2, 3, 4], budget=0) < 0.02


def test_what_a_remedy_writes_into_a_report_is_lost():
    def vandal(reports, complaints, month):
        for seen in (reports.count, reports.weight_kg, complaints):
            seen.setflags(write=True)
            seen[:] = 1
        return Order("count" if month >= START else None)

    assert judged(vandal, [1], budget=0) == judged(lambda *seen: Order("count" if seen[-1] >= START else None), [1], budget=0)
    with pytest.raises(ValueError, match="read-only"):
        MANY.count[:] = 1


def test_what_the_course_page_tells_of_marks_and_versions_is_so():
    root = MASTERS.parent
    page, readme = ((root / name).read_text(encoding="utf-8") for name in ("docs/course.md", "README.md"))
    master = LABS[0].master.read_text(encoding="utf-8")
    coded = sum(sum(json.loads(points)) for points in re.findall(r"^# points: (\[.*\])$", master, re.M))
    worded = sum(int(points) for points in re.findall(r"^# points: (\d+)$", master, re.M))
    assert (
        f"`Total Score: {coded:.3f} / {coded:.3f} (100.000%)`, in lab 1, which has {coded + worded} points: the other {worded} "
        in page
    )
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tried = re.findall(r":: (3\.\d+)$", "\n".join(project["classifiers"]), re.M)
    (asked,) = re.findall(r'^uvx -p "([^"]+)" ', page, re.M)
    assert [f"3.{minor}" for minor in range(30) if f"3.{minor}.1" in SpecifierSet(asked)] == tried
    assert f"neither {' nor '.join(tried)}" in page
    assert f"takes Python {(root / '.python-version').read_text().strip()}," in readme
    assert f"{tried[0]} will do" in readme and project["requires-python"] == f">={tried[0]}"
    assert "results.json" in (root / ".gitignore").read_text().splitlines()


def test_hand_ins_are_ranked_as_notebooks_or_as_zips(tmp_path, monkeypatch):
    from app.course import build, check

    (tmp_path / "ann.zip").touch()
    (tmp_path / "bob.ipynb").touch()
    monkeypatch.setattr(commands, "NEEDS", ())
    monkeypatch.setattr(build, "build_wheel", lambda folder: folder)
    monkeypatch.setattr(build, "build_lab", lambda lab, out, wheel, secret: out)
    monkeypatch.setattr(
        check, "grade", lambda path, autograder: check.Graded({"q3": (5, 5)}, {"usefulness": len(path.name) / 100})
    )
    told = course("leaderboard", 4, tmp_path)
    assert told.exit_code == 0, told.stderr
    assert (tmp_path / "leaderboard.csv").read_text() == "place,notebook,value\n1,bob,0.09\n2,ann,0.07\n"
    (tmp_path / "empty").mkdir()
    assert "or of the zips that students hand in" in course("leaderboard", 4, tmp_path / "empty").stderr
