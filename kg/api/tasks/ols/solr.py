"""``/search``, ``/select`` and ``/suggest``, with answers in the shape that OLS kept from Solr."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kg.api.tasks.ols.asked import LARGEST_PAGE, Desk, Params
from kg.errors import QueryError
from kg.terms.browse import Found, Shelf, Wish
from kg.terms.browse.search import EVERYTHING, NAMES, Field
from kg.terms.layout import IS_A, PART_OF

Json = dict[str, Any]
_ROWS = 10
_DEFAULT = ("id", "iri", "ontology_name", "label", "description", "short_form", "obo_id", "type", "ontology_prefix")
_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "label": "label",
        "synonym": "synonym",
        "iri": "identifier",
        "short_form": "identifier",
        "obo_id": "identifier",
        "description": "definition",
        "definition": "definition",
    }
)
_CLASSES = frozenset({"class", "term", "entity"})
_ESCAPED = re.compile(r"\\(.)")
_LOOKED_AT = 5_000


def search(desk: Desk, params: Params) -> Json:
    """Answer ``/search``; raises QueryError."""
    begun = time.perf_counter()
    exact = params.yes("exact")
    named = params.listed("queryFields")
    fields = frozenset(_FIELDS[name] for said in named if (name := said.partition("^")[0]) in _FIELDS)
    if named and not fields:
        return _whole(begun, params, 0, [])
    text = _text(params)
    wish = Wish(
        # In an exact search of OLS the text is a phrase of Solr, so that clients escape what Solr would read.
        _ESCAPED.sub(r"\1", text) if exact else text.strip('"'),
        fields or NAMES,
        exact=exact,
        obsolete=params.yes("obsoletes"),
        defining=params.yes("local"),
    )
    total, hits = _hits(desk, params, wish, {"childrenOf": PART_OF, "allChildrenOf": PART_OF})
    answer = _whole(begun, params, total, _docs(desk, params, hits))
    answer["facet_counts"] = {"facet_fields": {}}
    return answer


def select(desk: Desk, params: Params) -> Json:
    """Answer ``/select``, which is made for choosing while typing: words may be only begun. Raises QueryError."""
    begun = time.perf_counter()
    text = _text(params)
    wish = Wish(text.strip('"'), begun=True, obsolete=params.yes("obsoletes"), defining=params.yes("local"))
    total, hits = _hits(desk, params, wish, {"childrenOf": IS_A, "allChildrenOf": PART_OF})
    answer = _whole(begun, params, total, _docs(desk, params, hits))
    answer["responseHeader"] = {"params": {"q": text}, **answer["responseHeader"]}
    answer["highlighting"] = {_id(desk, hit): _marked(desk, hit, text) for hit in hits}
    return answer


def suggest(desk: Desk, params: Params) -> Json:
    """Answer ``/suggest``: labels that have the words or their beginnings in them, each once. Raises QueryError."""
    begun = time.perf_counter()
    wish = Wish(_text(params).strip('"'), frozenset({"label"}), begun=True)
    hits = desk.search.find(wish, _shelves(desk, params))[:_LOOKED_AT]
    labels = list(
        dict.fromkeys(entity.label for hit in hits if (entity := desk.browser.entity(hit.shelf, hit.concept)) is not None)
    )
    first, count = _part(params)
    return _whole(begun, params, len(labels), [{"autosuggest": label} for label in labels[first : first + count]])


def _hits(desk: Desk, params: Params, wish: Wish, below: Mapping[str, int]) -> tuple[int, list[Found]]:
    """Return how many hits there are, and the wanted part of them."""
    first, count = _part(params)
    shelves = _shelves(desk, params)
    types = params.listed("type")
    # The index knows of no subsets, and holds classes only.
    if params.listed("slim") or (types and not _CLASSES & {kind.lower() for kind in types}):
        return 0, []
    within = _within(desk, params, shelves, below)
    grouped, leaves = "groupField" in params.values, params.yes("isLeaf")
    if wish.text.strip() in EVERYTHING and within is None and not (grouped or leaves or wish.defining):
        total, part = desk.browser.listed(shelves, first, count, obsolete=wish.obsolete)
        return total, [Found(shelf, concept, 3, 0.0) for shelf, concept in part]
    hits = desk.search.find(wish, shelves, within)
    if grouped:
        hits = list({hit.concept: hit for hit in reversed(hits)}.values())[::-1]
    if leaves:
        hits = [hit for hit in hits if not _has_below(desk, hit)]
    return len(hits), hits[first : first + count]


def _has_below(desk: Desk, hit: Found) -> bool:
    return any(desk.browser.below(hit.shelf, hit.concept, relation, most=1) for relation in (IS_A, PART_OF))


def _text(params: Params) -> str:
    text = params.text("q")
    if text is None:
        raise QueryError("q", "is missing: the words to search for")
    return text


def _part(params: Params) -> tuple[int, int]:
    """Return where the wanted part of the hits begins, and how many it has at most."""
    return params.whole("start", 0), min(params.whole("rows", _ROWS), LARGEST_PAGE)


def _shelves(desk: Desk, params: Params) -> Sequence[Shelf]:
    wanted = params.ontologies()
    return [shelf for shelf in desk.browser.shelves if not wanted or shelf.id in wanted]


def _within(desk: Desk, params: Params, shelves: Sequence[Shelf], below: Mapping[str, int]) -> dict[str, set[int]] | None:
    """Return the terms below those that the query names, by ontology; None where it names none."""
    within: dict[str, set[int]] | None = None
    for name, relation in below.items():
        if not (iris := params.listed(name)):
            continue
        starts = {concept for iri in iris for concept in desk.browser.find(iri)}
        found = {shelf.id: set(desk.browser.all_below(shelf, starts, relation)) for shelf in shelves}
        if params.yes("inclusive"):
            found = {shelf: concepts | starts for shelf, concepts in found.items()}
        within = found if within is None else {shelf: concepts & within[shelf] for shelf, concepts in found.items()}
    return within


def _whole(begun: float, params: Params, total: int, docs: list[Json]) -> Json:
    return {
        "responseHeader": {"status": 0, "QTime": round(1000 * (time.perf_counter() - begun))},
        "response": {"numFound": total, "start": _part(params)[0], "docs": docs},
    }


def _id(desk: Desk, hit: Found) -> str:
    entity = desk.browser.entity(hit.shelf, hit.concept)
    return f"{hit.shelf.id}:class:{entity.iri if entity else ''}"


def _docs(desk: Desk, params: Params, hits: Sequence[Found]) -> list[Json]:
    wanted = params.listed("fieldList") or _DEFAULT
    docs = []
    for hit in hits:
        doc = _doc(desk, hit)
        # Annotations by name are not in the index.
        docs.append({name: doc.get(name) for name in wanted if name in doc or name.endswith("_annotation")})
    return docs


def _doc(desk: Desk, hit: Found) -> Json:
    shelf = hit.shelf
    entity = desk.browser.entity(shelf, hit.concept)
    if entity is None:
        return {}
    card = desk.browser.card(shelf, entity)
    return {
        "id": f"{shelf.id}:class:{entity.iri}",
        "iri": entity.iri,
        "ontology_name": shelf.id,
        "label": entity.label,
        "description": [card.definition] if card.definition else [],
        "short_form": entity.short,
        "obo_id": entity.obo_id,
        "type": "class",
        "ontology_prefix": shelf.prefix,
        "synonym": list(dict.fromkeys(text for text, _ in card.synonyms)),
        "is_defining_ontology": entity.defining,
        "is_obsolete": entity.obsolete,
        "ontology_iri": desk.ontology_iri(shelf),
        "subset": [],
        "score": round(4 - hit.kind + hit.score, 4),
    }


def _marked(desk: Desk, hit: Found, text: str) -> dict[str, list[str]]:
    """Return the names of a hit with the searched words in bold, under the names that OLS has for them."""
    entity = desk.browser.entity(hit.shelf, hit.concept)
    words = [re.escape(word) for piece in text.split() if (word := piece.strip('*"'))]
    if entity is None or not words:
        return {}
    pattern = re.compile(rf"(?<!\w)({'|'.join(sorted(words, key=len, reverse=True))})", re.IGNORECASE)
    names = {"label": [entity.label], "synonym": [name for name, _ in desk.browser.card(hit.shelf, entity).synonyms]}
    marked: dict[str, list[str]] = {}
    for kind, said in names.items():
        shown = [pattern.sub(r"<b>\1</b>", name) for name in said if pattern.search(name)]
        if shown:
            marked[kind] = marked[f"{kind}_autosuggest"] = shown[:1] if kind == "label" else shown
    return marked
