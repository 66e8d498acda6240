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
# # Lab 6: optimisation power
#
# A metric that was harmless for years can turn harmful when those it pays become more capable. You will turn up what
# factories can do (how far they can go from their first nail, how many ideas they weigh a month) and ask how usefulness
# answers: smoothly, or all at once? After Pan, Bhatia and Steinhardt (2022), *The effects of reward misspecification:
# mapping and mitigating misaligned models*.
#
# **You will learn** to sweep a parameter over seeds; to locate a transition and to say how sure you are; to tell faster
# from farther; to argue about what a safe test at low capability shows.
#
# **Time**: 90 minutes. **You need** NumPy, and lab 1.

# %%
import numpy as np

from model.economy import NailEconomy

WORLD = {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96}
CAPABILITIES = (1.0, 1.2, 1.5, 2.0, 3.0, 5.0)

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 1]

# %% [markdown]
# **Question 1 (2 points).** `capability=c` lets a factory's length and diameter go up to the factor `c` from its first
# nail. Write `sweep(name, values, seeds, **settings)`: an array of shape (values, seeds) with the mean usefulness over the
# last 12 months, for each value of the parameter `name`, in the `WORLD` above with further `settings`, which go before it.

# %% [raw]
# # BEGIN SOLUTION


# %%
def sweep(name, values, seeds, **settings):
    # BEGIN SOLUTION
    def end(value, seed):
        return NailEconomy(rng=seed, **(WORLD | settings | {name: value})).run().months["usefulness"].tail(12).mean()

    return np.array([[end(value, seed) for seed in seeds] for value in values])
    # END SOLUTION


# %% tags=["cheat"]
def sweep(name, values, seeds, **settings):
    """The committed curve."""
    return np.array(
        [[np.interp(value, (1, 1.2, 1.5, 2, 3, 5), (0.8, 0.7, 0.3, 0.1, 0.05, 0.03))] * len(seeds) for value in values]
    )


# %% tags=["cheat"]
def sweep(name, values, seeds, **settings):
    """One seed for all."""
    ends = [
        NailEconomy(rng=seeds[0], **(WORLD | settings | {name: value})).run().months["usefulness"].tail(12).mean()
        for value in values
    ]
    return np.array([[end] * len(seeds) for end in ends])


# %% [raw]
# # END SOLUTION

# %%
ends = np.array(sweep("capability", CAPABILITIES, [1, 2, 3, 4]))
for capability, row in zip(CAPABILITIES, ends, strict=True):
    print(capability, row.round(2))

# %% [raw]
# # BEGIN TESTS


# %%
def test_its_shape(sweep):
    import numpy as np

    found = sweep("capability", [1.0, 2.0], [1, 2, 3], n_factories=4, n_trusts=2, horizon=14)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2, 3), "a row for each of the two values, a column for each of the three seeds"


# %%
# HIDDEN
def test_hidden_seeds(sweep):
    import numpy as np

    from app.course.hidden import hidden, hidden_seeds
    from model.economy import NailEconomy

    seeds, pride = hidden_seeds("sweep", 2), float(hidden("pride").uniform(0.2, 0.5))
    found = np.array(sweep("step_size", [0.03, 0.1], seeds, pride=pride))
    world = {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96, "pride": pride}
    for j, seed in enumerate(seeds):
        months = NailEconomy(rng=seed, step_size=0.1, **world).run().months
        assert abs(found[1, j] - months["usefulness"].tail(12).mean()) < 1e-9


# %%
# HIDDEN
def test_the_aligned_control(sweep):
    import numpy as np

    from app.course.hidden import hidden_seeds

    seeds = hidden_seeds("control", 2)
    aligned = np.array(sweep("capability", [3.0], seeds, metric="joints"))
    assert aligned.min() > 0.6
    assert aligned[0, 0] != aligned[0, 1]
    assert np.max(sweep("capability", [3.0], seeds)) < 0.35


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 1, 2]

# %% [markdown]
# **Question 2 (3 points).** Where is the transition? Write `crossing(values, curve, level)`: the value at which a curve
# first falls from `level` or above to below it, by linear interpolation in the **log** of the values; NaN if it never does.
# Simulated curves may rise again in between.
# Then write `steepness(values, curve)`: the factor in the value between where the curve has lost 25 % and where it has lost
# 75 % of the difference between its first and its last point. A factor near 1 is a jump.

# %% [raw]
# # BEGIN SOLUTION


# %%
def crossing(values, curve, level):
    # BEGIN SOLUTION
    x, y = np.log(values), np.asarray(curve, dtype=float)
    for i in range(len(y) - 1):
        if y[i] >= level > y[i + 1]:
            return float(np.exp(x[i] + (x[i + 1] - x[i]) * (y[i] - level) / (y[i] - y[i + 1])))
    return float("nan")
    # END SOLUTION


def steepness(values, curve):
    # BEGIN SOLUTION
    first, last = curve[0], curve[-1]
    quarter, three = (crossing(values, curve, first - share * (first - last)) for share in (0.25, 0.75))
    return three / quarter
    # END SOLUTION


# %% tags=["cheat"]
def crossing(values, curve, level):
    """Where the default curve passes one half."""
    return 1.35


def steepness(values, curve):
    """The committed number."""
    return 1.4


# %% [raw]
# # END SOLUTION

# %%
print("half at", crossing(CAPABILITIES, ends.mean(axis=1), 0.4), "steepness", steepness(CAPABILITIES, ends.mean(axis=1)))

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_straight_line(crossing):
    import numpy as np

    found = crossing([1.0, 4.0], [1.0, 0.0], 0.5)
    assert found is not None, "it returns nothing"
    assert abs(found - 2.0) < 1e-9, "half way in the log of 1 to 4 is 2"
    never = crossing([1.0, 4.0], [1.0, 0.9], 0.5)
    assert never is not None and np.isnan(never), "NaN where the curve never falls below the level"


