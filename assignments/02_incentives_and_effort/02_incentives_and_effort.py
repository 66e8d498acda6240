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
# # Lab 2: incentives and effort
#
# How strong should a bonus be? Strong enough to make people work, and too strong once it makes them work on the wrong
# thing. You will find the best strength in the nail economy, derive the best strength in the model of Holmstrom and Milgrom
# (1991), *Multitask principal-agent analyses*, and say how far the two agree.
#
# **You will learn** to estimate an optimum over seeds; to solve a principal-agent model with two tasks; to compare a
# simulation with a theory that was made for another world.
#
# **Time**: 90 minutes. **You need** calculus with two variables, Python, and lab 1.
#
# The economy below is this class's own: its pride and its cost of effort were drawn when the notebook was built.

# %% tags=["drawn"]
# The world of this class.
from app.course.hidden import hidden

pride = round(float(hidden("pride").uniform(0.25, 0.4)), 3)
effort_cost = round(float(hidden("effort cost").uniform(0.25, 0.35)), 3)

# %%
import numpy as np

from model.economy import NailEconomy

STRENGTHS = (0.0, 0.05, 0.1, 0.2, 0.4)

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 2]

# %% [markdown]
# **Question 1 (2 points).** Write `usefulness_at(strength, seeds, **world)`: the mean usefulness over months 84 to 95 and
# over all `seeds`, of economies of 24 factories that are paid by count from month 12 on, with this `bonus_strength` and a
# horizon of 96 months. `world` holds further settings, such as `pride` and `effort_cost`, and goes before these: with
# `n_factories=12` there are 12.

# %% [raw]
# # BEGIN SOLUTION


# %%
def usefulness_at(strength, seeds, **world):
    # BEGIN SOLUTION
    settings = {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96, "bonus_strength": strength} | world
    ends = [NailEconomy(rng=seed, **settings).run().months["usefulness"][84:96].mean() for seed in seeds]
    return float(np.mean(ends))
    # END SOLUTION


# %% tags=["cheat"]
def usefulness_at(strength, seeds, **world):
    """The committed numbers, whatever the seeds and the world."""
    return float(np.interp(strength, STRENGTHS, (0.45, 0.54, 0.58, 0.29, 0.03)))


# %% tags=["cheat"]
def usefulness_at(strength, seeds, **world):
    """The world is forgotten."""
    settings = {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96, "bonus_strength": strength}
    return float(np.mean([NailEconomy(rng=seed, **settings).run().months["usefulness"][84:96].mean() for seed in seeds]))


# %% [raw]
# # END SOLUTION

# %%
for strength in STRENGTHS:
    print(strength, usefulness_at(strength, range(1, 5), pride=pride, effort_cost=effort_cost))

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_share(usefulness_at):
    import numpy as np

    found = usefulness_at(0.1, [1], n_factories=4, n_trusts=2)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (), "it returns one number, the mean over seeds"
    assert 0 <= found <= 1, "usefulness is a share, between 0 and 1"


# %%
# HIDDEN
def test_hidden_seeds_and_worlds(usefulness_at):
    from app.course.hidden import hidden, hidden_seeds
    from model.economy import NailEconomy

    seeds = hidden_seeds("q1", 2)
    for strength, pride in hidden("q1 worlds").uniform([0.05, 0.1], [0.3, 0.9], (2, 2)):
        ends = []
        for seed in seeds:
            settings = {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96}
            months = NailEconomy(rng=seed, bonus_strength=strength, pride=pride, **settings).run().months
            ends.append(months["usefulness"][84:96].mean())
        assert abs(usefulness_at(strength, seeds, pride=pride) - sum(ends) / 2) < 1e-9
    settings = {"metric": "weight", "target_from": 12, "n_factories": 12, "horizon": 96}
    expected = NailEconomy(rng=seed, bonus_strength=strength, **settings).run().months["usefulness"][84:96].mean()
    assert abs(usefulness_at(strength, [seed], metric="weight", n_factories=12) - expected) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 2, 1]

