"""What a sweep's results come to: one hash of all rows, to compare two folders by."""

import hashlib
import json
from typing import Any

import numpy as np
import pyarrow as pa

UNSTABLE = ("seconds",)  # columns that no two computations share


class ContentHash:
    """A hash of tables in order, whatever pieces they come in, without times; its text is the hash so far."""

    def __init__(self) -> None:
        self._columns: dict[str, Any] = {}

    def add(self, name: str, table: pa.Table) -> None:
        """Go on with a table's next rows."""
        for column in table.column_names:
            if column not in UNSTABLE:
                _absorb(self._columns.setdefault(f"{name}.{column}", hashlib.sha256()), table[column])

    def __str__(self) -> str:
        lines = [f"{column}={self._columns[column].hexdigest()}\n" for column in sorted(self._columns)]
        return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def _absorb(hasher: Any, column: pa.ChunkedArray) -> None:
    """Add a column's values to a hash, however they are cut in pieces."""
    if pa.types.is_floating(column.type):
        values = column.to_numpy()
        hasher.update((np.where(np.isnan(values), np.nan, values) + 0.0).astype("<f8").tobytes())
    elif pa.types.is_integer(column.type) and not column.null_count:
        hasher.update(column.to_numpy().astype("<i8").tobytes())
    else:
        hasher.update(json.dumps(column.to_pylist())[1:-1].encode() + b", ")
