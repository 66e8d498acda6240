"""What a visitor takes home: the months as CSV or Parquet, a chart as SVG."""

import base64
import io
from pathlib import Path

from app.pictures import pictures
from app.visit import Visit

STYLE = (Path(__file__).parent / "drawing" / "style.css").read_text(encoding="utf-8")
CHARTS = ("chart", "correlations", "yard", "trusts")
FILES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", **dict.fromkeys(CHARTS, "image/svg+xml")}


def file(visit: Visit, kind: str) -> dict[str, str]:
    """A file of a visit, as a browser takes it: name, type, and content in base64."""
    table = visit.replay.economy.months
    if kind == "csv":
        name, content = "months.csv", table.to_csv(index=False).encode()
    elif kind == "parquet":
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        name, content = "months.parquet", buffer.getvalue()
    elif kind in CHARTS:
        name, content = f"{kind}.svg", standing_alone(pictures(visit)[kind]).encode()
    else:
        raise ValueError(f"file: got {kind[:20]!r}; it takes {', '.join(FILES)}")
    return {"name": f"nailworks-{name}", "type": FILES[kind], "content": base64.b64encode(content).decode()}


def standing_alone(picture: str) -> str:
    """A picture with its own style, for programs that know nothing of the page.

    >>> standing_alone('<svg viewBox="0 0 1 1">…</svg>').startswith('<svg viewBox="0 0 1 1"><style>')
    True
    """
    head, _, rest = picture.partition(">")
    return f"{head}><style>{STYLE}</style>{rest}"
