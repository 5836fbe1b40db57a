"""Browser: the term index ontology by ontology - what each holds, what it says about a term, and how its terms hang together.

Where several files hold a term, each ontology answers with its own words, as a terminology server does; the index as a whole
(``kg.terms.index``) settles instead on one label and one hierarchy per term.
"""

from __future__ import annotations

import sqlite3
from array import array
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

from kg.errors import TermError
from kg.terms.browse.card import Card, Entity, short_form
from kg.terms.browse.shelf import Shelf, marks, shelves_of
from kg.terms.build import connect
from kg.terms.entries import Ontology
from kg.terms.files.facts import curie_of, iri_of
from kg.terms.layout import IS_A, PART_OF, REPLACED_BY, SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_CACHE_KIB = 16_384
_KEPT_ONTOLOGIES = 16
_IRIS = ("http", "httq")  # CURIEs that are IRIs stand between these two


class Browser:
    """An open index to browse; close it, or use it in a ``with`` statement.

    Attributes:
        shelves: its ontologies, by id.
        connection: to the index, for what reads other tables of it.
        overlays: numbers of the files that only give synonyms to terms of other files.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection to an index of the present layout; use ``open`` instead."""
        self.connection = connection
        rows = self.ask(f"SELECT id, {', '.join(Ontology.__slots__)} FROM ontology ORDER BY id")  # noqa: S608 - own names
        files = {number: replace(Ontology(*values), embedded=bool(values[-1])) for number, *values in rows}
        self.shelves = shelves_of(files)
        self.overlays = tuple(number for number, file in files.items() if not file.prefix)
        self._by_id = {shelf.id: shelf for shelf in self.shelves}
        self._by_file = {number: shelf for shelf in self.shelves for number in shelf.files}
        self._prefixes = sorted({prefix for file in files.values() for prefix in file.prefixes.split()})
        self.members = lru_cache(maxsize=_KEPT_ONTOLOGIES)(self._members)
        self.size = lru_cache(maxsize=None)(self._size)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an index read-only; raises TermError when it is absent, damaged or of another layout."""
        if not path.is_file():
            raise TermError(str(path), "there is no term index; `kg terms add FILE` makes one")
        connection = connect(path, read_only=True)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return cls(connection)

    def __enter__(self) -> Self:
        """Return the browser itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def ask(self, question: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows of a question in SQL; raises TermError when the index cannot be read."""
        try:
            return self.connection.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise TermError("the term index", f"cannot be read: {error}; please delete it and build it again") from error

    # ------------------------------------------------------------------------------------------------------- what is held

    def shelf(self, name: str) -> Shelf | None:
        """Return the ontology with an id, however it is capitalised, or None."""
        return self._by_id.get(name.lower())

    def shelves_with(self, concept: int) -> tuple[Shelf, ...]:
        """Return the ontologies that hold a term: the one that defines it first, the others by id."""
        curie = self.curie(concept)
        rows = self.ask("SELECT ontology FROM term WHERE concept = ?", (concept,))
        found = {self._by_file[file] for (file,) in rows if file in self._by_file}
        return tuple(sorted(found, key=lambda shelf: (not shelf.defines(curie), shelf.id)))

    def _members(self, shelf: Shelf, obsolete: bool | None = None) -> Sequence[int]:
        """Return the numbers of all terms that an ontology holds, ascending: obsolete ones, others, or (None) both."""
        ranks = {file: rank for rank, file in enumerate(shelf.files)}
        rows = self.connection.execute(
            "SELECT concept, ontology, label = '', obsolete FROM term"  # noqa: S608 - marks only
            f" WHERE ontology IN ({marks(shelf.files)}) ORDER BY concept",
            shelf.files,
        )
        found = array("q")
        for concept, said in groupby(rows, key=itemgetter(0)):
            # As for the label, the first file that has one says it.
            state = min(said, key=lambda row: (row[2], ranks[row[1]]))[3]
            if obsolete is None or bool(state) == obsolete:
                found.append(concept)
        return found

    def listed(
        self, shelves: Iterable[Shelf], first: int, count: int, *, obsolete: bool | None = None
    ) -> tuple[int, list[tuple[Shelf, int]]]:
        """Return how many terms ontologies hold together, and a part of the list of them, one ontology after the other.

        Args:
            shelves: the ontologies.
            first: place of the first term of the part, from 0.
            count: most terms of the part.
            obsolete: only obsolete ones (True), only others (False) or both.
        """
        part: list[tuple[Shelf, int]] = []
        total = 0
        for shelf in shelves:
            start = max(0, first - total)
            if (size := self.size(shelf) if obsolete is None else len(self.members(shelf, obsolete))) > start:
                wanted = count - len(part)
                part += (
                    ((shelf, concept) for concept in self.members(shelf, obsolete)[start : start + wanted]) if wanted else ()
                )
            total += size
        return total, part

    def _size(self, shelf: Shelf) -> int:
        """Return how many terms an ontology holds."""
        return shelf.about.terms if len(shelf.files) == 1 else len(self.members(shelf))

    def find(self, identifier: str) -> tuple[int, ...]:
        """Return the numbers of the terms that an IRI, a CURIE or a short form names; mostly one or none."""
        wanted = identifier.strip()
        if not wanted:
            return ()
        guesses = self._guesses(wanted)
        found = self.ask(f"SELECT id FROM concept WHERE curie IN ({marks(guesses)})", guesses)  # noqa: S608 - marks only
        if not found and "://" in wanted:
            found = self.ask("SELECT DISTINCT concept FROM term WHERE iri = ?", (wanted,))
        elif not found and ":" not in wanted:
            found = [
                (number,)
                for number, iri in self.ask("SELECT id, curie FROM concept WHERE curie >= ? AND curie < ?", _IRIS)
                if short_form(iri) == wanted
            ]
        return tuple(number for (number,) in found)

    def _guesses(self, wanted: str) -> list[str]:
        """Return the CURIEs that an identifier can stand for."""
        if "://" in wanted:
            return [curie_of(wanted)]
        curie = wanted if ":" in wanted else wanted.replace("_", ":", 1)
        prefix, _, local = curie.partition(":")
        spelt = [f"{known}:{local}" for known in self._prefixes if known.lower() == prefix.lower()]
        return [curie, *spelt, *(() if ":" in wanted else (f"{known}:{wanted}" for known in self._prefixes))]

    def held(self, shelf: Shelf, identifier: str) -> Entity | None:
        """Return the term of an ontology that an IRI, a CURIE or a short form names, or None."""
        entities = (self.entity(shelf, concept) for concept in self.find(identifier))
        return next((entity for entity in entities if entity), None)

    # -------------------------------------------------------------------------------------------------- what is said of one

    def curie(self, concept: int) -> str:
        """Return the CURIE of a term by its number."""
        return str(self.ask("SELECT curie FROM concept WHERE id = ?", (concept,))[0][0])

    def entity(self, shelf: Shelf, concept: int) -> Entity | None:
        """Return a term by its names, as an ontology has it; None when it does not hold it."""
        rows = self.ask(
            "SELECT c.curie, t.label, t.iri, t.obsolete, t.ontology FROM term t JOIN concept c ON c.id = t.concept"  # noqa: S608 - marks only
            f" WHERE t.concept = ? AND t.ontology IN ({marks(shelf.files)})",
            (concept, *shelf.files),
        )
        if not rows:
            return None
        curie, label, iri, obsolete, _ = min(rows, key=lambda row: (not row[1], shelf.files.index(row[4])))
        iri = iri or iri_of(curie)
        return Entity(concept, curie, iri, label or short_form(iri), bool(obsolete), shelf.defines(curie))

    def entities(self, shelf: Shelf, concepts: Iterable[int]) -> Iterator[Entity]:
        """Yield terms by their names, in the order given; those that the ontology does not hold are left out."""
        return (entity for concept in concepts if (entity := self.entity(shelf, concept)))

    def card(self, shelf: Shelf, entity: Entity) -> Card:
        """Return all that an ontology says about a term of its own or an imported one."""
        concept, places = entity.concept, marks(shelf.files)
        values = (concept, *shelf.files)
        definitions = self.ask(f"SELECT ontology, text FROM definition WHERE concept = ? AND ontology IN ({places})", values)  # noqa: S608 - marks only
        xrefs = self.ask(f"SELECT DISTINCT xref FROM xref WHERE concept = ? AND ontology IN ({places}) ORDER BY 1", values)  # noqa: S608 - marks only
        successors = self.ask(
            "SELECT DISTINCT c.curie FROM successor s JOIN concept c ON c.id = s.target"  # noqa: S608 - marks only
            f" WHERE s.concept = ? AND s.ontology IN ({places}) AND s.kind = {REPLACED_BY} ORDER BY 1",
            values,
        )
        above = self._edges(shelf, concept)
        below = {relation for relation in (IS_A, PART_OF) if self.below(shelf, concept, relation, most=1)}
        best = min(definitions, key=lambda row: shelf.files.index(row[0]), default=(0, ""))
        return Card(
            entity,
            tuple((text, SCOPES[scope]) for text, scope in self.names(shelf, entity) if text != entity.label),
            best[1],
            tuple(xref for (xref,) in xrefs),
            tuple(iri_of(curie) for (curie,) in successors),
            tuple(parent for parent, relation in above if relation == IS_A),
            tuple(parent for parent, relation in above if relation == PART_OF),
            IS_A in below,
            PART_OF in below,
        )

    def names(self, shelf: Shelf, entity: Entity) -> list[tuple[str, int]]:
        """Return the names of a term with the codes of their scopes; those that kg adds count where it is defined."""
        files = (*shelf.files, *self.overlays) if entity.defining else shelf.files
        rows = self.ask(
            "SELECT coalesce(text, key), min(CASE WHEN scope = 0 THEN 1 ELSE scope END) FROM name"  # noqa: S608 - marks only
            f" WHERE concept = ? AND ontology IN ({marks(files)}) GROUP BY 1 ORDER BY 2, 1",
            (entity.concept, *files),
        )
        return [(str(text), int(scope)) for text, scope in rows]

    # ---------------------------------------------------------------------------------------------------------- up and down

    def roots(self, shelf: Shelf, *, obsolete: bool = False) -> list[int]:
        """Return the terms of an ontology with nothing above them by ``is_a``; obsolete ones only where asked for."""
        places = marks(shelf.files)
        state = "" if obsolete else "AND NOT t.obsolete "
        rows = self.ask(
            f"SELECT DISTINCT t.concept FROM term t WHERE t.ontology IN ({places}) {state}AND NOT EXISTS ("  # noqa: S608 - own words
            f"SELECT 1 FROM parent p WHERE p.child = t.concept AND p.relation = {IS_A} AND p.ontology IN ({places}))"
            " ORDER BY 1",
            (*shelf.files, *shelf.files),
        )
        return [concept for (concept,) in rows]

    def above(self, shelf: Shelf, concept: int, relation: int = IS_A) -> list[int]:
        """Return the terms directly above a term: by ``is_a``, or (``PART_OF``) by either relation."""
        return list(dict.fromkeys(parent for parent, found in self._edges(shelf, concept) if found <= relation))

    def all_above(self, shelf: Shelf, concept: int, relation: int = IS_A) -> list[int]:
        """Return all terms above a term, nearest first, itself not among them."""
        found = {concept: None}
        layer = [concept]
        while layer:
            layer = [above for below in layer for above in self.above(shelf, below, relation) if above not in found]
            found.update(dict.fromkeys(layer))
        del found[concept]
        return list(found)

    def below(self, shelf: Shelf, concept: int, relation: int = IS_A, most: int = -1) -> list[int]:
        """Return the terms directly below a term by one relation, ascending; at most ``most`` where that is not negative."""
        rows = self.ask(
            f"SELECT DISTINCT p.child FROM parent p WHERE p.parent = ? AND p.relation = ? AND {shelf.believed}"  # noqa: S608 - own words
            " ORDER BY 1 LIMIT ?",
            (concept, relation, most),
        )
        return [child for (child,) in rows]

    def all_below(self, shelf: Shelf, concepts: Iterable[int], relation: int = IS_A, most: int = -1) -> list[int]:
        """Return all terms below any of some terms, ascending, those themselves not among them.

        Args:
            shelf: the ontology.
            concepts: where to start.
            relation: ``IS_A``, or ``PART_OF`` for both relations.
            most: how many are looked for at most; all where it is negative.
        """
        starts = set(concepts)
        if not starts:
            return []
        values = ",".join(f"({int(start)})" for start in starts)
        rows = self.ask(
            f"WITH RECURSIVE found(concept) AS (VALUES {values} UNION SELECT p.child FROM found f JOIN parent p"  # noqa: S608 - numbers
            f" ON p.parent = f.concept AND p.relation <= ? WHERE {shelf.believed} LIMIT ?)"
            " SELECT concept FROM found ORDER BY 1",
            (relation, most if most < 0 else most + len(starts)),
        )
        return [concept for (concept,) in rows if concept not in starts]

    def _edges(self, shelf: Shelf, concept: int) -> list[tuple[int, int]]:
        """Return what stands directly above a term in an ontology, with the relation; ``is_a`` first."""
        rows = self.ask(
            f"SELECT DISTINCT p.parent, p.relation FROM parent p WHERE p.child = ? AND {shelf.believed} AND EXISTS ("  # noqa: S608 - own words
            f"SELECT 1 FROM term t WHERE t.concept = p.parent AND t.ontology IN ({marks(shelf.files)})) ORDER BY 2, 1",
            (concept, *shelf.files),
        )
        return [(int(parent), int(relation)) for parent, relation in rows]
