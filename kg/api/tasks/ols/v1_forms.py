"""Ontologies and terms as v1 of OLS4 writes them; what the index does not hold is empty or null."""

from __future__ import annotations

from typing import Any

from kg.api.tasks.ols.asked import Desk, twice
from kg.api.tasks.ols.facts import PART_OF_IRI, PROPERTIES, cross_reference, registered, title
from kg.terms.browse import Card, Shelf
from kg.terms.browse.card import Entity

_ABOVE = ("parents", "ancestors", "hierarchicalParents", "hierarchicalAncestors", "jstree")
_BELOW = ("children", "descendants", "hierarchicalChildren", "hierarchicalDescendants")


def ontology(desk: Desk, shelf: Shelf) -> dict[str, Any]:
    """Return an ontology; ``loaded`` is when the index last changed, for it does not keep when each file came."""
    about, address = shelf.about, desk.ontology_address(shelf)
    entry = registered(shelf)
    return {
        "ontologyId": shelf.id,
        "loaded": desk.changed,
        "updated": desk.changed,
        "status": "LOADED",
        "message": "",
        "version": about.version,
        "fileHash": about.checksum,
        "loadAttempts": 0,
        "numberOfTerms": desk.browser.size(shelf),
        "numberOfProperties": 0,
        "numberOfIndividuals": 0,
        "config": {
            "id": shelf.id,
            "versionIri": None,
            "namespace": shelf.id,
            "preferredPrefix": shelf.prefix,
            "title": title(shelf),
            "description": None,
            "homepage": entry.homepage if entry else None,
            "version": about.version,
            "mailingList": None,
            "tracker": None,
            "logo": None,
            "creators": [],
            "annotations": {"license": [about.licence]} if about.licence else {},
            "fileLocation": about.source,
            "oboSlims": False,
            "labelProperty": "http://www.w3.org/2000/01/rdf-schema#label",
            "definitionProperties": [],
            "synonymProperties": [],
            "hierarchicalProperties": [PART_OF_IRI],
            "hiddenProperties": [],
            "preferredRootTerms": [],
            "baseUris": [entry.namespace] if entry else [],
            "isSkos": False,
            "allowDownload": False,
        },
        "baseUris": [entry.namespace] if entry else [],
        "languages": ["en"],
        "lang": "en",
        "_links": {
            "self": {"href": f"{address}?lang=en"},
            **{kind: {"href": f"{address}/{kind}"} for kind in ("terms", "properties", "individuals")},
        },
    }


def term(desk: Desk, shelf: Shelf, entity: Entity) -> dict[str, Any]:
    """Return a term as an ontology has it."""
    card = desk.browser.card(shelf, entity)
    return {
        "iri": entity.iri,
        "lang": "en",
        "description": [card.definition] if card.definition else [],
        "synonyms": list(dict.fromkeys(text for text, _ in card.synonyms)),
        "annotation": {"has_dbxref": list(card.xrefs)} if card.xrefs else {},
        "label": entity.label,
        "ontology_name": shelf.id,
        "ontology_prefix": shelf.prefix,
        "ontology_iri": desk.ontology_iri(shelf),
        "is_obsolete": entity.obsolete,
        "term_replaced_by": next(iter(card.replaced_by), None),
        "is_defining_ontology": entity.defining,
        "has_children": card.has_children or card.has_parts,
        "is_root": not card.parents and not card.wholes,
        "short_form": entity.short,
        "obo_id": entity.obo_id,
        "in_subset": None,
        "obo_definition_citation": None,
        "obo_xref": [cross_reference(xref) for xref in card.xrefs] or None,
        "obo_synonym": [{"name": text, "scope": PROPERTIES[scope], "type": None, "xrefs": []} for text, scope in card.synonyms]
        or None,
        "is_preferred_root": False,
        "_links": _links(desk, shelf, card),
    }


def _links(desk: Desk, shelf: Shelf, card: Card) -> dict[str, dict[str, str]]:
    address = f"{desk.ontology_address(shelf)}/terms/{twice(card.entity.iri)}"
    rels = [
        *(_ABOVE if card.parents or card.wholes else ()),
        *(_BELOW if card.has_children or card.has_parts else ()),
        "graph",
    ]
    links = {"self": f"{address}?lang=en", **{rel: f"{address}/{rel}" for rel in rels}}
    if card.wholes:
        links["part_of"] = f"{address}/{twice(PART_OF_IRI)}"
    return {rel: {"href": href} for rel, href in links.items()}
