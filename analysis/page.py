"""The page of a run: what was asked, what came of it, and where it comes from, in one HTML file that needs no other."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

TABLE_COLUMNS, TURNED_ROWS = 8, 5  # a table with more of the one and no more of the other is shown turned round
TABLE_ROWS = 40  # longer tables are for downloading
EMBEDDED_BYTES = 4_000_000  # larger files stay in the folder
BROAD_PT = 620  # figures wider than this scroll on a phone, lest their letters vanish
NAMED = 6  # folders of runs at most, where one of them is asked for
LOW, HIGH = 0.1, 0.9  # the middle 80 % of seeds
DESIGN = ("fixed", "scenarios", "zip", "grid", "sample", "keep")  # of a sweep


class Download(NamedTuple):
    """A file that the page carries."""

    name: str
    size: str
    uri: str


class Heading(NamedTuple):
    """A column's heading, and whether words stand below it."""

    text: str
    word: bool


class Shown(NamedTuple):
    """A table as it is shown: texts."""

    caption: str
    heads: list[Heading]
    rows: list[list[str]]


def report(folder: str | Path, question: str = "") -> str:
    """The page of a folder of results, as HTML.

    The folder holds manifest.json, and may hold figures/NAME.svg, each with its caption NAME.txt and what it plots in NAME.csv
    and NAME_*.csv, answer.json (the answer, and the figures in their order) and runs.parquet, whose outcomes are drawn where
    there are no figures. `question` is the experiment's docstring: its first line is the title; the command that it gives makes
    way for the one that was given. The page links to nothing, loads nothing and runs no script. Raises a ValueError of one line
    for a folder that is none.
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    name = name_of(folder)
    title, paragraphs = read_question(question or f"{name.replace('_', ' ')}: the runs")
    specification, command = manifest.get("specification", manifest), manifest.get("command")
    left, runs = _answer(folder), _read_runs(folder / "runs.parquet")
    template = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, undefined=StrictUndefined
    ).get_template("page.html")
    return template.render(
        title=title,
        answer=left["answer"],
        question=[
            (kind, in_code_type(text) if kind == "text" else text)
            for kind, text in paragraphs
            if not (command and kind == "code" and text.startswith("uv run"))
        ],
        command=command,
        figures=[_figure(path) for path in _figures(folder, left["figures"])] or _outcomes(runs),
        runs=_runs(runs),
        provenance=_provenance(name, manifest, specification),
        parameters=[(key, _plain(value)) for key, value in sorted(specification.get("parameters", {}).items())],
        manifest=_download(folder / "manifest.json"),
    )


def name_of(folder: Path) -> str:
    """The experiment or sweep that a folder holds results of; a ValueError of one line for a folder that is none."""
    manifest = _manifest(folder)
    return str(manifest.get("experiment") or manifest.get("name") or folder.resolve().name)


def read_question(text: str) -> tuple[str, list[tuple[str, str]]]:
    r"""Title and paragraphs ("text" or "code", text) of a docstring.

    >>> read_question("Why?\n\nBecause\nit is.\n\n    run it\n")
    ('Why?', [('text', 'Because it is.'), ('code', 'run it')])
    """
    blocks = [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]
    title, paragraphs = " ".join(blocks[0].split()), []
    for block in blocks[1:]:
        lines = block.split("\n")
        if all(line.startswith("    ") for line in lines):
            paragraphs.append(("code", "\n".join(line[4:].rstrip() for line in lines)))
        else:
            paragraphs.append(("text", " ".join(block.split())))
    return title, paragraphs


def in_code_type(text: str) -> Markup:
    """Text as HTML, what stands between backticks in code type.

    >>> str(in_code_type("takes `fine` <= 1"))
    'takes <code>fine</code> &lt;= 1'
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(_no_results(folder)) from None
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise ValueError(f"{path}: is no manifest of ours; name another folder, or run it again")
    return manifest


def _no_results(folder: Path) -> str:
    """What is there instead of a folder of results, and which such folders are near."""
    if not folder.exists():
        return f"{folder}: is not there; name a folder that a run left, results/NAME/RUN-ID"
    if not folder.is_dir():
        above = next((up for up in folder.resolve().parents if (up / "manifest.json").exists()), None)
        return f"{folder}: is a file; name {f'the folder of its run, {above}' if above else 'a folder that a run left'}"
    below = sorted({path.parent for depth in ("*", "*/*") for path in folder.glob(f"{depth}/manifest.json")})
    if not below:
        return f"{folder}: holds no manifest.json, so it is no folder of results; name one that a run left"
    more = f" and {len(below) - NAMED:,} more" if len(below) > NAMED else ""
    return f"{folder}: holds no run itself, but runs lie below it; name one of {', '.join(map(str, below[:NAMED]))}{more}"


