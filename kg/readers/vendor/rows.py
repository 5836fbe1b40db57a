"""Rows of cells as a table, for containers whose metadata are neither XML nor a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError
from kg.table import ROW, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits

Cell = str | list[str]
Row = Mapping[str, Cell]


def table_of(kind: str, rows: Sequence[Row], limits: Limits, where: str) -> Table:
    """Return a table with ``_row`` from 1; a column is a list where one of its cells is, and a cell that a row lacks is null.

    Raises:
        LimitError: more columns, or longer cells, than allowed.
    """
    names = {name: None for row in rows for name in row}
    if len(names) > limits.columns:
        raise LimitError(where, f"{kind} has more than {limits.columns:,} different columns")
    series = [pl.Series(ROW, range(1, len(rows) + 1), pl.UInt32)]
    for name in names:
        cells = [row.get(name) for row in rows]
        if any(cell is not None and _length(cell) > limits.cell_bytes for cell in cells):
            raise LimitError(where, f"{name[:80]} is longer than {limits.cell_bytes:,} characters")
        if any(isinstance(cell, list) for cell in cells):
            lists = [[cell] if isinstance(cell, str) else cell for cell in cells]
            series.append(pl.Series(name, lists, pl.List(pl.String())))
        else:
            series.append(pl.Series(name, cells, pl.String()))
    return Table(kind, pl.DataFrame(series).lazy())


def _length(cell: Cell) -> int:
    return len(cell) if isinstance(cell, str) else max(map(len, cell), default=0)
