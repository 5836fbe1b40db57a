"""``/sparql``: queries by the SPARQL 1.1 Protocol, and the description of the service where there is no query."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kg.api.answers import answered
from kg.api.asked import asked_of, not_asked
from kg.api.routes.void import described
from kg.api.service import Service
from kg.errors import QueryError, RefusedError, UnanswerableError

router = APIRouter()


@router.api_route("/sparql", methods=["GET", "HEAD", "POST"], include_in_schema=False)
async def sparql(request: Request) -> Response:
    """Answer a query, or describe the service."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    asked = await asked_of(request, service.settings.query_bytes)
    if isinstance(asked, Response):
        return asked
    if asked.query is None:
        if request.method == "POST":
            raise QueryError("query", "is missing")
        return await described(request, service, caller, asked.form)
    try:
        return await answered(request, service, caller, asked)
    except (RefusedError, UnanswerableError):
        raise
    except QueryError as error:
        what = not_asked(asked.query) if error.where == "query" else ""
        if what:
            raise QueryError("query", what) from error
        raise
