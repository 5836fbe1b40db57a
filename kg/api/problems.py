"""Errors as problem+json (RFC 9457): a status for programs and a sentence for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match

from kg.api import invalid
from kg.errors import (
    AccessError,
    ConditionError,
    KgError,
    LimitError,
    QueryError,
    RefusedError,
    ServiceError,
    SourceError,
    StoreError,
    UnanswerableError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
CLIENT_LEFT = 499
"""Status for the log and the metrics: nobody was there to get an answer."""

_SERVICE: Mapping[str, int] = MappingProxyType(
    {
        "deadline": HTTPStatus.GATEWAY_TIMEOUT,
        "memory": HTTPStatus.INSUFFICIENT_STORAGE,
        "size": HTTPStatus.INSUFFICIENT_STORAGE,
        "depth": HTTPStatus.BAD_REQUEST,
        "failed": HTTPStatus.BAD_REQUEST,
        "crash": HTTPStatus.SERVICE_UNAVAILABLE,
        "busy": HTTPStatus.SERVICE_UNAVAILABLE,
        "too-many": HTTPStatus.TOO_MANY_REQUESTS,
        "remote": HTTPStatus.BAD_GATEWAY,
        "gone": CLIENT_LEFT,
    }
)
_KINDS: tuple[tuple[type[KgError], int], ...] = (
    (RefusedError, HTTPStatus.FORBIDDEN),
    (UnanswerableError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (LimitError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (SourceError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ConditionError, HTTPStatus.PRECONDITION_FAILED),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_NO_OBJECT = frozenset(("model_attributes_type", "model_type", "dict_type", "list_type"))
_WAIT = frozenset((HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS))
_LONGEST = 2_000  # characters of a sentence: what it repeats of a request may be long
_PATH = re.compile(r"(?<![\w/:.<])/[\w.\-]+/")


def status_of(error: KgError) -> int:
    """Return the HTTP status that says whose fault an error is."""
    if isinstance(error, ServiceError):
        return _SERVICE.get(error.code, HTTPStatus.SERVICE_UNAVAILABLE)
    if isinstance(error, AccessError):
        return HTTPStatus.FORBIDDEN if error.known else HTTPStatus.UNAUTHORIZED
    return next((status for kind, status in _KINDS if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def problem(
    status: int,
    *said: str,
    code: str = "",
    retry_after: float | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    **more: object,
) -> JSONResponse:
    """Return a problem as a response.

    Args:
        status: of HTTP.
        said: a sentence for people; before it a title, where that of the status will not do.
        code: a word for programs; that of the status where it is empty.
        retry_after: seconds after which asking again makes sense; 1 where the status says that it does.
        headers: of the response.
        more: members of our own.
    """
    *titles, detail = said
    title = titles[0] if titles else _phrase(status)
    body = {"type": "about:blank", "title": title, "status": int(status), "detail": _short(detail), **more}
    word = code or _phrase(status).lower().replace(" ", "-")
    response = JSONResponse({**body, "code": word}, int(status), media_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.NOT_ACCEPTABLE:
        response.headers["Vary"] = "Accept"
    response.headers.update(headers)
    if retry_after is not None or status in _WAIT:
        response.headers["Retry-After"] = str(max(1, round(retry_after or 1)))
    return response


async def told(_request: Request, error: Exception) -> Response:
    """Answer an error that was raised on purpose."""
    if not isinstance(error, KgError):
        raise error
    code = error.code if isinstance(error, ServiceError) else type(error).__name__
    wait = error.retry_after if isinstance(error, ServiceError) else None
    headers = {}
    if isinstance(error, AccessError) and not error.known:
        headers["WWW-Authenticate"] = 'Bearer realm="bioimage-kg"'
    return problem(status_of(error), _sentence(error), code=code, retry_after=wait, headers=headers)


async def not_there(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: no such address, not this method, and the like."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND and error.detail == HTTPStatus.NOT_FOUND.phrase:
        return problem(error.status_code, "there is nothing at this address")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        methods = ", ".join(_allowed(request)) or (error.headers or {}).get("Allow", "")
        return problem(error.status_code, f"this address takes {methods or 'other methods'}", headers={"Allow": methods})
    return problem(error.status_code, str(error.detail), headers=error.headers or {})


async def not_valid(request: Request, error: Exception) -> Response:
    """Answer parameters and bodies that are not what a route declares."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = error.errors()
    if any(one["loc"] == ("body",) and one["type"] in _NO_OBJECT for one in faults) and not _is_json(request):
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body: send JSON, with Content-Type: application/json")
    sentences = [f"{_place(one)}: {invalid.sentence(one)}" for one in faults[:5]]
    return problem(HTTPStatus.BAD_REQUEST, "; ".join(sentences), code="parameters")


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _place(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "json_invalid":
        return "the body"
    return ".".join(map(str, fault["loc"][1:])) or "the body"


def _allowed(request: Request) -> list[str]:
    """Return the methods that an address takes, of all routes that stand for it."""
    routes: Iterable[BaseRoute] = request.app.state.routes
    found: set[str] = set()
    for route in routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or ())
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _sentence(error: KgError) -> str:
    if not isinstance(error, StoreError):
        return str(error)
    # Where the store lies on this machine is nobody's business.
    what = "cannot be used at the moment; the log of the service says why" if _PATH.search(error.what) else error.what
    return f"the store: {what}"


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _phrase(status: int) -> str:
    return "Client Closed Request" if status == CLIENT_LEFT else HTTPStatus(status).phrase
