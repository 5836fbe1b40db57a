"""Ontologies and classes as v2 of OLS4 writes them: one value as it is, several as a list, none not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kg.api.tasks.ols.asked import Desk
from kg.api.tasks.ols.facts import HAS_PART_IRI, IN_OWL, PART_OF_IRI, PROPERTIES, SUBCLASS_IRI, registered, title
from kg.terms.browse import Card, Shelf
from kg.terms.browse.card import Entity
from kg.terms.layout import IS_A, PART_OF

Json = dict[str, Any]
_OWL = "http://www.w3.org/2002/07/owl#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_DEFINITION = "http://purl.obolibrary.org/obo/IAO_0000115"
_REPLACED_BY = "http://purl.obolibrary.org/obo/IAO_0100001"
_COUNTED = 10_000
_PART_OF: Json = {"curie": "BFO:0000050", "label": "part of", "type": ["entity", "objectProperty", "property"]}


def ontology(desk: Desk, shelf: Shelf) -> Json:
    """Return an ontology; ``loaded`` is when the index last changed."""
    about, count = shelf.about, str(desk.browser.size(shelf))
    entry = registered(shelf)
    return {
        "ontologyId": shelf.id,
        "iri": desk.ontology_iri(shelf),
        "title": title(shelf),
        "label": title(shelf),
        "preferredPrefix": shelf.prefix,
        "ontology_purl": about.source,
        _OWL + "versionInfo": about.version,
        "fileHash": about.checksum,
        "loaded": desk.changed,
        "language": "en",
        "type": ["ontology"],
        "isObsolete": False,
        "imported": False,
        "hierarchical_property": [PART_OF_IRI],
        "numberOfClasses": count,
        "numberOfEntities": count,
        "numberOfProperties": "0",
        "numberOfIndividuals": "0",
        "numDescendants": 0.0,
        "numHierarchicalDescendants": 0.0,
        "linkedEntities": {PART_OF_IRI: _PART_OF},
        "searchableAnnotationValues": [False],
        **({"license": {"label": about.licence}} if about.licence else {}),
        **({"homepage": entry.homepage, "base_uri": [entry.namespace]} if entry else {}),
    }


def entity_class(desk: Desk, shelf: Shelf, entity: Entity) -> Json:
    """Return a class; its descendants are counted as long as there are no more than 10,000."""
    browser = desk.browser
    card = browser.card(shelf, entity)
    parents, wholes = list(browser.entities(shelf, card.parents)), list(browser.entities(shelf, card.wholes))
    direct = list(browser.entities(shelf, browser.all_above(shelf, entity.concept)))
    hierarchical = list(browser.entities(shelf, browser.all_above(shelf, entity.concept, PART_OF)))
    optional = {
        "synonym": _one(dict.fromkeys(text for text, _ in card.synonyms)),
        "definition": card.definition,
        "definitionProperty": _DEFINITION if card.definition else "",
        _DEFINITION: card.definition,
        "directParent": _one(one.iri for one in parents),
        "directAncestor": _one(one.iri for one in direct),
        "hierarchicalParent": _one([*(one.iri for one in parents), *(_part_of_axiom(one) for one in wholes)]),
        "hierarchicalAncestor": _one(one.iri for one in hierarchical),
        "hierarchicalProperty": SUBCLASS_IRI if parents or wholes else "",
        SUBCLASS_IRI: _one([*(one.iri for one in parents), *(_restriction(one) for one in wholes)]),
        "relatedTo": _one(
            {**_restriction(one), "property": PART_OF_IRI, "type": ["related"], "value": one.iri} for one in wholes
        ),
        IN_OWL + "hasDbXref": _one(card.xrefs),
        _REPLACED_BY: _one(card.replaced_by),
        **_synonyms(card),
    }
    return {
        "iri": entity.iri,
        "curie": entity.obo_id,
        "shortForm": entity.short,
        "label": entity.label,
        _LABEL: entity.label,
        "type": ["class", "entity"],
        "ontologyId": shelf.id,
        "ontologyIri": desk.ontology_iri(shelf),
        "ontologyPreferredPrefix": shelf.prefix,
        "isDefiningOntology": entity.defining,
        "imported": not entity.defining,
        "isObsolete": entity.obsolete,
        "isPreferredRoot": False,
        "hasDirectParents": bool(parents),
        "hasHierarchicalParents": bool(parents or wholes),
        "hasDirectChildren": card.has_children,
        "hasHierarchicalChildren": card.has_children or card.has_parts,
        "appearsIn": [other.id for other in browser.shelves_with(entity.concept)],
        "searchableAnnotationValues": False,
        **_counts(desk, shelf, entity, card),
        **{name: value for name, value in optional.items() if value},
        "linkedEntities": _linked(desk, {one.iri: one for one in (*direct, *hierarchical)}, with_parts=bool(wholes)),
    }


def _counts(desk: Desk, shelf: Shelf, entity: Entity, card: Card) -> dict[str, float]:
    """Return how many terms are below, of those that are few enough to be counted."""
    counts: dict[str, float] = {}
    below_by = {"numDescendants": IS_A, "numHierarchicalDescendants": PART_OF}
    for name, relation in below_by.items():
        has_any = card.has_children or (relation == PART_OF and card.has_parts)
        found = desk.browser.all_below(shelf, (entity.concept,), relation, most=_COUNTED + 1) if has_any else []
        if len(found) <= _COUNTED:
            counts[name] = float(len(found))
    return counts


def _synonyms(card: Card) -> Json:
    """Return the synonyms by the property that says their scope."""
    by_property: dict[str, list[str]] = {}
    for text, scope in card.synonyms:
        by_property.setdefault(IN_OWL + PROPERTIES[scope], []).append(text)
    return {**{name: _one(texts) for name, texts in by_property.items()}, "synonymProperty": _one(by_property)}


def _restriction(whole: Entity) -> Json:
    return {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": _OWL + "Restriction",
        _OWL + "onProperty": PART_OF_IRI,
        _OWL + "someValuesFrom": whole.iri,
        "isObsolete": False,
    }


def _part_of_axiom(whole: Entity) -> Json:
    axiom = {"childRelationToParent": PART_OF_IRI, "parentRelationToChild": HAS_PART_IRI}
    return {"type": ["reification"], "value": whole.iri, "axioms": [axiom]}


def _linked(desk: Desk, entities: dict[str, Entity], *, with_parts: bool) -> Json:
    """Return what is said in short about the terms that are named."""
    linked: Json = {}
    for iri, entity in entities.items():
        shelves = desk.browser.shelves_with(entity.concept)
        defined = [shelf.id for shelf in shelves if shelf.defines(entity.curie)]
        linked[iri] = {
            "curie": entity.obo_id,
            "label": entity.label,
            "type": ["class", "entity"],
            "hasLocalDefinition": True,
            "numAppearsIn": float(len(shelves)),
            **({"definedBy": defined} if defined else {}),
        }
    return linked | ({PART_OF_IRI: _PART_OF} if with_parts else {})


def _one(values: Iterable[Any]) -> Any:  # noqa: ANN401 - one value or several, of any kind
    found: Sequence[Any] = list(values)
    return found[0] if len(found) == 1 else found
