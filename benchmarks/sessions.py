"""How the browser workbench bears many visitors, and a long run.

    uv run python benchmarks/sessions.py            # 20 visitors, then 10,000 months: a minute or two
    uv run python benchmarks/sessions.py --small    # 5 visitors and 1,000 months: some seconds

The visitors click at one and the same moment, first with every run at rest, then with every run playing; what counts is the
time from the click to the answer, as each page sees it (they and the server share this machine). Then one run plays at full
speed, from the start again at every end, and the server's memory after all its months is set beside that after a tenth of
them. Needs chromium. It measures; it never fails for being slow.
"""

import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.frames import serving

VISITORS, MONTHS, HORIZON = 20, 10_000, 192
IN_A_SECOND = 1.0  # wanted: seconds to an answer
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

console = Console(markup=False)


def main(small: Annotated[bool, typer.Option("--small", help="5 visitors and 1,000 months.")] = False) -> None:
    """Measure the answer to a click with many visitors at once, and the server's memory over a long run."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium on this machine (on Debian: apt-get install chromium)")
    visitors, months = (VISITORS // 4, MONTHS // 10) if small else (VISITORS, MONTHS)
    with serving() as (address, server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        table = Table("visitors", "at once they", "slowest answer [s]", "median [s]", "wanted [s]")
        pages = [_visit(browser, f"{address}/?months=30") for _ in range(visitors)]
        for what, name in (("step", "month"), ("pause what plays", "playing")):
            if name == "playing":
                for page in pages:
                    page.get_by_role("button", name="▶ Play").click()
            took = _click_at_once(pages, name)
            table.add_row(f"{visitors}", what, f"{took[-1]:.2f}", f"{took[len(took) // 2]:.2f}", f"{IN_A_SECOND:.0f}")
        console.print(table)
        for page in pages:
            page.close()

        early, late = _memory_over(_visit(browser, address), server, months)
        grown = f"{late:.1f} MB after {months:,}: {late / early - 1:+.1%}"
        console.print(f"memory of the server: {early:.1f} MB after {months // 10:,} months, {grown}")


def _visit(browser: Any, address: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(120_000)
    page.goto(address)
    page.locator(".nw").wait_for()
    return page


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
