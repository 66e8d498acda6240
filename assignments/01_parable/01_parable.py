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
# # Lab 1: the parable
#
# Planners pay nail factories by the **number** of nails, and within a few years the factories make tacks nobody can use. The
# planners then pay by **weight**, and within a few years the factories make lumps of steel. You will run that story, measure
# it, read its figure, and explain the part that surprises most people: *right after the reform things get better*.
#
# **You will learn** to run an economy and read its months; to tell a measure from a target, and effort from design; to explain
# why a bad target first looks like a good one.
#
# **Time**: 60 to 75 minutes. **You need** Python with pandas, as after a first course; no economics.
#
# It is a parable, not history: it goes back to a cartoon. Nothing in the model says that nails shrink or grow.

# %%
import pandas as pd

from model.economy import NailEconomy

# %% [markdown]
# ## The story
#
# `NailEconomy(rng=seed)` is an economy of 60 factories and 12 building trusts. `run()` simulates it to its horizon of 192
# months, and `months` is a table with one row a month:
#
# | column | what it is |
# |---|---|
# | `month` | from 0 |
# | `target` | the metric that is paid for: `none`, `count` or `weight` |
# | `usefulness` | the share of the building programme that holds, 0 to 1. No factory and no built-in planner reads it |
# | `count`, `weight_kg` | what all factories report |
# | `mean_effort` | how hard they work, 0 to 1 |
# | `median_length_mm`, `median_diameter_mm` | the nail of the middle |

# %%
economy = NailEconomy(rng=7).run()
months = economy.months
months.iloc[[0, 23, 24, 95, 96, 191]]

# %%
axes = months.plot(x="month", y=["usefulness", "mean_effort"], figsize=(9, 3), color=["#D55E00", "grey"])
for month, name in [(24, "count is the target"), (96, "weight is the target")]:
    axes.axvline(month, color="grey", linewidth=0.8)
    axes.annotate(name, (month + 1, 1.14), color="grey", va="top")
axes.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
_ = axes.set(ylim=(0, 1.16), xlabel="month", ylabel="0 to 1")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 1]

# %% [markdown]
# **Question 1 (2 points).** One run is an anecdote. Write `stories(seeds, **settings)`, which runs one economy a seed and
# returns all their months in one table, with a further column `seed`. `settings` are handed to `NailEconomy`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def stories(seeds, **settings):
    # BEGIN SOLUTION
    tables = [NailEconomy(rng=seed, **settings).run().months.assign(seed=seed) for seed in seeds]
    return pd.concat(tables, ignore_index=True)
    # END SOLUTION


# %% tags=["cheat"]
def stories(seeds, **settings):
    """Always the same story."""
    return pd.concat([NailEconomy(rng=7).run().months.assign(seed=seed) for seed in seeds], ignore_index=True)


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_columns(stories):
    table = stories([1, 2], n_factories=4, n_trusts=2, horizon=3)
    assert table is not None, "it returns nothing"
    assert hasattr(table, "columns"), "it returns one table"
    assert len(table) == 6, f"two seeds of 3 months are 6 rows, not {len(table)}; settings (here horizon=3) go to NailEconomy"
    assert set(table.get("seed", ())) == {1, 2}, "the column seed says which seed a row is of"


# %%
# HIDDEN
def test_each_seed_is_its_own_story(stories):
    from app.course.hidden import hidden_seeds
    from model.economy import NailEconomy

    seeds = hidden_seeds("stories", 3)
    table = stories(seeds, n_factories=12, horizon=30)
    for seed in seeds:
        told = table[table["seed"] == seed].reset_index(drop=True)
        expected = NailEconomy(rng=seed, n_factories=12, horizon=30).run().months
        assert told["usefulness"].tolist() == expected["usefulness"].tolist()
        assert told["count"].tolist() == expected["count"].tolist()


# %%
# HIDDEN
def test_settings_reach_the_economy(stories):
    from app.course.hidden import hidden, hidden_seeds

    seed = hidden_seeds("settings", 1)
    start = int(hidden("start").integers(3, 9))
    table = stories(seed, n_factories=8, horizon=12, schedule={start: "weight"})
    assert table["target"].tolist() == ["none"] * start + ["weight"] * (12 - start)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 2]

# %% [markdown]
# **Question 2 (2 points).** How does each period end? Write `endings(months)`, which returns a `dict` (or a Series): for each
# target that occurs in a table of months of **one** economy, the mean usefulness over the last 12 months of that target (or
# over all of them, if there are fewer). It must work for any schedule, not for this story alone. You may take it that a
# target comes only once.

