"""Sames: which terms of different ontologies mean one thing, as ontologies and mapping sets say."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.terms.index import TermIndex

_KEPT = 16_384
_MOST = 64


class Sames:
    """Groups of terms that mean one thing: exact matches of the index, and those of mapping sets."""

    def __init__(self, index: TermIndex, more: Mapping[str, frozenset[str]] | None = None) -> None:
        """Take the index, and for a term those that a mapping set (SSSOM, ``skos:exactMatch``) calls the same."""
        self._index = index
        self._more: defaultdict[str, set[str]] = defaultdict(set)
        for one, others in (more or {}).items():
            for other in others:
                self._more[one].add(other)
                self._more[other].add(one)
        self.group: Callable[[str], frozenset[str]] = lru_cache(maxsize=_KEPT)(self._group)

    def one(self, curies: Iterable[str]) -> bool:
        """Say whether all of some terms are known to mean one thing."""
        wanted = set(curies)
        return len(wanted) < 2 or wanted <= self.group(min(wanted))  # noqa: PLR2004 - one term is itself

    def _group(self, curie: str) -> frozenset[str]:
        """Return the terms that mean the same as one; a chain that grows beyond all measure is not followed further."""
        seen, waiting = {curie}, [curie]
        while waiting and len(seen) < _MOST:
            here = waiting.pop()
            new = sorted((self._index.same(here) | self._more.get(here, set())) - seen)
            seen.update(new)
            waiting += new
        return frozenset(seen)
