"""Tables of key-value pairs for OMERO that have a line above their header.

* Export_to_csv of the annotation scripts writes, where namespaces are asked for, a first line ``namespace,,...`` with the
  namespace of each column; the header (``OBJECT_ID``, ``OBJECT_NAME``, keys) is the second.
* ``omero metadata populate`` takes a first line ``# header image,s,d,...`` with the type of each column.

The table is ``rows``, as that of any delimited text; the first line is ``columns``, with ``Column`` and ``Namespace`` or
``Type``.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.table import ROW, Reading, Table, is_content

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Source

NAME = "omero_key_values"
RANK = 40
TITLE = "Tables of key-value pairs of OMERO with a line of namespaces or column types above the header"

_NAMESPACES = re.compile(r'\A"?namespace"?([,;\t])[^\r\n]*\r?\n[^\r\n]*\bOBJECT_(?:ID|NAME)\b')
_TYPES = re.compile(r'\A"?# ?header[ ,;\t]', re.IGNORECASE)


def claims(peek: Peek) -> bool:
    """Say by the first two lines whether it is such a table."""
    text = peek.text
    return _NAMESPACES.match(text) is not None or _TYPES.match(text) is not None


def read(source: Source, limits: Limits) -> Reading:
    """Read the table and the line above it.

    Raises:
        SourceError: no text, or no header.
        LimitError: beyond the limits.
    """
    try:
        text = decode(load(source.path, limits, source.key)).text.lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"is no text in the encoding that it names ({error.reason})") from error
    match = _NAMESPACES.match(text)
    said, delimiter = ("Namespace", match[1]) if match else ("Type", _likeliest(text))
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(line)]
    except csv.Error as error:
        raise SourceError(source.key, f"is not a whole table ({error})") from error
    above = lines[0]
    if said == "Type":
        first = re.sub(r"(?i)^# ?header\s*", "", above[0])
        above = [first, *above[1:]] if first else above[1:]
    header = lines[1] if len(lines) > 1 else []
    if not any(header):
        raise SourceError(source.key, "has no header below its first line, expected column names")
    if len(header) > limits.columns:
        raise LimitError(source.key, f"has {len(header):,} columns, at most {limits.columns:,} are read")
    names = _distinct(header)
    told = dict(zip(names, above, strict=False))
    if said == "Namespace":
        told[names[0]] = ""
    columns = [name for name in names if told.get(name)]
    frames = {
        "rows": _frame(names, lines[2:]),
        "columns": pl.DataFrame(
            {
                ROW: pl.Series([1] * len(columns), dtype=pl.UInt32),
                "Column": pl.Series(columns, dtype=pl.String),
                said: pl.Series([told[name] for name in columns], dtype=pl.String),
            }
        ),
    }
    facts = {"records": str(len(lines) - 2), "line above": said.lower()}
    return Reading(
        NAME, {kind: Table(kind, frame.lazy()) for kind, frame in frames.items() if len(frame.columns) > 1}, (), facts
    )


def _likeliest(text: str) -> str:
    header = text.partition("\n")[2].partition("\n")[0]
    return max(",;\t", key=header.count)


def _distinct(header: list[str]) -> list[str]:
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = (cell if is_content(cell) else f"./{cell}") if cell else f"column {place} without a name"
        again = sum(1 for known in names if known == name or known.startswith(f"{name} ("))
        names.append(f"{name} ({again + 1})" if again else name)
    return names


def _frame(names: list[str], lines: list[list[str]]) -> pl.DataFrame:
    width = max([len(names), *map(len, lines)])
    names = [*names, *(f"column {place} without a name" for place in range(len(names) + 1, width + 1))]
    rows = pl.Series(ROW, range(3, len(lines) + 3), pl.UInt32)
    cells = [
        pl.Series(name, [line[place] if place < len(line) else None for line in lines], pl.String)
        for place, name in enumerate(names)
    ]
    return pl.DataFrame([rows, *cells])
