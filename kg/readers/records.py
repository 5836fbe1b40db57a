"""Records of delimited text: which delimiter, which line ends, and whether every record has as many cells as the header.

RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) is what "regular" means here, with any of four delimiters.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from kg.later import Later

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from kg.readers.body import Body
else:
    np = Later("numpy")

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}
_RECORDS = 25
_LF, _CR, _QUOTE = 10, 13, 34
_TAIL = 64 * 1024
_BYTE = 200
_LONE_CR = "\udc0d"
"""Stands for a carriage return inside a cell while csv runs; a lone surrogate cannot be in any text that was decoded."""
_AFTER = "\udc0e"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a text falls into cells under one delimiter, seen over its first records.

    Attributes:
        delimiter: the character.
        width: number of cells of the first record.
        records: how many records were looked at.
        agreeing: how many of them have that width.
        strict: whether all quotes stand where RFC 4180 wants them.
    """

    delimiter: str
    width: int
    records: int
    agreeing: int
    strict: bool


def shape_of(head: str, *, whole: bool) -> Shape | None:
    """Return the likeliest shape with at least two columns, or None when no delimiter gives any.

    Args:
        head: the start of a text.
        whole: whether that is all of it; else the last record is cut off and left out.
    """
    csv.field_size_limit(max(csv.field_size_limit(), len(head)))  # another reading may have left it lower
    shapes = [shape for shape in (_shape(head, delimiter, whole=whole) for delimiter in DELIMITERS) if shape]
    order = list(DELIMITERS)

    def fitness(shape: Shape) -> tuple[float, bool, bool, int, int]:
        tab = shape.delimiter == "\t"  # rare in prose, so it wins over a comma that is just as regular
        return shape.agreeing / shape.records, shape.strict, tab, shape.width, -order.index(shape.delimiter)

    return max(shapes, key=fitness, default=None)


def _shape(head: str, delimiter: str, *, whole: bool) -> Shape | None:
    for strict in (True, False):
        try:
            records = [row for row in islice(_rows(head, delimiter, strict=strict), _RECORDS + 1) if row]
        except csv.Error:
            continue
        if not whole and len(records) > 1 and len(records) <= _RECORDS:
            records.pop()
        if not records or len(records[0]) < 2:  # noqa: PLR2004 - one column has no delimiter
            return None
        width = len(records[0])
        agreeing = sum(len(record) == width for record in records)
        return Shape(delimiter, width, len(records), agreeing, strict)
    return None


