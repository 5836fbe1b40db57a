"""Rows of several ISA files while they are gathered into tables, and the cells of one such file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.table import ROW, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.problem import Problem
    from kg.readers.limits import Limits

Cell: TypeAlias = "str | list[str] | None"


@dataclass(slots=True)
class Tables:
    """Rows by kind of table.

    Attributes:
        where: key of the source, for messages.
        limits: bounds on columns.
        problems: what was odd.
        origins: key of a sample to the keys of its sources, over all files.
    """

    where: str
    limits: Limits
    problems: list[Problem] = field(default_factory=list)
    origins: dict[str, dict[str, None]] = field(default_factory=dict)
    _rows: dict[str, list[Mapping[str, Cell]]] = field(default_factory=dict)
    _columns: dict[str, dict[str, bool]] = field(default_factory=dict)

    def add(self, kind: str, row: int, cells: Mapping[str, Cell]) -> None:
        """Add a row; ``row`` is the line it begins in.

        Raises:
            LimitError: more columns than allowed.
        """
        columns = self._columns.setdefault(kind, {})
        for name, cell in cells.items():
            columns[name] = columns.get(name, False) or isinstance(cell, list)
        if len(columns) > self.limits.columns:
            raise LimitError(self.where, f"{kind} has more than {self.limits.columns:,} different columns")
        self._rows.setdefault(kind, []).append({ROW: str(row), **cells})

    def frames(self) -> dict[str, Table]:
        """Return kind to table."""
        return {kind: Table(kind, self._frame(kind, rows).lazy()) for kind, rows in self._rows.items()}

    def _frame(self, kind: str, rows: list[Mapping[str, Cell]]) -> pl.DataFrame:
        series = [pl.Series(ROW, [int(str(row[ROW])) for row in rows], pl.UInt32)]
        for name, several in self._columns[kind].items():
            cells = [row.get(name) for row in rows]
            if several:
                series.append(
                    pl.Series(name, [[cell] if isinstance(cell, str) else cell for cell in cells], pl.List(pl.String))
                )
            else:
                series.append(pl.Series(name, cells, pl.String))
        return pl.DataFrame(series)


def text_of(path: Path, where: str, limits: Limits) -> str:
    """Return a file as text with line feeds only.

    Raises:
        LimitError: larger than allowed.
        SourceError: no text.
    """
    try:
        text = decode(load(path, limits, where)).text
    except UnicodeDecodeError as error:
        raise SourceError(where, f"begins as {error.encoding} but breaks off being so ({error.reason})") from error
    if "\0" in text:
        raise SourceError(where, "holds a zero byte, expected text; the file is binary or damaged")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def cells_of(text: str, limits: Limits, where: str) -> list[tuple[int, list[str]]]:
    """Return the records of a tab-separated text, each with the line where it begins; quoted cells may span lines.

    Raises:
        LimitError: a cell is longer than allowed.
    """
    csv.field_size_limit(limits.cell_bytes)  # csv knows no other way than this setting for the whole process
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    found = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise LimitError(where, f"line {start} cannot be split into cells ({error})") from error
    return found
