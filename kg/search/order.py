"""Putting records in order: by a field, by relevance, or as they are stored; always the same way, so that pages fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kg.search.arrays import Array, Coded, Floats, Ints, Mask, places_of
from kg.search.opened import Opened, View
from kg.search.query import SearchQuery


def ordered(opened: Opened, view: View, mask: Mask | None, scores: Floats | None, query: SearchQuery) -> list[int]:
    """Return the records of a page; ties stand as they are stored, records without a value last.

    Args:
        opened: the sidecars.
        view: level of the records.
        mask: of those that were found; None for all.
        scores: of each record of the level; None without a text.
        query: what they were found by.
    """
    if mask is None and scores is None and not query.sort:
        return list(range(query.offset, min(query.offset + query.limit, view.count)))
    records = np.arange(view.count, dtype=np.int32) if mask is None else np.flatnonzero(mask).astype(np.int32)
    return page_of(opened, view, records, None if scores is None else scores[records], query)


def page_of(opened: Opened, view: View, records: Ints, scores: Floats | None, query: SearchQuery) -> list[int]:
    """Return the records of a page out of some, ascending, with the score of each; ties and gaps as in ``ordered``."""
    last = query.offset + query.limit
    name = query.sort.removeprefix("-")
    if scores is None and name in {"", "relevance"}:
        page: list[int] = records[query.offset : last].tolist()
        return page
    keys = sort_keys(opened, view, query.sort, records) if name not in {"", "relevance"} else -_given(scores)
    ordered_page: list[int] = records[_first(keys, last)[query.offset :]].tolist()
    return ordered_page


def _given(scores: Floats | None) -> Floats:
    return np.zeros(0) if scores is None else scores


def all_ordered(opened: Opened, view: View, mask: Mask | None, scores: Floats | None, query: SearchQuery) -> Ints:
    """Return all records that were found, in the order of the query."""
    whole = replace(query, offset=0, limit=max(view.count, 1))
    return np.array(ordered(opened, view, mask, scores, whole), dtype=np.int32)


def sort_keys(opened: Opened, view: View, sort: str, records: Ints) -> Array:
    """Return a number for each record, ascending, by which they stand in order; infinite where there is no value.

    Of several values the least counts, or the greatest where the order is descending.
    """
    keys = np.full(len(records), np.inf)
    field = opened.fields.fields[sort.removeprefix("-")]
    if not view.has(field) or not len(records):
        return keys
    values = view.coded(field) if field.is_coded else view.measured(field)
    places = places_of(values.rows, values.single, records)
    if not len(places):
        return keys
    if isinstance(values, Coded):
        numbers = view.order(field, opened.terms)[values.codes[places]].astype(np.float64)
    else:
        numbers = values.values[places]
    rows = values.rows[places]
    begins = np.flatnonzero(np.concatenate(([True], rows[1:] > rows[:-1])))
    least = np.minimum.reduceat(-numbers if sort.startswith("-") else numbers, begins)
    keys[np.searchsorted(records, rows[begins])] = least
    return keys


def _first(keys: Array, count: int) -> Array:
    """Return the places of the least keys in order, equal ones as they come, without sorting what is not asked for."""
    if count * 4 >= len(keys):
        return np.argsort(keys, kind="stable")[:count]
    bound = np.partition(keys, count - 1)[count - 1]
    less = np.flatnonzero(keys < bound)
    ties = np.flatnonzero(keys == bound)[: count - len(less)]
    return np.concatenate((less[np.argsort(keys[less], kind="stable")], ties))
