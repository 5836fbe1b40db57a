"""``/api/terms/{curie}``: what the local index holds of an ontology term, and how the graph uses it."""

from __future__ import annotations

from urllib.parse import unquote

from fastapi import APIRouter, Request, Response

from kg.api.linked.convertors import REST
from kg.api.linked.iris import below
from kg.api.replies import headers, json_bytes, not_found, problems
from kg.api.service import Service

router = APIRouter(prefix="/api", tags=["terms"])
_START = len("terms/")


@router.get(f"/terms/{{curie:{REST}}}", responses=problems(404), summary="An ontology term")
async def term(request: Request, curie: str) -> Response:
    """Tell of a term: label, definition, synonyms, parents, children, ontology and version, and its use here.

    The term is a CURIE such as ``FBbi:00000251``, or its IRI, percent-encoded. What is counted is what you may see.
    """
    del curie  # decoded by the framework; a percent sign that belongs to an IRI comes encoded once more
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    said = unquote(below(request.scope["raw_path"], b"")[_START:])
    seen = service.seen(caller)
    task = {"task": "term", "database": seen.database, "index": str(service.settings.index or ""), "term": said}
    answered = await service.ask(request, caller, task, light=False)
    if not answered.head["found"]:
        return not_found("neither the term index nor the graph holds this term")
    return json_bytes(answered, headers(seen, caller))
