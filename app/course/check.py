"""Labs checked as students would hand them in: `otter run` on the solution, on a blank notebook, on cheats and on a loop."""

import base64
import copy
import io
import json
import multiprocessing
import os
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from app.course import leaderboard
from app.course.build import Lab, build_lab, cells_of, tagged
from app.course.hidden import key_of

LOOP = "while True:\n    pass"
LOOP_SECONDS = 10  # that a cell may take when the endless loop is tried
PATIENCE_SECONDS = 600  # for one submission, on a busy machine

type Scores = dict[str, tuple[float, float]]


class Graded(NamedTuple):
    """What a notebook earns, question by question: (score, most); and what its tests posted to the leaderboard."""

    scores: Scores
    posted: dict[str, float]

    @property
    def told(self) -> str:
        """The points in words."""
        got, most = (sum(column) for column in zip(*self.scores.values(), strict=True))
        return f"{got:g} of {most:g} points"


class Claim(NamedTuple):
    """What should be so of a lab, whether it is, and what was seen."""

    says: str
    holds: bool
    seen: str


def check_lab(lab: Lab, wheel: Path, secret: bytes, *, everything: bool) -> Iterator[Claim]:
    """Build a lab in a temporary folder, and see what its submissions earn."""
    with tempfile.TemporaryDirectory(prefix="nailworks-course-") as scratch:
        folder = build_lab(lab, Path(scratch), wheel, secret)
        yield _nothing_hidden_is_given_out(lab, folder, key_of(lab.name, secret).decode())
        claims = list(_submissions(lab, folder, everything))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda claim: claim(), claims)


