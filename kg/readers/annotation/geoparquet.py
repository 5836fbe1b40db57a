"""GeoParquet (https://geoparquet.org): shapes as a table; what its metadata says, how many rows, how many of each class.

No geometry is read. Parquet without the metadata ``geo`` is not taken.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.safe_json import loads

if TYPE_CHECKING:
    from pathlib import Path

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "geoparquet"
RANK = 45
TITLE = "GeoParquet: shapes and points (.parquet)"

_MAGIC = b"PAR1"
_MOST_FOOTER = 64 * 1024 * 1024
_CLASS = re.compile(r"(?i)class(?:_?name|ification)?|category|label|cell_?type|annotation|region")
_MOST_GROUPS = 5_000
_TYPES = {"Point": carrier.POINTS, "MultiPoint": carrier.POINTS}


def claims(peek: Peek) -> bool:
    """Claim Parquet whose footer has the metadata of GeoParquet."""
    return peek.head.startswith(_MAGIC) and b'"primary_column"' in _footer(peek.source.path)


def _footer(path: Path) -> bytes:
    """Return the footer of a Parquet file; empty where there is none."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            stream.seek(max(0, size - 8))
            tail = stream.read(8)
            if len(tail) < 8 or tail[4:] != _MAGIC:  # noqa: PLR2004 - length and mark
                return b""
            length = min(struct.unpack("<I", tail[:4])[0], max(0, size - 12), _MOST_FOOTER)
            stream.seek(size - 8 - length)
            return stream.read(length)
    except OSError:
        return b""


def read(source: Source, limits: Limits) -> Reading:
    """Read the metadata of a file, and count its classes.

    Raises:
        SourceError: damaged.
        LimitError: its metadata goes beyond the limits.
    """
    try:
        metadata = pl.read_parquet_metadata(source.path)
        frame = pl.scan_parquet(source.path)
        schema = frame.collect_schema()
        rows = int(frame.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise SourceError(source.key, f"is damaged or cut off, expected Parquet ({str(error)[:200]})") from error
    found = Carrier("GeoParquet", count=rows)
    geo = loads(metadata.get("geo", "{}").encode(), limits, source.key).value
    found.own["geo"] = geo
    for key, value in metadata.items():
        if key not in {"geo", "ARROW:schema", "pandas"}:
            found.own[key] = value
    _kinds(found, geo)
    columns = geo.get("columns") if isinstance(geo, dict) else None
    shapes = list(columns) if isinstance(columns, dict) else []
    found.derived["_columns"] = schema.names()
    found.measure([name for name, kind in schema.items() if kind.is_numeric() and name not in shapes])
    _classes(found, frame, schema, source.key)
    return found.reading(NAME, source, limits)


def _kinds(found: Carrier, geo: object) -> None:
    columns = geo.get("columns") if isinstance(geo, dict) else None
    for column in columns.values() if isinstance(columns, dict) else ():
        kinds = column.get("geometry_types") if isinstance(column, dict) else None
        for kind in kinds if isinstance(kinds, list) else ():
            found.kinds(_TYPES.get(str(kind).partition(" ")[0], carrier.SHAPES))
    if not found.types:
        found.kinds(carrier.SHAPES)


def _classes(found: Carrier, frame: pl.LazyFrame, schema: pl.Schema, where: str) -> None:
    texts = (pl.String, pl.Categorical, pl.Enum)
    name = next((name for name, kind in schema.items() if _CLASS.fullmatch(name) and isinstance(kind, texts)), None)
    if name is None:
        return
    try:
        groups = frame.select(pl.col(name).cast(pl.String).alias("text")).drop_nulls().group_by("text").agg(pl.len().alias("n"))
        counted = groups.sort("n", "text", descending=[True, False]).head(_MOST_GROUPS + 1).collect()
    except pl.exceptions.PolarsError as error:
        said = (f"a column that cannot be read ({str(error)[:100]})", "texts")
        found.problems.append(Problem(where, "parquet", *said, name, repair="skipped", severity="error"))
        return
    if counted.height <= _MOST_GROUPS:
        for text, count in counted.rows():
            found.classes.add(text, count, {name: text})
