"""Why did they do that? What a factory would be paid for its plan and for others, term by term."""

from typing import NamedTuple

import numpy as np

from agents.industry import HIGH, LOW
from agents.pay import Pay
from app.replay import Moment, Replay
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail

STEP = 0.2  # of effort and of finish, in the alternatives
SIZE = 1.2  # factor on length and diameter


class Option(NamedTuple):
    """A plan (length [mm], diameter [mm], finish, effort) and what it is expected to be paid [units of pay]."""

    name: str
    plan: tuple[float, float, float, float]
    pay: Pay


AS_IT_IS, CATALOGUE = "as it is", "a catalogue nail"


def options(replay: Replay, factory: int, moment: Moment | None = None) -> list[Option]:
    """A factory's plan at a moment (the last, if none is given) beside six others, best-paid first.

    What each would be paid is what the factory itself expects: `agents.pay` under that month's order.
    """
    moment = replay.at(replay.month) if moment is None else moment
    industry, construction = replay.economy.industry, replay.economy.construction
    length, diameter, finish, effort = moment.plan[:, factory].tolist()
    board = float(construction.board_mm[industry.trust[factory]])
    best_size = tuple(float(size) for size in nearest_size(*ideal_nail(board)))
    plans = {
        AS_IT_IS: (length, diameter, finish, effort),
        CATALOGUE: (*best_size, 0.9, effort),
        "a smaller nail": (length / SIZE, diameter / SIZE, finish, effort),
        "a bigger nail": (length * SIZE, diameter * SIZE, finish, effort),
        "better finish": (length, diameter, finish + STEP, effort),
        "more effort": (length, diameter, finish, effort + STEP),
        "less effort": (length, diameter, finish, effort - STEP),
    }
    stacked = np.clip(np.array(list(plans.values())), LOW.ravel(), HIGH.ravel()).T  # (4, options)
    rows = slice(factory, factory + 1)
    terms = industry.pay_terms(moment.order, stacked[:, :, None], rows)
    new_design = (stacked[0] != length) | (stacked[1] != diameter)  # against the plan of that month, not today's
    terms = terms._replace(retooling=-industry.retooling * new_design)
    table = np.array([np.broadcast_to(np.asarray(term, dtype=float).reshape(-1), len(plans)) for term in terms])
    listed = [
        Option(name, tuple(stacked[:, k].tolist()), Pay(*table[:, k].tolist()))  # type: ignore[arg-type]
        for k, name in enumerate(plans)
    ]
    return sorted(listed, key=lambda option: -option.pay.total)


def in_words(listed: list[Option], target: str) -> str:
    """The answer in a sentence or two, with the numbers of the sum."""
    now = next(option for option in listed if option.name == AS_IT_IS)
    other = next(option for option in listed if option.name == CATALOGUE)
    length, diameter, *_ = now.plan
    size = f"{length:.0f} × {diameter:.{1 if diameter >= 1 else 2}f} mm"
    bonus, pride = other.pay.bonus - now.pay.bonus, other.pay.pride - now.pay.pride
    gain = other.pay.total - now.pay.total
    paid = "nothing is paid for" if target == "none" else f"the plan is in {target.replace('_', ' ')}"
    verdict = "would cost it" if gain < 0 else "would pay it"
    return (
        f"It makes {size} nails while {paid}. A catalogue nail {verdict} {_n(abs(gain))}: "
        f"{_n(bonus, True)} bonus, {_n(pride, True)} pride, {_n(other.pay.retooling, True)} retooling."
    )


def _n(value: float, signed: bool = False) -> str:
    return (f"{value:+.2f}" if signed else f"{value:.2f}").replace("-", "−")
