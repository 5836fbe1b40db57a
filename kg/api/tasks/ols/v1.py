"""v1 of the OLS4-compatible API: ontologies, terms and their relatives, as HAL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kg.api.tasks.ols import solr, tree
from kg.api.tasks.ols.asked import Desk, Missing, Page, Params
from kg.api.tasks.ols.facts import PART_OF_IRI, RELATIVES
from kg.api.tasks.ols.pages import hal
from kg.api.tasks.ols.v1_forms import ontology, term
from kg.terms.browse import Shelf
from kg.terms.browse.card import Entity
from kg.terms.layout import PART_OF

Json = dict[str, Any]
_DEFINING = "findByIdAndIsDefiningOntology"


def answer(desk: Desk, path: Sequence[str], params: Params) -> Json | list[Json]:
    """Answer a request of v1.

    Raises:
        Missing: no such ontology, term or address.
        QueryError: the query is wrong.
    """
    params.language()
    match path:
        case []:
            return _root(desk)
        case ["search"]:
            return solr.search(desk, params)
        case ["select"]:
            return solr.select(desk, params)
        case ["suggest"]:
            return solr.suggest(desk, params)
        case ["ontologies"]:
            page = params.page()
            shelves = desk.browser.shelves
            shown = [ontology(desk, shelf) for shelf in shelves[page.first : page.first + page.size]]
            return hal(desk, params, page, "ontologies", shown, len(shelves))
        case ["ontologies", name, *rest]:
            return _of_ontology(desk, desk.shelf(name), rest, params)
        case ["terms", *rest]:
            return _anywhere(desk, rest, params)
        case [("properties" | "individuals") as kind]:
            return hal(desk, params, params.page(), kind, [], 0)
        case [("properties" | "individuals"), *_]:
            raise Missing("No resource: the term index holds classes only")
    raise Missing(f"Endpoint not found: {desk.here}")


def _root(desk: Desk) -> Json:
    rels = ("ontologies", "terms", "properties", "individuals", "profile")
    return {"_links": {rel: {"href": f"{desk.base}/{rel}"} for rel in rels}}


def _of_ontology(desk: Desk, shelf: Shelf, path: Sequence[str], params: Params) -> Json | list[Json]:
    match path:
        case []:
            return ontology(desk, shelf)
        case ["terms"]:
            return _terms(desk, shelf, params)
        case ["terms", "roots"]:
            return _page(desk, params, shelf, desk.browser.roots(shelf, obsolete=params.yes("includeObsoletes")))
        case ["terms", "preferredRoots"] | ["properties", "roots"]:
            return hal(desk, params, params.page(), path[0], [], 0)
        case ["terms", iri, *rest]:
            return _of_term(desk, shelf, desk.term(shelf, iri), rest, params)
        case [("properties" | "individuals") as kind]:
            return hal(desk, params, params.page(), kind, [], 0)
        case [("properties" | "individuals"), *_]:
            raise Missing(f"No resource in {shelf.id}: the term index holds classes only")
        case [relation] if relation in RELATIVES:
            if (wanted := _identifier(params)) is None:
                return hal(desk, params, params.page(), "terms", [], 0)
            return _of_term(desk, shelf, desk.term(shelf, wanted), path, params)
    raise Missing(f"Endpoint not found: {desk.here}")


def _terms(desk: Desk, shelf: Shelf, params: Params) -> Json:
    if (wanted := _identifier(params)) is not None:
        return _page(desk, params, shelf, [desk.term(shelf, wanted).concept])
    page = params.page()
    obsolete = params.yes("obsoletes") if "obsoletes" in params.values else None
    total, part = desk.browser.listed([shelf], page.first, page.size, obsolete=obsolete)
    return hal(desk, params, page, "terms", _shown(desk, part), total)


def _of_term(desk: Desk, shelf: Shelf, entity: Entity, path: Sequence[str], params: Params) -> Json | list[Json]:
    match path:
        case []:
            return term(desk, shelf, entity)
        case [relation] if relation in RELATIVES:
            return _page(desk, params, shelf, RELATIVES[relation](desk.browser, shelf, entity.concept))
        case ["graph"]:
            return tree.graph(desk, shelf, entity)
        case ["jstree"]:
            return tree.jstree(desk, shelf, entity)
        case [relation] if "://" in relation:
            above = desk.browser.above(shelf, entity.concept, PART_OF) if relation == PART_OF_IRI else []
            direct = set(desk.browser.above(shelf, entity.concept)) if above else set()
            return _page(desk, params, shelf, [whole for whole in above if whole not in direct])
    raise Missing(f"Endpoint not found: {desk.here}")


def _anywhere(desk: Desk, path: Sequence[str], params: Params) -> Json:
    """Answer ``/terms``: a term in every ontology that holds it, or only in the one that defines it."""
    defining = path[:1] == [_DEFINING]
    rest = path[1:] if defining else path
    if len(rest) > 1:
        raise Missing(f"Endpoint not found: {desk.here}")
    wanted = rest[0] if rest else _identifier(params)
    page = params.page()
    if wanted is None and not defining:
        total, part = desk.browser.listed(desk.browser.shelves, page.first, page.size)
        return hal(desk, params, page, "terms", _shown(desk, part), total)
    found = _holding(desk, wanted, defining=defining)
    return hal(desk, params, page, "terms", _shown(desk, found[page.first : page.first + page.size]), len(found))


def _holding(desk: Desk, wanted: str | None, *, defining: bool) -> list[tuple[Shelf, int]]:
    concepts = desk.browser.find(wanted) if wanted is not None else ()
    found = [(shelf, concept) for concept in concepts for shelf in desk.browser.shelves_with(concept)]
    return [(shelf, concept) for shelf, concept in found if not defining or shelf.defines(desk.browser.curie(concept))]


def _identifier(params: Params) -> str | None:
    """Return by what a term is asked for; None where all are."""
    names = ("id", "iri", "short_form", "obo_id")
    return next((said for name in names if (said := params.text(name)) is not None), None)


def _page(desk: Desk, params: Params, shelf: Shelf, concepts: Sequence[int]) -> Json:
    page: Page = params.page()
    return hal(desk, params, page, "terms", _shown(desk, ((shelf, concept) for concept in page.of(concepts))), len(concepts))


def _shown(desk: Desk, found: Iterable[tuple[Shelf, int]]) -> list[Json]:
    return [
        term(desk, shelf, entity) for shelf, concept in found if (entity := desk.browser.entity(shelf, concept)) is not None
    ]
