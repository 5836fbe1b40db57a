"""Whose turn it is: a bounded, fair queue in front of the workers.

Clients take turns, whatever each of them sends; what looks light has places of its own, so that a small question is answered
while long ones fill all others.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kg.errors import ServiceError


@dataclass(slots=True)
class _Lane:
    """Places, and who waits for them, client by client."""

    places: int
    running: Counter[str] = field(default_factory=Counter)
    queues: OrderedDict[str, deque[asyncio.Future[None]]] = field(default_factory=OrderedDict)

    def waiting(self, client: str | None = None) -> int:
        if client is not None:
            return len(self.queues.get(client, ()))
        return sum(map(len, self.queues.values()))

    def free(self, client: str) -> bool:
        """Say whether a client may start now: one place stays for others wherever there are two."""
        total = self.running.total()
        return total < self.places and (self.places == 1 or self.running[client] < self.places - 1)


class Turns:
    """Gives turns in two lanes, ``light`` and all others."""

    def __init__(self, places: int, light: int, per_client: int, waiting: int, wait: float) -> None:
        """Take places of each lane, most requests of one client, most that wait in all, and the longest wait in seconds."""
        self._lanes = {True: _Lane(light), False: _Lane(places)}
        self._per_client, self._waiting, self._wait = per_client, waiting, wait

    def depth(self) -> int:
        """Return how many wait."""
        return sum(lane.waiting() for lane in self._lanes.values())

    def running(self) -> int:
        """Return how many run."""
        return sum(lane.running.total() for lane in self._lanes.values())

    @asynccontextmanager
    async def turn(self, client: str, *, light: bool = False) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Raises:
            ServiceError: ``busy``: too many wait, or it took too long.
        """
        lane = self._lanes[light]
        if lane.running[client] + lane.waiting(client) >= self._per_client:
            what = f"{self._per_client} requests of yours are under way; wait for one to end"
            raise ServiceError("request", what, "too-many", retry_after=1)
        if not lane.free(client):
            await self._queue(lane, client)
        else:
            lane.running[client] += 1
        try:
            yield
        finally:
            lane.running[client] -= 1
            if not lane.running[client]:
                del lane.running[client]
            self._next(lane)

    async def _queue(self, lane: _Lane, client: str) -> None:
        if lane.waiting() >= self._waiting:
            raise ServiceError("request", "too many requests wait; try again later", "busy", retry_after=self._wait)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.queues.setdefault(client, deque()).append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), self._wait)
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():  # the turn came in the same moment
                lane.running[client] -= 1
                self._next(lane)
            else:
                self._drop(lane, client, turn)
            if isinstance(error, asyncio.CancelledError):
                raise
            what = f"no worker was free within {self._wait:g} seconds; try again later"
            raise ServiceError("request", what, "busy", retry_after=self._wait) from None

    def _drop(self, lane: _Lane, client: str, turn: asyncio.Future[None]) -> None:
        turn.cancel()
        queue = lane.queues.get(client)
        if queue and turn in queue:
            queue.remove(turn)
        if not queue:
            lane.queues.pop(client, None)

    def _next(self, lane: _Lane) -> None:
        """Give free places to those who wait, a client after the other."""
        for client in list(lane.queues):
            if not lane.free(client):
                continue
            queue = lane.queues[client]
            turn = queue.popleft()
            if queue:
                lane.queues.move_to_end(client)
            else:
                del lane.queues[client]
            lane.running[client] += 1
            turn.set_result(None)
