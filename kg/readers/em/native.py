"""What readers of binary headers share: single-precision numbers as text, bytes as text, columns that are worked out."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Mapping, Sequence

import polars as pl

from kg.table import Table

_FLOAT = struct.Struct("<f")
_EXACT_DIGITS = 9


def single(number: float) -> str:
    """Return a number of single precision in the fewest digits that tell it from its neighbours.

    >>> single(struct.unpack("<f", struct.pack("<f", 0.1))[0])
    '0.1'
    """
    if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124 - only NaN differs from itself
        return str(number)
    for digits in range(6, _EXACT_DIGITS):
        text = f"{number:.{digits}g}"
        try:
            if _FLOAT.unpack(_FLOAT.pack(float(text)))[0] == number:
                return text
        except OverflowError:  # rounded up beyond the largest number of single precision
            continue
    return f"{number:.{_EXACT_DIGITS}g}"


def text(data: bytes) -> str:
    r"""Return bytes as text up to the first NUL: UTF-8, else Windows-1252, in which older programs write.

    >>> text(b"\xb5m\0\0"), text("\xb5m".encode())
    ('µm', 'µm')
    """
    data = data.partition(b"\0")[0]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def moment(seconds: str | float | None) -> str | None:
    """Return seconds since 1970 (UTC) as a date and time; None for 0 and for what is no such number.

    >>> moment("1575540224"), moment("soon")
    ('2019-12-05T10:03:44Z', None)
    """
    try:
        value = float(seconds or 0)
        if value <= 0:
            return None
        when = datetime.datetime.fromtimestamp(value, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return when.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def with_derived(table: Table, columns: Mapping[str, Sequence[str | None]]) -> Table:
    """Return a table with columns of the reader's own beside the source's; their names begin with ``_``."""
    series = [pl.Series(name, list(cells), pl.String) for name, cells in columns.items()]
    return Table(table.kind, table.frame.with_columns(series))


def cells_of(table: Table, column: str) -> list[str | None]:
    """Return the cells of a text column in order; all empty where there is no such column."""
    frame = table.frame.collect()
    if column not in frame.columns:
        return [None] * frame.height
    cells = frame[column]
    return cells.list.first().to_list() if isinstance(cells.dtype, pl.List) else cells.to_list()
