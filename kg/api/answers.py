"""Answers to queries over HTTP: negotiated, validated against what the client has, told apart by generation, sent in pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from kg import __version__
from kg.api.asked import Asked
from kg.api.caller import Caller
from kg.api.federation import Federation
from kg.api.formats import BOOLEAN, ROWS, TRIPLES, Forms, content_type
from kg.api.problems import problem
from kg.api.service import Seen, Service
from kg.store.shape import Shape, shape_of

_BLOCK = 1 << 18
_MOST_LIGHT_GRAPHS = 20
_FORMS: Mapping[str, Forms] = MappingProxyType({"rows": ROWS, "boolean": BOOLEAN, "triples": TRIPLES})
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A query as it goes to a worker, and how its answer is told from others."""

    task: dict[str, Any]
    shape: Shape
    tag: str


async def answered(request: Request, service: Service, caller: Caller, asked: Asked) -> Response:
    """Answer a query in the form that a client takes.

    Raises:
        KgError: the query is wrong, refused, or takes too much.
    """
    seen, text = service.seen(caller), asked.query or ""
    wanted = _wanted(request, service, seen, asked, text)
    headers = answer_headers(request, seen, wanted.tag)
    if wanted.tag and is_known(request, wanted.tag):
        return Response(status_code=304, headers=headers)
    task = wanted.task
    if "service" in text.lower():
        federation = Federation(service.settings, wanted.task["base"])
        task |= await federation.filled(text, service.pool.turns, caller.client, asked.timeout)
    light = wanted.shape.light and len(asked.default_graphs) + len(asked.named_graphs) <= _MOST_LIGHT_GRAPHS
    reply = await service.ask(request, caller, task, light=light, deadline=asked.timeout)
    kind, media_type = reply.head["kind"], reply.head["media_type"]
    if not media_type:
        return not_acceptable(_FORMS[kind].offered)
    if reply.head["truncated"]:
        headers["Kg-Truncated"] = f"{'triples' if kind == 'triples' else 'rows'}={service.settings.rows}"
    return body_response(request, reply.body, media_type, headers)


def answer_headers(request: Request, seen: Seen, tag: str) -> dict[str, str]:
    """Return the headers that every answer about the store has."""
    headers = {
        "Kg-Generation": seen.generation or "0",
        "Cache-Control": "private, no-cache" if "authorization" in request.headers else "no-cache",
        "Vary": "Accept, Authorization",
    }
    return {**headers, "ETag": f'W/"{tag}"'} if tag else headers


def tag_of(*parts: object) -> str:
    """Return a short text that is another one as soon as a part is another one; parts are JSON."""
    text = json.dumps([__version__, *parts], ensure_ascii=True, sort_keys=True)
    return blake2b(text.encode(), digest_size=12).hexdigest()


def is_known(request: Request, tag: str) -> bool:
    """Say whether the client has this answer already."""
    given = request.headers.getlist("if-none-match") if request.method in {"GET", "HEAD"} else []
    return any(found[1] == tag for header in given for found in _TAG.finditer(header))


def accepted(request: Request) -> str | None:
    """Return all that a client says it accepts; None where it says nothing."""
    return ", ".join(request.headers.getlist("accept")) or None


def not_acceptable(offered: tuple[str, ...]) -> Response:
    """Return the response to a client that takes none of the forms there are."""
    said = f"this answer can be had as {', '.join(offered)}"
    return problem(406, "Not Acceptable", said, available=list(offered))


def body_response(request: Request, body: bytes | Path, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return a response with a body from memory, or from a file that is removed now and read until it is sent."""
    if isinstance(body, bytes):
        return Response(body, headers=dict(headers), media_type=content_type(media_type))
    size = body.stat().st_size
    length = {**headers, "Content-Length": str(size)}
    if request.method == "HEAD":
        body.unlink()
        return Response(headers=length, media_type=content_type(media_type))
    file = body.open("rb")
    body.unlink()  # its bytes stay until it is closed, however the answer ends
    return StreamingResponse(_pieces(file), headers=length, media_type=content_type(media_type))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block


def _wanted(request: Request, service: Service, seen: Seen, asked: Asked, text: str) -> _Wanted:
    shape = shape_of(text)
    accept = accepted(request)
    task = {
        "query": text,
        "base": base_of(request, service),
        "union": seen.union and not shape.names_dataset,
        "default_graphs": list(asked.default_graphs),
        "named_graphs": list(asked.named_graphs),
        **{kind: forms.chosen(accept, asked.form) for kind, forms in _FORMS.items()},
        "limit": service.settings.rows,
        "bytes": service.settings.answer_bytes,
    }
    asks_others = bool(service.settings.allow_service) and "service" in text.lower()
    lasting = shape.repeatable and not asks_others
    tag = tag_of(task, seen.generation, seen.audience) if lasting else ""
    return _Wanted({**task, "task": "sparql", "database": seen.database}, shape, tag)


def base_of(request: Request, service: Service) -> str:
    """Return the address asked, without parameters, as people reach it."""
    path = request.url.path
    public = service.settings.public_url.rstrip("/")
    return public + path if public else str(request.url.replace(query="", fragment=""))
