"""A bonus of one's own: any function of score and target that is finite and looks at each factory by itself."""

import numpy as np
import pytest

from incentives.bonus import BONUSES, NewSoviet, bonus_name, check_bonus
from incentives.order import Order
from incentives.report import Report

NOT_ONES_OWN = [
    ("liner", "bonus: got 'liner'; did you mean 'linear'? it takes linear, capped, "),
    (3, "bonus: got 3; it takes linear, capped, "),
    (True, "bonus: got True; it takes linear, capped, "),
    (None, "bonus: got None; it takes linear, capped, "),
    (["linear"], "or a function (score, target) -> bonus"),
    (NewSoviet, "bonus: got NewSoviet; it is a class; give one of it, as in NewSoviet(...)"),
    (lambda score: score, "bonus '<lambda>': failed with TypeError"),
    (lambda score, target: score * typo, "bonus '<lambda>': failed with NameError"),  # noqa: F821
    (lambda score, target: 1 if score > target else 0, "no single yes or no; np.where(a > b, x, y) chooses for each"),
    (lambda score, target: 1.0, "one bonus a factory, as score is, here of shape (2, 3), but returned shape ()"),
    (lambda score, target: score[:1], "but returned shape (1, 3)"),
    (lambda score, target: score / target * np.nan, "must return finite numbers, but returned nan"),
    (lambda score, target: np.log(score / target), "must return finite numbers, but returned -inf"),
    (lambda score, target: "much", "must return numbers, but returned <U4"),
    (lambda score, target: None, "but returned None; is a `return` missing?"),
    (lambda score, target: score / target - np.mean(score / target), "must pay each factory by itself"),
    (lambda score, target: np.argsort(score / target, axis=-1), "must pay each factory by itself"),
]


def written_into(score, target):
    score /= target
    return score


@pytest.mark.parametrize(("bonus", "complaint"), [*NOT_ONES_OWN, (written_into, "read-only")])
def test_what_is_no_elementwise_finite_function_of_score_and_target_is_refused_in_one_line(bonus, complaint):
    with pytest.raises(ValueError) as refusal:
        check_bonus(bonus)
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_what_goes_by_a_name_of_ones_own_is_checked_as_well(monkeypatch):
    monkeypatch.setitem(BONUSES, "mine", lambda score, target: 1.0)
    with pytest.raises(ValueError, match=r"^bonus 'mine': must return one bonus a factory"):
        check_bonus("mine")


def test_truths_and_curves_are_bonuses_too():
    check_bonus(lambda score, target: score >= target)
    check_bonus(lambda score, target: np.exp(score / target) - np.e)
    check_bonus(NewSoviet(below=3.0))


def test_an_order_pays_by_a_function_as_by_its_name():
    report = Report(np.array([120.0, 80.0]), np.array([1.0, 2.0]), np.array([30.0, 60.0]))
    for name, bonus in BONUSES.items():
        for more in ({}, {"audit_share": 0.25, "joints_targets": np.array([60.0, 60.0])}):
            paid = [
                Order("count", one, 0.5, targets=np.array([100.0, 90.0]), **more).bonus_for(report) for one in (name, bonus)
            ]
            np.testing.assert_array_equal(*paid)


def test_a_bonus_is_called_by_its_key_or_its_functions_name():
    named = [bonus_name(bonus) for bonus in ("linear", written_into, NewSoviet(below=3.0))]
    assert named == ["linear", "written_into", "NewSoviet"]
