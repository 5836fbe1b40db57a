"""Likeness: names that are spelt otherwise than a text, or that merely look like it, read from the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.terms.entries import Hit
from kg.terms.files.facts import iri_of
from kg.terms.grams import Grams
from kg.terms.layout import NAMES, PRIMARY, SCOPES
from kg.terms.refile import loose_hash

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

    from kg.terms.entries import Ontology
    from kg.terms.words import Words

_OF_BEST = 0.4
_NAMES_OF = f"""
SELECT coalesce(n.text, n.key), n.scope, t.role, n.ontology FROM name n
JOIN term t ON t.concept = n.concept AND t.ontology = n.ontology WHERE n.concept = ? AND t.role & {NAMES} ORDER BY n.scope
"""  # noqa: S608 - numbers of our own
_TERM = f"""
SELECT c.curie, t.label, t.iri, t.obsolete FROM concept c
JOIN term t ON t.concept = c.id AND t.role & {PRIMARY} WHERE c.id = ?
"""  # noqa: S608 - numbers of our own


class Likeness:
    """Finds terms by loose keys and by grams."""

    def __init__(self, connection: sqlite3.Connection, ontologies: Mapping[int, Ontology], words: Words) -> None:
        """Take a connection to an open index, its ontology files by number, and the rules of words."""
        self._connection, self._words = connection, words
        self._grams = Grams(connection)
        self._versions = {number: f"{o.title} {o.version}" for number, o in ontologies.items()}
        self._files: dict[str, set[int]] = {}
        for number, ontology in ontologies.items():
            for prefix in ontology.prefixes.split():
                self._files.setdefault(prefix, set()).add(number)

    def loosely(self, loose: str) -> list[Hit]:
        """Return the terms that have a name with this loose key, once each with the best scope; in no particular order."""
        if not loose:
            return []
        found = self._connection.execute("SELECT DISTINCT concept FROM loose WHERE hash = ?", (loose_hash(loose),)).fetchall()
        hits = []
        for (concept,) in found:
            # Two keys can share a hash, and a file may have a name whose role has gone to another: only equal keys count.
            hits += [hit for hit in self._names(concept) if self._words.loose(hit.text) == loose][:1]
        return hits

    def near(self, stems: Sequence[str], prefixes: Collection[str], limit: int) -> list[Hit]:
        """Return all names of the terms that have a name like a text, the terms most like it first."""
        files = set().union(*(self._files.get(prefix, set()) for prefix in prefixes))
        hits: list[Hit] = []
        terms = 0
        found = self._grams.similar(stems, files, limit)
        for near in found:
            if near.score < _OF_BEST * found[0].score:
                break
            names = self._names(near.concept)
            if names and names[0].curie.partition(":")[0] in prefixes:
                hits += names
                terms += 1
                if terms == limit:
                    break
        return hits

    def _names(self, concept: int) -> list[Hit]:
        """Return the names of a term, best scope first; another file's label is a synonym unless the term has it today."""
        row = self._connection.execute(_TERM, (concept,)).fetchone()
        if row is None:
            return []
        curie, label, iri, obsolete = row
        hits = []
        for text, scope, role, ontology in self._connection.execute(_NAMES_OF, (concept,)):
            said = SCOPES[1] if scope == 0 and not role & PRIMARY and text != label else SCOPES[scope]
            hits.append(Hit(curie, label, iri or iri_of(curie), said, text, bool(obsolete), self._versions[ontology]))
        return hits
