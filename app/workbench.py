"""The browser workbench: `uv run nailworks app`. One plays planner, watches the nails, and asks why."""

# pyright: reportPrivateImportUsage=false
# (Solara hands on reacton's component and hooks without saying so in its types.)

import asyncio
import time
from collections.abc import Callable

import solara
import solara.lab

from app.band import band
from app.drawing.plan_map import backdrop
from app.keep import STYLE, file
from app.pictures import desk, pictures
from app.serving import serve
from app.visit import SPEEDS, Visit

TITLE = "Nailworks"
FRAMES_AHEAD = 2  # pictures sent that the browser has not drawn yet; beyond, the run waits for it
SLICE_SECONDS = 0.015  # of work on the band between two looks at what the visitor wants


@solara.component_vue("workbench.vue", vuetify=False)
def Bench(
    desk: dict,
    pictures: dict,
    backdrop: str,
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
    visit = solara.use_memo(lambda: Visit(search or ""), [])
    frame = solara.use_reactive(0)
    ground = solara.use_memo(lambda: backdrop(visit.replay.economy.construction.board_mm), [id(visit.replay)])

    kept = solara.use_reactive({})

    def act(data: dict) -> None:
        if data["do"] == "keep":
            kept.value = {**file(visit, data["value"]), "number": frame.value}
        else:
            visit.act(data["do"], data.get("value"))
        frame.value += 1

    def drawn(number: int) -> None:
        visit.drawn = number

    async def play() -> None:
        # Each picture is rendered where the frame is set, and waited for: a slow browser slows the loop, one that left ends it.
        while visit.playing:
            begun = time.perf_counter()
            visit.act("tick")
            frame.value += 1
            while frame.value - visit.drawn > FRAMES_AHEAD:
                await asyncio.sleep(0.004)
            await asyncio.sleep(max(0.0, 1 / SPEEDS[visit.speed] - (time.perf_counter() - begun)))

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

    solara.lab.use_task(spread, dependencies=[visit.band_of], prefer_threaded=False)
    solara.lab.use_task(play, dependencies=[visit.playing], prefer_threaded=False)
    solara.Style(STYLE)
    Bench(
        desk=desk(visit),
        pictures=pictures(visit),
        backdrop=ground,
        frame=frame.value,
        address="" if visit.playing else visit.address,
        file=kept.value,
        event_act=act,
        event_drawn=drawn,
    )


def main(port: int | None = None, open_browser: bool = True) -> None:
    """Serve the page on loopback until Ctrl-C."""
    serve("app.workbench", TITLE, port, open_browser)


if __name__ == "__main__":
    main()
