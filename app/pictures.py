"""What a page shows of a visit: pictures as SVG, and what its controls stand at."""

from typing import Any

import numpy as np

from agents.policies import POLICIES
from app import story
from app.drawing import charts, plan_map
from app.drawing.history import grams, history
from app.drawing.pay_bars import pay_bars
from app.drawing.trust_table import trusts
from app.drawing.yard import yard
from app.replay import series
from app.visit import SETTINGS, SPEEDS, Visit, rivals, shared
from app.why import AS_IT_IS, in_words, options
from incentives.bonus import BONUSES
from incentives.metrics import METRICS
from model.economy import DECREES
from model.parameters import Parameters
from nails.catalogue import nearest_size
from nails.geometry import ideal_nail, mass

MOST = 2.0  # that a slider goes to
DECREE_LABELS = {
    "metric": "Pay the factories by",
    "bonus": "Kind of bonus",
    "audit_share": "Audited real use",
}
OPTION_LABELS = {"none": "nothing (measure only)", story.ORACLE: f"{story.ORACLE} (an oracle)"}


def pictures(visit: Visit) -> dict[str, str]:
    """The pictures of the month on show, by name."""
    replay, moment, view = visit.replay, visit.moment, visit.view
    industry, construction = replay.economy.industry, replay.economy.construction
    calm = not visit.playing  # words on each nail are for those who stop to read them
    boards = construction.board_mm[industry.trust]
    ghosts = np.array(nearest_size(*ideal_nail(boards)))
    targets = [past.target for past in replay.moments]
    usefulness = series(replay, "usefulness")
    plans = np.array([past.plan[:2, visit.chosen] for past in [replay.start, *replay.moments[:view]]]).T
    beside: dict[str, Any] = {"band": visit.band if visit.band_wanted else None}
    rows = 2 if visit.rival is None and visit.step is None and visit.game is None else 1
    yards = [yard(moment.plan, moment.suitability, ghosts, boards, chosen=visit.chosen, told=calm, rows=rows)]
    if visit.rival is not None:
        beside |= {"beside": series(visit.rival, "usefulness"), "beside_name": "beside"}
        other = visit.rival.at(min(view, visit.rival.month))
        yards.append(yard(other.plan, other.suitability, ghosts, boards, told=calm, rows=1, name=f"Beside: {visit.rival_name}"))
    listed = options(replay, visit.chosen, moment)
    past = np.array([m.plan[:2, visit.chosen] for m in replay.moments]).reshape(-1, 2).T
    return {
        "yard": yards[0],
        "beside": yards[1] if len(yards) > 1 else "",
        "chart": charts.fulfilment_and_usefulness(
            usefulness,
            series(replay, "mean_fulfilment"),
            targets,
            replay.horizon,
            month=view,
            marks=[(month, in_a_phrase(decree)) for month, decree in replay.decrees],
            bar=None if visit.game is None else story.BAR,
            **beside,
        ),
        "correlations": charts.correlations(
            series(replay, "correlation_count"), series(replay, "correlation_weight"), targets, replay.horizon, month=view
        ),
        "map": plan_map.factories(moment.plan, moment.suitability, trail=plans, chosen=visit.chosen, told=calm),
        "trusts": trusts(construction.board_mm, construction.programme, moment.fastened, moment.complains),
        "history": history(
            np.array([m.suitability[visit.chosen] for m in replay.moments]),
            mass(*past),
            targets,
            replay.horizon,
            month=view,
        ),
        "pay": pay_bars(listed, AS_IT_IS),
        "why": in_words(listed, moment.target),
    }


def desk(visit: Visit) -> dict[str, Any]:
    """What the controls stand at, and the numbers beside them; plain values that JSON carries."""
    replay, moment = visit.replay, visit.moment
    row = moment.row
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
        "decrees": decrees(visit),
        "numbers": numbers(row, moment),
        "log": [{"month": month, "words": in_a_phrase(decree)} for month, decree in replay.decrees],
        "chosen": visit.chosen,
        "n": industry.n,
        "settings": settings(visit),
        "waiting": len(visit.pending),
        "rival": visit.rival_name,
        "rivals": rivals(),
        "band": visit.band_wanted,
        "band_words": "" if not visit.band_wanted else "" if visit.band is not None else f"{visit.band_done:.0%}",
        "story": told(visit),
        "shared": shared(visit) if visit.sharing else None,
    }


def numbers(row: dict[str, Any], moment: Any) -> list[dict[str, str]]:
    """The month in four numbers, each with its name and the colour it has everywhere."""
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


def told(visit: Visit) -> dict[str, Any] | None:
    """The step of the story on show, or how the game stands; None where there is neither."""
    replay = visit.replay
    if visit.game is not None:
        months, score = replay.month - story.FIRST_MONTH, story.score(replay)
        verdict = (
            "" if not replay.ended else " You did better." if score > visit.game.to_beat else " Not better. Reset to try again."
        )
        return {
            "title": "Now you are the planner",
            "words": f"Keep usefulness above {story.BAR:.0%} for ten years. Months above the bar: {score} of {months}; to beat: "
            f"{visit.game.to_beat} of {story.YEARS * story.MONTHS_A_YEAR}. A new remedy unlocks each year.{verdict}",
            "step": -1,
            "steps": 0,
            "game": True,
        }
    if visit.step is None:
        return None
    step = story.STEPS[visit.step]
    rows = [moment.row for moment in replay.moments[: step.month]]
    there = visit.until is None and replay.month >= step.month
    return {
        "title": f"{visit.step + 1}. {step.title}",
        "words": step.words(rows) if there else f"Playing on to month {step.month} …",
        "step": visit.step,
        "steps": len(story.STEPS),
        "game": False,
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
        most = min(next((m.le for m in Parameters.model_fields[name].metadata if hasattr(m, "le")), MOST), MOST)
        found.append(
            {
                "name": name,
                "label": DECREE_LABELS.get(name, label(name)[0].upper() + label(name)[1:]),
                "value": value,
                "words": f"{value:.0%}" if name.endswith("_share") else value if name in choices else f"{value:.2f}",
                "options": [{"value": key, "label": OPTION_LABELS.get(key, label(key))} for key in choices.get(name, [])],
                "max": most,
                "locked": "" if visit.game is None or story.unlocks(name) <= month else f"from month {story.unlocks(name)}",
            }
        )
    return found


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
            words.append("pay for nothing" if value is None else f"pay by {label(str(value))}")
        elif name == "bonus":
            words.append(f"{label(value)} bonus")
        elif name == "audit_share":
            words.append(f"audit {value:.0%}")
        else:
            words.append(f"{label(name)} {value:g}")
    return ", ".join(words)
