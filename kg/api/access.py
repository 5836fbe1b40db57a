"""The door of every route: who asks is known, and what they may see is ready, before any route runs."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.api.audit import Entry
from kg.api.caller import Caller
from kg.api.problems import told
from kg.api.service import CALLER, Service
from kg.errors import KgError, UsageError

_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_CHANGING = frozenset(("PUT", "PATCH", "DELETE"))
_WRITING = ("/update", "/rdf-graph-store")
_FAILED = 500
_UNGUARDED = frozenset(("/health", "/ready", "/metrics"))  # they say so when the store cannot be read, and nothing of anybody


class Access:
    """Knows callers by their tokens, refuses tokens that are none, and writes the audit log; no route can forget it."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """Take what comes behind it, and the service that knows tokens."""
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"] in _UNGUARDED:
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), _FAILED

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._answer(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            if _has_token_in_address(scope):
                raise UsageError(
                    "access_token",
                    "a token does not belong into an address, which others write down: take it back (kg token remove), and "
                    "send a new one as 'Authorization: Bearer TOKEN'",
                )
            caller = self._service.caller(request)
            scope[CALLER] = caller
            await self._service.prepare(caller)
        except KgError as error:
            response = await told(request, error)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        if self._service.audit is None or not _counts(scope):
            return
        caller: Caller | None = scope.get(CALLER)
        generation = self._service.generation
        self._service.audit.note(
            Entry(
                time=datetime.now(UTC).isoformat(timespec="milliseconds"),
                token=caller.name if caller else "",
                role=caller.role if caller else "refused",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", ""),
                status=status,
                generation=generation.id if generation else "",
                milliseconds=round(seconds * 1000, 1),
            )
        )


def _counts(scope: Scope) -> bool:
    """Say whether a request showed a token, or would write."""
    if any(name == b"authorization" for name, _ in scope["headers"]) or scope["method"] in _CHANGING:
        return True
    path: str = scope["path"]
    if _has_token_in_address(scope):
        return True
    return scope["method"] not in _SAFE and path.startswith(_WRITING)


def _has_token_in_address(scope: Scope) -> bool:
    """Say whether a request shows a token where RFC 6750 has it as a parameter; it would be answered as anybody's otherwise."""
    query: bytes = scope["query_string"]
    if b"access_token" not in query and b"%" not in query:  # most requests
        return False
    return any(name == "access_token" for name, _ in parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True))
