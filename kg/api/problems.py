"""Errors as problem+json (RFC 9457): a status for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.errors import (
    AccessError,
    KgError,
    LimitError,
    QueryError,
    RefusedError,
    ServiceError,
    SourceError,
    StoreError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
_SERVICE: Mapping[str, int] = MappingProxyType(
    {
        "deadline": HTTPStatus.GATEWAY_TIMEOUT,
        "memory": HTTPStatus.INSUFFICIENT_STORAGE,
        "size": HTTPStatus.INSUFFICIENT_STORAGE,
        "depth": HTTPStatus.BAD_REQUEST,
        "crash": HTTPStatus.SERVICE_UNAVAILABLE,
        "busy": HTTPStatus.SERVICE_UNAVAILABLE,
        "too-many": HTTPStatus.TOO_MANY_REQUESTS,
        "gone": 499,
    }
)
_KINDS: tuple[tuple[type[KgError], int], ...] = (
    (RefusedError, HTTPStatus.FORBIDDEN),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (LimitError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (SourceError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: KgError) -> int:
    """Return the HTTP status that says whose fault an error is."""
    if isinstance(error, ServiceError):
        return _SERVICE.get(error.code, HTTPStatus.SERVICE_UNAVAILABLE)
    if isinstance(error, AccessError):
        return HTTPStatus.FORBIDDEN if error.known else HTTPStatus.UNAUTHORIZED
    return next((status for kind, status in _KINDS if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def problem(status: int, title: str, detail: str, **more: object) -> JSONResponse:
    """Return a problem as a response; ``detail`` is a sentence for people."""
    body = {"type": "about:blank", "title": title, "status": int(status), "detail": detail, **more}
    return JSONResponse(body, int(status), media_type=MEDIA_TYPE)


async def told(_request: Request, error: Exception) -> Response:
    """Answer an error that was raised on purpose."""
    if not isinstance(error, KgError):
        raise error
    status = status_of(error)
    code = error.code if isinstance(error, ServiceError) else type(error).__name__
    response = problem(status, _phrase(status), str(error), code=code)
    if isinstance(error, ServiceError) and error.retry_after:
        response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, AccessError) and not error.known:
        response.headers["WWW-Authenticate"] = 'Bearer realm="bioimage-kg"'
    return response


def _phrase(status: int) -> str:
    return "Client Closed Request" if status == _SERVICE["gone"] else HTTPStatus(status).phrase
