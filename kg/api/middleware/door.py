"""The door: requests that nobody means are turned away before anything reads them; HEAD is GET without the bytes."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.api.problems import problem

_MOST_PARAMETERS = 1_000
_MOST_HEADERS = 100
_CONTROLS = frozenset(map(chr, (*range(0x20), 0x7F)))


class Door:
    """ASGI middleware that checks the address and headers of a request, whatever route it is for."""

    def __init__(self, app: ASGIApp, header_bytes: int) -> None:
        """Take what is inside, and the most bytes of address and headers."""
        self._app, self._most = app, header_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn a request away, or let it in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused:
            await problem(*refused)(scope, receive, send)
        elif scope["method"] == "HEAD":
            # The server leaves out the bytes, and keeps their number.
            inner = {**scope, "method": "GET"}
            try:
                await self._app(inner, receive, send)
            finally:
                scope.update({**inner, "method": "HEAD"})  # what routes noted about it
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        target = len(scope.get("raw_path", b"")) + len(scope["query_string"])
        if target > self._most:
            return HTTPStatus.REQUEST_URI_TOO_LONG, f"the address is longer than {self._most:,} bytes; send a query by POST"
        headers = scope["headers"]
        if len(headers) > _MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > self._most:
            most = f"{_MOST_HEADERS} headers or {self._most:,} bytes"
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"there are more than {most} of headers"
        if not scope["path"].isprintable() and not _CONTROLS.isdisjoint(scope["path"]):
            return HTTPStatus.BAD_REQUEST, "the path holds a control character"
        return _bad_parameters(scope["query_string"])


def _bad_parameters(query: bytes) -> tuple[int, str] | None:
    if query.count(b"&") >= _MOST_PARAMETERS:
        return HTTPStatus.BAD_REQUEST, f"there are more than {_MOST_PARAMETERS:,} parameters; send them by POST"
    if b"%" in query:
        try:
            unquote_to_bytes(query).decode("utf-8")
        except UnicodeDecodeError:
            return HTTPStatus.BAD_REQUEST, "the parameters are not UTF-8"
    return None
