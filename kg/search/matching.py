"""What a free text is found in: texts of records, and names of terms that records have or that lie above these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tantivy

from kg.search.arrays import Floats, Ints, Mask
from kg.search.opened import Opened, View
from kg.search.texts import CODES, token_of
from kg.search.words import Clause, clauses_of, in_texts, terms_of_clause

_TERM, _BELOW = 2.0, 1.0  # what a term's own name, and one above it, add to the score of a record
_TOLD, _FEW = 10, 4_000
_REMEMBERED = 10_000  # terms of a clause that is remembered, at most


@dataclass(frozen=True, slots=True)
class ClauseMatch:
    """One clause and the terms that it names.

    Attributes:
        clause: what was asked.
        terms: one of whose names has it, best first.
        codes: terms, by field, that records have and that are among these or below one of them.
        own: those of ``codes`` that are among ``terms``.
        lower: the others.
        best: by field and code, the term with the best name that it is or lies below, as far as somebody has asked.
    """

    clause: Clause
    terms: tuple[int, ...]
    codes: dict[str, Ints]
    own: tuple[int, ...] = ()
    lower: tuple[int, ...] = ()
    best: dict[tuple[str, int], int | None] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Best:
    """The best records of a text.

    Attributes:
        count: how many records there are.
        records: their numbers, the best first.
        scores: of these.
    """

    count: int
    records: Ints
    scores: Floats


@dataclass(frozen=True, slots=True)
class Matching:
    """A text, ready to be looked for in the records of a level; without clauses it asks nothing."""

    view: View
    clauses: tuple[ClauseMatch, ...]

    @property
    def has_lower(self) -> bool:
        """Say whether expansion makes a difference."""
        return any(clause.lower for clause in self.clauses)

    def best(self, last: int, *, expand: bool) -> Best:
        """Return how many records there are, and the best ``last`` of them; equal ones as they are stored."""
        if self.view.words is None:
            return Best(0, np.zeros(0, dtype=np.int32), np.zeros(0))
        searcher = self.view.words.searcher()
        result = searcher.search(self._query(self.view.words, searcher, expand=expand), limit=max(last, 1))
        hits = result.hits[:last]
        records = searcher.fast_field_values("record", [address for _, address in hits])
        count: int = result.count  # type: ignore[attr-defined] # the stubs of tantivy leave it out
        scores = np.fromiter((score for score, _ in hits), dtype=np.float64, count=len(hits))
        return Best(count, np.array(records, dtype=np.int32), scores)

    def all(self, *, expand: bool) -> Best:
        """Return all records."""
        first = self.best(_FEW, expand=expand)
        return first if first.count <= _FEW else self.best(first.count, expand=expand)

    def records(self, *, expand: bool) -> Ints | None:
        """Return the records that have the text, ascending; None where none was asked."""
        return np.sort(self.all(expand=expand).records) if self.clauses else None

    def count(self, *, expand: bool) -> int:
        """Return how many records have the text; what was counted lately is remembered."""
        key = (
            str(expand),
            *(f"{match.clause.without}{match.clause.begins} {' '.join(match.clause.words)}" for match in self.clauses),
        )
        count = self.view.counted.get(key)
        return self.view.counted.keep(key, self.best(1, expand=expand).count) if count is None else count

    def finds(self, clause: ClauseMatch) -> bool:
        """Say whether any record has a clause."""
        return Matching(self.view, (clause,)).best(1, expand=True).count > 0

    def _query(self, index: tantivy.Index, searcher: tantivy.Searcher, *, expand: bool) -> tantivy.Query:
        parts = [
            (
                tantivy.Occur.MustNot if match.clause.without else tantivy.Occur.Must,
                _found(index, searcher, match, expand=expand),
            )
            for match in self.clauses
        ]
        if all(match.clause.without for match in self.clauses):
            parts.append((tantivy.Occur.Must, tantivy.Query.all_query()))
        return tantivy.Query.boolean_query(parts)

    def told(self, opened: Opened) -> list[dict[str, Any]]:
        """Return the terms that words of the text name, as answers say it."""
        told = []
        for match in self.clauses:
            used = match.own or match.terms
            known = [{"curie": opened.terms.curies[term], "label": opened.terms.labels[term]} for term in used[:_TOLD]]
            if known:
                told.append({"field": "text", "asked": match.clause.text, "how": "name", "terms": known})
        return told


def mask_of(view: View, records: Ints) -> Mask:
    """Return records as a yes or no for each of the level."""
    mask: Mask = np.zeros(view.count, dtype=bool)
    mask[records] = True
    return mask


def _found(index: tantivy.Index, searcher: tantivy.Searcher, match: ClauseMatch, *, expand: bool) -> tantivy.Query:
    """Return what finds a clause in texts, or in the names of terms of the record or (expanded) above them."""
    ways = [*in_texts(index, searcher, match.clause), *_terms(index, match.own, _TERM)]
    if expand:
        ways += _terms(index, match.lower, _BELOW)
    if not ways:
        return tantivy.Query.empty_query()
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, way) for way in ways])


def _terms(index: tantivy.Index, codes: Iterable[int], weight: float) -> list[tantivy.Query]:
    tokens = [token_of(code) for code in codes]
    if not tokens:
        return []
    return [tantivy.Query.const_score_query(tantivy.Query.term_set_query(index.schema, CODES, tokens), weight)]


def matching(opened: Opened, view: View, text: str) -> Matching:
    """Return a text with the terms that its words name.

    Raises:
        QueryError: it has too many words.
    """
    found = []
    for clause in clauses_of(text):
        key = (clause.text, str(clause.begins), str(clause.without), *clause.words)
        match = view.named.get(key)
        if match is None:
            match = _named(opened, view, clause)
            if sum(map(len, match.codes.values())) <= _REMEMBERED:
                view.named.keep(key, match)
        found.append(match)
    return Matching(view, tuple(found))


def _named(opened: Opened, view: View, clause: Clause) -> ClauseMatch:
    terms = terms_of_clause(opened, clause)
    codes: dict[str, Ints] = {}
    if terms:
        below = {whole: opened.terms.below_any(terms, whole=whole) for whole in (False, True)}
        for one in opened.fields.of_level(view.name):
            if one.kind == "term" and one.text and view.has(one):
                used = view.coded(one).used
                found = used[below[one.whole][used]]
                if len(found):
                    codes[one.name] = found
    own, lower = _split(terms, codes.values())
    return ClauseMatch(clause, tuple(terms), codes, own, lower)


def _split(terms: Sequence[int], found: Iterable[Ints]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the terms that records have, best first, and what lies below any of them."""
    every = {int(code) for codes in found for code in codes}
    return tuple(term for term in terms if term in every), tuple(sorted(every.difference(terms)))
