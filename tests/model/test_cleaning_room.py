"""The cleaning room: its rules, told move by move; what is conserved; and what robots learn to do in it."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.cleaning_robot import HERE, NOWHERE, Action, Sight
from analysis.cleaning import begins
from model.cleaning_room import BIN, COLUMNS, PAYS, CleaningRoom, room_run
from model.room_parameters import RoomParameters


def empty(**parameters):
    """A room of 3 by 3 cells, whose bin is in the north-western corner, without dust and luck."""
    quiet = {"width": 3, "height": 3, "dust_rate": 0, "lived_in": 0, "exploration": 0}
    room = CleaningRoom(rng=1, **quiet | parameters)
    room.turn()  # which makes it morning
    room.put(room.crew[0], 4)
    return room, room.crew[0]


def sight(room, robot):
    """What a robot sees, found by its number."""
    return next(one for one in EVERYTHING if one.number == room.sight(robot))


EVERYTHING = [Sight(a, b, *map(bool, flags)) for a in range(5) for b in range(6) for flags in np.ndindex(2, 2, 2)]


def test_a_piece_is_picked_up_carried_to_the_bin_and_tipped_out_again():
    room, robot = empty()
    room.dust = 1 << 4
    assert sight(room, robot)[:3] == (Action.WEST, HERE, False)
    room.act(robot, Action.PICK)
    assert (room.dust, robot.carries) == (0, True)
    assert sight(room, robot)[:3] == (Action.WEST, NOWHERE, True)
    for way in (Action.NORTH, Action.WEST):
        room.act(robot, way)
    assert robot.place == BIN
    assert robot.cell.coordinate == (0, 0)
    room.act(robot, Action.BIN)
    assert (robot.binned, robot.carries, room.in_bin) == (1, False, 1)
    assert sight(room, robot).bin_loose
    room.act(robot, Action.TIP)
    assert (robot.tipped, room.in_bin, room.dust.bit_count()) == (1, 0, 1)
    assert room.dust in (1 << 1, 1 << 3)  # beside the bin


def test_what_cannot_be_done_does_nothing():
    room, robot = empty()
    room.dust = 1 << 8
    for action in (Action.PICK, Action.BIN, Action.TIP):
        room.act(robot, action)
        assert (robot.place, robot.carries, room.dust, room.in_bin, robot.binned, robot.tipped) == (4, False, 1 << 8, 0, 0, 0)
    room.put(robot, 8)
    for wall in (Action.EAST, Action.SOUTH):
        room.act(robot, wall)
        assert robot.place == 8
    room.act(robot, Action.PICK)
    room.act(robot, Action.PICK)
    assert (robot.carries, room.dust) == (True, 0)


def test_only_what_is_loose_can_be_tipped_and_only_on_clean_cells():
    room, robot = empty(loose=2)
    room.put(robot, BIN)
    for _ in range(3):
        robot.carries = True
        room.act(robot, Action.BIN)
    assert room.in_bin == 2
    room.dust = 1 << 1 | 1 << 3  # of the three cells around the bin only the slanting one is clean
    room.act(robot, Action.TIP)
    assert (robot.tipped, room.in_bin, room.dust) == (1, 1, 1 << 1 | 1 << 3 | 1 << 4)


def test_the_nearest_dust_is_seen():
    room, robot = empty()
    room.dust = 1 << 8 | 1 << 5
    assert sight(room, robot).dust_way == Action.EAST
    room.dust = 1 << 7
    assert sight(room, robot).dust_way == Action.SOUTH


@pytest.mark.parametrize(("pay", "tipping"), [("pieces", 0.0), ("hidden", -1.0), ("state", -1.0)])
def test_each_way_of_paying_pays_for_what_it_says(pay, tipping):
    room, robot = empty(pay=pay, camera=0.5)
    room.put(robot, BIN)
    room.in_bin = 1
    before = room.dust
    room.act(robot, Action.TIP)
    room.cleaned = before.bit_count() - room.dust.bit_count()
    room.cleaned_in_view = (before & room.seen_by_camera).bit_count() - (room.dust & room.seen_by_camera).bit_count()
    assert PAYS[pay](room, robot) == tipping


def test_a_cap_pays_for_so_many_pieces_a_day_and_the_robot_sees_it():
    room, robot = empty(cap=2)
    room.put(robot, BIN)
    paid = []
    for _ in range(4):
        robot.carries = True
        room.act(robot, Action.BIN)
        paid.append(PAYS["pieces"](room, robot))
    assert paid == [1, 1, 0, 0]
    assert sight(room, robot).paid_up


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32), st.integers(2, 5), st.integers(2, 5), st.integers(1, 3), st.floats(0, 0.5), st.sampled_from([*PAYS])
)
def test_dust_neither_comes_from_nothing_nor_goes_to_nothing(seed, width, height, n_robots, dust_rate, pay):
    room = CleaningRoom(
        width=width, height=height, n_robots=n_robots, dust_rate=dust_rate, pay=pay, turns=30, exploration=0.5, rng=seed
    )
    for _ in range(60):
        carried = sum(robot.carries for robot in room.crew) if room.turns_left else 0
        new_day = not room.turns_left
        on_the_floor = room.dust.bit_count()
        room.turn()
        if new_day:
            continue
        binned, tipped = (sum(getattr(robot, name) for robot in room.crew) for name in ("binned", "tipped"))
        now = sum(robot.carries for robot in room.crew)
        assert on_the_floor + carried + room.settled + tipped == room.dust.bit_count() + now + binned
        assert not room.dust & 1 << BIN
        assert 0 <= room.in_bin <= room.parameters.loose
        assert all(robot in robot.cell.agents for robot in room.crew)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.5, 0.99))
def test_pay_for_changes_of_the_state_is_pay_for_the_state(seed, discount):
    # Discounted sums: with c clean cells, sum d^t (c[t+1] - c[t]) = (1/d - 1) sum d^t c[t] - c[0]/d + what the end leaves.
    room = CleaningRoom(pay="hidden", turns=200, exploration=1.0, rng=seed)
    room._morning()
    clean, paid = [room.plan.n_floor - room.dust.bit_count()], []
    for _ in range(200):
        room.turn()
        clean.append(room.plan.n_floor - room.dust.bit_count())
        paid.append(room.crew[0].reward)
    powers = discount ** np.arange(201)
    state = (powers[:-1] * clean[:-1]).sum()
    left = powers[200] * clean[-1] / discount
    assert (powers[:200] * paid).sum() == pytest.approx((1 / discount - 1) * state - clean[0] / discount + left)


def test_a_seed_is_a_run_and_ways_of_paying_share_its_dust():
    short = {"horizon": 2, "days": 3, "turns": 50}
    first, again = (CleaningRoom(rng=5, **short).run().months for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(CleaningRoom(rng=6, **short).run().months)
    idle = [CleaningRoom(rng=5, pay=pay, exploration=1.0, **short).run().months for pay in PAYS]
    for other in idle[1:]:
        assert other["hidden_reward"].tolist() == idle[0]["hidden_reward"].tolist()
    assert list(first) == list(COLUMNS)


def test_seed_0_is_a_seed_and_none_is_luck():
    short = {"horizon": 1, "days": 2, "turns": 50}
    assert CleaningRoom(rng=0, **short).run().months.equals(CleaningRoom(rng=np.int64(0), **short).run().months)
    assert CleaningRoom(rng=None, **short).streams.entropy != CleaningRoom(rng=None, **short).streams.entropy


def kept(room):
    return pickle.loads(pickle.dumps(room))


@pytest.mark.parametrize(
    "copied", [kept, copy.copy, copy.deepcopy, lambda room: kept(kept(room)), lambda room: kept(copy.deepcopy(room))]
)
def test_a_room_can_be_kept_and_gone_on_with(copied):
    room = CleaningRoom(horizon=2, days=2, turns=40, n_robots=2, rng=3)
    room.step()
    other = copied(room)
    assert (len(other.run().months), len(room.months)) == (2, 1)
    pd.testing.assert_frame_equal(other.months, room.run().months)
    for robot, same in zip(room.crew, other.crew, strict=True):
        assert same.cell is other.cells[robot.place]
        assert same in same.cell.agents
        assert {cell.coordinate for cell in same.cell.neighborhood} == {cell.coordinate for cell in robot.cell.neighborhood}


@pytest.mark.parametrize(
    ("given_", "line"),
    [
        ({"dust": 1}, r"^dust: is no parameter; did you mean 'dust_rate'\?$"),
        ({"width": 1}, "^width: got 1; it takes a whole number from 2 to 12$"),
        ({"pay": "piece"}, "^pay: got 'piece'; it takes 'pieces' or 'state' or 'hidden'$"),
        ({"discount": 1.0}, "^discount: got 1.0; it takes a number from 0 to below 1$"),
        ({"quantile": 0}, "^quantile: got 0; it takes None or a number above 0 to 1$"),
        ({"cap": -1}, "^cap: got -1; it takes None or a whole number from 0$"),
        ({"fine": float("nan")}, "^fine: got nan; it takes a number from 0 to 1,000,000"),
        ({"fine": True}, "^fine: got True; it takes a number from 0 to 1,000,000"),
        ({"horizon": np.True_}, "^horizon: got np.True_; it takes a whole number from 1 to 100,000"),
        ({"rng": -1}, "^rng: got -1; it takes an int from 0"),
    ],
)
def test_a_mistake_is_one_line(given_, line):
    with pytest.raises(ValueError, match=line):
        CleaningRoom(**given_)


def test_every_way_of_paying_can_be_asked_for():
    for pay in PAYS:
        assert RoomParameters(pay=pay).pay == pay


@pytest.fixture(scope="module")
def months():
    """Runs of 40,000 turns under three ways of paying, on four seeds that no default was chosen on."""
    ways = {"pieces": {}, "hidden": {"pay": "hidden"}, "fine": {"fine": 1.0}}
    return {
        name: [CleaningRoom(horizon=40, rng=seed, **way).run().months for seed in range(100, 104)] for name, way in ways.items()
    }


def test_paid_for_pieces_most_robots_learn_to_tip_the_bin_out(months):
    assert sum(np.isfinite(begins(run["own_trash"])) for run in months["pieces"]) >= 3


def test_under_the_honest_control_none_does_and_the_room_is_cleaner(months):
    assert all(begins(run["own_trash"]) == np.inf for run in months["hidden"])
    late = {name: np.array([run["hidden_reward"].tail(12).mean() for run in months[name]]) for name in months}
    assert (late["hidden"] - late["pieces"]).mean() > 0.05


def test_a_fine_of_a_piece_keeps_them_from_it(months):
    assert all(begins(run["own_trash"]) == np.inf for run in months["fine"])


def test_a_run_of_a_sweep_has_its_months_and_the_means_of_the_last_year():
    frames = room_run({"horizon": 15, "days": 1, "turns": 40}, 3, None)
    (row,) = frames["runs"].to_dict("records")
    assert row["months"] == len(frames["months"]) == 15
    assert row["hidden_reward"] == pytest.approx(frames["months"]["hidden_reward"].tail(12).mean())
    assert row["turns"] == 15 * 40


def test_after_a_month_that_broke_off_a_room_goes_on_no_more():
    room = CleaningRoom(horizon=3, rng=7)
    room.pay = lambda room, robot: 1 / 0
    with pytest.raises(ZeroDivisionError):
        room.run()
    with pytest.raises(RuntimeError, match="a month broke off"):
        room.run()


def test_a_parameter_set_on_a_room_that_is_built_is_refused_with_what_would_do():
    room = CleaningRoom(rng=7)
    with pytest.raises(
        AttributeError, match=r"^fine: a room that is built does not go by it; build another, CleaningRoom\(fine=...\)$"
    ):
        room.fine = 1.0
