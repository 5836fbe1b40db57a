"""Cells that a single object of a zarr implies: storage of an array, place of a well, dates of a run."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from string import ascii_uppercase
from typing import TYPE_CHECKING

from kg.readers.ome.zarr_grid import objects, text

if TYPE_CHECKING:
    from kg.readers.ome.zarr_grid import Json

Derived = dict[str, str]

_NUMPY = re.compile(r"[<>|=]?([biufc])(\d{1,2})")
_KINDS = {"i": "int", "u": "uint", "f": "float", "c": "complex"}
_MILLISECONDS = re.compile(r"1\d{12}")
_SECONDS = re.compile(r"1\d{9}")
_NO_COMPRESSION = frozenset(("bytes", "transpose", "crc32c", "sharding_indexed", "vlen-utf8"))


def storage(array: Json | None) -> Derived:
    """Return what an array says of its pixels, in the words that zarr 2 and 3 share."""
    if array is None:
        return {}
    grid = array.get("chunk_grid")
    inner = grid.get("configuration") if isinstance(grid, dict) else None
    chunks = inner.get("chunk_shape") if isinstance(inner, dict) else array.get("chunks")
    compressor = array.get("compressor")
    packed = [text(codec.get("name")) for codec in objects(array.get("codecs"))]
    cells = {
        "_pixel_type": text(array.get("data_type")) or _pixel_type(text(array.get("dtype"))),
        "_chunks": ",".join(map(str, chunks)) if isinstance(chunks, list) else "",
        "_compression": text(compressor.get("id"))
        if isinstance(compressor, dict)
        else " ".join(name for name in packed if name not in _NO_COMPRESSION),
    }
    return {name: cell for name, cell in cells.items() if cell}


def place_of(plate: Json, well: Json) -> Derived:
    """Return row and column of a well, from 0, where the plate's lists of rows and columns begin with A and 1."""
    place: Derived = {}
    for cell, names, index, fits in (
        ("_row_at", "rows", "rowIndex", _is_letter),
        ("_column_at", "columns", "columnIndex", _is_number),
    ):
        listed, at = objects(plate.get(names)), text(well.get(index))
        if at.isdecimal() and len(at) < 5 and int(at) < len(listed) and fits(text(listed[int(at)].get("name")), int(at)):  # noqa: PLR2004
            place[cell] = at
    return place


def _pixel_type(kind: str) -> str:
    """Return a type of zarr 2 by the name that zarr 3 has for it.

    >>> _pixel_type("<u2"), _pixel_type("|b1"), _pixel_type("<f4")
    ('uint16', 'bool', 'float32')
    """
    match = _NUMPY.fullmatch(kind)
    if not match:
        return kind
    return "bool" if match[1] == "b" else f"{_KINDS[match[1]]}{int(match[2]) * 8}"


def _is_number(name: str, index: int) -> bool:
    return name.isdecimal() and int(name) == index + 1


def _is_letter(name: str, index: int) -> bool:
    return index < len(ascii_uppercase) and name == ascii_uppercase[index]


def date(number: str) -> str:
    """Return seconds or milliseconds since 1970 as a date; empty where it can be neither.

    >>> date("1343731272000"), date("1343731272"), date("12")
    ('2012-07-31T10:41:12+00:00', '2012-07-31T10:41:12+00:00', '')
    """
    if _MILLISECONDS.fullmatch(number):
        return datetime.fromtimestamp(int(number) // 1000, UTC).isoformat()
    return datetime.fromtimestamp(int(number), UTC).isoformat() if _SECONDS.fullmatch(number) else ""
