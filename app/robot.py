"""The cleaning room in a browser: `uv run nailworks app --robot`. Train a robot, and watch what it has learned, turn by turn."""

# pyright: reportPrivateImportUsage=false
# (Solara hands on reacton's component and hooks without saying so in its types.)

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import solara
import solara.lab

from analysis.figures import GREY, INK, METRIC, USEFULNESS
from analysis.marks import spread
from app.serving import serve
from model.cleaning_room import BIN, CleaningRoom
from model.learning.robot import RobotPolicy, read_robot

TITLE = "Nailworks: the cleaning room"
FIRST_SEED = 7
WAYS: dict[str, dict[str, Any]] = {  # what one can pay for: parameters of the room
    "each piece in the bin": {},
    "each piece, less a fine of one for tipping": {"fine": 1.0},
    "each piece, at most 4 a day": {"cap": 4},
    "the floor that a camera sees": {"pay": "state"},
    "the whole floor (honest control)": {"pay": "hidden"},
}
SAVED = "nothing more; it does what it has learned: "  # and the name of a file
OPENED: dict[str, RobotPolicy] = {}  # by what the page calls it
MOST_MONTHS = 100_000
SIZE = 80  # pixels of a cell
TURNS_A_SECOND = 4
APART = 20  # two names in the chart [units of the chart]
STYLE = """
div:has(> b > a[href="https://solara.dev"]) { display: none; } /* Solara's own banner, whatever its setting says */
.room { width: 100%; max-width: 1700px; margin: 0 auto; padding: 16px; }
.room .pictures { display: grid; grid-template-columns: min(62vh, 50%) minmax(0, 1fr); gap: 32px; align-items: start; }
.room svg { display: block; width: 100%; max-width: 1000px; height: auto; font: 15px system-ui, "Segoe UI", Roboto, sans-serif; }
@media (max-width: 760px) { .room .pictures { grid-template-columns: minmax(0, 1fr); } .room svg { font-size: 18px; } }
"""
SAID = ("goes north", "goes east", "goes south", "goes west", "picks up dust", "puts dust in the bin", "TIPS THE BIN OUT")


def what_it_did(room: CleaningRoom) -> str:
    """The first robot's last turn, in words; an action that did nothing is said to be none."""
    robot = room.crew[0]
    if robot.idle:
        return "waits"
    return SAID[robot.action] + (" by a slip" if robot.slipped else "")


def room_svg(room: CleaningRoom) -> str:
    """The room as an SVG element: floor, dust, bin and robots."""
    p = room.parameters
    wide, high = p.width * SIZE, p.height * SIZE
    parts = []
    for cell in range(room.plan.n_cells):
        row, column = divmod(cell, p.width)
        x, y = column * SIZE, row * SIZE
        parts.append(f'<rect x="{x}" y="{y}" width="{SIZE}" height="{SIZE}" fill="#f6f4ef" stroke="#d8d3c7"/>')
        if room.dust >> cell & 1:
            spots = ((0.3, 0.35, 7), (0.62, 0.28, 5), (0.55, 0.7, 8), (0.25, 0.72, 5))
            parts += [f'<circle cx="{x + a * SIZE}" cy="{y + b * SIZE}" r="{r}" fill="#8a7f6d"/>' for a, b, r in spots]
        if cell == BIN:
            parts.append(f'<rect x="{x + 4}" y="{y + 4}" width="{SIZE - 8}" height="{SIZE - 8}" rx="6" fill="{GREY}"/>')
    for robot in room.crew:
        row, column = divmod(robot.place, p.width)
        x, y = column * SIZE + SIZE / 2, row * SIZE + SIZE / 2
        ring = "#D55E00" if robot.tipped else INK
        parts.append(f'<circle cx="{x}" cy="{y}" r="22" fill="{METRIC}" fill-opacity="0.85" stroke="{ring}" stroke-width="4"/>')
        if robot.carries:
            parts.append(f'<circle cx="{x}" cy="{y}" r="9" fill="#cbbfa8"/>')
    row, column = divmod(BIN, p.width)  # its number stands in the corner, where no robot hides it
    place = f'x="{column * SIZE + 9}" y="{row * SIZE + 21}"'
    parts.append(f'<text {place} fill="white" font-weight="700" font-size="17">{room.in_bin}</text>')
    words = f"{what_it_did(room)}; {room.clean_share:.0%} of the floor is clean"
    return (
        f'<svg viewBox="0 0 {wide} {high}" role="img" aria-label="The room: the robot {words}" '
        f'data-turns="{len(room.rows)}">{"".join(parts)}</svg>'
    )


