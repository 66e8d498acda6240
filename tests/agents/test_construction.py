"""The building trusts: what they fasten, and when they complain."""

import numpy as np
import pytest

from agents.construction import Construction
from incentives.order import Order
from incentives.report import Report
from model.economy import NailEconomy
from nails.joint import need, suitability
from nails.machine import nails_made

COUNT = Order("count")


def two_trusts():
    """Trust 0 is supplied by factories 0 and 2, trust 1 by factory 1; they plan 100 and 50 joints a month."""
    construction = Construction(np.array([25.0, 16.0]), tolerance=0.8)
    construction.plan_programme(np.array([0, 1, 0]), np.array([60.0, 50.0, 40.0]))
    return construction


def delivered(*joints):
    return Report(np.ones(3), np.ones(3), np.array(joints, dtype=float))


def test_a_trust_fastens_what_its_own_factories_deliver_and_no_more_than_its_programme():
    construction = two_trusts()
    construction.fasten(delivered(90, 20, 30), Order())
    assert construction.programme.tolist() == [100.0, 50.0]
    assert construction.fastened.tolist() == [100.0, 20.0]


def test_nobody_complains_before_the_first_target():
    assert not two_trusts().fasten(delivered(0, 0, 0), Order()).any()


def test_a_trust_compares_with_its_own_year_before_the_first_target():
    construction = two_trusts()
    for joints in (10, 20, 30):
        construction.fasten(delivered(joints, 50, 0), Order())
    assert construction.fasten(delivered(15.9, 40.1, 0), COUNT).tolist() == [True, False]  # 80 % of 20 and of 50
    assert construction.fasten(delivered(16.1, 39.9, 0), COUNT).tolist() == [False, True]


def test_only_the_last_twelve_months_count():
    construction = two_trusts()
    for joints in [100] * 5 + [10] * 12:
        construction.fasten(delivered(joints, 50, 0), Order())
    assert not construction.fasten(delivered(8.1, 50, 0), COUNT).any()


def test_with_targets_from_the_start_it_compares_with_its_programme():
    assert two_trusts().fasten(delivered(79, 41, 0), COUNT).tolist() == [True, False]


def test_what_was_usual_is_fixed_when_targets_begin_and_complaints_go_on_in_a_pause():
    construction = two_trusts()
    construction.fasten(delivered(100, 50, 0), Order())
    for _ in range(20):
        construction.fasten(delivered(1, 50, 0), COUNT)
    assert construction.fasten(delivered(1, 50, 0), Order()).tolist() == [True, False]


def test_the_programme_is_what_the_first_nails_could_fasten_at_full_effort_and_finish():
    economy = NailEconomy(n_factories=30, rng=4)
    table = economy.factory_table()
    suits = suitability(table["first_length_mm"], table["first_diameter_mm"], 1.0, table["board_mm"])
    joints = nails_made(table["mass_g"], 1.0, 1.0) * suits
    planned = joints.groupby(table["trust"]).sum()
    assert [trust.programme for trust in economy.trusts] == pytest.approx(planned.tolist())


def test_need_follows_boards_that_are_set_by_hand():
    economy = NailEconomy(rng=4)
    trust = economy.trusts.to_list()[3]
    trust.board_mm = 40
    assert economy.construction.need_kn[3] == pytest.approx(float(need(40.0)))


def test_what_is_set_on_a_trust_acts_on_the_next_month():
    economy = NailEconomy(rng=4)
    economy.step()
    trust = economy.trusts.to_list()[0]
    trust.programme = 10.0
    economy.step()
    assert trust.fastened == 10.0


@pytest.mark.parametrize(("name", "value"), [("board_mm", 0), ("programme", -1), ("board_mm", "thick")])
def test_an_impossible_trust_is_refused_in_one_line(name, value):
    with pytest.raises(ValueError, match=rf"^{name}: got .*; it takes a number from"):
        setattr(NailEconomy(rng=4).trusts.to_list()[0], name, value)