# %% [raw]
# # BEGIN SOLUTION


# %%
def endings(months):
    # BEGIN SOLUTION
    return {target: part["usefulness"].tail(12).mean() for target, part in months.groupby("target")}
    # END SOLUTION


# %% tags=["cheat"]
def endings(months):
    """The months of the default story, whatever the schedule."""
    return {
        "none": months["usefulness"][12:24].mean(),
        "count": months["usefulness"][84:96].mean(),
        "weight": months["usefulness"][180:192].mean(),
    }


# %% tags=["cheat"]
def endings(months):
    """The committed numbers."""
    return {"none": 0.4372, "count": 0.0173, "weight": 0.0134}


# %% [raw]
# # END SOLUTION

# %%
endings(months)

# %% [raw]
# # BEGIN TESTS


# %%
def test_targets_of_the_story(endings, months):
    found = endings(months)
    assert found is not None, "it returns nothing"
    assert hasattr(found, "keys"), "it returns a dict, or a Series whose index holds the targets"
    assert set(found.keys()) == {"none", "count", "weight"}, "one entry for each target that occurs, under its name"
    assert all(0 <= one <= 1 for one in dict(found).values()), "usefulness is a share, between 0 and 1"


# %%
# HIDDEN
def test_any_schedule(endings):
    from app.course.hidden import hidden, hidden_seeds
    from model.economy import NailEconomy

    for number, seed in enumerate(hidden_seeds("endings", 2)):
        first, second = hidden(f"endings {number}").integers([5, 30], [25, 50])
        names = ["weight", "count"] if number else ["joints", "geometric_mean"]
        schedule = dict(zip((int(first), int(second)), names, strict=True))
        months = NailEconomy(rng=seed, n_factories=12, horizon=60, schedule=schedule).run().months
        found = dict(endings(months))
        assert set(found) == {"none", *names}
        for target, value in found.items():
            expected = months.loc[months["target"] == target, "usefulness"].tail(12).mean()
            assert abs(value - expected) < 1e-9, target


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 2, 1]

# %% [markdown]
# **Question 3 (3 points).** The hump. Write `hump(months, metric)`, which returns `(rise, fall)` for the period in which
# `metric` is the target:
#
# - `rise`: the highest usefulness in the period, less the mean of the 12 months before the period began;
# - `fall`: the highest usefulness in the period, less the mean of the period's last 12 months.

# %% [raw]
# # BEGIN SOLUTION


# %%
def hump(months, metric):
    # BEGIN SOLUTION
    usefulness = months["usefulness"]
    paid = months.index[months["target"] == metric]
    peak = usefulness[paid].max()
    before = usefulness[paid[0] - 12 : paid[0]].mean()
    return peak - before, peak - usefulness[paid].tail(12).mean()
    # END SOLUTION


# %% tags=["cheat"]
def hump(months, metric):
    """What the default story gives."""
    return {"count": (0.262, 0.682), "weight": (0.0768, 0.0808)}[metric]


# %% [raw]
# # END SOLUTION

# %%
for metric in ("count", "weight"):
    print(metric, hump(months, metric))

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_numbers(hump, months):
    import numpy as np

    found = hump(months, "count")
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2,), "it returns two numbers, (rise, fall)"
    assert np.all(np.abs(np.array(found)) <= 1), "usefulness is a share, and so are its differences"


# %%
# HIDDEN
def test_a_made_up_table(hump):
    import pandas as pd

    from app.course.hidden import hidden

    rng = hidden("hump")
    for _ in range(3):
        start, end = (int(month) for month in rng.integers([14, 45], [30, 70]))
        months = pd.DataFrame({"month": range(80), "target": "none", "usefulness": rng.random(80)})
        months.loc[start : end - 1, "target"] = "tons"
        rise, fall = hump(months, "tons")
        peak = months["usefulness"][start:end].max()
        assert abs(rise - (peak - months["usefulness"][start - 12 : start].mean())) < 1e-9
        assert abs(fall - (peak - months["usefulness"][end - 12 : end].mean())) < 1e-9


# %%
# HIDDEN
def test_a_hump_over_seeds(hump):
    from app.course.hidden import hidden_seeds
    from model.economy import NailEconomy

    found = [tuple(hump(NailEconomy(rng=seed, horizon=96).run().months, "count")) for seed in hidden_seeds("humps", 3)]
    assert all(rise > 0 and fall > 0.3 for rise, fall in found)
    assert len(set(found)) == 3


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: [0, 2, 1]

