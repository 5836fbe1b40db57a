"""Names: does a text say what a term is called, does it share anything with it, and which terms does it name?"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from functools import lru_cache

from kg.term import Term
from kg.terms.entries import Entry
from kg.terms.index import TermIndex
from kg.terms.normalise import key, squash
from kg.terms.words import load_words

_KEPT = 16_384
_SHORT = 3
_INSIDE = 4
_ALIKE = 0.72
_EVERYWHERE = frozenset({"cell", "line"})
"""Words of nearly every cell type and cell line: "T cell" and "B cell" share nothing by them."""


class Names:
    """Asks an open index, and remembers what it was told."""

    def __init__(self, index: TermIndex) -> None:
        """Take an open index."""
        self.index = index
        self.entry = lru_cache(maxsize=_KEPT)(index.entry)
        self._names = lru_cache(maxsize=_KEPT)(self._read)
        self._words = load_words()
        self.loaded = frozenset(ontology.prefix for ontology in index.ontologies())
        self.prefixes = frozenset(prefix for ontology in index.ontologies() for prefix in ontology.prefixes.split())

    def known(self, curie: str | None) -> Entry | None:
        """Return a term with its state, or None when no loaded file holds it."""
        return self.entry(curie) if curie else None

    def term(self, curie: str) -> Term:
        """Return a term; one that no loaded file holds has no label."""
        entry = self.entry(curie)
        return entry.term if entry else Term(curie)

    def called(self, curie: str | None, text: str) -> bool:
        """Say whether a text is a name of a term, spelling apart."""
        if not curie or not squash(text):
            return False
        wanted = {squash(text), self._words.loose(text)}
        return any(squash(name) in wanted or self._words.loose(name) in wanted for name in self._names(curie))

    def shares(self, curie: str, text: str) -> bool:
        """Say whether a text has anything in common with a name of a term: a word, a part, initials, most letters."""
        return self.called(curie, text) or any(self._alike(name, text) for name in self._names(curie))

    def own_terms(self, text: str, prefixes: Collection[str]) -> tuple[Term, ...]:
        """Return the live terms of some ontologies that a text names exactly, those whose label it is before all others."""
        hits = [
            hit
            for hit in self.index.lookup(key(text), frozenset(prefixes))
            if not hit.obsolete and hit.scope in {"label", "exact"}
        ]
        labels = [hit for hit in hits if hit.scope == "label"] or hits
        return tuple(Term(hit.curie, hit.label, hit.iri) for hit in sorted(labels, key=lambda hit: hit.curie))

    def own_term(self, text: str, prefixes: Collection[str]) -> Term | None:
        """Return the one term of some ontologies that a text names, or None when there is none or more than one."""
        terms = self.own_terms(text, prefixes)
        return terms[0] if len(terms) == 1 else None

    def _read(self, curie: str) -> tuple[str, ...]:
        return tuple(name for name, _ in self.index.names(curie) if name)

    def _alike(self, name: str, text: str) -> bool:
        one, other = squash(name), squash(text)
        if not one or not other:
            return False
        if min(len(one), len(other)) >= _INSIDE and (one in other or other in one):
            return True
        stems, others = self._words.stems(name), self._words.stems(text)
        if self._telling(stems) & self._telling(others):
            return True
        if _initials(stems) == other or _initials(others) == one:
            return True
        return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE

    def _telling(self, stems: tuple[str, ...]) -> set[str]:
        """Return the words that say something, adjectives as their nouns."""
        nouns = {self._words.adjectives.get(stem, stem) for stem in stems}
        return {stem for stem in nouns - self._words.empty - _EVERYWHERE if len(stem) >= _SHORT and not stem.isdigit()}


def _initials(stems: tuple[str, ...]) -> str:
    return "".join(stem[0] for stem in stems) if len(stems) > 1 else ""
