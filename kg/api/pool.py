"""Workers: processes that answer, are ended at the deadline or when the client leaves, and are replaced in milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing as mp
import os
import shutil
import signal
import socket
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg import errors
from kg.api import worker
from kg.api.frames import next_frame, packed
from kg.api.turns import Turns
from kg.errors import KgError, ServiceError

_STARTING = 60.0  # seconds within which a worker must say that it is ready; the first loads every module
_LIGHT_PLACES = 2
_ENDINGS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        signal.SIGABRT: ("memory", "needs more memory than one request may take"),
        signal.SIGKILL: ("crash", "its worker was ended from outside"),
        signal.SIGSEGV: ("depth", "is nested too deeply to be evaluated"),
        signal.SIGBUS: ("depth", "is nested too deeply to be evaluated"),
        signal.SIGXCPU: ("deadline", "took more processor time than one request may take"),
    }
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a worker replied: small values, and bytes or a file that holds them."""

    head: dict[str, Any]
    body: bytes | Path


class Bug(Exception):  # noqa: N818 - not the asker's error: a defect of a task, with the worker's trace
    """A task failed in a way that nobody foresaw."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: ForkServerProcess
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    isolated: bool

    def kill(self) -> None:
        self.writer.close()
        self.process.kill()


class Pool:
    """A fixed number of workers, and turns in front of them; use it between ``start`` and ``stop``."""

    def __init__(self, places: int, memory: int, turns: Turns, spare: int = 1) -> None:
        """Take how many may work at once in the wide lane, bytes of memory for each, and the turns."""
        self._turns = turns
        self._size = places + _LIGHT_PLACES + spare
        self._memory = memory
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._alive: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._context: ForkServerContext = mp.get_context("forkserver")
        self._scratch = Path()
        self._stopping = False
        self.ended: Counter[str] = Counter()
        """Why workers ended, by code; for the metrics."""

    @classmethod
    def sized(cls, places: int, memory: int, *, per_client: int, waiting: int, wait: float) -> Pool:
        """Return a pool with turns of its own."""
        return cls(places, memory, Turns(places, _LIGHT_PLACES, per_client, waiting, wait))

    @property
    def turns(self) -> Turns:
        """Return who runs and who waits."""
        return self._turns

    @property
    def isolated(self) -> bool:
        """Say whether every worker is without a network."""
        return bool(self._alive) and all(one.isolated for one in self._alive)

    @property
    def alive(self) -> int:
        """Return how many workers stand ready or work."""
        return len(self._alive)

    def pids(self) -> list[int]:
        """Return the process ids of the workers."""
        return [one.process.pid for one in self._alive if one.process.pid]

    async def start(self) -> None:
        """Start all workers, and wait until the first is ready."""
        self._scratch = Path(tempfile.mkdtemp(prefix="kg-answers-"))
        self._context.set_forkserver_preload([worker.__name__])
        await self._spawn()
        for _ in range(self._size - 1):
            self._replace()

    async def stop(self) -> None:
        """End all workers and remove what they left."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in list(self._alive):
            self._end(one, "stopped")
        shutil.rmtree(self._scratch, ignore_errors=True)

    async def run(
        self,
        request: Mapping[str, Any],
        *,
        client: str,
        deadline: float,
        gone: asyncio.Future[None] | None = None,
        light: float = 0.0,
    ) -> Answered:
        """Have a worker do a task.

        Args:
            request: ``task`` and what it takes, as JSON.
            client: who asks, for fairness.
            deadline: seconds that it may take, once a worker has it.
            gone: done when the client has left.
            light: seconds that it is first tried for in the lane of light requests; 0 for none.

        Raises:
            ServiceError: deadline, memory, depth, crash, busy, or the client has gone.
            KgError: what the task says is wrong with the request.
            Bug: the task has a defect.
        """
        if light and light < deadline:
            with contextlib.suppress(TimeoutError):
                async with self._turns.turn(client, light=True):
                    return await self._asked(request, light, gone)
        async with self._turns.turn(client):
            try:
                return await self._asked(request, deadline, gone)
            except TimeoutError:
                what = f"took longer than {deadline:g} seconds and was ended"
                raise ServiceError("query", what, "deadline") from None

    async def _asked(self, request: Mapping[str, Any], deadline: float, gone: asyncio.Future[None] | None) -> Answered:
        try:
            return await self._tried(request, deadline, gone)
        except ServiceError as error:
            if error.code != "crash":
                raise
            # Ended from outside, not by what was asked: every task only reads, so that it can be done again.
            return await self._tried(request, deadline, gone)

    async def _tried(self, request: Mapping[str, Any], deadline: float, gone: asyncio.Future[None] | None) -> Answered:
        one = await self._idle.get()
        exchange = asyncio.ensure_future(self._exchange(one, {**request, "deadline": deadline}))
        try:
            waited: set[asyncio.Future[Any]] = {exchange, gone} if gone else {exchange}
            done, _ = await asyncio.wait(waited, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
            if exchange not in done:
                if gone and gone in done:
                    raise ServiceError("request", "the client left before the answer", "gone")
                self.ended["deadline"] += 1
                raise TimeoutError
            head, body = exchange.result()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError, TypeError):
            raise await self._broken(one) from None
        except BaseException:
            exchange.cancel()
            self._end(one, "killed")
            self._replace()
            raise
        self._idle.put_nowait(one)
        return self._unwrapped(head, body)

    async def _exchange(self, one: _Worker, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        one.writer.write(packed(request))
        await one.writer.drain()
        return await next_frame(one.reader)

    def _unwrapped(self, frame: dict[str, Any], body: bytes) -> Answered:
        head = frame["head"]
        error = head.get("error")
        if error == "bug":
            raise Bug(head["trace"])
        if error == ServiceError.__name__:
            raise ServiceError(head["where"], head["what"], head["code"])
        if error:
            kind = getattr(errors, error, KgError)
            raise kind(head["where"], head["what"])
        if "file" in frame:
            return Answered(head, self._scratch / Path(frame["file"]).name)
        return Answered(head, body)

    async def _broken(self, one: _Worker) -> ServiceError:
        """Return in words how a worker ended, and see to another one."""
        one.writer.close()
        await asyncio.to_thread(one.process.join, 1.0)
        code = one.process.exitcode
        reason, what = _ENDINGS.get(-code if code else 0, ("crash", "ended the process that answered it"))
        self.ended[reason] += 1
        self._end(one, reason)
        self._replace()
        return ServiceError("query", what, reason, retry_after=1 if reason == "crash" else None)

    def _end(self, one: _Worker, _reason: str) -> None:
        self._alive.discard(one)
        one.kill()

    def _replace(self) -> None:
        if not self._stopping:
            task = asyncio.get_running_loop().create_task(self._spawn())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        process = self._context.Process(
            target=worker.main, args=(theirs, str(self._scratch), self._memory), name="kg-worker", daemon=True
        )
        await asyncio.to_thread(process.start)
        theirs.close()
        ours.setblocking(False)  # noqa: FBT003 - as socket declares it
        reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 20)
        frame, _ = await asyncio.wait_for(next_frame(reader), _STARTING)
        one = _Worker(process, reader, writer, bool(frame.get("isolated")))
        if self._stopping:
            one.kill()
            return
        self._alive.add(one)
        self._idle.put_nowait(one)


def renice(pid: int, by: int) -> None:
    """Lower the priority of a process; nothing where it is gone or the system has no priorities."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, pid, by)
