"""The cleaning room in a real browser."""

import os

import pytest

from agents.cleaning_robot import Action
from app.robot import FIRST_SEED, WAYS, history_svg, room_svg, what_it_did
from model.cleaning_room import BIN, CleaningRoom
from model.learning.robot import policy_of, read_robot, training
from model.room_parameters import RoomParameters


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_paying_is_a_room_that_can_be_drawn(way):
    room = CleaningRoom(rng=0, days=1, turns=5, **WAYS[way])
    assert history_svg(room) == ""
    room.step()
    assert room_svg(room).count('fill="#8a7f6d"') == 4 * room.dust.bit_count()
    assert "clean floor" in history_svg(room) and "months of training, 5 turns each" in history_svg(room)
    assert [f">{share}%<" in history_svg(room) for share in (0, 50, 100)] == [True] * 3


def test_the_bins_number_is_drawn_over_the_robot():
    room = CleaningRoom(rng=0, days=1, turns=5)
    room.step()
    room.put(room.crew[0], BIN)
    drawn = room_svg(room)
    assert drawn.index(f">{room.in_bin}</text>") > drawn.rindex("<circle")


def test_tipping_is_told_and_what_does_nothing_is_waiting():
    room = CleaningRoom(rng=0, lived_in=0, dust_rate=0, exploration=0)
    room.turn()
    (robot,) = room.crew
    room.put(robot, BIN)
    robot.slipped = robot.carries = False
    room.dust = room.in_bin = 0
    wall = room.plan.next[BIN].index(BIN)
    for action in (wall, Action.PICK, Action.BIN, Action.TIP):
        room.act(robot, action)
        assert what_it_did(room) == "waits"
    room.in_bin = 1
    room.act(robot, Action.TIP)
    assert what_it_did(room) == "TIPS THE BIN OUT"
    room.act(robot, next(way for way, cell in enumerate(room.plan.next[BIN]) if cell != BIN))
    assert what_it_did(room).startswith("goes ")


def test_a_visitor_trains_it_and_watches(watched, start, screenshot):
    watched.goto(start("app.robot"))
    watched.get_by_role("button", name="Train 20,000 turns").click()
    watched.locator("[data-turns='20']").wait_for()
    watched.get_by_role("button", name="One turn").click()
    watched.get_by_text("After 20,000 turns of training: in its last turn the robot").wait_for()
    for width in (390, 1280, 1920):
        watched.set_viewport_size({"width": width, "height": 900})
        for picture in watched.locator("svg[role=img]").all():
            box = picture.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    screenshot("robot_trained")
    watched.get_by_role("button", name="Play").click()
    watched.get_by_role("button", name="Pause").click()
    watched.get_by_role("button", name="Play").wait_for()


def test_a_robot_that_has_learned_is_watched(watched, start, screenshot, tmp_path):
    path = tmp_path / "tips.json"
    *_, room = training(RoomParameters(horizon=20, days=5), 0)
    path.write_bytes(policy_of(room).to_json())
    (tmp_path / "saved_robot.py").write_text(
        f"from functools import partial\nfrom app import robot\nmain = partial(robot.main, policy={str(path)!r})\n"
    )
    watched.goto(start("saved_robot", PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])))
    watched.get_by_text("It does what it learned when paid for: pieces; it learns no more.").wait_for()
    assert watched.get_by_role("button", name="Watch", exact=True).count() == 0  # what plays on is named otherwise
    watched.get_by_role("button", name="Watch 500 turns").click()
    watched.locator("[data-turns='1']").wait_for()
    screenshot("robot_saved")
    expected = read_robot(path).begin(FIRST_SEED, 1).run().months.iloc[-1]
    watched.get_by_text(f"clean floor {expected.hidden_reward:.0%}").wait_for()
    watched.get_by_text(f"own trash {expected.own_trash:.0%}").wait_for()