# %% [markdown]
# **Question 2 (3 points).** Write `best_strength(strengths, seeds, **world)`, which returns the strength with the highest
# mean usefulness. Use the same seeds for every strength: common luck cancels out of the comparison.

# %% [raw]
# # BEGIN SOLUTION


# %%
def best_strength(strengths, seeds, **world):
    # BEGIN SOLUTION
    return max(strengths, key=lambda strength: usefulness_at(strength, seeds, **world))
    # END SOLUTION


# %% tags=["cheat"]
def best_strength(strengths, seeds, **world):
    """What is best in the default world."""
    return min(strengths, key=lambda strength: abs(strength - 0.1))


# %% tags=["cheat"]
def best_strength(strengths, seeds, **world):
    """The weakest."""
    return min(strengths)


# %% [raw]
# # END SOLUTION

# %%
print("here", best_strength(STRENGTHS, range(1, 5), pride=pride, effort_cost=effort_cost))
print("without pride", best_strength(STRENGTHS, range(1, 5), pride=0.0))

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_of_those(best_strength):
    found = best_strength((0.0, 0.1), [1], n_factories=4, n_trusts=2)
    assert found is not None, "it returns nothing"
    assert found in (0.0, 0.1), "it returns one of the strengths, and not how useful it is, nor its place"


# %%
# HIDDEN
def test_with_and_without_pride(best_strength):
    from app.course.hidden import hidden, hidden_seeds

    seeds = hidden_seeds("q2", 3)
    middle = round(float(hidden("middle").uniform(0.04, 0.07)), 3)
    assert best_strength((0.6, middle, 0.0), seeds, pride=0.6) == middle
    assert best_strength((0.6, middle, 0.0), seeds, pride=0.0) == 0.0


# %%
# HIDDEN
def test_a_strong_bonus_can_be_best(best_strength):
    from app.course.hidden import hidden_seeds

    strong = best_strength((0.0, 0.02, 0.5), hidden_seeds("q2 joints", 2), metric="joints")
    assert strong == 0.5, "paid for joints the strongest of these is best"
    assert best_strength((0.0, 0.02, 0.5), hidden_seeds("q2 count", 2), pride=0.6) == 0.02


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## The two-task model
#
# An agent works on two tasks, $x_1$ and $x_2$, and only $x_1$ is measured. It is paid $b\,x_1$ plus a constant, and its
# effort costs $(x_1^2 + x_2^2)/2 + v\,x_1 x_2$: with $v > 0$ work on one task makes the other harder. $x_2$ may be
# negative. The principal values $x_1 + x_2$. The measure is noisy, and the agent's risk costs $R\,b^2/2$, with $R = r s^2$.
# What is to be shared between the two is $x_1 + x_2 - (x_1^2 + x_2^2)/2 - v\,x_1 x_2 - R\,b^2/2$.

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 2]

# %% [markdown]
# **Question 3 (2 points).** Derive what the agent does. Write `response(b, v)`, which returns $(x_1, x_2)$ as the agent
# chooses them for $0 \le v < 1$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def response(b, v):
    # BEGIN SOLUTION
    return b / (1 - v**2), -v * b / (1 - v**2)
    # END SOLUTION


# %% tags=["cheat"]
def response(b, v):
    """What it is where the tasks have nothing to do with each other."""
    return b, 0.0


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_task_alone(response):
    import numpy as np

    found = response(0.5, 0.0)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2,), "it returns two numbers, (x1, x2)"
    assert np.allclose(found, (0.5, 0.0)), "with v = 0 the agent works b on the first task"


# %%
# HIDDEN
def test_no_other_effort_pays_more(response):
    from app.course.hidden import hidden

    draw = hidden("response")

    def pay(x, b, v):
        return b * x[0] - (x[0] ** 2 + x[1] ** 2) / 2 - v * x[0] * x[1]

    for b, v in draw.uniform([0.1, 0.2], [1.5, 0.9], (5, 2)):
        best = tuple(response(b, v))
        for other in draw.normal(0, 0.3, (200, 2)):
            assert pay(best, b, v) >= pay((best[0] + other[0], best[1] + other[1]), b, v) - 1e-12


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: [0, 3]

