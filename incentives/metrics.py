"""What can be measured: a metric is an elementwise function of a report, and one line in METRICS."""

from collections.abc import Callable
from typing import Any

import numpy as np

from incentives.hints import did_you_mean, shown
from incentives.own import Words, check_elementwise, checked_numbers, name_of
from incentives.report import Report
from nails.machine import seconds_per_nail

type Metric = Callable[[Report], Any]

KOPECKS_PER_SECOND = 0.1  # list price of machine time: ours, of the order of the 1950s' price lists
KOPECKS_PER_GRAM = 0.02  # list price of wire


def count(report: Report) -> Any:
    """Nails made [nails/month]: the plan that gives tacks."""
    return report.count


def weight(report: Report) -> Any:
    """Weight of the nails made [kg/month]: the plan that gives lumps."""
    return report.weight_kg


def geometric_mean(report: Report) -> Any:
    """Square root of count times weight: a compromise that no single corner maximises."""
    return np.sqrt(report.count * report.weight_kg)


def gross_value(report: Report) -> Any:
    """Output at cost-plus list prices [kopecks/month]: machine time of a fully finished nail, and steel."""
    mass_g = 1000 * report.weight_kg / report.count
    return report.count * (KOPECKS_PER_SECOND * seconds_per_nail(mass_g, 1.0) + KOPECKS_PER_GRAM * mass_g)


def joints(report: Report) -> Any:
    """Joints that the nails are good for [joints/month]: the aligned control. It needs an oracle: nobody can count them."""
    return report.joints


METRICS: dict[str, Metric] = {
    "count": count,
    "weight": weight,
    "geometric_mean": geometric_mean,
    "gross_value": gross_value,
    "joints": joints,
}


def metric_function(metric: str | Metric) -> Metric:
    """The function behind a metric's name; a function stands for itself.

    >>> metric_function("wait")
    Traceback (most recent call last):
    ...
    ValueError: metric: got 'wait'; did you mean 'weight'? it takes count, weight, ..., or a function of a report
    """
    if not isinstance(metric, str):
        return metric
    if metric in METRICS:
        return METRICS[metric]
    hint = did_you_mean(metric, METRICS)
    raise ValueError(f"metric: got '{metric}'; {hint}it takes {', '.join(METRICS)}, or a function of a report")


def metric_name(metric: str | Metric | tuple | None) -> str:
    """How a metric is called in tables: its key in METRICS, its function's name, or "none"; several are joined by " + ".

    >>> metric_name(None), metric_name("count"), metric_name(lambda report: report.count)
    ('none', 'count', '<lambda>')
    >>> metric_name(("count", "weight"))
    'count + weight'
    """
    if metric is None or isinstance(metric, str):
        return metric or "none"
    if isinstance(metric, tuple):
        return " + ".join(map(metric_name, metric))
    return name_of(metric)


def check_metric(metric: str | Metric | tuple) -> None:
    """Raise a ValueError of one line unless `metric` is an elementwise, finite function of a report, or several in a tuple.

    It is tried on a few reports, at once and one by one: the scores must agree, so that what a factory scores
    never depends on who else is in the table.

    >>> check_metric(lambda report: report.count - report.count.mean())
    Traceback (most recent call last):
    ...
    ValueError: metric '<lambda>': must score each factory by itself, ... (is there a mean, sum, max or rank in it?)
    """
    if isinstance(metric, tuple):
        if not metric:
            raise ValueError("metric: is an empty list; it takes one metric or more")
        for part in metric:
            if isinstance(part, list | tuple):
                raise ValueError(f"metric: got {shown(metric)}; several metrics are one list of names or functions")
            check_metric(part)
        return
    score = metric_function(metric)
    what = f"metric '{metric_name(metric)}'"
    if not callable(score):
        raise ValueError(f"metric: got {shown(metric)}; it takes a name ({', '.join(METRICS)}) or a function of a report")
    many = (
        np.array([[8e8, 1.1e7, 3e3], [2.5e6, 4.2e5, 1.0]]),  # count
        np.array([[6e3, 4.4e4, 9e5], [31.0, 7.5e3, 0.5]]),  # weight_kg
        np.array([[0.0, 9.9e6, 1e-3], [2.1e6, 4.2e5, 0.5]]),  # joints
    )
    check_elementwise(lambda *columns: score(Report(*columns)), many, _words(what))


def checked_score(score: Metric, report: Report, what: str) -> Any:
    """The scores of a report as float64; a ValueError of one line if they are no finite numbers, one a factory."""
    columns = report.count, report.weight_kg, report.joints
    return checked_numbers(lambda *_: score(report), columns, _words(what))


def _words(what: str) -> Words:
    return Words(what, "score", "report.count", "score", "scored", " on a report")
