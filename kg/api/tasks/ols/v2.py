"""v2 of the OLS4-compatible API: ontologies, and classes with their relatives, filtered and searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kg.api.tasks.ols.asked import Desk, Missing, Page, Params
from kg.api.tasks.ols.facts import RELATIVES, title
from kg.api.tasks.ols.pages import paged
from kg.api.tasks.ols.v2_forms import entity_class, ontology
from kg.errors import QueryError
from kg.terms.browse import Found, Shelf, Wish
from kg.terms.browse.search import NAMES, Field

Json = dict[str, Any]
_LISTS = frozenset({"classes", "entities"})
_EMPTY = frozenset({"properties", "individuals"})
_IDENTIFIERS = ("iri", "curie", "shortForm")
_NO_FILTER = frozenset(
    {"page", "size", "sort", "lang", "search", "searchFields", "boostFields", "facetFields", "exactMatch", "searchQuery"}
    | {"includeObsoleteEntities", "resolveReferences", "manchesterSyntax", "excludeRedundantEdges", "removeReification", "_"}
)
_FILTERS = frozenset({*_IDENTIFIERS, "ontologyId", "isObsolete", "isDefiningOntology", "imported", "type", "label", "synonym"})
_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "label": "label",
        "synonym": "synonym",
        "iri": "identifier",
        "curie": "identifier",
        "shortForm": "identifier",
        "short_form": "identifier",
        "obo_id": "identifier",
        "definition": "definition",
        "description": "definition",
    }
)


def answer(desk: Desk, path: Sequence[str], params: Params) -> Json:
    """Answer a request of v2.

    Raises:
        Missing: no such ontology, class or address.
        QueryError: the query is wrong.
    """
    params.language()
    match path:
        case ["ontologies"]:
            return _ontologies(desk, params)
        case ["ontologies", name]:
            return ontology(desk, desk.shelf(name))
        case ["ontologies", name, kind, *rest] if kind in _LISTS | _EMPTY:
            return _inside(desk, desk.shelf(name), kind, rest, params)
        case [kind] if kind in _LISTS:
            return _classes(desk, desk.browser.shelves, params)
        case [kind] if kind in _EMPTY:
            return paged(params.page(), [], 0, facets=True)
        case ["stats"]:
            return _stats(desk)
    raise Missing(f"Endpoint not found: {desk.here}")


def _ontologies(desk: Desk, params: Params) -> Json:
    page = params.page()
    said = (params.text("search") or "").casefold().split()
    shelves = [
        shelf
        for shelf in desk.browser.shelves
        if all(word in f"{shelf.id} {shelf.prefix} {title(shelf)}".casefold() for word in said)
    ]
    shown = [ontology(desk, shelf) for shelf in shelves[page.first : page.first + page.size]]
    return paged(page, shown, len(shelves), facets=True)


def _inside(desk: Desk, shelf: Shelf, kind: str, path: Sequence[str], params: Params) -> Json:
    match path:
        case [] if kind in _LISTS:
            return _classes(desk, [shelf], params)
        case []:
            return paged(params.page(), [], 0, facets=True)
        case [iri, *rest] if kind in _LISTS:
            entity = desk.term(shelf, iri)
            if not rest:
                return entity_class(desk, shelf, entity)
            if len(rest) == 1 and rest[0] in RELATIVES:
                found = RELATIVES[rest[0]](desk.browser, shelf, entity.concept)
                return _page(desk, params.page(), [(shelf, concept) for concept in found])
        case [_] if kind in _EMPTY:
            raise Missing(f"No resource in {shelf.id}: the term index holds classes only")
    raise Missing(f"Endpoint not found: {desk.here}")


def _classes(desk: Desk, shelves: Sequence[Shelf], params: Params) -> Json:
    """Return the classes of some ontologies that the query asks for."""
    _check_filters(params)
    page = params.page()
    if "ontologyId" in params.values:
        wanted = {name.lower() for name in params.listed("ontologyId")}
        shelves = [shelf for shelf in shelves if shelf.id in wanted]
    if "type" in params.values and not {"class", "entity"} & set(params.listed("type")):
        return paged(page, [], 0, facets=True)
    obsolete = None if params.yes("includeObsoleteEntities") else False
    obsolete = params.yes("isObsolete") if "isObsolete" in params.values else obsolete
    identifier = next((params.text(name) for name in _IDENTIFIERS if name in params.values), None)
    if identifier is not None:
        found = _identified(desk, shelves, identifier, params, obsolete)
        return _page(desk, page, found, facets=True)
    wish = _wish(params, obsolete)
    if wish is None:
        total, part = desk.browser.listed(shelves, page.first, page.size, obsolete=obsolete)
        return paged(page, _shown(desk, part), total, facets=True)
    return _page(desk, page, desk.search.find(wish, shelves), facets=True)


def _check_filters(params: Params) -> None:
    unknown = sorted(params.values.keys() - _NO_FILTER - _FILTERS)
    if unknown:
        known = ", ".join(sorted(_FILTERS))
        raise QueryError(unknown[0], f"is nothing that the term index can filter by; it can by {known}")


def _own_only(params: Params) -> bool:
    """Say whether only classes are wanted that their ontology defines."""
    if "imported" in params.values and not params.yes("imported"):
        return True
    return params.yes("isDefiningOntology")


def _identified(
    desk: Desk, shelves: Sequence[Shelf], identifier: str, params: Params, obsolete: bool | None
) -> list[tuple[Shelf, int]]:
    found = []
    for concept in desk.browser.find(identifier):
        for shelf in desk.browser.shelves_with(concept):
            entity = desk.browser.entity(shelf, concept)
            fits = entity is not None and obsolete in (None, entity.obsolete) and (entity.defining or not _own_only(params))
            if fits and shelf in shelves:
                found.append((shelf, concept))
    return found


def _wish(params: Params, obsolete: bool | None) -> Wish | None:
    """Return what is searched for; None where all classes are wanted."""
    named = next((name for name in ("label", "synonym") if name in params.values), None)
    if named:
        fields: frozenset[Field] = frozenset({_FIELDS[named]})
        return Wish(params.text(named) or "", fields, exact=True, obsolete=obsolete, defining=_own_only(params))
    text = params.text("search")
    if text is None and not _own_only(params):
        return None
    said = (params.text("searchFields") or "").split()
    fields = frozenset(_FIELDS[name] for one in said if (name := one.partition("^")[0]) in _FIELDS)
    if said and not fields:
        raise QueryError("searchFields", f"has none of the fields that can be searched: {', '.join(_FIELDS)}")
    return Wish(
        "*" if text is None else text,
        fields or NAMES,
        exact=params.yes("exactMatch"),
        obsolete=obsolete,
        defining=_own_only(params),
    )


def _page(desk: Desk, page: Page, found: Sequence[Found] | Sequence[tuple[Shelf, int]], *, facets: bool = False) -> Json:
    part = [(one[0], one[1]) for one in found[page.first : page.first + page.size]]
    return paged(page, _shown(desk, part), len(found), facets=facets)


def _shown(desk: Desk, found: Iterable[tuple[Shelf, int]]) -> list[Json]:
    entities = ((shelf, desk.browser.entity(shelf, concept)) for shelf, concept in found)
    return [entity_class(desk, shelf, entity) for shelf, entity in entities if entity is not None]


def _stats(desk: Desk) -> Json:
    return {
        "lastModified": desk.changed,
        "numberOfOntologies": len(desk.browser.shelves),
        "numberOfClasses": sum(desk.browser.size(shelf) for shelf in desk.browser.shelves),
        "numberOfProperties": 0,
        "numberOfIndividuals": 0,
    }