def _answer(folder: Path) -> dict[str, Any]:
    """The answer and the names of the figures, as `experiments.publish` leaves them; empty where there are none."""
    path = folder / "answer.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"answer": "", "figures": []}


def _figures(folder: Path, first: Sequence[str]) -> list[Path]:
    """The figures of a folder, those that are named before others."""
    order = {name: k for k, name in enumerate(first)}
    return sorted(folder.glob("figures/*.svg"), key=lambda path: (order.get(path.stem, len(order)), path.stem))


def _figure(path: Path) -> dict[str, Any]:
    caption = path.with_suffix(".txt")
    data = sorted(p for p in path.parent.glob("*.csv") if p.stem == path.stem or p.stem.startswith(f"{path.stem}_"))
    others = [p.stem for p in path.parent.glob("*.svg") if len(p.stem) > len(path.stem)]
    data = [p for p in data if not any(p.stem == other or p.stem.startswith(f"{other}_") for other in others)]
    return {
        "title": path.stem.replace("_", " ").capitalize(),
        "svg": inline_svg(path.read_text(encoding="utf-8"), path.stem),
        "caption": caption.read_text(encoding="utf-8").strip() if caption.exists() else "",
        "tables": [table for p in data if (table := _table_of(p)) is not None],
        "downloads": [_download(p) for p in (*data, path) if p.stat().st_size <= EMBEDDED_BYTES],
    }


def inline_svg(text: str, prefix: str) -> Markup:
    """An SVG file as an element of a page: without prolog, metadata and scripts, its ids made the page's own by a prefix."""
    text = text[text.index("<svg") :]
    for element in ("metadata", "script"):
        text = re.sub(rf"<{element}\b.*?</{element}>", "", text, flags=re.DOTALL)
    text = re.sub(r'\s(xmlns(:\w+)?|on\w+)="[^"]*"', "", text)
    text = text.replace("xlink:href=", "href=")
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'\b(href="|url\()#', rf"\1#{prefix}-", text)
    text = re.sub(r'\bhref="(?!#|data:image/)[^"]*"', "", text)
    width = re.match(r'<svg\b[^>]*\bwidth="([\d.]+)pt"', text)
    broad = ' class="broad"' if width and float(width.group(1)) > BROAD_PT else ""
    return Markup(text.replace("<svg", f"<svg{broad}", 1))


def _table_of(path: Path) -> Shown | None:
    """A CSV file as a table to show; None if it is too long to read."""
    frame = pd.read_csv(path, keep_default_na=False, na_values=["", "nan"])
    return shown(frame, path.stem.replace("_", " ").capitalize()) if len(frame) <= TABLE_ROWS else None


def shown(frame: pd.DataFrame, caption: str) -> Shown:
    """A frame as texts, numbers with three digits that count; turned round if it is wide and short.

    >>> shown(pd.DataFrame({"target": ["count"], "end_low": [0.012345]}), "Phases").rows
    [['count', '0.0123']]
    """
    heads = [Heading(str(name).replace("_", " "), not pd.api.types.is_numeric_dtype(column)) for name, column in frame.items()]
    rows = [[number(value) for value in row] for row in frame.itertuples(index=False)]
    if len(heads) > TABLE_COLUMNS and len(rows) <= TURNED_ROWS:
        first, *others = zip((head.text for head in heads), *rows, strict=True)
        heads, rows = [Heading(first[0], True), *(Heading(text, False) for text in first[1:])], [list(row) for row in others]
    return Shown(caption, heads, rows)


def number(value: Any) -> str:
    """A value as people read it: three digits that count, but none beyond the fourth place.

    >>> [number(value) for value in (1234567.8, 2.565e44, 0.043219, 1e-9, 12, float("nan"), "count", True)]
    ['1,234,568', '2.57e+44', '0.0432', '0.0000', '12', '–', 'count', 'True']
    """
    if isinstance(value, str | bool):
        return str(value)
    if pd.isna(value):
        return "–"
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "-∞"
    if abs(value) >= 1e12:
        return f"{value:.3g}"
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 5e-4 else f"{value:.4f}"


