"""The outermost: a request gets an id, is counted and logged, and always gets an answer that is whole or none."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import traceback
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.api import problems
from kg.api.caller import Caller
from kg.api.log import Log, address_said
from kg.api.metrics import Metrics
from kg.api.scratch import FILES
from kg.api.service import CALLER
from kg.errors import KgError

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:\-]{1,64}")
_HTML = (
    b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A browser shows RDF/XML and the XML of results, in which somebody may have put a script.
_DATA = b"default-src 'none'; frame-ancestors 'none'; sandbox"
_QUIET = frozenset(("/health", "/ready", "/metrics"))


class Observe:
    """ASGI middleware: request id, headers for browsers, counts, a line of the log, and the last resort for errors."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: Log, addresses: str) -> None:
        """Take what is inside, where to count and to log, and what the log says of addresses."""
        self._app, self._metrics, self._log, self._addresses = app, metrics, log, addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = _Sent(send, _request_id(scope))
        self._metrics.running += 1
        try:
            await self._app(scope, receive, answer)
        except asyncio.CancelledError:
            # The service stops and the time of grace is over.
            told = problems.problem(HTTPStatus.SERVICE_UNAVAILABLE, "the service is stopping", code="stopping", retry_after=5)
            await self._last_words(told, scope, receive, answer)
        except ClientDisconnect:
            answer.status = answer.status or problems.CLIENT_LEFT
        except Exception as error:  # noqa: BLE001 - the door: a defect is logged, and told to the client without its trace
            await self._fault(error, scope, receive, answer)
        finally:
            self._metrics.running -= 1
            _remove(scope.get(FILES, ()))
            self._note(scope, answer, time.perf_counter() - began)

    async def _fault(self, error: Exception, scope: Scope, receive: Receive, answer: _Sent) -> None:
        if isinstance(error, KgError):  # raised by a middleware
            await self._last_words(await problems.told(Request(scope), error), scope, receive, answer)
            return
        self._metrics.faults += 1
        trace = "".join(traceback.format_exception(error))
        self._log.say("error", "fault", message="a request failed by a defect", request=answer.id.decode(), trace=trace)
        detail = f"this is a defect of the service; its log has more under the request {answer.id.decode()}"
        told = problems.problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, code="fault")
        await self._last_words(told, scope, receive, answer)

    async def _last_words(self, told: ASGIApp, scope: Scope, receive: Receive, answer: _Sent) -> None:
        if not answer.status:
            await told(scope, receive, answer)
        elif not answer.whole:
            # An answer that breaks off must not look whole: raising is how an ASGI server is told to hang up.
            raise RuntimeError("an answer broke off")

    def _note(self, scope: Scope, answer: _Sent, seconds: float) -> None:
        route = scope.get("route")
        pattern = str(getattr(route, "path", "")) or "-"
        status = answer.status or problems.CLIENT_LEFT
        self._metrics.count(pattern, scope["method"], status, seconds)
        level = "debug" if scope["path"] in _QUIET and status < HTTPStatus.BAD_REQUEST else "info"
        if self._log.wants(level):  # type: ignore[arg-type]
            address = address_said(_address(scope), self._addresses)
            self._log.say(
                level,  # type: ignore[arg-type]
                "request",
                method=scope["method"][:16],
                route=pattern,
                status=status,
                ms=round(seconds * 1000, 1),
                bytes=answer.size,
                request=answer.id.decode(),
                **({"address": address} if address else {}),
            )


class _Sent:
    """What has been sent of one answer; adds the headers that every answer has."""

    def __init__(self, send: Send, name: bytes) -> None:
        self._send = send
        self.id = name
        self.status = 0
        self.size = 0
        self.whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._more(message.get("headers", ()))]
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)
        await self._send(message)

    def _more(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        said = dict(headers)
        more = [(b"x-request-id", self.id)]
        if b"x-content-type-options" not in said:
            more.append((b"x-content-type-options", b"nosniff"))
        if b"content-security-policy" not in said:
            page = said.get(b"content-type", b"").startswith(b"text/html")
            more.append((b"content-security-policy", _HTML if page else _DATA))
        return more


def _address(scope: Scope) -> str:
    """Return the client's address; behind a proxy that is trusted the one that it names."""
    caller: Caller | None = scope.get(CALLER)
    return caller.address if caller else (scope["client"][0] if scope.get("client") else "")


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _request_id(scope: Scope) -> bytes:
    """Return the id that a proxy gave, or a new one; an odd one could forge lines of logs."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return secrets.token_hex(8).encode()
