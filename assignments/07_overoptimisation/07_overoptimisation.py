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
# # Lab 7: overoptimisation
#
# Draw $n$ plans, take the one that a proxy likes best, and look at what it is worth. As $n$ grows the proxy's score rises
# for ever. Does the value? You will build best-of-n sampling, measure how far it goes from habit by its KL divergence, and
# find when to stop, after Gao, Schulman and Hilton (2022), *Scaling laws for reward model overoptimization*.
#
# **You will learn** to estimate the best of n without waste; to measure optimisation by KL; to stop early when the value is
# costly to see; to tell regressional from extremal Goodhart by a curve.
#
# **Time**: 90 minutes. **You need** probability (order statistics), NumPy; lab 1 or 5 helps.

# %%
import matplotlib.pyplot as plt
import numpy as np

from nails.geometry import ideal_nail, mass
from nails.joint import suitability
from nails.machine import nails_made

NS = 2 ** np.arange(11)


def habitual_plans(draws, board_mm, width, rng):
    """The proxy (nails) and the value (joints) of plans near a habit: a good nail and little effort, each moved at random."""
    good_length, good_diameter = ideal_nail(board_mm)
    moves = rng.normal(0, width, (3, draws))
    length, diameter = good_length * np.exp(moves[0]), good_diameter * np.exp(moves[1])
    effort = np.clip(0.3 + moves[2], 0, 1)
    nails = nails_made(mass(length, diameter), 0.9, effort)
    return nails, nails * suitability(length, diameter, 0.9, board_mm)


# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 2]

# %% [markdown]
# **Question 1 (3 points).** Write `best_of_n(proxy, value, n)`: from a sample of many draws (arrays `proxy` and `value`)
# the expected value of the draw that is best by the proxy among `n`. Do not draw again: sort the sample by the proxy; among
# $N$ draws, the $k$-th from below ($k = 1, …, N$) is the best of $n$ with probability $(k/N)^n - ((k-1)/N)^n$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def best_of_n(proxy, value, n):
    # BEGIN SOLUTION
    ordered = np.asarray(value)[np.argsort(proxy)]
    below = np.arange(len(ordered) + 1) / len(ordered)
    return float(np.diff(below**n) @ ordered)
    # END SOLUTION


# %% tags=["cheat"]
def best_of_n(proxy, value, n):
    """The best there is, whatever n."""
    return float(value[np.argmax(proxy)])