# %% [markdown]
# **Question 4 (3 points).** Two things change once nails are paid for: factories work harder, and they make other nails.
# Take them apart. A new design costs a factory `retooling` (0.02 by default); make that so dear that no factory ever
# changes its nail, and only effort and finish are left to change.
#
# Write `apart(seed, **settings)`, which returns two numbers for an economy that pays by count to month 96: the mean usefulness
# in months 84 to 95 with free design (the default), and with none.

# %% [raw]
# # BEGIN SOLUTION


# %%
def apart(seed, **settings):
    # BEGIN SOLUTION
    found = []
    for retooling in (0.02, 1e6):
        months = NailEconomy(rng=seed, retooling=retooling, horizon=96, **settings).run().months
        found.append(months["usefulness"][84:96].mean())
    return tuple(found)
    # END SOLUTION


# %% tags=["cheat"]
def apart(seed, **settings):
    """The committed numbers."""
    return 0.0173, 0.6633


# %% tags=["cheat"]
def apart(seed, **settings):
    """No difference."""
    usefulness = NailEconomy(rng=seed, horizon=96, **settings).run().months["usefulness"][84:96].mean()
    return usefulness, usefulness


# %% [raw]
# # END SOLUTION

# %%
for seed in (1, 2, 3):
    print(seed, apart(seed))

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_shares(apart):
    import numpy as np

    found = apart(1, n_factories=6, n_trusts=3)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2,), "it returns two numbers"
    assert all(0 <= number <= 1 for number in found), "usefulness is a share, between 0 and 1"


# %%
# HIDDEN
def test_design_is_what_collapses(apart):
    from app.course.hidden import hidden_seeds
    from model.economy import NailEconomy

    for seed in hidden_seeds("apart", 3):
        free, fixed = apart(seed, n_factories=24)
        months = NailEconomy(rng=seed, n_factories=24, horizon=96).run().months
        assert abs(free - months["usefulness"][84:96].mean()) < 1e-9
        assert fixed > free + 0.2
        assert fixed > months["usefulness"][12:24].mean()


# %%
# HIDDEN
def test_settings_count(apart):
    from app.course.hidden import hidden_seeds

    (seed,) = hidden_seeds("proud", 1)
    proud, humble = (tuple(apart(seed, n_factories=12, pride=pride)) for pride in (2.0, 0.0))
    assert proud[0] > humble[0] + 0.3
    assert humble[1] > humble[0] + 0.05


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
# **Question 5 (4 points, in words).** Explain the hump. Why does usefulness rise right after count becomes the target, why
# does it then fall, and why in this order? Use your numbers of questions 3 and 4, and say what each of the two lines in the
# figure shows. 150 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Before month 24 nobody is paid for anything but pride, so effort is near 0 and usefulness settles. Pay per nail makes
# effort worth its cost at once: effort jumps within months, and more of the same good nails is more joints. This is the
# rise (0.2 to 0.3). Meanwhile factories try slightly smaller nails, which cost less time each and so count for more. Each
# step is small and costs a retooling, so design moves over years where effort moved over months. While nails are near the
# ideal a smaller one costs little strength; farther away it costs all of it, and the nails become tacks. With retooling too
# dear (question 4) the rise stays and the fall is gone, so the rise is effort and the fall is design. The effort line jumps
# to nearly 1 and eases to 0.63 by month 95 (seed 7), for targets catch up with what was done and an hour more is a smaller
# share of the plan (with `ratchet=0` it stays at 1). But it was near 0 before month 24, when usefulness was 27 times
# what it is by month 95: hard work is not what went wrong.

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
# **Question 6 (3 points, in words).** A ministry tries a new target for a year, finds that things have improved, and makes
# the target permanent. What does your work say about this way of evaluating reforms? What could the ministry look at
# instead, if it cannot see usefulness? 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# The trial year falls on the hump: what responds at once (effort) looks good, and what takes years (design) has hardly
# begun, so the trial measures the fast response only. The same ministry would also welcome weight: usefulness rises again
# after month 96. It should look for longer, and at things that are not paid for: complaints by the trusts, the size of the
# nails, an audit of a few joints, or whether the measure still moves together with another one (a growing gap between count
# and weight says that nails have changed, not output).

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
