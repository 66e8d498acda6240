"""What an order means for a report: its score, its fulfilment and its bonus."""

import numpy as np
import pytest

from incentives.order import Order
from incentives.report import Report

REPORT = Report(count=np.array([120.0, 80.0]), weight_kg=np.array([1.0, 2.0]), joints=np.array([30.0, 60.0]))
TARGETS = np.array([100.0, 100.0])


def test_without_a_target_nothing_is_fulfilled_and_nothing_is_paid():
    assert np.isnan(Order().fulfilment(REPORT)).all()
    assert Order().bonus_for(REPORT) == 0


def test_fulfilment_is_score_over_target_and_the_bonus_is_paid_on_it():
    order = Order("count", "linear", 0.5, 0.0, TARGETS)
    assert order.fulfilment(REPORT).tolist() == [1.2, 0.8]
    assert order.bonus_for(REPORT) == pytest.approx([0.1, -0.1])


def test_an_audit_mixes_real_use_into_fulfilment():
    """Three quarters of the count's fulfilment, a quarter of the joints'."""
    order = Order("count", "linear", 1.0, 0.25, TARGETS, joints_targets=np.array([60.0, 60.0]))
    mixed = [0.75 * 1.2 + 0.25 * 0.5, 0.75 * 0.8 + 0.25 * 1.0]
    assert order.fulfilment(REPORT) == pytest.approx(mixed)
    assert order.bonus_for(REPORT) == pytest.approx(np.array(mixed) - 1)


def test_an_order_for_some_factories_is_the_same_order():
    order = Order("weight", "capped", 1.0, 0.5, TARGETS, joints_targets=np.array([60.0, 30.0]))
    some = np.array([1])
    assert order.of(some).fulfilment(REPORT[some]) == pytest.approx(order.fulfilment(REPORT)[some])
    assert order.of(some).bonus_for(REPORT[some]) == pytest.approx(order.bonus_for(REPORT)[some])


def test_what_a_policy_leaves_open_is_filled_in_and_a_decree_overrules_it():
    order = Order("count", bonus="capped").completed({"bonus": "linear", "bonus_strength": 0.5}, {"metric": "weight"})
    assert (order.metric, order.bonus, order.bonus_strength) == ("weight", "capped", 0.5)
