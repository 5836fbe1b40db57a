"""Delimited tables: tab, comma, semicolon or pipe, whatever the suffix says; plain, gzip, or alone in a zip archive.

A table that RFC 4180 calls regular is scanned where it lies, by Polars, and never passes through Python. Only a damaged
one (cells missing or too many, stray quotes, old line ends) is rewritten row by row before it is scanned.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.body import Body, Scratch, is_litter, to_utf8, unpack
from kg.readers.peek import HEAD_BYTES, LFS, ZIP, Peek
from kg.readers.records import DELIMITERS, OpenQuoteError, Survey, records_of, shape_of, survey
from kg.readers.text import guess_encoding, marked_encoding
from kg.table import ROW, Reading, Source, Table, is_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.readers.limits import Limits

NAME = "delimited"
RANK = 90
STREAMS = True
TITLE = "Delimited tables (CSV, TSV and the like; also gzip, or one table in a zip)"
KIND = "rows"

_TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
_TEXT_SUFFIXES = (".txt", ".text")
_NO_TABLE = ("{", "[", "<", "---", "%YAML", "@prefix")
_MIN_RECORDS = 3
_SHOWN = 20
_ENCODING_NAMES = {"mac_roman": "MacRoman", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


def claims(peek: Peek) -> bool:
    """Claim text with a table suffix, text files whose first records agree, and a zip archive with one table in it."""
    if peek.head.startswith(ZIP):
        return _one_table_in_zip(peek.source.path)
    text = peek.text
    if not text.strip() or peek.head.startswith(LFS) or text[:200].lstrip().lower().startswith(("<!doctype html", "<html")):
        return False
    if peek.suffix in _TABLE_SUFFIXES:
        return True
    if peek.suffix not in _TEXT_SUFFIXES or text.startswith(_NO_TABLE):
        return False
    shape = shape_of(text, whole=len(peek.head) < HEAD_BYTES)
    if shape is None or shape.agreeing < shape.records:
        return False
    return shape.records >= (2 if shape.delimiter == "\t" else _MIN_RECORDS)  # prose has commas, too


def _one_table_in_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not is_litter(name)]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return path.name.lower().endswith((*_TABLE_SUFFIXES, ".csv.zip", ".tsv.zip"))  # reading says what is wrong
    return len(names) == 1 and names[0].lower().endswith((*_TABLE_SUFFIXES, *_TEXT_SUFFIXES))


def read(source: Source, limits: Limits) -> Reading:
    """Read one table of kind ``rows``; ``_row`` counts records, the header being 1, blank lines not counted.

    Raises:
        LimitError: too many columns, too long a cell, or a container that unpacks to too much.
        SourceError: no text, no header, or a quote that never ends.
    """
    with Scratch() as scratch:
        body = unpack(source, limits, scratch)
        body, encoding = _unmarked(source, body, scratch)
        delimiter, width = _delimiter(body)
        found = survey(body, delimiter, width, limits.cell_bytes)
        if found.nul_line:
            where = f"line {found.nul_line}"
            raise SourceError(source.key, f"{where} holds a zero byte, expected text; is the file binary or damaged?")
        problems = list(body.problems)
        if not found.utf8:
            encoding = guess_encoding(body.chunks())
            body = to_utf8(body, encoding, scratch)
            problems.append(_encoding_problem(source, encoding))
        text = _Text(source, body, delimiter, limits, found)
        columns = _columns(text, problems)
        if len(columns) != width:  # a header beyond the head, or one that only the tolerant parser can read
            found = replace(found, regular=False)
        if found.regular:
            frame = _scan(body.content, columns, delimiter, header=True, records=found.records if found.blank_end else None)
        else:
            frame = _tolerant(text, columns, problems, scratch)
        facts = _facts(text, encoding, len(columns))
        return Reading(NAME, {KIND: Table(KIND, frame)}, tuple(problems), facts, tuple(scratch.paths))


@dataclass(frozen=True, slots=True)
class _Text:
    """A table as UTF-8 text, and what is known of it."""

    source: Source
    body: Body
    delimiter: str
    limits: Limits
    survey: Survey

    def records(self) -> Iterator[list[str]]:
        """Parse tolerantly; blank lines are left out, and an unclosed quote is an error."""
        old_mac = self.survey.carriage_returns
        rows = records_of(self.body, self.delimiter, cell_bytes=self.limits.cell_bytes, carriage_returns=old_mac)
        number = 0
        try:
            for row in rows:
                if row:
                    number += 1
                    yield row
        except csv.Error as error:
            found = f"row {number + 1} has a cell of more than {self.limits.cell_bytes:,} characters"
            raise LimitError(self.source.key, f"{found}, or a quote that never closes") from error
        except OpenQuoteError as error:
            raise SourceError(self.source.key, f'row {number + 1} opens a quote (") that is never closed') from error


def _delimiter(body: Body) -> tuple[str, int]:
    """Return the delimiter and the number of columns; for one column, the delimiter that stands least often in the text."""
    head = body.head(HEAD_BYTES)
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    shape = shape_of(text, whole=len(head) < HEAD_BYTES)
    return (shape.delimiter, shape.width) if shape else (min("\t|;,", key=text.count), 1)


def _unmarked(source: Source, body: Body, scratch: Scratch) -> tuple[Body, str]:
    """Bring UTF-16 and UTF-32 to UTF-8; other encodings show only in the whole text."""
    marked = marked_encoding(body.head(HEAD_BYTES))
    if not marked or marked == "utf-8-sig":
        return body, marked or "utf-8"
    try:
        return to_utf8(body, marked, scratch), marked
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {marked} but breaks off being so ({error.reason})") from error


def _encoding_problem(source: Source, encoding: str) -> Problem:
    name = _ENCODING_NAMES.get(encoding, encoding)
    return Problem(source.key, "encoding", "bytes that are not UTF-8", "UTF-8", repair=f"read as {name}", severity="info")


def _content(header: str) -> str:
    """Return a header as the name of a column of content: ``_`` and ``$`` lead names of structure (``kg.table.is_content``)."""
    return header if not header or is_content(header) else f"./{header}"


def _columns(text: _Text, problems: list[Problem]) -> list[str]:
    """Return distinct column names: the source's own, a number for an empty one, `` (2)`` after one that repeats."""
    key = text.source.key
    header = next(text.records(), [])
    if not any(cell.strip() for cell in header):
        raise SourceError(key, "has no header: the first line is blank, expected column names")
    if len(header) > text.limits.columns:
        raise LimitError(key, f"has {len(header):,} columns, at most {text.limits.columns:,} are read")
    names = _distinct(header)
    empty = [name for cell, name in zip(header, names, strict=True) if not cell]
    again = {name: cell for cell, name in zip(header, names, strict=True) if cell and name != cell}
    if empty:
        repair = f"named by their position: {_listed(empty)}"
        problems.append(Problem(key, "header", "columns without a name", "a name", "", (1,), len(empty), repair))
    if again:
        repeated = ", ".join(repr(cell) for cell in list(dict.fromkeys(again.values()))[:3])
        found = f"names that are taken: {repeated}"
        repair = f"numbered: {_listed(list(again))}"
        problems.append(Problem(key, "header", found, "each name once", next(iter(again.values())), (1,), len(again), repair))
    return names


