"""Search: finds records by words and fields, counts them, and says why each was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kg.search.arrays import Floats, Ints, Mask
from kg.search.facets import facet_of
from kg.search.filters import Filters, filters_of
from kg.search.matching import Best, Matching, mask_of, matching
from kg.search.opened import Opened, View
from kg.search.order import page_of
from kg.search.query import SearchQuery
from kg.search.reasons import Reasons
from kg.search.resolve import Resolver
from kg.search.shown import shown_fields, values_of
from kg.search.suggest import did_you_mean
from kg.terms import TermIndex


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        generation: of the sidecars.
        level: of the records.
        asked: the query as it was understood.
        exact: how many records there are without expansion.
        expanded: how many with it.
        hits: the records of the page, as JSON.
        facets: of each field asked for, its values with their counts.
        did_you_mean: other spellings, when nothing was found.
        next_offset: where the next page begins; None on the last.
    """

    generation: str
    level: str
    asked: Mapping[str, Any]
    exact: int
    expanded: int
    hits: Sequence[Mapping[str, Any]]
    facets: Mapping[str, Sequence[Mapping[str, Any]]]
    did_you_mean: Sequence[Mapping[str, Any]]
    next_offset: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as the interface has it, but for what only a service knows."""
        return {
            "generation": self.generation,
            "level": self.level,
            "asked": dict(self.asked),
            "count": {"exact": self.exact, "expanded": self.expanded},
            "hits": list(self.hits),
            "facets": dict(self.facets),
            "did_you_mean": list(self.did_you_mean),
        }


@dataclass(frozen=True)
class Found:
    """What a query finds.

    Attributes:
        view: level of the records.
        some: their numbers, ascending; None for all records of the level.
        best: records that have the text, with or without expansion as asked; None without a text.
        filters: the conditions.
        matching: the text.
        exact: how many there are without expansion.
        count: how many there are.
    """

    view: View
    some: Ints | None
    best: Best | None
    filters: Filters
    matching: Matching
    exact: int
    count: int

    @property
    def records(self) -> Ints:
        """Return their numbers, ascending."""
        return np.arange(self.view.count, dtype=np.int32) if self.some is None else self.some

    @cached_property
    def mask(self) -> Mask | None:
        """Return a yes or no for each record of the level; None for all records."""
        return None if self.some is None else mask_of(self.view, self.some)

    @cached_property
    def scores(self) -> Floats | None:
        """Return the score of each record of the level; None without a text."""
        if self.best is None:
            return None
        scores = np.zeros(self.view.count)
        scores[self.best.records] = self.best.scores
        return scores

    def scores_of(self, records: Ints) -> Floats | None:
        """Return the scores of some of the records; None without a text."""
        if self.best is None:
            return None
        order = np.argsort(self.best.records)
        return self.best.scores[order[np.searchsorted(self.best.records, records, sorter=order)]]


@dataclass(frozen=True, slots=True)
class Page:
    """The records that an answer shows: their numbers in order, and the score of each, None without a text."""

    records: list[int]
    scores: Floats | None = None


class Search:
    """Sidecars opened for searching; nothing is read before it is asked for, and nothing is ever written."""

    def __init__(self, folder: Path | str, index: TermIndex | None = None) -> None:
        """Open the sidecars in a folder.

        Args:
            folder: as ``build`` made it.
            index: term index, which knows names of terms that no record has.

        Raises:
            StoreError: they are not whole.
        """
        self.opened = Opened(Path(folder))
        self._index = index

    def resolver(self, level: str) -> Resolver:
        """Return what finds the values that are meant."""
        return Resolver(self.opened, self.opened.view(level), self._index)

    def find(self, query: SearchQuery, fields: Sequence[str] = ()) -> SearchResult:
        """Search.

        Args:
            query: checked by ``kg.search.asked``.
            fields: whose values are shown with each hit, beside those that the query names; empty for a choice.

        Raises:
            QueryError: a value is none of its field.
        """
        found, page = self._paged(query)
        last = query.offset + len(page.records)
        return SearchResult(
            generation=self.opened.generation,
            level=query.level,
            asked=self._asked(query, found),
            exact=found.exact,
            expanded=found.count if query.expand else self._count(query, found, expand=True),
            hits=self._hits(query, found, page, fields),
            facets={
                name: facet_of(self.opened, found.view, name, self._facet_records(query, found, name)) for name in query.facets
            },
            did_you_mean=() if found.count else did_you_mean(self.opened, found.view, found.matching, found.filters),
            next_offset=last if page.records and last < found.count else None,
        )

    def _paged(self, query: SearchQuery) -> tuple[Found, Page]:
        """Return what a query finds, and its page; a page in the order that records come in is made without all others."""
        if query.facets or query.sort not in {"", "relevance"} or (query.text and query.where):
            found = self.all(query)
            return found, self._page(found, query)
        view = self.opened.view(query.level)
        matched = matching(self.opened, view, query.text)
        if matched.clauses:
            return self._text_alone(query, view, matched)
        filters = filters_of(view, self.resolver(query.level), query.where)
        count = filters.count(expand=query.expand)
        count = view.count if count is None else count
        found = Found(view, None, None, filters, matched, count, count)
        found = replace(found, exact=self._count(query, found, expand=False)) if query.expand else found
        last = query.offset + query.limit
        first = filters.first(last, expand=query.expand)
        return found, Page(list(range(query.offset, min(last, count))) if first is None else first[query.offset :].tolist())

    def _text_alone(self, query: SearchQuery, view: View, matched: Matching) -> tuple[Found, Page]:
        """Return the page of a text alone, whose count and best records come from the index of words."""
        best = matched.best(query.offset + query.limit, expand=query.expand)
        exact = matched.count(expand=False) if query.expand and matched.has_lower else best.count
        found = Found(view, None, best, Filters(), matched, exact, best.count)
        return found, Page(best.records[query.offset :].tolist(), best.scores[query.offset :])

    def all(self, query: SearchQuery) -> Found:
        """Return all records that a query finds, whatever its page."""
        view = self.opened.view(query.level)
        filters = filters_of(view, self.resolver(query.level), query.where)
        matched = matching(self.opened, view, query.text)
        best = matched.all(expand=query.expand) if matched.clauses else None
        some = _common(filters.records(expand=query.expand), None if best is None else np.sort(best.records))
        count = view.count if some is None else len(some)
        found = Found(view, some, best, filters, matched, count, count)
        return replace(found, exact=self._count(query, found, expand=False)) if query.expand else found

    def _count(self, query: SearchQuery, found: Found, *, expand: bool) -> int:
        """Return how many records there are with or without expansion."""
        if not found.matching.clauses:
            count = found.filters.count(expand=expand)
        elif not found.filters.wider:
            return found.matching.count(expand=expand)
        else:
            some = self._records(query, found, expand=expand)
            count = None if some is None else len(some)
        return found.view.count if count is None else count

    def _records(self, query: SearchQuery, found: Found, *, expand: bool, but: str = "") -> Ints | None:
        """Return the records that a query's text and all its fields but one allow, ascending; None for all."""
        same = found.best is not None and (expand == query.expand or not found.matching.has_lower)
        text = np.sort(found.best.records) if same and found.best else found.matching.records(expand=expand)
        return _common(found.filters.records(expand=expand, but=but), text)

    def _facet_records(self, query: SearchQuery, found: Found, name: str) -> Ints | None:
        """Return the records that count for a facet: without its own condition, so that it can be widened."""
        if name not in found.filters.wider:
            return found.some
        return self._records(query, found, expand=query.expand, but=name)

    def _page(self, found: Found, query: SearchQuery) -> Page:
        if not query.limit or query.offset >= found.count:
            return Page([])
        records = found.records
        page = page_of(self.opened, found.view, records, found.scores_of(records), query)
        return Page(page, found.scores_of(np.array(page, dtype=np.int32)))

    def _asked(self, query: SearchQuery, found: Found) -> dict[str, Any]:
        told = [meant.told(self.opened) for pairs in found.filters.meant.values() for _, meant in pairs]
        return {
            "text": query.text,
            "where": [str(one) for one in query.where],
            "facet": list(query.facets),
            "level": query.level,
            "sort": query.sort or ("relevance" if query.text else ""),
            "offset": query.offset,
            "limit": query.limit,
            "expand": query.expand,
            "terms": [one for one in told if one["terms"] or one["how"] == "unknown"] + found.matching.told(self.opened),
        }

    def _hits(self, query: SearchQuery, found: Found, page: Page, fields: Sequence[str]) -> list[dict[str, Any]]:
        names = shown_fields(self.opened, query, fields)
        called = self.opened.fields.fields["name"].name
        values = values_of(self.opened, found.view, names, page.records)
        titles = values_of(self.opened, found.view, [called], page.records)
        why = Reasons(self.opened, found.view, found.filters, found.matching, expand=query.expand).of(page.records)
        scores = [None] * len(page.records) if page.scores is None else [round(one, 4) for one in page.scores.tolist()]
        rows = zip(found.view.iris(page.records), titles, scores, values, why, strict=True)
        return [
            {
                "iri": iri,
                "name": title.get(called, [""])[0],
                "level": query.level,
                "score": score,
                "fields": shown,
                "why": reasons,
            }
            for iri, title, score, shown, reasons in rows
        ]


def _common(one: Ints | None, other: Ints | None) -> Ints | None:
    """Return the records that are in both, ascending; None stands for all records."""
    if one is None or other is None:
        return other if one is None else one
    return np.intersect1d(one, other, assume_unique=True)
