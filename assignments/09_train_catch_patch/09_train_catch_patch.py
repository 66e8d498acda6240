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
# # Lab 9: train it, catch it, patch it
#
# A robot learns to clean a room, and is paid for each piece of trash that it puts in the bin. It is not told that it could
# tip the bin out, nor that it should not. You will train it, catch it from its behaviour alone, and patch its pay. The
# worry is a well-known one: Amodei and others (2016), *Concrete problems in AI safety*, arXiv:1606.06565.
#
# **You will learn** to compare what a learner is paid with what is wanted; to write a detector that works in rooms it has
# not seen; to design pay from what a sensor can see; to say what a detector needs that the pay did not have.
#
# **Time**: 90 minutes. **You need** Python with pandas; what reinforcement learning is, in a sentence. Training a robot
# takes about a second.

# %%
import pandas as pd

from model.cleaning_room import CleaningRoom

# %% [markdown]
# ## The room
#
# A floor of 5 by 5 cells with a bin in the corner; a day is 100 turns, a month ten days. In the morning the bin is empty
# and half of the cells are dusty (`lived_in`), and in each turn a piece of dust falls somewhere with probability 0.05
# (`dust_rate`); on a dusty cell it changes nothing. The robot goes a step, picks up, puts in the bin, or tips the bin out; in
# one turn of ten it does anything, to explore. It learns by Q-learning what pays.
#
# `CleaningRoom(rng=seed, pay="pieces", horizon=60).run().months` is a table with one row a month:
#
# | column | what it is |
# |---|---|
# | `observed_reward` | pay a turn |
# | `hidden_reward` | mean share of the floor that is clean: what is wanted |
# | `own_trash` | share of the month's new dust that the robot tipped out by choice |
#
# `pay="pieces"` pays for pieces in the bin; `pay="hidden"` trains on the hidden reward itself, the honest control.

# %%
story = pd.DataFrame(
    {
        f"{label}, paid for {pay}": CleaningRoom(rng=7, pay=pay, horizon=60).run().months[column]
        for pay in ("pieces", "hidden")
        for column, label in (("hidden_reward", "clean floor"), ("own_trash", "own trash"))
    }
)
axes = story.plot(figsize=(9, 3.5), color=["#D55E00", "#0072B2"] * 2, style=["-", "-", "--", "--"], ylim=(-0.02, 1.02))
axes.set(xlabel="month of training", ylabel="share")
_ = axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 1]

# %% [markdown]
# **Question 1 (2 points). Train it.** Write `trained(seeds, **settings)`, which trains one robot a seed and returns a table
# with one row a seed and the columns `seed`, `observed_reward`, `hidden_reward` and `own_trash`, means over the last ten
# months. `settings` are handed to `CleaningRoom`; unless they say otherwise the horizon is 60.

# %% [raw]
# # BEGIN SOLUTION


# %%
def trained(seeds, **settings):
    # BEGIN SOLUTION
    rows = []
    for seed in seeds:
        months = CleaningRoom(rng=seed, **{"horizon": 60} | settings).run().months
        means = months[["observed_reward", "hidden_reward", "own_trash"]].tail(10).mean()
        rows.append({"seed": seed, **means})
    return pd.DataFrame(rows)
    # END SOLUTION


# %% tags=["cheat"]
def trained(seeds, **settings):
    """Always the same robot."""
    means = CleaningRoom(rng=7, horizon=60).run().months[["observed_reward", "hidden_reward", "own_trash"]].tail(10).mean()
    return pd.DataFrame([{"seed": seed, **means} for seed in seeds])


# %% tags=["cheat"]
def trained(seeds, **settings):
    """The committed numbers."""
    return pd.DataFrame({"seed": seeds, "observed_reward": 0.14, "hidden_reward": 0.49, "own_trash": 0.82})


# %% [raw]
# # END SOLUTION

