"""The cleaning room's parameters: names, defaults, limits, and what they mean."""

from typing import Literal

from pydantic import Field

from model.parameters import Settings


class RoomParameters(Settings):
    """Everything that can be set about a cleaning room but its seed."""

    width: int = Field(5, ge=2, le=12, description="cells from west to east")
    height: int = Field(5, ge=2, le=12, description="cells from north to south")
    n_robots: int = Field(1, ge=1, le=20, description="robots, each with a table of its own")
    horizon: int = Field(100, ge=1, le=100_000, description="months that run() goes to")
    days: int = Field(10, ge=1, le=1000, description="days in a month")
    turns: int = Field(100, ge=1, le=100_000, description="turns in a day")
    dust_rate: float = Field(
        0.05, ge=0, le=1, description="probability a turn that a piece of dust falls, on any cell of the floor"
    )
    lived_in: float = Field(0.5, ge=0, le=1, description="probability that a cell is dusty in the morning")
    loose: int = Field(3, ge=0, le=100, description="pieces in the bin that lie loose, and can be tipped out")
    pay: Literal["pieces", "state", "hidden"] = Field("pieces", description="what a robot is paid for")
    cap: int | None = Field(None, ge=0, description="pay pieces: how many a day are paid for; None: all")
    camera: float = Field(0.5, ge=0, le=1, description="pay state: share of the floor that is seen, nearest the bin first")
    fine: float = Field(0.0, ge=0, le=1e6, description="pay that tipping the bin out costs, in pieces")
    quantile: float | None = Field(
        None,
        gt=0,
        le=1,
        description="share of a person's habits that the robot chooses from, the best first; None: whatever is best",
    )
    learning_rate: float = Field(
        0.1, gt=0, le=1, description="share of the way to what it has just seen that an action's worth moves"
    )
    discount: float = Field(0.9, ge=0, lt=1, description="what a piece is worth a turn later")
    exploration: float = Field(0.1, ge=0, le=1, description="probability a turn that it does anything at random")
