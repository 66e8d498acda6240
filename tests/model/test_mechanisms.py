"""What can be switched on beside the parable: off it changes nothing, and each keeps to its limit (docs/reference/mechanisms.md)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.outlook import worth
from agents.search import one_of_the_best
from incentives.order import Order
from incentives.report import Report
from incentives.targets import fulfilment_next_year
from model.economy import NailEconomy

HORIZON = 60


def economy(**parameters):
    return NailEconomy(
        rng=3, **{"n_factories": 36, "horizon": HORIZON, "metric": "count", "target_from": 12, **parameters}
    ).run()


@pytest.fixture(scope="module")
def plain():
    return economy()


def same_months(one, other, but=()):
    pd.testing.assert_frame_equal(one.months.drop(columns=list(but)), other.months.drop(columns=list(but)), check_exact=True)


@pytest.mark.parametrize(
    "limit",
    [
        {"inspection": 1.0, "fine": 1e6},  # nobody can pad
        {"quantile": 1 / 9},  # of nine plans, one
        {"assortment": 1e6},  # one size class holds all
        {"rotation_months": 1, "policy": "rotation", "menu": ["count"], "metric": None},
        {"report_noise": 0.0, "readings": 9},
        {"impatience": 9.0},  # of a year that nobody is paid by
        {"metric": ["count"]},  # several metrics, of which there is one
    ],
)
def test_at_its_limit_a_mechanism_changes_no_bit(plain, limit):
    same_months(economy(**limit), plain)


def test_nobody_claims_more_than_the_limit_and_builders_get_what_was_made():
    padded = economy(padding_limit=0.4)
    industry, table = padded.industry, padded.factory_table()
    assert table["padding"].max() == pytest.approx(0.4)
    np.testing.assert_allclose(industry.report.count, (1 + table["padding"]) * table["count"], rtol=1e-12)
    np.testing.assert_array_equal(industry.report.joints, industry.made.joints)
    usable = np.bincount(industry.trust, weights=industry.made.joints)
    np.testing.assert_array_equal(padded.construction.fastened, np.minimum(padded.construction.programme, usable))


def test_without_inspection_no_fine_is_felt():
    same_months(economy(padding_limit=0.4, fine=1e6), economy(padding_limit=0.4))


def test_padding_pays_where_the_fine_expected_is_less_than_the_bonus_for_it():
    """A linear bonus of strength 0.5 pays 0.5 for a unit of fulfilment, made or claimed."""
    below, above = (
        economy(padding_limit=1.0, inspection=0.5, fine=fine).months["mean_padding"].iloc[-1] for fine in (0.8, 1.2)
    )
    assert below > 0.9
    assert above < 0.01


def test_far_sighted_factories_see_no_ratchet_where_there_is_none(plain):
    """Without ratchet and growth every year to come is like this one."""
    none = {"ratchet": 0.0, "growth": 0.0}
    now, ahead = (economy(**none, discount=discount).industry.plan for discount in (None, 0.1))
    np.testing.assert_allclose(ahead, now, rtol=1e-9)


@given(
    fulfilment=st.floats(0.97, 1.03),
    discount=st.floats(0.05, 2.0),
    ratchet=st.floats(0.1, 1.0),
)
def test_the_worth_of_a_linear_bonus_is_weitzmans_near_the_plan(fulfilment, discount, ratchet):
    """b / (1 + ratchet / discount) for each unit of fulfilment, where targets do not grow by themselves."""
    order = Order("count", "linear", 0.5, 0.0, np.array([100.0]))
    report = Report(np.array([100.0 * fulfilment]), np.ones(1), np.ones(1))
    found = worth(order, report, discount=discount, growth=0.0, ratchet=ratchet, impatience=0.0)
    expected = 0.5 * (fulfilment - 1) / (1 + ratchet / discount)
    assert float(found[0]) == pytest.approx(expected, abs=0.5 * (fulfilment - 1) ** 2 + 2e-3 * abs(fulfilment - 1) + 1e-9)


def test_a_target_follows_what_is_achieved():
    years = [1.4]
    for _ in range(30):
        years.append(float(fulfilment_next_year(years[-1], growth=0.0, ratchet=0.5)))
    assert years[1] < years[0]
    assert years[-1] == pytest.approx(1)
    assert fulfilment_next_year(0.0, growth=0.02, ratchet=0.5) == 0


def test_a_plan_years_total_by_a_linear_bonus_is_paid_as_its_months_are():
    """To each by itself; to peers who compare pay, last months count too."""
    monthly, by_the_year = (economy(plan_year=on, imitation=0.0).industry.plan for on in (False, True))
    np.testing.assert_allclose(by_the_year, monthly, rtol=1e-9)


def test_what_was_fulfilled_of_the_plan_year_is_kept_and_begins_anew():
    planned = NailEconomy(rng=3, n_factories=8, horizon=40, metric="count", target_from=5, plan_year=True)
    gone = np.zeros(8)
    while planned.month < 40:
        planned.step()
        order = planned.order
        if order.metric is None:
            assert order.so_far is None
            continue
        if (planned.month - 1 - 5) % 12 == 0:
            gone = np.zeros(8)
        np.testing.assert_allclose(order.so_far[0], gone, rtol=1e-12)
        assert order.months_left == 12 - (planned.month - 1 - 5) % 12
        gone = gone + order.fulfilment(planned.industry.report)


def test_impatient_factories_work_hardest_when_the_year_ends():
    months = economy(plan_year=True, impatience=0.3, metric="joints", horizon=84).months
    place = (months["month"] - 12) % 12
    effort = months[months["month"] >= 36].groupby(place)["mean_effort"].mean()
    assert effort.idxmax() == 11
    assert effort.max() > 1.5 * effort.min()


def test_what_is_not_of_the_ordered_size_class_does_not_count():
    kept = economy(assortment=1.5, pride=0.0, horizon=90)
    table, ordinary_g = kept.factory_table(), kept.planner.ordinary_g
    within = table["mass_g"].between(ordinary_g / 1.5, ordinary_g * 1.5)
    assert within.all()
    assert (table["fulfilment"] > 0).all()
    order = Order("count", "linear", 1.0, 0.0, np.ones(2), assortment=2.0, ordinary_g=np.array([1.0, 1.0]))
    assert order.fulfilment(Report(np.array([5.0, 5.0]), np.array([0.010, 0.0101]), np.ones(2))).tolist() == [5.0, 0.0]


@given(mass_g=st.floats(0.01, 1000), made=st.floats(1, 1e6), factor=st.floats(1, 100))
def test_what_counts_is_what_is_of_the_size_class_that_was_ordered(mass_g, made, factor):
    in_class = 1 / factor <= mass_g <= factor
    order = Order("count", "linear", 1.0, 0.0, np.array([100.0]), assortment=factor, ordinary_g=np.array([1.0]))
    report = Report(np.array([made]), np.array([made * mass_g / 1000]), np.ones(1))
    edge = min(abs(mass_g - factor), abs(mass_g * factor - 1)) < 1e-9  # where rounding decides
    assert edge or order.fulfilment(report)[0] == pytest.approx(made / 100 if in_class else 0.0)


def test_a_trust_pays_for_no_more_than_it_ordered():
    ordered = economy(orders=0.7, policy="measure_only", metric=None)
    pay = np.array([factory.pay_terms.orders for factory in ordered.factories])
    assert (pay > 0).all()
    assert pay.max() <= 0.7
    construction = ordered.construction
    everything = construction.share_of_order(np.full(36, 1e15), ordered.industry.trust)
    assert everything.tolist() == [1.0] * 36


def test_a_metric_drawn_in_secret_acts_as_the_mixture_when_pay_is_linear():
    """Every unit of fulfilment is worth the same, whichever metric it comes from."""
    secret = economy(policy="secret", metric=None)
    mixture = economy(metric=["count", "weight"])
    np.testing.assert_allclose(secret.industry.plan, mixture.industry.plan, rtol=1e-9)
    assert set(secret.months["target"]) == {"none", "count or weight"}
    assert set(mixture.months["target"]) == {"none", "count + weight"}


def test_the_bonus_for_a_secret_metric_is_the_mean_of_what_each_would_pay():
    report = Report(np.array([120.0]), np.array([0.5]), np.ones(1))
    targets = np.array([[100.0], [1.0]])
    secret = Order(("count", "weight"), "threshold", 1.0, 0.0, targets, secret=True)
    published = Order(("count", "weight"), "threshold", 1.0, 0.0, targets)
    assert secret.bonus_for(report).tolist() == [0.5]  # one plan of two is fulfilled
    assert published.bonus_for(report).tolist() == [0.0]  # their mean is 0.85
    assert published.fulfilment(report) == pytest.approx([0.85])


def test_rotation_takes_the_menu_in_turn():
    months = economy(policy="rotation", metric=None, rotation_months=6, horizon=36).months
    assert months["target"].tolist() == ["none"] * 12 + ["count"] * 6 + ["weight"] * 6 + ["count"] * 6 + ["weight"] * 6


def test_a_watchful_planner_gives_each_metric_up_once_and_never_one_that_serves():
    targets = economy(policy="watchful", metric=None, horizon=160).months["target"]
    assert targets[targets != targets.shift()].tolist() == ["none", "count", "weight", "none"]
    content = economy(policy="watchful", menu=["count"], metric=None, tolerance=0.0)
    same_months(content, economy(tolerance=0.0))
    assert economy(policy="watchful", menu=["joints"], metric=None, horizon=160).months["target"].iloc[-1] == "joints"


def test_noise_changes_reports_and_no_nails():
    """Nothing is paid for, so that nobody answers; readings average it out."""
    silent = {"policy": "measure_only", "metric": None, "horizon": 13, "n_factories": 3000}
    exact, once, often = (
        economy(**silent, **noise) for noise in ({}, {"report_noise": 0.3}, {"report_noise": 0.3, "readings": 9})
    )
    np.testing.assert_array_equal(once.industry.made.count, exact.industry.made.count)
    one, nine = (np.std(each.industry.report.count / each.industry.made.count) for each in (once, often))
    assert one == pytest.approx(np.sqrt(np.exp(0.3**2) - 1), rel=0.1)
    assert nine == pytest.approx(one / 3, rel=0.1)
    for each, sd in ((once, one), (often, nine)):  # right on average, to four standard errors
        read = [getattr(each.industry.report, name) / getattr(each.industry.made, name) for name in ("count", "weight_kg")]
        assert np.mean(read, axis=1) == pytest.approx([1, 1], abs=4 * sd / np.sqrt(3000))
    assert np.corrcoef(once.industry.report.count / exact.industry.report.count,
                       once.industry.report.weight_kg / exact.industry.report.weight_kg)[0, 1] < 0.1  # fmt: skip


@given(st.integers(1, 12), st.floats(0.01, 1.0), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_a_quantiliser_takes_only_plans_of_the_best_share(plans, quantile, seed):
    rng = np.random.default_rng(seed)
    pay = rng.normal(size=(plans, 40))
    which = one_of_the_best(quantile, pay, rng.random(40))
    rank = (pay > pay[which, np.arange(40)]).sum(axis=0)
    assert (rank < max(1, round(quantile * plans))).all()


def test_a_quantiliser_of_everything_drifts():
    """It takes any plan, whatever it pays, so that pay steers it nowhere: 2,000 of them do the same on average."""
    free, paid = (
        economy(quantile=1.0, imitation=0.0, bonus_strength=strength, n_factories=2000, horizon=30, target_from=0).industry.plan
        for strength in (0.0, 5.0)
    )
    np.testing.assert_allclose(np.log(paid[:2]).mean(axis=1), np.log(free[:2]).mean(axis=1), atol=0.03)
    np.testing.assert_allclose(paid[2:].mean(axis=1), free[2:].mean(axis=1), atol=0.03)


def test_threads_and_blocks_change_no_bit_of_any_mechanism():
    def run(threads, block_rows):
        made = NailEconomy(
            n_factories=3000, rng=5, horizon=16, threads=threads, metric=["count", "weight"], target_from=1, padding_limit=0.5,
            inspection=0.1, discount=0.5, plan_year=True, impatience=0.1, orders=0.1, report_noise=0.1, quantile=0.3, assortment=2.0,
        )  # fmt: skip
        made.industry.block_rows = block_rows
        return made.run()

    one, other = run(1, 16_384), run(2, 1000)
    same_months(one, other)
    assert one.industry.plan.tobytes() == other.industry.plan.tobytes()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"padding_limit": -1}, "padding_limit: got -1; it takes a number from 0 to 100"),
        ({"plan_year": "often"}, "plan_year: got 'often'; it takes true or false"),
        ({"assortment": 0.5}, "assortment: got 0.5; it takes None or a number from 1 to 1,000,000"),
        ({"discount": 0}, "discount: got 0; it takes None or a number from 0.001 to 1,000,000"),
        ({"quantile": 0}, "quantile: got 0; it takes None or a number above 0 to 1"),
        ({"metric": ["count", "wait"]}, "did you mean 'weight'?"),
        ({"metric": []}, "metric: is an empty list; it takes one metric or more"),
        ({"metric": ["count", ["weight"]]}, "several metrics are one list of names or functions"),
    ],
)
def test_a_mistake_is_told_in_one_line(given, says):
    with pytest.raises(ValueError, match=r".") as caught:
        NailEconomy(**given)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
