"""The hidden value stays hidden: with no pride, what the trusts need enters no decision unless it is paid for.

The sentinel: after construction set a trust's board or programme to something else, and look whether any plan changes.
"""

import numpy as np
import pytest

from model.economy import NailEconomy

STORY = {6: "count", 30: "weight"}
HORIZON = 60


def plans_and_orders(change=None, **parameters):
    """Every month's plans, targets and metrics, bit for bit, where `change` was done to the trusts before the first month."""
    economy = NailEconomy(rng=11, horizon=HORIZON, **{"schedule": STORY, "pride": 0.0, "n_factories": 36, **parameters})
    for trust in economy.trusts if change else ():
        change(trust)
    told = []
    while economy.month < HORIZON:
        economy.step()
        order = economy.order
        told.append((economy.industry.plan.tobytes(), order.metric, np.asarray(order.targets, dtype=float).tobytes()))
    return told, economy.months["usefulness"]


def thick_boards(trust):
    trust.board_mm = 55.0


def thin_boards(trust):
    trust.board_mm = 10.0


def no_programme(trust):
    trust.programme = 1.0


CHANGES = [thick_boards, thin_boards, no_programme]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("schedule", [STORY, {0: "count"}, {0: "weight"}, {0: "gross_value"}])
def test_without_pride_what_trusts_need_changes_no_plan_and_no_target(change, schedule):
    (told, useful), (as_it_was, useful_before) = (
        plans_and_orders(change, schedule=schedule),
        plans_and_orders(schedule=schedule),
    )
    assert told == as_it_was
    assert not np.array_equal(useful, useful_before)  # it did matter to those who need nails


@pytest.mark.parametrize("policy", ["measure_only", "single", "schedule"])
def test_a_planner_who_listens_to_no_complaints_decides_the_same(policy):
    assert plans_and_orders(thick_boards, policy=policy)[0] == plans_and_orders(policy=policy)[0]


def test_one_trust_alone_changes_nothing_either():
    def first_only(trust):
        if trust.row == 0:
            trust.board_mm = 60.0

    assert plans_and_orders(first_only)[0] == plans_and_orders()[0]


def test_paid_by_joints_the_boards_do_change_plans():
    assert plans_and_orders(thick_boards, schedule={0: "joints"})[0] != plans_and_orders(schedule={0: "joints"})[0]


def test_an_audit_lets_the_boards_in():
    assert plans_and_orders(thick_boards, audit_share=0.2)[0] != plans_and_orders(audit_share=0.2)[0]


def test_pride_lets_the_boards_in():
    assert plans_and_orders(thick_boards, pride=0.3)[0] != plans_and_orders(pride=0.3)[0]


def test_a_planner_who_listens_to_complaints_does_hear_them():
    def metrics(change):
        return [metric for _, metric, _ in plans_and_orders(change, policy="reactive", target_from=6)[0]]

    assert metrics(no_programme) != metrics(None)
