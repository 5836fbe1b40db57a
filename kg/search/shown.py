"""Values of records as answers show them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from kg.errors import QueryError
from kg.search.arrays import Array, laid_out, spans_of
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.quantities import spoken
from kg.search.query import SearchQuery, day_of

CHOICE = ("description", "organism", "imaging_method", "date", "licence", "study", "annotation_type")
"""Fields that are shown unless others are asked for."""

_MOST = 20


def shown_fields(opened: Opened, query: SearchQuery, asked: Sequence[str]) -> list[str]:
    """Return the names of the fields that are shown: those asked for (``*`` for all), else a choice; and those of the query.

    Raises:
        QueryError: one is not known.
    """
    level = query.level
    if "*" in asked:
        return [field.name for field in opened.fields.of_level(level)]
    if len(asked) > len(opened.fields.fields):
        raise QueryError("fields", "names more fields than there are")
    names = [opened.fields.field(name, level).name for name in asked] or [
        name for name in CHOICE if level in opened.fields.fields[name].levels
    ]
    sort = query.sort.removeprefix("-")
    named = [condition.field for condition in query.where] + ([sort] if sort and sort != "relevance" else [])
    return list(dict.fromkeys((*names, *named)))


def values_of(opened: Opened, view: View, names: Sequence[str], records: Sequence[int]) -> list[dict[str, Any]]:
    """Return, for each record, its values by field: labels, texts, numbers, dates; fields without a value are left out."""
    found: list[dict[str, Any]] = [{} for _ in records]
    wanted = np.asarray(records, dtype=np.int32)
    for name in names:
        field = opened.fields.fields[name]
        if not len(wanted) or not view.has(field):
            continue
        values = view.coded(field) if field.is_coded else view.measured(field)
        first, last = spans_of(values.rows, wanted, values.single)
        places, owner = laid_out(first, np.minimum(last, first + _MOST))
        for record, value in zip(owner.tolist(), _values(opened, view, field, places), strict=True):
            found[record].setdefault(name, []).append(value)
    return found


def _values(opened: Opened, view: View, field: Field, places: Array) -> list[Any]:
    if not field.is_coded:
        numbers = view.measured(field).values[places].tolist()
        return [_day(one) for one in numbers] if field.kind == "date" else [_plain(one) for one in numbers]
    codes = view.coded(field).codes[places].tolist()
    if field.has_terms:
        return [opened.terms.told(code) for code in codes]
    texts = view.listed(field)
    return [text == "true" for text in texts.many(codes)] if field.kind == "flag" else texts.many(codes)


def number_text(field: Field, number: float) -> str:
    """Return a number with its unit, or a date, for people."""
    if field.kind == "date":
        return _day(number)
    return spoken(number, unit=field.unit)


@lru_cache(maxsize=10_000)
def _day(seconds: float) -> str:
    return day_of(seconds)


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
