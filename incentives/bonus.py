"""How a score against a target is paid: a bonus is an elementwise function of both, and one line in BONUSES."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from incentives.hints import did_you_mean, shown
from incentives.own import Words, check_elementwise, checked_numbers, name_of

type Bonus = Callable[[Any, Any], Any]

CAP = 1.1  # fulfilment beyond which the capped bonus pays nothing more


def linear(score: Any, target: Any) -> Any:
    """Fulfilment less one: rewards every nail above the plan, fines every nail below.

    >>> linear(120.0, 100.0).round(2)
    np.float64(0.2)
    """
    return np.divide(score, target) - 1.0


def capped(score: Any, target: Any) -> Any:
    """As linear, but nothing for more than 110 % of the plan.

    >>> capped(200.0, 100.0).round(2)
    np.float64(0.1)
    """
    return np.minimum(np.divide(score, target), CAP) - 1


def threshold(score: Any, target: Any) -> Any:
    """One for a plan fulfilled, nothing otherwise: the classic Soviet bonus.

    >>> threshold(99.0, 100.0), threshold(100.0, 100.0)
    (np.float64(0.0), np.float64(1.0))
    """
    return np.float64(1.0) * (np.divide(score, target) >= 1)


@dataclass(frozen=True)
class PieceRate:
    """So much for each share of the plan, and a prize for all of it.

    Kleven and Waseem (2013), "Using notches to uncover optimization frictions and structural elasticities", Quarterly
    Journal of Economics 128(2): what such a jump in pay does.

    >>> PieceRate(rate=1.0, prize=0.5)(np.array([90.0, 100.0]), 100.0).round(2).tolist()
    [-0.1, 0.5]
    """

    rate: float = 1.0
    prize: float = 0.05

    def __call__(self, score: Any, target: Any) -> Any:
        """The bonus, as any other."""
        return self.rate * linear(score, target) + self.prize * threshold(score, target)


@dataclass(frozen=True)
class NewSoviet:
    """The new Soviet incentive scheme: so much for the plan itself, less for what is above it, a greater fine below.

    Weitzman (1976), "The new Soviet incentive model", Bell Journal of Economics 7(1). With above < planned < below a factory
    that sets its own target, and is paid `per_unit` of it, says what it expects. The slopes are ours.

    >>> NewSoviet()(np.array([90.0, 100.0, 110.0]), 100.0).round(2).tolist()
    [0.85, 1.0, 1.05]
    """

    above: float = 0.5
    planned: float = 1.0
    below: float = 1.5

    def __call__(self, score: Any, target: Any) -> Any:
        """The bonus, as any other."""
        beyond = linear(score, target)
        return self.planned + self.above * np.maximum(beyond, 0) + self.below * np.minimum(beyond, 0)


def per_unit(bonus: Bonus, score: Any, target: Any) -> Any:
    """A bonus paid for each unit of the target, and not for the plan as a whole: a greater plan then has a greater fund.

    This is how Weitzman's factories are paid: `linear` becomes score less target.

    >>> float(per_unit(linear, 120.0, 100.0).round(9))
    20.0
    """
    return target * bonus(score, target)


def weighted(scores: Any, weights: Any) -> Any:
    """One score from several, shape (k, ...) to (...): the sum of each times its weight, shape (k,).

    >>> weighted([[100.0, 200.0], [10.0, 10.0]], [0.5, 2.0]).tolist()
    [70.0, 120.0]
    """
    return np.tensordot(weights, scores, axes=1)


BONUSES: dict[str, Bonus] = {
    "linear": linear,
    "capped": capped,
    "threshold": threshold,
    "piece_rate": PieceRate(),
    "new_soviet": NewSoviet(),
}
SHIPPED = dict(BONUSES)  # which tests check, and a run need not


def bonus_function(bonus: str | Bonus) -> Bonus:
    """The function behind a bonus's name. One's own is given arrays of one shape, and held to finite numbers, each time.

    >>> bonus_function("linear")(120.0, 100.0).round(2)
    np.float64(0.2)
    """
    if isinstance(bonus, str) and BONUSES[bonus] is SHIPPED.get(bonus):
        return BONUSES[bonus]
    return partial(_paid, bonus)


def _paid(bonus: str | Bonus, score: Any, target: Any) -> Any:
    pays = BONUSES[bonus] if isinstance(bonus, str) else bonus
    if not np.isfinite(score).all():  # which is the metric's fault, and told of the metric
        return pays(score, target)
    return checked_numbers(pays, (score, np.broadcast_to(target, np.shape(score))), _words(bonus))


def bonus_name(bonus: str | Bonus) -> str:
    """How a bonus is called: its key in BONUSES, or its function's name.

    >>> bonus_name("linear"), bonus_name(lambda score, target: score / target), bonus_name(NewSoviet(below=3.0))
    ('linear', '<lambda>', 'NewSoviet')
    """
    return bonus if isinstance(bonus, str) else name_of(bonus)


def check_bonus(bonus: Any, when: str = "") -> None:
    """Raise a ValueError of one line unless `bonus` is a name, or an elementwise, finite function of score and target.

    `when` is put behind what was got.

    >>> check_bonus(lambda score, target: score / target - (score / target).mean())
    Traceback (most recent call last):
    ...
    ValueError: bonus '<lambda>': must pay each factory by itself, ... (is there a mean, sum, max or rank in it?)
    """
    pays = BONUSES.get(bonus) if isinstance(bonus, str) else bonus
    if isinstance(pays, type):
        raise ValueError(f"bonus: got {shown(bonus)}{when}; it is a class; give one of it, as in {pays.__name__}(...)")
    if not callable(pays):
        hint = did_you_mean(bonus, BONUSES)
        raise ValueError(
            f"bonus: got {shown(bonus)}{when}; {hint}it takes {', '.join(BONUSES)}, or a function (score, target) -> bonus"
        )
    if isinstance(bonus, str) and pays is SHIPPED.get(bonus):
        return
    score = np.array([[90.0, 1.1e7, 0.0], [2.5e4, 1.21, 300.0]])
    target = np.array([[100.0, 1.1e7, 3.0], [100.0, 1.0, 1.0]])  # 1: where it is a fulfilment that is paid
    check_elementwise(pays, (score, target), _words(bonus), atol=1e-12)


def _words(bonus: str | Bonus) -> Words:
    return Words(f"bonus '{bonus_name(bonus)}'", "bonus", "score", "pay", "paid")