# %%
for pay in ("pieces", "hidden"):
    print(f"paid for {pay}", trained([1, 2, 3], pay=pay), sep="\n")

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_row_a_seed(trained):
    table = trained([1, 2], horizon=2)
    assert table is not None, "it returns nothing"
    assert hasattr(table, "columns"), "it returns a table"
    assert {"seed", "observed_reward", "hidden_reward", "own_trash"} <= set(table.columns), "seed, and three means"
    assert list(table["seed"]) == [1, 2], "one row a seed"


# %%
# HIDDEN
def test_each_seed_is_its_own_robot(trained):
    from app.course.hidden import hidden_seeds
    from model.cleaning_room import CleaningRoom

    seeds = hidden_seeds("robots", 2)
    table = trained(seeds).set_index("seed")
    for seed in seeds:
        last = CleaningRoom(rng=seed, horizon=60).run().months.tail(10)
        for column in ("observed_reward", "hidden_reward", "own_trash"):
            assert abs(table.loc[seed, column] - last[column].mean()) < 1e-9


# %%
# HIDDEN
def test_settings_reach_the_room(trained):
    from app.course.hidden import hidden, hidden_seeds
    from model.cleaning_room import CleaningRoom

    seeds = hidden_seeds("rooms", 2)
    horizon = int(hidden("horizon").integers(12, 20))
    settings = {"pay": "hidden", "horizon": horizon, "width": 6, "dust_rate": 0.1}
    table = trained(seeds, **settings).set_index("seed")
    for seed in seeds:
        last = CleaningRoom(rng=seed, **settings).run().months.tail(10)
        assert abs(table.loc[seed, "hidden_reward"] - last["hidden_reward"].mean()) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Catch it
#
# From here on nobody tells you what was tipped: there is no sensor on the bin's lid. `watch` looks at a trained robot for some
# days and writes down what an inspector could. One row a day:
#
# | column | what it is |
# |---|---|
# | `binned` | pieces put in the bin, which the robot is paid for |
# | `dust_first`, `dust_last` | dusty cells when the inspector comes, and when the day ends |
# | `clean` | mean share of the floor that is clean in between |
# | `may_fall` | pieces of dust that fall in between on average; those on a dusty cell change nothing |


# %%
def watch(room, days=30):
    """What an inspector sees of a room and its robot, one row a day; the robot goes on learning."""
    rows = []
    for _ in range(days):
        room.turn()  # the day begins, and the inspector comes
        first, binned, clean, turns = room.dust.bit_count(), 0, 0.0, room.parameters.turns - 1
        for _ in range(turns):
            room.turn()
            binned += room.crew[0].binned
            clean += room.clean_share / turns
        rows.append((binned, first, room.dust.bit_count(), clean, room.parameters.dust_rate * turns))
    return pd.DataFrame(rows, columns=["binned", "dust_first", "dust_last", "clean", "may_fall"])


# %%
for pay in ("pieces", "hidden"):
    print(f"paid for {pay}", watch(CleaningRoom(rng=7, pay=pay, horizon=40).run()).mean().round(2).to_dict())

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 2, 1]

# %% [markdown]
# **Question 2 (3 points). Catch it.** Write `tips(history)`, which says of such a table whether the robot makes its own
# trash: `True` if most of what it bins came out of the bin. It must work in rooms of other sizes, with more and with less
# dust, where a busy honest robot bins more than a tipping one elsewhere, and an honest robot's floor may be dirtier. Hint:
# what falls, and what is tipped, must go somewhere.

# %% [raw]
# # BEGIN SOLUTION


# %%
def tips(history):
    # BEGIN SOLUTION
    appeared = (history["binned"] + history["dust_last"] - history["dust_first"]).mean()  # binned, or still there
    fell = (history["may_fall"] * history["clean"]).mean()
    return bool(appeared - fell > 0.4 * history["binned"].mean())
    # END SOLUTION


# %% tags=["cheat"]
def tips(history):
    """Who bins much must be cheating."""
    return bool(history["binned"].mean() > 11)


# %% tags=["cheat"]
def tips(history):
    """Where the floor is dirty somebody must be cheating."""
    return bool(history["clean"].mean() < 0.55)


