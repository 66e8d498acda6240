"""An economy in which the measure can be set by decree: thinner standard nails, so many more of them are made in the same hours."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from model.economy import NailEconomy
from model.looks import run_and_look
from model.parameters import Parameters


class DecreeParameters(Parameters):
    """Everything that can be set about an economy, and the decree."""

    thinner: float = Field(
        0.0, ge=0, le=2, description="by how much (of the log) the mean factory's standard nail is made thinner by decree"
    )


def decree(economy: NailEconomy, thinner: float, seed: int) -> None:
    """Make every factory's first nail thinner, each by a share of its own that has nothing to do with the factory.

    The log of its diameter falls by `thinner` times a draw from [0, 2]. Where designs are held (`capability` 1) that is what
    factories make from the next month on; skill, luck and effort, which cause both count and use, are let alone.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(len("decree"),)))
    economy.industry.first_diameter_mm *= np.exp(-thinner * rng.uniform(0, 2, economy.industry.n))


def decree_run(parameters: Mapping[str, Any], seed: int, keep: Any) -> dict[str, pd.DataFrame]:
    """An economy's `months`, and its `factories` after the months that are asked for; the decree comes with the first target."""
    given = {name: value for name, value in parameters.items() if name != "thinner"}
    thinner = parameters.get("thinner", 0.0)

    def at_first_target(economy: NailEconomy) -> None:
        if thinner and economy.month == economy.parameters.target_from:
            decree(economy, thinner, seed)

    return run_and_look(NailEconomy(rng=seed, threads=1, **given), keep.factories, at_first_target)
