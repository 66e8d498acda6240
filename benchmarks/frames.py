"""How many pictures a second the browser workbench shows at full speed, as seen in the page.

    uv run python benchmarks/frames.py            # 60 and 1,000 factories, the usual horizon and 1,200 months: a minute
    uv run python benchmarks/frames.py --small    # 60 factories, some seconds

A picture counts when the browser comes to paint another month than it painted last. Needs chromium. It measures; it never
fails for being slow.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.serving import FIRST_PORT, next_free

SIZES, HORIZONS = (60, 1_000), (192, 1_200)
WANTED = {60: 30, 1_000: 10}  # pictures a second, on two cores
WARM_UP_MS, SECONDS = 3_000, 8
COUNT = """seconds => new Promise(done => {
    const bench = document.querySelector(".nw"), begun = performance.now();
    let shown = 0, months = 0, last = bench.dataset.month;
    const look = now => {
        const month = bench.dataset.month;
        if (month !== last) { shown += 1; months += Math.max(month - last, 0); last = month; }
        if (now - begun < 1000 * seconds) requestAnimationFrame(look);
        else done([shown / seconds, months / seconds]);
    };
    requestAnimationFrame(look);
})"""

console = Console(markup=False)


def main(small: Annotated[bool, typer.Option("--small", help="60 factories only, some seconds.")] = False) -> None:
    """Measure pictures a second in the page, by factories and horizon."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium on this machine (on Debian: apt-get install chromium)")
    table = Table("factories", "horizon", "pictures/s", "months/s", "wanted")
    with serving() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for n in SIZES[:1] if small else SIZES:
            for horizon in HORIZONS:
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(f"{address}/?n_factories={n}&horizon={horizon}&months={horizon}")
                page.locator(".nw").wait_for()
                page.get_by_label("Speed").select_option("full")
                page.get_by_label("Start over at the end").check()
                page.get_by_role("button", name="▶ Play").click()
                page.wait_for_timeout(WARM_UP_MS)
                shown, months = page.evaluate(COUNT, SECONDS)
                table.add_row(f"{n:,}", f"{horizon:,}", f"{shown:.0f}", f"{months:.0f}", f"{WANTED[n]}")
                page.close()
    console.print(table)


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """The workbench on a free port, in a process of its own: its address, and the number of the process."""
    command = [sys.executable, "-c", f"from app.workbench import main; main({next_free(FIRST_PORT)}, open_browser=False)"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield next(word for word in server.stdout.readline().split() if word.startswith("http")), server.pid
        finally:
            server.terminate()


if __name__ == "__main__":
    typer.run(main)
