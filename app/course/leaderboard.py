"""The leaderboard of a lab: what a hidden test posts while it grades a submission, collected for a class."""

import json
import os
from pathlib import Path
from typing import Any

FILE = "leaderboard.json"
VARIABLE = "NAILWORKS_LEADERBOARD"  # the file to post to, in grading on one's own machine
GRADESCOPE_RESULTS = Path("/autograder/results")


def post(**values: float) -> None:
    """Post values of the submission that is being graded; where nobody collects them, do nothing."""
    path = Path(os.environ.get(VARIABLE, GRADESCOPE_RESULTS / FILE))
    if path.parent.is_dir():
        path.write_text(json.dumps(values), encoding="utf-8")


def add_to_results(results: Path, posted: Path) -> None:
    """Add what was posted to Gradescope's results, in the form of its leaderboards."""
    if results.is_file() and posted.is_file():
        content = json.loads(results.read_text(encoding="utf-8"))
        values = json.loads(posted.read_text(encoding="utf-8"))
        content["leaderboard"] = [{"name": name, "value": value} for name, value in values.items()]
        results.write_text(json.dumps(content), encoding="utf-8")


def table(graded: dict[str, Any]) -> str:
    """A leaderboard as CSV, the best first: `graded` has what each notebook earned and posted, or None.

    >>> from types import SimpleNamespace as Graded
    >>> print(table({"ann": Graded(posted={"usefulness": 0.3}), "bob": Graded(posted={"usefulness": 0.5}), "cleo": None}))
    place,notebook,value
    1,bob,0.5
    2,ann,0.3
    ,cleo,
    <BLANKLINE>
    """
    posted = {name: list(one.posted.values()) if one else [] for name, one in graded.items()}
    placed = sorted((name for name in posted if posted[name]), key=lambda name: -posted[name][0])
    rows = [f"{place},{name},{posted[name][0]}" for place, name in enumerate(placed, 1)]
    return "\n".join(["place,notebook,value", *rows, *(f",{name}," for name in posted if not posted[name]), ""])


if __name__ == "__main__":
    add_to_results(GRADESCOPE_RESULTS / "results.json", GRADESCOPE_RESULTS / FILE)
