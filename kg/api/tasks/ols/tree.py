"""A term in its surroundings: the graph of its neighbours, and the branches that lead to it as jstree shows them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from kg.api.tasks.ols.asked import Desk
from kg.api.tasks.ols.facts import PART_OF_IRI, SUBCLASS_IRI
from kg.errors import ServiceError
from kg.terms.browse import Shelf
from kg.terms.browse.card import Entity
from kg.terms.layout import IS_A, PART_OF

Json = dict[str, Any]
_MOST_NEIGHBOURS = 200
_MOST_PLACES = 5_000
_SAID = {IS_A: (SUBCLASS_IRI, "is a"), PART_OF: (PART_OF_IRI, "part of")}


def graph(desk: Desk, shelf: Shelf, entity: Entity) -> Json:
    """Return the terms directly above and below a term (200 at most), and how each is connected."""
    browser, concept = desk.browser, entity.concept
    nodes = {concept: entity}
    edges: list[Json] = []
    card = browser.card(shelf, entity)
    above = [(parent, concept, IS_A) for parent in card.parents] + [(whole, concept, PART_OF) for whole in card.wholes]
    below = [(concept, child, how) for how in _SAID for child in browser.below(shelf, concept, how, most=_MOST_NEIGHBOURS)]
    for upper, lower, how in (above + below)[:_MOST_NEIGHBOURS]:
        nodes.update((found.concept, found) for found in browser.entities(shelf, {upper, lower} - nodes.keys()))
        uri, label = _SAID[how]
        edges.append({"source": nodes[lower].iri, "target": nodes[upper].iri, "uri": uri, "label": label})
    return {"nodes": [{"iri": node.iri, "label": node.label} for node in nodes.values()], "edges": edges}


def jstree(desk: Desk, shelf: Shelf, entity: Entity) -> list[Json]:
    """Return every path from a root to a term, node by node, the term itself selected.

    Raises:
        ServiceError: there are so many paths that the tree has more than 5,000 nodes.
    """
    browser = desk.browser
    inside = [entity.concept, *browser.all_above(shelf, entity.concept, PART_OF)]
    entities = {found.concept: found for found in browser.entities(shelf, inside)}
    above = {concept: browser.above(shelf, concept, PART_OF) for concept in inside}
    below: dict[int, list[int]] = {}
    for concept in sorted(inside):
        for upper in above[concept]:
            below.setdefault(upper, []).append(concept)
    has_below = any(browser.below(shelf, entity.concept, how, most=1) for how in _SAID)
    places: list[Json] = []
    waiting: list[tuple[int, tuple[int, ...]]] = [
        (concept, ()) for concept in sorted(inside, reverse=True) if not above[concept]
    ]
    while waiting:
        concept, path = waiting.pop()
        if concept in path:  # a circle in the ontology
            continue
        places.append(_place(shelf, entities, concept, path, leaf=entity.concept, has_below=has_below))
        if len(places) > _MOST_PLACES:
            raise ServiceError("jstree", f"has more than {_MOST_PLACES:,} nodes; ask for the hierarchicalAncestors", "size")
        waiting += ((lower, (*path, concept)) for lower in reversed(below.get(concept, [])))
    return places


def _place(
    shelf: Shelf, entities: dict[int, Entity], concept: int, path: tuple[int, ...], *, leaf: int, has_below: bool
) -> Json:
    entity, is_leaf = entities[concept], concept == leaf
    above = ";".join(entities[upper].iri for upper in path)
    return {
        "id": _coded(f"{above};{entity.iri}" if above else entity.iri),
        "parent": _coded(above) if above else "#",
        "iri": entity.iri,
        "text": entity.label,
        "state": {"opened": not is_leaf, **({"selected": True} if is_leaf else {})},
        "children": is_leaf and has_below,
        "a_attr": {"iri": entity.iri, "ontology_name": shelf.id, "title": entity.iri, "class": "is_a"},
        "ontology_name": shelf.id,
    }


def _coded(text: str) -> str:
    return b64encode(text.encode("utf-8", "replace")).decode("ascii")
