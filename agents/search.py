"""How plans are revised: look around the present plan, and take what pays best.

Nothing here knows what a plan means. A plan is k numbers a row: the first `n_design` of them are sizes that need new
tools and move by factors, the others are habits that move by steps.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float64]


class Space(NamedTuple):
    """The plans that can be made: bounds of shape (k, 1, 1), and how many of the k numbers are design."""

    low: Array
    high: Array
    n_design: int


def look_around(generator: np.random.Generator, breadth: int, k: int, rows: int) -> Array:
    """Draws for `breadth` alternatives: shape (k + 1, breadth, rows).

    The first k are standard normal moves; the last is 1 where the alternative is a new design, else 0.
    """
    draws = np.empty((k + 1, breadth, rows))
    generator.standard_normal(out=draws[:k])
    draws[k] = generator.integers(0, 2, size=(breadth, rows), dtype=np.bool_)
    return draws


def alternatives(plan: Array, draws: Array, step_size: float, space: Space) -> Array:
    """The present plan and the alternatives near it, shape (k, 1 + breadth, rows); the present plan comes first.

    `plan` has shape (k, rows), `draws` comes from `look_around`. Design moves by exp(step_size * normal), and only
    in new designs; habits move by step_size * normal in every alternative; both stay within the bounds.
    """
    k, rows = plan.shape
    n = space.n_design
    step = step_size * draws[:k]
    step[:n] *= draws[k]
    plans = np.empty((k, 1 + step.shape[1], rows))
    plans[:, 0] = plan
    np.multiply(plan[:n, None], np.exp(step[:n], out=step[:n]), out=plans[:n, 1:])
    np.add(plan[n:, None], step[n:], out=plans[n:, 1:])
    np.minimum(plans, space.high, out=plans)
    return np.maximum(plans, space.low, out=plans)


def best(plans: Array, pay: Array, *kept: Any) -> tuple[Array, ...]:
    """The best-paid of each row's plans, shape (k, rows), and what belongs to it of each array in `kept`.

    `pay` and `kept` have shape (1 + breadth, rows). The present plan wins a tie.
    """
    rows = pay.shape[1]
    chosen = pay.argmax(axis=0) * rows + np.arange(rows)
    return plans.reshape(len(plans), -1)[:, chosen], *(array.ravel()[chosen] for array in kept)
