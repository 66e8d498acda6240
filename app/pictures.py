"""What a page shows of a visit: pictures as SVG, and what its controls stand at."""

from functools import lru_cache
from typing import Any

import numpy as np

from agents.pay import Pay
from agents.policies import POLICIES
from app import story
from app.drawing import charts, plan_map, trust_table, yard
from app.drawing.history import grams, history
from app.drawing.pay_bars import pay_bars, term_class
from app.replay import Replay, series
from app.visit import RIVAL_ORDINARY, SETTINGS, SPEEDS, Visit, rivals, shared
from app.why import AS_IT_IS, in_words, options
from incentives.bonus import BONUSES, bonus_name
from incentives.metrics import METRICS, metric_name
from model.economy import DECREES
from model.parameters import Parameters
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail, mass

ALWAYS = ("bonus", "pride", "effort", "retooling")  # terms of pay that the key names, whether in force or not
MOST = 2.0  # that a slider goes to
DECREE_LABELS = {
    "metric": "Pay the factories by",
    "bonus": "Kind of bonus",
    "audit_share": "Audited real use",
}
OPTION_LABELS = {"none": "nothing (measure only)", story.ORACLE: f"{story.ORACLE} (an oracle)"}


def grounds(visit: Visit, told: bool = True) -> dict[str, str]:
    """What stands still under the pictures while months pass, by the names of `pictures`; `told` as there."""
    horizon, game, layout = visit.replay.horizon, visit.game, _layout(visit)
    construction = visit.replay.economy.construction
    found = {
        "yard": yard.ground(*_yard(visit), chosen=visit.chosen, led=visit.replay.led_factory, told=told, **layout),
        "chart": charts.ground(horizon, bar=None if game is None else story.BAR),
        "correlations": charts.correlations_ground(horizon),
        "map": _backdrop(construction.board_mm.tobytes()),
        "trusts": trust_table.ground(construction.board_mm, construction.programme),
    }
    if visit.rival is not None:
        found["beside"] = yard.ground(*_yard(visit, beside=True), told=told, **layout, name=f"Beside: {visit.rival_name}")
    if visit.replay.led is not None:
        found["rewards"] = charts.rewards_ground(horizon)
    return found


def pictures(visit: Visit, told: bool = True) -> dict[str, Any]:
    """The pictures of the month on show, by name: those that have one lie over their ground; and what belongs to them in words.

    `told` lets each nail, trust and term be pointed at, with its numbers in words.
    """
    replay, moment, view = visit.replay, visit.moment, visit.view
    construction = replay.economy.construction
    targets = replay.economy.records.columns["target"]
    marks = [(month, words) for month, words in log(visit) if month < replay.horizon]
    listed, layout = options(replay, visit.chosen, moment), _layout(visit)
    # Its past, thinned to what can be drawn.
    sizes = replay.plans[: replay.month + 1, :2, visit.chosen]
    found = {
        "yard": yard.nails(*_yard(visit), led=replay.led_factory, **layout),
        "chart": charts.fulfilment_and_usefulness(
            series(replay, "usefulness"),
            series(replay, "mean_fulfilment"),
            targets,
            replay.horizon,
            month=view,
            marks=marks,
            told=told,
            band=visit.band if visit.band_wanted else None,
            beside=None if visit.rival is None else series(visit.rival, "usefulness"),
            beside_name="beside",
        ),
        "correlations": charts.correlations(
            series(replay, "correlation_count"),
            series(replay, "correlation_weight"),
            targets,
            replay.horizon,
            month=view,
            marks=marks,
            told=told,
        ),
        "map": plan_map.factories(
            moment.plan, moment.suitability, trail=sizes[: view + 1].T, chosen=visit.chosen, led=replay.led_factory, told=told
        ),
        "trusts": trust_table.trusts(
            construction.board_mm, construction.programme, moment.fastened if view else None, moment.complains, told=told
        ),
        "history": history(
            replay.suitability[1 : replay.month + 1, visit.chosen],
            mass(*sizes[1:].T),
            targets,
            replay.horizon,
            month=view,
            led_from=replay.led_from if visit.chosen == replay.led_factory else None,
        ),
        "pay": pay_bars(listed, AS_IT_IS, told=told),
        "terms": [
            {"name": label(name), "css": term_class(name).removeprefix("term ")}
            for name in Pay._fields
            if name in ALWAYS or any(getattr(option.pay, name) for option in listed)
        ],
        "why": in_words(listed, moment.target),
    }
    if visit.rival is not None:
        found["beside"] = yard.nails(*_yard(visit, beside=True), **layout)
    if replay.led is not None:
        found["rewards"] = charts.rewards(
            replay.rewards[1 : replay.month + 1],
            targets,
            replay.horizon,
            month=view,
            marks=marks,
            beside=None if visit.rival is None else visit.rival.rewards[1 : visit.rival.month + 1],
            beside_name=_beside(visit),
            told=told,
        )
    return found


