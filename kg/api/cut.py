"""Cutting answers that are too long: rows are counted in the bytes as they are written, so that no query is ever amended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TypeVar, cast

import pyoxigraph as ox

from kg.curie import KG

_Row = TypeVar("_Row")
_LINK = KG + "truncated"


class Enough(Exception):  # noqa: N818 - no error: there are more rows than wanted
    """Ends the writing of an answer once it holds as many rows as it may."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where rows end in one form.

    Attributes:
        mark: bytes between rows.
        before: marks that stand before the first row.
        keep: bytes of the mark that belong to the row before it.
        quoted: whether marks within double quotes are none.
        escapes: whether a backslash takes its meaning from a quote.
    """

    mark: bytes
    before: int
    keep: int
    quoted: bool = False
    escapes: bool = False

    @property
    def held(self) -> tuple[bytes, ...]:
        """Return what the end of a piece may be the beginning of, longest first."""
        begun = tuple(self.mark[:size] for size in range(len(self.mark) - 1, 0, -1))
        return (b"\\", *begun) if self.escapes else begun


# Oxigraph writes no white space between the parts of JSON and XML.
_MARKS = {
    ox.QueryResultsFormat.JSON: _Marks(b"},{", 0, 1, quoted=True, escapes=True),
    ox.QueryResultsFormat.XML: _Marks(b"<result>", 1, 0),
    ox.QueryResultsFormat.CSV: _Marks(b"\r\n", 1, 2, quoted=True),
    ox.QueryResultsFormat.TSV: _Marks(b"\n", 1, 1),
}


class Cut:
    """A binary file that passes on a table up to a number of rows, and then raises ``Enough``; call ``close`` at the end."""

    def __init__(self, output: IO[bytes], form: ox.QueryResultsFormat, rows: int) -> None:
        """Take the file that receives the bytes, their form, and the most rows."""
        self._output, self._form, self._marks = output, form, _MARKS[form]
        self._left = rows + self._marks.before
        self._held = b""
        self._inside = 0
        self._full = False
        self.is_cut = False
        self.columns = 0

    def write(self, data: bytes) -> int:
        """Take more bytes; raises Enough when they are beyond the last row."""
        buffer = self._held + data
        if not self.columns:
            self.columns = 1 + buffer.partition(b"\n")[0].count(b"\t" if self._form == ox.QueryResultsFormat.TSV else b",")
        self._held = next((end for end in self._marks.held if buffer.endswith(end)), b"")
        if self._marks.escapes:  # of several backslashes at the end only the last may be half an escape
            run = len(buffer) - len(buffer.rstrip(b"\\"))
            self._held = b"\\" if run % 2 else b"" if run else self._held
        self._pass(buffer[: len(buffer) - len(self._held)])
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is held back is not yet known to belong to the answer."""

    def file(self) -> IO[bytes]:
        """Return self as what serializers take: they only write and flush."""
        return cast("IO[bytes]", self)

    def close(self) -> None:
        """Pass on what was held back."""
        held, self._held = self._held, b""
        self._pass(held)

    def _pass(self, data: bytes) -> None:
        if self._full and data:
            self.is_cut = True
            raise Enough
        end = self._end(data)
        self._output.write(data[:end])
        if end is not None:
            self._full = True
            self._pass(data[end:])

    def _end(self, data: bytes) -> int | None:
        """Return where the last row ends in the bytes; None where it does not."""
        marks = self._marks
        pieces = [data]
        if marks.quoted:
            masked = data.replace(b"\\\\", b"  ").replace(b'\\"', b"  ") if marks.escapes else data
            pieces = masked.split(b'"')
        first = self._inside
        found = b'"'.join(pieces[first::2]).count(marks.mark)
        self._inside ^= (len(pieces) - 1) & 1
        if found < self._left:
            self._left -= found
            return None
        start = 0
        for place, piece in enumerate(pieces):
            at = -1
            while place % 2 == first and (at := piece.find(marks.mark, at + 1)) >= 0:
                self._left -= 1
                if not self._left:
                    return start + at + marks.keep
            start += len(piece) + 1
        return None


class Counted(Iterable[_Row]):
    """The first rows of an iteration; ``is_cut`` says afterwards whether there were more."""

    def __init__(self, rows: Iterable[_Row], most: int) -> None:
        """Take the rows, and the most of them."""
        self._rows, self._most = rows, most
        self.is_cut = False

    def __iter__(self) -> Iterator[_Row]:
        """Yield them."""
        for place, row in enumerate(self._rows):
            if place == self._most:
                self.is_cut = True
                return
            yield row


def sentence(most: int, what: str) -> str:
    """Return what a cut answer says of itself."""
    return f"cut after {most:,} {what}: there are more; ask for less, or in parts with ORDER BY, LIMIT and OFFSET"


def table_start(form: ox.QueryResultsFormat, rows: int) -> tuple[bytes, bytes]:
    """Return what stands once at the start of a table, and what takes its place where the table was cut; both may be empty."""
    if form == ox.QueryResultsFormat.JSON:
        # Before all else: there are readers that take nothing after the rows.
        said = json.dumps({"rows": rows, "message": sentence(rows, "rows")})
        return b'"head":{', f'"truncated":{said},"head":{{"link":["{_LINK}"],'.encode()
    if form == ox.QueryResultsFormat.XML:
        return b"</head>", f'<link href="{_LINK}"/></head>'.encode()
    return b"", b""


def table_end(form: ox.QueryResultsFormat, rows: int, columns: int) -> bytes:
    """Return the bytes that close a table that was cut, and say so where its start does not."""
    said = sentence(rows, "rows")
    if form == ox.QueryResultsFormat.JSON:
        return b"]}}"
    if form == ox.QueryResultsFormat.XML:
        return f"</results><!-- {said} --></sparql>".encode()
    if form == ox.QueryResultsFormat.CSV:
        return f'"# {said}"{"," * (columns - 1)}\r\n'.encode()
    return f"# {said}{chr(9) * (columns - 1)}\n".encode()


def graph_end(form: ox.RdfFormat, triples: int) -> tuple[int, bytes]:
    """Return what tells at the end of a graph that it was cut: how many of the last bytes it replaces, and the bytes."""
    said = sentence(triples, "triples")
    if form == ox.RdfFormat.JSON_LD:
        node = {"@id": _LINK, "http://www.w3.org/2000/01/rdf-schema#comment": [{"@value": said}]}
        return 1, b"," + json.dumps(node).encode() + b"]"
    if form == ox.RdfFormat.RDF_XML:
        return 0, f"\n<!-- {said} -->\n".encode()
    return 0, f"# {said}\n".encode()
