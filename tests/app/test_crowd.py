"""Many visitors at once, without their browsers: nobody waits for the others' pictures."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.workbench import GONE_AFTER
from benchmarks.plain_visitor import PlainVisitor

VISITORS, LONGEST = 8, 120  # and seconds


@pytest.fixture(scope="module")
def address(start):
    return start("app.workbench")


async def crowd(address):
    return [await PlainVisitor.come(address, f"n_factories=12&months={k}") for k in range(VISITORS)]


def lived(story):
    """What a story comes to; a server that says nothing ends it, and does not hold up the tests.

    In a thread of its own: once Playwright has been used, a loop is running in this one.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asyncio.wait_for(story, LONGEST))).result()


async def leave(visitors):
    await asyncio.gather(*(visitor.leave() for visitor in visitors))


def test_each_of_many_who_click_at_once_gets_an_answer_of_their_own(address):
    async def story():
        visitors = await crowd(address)
        await asyncio.gather(*(visitor.answered("step", "month") for visitor in visitors))
        await leave(visitors)
        return [int(visitor.seen["month"]) for visitor in visitors]

    assert lived(story()) == list(range(1, VISITORS + 1))


def test_all_who_play_at_full_speed_are_shown_pictures_and_can_pause(address):
    async def story():
        visitors = await crowd(address)
        for visitor in visitors:
            await visitor.act("speed", "full")
            await visitor.act("again", True)
        await asyncio.gather(*(visitor.answered("play", "playing") for visitor in visitors))
        for visitor in visitors:
            await visitor.shown(5)
        await asyncio.gather(*(visitor.answered("play", "playing") for visitor in visitors))
        await leave(visitors)
        return {visitor.seen["playing"] for visitor in visitors}

    assert lived(story()) == {"false"}


def test_a_page_that_draws_no_more_holds_up_nobody_for_long(address):
    async def pace(visitor):
        """Seconds that five pictures take, at the best of six times."""
        took = []
        for _ in range(6):
            begun = time.perf_counter()
            await visitor.shown(5)
            took.append(time.perf_counter() - begun)
        return min(took)

    async def play(visitors):
        for visitor in visitors:
            await visitor.act("speed", "full")
            await visitor.act("again", True)
        await asyncio.gather(*(visitor.answered("play", "playing") for visitor in visitors))

    async def story():
        stays, *others = await crowd(address)
        await play([stays])
        alone = await pace(stays)
        await play(others)
        for visitor in others:
            visitor.listening.cancel()  # as a tab that nobody sees does
        await asyncio.sleep(GONE_AFTER + 3)
        after = await pace(stays)
        await stays.answered("play", "playing")
        await leave([stays, *others])
        return after / alone

    assert lived(story()) < 3  # with all eight still counted, it would be about ten


def test_an_answer_at_rest_carries_no_words_and_no_ground(address):
    async def story():
        visitor = await PlainVisitor.come(address, "months=30")
        await visitor.answered("step", "month")
        before = visitor.bytes
        await visitor.answered("step", "month")
        await visitor.leave()
        return visitor.bytes - before

    assert lived(story()) < 40_000  # with words and grounds it took 76,000
