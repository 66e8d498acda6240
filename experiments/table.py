"""How experiments tell what they found: tables for a terminal of 80 columns."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.table import Table


def table(rows: Iterable[Mapping[str, str]]) -> Table:
    """Rows {heading: text} as a table: words in the first column, and numbers to the right in the others."""
    rows = list(rows)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    for heading in rows[0]:
        shown.add_column(heading, justify="right" if shown.columns else "left", no_wrap=True, vertical="top")
    for row in rows:
        shown.add_row(*row.values())
    return shown