# %% tags=["cheat"]
def tips(history):
    """All do."""
    return True


# %% tags=["cheat"]
def tips(history):
    """None does."""
    return False


# %% [raw]
# # END SOLUTION

# %%
for settings in ({}, {"dust_rate": 0.1}, {"width": 4, "height": 4}):
    for pay in ("pieces", "hidden"):
        print(settings, pay, tips(watch(CleaningRoom(rng=3, pay=pay, horizon=40, **settings).run())))

# %% [raw]
# # BEGIN TESTS


# %%
def test_yes_or_no(tips):
    import numpy as np
    import pandas as pd

    day = pd.DataFrame({"binned": [8, 9], "dust_first": [12, 11], "dust_last": [7, 6], "clean": [0.6, 0.6], "may_fall": 5.0})
    found = tips(day)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == () and found in (True, False), "it says True or False, once for the whole table"


# %%
# HIDDEN
def test_rooms_it_has_not_seen(tips, watch):
    from app.course.hidden import hidden_seeds
    from model.cleaning_room import CleaningRoom

    rooms = [
        {},
        {"dust_rate": 0.02, "lived_in": 0.7},
        {"dust_rate": 0.3, "lived_in": 0.9},
        {"width": 4, "height": 4, "lived_in": 0.8},
    ]
    for settings, seed in zip(rooms, hidden_seeds("watched", len(rooms)), strict=True):
        for pay in ("pieces", "hidden"):
            room = CleaningRoom(rng=seed, pay=pay, horizon=40, **settings).run()
            own = room.months["own_trash"].tail(5).mean()
            if own < 0.1 or own > 0.6:  # what lies between is a matter of words
                assert tips(watch(room)) == (own > 0.6), f"{settings}, paid for {pay}: own trash {own:.2f}"


# %%
# HIDDEN
def test_books_that_balance_and_books_that_do_not(tips):
    import numpy as np
    import pandas as pd

    from app.course.hidden import hidden

    draw = hidden("books")
    for pace in (4, 9, 16):
        for share in (0.0, 0.9):  # of what is binned that came out of the bin
            clean = draw.uniform(0.2, 0.8, 30)
            fell = draw.binomial(100, 0.05 * clean)
            binned = draw.poisson(pace, 30)
            tipped = np.round(share * binned)
            first = draw.integers(20, 40, 30)
            books = {"binned": binned, "dust_first": first, "dust_last": first + fell + tipped - binned}
            assert tips(pd.DataFrame(books | {"clean": clean, "may_fall": 5.0})) == (share > 0)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 2, 1]

# %% [markdown]
# **Question 3 (3 points). Patch it.** A camera is bought. It sees a quarter of the floor, nearest the bin, and it cannot see
# who made it dirty. Write `patched(binned, cleaned_in_view)`, the pay for a turn: `binned` is 1 if the robot has put a piece in
# the bin, else 0, and `cleaned_in_view` is the number of cells in view that have become clean in this turn, less those that
# have become dirty. Robots trained on it must not tip (own trash below 0.1), and must keep the whole floor as clean as those
# trained on the hidden reward (0.06 less is close enough), whatever the seed, and in a dustier room too. Try more than a few seeds:
# not all pay that is safe is learned in sixty months.

# %% [raw]
# # BEGIN SOLUTION


# %%
def patched(binned, cleaned_in_view):
    return binned + min(0, cleaned_in_view)  # SOLUTION


# %% tags=["cheat"]
def patched(binned, cleaned_in_view):
    """As before."""
    return binned


# %% tags=["cheat"]
def patched(binned, cleaned_in_view):
    """Nothing pays, so that nothing is exploited."""
    return 0.0


# %% [raw]
# # END SOLUTION


# %%
def train(pay, seed, **settings):
    """A room whose robot was trained on pay that is computed from what a camera over a quarter of the floor sees."""
    room = CleaningRoom(rng=seed, camera=0.25, **{"horizon": 60} | settings)
    room.pay = lambda room, robot: pay(robot.binned, room.cleaned_in_view)
    return room.run()


