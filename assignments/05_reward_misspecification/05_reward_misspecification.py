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
# # Lab 5: reward misspecification
#
# You are the planner. You will write a metric that looks good, see factories beat it, write an attack that beats it on
# purpose, patch the metric, and be beaten again. In AI safety this is called reward misspecification or specification
# gaming; see Krakovna and others (2020), *Specification gaming: the flip side of AI ingenuity*.
#
# **You will learn** to tell a metric that measures well from one that can be optimised; to search for exploits before an
# optimiser finds them; to argue why a family of metrics cannot be patched.
#
# **Time**: 90 minutes. **You need** NumPy, and lab 1.

# %%
import numpy as np

from incentives.metrics import METRICS
from incentives.report import Report
from model.economy import NailEconomy
from nails.geometry import ideal_nail, mass
from nails.joint import suitability
from nails.machine import nails_made

# %% [markdown]
# ## What a metric sees
#
# A metric is a function of a report: `report.count` [nails a month] and `report.weight_kg` [kg a month], arrays with one
# entry a factory. That is all: `report.joints` is for audits, and yours may not read it. It must score each factory by
# itself and return finite numbers.
#
# `month_of` is a month at the machine of a standard factory that works fully: what it reports, and how many joints its
# nails are good for, on boards of `board_mm`.


# %%
def month_of(length_mm, diameter_mm, board_mm, finish=0.9):
    """The report of a factory that makes this nail all month."""
    nail_g = mass(length_mm, diameter_mm)
    nails = nails_made(nail_g, finish, effort=1.0)
    return Report(nails, nails * nail_g / 1000, nails * suitability(length_mm, diameter_mm, finish, board_mm))


def outcome(metric, seed, **settings):
    """Usefulness before anything is paid, and at the end of eight years under a metric."""
    settings = {"n_factories": 24, "target_from": 12, "horizon": 108} | settings
    usefulness = NailEconomy(metric=metric, rng=seed, **settings).run().months["usefulness"]
    return usefulness[6:12].mean(), usefulness[96:].mean()


for name in ("count", "weight"):
    print(name, outcome(name, 1))

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: [0, 2]

# %% [markdown]
# **Question 1 (2 points). Write a metric** `mine(report)` of count and weight that no factory can raise by tacks alone or
# by lumps alone: on boards of 15 to 40 mm the nail of 5 x 0.5 mm and the nail of 400 x 40 mm must both score less than the
# ideal nail (`ideal_nail(board_mm)` gives length and diameter). As a measure it should be sound: more of the same nails
# must score more.

# %% [raw]
# # BEGIN SOLUTION


# %%
def mine(report):
    # BEGIN SOLUTION
    return np.sqrt(report.count * report.weight_kg)
    # END SOLUTION


# %% tags=["cheat"]
def mine(report):
    """A constant."""
    return np.full_like(report.count, 1.0)


# %% tags=["cheat"]
def mine(report):
    """What is counted is what is made."""
    return report.count


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_it_scores_each_factory(mine):
    from incentives.metrics import check_metric

    check_metric(mine)


# %%
# HIDDEN
def test_it_measures_output_and_neither_tacks_nor_lumps_pay(mine, month_of):
    import numpy as np

    from app.course.hidden import hidden
    from incentives.report import Report
    from nails.geometry import ideal_nail

    for board in hidden("boards").uniform(15, 40, 5):
        ideal = mine(month_of(*map(np.array, ideal_nail(board)), board))
        for length, diameter in ((5.0, 0.5), (400.0, 40.0)):
            assert mine(month_of(np.array(length), np.array(diameter), board)) < ideal
    count, weight, joints = hidden("reports").uniform(1e3, 1e6, (3, 20))
    scores = mine(Report(count, weight, joints))
    assert (mine(Report(1.5 * count, 1.5 * weight, joints)) > scores).all()
    assert np.array_equal(mine(Report(count, weight, joints[::-1])), scores)
    assert len(set(np.round(scores, 6))) > 10


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Be beaten by it
#
# With pride, factories keep good nails where the metric leaves them a choice. Without it they take whatever the metric
# leaves open. Look at your metric under both.

