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
# # Lab 3: targets
#
# A target is set from what was achieved, a prize is paid for reaching it, and the year has an end. Each of the three makes
# people do something that nobody ordered: hold back, bunch, and storm.
#
# **You will learn** why a good year is dangerous for who earned it (Weitzman 1980, *The "ratchet principle" and performance
# incentives*); to measure bunching at a threshold; to see a year's rhythm in monthly data.
#
# **Time**: 90 minutes. **You need** geometric series, pandas, and lab 1.

# %%
import numpy as np

from model.economy import NailEconomy

WORLD = {"n_factories": 24, "target_from": 12, "horizon": 96}

# %% [markdown]
# ## The ratchet
#
# A factory is paid $b (y - q)$ a year for making $y$ against the target $q$; effort costs it $y^2/2$. Next year's target is
# $q + \lambda (y - q)$, and it discounts the future at $r$ a year. It is far-sighted: it knows all this.

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 2]

# %% [markdown]
# **Question 1 (2 points).** Write `steady_output(b, ratchet, discount)`: the output $y$ that the factory makes each year
# for ever. (What does one more unit, made this year only, earn now, and what does it cost in all years to come?)

# %% [raw]
# # BEGIN SOLUTION


# %%
def steady_output(b, ratchet, discount):
    # BEGIN SOLUTION
    # A unit earns b now, and raises the targets to come by ratchet, ratchet (1 - ratchet), ...
    return b / (1 + ratchet / discount)
    # END SOLUTION


# %% tags=["cheat"]
def steady_output(b, ratchet, discount):
    """That of a factory that does not look ahead."""
    return b


# %% tags=["cheat"]
def steady_output(b, ratchet, discount):
    """The example of the books."""
    return b / 6


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_without_a_ratchet(steady_output):
    found = steady_output(0.8, 0.0, 0.1)
    assert found is not None, "it returns nothing"
    assert abs(found - 0.8) < 1e-9, "where targets do not move, a unit earns b and that is all"


# %%
# HIDDEN
def test_no_other_steady_output_pays_more(steady_output):
    import numpy as np

    from app.course.hidden import hidden

    for b, ratchet, discount in hidden("ratchet").uniform([0.5, 0.2, 0.05], [2, 0.9, 0.4], (5, 3)):
        found = steady_output(b, ratchet, discount)
        years = np.arange(1, 2000)
        # A unit more in one year, by which all later targets rise: nothing may be gained by it, nor by a unit less.
        later = ratchet * (1 - ratchet) ** (years - 1.0)
        gain = b - b * (later * (1 + discount) ** -years.astype(float)).sum() - found
        assert abs(gain) < 1e-6


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 1, 2]

# %% [markdown]
# **Question 2 (3 points).** Now in the nail economy. Write `effort_at_the_end(seed, **settings)`: the mean of `mean_effort`
# in months 84 to 95 of an economy with the settings `WORLD` and those that are given. Then write `held_back(seeds,
# discount, **settings)`: how much lower, on average over seeds, effort at the end is (a difference, not a ratio) where
# factories look ahead with this `discount` a year than where they do not (`discount=None`).

# %% [raw]
# # BEGIN SOLUTION


# %%
def effort_at_the_end(seed, **settings):
    # BEGIN SOLUTION
    months = NailEconomy(rng=seed, **(WORLD | settings)).run().months
    return months["mean_effort"][84:96].mean()
    # END SOLUTION


def held_back(seeds, discount, **settings):
    # BEGIN SOLUTION
    gaps = [effort_at_the_end(seed, **settings) - effort_at_the_end(seed, discount=discount, **settings) for seed in seeds]
    return float(np.mean(gaps))
    # END SOLUTION


# %% tags=["cheat"]
def effort_at_the_end(seed, **settings):
    """The committed number."""
    return 0.62


def held_back(seeds, discount, **settings):
    """The committed number."""
    return 0.45


# %% [raw]
# # END SOLUTION

# %%
for ratchet in (0.0, 0.5):
    print("ratchet", ratchet, held_back([1, 2], 0.1, metric="joints", ratchet=ratchet))

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_number(held_back):
    import numpy as np

    found = held_back([1], 0.1, metric="joints", n_factories=4, n_trusts=2)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (), "it returns one number, the mean over seeds"
    assert -1 <= found <= 1, "effort is between 0 and 1, and this is a difference of two"


# %%
# HIDDEN
def test_effort_of_hidden_seeds(effort_at_the_end):
    from app.course.hidden import hidden_seeds
    from model.economy import NailEconomy

    for seed, bonus in zip(hidden_seeds("effort", 2), ("linear", "capped"), strict=True):
        world = {"n_factories": 24, "target_from": 12, "horizon": 96, "metric": "joints", "bonus": bonus}
        expected = NailEconomy(rng=seed, **world).run().months["mean_effort"][84:96].mean()
        assert abs(effort_at_the_end(seed, metric="joints", bonus=bonus) - expected) < 1e-9