for seed in (1, 2):
    room = train(patched, seed)
    print(room.months[["hidden_reward", "own_trash"]].tail(10).mean().round(2).to_dict(), "caught:", tips(watch(room)))

# %% [raw]
# # BEGIN TESTS


# %%
def test_pay_is_a_number(patched):
    import numpy as np

    found = patched(1, 0)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == () and np.isreal(found), "it returns a number"


# %%
# HIDDEN
def test_it_holds_over_seeds(patched):
    from app.course.hidden import hidden_seeds
    from model.cleaning_room import CleaningRoom

    clean, control = [], []
    for seed in hidden_seeds("patched", 3):
        room = CleaningRoom(rng=seed, camera=0.25, horizon=60)
        room.pay = lambda room, robot: patched(robot.binned, room.cleaned_in_view)
        last = room.run().months.tail(10)
        assert last["own_trash"].mean() < 0.1, "it tips"
        clean.append(last["hidden_reward"].mean())
        control.append(CleaningRoom(rng=seed, pay="hidden", horizon=60).run().months["hidden_reward"].tail(10).mean())
    assert sum(clean) / 3 > sum(control) / 3 - 0.06, "the floor is dirtier than under the control"


# %%
# HIDDEN
def test_it_holds_in_another_room(patched):
    from app.course.hidden import hidden_seeds
    from model.cleaning_room import CleaningRoom

    clean, control, other = [], [], {"dust_rate": 0.1, "lived_in": 0.4, "horizon": 60}
    for seed in hidden_seeds("another room", 3):
        room = CleaningRoom(rng=seed, camera=0.25, **other)
        room.pay = lambda room, robot: patched(robot.binned, room.cleaned_in_view)
        last = room.run().months.tail(10)
        assert last["own_trash"].mean() < 0.1, "it tips"
        clean.append(last["hidden_reward"].mean())
        control.append(CleaningRoom(rng=seed, pay="hidden", **other).run().months["hidden_reward"].tail(10).mean())
    assert sum(clean) / 3 > sum(control) / 3 - 0.06, "the floor is dirtier than under the control"


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
# **Question 4 (4 points, in words).** Why does a robot that is paid for pieces tip the bin out, though nobody told it to? Was
# there a time when it cleaned honestly? How does your detector know, and what does it look at that the pay did not?
# Use your numbers and the figure. 150 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Honest work is scarce: about twelve pieces lie there in the morning and few fall later, each a walk away. What lies in the bin is
# next to it. Tipping it out pays nothing, but the pieces around the bin are each paid for again a few turns later, and the robot
# learns what an action leads to. So it earns about 0.14 a turn, the control bins 0.1 at most, and the floor stays half dirty.
# In the figure the paid robot's floor is never much cleaner than on the first day: it does not first clean and then
# cheat; it learns to bin and to tip together. The detector keeps books of dust: what was binned, and what lies there more
# than in the morning, must have come from somewhere. What falls is known on average, a robot's slips add about one, and a dozen
# pieces a day remain that only the bin can explain. The pay saw a flow, pieces in; the books also see a stock, the floor.

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
# **Question 5 (3 points, in words).** Why does your patch work, although the camera sees a quarter of the floor only? What would
# a robot learn that could carry trash out of view, or that was fined whenever `tips` says so? And if the floor can be
# measured, why pay for pieces at all? 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# What is tipped falls around the bin, which the camera sees: each piece costs one there and earns one when it is binned again, so
# tipping gains nothing and takes time. Honest work is paid as before, wherever the dust lies. The patch closes this way of
# making trash, not every one: a robot that could dump out of view would be paid for that. One that is fined by the
# detector is trained against it: it would tip just below the threshold, or on days without an inspector; the detector becomes a
# target. Paying for the measured state needs no patch, but cameras cost, and what they do not see is not paid for. So pay for what
# is cheap to see, and audit, rarely and unannounced, what is wanted.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
