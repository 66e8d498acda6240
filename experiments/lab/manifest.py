"""The manifest: what a folder of results holds, and what it was made with."""

import hashlib
import json
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.lab.kind import ECONOMY
from experiments.lab.sweep import Keep, Sweep, plain

FORMAT = 1  # of the folder; another one is refused
ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("nails", "incentives", "agents", "model", "analysis/goodhart.py", "experiments/lab/work.py")  # what decides a row
PACKAGES = ("nailworks", "mesa", "numpy", "pandas", "pyarrow", "SALib")
NAME = "manifest.json"
SAYS: dict[str, Any] = {  # what every manifest says, by its type
    "name": str, "run_id": str, "specification": dict, "cell_numbers": list | None, "source_hash": str, "source": dict,
    "mixed_with": list, "wall_seconds": int | float,
}  # fmt: skip
SPECIFIES: dict[str, Any] = {"seeds": list, "keep": dict, "cells": int}  # and its specification


def specification(sweep: Sweep) -> dict[str, Any]:
    """What decides the results of a sweep: its resolved parameters, its designs, its seeds and what is kept; and the
    hashes of functions of one's own that go by a name.

    Parameters with the same value in every cell are in `parameters`; the rest of them stand in the folder's cells.parquet.
    """
    first, *others = [cell.resolved for cell in sweep.cells]
    common = {name: value for name, value in first.items() if all(one[name] == value for one in others)}
    named = {name: known for cell in sweep.cells for name, known in cell.named.items()}
    design = {name: plain(name, getattr(sweep, name)) for name in ("fixed", "scenarios", "zip", "grid")}
    return {
        "parameters": common,
        **({"named": named} if named else {}),
        **{name: value for name, value in design.items() if value},
        **({"sample": plain("sample", asdict(sweep.sample))} if sweep.sample else {}),
        "seeds": list(sweep.seed_list),
        "keep": plain("keep", asdict(sweep.keep)),
        "cells": sweep.n_cells,
        **({} if sweep.kind == ECONOMY else {"run": sweep.kind.run, "tables": list(sweep.kind.tables)}),
    }


@cache
def source() -> dict[str, str]:
    """Hash of each source file that decides what a run gives, by its path in the repository."""
    files: list[Path] = []
    for place in SOURCES:
        path = ROOT / place
        files += [path] if path.is_file() else [f for f in path.rglob("*") if f.suffix in (".py", ".csv")]
    return {str(f.relative_to(ROOT)): hashlib.sha256(f.read_bytes()).hexdigest()[:16] for f in sorted(files)}


@cache
def source_hash() -> str:
    """One hash of them all."""
    return hashlib.sha256(json.dumps(source()).encode()).hexdigest()[:16]


def new_manifest(sweep: Sweep) -> dict[str, Any]:
    """The manifest of a folder in which nothing has been run yet."""
    return {
        "format": FORMAT,
        "name": sweep.name,
        "run_id": sweep.run_id,
        "root_seed": sweep.root_seed,
        "specification": specification(sweep),
        "cell_numbers": None,  # where cells of several sweeps are mixed: those of the latest
        "source_hash": source_hash(),
        "source": source(),
        "mixed_with": [],  # specifications and sources that --force put into the same folder before
        **circumstances(),
        "started": now(),
        "wall_seconds": 0.0,
        "content_hash": None,
    }


def circumstances() -> dict[str, Any]:
    """Command, commit, versions and machine."""
    return {
        "command": this_command(),  # null from a notebook
        "git_commit": _git("rev-parse", "HEAD"),
        "git_dirty": _git("status", "--porcelain") not in ("", None),
        "versions": {"python": platform.python_version()} | {package: version(package) for package in PACKAGES},
        "platform": platform.platform(),
    }


def this_command() -> str | None:
    """The command that this process was started with, for a shell in the same folder; None if it was none of ours."""
    script = Path(sys.argv[0])
    if script.stem == "nailworks":
        return shlex.join(["uv", "run", "nailworks", *sys.argv[1:]])
    if script.suffix == ".py":
        return shlex.join(["uv", "run", "python", *sys.argv])
    return None


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder; a ValueError of one line where there is none of ours."""
    path = folder / NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{folder}: holds no {NAME}, so it is no folder of a sweep") from None
    except (ValueError, OSError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); name another folder, or restore that file") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise ValueError(f"{path}: is no manifest of ours; name another folder")
    if manifest["format"] != FORMAT:
        raise ValueError(f"{path}: is of format {manifest['format']}, and this Nailworks reads {FORMAT}; name another folder")
    if missing := _missing(manifest):
        raise ValueError(f"{path}: lacks {', '.join(missing)}; name another folder, or restore that file")
    return manifest


def _missing(manifest: Mapping[str, Any]) -> list[str]:
    """What a manifest does not say, or not as ours do."""
    missing = [key for key, kind in SAYS.items() if not isinstance(manifest.get(key, ...), kind)]
    if "specification" in missing:
        return missing
    asked = manifest["specification"]
    missing += [f"specification.{key}" for key, kind in SPECIFIES.items() if not isinstance(asked.get(key), kind)]
    if not missing:
        try:
            Keep(**asked["keep"])
        except (TypeError, ValueError):
            missing.append("specification.keep")
    return missing


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """What differs between two manifests in specification or source, one phrase each; none where one resumes the other."""
    found = []
    if there["run_id"] != here["run_id"]:
        old, new = _flat(there["specification"]), _flat(here["specification"])
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        names.sort(key=lambda name: name == "cells")
        # What a design says is clearer than that a parameter is no longer the same in every cell.
        clear = [name for name in names if not name.startswith("parameters.") or (name in old and name in new)]
        found += [f"{name.removeprefix('parameters.')}: {_short(old, name)} there, {_short(new, name)} here" for name in clear]
        found = found or ["the cells differ"]
    if there["source_hash"] != here["source_hash"]:
        old, new = there["source"], here["source"]
        files = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        found.append(f"the source has changed since: {', '.join(files[:3])}{more}")
    return found


def now() -> str:
    """The time, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _flat(tree: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(tree, dict):
        return {name: tree}
    return {key: value for k, one in tree.items() for key, value in _flat(one, f"{name}.{k}" if name else k).items()}


def _short(flat: Mapping[str, Any], name: str) -> str:
    if name not in flat:
        return "nothing"
    value = flat[name]
    if isinstance(value, list) and len(value) > 6:
        return f"{len(value)} values from {value[0]!r} to {value[-1]!r}"
    return repr(value)


def _git(*command: str) -> str | None:
    """What git answers about this repository; None where there is no git."""
    try:
        return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
