"""What a cleaning robot has learned: its table, the table's file, and how it does in rooms that it has not learned in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from agents.cleaning_robot import N_SIGHTS, Action
from model.cleaning_room import YEAR, CleaningRoom
from model.learning.policy import FORMAT, ROBOT, numbers, read_saved
from model.learning.training import EXAM_FROM, EXAMS
from model.parameters import checked
from model.room_parameters import RoomParameters

ACTIONS = [action.name.lower() for action in Action]
PERSON = {"quantile": 1.0}  # parameters of robots that do what a person would, whatever they have learned


@dataclass(frozen=True)
class RobotPolicy:
    """What each action is worth for each thing seen, shape (robots, N_SIGHTS, actions); `room` says where it was learned.

    >>> room = CleaningRoom(horizon=2, rng=7).run()
    >>> policy_of(room, 7).play(seed=3).months["month"].tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    """

    room: RoomParameters
    worth: npt.NDArray[np.float64] = field(repr=False)
    seed: int | None = None

    def begin(self, seed: int, months: int = YEAR) -> CleaningRoom:
        """The room of a seed, in which robots do what was learned, and learn no more."""
        room = CleaningRoom(rng=seed, **{**self.room.model_dump(exclude_unset=True), "horizon": months})
        for robot, worth in zip(room.crew, self.worth.tolist(), strict=True):
            robot.table.worth, robot.table.learning_rate = worth, 0.0
        return room

    def play(self, seed: int) -> CleaningRoom:
        """A year in the room of a seed."""
        return self.begin(seed).run()

    def to_json(self) -> bytes:
        """The policy as a file's content."""
        given = self.room.model_dump(exclude_unset=True)
        content = {"format": FORMAT, "learned": ROBOT, "seed": self.seed, "room": given, "actions": ACTIONS}
        return (json.dumps({**content, "worth": self.worth.tolist()}) + "\n").encode()


def policy_of(room: CleaningRoom, seed: int | None = None) -> RobotPolicy:
    """What the robots of a room have learned so far."""
    return RobotPolicy(room.parameters, np.array([robot.table.worth for robot in room.crew]), seed)


def read_robot(path: str | Path) -> RobotPolicy:
    """The policy in a file; a ValueError of one line if it is none, or one of another version."""
    content = read_saved(path, ROBOT)
    try:
        room = checked(RoomParameters, content.get("room") or {})
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: its room will not do: {error}") from None
    shape = room.n_robots, N_SIGHTS, len(ACTIONS)
    worth, seed = numbers(content.get("worth"), shape), content.get("seed")
    if worth is None or content.get("actions") != ACTIONS:
        raise ValueError(f"{path}: its table is not one of {' x '.join(map(str, shape))} finite numbers; learn it anew")
    return RobotPolicy(room, worth, seed if isinstance(seed, int) else None)


def training(room: RoomParameters, seed: int) -> Iterator[CleaningRoom]:
    """Let robots learn: the room after each month, to its horizon."""
    learning = CleaningRoom(rng=seed, **room.model_dump(exclude_unset=True))
    while len(learning.rows) < room.horizon:
        learning.step()
        yield learning


def person(room: RoomParameters, seed: int) -> CleaningRoom:
    """A year in the room of a seed, with robots that do what a person who cleans would do."""
    return CleaningRoom(rng=seed, **{**room.model_dump(exclude_unset=True), **PERSON, "horizon": YEAR}).run()


def exam(policy: RobotPolicy) -> dict[str, list[CleaningRoom]]:
    """A year in each of EXAMS rooms that nobody has learned in: of a person, and of what was learned."""
    seeds = range(EXAM_FROM, EXAM_FROM + EXAMS)
    return {
        "a person": [person(policy.room, seed) for seed in seeds],
        "what it has learned": [policy.play(seed) for seed in seeds],
    }


def marks(rooms: list[CleaningRoom]) -> dict[str, Any]:
    """Means over rooms of the columns of `model.cleaning_room.COLUMNS` that are rates."""
    months = pd.concat([room.months for room in rooms])
    return months.drop(columns=["month", "target", "turns"]).mean().to_dict()
