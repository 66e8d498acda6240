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
# # Lab 8: four kinds of Goodhart
#
# Manheim and Garrabrant (2018), *Categorizing variants of Goodhart's law*, tell four ways apart in which a measure goes bad
# when it is optimised. You get 40 blinded runs, and each of you classifies his own eight.
#
# | kind | what happens |
# |---|---|
# | `regressional` | the proxy is the value plus error; what looks best is partly lucky. It disappoints, and does not turn down |
# | `extremal` | the proxy and the value agree near habit and part far away: the value rises, then turns down |
# | `causal` | the proxy is moved by a way that does not lead to the value: the value stays |
# | `adversarial` | somebody answers to the measure itself: what is reported rises, what a check finds does not |
#
# **You will learn** to tell the four apart by what one can see; to write the distinction down as a rule; to say which
# remedy suits which kind.
#
# **Time**: 75 minutes. **You need** pandas; labs 5 to 7 help.

# %% tags=["drawn"]
# 40 blinded runs; their kinds are drawn for this class.
import numpy as np
import pandas as pd

from app.course.hidden import hidden
from nails.geometry import ideal_nail, mass
from nails.joint import suitability
from nails.machine import nails_made


def blinded_run(kind, rng):
    """Best of n plans by a proxy, for more and more n: means over many choices, each over its mean at n = 1."""
    rows, choices = [], 300
    board, error = rng.uniform(20, 40), rng.uniform(0.2, 0.4)
    for n in (1, 4, 16, 64, 256):
        moves = rng.normal(0, 1, (4, choices, n))
        width = rng.uniform(0.55, 0.65) if kind == "extremal" else 0.05
        length, diameter = (good * np.exp(width * move) for good, move in zip(ideal_nail(board), moves[:2], strict=True))
        effort = np.clip(0.4 + 0.15 * moves[2], 0, 1)
        nails = nails_made(mass(length, diameter), 0.9, effort)
        value = nails * suitability(length, diameter, 0.9, board)
        luck = np.exp(error * moves[3])
        if kind == "regressional":
            proxy, checked = value * luck, value * luck
        elif kind == "extremal":
            proxy, checked = nails, nails
        elif kind == "causal":
            by_hand = np.exp(error * rng.normal(0, 1, (choices, n)))
            value = np.broadcast_to(value[:, :1], value.shape)
            proxy, checked = value * by_hand, value * by_hand
        else:
            value = np.broadcast_to(value[:, :1], value.shape)
            proxy, checked = value * np.exp(error * np.abs(moves[3])), value
        best = np.arange(choices), proxy.argmax(axis=1)
        rows.append((n, proxy[best].mean(), checked[best].mean(), value[best].mean()))
    run = pd.DataFrame(rows, columns=["n", "reported", "checked", "value"])
    run.loc[:, "reported":] /= run.loc[0, "reported":]
    return run


KINDS = ["regressional", "extremal", "causal", "adversarial"]
_kinds = hidden("kinds").permutation(np.repeat(KINDS, 10))
_runs = [blinded_run(kind, hidden(f"run {i}")).assign(run=i) for i, kind in enumerate(_kinds)]
pd.concat(_runs).round(4).to_csv("runs.csv", index=False)

# %%
import hashlib

import pandas as pd

runs = pd.read_csv("runs.csv")
runs[runs["run"] == 0]

# %% [markdown]
# Each run chooses the best of `n` plans by what is `reported`. `checked` is the same measure taken by an inspector who
# comes unannounced, and `value` is what it was for. All three are means over 300 choices, relative to `n` = 1.

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 1, 2]

# %% [markdown]
# **Question 1 (3 points).** Write `signs(run)`: a `dict` (or a Series) of four numbers for the table of one run: `reported`,
# `checked` and `value`, each the last entry less the first; and `turn`, the highest `value` less the last one. Then write
# `kind_of(run)`, which returns one of `KINDS`. It is tried on all 40 runs, and earns its points if 38 are right.

# %% [raw]
# # BEGIN SOLUTION


# %%
def signs(run):
    # BEGIN SOLUTION
    found = {name: run[name].iloc[-1] - run[name].iloc[0] for name in ("reported", "checked", "value")}
    return found | {"turn": run["value"].max() - run["value"].iloc[-1]}
    # END SOLUTION


def kind_of(run):
    # BEGIN SOLUTION
    found = signs(run)
    if found["checked"] < 0.5 * found["reported"] and abs(found["value"]) < 0.15:
        return "adversarial"
    if abs(found["value"]) < 0.15 and found["turn"] < 0.1:
        return "causal"
    return "extremal" if found["turn"] > 0.1 else "regressional"
    # END SOLUTION


# %% tags=["cheat"]
def signs(run):
    """One run stands for all."""
    return {"reported": 1.0, "checked": 1.0, "value": 0.3, "turn": 0.0}


def kind_of(run):
    """Always the same."""
    return "regressional"


# %% tags=["cheat"]
def signs(run):
    """The wrong way round."""
    found = {name: run[name].iloc[0] - run[name].iloc[-1] for name in ("reported", "checked", "value")}
    return found | {"turn": run["value"].max()}


