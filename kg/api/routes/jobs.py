"""``/api/jobs``: what ran on this graph, read from its jobs graph."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kg.api.replies import headers, is_fresh, json_value, problems, tag_of, unchanged
from kg.api.routes.sources import Limit, Offset
from kg.api.service import Service

router = APIRouter(prefix="/api", tags=["sources"])


@router.get("/jobs", responses=problems(), summary="The jobs that ran")
async def jobs(request: Request, offset: Offset = 0, limit: Limit = 100) -> Response:
    """List the jobs that you may see, the latest first; those that name a hidden source are not among them."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen = service.seen(caller)
    shared = headers(seen, caller, tag_of(seen, "jobs", str(offset), str(limit)))
    if is_fresh(request, shared["ETag"]):
        return unchanged(shared)
    task = {"task": "jobs", "database": seen.database, "offset": offset, "limit": limit}
    head = (await service.ask(request, caller, task, light=False)).head
    return json_value({"total": head["total"], "offset": offset, "items": head["items"]}, shared)
