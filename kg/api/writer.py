"""The writer as the web process has it: a queue, one process, several waiting writes as one group, each answered for itself."""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import re
import socket
import uuid
from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from starlette.requests import Request

from kg import errors
from kg.api import writer_process
from kg.api.attendant import Attendant
from kg.api.channel import Channel, Lost
from kg.api.leaving import left
from kg.api.pool import Bug, ending
from kg.errors import AccessError, KgError, ServiceError, StoreError
from kg.store import Store
from kg.store.working import PREFIX, Working
from kg.store.writes import DeleteGraph, Outcome, PostGraph, PutGraph, Update, Write

_STARTING = 60.0  # seconds within which the process must say that it is ready; the first loads every module
_GROUP = 128  # most writes that are published together
_GROUP_BYTES = 32 << 20  # beyond which a group takes no more
_RATE = 1 << 20  # bytes of an upload that may take another second
_PACKING = 64  # bytes of an upload that count, at most, for each byte sent: what is packed tighter is no graph of anybody
_STATEMENTS = 2_000  # of the store that may take another second: 15,000 are removed in one by a machine that is busy
_MOST_MORE = 1_800.0  # seconds that the size of the store may add
_CLOSING = 10.0
_LEFTOVERS = 1.0  # seconds for another job that writes
_CRASH = "crash"
_REMOVING = re.compile(r"\b(?:clear|drop|delete|move|copy|add)\b", re.IGNORECASE)

SENT = "kg.sent"
"""Key in the scope of a request for the bytes of its body as they came, before they were unpacked."""


@dataclass(slots=True)
class _Job:
    """A write that waits or is being done."""

    write: Write
    client: str
    size: int
    seconds: float
    begun: asyncio.Future[None]
    done: asyncio.Future[tuple[Outcome, str]]
    alone: bool = False
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


