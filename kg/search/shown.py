"""Values of records as answers show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kg.errors import QueryError
from kg.search.fields import Field
from kg.search.opened import Opened, View
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
        starts = np.searchsorted(values.rows, wanted)
        ends = np.searchsorted(values.rows, wanted + np.int32(1))
        for place, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            if end > start:
                found[place][name] = _values(opened, view, field, slice(start, min(end, start + _MOST)))
    return found


def _values(opened: Opened, view: View, field: Field, among: slice) -> list[Any]:
    if not field.is_coded:
        numbers = view.measured(field).values[among].tolist()
        return [day_of(one) for one in numbers] if field.kind == "date" else [_plain(one) for one in numbers]
    codes = view.coded(field).codes[among].tolist()
    if field.kind == "flag":
        return [opened.label(field, view, code) == "true" for code in codes]
    if field.has_terms:
        return [{"curie": opened.terms.curies[code], "label": opened.terms.labels[code]} for code in codes]
    return [view.listed(field)[code] for code in codes]


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
