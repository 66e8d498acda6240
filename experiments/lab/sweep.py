"""A sweep, as data: which economies to run, on which seeds, and what to keep of them."""

import ast
import hashlib
import inspect
import itertools
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from types import CodeType
from typing import Any, cast

import numpy as np

from agents.policies import POLICIES
from experiments.lab.kind import ECONOMY, Kind
from experiments.lab.sample import Sample, is_whole
from incentives.bonus import BONUSES
from incentives.hints import did_you_mean
from incentives.metrics import METRICS
from model.parameters import checked

NAMED = {"policy": POLICIES, "bonus": BONUSES, "metric": METRICS, "menu": METRICS, "schedule": METRICS}  # what goes by a name
WITH_SETTINGS = {
    "policy": "; a policy with a memory is a class in POLICIES",
    "bonus": "; one with settings is a line of BONUSES",
}
OURS = ("nails", "incentives", "agents", "model")  # whose source is hashed with the results
KEPT_MONTHS = ("all", "last year", "none")


@dataclass(frozen=True)
class Keep:
    """What is kept of a run, beside its row in `runs`.

    `months`: all of them, those of the last year, or none. `years`: yearly means too. `factories`: months after which every
    factory's row is kept (the first month is 0).
    """

    months: str = "all"
    years: bool = False
    factories: tuple[int, ...] = ()

    def __post_init__(self):
        if self.months not in KEPT_MONTHS:
            raise ValueError(f"keep.months: got {self.months!r}; it takes {', '.join(map(repr, KEPT_MONTHS))}")
        if not isinstance(self.years, bool):
            raise ValueError(f"keep.years: got {self.years!r}; it takes true or false")
        listed = _listed("keep.factories", self.factories, empty_ok=True)
        if not all(is_whole(month) and month >= 0 for month in listed):
            raise ValueError(f"keep.factories: got {self.factories!r}; it takes a list of months from 0")
        object.__setattr__(self, "factories", tuple(sorted(set(listed))))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that a sweep leaves."""
        kept = {"months": self.months != "none", "years": self.years, "factories": bool(self.factories)}
        return ("runs", *(name for name, wanted in kept.items() if wanted))


@dataclass(frozen=True)
class Cell:
    """One economy of a sweep: its number, the name of its scenario, and its parameters.

    `given` are the parameters to build it with, `resolved` all of them in the form that is stored and hashed, `named` the hashes
    of what one's own names in METRICS, BONUSES and POLICIES stand for.
    """

    number: int
    scenario: str
    given: Mapping[str, Any]
    resolved: Mapping[str, Any] = field(repr=False)
    named: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def hash(self) -> str:
        """Hash of the resolved parameters, of what their names stand for, and of the scenario's name."""
        return digest([self.scenario, self.resolved, *([self.named] if self.named else [])])


