"""Random streams: every draw is a function of (seed, purpose, month, block of rows), and of nothing else."""

from collections.abc import Callable
from enum import IntEnum

import numpy as np
import numpy.typing as npt

STREAM_ROWS = 1024  # rows that share a stream, whatever the size of the blocks that compute them


class Purpose(IntEnum):
    """What a stream is drawn for. Numbers are part of every result: add at the end, never renumber."""

    SKILL = 0
    BOARDS = 1
    SHOCK = 2
    SEARCH = 3
    IMITATION = 4


type Rows = slice | npt.NDArray[np.intp]
"""Some rows of a table: a slice with start and stop, or ascending indices."""

type Sample = Callable[[np.random.Generator, int], npt.NDArray]
"""Draws for m rows from a generator; the last axis of what it returns is the rows'."""


class Streams:
    """The random streams of one run, all derived from one seed."""

    def __init__(self, seed: np.random.SeedSequence):
        self.entropy, self.spawn_key = seed.entropy, tuple(seed.spawn_key)

    def generator(self, purpose: Purpose, month: int = 0, block: int = 0) -> np.random.Generator:
        """A fresh generator for one purpose, month and range of STREAM_ROWS rows.

        >>> streams = Streams(np.random.SeedSequence(7))
        >>> draws = [streams.generator(Purpose.SHOCK, month=3).random() for _ in range(2)]
        >>> draws[0] == draws[1]
        True
        """
        key = (*self.spawn_key, int(purpose), month, block)
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.entropy, spawn_key=key)))

    def draw(self, purpose: Purpose, month: int, rows: Rows, n_rows: int, sample: Sample) -> npt.NDArray:
        """Draws for some of a table's `n_rows` rows: what a row gets does not depend on which others are asked for."""
        if isinstance(rows, slice):
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
                parts.append(draws[..., wanted] if wanted != slice(0, size) else draws)
            else:
                parts.append(draws[..., rows[rows // STREAM_ROWS == block] - first])
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
