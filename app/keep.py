"""What a visitor takes home: the months as CSV or Parquet, a picture as SVG, the run as a GIF."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from app.drawing.svg import laid_over
from app.film import film, gif
from app.pictures import grounds, pictures
from app.visit import Visit

STYLE = (Path(__file__).parent / "drawing" / "style.css").read_text(encoding="utf-8")
SVG = "image/svg+xml"
OF_LED = ("led", "rewards")  # files that are there where a factory is led
FILM = "run"  # takes some seconds: a page draws it between other things


class Kind(NamedTuple):
    """A kind of file: what the page calls it, its name's end, its type, and what makes it."""

    words: str
    suffix: str
    type: str
    content: Callable[[Visit], bytes]


def file(visit: Visit, kind: str) -> dict[str, str]:
    """A file of a visit, as a browser takes it: name, type, and content in base64."""
    if kind not in offered(visit):
        raise ValueError(f"file: got {kind[:20]!r}; it takes {', '.join(offered(visit))}")
    return as_file(kind, FILES[kind].content(visit))


def offered(visit: Visit) -> dict[str, Kind]:
    """The kinds of file that there are of a visit's run."""
    return {kind: made for kind, made in FILES.items() if visit.replay.led is not None or kind not in OF_LED}


def as_file(kind: str, content: bytes) -> dict[str, str]:
    """Content as a file of its kind."""
    made = FILES[kind]
    return {
        "name": f"nailworks-{kind}.{made.suffix}",
        "type": made.type,
        "content": base64.b64encode(content).decode(),
    }


def standing_alone(picture: str) -> str:
    """A picture with its own style, for programs that know nothing of the page.

    >>> standing_alone('<svg viewBox="0 0 1 1">…</svg>').startswith('<svg viewBox="0 0 1 1"><style>')
    True
    """
    head, _, rest = picture.partition(">")
    return f"{head}><style>{STYLE}</style>{rest}"


def _csv(visit: Visit) -> bytes:
    return visit.replay.economy.months.to_csv(index=False).encode()


def _parquet(visit: Visit) -> bytes:
    buffer = io.BytesIO()
    visit.replay.economy.months.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _gif(visit: Visit) -> bytes:
    return gif([picture for _, picture in film(visit.replay)])


def _rewards(visit: Visit) -> bytes:
    """Both rewards of the factory that is led, a row a month so far, as CSV."""
    rewards = visit.replay.rewards[1 : visit.replay.month + 1]
    table = pd.DataFrame(rewards, columns=["observed_reward", "hidden_reward"])
    return table.to_csv(index_label="month").encode()


def _picture(name: str) -> Callable[[Visit], bytes]:
    def drawn(visit: Visit) -> bytes:
        picture, ground = pictures(visit)[name], grounds(visit).get(name)
        return standing_alone(laid_over(ground, picture) if ground else picture).encode()

    return drawn


PICTURES = {
    "chart": "Chart",
    "correlations": "Correlations",
    "rewards": "Rewards",
    "yard": "Yard",
    "map": "Map",
    "trusts": "Trusts",
    "pay": "Sum of pay",
    "history": "Factory’s past",
}
FILES = {
    "months": Kind("Months (CSV)", "csv", "text/csv", _csv),
    "table": Kind("Months (Parquet)", "parquet", "application/vnd.apache.parquet", _parquet),
    "led": Kind("Led factory (CSV)", "csv", "text/csv", _rewards),
    FILM: Kind("Run (GIF)", "gif", "image/gif", _gif),
    **{name: Kind(f"{words} (SVG)", "svg", SVG, _picture(name)) for name, words in PICTURES.items()},
}