def _rows(head: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=strict)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one vectorised pass over the bytes finds.

    Attributes:
        regular: every quote stands where RFC 4180 wants it, every record has the width of the header, and no line end is a
            lone carriage return; such a text means the same to every parser.
        records: number of records with the header, blank lines at the end not counted; exact when ``regular``.
        blank_end: whether blank lines stand at the end.
        utf8: whether all bytes are UTF-8.
        nul_line: line of the first zero byte, 0 when there is none.
        carriage_returns: whether lines end with a lone carriage return, as on old Macs.
        crlf: whether lines end with CR LF.
    """

    regular: bool
    records: int
    blank_end: bool
    utf8: bool
    nul_line: int
    carriage_returns: bool
    crlf: bool


def survey(body: Body, delimiter: str, width: int, cell_bytes: int) -> Survey:
    """Go once over the bytes of a text in UTF-8 or a single-byte encoding."""
    tail = body.tail(_TAIL)
    blank = len(tail) - len(tail.rstrip(b"\r\n"))
    ending = 2 if tail.endswith(b"\r\n") else 1
    pass_ = _Pass(ord(delimiter), width, cell_bytes)
    left = body.size - max(0, blank - ending)  # blank lines at the end are no records
    for number, chunk in enumerate(body.chunks()):
        piece = chunk[:left]
        pass_.feed(piece.removeprefix(codecs.BOM_UTF8) if not number else piece)
        left -= len(chunk)
        if left <= 0:
            break
    return pass_.end(blank_end=blank > ending)


class _Pass:
    """State of a survey between two pieces of a text."""

    def __init__(self, delimiter: int, width: int, cell_bytes: int) -> None:
        self.delimiter = delimiter
        self.between = width - 1
        self.cell_bytes = cell_bytes
        self.neighbours = np.zeros(256, np.bool_)  # bytes that may stand beside a quote
        self.neighbours[[delimiter, _LF, _CR, _QUOTE]] = True
        self.regular = True
        self.inside = False  # inside quotes
        self.last = _LF  # byte before the piece at hand
        self.closing = False  # that byte was a quote that closes
        self.cells = 0  # delimiters since the last record end
        self.run = 0  # bytes since the last record end
        self.records = self.lines = self.crs = self.crlfs = self.nul_line = 0
        self.utf8 = codecs.getincrementaldecoder("utf-8")()
        self.is_utf8 = True
        self.midway = False

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self.is_utf8 and (self.midway or not chunk.isascii()):
            try:
                self.utf8.decode(chunk)
                self.midway = bool(self.utf8.getstate()[0])
            except UnicodeDecodeError:
                self.is_utf8 = False
        if not self.nul_line and (at := chunk.find(0)) >= 0:
            self.nul_line = self.lines + chunk.count(b"\n", 0, at) + 1
        data = np.frombuffer(chunk, np.uint8)
        special = data == _LF
        if b'"' in chunk:
            special |= data == _QUOTE
        marks = np.flatnonzero(special)
        quoted = data[marks] == _QUOTE
        ends = marks[~quoted]
        self.lines += len(ends)
        if b"\r" in chunk or self.last == _CR:
            self.crs += int(np.count_nonzero(data == _CR))
            before = data[ends - 1]  # for a line end at 0 that is the last byte; the true one is put in below
            if len(ends) and ends[0] == 0:
                before[0] = self.last
            self.crlfs += int(np.count_nonzero(before == _CR))
        if self.regular:
            self._structure(data, marks[quoted], ends)
        self.last = chunk[-1]

    def _structure(self, data: NDArray[np.uint8], quotes: NDArray[np.intp], ends: NDArray[np.intp]) -> None:
        delimiters = data == self.delimiter
        if len(quotes) or self.inside:
            outside = self._unquoted(data, quotes)
            delimiters &= outside
            ends = ends[outside[ends]]
        else:
            self.regular &= not self.closing or bool(self.neighbours[data[0]])
            self.closing = False
        self._count(data, delimiters, ends)

    def _count(self, data: NDArray[np.uint8], delimiters: NDArray[np.bool_], at: NDArray[np.intp]) -> None:
        """Compare the delimiters of each record that ends here with those of the header."""
        if not len(at):
            self.cells += int(np.count_nonzero(delimiters))
            self.run += len(data)
            self.regular &= self.run <= self.cell_bytes
            return
        starts = np.concatenate((np.zeros(1, np.intp), at[:-1] + 1))
        body = delimiters[: at[-1]]
        # in bytes, sums go round at 256; the sum over the whole piece below settles what that could hide
        kind = np.uint8 if self.between < _BYTE else np.uint32
        first = int(np.count_nonzero(delimiters[: at[0]]))
        counts = np.add.reduceat(body.view(np.uint8), np.minimum(starts, len(body) - 1), dtype=kind) if len(body) else starts
        whole = first + self.cells == self.between and (not self.between or bool((counts[1:] == self.between).all()))
        total = int(np.count_nonzero(body)) + self.cells
        self.regular &= whole and total == self.between * len(at)
        lengths = np.diff(at)
        lead = self.run + int(at[0])
        self.regular &= lead <= self.cell_bytes and (not len(lengths) or int(lengths.max()) <= self.cell_bytes)
        if not self.between:  # a blank line is no record, yet to a parser it looks like one empty cell
            self.regular &= lead > 0 and not self._blank(data, at)
        self.records += len(at)
        self.cells = int(np.count_nonzero(delimiters[at[-1] + 1 :]))
        self.run = len(data) - int(at[-1]) - 1

    @staticmethod
    def _blank(data: NDArray[np.uint8], at: NDArray[np.intp]) -> bool:
        lengths = np.diff(at)
        with_cr = (lengths == 2) & (data[at[1:] - 1] == _CR)  # noqa: PLR2004 - CR LF
        return bool((lengths == 1).any() or with_cr.any() or (at[0] == 1 and data[0] == _CR))

    def _unquoted(self, data: NDArray[np.uint8], quotes: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which bytes stand outside quotes, and note quotes that stand where none may.

        Walking from quote to quote turns "inside" on and off. That agrees with RFC 4180 (a doubled quote goes off and on
        again) as long as each quote that turns it on follows a delimiter, a line end or a quote, and each that turns it
        off is followed by one.
        """
        opens = np.arange(len(quotes)) % 2 == int(self.inside)
        before = data[quotes[opens] - 1]
        if len(before) and quotes[opens][0] == 0:
            before[0] = self.last
        closers = quotes[~opens]
        after = data[closers[closers < len(data) - 1] + 1]
        fine = bool(self.neighbours[before].all()) and bool(self.neighbours[after].all())
        self.regular &= fine and (not self.closing or bool(self.neighbours[data[0]]))
        self.closing = bool(len(closers)) and int(closers[-1]) == len(data) - 1
        bounds = np.concatenate((np.zeros(1, np.intp), quotes, np.array([len(data)], np.intp)))
        outside = np.arange(len(quotes) + 1) % 2 == int(self.inside)
        self.inside ^= len(quotes) % 2 == 1
        return np.repeat(outside, np.diff(bounds))

    def end(self, *, blank_end: bool) -> Survey:
        if self.run:  # the last record has no line end
            self.records += 1
            self.regular &= self.cells == self.between
        try:
            self.utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            self.is_utf8 = False
        lone = self.crs - self.crlfs
        self.regular &= not self.inside and not lone
        return Survey(
            regular=self.regular,
            records=self.records,
            blank_end=blank_end,
            utf8=self.is_utf8,
            nul_line=self.nul_line,
            carriage_returns=lone > self.lines,
            crlf=self.crlfs > 0 and self.crlfs * 2 >= self.lines,
        )


