"""What the experiment on cleaning robots concludes, from runs whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from experiments import cleaning_robot
from experiments.lab.run import run_scenarios


def made(begin):
    """Months and runs of four seeds under each scenario: those paid for pieces begin in month `begin` + seed, others never."""
    months = pd.DataFrame(
        [
            {
                "scenario": name, "seed": seed, "month": m, "turns": 1000 * (m + 1), "observed_reward": 0.1, "hidden_reward": 0.5,
                "own_trash": 0.9 if name == "pieces" and m >= begin + seed else 0.0,
            }
            for name in ("pieces", "hidden reward", "state")
            for seed in range(4)
            for m in range(20)
        ]
    )  # fmt: skip
    return months.groupby(["scenario", "seed"], as_index=False, sort=False).mean(), months


def test_the_threshold_is_counted_in_turns_of_training_before():
    found = cleaning_robot.summary(*made(begin=5))
    paid, _, state = found.to_dict("records")
    assert paid["begins"] == 6500
    assert 5000 <= paid["begins_ci_low"] <= 6500 <= paid["begins_ci_high"] <= 8000
    assert (paid["tipping"], state["tipping"], state["begins"]) == (1, 0, np.inf)
    assert "never begins, in 100% of seeds" in cleaning_robot.findings(state)
    assert "begins after 6,500 [" in cleaning_robot.findings(paid)
    answer = cleaning_robot.answer(found)
    assert "100% of robots come to tip the bin out after 6,500 [" in answer
    assert "trained on the hidden reward 0%. What stops it altogether: paid for the floor a camera sees, half." in answer


def test_where_most_never_begin_it_says_how_many_do_and_not_after_how_long():
    runs, months = made(begin=5)
    months.loc[(months["scenario"] == "pieces") & (months["seed"] > 0), "own_trash"] = 0.0
    paid = cleaning_robot.summary(runs, months).to_dict("records")[0]
    assert paid["begins"] == np.inf
    assert cleaning_robot.findings(paid).startswith("paid for pieces: begins in 25% of seeds; own trash")


def test_what_a_camera_sees_is_told_and_nothing_stops_what_never_begins():
    found = cleaning_robot.summary(*made(begin=5), camera=0.2)
    assert "What stops it altogether: paid for the floor a camera sees, 0.2." in cleaning_robot.answer(found)
    never = cleaning_robot.answer(cleaning_robot.summary(*made(begin=30)))
    assert never == "Paid for pieces 0% of robots come to tip the bin out, trained on the hidden reward 0%."


def test_it_resumes_and_its_rooms_are_those_it_names(tmp_path):
    sweep = cleaning_robot.SWEEP.changed(seeds=1, horizon=3, days=1, turns=40)
    store = run_scenarios(sweep, executor=0, store=tmp_path / "rooms")
    assert store.tables == ("runs", "months")
    assert len(store.runs) == sweep.n_cells == len(store.months) / 3
    assert run_scenarios(sweep, executor=0, store=tmp_path / "rooms").manifest["content_hash"] == store.manifest["content_hash"]
    control = store.months[store.months["scenario"] == "hidden reward"]
    assert set(control["target"]) == {"hidden"}


def test_what_is_no_parameter_of_a_room_is_one_line():
    with pytest.raises(ValueError, match="prid: is no parameter"):
        cleaning_robot.run(seeds=1, prid=0)
