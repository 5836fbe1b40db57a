"""Putting records in order: by a field, by relevance, or as they are stored; always the same way, so that pages fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kg.search.arrays import Array, Floats, Ints, Mask
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.query import SearchQuery


def ordered(opened: Opened, view: View, mask: Mask | None, scores: Floats | None, query: SearchQuery) -> list[int]:
    """Return the records of a page; ties stand as they are stored, records without a value last."""
    last = query.offset + query.limit
    descending = query.sort.startswith("-")
    name = query.sort.removeprefix("-")
    if not name and scores is None:
        return _stored(view, mask, query.offset, last)
    records = np.arange(view.count, dtype=np.int32) if mask is None else np.flatnonzero(mask).astype(np.int32)
    if name in {"", "relevance"}:
        keys = np.zeros(len(records)) if scores is None else -scores[records]
        return [int(one) for one in records[_first(keys, last)[query.offset :]]]
    field = opened.fields.fields[name]
    keys = sort_keys(opened, view, field, records, descending=descending)
    return [int(one) for one in records[_first(keys, last)[query.offset :]]]


def all_ordered(opened: Opened, view: View, mask: Mask | None, scores: Floats | None, query: SearchQuery) -> Ints:
    """Return all records that were found, in the order of the query."""
    whole = replace(query, offset=0, limit=max(view.count, 1))
    return np.array(ordered(opened, view, mask, scores, whole), dtype=np.int32)


def _stored(view: View, mask: Mask | None, first: int, last: int) -> list[int]:
    if mask is None:
        return list(range(first, min(last, view.count)))
    return [int(one) for one in np.flatnonzero(mask)[first:last]]


def sort_keys(opened: Opened, view: View, field: Field, records: Ints, *, descending: bool) -> Array:
    """Return a number for each record by which they stand in order; infinite where there is no value.

    Of several values the least counts, or the greatest where descending.
    """
    keys = np.full(len(records), np.inf)
    if not view.has(field) or not len(records):
        return keys
    if field.is_coded:
        coded = view.coded(field)
        rows, values = coded.rows, view.order(field, opened.terms)
        chosen = _among(view, rows, records)
        rows, numbers = rows[chosen], values[coded.codes[chosen]].astype(np.float64)
    else:
        measured = view.measured(field)
        chosen = _among(view, measured.rows, records)
        rows, numbers = measured.rows[chosen], measured.values[chosen]
    where = np.searchsorted(records, rows)
    np.minimum.at(keys, where, -numbers if descending else numbers)
    return keys


def _among(view: View, rows: Ints, records: Ints) -> Array:
    """Return the places of the values of some records."""
    if len(records) * 20 < view.count:  # few: look each of them up
        first, last = np.searchsorted(rows, records), np.searchsorted(rows, records + 1)
        lengths = last - first
        if not lengths.sum():
            return np.zeros(0, dtype=np.int64)
        offsets = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        return offsets + np.arange(int(lengths.sum()))
    mask = np.zeros(view.count, dtype=bool)
    mask[records] = True
    return np.flatnonzero(mask[rows])


def _first(keys: Array, count: int) -> Array:
    """Return the places of the least keys in order, equal ones as they come, without sorting what is not asked for."""
    if count * 4 >= len(keys):
        return np.argsort(keys, kind="stable")[:count]
    bound = np.partition(keys, count - 1)[count - 1]
    less = np.flatnonzero(keys < bound)
    ties = np.flatnonzero(keys == bound)[: count - len(less)]
    return np.concatenate((less[np.argsort(keys[less], kind="stable")], ties))
