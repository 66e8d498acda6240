"""From one master to what each reader of a lab needs: students, the instructor, Gradescope and Colab."""

import ast
import base64
import contextlib
import email
import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import app
from app.course.hidden import KEY_FILE, key_of
from incentives.hints import did_you_mean

MASTERS = Path(app.__path__[0]).parent / "assignments"
CELL_SECONDS = 60  # that a cell, or a test, may take when it is graded
GRADING_SECONDS = 900  # that a submission may take in all; Gradescope's own limit should be above it
SET_UP = "# Set-up:"  # how the cell begins that installs
GRADESCOPE = "/autograder/source/files"  # where Gradescope unpacks the files of an autograder
COLAB_NEEDS = ("mesa", "numpy", "pandas", "seaborn", "pydantic", "otter-grader")  # of what the wheel requires
COLAB_ADDS = "networkx"  # which Mesa imports and asks for only in an extra
EXPORT_NOTE = 'A warning that a kernel "is running over TCP without encryption" does no harm: it runs on this machine alone.'


class Lab(NamedTuple):
    """A lab: its name, and its master, which is the one file it is made of."""

    name: str
    master: Path


def known_labs() -> list[Lab]:
    """The labs of this checkout; a ValueError of one line where there are none."""
    found = [Lab(path.parent.name, path) for path in sorted(MASTERS.glob("*/*.py")) if path.stem == path.parent.name]
    if not found:
        raise ValueError(f"{MASTERS}: has no labs; run this in a clone of Nailworks, which has them in assignments/")
    return found


def chosen_labs(asked: list[str]) -> list[Lab]:
    """The labs that were asked for by name, by number or by the words of the name; all of them for none.

    >>> [lab.name for lab in chosen_labs(["1"])]
    ['01_parable']
    """
    known = known_labs()
    names = {name: lab for lab in known for name in _names(lab)}
    for name in asked:
        if name not in names:
            hint = did_you_mean(name, names, cutoff=0.4)
            raise ValueError(f"{name}: is no lab; {hint}there are {', '.join(lab.name for lab in known)}")
    wanted = {names[name] for name in asked} or set(known)
    return [lab for lab in known if lab in wanted]


def _names(lab: Lab) -> list[str]:
    number, _, words = lab.name.partition("_")
    return [lab.name, number, str(int(number)), words, words.replace("_", "-")]


def build_wheel(folder: Path) -> Path:
    """A wheel of this checkout, in `folder`; a ValueError of one line if it cannot be built."""
    uv = shutil.which("uv")
    if uv is None:
        raise ValueError("uv: is not on the path, and builds the wheel that each lab carries; pip install uv")
    command = [uv, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(MASTERS.parent)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        raise ValueError(f"uv build --wheel: failed: {(built.stderr.strip() or built.stdout.strip())[-300:]}")
    return next(folder.glob("*.whl"))


def build_lab(lab: Lab, out: Path, wheel: Path, secret: bytes) -> Path:
    """Build a lab whole, or not at all, as `out`/NAME; returns that folder.

    In it are student/ (the notebook without solutions and hidden tests, the wheel, data if there is some), solution/ (the
    notebook with both), colab/ (one notebook that carries all that student/ holds) and autograder.zip.
    """
    final = out / lab.name
    if final.exists() and not (final / "autograder.zip").exists():
        raise ValueError(f"{final}: exists and is no lab that was built; move it away, or give another --out")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=f".{lab.name}-") as scratch:
        made = _make(lab, Path(scratch), wheel, key_of(lab.name, secret))
        if final.exists():
            final.rename(Path(scratch) / "before")
        made.rename(final)
    return final


def cells_of(lab: Lab) -> list[Any]:
    """The cells of the master."""
    import jupytext

    return jupytext.read(lab.master).cells


def tagged(cell: Any, tag: str) -> bool:
    """Whether a cell of a master has a tag: `drawn` or `cheat`."""
    return tag in cell.metadata.get("tags", ())


def _make(lab: Lab, scratch: Path, wheel: Path, key: bytes) -> Path:
    """The finished folder of a lab, somewhere in `scratch`."""
    made, masters = scratch / "made", scratch / "master"
    masters.mkdir()
    (masters / KEY_FILE).write_bytes(key)
    with contextlib.chdir(masters):
        cells = [_drawn(cell) if tagged(cell, "drawn") else cell for cell in cells_of(lab) if not tagged(cell, "cheat")]
    data = sorted(path.name for path in masters.iterdir() if path.name != KEY_FILE)
    shutil.copy(wheel, masters)

    _assign(lab, cells, masters, scratch / "local", [*data, wheel.name], _install_here(wheel.name))
    shutil.move(scratch / "local" / "student", made / "student")
    (made / "solution").mkdir()
    for name in (f"{lab.name}.ipynb", wheel.name, *data):
        shutil.move(scratch / "local" / "autograder" / name, made / "solution" / name)
    (zipped,) = (scratch / "local" / "autograder").glob("*.zip")
    _finish_autograder(zipped, made / "autograder.zip")

    _assign(lab, cells, masters, scratch / "colab", [*data, wheel.name], None)
    (made / "colab").mkdir()
    _write_colab(scratch / "colab" / "student", f"{lab.name}.ipynb", wheel.name, made / "colab")
    return made