# %%
# HIDDEN
def test_far_sight_matters_with_a_ratchet_alone(held_back):
    from app.course.hidden import hidden_seeds
    from model.economy import NailEconomy

    seeds = hidden_seeds("held back", 2)
    assert held_back(seeds, 0.1, metric="joints", ratchet=0.5) > 0.3
    world = {"n_factories": 24, "target_from": 12, "horizon": 96, "metric": "joints", "ratchet": 0.5}
    near, far = (
        [NailEconomy(rng=seed, discount=discount, **world).run().months["mean_effort"][84:96].mean() for seed in seeds]
        for discount in (None, 0.1)
    )
    assert abs(held_back(seeds, 0.1, metric="joints", ratchet=0.5) - (sum(near) - sum(far)) / 2) < 1e-9
    assert abs(held_back(seeds, 0.1, metric="joints", ratchet=0.0)) < 0.15
    assert 0.05 < held_back(seeds, 1.0, metric="joints", ratchet=0.5) < 0.3


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## The threshold
#
# Under the bonus `threshold` a plan fulfilled earns 1, and all else 0.

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 1, 2]

# %% [markdown]
# **Question 3 (3 points).** Write `bunching(fulfilment, width)`: the share of factories whose fulfilment (a Series) lies in
# [1, 1 + width), less the share in [1 - width, 1). Then write `bunching_under(bonus, seed)`, which returns it for a width of
# 0.05 at the end of an economy with the settings `WORLD` that is paid by count with this bonus and has no luck in it
# (`shock_sd=0`). `economy.factory_table()` has a column `fulfilment`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def bunching(fulfilment, width):
    # BEGIN SOLUTION
    fulfilment = np.asarray(fulfilment)
    above = (fulfilment >= 1) & (fulfilment < 1 + width)
    below = (fulfilment >= 1 - width) & (fulfilment < 1)
    return above.mean() - below.mean()
    # END SOLUTION


def bunching_under(bonus, seed):
    # BEGIN SOLUTION
    economy = NailEconomy(rng=seed, metric="count", bonus=bonus, shock_sd=0.0, **WORLD).run()
    return bunching(economy.factory_table()["fulfilment"], 0.05)
    # END SOLUTION


# %% tags=["cheat"]
def bunching(fulfilment, width):
    """All bunch."""
    return 1.0


def bunching_under(bonus, seed):
    """The committed numbers."""
    return {"threshold": 1.0, "linear": -0.8}[bonus]


# %% [raw]
# # END SOLUTION

# %%
for bonus in ("threshold", "linear"):
    print(bonus, [bunching_under(bonus, seed) for seed in (1, 2, 3)])

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_factories(bunching):
    import pandas as pd

    found = bunching(pd.Series([0.99, 1.0, 1.01]), 0.05)
    assert found is not None, "it returns nothing"
    assert abs(found - 1 / 3) < 1e-9, "of all three factories two are in the window above 1, and one is in that below"


# %%
# HIDDEN
def test_any_fulfilment(bunching):
    import numpy as np
    import pandas as pd

    from app.course.hidden import hidden

    draw = hidden("bunching")
    for width in draw.integers(2, 12, 4) / 64:  # an edge of the window is met, and exactly so
        fulfilment = pd.Series(1 + draw.integers(-16, 17, 200) / 64)
        above = np.mean([1 <= one < 1 + width for one in fulfilment])
        below = np.mean([1 - width <= one < 1 for one in fulfilment])
        assert abs(bunching(fulfilment, width) - (above - below)) < 1e-9


# %%
# HIDDEN
def test_thresholds_bunch_and_rates_do_not(bunching_under):
    from app.course.hidden import hidden_seeds
    from model.economy import NailEconomy

    for seed in hidden_seeds("bunching", 2):
        assert bunching_under("threshold", seed) > 0.7
        assert bunching_under("linear", seed) < 0.2
    world = {"n_factories": 24, "target_from": 12, "horizon": 96, "metric": "count", "bonus": "capped", "shock_sd": 0.0}
    full = NailEconomy(rng=seed, **world).run().factory_table()["fulfilment"]
    expected = ((full >= 1) & (full < 1.05)).mean() - ((full >= 0.95) & (full < 1)).mean()
    assert abs(bunching_under("capped", seed) - expected) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## The end of the year
#
# With `plan_year=True` it is the year's total that is paid, in its last month, and with `impatience` a bonus that is some
# months away is worth less. Soviet factories called what follows *shturmovshchina*, storming.

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: [0, 1, 2]

