"""Random streams: every draw is a function of (seed, purpose, month, block of rows), and of nothing else."""

import threading
from collections.abc import Callable
from enum import IntEnum

import numpy as np
import numpy.typing as npt

ERA = 64  # months whose states are hashed at a time: a new generator costs more than a small month's draws
STREAM_ROWS = 1024  # rows that share a stream, whatever the size of the blocks that compute them


class Purpose(IntEnum):
    """What a stream is drawn for. Numbers are part of every result: add at the end, never renumber."""

    SKILL = 0
    BOARDS = 1
    SHOCK = 2
    SEARCH = 3
    PADDING = 4
    CHOICE = 5
    NOISE = 6
    DUST = 7
    WHIM = 8
    HUNCH = 9


type Rows = slice | npt.NDArray[np.intp]
"""Some rows of a table: a slice with start and stop, or ascending indices."""

type Sample = Callable[[np.random.Generator, int], tuple[npt.NDArray, ...]]
"""Draws for m rows from a generator: arrays whose last axis is the rows'."""


class Streams:
    """The random streams of one run, all derived from one seed."""

    def __init__(self, seed: np.random.SeedSequence):
        self.entropy, self.spawn_key = seed.entropy, tuple(seed.spawn_key)
        self._states: dict[tuple[int, int], tuple[int, npt.NDArray]] = {}

    def generator(self, purpose: Purpose, month: int = 0, block: int = 0) -> np.random.Generator:
        """A generator at the start of the stream for one purpose, month and range of STREAM_ROWS rows.

        It is the calling thread's only one: draw all that is wanted before asking for the next.

        >>> streams = Streams(np.random.SeedSequence(7))
        >>> draws = [streams.generator(Purpose.SHOCK, month=3).random() for _ in range(2)]
        >>> draws[0] == draws[1]
        True
        """
        era, place = divmod(month, ERA)
        known, states = self._states.get((purpose, block), (-1, None))
        if states is None or known != era:
            seed = np.random.SeedSequence(self.entropy, spawn_key=(*self.spawn_key, int(purpose), era, block))
            states = seed.generate_state(4 * ERA, np.uint64).reshape(ERA, 4)
            self._states[purpose, block] = era, states
        generator = _this_thread.generator
        generator.bit_generator.state = {
            "bit_generator": "SFC64",
            "state": {"state": states[place]},
            "has_uint32": 0,
            "uinteger": 0,
        }
        return generator

    def draw(self, purpose: Purpose, month: int, rows: Rows, n_rows: int, sample: Sample) -> tuple[npt.NDArray, ...]:
        """Draws for some of a table's `n_rows` rows: what a row gets does not depend on which others are asked for."""
        if isinstance(rows, slice):
            if rows.start == 0 and rows.stop == n_rows <= STREAM_ROWS:
                return sample(self.generator(purpose, month), n_rows)
            blocks = range(rows.start // STREAM_ROWS, (rows.stop - 1) // STREAM_ROWS + 1)
        else:
            blocks = np.unique(rows // STREAM_ROWS).tolist()
        parts = []
        for block in blocks:
            first = block * STREAM_ROWS
            size = min(STREAM_ROWS, n_rows - first)
            draws = sample(self.generator(purpose, month, block), size)
            if isinstance(rows, slice):
                wanted = slice(max(rows.start - first, 0), min(rows.stop - first, size))
                whole = wanted == slice(0, size)
            else:
                wanted, whole = rows[rows // STREAM_ROWS == block] - first, False
            parts.append(draws if whole else tuple(array[..., wanted] for array in draws))
        return parts[0] if len(parts) == 1 else tuple(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True))


class _ThreadsOwn(threading.local):
    def __init__(self) -> None:
        self.generator = np.random.Generator(np.random.SFC64(0))  # its state is set before each use


_this_thread = _ThreadsOwn()
