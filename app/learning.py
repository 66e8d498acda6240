"""The command `nailworks learn`: let a factory learn by trial, and play back what it has learned."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.command import Settings, one_line_errors, read_settings
from incentives.hints import did_you_mean

if TYPE_CHECKING:  # slow to import
    from model.learning.lesson import Episode, Lesson
    from model.learning.training import Generation

LINES = 8  # that are told of a training
RESULTS = Path("results/learn")

What = Annotated[str | None, typer.Argument(help="Who learns: nail-factory.", show_default=False)]
MetricName = Annotated[
    str | None, typer.Option(metavar="NAME", help="What it is paid by [default: count].", show_default=False)
]
Power = Annotated[float | None, typer.Option(help="Step sizes that it can move in a month [default: 1].", show_default=False)]
Budget = Annotated[int | None, typer.Option(help="Episodes to learn from [default: 160].", show_default=False)]
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
    """Let a factory learn by trial what pays, in one to two minutes; or --replay what it has learned."""
    with one_line_errors():
        options = {"metric": metric, "power": power, "budget": budget, "reward": reward}
        given = {name: value for name, value in options.items() if value is not None}
        if replay is not None:
            if what is not None or given or out is not None or settings:
                raise ValueError("--replay: plays a policy as it was saved; it takes --seed alone beside it")
            _replay(replay, seed)
            return
        if what != "nail-factory":
            hint = did_you_mean(what, ["nail-factory"]) if what else ""
            raise ValueError(f"learn: got {what or 'nobody'}; {hint}it takes nail-factory, or --replay FILE")
        parameters = read_settings(settings or [])
        for name in parameters.keys() & options.keys():
            raise ValueError(f"--set: {name} is the option --{name}")
        _train({**parameters, **given}, seed, out)


def _train(given: dict[str, Any], seed: int, out: Path | None) -> None:
    from experiments.lab.files import write_whole
    from model.learning.lesson import read_lesson
    from model.learning.training import exam

    lesson = read_lesson(given)
    path = (
        out
        or RESULTS / f"nail-factory-{lesson.metric or lesson.policy}-{lesson.reward}-power-{lesson.power:g}-seed-{seed}.json"
    )
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; --out takes the name of a file")
    typer.echo(
        f"Paid by {lesson.metric or lesson.policy}, learning from its {SAID[lesson.reward]}. Rewards are means a month.\n"
    )
    typer.echo(f"{'episodes':>10} {'pay':>8} {'real use':>10}")
    last = None
    for last in _shown(lesson, seed):
        every = max(1, lesson.budget // last.observed.size // LINES)
        if last.episodes // last.observed.size % every == 0:
            typer.echo(f"{last.episodes:>10} {last.observed.mean():>8.2f} {last.hidden.mean():>10.2f}")
    assert last is not None  # a budget holds a generation
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, last.policy.to_json(), path.parent)
    typer.echo("\nIn worlds that it has not seen:")
    _table({"an ordinary factory": exam(lesson), "what it has learned": exam(lesson, last.policy)})
    typer.echo(f"\nThe policy: {path}\nPlay it back: uv run nailworks learn --replay {shlex.quote(str(path))}")


SAID = {"observed": "pay", "hidden": "real use (the honest control)"}


def _shown(lesson: "Lesson", seed: int) -> "Iterator[Generation]":
    """The generations of a training, with a bar on a terminal; Ctrl-C ends it in one line."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from model.learning.training import generations

    console, done = Console(stderr=True), 0
    columns = (TextColumn("learning"), BarColumn(), MofNCompleteColumn(), TextColumn("episodes"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=lesson.budget)
            for generation in generations(lesson, seed):
                done = generation.episodes
                bar.update(task, completed=done)
                yield generation
    except KeyboardInterrupt:
        message = (
            f"stopped after {done:,} of {lesson.budget:,} episodes: nothing is saved; --budget {max(done, 16)} keeps as much"
        )
        raise KeyboardInterrupt(message) from None


def _replay(path: Path, seed: int) -> None:
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
