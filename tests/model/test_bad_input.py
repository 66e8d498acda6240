"""A mistake gets one line: which field, what it got, what it takes."""

import numpy as np
import pytest

from model.economy import NailEconomy

METRICS = "it takes count, weight, geometric_mean, gross_value, joints, or a function of a report"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"n_factorys": 3}, "n_factorys: is no parameter; did you mean 'n_factories'?"),
        ({"xyz": 3}, "xyz: is no parameter; see help(Parameters)"),
        ({"n_factories": 0}, "n_factories: got 0; it takes a whole number from 1 to 10,000,000"),
        ({"n_factories": 2.5}, "n_factories: got 2.5; it takes a whole number from 1 to 10,000,000"),
        ({"n_factories": "many"}, "n_factories: got 'many'; it takes a whole number from 1 to 10,000,000"),
        ({"horizon": -3}, "horizon: got -3; it takes a whole number from 1 to 1,000,000"),
        ({"pride": float("nan")}, "pride: got nan; it takes a number from 0 to 1e+06"),
        ({"step_size": float("inf")}, "step_size: got inf; it takes a number from 0 to 5"),
        ({"steel_quota": 0}, "steel_quota: got 0; it takes a number above 0 to 1e+09"),
        ({"threads": 0}, "threads: got 0; it takes None or a whole number from 1 to 256"),
        ({"bonus": "liner"}, "bonus: got 'liner'; did you mean 'linear'? it takes linear, capped, threshold"),
        (
            {"policy": "reactve"},
            "policy: got 'reactve'; did you mean 'reactive'? it takes measure_only, single, schedule, reactive",
        ),
        (
            {"policy": lambda reports: None},
            "it takes a function (reports, complaints, month) -> Order; too many positional arguments",
        ),
        ({"metric": "wheight"}, f"metric: got 'wheight'; did you mean 'weight'? {METRICS}"),
        (
            {"metric": "count", "policy": "reactive"},
            "metric: is paid by policy 'single' alone, and the policy here is 'reactive'",
        ),
        ({"metric": lambda report: report.count.sum()}, "metric '<lambda>': must return one score a factory"),
        ({"metric": lambda report: report.count * np.nan}, "metric '<lambda>': must return finite numbers, but returned nan"),
        ({"metric": lambda report: "many"}, "metric '<lambda>': must return numbers, but returned <U4"),
        ({"schedule": {30: "count", 2: "weight"}}, "it takes months in ascending order"),
        ({"schedule": {-1: "count"}}, "it takes months from 0"),
        ({"schedule": {1: "cuont"}}, f"schedule: metric: got 'cuont'; did you mean 'count'? {METRICS}"),
        ({"schedule": [1]}, "schedule: got [1]; it takes {month: metric or None}, months whole numbers"),
        ({"menu": []}, "menu: got []; it takes a list of one metric or more"),
        ({"menu": ["count", "wait"]}, f"menu: metric: got 'wait'; did you mean 'weight'? {METRICS}"),
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
        ({"bonus_strength": -1}, "bonus_strength: got -1; it takes a number from 0 to 1e+06"),
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
