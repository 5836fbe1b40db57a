"""Facets: which values the found records have, and how many of them each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kg.search.arrays import Array, Ints, places_of
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.quantities import plain, rounded, spoken
from kg.search.query import day_of

MOST = 100
"""Most values of a facet, those of most records first."""

_BARS = 10
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_YEARS = 200


def facet_of(opened: Opened, view: View, name: str, records: Ints | None) -> list[dict[str, Any]]:
    """Return the values of a field among records (all where None), most frequent first; of numbers ranges, of dates years.

    A range can be asked for as it stands, ``low..<high``, the last ``low..high``;
    a record counts once in each value, range or year that it has.
    """
    field = opened.fields.fields[name]
    if not view.has(field):
        return []
    return _values(opened, view, field, records) if field.is_coded else _ranges(view, field, records)


def _values(opened: Opened, view: View, field: Field, records: Ints | None) -> list[dict[str, Any]]:
    used, counts = view.coded(field).counts(records)
    order = np.argsort(-counts, kind="stable")[:MOST]
    found = [(int(counts[place]), int(used[place])) for place in order if counts[place]]
    rows = [(count, *_spelt(opened, view, field, code)) for count, code in found]
    rows.sort(key=lambda row: (-row[0], row[1].casefold()))
    return [{"value": value, "label": label, "count": count} for count, label, value in rows]


def _spelt(opened: Opened, view: View, field: Field, code: int) -> tuple[str, str]:
    """Return what a value is called, and how it can be asked for."""
    if field.has_terms:
        told = opened.terms.told(code)
        return told["label"], told["curie"]
    text = view.listed(field)[code]
    return text, text


def _ranges(view: View, field: Field, records: Ints | None) -> list[dict[str, Any]]:
    measured = view.measured(field)
    rows, values = measured.rows, measured.values
    if records is not None:
        chosen = places_of(rows, measured.single, records)
        rows, values = rows[chosen], values[chosen]
    if not len(values):
        return []
    if field.kind == "date":
        return _years(rows, values)
    distinct = np.unique(values)
    if len(distinct) <= _BARS:
        counts = [(plain(one), spoken(one, unit=field.unit), _records(rows, values == one)) for one in map(float, distinct)]
    else:
        edges = _edges(float(distinct[0]), float(distinct[-1]))
        bars = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
        counts = [
            (
                _range(edges, bar, last=bar == len(edges) - 2),
                spoken(float(edges[bar]), float(edges[bar + 1]), unit=field.unit),
                _records(rows, bars == bar),
            )
            for bar in range(len(edges) - 1)
        ]
    return [{"value": value, "label": label, "count": count} for value, label, count in counts if count]


def _range(edges: Array, bar: int, *, last: bool) -> str:
    """Return a range as it can be asked for; the upper bound is in the next one, unless it is the last."""
    return f"{plain(float(edges[bar]))}..{'' if last else '<'}{plain(float(edges[bar + 1]))}"


def _edges(low: float, high: float) -> Array:
    """Return about ten round bounds that hold all numbers."""
    rough = (high - low) / _BARS
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(one for one in _STEPS if one * scale >= rough * 0.999999) * scale
    first = math.floor(low / step)
    count = math.ceil(high / step) - first
    return np.array([rounded((first + place) * step) for place in range(max(count, 1) + 1)])


def _years(rows: Array, values: Array) -> list[dict[str, Any]]:
    years = np.array([int(day_of(float(one))[:4]) for one in np.unique(values)])
    place = np.unique(values, return_inverse=True)[1]
    by_value = years[place]
    found = np.unique(by_value)[-_YEARS:]
    counted = [(f"{year:04d}", _records(rows, by_value == year)) for year in found]
    return [{"value": year, "label": year, "count": count} for year, count in counted]


def _records(rows: Array, chosen: Array) -> int:
    return len(np.unique(rows[chosen]))
