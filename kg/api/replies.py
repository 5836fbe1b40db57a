"""Replies that small routes share: not found, tags of generations, JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.api.caller import Caller
from kg.api.pool import Answered
from kg.api.problems import MEDIA_TYPE, problem
from kg.api.service import Seen, Service

_PROBLEM = {
    "description": "What is wrong, for programs and for people (RFC 9457)",
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "nothing is known here of this IRI",
            },
        }
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems that a route answers with, for its description; any other status of an error is a problem, too."""
    return dict.fromkeys((*statuses, "default"), _PROBLEM)


def not_found(what: str = "nothing is known here of this IRI") -> Response:
    """Return the one answer for what is absent and for what the caller may not see."""
    return problem(HTTPStatus.NOT_FOUND, what, code="not-found")


def tag_of(seen: Seen, *words: str) -> str:
    """Return the entity tag of an answer: another one for each generation, audience and question."""
    text = "\0".join((seen.generation, seen.audience, seen.database, *words))
    return f'"{hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()}"'


def is_fresh(request: Request, tag: str) -> bool:
    """Say whether the client has the answer with this tag already."""
    known = request.headers.get("if-none-match", "")
    return tag in {one.strip().removeprefix("W/") for one in known.split(",")}


def headers(seen: Seen, caller: Caller, tag: str = "") -> dict[str, str]:
    """Return the headers of an answer from a generation: to be asked about again, and shared only when it is public."""
    found = {
        "KG-Generation": seen.generation,
        "Vary": "Accept, Authorization",
        "Cache-Control": "private, no-cache" if caller.name else "public, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if tag:
        found["ETag"] = tag
    return {name: value for name, value in found.items() if value}


def unchanged(found: Mapping[str, str]) -> Response:
    """Return that nothing has changed since the client asked."""
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=dict(found))


def json_bytes(answered: Answered, found: Mapping[str, str]) -> Response:
    """Return the JSON that a worker wrote."""
    return Response(body_of(answered), media_type="application/json", headers=dict(found))


def json_value(value: object, found: Mapping[str, str] | None = None) -> Response:
    """Return a value as JSON."""
    return JSONResponse(value, headers=dict(found or {}))


def body_of(answered: Answered) -> bytes:
    """Return the bytes that a worker wrote; a file is removed."""
    if isinstance(answered.body, bytes):
        return answered.body
    try:
        return answered.body.read_bytes()
    finally:
        answered.body.unlink(missing_ok=True)


def prefix_of(service: Service) -> str:
    """Return what stands before the paths of this service in links: nothing, unless it is reached under another address."""
    return service.settings.public_url.rstrip("/")


def current(seen: Seen) -> dict[str, str]:
    """Return id and time of a generation for a task; empty while nothing is published."""
    return {"id": seen.held.id, "created": seen.held.created.isoformat()} if seen.held else {"id": "", "created": ""}
