"""Completion while somebody types: fields, terms in use and names that begin so or hold a word that does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kg.errors import QueryError
from kg.search.arrays import folded
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.texts import analyzer
from kg.search.words import clauses_of, terms_of_clause

_MOST = 100
_TERMS = 200


def completed(opened: Opened, level: str, text: str, field: str = "", limit: int = 10) -> list[dict[str, Any]]:
    """Return completions, best first.

    Each has ``kind`` (field, term, value, record), ``field``, ``value``, ``label``, ``count`` and ``where``, to search by;
    a term found by another name has that as ``by``.

    Args:
        opened: the sidecars.
        level: whose records are counted; empty for the first.
        text: what has been typed; nothing gives nothing.
        field: the one field whose values are wanted; empty for all, and for records by name.
        limit: most completions.

    Raises:
        QueryError: level or field are not known, or the limit is none.
    """
    if not 1 <= limit <= _MOST:
        raise QueryError("limit", f"{limit} is not between 1 and {_MOST}")
    level = level or next(iter(opened.fields.levels))
    opened.fields.level(level)
    view = opened.view(level)
    one = opened.fields.field(field, level) if field else None
    if not folded(text):
        return []
    rows = [] if one else list(_fields(opened, level, text))
    wanted = [one] if one else [each for each in opened.fields.of_level(level) if each.facet]
    values = [row for each in wanted if view.has(each) and each.is_coded for row in _values(opened, view, each, text)]
    values.sort(key=lambda row: (not row["begins"], -row["count"], row["label"].casefold()))
    rows += values
    if one is None:
        rows += _records(opened, view, text, limit)
    return [_told(opened, row, text) for row in rows[:limit]]


def _told(opened: Opened, row: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a row as it is answered: a term with the other name by which it was found, where its label does not show it."""
    told = {name: value for name, value in row.items() if name != "begins"}
    if row["kind"] == "term" and not _shows(row["label"], text):
        code = opened.terms.known(row["value"])
        names = [name for name in opened.terms.names_of(code) if _shows(name, text)] if code is not None else []
        names.sort(key=lambda name: not folded(name).startswith(folded(text)))
        if names:
            told["by"] = names[0]
    return told


def _shows(name: str, text: str) -> bool:
    """Say whether a name has all words of a text, the last of them perhaps only begun."""
    words, there = analyzer().analyze(text) or [""], analyzer().analyze(name)
    return all(word in there for word in words[:-1]) and any(one.startswith(words[-1]) for one in there)


def _fields(opened: Opened, level: str, text: str) -> Iterator[dict[str, Any]]:
    wanted = folded(text).replace(" ", "_")
    view = opened.view(level)
    for one in opened.fields.of_level(level):
        if view.has(one) and any(name.startswith(wanted) for name in (one.name, *one.aliases)):
            yield _row("field", one.name, one.name, one.title, view.values[one.name], one.name)


def _values(opened: Opened, view: View, field: Field, text: str) -> Iterator[dict[str, Any]]:
    values = view.coded(field)
    if not field.has_terms:
        for code in list(view.listed(field).beginning(text))[:_TERMS]:
            label = opened.label(field, view, code)
            yield _row("value", field.name, label, label, len(values.records_of(code)), f'{field.name}="{label}"')
        return
    for term in _terms(opened, text):
        below = np.intersect1d(opened.terms.below(term, whole=field.whole), values.used)
        if len(below):
            counted = [values.records_of(int(code)) for code in below]
            count = len(counted[0]) if len(counted) == 1 else len(np.unique(np.concatenate(counted)))
            curie, label = opened.terms.curies[term], opened.terms.labels[term]
            row = _row("term", field.name, curie, label, count, f"{field.name}={curie}")
            yield {**row, "begins": folded(label).startswith(folded(text))}


def _terms(opened: Opened, text: str) -> list[int]:
    """Return the terms with a name that begins so, then those with a word that does."""
    found = [int(opened.terms.name_terms[place]) for place in list(opened.terms.names.beginning(text))[:_TERMS]]
    clauses = clauses_of(f"{text}*" if text[-1:].isalnum() else text)
    words = [set(terms_of_clause(opened, clause)) for clause in clauses]
    both = set.intersection(*words) if words else set()
    return list(dict.fromkeys((*found, *sorted(both))))[:_TERMS]


def _records(opened: Opened, view: View, text: str, limit: int) -> Iterator[dict[str, Any]]:
    for name in ("name", "identifier"):
        field = opened.fields.fields[name]
        if view.has(field):
            for code in list(view.listed(field).beginning(text))[:limit]:
                records = view.coded(field).records_of(code)
                label = view.listed(field)[code]
                yield {
                    **_row("record", name, label, label, len(records), f'{name}="{label}"'),
                    "iri": view.iris(records[:1])[0],
                }


def _row(kind: str, field: str, value: str, label: str, count: int, where: str) -> dict[str, Any]:
    return {"kind": kind, "field": field, "value": value, "label": label, "count": count, "where": where, "begins": True}
