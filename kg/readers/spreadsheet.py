"""Spreadsheets (.xlsx, .xlsm): each sheet a table, as a person sees it when the file is opened.

Office Open XML, ECMA-376; https://openpyxl.readthedocs.io/

* The header is the first row with at least two filled cells (else the first filled row). Each sheet is a table of its
  name, hidden ones too; where only one sheet that can be seen is filled, that one is ``rows``. ``_row`` is the row's number in
  the sheet, ``_sheet`` the sheet.
* What stands above the header (titles, remarks) is the table ``above``: ``_sheet``, ``_cell`` (such as ``B2``), ``_text``.
* A formula is its stored result. A date is ISO text, without a time where that is midnight. The value of merged cells stands in
  each cell of the first column that they cover, so that a group label is with all of its rows; the other columns are empty.
"""

from __future__ import annotations

import datetime
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers import safe_zip, tree
from kg.readers.needs import needed
from kg.readers.peek import ZIP
from kg.readers.spreadsheet_parts import check, merged_of, sheet_parts
from kg.table import ROW, Reading, Table, is_content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Source

NAME = "spreadsheet"
RANK = 88
TITLE = "Spreadsheets (.xlsx) with any header"

ABOVE = "above"

_SUFFIXES = (".xlsx", ".xlsm", ".xltx")
# What openpyxl lets through from damaged files.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_OLE = b"\xd0\xcf\x11\xe0"
_MOST_CELLS = 20_000_000

Cells = list[str | None]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet as text.

    Attributes:
        title: its name.
        rows: number of the row, from 1, and its cells; rows without a filled cell are left out.
    """

    title: str
    rows: list[tuple[int, Cells]] = field(default_factory=list)


def claims(peek: Peek) -> bool:
    """Say whether it is a zip archive that is named as a spreadsheet, or holds a workbook first; also an encrypted workbook."""
    if peek.head.startswith(_OLE):
        return peek.suffix in _SUFFIXES
    return peek.head.startswith(ZIP) and (peek.suffix in _SUFFIXES or b"xl/workbook.xml" in peek.head)


def read(source: Source, limits: Limits) -> Reading:
    """Read all sheets.

    Raises:
        SourceError: it is damaged, protected with a password, or has no filled cell.
        LimitError: it goes beyond the limits.
    """
    with source.path.open("rb") as stream:
        if stream.read(len(_OLE)) == _OLE:
            raise SourceError(
                source.key, "is protected with a password (or is an old .xls); save it as .xlsx without a password"
            )
    with safe_zip.members(source.path, limits, source.key) as archive:
        check(archive, limits, source.key)
        parts = sheet_parts(archive, limits, source.key)
        merged, problems = merged_of(archive, parts, source.key)
        problems = [*archive.problems, *problems]
    sheets = _sheets(source, limits, merged)
    if not sheets:
        raise SourceError(source.key, "has no filled cell in any sheet")
    hidden = [title for title, (_, state) in parts.items() if state != "visible"]
    facts = {
        "sheets": ", ".join(parts),
        "hidden sheets": ", ".join(hidden),
        "records": str(sum(len(sheet.rows) for sheet in sheets)),
    }
    tables = _tables(sheets, hidden, limits, source.key, problems)
    return Reading(NAME, tables, tuple(problems), {name: fact for name, fact in facts.items() if fact})


def _letters(number: int) -> str:
    """Return the letters of a column by its number from 0.

    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheets(source: Source, limits: Limits, merged: Mapping[str, Mapping[tuple[int, int], int]]) -> list[_Sheet]:
    openpyxl = needed("openpyxl", source.key, "bioimage-kg")
    try:
        # openpyxl leaves a file open that it cannot read, and warns of what is lost only when it writes
        with source.path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            sheets = list(_filled(workbook.worksheets, limits, source.key))
    except LimitError:
        raise
    except _BROKEN as error:
        raise SourceError(source.key, f"is damaged, or no spreadsheet that can be read ({str(error)[:200]})") from error
    for sheet in sheets:
        _spread(sheet, merged.get(sheet.title, {}))
    return sheets


