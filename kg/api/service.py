"""The service behind all routes: settings, store, workers, and who may see what."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from kg.api.caller import Caller
from kg.api.pool import Answered, Pool
from kg.api.settings import Settings
from kg.errors import AccessError
from kg.store import Generation, Store
from kg.store.tokens import Tokens

_LIGHT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees of the store at one moment.

    Attributes:
        generation: id of the generation; empty while nothing is published.
        database: path of the snapshot's database; empty while nothing is published.
        union: whether the default graph of a query is the union of all graphs.
        audience: names of the groups, joined by ``+``; ``public``, or ``*`` for everything.
    """

    generation: str
    database: str
    union: bool
    audience: str


class Service:
    """What routes share; one for each process."""

    def __init__(self, settings: Settings) -> None:
        """Open the store; raises StoreError where it is none."""
        self.settings = settings
        self.store = Store.open(settings.store, create=True)
        self.tokens = Tokens(settings.store)
        self.pool = Pool.sized(
            settings.workers,
            settings.memory,
            per_client=settings.per_client,
            waiting=settings.waiting,
            wait=settings.wait,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start what runs beside the web process, and stop it at the end."""
        await self.pool.start()
        try:
            yield
        finally:
            await self.pool.stop()
            self.store.close()

    def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            AccessError: a token is shown that is none, or no longer.
        """
        address = self._address(request)
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if not secret and not scheme:
            return Caller(address)
        if scheme.lower() != "bearer" or not secret:
            raise AccessError("Authorization", "expected 'Bearer TOKEN'")
        own = self.settings.writer_token
        if own and hmac.compare_digest(secret.encode("utf-8", "replace"), own.encode("utf-8", "replace")):
            return Caller(address, "writer", name="KG_WRITER_TOKEN")
        token = self.tokens.known(secret)
        if token is None:
            raise AccessError("Authorization", "this token is not known here, or its time is over")
        return Caller(address, token.role, frozenset(token.groups), token.name)

    def _address(self, request: Request) -> str:
        direct = request.client.host if request.client else "local"
        if direct in self.settings.trusted_proxies:
            forwarded = request.headers.get("x-forwarded-for", "")
            return forwarded.rpartition(",")[2].strip() or direct
        return direct

    @property
    def generation(self) -> Generation | None:
        """Return the current generation; None while nothing is published."""
        return self.store.current

    def seen(self, caller: Caller) -> Seen:
        """Return what a caller sees now.

        Raises:
            StoreError: the store cannot be read.
        """
        generation = self.generation
        if generation is None:
            return Seen("", "", self._union(0), "public")
        union = self._union(generation.stats()["sources"])
        return Seen(generation.id, str(generation.path / "db"), union, "*" if caller.sees_everything else "public")

    def _union(self, sources: int) -> bool:
        wanted = self.settings.default_graph
        return sources > 0 if wanted == "auto" else wanted == "union"

    async def ask(
        self, request: Request, caller: Caller, task: Mapping[str, Any], *, light: bool, deadline: float = 0
    ) -> Answered:
        """Have a worker do a task for a request; it is ended when the client leaves.

        Raises:
            ServiceError: deadline, memory, busy and so on.
            KgError: the request is wrong.
        """
        gone = asyncio.ensure_future(_left(request))
        try:
            limit = min(deadline or self.settings.deadline, self.settings.deadline)
            return await self.pool.run(
                task, client=caller.client, deadline=limit, gone=gone, light=_LIGHT_SECONDS if light else 0
            )
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone


async def _left(request: Request) -> None:
    """Return when the client has left; the body must have been read."""
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return
