"""With other settings than an experiment's own its words stay true, or it refuses them before any run."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from experiments import (
    best_of_n,
    cleaning_robot,
    count_then_weight,
    four_goodharts,
    incentive_strength,
    learners_and_climbers,
    learning_power,
    measure_or_target,
    nail_map,
    optimisation_power,
    padding_and_audits,
    quantilisers,
    ratchet,
    reactive_planner,
    remedies,
    tight_steel,
    what_matters_most,
)
from experiments.command import just_its_own, just_the_default, read_settings

SMALL = {"n_factories": 12, "workers": 0}
ALONE = "alone, which its words and numbers go by"


def words(folder):
    """Answer and captions that a run left."""
    captions = [path.read_text(encoding="utf-8") for path in sorted((folder / "figures").glob("*.txt"))]
    return " ".join([json.loads((folder / "answer.json").read_text(encoding="utf-8"))["answer"], *captions])


def is_a_table(printed):
    """Whether what was printed has a table, fits a terminal of 80 columns, and leaves out nothing for want of room."""
    lines = [line for line in printed.splitlines() if not line.startswith(("The figure: ", "The page: "))]
    return "────" in printed and "…" not in printed and max(map(len, lines)) <= 80


def page(folder):
    return " ".join((folder / "report.html").read_text(encoding="utf-8").split())


def refused(experiment, folder, **given):
    """The line in which a run refuses what was given, before it has left anything."""
    with pytest.raises(ValueError) as caught:
        experiment.run(seeds=1, out=folder / "out", workers=0, **given)
    assert not (folder / "out").exists()
    return str(caught.value)


TELL_OF_PAY = [
    count_then_weight,
    learners_and_climbers,
    learning_power,
    measure_or_target,
    nail_map,
    optimisation_power,
    reactive_planner,
    tight_steel,
]


@pytest.mark.parametrize("experiment", TELL_OF_PAY, ids=lambda one: one.__name__)
def test_a_bonus_of_no_strength_is_refused_where_the_words_tell_of_pay(experiment, tmp_path):
    if experiment in (learners_and_climbers, learning_power):
        pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    for strength in (0, 0.0, "0"):
        line = refused(experiment, tmp_path, bonus_strength=strength)
        assert line.startswith(
            f"bonus_strength: got {strength!r}; this experiment takes more, for its words tell of what is paid"
        )
    assert "bonus_strength: got 'much'; it takes a number" in refused(experiment, tmp_path, bonus_strength="much")


OTHER_TARGET = [
    four_goodharts,
    incentive_strength,
    optimisation_power,
    padding_and_audits,
    quantilisers,
    ratchet,
    reactive_planner,
    tight_steel,
]


@pytest.mark.parametrize("experiment", OTHER_TARGET, ids=lambda one: one.__name__)
def test_a_target_from_another_month_is_refused_where_the_words_tell_of_month_24(experiment, tmp_path):
    assert refused(experiment, tmp_path, target_from=36) == f"target_from: got 36; this experiment takes 24 {ALONE}"


@pytest.mark.parametrize("experiment", [four_goodharts, remedies, tight_steel, what_matters_most], ids=lambda one: one.__name__)
def test_another_horizon_is_refused_where_the_years_are_named(experiment, tmp_path):
    for horizon in (24, 240, "long"):
        own = experiment.HORIZON
        assert (
            refused(experiment, tmp_path, horizon=horizon) == f"horizon: got {horizon!r}; this experiment takes {own} {ALONE}"
        )


@pytest.mark.parametrize("experiment", [remedies, what_matters_most], ids=lambda one: one.__name__)
def test_another_schedule_is_refused_where_its_months_are_named(experiment, tmp_path):
    line = refused(experiment, tmp_path, schedule={"36": "count"})
    assert line == "schedule: got {'36': 'count'}; this experiment takes {24: 'count', 96: 'weight'} " + ALONE


def test_its_own_schedule_is_taken_in_the_form_that_the_command_line_gives_it():
    given = read_settings(['schedule={"24": "count", "96": "weight"}'])
    just_its_own(given, **what_matters_most.SWEEP.fixed)
    just_the_default(given, "schedule")


@pytest.mark.parametrize(
    ("experiment", "given"),
    [
        (padding_and_audits, {"horizon": 60}),
        (remedies, {"target_from": 36}),
        (measure_or_target, {"schedule": {"36": "count"}}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_months_that_an_experiment_varies_itself_are_refused(experiment, given, tmp_path):
    (name,) = given
    assert refused(experiment, tmp_path, **given) == f"{name}: this sweep varies it itself; leave it out"


@pytest.mark.parametrize("experiment", [four_goodharts, incentive_strength, padding_and_audits, quantilisers])
def test_another_metric_is_refused_where_the_words_tell_of_pay_by_count(experiment, tmp_path):
    assert refused(experiment, tmp_path, metric="weight") == f"metric: got 'weight'; this experiment takes 'count' {ALONE}"


def test_an_inspection_that_would_change_the_penalties_told_is_refused(tmp_path):
    assert refused(padding_and_audits, tmp_path, inspection=0.2) == f"inspection: got 0.2; this experiment takes 0.1 {ALONE}"


LEAST = {
    cleaning_robot: 12,
    incentive_strength: 36,
    measure_or_target: 168,
    optimisation_power: 48,
    quantilisers: 48,
    ratchet: 72,
    reactive_planner: 96,
}


@pytest.mark.parametrize(("experiment", "least"), [(measure_or_target, 3), (four_goodharts, 5)])
def test_too_few_factories_to_rank_are_refused(experiment, least, tmp_path):
    for few in (least - 1, "1"):
        line = refused(experiment, tmp_path, n_factories=few)
        assert line == f"n_factories: got {few}; this experiment takes {least} factories or more"


@pytest.mark.parametrize(("experiment", "least"), LEAST.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_a_horizon_that_is_too_short_is_refused(experiment, least, tmp_path):
    line = refused(experiment, tmp_path, horizon=least - 1)
    assert line == f"horizon: got {least - 1}; this experiment takes {least} months or more"
    assert "horizon: got 'long'; it takes a whole number" in refused(experiment, tmp_path, horizon="long")
    for horizon in (float(least - 1), str(least - 1)):  # which the parameters take for whole numbers
        line = refused(experiment, tmp_path, horizon=horizon)
        assert line == f"horizon: got {horizon}; this experiment takes {least} months or more"


@pytest.mark.parametrize(
    "experiment", [incentive_strength, optimisation_power, quantilisers, ratchet], ids=lambda one: one.__name__
)
def test_a_horizon_without_a_whole_last_year_is_refused_where_the_last_year_is_told(experiment, tmp_path):
    for horizon in (125, 125.0, "125"):
        line = refused(experiment, tmp_path, horizon=horizon)
        assert line == f"horizon: got {horizon}; this experiment takes whole years of 12 months"


def test_pay_of_another_length_is_told_by_its_last_year(tmp_path):
    incentive_strength.run(seeds=1, out=tmp_path / "out", horizon=36, **SMALL)
    assert "holds, in the last year;" in words(tmp_path / "out")
    assert "what builders get in the last year" in page(tmp_path / "out")
    assert "ten years" not in words(tmp_path / "out") + page(tmp_path / "out")


def test_habits_of_another_age_are_looked_at_and_told_without_it(tmp_path):
    best_of_n.run(seeds=1, out=tmp_path / "out", horizon=6, **SMALL)
    assert set(pd.read_parquet(tmp_path / "out" / "factories.parquet")["month"]) == {5}
    assert "Factories that nobody pays have their habits." in page(tmp_path / "out")
    assert "two years" not in words(tmp_path / "out") + page(tmp_path / "out")
    assert refused(best_of_n, tmp_path / "no", horizon="long").startswith("horizon: got 'long'; it takes a whole number")


def test_learners_are_told_from_the_month_in_which_their_target_begins(tmp_path, monkeypatch):
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    few = {**learners_and_climbers.SWEEP.grid, "power": [0.5, 4.0]}
    monkeypatch.setattr(learners_and_climbers, "SWEEP", replace(learners_and_climbers.SWEEP, grid=few))
    learners_and_climbers.run(seeds=1, out=tmp_path / "out", budget=16, horizon=20, target_from=12, **SMALL)
    assert "right by weight, from month 12 on." in words(tmp_path / "out")
    drawn = (tmp_path / "out" / "figures" / "learners_and_climbers.svg").read_text(encoding="utf-8")
    assert "month (its target begins in month 12)" in drawn
    assert "month 24" not in words(tmp_path / "out") + drawn


def test_a_learner_is_told_by_what_it_was_paid(tmp_path, monkeypatch):
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    few = {**learning_power.SWEEP.grid, "power": [0.125, 0.5, 4.0]}
    monkeypatch.setattr(learning_power, "SWEEP", replace(learning_power.SWEEP, grid=few))
    settings = {"budget": 16, "horizon": 26, "metric": "gross_value", "pride": 0.3}
    learning_power.run(seeds=1, out=tmp_path / "out", **settings, **SMALL)
    said = words(tmp_path / "out")
    assert "Paid by gross value, more power" in said and "A factory paid by gross value learns" in said
    assert "count" not in said
    assert "unless set otherwise it is paid by count, without pride." in page(tmp_path / "out")


def test_a_learner_that_is_paid_by_no_one_metric_or_learns_from_no_pay_is_refused(tmp_path):
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    line = f"policy: got 'measure_only'; this experiment takes 'single' {ALONE}"
    assert refused(learning_power, tmp_path, policy="measure_only") == line
    line = f"reward: got 'hidden'; this experiment takes 'observed' {ALONE}"
    assert refused(learners_and_climbers, tmp_path, reward="hidden") == line


def test_a_room_of_another_camera_and_little_training_is_told_and_drawn_by_its_own_numbers(tmp_path):
    cleaning_robot.run(seeds=1, out=tmp_path / "out", workers=0, horizon=12, days=1, turns=10, camera=0.2)
    drawn = (tmp_path / "out" / "figures" / "robot_remedies.svg").read_text(encoding="utf-8")
    assert "paid for the floor a camera sees, 0.2" in drawn and "sees, half" not in drawn
    assert "<!-- 100 -->" in drawn and "<!-- 10,000 -->" not in drawn  # turns, of 120 in all


def test_many_robots_in_a_room_are_refused_where_the_words_tell_of_one(tmp_path):
    assert refused(cleaning_robot, tmp_path, n_robots=3) == f"n_robots: got 3; this experiment takes 1 {ALONE}"


def test_months_after_the_last_that_the_experiment_asks_for_are_looked_at_as_well(tmp_path):
    measure_or_target.run(seeds=1, out=tmp_path / "out", horizon=180, **SMALL)
    looks = pd.read_csv(tmp_path / "out" / "figures" / "trust.csv")
    assert looks["month"].max() == 179 == pd.read_csv(tmp_path / "out" / "figures" / "trust_usefulness.csv")["month"].max()


OWN = [
    *((best_of_n, name, 0.5, 0.0) for name in ("orders", "padding_limit")),
    (best_of_n, "policy", "single", "measure_only"),
    (four_goodharts, "assortment", 1.5, None),
    (four_goodharts, "audit_share", 0.2, 0.0),
    (four_goodharts, "readings", 9, 1),
    *((padding_and_audits, name, 0.1, 0.0) for name in ("audit_share", "orders", "report_noise")),
    (padding_and_audits, "discount", 0.1, None),
    (padding_and_audits, "plan_year", True, False),
    (quantilisers, "breadth", 3, 8),
    (remedies, "steel_quota", 0.2, 4.0),
    *((tight_steel, name, 0.1, 0.0) for name in ("audit_share", "orders", "padding_limit")),
    (tight_steel, "bonus", "capped", "linear"),
    (tight_steel, "discount", 0.1, None),
    (tight_steel, "plan_year", True, False),
    (what_matters_most, "metric", "weight", None),
]


@pytest.mark.parametrize(("experiment", "name", "given", "own"), OWN, ids=lambda one: getattr(one, "__name__", None))
def test_a_setting_is_refused_that_would_make_words_or_numbers_untrue(experiment, name, given, own, tmp_path):
    line = refused(experiment, tmp_path, **{name: given})
    assert line == f"{name}: got {given!r}; this experiment takes {own!r} {ALONE}"


@pytest.mark.parametrize("name", ["padding_limit", "report_noise"])
def test_reports_that_are_not_what_was_made_are_refused_where_one_looks_at_what_was_made(name, tmp_path):
    assert refused(measure_or_target, tmp_path, **{name: 0.5}) == f"{name}: got 0.5; this experiment takes 0.0 {ALONE}"


def test_seeds_whose_targets_differ_are_not_said_to_be_paid_by_a_metric_mixed(tmp_path):
    count_then_weight.run(seeds=2, out=tmp_path / "out", policy="reactive", patience=1, horizon=60, **SMALL)
    said = words(tmp_path / "out")
    assert "where targets differ from seed to seed (" in said and "paid by mixed" not in said


def test_a_path_under_another_metric_is_not_said_to_have_no_target(tmp_path):
    count_then_weight.run(seeds=1, out=tmp_path / "out", metric="joints", horizon=30, **SMALL)
    said = words(tmp_path / "out")
    assert "black and grey: by neither." in said and "the mean over factories of score over target" in said
    assert "where it is paid for" not in said
    assert "The parable, unless set otherwise: for two years" in page(tmp_path / "out")


def test_planners_whom_nobody_makes_change_are_told_so(tmp_path, capsys):
    reactive_planner.run(seeds=1, out=tmp_path / "out", workers=0, n_factories=4, pride=5.0, horizon=96)
    printed = capsys.readouterr().out
    said = words(tmp_path / "out") + printed
    assert "up to all of the planners ever settle; by default a metric stays for good, and usefulness" in said
    assert "nan" not in said
    assert is_a_table(printed)
    assert [(row[4], row[-1]) for row in map(str.split, printed.splitlines()) if row[:2] == ["geometric", "mean"]] == 3 * [
        ("–", "100%")
    ]


def test_steel_is_told_of_where_there_are_no_lumps_and_boards_of_one_kind_only(tmp_path, capsys):
    tight_steel.run(seeds=1, out=tmp_path / "out", workers=0, n_factories=2, board_sd=0.0, capability=1.0)
    drawn = [(tmp_path / "out" / "figures" / f"{name}.svg").read_text(encoding="utf-8") for name in ("starved", "idleness")]
    assert "<!-- middling boards -->" in drawn[0] and "<!-- thick boards -->" not in drawn[0]
    assert "<!-- no lumps -->" in drawn[1]
    printed = capsys.readouterr().out
    said = words(tmp_path / "out") + printed
    assert is_a_table(printed)
    assert ["middling"] in [line.split() for line in printed.splitlines()] and "is effort saved" not in printed
    assert not any(one in said for one in ("nan", "e+"))


def test_effort_is_foretold_at_the_cost_that_it_has(tmp_path):
    table = ratchet.run(seeds=1, out=tmp_path / "out", workers=0, n_factories=2, horizon=72, effort_cost=0.6)
    far = table[(table["ratchet"] == 0.5) & (table["discount"] == 0.1) & (table["metric"] == "count") & ~table["weak"]]
    assert far["foretold"].item() == ratchet.foretold_effort(0.1, 0.5, effort_cost=0.6) < 0.1
    assert "Weitzman's formula puts it at 0.09" in words(tmp_path / "out")


@pytest.mark.parametrize(("given", "own"), [({"growth": 0.1}, 0.02), ({"bonus": "capped"}, "linear")])
def test_what_weitzmans_formula_is_written_for_stays_as_it_is(given, own, tmp_path):
    ((name, value),) = given.items()
    assert refused(ratchet, tmp_path, **given) == f"{name}: got {value!r}; this experiment takes {own!r} {ALONE}"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "with no target, paid by count, then by weight"),
        (
            {"schedule": {6: "weight", 12: None, 18: "gross_value"}},
            "with no target, paid by weight, with no target, paid by gross value",
        ),
        ({"metric": "count", "target_from": 0}, "paid by count"),
        ({"horizon": 12}, "with no target"),
    ],
)
def test_the_map_tells_the_targets_of_its_own_walk(given, told, tmp_path):
    settings = {"horizon": 24, **given} if given else {}
    nail_map.run(out=tmp_path, n_factories=12, **settings)
    assert f"the median factory of one economy, {told}. Not for" in words(tmp_path)


def test_the_parable_tells_of_a_phase_that_has_no_whole_year(tmp_path, capsys):
    short = "Of a time shorter than a year all months count."
    for name, horizon, count in (("short", 30, 3), ("whole", 36, 0)):
        count_then_weight.run(seeds=1, out=tmp_path / name, horizon=horizon, **SMALL)
        said = " ".join(capsys.readouterr().out.split())
        assert (words(tmp_path / name) + said).count(short) == count  # in answer, caption and terminal, or nowhere


def test_padders_are_told_of_in_words_that_were_explained(tmp_path, capsys):
    padding_and_audits.run(seeds=1, out=tmp_path / "out", n_factories=4, n_trusts=2, workers=0)
    printed = capsys.readouterr().out
    assert is_a_table(printed)
    said = " ".join(printed.split())
    assert "pad, that is report more than they made" in said and "the fine to be expected" in said
    assert not any(one in said for one in ("T4", "overclaim", "at least 100%", "at most 0%", "nan"))
