"""Random streams: a draw is a function of seed, purpose, month and row, and of nothing else."""

import numpy as np
import pytest

from agents.streams import ERA, STREAM_ROWS, Purpose, Streams

N = 3 * STREAM_ROWS + 100


def streams(seed=7):
    return Streams(np.random.SeedSequence(seed))


def draw(rows, purpose=Purpose.SHOCK, month=3, seed=7):
    return streams(seed).draw(purpose, month, rows, N, lambda rng, m: (rng.standard_normal((2, m)), rng.random(m)))


def test_what_a_row_gets_does_not_depend_on_which_others_are_asked_for():
    normals, uniforms = draw(slice(0, N))
    for rows in (slice(0, 1024), slice(100, 2500), slice(1024, N), np.array([0, 5, 1500, N - 1]), np.array([2048])):
        some_normals, some_uniforms = draw(rows)
        np.testing.assert_array_equal(some_normals, normals[:, rows])
        np.testing.assert_array_equal(some_uniforms, uniforms[rows])


def test_every_seed_purpose_month_and_block_has_a_stream_of_its_own():
    firsts = [
        streams(seed).generator(purpose, month, block).random()
        for seed in range(3)
        for purpose in Purpose
        for month in (0, 1, ERA - 1, ERA, 5 * ERA)
        for block in (0, 1, 977)
    ]
    assert len(set(firsts)) == len(firsts)


def test_more_draws_for_one_purpose_change_no_others():
    one, other = streams(), streams()
    one.generator(Purpose.SHOCK, 3).random(1000)
    assert one.generator(Purpose.SEARCH, 3).random() == other.generator(Purpose.SEARCH, 3).random()
    assert one.generator(Purpose.SHOCK, 4).random() == other.generator(Purpose.SHOCK, 4).random()


def test_months_may_be_asked_for_in_any_order():
    forward = [streams().generator(Purpose.SHOCK, month).random() for month in range(2 * ERA)]
    one = streams()
    backward = [one.generator(Purpose.SHOCK, month).random() for month in reversed(range(2 * ERA))]
    assert forward == backward[::-1]


def test_a_spawned_seed_has_streams_of_its_own():
    parent = np.random.SeedSequence(7)
    child = parent.spawn(1)[0]
    assert Streams(parent).generator(Purpose.SHOCK).random() != Streams(child).generator(Purpose.SHOCK).random()


def test_streams_are_uniform_and_uncorrelated_from_one_month_to_the_next():
    one = streams()
    firsts = np.array([one.generator(Purpose.SHOCK, month).random() for month in range(4000)])
    assert firsts.mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 4000))
    assert abs(np.corrcoef(firsts[1:], firsts[:-1])[0, 1]) < 4 / np.sqrt(4000)