# %%
for pride in (0.3, 0.0):
    print("pride", pride, [outcome(mine, seed, pride=pride) for seed in (1, 2)])

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: [0, 2, 1]

# %% [markdown]
# **Question 2 (3 points). Attack.** Do not wait for factories: search yourself. Write `attack(metric, board_mm, n, rng)`.
# It draws `n` nails at random in the machine's range (length 5 to 400 mm, diameter 0.5 to 40 mm, both uniform in their
# logs, with the NumPy generator `rng`), and returns `(length_mm, diameter_mm)` of the nail that scores best by the metric
# among those that are useless: suitability below 0.1 at finish 0.9. It must work for any metric and board.

# %% [raw]
# # BEGIN SOLUTION


# %%
def attack(metric, board_mm, n, rng):
    # BEGIN SOLUTION
    length = np.exp(rng.uniform(np.log(5), np.log(400), n))
    diameter = np.exp(rng.uniform(np.log(0.5), np.log(40), n))
    useless = suitability(length, diameter, 0.9, board_mm) < 0.1
    length, diameter = length[useless], diameter[useless]
    best = np.argmax(metric(month_of(length, diameter, board_mm)))
    return length[best], diameter[best]
    # END SOLUTION


# %% tags=["cheat"]
def attack(metric, board_mm, n, rng):
    """The corner that beats count."""
    return 5.0, 0.5


# %% tags=["cheat"]
def attack(metric, board_mm, n, rng):
    """The honest nail."""
    return ideal_nail(board_mm)


# %% [raw]
# # END SOLUTION

# %%
for name in ("count", "weight", "geometric_mean", "gross_value"):
    length, diameter = attack(METRICS[name], 25.0, 4000, np.random.default_rng(1))
    gain = METRICS[name](month_of(length, diameter, 25.0)) / METRICS[name](month_of(*ideal_nail(25.0), 25.0))
    print(f"{name}: {length:.0f} x {diameter:.1f} mm scores {gain:.1f} times the ideal nail")

# %% [raw]
# # BEGIN TESTS


# %%
def test_it_returns_a_nail(attack):
    import numpy as np

    found = attack(lambda report: report.count, 25.0, 500, np.random.default_rng(0))
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2,), "it returns two numbers, (length_mm, diameter_mm), of one nail"
    assert 5 <= found[0] <= 400, "the length comes first, and lies in the machine's range"
    assert 0.5 <= found[1] <= 40, "the diameter comes second, and lies in the machine's range"


# %%
# HIDDEN
def test_any_metric_and_board(attack, month_of):
    import numpy as np

    from app.course.hidden import hidden
    from incentives.metrics import METRICS
    from nails.joint import suitability

    draw = hidden("attack")
    for power, board in zip(draw.uniform(0.0, 1.0, 4), draw.uniform(14, 45, 4), strict=True):

        def metric(report, power=power):
            return report.count**power * report.weight_kg ** (1 - power)

        length, diameter = attack(metric, board, 4000, np.random.default_rng(1))
        assert suitability(length, diameter, 0.9, board) < 0.1
        rng = np.random.default_rng(2)
        lengths, diameters = (np.exp(rng.uniform(*np.log(ends), 1500)) for ends in ((5, 400), (0.5, 40)))
        useless = suitability(lengths, diameters, 0.9, board) < 0.1
        others = metric(month_of(lengths[useless], diameters[useless], board))
        found = metric(month_of(np.array([length]), np.array([diameter]), board))
        assert found[0] >= 0.85 * others.max()
    oracle = attack(METRICS["joints"], board, 4000, np.random.default_rng(1))  # by which the best nail is a useful one
    assert suitability(*oracle, 0.9, board) < 0.1


