"""What a factory has learned: a linear policy, and its file."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model.learning.factory import ACTIONS, SEES
from model.learning.lesson import Lesson, read_lesson

type Array = npt.NDArray[np.float64]

FORMAT = 1  # of the file; another one is refused
WEIGHTS = (ACTIONS, len(SEES) + 1)  # one number more for what it does whatever it sees


@dataclass(frozen=True)
class Policy:
    """What is done is tanh of a linear function of what is seen; `weights` has shape WEIGHTS, the last column is constant.

    `lesson` says where it was learned, `seed` from which seed. With all weights 0 it keeps the plan that it finds.

    >>> Policy(read_lesson(), np.zeros(WEIGHTS))(np.ones((2, len(SEES)))).tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """

    lesson: Lesson
    weights: Array = field(repr=False)
    seed: int | None = None

    def __call__(self, seen: Array) -> Array:
        """What it does, shape (rows, ACTIONS), where it sees that, shape (rows, len(SEES))."""
        return np.tanh(seen @ self.weights[:, :-1].T + self.weights[:, -1])

    def to_json(self) -> bytes:
        """The policy as a file's content; a ValueError of one line for a lesson whose metric or policy is a function."""
        given = {name: getattr(self.lesson, name) for name in sorted(self.lesson.model_fields_set - {"threads"})}
        content = {"format": FORMAT, "learned": "nail-factory", "seed": self.seed, "lesson": given, "sees": list(SEES)}
        try:
            text = json.dumps({**content, "weights": self.weights.tolist()}, indent=1)
        except TypeError:
            raise ValueError("policy: its lesson has a function in it, which no file can keep; give it by name") from None
        return (text + "\n").encode()


def read_policy(path: str | Path) -> Policy:
    """The policy in a file; a ValueError of one line if it is none, or one of another version."""
    try:
        content: Any = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError:
        content = None
    if not isinstance(content, dict) or content.get("learned") != "nail-factory":
        raise ValueError(f"{path}: is no policy that `nailworks learn nail-factory` has saved")
    if content.get("format") != FORMAT:
        raise ValueError(f"{path}: is of version {content.get('format')}, and this Nailworks reads {FORMAT}; learn it anew")
    if content.get("sees") != list(SEES):
        raise ValueError(f"{path}: was learned by a factory that saw something else than factories do now; learn it anew")
    weights, seed = np.array(content.get("weights"), dtype=object), content.get("seed")
    try:
        weights = weights.astype(float)
    except (TypeError, ValueError):
        weights = np.zeros(0)
    if weights.shape != WEIGHTS or not np.isfinite(weights).all():
        raise ValueError(f"{path}: its weights are not {WEIGHTS[0]} rows of {WEIGHTS[1]} finite numbers; learn it anew")
    try:
        lesson = read_lesson(content.get("lesson"))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: its lesson will not do: {error}") from None
    return Policy(lesson, weights, seed if isinstance(seed, int) else None)
