"""``/api/sources``, ``/api/stats`` and ``/api/generation``: what the graph is made of, as the caller sees it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from kg.api.linked.shaping import generation_iri
from kg.api.linked.vocabulary import words
from kg.api.replies import current, headers, is_fresh, json_value, prefix_of, problems, tag_of, unchanged
from kg.api.service import Seen, Service
from kg.curie import base_iri
from kg.store.audiences import EVERYTHING, groups_of
from kg.store.generation import LEDGER

router = APIRouter(prefix="/api", tags=["sources"])
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


@router.get("/sources", responses=problems(), summary="The sources of the graph")
async def sources(request: Request, offset: Offset = 0, limit: Limit = 100) -> Response:
    """List the sources that you may see, oldest first: IRI, name, mapping, rows, statements and audience."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen, prefix = service.seen(caller), prefix_of(service)
    shared = headers(seen, caller, tag_of(seen, "sources", prefix, str(offset), str(limit)))
    if is_fresh(request, shared["ETag"]):
        return unchanged(shared)
    task = {
        "task": "sources", "database": seen.database, "ledger": str(seen.held.path / LEDGER) if seen.held else "",
        "groups": None if seen.audience == EVERYTHING else sorted(groups_of(seen.audience)),
        "offset": offset, "limit": limit, "base": base_iri(), "prefix": prefix,
    }  # fmt: skip
    head = (await service.ask(request, caller, task, light=True)).head
    return json_value({"total": head["total"], "offset": offset, "items": head["items"]}, shared)


@router.get("/stats", responses=problems(), summary="Counts")
async def stats(request: Request) -> Response:
    """Count what you may see: sources, statements, records by class, and the ontologies with their versions."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen = service.seen(caller)
    shared = headers(seen, caller, tag_of(seen, "stats"))
    if is_fresh(request, shared["ETag"]):
        return unchanged(shared)
    classes = seen.about.get("classes", {})
    shown = [{"iri": iri, "name": words().class_(iri), "records": count} for iri, count in classes.items()]
    return json_value({**_counts(seen), "classes": sorted(shown, key=lambda one: (-one["records"], one["iri"]))}, shared)


@router.get("/generation", responses=problems(), summary="The published state")
async def generation(request: Request) -> Response:
    """Tell which state of the graph is served: its id, its IRI and when it was published; empty before the first one."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen = service.seen(caller)
    name = seen.generation
    value = {**current(seen), "iri": generation_iri(name) if name else "", "union": seen.union, **_counts(seen)}
    return json_value(value, headers(seen, caller))


def _counts(seen: Seen) -> dict[str, Any]:
    about = seen.about
    return {
        "generation": seen.generation,
        "sources": about.get("sources", 0),
        "statements": dict(about.get("statements", {"all": 0})),
        "ontologies": dict(about.get("ontologies", {})),
    }