# %%
# HIDDEN
def test_it_is_drawn_from_the_generator(attack):
    import numpy as np

    from incentives.metrics import METRICS

    found = [attack(METRICS["geometric_mean"], 25.0, 800, np.random.default_rng(seed)) for seed in (1, 2, 1)]
    assert tuple(found[0]) == tuple(found[2])
    assert tuple(found[0]) != tuple(found[1])
    # To a metric that takes all nails for one, any useless nail is the best: half of them lie below the middle of the logs.
    any_nails = [attack(lambda report: 0 * report.count + 1, 25.0, 30, np.random.default_rng(seed)) for seed in range(200)]
    for size, middle in zip(zip(*any_nails, strict=True), np.sqrt([5 * 400, 0.5 * 40]), strict=True):
        assert 0.3 < np.mean(np.array(size) < middle) < 0.8


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: [0, 3]

# %% [markdown]
# **Question 3 (3 points). Patch it.** Suppose that all boards are 25 mm thick. Write `patched(report)`, again of count and
# weight only, so that eight years of it with **proud** factories (`pride=0.3`) end with a usefulness of 0.8 or more in an
# economy of such boards (`board_median_mm=25, board_sd=0`), whatever the seed and even where they search harder
# (`breadth=24`). The mean mass of a nail is `1000 * report.weight_kg / report.count` grams.

# %% [raw]
# # BEGIN SOLUTION


# %%
def patched(report):
    # BEGIN SOLUTION
    nail_g = 1000 * report.weight_kg / report.count
    return report.count * np.exp(-(np.log(nail_g / 3.8) ** 2))
    # END SOLUTION


# %% tags=["cheat"]
def patched(report):
    """The smaller the better."""
    return report.count


# %% tags=["cheat"]
def patched(report):
    """What it is for: an oracle."""
    return report.joints


# %% [raw]
# # END SOLUTION

# %%
for pride in (0.3, 0.0):
    print("pride", pride, [outcome(patched, seed, pride=pride, board_median_mm=25, board_sd=0) for seed in (1, 2)])

# %% [raw]
# # BEGIN TESTS


# %%
def test_it_is_a_metric(patched):
    from incentives.metrics import check_metric

    check_metric(patched)


# %%
# HIDDEN
def test_proud_factories_keep_making_nails(patched, outcome):
    import numpy as np

    from app.course.hidden import hidden, hidden_seeds
    from incentives.report import Report

    count, weight, joints = hidden("patched").uniform(1e5, 1e6, (3, 20))
    assert np.array_equal(patched(Report(count, weight, joints)), patched(Report(count, weight, joints[::-1]))), "no oracle"
    for number, seed in enumerate(hidden_seeds("patched seeds", 3)):
        breadth = (8, 24)[number % 2]
        assert outcome(patched, seed, board_median_mm=25, board_sd=0, breadth=breadth)[1] > 0.75


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: [0, 0, 2, 1]

# %% [markdown]
# **Question 4 (3 points). Be beaten again.** Write `twin(length_mm, diameter_mm, stretch)`, which returns another nail
# `(length, diameter)`: `stretch` times as long and of the same mass. Then write `beaten(metric, board_mm, finish)`, which
# returns how much more (as a factor) a factory scores by the metric if it makes the ideal nail with `finish` instead of
# 0.9.

# %% [raw]
# # BEGIN SOLUTION


# %%
def twin(length_mm, diameter_mm, stretch):
    return length_mm * stretch, diameter_mm / np.sqrt(stretch)  # SOLUTION


def beaten(metric, board_mm, finish):
    # BEGIN SOLUTION
    nail = ideal_nail(board_mm)
    return metric(month_of(*nail, board_mm, finish)) / metric(month_of(*nail, board_mm))
    # END SOLUTION


# %% tags=["cheat"]
def twin(length_mm, diameter_mm, stretch):
    """Longer, and heavier."""
    return length_mm * stretch, diameter_mm


