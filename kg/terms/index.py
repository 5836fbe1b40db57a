"""The term index: what all loaded ontologies say about names, identifiers and hierarchy, read from one SQLite file.

It answers questions and never writes; building is elsewhere.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from kg.errors import TermError
from kg.term import Term
from kg.terms.entries import Entry, Hit, Ontology
from kg.terms.files.facts import iri_of
from kg.terms.layout import IS_A, NAMES, PARENTS, PART_OF, PRIMARY, SCOPES, check_format
from kg.terms.likeness import Likeness
from kg.terms.words import load_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from kg.term import Scope

_CACHE_KIB = 16_384
_KEPT_PARENTS = 65_536

_LOOKUP = f"""
SELECT c.curie, n.scope, coalesce(n.text, n.key), t.role, t.label, t.iri, t.obsolete, t.ontology, t.concept
FROM name n JOIN term t ON t.concept = n.concept AND t.ontology = n.ontology JOIN concept c ON c.id = n.concept
WHERE n.key = ? AND t.role & {NAMES}
"""  # noqa: S608 - numbers of our own
_ENTRY = f"""
SELECT t.concept, c.curie, t.label, t.iri, t.obsolete, t.ontology FROM concept c
JOIN term t ON t.concept = c.id AND t.role & {PRIMARY} WHERE
"""  # noqa: S608 - numbers of our own
_PARENTS = f"""
SELECT p.parent, p.relation FROM parent p
JOIN term t ON t.concept = p.child AND t.ontology = p.ontology AND t.role & {PARENTS} WHERE p.child = ?
"""  # noqa: S608 - numbers of our own
_CHILDREN = f"""
SELECT p.child FROM parent p
JOIN term t ON t.concept = p.child AND t.ontology = p.ontology AND t.role & {PARENTS} WHERE p.parent = ? AND p.relation <= ?
"""  # noqa: S608 - numbers of our own


class TermIndex:
    """An open index; close it, or use it in a ``with`` statement."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection to an index of the present layout; use ``open`` instead."""
        self._connection = connection
        rows = self._ask(f"SELECT id, {', '.join(Ontology.__slots__)} FROM ontology ORDER BY name, embedded")  # noqa: S608 - own names
        self._ontologies = {number: replace(Ontology(*values), embedded=bool(values[-1])) for number, *values in rows}
        self._versions = {number: f"{o.title} {o.version}" for number, o in self._ontologies.items()}
        self._likeness = Likeness(connection, self._ontologies, load_words())
        self._parents = lru_cache(maxsize=_KEPT_PARENTS)(self._read_parents)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an index read-only; raises TermError when it is absent, damaged or of another layout."""
        if not path.is_file():
            raise TermError(str(path), "there is no term index; `kg terms add FILE` makes one")
        # A finished index never changes in place, so SQLite may leave out locks and look for no journal.
        connection = sqlite3.connect(path.resolve().as_uri() + "?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            check_format(connection, path)
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            return cls(connection)
        except TermError:
            connection.close()
            raise

    def __enter__(self) -> Self:
        """Return the index itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the index."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._parents.cache_clear()
        self._connection.close()

    def ontologies(self) -> tuple[Ontology, ...]:
        """Return what is loaded, by name."""
        return tuple(self._ontologies.values())

    def whole(self, prefix: str) -> str:
        """Return title and version of the release of an ontology that holds all its terms; empty when only parts are loaded."""
        return next((f"{o.title} {o.version}" for o in self.ontologies() if o.name == prefix and not o.embedded), "")

    def prefixes(self) -> frozenset[str]:
        """Return the prefixes of all terms held."""
        return frozenset(prefix for ontology in self._ontologies.values() for prefix in ontology.prefixes.split())

    def term(self, curie: str) -> Term | None:
        """Return a term, obsolete ones too, or None when no loaded file holds it."""
        entry = self.entry(curie)
        return entry.term if entry else None

    def entry(self, curie: str) -> Entry | None:
        """Return a term with its state, or None when no loaded file holds it."""
        rows = self._ask(_ENTRY + "c.curie = ?", (curie,))
        if not rows:
            return None
        _, found, label, iri, obsolete, ontology = rows[0]
        return Entry(Term(found, label, iri or iri_of(found)), bool(obsolete), self._versions[ontology])

    def lookup(self, key: str, ontologies: Collection[str] | None = None) -> list[Hit]:
        """Return the terms that have a name with this key, once each with their best scope; in no particular order.

        Args:
            key: as ``kg.terms.normalise.key`` gives it.
            ontologies: prefixes that the terms must have; all when None.
        """
        hits: dict[str, Hit] = {}
        for curie, scope, text, role, label, iri, obsolete, ontology, concept in self._ask(_LOOKUP, (key,)):
            if ontologies is not None and curie.partition(":")[0] not in ontologies:
                continue
            if role & PRIMARY:
                hit = Hit(curie, label, iri or iri_of(curie), SCOPES[scope], text, bool(obsolete), self._versions[ontology])
            else:
                hit = self._shared_hit(concept, scope, text, self._versions[ontology])
            known = hits.get(curie)
            if known is None or SCOPES.index(hit.scope) < SCOPES.index(known.scope):
                hits[curie] = hit
        return list(hits.values())

    def _shared_hit(self, concept: int, scope: int, text: str, giver: str) -> Hit:
        """Return a hit by a name that another file gives: its label is a synonym unless the term is called so today."""
        _, curie, label, iri, obsolete, _ = self._ask(_ENTRY + "t.concept = ?", (concept,))[0]
        said: Scope = "exact" if scope == 0 and text != label else SCOPES[scope]
        return Hit(curie, label, iri or iri_of(curie), said, text, bool(obsolete), giver)

    def loosely(self, loose: str) -> list[Hit]:
        """Return the terms that have a name with this loose key (``kg.terms.words.Words.loose``), once each."""
        return self._likeness.loosely(loose)

    def near(self, stems: Sequence[str], prefixes: Collection[str], limit: int = 40) -> list[Hit]:
        """Return all names of the terms that have a name like a text, the terms most like it first.

        Args:
            stems: words of the text, as ``kg.terms.words.Words.stems`` gives them.
            prefixes: ontologies that the terms must be of.
            limit: how many terms at most.
        """
        return self._likeness.near(stems, prefixes, limit)

    def same(self, curie: str) -> frozenset[str]:
        """Return the terms of other ontologies that loaded files call the same as this one, in either direction."""
        rows = self._ask(
            "SELECT t.curie FROM concept c JOIN same s ON s.concept = c.id JOIN concept t ON t.id = s.target"
            " WHERE c.curie = ?1 UNION SELECT t.curie FROM concept c JOIN same s ON s.target = c.id"
            " JOIN concept t ON t.id = s.concept WHERE c.curie = ?1",
            (curie,),
        )
        return frozenset(other for (other,) in rows)

    def has_name(self, curie: str, key: str) -> bool:
        """Say whether a term has a name, of any scope, with this key."""
        return any(hit.curie == curie for hit in self.lookup(key))

    def replaced_by(self, curie: str) -> tuple[str, ...]:
        """Return the terms that an obsolete or merged identifier was replaced by; empty when there are none."""
        return self._successors(curie, 0)

    def consider(self, curie: str) -> tuple[str, ...]:
        """Return the terms that the ontology proposes to look at instead of an obsolete one."""
        return self._successors(curie, 1)

    def ancestors(self, curie: str, *, part_of: bool = False) -> Mapping[str, int]:
        """Return the terms above a term with their least distance, itself not among them; empty for an unknown term.

        Args:
            curie: where to start.
            part_of: walk ``part_of`` as well as ``is_a``.
        """
        start = self._concept(curie)
        if start is None:
            return {}
        distances = {start: 0}
        layer, distance = [start], 0
        while layer:
            distance += 1
            above = {p for child in layer for p, relation in self._parents(child) if part_of or relation == IS_A}
            layer = [concept for concept in above if concept not in distances]
            distances.update(dict.fromkeys(layer, distance))
        del distances[start]
        return {self._curie(concept): distance for concept, distance in distances.items()}

    def descendants(self, curie: str, *, part_of: bool = False) -> frozenset[str]:
        """Return the terms below a term, itself not among them; empty for an unknown term."""
        start = self._concept(curie)
        if start is None:
            return frozenset()
        seen, waiting = {start}, [start]
        while waiting:
            for (child,) in self._ask(_CHILDREN, (waiting.pop(), PART_OF if part_of else IS_A)):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return frozenset(self._curie(concept) for concept in seen - {start})

    def count_below(self, curie: str, most: int) -> int:
        """Return how many terms lie below a term by ``is_a``; no more than ``most`` are counted."""
        start = self._concept(curie)
        seen, waiting = {start}, [start]
        while waiting and len(seen) <= most:
            below = (child for (child,) in self._ask(_CHILDREN, (waiting.pop(), IS_A)))
            new = [child for child in below if child not in seen]
            seen.update(new)
            waiting += new
        return min(len(seen) - 1, most)

    def parents(self, curie: str) -> tuple[str, ...]:
        """Return the direct superclasses of a term, by CURIE."""
        start = self._concept(curie)
        above = () if start is None else self._parents(start)
        return tuple(sorted(self._curie(concept) for concept, relation in above if relation == IS_A))

    def is_below(self, curie: str, roots: Collection[str]) -> bool:
        """Say whether a term is one of the roots or lies below one of them by ``is_a``."""
        wanted = {concept for root in roots if (concept := self._concept(root)) is not None}
        start = self._concept(curie)
        if curie in roots or start is None or not wanted:
            return curie in roots
        seen, waiting = {start}, [start]
        while waiting:
            for concept, relation in self._parents(waiting.pop()):
                if relation == IS_A and concept not in seen:
                    if concept in wanted:
                        return True
                    seen.add(concept)
                    waiting.append(concept)
        return False

    def names(self, curie: str) -> tuple[tuple[str, Scope], ...]:
        """Return all names of a term with their scopes, the label first."""
        entry = self.entry(curie)
        if entry is None:
            return ()
        rows = self._ask(
            "SELECT DISTINCT coalesce(n.text, n.key), CASE WHEN n.scope = 0 THEN 1 ELSE n.scope END FROM name n"
            " JOIN term t ON t.concept = n.concept AND t.ontology = n.ontology"
            " WHERE n.concept = ? AND t.role & ? ORDER BY 2, 1",
            (self._concept(curie), NAMES),
        )
        label = entry.term.label
        return ((label, "label"), *((text, SCOPES[scope]) for text, scope in rows if text != label))

    def definition(self, curie: str) -> str:
        """Return the definition of a term, or an empty text."""
        rows = self._ask(
            "SELECT d.text FROM definition d JOIN term t USING (concept, ontology)"
            " WHERE d.concept = ? ORDER BY t.role DESC LIMIT 1",
            (self._concept(curie),),
        )
        return str(rows[0][0]) if rows else ""

    def xrefs(self, curie: str) -> tuple[str, ...]:
        """Return the cross-references of a term, sorted."""
        rows = self._ask("SELECT DISTINCT xref FROM xref WHERE concept = ? ORDER BY 1", (self._concept(curie),))
        return tuple(xref for (xref,) in rows)

    def holds(self, curie: str) -> tuple[str, ...]:
        """Return the names and versions of the files that hold a term, the one that its label is from first."""
        rows = self._ask(
            "SELECT ontology FROM term WHERE concept = ? ORDER BY role & ? DESC, ontology", (self._concept(curie), PRIMARY)
        )
        return tuple(self._versions[ontology] for (ontology,) in rows)

    def _read_parents(self, concept: int) -> tuple[tuple[int, int], ...]:
        return tuple(self._ask(_PARENTS, (concept,)))

    def _successors(self, curie: str, kind: int) -> tuple[str, ...]:
        rows = self._ask(
            "SELECT DISTINCT t.curie FROM concept c JOIN successor s ON s.concept = c.id JOIN concept t ON t.id = s.target"
            " WHERE c.curie = ? AND s.kind = ? ORDER BY 1",
            (curie, kind),
        )
        return tuple(target for (target,) in rows)

    def _concept(self, curie: str) -> int | None:
        rows = self._ask("SELECT id FROM concept WHERE curie = ?", (curie,))
        return int(rows[0][0]) if rows else None

    def _curie(self, concept: int) -> str:
        return str(self._ask("SELECT curie FROM concept WHERE id = ?", (concept,))[0][0])

    def _ask(self, question: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise TermError("the term index", f"cannot be read: {error}; please delete it and build it again") from error