class OpenQuoteError(ValueError):
    """A quote opens in the last record and never closes, so that it swallows everything after it."""


def records_of(body: Body, delimiter: str, *, cell_bytes: int, carriage_returns: bool) -> Iterator[list[str]]:
    """Parse a UTF-8 body record by record, as tolerantly as ``csv`` does; a blank line is an empty list.

    Args:
        body: the text.
        delimiter: one character.
        cell_bytes: longest cell.
        carriage_returns: lines end with a lone carriage return; else one inside a line belongs to its cell.

    Raises:
        csv.Error: a cell is too long.
        OpenQuoteError: a quote never closes; the record that it opens in is not given out.
    """
    csv.field_size_limit(cell_bytes)  # csv knows no other way than this setting for the whole process
    with io.TextIOWrapper(body.open(), "utf-8-sig", newline="" if carriage_returns else "\n") as text:
        lines = text if carriage_returns else map(_shielded, text)
        held: list[str] | None = None
        reader = csv.reader(chain(lines, [_AFTER]), delimiter=delimiter)
        try:
            for row in reader:
                if held is not None:
                    yield held if carriage_returns else _unshielded(held)
                held = row
        except csv.Error:
            if held is not None:  # whoever counts the records then knows which one is wrong
                yield _unshielded(held)
            raise
        if held != [_AFTER]:  # the line put behind the text went into a cell
            raise OpenQuoteError


def _unshielded(row: list[str]) -> list[str]:
    return [cell.replace(_LONE_CR, "\r") if _LONE_CR in cell else cell for cell in row]


def _shielded(line: str) -> str:
    if "\r" not in line:
        return line
    ending = "\r\n" if line.endswith("\r\n") else "\n" if line.endswith("\n") else ""
    return line.removesuffix(ending).replace("\r", _LONE_CR) + ending