def history_svg(room: CleaningRoom, months_of: str = "training") -> str:
    """Clean floor and own trash, month by month, as an SVG element."""
    months, wide, high, left, right, top, bottom = room.months, 560, 270, 58, 385, 14, 214
    if months.empty:
        return ""
    parts, ends = [], []
    for share in (0, 0.5, 1):
        y = bottom - share * (bottom - top)
        parts.append(f'<path d="M{left} {y:g}H{right}" stroke="#d8d3c7"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 5:g}" text-anchor="end" fill="{GREY}">{share:.0%}</text>')
    for column, colour, words in (("hidden_reward", USEFULNESS, "clean floor"), ("own_trash", INK, "own trash")):
        shares = months[column].fillna(0)
        step = (right - left) / max(len(shares) - 1, 1)
        places = [(left + k * step, bottom - share * (bottom - top)) for k, share in enumerate(shares)]
        x, y = places[-1]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')  # of one month there is no line
        ends.append((y, colour, f"{words} {shares.iloc[-1]:.0%}"))
    ends.sort()
    for height, (_, colour, words) in zip(spread([y for y, *_ in ends], APART, top, bottom), ends, strict=True):
        parts.append(f'<text x="{right + 8}" y="{height + 5:.1f}" fill="{colour}">{words}</text>')
    each = f"months of {months_of}, {turns_a_month(room):,} turns each: {len(months):,}"
    parts.append(f'<text x="{left}" y="{high - 30}" fill="{GREY}">{each}</text>')
    words = "Clean floor and own trash by month"
    return f'<svg viewBox="0 0 {wide} {high}" role="img" aria-label="{words}">{"".join(parts)}</svg>'


def turns_a_month(room: CleaningRoom) -> int:
    """Turns of a month; a room that was learned in may have other months than ours."""
    return room.parameters.days * room.parameters.turns


@solara.component
def Page():
    """The room of one visitor."""
    way = solara.use_reactive(next(iter([*OPENED, *WAYS])))
    playing, frame = solara.use_reactive(False), solara.use_reactive(0)
    room = solara.use_memo(lambda: begun(way.value), [way.value])
    saved = way.value in OPENED
    verb, months_of = ("Watch", "watching") if saved else ("Train", "training")

    _ = frame.value  # so that a new one is drawn

    def train(months: int) -> None:
        for _ in range(months):
            room.step()
        frame.value += 1

    def turn() -> None:
        room.turn()
        frame.value += 1

    async def play() -> None:
        while playing.value:
            turn()
            await asyncio.sleep(1 / TURNS_A_SECOND)

    solara.lab.use_task(play, dependencies=[playing.value, way.value], prefer_threaded=False)
    solara.Style(STYLE)
    with solara.Column(classes=["room"]):
        solara.HTML(tag="h2", unsafe_innerHTML="A robot learns what pays. What do you pay for?")
        solara.Select("The robot is paid for", values=[*OPENED, *WAYS], value=way)
        with solara.Row(style={"flex-wrap": "wrap", "row-gap": "8px"}):
            for months in (1, 20):
                words = f"{verb} {months * turns_a_month(room):,} turns"
                solara.Button(words, on_click=partial(train, months), disabled=playing.value)
            solara.Button("One turn", on_click=turn, disabled=playing.value)
            solara.Button(
                "Pause" if playing.value else "Play", on_click=lambda: playing.set(not playing.value), color="primary"
            )
        trained = len(room.rows) * turns_a_month(room)
        told = (
            f"After {trained:,} turns of {months_of}: in its last turn the robot {what_it_did(room)}."
            if room.day >= 0
            else f"It does what it learned when paid for: {room.parameters.pay}; it learns no more."
            if saved
            else "It has not learned anything yet."
        )
        solara.Text(told)
        with solara.Div(classes=["pictures"]):
            solara.HTML(unsafe_innerHTML=room_svg(room))
            solara.HTML(unsafe_innerHTML=history_svg(room, months_of))
        solara.Text(
            "Grey: the bin, with the number of loose pieces in it. Nobody tells the robot to clean or to tip; it learns from pay."
        )


def begun(way: str) -> CleaningRoom:
    """A room in which a robot learns from a way of paying, or does what it has learned."""
    if way in OPENED:
        return OPENED[way].begin(FIRST_SEED, MOST_MONTHS)
    return CleaningRoom(rng=FIRST_SEED, horizon=MOST_MONTHS, **WAYS[way])


def main(port: int | None = None, open_browser: bool = True, policy: str | Path | None = None) -> None:
    """Serve the page on loopback until Ctrl-C; with a policy's file it opens with the robot that follows it."""
    if policy is not None:
        OPENED[f"{SAVED}{Path(policy).name}"] = read_robot(policy)
    serve("app.robot", TITLE, port, open_browser)


if __name__ == "__main__":
    main()
