"""The writer as the web process has it: a queue, one process, several waiting writes as one group, each answered for itself."""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import socket
import uuid
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from kg import errors
from kg.api import writer_process
from kg.api.attendant import Attendant
from kg.api.channel import Channel, Lost
from kg.api.pool import Bug, ending
from kg.errors import AccessError, KgError, ServiceError
from kg.store import Store
from kg.store.writes import DeleteGraph, Outcome, PostGraph, PutGraph, Update, Write

_STARTING = 60.0  # seconds within which the process must say that it is ready; the first loads every module
_GROUP = 128  # most writes that are published together
_GROUP_BYTES = 32 << 20  # beyond which a group takes no more
_RATE = 1 << 20  # bytes of an upload that may take another second
_CLOSING = 2.0
_CRASH = "crash"


@dataclass(slots=True)
class _Job:
    """A write that waits or is being done."""

    write: Write
    size: int
    done: asyncio.Future[tuple[Outcome, str]]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


class Writer:
    """Does writes; use it between ``start`` and ``stop``. Its process is started with the first write."""

    def __init__(self, store: Store, memory: int, deadline: float, waiting: int) -> None:
        """Take the store, bytes of memory and seconds for one write, and how many may wait."""
        self._store, self._memory, self._deadline, self._waiting = store, memory, deadline, waiting
        self._queue: deque[_Job] = deque()
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
        return len(self._queue)

    async def stop(self) -> None:
        """End the process; writes that wait are told so."""
        self._stopping = True
        if self._pumping:
            self._pumping.cancel()
            await asyncio.gather(self._pumping, return_exceptions=True)
        for job in self._queue:
            self._settle(job, ServiceError("store", "the service stops", "busy", retry_after=1))
        if self._one:
            self._one.channel.close()  # it ends by itself, and removes its working folder
            with suppress(TimeoutError):
                await asyncio.wait_for(self._one.exit_code(), _CLOSING)
            if self._one:
                self._one.kill()
        await asyncio.gather(*self._burials, return_exceptions=True)

    async def write(self, write: Write) -> tuple[Outcome, str]:
        """Do a write; return what became of it and the id of the generation that holds it, once that is published.

        It is done to its end also when whoever asked has left.

        Raises:
            KgError: why it was not done; ServiceError with ``busy``, ``deadline``, ``memory``, ``depth``, ``crash`` among them.
            Bug: the writer has a defect.
        """
        if len(self._queue) >= self._waiting or self._stopping:
            raise ServiceError("store", "too many writes wait; try again later", "busy", retry_after=1)
        job = _Job(write, _size(write), asyncio.get_running_loop().create_future())
        self._queue.append(job)
        if self._pumping is None or self._pumping.done():
            self._pumping = asyncio.get_running_loop().create_task(self._pump())
        outcome, generation = await asyncio.shield(job.done)
        if outcome.error:
            raise outcome.error
        return outcome, generation

    async def _pump(self) -> None:
        while self._queue:
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
        group = [self._queue.popleft()]
        size = group[0].size
        while self._queue and len(group) < _GROUP and size + self._queue[0].size <= _GROUP_BYTES:
            group.append(self._queue.popleft())
            size += group[-1].size
        return group

    async def _do(self, group: list[_Job], *, again: bool = False) -> None:
        """Do a group; where that ends the process, do again what was not published, one by one, once."""
        try:
            reply = await self._asked(group)
        except ServiceError as death:
            lost = [job for job in group if not await self._is_published(job)]
            if len(group) == 1 and lost and (again or death.code != _CRASH):
                self._settle(group[0], death)
                return
            for job in lost:
                await self._do([job], again=True)
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
        seconds = self._deadline + sum(job.size for job in group) / _RATE
        request = {"writes": [{"id": job.id, **writer_process.said_of(job.write)} for job in group], "deadline": seconds}
        try:
            async with asyncio.timeout(seconds):
                reply, _ = await one.channel.ask(request)
        except TimeoutError:
            self._end(one, "deadline")
            await one.exit_code()
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
            except BaseException:
                ours.close()
                raise
        ours.setblocking(False)  # noqa: FBT003 - as socket declares it
        one = Attendant(process, Path(), 0)
        channel = one.channel = Channel(lambda: self._gone(one))
        await asyncio.get_running_loop().create_connection(lambda: channel, sock=ours)
        try:
            async with asyncio.timeout(_STARTING):
                await channel.next_frame()
        except (TimeoutError, Lost) as error:
            one.kill()
            raise ServiceError("store", "the writer could not be started", _CRASH, retry_after=1) from error
        self._one = one
        return one

    def _settle(self, job: _Job, error: Exception) -> None:
        if job.done.done():
            return
        if isinstance(error, KgError):
            job.done.set_result((Outcome(error), ""))
        else:
            job.done.set_exception(error)


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