def _beside(visit: Visit) -> str:
    """What the same factory in the run beside this one is called."""
    return "ordinary" if visit.rival_name == RIVAL_ORDINARY else "beside"


def log(visit: Visit) -> list[tuple[int, str]]:
    """What was done to this run, month and words: who leads a factory, and decrees."""
    replay = visit.replay
    begun = [] if replay.led_from is None else [(replay.led_from, f"factory {replay.led_factory} is led")]
    return begun + [(month, in_a_phrase(decree)) for month, decree in replay.decrees]


def led(visit: Visit) -> dict[str, Any] | None:
    """The factory that is led, and what it had on average up to the month on show, beside the same factory in another run."""
    replay, rival = visit.replay, visit.rival
    if replay.led is None or replay.led_from is None:
        return None
    begin = replay.led_from

    def means(of: Replay) -> str:
        pay, use = of.rewards[begin + 1 : visit.view + 1].mean(axis=0)
        return f"{pay:.2f}, {use:.2f}".replace("-", "−")

    words = f"led from month {begin}"
    if visit.view > begin:
        words = f"means since month {begin}: {means(replay)}"
        if rival is not None:
            words += f" · {_beside(visit)}: {means(rival)}"
    return {"factory": replay.led.factory, "from": begin, "words": words}


def _yard(visit: Visit, beside: bool = False) -> tuple[Any, Any, Any, Any]:
    """What a yard is drawn from: plan, suitability, catalogue nails [mm], boards [mm]."""
    construction = visit.replay.economy.construction
    boards = construction.board_mm[visit.replay.economy.industry.trust]
    moment = visit.moment
    if beside:
        moment = _moment_beside(visit)
    return moment.plan, moment.suitability, np.array(nearest_size(*ideal_nail(boards))), boards


def _moment_beside(visit: Visit) -> Any:
    """The month on show of the run beside this one."""
    assert visit.rival is not None
    return visit.rival.at(min(visit.view, visit.rival.month))


def _layout(visit: Visit) -> dict[str, Any]:
    """Rows of the yard, one where there is something else to show on the screen; and its scale [mm], one for both that are shown."""
    rows = 2 if visit.rival is None and visit.step is None and visit.game is None else 1
    scale = yard.scale_of(*_yard(visit), led=visit.replay.led_factory)
    return {"rows": rows, "scale": scale if visit.rival is None else max(scale, yard.scale_of(*_yard(visit, beside=True)))}


@lru_cache(maxsize=32)
def _backdrop(boards: bytes) -> str:
    return plan_map.backdrop(np.frombuffer(boards))


def desk(visit: Visit) -> dict[str, Any]:
    """What the controls stand at, and the numbers beside them; plain values that JSON carries."""
    replay, moment = visit.replay, visit.moment
    industry = replay.economy.industry
    return {
        "month": visit.view,
        "last": replay.month,
        "horizon": replay.horizon,
        "target": moment.target,
        "playing": visit.playing,
        "ended": replay.ended and visit.view == replay.month,
        "speed": visit.speed,
        "speeds": [{"value": name, "label": "full speed" if name == "full" else f"{name} months/s"} for name in SPEEDS],
        "again": visit.again,
        "message": visit.message,
        "told": visit.told,
        "decrees": decrees(visit),
        "decreeing": decreeing(visit),
        "numbers": numbers(moment),
        "log": [{"month": month, "words": words} for month, words in reversed(log(visit))],
        "led": led(visit),
        "learner": bool(visit.learned),
        "chosen": visit.chosen,
        "n": industry.n,
        "settings": settings(visit),
        "waiting": len(visit.pending),
        "rival": visit.rival_name,
        "rivals": rivals(replay.led is not None),
        "beside": [] if visit.rival is None else numbers(_moment_beside(visit))[1:],
        "band": visit.band_wanted,
        "band_words": "" if not visit.band_wanted else "" if visit.band is not None else f"{visit.band_done:.0%} done",
        "story": story_so_far(visit),
        "shared": shared(visit) if visit.sharing else None,
    }


def numbers(moment: Any) -> list[dict[str, str]]:
    """The month in four numbers, each with its name and the colour it has everywhere."""
    row = moment.row
    if not row:
        row = {"usefulness": np.nan, "mean_fulfilment": np.nan, "median_mass_g": float(np.median(mass(*moment.plan[:2])))}
    shares = [("usefulness", row["usefulness"], "verm"), ("fulfilment", row["mean_fulfilment"], "metric")]
    found = [{"name": name, "value": f"{share:.0%}" if np.isfinite(share) else "–", "css": css} for name, share, css in shares]
    complaining = f"{int(moment.complains.sum())} of {len(moment.complains)}"
    return [
        *found,
        {"name": "median nail", "value": grams(row["median_mass_g"]), "css": ""},
        {"name": "trusts complain", "value": complaining, "css": ""},
    ]


