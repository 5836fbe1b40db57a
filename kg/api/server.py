"""The HTTP server: uvicorn with h11, and a watch over connections that would only hold a place.

uvicorn bounds none of these: a client that never ends its headers, sends its body a byte a minute, or never reads the answer.
One look at all connections, twice a second, costs less than a timer for each.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from types import FrameType
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.api.framing import StrictConnection
from kg.api.settings import Settings

_LOOK = 0.5  # seconds between two looks at all connections
_TWICE = 0.3  # seconds; some who stop a service send the signal to it and then to its group, and mean it once
_PROGRESS = 4 << 10  # bytes that count as progress
_UNREAD = 64 << 20  # bytes of a body that nobody wants which are read away, so that the client gets to its answer
_UNREAD_SAID = 320 << 20  # the same where the client has said how long it is, so that it ends
_UNREAD_TIME = 10.0


@dataclass(slots=True)
class Gate:
    """What all connections of a server share.

    Attributes:
        settings: of the service.
        addresses: open connections by address.
        dropped: connections ended by the watch, by reason; for the metrics.
        exempt: addresses of proxies, which stand for many clients.
    """

    settings: Settings
    addresses: Counter[str]
    dropped: Counter[str]
    exempt: Callable[[str], bool]


class Connection(H11Protocol):
    """One connection."""

    def __init__(self, *args: Any, gate: Gate, **more: Any) -> None:  # noqa: ANN401 - as uvicorn calls it
        """Take what uvicorn gives, and what all connections share."""
        super().__init__(*args, **more)
        self.conn = StrictConnection(h11.SERVER, gate.settings.header_bytes)
        self._gate = gate
        self._address = ""
        self._since = time.monotonic()
        self._phase, self._mark = "", 0
        self._received = self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or say that there are too many."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            # asyncio leaves this out where a listening socket does not name its protocol: 40 ms for each answer.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._address = self.client[0] if self.client else ""
        self._gate.addresses[self._address] += 1
        most = self._gate.settings.connections
        crowded = self._gate.addresses[self._address] > max(1, most // 2) and not self._gate.exempt(self._address)
        if len(self.connections) > most or crowded:
            self._gate.dropped["crowded"] += 1
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections are open; try again")

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place."""
        self._gate.addresses[self._address] -= 1
        if not self._gate.addresses[self._address]:
            del self._gate.addresses[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; whatever is wrong with them ends this connection and nothing else."""
        if self.transport.is_closing():
            return
        self._received += len(data)
        if self.cycle is not None and self.cycle.response_complete and self.conn.their_state is h11.SEND_BODY:
            self._unread += len(data)
            said = any(name == b"content-length" for name, _ in self.headers)
            if self._unread > (_UNREAD_SAID if said else _UNREAD):
                self._give_up("unread")
                return
        try:
            super().data_received(data)
        except (h11.LocalProtocolError, UnicodeDecodeError):
            self._give_up("malformed")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as uvicorn calls it
        """Answer what is no HTTP, where an answer is still possible."""
        hint = getattr(sys.exc_info()[1], "error_status_hint", HTTPStatus.BAD_REQUEST)
        said = {HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "the address and headers are too long; send a query by POST"}
        self._gate.dropped["malformed"] += 1
        self._refuse(hint, said.get(hint, "this is not HTTP as RFC 9112 has it"))

    def look(self, now: float) -> None:
        """End the connection when nothing has moved on it for too long."""
        settings, unsent = self._gate.settings, self.transport.get_write_buffer_size()
        if unsent:
            self._expect(now, "send", -unsent, settings.send_time)
        elif self.cycle is None or self.cycle.response_complete:
            self._look_at_head(now)
        elif self.cycle.more_body and not self.flow.read_paused:
            self._expect(now, "body", self._received, settings.body_time)
        else:  # it is our turn
            self._phase, self._since = "", now

    def _look_at_head(self, now: float) -> None:
        settings = self._gate.settings
        if self.cycle is not None and self.conn.their_state is h11.SEND_BODY:
            self._expect(now, "unread", 0, _UNREAD_TIME)
        elif self.timeout_keep_alive_task is not None:  # idle between two requests, which has a timer of its own
            self._phase, self._since = "", now
        elif now - self._since > settings.header_time:
            self._gate.dropped["header"] += 1
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"no request came within {settings.header_time:g} seconds")

    def _expect(self, now: float, phase: str, mark: int, longest: float) -> None:
        """Give the connection up when a number has not grown by some kilobytes for too long."""
        if phase != self._phase or mark - self._mark >= _PROGRESS:
            self._phase, self._since, self._mark = phase, now, mark
        elif now - self._since > longest:
            self._give_up(phase)

    def _give_up(self, reason: str) -> None:
        self._gate.dropped[reason] += 1
        self.transport.abort()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer with a problem and hang up."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
        text = json.dumps(body).encode()
        headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(text))), ("Connection", "close")]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", "1"))
        try:
            for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=text), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # in the middle of an answer: nothing more can be said
            self.transport.abort()
            return
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn's server with the watch; the first signal lets requests end, the second does not, and both are no failure."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        """Take the configuration, and what to do once it answers."""
        super().__init__(config)
        self._started = started
        self._told = 0.0

    async def startup(self, sockets: Any = None) -> None:  # noqa: ANN401 - as uvicorn declares it
        """Start, and watch."""
        await super().startup(sockets)
        self._watching = asyncio.get_running_loop().create_task(self._watch())
        if not self.should_exit:  # told to stop meanwhile
            self._started()

    async def shutdown(self, sockets: Any = None) -> None:  # noqa: ANN401 - as uvicorn declares it
        """Stop; what runs beside the server is ended in order also by the second signal, which uvicorn would only cancel."""
        await super().shutdown(sockets)
        if self.force_exit:
            await self.lifespan.shutdown()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                cast("Connection", connection).look(now)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signal calls it
        """Stop; at once when told so twice."""
        now = time.monotonic()
        if self.should_exit and now - self._told > _TWICE:
            self.force_exit = True
        elif not self.should_exit:
            self.should_exit, self._told = True, now

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals, and do not raise them again at the end: to be stopped is what a service is for."""
        before = {sig: signal.signal(sig, self.handle_exit) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def server_of(app: Any, gate: Gate, started: Callable[[], None]) -> Server:  # noqa: ANN401 - an ASGI application
    """Return a server for an application, not yet running."""
    settings = gate.settings
    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", partial(Connection, gate=gate)),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=512,
        timeout_keep_alive=max(1, round(settings.keep_alive)),
        timeout_graceful_shutdown=max(1, round(settings.grace)),
        h11_max_incomplete_event_size=settings.header_bytes,
    )
    return Server(config, started)