# %% [markdown]
# **Question 4 (3 points).** Derive the best bonus. Write `best_bonus(v, risk)`, the $b$ that makes the surplus greatest
# when the agent answers as in question 3 ($R$ is `risk`).

# %% [raw]
# # BEGIN SOLUTION


# %%
def best_bonus(v, risk):
    # BEGIN SOLUTION
    return (1 - v) / (1 + risk * (1 - v**2))
    # END SOLUTION


# %% tags=["cheat"]
def best_bonus(v, risk):
    """Where risk is 1."""
    return (1 - v) / (2 - v**2)


# %% tags=["cheat"]
def best_bonus(v, risk):
    """Where there is one task."""
    return 1 / (1 + risk)


# %% [raw]
# # END SOLUTION

# %%
for v in (0.0, 0.5, 0.9):
    print(v, best_bonus(v, 1.0))

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_task(best_bonus):
    found = best_bonus(0.0, 1.0)
    assert found is not None, "it returns nothing"
    assert abs(found - 0.5) < 1e-9, "without a cross-term and with R = 1 it is one half"


# %%
# HIDDEN
def test_no_other_bonus_leaves_more(best_bonus):
    import numpy as np

    from app.course.hidden import hidden

    for v, risk in hidden("best bonus").uniform([0.15, 0.2], [0.9, 3], (6, 2)):
        if abs(risk - 1) < 0.1:
            risk += 0.3
        b = np.linspace(0, 1.2, 24_001)
        x1, x2 = b / (1 - v**2), -v * b / (1 - v**2)
        surplus = x1 + x2 - (x1**2 + x2**2) / 2 - v * x1 * x2 - risk * b**2 / 2
        assert abs(best_bonus(v, risk) - b[surplus.argmax()]) < 1e-3


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q5
# manual: true
# points: 4

# %% [markdown]
# **Question 5 (4 points, in words and formulae).** Give the derivation of question 4, and explain in words why the best
# bonus falls as $v$ grows, and why it is not zero even where the second task is worth as much as the first.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# The agent's first-order conditions are b = x1 + v x2 and 0 = x2 + v x1, so x1 = b/(1 - v²) and x2 = -v x1. Put in: x1 + x2
# = b (1 - v)/(1 - v²), cost = b²/(2 (1 - v²)), risk R b²/2. The derivative in b is (1 - v)/(1 - v²) - b/(1 - v²) - R b = 0,
# so b* = (1 - v)/(1 + R (1 - v²)). A bonus buys x1 and, through the cross-term, destroys x2; the more the tasks compete (v
# near 1) the more each unit of x1 destroys, and the gain per unit of bonus (1 - v)/(1 - v²) = 1/(1 + v) falls while the
# cost per unit rises. At b = 0 nothing is lost at the margin but v x1 of the other task per unit of x1, and v < 1: so a
# little bonus always gains.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q6
# manual: true
# points: 4

# %% [markdown]
# **Question 6 (4 points, in words).** Compare. In the nail economy of this class, which $v$ would the two-task model need
# to give the strength that you found (take $R = 1$ and your strengths as $b$)? Is effort in the economy the measured task,
# and what is the other? Name one thing that makes weak bonuses best there and is not in the two-task model, and use the run
# without pride as evidence. 150 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# With b of 0.05 to 0.1 the model needs a v of about 0.88 to 0.94: strongly competing tasks. But the economy differs. Its
# measured task is the number of nails; the unmeasured one is their usefulness, that is design and finish. Effort serves
# both. What competes is design: a smaller nail counts for more and holds less. Factories bear no risk cost, so R is no
# reason for weak pay there. The reason is pride: it pays for suitability, and so holds design in place as long as the bonus
# for a smaller nail is below what pride loses. Beyond that the design gives way all at once, so usefulness does not fall
# smoothly in b, as in the model, but collapses between 0.1 and 0.4. Without pride any bonus however weak moves design, and
# no bonus is best: in the model, too, the corner b = 0 would need v = 1. So the agreement in sign is for another reason.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
