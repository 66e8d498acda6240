"""A run, and looks at its factories on the way."""

from collections.abc import Callable, Collection

import pandas as pd

from model.economy import NailEconomy


def run_and_look(
    economy: NailEconomy, at: Collection[int] = (), before: Callable[[NailEconomy], None] | None = None
) -> dict[str, pd.DataFrame]:
    """Run an economy to its horizon: its `months`, and its `factories` after the months `at` (those there are), if any are asked for.

    `before` is called with the economy before each month.

    >>> frames = run_and_look(NailEconomy(n_factories=4, horizon=3, rng=7), at=[0, 2, 9])
    >>> len(frames["months"]), frames["factories"]["month"].unique().tolist()
    (3, [0, 2])
    """
    looks = []
    while economy.month < economy.parameters.horizon:
        if before is not None:
            before(economy)
        economy.step()
        if economy.month - 1 in at:
            looks.append(economy.factory_table())
            looks[-1].insert(0, "month", economy.month - 1)
    frames = {"months": economy.months}
    return frames | ({"factories": pd.concat(looks, ignore_index=True)} if looks else {})
