"""``/sparql``: SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), queries."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kg.api.service import Service
from kg.errors import QueryError
from kg.store.shape import shape_of

router = APIRouter()


@router.api_route("/sparql", methods=["GET", "POST"], include_in_schema=False)
async def sparql(request: Request) -> Response:
    """Answer a query."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    if request.method == "POST":
        query = (await request.body()).decode()
    else:
        query = request.query_params.get("query", "")
        await request.body()
    if not query:
        raise QueryError("query", "is missing")
    seen, shape = service.seen(caller), shape_of(query)
    task = {
        "task": "sparql",
        "database": seen.database,
        "query": query,
        "base": str(request.url.replace(query="")),
        "union": seen.union and not shape.names_dataset,
        "rows": ["application/sparql-results+json"],
        "limit": service.settings.rows,
        "bytes": service.settings.answer_bytes,
    }
    answered = await service.ask(request, caller, task, light=shape.light)
    body = answered.body
    if not isinstance(body, bytes):
        data = body.read_bytes()
        body.unlink()
        body = data
    return Response(body, media_type=answered.head["media_type"])
