"""Other spellings, when nothing was found: words and values that are there and look alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import tantivy

from kg.search.arrays import folded
from kg.search.fields import Field
from kg.search.filters import Filters
from kg.search.matching import Matching
from kg.search.matching import matching as text_of
from kg.search.opened import Opened, View
from kg.search.texts import PARTS, analyzer
from kg.search.words import Clause

_FEW, _LOOKED_AT = 3, 400
_LIKE = 0.6
_BEGINNING = 2
_READ = 50_000  # values that are read for words
_LONGEST = 80


def did_you_mean(opened: Opened, view: View, matching: Matching, filters: Filters) -> list[dict[str, Any]]:
    """Return, for each word and value that nothing has, what was perhaps meant: ``field``, ``asked``, ``try``; the best first.

    ``where`` is the condition that finds it, ``by`` the other name by which a term was found; words that records of another
    level have come with its ``level`` and their ``count``. Empty where each of them is found, only not together.
    """
    found: list[dict[str, Any]] = []
    for match in matching.clauses:
        if not match.clause.without and not matching.finds(match):
            elsewhere = list(_elsewhere(opened, view, match.clause))
            found += elsewhere or [_row("text", match.clause.text, word) for word in _words(opened, view, match.clause)]
    if matching.clauses and not found:
        text = " ".join(match.clause.text for match in matching.clauses)
        found += [] if filters.meant or filters.measured else _together(opened, view, matching, text)
    for name, pairs in filters.meant.items():
        field = opened.fields.fields[name]
        for condition, meant in pairs:
            if condition.op != "!=" and not meant.wider:
                found += _instead(opened, view, field, meant.text)
    return found


def _row(field: str, asked: str, other: str) -> dict[str, Any]:
    return {"field": field, "asked": asked, "try": other}


def _elsewhere(opened: Opened, view: View, clause: Clause) -> Iterator[dict[str, Any]]:
    """Yield the other levels whose records have a clause."""
    yield from _at_levels(opened, view, '"' + clause.text + '"' if " " in clause.text else clause.text, clause.text)


def _together(opened: Opened, view: View, matching: Matching, text: str) -> list[dict[str, Any]]:
    """Return the other levels whose records have all clauses of a text, where these are more than one."""
    return list(_at_levels(opened, view, text, text)) if len(matching.clauses) > 1 else []


def _at_levels(opened: Opened, view: View, text: str, asked: str) -> Iterator[dict[str, Any]]:
    for name in opened.fields.levels:
        if name != view.name:
            count = text_of(opened, opened.view(name), text).count(expand=True)
            if count:
                yield {**_row("text", asked, asked), "level": name, "count": count}


def _instead(opened: Opened, view: View, field: Field, text: str) -> list[dict[str, Any]]:
    """Return what may be asked instead of a value that no record has: values that hold it, other fields, like spellings."""
    rows = [*_holding(view, field, text), *_other_fields(opened, view, field, text)]
    if not rows:
        rows = [{**_row(field.name, text, value), **more} for value, more in _values(opened, view, field, text)]
    return rows


def _holding(view: View, field: Field, text: str) -> Iterator[dict[str, Any]]:
    """Yield the values of a field that hold all words of a text; with several, or with all, ``field~text`` finds them."""
    if field.has_terms or field.kind == "flag" or not view.has(field):
        return
    words = analyzer().analyze(text)
    if not words:
        return
    listed = view.listed(field)
    wanted = folded(text)
    values = [value for place in range(min(len(listed), _READ)) if _has_words(folded(value := listed[place]), words)]
    if any(wanted in folded(value) for value in values):
        yield {**_row(field.name, text, text), "where": f"{field.name}~{text}"}
    values.sort(key=lambda value: (wanted not in folded(value), len(value)))
    for value in values[:_FEW]:
        yield {**_row(field.name, text, value), "where": f'{field.name}="{value}"'}


def _has_words(value: str, words: Iterable[str]) -> bool:
    """Say whether a folded text has all words; most texts lack one altogether."""
    return all(word in value for word in words) and set(words) <= set(analyzer().analyze(value))


def _other_fields(opened: Opened, view: View, field: Field, text: str) -> Iterator[dict[str, Any]]:
    """Yield the other fields of which a text is a value."""
    named = {term for _, term in opened.terms.named(text)}
    found = 0
    for other in opened.fields.of_level(view.name):
        if other.name == field.name or not other.is_coded or other.kind == "flag" or not view.has(other) or found == _FEW:
            continue
        if other.has_terms:
            used = view.coded(other).used
            has = any(len(np.intersect1d(opened.terms.below(term, whole=other.whole), used)) for term in named)
        else:
            has = len(view.listed(other).find(text)) > 0
        if has:
            found += 1
            yield {"field": other.name, "asked": text, "try": text, "where": f'{other.name}="{text}"'}


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


def _values(opened: Opened, view: View, field: Field, text: str) -> list[tuple[str, dict[str, str]]]:
    """Return values of a field that look like a text, with what more is to be said of each."""
    if not view.has(field):
        return []
    if not field.has_terms:
        texts = view.listed(field)
        places = texts.beginning(text[:_BEGINNING])
        near = _nearest(text, (texts[place] for place in list(places)[: _LOOKED_AT * 5]))
        return [(value, {"where": f'{field.name}="{value}"'}) for value in near]
    used = view.coded(field).used
    codes = _fuzzy(opened, analyzer().analyze(text))
    there = [code for code in codes if len(np.intersect1d(opened.terms.below(code, whole=field.whole), used))]
    spelt = {name: code for code in reversed(there) for name in opened.terms.names_of(code)}
    best: dict[int, str] = {}
    for name in _nearest(text, spelt):
        best.setdefault(spelt[name], name)
    return [_term(opened, field, code, by) for code, by in (best or dict.fromkeys(there[:_FEW], "")).items()]


def _term(opened: Opened, field: Field, code: int, by: str) -> tuple[str, dict[str, str]]:
    """Return a term's label, how it is asked for, and the other name that looks like what was asked."""
    told = opened.terms.told(code)
    other = {} if not by or folded(by) == folded(told["label"]) else {"by": by}
    return told["label"], {"where": f"{field.name}={told['curie']}", **other}


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
