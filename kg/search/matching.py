"""What a free text is found in: texts of records, and names of terms that records have or that lie above these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tantivy

from kg.search.arrays import Floats, Ints, Mask
from kg.search.opened import Opened, View
from kg.search.texts import CODES, token_of
from kg.search.words import Clause, clauses_of, in_texts, terms_of_clause

_TERM, _BELOW = 2.0, 1.0  # what a term's own name, and one above it, add to the score of a record
_TOLD, _FEW = 10, 4_000


@dataclass(frozen=True, slots=True)
class ClauseMatch:
    """One clause and the terms that it names.

    Attributes:
        clause: what was asked.
        terms: one of whose names has it, best first.
        codes: terms, by field, that records have and that are among these or below one of them.
        own: those of ``codes`` that are among ``terms``.
        lower: the others.
    """

    clause: Clause
    terms: tuple[int, ...]
    codes: dict[str, Ints]
    own: tuple[int, ...] = ()
    lower: tuple[int, ...] = ()


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
        result = searcher.search(self._query(self.view.words, expand=expand), limit=max(last, 1))
        hits = result.hits[:last]
        records = searcher.fast_field_values("record", [address for _, address in hits])
        count: int = result.count  # type: ignore[attr-defined] # the stubs of tantivy leave it out
        scores = np.fromiter((score for score, _ in hits), dtype=np.float64, count=len(hits))
        return Best(count, np.array(records, dtype=np.int32), scores)

    def all(self, *, expand: bool) -> Best:
        """Return all records."""
        first = self.best(_FEW, expand=expand)
        return first if first.count <= _FEW else self.best(first.count, expand=expand)

    def mask(self, *, expand: bool) -> Mask | None:
        """Return the records that have the text; None where none was asked."""
        return mask_of(self.view, self.all(expand=expand)) if self.clauses else None

    def finds(self, clause: ClauseMatch) -> bool:
        """Say whether any record has a clause."""
        return Matching(self.view, (clause,)).best(1, expand=True).count > 0

    def _query(self, index: tantivy.Index, *, expand: bool) -> tantivy.Query:
        parts = [
            (tantivy.Occur.MustNot if clause.clause.without else tantivy.Occur.Must, _found(index, clause, expand=expand))
            for clause in self.clauses
        ]
        if all(clause.clause.without for clause in self.clauses):
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


def mask_of(view: View, best: Best) -> Mask:
    """Return records as a yes or no for each of the level."""
    mask: Mask = np.zeros(view.count, dtype=bool)
    mask[best.records] = True
    return mask


def _found(index: tantivy.Index, match: ClauseMatch, *, expand: bool) -> tantivy.Query:
    """Return what finds a clause in texts, or in the names of terms of the record or (expanded) above them."""
    ways = [in_texts(index, match.clause), *_terms(index, match.own, _TERM)]
    if expand:
        ways += _terms(index, match.lower, _BELOW)
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
    return Matching(view, tuple(_named(opened, view, clause) for clause in clauses_of(text)))


def _named(opened: Opened, view: View, clause: Clause) -> ClauseMatch:
    terms = terms_of_clause(opened, clause)
    codes: dict[str, Ints] = {}
    if terms:
        below = {whole: opened.terms.below_any(terms, whole=whole) for whole in (False, True)}
        for field in opened.fields.of_level(view.name):
            if field.kind == "term" and field.text and view.has(field):
                used = view.coded(field).used
                found = used[below[field.whole][used]]
                if len(found):
                    codes[field.name] = found
    own, lower = _split(terms, codes.values())
    return ClauseMatch(clause, tuple(terms), codes, own, lower)


def _split(terms: Sequence[int], found: Iterable[Ints]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the terms that records have, best first, and what lies below any of them."""
    every = {int(code) for codes in found for code in codes}
    return tuple(term for term in terms if term in every), tuple(sorted(every.difference(terms)))
