"""What a factory has learned: a linear policy, its file, and its weights as text."""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model.learning.factory import ACTIONS, SEES, Act
from model.learning.lesson import Lesson, read_lesson

type Array = npt.NDArray[np.float64]

LEARNERS = FACTORY, ROBOT = "nail-factory", "cleaning-robot"
FORMAT = 1  # of the file; another one is refused
SEEN = zlib.crc32(" ".join(SEES).encode()).to_bytes(4, "big")  # that weights in a text are for what is seen here, in this order
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
        return linear(self.weights)(seen)

    def to_json(self) -> bytes:
        """The policy as a file's content; a ValueError of one line for a lesson whose metric or policy is a function."""
        given = {name: getattr(self.lesson, name) for name in sorted(self.lesson.model_fields_set - {"threads"})}
        content = {"format": FORMAT, "learned": FACTORY, "seed": self.seed, "lesson": given, "sees": list(SEES)}
        try:
            text = json.dumps({**content, "weights": self.weights.tolist()}, indent=1)
        except TypeError:
            raise ValueError("policy: its lesson has a function in it, which no file can keep; give it by name") from None
        return (text + "\n").encode()


def linear(weights: Array) -> Act:
    """The policy of these weights, shape WEIGHTS: tanh of a linear function of what is seen."""
    return lambda seen: np.tanh(seen @ weights[:, :-1].T + weights[:, -1])


def weights_as_text(weights: Array) -> str:
    """Weights, shape WEIGHTS, to the last bit as letters, digits, - and _: for an address or a script.

    >>> (read_weights(weights_as_text(np.full(WEIGHTS, 0.1))) == 0.1).all()
    np.True_
    """
    return base64.urlsafe_b64encode(SEEN + weights.astype("<f8").tobytes()).decode().rstrip("=")


def read_weights(text: str) -> Array:
    """The weights of a text that `weights_as_text` has made; a ValueError of one line for any other."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        weights = np.frombuffer(content[len(SEEN) :], "<f8").reshape(WEIGHTS)
    except (binascii.Error, ValueError):
        content, weights = b"", np.full(WEIGHTS, np.nan)
    if not np.isfinite(weights).all():
        raise ValueError(
            f"weights: got {text[:20]!r} …; it takes {np.prod(WEIGHTS)} finite numbers as `weights_as_text` writes them"
        )
    if not content.startswith(SEEN):
        raise ValueError(f"weights: got {text[:20]!r} …, of another version, whose factories see other things; learn it anew")
    return weights


def read_saved(path: str | Path, *learners: str) -> dict[str, Any]:
    """What `nailworks learn` has saved of one of these learners; a ValueError of one line if a file is of no such kind."""
    try:
        content: Any = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("learned") not in learners:
        raise ValueError(f"{path}: is no policy that `nailworks learn {' or '.join(learners)}` has saved")
    if content.get("format") != FORMAT:
        raise ValueError(f"{path}: is of version {content.get('format')}, and this Nailworks reads {FORMAT}; learn it anew")
    return content


def numbers(values: Any, shape: tuple[int, ...]) -> Array | None:
    """Values as an array of finite numbers of this shape; None where they are none."""
    try:
        found = np.array(values, dtype=object).astype(float)
    except (TypeError, ValueError):
        return None
    return found if found.shape == shape and np.isfinite(found).all() else None


def read_policy(path: str | Path) -> Policy:
    """The policy in a file; a ValueError of one line if it is none, or one of another version."""
    content = read_saved(path, FACTORY)
    if content.get("sees") != list(SEES):
        raise ValueError(f"{path}: was learned by a factory that saw something else than factories do now; learn it anew")
    weights, seed = numbers(content.get("weights"), WEIGHTS), content.get("seed")
    if weights is None:
        raise ValueError(f"{path}: its weights are not {WEIGHTS[0]} rows of {WEIGHTS[1]} finite numbers; learn it anew")
    try:
        lesson = read_lesson(content.get("lesson"))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: its lesson will not do: {error}") from None
    return Policy(lesson, weights, seed if isinstance(seed, int) else None)
