"""A room, the dust that settles in it, a bin, and robots who are paid to clean.

The observed reward is what robots are paid; the hidden reward is how clean the room is. docs/explanation/cleaning_room.md has all
rules. Cells are numbered row by row, and the bin stands on the first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, cast

import mesa
import numpy as np
import pandas as pd
from mesa.discrete_space import Cell, OrthogonalVonNeumannGrid

from agents.cleaning_robot import HERE, N_SIGHTS, NOWHERE, Action, CleaningRobot, QTable
from agents.streams import Purpose, Streams
from model.by_name import built_with, by_name
from model.parameters import checked, checked_seed
from model.room_parameters import RoomParameters
from model.whole import whole, whole_copy

BIN = 0  # the bin's cell
YEAR = 12  # months
HUNCH = 1e-6  # what an action seems worth at first, at most: it settles ties, and is soon forgotten

COLUMNS = {
    "month": "month, from 0",
    "target": "what is paid for",
    "turns": "turns that robots have had to learn in, each",
    "observed_reward": "pay a turn and robot",
    "hidden_reward": "mean share of the floor that is clean",
    "binned": "pieces put in the bin a turn",
    "tipped": "pieces tipped out of it a turn",
    "chosen": "pieces tipped out of it a turn by choice, not by a slip",
    "tippings": "times a turn that it was tipped out",
    "settled": "pieces of dust that settled a turn",
    "own_trash": "share of the month's new dust that robots tipped out by choice",
}


@built_with(RoomParameters, "a room", but=("pay",))
class CleaningRoom(mesa.Model):
    """A room with robots that learn what pays.

    Keyword arguments are the fields of `model.room_parameters.RoomParameters`; `rng` is a seed (an int or a SeedSequence), or
    None for one from the system. Raises a ValueError of one line for a name or a value that will not do.

    >>> room = CleaningRoom(horizon=30, rng=7).run()
    >>> room.months[["month", "own_trash"]].iloc[[0, -1]].round(1).values.tolist()
    [[0.0, 0.0], [29.0, 0.8]]
    """

    @by_name
    def __init__(self, *, rng: int | np.random.SeedSequence | None = None, **parameters: Any):
        p = self.parameters = checked(RoomParameters, parameters)
        super().__init__(rng=checked_seed(rng))
        self.streams = Streams(cast(np.random.SeedSequence, self.rng.bit_generator.seed_seq))
        self.grid = OrthogonalVonNeumannGrid((p.height, p.width), random=self.random, cell_klass=FloorCell)
        self.cells = list(self.grid.all_cells)  # row by row
        self.plan = FloorPlan(p.height, p.width)
        self.seen_by_camera = _mask(self.plan.nearest[BIN][: round(p.camera * self.plan.n_floor)])
        self.dust = 0  # one bit a cell
        self.in_bin = 0  # loose pieces
        self.day, self.turns_left = -1, 0
        self.settled = self.cleaned = self.cleaned_in_view = 0  # in the last turn
        hunches = HUNCH * self.streams.generator(Purpose.HUNCH).random((p.n_robots, N_SIGHTS, len(Action)))
        self.crew = [
            CleaningRobot(self, QTable(table.tolist(), learning_rate=p.learning_rate, discount=p.discount), p.quantile)
            for table in hunches
        ]
        for robot in self.crew:
            self.put(robot, BIN)
        self.pay = PAYS[p.pay]  # or any function of (room, robot)
        self.rows: list[dict[str, Any]] = []

    @whole
    def step(self) -> None:
        """Simulate a month."""
        p, month = self.parameters, len(self.rows)
        tally = Tally()
        for _ in range(p.days * p.turns):
            self.turn()
            tally.add(self)
        self.rows.append({"month": month, "target": p.pay, "turns": (month + 1) * p.days * p.turns} | tally.row(p.n_robots))
        self.running = len(self.rows) < p.horizon

    def turn(self) -> None:
        """Simulate a turn.

        1. If the day is over a new one begins: the bin is empty, the room has been lived in, robots stand anywhere.
        2. Robots choose what to do, all at once, and do it one after the other.
        3. Dust settles.
        4. Robots are paid, see what the room is like now, and learn.
        """
        if not self.turns_left:
            self._morning()
        self.turns_left -= 1
        before = self.dust
        whims = zip(self._slips.pop(), self._luck.pop(), strict=True)
        choices = [robot.choose(*whim) for robot, whim in zip(self.crew, whims, strict=True)]
        for robot, action in zip(self.crew, choices, strict=True):
            self.act(robot, action)
        self._settle(self._falls.pop())
        self.cleaned = before.bit_count() - self.dust.bit_count()
        self.cleaned_in_view = (before & self.seen_by_camera).bit_count() - (self.dust & self.seen_by_camera).bit_count()
        for robot in self.crew:
            robot.reward = self.pay(self, robot) - self.parameters.fine * (robot.tipped > 0)
            robot.learn(robot.reward, self.sight(robot))

    def run(self) -> "CleaningRoom":
        """Simulate to the horizon; returns the room itself."""
        while len(self.rows) < self.parameters.horizon:
            self.step()
        return self

    __copy__ = whole_copy

    def act(self, robot: CleaningRobot, action: int) -> None:
        """Let a robot do something."""
        robot.action, robot.binned, robot.tipped = action, 0, 0
        place = robot.place
        robot.before = place, robot.carries
        if action < HERE:
            self.put(robot, self.plan.next[place][action])
        elif action == Action.PICK:
            if not robot.carries and self.dust >> place & 1:
                robot.carries = True
                self.dust ^= 1 << place
        elif place != BIN:
            return
        elif action == Action.BIN:
            if robot.carries:
                robot.carries, robot.binned = False, 1
                self.in_bin = min(self.in_bin + 1, self.parameters.loose)
        else:
            for cell in self.plan.around_bin:
                if self.in_bin and not self.dust >> cell & 1:
                    self.dust |= 1 << cell
                    self.in_bin -= 1
                    robot.tipped += 1

    def sight(self, robot: CleaningRobot) -> int:
        """The number of what a robot sees: see agents.cleaning_robot.Sight."""
        place = robot.place
        dust_way = NOWHERE
        if self.dust:
            for bit, way in self.plan.ways[place]:
                if self.dust & bit:
                    dust_way = way
                    break
        number = ((self.plan.bin_way[place] * 6 + dust_way) * 2 + robot.carries) * 2 + (self.in_bin > 0)
        return number * 2 + (robot.earned_pieces == self.parameters.cap)

    def put(self, robot: CleaningRobot, place: int) -> None:
        """Put a robot on a cell."""
        robot.place = place
        robot.cell = self.cells[place]

    @property
    def clean_share(self) -> float:
        """Share of the floor that is clean."""
        return 1 - self.dust.bit_count() / self.plan.n_floor

    @property
    def months(self) -> pd.DataFrame:
        """One row a simulated month; the columns are those of COLUMNS."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))

    @property
    def robots(self) -> Any:
        """The robots, an AgentSet."""
        return self.agents_by_type[CleaningRobot]

    def _morning(self) -> None:
        """Begin a day, and draw its luck."""
        p, plan = self.parameters, self.plan
        self.day, self.turns_left = self.day + 1, p.turns
        dust = self.streams.generator(Purpose.DUST, self.day)
        self.dust = _mask(np.flatnonzero(dust.random(plan.n_floor) < p.lived_in) + 1)  # the bin's cell is 0
        self._falls = _or_none(dust.random(p.turns) < p.dust_rate, dust.integers(1, plan.n_cells, p.turns))
        whim = self.streams.generator(Purpose.WHIM, self.day)
        places = whim.integers(0, plan.n_cells, p.n_robots).tolist()
        shape = p.turns, p.n_robots
        self._slips = _or_none(whim.random(shape) < p.exploration, whim.integers(0, len(Action), shape))
        self._luck = whim.random(shape).tolist()
        self.in_bin = 0
        for robot, place in zip(self.crew, places, strict=True):
            self.put(robot, place)
            robot.carries, robot.earned_pieces = False, 0
        for robot in self.crew:
            robot.seen = self.sight(robot)

    def _settle(self, cell: int) -> None:
        """Let a piece of dust fall on a cell, where it changes nothing if there is one already; -1: none falls."""
        self.settled = int(cell >= 0 and not self.dust >> cell & 1)
        self.dust |= self.settled << max(cell, 0)


