"""Lists of what the Image Data Resource imports: ``filePaths``, ``plates`` and ``screens`` tables, which have no header.

A column is named by what stands in it, as the import knows it (https://github.com/IDR/idr-metadata): ``target`` for
``Dataset:name:x`` and the like, ``path`` for a file or folder, ``name`` otherwise; a second one of a kind is ``name 2``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "idr_paths"
RANK = 40
TITLE = "Import lists of the Image Data Resource (filePaths, plates and screens .tsv)"
KIND = "paths"

_FILE = re.compile(r"(?:file[-_ ]?paths?|plates?|screens?)\.(?:tsv|txt|tab)$")
_TARGET = re.compile(r"(?:Dataset|Project|Screen|Plate|Image):(?:(?:\w+:)*name|id|\d+)\b", re.IGNORECASE)
_PATH = re.compile(r"[/\\]|\.(?:screen|pattern|companion\.ome|ome\.\w+|\w{3,5})$")
_WIDTHS = range(2, 6)
_SHOWN = 20


def claims(peek: Peek) -> bool:
    """Claim a list by its name, where the first line has a path or a target and so is no header."""
    if not _FILE.search(peek.name):
        return False
    first = next((line for line in peek.text.splitlines() if line.strip()), "").split("\t")
    return len(first) in _WIDTHS and any(_TARGET.match(cell) or "/" in cell or "\\" in cell for cell in first)


def read(source: Source, limits: Limits) -> Reading:
    """Return the table ``paths``; ``_row`` is the line.

    Raises:
        SourceError: no text in any known encoding.
        LimitError: beyond the limits.
    """
    try:
        decoded = decode(load(source.path, limits, source.key))
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"is no text at byte {error.start:,}, expected a list of paths") from error
    lines = [(number, line.split("\t")) for number, line in enumerate(decoded.text.splitlines(), start=1) if line.strip()]
    width = max(len(cells) for _, cells in lines)
    if width > limits.columns:
        raise LimitError(source.key, f"has {width:,} columns, at most {limits.columns:,} are read")
    names = _names([cells for _, cells in lines], width)
    series = [pl.Series(ROW, [number for number, _ in lines], pl.UInt32)]
    for at, name in enumerate(names):
        series.append(pl.Series(name, [cells[at] if at < len(cells) else None for _, cells in lines], pl.String))
    facts = {"columns": ", ".join(names), "encoding": decoded.encoding}
    return Reading(NAME, {KIND: Table(KIND, pl.DataFrame(series).lazy())}, _ragged(source.key, lines), facts)


def _names(rows: list[list[str]], width: int) -> list[str]:
    """Return a name for every column, by what most of its cells are."""
    names: list[str] = []
    for at in range(width):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        kinds = [_kind(cell) for cell in cells]
        word = max(("path", "target", "name"), key=kinds.count) if kinds else "name"
        number = sum(name == word or name.startswith(f"{word} ") for name in names)
        names.append(f"{word} {number + 1}" if number else word)
    return names


def _kind(cell: str) -> str:
    if _TARGET.match(cell):
        return "target"
    return "path" if _PATH.search(cell) else "name"


def _ragged(key: str, lines: list[tuple[int, list[str]]]) -> tuple[Problem, ...]:
    width = len(lines[0][1])
    odd = [number for number, cells in lines if len(cells) != width]
    if not odd:
        return ()
    repair = "every cell is kept by its position"
    return (Problem(key, "ragged", "lines of another width", f"{width} cells", "", tuple(odd[:_SHOWN]), len(odd), repair),)
