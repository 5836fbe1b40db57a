"""The service behind all routes: settings, store, workers, and who may see what."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import multiprocessing as mp
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from starlette.requests import Request

from kg.api.audit import AuditLog
from kg.api.caller import Caller
from kg.api.index_file import IndexFile
from kg.api.leaving import left
from kg.api.networks import is_within
from kg.api.pool import Answered, Pool
from kg.api.scratch import FILES
from kg.api.settings import Settings
from kg.api.writer import Writer
from kg.errors import AccessError, ServiceError, StoreError
from kg.store import Generation, Store
from kg.store.audiences import audience_of, folder_name, found, make_snapshot
from kg.store.batch import PUBLIC
from kg.store.tokens import Tokens

CALLER = "kg.caller"
"""Key in the scope of a request for who asks, once that is known."""

_LIGHT_SECONDS = 0.5
_WRITER_MEMORY = 4 << 30  # bytes; loading large files takes that much address space, whatever a query may take
_FOLLOWING = 3.0  # seconds between two looks for a new generation
_TOLD = ("sources", "statements", "classes", "ontologies")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees of the store at one moment; nobody removes it from the disk while this is kept.

    Attributes:
        generation: id of the generation; empty while nothing is published.
        database: path of the snapshot's database; empty while nothing is published.
        union: whether the default graph of a query is the union of all graphs.
        audience: names of the groups, joined by ``+``; ``public``, or ``*`` for everything. One name for one content: where no
            source is hidden from anybody, all callers see ``public``.
        about: counts of just this: ``sources`` (their number), ``statements`` (by kind, and ``all``), ``classes`` (IRI to
            number of instances), ``ontologies`` (title to version); empty while nothing is published.
        held: the generation.
    """

    generation: str
    database: str
    union: bool
    audience: str
    about: Mapping[str, Any] = field(default_factory=dict)
    held: Generation | None = None

    @property
    def folder_name(self) -> str:
        """Return a name for a folder of what belongs to this audience."""
        return folder_name(self.audience)


class Service:
    """What routes share; one for each process."""

    def __init__(self, settings: Settings) -> None:
        """Open the store; raises StoreError where it is none."""
        self.settings = settings
        self.store = Store.open(settings.store, create=True)
        self.tokens = Tokens(settings.store)
        self.index = IndexFile(settings.index)
        self.audit = AuditLog(settings.audit_log) if settings.audit_log else None
        self._seen: dict[tuple[str, str], Seen] = {}
        self._making: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.pool = Pool.sized(
            settings.workers,
            settings.memory,
            per_client=settings.per_client,
            waiting=settings.waiting,
            wait=settings.wait,
        )
        self.writer = Writer(
            self.store,
            max(settings.memory, _WRITER_MEMORY),
            settings.deadline,
            settings.waiting,
            settings.wait,
            settings.per_client,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start what runs beside the web process, and stop it at the end."""
        await self.pool.start()
        following = asyncio.get_running_loop().create_task(self._follow())
        try:
            yield
        finally:
            following.cancel()
            await self.writer.stop()
            await self.pool.stop()
            for making in list(self._making.values()):
                making.cancel()
            await asyncio.gather(*self._making.values(), return_exceptions=True)
            self._seen.clear()
            self.store.close()

    async def _follow(self) -> None:
        """Have idle workers close the files of old generations, so that their room on the disk is freed."""
        known = ""
        while True:
            with contextlib.suppress(StoreError):  # the next look, or whoever asks, will tell
                generation = self.generation
                if generation is not None and generation.id != known:
                    known = generation.id
                    self.pool.refresh()
            await asyncio.sleep(_FOLLOWING)

    def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            AccessError: a token is shown that is none, or no longer.
        """
        known: Caller | None = request.scope.get(CALLER)
        return known or self._identified(request)

    def _identified(self, request: Request) -> Caller:
        address = self._address(request)
        shown = request.headers.getlist("authorization")
        if len(shown) > 1:
            raise AccessError("Authorization", "stands in the request twice; expected 'Bearer TOKEN' once")
        scheme, _, secret = (shown[0].strip() if shown else "").partition(" ")
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
        if is_within(direct, self.settings.trusted_proxies):
            forwarded = request.headers.get("x-forwarded-for", "")
            return forwarded.rpartition(",")[2].strip() or direct
        return direct

    @property
    def generation(self) -> Generation | None:
        """Return the current generation; None while nothing is published."""
        return self.store.current

    def seen(self, caller: Caller) -> Seen:
        """Return what a caller sees now: the one place that says it, for every route.

        Raises:
            StoreError: the store cannot be read.
            ServiceError: the snapshot for the caller's groups is being made; ``prepare`` waits for it.
        """
        generation = self.generation
        if generation is None:
            return Seen("", "", self._union(0), PUBLIC)
        audience = audience_of(generation, caller.groups, everything=caller.sees_everything)
        known = self._seen.get((generation.id, audience))
        if known is None:
            there = found(generation, audience)
            if there is None:
                raise ServiceError("request", "the snapshot for your groups is being made; try again", "busy", retry_after=1)
            said = there.about()
            about = MappingProxyType({key: said[key] for key in _TOLD})
            known = Seen(generation.id, str(there.database), self._union(about["sources"]), audience, about, generation)
            self._remember(known)
        return known

    def _remember(self, seen: Seen) -> None:
        """Keep what was found for this generation, and let go of the generation before."""
        if any(generation != seen.generation for generation, _ in self._seen):
            self._seen.clear()
        self._seen[seen.generation, seen.audience] = seen

    async def prepare(self, caller: Caller) -> None:
        """See to it that ``seen`` has something for a caller: a snapshot for new groups is made in a process of its own.

        Raises:
            ServiceError: it takes longer than a request may wait; it is made all the same.
            StoreError: it cannot be made.
        """
        generation = self.generation
        if generation is None:
            return
        audience = audience_of(generation, caller.groups, everything=caller.sees_everything)
        if (generation.id, audience) in self._seen or found(generation, audience):
            return
        making = self._making.get((generation.id, audience))
        if making is None:
            work = _made(generation, caller.groups, audience)
            making = self._making[generation.id, audience] = asyncio.get_running_loop().create_task(work)
            making.add_done_callback(lambda _: self._making.pop((generation.id, audience), None))
        try:
            await asyncio.wait_for(asyncio.shield(making), self.settings.wait)
        except TimeoutError:
            what = "the snapshot for your groups is being made; try again"
            raise ServiceError("request", what, "busy", retry_after=self.settings.wait) from None

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
        gone = asyncio.ensure_future(left(request))
        try:
            limit = min(deadline or self.settings.deadline, self.settings.deadline)
            answered = await self.pool.run(
                task, client=caller.client, deadline=limit, gone=gone, light=_LIGHT_SECONDS if light else 0
            )
            if isinstance(answered.body, Path):
                request.scope.setdefault(FILES, []).append(answered.body)
            return answered
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone


async def _made(generation: Generation, groups: Collection[str], audience: str) -> None:
    """Make a snapshot in a process of its own, with the server of workers as its parent, so that nothing waits for it."""
    process = mp.get_context("forkserver").Process(
        target=make_snapshot, args=(str(generation.path), sorted(groups)), name="kg-snapshot", daemon=True
    )
    await asyncio.to_thread(process.start)
    try:
        await asyncio.to_thread(process.join)
    finally:
        process.kill()  # nothing where it has ended
    if found(generation, audience) is None:
        raise StoreError("the store", "the snapshot for your groups could not be made; the log of the service says why")
