"""The browser workbench: `uv run nailworks app`. One plays planner, watches the nails, and asks why."""

# pyright: reportPrivateImportUsage=false
# (Solara hands on reacton's component and hooks without saying so in its types.)

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import solara
import solara.lab

from app.band import band
from app.film import film, gif
from app.keep import FILM, STYLE, as_file, file, offered
from app.pictures import desk, grounds, pictures
from app.replay import replay_of
from app.serving import serve
from app.share import address
from app.visit import SPEEDS, Visit
from model.learning.policy import read_policy

TITLE = "Nailworks"
FRAMES_AHEAD = 2  # pictures sent that the browser has not drawn yet; beyond, the run waits for it
AT_ONCE = 0.7  # pictures on their way to a browser, on the average, however many runs play: clicks find room between them
LONGEST_REST = 0.7  # seconds between two pictures, where many runs play
GONE_AFTER = 3.0  # seconds without a word in which a browser that plays is taken to have left, and counts no more
PLAYING: set[int] = set()  # the visits whose runs play and are looked at
OPENS_AT = [""]  # the query that stands for none
SLICE_SECONDS = 0.015  # of work on the band between two looks at what the visitor wants


# Solara looks for components in every dict and list that it is given, each time: a read-only view of one it lets be.
sent = MappingProxyType
as_dict: dict[str, Callable] = dict.fromkeys(("desk", "grounds", "pictures"), lambda value, _: dict(value))


@solara.component_vue("workbench.vue", vuetify=False, to_json=as_dict)
def Bench(
    desk: Mapping,
    grounds: Mapping,
    pictures: Mapping,
    frame: int,
    address: str,
    file: dict,
    event_act: Callable[[dict], None],
    event_drawn: Callable[[int], None],
):
    """The page as HTML: see workbench.vue."""


@solara.component
def Page():
    """The workbench of one visitor."""
    search = solara.use_router().search
    visit = solara.use_memo(lambda: Visit(search or OPENS_AT[0]), [])
    frame = solara.use_reactive(0)
    kept = solara.use_reactive({})

    filming = solara.use_reactive(False)

    def act(data: dict) -> None:
        if data["do"] == "keep" and data["value"] == FILM:
            filming.value = True
        elif data["do"] == "keep":
            kept.value = {**file(visit, data["value"]), "number": frame.value}
        else:
            visit.act(data["do"], data.get("value"))
        frame.value += 1

    def drawn(number: int) -> None:
        visit.drawn = number

    async def play() -> None:
        # Each picture is rendered where the frame is set, and waited for: a slow browser slows the loop, one that left ends it.
        try:
            while visit.playing:
                PLAYING.add(id(visit))
                begun = time.perf_counter()
                visit.act("tick")
                frame.value += 1
                while frame.value - visit.drawn > (0 if PLAYING - {id(visit)} else FRAMES_AHEAD):
                    gone = time.perf_counter() - begun > GONE_AFTER
                    if gone:
                        PLAYING.discard(id(visit))
                    await asyncio.sleep(0.2 if gone else 0.004)
                took = time.perf_counter() - begun
                others = min(took * (len(PLAYING) / AT_ONCE - 1), LONGEST_REST) if len(PLAYING) > 1 else 0.0
                await asyncio.sleep(max(others, 1 / SPEEDS[visit.speed] - took))
        finally:
            PLAYING.discard(id(visit))

    async def spread() -> None:
        if not visit.band_wanted or visit.band is not None:
            return
        paused, told = time.perf_counter(), 0.0
        for done, found in band(visit.replay):
            visit.band, visit.band_done = found, done
            if time.perf_counter() - paused > SLICE_SECONDS:
                await asyncio.sleep(SLICE_SECONDS)
                paused = time.perf_counter()
                if done - told > 0.1:
                    told = done
                    frame.value += 1
        frame.value += 1

    async def shoot() -> None:
        if not filming.value:
            return
        shot, told = [], 0.0
        for done, picture in film(visit.replay):
            shot.append(picture)
            await asyncio.sleep(0)
            if done - told > 0.1:
                told, visit.filmed = done, done
                frame.value += 1
        content = await asyncio.to_thread(gif, shot)
        visit.filmed = None
        kept.value = {**as_file(FILM, content), "number": frame.value}
        filming.value = False

    solara.lab.use_task(shoot, dependencies=[filming.value], prefer_threaded=False)
    solara.lab.use_task(spread, dependencies=[visit.band_of], prefer_threaded=False)
    solara.lab.use_task(play, dependencies=[visit.playing], prefer_threaded=False)
    solara.Style(STYLE)
    Bench(
        desk=sent({**desk(visit), "files": files(visit)}),
        grounds=sent(grounds(visit, visit.told)),
        pictures=sent(pictures(visit, visit.told)),
        frame=frame.value,
        address=visit.address_for_bar,
        file=kept.value,
        event_act=act,
        event_drawn=drawn,
    )


def files(visit: Visit) -> list[dict[str, str]]:
    """What can be kept, and how far the film is."""
    drawn = {} if visit.filmed is None else {FILM: f"Drawing … {visit.filmed:.0%}"}
    return [{"kind": kind, "words": drawn.get(kind, made.words)} for kind, made in offered(visit).items()]


def query_of(policy: str | Path) -> str:
    """The query of a saved policy's run, as it stands when the policy begins; a ValueError of one line if it will not do."""
    replay = replay_of(read_policy(policy))
    replay.advance(replay.led_from or 0)
    return address(replay)


def main(port: int | None = None, open_browser: bool = True, policy: str | Path | None = None) -> None:
    """Serve the page on loopback until Ctrl-C; with a policy's file it opens with the factory that follows it."""
    if policy is not None:
        OPENS_AT[0] = query_of(policy)
    serve("app.workbench", TITLE, port, open_browser)


if __name__ == "__main__":
    main()