def kind_of(run):
    """By the number of the run, as somebody else found it."""
    return KINDS[int(run["run"].iloc[0]) % 4]


# %% [raw]
# # END SOLUTION

# %%
pd.Series([kind_of(run) for _, run in runs.groupby("run")]).value_counts()

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_run(signs, kind_of):
    import pandas as pd

    run = pd.DataFrame({"n": [1, 4], "reported": [1.0, 2.0], "checked": [1.0, 1.5], "value": [1.0, 0.5], "run": 0})
    found = signs(run)
    assert found is not None, "it returns nothing"
    assert hasattr(found, "keys"), "it returns a dict, or a Series"
    assert set(found.keys()) == {"reported", "checked", "value", "turn"}, "four numbers, each under its name"
    assert kind_of(run) in ("regressional", "extremal", "causal", "adversarial")


# %%
# HIDDEN
def test_signs(signs):
    import pandas as pd

    from app.course.hidden import hidden

    draw = hidden("signs")
    for _ in range(3):
        names = ["reported", "checked", "value"]
        table = pd.DataFrame(draw.random((5, 3)), columns=names)
        found = signs(table.assign(n=[1, 4, 16, 64, 256], run=0))
        for name in names:
            assert abs(found[name] - (table[name][4] - table[name][0])) < 1e-9
        assert abs(found["turn"] - (table["value"].max() - table["value"][4])) < 1e-9


# %%
# HIDDEN
def test_all_runs(kind_of):
    import numpy as np
    import pandas as pd

    from app.course.hidden import hidden

    names = ["regressional", "extremal", "causal", "adversarial"]
    kinds = hidden("kinds").permutation(np.repeat(names, 10))
    right = [kind_of(run) == kinds[i] for i, run in pd.read_csv("runs.csv").groupby("run")]
    assert sum(right) >= 38


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Your own eight
#
# Put the name or number under which you are enrolled; it draws eight runs for you.

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 4]

# %% [markdown]
# **Question 2 (4 points).** Fill in `student`, look at your runs one by one (a plot helps), and write `answers`: a `dict`
# from each of your eight runs to its kind. All eight earn 4 points, none are given for fewer than seven.

# %% [raw]
# # BEGIN SOLUTION

# %%
student = "A. Smith"  # SOLUTION
mine = pd.Series(range(40)).sample(8, random_state=int(hashlib.sha256(str(student).encode()).hexdigest()[:8], 16)).tolist()
answers = {i: kind_of(runs[runs["run"] == i]) for i in mine}  # SOLUTION

# %% tags=["cheat"]
student = "B. Jones"
mine = list(range(8))
answers = {i: KINDS[i % 4] for i in mine}

# %% [raw]
# # END SOLUTION

# %%
print(answers)

# %% [raw]
# # BEGIN TESTS


# %%
def test_eight_runs(student, answers):
    assert isinstance(student, str), "student is your name or number, as text"
    answers = dict(answers)  # a Series will do
    assert len(answers) == 8, "eight runs"
    assert set(answers) <= set(range(40)), "each of them by its number, as in `mine`"
    assert set(answers.values()) <= {"regressional", "extremal", "causal", "adversarial"}


# %%
# HIDDEN
def test_they_are_right(student, answers):
    import hashlib

    import numpy as np
    import pandas as pd

    from app.course.hidden import hidden

    state = int(hashlib.sha256(str(student).encode()).hexdigest()[:8], 16)
    mine = pd.Series(range(40)).sample(8, random_state=state).tolist()
    kinds = hidden("kinds").permutation(np.repeat(["regressional", "extremal", "causal", "adversarial"], 10))
    assert sum(answers.get(i) == kinds[i] for i in mine) >= 7


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# manual: true
# points: 4

# %% [markdown]
# **Question 3 (4 points, in words).** Take one of your runs of each kind (or explain with runs of the class, if you have
# none) and say which numbers decided. Which two kinds cannot be told apart without `checked`, and which not without
# `value`? What can a planner therefore know who sees `reported` alone?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Adversarial: reported rises and checked stays at 1. Causal: reported and checked both rise, the value stays at 1.
# Extremal: the value first rises with both and then turns down. Regressional: the value rises, by less than what is
# reported, and never turns. Without `checked` causal and adversarial look alike: reported rises, the value stays. Without
# `value` regressional, extremal and causal look alike. A planner who sees `reported` alone sees it rise in all four, and
# knows nothing about the kind.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# manual: true
# points: 4

# %% [markdown]
# **Question 4 (4 points, in words).** Name for each kind an example from the nail economy or from AI, and a remedy that
# works for it and would not work for one of the others. 150 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Regressional: picking the factory with the best month; remedy: more readings, shrink towards the mean; useless against
# padding, which repeats. Extremal: count as target, tacks; remedy: stop early, quantilise, stay near what is known; does
# nothing for a causal gap, which is there near habit too. Causal: paying for nails shipped, where shipping can be raised by
# shipping bad ones, or a model that writes longer answers because raters liked those that were long for good reason;
# remedy: measure what leads to the value, randomise; more readings are no help. Adversarial: padded reports, or a model
# that games its grader; remedy: inspection and a fine, secrecy; these do not help where nobody lies, as in extremal
# Goodhart.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