# %% [markdown]
# **Question 4 (3 points).** Write `rhythm(months, column, start)`: an array of 12 numbers, the mean of a column in the
# first, second, … twelfth month of the plan year, over all months from `start` on; plan years begin in month `start` and
# every 12 months after. Then write `storm(seed, impatience)`: effort in the twelfth month of the plan year over that in the
# sixth, from month 36 on, of an economy with the settings `WORLD` that is paid by count and by the plan year.

# %% [raw]
# # BEGIN SOLUTION


# %%
def rhythm(months, column, start):
    # BEGIN SOLUTION
    part = months[months["month"] >= start]
    return part.groupby((part["month"] - start) % 12)[column].mean().to_numpy()
    # END SOLUTION


def storm(seed, impatience):
    # BEGIN SOLUTION
    economy = NailEconomy(rng=seed, metric="count", plan_year=True, impatience=impatience, **WORLD).run()
    effort = rhythm(economy.months, "mean_effort", 36)
    return effort[11] / effort[5]
    # END SOLUTION


# %% tags=["cheat"]
def rhythm(months, column, start):
    """Any year is every year."""
    return months[column][36:48].to_numpy()


def storm(seed, impatience):
    """The committed number."""
    return 1.8 if impatience else 1.0


# %% [raw]
# # END SOLUTION

# %%
for impatience in (0.0, 0.2, 0.5):
    print(impatience, [storm(seed, impatience) for seed in (1, 2)])

# %% [raw]
# # BEGIN TESTS


# %%
def test_twelve_months(rhythm):
    import pandas as pd

    found = rhythm(pd.DataFrame({"month": range(60), "x": [7 + month % 12 for month in range(60)]}), "x", 24)
    assert found is not None, "it returns nothing"
    assert list(found) == list(range(7, 19)), "twelve means, that of the first month of the plan year first"


# %%
# HIDDEN
def test_any_start(rhythm):
    import numpy as np
    import pandas as pd

    from app.course.hidden import hidden

    draw = hidden("rhythm")
    for start in draw.integers(1, 30, 3):
        months = pd.DataFrame({"month": range(100), "x": draw.random(100)})
        expected = [months["x"][start + k :: 12].mean() for k in range(12)]
        assert np.allclose(rhythm(months, "x", int(start)), expected)


# %%
# HIDDEN
def test_the_impatient_storm(storm):
    from app.course.hidden import hidden, hidden_seeds
    from model.economy import NailEconomy

    impatience = round(float(hidden("impatience").uniform(0.15, 0.4)), 2)
    for seed in hidden_seeds("storms", 2):
        calm, wild = storm(seed, 0.0), storm(seed, impatience)
        assert 0.8 < calm < 1.2
        assert wild > 1.3
        assert storm(seed, impatience / 2) < wild
    world = {"n_factories": 24, "target_from": 12, "horizon": 96, "metric": "count", "plan_year": True}
    effort = NailEconomy(rng=seed, impatience=impatience, **world).run().months["mean_effort"]
    assert abs(wild - effort[47::12].mean() / effort[41::12].mean()) < 1e-9


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
# **Question 5 (4 points, in words).** Derive the result of question 1, and explain why far-sighted factories hold back
# under a ratchet. In question 2 effort is lower with a ratchet even for short-sighted ones (compare `ratchet=0` and `0.5`):
# why? Pay there is for the *share* of the plan.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# A unit more this year earns b, raises next year's target by λ, the one after by λ(1 - λ), and so on, so that it costs
# λb/(1 + r) + λ(1 - λ)b/(1 + r)² + … = λb/(r + λ). The net gain is b r/(r + λ) = b/(1 + λ/r), and that is set equal to the
# marginal cost y. Who looks ahead sees that today's output becomes tomorrow's duty, and the less he discounts the more that
# weighs. The short-sighted do not see it, but pay is for y/q - 1: a ratchet has raised q, and so a unit is a smaller share
# of a larger plan and earns less.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q6
# manual: true
# points: 3

# %% [markdown]
# **Question 6 (3 points, in words).** A manager proposes to replace the threshold by a piece rate, yearly targets by
# monthly ones, and the ratchet by fixed targets. Say for each what it would cure according to your numbers, and name a
# reason why planners had the old rule all the same. 120 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# A piece rate ends bunching: under it fulfilment does not pile up just above 1, and the able have a reason to go beyond the
# plan. But a threshold tells a construction trust what it can count on, it caps the bill, and with pride it leaves slack
# that protects quality. Monthly targets end storming, since no month is far from pay; a yearly plan lets good and bad luck
# cancel and costs less to check. Fixed targets end holding back; but the planner does not know what factories can do, and
# what they did is the best information there is: the ratchet extracts it, and a target that never moves gives rents to the
# lucky.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
