"""Specificity: how much a term says, by the share of its ontology that lies below it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import lru_cache

from kg.terms.audit.finding import Audited, Finding, finding
from kg.terms.audit.names import Names

NEAR_ROOT = 0.15
"""Terms that say less than this are reported."""

_MOST = 50_000
_SMALLEST = 20
_KEPT = 16_384


class Specificity:
    """Scores terms of an open index, between 0 for a root and 1 for a term with nothing below it."""

    def __init__(self, names: Names) -> None:
        """Take the names of an open index."""
        self._index = names.index
        sizes: dict[str, int] = {}
        for ontology in names.index.ontologies():
            sizes[ontology.prefix] = max(sizes.get(ontology.prefix, 0), ontology.terms)
        self._sizes: Mapping[str, int] = sizes
        self._below = lru_cache(maxsize=_KEPT)(self._count)

    def score(self, curie: str, roots: Collection[str] = ()) -> float | None:
        """Return what a term says within its ontology, or within the smallest of some branches; None when that is unknown.

        It is 1 - log(1 + terms below) / log(terms of the whole): an information content that needs no corpus. None is for
        terms of ontologies that are hardly loaded, for which no share can be told.
        """
        prefix = curie.partition(":")[0]
        branches = [self._below(root) + 1 for root in roots if curie == root or self._index.is_below(curie, (root,))]
        whole = min(branches, default=self._sizes.get(prefix, 0))
        if whole < _SMALLEST:
            return None
        return max(0.0, 1 - math.log(1 + min(self._below(curie), whole - 1)) / math.log(whole))

    def _count(self, curie: str) -> int:
        """Return how many terms lie below; of a great many, so many that the term says almost nothing."""
        return self._index.count_below(curie, _MOST)


def near_roots(
    cells: Collection[Audited], names: Names, score: Specificity, roots: Mapping[str, Collection[str]]
) -> list[Finding]:
    """Return the terms of one column that say almost nothing, one finding each; ``roots`` are the field's, by prefix."""
    groups: dict[str, list[Audited]] = {}
    for cell in cells:
        entry = names.known(cell.curie)
        if cell.curie and entry and not entry.obsolete:
            groups.setdefault(cell.curie, []).append(cell)
    findings = []
    for curie, group in groups.items():
        said = score.score(curie, roots.get(curie.partition(":")[0], ()))
        if said is not None and said < NEAR_ROOT:
            term = names.term(curie)
            found = f"{term.curie} {term.label!r}, which says almost nothing (specificity {said:.2f} of 1)"
            findings.append(
                finding("near-root", tuple(group), found, "a term further down, if the source knows more", "", 1 - said)
            )
    return findings
