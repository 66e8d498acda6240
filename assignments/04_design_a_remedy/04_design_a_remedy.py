# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 4: design a remedy
#
# The factories of this lab have no pride: they do what pays. You have a small budget for audits, in which builders try out
# nails, and everything else that a planner can order. Keep the nails useful. Your remedy is graded by usefulness on seeds
# that you do not know, and the best ones make a leaderboard.
#
# **You will learn** to evaluate a policy on seeds it was not made on; to spend a costly signal where it matters; to combine
# remedies and to explain why a combination works.
#
# **Time**: 2 hours. **You need** labs 1 and 2; lab 3 or 5 helps.

# %% tags=["drawn"]
# The share of a factory's fulfilment that may be audited real use, on average over months: this class's budget.
from app.course.hidden import hidden

BUDGET = round(float(hidden("budget").uniform(0.14, 0.18)), 3)

# %%
import numpy as np

from app.course.remedies import HORIZON, START, WORLD, judged
from incentives.order import Order
from model.economy import NailEconomy

print(f"START = {START}, HORIZON = {HORIZON}, WORLD = {WORLD}, BUDGET = {BUDGET}")

# %% [markdown]
# ## What a planner can do
#
# A policy is a function `(reports, complaints, month) -> Order`, called each month. `reports.count` and `reports.weight_kg`
# are last month's, one entry a factory; `complaints` says which trusts complained. An `Order` may set
#
# | field | what it takes |
# |---|---|
# | `metric` | `None`, `"count"`, `"weight"`, `"geometric_mean"`, `"gross_value"`, or your function of a report |
# | `bonus` | `"linear"`, `"capped"`, `"threshold"`, `"piece_rate"`, `"new_soviet"` |
# | `bonus_strength` | units of pay for a bonus of 1; 0.5 unless you say otherwise, and at most 0.5 |
# | `audit_share` | the share of fulfilment that is audited real use, 0 to 1 |
#
# What is left out keeps its default. Three rules: nothing is paid before month `START`; the mean `audit_share` of months
# `START` to the end is at most `BUDGET`; and nothing but the audit may use `report.joints`, so the metric `"joints"` is
# out. `judged(policy, seeds, BUDGET)` returns the usefulness of the last year for each seed, and says in one line if a rule
# is broken.


# %%
def even(reports, complaints, month):
    """Count, and the audits spread evenly: the remedy to beat."""
    return Order("count" if month >= START else None, audit_share=BUDGET)


# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 1]

# %% [markdown]
# **Question 1 (2 points).** Write `spent(policy, seed)`: the mean of the `audit_share` that a policy ordered in months
# `START` to the end, over the months in which it ordered a metric or not (a month without a metric costs nothing). After
# `economy.step()`, `economy.order` is the month's order.

# %% [raw]
# # BEGIN SOLUTION


# %%
def spent(policy, seed):
    # BEGIN SOLUTION
    economy, shares = NailEconomy(rng=seed, policy=policy, **WORLD), []
    for month in range(HORIZON):
        economy.step()
        if month >= START:
            shares.append(economy.order.audit_share if economy.order.metric is not None else 0.0)
    return float(np.mean(shares))
    # END SOLUTION


# %% tags=["cheat"]
def spent(policy, seed):
    """What is allowed."""
    return BUDGET


# %% tags=["cheat"]
def spent(policy, seed):
    """The last month stands for all."""
    economy = NailEconomy(rng=seed, policy=policy, **WORLD).run()
    return economy.order.audit_share


# %% [raw]
# # END SOLUTION

# %%
print(spent(even, 1), "of", BUDGET)

# %% [raw]
# # BEGIN TESTS


# %%
def test_nothing_spent(spent):
    from incentives.order import Order

    found = spent(lambda reports, complaints, month: Order("count" if month >= 12 else None, audit_share=0.0), 1)
    assert found is not None, "it returns nothing"
    assert found == 0


# %%
# HIDDEN
def test_audits_that_come_and_go(spent):
    from app.course.hidden import hidden
    from incentives.order import Order

    for every, share in zip(hidden("every").integers(2, 6, 2), hidden("share").uniform(0.1, 0.9, 2), strict=True):

        def policy(reports, complaints, month, every=int(every), share=float(share)):
            return Order("count" if month >= 12 else None, audit_share=share if month % every == 0 else 0.0)

        expected = sum(share for month in range(12, 96) if month % every == 0) / 84
        assert abs(spent(policy, 1) - expected) < 1e-9


# %%
# HIDDEN
def test_months_without_a_metric_cost_nothing(spent):
    from app.course.hidden import hidden
    from incentives.order import Order

    stop = int(hidden("stop").integers(30, 80))

    def policy(reports, complaints, month):
        return Order("count" if 12 <= month < stop else None, audit_share=0.1)

    assert abs(spent(policy, 1) - 0.1 * (stop - 12) / 84) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 2]

# %% [markdown]
# **Question 2 (2 points).** Write `value(policy, seeds)`: the mean over seeds of the mean usefulness in the last 12 months,
# in the world of this lab.

# %% [raw]
# # BEGIN SOLUTION


# %%
def value(policy, seeds):
    # BEGIN SOLUTION
    ends = [NailEconomy(rng=seed, policy=policy, **WORLD).run().months["usefulness"].tail(12).mean() for seed in seeds]
    return float(np.mean(ends))
    # END SOLUTION


