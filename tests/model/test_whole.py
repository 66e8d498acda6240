"""A month is simulated whole, or it is the last."""

import pickle

import pytest

from incentives.order import Order
from model.economy import NailEconomy


def interrupted_in_month_10(reports, complaints, month):
    if month == 10:
        raise KeyboardInterrupt
    return Order()


def an_interrupted_economy():
    economy = NailEconomy(n_factories=4, horizon=20, rng=7, policy=interrupted_in_month_10)
    with pytest.raises(KeyboardInterrupt):
        economy.run()
    return economy


def test_an_interrupted_run_is_refused_in_one_line_however_often_one_tries_and_never_hangs():
    """Mesa plans no step after one that raised, so `run` would step for ever without a month going by."""
    economy = an_interrupted_economy()
    for go_on in (economy.step, economy.run, economy.run_model, economy.step):
        with pytest.raises(RuntimeError) as refusal:
            go_on()
        assert str(refusal.value).startswith("a month broke off (KeyboardInterrupt): build it anew")
        assert "\n" not in str(refusal.value)
    assert economy.month == len(economy.months) == 10


def test_a_copy_of_an_interrupted_run_is_refused_as_well():
    with pytest.raises(RuntimeError, match="a month broke off"):
        pickle.loads(pickle.dumps(an_interrupted_economy())).run()
