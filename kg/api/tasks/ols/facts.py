"""What both versions say about ontologies and terms: names of scopes and relations, titles, cross-references."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from kg.curie import expand
from kg.term import Scope
from kg.terms import OntologyEntry, load_registry
from kg.terms.browse import Browser, Shelf
from kg.terms.layout import IS_A, PART_OF

PART_OF_IRI = "http://purl.obolibrary.org/obo/BFO_0000050"
HAS_PART_IRI = "http://purl.obolibrary.org/obo/BFO_0000051"
SUBCLASS_IRI = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
PROPERTIES: Mapping[Scope, str] = MappingProxyType(
    {
        "label": "hasExactSynonym",
        "exact": "hasExactSynonym",
        "narrow": "hasNarrowSynonym",
        "broad": "hasBroadSynonym",
        "related": "hasRelatedSynonym",
    }
)
"""Scope of a synonym to the name of its property in oboInOwl."""

Relative = Callable[[Browser, Shelf, int], Sequence[int]]


def _children(browser: Browser, shelf: Shelf, concept: int) -> Sequence[int]:
    return browser.below(shelf, concept)


def _direct_below(browser: Browser, shelf: Shelf, concept: int) -> Sequence[int]:
    return sorted({*browser.below(shelf, concept), *browser.below(shelf, concept, PART_OF)})


RELATIVES: Mapping[str, Relative] = MappingProxyType(
    {
        "parents": lambda browser, shelf, concept: browser.above(shelf, concept),
        "children": _children,
        "ancestors": lambda browser, shelf, concept: browser.all_above(shelf, concept),
        "descendants": lambda browser, shelf, concept: browser.all_below(shelf, (concept,), IS_A),
        "hierarchicalParents": lambda browser, shelf, concept: browser.above(shelf, concept, PART_OF),
        "hierarchicalChildren": _direct_below,
        "hierarchicalAncestors": lambda browser, shelf, concept: browser.all_above(shelf, concept, PART_OF),
        "hierarchicalDescendants": lambda browser, shelf, concept: browser.all_below(shelf, (concept,), PART_OF),
    }
)
"""Name of a relation in addresses to what finds the terms; ``hierarchical`` ones follow ``part_of`` too."""


def title(shelf: Shelf) -> str:
    """Return the name of an ontology for people: of the registry for one that it knows, else the name of the file."""
    entry = registered(shelf)
    return entry.name if entry else shelf.about.name


def registered(shelf: Shelf) -> OntologyEntry | None:
    """Return the entry of the registry for an ontology; None for a part of one, and for one that it does not know."""
    return _registry().get(shelf.about.name) if shelf.about.name == shelf.prefix else None


@cache
def _registry() -> Mapping[str, OntologyEntry]:
    return load_registry()


def cross_reference(xref: str) -> dict[str, str | None]:
    """Return a cross-reference in its parts.

    >>> cross_reference("CL:0000540")["url"], cross_reference("Wikipedia:Neuron")["database"]
    ('http://purl.obolibrary.org/obo/CL_0000540', 'Wikipedia')
    """
    if xref.startswith(("http://", "https://")):
        return {"database": None, "id": xref, "description": None, "url": xref}
    database, colon, identifier = xref.partition(":")
    known = expand(xref) if colon else None
    return {"database": database if colon else None, "id": identifier or database, "description": None, "url": known}
