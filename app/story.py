"""The parable in six steps, told with the numbers of the run on show; and then the visitor is the planner.

`uv run python app/story.py` prints the scores that set the one to beat, and some that beat it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from agents.policies import POLICIES
from app.drawing.history import grams
from app.replay import Decree, Replay, series
from incentives.metrics import METRICS
from model.economy import DECREES
from nails.machine import nails_by_hours

type Rows = list[dict[str, Any]]


class Step(NamedTuple):
    """A step of the story: the month that it goes to, its title, and what it says of the months so far."""

    month: int
    title: str
    words: Callable[[Rows], str]


def measure(rows: Rows) -> str:
    """Two years of counting, and no pay for it."""
    now, idle = rows[-1], nails_by_hours(1.0, 1.0, 0.0) / nails_by_hours(1.0, 1.0, 1.0)
    return (
        "Nails are counted and weighed, and nothing is paid for. Nobody hurries: effort has settled at "
        f"{now['mean_effort']:.0%} (idle hands still make {idle:.0%} of what busy ones would), and {now['usefulness']:.0%} of the "
        "building programme holds. As a measure, the count is "
        f"a good one: factories that make more nails are of more use (rank correlation {now['correlation_count']:+.2f})."
    )


def count(rows: Rows) -> str:
    """The measure becomes a target, and pays."""
    then, now = rows[23], rows[-1]
    return (
        f"From month 24 the plan is a number of nails. It works: effort goes from {then['mean_effort']:.0%} to "
        f"{now['mean_effort']:.0%}, and usefulness from {then['usefulness']:.0%} to {now['usefulness']:.0%}. "
        "Somebody gets a medal. Watch the yard: the nails have begun to change."
    )


def collapse(rows: Rows) -> str:
    """Tacks."""
    then, now = rows[23], rows[-1]
    return (
        f"A small nail takes less time, and counts as one. The median nail is now {_size(now)}, {grams(now['median_mass_g'])}: "
        f"a tack. {now['count'] / then['count']:.1f} times as many are made as before the target, the plan is fulfilled "
        f"{now['mean_fulfilment']:.0%}, and {now['usefulness']:.0%} of the programme holds. Among factories, the count no longer "
        f"tells who is of use ({now['correlation_count']:+.2f}).".replace("(-", "(−")
    )


def complaint(rows: Rows) -> str:
    """Letters."""
    first = next((row["month"] + 1 for row in rows if row["complaining_share"] > 0.5), None)
    since = "" if first is None else f" Over half of them have complained since month {first}."
    return (
        f"The plan is fulfilled, and {rows[-1]['complaining_share']:.0%} of the building trusts complain.{since} Reports say one "
        "thing, letters another. Gosplan decides on a reform: from now on nails are paid by weight."
    )


def weight(rows: Rows) -> str:
    """The reform seems to work."""
    then, now = rows[95], rows[-1]
    return (
        f"Paid by weight, factories make bigger nails: the median is {_size(now)}, {grams(now['median_mass_g'])}. Usefulness goes "
        f"from {then['usefulness']:.0%} to {now['usefulness']:.0%}, and the reform seems right. But the useful sizes are only on "
        "the way: see the map, where the factories move past the ridge."
    )


def lumps(rows: Rows) -> str:
    """Lumps."""
    now = rows[-1]
    return (
        f"The median nail is {_size(now)} and weighs {grams(now['median_mass_g'])}: a lump, and {now['usefulness']:.0%} of the "
        "programme holds. No factory was wicked: ask any of them why, and read the sum. When a measure becomes a target, "
        "it ceases to be a good measure. (A parable, told since a cartoon of the fifties; not history.)"
    )


STEPS = (
    Step(24, "Measure", measure),
    Step(30, "Count", count),
    Step(84, "Collapse", collapse),
    Step(96, "Complaint", complaint),
    Step(111, "Weight", weight),
    Step(192, "Lumps", lumps),
)

FIRST_MONTH, YEARS, MONTHS_A_YEAR = 24, 10, 12
BAR = 0.5  # usefulness to keep above
AT_ONCE = ("metric", "count", "weight")  # what the game begins with
ORACLE = "joints"  # the metric that no real planner could have: not on offer here


WORLD = {"horizon": FIRST_MONTH + YEARS * MONTHS_A_YEAR}
THOUGHTFUL: dict[str, list[Decree]] = {  # ways to play, with nothing used before it unlocks: for `main`, and to be tested
    "count, and a capped bonus when there is one": [(24, {"metric": "count"}), (36, {"bonus": "capped"})],
    "wait for a low strength, then count": [(48, {"metric": "count", "bonus_strength": 0.1})],
    "wait for audits, then count what is audited": [(60, {"metric": "count", "audit_share": 1.0})],
}


class Game(NamedTuple):
    """Ten years as the planner: months above the bar to beat."""

    to_beat: int

    @staticmethod
    def begin() -> tuple["Game", Replay]:
        """A game, and its run after two years without targets."""
        replay = Replay(parameters={**WORLD, "policy": "measure_only"})
        replay.advance(FIRST_MONTH)
        return Game(max(without_thought().values())), replay


@cache
def without_thought() -> dict[str, int]:
    """Scores of planners that need no thought, by name.

    They are each policy that there is, and each metric that is on offer at once, for good and every other year.
    The best of them is the one to beat.
    """
    policies: dict[str, dict[str, Any]] = {policy: {"policy": policy} for policy in POLICIES if policy != "single"}
    others: dict[str, dict[str, Any]] = {}
    for name in AT_ONCE:
        if name in METRICS:
            others[f"{name} alone"] = {"metric": name}
            others[f"{name} every other year"] = {"schedule": _every_other_year(name)}
    return {name: score(_played(Replay(parameters={**WORLD, **given}))) for name, given in {**policies, **others}.items()}


def _every_other_year(metric: str) -> dict[int, str | None]:
    return {FIRST_MONTH + MONTHS_A_YEAR * year: None if year % 2 else metric for year in range(YEARS)}


def _played(replay: Replay) -> Replay:
    replay.advance(replay.horizon)
    return replay


def score(replay: Replay) -> int:
    """Months above the bar, of those that count."""
    return int((series(replay, "usefulness")[FIRST_MONTH:] >= BAR).sum())


def on_offer() -> list[str]:
    """The metrics of the game: those that a planner could really have."""
    return [name for name in METRICS if name != ORACLE]


def unlocks(remedy: str) -> int:
    """The month of the game in which a decree, or a metric, can first be used: some at once, then one more each year.

    >>> unlocks("metric"), unlocks("count"), unlocks("bonus")
    (24, 24, 36)
    """
    later = [name for name in (*DECREES, *on_offer()) if name not in AT_ONCE]
    return FIRST_MONTH if remedy in AT_ONCE else FIRST_MONTH + MONTHS_A_YEAR * (1 + later.index(remedy))


def refusal(decree: Mapping[str, Any], month: int) -> str:
    """Why a decree will not do in a month of the game; empty where it does."""
    for name, value in decree.items():
        if name == "metric" and value == ORACLE:
            return f"{value}: nobody can count them; in this game it takes {', '.join(on_offer())}"
        for remedy in (name, value) if name == "metric" and value in METRICS else (name,):
            if month < unlocks(remedy):
                return f"{remedy.replace('_', ' ')}: unlocks in month {unlocks(remedy)}"
    return ""


def _size(row: dict[str, Any]) -> str:
    diameter = row["median_diameter_mm"]
    return f"{row['median_length_mm']:.0f} × {diameter:.{1 if diameter >= 1 else 2}f} mm"


def main() -> None:
    """Print the scores of planners that need no thought, and of some that take one."""
    world = {**WORLD, "policy": "measure_only"}
    thoughtful = {name: score(_played(Replay(parameters=world, decrees=plays))) for name, plays in THOUGHTFUL.items()}
    for title, scores in (("Without thought", without_thought()), ("With a thought", thoughtful)):
        print(f"{title}: months of {YEARS * MONTHS_A_YEAR} with usefulness of {BAR:.0%} or more")
        for name, months in sorted(scores.items(), key=lambda item: -item[1]):
            print(f"{months:6d}  {name}")


if __name__ == "__main__":
    main()
