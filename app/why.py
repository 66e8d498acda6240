"""Why did they do that? What a factory would be paid for its plan and for others, term by term, and how far it looks."""

from typing import Any, NamedTuple

import numpy as np

from agents.industry import FIRST_FINISH, N_DESIGN, PLAN
from agents.pay import Pay
from agents.search import PEERS_MET, chance_of_going_as_far, within
from app.drawing.svg import signed
from app.replay import Moment, Replay
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail

FURTHER = ("padding",)  # what a plan holds beyond PLAN, in worlds where it does
MOST_TERMS = 3  # of pay that the answer names: those that differ most
SELDOM = 0.001  # a month: what a factory comes upon less often is out of its reach


class Option(NamedTuple):
    """A plan (a number for each name in `agents.industry.PLAN`) and what it is expected to be paid [units of pay].

    Where the factory does not look so far in a month, `beyond` says so in a few words, and `because` how far it does look;
    elsewhere both are empty.
    """

    name: str
    plan: tuple[float, ...]
    pay: Pay
    beyond: str = ""
    because: str = ""


AS_IT_IS, CATALOGUE = "as it is", "a catalogue nail"


def options(replay: Replay, factory: int, moment: Moment | None = None) -> list[Option]:
    """A factory's plan at a moment (the last, if none is given), others a step from it, and a catalogue nail; best-paid first.

    What each would be paid is what the factory itself expects: `agents.pay` under that month's order. The factory considers
    only some plans near its own, and now and then a peer's, and takes the best of those: a plan that it does not come
    upon, as the catalogue nail far from what it makes, is here to be compared, and is marked.
    """
    moment = replay.at(replay.month) if moment is None else moment
    industry, construction = replay.economy.industry, replay.economy.construction
    names = (*PLAN, *FURTHER)[: len(moment.plan)]
    present = dict(zip(names, moment.plan[:, factory].tolist(), strict=True))
    length, diameter = present["length_mm"], present["diameter_mm"]
    best_length, best_diameter = nearest_size(*ideal_nail(float(construction.board_mm[industry.trust[factory]])))
    step = _step(replay, factory, moment)
    size = np.exp(step)
    changes: dict[str, dict[str, float]] = {
        AS_IT_IS: {},
        CATALOGUE: {"length_mm": float(best_length), "diameter_mm": float(best_diameter), "finish": FIRST_FINISH},
        "a smaller nail": {"length_mm": length / size, "diameter_mm": diameter / size},
        "a bigger nail": {"length_mm": length * size, "diameter_mm": diameter * size},
        "better finish": {"finish": present["finish"] + step},
    }
    for habit in names[N_DESIGN:]:
        if habit != "finish":
            changes |= {f"more {habit}": {habit: present[habit] + step}, f"less {habit}": {habit: present[habit] - step}}
    plans = {name: tuple({**present, **change}.values()) for name, change in changes.items()}
    rows = slice(factory, factory + 1)
    stacked = within(np.array(list(plans.values())).T[..., None], *industry.bounds(rows))[..., 0]  # (plan, options)
    terms = industry.pay_terms(moment.order, stacked[:, :, None], rows)
    new_design = (stacked[0] != length) | (stacked[1] != diameter)  # against the plan of that month, not today's
    terms = terms._replace(retooling=-industry.retooling * new_design)
    table = np.array([np.broadcast_to(np.asarray(term, dtype=float).reshape(-1), len(plans)) for term in terms])
    seen = _beyond(replay, factory, moment, stacked)
    listed = [
        Option(name, tuple(stacked[:, k].tolist()), Pay(*table[:, k].tolist()), *seen[k])  # type: ignore[arg-type]
        for k, name in enumerate(plans)
    ]
    return sorted(listed, key=lambda option: -option.pay.total)


