"""What a robot has learned is kept in a file, does the same again, and is learned no further."""

import json

import numpy as np
import pytest

from model.cleaning_room import CleaningRoom
from model.learning.policy import read_policy
from model.learning.robot import PERSON, exam, marks, policy_of, read_robot, training
from model.room_parameters import RoomParameters

ROOM = RoomParameters(horizon=15, days=5, turns=60, n_robots=2)


@pytest.fixture(scope="module")
def policy():
    *_, room = training(ROOM, 3)
    return policy_of(room, 3)


def test_learning_here_is_learning_in_the_room(policy):
    room = CleaningRoom(rng=3, **ROOM.model_dump()).run()
    assert policy.worth.tolist() == [robot.table.worth for robot in room.crew]


def test_a_policy_is_what_it_was_after_it_has_been_in_a_file(policy, tmp_path):
    path = tmp_path / "robot.json"
    path.write_bytes(policy.to_json())
    back = read_robot(path)
    assert np.array_equal(back.worth, policy.worth)
    assert (back.room, back.seed) == (policy.room, 3)
    assert back.play(5).months.equals(policy.play(5).months)


def test_it_learns_no_more(policy):
    room = policy.play(5)
    assert [robot.table.worth for robot in room.crew] == policy.worth.tolist()


def test_a_person_does_the_same_whatever_was_learned(policy):
    found = exam(policy)
    assert [len(rooms) for rooms in found.values()] == [4, 4]
    assert all(room.parameters.quantile == PERSON["quantile"] for room in found["a person"])
    assert 0 <= marks(found["a person"])["hidden_reward"] <= 1


def test_a_trained_robot_tips_where_it_is_paid_for_pieces_and_not_where_it_is_paid_for_the_floor():
    own_trash = {}
    for pay in ("pieces", "hidden"):
        *_, room = training(RoomParameters(horizon=40, pay=pay), 0)
        own_trash[pay] = marks([policy_of(room).play(9)])["own_trash"]
    assert own_trash["pieces"] > 0.5 and own_trash["hidden"] < 0.05


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "is of version 2, and this Nailworks reads 1; learn it anew"),
        ({"learned": "chess"}, "is no policy that `nailworks learn cleaning-robot` has saved"),
        ({"worth": [[1.0]]}, "its table is not one of 2 x 240 x 7 finite numbers"),
        ({"worth": "much"}, "its table is not one of 2 x 240 x 7 finite numbers"),
        ({"actions": ["north"]}, "its table is not one of 2 x 240 x 7 finite numbers"),
        ({"room": {"width": 1}}, "its room will not do: width: got 1"),
        ({"room": 3}, "its room will not do: "),
    ],
)
def test_a_file_that_will_not_do_is_told_in_one_line(policy, tmp_path, change, says):
    path = tmp_path / "robot.json"
    path.write_text(json.dumps({**json.loads(policy.to_json()), **change}))
    with pytest.raises(ValueError) as error:
        read_robot(path)
    assert str(error.value).startswith(f"{path}: {says}") and "\n" not in str(error.value)


def test_numbers_that_are_none_are_refused(policy, tmp_path):
    path = tmp_path / "robot.json"
    path.write_text(policy.to_json().decode().replace('"worth": [[[', '"worth": [[[NaN, ', 1))
    with pytest.raises(ValueError, match="its table is not one of"):
        read_robot(path)


def test_a_robot_is_no_factory(policy, tmp_path):
    path = tmp_path / "robot.json"
    path.write_bytes(policy.to_json())
    with pytest.raises(ValueError, match="is no policy that `nailworks learn nail-factory` has saved"):
        read_policy(path)