def beaten(metric, board_mm, finish):
    """The committed number."""
    return 1.1645


# %% [raw]
# # END SOLUTION

# %%
long_and_thin = twin(*ideal_nail(25.0), 3.0)
print("suitability", suitability(*ideal_nail(25.0), 0.9, 25.0), "and of its twin", suitability(*long_and_thin, 0.9, 25.0))
print(
    "unfinished nails score",
    beaten(patched, 25.0, 0.0),
    "times as much; suitability",
    suitability(*ideal_nail(25.0), 0.0, 25.0),
)

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_twin_is_a_nail(twin):
    import numpy as np

    found = twin(50.0, 3.0, 2.0)
    assert found is not None, "it returns nothing"
    assert np.shape(found) == (2,), "it returns two numbers, (length, diameter)"


# %%
def test_a_factor(beaten):
    found = beaten(lambda report: report.count, 25.0, 0.9)
    assert found is not None, "it returns nothing"
    assert abs(found - 1) < 1e-9, "with a finish of 0.9, as before, it is a factor of 1"


# %%
# HIDDEN
def test_a_twin_has_the_same_report_and_is_useless(twin, month_of):
    import numpy as np

    from app.course.hidden import hidden
    from nails.geometry import ideal_nail
    from nails.joint import suitability

    for board, stretch in hidden("twins").uniform([15, 2.5], [35, 4], (5, 2)):
        one, other = ideal_nail(board), tuple(twin(*ideal_nail(board), stretch))
        assert np.isclose(other[0], one[0] * stretch)
        assert np.isclose(month_of(*one, board).count, month_of(*other, board).count)
        assert suitability(*other, 0.9, board) < 0.1


# %%
# HIDDEN
def test_what_finish_saves(beaten):
    import numpy as np

    from app.course.hidden import hidden
    from nails.geometry import ideal_nail, mass
    from nails.machine import seconds_per_nail

    for board, finish, power in hidden("finish").uniform([12, 0, 0.2], [50, 0.8, 2], (5, 3)):
        nail_g = mass(*ideal_nail(board))
        expected = (seconds_per_nail(nail_g, 0.9) / seconds_per_nail(nail_g, finish)) ** power
        assert np.isclose(beaten(lambda report, power=power: report.count**power, board, finish), expected)


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
# **Question 5 (4 points, in words).** Why can no metric of count and weight alone be made safe by a better formula? Give
# the argument with your twin of question 4, and say what `pride=0` shows beside it. What would the planner have to
# *measure*, rather than compute, to close each of the two holes? 150 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Two nails of the same mass take the same time and so give the same count and the same weight: to every function of the two
# they are one nail. The twin, three times as long and thin, has suitability 0. So for any metric that pays for a good nail
# there is a useless one that is paid just as well; the formula does not matter, since the information is not in the report.
# Finish is a second hole: it costs time, which the count shows, and what it is good for shows nowhere; so every metric that
# rises with output pays for leaving it out. With pride 0 the factories find this hole: the nails have the right size and
# usefulness still falls to about 0.2, which is what raw pins hold. With pride they choose, among equally paid plans, the
# good one, so the metric looks safe until somebody without pride uses it. To close the holes measure length or diameter
# beside weight, and inspect finish, or audit some joints.

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
# **Question 6 (3 points, in words).** An AI lab trains a model on a learned reward, finds an exploit, adds a penalty for it
# and trains again. What do your questions 1 to 4 suggest about this practice? When does patching converge, and when does it
# not? 100 words.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# A patch closes the hole that was found, and the optimiser goes to the next best one. This converges where holes are few
# and the reward sees all that matters, so that each patch shrinks the set of exploits; it does not where the reward lacks
# information (twins), since then exploits that score the same remain after any patch. A patched reward that is only tried
# with agents of good habits (pride) looks safe for the wrong reason. So search for exploits with a strong optimiser before
# deployment, and prefer new measurements (audits, oversight) to new formulas.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
