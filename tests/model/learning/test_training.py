"""Learning finds what pays; what was learned is kept in a file, and does the same again."""

import json

import numpy as np
import pytest

from model.learning.factory import SEES
from model.learning.lesson import GENERATION, read_lesson
from model.learning.policy import WEIGHTS, Policy, read_policy
from model.learning.training import EXAM_FROM, curve, exam, generations, marks, world_seed

SMALL = {"n_factories": 6, "n_trusts": 3, "horizon": 48, "power": 4.0, "budget": 6 * GENERATION}


def a_policy():
    weights = np.random.default_rng(1).normal(size=WEIGHTS)
    return Policy(read_lesson(metric="weight", power=2.0, bonus="capped", threads=1), weights, 7)


def test_a_policy_is_what_it_was_after_it_has_been_in_a_file(tmp_path):
    path = tmp_path / "policy.json"
    path.write_bytes(a_policy().to_json())
    back = read_policy(path)
    seen = np.random.default_rng(2).normal(size=(3, len(SEES)))
    assert np.array_equal(back(seen), a_policy()(seen))
    assert back.lesson == read_lesson(metric="weight", power=2.0, bonus="capped")
    assert back.seed == 7


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "is of version 2, and this Nailworks reads 1; learn it anew"),
        ({"learned": "chess"}, "is no policy that `nailworks learn nail-factory` has saved"),
        ({"sees": ["length"]}, "was learned by a factory that saw something else than factories do now"),
        ({"weights": [[1.0]]}, f"its weights are not 4 rows of {WEIGHTS[1]} finite numbers"),
        ({"weights": "heavy"}, f"its weights are not 4 rows of {WEIGHTS[1]} finite numbers"),
        ({"weights": [[float("nan")] * WEIGHTS[1]] * 4}, f"its weights are not 4 rows of {WEIGHTS[1]} finite numbers"),
        ({"lesson": {"power": 0}}, "its lesson will not do: power: got 0; it takes a number above 0 to 1,000"),
        ({"lesson": 3}, "its lesson will not do: "),
    ],
)
def test_a_file_that_will_not_do_is_told_in_one_line(tmp_path, change, says):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({**json.loads(a_policy().to_json()), **change}))
    with pytest.raises(ValueError) as error:
        read_policy(path)
    assert str(error.value).startswith(f"{path}: {says}") and "\n" not in str(error.value)


def test_what_is_no_file_of_ours_is_told_in_one_line(tmp_path):
    (tmp_path / "other").write_bytes(b"\xff\x00")
    sayings = {"other": "is no policy", "none": "cannot be read: No such file", ".": "cannot be read: Is a directory"}
    for name, says in sayings.items():
        with pytest.raises(ValueError, match=says):
            read_policy(tmp_path / name)


def test_a_metric_without_a_name_cannot_be_kept():
    policy = Policy(read_lesson(metric=lambda report: report.count), np.zeros(WEIGHTS))
    with pytest.raises(ValueError, match=r"^policy: its lesson has a function in it"):
        policy.to_json()


def test_worlds_to_learn_in_are_none_of_those_of_the_exam():
    assert max(world_seed(seed, generation) for seed in range(20) for generation in range(50)) < EXAM_FROM


def learned(**more):
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    *_, last = generations(read_lesson(SMALL, **more), seed=3)
    return last


def test_it_learns_to_be_paid_and_what_its_nails_are_good_for_is_lost():
    last = learned()
    assert last.episodes == SMALL["budget"]
    before, after = (
        marks(exam(last.policy.lesson, act)) for act in (Policy(last.policy.lesson, np.zeros(WEIGHTS)), last.policy)
    )
    assert after["observed"] > before["observed"] + 0.1
    assert after["hidden"] < 0.5 * before["hidden"]
    assert after["diameter_mm"] < 0.5 * before["diameter_mm"]  # tacks, though nobody told it


def test_learning_is_the_same_twice():
    assert np.array_equal(learned(budget=32).policy.weights, learned(budget=32).policy.weights)


def test_the_curve_goes_by_doublings_to_the_budget():
    pytest.importorskip("cmaes", reason="needs the extra `learn`: uv run --extra learn pytest")
    frames = curve({**SMALL, "metric": "count", "budget": 3 * GENERATION, "horizon": 28}, seed=0)
    assert frames["marks"]["episodes"].tolist() == [0, 16, 32, 48]
    assert frames["runs"].iloc[0].to_dict() == frames["marks"].iloc[-1].to_dict()
