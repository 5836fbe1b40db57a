"""Search: finds records by words and fields, counts them, and says why each was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kg.search.arrays import Floats, Ints, Mask
from kg.search.facets import facet_of
from kg.search.filters import Filters, both, filters_of
from kg.search.matching import Matching, mask_of, matching
from kg.search.opened import Opened, View
from kg.search.order import ordered
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
    did_you_mean: Sequence[Mapping[str, str]]
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


@dataclass(frozen=True, slots=True)
class Found:
    """All records that a query finds.

    Attributes:
        view: their level.
        mask: of them; None for all records.
        scores: of each record of the level; None without a text.
        filters: the conditions.
        matching: the text.
        exact: how many there are without expansion.
        count: how many there are.
        best: the page, where it was found without all others; then there is no mask, and scores are those of the page.
    """

    view: View
    mask: Mask | None
    scores: Floats | None
    filters: Filters
    matching: Matching
    exact: int
    count: int
    best: list[int] | None = None

    @property
    def records(self) -> Ints:
        """Return their numbers, ascending."""
        if self.mask is None:
            return np.arange(self.view.count, dtype=np.int32)
        return np.flatnonzero(self.mask).astype(np.int32)


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
        found = self._plain(query) or self.all(query)
        page = found.best if found.best is not None else self._page(found, query)
        last = query.offset + len(page)
        return SearchResult(
            generation=self.opened.generation,
            level=query.level,
            asked=self._asked(query, found),
            exact=found.exact,
            expanded=found.count if query.expand else self._count(found, expand=True),
            hits=self._hits(query, found, page, fields),
            facets={
                name: facet_of(self.opened, found.view, name, self._facet_mask(query, found, name)) for name in query.facets
            },
            did_you_mean=() if found.count else did_you_mean(self.opened, found.view, found.matching, found.filters),
            next_offset=last if page and last < found.count else None,
        )

    def _plain(self, query: SearchQuery) -> Found | None:
        """Return the page of a text alone: its counts and best records come from the index of words, without all others.

        None for everything else.
        """
        if query.where or query.facets or query.sort not in {"", "relevance"}:
            return None
        view = self.opened.view(query.level)
        matched = matching(self.opened, view, query.text)
        if not matched.clauses:
            return None
        best = matched.best(query.offset + query.limit, expand=query.expand)
        exact = matched.best(1, expand=False).count if query.expand and matched.has_lower else best.count
        page = best.records[query.offset :].tolist()
        return Found(view, None, best.scores[query.offset :], Filters(), matched, exact, best.count, page)

    def all(self, query: SearchQuery) -> Found:
        """Return all records that a query finds, whatever its page."""
        view = self.opened.view(query.level)
        filters = filters_of(view, self.resolver(query.level), query.where)
        matched = matching(self.opened, view, query.text)
        text, scores = None, None
        if matched.clauses:
            best = matched.all(expand=query.expand)
            text, scores = mask_of(view, best), np.zeros(view.count)
            scores[best.records] = best.scores
        mask = both((filters.all(expand=query.expand), text))
        count = view.count if mask is None else int(np.count_nonzero(mask))
        found = Found(view, mask, scores, filters, matched, count, count)
        return replace(found, exact=self._count(found, expand=False)) if query.expand else found

    def _count(self, found: Found, *, expand: bool) -> int:
        """Return how many records there are with or without expansion."""
        mask = both((found.filters.all(expand=expand), found.matching.mask(expand=expand)))
        return found.view.count if mask is None else int(np.count_nonzero(mask))

    def _facet_mask(self, query: SearchQuery, found: Found, name: str) -> Mask | None:
        """Return the records that count for a facet: without its own condition, so that it can be widened."""
        if name not in found.filters.wider:
            return found.mask
        return both((found.filters.all(expand=query.expand, but=name), found.matching.mask(expand=query.expand)))

    def _page(self, found: Found, query: SearchQuery) -> list[int]:
        if not query.limit or query.offset >= found.count:
            return []
        return ordered(self.opened, found.view, found.mask, found.scores, query)

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

    def _hits(self, query: SearchQuery, found: Found, page: list[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        names = shown_fields(self.opened, query, fields)
        reasons = Reasons(self.opened, found.view, found.filters, found.matching, expand=query.expand)
        values = values_of(self.opened, found.view, names, page)
        called = self.opened.fields.fields["name"]
        titles = values_of(self.opened, found.view, [called.name], page)
        hits = []
        for place, (record, iri) in enumerate(zip(page, found.view.iris(page), strict=True)):
            title = titles[place].get(called.name, [""])
            hits.append(
                {
                    "iri": iri,
                    "name": title[0],
                    "level": query.level,
                    "score": None
                    if found.scores is None
                    else round(float(found.scores[record if found.best is None else place]), 4),
                    "fields": values[place],
                    "why": reasons.of(record),
                }
            )
        return hits
