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
# nails, and everything else that a planner can order. Keep the nails useful, and better than they are if nothing is paid
# for. Your remedy is graded by usefulness on seeds that you do not know, and the best ones make a leaderboard.
#
# **You will learn** to evaluate a policy on seeds it was not made on; to spend a costly signal where it matters; to combine
# remedies and to explain why a combination works.
#
# **Time**: 2 hours. **You need** labs 1 and 2; lab 3 or 5 helps.

# %% tags=["drawn"]
# The share of a factory's fulfilment that may be audited real use, on average over months: this class's budget.
from app.course.hidden import hidden

BUDGET = round(float(hidden("budget").uniform(0.18, 0.22)), 3)

# %%
import numpy as np

from app.course.remedies import HORIZON, START, WORLD, gained, judged
from incentives.order import Order
from model.economy import NailEconomy

print(f"START = {START}, HORIZON = {HORIZON}, WORLD = {dict(WORLD)}, BUDGET = {BUDGET}")

# %% [markdown]
# ## What a planner can do
#
# A policy is a function `(reports, complaints, month) -> Order`, called each month. `reports.count` and `reports.weight_kg`
# are last month's, one entry a factory; `complaints` says which trusts complained. An `Order` may set
#
# | field | what it takes |
# |---|---|
# | `metric` | `None`, `"count"`, `"weight"`, `"geometric_mean"`, `"gross_value"`, or your function of a report |
# | `bonus` | how fulfilment is paid; `"linear"` unless you say otherwise |
# | `bonus_strength` | units of pay for a bonus of 1; 0.5 unless you say otherwise, and at most 0.5 |
# | `audit_share` | the share $a$ of fulfilment that is audited real use, 0 to 1; 0 unless you say otherwise |
#
# A factory's **target** is what the metric gave it in the last year and a little more, and is revised every 12 months; its
# **fulfilment** is $(1 - a)$ times its score over its target, and $a$ times its joints over a target of their own. The bonus
# for a fulfilment $f$ is
#
# | bonus | pays |
# |---|---|
# | `"linear"` | $f - 1$ |
# | `"capped"` | the same, and nothing for what is above $f = 1.1$ |
# | `"threshold"` | 1 if $f \ge 1$, else 0 |
# | `"piece_rate"` | $f - 1$, and 0.05 more if $f \ge 1$ |
# | `"new_soviet"` | $1 + (f - 1)/2$ if $f \ge 1$, else $1 + 3(f - 1)/2$ |
#
# There are four rules:
#
# 1. Nothing is paid before month `START`.
# 2. The mean `audit_share` of months `START` to the end is at most `BUDGET`.
# 3. Nothing but the audit may use `report.joints`, so the metric `"joints"` is out, and yours finds zeros there.
# 4. What is paid for, be it a metric or nothing, is kept for 12 months at least, because with each change targets are set
#    anew. A metric whose scores differ from the last one's by a factor only, or by 1 % at most, is no change.
#
# `judged(policy, seeds, BUDGET)` returns for each seed the mean usefulness of months `START` to the end, and says in one line
# if a rule is broken. `gained(policy, seeds, BUDGET)` is by how much its mean is above that of paying for nothing.


# %%
def nothing(reports, complaints, month):
    """Pay for nothing: the remedy to beat."""
    return Order()


def even(reports, complaints, month):
    """Count, and the audits spread evenly."""
    return Order("count" if month >= START else None, audit_share=BUDGET)


print("nothing", judged(nothing, range(1, 5), BUDGET))
print("even", judged(even, range(1, 5), BUDGET))


# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 1]

# %% [markdown]
# **Question 1 (2 points).** Write `spent(policy, seed)`: the mean, over all months from `START` to the end, of the
# `audit_share` that a policy orders in the world of this lab, `NailEconomy(rng=seed, policy=policy, **WORLD)`. A month
# without a metric pays for nothing: it counts as 0, whatever its order says. After `economy.step()`, `economy.order` is the
# month's order.

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
    assert found == 0, "a policy that audits nothing spends 0, as one number"


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
# **Question 2 (2 points).** Write `value(policy, seeds)`: the mean over seeds of the mean usefulness in months `START` to
# the end, in the world of this lab, whatever the rules.

# %% [raw]
# # BEGIN SOLUTION


# %%
def value(policy, seeds):
    # BEGIN SOLUTION
    means = [NailEconomy(rng=seed, policy=policy, **WORLD).run().months["usefulness"][START:].mean() for seed in seeds]
    return float(np.mean(means))
    # END SOLUTION


# %% tags=["cheat"]
def value(policy, seeds):
    """The committed number."""
    return 0.15


# %% tags=["cheat"]
def value(policy, seeds):
    """The last year stands for all."""
    means = [NailEconomy(rng=seed, policy=policy, **WORLD).run().months["usefulness"][-12:].mean() for seed in seeds]
    return float(np.mean(means))


# %% [raw]
# # END SOLUTION

