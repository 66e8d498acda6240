"""What is remembered of every month."""

from typing import Any

import numpy as np
import pandas as pd

from agents.construction import Construction
from agents.industry import Industry
from analysis.goodhart import correlation, ranks
from incentives.metrics import metric_name
from incentives.order import Order
from nails.geometry import mass

SAMPLE = 4096  # factories that rank correlations are taken over; they are alike, so the first are as good as any

COLUMNS = {
    "month": "month, from 0",
    "target": 'the metric that is the target, or "none"',
    "usefulness": "joints fastened over joints planned, all trusts, 0 to 1",
    "count": "nails made [nails/month], all factories",
    "weight_kg": "steel in them [kg/month], all factories",
    "median_length_mm": "length of the median factory's nail [mm]",
    "median_diameter_mm": "diameter of the median factory's nail [mm]",
    "median_mass_g": "mass of the median factory's nail [g]",
    "mean_finish": "mean share of nails properly headed and pointed",
    "mean_effort": "mean effort, 0 to 1",
    "mean_fulfilment": "mean fulfilment of the plan; NaN without a target",
    "correlation_count": "rank correlation over factories of count with real use, each over its norm",
    "correlation_weight": "rank correlation over factories of weight with real use, each over its norm",
    "complaining_share": "share of trusts that complain",
    "steel_per_joint_g": "steel made into nails for each joint fastened [g]; NaN where none is",
    "bonus_strength": "units of pay for a bonus of 1",
}


class Records:
    """One row a simulated month."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    def add(self, month: int, order: Order, industry: Industry, construction: Construction) -> None:
        """Record a month that has just been built; raise a ValueError if the metric has run out of numbers."""
        report, norm = industry.report, industry.norm
        fulfilment = float(np.mean(order.fulfilment(report)))
        if order.metric is not None and not np.isfinite(fulfilment):
            raise ValueError(f"metric '{metric_name(order.metric)}': gave a score that is no finite number in month {month}")
        some = slice(0, SAMPLE)
        use = ranks(report.joints[some] / norm.joints[some])
        fastened, steel_kg = float(construction.fastened.sum()), float(report.weight_kg.sum())
        self.rows.append(
            (
                month,
                metric_name(order.metric),
                fastened / float(construction.programme.sum()),
                float(report.count.sum()),
                steel_kg,
                _median(industry.length_mm),
                _median(industry.diameter_mm),
                _median(mass(industry.length_mm, industry.diameter_mm)),
                float(industry.finish.mean()),
                float(industry.effort.mean()),
                fulfilment,
                correlation(ranks(report.count[some] / norm.count[some]), use),
                correlation(ranks(report.weight_kg[some] / norm.weight_kg[some]), use),
                float(construction.complains.mean()),
                1000 * steel_kg / fastened if fastened > 0 else float("nan"),
                order.bonus_strength,
            )
        )

    def latest(self, column: str) -> Any:
        """Last month's value of a column; None before the first."""
        return self.rows[-1][list(COLUMNS).index(column)] if self.rows else None

    def table(self) -> pd.DataFrame:
        """All months so far."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))


def _median(values: Any) -> float:
    """The median, without np.median's checks, which cost more than a small month."""
    half = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, half)[half])
    return float(np.partition(values, (half - 1, half))[half - 1 : half + 1].mean())