def _distinct(header: list[str]) -> list[str]:
    """Return a name for every column, none twice.

    >>> _distinct(["Unit", "", "Unit", "_row"])
    ['Unit', 'column 2 without a name', 'Unit (2)', './_row']
    """
    taken = {ROW}
    return [_free(_content(cell) or f"column {number} without a name", taken) for number, cell in enumerate(header, start=1)]


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004


def _free(name: str, taken: set[str]) -> str:
    """Return the name, or with the next number in brackets when it is taken; it is taken from then on."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free


def _scan(content: bytes | Path, columns: list[str], delimiter: str, *, header: bool, records: int | None) -> pl.LazyFrame:
    """Scan UTF-8: as it came, or (without a header line) as `_rewritten` wrote it, where an empty cell is quoted."""
    frame = pl.scan_csv(
        content,
        has_header=False,
        skip_rows=int(header),
        separator=delimiter,
        schema=pl.Schema(dict.fromkeys(columns, pl.String)),
        empty_string_is_null=not header,
        n_rows=records - 1 if records is not None else None,
        glob=False,
    )
    if isinstance(content, bytes):
        frame = frame.collect().lazy()
    return frame.with_row_index(ROW, offset=2)


@dataclass(slots=True)
class _Ragged:
    """Rows that have not as many cells as the header."""

    width: int
    widest: int = 0
    filled: int = 0
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    lengths: dict[bool, set[int]] = field(default_factory=lambda: {True: set(), False: set()})

    def see(self, number: int, row: list[str]) -> None:
        length = len(row)
        if length == self.width:
            return
        (self.long if length > self.width else self.short).append(number)
        self.lengths[length > self.width].add(length)
        self.widest = max(self.widest, length)
        if any(row[self.width :]):
            self.filled = max(self.filled, *(at for at, cell in enumerate(row, start=1) if cell))

    def problems(self, key: str) -> Iterator[Problem]:
        expected = f"{self.width} as in the header"
        if self.short:
            found, rows = f"{_span(self.lengths[False])} cells", tuple(self.short[:_SHOWN])
            repair = "the missing cells are left out, not taken as empty"
            yield Problem(key, "ragged", found, expected, rows=rows, count=len(self.short), repair=repair)
        if self.long:
            found, rows = f"{_span(self.lengths[True])} cells", tuple(self.long[:_SHOWN])
            surplus = self.filled - self.width
            names = "'surplus 1'" if surplus == 1 else f"'surplus 1' to 'surplus {surplus}'"
            repair = f"the surplus is kept in {names}" if surplus > 0 else "the surplus cells are empty and dropped"
            severity = "warning" if surplus > 0 else "info"
            yield Problem(key, "ragged", found, expected, "", rows, len(self.long), repair, severity)  # type: ignore[arg-type]


def _span(lengths: set[int]) -> str:
    low, high = min(lengths), max(lengths)
    return str(low) if low == high else f"{low} to {high}"


def _tolerant(text: _Text, columns: list[str], problems: list[Problem], scratch: Scratch) -> pl.LazyFrame:
    """Parse with ``csv``, say what is wrong, and scan a regular copy; short rows end in nulls."""
    ragged = _Ragged(len(columns))
    for number, row in enumerate(text.records(), start=1):
        ragged.see(number, row)
    problems.extend(ragged.problems(text.source.key))
    names = list(columns)
    taken = {ROW, *names}
    names += [_free(f"surplus {extra}", taken) for extra in range(1, ragged.filled - len(columns) + 1)]
    if len(names) > text.limits.columns:
        raise LimitError(text.source.key, f"has a row of {len(names):,} cells, at most {text.limits.columns:,} are read")
    rows = iter(text.records())
    next(rows, None)  # the header
    lines = (_rewritten(row, len(names)) for row in rows)
    return _scan(_stored(lines, text.body, scratch), names, ",", header=False, records=None)


def _rewritten(row: list[str], width: int) -> bytes:
    """Return a record with every cell in quotes, and nothing at all for a cell that is missing."""
    cells = ['"' + cell.replace('"', '""') + '"' for cell in row[:width]]
    cells.extend([""] * (width - len(cells)))
    return (",".join(cells) + "\n").encode()


def _stored(lines: Iterable[bytes], body: Body, scratch: Scratch) -> bytes | Path:
    if isinstance(body.content, bytes):
        out = io.BytesIO()
        out.writelines(lines)
        return out.getvalue()
    path = scratch.new()
    with path.open("wb") as stream:
        stream.writelines(lines)
    scratch.drop(body.content)
    return path


def _facts(text: _Text, encoding: str, columns: int) -> dict[str, str]:
    found = text.survey
    facts = {
        "encoding": encoding,
        "delimiter": DELIMITERS[text.delimiter] if columns > 1 else "none",
        "line ends": "CR" if found.carriage_returns else "CR LF" if found.crlf else "LF",
        "columns": str(columns),
    }
    if found.regular:
        facts["records"] = str(found.records - 1)
    return {**facts, "container": text.body.container} if text.body.container else facts