# %% tags=["cheat"]
def value(policy, seeds):
    """The committed number."""
    return 0.41


# %% [raw]
# # END SOLUTION

# %%
print("even", value(even, range(1, 5)))

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_share(value):
    from incentives.order import Order

    found = value(lambda reports, complaints, month: Order(), [1])
    assert found is not None, "it returns nothing"
    assert 0 <= found <= 1


# %%
# HIDDEN
def test_hidden_seeds(value):
    from app.course.hidden import hidden, hidden_seeds
    from incentives.order import Order
    from model.economy import NailEconomy

    share, seeds = float(hidden("value").uniform(0.2, 0.6)), hidden_seeds("value", 2)

    def policy(reports, complaints, month):
        return Order("weight" if month >= 12 else None, audit_share=share)

    ends = [
        NailEconomy(rng=seed, policy=policy, n_factories=24, horizon=96, pride=0.0).run().months["usefulness"].tail(12).mean()
        for seed in seeds
    ]
    assert abs(value(policy, seeds) - sum(ends) / 2) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 1, 2, 2]

# %% [markdown]
# **Question 3 (5 points). Write `remedy(reports, complaints, month)`**, a policy that keeps the rules. On four seeds that
# you do not know it earns 1 point for a usefulness above 0.1 within the rules, 2 more above 0.15, and 2 more above 0.28.
# Choose it on some seeds of yours and try it on others: what you chose on flatters you. A function that remembers things
# between calls is called anew for each seed, and must notice month 0.

# %% [raw]
# # BEGIN SOLUTION


# %%
def remedy(reports, complaints, month):
    # BEGIN SOLUTION
    return Order("geometric_mean" if month >= START else None, bonus="capped", audit_share=BUDGET)
    # END SOLUTION


# %% tags=["cheat"]
def remedy(reports, complaints, month):
    """Pay by the oracle."""
    return Order("joints" if month >= START else None)


# %% tags=["cheat"]
def remedy(reports, complaints, month):
    """Audit everything."""
    return Order("count" if month >= START else None, audit_share=1.0)


# %% tags=["cheat"]
def remedy(reports, complaints, month):
    """Pay for nothing, and hope."""
    return Order("count" if month >= START else None)


# %% [raw]
# # END SOLUTION

# %%
print("even", judged(even, range(11, 15), BUDGET))
print("remedy", judged(remedy, range(11, 15), BUDGET))

# %% [raw]
# # BEGIN TESTS


# %%
def test_it_orders(remedy):
    from app.course.remedies import judged

    judged(remedy, [1], budget=1.0)  # with all the audits one may want


# %%
# HIDDEN
def test_better_than_no_audits(remedy):
    from app.course.hidden import hidden, hidden_seeds
    from app.course.remedies import judged

    budget = round(float(hidden("budget").uniform(0.14, 0.18)), 3)
    assert sum(judged(remedy, hidden_seeds("remedy", 4), budget)) / 4 > 0.1


# %%
# HIDDEN
def test_good(remedy):
    from app.course.hidden import hidden, hidden_seeds
    from app.course.remedies import judged

    budget = round(float(hidden("budget").uniform(0.14, 0.18)), 3)
    assert sum(judged(remedy, hidden_seeds("remedy", 4), budget)) / 4 > 0.15


# %%
# HIDDEN
def test_very_good(remedy):
    from app.course.hidden import hidden, hidden_seeds
    from app.course.leaderboard import post
    from app.course.remedies import judged

    budget = round(float(hidden("budget").uniform(0.14, 0.18)), 3)
    mean = sum(judged(remedy, hidden_seeds("remedy", 4), budget)) / 4
    post(usefulness=round(mean, 4))
    assert mean > 0.28


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# manual: true
# points: 4

# %% [markdown]
# **Question 4 (4 points, in words).** Describe your remedy and why it works: what does each part stop a factory from doing?
# Show with numbers what happens if each part is left out. How did you guard against choosing what was lucky on your seeds?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# The geometric mean has no corner: tacks lose in weight what they win in count, and lumps the reverse, so the size of the
# nail stays near the ideal one. The cap pays nothing for more than 110 % of the plan, so there is little to gain from
# leaving out what the measure does not see. The audit pays for finish and strength, which neither count nor weight shows,
# and without pride nothing else does. On four seeds: count with the audit 0.1, geometric mean alone 0.1, with the audit
# 0.4; capped and audited the spread over seeds is smaller. I chose on seeds 1 to 4 and report seeds 11 to 14, which I had
# not looked at before.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q5
# manual: true
# points: 3

# %% [markdown]
# **Question 5 (3 points, in words).** Which of your remedy's parts would survive if factories were cleverer (a larger
# `breadth`, more time)? Try it, and say what in the remedy depends on their being slow. 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# With breadth 32 factories reach the same place earlier, since in eight years they have time enough: what the remedy leaves
# to gain is gained sooner, but the level at the end is much the same. The audit survives, because it pays for the thing
# itself: a cleverer factory finds better nails by it. The metric survives as long as reports are true; a factory that could
# pad would beat it. What depends on slowness is what lives from habits: starting with good nails, and a cap that binds
# before design has moved.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
