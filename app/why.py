"""Why did they do that? What a factory would be paid for its plan and for others, term by term."""

from typing import NamedTuple

import numpy as np

from agents.industry import FIRST_FINISH, N_DESIGN, PLAN
from agents.pay import Pay
from agents.search import within
from app.replay import Moment, Replay
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail

FURTHER = ("padding",)  # what a plan holds beyond PLAN, in worlds where it does
STEP = 0.2  # of effort and of finish, in the alternatives
SIZE = 1.2  # factor on length and diameter


class Option(NamedTuple):
    """A plan (a number for each name in `agents.industry.PLAN`) and what it is expected to be paid [units of pay]."""

    name: str
    plan: tuple[float, ...]
    pay: Pay


ALWAYS_TOLD = ("bonus", "pride")  # terms of pay; the others where they make a difference
AS_IT_IS, CATALOGUE = "as it is", "a catalogue nail"


def options(replay: Replay, factory: int, moment: Moment | None = None) -> list[Option]:
    """A factory's plan at a moment (the last, if none is given) beside others that it could make, best-paid first.

    What each would be paid is what the factory itself expects: `agents.pay` under that month's order.
    """
    moment = replay.at(replay.month) if moment is None else moment
    industry, construction = replay.economy.industry, replay.economy.construction
    names = (*PLAN, *FURTHER)[: len(moment.plan)]
    present = dict(zip(names, moment.plan[:, factory].tolist(), strict=True))
    length, diameter = present["length_mm"], present["diameter_mm"]
    best_length, best_diameter = nearest_size(*ideal_nail(float(construction.board_mm[industry.trust[factory]])))
    changes: dict[str, dict[str, float]] = {
        AS_IT_IS: {},
        CATALOGUE: {"length_mm": float(best_length), "diameter_mm": float(best_diameter), "finish": FIRST_FINISH},
        "a smaller nail": {"length_mm": length / SIZE, "diameter_mm": diameter / SIZE},
        "a bigger nail": {"length_mm": length * SIZE, "diameter_mm": diameter * SIZE},
        "better finish": {"finish": present["finish"] + STEP},
    }
    for habit in names[N_DESIGN:]:
        if habit != "finish":
            changes |= {f"more {habit}": {habit: present[habit] + STEP}, f"less {habit}": {habit: present[habit] - STEP}}
    plans = {name: tuple({**present, **change}.values()) for name, change in changes.items()}
    rows = slice(factory, factory + 1)
    stacked = within(np.array(list(plans.values())).T[..., None], *industry.bounds(rows))[..., 0]  # (plan, options)
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
    gain = other.pay.total - now.pay.total
    paid = "nothing is paid for" if target == "none" else f"the plan is in {target.replace('_', ' ')}"
    verdict = "would cost it" if gain < 0 else "would pay it"
    changed = {name: theirs - ours for name, ours, theirs in zip(Pay._fields, now.pay, other.pay, strict=True)}
    terms = [f"{_n(term, True)} {name}" for name, term in changed.items() if name in ALWAYS_TOLD or abs(term) >= 0.005]
    return f"It makes {size} nails while {paid}. A catalogue nail {verdict} {_n(abs(gain))}: {', '.join(terms)}."


def _n(value: float, signed: bool = False) -> str:
    return (f"{value:+.2f}" if signed else f"{value:.2f}").replace("-", "−")
