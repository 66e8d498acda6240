"""The house stands: our import names are our own, and the repository holds what it should and nothing else."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("nails", "incentives", "agents", "model", "experiments", "analysis", "app")
INITS = sorted(path for room in ROOMS for path in (ROOT / room).rglob("__init__.py"))

# Addresses of package registries, and settings that name one. The backslashes keep this file from naming them itself.
REGISTRY = re.compile(
    rb"pypi\.org|pythonhosted\.org|registry\.npmjs|(?:deb|security|snapshot)\.debian\.org|conda\.anaconda"
    rb"|https?://[^\s\"'<>]+/simple\b|index[-_]url\b|tool\.uv\.index|UV_(?:DEFAULT_)?INDEX\s*=",
    re.IGNORECASE,
)


def shadowing(distributions: Mapping[str, Iterable[str]], ours: str = "nailworks") -> list[str]:
    """One line for each room of ours that another installed distribution also provides.

    `distributions` maps an import name to the distributions providing it, as `packages_distributions()` does.
    """
    return [
        f"the distribution {other!r} installs a package {room!r}, which hides ours: "
        f"uninstall {other!r} or run Nailworks in an environment of its own (uv run makes one)"
        for room in ROOMS
        for other in sorted(set(distributions.get(room, ())))
        if canonicalize_name(other) != ours
    ]


def repository_files() -> list[Path]:
    """Files that are committed, and those that the next `git add --all` would commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"git cannot list the files of {ROOT}: {error}")
    return sorted({ROOT / name for name in names.split("\0") if name})


def test_no_other_distribution_shadows_a_room():
    lines = shadowing(packages_distributions())
    assert not lines, "\n".join(lines)


def test_a_shadowing_distribution_is_named():
    lines = shadowing({"model": ["nailworks", "some-model"], "agents": ["Nailworks"], "mesa": ["mesa"]})
    assert len(lines) == 1
    assert "'some-model' installs a package 'model'" in lines[0]


@pytest.mark.parametrize("room", ROOMS)
def test_the_room_that_python_imports_is_this_one(room):
    spec = importlib.util.find_spec(room)
    assert spec is not None, f"{room!r} cannot be imported: run `uv sync` in {ROOT}"
    assert spec.origin == str(ROOT / room / "__init__.py"), f"{room!r} is {spec.origin}, not this repository's"


@pytest.mark.parametrize("path", INITS, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_init_is_one_docstring_and_nothing_else(path):
    module = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(module), f"{path} has no docstring"
    assert len(module.body) == 1, f"{path} holds more than its docstring"


def test_tests_are_no_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("room", ["app", "experiments"])
def test_no_script_bears_the_name_of_a_room_or_of_the_standard_library(room):
    # Run by path, a script's folder comes first on sys.path: app/model.py would be what `import model` finds.
    names = {path.stem for path in (ROOT / room).rglob("*.py")} - {"__init__", "__main__"}
    names |= {path.parent.name for path in (ROOT / room).rglob("*/__init__.py")} - {room}
    taken = names & (set(ROOMS) | sys.stdlib_module_names)
    assert not taken, f"in {room}/, rename {sorted(taken)}"


def test_no_file_is_a_lock_file_or_names_a_registry():
    files = repository_files()
    assert ROOT / "pyproject.toml" in files
    assert not [path for path in files if path.name == "uv.lock"], "uv.lock records download addresses"
    found = [(path, REGISTRY.search(path.read_bytes())) for path in files if path.is_file()]
    lines = [f"{path.relative_to(ROOT)} names {match[0].decode()!r}" for path, match in found if match]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("text", ["https://example.test/" + "simple/", "PyPI" + ".org", "UV_INDEX" + "=x"])
def test_a_registry_address_is_recognised(text):
    # The parts are joined here so that this file passes its own check.
    assert REGISTRY.search(text.encode())


def test_the_chosen_python_is_one_we_support():
    chosen = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert chosen in SpecifierSet(project["requires-python"])
    assert f"Programming Language :: Python :: {chosen}" in project["classifiers"]
