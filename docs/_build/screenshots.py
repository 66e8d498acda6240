"""Make the pictures of the browser workbench for README.md and the site: a screenshot, and a short moving one.

uv run python docs/_build/screenshots.py    # half a minute; needs chromium
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image

from app.film import gif
from benchmarks.frames import serving

HERE = Path(__file__).resolve().parents[1] / "figures"
SIZE, SMALL = (1280, 720), (800, 450)
SHOWN_AT = 62  # the month of the screenshot: tacks, and letters
MONTHS = [*range(0, 24, 8), *range(24, 60, 3), *range(60, 96, 12), *range(96, 136, 4), 150, 170, 191]  # of the moving one
FILES = ("workbench.png", "workbench.gif")
MOST_BYTES = 1_500_000


def main() -> None:
    """Look at the default story in the workbench, month by month."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium on this machine (on Debian: apt-get install chromium)")
    with serving() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
        page.set_default_timeout(120_000)
        page.goto(address)
        page.locator(".nw").wait_for()
        page.wait_for_timeout(2_000)  # until what Solara shows meanwhile has faded
        pictures = {}
        for month in sorted({*MONTHS, SHOWN_AT}):  # not looked back at, for then the desk is that of the last month
            page.get_by_label("Go to month").fill(str(month))
            page.get_by_label("Go to month").press("Enter")
            page.locator(f".nw[data-month='{month}']").wait_for()
            page.evaluate("document.activeElement.blur()")
            pictures[month] = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    pictures[SHOWN_AT].quantize(128, dither=Image.Dither.NONE).save(HERE / FILES[0], optimize=True)
    moving = gif([pictures[month].resize(SMALL, Image.Resampling.LANCZOS) for month in MONTHS], frame_ms=220)
    if len(moving) > MOST_BYTES:
        sys.exit(f"workbench.gif: would have {len(moving):,} bytes; it takes up to {MOST_BYTES:,}")
    (HERE / FILES[1]).write_bytes(moving)


if __name__ == "__main__":
    main()
