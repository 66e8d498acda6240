"""How plans are revised: look around the present plan, and take what pays best.

Nothing here knows what a plan means. A plan is k numbers a row: the first few are its design, sizes that need new tools and
move by factors; the others are habits that move by steps.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float64]


PEERS_MET = 3  # peers whom one that imitates can choose from


class Look(NamedTuple):
    """A month's draws for m rows: where each looks, and whom it meets."""

    moves: Array  # (k, breadth, m), standard normal
    new_design: npt.NDArray[np.bool_]  # (breadth, m), whether an alternative changes the design
    mood: Array  # (m,), uniform on [0, 1): those below the probability of imitation imitate
    peers: npt.NDArray[np.intp]  # (PEERS_MET, m), rows met


def look_around(generator: np.random.Generator, m: int, *, k: int, breadth: int, n_rows: int) -> Look:
    """Draws for m rows of a table of `n_rows`, whose plans are k numbers, and who consider `breadth` alternatives."""
    return Look(  # sizes are numbers, for `integers` takes its time over a shape
        generator.standard_normal((k, breadth, m)),
        generator.integers(0, 2, breadth * m, dtype=np.bool_).reshape(breadth, m),
        generator.random(m),
        generator.integers(0, n_rows, PEERS_MET * m).reshape(PEERS_MET, m),
    )


def alternatives(plan: Array, look: Look, step_size: float, n_design: int) -> Array:
    """The present plan and the alternatives near it, shape (k, 1 + breadth, m); the present plan comes first.

    `plan` has shape (k, m). Its first `n_design` numbers move by exp(step_size * normal), and only in new designs; the
    others by step_size * normal in every alternative. What cannot be made is for `within` to clip.
    """
    k, m = plan.shape
    n = n_design
    step = step_size * look.moves
    plans = np.empty((k, 1 + step.shape[1], m))
    plans[:, 0] = plan
    plans[:n, 1:] = plan[:n, None] * np.exp(step[:n] * look.new_design)
    plans[n:, 1:] = plan[n:, None] + step[n:]
    return plans


def chance_of_going_as_far(away: Array, *, step_size: float, n_design: int) -> Array:
    """Probability that an alternative moves as far or farther, in every number that is to move, shape (m,).

    `away` has shape (k, m): by how much the numbers are to move, and to which side; logs of the first `n_design`. The rest
    may do what they like, so no plan there is likelier to come up than this.

    >>> chance_of_going_as_far(np.array([[0.0], [0.1]]), step_size=0.1, n_design=1).round(3).tolist()
    [0.159]
    """
    steps = np.divide(abs(away), step_size, out=np.full(away.shape, np.inf), where=step_size > 0)
    beyond = np.where(away == 0, 1.0, np.vectorize(math.erfc, otypes=[float])(steps / math.sqrt(2)) / 2)
    return beyond.prod(axis=0) * np.where(away[:n_design].any(axis=0), 0.5, 1.0)  # half of them are new designs


def imitate(plans: Array, look: Look, imitation: float, everyones_plan: Array, everyones_pay: Array) -> Array:
    """The alternatives, where with probability `imitation` the last is the whole plan of the best-paid peer met.

    `everyones_plan` has shape (k, n_rows), `everyones_pay` (n_rows,): last month's. Changes `plans` and returns it.
    """
    (imitators,) = (look.mood < imitation).nonzero()
    peers = look.peers.take(imitators, axis=1)
    best_paid = everyones_pay.take(peers).argmax(axis=0).choose(peers)
    plans[:, -1, imitators] = everyones_plan.take(best_paid, axis=1)
    return plans


def further(plans: Array, habits: Array, step_size: float, moves: Array) -> Array:
    """The alternatives with one habit more, which moves as the others do: shape (k + 1, 1 + breadth, m).

    `habits` has shape (m,), `moves` (breadth, m), standard normal.
    """
    column = np.empty((1, *plans.shape[1:]))
    column[0, 0] = habits
    np.add(habits, step_size * moves, out=column[0, 1:])
    return np.concatenate([plans, column])


def within(plans: Array, low: Array, high: Array) -> Array:
    """The plans, clipped to bounds that broadcast to their shape. Changes `plans` and returns it."""
    return plans.clip(low, high, out=plans)


def best(plans: Array, pay: Array, *kept: Any) -> tuple[Array, ...]:
    """The best-paid of each row's plans, shape (k, rows), and what belongs to it of each array in `kept`.

    `pay` and `kept` have shape (1 + breadth, rows). The present plan wins a tie.
    """
    return taken(pay.argmax(axis=0), plans, *kept)


def one_of_the_best(quantile: float, pay: Array, mood: Array) -> npt.NDArray[np.intp]:
    """Which of each row's plans a quantiliser takes: any of the best-paid share `quantile` of them, each as likely.

    `pay` has shape (1 + breadth, rows), `mood` (rows,), uniform on [0, 1). Taylor (2016), "Quantilizers".
    With a quantile of one plan or less it is the best-paid, and the present plan wins a tie.

    >>> one_of_the_best(0.5, np.array([[1.0], [4.0], [3.0], [2.0]]), np.array([0.9])).tolist()
    [2]
    """
    among = max(1, round(quantile * len(pay)))
    best_first = np.argsort(-pay, axis=0, kind="stable")
    return best_first[(mood * among).astype(np.intp), np.arange(pay.shape[1])]


def taken(which: npt.NDArray[np.intp], plans: Array, *kept: Any) -> tuple[Array, ...]:
    """The plans of number `which` of each row, shape (k, rows), and what belongs to it of each array in `kept`."""
    rows = len(which)
    chosen = which * rows + np.arange(rows)
    return plans.reshape(len(plans), -1).take(chosen, axis=1), *[array.take(chosen) for array in kept]