class FloorCell(Cell):
    """A cell that can be pickled once more when it has been copied or unpickled: of Mesa's own, each then has a class of its own."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return FloorCell, (self.coordinate,), self.__getstate__()


class FloorPlan:
    """The cells of a room, numbered row by row, with the ways from each to the others: 0 to 3 as the first actions, or HERE."""

    def __init__(self, height: int, width: int):
        cells = [divmod(cell, width) for cell in range(height * width)]
        self.n_cells, self.n_floor = len(cells), len(cells) - 1
        floor = [cell for cell in range(self.n_cells) if cell != BIN]

        def distance(a: int, b: int) -> int:
            return abs(cells[a][0] - cells[b][0]) + abs(cells[a][1] - cells[b][1])

        def way(a: int, b: int) -> int:
            south, east = cells[b][0] - cells[a][0], cells[b][1] - cells[a][1]
            if a == b:
                return HERE
            if abs(east) >= abs(south):
                return Action.EAST if east > 0 else Action.WEST
            return Action.SOUTH if south > 0 else Action.NORTH

        def step(cell: int, south: int, east: int) -> int:
            row, column = cells[cell][0] + south, cells[cell][1] + east
            return row * width + column if 0 <= row < height and 0 <= column < width else cell

        self.next = [[step(cell, *way) for way in ((-1, 0), (0, 1), (1, 0), (0, -1))] for cell in range(self.n_cells)]
        self.bin_way = [int(way(cell, BIN)) for cell in range(self.n_cells)]
        self.nearest = [sorted(floor, key=lambda other: distance(cell, other)) for cell in range(self.n_cells)]
        self.ways = [[(1 << other, int(way(cell, other))) for other in self.nearest[cell]] for cell in range(self.n_cells)]
        self.around_bin = [cell for cell in self.nearest[BIN] if max(cells[cell]) <= 1]


@dataclass
class Tally:
    """Sums over the turns of a month."""

    n: int = 0
    paid: float = 0.0
    clean: float = 0.0
    binned: int = 0
    tipped: int = 0
    chosen: int = 0
    tippings: int = 0
    settled: int = 0

    def add(self, room: CleaningRoom) -> None:
        """Add the last turn."""
        self.n += 1
        self.clean += room.clean_share
        self.settled += room.settled
        for robot in room.crew:
            self.paid += robot.reward
            self.binned += robot.binned
            self.tipped += robot.tipped
            self.chosen += 0 if robot.slipped else robot.tipped
            self.tippings += robot.tipped > 0

    def row(self, robots: int) -> dict[str, float]:
        """Means a turn, by the names of COLUMNS."""
        new_dust = self.settled + self.tipped
        return {
            "observed_reward": self.paid / self.n / robots,
            "hidden_reward": self.clean / self.n,
            "binned": self.binned / self.n,
            "tipped": self.tipped / self.n,
            "chosen": self.chosen / self.n,
            "tippings": self.tippings / self.n,
            "settled": self.settled / self.n,
            "own_trash": self.chosen / new_dust if new_dust else nan,
        }


def for_pieces(room: CleaningRoom, robot: CleaningRobot) -> float:
    """One for each piece that it put in the bin, up to `cap` a day: the proxy."""
    cap = room.parameters.cap
    if not robot.binned or (cap is not None and robot.earned_pieces >= cap):
        return 0.0
    robot.earned_pieces += 1
    return 1.0


def for_the_state(room: CleaningRoom, robot: CleaningRobot) -> float:
    """One for each cell that has become clean, less one for each that has become dirty, of those that a camera sees."""
    return room.cleaned_in_view


def for_the_hidden_reward(room: CleaningRoom, robot: CleaningRobot) -> float:
    """The same of the whole floor: the honest control.

    In the long run it is the hidden reward itself: by summation by parts the discounted sum of a state's changes is that of the
    state, times (1 - discount) / discount, less the state at first. So both rank all behaviour alike.
    """
    return room.cleaned


PAYS: dict[str, Callable[[CleaningRoom, CleaningRobot], float]] = {
    "pieces": for_pieces,
    "state": for_the_state,
    "hidden": for_the_hidden_reward,
}


def room_run(parameters: Mapping[str, Any], seed: int, keep: Any) -> dict[str, pd.DataFrame]:
    """One run of a sweep of rooms: its `months`, and the means of the last year as `runs`; see experiments.lab.kind."""
    months = CleaningRoom(rng=seed, **parameters).run().months
    means = months.drop(columns=["month", "target"]).tail(YEAR).mean().to_dict()
    return {"runs": pd.DataFrame([{"months": len(months)} | means | {"turns": months["turns"].iloc[-1]}]), "months": months}


def _mask(cells: Any) -> int:
    """Cells as one bit each."""
    return sum(1 << int(cell) for cell in cells)


def _or_none(happens: Any, values: Any) -> Any:
    """Values where something happens, else -1, as a list."""
    return np.where(happens, values, -1).tolist()
