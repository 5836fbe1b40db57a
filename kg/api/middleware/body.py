"""Bodies of requests: counted as they come, unpacked where they are packed, and never beyond what a route takes."""

from __future__ import annotations

import asyncio
import time
import zlib
from contextlib import suppress
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.api.problems import problem
from kg.errors import LimitError

_MOST = "kg.most"
_UPLOADS = ("/update", "/rdf-graph-store")
_PIECE = 256 << 10
_LINGER = 2.0  # seconds in which the rest of a body is read that nobody wants, before the connection is closed
_PACKED = frozenset((b"gzip", b"x-gzip"))


def allow_upload(request: Request, most: int) -> None:
    """Let a route take a body of up to ``most`` bytes; to be said before it reads the first."""
    request.scope[_MOST] = most


class Bodies:
    """ASGI middleware between the client's bytes and whoever reads them."""

    def __init__(self, app: ASGIApp, query_bytes: int, upload_bytes: int) -> None:
        """Take what is inside, the most bytes of a body, and of one for the routes that take uploads."""
        self._app, self._query, self._upload = app, query_bytes, upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in with its body bounded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        packing, length = _said(scope)
        if packing and packing not in _PACKED:
            detail = "a body may be packed with gzip, or not at all"
            await problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"Accept-Encoding": "gzip"})(scope, receive, send)
            return
        if packing:  # what is inside gets the bytes unpacked
            told = (b"content-encoding", b"content-length")
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in told]
        scope.setdefault(_MOST, self._upload if scope["path"].startswith(_UPLOADS) else self._query)
        linger = _Linger(scope, receive, send)
        body = _Body(scope, linger.receive, linger.send, length, packed=bool(packing))
        await self._app(scope, body.receive, body.send)


class _Body:
    """One body; what is wrong with it is the answer, whatever a route makes of the error."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, length: int, *, packed: bool) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._length, self._taken = length, 0
        self._unpacking = zlib.decompressobj(31) if packed else None
        self._rest, self._ended = b"", False
        self._wrong: tuple[int, str] | None = None
        self._told = False

    async def receive(self) -> Message:
        """Return the next piece; raises LimitError when there is too much of it, or it cannot be unpacked."""
        if self._wrong or self._length > self._scope[_MOST]:
            raise self._refused(*(self._wrong or self._too_long()))
        if self._ended and not self._rest:
            return await self._receive()
        message: Message = {"type": "http.request", "body": b"", "more_body": True}
        if not self._rest:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._ended = not message.get("more_body", False)
            self._scope["kg.sent"] = self._scope.get("kg.sent", 0) + len(message.get("body", b""))  # as it came
        body = message.get("body", b"") if self._unpacking is None else self._unpacked(message.get("body", b""))
        self._taken += len(body)
        if self._taken > self._scope[_MOST]:
            raise self._refused(*self._too_long())
        return {"type": "http.request", "body": body, "more_body": not self._ended or bool(self._rest)}

    def _unpacked(self, data: bytes) -> bytes:
        unpacking = self._unpacking
        if unpacking is None:
            return data
        try:
            found = unpacking.decompress(self._rest + data, _PIECE)
        except zlib.error:
            raise self._refused(HTTPStatus.BAD_REQUEST, "the body is not gzip, as its header says") from None
        self._rest = unpacking.unconsumed_tail
        whole = unpacking.eof or not self._taken + len(found) + len(data)
        if self._ended and not self._rest and not whole:
            raise self._refused(HTTPStatus.BAD_REQUEST, "the body ends in the middle of its gzip")
        if unpacking.eof and unpacking.unused_data.strip(b"\0"):
            raise self._refused(HTTPStatus.BAD_REQUEST, "something follows the gzip of the body")
        return found

    def _too_long(self) -> tuple[int, str]:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is longer than {self._scope[_MOST]:,} bytes"

    def _refused(self, status: int, what: str) -> LimitError:
        self._wrong = (status, what)
        return LimitError("request", what)

    async def send(self, message: Message) -> None:
        """Send the answer, or what is wrong with the body in its place."""
        if self._told:
            return
        if self._wrong and message["type"] == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
            self._told = True
            await problem(*self._wrong)(self._scope, self._receive, self._send)
            return
        await self._send(message)


class _Linger:
    """Lets the client get to an answer that comes before its body has ended, where the connection is closed with the answer.

    To close it with bytes unread would reset it, and the answer could be lost. Where it is kept the server reads on by itself.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        said = {name: value.lower() for name, value in scope["headers"]}
        self._ended = not said.get(b"content-length", b"").strip(b"0") and b"transfer-encoding" not in said
        self._closes = scope["http_version"] == "1.0" or b"close" in said.get(b"connection", b"")
        self._awaited = b"expect" in said  # such a client sends nothing before it is told to

    async def receive(self) -> Message:
        """Return the next piece of the body."""
        self._awaited = False
        message = await self._receive()
        self._ended = self._ended or message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer; after the last, read on for a moment."""
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not last or not self._closes or self._ended or self._awaited:
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        until = time.monotonic() + _LINGER
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while not self._ended and time.monotonic() < until:
                    await self.receive()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _said(scope: Scope) -> tuple[bytes, int]:
    """Return what the headers say: how the body is packed, and how long it is (0 where they do not)."""
    packing, length = b"", 0
    for name, value in scope["headers"]:
        if name == b"content-encoding":
            packing = value.strip().lower()
        elif name == b"content-length":
            length = int(value)  # the server has seen to it that these are digits
    return (b"" if packing == b"identity" else packing), length
