"""``/api/records/{id}``: what is known of one thing, as JSON for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kg.api.linked.convertors import REST
from kg.api.linked.iris import below, meant
from kg.api.linked.signposts import Link, header
from kg.api.replies import current, headers, is_fresh, json_bytes, not_found, prefix_of, problems, tag_of, unchanged
from kg.api.service import Service
from kg.curie import base_iri

router = APIRouter(prefix="/api", tags=["records"])
_START = len("records/")


@router.get(f"/records/{{id:{REST}}}", responses=problems(404), summary="A record, as JSON")
async def record(
    request: Request,
    id: str,  # noqa: A002 - the name in the address
    incoming: Annotated[int, Query(ge=0, le=1_000, description="most statements that point to it")] = 20,
) -> Response:
    """Tell of a record: types, fields, decisions, sources, parts, wholes, and what points to it.

    The id is an IRI, percent-encoded, or its path below the base, such as ``study/idr9001``. ``truncated`` names what was cut.
    """
    del id  # decoded; what counts is the path as it came over the wire
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    said = below(request.scope["raw_path"], b"")[_START:]
    iris = meant(said, base_iri())
    seen, prefix = service.seen(caller), prefix_of(service)
    tag = tag_of(seen, "record", prefix, str(incoming), *iris)
    shared = headers(seen, caller, tag)
    if is_fresh(request, tag):
        return unchanged(shared)
    task = {
        "task": "record", "database": seen.database, "base": base_iri(), "iris": iris, "generation": current(seen),
        "incoming": incoming, "prefix": prefix,
    }  # fmt: skip
    answered = await service.ask(request, caller, task, light=True)
    if not answered.head["found"]:
        return not_found()
    return json_bytes(answered, {**shared, "Link": header([Link("cite-as", answered.head["iri"])])})
