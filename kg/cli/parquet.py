"""Answers as Parquet: a column per variable, numbers as numbers, everything else as text."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

from kg.curie import PREFIXES
from kg.errors import QueryError
from kg.store import Answer, Term, text_of

_XSD = PREFIXES["xsd"]
_INTEGERS = frozenset(
    _XSD + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")
)
_NUMBERS = _INTEGERS | {_XSD + name for name in ("decimal", "double", "float")}
_TRUTHS = MappingProxyType({"true": True, "1": True, "false": False, "0": False})
_WIDEST = 2**63


def parquet_of(answer: Answer) -> bytes:
    """Return the rows of a SELECT as one Parquet file; an unbound variable is null.

    A column is Int64, Float64 or Boolean where all its values are such literals, else String (IRIs in full).

    Raises:
        QueryError: it is not a SELECT.
    """
    if answer.is_triples or answer.boolean is not None:
        raise QueryError("query", "only the rows of a SELECT can be written as parquet")
    import polars as pl  # noqa: PLC0415 - other answers do not wait for it

    kinds = {int: pl.Int64, float: pl.Float64, bool: pl.Boolean, str: pl.String}
    rows = list(answer)
    columns = []
    for place, name in enumerate(answer.variables):
        kind, values = _values([row[place] for row in rows])
        columns.append(pl.Series(name, values, dtype=kinds[kind]))
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def _values(cells: Sequence[Term | None]) -> tuple[type, list[Any]]:
    """Return the one type that all cells of a column have, and the cells as such."""
    types = {datatype.value if (datatype := getattr(cell, "datatype", None)) else "" for cell in cells if cell is not None}
    texts = [None if cell is None else text_of(cell) for cell in cells]
    kind: type = str
    convert: Callable[[str], Any] = str
    if types and types <= _INTEGERS and all(abs(int(text)) < _WIDEST for text in texts if text is not None):
        kind = convert = int
    elif types and types <= _NUMBERS and not types <= _INTEGERS:
        kind = convert = float
    elif types == {_XSD + "boolean"}:
        kind, convert = bool, _TRUTHS.__getitem__
    return kind, [None if text is None else convert(text) for text in texts]
