"""What an experiment leaves beside its runs: figures with their captions and data, its answer, and the page."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from analysis.figures import svg
from analysis.page import report
from experiments.lab.manifest import read_manifest
from experiments.lab.writer import add_file

FEW_SEEDS = 10  # below which the middle 80 % are nearly all there are


class Picture(NamedTuple):
    """A figure, what is seen in it, and what it plots; further `tables` by a word that is put after its name."""

    name: str
    figure: Figure
    caption: str
    data: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = {}


def publish(folder: Path, question: str, pictures: Sequence[Picture], findings: Sequence[str | Table], answer: str) -> None:
    """Write figures, answer and page into a folder of results, and print answer and findings; the first picture is the main one.

    `question` is the experiment's docstring, `answer` a sentence made from the results; `findings` are tables (experiments.table),
    and what their words mean. Raises an OSError where the folder cannot be written.
    """
    leave(folder, pictures, answer)
    page = add_file(folder, "report.html", report(folder, question).encode())
    seeds = len(read_manifest(folder)["specification"]["seeds"])
    if seeds < FEW_SEEDS:
        findings = [*findings, f"Of {seeds} seed{'s' * (seeds > 1)}: intervals and bands are rough."]
    console = Console(highlight=False, markup=False)
    console.print("", answer, *([""] if findings else []), *findings, "", sep="\n")
    figure = folder / "figures" / f"{pictures[0].name}.svg"
    console.print(f"The figure: {figure}", f"The page: {page}", sep="\n", soft_wrap=True)  # or a path could not be copied


def leave(folder: Path, pictures: Sequence[Picture], answer: str) -> None:
    """Write figures, with captions and data, and answer.json, which names the figures in their order."""
    for name, figure, caption, data, tables in pictures:
        add_file(folder, f"figures/{name}.svg", svg(figure))
        add_file(folder, f"figures/{name}.txt", (caption + "\n").encode())
        for suffix, table in {"": data, **{f"_{word}": table for word, table in tables.items()}}.items():
            add_file(folder, f"figures/{name}{suffix}.csv", table.to_csv(index=False).encode())
    left = {"answer": answer, "figures": [picture.name for picture in pictures]}
    add_file(folder, "answer.json", (json.dumps(left, indent=2, ensure_ascii=False) + "\n").encode())