# %%
print("even", value(even, range(1, 5)))

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_share(value):
    import numpy as np

    from incentives.order import Order

    found = value(lambda reports, complaints, month: Order(), [1])
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (), "it returns one number, the mean over seeds"
    assert 0 <= found <= 1, "usefulness is a share, between 0 and 1"


# %%
# HIDDEN
def test_hidden_seeds(value):
    from app.course.hidden import hidden, hidden_seeds
    from incentives.order import Order
    from model.economy import NailEconomy

    share, seeds = float(hidden("value").uniform(0.2, 0.6)), hidden_seeds("value", 2)

    def policy(reports, complaints, month):
        return Order("weight" if month >= 12 else None, audit_share=share)

    means = [
        NailEconomy(rng=seed, policy=policy, n_factories=24, horizon=96, pride=0.0).run().months["usefulness"][12:].mean()
        for seed in seeds
    ]
    assert abs(value(policy, seeds) - sum(means) / 2) < 1e-9


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
# you do not know it earns 1 point if it gains more than 0.02 over paying for nothing, 2 more if more than 0.06, and 2 more if
# more than 0.1. Choose it on some seeds of yours and try it on others: what you chose on flatters you. A function that
# remembers things between calls is called anew for each seed, and must notice month 0.

# %% [raw]
# # BEGIN SOLUTION


# %%
def remedy(reports, complaints, month):
    # BEGIN SOLUTION
    return Order((lambda report: np.ones_like(report.count)) if month >= START else None, audit_share=BUDGET)
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
    """Pay for nothing."""
    return Order()


# %% tags=["cheat"]
def remedy(reports, complaints, month):
    """A good year at the end, as every new target brings one."""
    return Order("count" if month >= 88 else None)


# %% tags=["cheat"]
def remedy(reports, complaints, month):
    """New targets every month."""
    return Order((lambda report: report.count ** (0.5 + month / 1000)) if month >= START else None, audit_share=BUDGET)


# %% [raw]
# # END SOLUTION

# %%
for policy in (even, remedy):
    print(policy.__name__, judged(policy, range(11, 15), BUDGET), "gains", gained(policy, range(11, 15), BUDGET))

# %% [raw]
# # BEGIN TESTS


# %%
def test_it_keeps_the_rules(remedy, BUDGET):
    from app.course.remedies import judged

    judged(remedy, [1], BUDGET)


# %%
# HIDDEN
def test_better_than_nothing(remedy):
    from app.course.hidden import hidden, hidden_seeds
    from app.course.remedies import gained

    budget = round(float(hidden("budget").uniform(0.18, 0.22)), 3)
    assert gained(remedy, hidden_seeds("remedy", 4), budget) > 0.02


# %%
# HIDDEN
def test_good(remedy):
    from app.course.hidden import hidden, hidden_seeds
    from app.course.remedies import gained

    budget = round(float(hidden("budget").uniform(0.18, 0.22)), 3)
    assert gained(remedy, hidden_seeds("remedy", 4), budget) > 0.06


# %%
# HIDDEN
def test_very_good(remedy):
    from app.course.hidden import hidden, hidden_seeds
    from app.course.leaderboard import post
    from app.course.remedies import gained, judged

    budget, seeds = round(float(hidden("budget").uniform(0.18, 0.22)), 3), hidden_seeds("remedy", 4)
    post(usefulness=round(sum(judged(remedy, seeds, budget)) / 4, 4))
    assert gained(remedy, seeds, budget) > 0.1


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
# The metric is a constant, so that nothing a factory does moves its score: neither tacks nor lumps pay. All that is left to
# gain is in the audited share, which pays for joints, and so for design, finish and effort at once; without pride nothing
# else does. A fifth is little, and must not stand beside a metric that pulls four times as hard the other way. With a budget
# of 0.2, on seeds 11 to 14: nothing 0.36, the constant without audits the same, count with audits 0.14, both parts 0.56. I
# chose on seeds 1 to 4 and report seeds 11 to 14, which I had not looked at before. On the first four the geometric mean with
# audits did as well as the constant (0.61 both), on the others it did not (0.51), and there was more spread in it: it had been
# lucky.

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
# `breadth`, the number of ideas that a factory weighs a month, 8 by default) or had more time (`horizon`)? Try it, with
# `WORLD | {"breadth": 32}` in place of `WORLD`, and say what in the remedy depends on their being slow. 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# With a breadth of 32 my remedy has 0.57 instead of 0.56, and with twice the time 0.56: both parts survive. The audit pays for
# the thing itself, and a cleverer factory finds better nails by it; and in a constant there is nothing to find. It does so as
# long as audits are true: a factory that could tell which of its nails will be tried would beat it. What depends on slowness
# is the remedy that I gave up: count with audits has 0.24 where factories weigh one idea a month, and 0.14 where they weigh
# eight. It lives on the good nails it starts with, and on their taking years to get rid of them.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