class Runs(NamedTuple):
    """A sweep's runs, the parameters that vary, and the outcomes that the page tells: usefulness, or rewards, in the last year."""

    table: pd.DataFrame
    varied: list[str]
    outcomes: list[str]


def _read_runs(path: Path) -> Runs | None:
    if not path.exists():
        return None
    runs = pd.read_parquet(path)
    columns = list(runs.columns)
    until = columns.index("months") if "months" in columns else 0
    varied = [column for column in columns[:until] if column not in ("cell", "seed")]
    return Runs(runs, varied, [name for name in columns[until:] if "usefulness" in str(name) or str(name).endswith("_reward")])


def _outcomes(read: Runs | None) -> list[dict[str, Any]]:
    """A figure of each outcome against what varies; none, where nothing does."""
    if read is None or not read.varied:
        return []
    from analysis import swept  # slow to import, and what has figures needs none of it
    from analysis.figures import svg

    drawn = []
    for outcome in read.outcomes:
        cells = swept.medians(read.table, read.varied, outcome)
        if not swept.factors(cells):
            continue
        picture = svg(swept.swept(cells, outcome))
        files = {f"{outcome}.csv": cells.to_csv(index=False).encode(), f"{outcome}.svg": picture}
        drawn.append(
            {
                "title": swept.title(cells, outcome),
                "svg": inline_svg(picture.decode(), outcome),
                "caption": swept.swept_caption(cells, outcome),
                "tables": [],
                "downloads": [_embedded(*file) for file in files.items() if len(file[1]) <= EMBEDDED_BYTES],
            }
        )
    return drawn


def _runs(read: Runs | None) -> dict[str, Any] | None:
    """One row a cell: what was varied, the number of runs, and means over seeds of the outcomes."""
    if read is None:
        return None
    runs, varied, told = read
    rows = []
    for _, cell in runs.groupby(runs["cell"] if "cell" in runs else np.zeros(len(runs))):
        row = {column: cell[column].iloc[0] for column in varied} | {"runs": len(cell)}
        for column in told:
            values = cell[column]
            row |= {column: values.mean(), f"{column} low": values.quantile(LOW), f"{column} high": values.quantile(HIGH)}
        rows.append(row)
    table = pd.DataFrame(rows)
    caption = "Means over seeds; low and high hold the middle 80 % of them."
    if len(table) > TABLE_ROWS:
        caption += f" The first {TABLE_ROWS} of {len(table):,} cells; runs.csv has all."
    text = StringIO()
    runs.to_csv(text, index=False)
    content = text.getvalue().encode()
    kept = [_embedded("runs.csv", content)] if len(content) <= EMBEDDED_BYTES else []
    return {"table": shown(table.head(TABLE_ROWS), caption), "downloads": kept}


def _provenance(name: str, manifest: Mapping[str, Any], specification: Mapping[str, Any]) -> list[tuple[str, str]]:
    commit = manifest.get("git_commit")
    changed = " with uncommitted changes" if manifest.get("git_dirty") else ""
    seconds = manifest.get("wall_seconds")
    versions = manifest.get("versions", {})
    rows = {
        "experiment": name,
        "command": manifest.get("command"),
        "run": manifest.get("run_id"),
        "seeds": _seeds(specification.get("seeds", [])),
        **{key: _plain(specification[key]) for key in DESIGN if specification.get(key)},
        "commit": f"{commit}{changed}" if commit else None,
        "source": manifest.get("source_hash"),
        "content": manifest.get("content_hash"),
        "versions": ", ".join(f"{package} {version}" for package, version in versions.items()),
        "machine": manifest.get("platform"),
        "begun": manifest.get("started"),
        "took": f"{seconds:,.0f} s" if isinstance(seconds, int | float) else None,
        "mixed with": _plain(manifest["mixed_with"]) if manifest.get("mixed_with") else None,
    }
    return [(key, str(value)) for key, value in rows.items() if value]


def _seeds(seeds: list[int]) -> str:
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _download(path: Path) -> Download:
    return _embedded(path.name, path.read_bytes())


def _embedded(name: str, content: bytes) -> Download:
    kinds = {".csv": "text/csv", ".svg": "image/svg+xml", ".json": "application/json"}
    kilobytes = len(content) / 1000
    size = f"{kilobytes:,.0f} kB" if kilobytes >= 1 else f"{len(content)} bytes"
    return Download(name, size, f"data:{kinds[Path(name).suffix]};base64,{base64.b64encode(content).decode()}")
