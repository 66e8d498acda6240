"""What the built-in metrics score, by hand, and which functions are refused as metrics."""

import numpy as np
import pytest

from incentives.metrics import METRICS, check_metric, metric_function, metric_name
from incentives.report import Report

NAILS = Report(count=np.array([1e6]), weight_kg=np.array([4e3]), joints=np.array([9e5]))  # a million nails of 4 g


KOPECKS_A_NAIL = 0.1 * (0.05 + 0.08 * 4 ** (2 / 3) + 0.05) + 0.02 * 4
BY_HAND = {
    "count": 1e6,
    "weight": 4e3,
    "geometric_mean": (1e6 * 4e3) ** 0.5,
    "gross_value": 1e6 * KOPECKS_A_NAIL,
    "joints": 9e5,
}


@pytest.mark.parametrize("name", dict.fromkeys([*BY_HAND, *METRICS]))
def test_the_built_in_metrics_by_hand(name, told_if_new):
    told_if_new(name, BY_HAND)
    assert float(METRICS[name](NAILS)[0]) == pytest.approx(BY_HAND[name])


def test_a_name_or_a_function_stands_for_a_metric_and_no_metric_is_called_none():
    def my_metric(report):
        return report.count

    assert metric_function("count") is METRICS["count"]
    assert metric_function(my_metric) is my_metric
    assert [metric_name(metric) for metric in ("count", my_metric, None)] == ["count", "my_metric", "none"]


@pytest.mark.parametrize(
    ("metric", "complaint"),
    [
        ("wheight", "did you mean 'weight'?"),
        (3, "it takes a name (count, weight"),
        (lambda report: report.count - report.count.mean(), "must score each factory by itself"),
        (lambda report: report.count / report.weight_kg.max(), "must score each factory by itself"),
        (lambda report: np.argsort(report.count, axis=-1), "must score each factory by itself"),
        (
            lambda report: report.count.sum(),
            "one score a factory, as report.count is, here of shape (2, 3), but returned shape ()",
        ),
        (lambda report: report.count[:1], "here of shape (2, 3), but returned shape (1, 3)"),
        (lambda report: report.count * np.nan, "must return finite numbers, but returned nan"),
        (lambda report: report.count / 0, "must return finite numbers, but returned inf"),
        (lambda report: "many", "must return numbers, but returned <U4"),
        (lambda report: None, "but returned None; is a `return` missing?"),
        (lambda report: {"count": 1}, "must return numbers, but returned object"),
        (
            lambda report: report.nails,
            "with AttributeError: 'Report' object has no attribute 'nails'; it has count, weight_kg, joints",
        ),
        (lambda report: report.weight, "did you mean 'weight_kg'? "),
        (lambda report: report.count if report.count > 9 else 0, "no single yes or no; np.where(a > b, x, y) chooses for each"),
        (lambda: 1, "failed on a report with TypeError"),
    ],
)
def test_what_is_no_elementwise_finite_function_of_a_report_is_refused_in_one_line(metric, complaint):
    with pytest.raises(ValueError) as refusal:
        check_metric(metric)
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_whole_numbers_and_truths_are_scores_too():
    check_metric(lambda report: np.ceil(report.count).astype(int))
    check_metric(lambda report: report.joints > 10)


def test_a_metric_that_writes_into_the_report_is_refused():
    """What it returns would pass: it is elementwise, finite, and the same each time."""

    def clipped_in_place(report):
        return np.minimum(report.count, 1e6, out=report.count)

    with pytest.raises(ValueError, match=r"metric 'clipped_in_place': failed on a report with .*read-only"):
        check_metric(clipped_in_place)


def test_a_report_is_no_list_of_months():
    with pytest.raises(TypeError, match=r"^a report is one month's; its count\[-1\] is a factory's$"):
        NAILS[-1]
