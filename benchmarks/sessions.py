"""How the browser workbench bears many visitors, and a long run.

    uv run python benchmarks/sessions.py            # 20 visitors, then 10,000 months: two minutes
    uv run python benchmarks/sessions.py --small    # 5 visitors and 1,000 months: some seconds

The visitors click at one and the same moment, with every run at rest and with every run playing at full speed; what counts is
the time from the click to the answer. First they come without a browser: that is what the server takes. Then each has a page of
a browser, and all of these share the machine with the server. Then one run plays at full speed, from the start again at every
end, and the server's memory after all its months is set beside that after a tenth of them. The pages need chromium. It
measures; it never fails for being slow.
"""

import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.frames import serving
from benchmarks.plain_visitor import PlainVisitor

VISITORS, MONTHS, HORIZON = 20, 10_000, 192
WANTED = 1.0  # seconds to an answer
PLAYED = 3.0  # seconds before the click that pauses; pictures are counted in the last two of them
CLICK = """([name, at]) => {
    const bench = document.querySelector(".nw");
    window.took = new Promise(done => setTimeout(() => {
        const begun = performance.now(), before = bench.dataset[name];
        new MutationObserver((_, watch) => {
            if (bench.dataset[name] !== before) { watch.disconnect(); done((performance.now() - begun) / 1000); }
        }).observe(bench, { attributes: true });
        [...document.querySelectorAll("button")].find(b => b.textContent.trim() === (name === "month" ? "Step" : "❚❚ Pause")).click();
    }, at - Date.now()));
}"""
PICTURES = """() => {
    window.pictures = 0;
    new MutationObserver(() => { window.pictures += 1; }).observe(document.querySelector(".nw"), { attributeFilter: ["data-month"] });
}"""
COUNT = """horizon => {
    const bench = document.querySelector(".nw");
    let last = +bench.dataset.month;
    window.months = 0;
    new MutationObserver(() => {
        const now = +bench.dataset.month;
        window.months += (now - last + horizon) % horizon;
        last = now;
    }).observe(bench, { attributes: true });
}"""

STEP, PAUSE = "step", "pause what plays"
type Row = tuple[str, list[float], list[float]]
"""What they do, seconds to each answer ascending, and pictures a second of each visitor."""

console = Console(markup=False)


def main(small: Annotated[bool, typer.Option("--small", help="5 visitors and 1,000 months.")] = False) -> None:
    """Measure the answer to a click with many visitors at once, and the server's memory over a long run."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium on this machine (on Debian: apt-get install chromium)")
    visitors, months = (VISITORS // 4, MONTHS // 10) if small else (VISITORS, MONTHS)
    query = "months=30"
    with serving() as (address, server):
        measured = [("plain", *row) for row in asyncio.run(_plainly(address, query, visitors))]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            pages = [_visit(browser, f"{address}/?{query}") for _ in range(visitors)]
            measured += [("in a browser", *row) for row in _in_pages(pages)]
            early, late = _memory_over(_visit(browser, address), server, months)
    table = Table("visitors", "at once they", "slowest answer [s]", "median [s]", "wanted [s]", "pictures/s each")
    for who, what, took, shown in measured:
        pace = f"{min(shown):.1f} to {max(shown):.1f}" if shown else ""
        table.add_row(f"{visitors} {who}", what, f"{took[-1]:.2f}", f"{took[len(took) // 2]:.2f}", f"{WANTED:.0f}", pace)
    console.print(table)
    grown = f"{late:.1f} MB after {months:,}: {late / early - 1:+.1%}"
    console.print(f"memory of the server: {early:.1f} MB after {months // 10:,} months, {grown}")


def _visit(browser: Any, address: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(120_000)
    page.goto(address)
    page.locator(".nw").wait_for()
    return page


async def _plainly(address: str, query: str, visitors: int) -> list[Row]:
    """What visitors without a browser meet with."""
    crowd = [await PlainVisitor.come(address, query) for _ in range(visitors)]
    steps = sorted(await asyncio.gather(*(visitor.answered("step", "month") for visitor in crowd)))
    for visitor in crowd:
        await visitor.act("speed", "full")
        await visitor.act("again", True)
        await visitor.act("play")
    await asyncio.sleep(PLAYED - 2)
    before = [visitor.pictures for visitor in crowd]
    await asyncio.sleep(2)
    shown = [(visitor.pictures - had) / 2 for visitor, had in zip(crowd, before, strict=True)]
    pauses = sorted(await asyncio.gather(*(visitor.answered("play", "playing") for visitor in crowd)))
    for visitor in crowd:
        await visitor.leave()
    return [(STEP, steps, []), (PAUSE, pauses, shown)]


def _in_pages(pages: list[Any]) -> list[Row]:
    """What visitors in pages of a browser meet with; closes the pages."""
    steps = _click_at_once(pages, "month")
    for page in pages:
        page.get_by_label("Speed").select_option("full")
        page.get_by_label("Start over at the end").check()
    for page in pages:
        page.get_by_role("button", name="▶ Play").click()
    for page in pages:
        page.evaluate(PICTURES)
    begun = time.perf_counter()
    time.sleep(PLAYED)
    counted = [(page.evaluate("window.pictures"), time.perf_counter() - begun) for page in pages]
    pauses = _click_at_once(pages, "playing")
    for page in pages:
        page.close()
    return [(STEP, steps, []), (PAUSE, pauses, [pictures / seconds for pictures, seconds in counted])]


def _click_at_once(pages: list[Any], name: str) -> list[float]:
    """Seconds to the answer of a click in each page at the same moment, ascending."""
    at = 1000 * (time.time() + 1 + 0.05 * len(pages))
    for page in pages:
        page.evaluate(CLICK, [name, at])
    return sorted(page.evaluate("window.took") for page in pages)


def _memory_over(page: Any, server: int, months: int) -> tuple[float, float]:
    """Memory of the server [MB] after a tenth of the months, and after all, at full speed."""
    page.get_by_label("Speed").select_option("full")
    page.get_by_label("Start over at the end").check()
    page.evaluate(COUNT, HORIZON)
    page.get_by_role("button", name="▶ Play").click()
    found = []
    for until in (months // 10, months):
        page.wait_for_function(f"window.months >= {until}", timeout=0)
        found.append(int(Path(f"/proc/{server}/statm").read_text().split()[1]) * 4096 / 1e6)
    return found[0], found[1]


if __name__ == "__main__":
    typer.run(main)
