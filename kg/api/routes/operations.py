"""``/health``, ``/ready``, ``/metrics``: whether the process lives, whether it can answer, and what it has done."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from kg import __version__
from kg.api.caller import Caller
from kg.api.metrics import MEDIA_TYPE, Family
from kg.api.service import Seen, Service
from kg.errors import KgError

router = APIRouter()
_PUBLIC = Caller("operations")
_FRESH = {"Cache-Control": "no-store"}
_PROBE = 2.0  # seconds in which an idle worker must answer the smallest of all queries


@router.get("/health", include_in_schema=False)
async def health() -> Response:
    """Say that the process lives and its loop turns; nothing else is looked at."""
    return JSONResponse({"status": "ok", "version": __version__}, headers=_FRESH)


@router.get("/ready", include_in_schema=False)
async def ready(request: Request) -> Response:
    """Say whether requests can be answered: 200, or 503 with the reasons."""
    service: Service = request.app.state.service
    reasons, seen = [], None
    try:
        seen = service.seen(_PUBLIC)
    except KgError as error:
        reasons.append(f"the store cannot be read ({type(error).__name__})")
    if not service.pool.alive:
        reasons.append("no worker is there")
    elif seen is not None:
        reasons += await _unanswered(service, seen)
    said = {
        "status": "unready" if reasons else "ready",
        "reasons": reasons,
        "generation": (seen.generation or None) if seen else None,
        "workers": {"alive": service.pool.alive, "wanted": service.pool.size, "isolated": service.pool.isolated},
    }
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return JSONResponse(said, status, headers={**_FRESH, **({"Retry-After": "1"} if reasons else {})})


async def _unanswered(service: Service, seen: Seen) -> list[str]:
    """Return why the smallest query is not answered; nothing while all workers are busy: that is no failure."""
    if not service.pool.idle:
        return []
    form = "application/sparql-results+json"
    query = {"task": "sparql", "database": seen.database, "query": "ASK {}", "base": "http://localhost/", "union": False}
    task = {**query, "rows": form, "boolean": form, "triples": "text/turtle", "limit": 1, "bytes": 1 << 16}
    try:
        await service.pool.run(task, client="operations", deadline=_PROBE)
    except KgError as error:
        return [] if getattr(error, "code", "") in {"busy", "too-many"} else [f"a worker does not answer ({error.what})"]
    return []


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Return counts for Prometheus; what they say of the store is what anonymous clients see of it."""
    app = request.app.state
    return Response(app.metrics.text(_families(app.service, app.gate.dropped)), media_type=MEDIA_TYPE, headers=_FRESH)


def _families(service: Service, dropped: dict[str, int]) -> Iterable[Family]:
    pool, turns = service.pool, service.pool.turns
    yield Family("kg_workers", "gauge", "Workers that stand ready or work.", [({}, pool.alive)])
    yield Family("kg_workers_wanted", "gauge", "Workers that there should be.", [({}, pool.size)])
    yield Family("kg_workers_isolated", "gauge", "1 if no worker has a network.", [({}, int(pool.isolated))])
    yield Family("kg_tasks_running", "gauge", "Tasks that workers do.", [({}, turns.running())])
    yield Family("kg_tasks_waiting", "gauge", "Tasks that wait for their turn.", [({}, turns.depth())])
    ended = [({"reason": reason}, number) for reason, number in sorted(pool.ended.items())]
    yield Family("kg_workers_ended_total", "counter", "Workers that ended, and why.", ended)
    lost = [({"reason": reason}, number) for reason, number in sorted(dropped.items())]
    yield Family("kg_connections_dropped_total", "counter", "Connections that were ended, and why.", lost)
    try:
        seen = service.seen(_PUBLIC)
    except KgError:
        yield Family("kg_store_readable", "gauge", "1 if the store can be read.", [({}, 0)])
        return
    yield Family("kg_store_readable", "gauge", "1 if the store can be read.", [({}, 1)])
    yield Family("kg_generation_info", "gauge", "The current generation.", [({"generation": seen.generation}, 1)])
    statements = seen.about.get("statements", {}).get("all", 0)
    yield Family("kg_store_statements", "gauge", "Public statements of the store.", [({}, statements)])
