"""Each policy told month by month."""

import numpy as np
import pytest

from agents.policies import POLICIES, MeasureOnly, Reactive, Schedule, Single
from incentives.report import Report

NOTHING = Report(*np.zeros((3, 4)))
QUIET, ANGRY, HALF = np.zeros(4, bool), np.array([True, True, True, False]), np.array([True, True, False, False])


def targets(policy, complaints):
    """The metric of each month, where `complaints` says how last month's trusts felt."""
    return [policy(NOTHING, felt, month).metric for month, felt in enumerate(complaints)]


def test_measure_only_never_pays():
    assert set(targets(MeasureOnly(), [ANGRY] * 50)) == {None}


def test_single_pays_by_its_metric_from_its_month_on():
    assert targets(Single("weight", 3), [QUIET] * 6) == [None, None, None, "weight", "weight", "weight"]


def test_a_schedule_is_followed_to_the_month_and_can_pause():
    policy = Schedule({1: "count", 3: None, 4: "weight"})
    assert targets(policy, [ANGRY] * 6) == [None, "count", "count", None, "weight", "weight"]


def test_a_reactive_planner_gives_a_metric_its_year_and_then_six_months_of_complaints():
    """Paid from month 2; doubted from month 14 on; the sixth angry month in a row is the 17th after it began."""
    course = targets(Reactive(["count", "weight"], 2, 6), [ANGRY] * 60)
    changes = [month for month in range(1, 60) if course[month] != course[month - 1]]
    assert changes == [2, 19, 36, 53]
    assert [course[month] for month in changes] == ["count", "weight", "count", "weight"]


def test_one_quiet_month_starts_the_count_anew():
    felt = [ANGRY] * 60
    felt[18] = QUIET
    course = targets(Reactive(["count", "weight"], 2, 6), felt)
    assert course.index("weight") == 18 + 6


def test_half_of_the_trusts_is_not_over_half():
    assert set(targets(Reactive(["count", "weight"], 0, 1), [HALF] * 60)) == {"count"}


@pytest.mark.parametrize("patience", [1, 3, 12])
def test_patience_is_counted_in_months(patience):
    course = targets(Reactive(["count", "weight"], 0, patience), [ANGRY] * 60)
    assert course.index("weight") == 12 + patience - 1


def test_the_menu_goes_round():
    course = targets(Reactive(["count", "weight", "gross_value"], 0, 1), [ANGRY] * 60)
    assert [course[month] for month in (0, 12, 24, 36, 48)] == ["count", "weight", "gross_value", "count", "weight"]


def test_every_policy_of_ours_is_in_the_dict_under_its_name():
    ours = ["measure_only", "single", "schedule", "reactive", "rotation", "secret", "watchful"]
    assert [name for name in POLICIES if name in ours] == ours
