"""The web process's end of the socket to one worker: one question, one answer, and news of its death at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from kg.api.frames import Incoming, packed

Frame = tuple[dict[str, Any], bytes]


class Lost(Exception):  # noqa: N818 - an event, and nobody's error
    """The worker has gone, or says what no worker says."""


class Channel(asyncio.Protocol):
    """One socket; ``lost`` is called once, when the worker has gone or must go."""

    def __init__(self, lost: Callable[[], None]) -> None:
        """Take what is to be called at the end."""
        self._incoming = Incoming()
        self._lost = lost
        self._answer: asyncio.Future[Frame] | None = None
        self._transport: asyncio.WriteTransport | None = None
        self.open = True

    @property
    def connected(self) -> bool:
        """Say whether there ever was a connection."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def next_frame(self) -> asyncio.Future[Frame]:
        """Return what will be the next frame; the future raises Lost where none comes."""
        self._answer = asyncio.get_running_loop().create_future()
        if not self.open:
            self._answer.set_exception(Lost())
        return self._answer

    def ask(self, request: Mapping[str, Any]) -> asyncio.Future[Frame]:
        """Send a request; return what will be its answer."""
        answer = self.next_frame()
        if self.open and self._transport:
            self._transport.write(packed(request))
        return answer

    def data_received(self, data: bytes) -> None:
        """Take bytes from the worker; one that says anything unasked or anything but frames has to go."""
        try:
            frame = self._incoming.feed(data)
        except ValueError:
            self.close()
            return
        if frame is None:
            return
        if self._answer is None or self._answer.done():
            self.close()
            return
        answer, self._answer = self._answer, None
        answer.set_result(frame)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell whoever waits, and the pool."""
        if not self.open:
            return
        self.open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Lost())
        self._lost()

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()