@dataclass(frozen=True)
class Sweep:
    """Economies to run: every combination of `scenarios`, `zip`, `sample` and `grid`, each on the same seeds.

    `fixed` is {parameter: value}, the same everywhere; `scenarios` is {name: {parameter: value}}, or a list of {parameter:
    value}; `zip` is {parameter: values} taken side by side; `grid` is {parameter: values} taken in every combination. `seeds`
    is how many (`root_seed`, `root_seed` + 1, …) or a list; `kind` is what is run, where it is no economy. Raises a ValueError of
    one line, before anything is run.

    >>> sweep = Sweep("two", grid={"pride": [0.0, 0.3], "bonus": ["linear", "capped"]}, seeds=3)
    >>> [dict(cell.given) for cell in sweep.cells][1]
    {'pride': 0.0, 'bonus': 'capped'}
    >>> sweep.n_cells, sweep.n_runs
    (4, 12)
    """

    name: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    scenarios: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]] = ()
    zip: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sample: Sample | None = None
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    seeds: int | Sequence[int] = 20
    root_seed: int = 0
    keep: Keep = field(default_factory=Keep)
    kind: Kind = ECONOMY

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name or set(self.name) & set("/\\ \n"):
            raise ValueError(f"name: got {self.name!r}; it takes a name without spaces and slashes")
        for kind in ("root_seed", "seeds"):
            object.__setattr__(self, kind, _own_number(getattr(self, kind)))
        if not is_whole(self.seeds):
            object.__setattr__(self, "seeds", list(_listed("seeds", self.seeds, empty_ok=True)))
        object.__setattr__(self, "scenarios", _own_scenarios(self.scenarios))
        if not is_whole(self.root_seed) or self.root_seed < 0:
            raise ValueError(f"root_seed: got {self.root_seed!r}; it takes a whole number from 0")
        if not self.seed_list:
            what = f"got {self.seeds}" if is_whole(self.seeds) else "is empty"
            raise ValueError(f"seeds: {what}; it takes how many, from 1, or a list")
        for kind in ("fixed", "zip", "grid"):
            if not isinstance(getattr(self, kind), Mapping):
                raise ValueError(f"{kind}: got {getattr(self, kind)!r}; it takes a table of parameters")
        object.__setattr__(self, "fixed", {name: _own_number(value) for name, value in self.fixed.items()})
        for kind in ("zip", "grid"):
            tables = {name: _listed(f"{kind}.{name}", values) for name, values in getattr(self, kind).items()}
            object.__setattr__(self, kind, tables)
            for name, listed in tables.items():
                if kind == "grid" and len({_identity(name, value) for value in listed}) < len(listed):
                    raise ValueError(f"grid.{name}: a value stands twice in {list(listed)!r}")
        lengths = {name: len(values) for name, values in self.zip.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(
                f"zip: its lists must be equally long; here {', '.join(f'{k} has {n}' for k, n in lengths.items())}"
            )
        self._check_names()

    def _check_names(self) -> None:
        """Every parameter is one, is set in one place, and a sweep does not set threads."""
        places: dict[str, str] = {}
        scenarios = {name for _, given in self._scenarios for name in given}
        ranges = self.sample.ranges if self.sample else ()
        known = self.kind.parameters.model_fields
        for place, names in (("zip", self.zip), ("grid", self.grid), ("sample", ranges), ("scenarios", scenarios)):
            for name in names:
                if name not in known:
                    hint = did_you_mean(name, known).rstrip()
                    raise ValueError(f"{place}.{name}: is no parameter{hint and '; '}{hint}")
                if name in places:
                    raise ValueError(f"{name}: is set by {places[name]} and by {place}; leave one of them out")
                places[name] = place
        if "threads" in {*places, *self.fixed}:
            raise ValueError("threads: a sweep computes every economy on one thread; leave it out")

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds, the same for every cell."""
        if is_whole(self.seeds):
            n = cast(int, self.seeds)
            return tuple(range(self.root_seed, self.root_seed + n)) if n >= 1 else ()
        listed = _listed("seeds", self.seeds)
        if not all(is_whole(seed) and 0 <= seed < 2**63 for seed in listed):
            raise ValueError(f"seeds: got {self.seeds!r}; it takes how many, from 1, or a list of whole numbers from 0")
        if len(set(listed)) < len(listed):
            raise ValueError(f"seeds: one stands twice in {list(listed)!r}")
        return tuple(listed)

    @property
    def n_cells(self) -> int:
        """Number of cells, counted without making them."""
        sampled = self.sample.n_cells if self.sample else 1
        zipped = min((len(values) for values in self.zip.values()), default=1)
        return len(self._scenarios) * zipped * sampled * math.prod(map(len, self.grid.values()))

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return self.n_cells * len(self.seed_list)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, checked, in the order of the designs above, the last parameter of the grid varying fastest."""
        zipped = [dict(zip(self.zip, row, strict=True)) for row in zip(*self.zip.values(), strict=True)] or [{}]
        points = list(self.sample.points(self.root_seed, self.kind.parameters)) if self.sample else [{}]
        grid = [dict(zip(self.grid, row, strict=True)) for row in itertools.product(*self.grid.values())]
        product = itertools.product(self._scenarios, zipped, points, grid)
        return tuple(
            self._cell(number, scenario, {**chosen, **side, **point, **corner})
            for number, ((scenario, chosen), side, point, corner) in enumerate(product)
        )

    def _cell(self, number: int, scenario: str, varied: dict[str, Any]) -> Cell:
        given = {**self.fixed, **varied}
        try:
            resolved = dict(checked(self.kind.parameters, given))
            resolved.pop("threads", None)
            resolved = {name: plain(name, value) for name, value in resolved.items()}
        except ValueError as error:
            what = ", ".join(f"{name}={value!r}" for name, value in varied.items())
            place = f"cell {number}" + (f" {scenario!r}" if scenario else "") + f" ({what}): " if what else ""
            raise ValueError(f"{place}{error}") from None
        return Cell(number, scenario, given, resolved, _named(resolved))

    @cached_property
    def run_id(self) -> str:
        """Hash of every cell's resolved parameters, of the seeds and of what is kept."""
        kind = [] if self.kind == ECONOMY else [self.kind.run]
        return digest([[cell.hash for cell in self.cells], list(self.seed_list), asdict(self.keep), *kind])[:12]

    @cached_property
    def _scenarios(self) -> list[tuple[str, dict[str, Any]]]:
        """Scenarios as (name, parameters); one without a name where there are none."""
        if isinstance(self.scenarios, Mapping):
            named = list(self.scenarios.items())
        else:
            named = [("", given) for given in _listed("scenarios", self.scenarios, empty_ok=True)]
        for name, given in named:
            if not isinstance(given, Mapping):
                raise ValueError(f"scenarios{name and '.'}{name}: got {given!r}; it takes parameter = value")
        listed = [(str(given.get("name", name)), {k: v for k, v in given.items() if k != "name"}) for name, given in named]
        names = [name for name, _ in listed if name]
        if len(set(names)) < len(names):
            raise ValueError(f"scenarios: a name stands twice in {names!r}")
        return listed or [("", {})]

    @property
    def varied(self) -> tuple[str, ...]:
        """Names of the parameters that the designs set."""
        scenarios = dict.fromkeys(name for _, given in self._scenarios for name in given)
        return (*scenarios, *self.zip, *(self.sample.ranges if self.sample else ()), *self.grid)

    def changed(self, /, *, seeds: int | Sequence[int] | None = None, **fixed: Any) -> "Sweep":
        """The same sweep on other seeds, or with other fixed parameters."""
        return replace(self, seeds=self.seeds if seeds is None else seeds, fixed={**self.fixed, **fixed})


def plain(name: str, value: Any) -> Any:
    """A parameter in the form that JSON stores; a function by its name and the hash of its source (see `_source`)."""
    if isinstance(value, Mapping):
        return {str(key): plain(name, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(name, one) for one in value]
    if not callable(value):
        return value
    module, qualified = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
    if not qualified or "<" in qualified or getattr(sys.modules.get(module), qualified, None) is not value:
        raise ValueError(
            f"{name}: a lambda, an inner function or an object cannot be sent to a worker; use `def` at the top of a module"
            + WITH_SETTINGS.get(name, "")
        )
    if module == "__main__":
        script = getattr(sys.modules["__main__"], "__file__", None)
        if script is None:
            raise ValueError(f"{name}: {qualified} is defined in a notebook, where no worker finds it; put it in a module")
        module = Path(script).stem
    return f"{module}:{qualified} {digest(_source(value))[:12]}"


def _named(resolved: Mapping[str, Any]) -> dict[str, str]:
    """The hash of each function of one's own that parameters call by a name, by parameter and name."""
    found = {}
    for parameter, known in NAMED.items():
        for name in _texts(resolved.get(parameter)):
            one = known.get(name)
            if one is not None and not _is_ours(name, one):
                found[f"{parameter}.{name}"] = digest(_known_by(one))[:12]
    return found


def _is_ours(name: str, one: Any) -> bool:
    """Whether our source says what `name` stands for: something of ours, under its own name and with its own settings."""
    kind = one if hasattr(one, "__qualname__") else type(one)
    if kind.__module__.partition(".")[0] not in OURS or kind.__name__.lower().replace("_", "") != name.replace("_", ""):
        return False
    return getattr(sys.modules[kind.__module__], kind.__name__, None) is kind and (one is kind or one == kind())


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping | list):
        return [text for one in (value.values() if isinstance(value, Mapping) else value) for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def _known_by(value: Any, above: tuple[Any, ...] = ()) -> Any:
    """A function or class by its name and source, one within another by what it sees too, an object by its kind and what it holds.

    `above` are those that hold or see it: a function may see itself.
    """
    if any(one is value for one in above):
        return len(above)
    above = (*above, value)
    if isinstance(value, partial):
        return [_held([value.func, value.args, value.keywords], above)]
    if inspect.ismethod(value):
        return [_known_by(value.__self__, above), value.__name__]
    if not hasattr(value, "__qualname__"):
        return [_known_by(type(value), above), _held(getattr(value, "__dict__", None) or repr(value), above)]
    if hasattr(value, "__wrapped__"):  # and has the name of what it wraps
        return [_written(value, above), _known_by(value.__wrapped__, above)]
    try:
        source = _source(value)
    except (AttributeError, KeyError, OSError, TypeError):  # of a notebook, a class within a function, or none of Python's
        source = None
    if source is None or ("<" in value.__qualname__ and hasattr(value, "__code__")):
        return [value.__qualname__, source, _written(value, above)]
    return [value.__qualname__, source]


def _written(value: Any, above: tuple[Any, ...]) -> list[Any]:
    """The code of a function and what it sees of the one that it is within; of a class, of all its functions."""
    if inspect.isclass(value):
        return [[name, _written(one, above)] for name, one in vars(value).items() if inspect.isfunction(one)]
    if not inspect.isfunction(value):
        return []
    seen = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
    return [_code(value.__code__), [_held(cell.cell_contents, above) for name, cell in seen if name != "__class__"]]


def _held(value: Any, above: tuple[Any, ...]) -> Any:
    """What an object holds, in full, and functions by what they are known by: they lie elsewhere in memory each time."""
    if isinstance(value, Mapping):
        return [[repr(key), _held(one, above)] for key, one in value.items()]
    if isinstance(value, list | tuple):
        return [_held(one, above) for one in value]
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.tolist()]
    return _known_by(value, above) if callable(value) else repr(value)


def _code(code: CodeType) -> list[Any]:
    consts = [_code(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts]
    return [code.co_code.hex(), list(code.co_names), consts]


@cache
def _source(value: Any) -> dict[str, str]:
    """The source of a function of a module, and of what else at the top of that module it goes by, without comments."""
    module, needed, waiting = ast.parse(inspect.getsource(sys.modules[value.__module__])), {}, [value.__name__]
    if "<" in value.__qualname__:  # a lambda or an inner function, by the statement that it stands in
        line = value.__code__.co_firstlineno
        statements = [one for one in module.body if one.lineno <= line <= (one.end_lineno or line)]
        needed[value.__qualname__], waiting = "\n".join(map(ast.unparse, statements)), _names_in(statements)
    while waiting:
        name = waiting.pop()
        if name not in needed and (statements := [one for one in module.body if name in _names_given(one)]):
            needed[name] = "\n".join(map(ast.unparse, statements))
            waiting += _names_in(statements)
    return needed


def _names_in(statements: Sequence[ast.stmt]) -> list[str]:
    return [node.id for one in statements for node in ast.walk(one) if isinstance(node, ast.Name)]


def _names_given(statement: ast.stmt) -> set[str]:
    """The names that a statement gives to something."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def digest(value: Any) -> str:
    """SHA-256 of a value as canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _identity(name: str, value: Any) -> Any:
    """What two values have in common if they are one."""
    return value if isinstance(value, int | float | str) else digest(plain(name, value))


def _listed(place: str, values: Any, *, empty_ok: bool = False) -> Sequence[Any]:
    if isinstance(values, str | Mapping | set | frozenset) or not hasattr(values, "__iter__"):
        raise ValueError(f"{place}: got {values!r}; it takes a list")
    listed = [_own_number(value) for value in values]
    if not listed and not empty_ok:
        raise ValueError(f"{place}: is empty; give it at least one value")
    return listed


def _own_scenarios(scenarios: Any) -> Any:
    """Scenarios in Python's own numbers, and a list of them where they come one by one; what is none is for others to refuse."""

    def own(given: Any) -> Any:
        return {name: _own_number(value) for name, value in given.items()} if isinstance(given, Mapping) else given

    if isinstance(scenarios, Mapping):
        return {name: own(given) for name, given in scenarios.items()}
    return [own(given) for given in _listed("scenarios", scenarios, empty_ok=True)]


def _own_number(value: Any) -> Any:
    """Python's own number, or list, for one of NumPy's, which JSON and a replay command would not know."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