class Writer:
    """Does writes; use it between ``start`` and ``stop``. Its process is started with the first write."""

    def __init__(self, store: Store, memory: int, deadline: float, waiting: int, wait: float, per_client: int) -> None:
        """Take the store, what one write may take, and the limits of the queue.

        Args:
            store: to write to.
            memory: bytes for one write.
            deadline: seconds for one write, beside those for its size and that of the store.
            waiting: most writes that wait.
            wait: seconds that a write may wait before it is begun.
            per_client: most writes of one client that wait or are being done.
        """
        self._store, self._memory, self._deadline = store, memory, deadline
        self._waiting, self._wait, self._per_client = waiting, wait, per_client
        self._queues: OrderedDict[str, deque[_Job]] = OrderedDict()
        self._held: Counter[str] = Counter()
        self._pumping: asyncio.Task[None] | None = None
        self._one: Attendant | None = None
        self._burials: set[asyncio.Task[None]] = set()
        self._context: ForkServerContext = mp.get_context("forkserver")
        self._stopping = False
        self.ended: Counter[str] = Counter()
        """Why processes ended, by code; for the metrics."""

    @property
    def pid(self) -> int:
        """Return the id of the process; 0 where there is none."""
        return self._one.pid if self._one else 0

    @property
    def waiting(self) -> int:
        """Return how many writes wait."""
        return sum(map(len, self._queues.values()))

    async def stop(self) -> None:
        """End the process; writes that wait are told so."""
        self._stopping = True
        if self._pumping:
            self._pumping.cancel()
            await asyncio.gather(self._pumping, return_exceptions=True)
        for job in [job for queue in self._queues.values() for job in queue]:
            self._settle(job, ServiceError("store", "the service stops", "busy", retry_after=1))
        self._queues.clear()
        if one := self._one:
            with suppress(TimeoutError, Lost):  # Lost is what is hoped for: it removes its working folder and ends
                async with asyncio.timeout(_CLOSING):
                    await one.channel.ask({writer_process.END: True})
            one.kill()
            await one.exit_code()
        await asyncio.gather(*self._burials, return_exceptions=True)
        await asyncio.to_thread(_remove_leftovers, self._store)

    async def write(self, write: Write, client: str = "", request: Request | None = None) -> tuple[Outcome, str]:
        """Do a write; return what became of it and the id of the generation that holds it, once that is published.

        What has begun is done to its end also when whoever asked has left; what still waits is dropped then.

        Args:
            write: to do.
            client: who asks: clients take turns, and each has a limit of its own; empty for the service itself, without one.
            request: by which it is asked, its body read; None where nobody can leave.

        Raises:
            KgError: why it was not done; ServiceError with ``busy``, ``too-many``, ``gone``, ``deadline``, ``memory``,
                ``depth``, ``crash`` among them.
            Bug: the writer has a defect.
        """
        self._check_room(client)
        job = self._queued(write, client, request)
        gone = asyncio.ensure_future(left(request)) if request else None
        try:
            await self._begun(job, gone)
        finally:
            if gone:
                gone.cancel()
                await asyncio.gather(gone, return_exceptions=True)
        outcome, generation = await asyncio.shield(job.done)
        if outcome.error:
            raise outcome.error
        return outcome, generation

    def _check_room(self, client: str) -> None:
        if client and self._held[client] >= self._per_client:
            what = f"{self._per_client} writes of yours are under way; wait for one to end"
            raise ServiceError("request", what, "too-many", retry_after=1)
        if self.waiting >= self._waiting or self._stopping:
            raise ServiceError("store", "too many writes wait; try again later", "busy", retry_after=self._wait)

    def _queued(self, write: Write, client: str, request: Request | None) -> _Job:
        loop = asyncio.get_running_loop()
        size = _size(write)
        sent = request.scope.get(SENT) if request and not isinstance(write, Update) else None
        counted = size if sent is None else min(size, _PACKING * sent)
        job = _Job(write, client, size, counted / _RATE, loop.create_future(), loop.create_future())
        self._held[client] += 1
        self._queues.setdefault(client, deque()).append(job)
        job.done.add_done_callback(lambda _: self._let_go(client))
        if self._pumping is None or self._pumping.done():
            self._pumping = loop.create_task(self._pump())
        return job

    def _let_go(self, client: str) -> None:
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]

    async def _begun(self, job: _Job, gone: asyncio.Future[None] | None) -> None:
        """Wait until a write has begun; one that has not in its time, or whose asker has left, is dropped."""
        waited = {job.begun, gone} if gone else {job.begun}
        try:
            await asyncio.wait(waited, timeout=self._wait, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not job.begun.done():
                self._drop(job)
        if job.begun.cancelled():
            if gone and gone.done():
                raise ServiceError("request", "the client left before its write was begun", "gone")
            what = f"the writer was not free within {self._wait:g} seconds; try again later"
            raise ServiceError("request", what, "busy", retry_after=self._wait)

    def _drop(self, job: _Job) -> None:
        job.begun.cancel()
        job.done.cancel()
        queue = self._queues[job.client]
        queue.remove(job)
        if not queue:
            del self._queues[job.client]

    async def _pump(self) -> None:
        while self._queues:
            group = self._next_group()
            try:
                await self._do(group)
            except BaseException as error:
                told = error if isinstance(error, Exception) else ServiceError("store", "the service stops", "busy")
                for job in group:
                    self._settle(job, told)
                if told is not error:
                    raise

    def _next_group(self) -> list[_Job]:
        """Take what is done together: of each client one write after the other, in turns."""
        group: list[_Job] = []
        size = 0
        while self._queues and len(group) < _GROUP:
            client, queue = next(iter(self._queues.items()))
            if group and (queue[0].alone or group[0].alone or size + queue[0].size > _GROUP_BYTES):
                break
            job = queue.popleft()
            if queue:
                self._queues.move_to_end(client)
            else:
                del self._queues[client]
            if not job.begun.done():
                job.begun.set_result(None)
            group.append(job)
            size += job.size
        return group

    def _again(self, lost: list[_Job]) -> None:
        """Put back what ended the process, or was done beside it: each alone, in turns, first who asked for little."""
        clients = Counter(job.client for job in lost)
        for job in reversed(lost):
            job.alone = True
            self._queues.setdefault(job.client, deque()).appendleft(job)
        for client, _ in clients.most_common():
            self._queues.move_to_end(client, last=False)

    async def _do(self, group: list[_Job]) -> None:
        """Do a group; where that ends the process, what was not published is queued again, once."""
        again = group[0].alone
        try:
            reply = await self._asked(group)
        except ServiceError as death:
            lost = [job for job in group if not await self._is_published(job)]
            if len(group) == 1 and lost and (again or death.code != _CRASH):
                self._settle(group[0], death)
            else:
                self._again(lost)
            return
        if "bug" in reply:
            raise Bug(str(reply["bug"]))
        for job, said in zip(group, reply["outcomes"], strict=True):
            job.done.set_result((_outcome(said), str(reply["generation"])))

    async def _is_published(self, job: _Job) -> bool:
        """Find out whether a write was published before the process ended; if so, it is answered."""
        generation = await asyncio.to_thread(self._store.generation_with, job.id)
        if generation is None:
            return False
        job.done.set_result((Outcome(), generation))
        return True

    async def _asked(self, group: list[_Job]) -> Mapping[str, Any]:
        """Have the process do a group; raises ServiceError with the reason where it ends before it replies."""
        one = self._one or await self._spawn()
        seconds = self._deadline + sum(job.seconds for job in group) + await asyncio.to_thread(self._more, group)
        request = {"writes": [{"id": job.id, **writer_process.said_of(job.write)} for job in group], "deadline": seconds}
        try:
            async with asyncio.timeout(seconds):
                reply, _ = await one.channel.ask(request)
        except TimeoutError:
            self._end(one, "deadline")
            await one.exit_code()  # it holds the lock of the store until then
            raise ServiceError("update", "took longer than it may and was ended; nothing was written", "deadline") from None
        except Lost:
            death = ending(await one.exit_code())
            self.ended[death.code] += 1
            raise death from None
        except BaseException:
            self._end(one, "stopped")
            raise
        if reply.get("last"):
            self._end(one, "retired")
        return reply

    def _more(self, group: list[_Job]) -> float:
        """Return the seconds that it may take longer because of what is there; every removal could meet all of it."""
        if not any(not isinstance(job.write, Update) or _REMOVING.search(job.write.text) for job in group):
            return 0.0
        generation = self._store.current
        statements = int(generation.stats()["statements"]["all"]) if generation else 0
        return min(_MOST_MORE, statements / _STATEMENTS)

    def _end(self, one: Attendant, reason: str) -> None:
        self.ended[reason] += 1
        if self._one is one:
            self._one = None
        one.kill()

    def _gone(self, one: Attendant) -> None:
        if self._one is one:
            self._one = None
        one.kill()
        burial = asyncio.get_running_loop().create_task(asyncio.to_thread(one.bury))
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)

    async def _spawn(self) -> Attendant:
        ours, theirs = socket.socketpair()
        with theirs:
            process = self._context.Process(
                target=writer_process.main, args=(theirs, str(self._store.path), self._memory), name="kg-writer", daemon=True
            )
            try:
                await asyncio.to_thread(process.start)
            except BaseException as error:
                ours.close()
                if isinstance(error, (OSError, EOFError)):
                    raise _unborn() from error
                raise
        ours.setblocking(False)  # noqa: FBT003 - as socket declares it
        one = Attendant(process, Path(), 0)
        channel = one.channel = Channel(lambda: self._gone(one))
        ready = channel.next_frame()
        try:
            async with asyncio.timeout(_STARTING):
                await asyncio.get_running_loop().create_connection(lambda: channel, sock=ours)
                await ready
        except BaseException as error:
            one.kill()
            if not channel.connected:  # nobody will tell of its end
                ours.close()
                self._gone(one)
            if isinstance(error, (OSError, Lost)):  # a TimeoutError is an OSError
                raise _unborn() from error
            raise
        self._one = one
        return one

    def _settle(self, job: _Job, error: Exception) -> None:
        if job.done.done():
            return
        if not job.begun.done():
            job.begun.set_result(None)
        if isinstance(error, KgError):
            job.done.set_result((Outcome(error), ""))
        else:
            job.done.set_exception(error)