def story_so_far(visit: Visit) -> dict[str, Any] | None:
    """The step of the story on show, or how the game stands; None where there is neither."""
    replay = visit.replay
    if not visit.left:
        return None
    waits = f"Your {'own run' if visit.left[-1]['game'] is None else 'game'} waits at month {visit.left[-1]['view']}."
    if visit.game is not None:
        months, score = replay.month - story.FIRST_MONTH, story.score(replay)
        if not replay.ended:
            then = "A new remedy unlocks each year."
        else:
            then = "You did better." if score > visit.game.to_beat else "Not better. Reset to try again."
        return {
            "title": "Now you are the planner",
            "words": f"Keep usefulness above {story.BAR:.0%} for ten years. Months above the bar: {score} of {months}; to beat: "
            f"{visit.game.to_beat} of {story.YEARS * story.MONTHS_A_YEAR}, by a planner without thought. {then}",
            "step": -1,
            "steps": 0,
            "game": True,
            "waits": waits,
        }
    assert visit.step is not None
    step = story.STEPS[visit.step]
    words = step.words([replay.economy.records.row(k) for k in range(step.month)]) if replay.month >= step.month else ""
    if visit.playing:
        words = f"Playing on to month {step.month} …"
    elif not words:
        words = f"Play goes on to month {step.month}."
    elif visit.view != step.month:
        words += f" (Told of month {step.month}.)"
    return {
        "title": f"{visit.step + 1}. {step.title}",
        "words": words,
        "step": visit.step,
        "steps": len(story.STEPS),
        "game": False,
        "waits": waits,
    }


def decrees(visit: Visit) -> list[dict[str, Any]]:
    """What can be decreed, and what stands: a list to choose from where there is one, a slider otherwise."""
    in_force = visit.in_force()
    month = visit.replay.month
    metrics = list(METRICS) if visit.game is None else [name for name in story.on_offer() if story.unlocks(name) <= month]
    choices = {"metric": ["none", *metrics], "bonus": list(BONUSES)}
    found = []
    for name in DECREES:
        value = in_force[name]
        most = min(limit(name), MOST)
        keys = choices.get(name, [])
        if name in choices and value not in keys:
            keys = [*keys, value]  # a function of somebody's own, or several metrics
        found.append(
            {
                "name": name,
                "label": DECREE_LABELS.get(name, label(name)[0].upper() + label(name)[1:]),
                "value": value,
                "words": value if name in choices else f"{value:.0%}" if limit(name) == 1 else f"{value:.2f}",
                "about": Parameters.model_fields[name].description,
                "options": [{"value": key, "label": OPTION_LABELS.get(key, label(key))} for key in keys],
                "max": most,
                "locked": "" if visit.game is None or story.unlocks(name) <= month else f"from month {story.unlocks(name)}",
            }
        )
    return found


def decreeing(visit: Visit) -> dict[str, Any]:
    """Whether decrees are held back, and in a few words why, or when they would act."""
    last = visit.replay.month
    if visit.step is not None:
        return {"held": True, "words": "not while a story is told"}
    if visit.replay.ended:
        return {"held": True, "words": "the run has ended"}
    if visit.view < last:
        return {"held": False, "words": f"at month {last}; act from {last + 1}"}
    return {"held": False, "words": "act from the next month"}


def settings(visit: Visit) -> list[dict[str, Any]]:
    """The settings that act at the next reset."""
    found = []
    for name in ("seed", *SETTINGS):
        applied = str(visit.setting(name))
        about = "every draw follows from it" if name == "seed" else Parameters.model_fields[name].description
        found.append(
            {
                "name": name,
                "label": label(name.removeprefix("n_")),
                "about": about,
                "value": visit.pending.get(name, applied),
                "waits": name in visit.pending,
                "options": list(POLICIES) if name == "policy" else [],
            }
        )
    return found


def limit(name: str) -> float:
    """The most that a parameter can be.

    >>> limit("audit_share")
    1
    """
    return next((m.le for m in Parameters.model_fields[name].metadata if hasattr(m, "le")), np.inf)


def label(name: str) -> str:
    """A name of the code as people write it.

    >>> label("geometric_mean")
    'geometric mean'
    """
    return name.replace("_", " ")


def in_a_phrase(decree: dict[str, Any]) -> str:
    """A decree in a few words.

    >>> in_a_phrase({"metric": None}), in_a_phrase({"bonus_strength": 0.2})
    ('pay for nothing', 'bonus strength 0.2')
    """
    words = []
    for name, value in decree.items():
        if name == "metric":
            words.append("pay for nothing" if value is None else f"pay by {label(metric_name(value))}")
        elif name == "bonus":
            words.append(f"{label(bonus_name(value))} bonus")
        elif limit(name) == 1:
            words.append(f"{label(name.removesuffix('_share'))} {value:.0%}")
        else:
            words.append(f"{label(name)} {value:g}")
    return ", ".join(words)
