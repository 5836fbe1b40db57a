"""Answers packed with gzip for clients that take it, where that saves something."""

from __future__ import annotations

import asyncio
import zlib
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LEAST = 1 << 10
_INLINE = 64 << 10  # bytes that are packed at once; more would hold up all other requests, so a thread does it
_LEVEL = 4
_TEXTS = (b"text/", b"application/json", b"application/xml", b"application/n-", b"application/trig", b"application/javascript")


class Compress:
    """ASGI middleware that packs what is text and longer than a kilobyte."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what is inside."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            send = _Packed(send, wanted=_takes_gzip(scope) and scope["method"] != "HEAD")
        await self._app(scope, receive, send)


class _Packed:
    """One answer; whether it is packed is known when its first bytes are there."""

    def __init__(self, send: Send, *, wanted: bool) -> None:
        self._send, self._wanted = send, wanted
        self._start: Message | None = None
        self._packing: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not _is_text(message):
                await self._send(message)
                return
            self._start = message
            return
        if self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            more = message.get("more_body", False)
            vary(start)
            if self._wanted and (more or len(message.get("body", b"")) >= _LEAST):
                self._packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
                _relabel(start)
            await self._send(start)
        await self._send(message if self._packing is None else await self._pack(self._packing, message))

    async def _pack(self, packing: zlib._Compress, message: Message) -> Message:
        if message["type"] != "http.response.body":
            return message
        body, last = message.get("body", b""), not message.get("more_body", False)
        work = _packed(packing, body, last) if len(body) <= _INLINE else await asyncio.to_thread(_packed, packing, body, last)
        return {"type": "http.response.body", "body": work, "more_body": not last}


def _packed(packing: zlib._Compress, body: bytes, last: bool) -> bytes:
    return packing.compress(body) + (packing.flush() if last else b"")


def _takes_gzip(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            for choice in value.lower().split(b","):
                coding, _, weight = choice.partition(b";")
                if coding.strip() in {b"gzip", b"x-gzip", b"*"}:
                    return weight.replace(b" ", b"").strip() not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


def _is_text(start: Message) -> bool:
    if start["status"] < HTTPStatus.OK or start["status"] in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        return False
    if start["status"] == HTTPStatus.PARTIAL_CONTENT:
        return False
    kind = b""
    for name, value in start["headers"]:
        if name == b"content-encoding":
            return False
        if name == b"content-type":
            kind = value.lower()
    return kind.startswith(_TEXTS) or b"+json" in kind or b"+xml" in kind


def vary(start: Message) -> None:
    """Say that the answer depends on what encodings the client takes."""
    headers = start["headers"] = list(start["headers"])
    for place, (name, value) in enumerate(headers):
        if name == b"vary":
            if b"accept-encoding" not in value.lower() and value.strip() != b"*":
                headers[place] = (name, value + b", Accept-Encoding")
            return
    headers.append((b"vary", b"Accept-Encoding"))


def _relabel(start: Message) -> None:
    kept = [(name, value) for name, value in start["headers"] if name not in {b"content-length", b"accept-ranges"}]
    # Packed, the bytes are others: an ETag stays true only as a weak one.
    kept = [(n, b"W/" + v) if n == b"etag" and not v.startswith(b"W/") else (n, v) for n, v in kept]
    start["headers"] = [*kept, (b"content-encoding", b"gzip")]
