"""How a run is passed on: as an address, as Python, as a command.

`uv run python -m app.share "seed=7&do=24:metric:weight&months=60"` repeats a run from its address and prints its months as CSV.
"""

import sys
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.replay import FIRST_SEED, Decree, Led, Replay
from incentives.metrics import metric_name
from incentives.own import name_of
from model.economy import DECREES
from model.learning.policy import read_weights, weights_as_text
from model.parameters import Parameters

SAFE = ":,"  # characters that an address carries as they are


def address(replay: Replay) -> str:
    """The query string that repeats a run: its seed, the parameters given, what leads a factory, the decrees, and the months run.

    >>> address(Replay(seed=3, parameters={"policy": "reactive"}, decrees=[(5, {"metric": None, "bonus_strength": 0.2})]))
    'seed=3&policy=reactive&do=5:metric:none,5:bonus_strength:0.2&months=0'
    """
    query = {"seed": replay.seed, **{name: _written(name, value) for name, value in replay.given.items()}}
    if replay.led is not None:
        factory, power, weights = replay.led
        query["led"] = f"{factory}:{power}:{weights_as_text(weights)}"
    done = [f"{month}:{name}:{_written(name, value)}" for month, decree in replay.decrees for name, value in decree.items()]
    if done:
        query["do"] = ",".join(done)
    return urlencode({**query, "months": replay.month}, safe=SAFE)


def read_address(query: str) -> tuple[Replay, int]:
    """The run of an address, not yet begun, and how many months of it were run; a ValueError of one line if it will not do.

    >>> replay, months = read_address("?seed=3&n_factories=12&do=5:metric:count&months=8")
    >>> replay.seed, replay.given, replay.decrees, months
    (3, {'n_factories': 12}, [(5, {'metric': 'count'})], 8)
    """
    given: dict[str, Any] = dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))
    seed = _whole("seed", given.pop("seed", str(FIRST_SEED)))
    months = _whole("months", given.pop("months", "0"))
    led = _led(given.pop("led")) if "led" in given else None
    decrees = [_decree(text) for text in given.pop("do", "").split(",") if text]
    if "schedule" in given:
        given["schedule"] = dict(_dated(item) for item in given["schedule"].split(",") if item)
    if "menu" in given:
        given["menu"] = tuple(map(_metric, given["menu"].split(",")))
    if "metric" in given:
        given["metric"] = _metric(given["metric"])
    for name, value in given.items():
        if value == "none":
            given[name] = None
    replay = Replay(seed, typed(given), decrees, led=led)
    if months > replay.horizon:
        raise ValueError(f"months: got {months}; it takes up to the horizon, {replay.horizon}")
    return replay, months


def as_python(replay: Replay) -> str:
    """A script that repeats a run and prints its months."""
    given = "".join(f", {name}={_code(value)}" for name, value in replay.given.items())
    events = []
    for month, decree in replay.decrees:
        said = ", ".join(f"{name}={_code(value)}" for name, value in decree.items())
        events.append((month, f"economy.intervene({said})"))
    lines = ["from model.economy import NailEconomy"]
    if replay.led is not None and replay.led_from is not None:
        factory, power, weights = replay.led
        lines += ["from model.learning.factory import Learners", "from model.learning.policy import linear, read_weights"]
        lines += ["", f'learned = linear(read_weights("{weights_as_text(weights)}"))']
        events.append((replay.led_from, f"Learners(economy, {factory}, power={power!r}, act=learned)"))
    lines += ["", f"economy = NailEconomy(rng={replay.seed}{given})"]
    for month, event in sorted(events, key=lambda event: event[0]):
        if month < replay.month:
            lines += [f"while economy.month < {month}:", "    economy.step()", event]
    lines += [f"while economy.month < {replay.month}:", "    economy.step()", "print(economy.months)"]
    return "\n".join(lines) + "\n"


def as_command(replay: Replay) -> str:
    """A command that repeats a run and prints its months as CSV."""
    return f'uv run python -m app.share "{address(replay)}"'


def _written(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{month}:{_written('metric', metric)}" for month, metric in value.items())
    if isinstance(value, tuple | list):  # of metrics: a menu, or several that are paid by together
        return ",".join(_written("metric", metric) for metric in value) if name == "menu" else "+".join(map(metric_name, value))
    return "none" if value is None else name_of(value) if callable(value) else str(value)


def _code(value: Any) -> str:
    """A value as Python code; a function, which whoever reads the script has to bring, by its name."""
    return name_of(value) if hasattr(value, "__name__") else repr(value)


def _metric(text: str) -> str | tuple[str, ...] | None:
    several = tuple(text.replace(" ", "+").split("+"))  # a bare + in an address is read as a space
    return None if text == "none" else several if len(several) > 1 else text


def typed(given: dict[str, Any]) -> dict[str, Any]:
    """Numbers as numbers, where the parameter is one; what is none is left for the parameters to refuse."""
    typed: dict[str, Any] = {}
    for name, value in given.items():
        field = Parameters.model_fields.get(name)
        kinds = {int: (int,), float: (float,), int | None: (int,)}.get(field.annotation, ()) if field else ()  # type: ignore[arg-type]
        typed[name] = _number(value, kinds[0]) if kinds and isinstance(value, str) else value
    return typed


def _number(text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text


def _whole(name: str, text: str) -> int:
    if text.strip().isdecimal() and len(text) <= 100:
        return int(text)
    raise ValueError(f"{name}: got {text[:40]!r}; it takes a whole number from 0")


def _decree(text: str) -> Decree:
    month, name, value = (*text.split(":", 2), "", "")[:3]
    if name not in DECREES or not value:
        raise ValueError(f"do: got {text[:40]!r}; it takes month:name:value, the name one of {', '.join(DECREES)}")
    return _whole("do", month), {
        name: _metric(value) if name == "metric" else value if name == "bonus" else _number(value, float)
    }


def _led(text: str) -> Led:
    factory, power, weights = (*text.split(":", 2), "", "")[:3]
    moved = _number(power, float)
    if not isinstance(moved, float):
        raise ValueError(f"led: got {text[:40]!r}; it takes factory:power:weights")
    return Led(_whole("led", factory), moved, read_weights(weights))


def _dated(text: str) -> tuple[int, Any]:
    month, _, metric = text.partition(":")
    if not metric:
        raise ValueError(f"schedule: got {text[:40]!r}; it takes month:metric,month:metric")
    return _whole("schedule", month), _metric(metric)


def main() -> None:
    """Repeat the run of an address, and print its months as CSV."""
    if len(sys.argv) != 2:
        sys.exit('usage: python -m app.share "seed=7&do=24:metric:weight&months=60"')
    try:
        replay, months = read_address(sys.argv[1])
        replay.advance(months)
    except ValueError as error:
        sys.exit(str(error))
    replay.economy.months.to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main()