def _filled(worksheets: Sequence[Any], limits: Limits, where: str) -> Iterator[_Sheet]:
    """Yield the sheets that have a filled cell."""
    cells = 0
    for worksheet in worksheets:
        sheet = _Sheet(worksheet.title)
        worksheet.reset_dimensions()
        for number, values in enumerate(worksheet.iter_rows(values_only=True), start=1):
            row = [_text(value) for value in values]
            while row and row[-1] is None:
                row.pop()
            if row:
                cells += len(row)
                _bounded(cells, len(row), limits, where)
                sheet.rows.append((number, row))
        if sheet.rows:
            yield sheet


def _bounded(cells: int, width: int, limits: Limits, where: str) -> None:
    """Refuse more cells, or a wider row, than can be held."""
    if cells > _MOST_CELLS or width > limits.columns:
        raise LimitError(where, f"has more than {_MOST_CELLS:,} cells, or {limits.columns:,} columns in a sheet")


def _text(value: Any) -> str | None:  # noqa: ANN401 - whatever a cell may hold
    """Return a cell as text; None where it is empty."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - beyond, digits are lost
        return str(int(value))
    return tree.text_of(value)


def _spread(sheet: _Sheet, merged: Mapping[tuple[int, int], int]) -> None:
    """Write the value of cells that are merged over rows into each of these rows that has other cells."""
    rows = dict(sheet.rows)
    for (top, column), bottom in merged.items():
        above = rows.get(top, [])
        value = above[column] if column < len(above) else None
        for number in range(top + 1, min(bottom, top + len(rows) * 2) + 1) if value is not None else ():
            row = rows.get(number)
            if row is not None:
                row.extend([None] * (column + 1 - len(row)))
                row[column] = row[column] if row[column] is not None else value


def _tables(
    sheets: Sequence[_Sheet], hidden: Sequence[str], limits: Limits, where: str, problems: list[Problem]
) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    seen = [sheet for sheet in sheets if sheet.title not in hidden]
    above: list[tuple[int, str, str, str]] = []
    for sheet in sheets:
        start = next((place for place, (_, row) in enumerate(sheet.rows) if sum(cell is not None for cell in row) > 1), 0)
        for number, row in sheet.rows[:start]:
            above.extend(
                (number, sheet.title, f"{_letters(at)}{number}", cell) for at, cell in enumerate(row) if cell is not None
            )
        kind = "rows" if [sheet] == seen or len(sheets) == 1 else _free(sheet.title, set(tables) | {ABOVE})
        tables[kind] = Table(kind, _frame(sheet, start, limits, where, problems).lazy())
    if above:
        columns = list(zip(*above, strict=True))
        data = {ROW: columns[0], "_sheet": columns[1], "_cell": columns[2], "_text": columns[3]}
        schema = {ROW: pl.UInt32, "_sheet": pl.String, "_cell": pl.String, "_text": pl.String}
        tables[ABOVE] = Table(ABOVE, pl.DataFrame(data, schema).lazy())
    return tables


def _frame(sheet: _Sheet, start: int, limits: Limits, where: str, problems: list[Problem]) -> pl.DataFrame:
    header = sheet.rows[start][1]
    records = sheet.rows[start + 1 :]
    width = max(len(row) for _, row in sheet.rows[start:])
    names: list[str] = []
    taken = {ROW, "_sheet"}
    again = []
    for place in range(width):
        cell = " ".join(((header[place] if place < len(header) else None) or "").split())
        wanted = (cell if is_content(cell) else f"./{cell}") if cell else f"column {_letters(place)} without a name"
        names.append(_free(wanted, taken))
        taken.add(names[-1])
        if names[-1] != wanted:
            again.append(names[-1])
    if again:
        found, repair = f"a name again ({', '.join(again[:3])})", "read under the name with a number"
        row = sheet.rows[start][0]
        problems.append(Problem(where, "header", found, "each name once", sheet.title, (row,), len(again), repair))
    columns = []
    for place, name in enumerate(names):
        cells = [row[place] if place < len(row) else None for _, row in records]
        if all(cell is None for cell in cells) and name.endswith("without a name"):
            continue
        if any(cell is not None and len(cell) > limits.cell_bytes for cell in cells):
            raise LimitError(where, f"a cell of {name[:80]} is longer than {limits.cell_bytes:,} characters")
        columns.append(pl.Series(name, cells, pl.String))
    rows = pl.Series(ROW, [number for number, _ in records], pl.UInt32)
    return pl.DataFrame([rows, pl.Series("_sheet", [sheet.title] * len(records), pl.String), *columns])


def _free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken: ``Name (2)`` for the second ``Name``."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