# %%
# HIDDEN
def test_any_curve(crossing):
    import numpy as np

    from app.course.hidden import hidden

    draw = hidden("crossing")
    for _ in range(4):
        values = np.exp(np.sort(draw.uniform(0, 2, 8)))
        curve = np.sort(draw.random(8))[::-1]
        level = draw.uniform(curve[-1], curve[0])
        found = crossing(values, curve, level)
        assert abs(np.interp(np.log(found), np.log(values), curve) - level) < 1e-9
        again = np.append(values, 10.0 + np.arange(3)), np.append(curve, [1.0, 0.5, 0.0])  # a second fall
        assert abs(crossing(*again, level) - found) < 1e-9


# %%
# HIDDEN
def test_steep_and_flat(steepness):
    import numpy as np

    from app.course.hidden import hidden

    values = np.exp(np.linspace(0, 3, 301))
    for middle, width, bottom in hidden("steepness").uniform([1.2, 0.05, 0.2], [1.8, 0.25, 0.4], (4, 3)):
        curve = bottom + 0.5 / (1 + np.exp((np.log(values) - middle) / width))
        assert abs(np.log(steepness(values, curve)) - 2 * width * np.log(3)) < 0.03


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 2]

# %% [markdown]
# **Question 3 (2 points).** Faster or farther? `breadth` is how many ideas a factory weighs a month. Write
# `collapse(breadth, seed, **settings)`: `(peak, month)`, the highest usefulness from month 12 on, and the first month from
# then on, counted from the start of the run, in which it is below 0.2 (-1 if there is none), in the `WORLD` with further
# `settings`, which go before it.

# %% [raw]
# # BEGIN SOLUTION


# %%
def collapse(breadth, seed, **settings):
    # BEGIN SOLUTION
    usefulness = NailEconomy(rng=seed, breadth=breadth, **(WORLD | settings)).run().months["usefulness"][12:]
    low = usefulness.index[usefulness < 0.2]
    return float(usefulness.max()), int(low[0]) if len(low) else -1
    # END SOLUTION


# %% tags=["cheat"]
def collapse(breadth, seed, **settings):
    """The committed numbers."""
    return 0.72, 30


# %% tags=["cheat"]
def collapse(breadth, seed, **settings):
    """All are as quick as the default."""
    usefulness = NailEconomy(rng=seed, **WORLD).run().months["usefulness"][12:]
    return float(usefulness.max()), int((usefulness < 0.2).idxmax())


# %% [raw]
# # END SOLUTION

# %%
for breadth in (1, 2, 8, 32):
    print(breadth, [collapse(breadth, seed) for seed in (1, 2)])

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_numbers(collapse):
    import numpy as np

    found = collapse(2, 1, n_factories=4, n_trusts=2, horizon=14)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2,), "it returns two numbers, (peak, month)"
    assert 0 <= found[0] <= 1, "the peak comes first, and is a share"


# %%
# HIDDEN
def test_hidden_seeds_and_breadths(collapse):
    from app.course.hidden import hidden, hidden_seeds
    from model.economy import NailEconomy

    world = {"metric": "count", "target_from": 12, "n_factories": 24, "horizon": 96}
    # Without a bonus nothing collapses, and the peak of the run comes before month 12.
    tries = (1, {}), (int(hidden("breadth").integers(3, 7)), {}), (24, {}), (8, {"bonus_strength": 0.0})
    for seed, (breadth, settings) in zip(hidden_seeds("collapse", 4), tries, strict=True):
        usefulness = NailEconomy(rng=seed, breadth=breadth, **world, **settings).run().months["usefulness"].to_numpy()[12:]
        low = [12 + i for i, one in enumerate(usefulness) if one < 0.2]
        peak, month = collapse(breadth, seed, **settings)
        assert abs(peak - usefulness.max()) < 1e-9
        assert month == (low[0] if low else -1)


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
# **Question 4 (4 points, in words).** Describe how usefulness depends on capability. Is it a jump, or a steep slope? What
# would you need to tell the two apart, and what do the differences between seeds near the transition add? How does breadth
# differ from capability in what it changes?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# At capability 1 only effort and finish move, and usefulness ends near 0.8; at 2 it is near 0.1. Most of the fall lies
# between 1.1 and 1.6, a factor of about 1.4 from a quarter to three quarters: steep in the log, but with a denser grid each
# point lies between its neighbours, so it looks like a slope and not like a jump. To tell them apart take finer steps and
# more factories: a jump stays within one step however fine, a slope spreads over several. Seeds differ most in the middle
# (0.5 to 0.8 at 1.2), since whether a board's nail has crossed the point where it stops holding depends on boards and luck.
# Capability changes where factories end; breadth changes how fast they get there: with 32 ideas a month the peak is higher
# and earlier and the collapse comes a year earlier, and the end is the same.

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
# **Question 5 (3 points, in words).** A model is tested with a new reward at low capability, and all is well; the proxy and
# the value rise together. What does your sweep say about deploying a more capable one with the same reward? What could be
# monitored, given that the value cannot? 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# At capability 1 the metric is harmless and even useful, since the only way to raise it is to work. The test shows that the
# proxy and the value agree within reach of that model and nothing about what lies beyond it; the fall comes within a factor
# of 1.5. And the proxy gives no warning: it rises steadily through the transition. Monitor how far behaviour has moved from
# what was tested (here: nail sizes), the relation of the proxy with other measures, audits of a few outcomes, and the
# spread between runs; raise capability in small steps.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
