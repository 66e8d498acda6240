"""The command `nailworks learn`: let a factory or a robot learn by trial, and play back what it has learned."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.command import Settings, one_line_errors, read_settings
from incentives.hints import did_you_mean

if TYPE_CHECKING:  # slow to import
    from model.cleaning_room import CleaningRoom
    from model.learning.lesson import Episode
    from model.room_parameters import RoomParameters

LINES = 8  # that are told of a training
RESULTS = Path("results/learn")

What = Annotated[str | None, typer.Argument(help="Who learns: nail-factory or cleaning-robot.", show_default=False)]
MetricName = Annotated[
    str | None, typer.Option(metavar="NAME", help="What it is paid by [default: count; a robot: pieces].", show_default=False)
]
Power = Annotated[
    float | None, typer.Option(help="Step sizes that a factory can move in a month [default: 1].", show_default=False)
]
Budget = Annotated[
    int | None, typer.Option(help="Episodes to learn from [default: 160; a robot: 1000 days].", show_default=False)
]
RewardName = Annotated[
    str | None, typer.Option(help="observed: its pay; hidden: its real use, the honest control.", show_default=False)
]
Seed = Annotated[int, typer.Option(min=0, help="The seed of the training; of a replay, the world's.")]
File = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where the policy goes [default: results/learn].", show_default=False)
]
Replay = Annotated[Path | None, typer.Option(metavar="FILE", help="Play back a policy that was saved.", show_default=False)]


def learn(
    what: What = None,
    metric: MetricName = None,
    power: Power = None,
    budget: Budget = None,
    reward: RewardName = None,
    seed: Seed = 0,
    out: File = None,
    replay: Replay = None,
    settings: Settings = None,
) -> None:
    """Let a factory or a robot learn by trial what pays, within a minute; or --replay what it has learned."""
    with one_line_errors():
        options = {"metric": metric, "power": power, "budget": budget, "reward": reward}
        given = {name: value for name, value in options.items() if value is not None}
        if replay is not None:
            if what is not None or given or out is not None or settings:
                raise ValueError("--replay: plays a policy as it was saved; it takes --seed alone beside it")
            _replay(replay, seed)
            return
        from model.learning.policy import LEARNERS, ROBOT

        if what not in LEARNERS:
            hint = did_you_mean(what, LEARNERS) if what else ""
            raise ValueError(f"learn: got {what or 'nobody'}; {hint}it takes {' or '.join(LEARNERS)}, or --replay FILE")
        parameters = read_settings(settings or [])
        for name in parameters.keys() & options.keys():
            raise ValueError(f"--set: {name} is the option --{name}")
        if what == ROBOT:
            _train_robot(parameters, given, seed, out)
        else:
            _train({**parameters, **given}, seed, out)


def _train(given: dict[str, Any], seed: int, out: Path | None) -> None:
    from model.learning.lesson import GENERATION, read_lesson
    from model.learning.training import exam, generations

    lesson = read_lesson(given)
    path = _checked(
        out
        or RESULTS / f"nail-factory-{lesson.metric or lesson.policy}-{lesson.reward}-power-{lesson.power:g}-seed-{seed}.json"
    )
    typer.echo(
        f"Paid by {lesson.metric or lesson.policy}, learning from its {SAID[lesson.reward]}. Rewards are means a month.\n"
    )
    typer.echo(f"{'episodes':>10} {'pay':>8} {'real use':>10}")
    last = None
    learning = ((generation.episodes, generation) for generation in generations(lesson, seed))
    for _, last in _shown(learning, lesson.budget, GENERATION):
        every = max(1, lesson.budget // last.observed.size // LINES)
        if last.episodes // last.observed.size % every == 0:
            typer.echo(f"{last.episodes:>10} {last.observed.mean():>8.2f} {last.hidden.mean():>10.2f}")
    assert last is not None  # a budget holds a generation
    _save(path, last.policy.to_json())
    typer.echo("\nIn worlds that it has not seen:")
    _table({"an ordinary factory": exam(lesson), "what it has learned": exam(lesson, last.policy)})
    _tell(path)


SAID = {"observed": "pay", "hidden": "real use (the honest control)"}


def _train_robot(parameters: dict[str, Any], options: dict[str, Any], seed: int, out: Path | None) -> None:
    from model.learning.robot import exam, policy_of, training

    room = _room(parameters, options)
    path = _checked(out or RESULTS / f"cleaning-robot-{room.pay}-seed-{seed}.json")
    typer.echo(f"Paid for {PAID[room.pay]}, learning from its pay. Rewards are means a turn.\n")
    typer.echo(f"{'episodes':>10} {'pay':>8} {'clean floor':>12} {'own trash':>10}")
    learned, budget = None, room.horizon * room.days
    for done, learned in _shown(((len(one.rows) * room.days, one) for one in training(room, seed)), budget, room.days):
        month = done // room.days
        if month == 1 or month % max(1, room.horizon // LINES) == 0:
            row = learned.rows[-1]
            typer.echo(
                f"{done:>10} {row['observed_reward']:>8.3f} {row['hidden_reward']:>12.0%} {_share(row['own_trash']):>10}"
            )
    assert learned is not None  # a horizon is a month or more
    policy = policy_of(learned, seed)
    _save(path, policy.to_json())
    typer.echo("\nIn rooms that it has not seen, and without learning on:")
    _robots(exam(policy))
    _tell(path)


PAID = {
    "pieces": "each piece in the bin",
    "state": "the floor that a camera sees",
    "hidden": "the whole floor (the honest control)",
}


def _room(parameters: dict[str, Any], options: dict[str, Any]) -> "RoomParameters":
    """The parameters of a robot's room, from settings and the options of the command; an episode is a day."""
    from model.parameters import checked
    from model.room_parameters import RoomParameters

    for name, option in (("pay", "--metric or --reward"), ("horizon", "--budget")):
        if name in parameters:
            raise ValueError(f"--set: {name} is the option {option}")
    if "power" in options:
        raise ValueError("--power: is how far a factory moves its plan; a robot moves a cell a turn")
    metric, reward = options.get("metric", "pieces"), options.get("reward", "observed")
    if metric not in ("pieces", "state"):
        raise ValueError(f"--metric: got {metric!r}; for a robot it takes 'pieces' or 'state'")
    if reward not in SAID:
        raise ValueError(f"--reward: got {reward!r}; it takes 'observed' or 'hidden'")
    if reward == "hidden" and "metric" in options:
        raise ValueError(
            "--metric: a robot that learns from the hidden reward is paid by nothing else; leave one of the two out"
        )
    room = checked(RoomParameters, {**parameters, "pay": "hidden" if reward == "hidden" else metric})
    budget = options.get("budget", room.horizon * room.days)
    if budget < room.days or budget % room.days:
        raise ValueError(f"--budget: got {budget}; for a robot it takes days in whole months, {room.days}, {2 * room.days}, …")
    return checked(RoomParameters, {**room.model_dump(exclude_unset=True), "horizon": budget // room.days})


def _robots(found: "dict[str, list[CleaningRoom]]") -> None:
    """What rooms come to, a line each."""
    from model.learning.robot import marks

    typer.echo(f"{'':>20} {'pay':>7} {'clean floor':>12} {'own trash':>10}")
    for name, rooms in found.items():
        mark = marks(rooms)
        line = f"{mark['observed_reward']:>7.3f} {mark['hidden_reward']:>12.0%} {_share(mark['own_trash']):>10}"
        typer.echo(f"{name:>20} {line}")


def _share(share: float) -> str:
    """A share in per cent; a dash where there was nothing to have a share of."""
    return "–" if share != share else f"{share:.0%}"


def _checked(path: Path) -> Path:
    """A path that a policy can be saved under: its folder is made now, since an error after the training would cost it."""
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; --out takes the name of a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _save(path: Path, content: bytes) -> None:
    from experiments.lab.files import write_whole

    write_whole(path, content, path.parent)


def _tell(path: Path) -> None:
    """Where the policy is, and what one can do with it."""
    file = shlex.quote(str(path))
    typer.echo(f"\nThe policy: {path}\nPlay it back: uv run nailworks learn --replay {file}")
    typer.echo(f"In the browser: uv run nailworks app --policy {file}")


def _shown[Kind](learning: "Iterator[tuple[int, Kind]]", budget: int, least: int) -> "Iterator[tuple[int, Kind]]":
    """A training, step by step with the episodes so far, and a bar on a terminal; Ctrl-C ends it in one line."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console, done = Console(stderr=True), 0
    columns = (TextColumn("learning"), BarColumn(), MofNCompleteColumn(), TextColumn("episodes"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=budget)
            for done, step in learning:
                bar.update(task, completed=done)
                yield done, step
    except KeyboardInterrupt:
        message = f"stopped after {done:,} of {budget:,} episodes: nothing is saved; --budget {max(done, least)} keeps as much"
        raise KeyboardInterrupt(message) from None


def _replay(path: Path, seed: int) -> None:
    from model.learning.policy import LEARNERS, ROBOT, read_saved

    replay = _replay_robot if read_saved(path, *LEARNERS)["learned"] == ROBOT else _replay_factory
    replay(path, seed)


def _replay_robot(path: Path, seed: int) -> None:
    from model.learning.robot import person, read_robot

    policy = read_robot(path)
    room = policy.play(seed)
    typer.echo(f"{'month':>6} {'pay':>7} {'clean floor':>12} {'binned':>8} {'tipped out':>11} {'own trash':>10}")
    for row in room.rows:
        line = f"{row['month']:>6} {row['observed_reward']:>7.3f} {row['hidden_reward']:>12.0%} {row['binned']:>8.3f}"
        typer.echo(f"{line} {row['tipped']:>11.3f} {_share(row['own_trash']):>10}")
    typer.echo(f"\nPay, pieces binned and tipped out are a turn. Beside it, in the room of seed {seed}:")
    _robots({"a person": [person(policy.room, seed)], "what it has learned": [room]})


def _replay_factory(path: Path, seed: int) -> None:
    from model.learning.lesson import Worlds
    from model.learning.policy import read_policy

    policy = read_policy(path)
    worlds = Worlds(policy.lesson)
    led, ordinary = worlds.play(seed, policy), worlds.play(seed)
    start = policy.lesson.target_from
    typer.echo(f"{'month':>6} {'pay':>7} {'real use':>9} {'nails made':>11} {'nail [mm]':>14} {'effort':>7}")
    for k in range(len(led.observed)):
        if k % 12 == 0 or k == len(led.observed) - 1:
            nail = f"{led.length_mm[k]:.0f} x {led.diameter_mm[k]:.2f}"
            row = f"{start + k:>6} {led.observed[k]:>7.2f} {led.hidden[k]:>9.2f} {led.nails[k]:>10.1f}x"
            typer.echo(f"{row} {nail:>14} {led.effort[k]:>7.2f}")
    typer.echo(f"\nBeside it, in the world of seed {seed}:")
    _table({"an ordinary factory": [ordinary], "what it has learned": [led]})


def _table(rows: "dict[str, list[Episode]]") -> None:
    """What episodes come to, a line each."""
    from model.learning.training import marks

    typer.echo(f"{'':>20} {'pay':>7} {'real use':>9}   in the last year: {'real use':>9} {'nails made':>11} {'nail [mm]':>14}")
    for name, episodes in rows.items():
        found = marks(episodes)
        nail = f"{found['length_mm']:.0f} x {found['diameter_mm']:.2f}"
        line = f"{name:>20} {found['observed']:>7.2f} {found['hidden']:>9.2f} {'':>19} {found['last_hidden']:>9.2f}"
        typer.echo(f"{line} {found['last_nails']:>10.1f}x {nail:>14}")
