"""The whole result as a table: CSV, JSON lines or Parquet, written in pieces so that its size does not matter."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal, get_args

import numpy as np
import polars as pl

from kg.errors import QueryError
from kg.search.arrays import Array, Ints
from kg.search.engine import Found
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.query import day_of

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
SEPARATOR = " | "
"""Between several values of a cell of CSV."""

_PIECE, _BLOCK = 20_000, 1 << 20
_FORMULA = r"^[=+\-@\t\r]"


def exported(
    opened: Opened, found: Found, records: Ints, names: Sequence[str], form: Format, out: IO[bytes], *, safe: bool = False
) -> int:
    """Write records as a table and return how many.

    Args:
        opened: the sidecars.
        found: what the records are of.
        records: their numbers, in the order wanted.
        names: fields that become columns; a field of terms has a second one with CURIEs.
        form: ``csv`` (several values of a cell are separated by ``SEPARATOR``), ``jsonl`` or ``parquet`` (lists).
        out: where to.
        safe: in CSV, put an apostrophe before texts that a spreadsheet would take for a formula.

    Raises:
        QueryError: the format is not known.
    """
    if form not in FORMATS:
        raise QueryError("format", f"{form[:40]!r} is none of json, {', '.join(FORMATS)}")
    fields = [opened.fields.fields[name] for name in names]
    pieces = (
        piece_of(opened, found.view, fields, records[start : start + _PIECE], found.scores)
        for start in range(0, max(len(records), 1), _PIECE)
    )
    match form:
        case "csv":
            for number, piece in enumerate(pieces):
                out.write(_flat(piece, safe=safe).write_csv(include_header=number == 0).encode())
        case "jsonl":
            for piece in pieces:
                for row in piece.iter_rows(named=True):
                    out.write((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
        case "parquet":
            _parquet(pieces, out)
    return len(records)


def columns_of(opened: Opened, view: View, asked: Sequence[str]) -> list[str]:
    """Return the names of the fields that become columns: those asked for, else all that any record has.

    Raises:
        QueryError: one is not known.
    """
    if asked and "*" not in asked:
        return list(dict.fromkeys(opened.fields.field(name, view.name).name for name in asked if name != "name"))
    return [field.name for field in opened.fields.of_level(view.name) if view.has(field) and field.name != "name"]


def piece_of(opened: Opened, view: View, fields: Sequence[Field], records: Ints, scores: Array | None) -> pl.DataFrame:
    """Return records as a table: iri, name, level, score and, for each field, lists of values."""
    called = opened.fields.fields["name"]
    columns = [
        pl.Series("iri", view.iris(records), dtype=pl.String),
        _lists(opened, view, called, records, "name").list.first().alias("name"),
        pl.Series("level", [view.name] * len(records), dtype=pl.String),
    ]
    if scores is not None:
        columns.append(pl.Series("score", scores[records], dtype=pl.Float64))
    for field in fields:
        columns.append(_lists(opened, view, field, records, field.name))
        if field.has_terms:
            columns.append(_lists(opened, view, field, records, f"{field.name}_curie"))
    return pl.DataFrame(columns)


def _lists(opened: Opened, view: View, field: Field, records: Ints, name: str) -> pl.Series:
    """Return the values of a field as a list for each record; null where it has none."""
    kind: Any = pl.Float64 if field.kind == "number" else pl.String
    if not view.has(field) or not len(records):
        return pl.Series(name, [None] * len(records), dtype=pl.List(kind))
    values = view.coded(field) if field.is_coded else view.measured(field)
    starts, ends = np.searchsorted(values.rows, records), np.searchsorted(values.rows, records + np.int32(1))
    lengths = ends - starts
    places = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths) + np.arange(int(lengths.sum()))
    texts: Any
    if field.is_coded:
        distinct, where = np.unique(view.coded(field).codes[places], return_inverse=True)
        spelt = opened.value if name.endswith("_curie") else opened.label
        texts = pl.Series([spelt(field, view, int(code)) for code in distinct], dtype=pl.String).gather(where)
    elif field.kind == "date":
        distinct, where = np.unique(view.measured(field).values[places], return_inverse=True)
        texts = pl.Series([day_of(float(one)) for one in distinct], dtype=pl.String).gather(where)
    else:
        texts = pl.Series(view.measured(field).values[places], dtype=pl.Float64)
    rows = np.repeat(np.arange(len(records)), lengths)
    grouped = pl.DataFrame({"row": rows, name: texts}).group_by("row", maintain_order=True).agg(pl.col(name))
    whole = pl.DataFrame({"row": np.arange(len(records))}).join(grouped, on="row", how="left", maintain_order="left")
    return whole[name]


def _flat(piece: pl.DataFrame, *, safe: bool) -> pl.DataFrame:
    """Return a table whose lists are texts."""
    lists = [name for name, kind in piece.schema.items() if isinstance(kind, pl.List)]
    flat = piece.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(SEPARATOR) for name in lists)
    if not safe:
        return flat
    texts = [name for name, kind in flat.schema.items() if kind == pl.String and piece.schema[name] != pl.List(pl.Float64)]
    return flat.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )


def _parquet(pieces: Iterator[pl.DataFrame], out: IO[bytes]) -> None:
    """Write pieces as one file, without ever holding more than one of them."""
    with tempfile.TemporaryDirectory(prefix="kg-export-") as folder:
        for number, piece in enumerate(pieces):
            piece.write_parquet(Path(folder, f"{number:06d}.part"))
        whole = Path(folder, "whole.parquet")
        pl.scan_parquet(sorted(Path(folder).glob("*.part"))).sink_parquet(whole)
        with whole.open("rb") as file:
            shutil.copyfileobj(file, out, _BLOCK)
