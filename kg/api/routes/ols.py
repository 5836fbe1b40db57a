"""``/ols/api``: an API like that of OLS4 (v1 and v2) over the local term index, so that its clients work unchanged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from kg.api import problems
from kg.api.replies import body_of, prefix_of
from kg.api.service import Service
from kg.errors import KgError, QueryError, TermError

router = APIRouter()

_ROOT = "/ols/api"
_LIGHTEST = re.compile(
    r"/(?:terms|classes|entities)/[^/]+$|/(?:search|select|suggest|ontologies|parents|children|ancestors)/?$"
)
_PHRASES: Mapping[int, str] = MappingProxyType({status.value: status.phrase for status in HTTPStatus})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_SPLIT = re.compile(r"https?:")
_AFTER_IRI = frozenset(
    {"parents", "children", "ancestors", "descendants", "graph", "jstree"}
    | {f"hierarchical{what}" for what in ("Parents", "Children", "Ancestors", "Descendants")}
)


@router.api_route("/ols/api", methods=["GET", "HEAD"], include_in_schema=False)
@router.api_route("/ols/api/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def ols(request: Request) -> Response:
    """Answer a request of OLS4's API."""
    service: Service = request.app.state.service
    await request.body()
    caller = service.caller(request)
    raw = request.scope.get("raw_path") or request.url.path.encode()
    rest = raw.decode("ascii", "replace").partition("?")[0].partition(_ROOT)[2]
    public = prefix_of(service) or str(request.base_url).rstrip("/")
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    try:
        index, state = service.index.now()
        task = {
            "task": "ols",
            "index": index,
            "state": state,
            "base": f"{public}{_ROOT}",
            "here": f"{public}{_ROOT}{rest.rstrip('/')}",
            "path": _parts(rest),
            "query": query,
        }
        answered = await service.ask(request, caller, task, light=bool(_LIGHTEST.search(rest)))
    except QueryError as error:
        return _failed(request, HTTPStatus.BAD_REQUEST, str(error))
    except TermError as error:
        return _failed(request, HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    except KgError as error:
        response = await problems.told(request, error)
        failed = _failed(request, response.status_code, str(error))
        failed.headers.update({name: said for name, said in response.headers.items() if name == "retry-after"})
        return failed
    if answered.head["status"] != HTTPStatus.OK:
        return _failed(request, answered.head["status"], answered.head["message"])
    return Response(body_of(answered), media_type="application/json")


def _parts(rest: str) -> list[str]:
    """Return the parts of a path below the API, decoded; an IRI is one part, however often it was encoded.

    >>> _parts("/terms/http%253A%252F%252Fa.org%252Fx%252520y/children")
    ['terms', 'http://a.org/x%20y', 'children']
    >>> _parts("/terms/http%3A%2F%2Fa.org%2Fx"), _parts("/terms/http://a.org/x/children")
    (['terms', 'http://a.org/x'], ['terms', 'http://a.org/x', 'children'])
    """
    return _joined([_decoded(part) for part in rest.split("/")])


def _decoded(part: str) -> str:
    """Return a part of a path decoded: twice, as OLS wants IRIs encoded, unless it is an IRI before that."""
    once = unquote(part)
    return once if _SCHEME.match(once) or "%" not in once else unquote(once)


def _joined(parts: Sequence[str]) -> list[str]:
    """Return the parts without empty ones; an IRI that a server in between has decoded is put together again."""
    for place, part in enumerate(parts):
        if _SPLIT.fullmatch(part):
            end = len(parts)
            while end > place and (parts[end - 1] in _AFTER_IRI or not parts[end - 1]):
                end -= 1
            return [*filter(None, parts[:place]), "/".join(parts[place:end]), *filter(None, parts[end:])]
    return [part for part in parts if part]


def _failed(request: Request, status: int, message: str) -> JSONResponse:
    """Return an error in the shape of OLS4."""
    body = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": int(status),
        "error": _PHRASES.get(status, "Client Closed Request"),
        "message": message,
        "path": request.url.path,
    }
    return JSONResponse(body, int(status))