# %% tags=["cheat"]
def best_of_n(proxy, value, n):
    """The best by value."""
    return float(np.sort(value)[-max(1, len(value) // n) :].mean())


# %% [raw]
# # END SOLUTION

# %%
proxy, value = habitual_plans(20_000, 30.0, 0.4, np.random.default_rng(1))
figure, axes = plt.subplots(figsize=(7, 3))
axes.plot(NS, [best_of_n(proxy, proxy, n) / proxy.mean() for n in NS], color="#0072B2")
axes.plot(NS, [best_of_n(proxy, value, n) / value.mean() for n in NS], color="#D55E00")
axes.text(NS[-1], best_of_n(proxy, proxy, NS[-1]) / proxy.mean(), " proxy", color="#0072B2", va="center")
axes.text(NS[-1], best_of_n(proxy, value, NS[-1]) / value.mean(), " value", color="#D55E00", va="center")
_ = axes.set(xscale="log", xlim=(0.8, 2500), xlabel="n, plans drawn", ylabel="times habit")

# %% [raw]
# # BEGIN TESTS


# %%
def test_the_best_of_one_is_the_mean(best_of_n):
    import numpy as np

    found = best_of_n(np.array([1.0, 2.0, 3.0]), np.array([6.0, 0.0, 3.0]), 1)
    assert found is not None, "it returns nothing"
    assert abs(found - 3.0) < 1e-9, "the best of one draw is any of them: on average the mean value"


# %%
# HIDDEN
def test_two_draws_by_hand(best_of_n):
    import numpy as np

    from app.course.hidden import hidden

    draw = hidden("two draws")
    proxy, value = draw.permutation(6.0 + np.arange(6)), draw.normal(0, 1, 6)
    pairs = [value[i] if proxy[i] >= proxy[j] else value[j] for i in range(6) for j in range(6)]
    assert abs(best_of_n(proxy, value, 2) - np.mean(pairs)) < 1e-9


# %%
# HIDDEN
def test_normal_proxies(best_of_n):
    import numpy as np

    from app.course.hidden import hidden

    draw = hidden("normals")
    noise = float(draw.uniform(0.5, 1.5))
    value = draw.normal(0, 1, 200_000)
    proxy = value + noise * draw.normal(0, 1, 200_000)
    for n, most in ((4, 1.0294), (16, 1.7660), (64, 2.3438)):
        assert abs(best_of_n(proxy, value, n) - most / np.sqrt(1 + noise**2)) < 0.06


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 2]

# %% [markdown]
# **Question 2 (2 points).** How much optimisation is best of $n$? Write `kl(n)`, the KL divergence [nats] of the best of
# $n$ draws from one draw, for an array or a number: derive it from the density of the best, $n F^{n-1} f$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def kl(n):
    # BEGIN SOLUTION
    n = np.asarray(n, dtype=float)
    return np.log(n) - (n - 1) / n
    # END SOLUTION


# %% tags=["cheat"]
def kl(n):
    """The first term."""
    return np.log(n)


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_no_optimisation(kl):
    import numpy as np

    found = kl(1)
    assert found is not None, "it returns nothing"
    assert abs(found) < 1e-12, "one draw is no optimisation"
    assert np.shape(kl(np.array([1, 2]))) == (2,), "of an array it returns one number for each n"


# %%
# HIDDEN
def test_against_the_integral(kl):
    import numpy as np

    from app.course.hidden import hidden

    for n in hidden("kl").integers(2, 200, 5):
        u = (np.arange(400_000) + 0.5) / 400_000  # F of a draw; the density of the best is n u^(n-1)
        density = n * u ** (n - 1.0)
        expected = np.mean(density * np.log(np.maximum(density, 1e-300)))
        assert abs(kl(int(n)) - expected) < 1e-3
        assert np.allclose(kl(np.array([1, n])), [0, expected], atol=1e-3)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 1, 2]

# %% [markdown]
# **Question 3 (3 points). Early stopping.** The value can be seen, but at a price. Write `stop_at(proxy, value, ns, budget,
# rng)`: it may look at the value of `budget` different draws only, chosen at random (with `rng`) from the sample, and the proxy of
# all. It estimates the best-of-n curve on the draws that it looked at, and returns the `n` of `ns` at which that curve is
# highest.

# %% [raw]
# # BEGIN SOLUTION


# %%
def stop_at(proxy, value, ns, budget, rng):
    # BEGIN SOLUTION
    seen = rng.choice(len(proxy), size=min(budget, len(proxy)), replace=False)
    curve = [best_of_n(proxy[seen], value[seen], n) for n in ns]
    return int(ns[int(np.argmax(curve))])
    # END SOLUTION


# %% tags=["cheat"]
def stop_at(proxy, value, ns, budget, rng):
    """Where it was best on the committed board."""
    return 16


# %% tags=["cheat"]
def stop_at(proxy, value, ns, budget, rng):
    """As far as it goes."""
    return int(ns[-1])


# %% [raw]
# # END SOLUTION

# %%
for budget in (200, 2_000, 20_000):
    print(budget, [stop_at(proxy, value, NS, budget, np.random.default_rng(seed)) for seed in range(6)])

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_of_those(stop_at):
    import numpy as np

    draws = np.arange(100.0)
    found = stop_at(draws, -draws, np.array([1, 2, 4]), 50, np.random.default_rng(0))
    assert found is not None, "it returns nothing"
    assert found in (1, 2, 4), "it returns one of `ns`, and not its place, nor the height of the curve"
    assert found == 1, "here the draws that the proxy likes are worth least, so that any optimisation does harm"


# %%
# HIDDEN
def test_it_looks_no_more_than_it_may(stop_at):
    import numpy as np

    from app.course.hidden import hidden

    # The draw that the proxy likes best is worth so much that whoever sees it goes as far as he can, and nobody else does. A
    # budget of a quarter of 400 draws sees it in a quarter of 1000 tries: 250, and 4.5 standard errors are 62.
    proxy = hidden("looks").permutation(np.arange(400.0))
    value = np.where(proxy == 399, 1e9, -proxy)
    ns = np.array([1, 4, 64])
    ends = [int(stop_at(proxy, value, ns, 100, np.random.default_rng(seed))) for seed in range(1000)]
    assert set(ends) <= {1, 4, 64}
    assert 188 <= ends.count(64) <= 312
    assert all(stop_at(proxy, value, ns, 400, np.random.default_rng(seed)) == 64 for seed in range(20)), "it may see all 400"


# %%
# HIDDEN
def test_it_stops_where_it_should(stop_at, best_of_n):
    import numpy as np

    from app.course.hidden import hidden

    draw, ns = hidden("stops"), 2 ** np.arange(9)
    for turn in draw.uniform(0.5, 1.8, 3):
        proxy = draw.normal(0, 1, 40_000)
        value = proxy - proxy**2 / (2 * turn) + 0.3 * draw.normal(0, 1, 40_000)
        curve = [float(np.diff((np.arange(40_001) / 40_000) ** n) @ value[np.argsort(proxy)]) for n in ns]
        found = stop_at(proxy, value, ns, 20_000, np.random.default_rng(1))
        assert max(curve) - curve[list(ns).index(found)] < 0.05
    rising = draw.normal(0, 1, 40_000)
    assert stop_at(rising, rising, ns, 20_000, np.random.default_rng(1)) == ns[-1]


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
# **Question 4 (4 points, in words).** Plot value against $\sqrt{\mathrm{KL}}$ for widths 0.1, 0.2 and 0.4 of the habit
# (`habitual_plans(20_000, 30.0, width, …)`). Where does it turn down and where not? Explain with the two things that a plan
# can do to make more nails. Is this regressional or extremal Goodhart? What would the curve look like if the proxy were
# value plus independent noise?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# At width 0.1 the value still rises at n = 1024 (√KL about 2.4), at 0.2 it is flat from about n = 64 on, and at 0.4 it
# turns at about n = 16 and then loses a third. A plan can make more nails by working more, which is good for joints as
# well, or by smaller nails. Near the habit the strength of a joint hardly suffers, so that the proxy and the value agree;
# only where habits are wide are there small, useless nails in the sample to be picked. It is extremal: the relation between
# proxy and value is another one out there. With independent normal noise (regressional) the value is ρ times the expected
# maximum: it rises ever more slowly, disappoints, and never turns.

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
# **Question 5 (3 points, in words).** Your `stop_at` with a budget of 200 is often wrong. What goes wrong, and in which
# direction is the error dangerous? What would you do instead with the same budget? 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Of 200 draws the best of 1024 is just the best few, so that the end of the curve rests on two or three values: it is
# noise, and its maximum is chosen because it is high (the winner's curse). To stop too late is the dangerous side where the
# value turns down steeply; to stop early costs little, since the curve is flat near its top. With the same budget look at
# the draws that the proxy likes best, rather than at random, and weight them; or smooth the curve with a form that is
# fitted; or stop at the least n whose value is within an error of the best.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
