"""A sweep written as TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from experiments.lab.sample import Sample
from experiments.lab.sweep import Keep, Sweep
from incentives.hints import did_you_mean


def read_sweep(path: str | Path) -> Sweep:
    """The sweep that a TOML file describes; a ValueError of one line that says where it is wrong."""
    path = Path(path)
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: is no TOML: {error}") from None  # names line and column
    except UnicodeDecodeError:
        raise ValueError(f"{path}: is no text in UTF-8") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        given = {"name": path.stem, **given}
        for key, kind in (("sample", Sample), ("keep", Keep)):
            if key in given:
                given[key] = _built(kind, given[key], f"{key}.")
        return _built(Sweep, given)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _built[T](kind: type[T], given: Any, prefix: str = "") -> T:
    """A dataclass from a TOML table."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{prefix.rstrip('.')}: got {given!r}; it takes a table")
    known = [f.name for f in fields(cast(Any, kind))]
    for key in given:
        if key not in known:
            raise ValueError(f"{prefix}{key}: means nothing here; {did_you_mean(key, known)}it takes {', '.join(known)}")
    for key in ("fixed", "zip", "grid"):
        if not isinstance(given.get(key, {}), Mapping):
            raise ValueError(f"{prefix}{key}: got {given[key]!r}; it takes a table")
    for key in ("method", "n", "ranges") if kind is Sample else ():
        if key not in given:
            raise ValueError(f"{prefix}{key}: is missing")
    return kind(**given)