def _drawn(cell: Any) -> Any:
    """A cell whose names are given the values that running it here gave them; what it writes is handed out with the lab.

    Names that begin with an underscore are kept back, and so is all else but comments before the first statement.
    """
    tree = ast.parse(cell.source)
    names: dict[str, Any] = {}
    exec(compile(tree, "a drawn cell", "exec"), names)
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    lines = cell.source.splitlines()[: tree.body[0].lineno - 1]
    for name in (target.id for target in targets if isinstance(target, ast.Name) and target.id[0] != "_"):
        value = names[name]
        if not isinstance(value, str | int | float | list | tuple | dict):
            raise ValueError(
                f"{name}: a drawn cell made it a {type(value).__name__}, which cannot be written down; _{name} is kept back"
            )
        lines.append(f"{name} = {value!r}")
    cell.source = "\n".join(lines)
    return cell


def _assign(lab: Lab, cells: list[Any], masters: Path, out: Path, files: list[str], install: str | None) -> None:
    """Let otter make its folders student/ and autograder/ in `out`; for Colab without a cell that installs."""
    import nbformat
    from otter.assign import main as otter_assign

    config = {
        "name": lab.name,
        "runs_on": "default" if install else "colab",
        "tests": {"ok_format": False, "files": install is None},
        "files": files,
        "autograder_files": [KEY_FILE],
        "requirements": [f"{GRADESCOPE}/{files[-1]}", "ipykernel"],
        "export_cell": {"pdf": False, "run_tests": True, "instructions": EXPORT_NOTE},
        "generate": {"pdf": False, "plugins": [{"app.course.on_time.OnTime": {"seconds": CELL_SECONDS}}]},
        "show_question_points": False,
    }
    first = nbformat.v4.new_raw_cell("# ASSIGNMENT CONFIG\n" + json.dumps(config, indent=2))
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    set_up = [nbformat.v4.new_code_cell(install, metadata={"tags": ["otter_ignore"]})] if install else []
    notebook = nbformat.v4.new_notebook(cells=[first, *set_up, *cells], metadata=metadata)
    path = masters / f"{lab.name}.ipynb"
    nbformat.write(notebook, path)
    with contextlib.redirect_stdout(io.StringIO()):
        otter_assign(str(path), str(out), no_run_tests=True, no_pdfs=True)
    path.unlink()
    if install:
        for made in out.rglob(path.name):
            _set_up_first(made)


def _set_up_first(path: Path) -> None:
    """Put the cell that installs otter before the one in which otter imports it."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.sort(key=lambda cell: not cell.source.startswith(SET_UP))
    nbformat.write(notebook, path)


def _install_here(wheel: str) -> str:
    return (
        f"{SET_UP} installs what this notebook needs, unless it is there. Run it first; it does no harm to run it again.\n"
        "from pathlib import Path\n\n"
        "try:\n"
        "    import otter\n\n"
        "    import model.economy\n"
        "except ImportError:\n"
        f'    if not Path("{wheel}").exists():\n'
        f'        raise SystemExit("{wheel} is not beside this notebook; put it there, and run this cell again") from None\n'
        f'    %pip install -q "./{wheel}[course]"'
    )


def _finish_autograder(zipped: Path, final: Path) -> None:
    """Otter's zip with an end to all grading, whatever a submission does."""
    with zipfile.ZipFile(zipped) as before, zipfile.ZipFile(final, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "run_autograder":
                line, limited = b"\npython ", f"\ntimeout --kill-after=10 {GRADING_SECONDS} python ".encode()
                assert content.count(line) == 1
                content = content.replace(line, limited) + _OVERDUE.encode()
            after.writestr(name, content)


_OVERDUE = f"""
if [ ! -s /autograder/results/results.json ]; then
    echo '{{"score": 0, "output": "This submission could not be graded within {GRADING_SECONDS} seconds. Does a loop never end?"}}' \\
        >/autograder/results/results.json
fi
python -m app.course.leaderboard
"""


def _write_colab(student: Path, name: str, wheel: str, out: Path) -> None:
    """A notebook that unpacks, in its first cell, all else that a student gets."""
    import nbformat

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(student.rglob("*")):
            if path.is_file() and path.name != name:
                file.write(path, path.relative_to(student))
    source = (
        "# @title Set-up: run this first (it takes about a minute)\n"
        "import base64, io, zipfile\n\n"
        f'packed = "{base64.b64encode(packed.getvalue()).decode()}"\n'
        "zipfile.ZipFile(io.BytesIO(base64.b64decode(packed))).extractall()\n"
        f'%pip install -q --no-deps "./{wheel}"\n'
        f"%pip install -q {' '.join(json.dumps(need) for need in _colab_needs(student / wheel))}"
    )
    notebook = nbformat.read(student / name, as_version=4)
    metadata = {"tags": ["otter_ignore"], "cellView": "form"}
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("%pip install -q otter-grader")]
    notebook.cells.insert(0, nbformat.v4.new_code_cell(source, metadata=metadata))
    nbformat.write(notebook, out / name)


def _colab_needs(wheel: Path) -> Iterator[str]:
    """What the labs need of what the wheel requires: without the browser page, which Colab's own packages would not suffer."""
    from packaging.requirements import Requirement

    with zipfile.ZipFile(wheel) as file:
        metadata = "".join(file.read(name).decode() for name in file.namelist() if name.endswith(".dist-info/METADATA"))
    for line in email.message_from_string(metadata).get_all("Requires-Dist", ()):
        need = Requirement(line)
        if need.name in COLAB_NEEDS and (need.marker is None or need.marker.evaluate({"extra": "course"})):
            yield f"{need.name}{need.specifier}"
    yield COLAB_ADDS
