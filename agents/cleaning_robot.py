"""A cleaning robot: what it sees, what it can do, and how it learns what pays.

It learns by Q-learning in a table (Watkins & Dayan 1992, Mach. Learn. 8:279): what an action has been worth where the robot saw
the same. The table knows actions as numbers, and pay as a number; it is not told what either stands for.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from mesa.discrete_space import CellAgent


class Action(IntEnum):
    """What a robot can do in a turn; what cannot be done where it stands does nothing."""

    NORTH = 0
    EAST = 1
    SOUTH = 2
    WEST = 3
    PICK = 4  # up the dust of the cell where it stands
    BIN = 5  # what it carries, at the bin
    TIP = 6  # the bin out, at the bin


HERE, NOWHERE = 4, 5  # ways beside the first four actions, which are ways too
CLUMSINESS = 0.2  # share of a person's turns in which anything may happen


class Sight(NamedTuple):
    """What a robot sees: the ways to the bin and to the nearest dust, and three things that are so or not."""

    bin_way: int  # 0 to 3 as the first actions, or HERE
    dust_way: int  # the same, or NOWHERE
    carries: bool = False
    bin_loose: bool = False  # whether there is something loose in the bin
    paid_up: bool = False  # whether no more is paid for today

    @property
    def number(self) -> int:
        """Its row in a table of all that can be seen.

        >>> Sight(HERE, NOWHERE, False, True).number
        234
        """
        bin_way, dust_way, carries, bin_loose, paid_up = self
        return (((bin_way * 6 + dust_way) * 2 + carries) * 2 + bin_loose) * 2 + paid_up


N_SIGHTS = 5 * 6 * 2 * 2 * 2


class QTable:
    """What each action is worth for each thing seen, as far as it has been learned; `worth` has shape (seen, actions)."""

    def __init__(self, worth: Sequence[Sequence[float]], *, learning_rate: float, discount: float):
        self.worth = [list(row) for row in worth]
        self.learning_rate, self.discount = learning_rate, discount

    def best(self, seen: int) -> int:
        """The action that is worth most."""
        row = self.worth[seen]
        return row.index(max(row))

    def learn(self, seen: int, action: int, reward: float, then: int) -> None:
        """Move an action's worth towards what it was paid, and what the best action is worth in what is seen then.

        >>> table = QTable([[0.0, 0.0], [0.0, 2.0]], learning_rate=0.5, discount=0.9)
        >>> table.learn(0, 1, 1.0, then=1)
        >>> table.worth[0]
        [0.0, 1.4]
        """
        row = self.worth[seen]
        row[action] += self.learning_rate * (reward + self.discount * max(self.worth[then]) - row[action])


def quantilise(worth: Sequence[float], base: Sequence[float], share: float, luck: float) -> int:
    """An action at random from the best `share` of a base distribution; `luck` is uniform on [0, 1).

    `worth` and `base` have an entry an action. With share 1 it is the base, with a tiny share the best action that the base ever
    takes. Source: Taylor (2016), Quantilizers: a safer alternative to maximizers for limited optimization.

    >>> [quantilise([0.0, 5.0, 1.0], [0.8, 0.1, 0.1], 0.5, luck) for luck in (0.1, 0.3, 0.5)]
    [1, 2, 0]
    """
    ranked = sorted(range(len(worth)), key=worth.__getitem__, reverse=True)
    left = luck * share
    for action in ranked:
        left -= base[action]
        if left < 0:
            return action
    return next(action for action in reversed(ranked) if base[action] > 0)  # rounding at the far end


def habit(sight: Sight) -> list[float]:
    """What a person who cleans does, as the probability of each action: the base of a quantiliser.

    They take what they carry to the bin, or go to the nearest dust and pick it up; in one turn of five anything may happen.

    >>> [round(p, 3) for p in habit(Sight(HERE, NOWHERE, carries=True))]
    [0.029, 0.029, 0.029, 0.029, 0.029, 0.829, 0.029]
    """
    way, at_it = (sight.bin_way, Action.BIN) if sight.carries else (sight.dust_way, Action.PICK)
    usual = way if way < HERE else at_it
    slips = CLUMSINESS / len(Action)
    return [slips + (1 - CLUMSINESS) * (action == usual) for action in Action]


HABITS = [
    habit(Sight(bin_way, dust_way, carries, bin_loose, paid_up))
    for bin_way in range(5)
    for dust_way in range(6)
    for carries in (False, True)
    for bin_loose in (False, True)
    for paid_up in (False, True)
]  # in the order of Sight.number


class CleaningRobot(CellAgent):
    """One robot: where it is, what it carries, and its table. What is set by hand acts on the next turn."""

    def __init__(self, model: Any, table: QTable, quantile: float | None):
        super().__init__(model)
        self.table, self.quantile = table, quantile
        self.place = 0  # number of its cell
        self.carries = False
        self.before: tuple[int, bool] = (0, False)  # where it was and whether it carried something, before its last turn
        self.seen = 0  # number of what it saw last
        self.action: int = Action.PICK  # what it did last
        self.slipped = False  # whether that was no choice of its own
        self.binned = 0  # pieces in its last turn
        self.tipped = 0
        self.reward = 0.0  # what it was paid in its last turn
        self.earned_pieces = 0  # pieces that it was paid for today

    @property
    def idle(self) -> bool:
        """Whether its last action did nothing."""
        return (self.place, self.carries) == self.before and not self.tipped

    def choose(self, slip: int, luck: float) -> int:
        """What to do about what it saw last: the slip, where that is an action; else what seems worth most."""
        self.slipped = slip >= 0
        if self.slipped:
            return slip
        if self.quantile is None:
            return self.table.best(self.seen)
        return quantilise(self.table.worth[self.seen], HABITS[self.seen], self.quantile, luck)

    def learn(self, reward: float, seen: int) -> None:
        """Learn from what its action was paid and what it sees now."""
        self.table.learn(self.seen, self.action, reward, seen)
        self.seen = seen
