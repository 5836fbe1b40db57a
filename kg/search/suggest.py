"""Other spellings, when nothing was found: words and values that are there and look alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import numpy as np
import tantivy

from kg.search.arrays import folded
from kg.search.fields import Field
from kg.search.filters import Filters
from kg.search.matching import Matching
from kg.search.opened import Opened, View
from kg.search.texts import PARTS, analyzer
from kg.search.words import Clause

_FEW, _LOOKED_AT = 3, 400
_LIKE = 0.6
_BEGINNING = 2
_LONGEST = 80


def did_you_mean(opened: Opened, view: View, matching: Matching, filters: Filters) -> list[dict[str, str]]:
    """Return, for each word and value that nothing has, what looks like it: ``field``, ``asked``, ``try``; nearest first.

    Empty where each of them is found, only not together.
    """
    found: list[dict[str, str]] = []
    for match in matching.clauses:
        if not match.clause.without and not matching.finds(match):
            found += [_row("text", match.clause.text, word) for word in _words(opened, view, match.clause)]
    for name, pairs in filters.meant.items():
        field = opened.fields.fields[name]
        for condition, meant in pairs:
            if condition.op != "!=" and not meant.wider:
                found += [_row(name, meant.text, value) for value in _values(opened, view, field, meant.text)]
    return found


def _row(field: str, asked: str, other: str) -> dict[str, str]:
    return {"field": field, "asked": asked, "try": other}


def _words(opened: Opened, view: View, clause: Clause) -> list[str]:
    """Return words of names and texts that look like the words of a clause."""
    word = " ".join(clause.words)[:_LONGEST]
    candidates = {one for code in _fuzzy(opened, clause.words) for one in analyzer().analyze(opened.terms.labels[code])}
    if view.words is not None:
        searcher = view.words.searcher()
        for part in PARTS:
            beginning = clause.words[0][:_BEGINNING]
            candidates |= {text for text, _ in searcher.terms_with_prefix(part, beginning, limit=_LOOKED_AT)}
    return _nearest(word, candidates)


def _values(opened: Opened, view: View, field: Field, text: str) -> list[str]:
    """Return values of a field that look like a text."""
    if not view.has(field):
        return []
    if not field.has_terms:
        texts = view.listed(field)
        places = texts.beginning(text[:_BEGINNING])
        return _nearest(text, (texts[place] for place in list(places)[: _LOOKED_AT * 5]))
    used = view.coded(field).used
    codes = _fuzzy(opened, analyzer().analyze(text))
    there = [code for code in codes if len(np.intersect1d(opened.terms.below(code, whole=field.whole), used))]
    names = [opened.terms.labels[code] for code in there]
    return _nearest(text, names) or names[:_FEW]


def _fuzzy(opened: Opened, words: Iterable[str]) -> list[int]:
    """Return terms one of whose names has a word that differs in a letter or two."""
    schema, searcher = opened.names.schema, opened.names.searcher()
    found: dict[int, None] = {}
    for word in words:
        distance = 1 if len(word) <= _LIKE * 10 else 2
        query = tantivy.Query.fuzzy_term_query(schema, "name", word[:_LONGEST], distance=distance)
        hits = searcher.search(query, limit=_LOOKED_AT).hits
        numbers = searcher.fast_field_values("term", [address for _, address in hits])
        found |= dict.fromkeys(int(one) for one in numbers if one is not None)
    return list(found)


def _nearest(text: str, candidates: Iterable[str]) -> list[str]:
    spelt = dict(_pairs(candidates))
    near = difflib.get_close_matches(folded(text)[:_LONGEST], list(spelt), n=_FEW, cutoff=_LIKE)
    return [spelt[one] for one in near if one != folded(text)]


def _pairs(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((folded(text)[: 2 * _LONGEST], text) for text in texts)
