"""A mistake gets one line: which field, what it got, what it takes."""

import inspect

import numpy as np
import pytest

from agents.policies import Rotation
from incentives.metrics import METRICS
from model.cleaning_room import CleaningRoom
from model.economy import NailEconomy

TAKES = f"it takes {', '.join(METRICS)}, or a function of a report"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"n_factorys": 3}, "n_factorys: is no parameter; did you mean 'n_factories'?"),
        ({"xyz": 3}, "xyz: is no parameter; see help(Parameters)"),
        ({"n_factories": 0}, "n_factories: got 0; it takes a whole number from 1 to 10,000,000"),
        ({"n_factories": 2.5}, "n_factories: got 2.5; it takes a whole number from 1 to 10,000,000"),
        ({"n_factories": "many"}, "n_factories: got 'many'; it takes a whole number from 1 to 10,000,000"),
        ({"horizon": -3}, "horizon: got -3; it takes a whole number from 1 to 1,000,000"),
        ({"pride": float("nan")}, "pride: got nan; it takes a number from 0 to 1,000,000"),
        ({"step_size": float("inf")}, "step_size: got inf; it takes a number from 0 to 5"),
        ({"steel_quota": 0}, "steel_quota: got 0; it takes a number above 0 to 1,000,000,000"),
        ({"threads": 0}, "threads: got 0; it takes None or a whole number from 1 to 256"),
        ({"bonus": "liner"}, "bonus: got 'liner'; did you mean 'linear'? it takes linear, capped, threshold"),
        (
            {"policy": "reactve"},
            "policy: got 'reactve'; did you mean 'reactive'? it takes measure_only, single, schedule, reactive",
        ),
        (
            {"policy": lambda reports: None},
            "policy: got <lambda>; it takes a function (reports, complaints, month) -> Order, and this one takes (reports)",
        ),
        ({"policy": Rotation}, "policy: got Rotation; it is a class; give one of it, as in policy=Rotation(...)"),
        (
            {"discount": 0.1, "growth": -0.2, "ratchet": 1.0},
            "growth: got -0.2 with a ratchet of 1; far-sighted factories would see",
        ),
        ({"metric": "wheight"}, f"metric: got 'wheight'; did you mean 'weight'? {TAKES}"),
        (
            {"metric": "count", "policy": "reactive"},
            "metric: is paid by policy 'single' alone, and the policy here is 'reactive'",
        ),
        ({"metric": lambda report: report.count.sum()}, "metric '<lambda>': must return one score a factory"),
        ({"metric": lambda report: report.count * np.nan}, "metric '<lambda>': must return finite numbers, but returned nan"),
        ({"metric": lambda report: "many"}, "metric '<lambda>': must return numbers, but returned <U4"),
        ({"schedule": {30: "count", 2: "weight"}}, "it takes months in ascending order"),
        ({"schedule": {-1: "count"}}, "it takes months from 0"),
        ({"schedule": {1: "cuont"}}, f"schedule: metric: got 'cuont'; did you mean 'count'? {TAKES}"),
        ({"schedule": [1]}, "schedule: got [1]; it takes {month: metric or None}, months whole numbers"),
        ({"menu": []}, "menu: got []; it takes a list of one metric or more"),
        ({"menu": {"count", "weight"}}, "it takes a list of one metric or more"),
        (
            {"menu": ["count", None], "policy": "secret"},
            "menu: got ['count', None]; policy 'secret' chooses from single metrics, none of them None",
        ),
        ({"menu": ["count", ["joints"]], "policy": "watchful"}, "policy 'watchful' chooses from single metrics"),
        ({"menu": ["count", "wait"]}, f"menu: metric: got 'wait'; did you mean 'weight'? {TAKES}"),
        ({"rng": "7"}, "rng: got '7'; it takes an int from 0, a numpy SeedSequence or None"),
        ({"rng": -1}, "rng: got -1; it takes an int from 0, a numpy SeedSequence or None"),
        ({"rng": 1.5}, "rng: got 1.5; it takes an int from 0, a numpy SeedSequence or None"),
        ({"rng": True}, "rng: got True; it takes an int from 0, a numpy SeedSequence or None"),
    ],
)
def test_an_impossible_economy_is_refused_in_one_line(given, line):
    with pytest.raises(ValueError) as refusal:
        NailEconomy(**given)
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("decree", "line"),
    [
        ({"metrc": "count"}, "metrc: is nothing one can decree; did you mean 'metric'? it takes metric, bonus, bonus_strength"),
        ({"pride": 3}, "pride: is nothing one can decree"),
        ({"metric": "cuont"}, "metric: got 'cuont'; did you mean 'count'?"),
        ({"bonus_strength": -1}, "bonus_strength: got -1; it takes a number from 0 to 1,000,000"),
        ({"metric": lambda report: -report.count}, "metric '<lambda>': must be above 0 for ordinary work"),
    ],
)
def test_an_impossible_decree_is_refused_in_one_line_and_not_kept(decree, line):
    economy = NailEconomy(rng=7)
    with pytest.raises(ValueError) as refusal:
        economy.intervene(**decree)
    assert line in str(refusal.value)
    assert economy.interventions == []


def test_settings_may_come_as_text_from_toml_and_json():
    economy = NailEconomy(rng=7, n_factories="12", schedule={"3": "count", "6": "none"}, horizon="8").run()
    assert economy.months["target"].tolist() == ["none"] * 3 + ["count"] * 3 + ["none"] * 2


@pytest.mark.parametrize(
    ("metric", "says"),
    [
        (lambda report: -report.count, "must be above 0 for ordinary work"),
        (lambda report: report.count[:3], "must return one score a factory"),
        (lambda report: report.count * typo, "NameError"),  # noqa: F821
    ],
)
@pytest.mark.parametrize("place", ["metric", "menu", "schedule"])
def test_a_metric_that_will_not_do_is_told_before_the_first_month(metric, says, place):
    given = {"metric": metric, "menu": [metric], "schedule": {30: metric}}[place]
    with pytest.raises(ValueError, match=says):
        NailEconomy(n_factories=8, rng=0, **{place: given})


def test_true_is_no_number_and_seed_is_rng():
    with pytest.raises(ValueError, match="n_factories: got True; it takes a whole number"):
        NailEconomy(n_factories=True)
    with pytest.raises(ValueError, match=r"n_factories: got np\.True_; it takes a whole number"):
        NailEconomy(n_factories=np.True_)
    with pytest.raises(ValueError, match="pride: got False; it takes a number"):
        NailEconomy(pride=False)
    with pytest.raises(ValueError, match="seed: is no parameter; did you mean 'rng'"):
        NailEconomy(seed=7)


@pytest.mark.parametrize("model", [NailEconomy, CleaningRoom])
def test_what_is_given_without_a_name_is_told_how_it_is_written(model):
    named = rf"^{model.__name__}: got 7 without a name; it takes all by name, as in {model.__name__}\(rng=7\)$"
    with pytest.raises(TypeError, match=named):
        model(7)
    assert list(inspect.signature(model).parameters) == ["rng", "parameters"]  # as help() and Mesa see it


def test_everybody_says_in_a_line_who_they_are():
    economy = NailEconomy(rng=7, n_factories=3, n_trusts=2, horizon=30)
    assert repr(economy) == "<NailEconomy of 3 factories, month 0 of 30, paid by none>"
    assert repr(economy.run()).endswith("month 30 of 30, paid by count>")
    for agent in (*economy.factories, *economy.trusts):
        assert repr(agent).startswith(f"<{type(agent).__name__} {agent.row}: ")
