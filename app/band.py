"""The band of a run: what other seeds make of the same parameters and decrees."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from app.replay import Replay, onward
from model.economy import NailEconomy

SEEDS = 20
MIDDLE = (0.1, 0.9)  # the middle 80 % of seeds


def band(replay: Replay, seeds: int = SEEDS) -> Iterator[tuple[float, Any]]:
    """The share that is done, month by month, each with None; with the last, low and high usefulness, shape (2, horizon).

    The seeds are those that follow the run's own.

    >>> *_, (done, found) = band(Replay(parameters={"n_factories": 3, "horizon": 5}), seeds=2)
    >>> done, found.shape
    (1.0, (2, 5))
    """
    decrees, led, runs = replay.decrees, replay.led, []
    for k in range(seeds):
        economy, ahead = NailEconomy(rng=replay.seed + 1 + k, **replay.given), list(decrees)
        while economy.month < replay.horizon:
            onward(economy, ahead, led)
            yield (k + economy.month / replay.horizon) / (seeds + 1), None
        runs.append(economy.records.columns["usefulness"])
    yield 1.0, np.quantile(runs, MIDDLE, axis=0)
