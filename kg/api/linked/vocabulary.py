"""The words of the graph: what the schema calls classes and properties, and the ontology that is generated from it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

import pyoxigraph as ox

from kg.curie import KG, PREFIXES, compress, spelt
from kg.paths import data_dir
from kg.schema import load_schema

_ONTOLOGY = "bioimage-kg.owl.ttl"
_REMEMBERED = 8192


def ontology(path: str) -> ox.Store:
    """Return the generated ontology, loaded from a file, in a graph of its own."""
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(KG + "bioimage-kg"))
    return store


def ontology_path() -> str:
    """Return where the generated ontology lies."""
    return str(data_dir("ontologies") / "generated" / _ONTOLOGY)


class Words:
    """Names for people of classes and properties."""

    def __init__(self) -> None:
        """Read them from the schema."""
        schema = load_schema()
        self._classes = {class_.iri: class_.name for class_ in schema.classes.values()}
        self._slots = {(c.iri, slot.iri): slot.name for c in schema.classes.values() for slot in c.slots.values()}
        self._of_decisions = {slot.iri: name for name, slot in schema.class_("Decision").slots.items()}
        self._any = {slot.iri: slot.name for c in reversed(list(schema.classes.values())) for slot in c.slots.values()}

    def class_(self, iri: str) -> str:
        """Return the name of a class; its shortened IRI when the schema has none."""
        return self._classes.get(iri) or shortened(iri)

    def slot(self, predicate: str, types: Iterable[str]) -> str:
        """Return the name of a property of things of these types; its shortened IRI when the schema has none."""
        fitting = (self._slots.get((one, predicate)) for one in types)
        return next(filter(None, fitting), None) or self._any.get(predicate) or shortened(predicate)

    def decision_slot(self, predicate: str) -> str | None:
        """Return the name of a property of Decisions, or None."""
        return self._of_decisions.get(predicate)


@lru_cache(_REMEMBERED)
def curie_of(iri: str) -> str:
    """Return the CURIE of a term as its ontology writes it; empty for what is no term.

    >>> curie_of("http://purl.obolibrary.org/obo/FBbi_00000251"), curie_of("http://schema.org/name")
    ('FBbi:00000251', '')
    """
    return spelt(compress(iri) or "")


@cache
def words() -> Words:
    """Return the words of the packaged schema, read once."""
    return Words()


@lru_cache(_REMEMBERED)
def shortened(iri: str) -> str:
    """Return an IRI with the prefix of a term or of a namespace, or as it is.

    >>> shortened("http://purl.obolibrary.org/obo/FBbi_00000251"), shortened("http://schema.org/name")
    ('FBbi:00000251', 'schema:name')
    """
    fitting = [(len(space), prefix) for prefix, space in PREFIXES.items() if iri.startswith(space) and iri != space]
    length, prefix = max(fitting, default=(0, ""))
    return compress(iri) or (f"{prefix}:{iri[length:]}" if prefix else iri)