def in_words(listed: list[Option], target: str) -> str:
    """The answer in a sentence or two, with the numbers of the sum."""
    now = next(option for option in listed if option.name == AS_IT_IS)
    other = next(option for option in listed if option.name == CATALOGUE)
    length, diameter, *_ = now.plan
    size = f"{length:.0f} × {diameter:.{1 if diameter >= 1 else 2}f} mm"
    paid = "nothing is paid for" if target == "none" else f"the plan is in {target.replace('_', ' ')}"
    makes = f"It makes {size} nails while {paid}."
    if other.plan == now.plan:
        return f"{makes} That is the catalogue nail."
    gain = other.pay.total - now.pay.total
    changed = {name: theirs - ours for name, ours, theirs in zip(Pay._fields, now.pay, other.pay, strict=True)}
    told = sorted(changed, key=lambda name: -abs(changed[name]))[:MOST_TERMS]
    terms = [f"{name} {signed(term)}" for name, term in changed.items() if name in told and abs(term) >= 0.005]
    if any(abs(term) >= 0.005 for name, term in changed.items() if name not in told):
        terms.append("…")
    much = f"{abs(gain):.2f} {'more' if gain > 0 else 'less'}" if abs(gain) >= 0.005 else "the same"
    why_not = f", but {other.because}" if gain > 0 and other.because else ""
    return f"{makes} A catalogue nail would pay {much}{f' ({", ".join(terms)})' if terms else ''}{why_not}."


def _follows(replay: Replay, factory: int, moment: Moment) -> bool:
    """Whether a factory did at that moment what it has learned, and did not look around."""
    return factory == replay.led_factory and bool(moment.row) and moment.row["month"] >= replay.led_from


def _step(replay: Replay, factory: int, moment: Moment) -> float:
    """How far it moves: the typical step of one that looks around, the longest of one that follows what it has learned."""
    step = replay.economy.industry.step_size
    return step * replay.led.power if replay.led is not None and _follows(replay, factory, moment) else step


def _beyond(replay: Replay, factory: int, moment: Moment, plans: Any) -> list[tuple[str, str]]:
    """Of each of some plans, shape (plan, options), what `Option` has as `beyond` and `because`."""
    industry, now = replay.economy.industry, moment.plan[:, factory]
    step, breadth, imitation = _step(replay, factory, moment), industry.breadth, industry.imitation
    away = plans - now[:, None]
    away[:N_DESIGN] = np.log(plans[:N_DESIGN] / now[:N_DESIGN, None])
    steps = abs(away).max(axis=0) / step if step else np.where(away.any(axis=0), np.inf, 0.0)
    if _follows(replay, factory, moment):
        own, peers = (steps <= 1 + 1e-9).astype(float), np.zeros_like(steps)
        because = f"it moves by {_share(step)} a month at most"
    else:
        # With probability `imitation` one of the plans that it considers is instead that of the best-paid peer it meets.
        short = 1 - chance_of_going_as_far(away, step_size=step, n_design=N_DESIGN)  # of an alternative
        own = 1 - (1 - imitation) * short**breadth - imitation * short ** (breadth - 1)
        moved = (plans - now[:, None])[:, :, None]
        theirs = (moment.plan - now[:, None])[:, None]
        as_far = (np.sign(moved) * theirs >= abs(moved)).all(axis=0).mean(axis=1)  # share of factories
        peers = imitation * (1 - (1 - as_far) ** PEERS_MET)
        because = f"it looks at {breadth} plan{'s' * (breadth > 1)} some {_share(step)} away"
        because += ", or a peer’s" if imitation else ""
    found = []
    for far, alone, copied in zip(steps.tolist(), own.tolist(), peers.tolist(), strict=True):
        if far == 0 or alone >= SELDOM:  # the present plan is always weighed
            found.append(("", ""))
        elif alone + copied >= SELDOM:
            found.append((f"by copying a peer: {copied:.1%} a month", because))
        else:
            found.append(("out of reach" + (f": {far:.0f} steps of {_share(step)} away" if np.isfinite(far) else ""), because))
    return found


def _share(step: float) -> str:
    return f"{100 * step:.3g}%"