def _unborn() -> ServiceError:
    return ServiceError("store", "the writer could not be started", _CRASH, retry_after=1)


def _remove_leftovers(store: Store) -> None:
    """Remove the working folders of processes that had to be killed; what another job needs stays."""
    if any(store.path.glob(PREFIX + "*")):
        with suppress(StoreError), store.writing(_LEFTOVERS):
            Working(store.path).close()  # it removes those of others that are dead, and then its own


def _size(write: Write) -> int:
    """Return how much there is to be read: characters of a text, bytes of files."""
    match write:
        case Update():
            loaded = sum(answer.upload.file.stat().st_size for answer in write.answers if answer.upload)
            return len(write.text) + sum(len(answer.values) for answer in write.answers) + loaded
        case PutGraph() | PostGraph():
            return sum(upload.file.stat().st_size for upload in write.uploads)
        case DeleteGraph():
            return 0


def _outcome(said: Mapping[str, Any]) -> Outcome:
    """Return an outcome from JSON."""
    if "error" not in said:
        return Outcome(existed=bool(said["existed"]))
    where, what = str(said["where"]), str(said["what"])
    match said["error"]:
        case "ServiceError":
            return Outcome(ServiceError(where, what, str(said["code"]), said["retry_after"]))
        case "AccessError":
            return Outcome(AccessError(where, what, known=bool(said["known"])))
        case name:
            kind = getattr(errors, str(name), KgError)
            return Outcome((kind if isinstance(kind, type) and issubclass(kind, KgError) else KgError)(where, what))