def grade(submission: Path, autograder: Path) -> Graded | None:
    """What a notebook earns. None if grading did not end in time.

    A process of its own runs otter, which has the notebook run in a kernel; both end with it.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["otter.run"])
    with tempfile.TemporaryDirectory(prefix="nailworks-grading-") as out:
        process = context.Process(target=_otter_run, args=(str(submission), str(autograder), out))
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            return None
        try:
            tests = json.loads((Path(out) / "results.json").read_text(encoding="utf-8"))["tests"]
        except OSError:
            told = (Path(out) / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            why = told[-1] if told else "it said nothing"
            raise ValueError(f"{submission.name}: otter could not grade it: {why}") from None
        posted = Path(out) / leaderboard.FILE
        values = json.loads(posted.read_text(encoding="utf-8")) if posted.exists() else {}
    return Graded({test["name"]: (test["score"], test["max_score"]) for test in tests if "max_score" in test}, values)


def _otter_run(submission: str, autograder: str, out: str) -> None:
    log = os.open(os.path.join(out, "log"), os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ[leaderboard.VARIABLE] = os.path.join(out, leaderboard.FILE)
    from otter.run import main as otter_run

    otter_run(submission, autograder=autograder, output_dir=out, no_logo=True)


def _submissions(lab: Lab, folder: Path, everything: bool) -> Iterator[Callable[[], Claim]]:
    """What is to be graded, each as a function that does so."""
    import nbformat

    name, autograder = f"{lab.name}.ipynb", folder / "autograder.zip"
    solution = folder / "solution" / name
    yield partial(_graded, "the solution earns full marks", solution, autograder, _all)
    yield partial(_graded, "a blank notebook earns nothing", folder / "student" / name, autograder, _nothing)
    if not everything:
        return
    yield partial(_graded, "a blank Colab notebook earns nothing", folder / "colab" / name, autograder, _nothing)

    solved, questions = nbformat.read(solution, as_version=4), _questions(lab)
    rounds = max(len(cheats) for _, cheats in questions.values())
    if not rounds:
        raise ValueError(f"{lab.name}: has no hard-coded answer to try; a cell tagged 'cheat' in a question is one")
    for number in range(rounds):
        swaps = {question: (answer, cheats[number]) for question, (answer, cheats) in questions.items() if cheats[number:]}
        path = _submission(folder / f"cheat_{number + 1}" / name, _swapped(solved, swaps.values()))
        says = f"hard-coded answers to {', '.join(swaps)} earn nothing"
        yield partial(_graded, says, path, autograder, _nothing, set(swaps))

    first, (answer, _) = next(iter(questions.items()))
    path = _submission(folder / "loop" / name, _swapped(solved, [(answer, LOOP)]))
    _with_seconds(autograder, path.parent / "autograder.zip", LOOP_SECONDS)
    says = f"an endless loop in {first} ends, and earns nothing"
    yield partial(_graded, says, path, path.parent / "autograder.zip", _nothing, {first})


def _all(got: float, most: float) -> bool:
    return got == most > 0


def _nothing(got: float, most: float) -> bool:
    return got == 0 < most


def _graded(says: str, path: Path, autograder: Path, right: Callable[[float, float], bool], only: Any = ()) -> Claim:
    """Whether the scores of a submission are right, in every question or in `only` some."""
    begun = time.perf_counter()
    graded = grade(path, autograder)
    if graded is None:
        return Claim(says, False, f"not graded within {PATIENCE_SECONDS} s")
    scores = graded.scores
    wrong = [question for question in only or scores if not right(*scores[question])]
    seen = f"{graded.told}, {time.perf_counter() - begun:.0f} s"
    return Claim(says, not wrong and bool(scores), seen + (f"; wrong in {', '.join(wrong)}" if wrong else ""))


def _questions(lab: Lab) -> dict[str, tuple[str, list[str]]]:
    """The code questions of a lab: each with the source of its answer and of its hard-coded answers."""
    found: dict[str, tuple[str, list[str]]] = {}
    question, inside, answers, cheats = "", False, [], []
    for cell in cells_of(lab):
        if cell.cell_type == "raw":
            if "BEGIN QUESTION" in cell.source:
                (question,) = re.findall(r"^name: *(\S+)", cell.source, re.MULTILINE)
                answers, cheats = [], []
            inside = (inside or "BEGIN SOLUTION" in cell.source) and "END SOLUTION" not in cell.source
            if "END QUESTION" in cell.source and answers:
                found[question] = (answers[0], cheats)
        elif inside and cell.cell_type == "code":
            (cheats if tagged(cell, "cheat") else answers).append(cell.source)
    return found


def _swapped(notebook: Any, swaps: Any) -> Any:
    """A notebook with the source of some cells replaced, each once."""
    notebook = copy.deepcopy(notebook)
    for old, new in swaps:
        (cell,) = (cell for cell in notebook.cells if cell.source.strip() == old.strip())
        cell.source = new
    return notebook


def _submission(path: Path, notebook: Any) -> Path:
    import nbformat

    path.parent.mkdir()
    nbformat.write(notebook, path)
    return path


def _with_seconds(autograder: Path, copy_to: Path, seconds: float) -> None:
    """A copy of an autograder that gives a cell other seconds."""
    with zipfile.ZipFile(autograder) as before, zipfile.ZipFile(copy_to, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "otter_config.json":
                content = re.sub(rb'"seconds": \d+', b'"seconds": %d' % seconds, content)
            after.writestr(name, content)


def _nothing_hidden_is_given_out(lab: Lab, folder: Path, key: str) -> Claim:
    """Neither the students' folder nor the Colab notebook holds a solution, a hidden test, a cheat or the key."""
    secrets = {"a hidden test": "hidden=True)\ndef ", "the key": key, "a master": f"{lab.name}/{lab.name}.py"}
    for question, (answer, cheats) in _questions(lab).items():
        inner = re.search(r"# BEGIN SOLUTION\n(.*?)\n *# END SOLUTION", answer, re.DOTALL)
        secrets |= {f"the solution of {question}": (inner[1] if inner else answer).strip()}
        secrets |= {f"a cheat of {question}": cheat.strip() for cheat in cheats}
    given = {}
    for part in ("student", "colab"):
        for path in (folder / part).rglob("*"):
            given |= _texts(path.name, path.read_bytes()) if path.is_file() else {}
    found = [
        f"{what} in {name}"
        for what, secret in secrets.items()
        for name, text in given.items()
        if secret in text and not (".whl/" in name and what.startswith("the solution"))  # Nailworks itself may be the answer
    ]
    seen = "; ".join(found) or f"{len(given)} files read"
    return Claim("students get no solution, no hidden test and no key", not found, seen)


def _texts(name: str, content: bytes) -> dict[str, str]:
    """What a file says to somebody who looks: the files in a zip, the sources and metadata of a notebook, what a cell carries."""
    if name.endswith((".zip", ".whl")):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = "\n".join(packed.namelist())
            inner = [_texts(f"{name}/{one}", packed.read(one)) for one in packed.namelist()]
        return {key: text for texts in inner for key, text in texts.items()} | {name: names}
    text = content.decode("utf-8", errors="replace")
    if not name.endswith(".ipynb"):
        return {name: text}
    notebook = json.loads(text)
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    texts = {name: "\n".join([*sources, *map(str, notebook["metadata"].get("otter", {}).get("tests", {}).values())])}
    for packed in re.findall(r'^packed = "(\S+)"$', "\n".join(sources), re.MULTILINE):
        texts |= _texts(f"{name}/packed.zip", base64.b64decode(packed))
    return texts
