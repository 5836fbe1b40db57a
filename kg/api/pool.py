"""Workers: processes that answer, are ended at the deadline or when the client leaves, and are replaced in milliseconds."""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import shutil
import signal
import socket
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg import errors
from kg.api import worker
from kg.api.attendant import Attendant
from kg.api.channel import Channel, Frame, Lost
from kg.api.forking import start_forking
from kg.api.scratch import Scratch
from kg.api.turns import Turns
from kg.errors import KgError, ServiceError

_STARTING = 60.0  # seconds within which a worker must say that it is ready; the first loads every module
_LIGHT_PLACES = 2
_LONG = 1.0  # seconds after which a worker has to let others go first
_PAUSES = (0.05, 0.2, 1.0, 5.0)  # seconds between attempts to start a worker
_ENDINGS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        -signal.SIGABRT: ("memory", "needs more memory than one request may take"),
        -signal.SIGSEGV: ("depth", "is nested too deeply to be evaluated"),
        -signal.SIGBUS: ("depth", "is nested too deeply to be evaluated"),
        -signal.SIGXCPU: ("deadline", "took more processor time than one request may take"),
        1: ("failed", "made the process fail that answered it"),
    }
)
_CRASH = ("crash", "the process that answered it was ended from outside; ask again")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a worker replied: small values, and bytes or a file that holds them."""

    head: dict[str, Any]
    body: bytes | Path


class Bug(Exception):  # noqa: N818 - not the asker's error: a defect of a task, with the worker's trace
    """A task failed in a way that nobody foresaw."""


class Pool:
    """A fixed number of workers, and turns in front of them; use it between ``start`` and ``stop``."""

    def __init__(self, places: int, memory: int, turns: Turns, spare: int = 1) -> None:
        """Take how many may work at once in the wide lane, bytes of memory for each, and the turns."""
        self._turns = turns
        self.size = places + _LIGHT_PLACES + spare
        self._memory = memory
        self._idle: list[Attendant] = []
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._alive: set[Attendant] = set()
        self._open: set[Attendant] = set()  # beside those alive the ones that are told to end, and start
        self._starting = 0
        self._epoch = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._context: ForkServerContext = mp.get_context("forkserver")
        # multiprocessing is not made for two threads that look after one process at the same time.
        self._hands = ThreadPoolExecutor(1, "kg-pool")
        self._scratch: Scratch | None = None
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

    @property
    def idle(self) -> int:
        """Return how many workers wait for a task."""
        return len(self._idle)

    @property
    def scratch(self) -> Path:
        """Return the folder for long answers; raises ServiceError where the pool is not started."""
        return self._scratching().path

    def pids(self) -> list[int]:
        """Return the process ids of the workers."""
        return [one.pid for one in self._alive]

    async def start(self) -> None:
        """Start all workers, and wait until the first is ready.

        Raises:
            ServiceError: no worker can be started.
        """
        self._scratch = Scratch()
        try:
            await self._spawn()
        except (OSError, EOFError, TimeoutError, Lost) as error:
            raise ServiceError("workers", f"cannot be started ({error or type(error).__name__})", "crash") from error
        self._fill()

    async def stop(self) -> None:
        """End all workers and remove what they left."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in list(self._open):
            one.kill()
            one.channel.close()
        await asyncio.to_thread(self._hands.shutdown, cancel_futures=True)
        async with asyncio.timeout(_PAUSES[-1]):
            while self._open:  # noqa: ASYNC110 - a turn or two of the loop, in which the sockets are closed
                await asyncio.sleep(0)
        self._alive.clear()
        if self._scratch:
            self._scratch.remove()

    def refresh(self) -> None:
        """Have every worker let go of what it keeps open, at once where it is idle and after its task where it works."""
        self._epoch += 1
        idle, self._idle = self._idle, []
        for one in idle:
            self._return(one)

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
        job = asyncio.ensure_future(self._in_turn(request, client, deadline, light))
        try:
            waited: set[asyncio.Future[Any]] = {job, gone} if gone else {job}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not job.done():
                job.cancel()
                await asyncio.wait({job})
        if job.cancelled():
            raise ServiceError("request", "the client left before the answer", "gone")
        return job.result()

    async def _in_turn(self, request: Mapping[str, Any], client: str, deadline: float, light: float) -> Answered:
        if light and light < deadline:
            with suppress(TimeoutError):
                async with self._turns.turn(client, light=True):
                    return await self._asked(request, light)
            deadline -= light
        async with self._turns.turn(client):
            try:
                return await self._asked(request, deadline)
            except TimeoutError:
                what = "took longer than it may and was ended; ask for less, or add a LIMIT"
                raise ServiceError("query", what, "deadline") from None

    async def _asked(self, request: Mapping[str, Any], deadline: float) -> Answered:
        try:
            return await self._tried(request, deadline)
        except ServiceError as error:
            if error.code != "crash":
                raise
        # Ended from outside, not by what was asked: every task only reads, so that it can be done again. What ended this
        # worker may have ended others, of which the news is on its way.
        await asyncio.sleep(_PAUSES[0])
        return await self._tried(request, deadline)

    async def _tried(self, request: Mapping[str, Any], deadline: float) -> Answered:
        one = await self._taken()
        later = asyncio.get_running_loop().call_later(_LONG, one.step_back)
        try:
            async with asyncio.timeout(deadline):
                frame = await one.channel.ask({**request, "deadline": deadline})
        except Lost:
            raise await self._broken(one) from None
        except BaseException as error:
            self._kill(one, "deadline" if isinstance(error, TimeoutError) else "gone")
            raise
        finally:
            later.cancel()
        return self._replied(one, frame)

    def _replied(self, one: Attendant, frame: Frame) -> Answered:
        """Return what a worker replied, and put it back; one that talks nonsense is not believed and not used again."""
        try:
            answered = self._understood(one, frame)
        except (ValueError, TypeError, KeyError):
            self._kill(one, "malformed")
            raise ServiceError("query", "its answer could not be read", "failed") from None
        except (KgError, Bug):
            self._return(one, last=bool(frame[0].get("last")))
            raise
        self._return(one, last=bool(frame[0].get("last")))
        return answered

    def _understood(self, one: Attendant, frame: Frame) -> Answered:
        said, body = frame
        head = said["head"]
        if not isinstance(head, dict):
            raise TypeError(head)
        error = head.get("error")
        if not error:
            return Answered(head, self._scratching().taken(one.folder, str(said["file"])) if "file" in said else body)
        if error == "bug":
            raise Bug(str(head["trace"]))
        where, what = str(head["where"]), str(head["what"])
        if error == ServiceError.__name__:
            raise ServiceError(where, what, str(head["code"]))
        kind = getattr(errors, str(error), KgError)
        raise (kind if isinstance(kind, type) and issubclass(kind, KgError) else KgError)(where, what)

    async def _broken(self, one: Attendant) -> ServiceError:
        """Return in words how a worker ended that was at work."""
        death = ending(await one.exit_code())
        self.ended[death.code] += 1
        return death

    async def _taken(self) -> Attendant:
        """Return a worker that was idle; there is one for everybody who has a turn, or will be in milliseconds."""
        while not self._idle:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            try:
                await asyncio.wait_for(asyncio.shield(waiter), _PAUSES[-1])
            except BaseException as error:
                if waiter.done():  # the turn came in the same moment, and is somebody else's now
                    self._wake()
                else:
                    self._waiters.remove(waiter)
                if not isinstance(error, TimeoutError):
                    raise
                raise ServiceError("request", "no worker is there; try again", "busy", retry_after=1) from None
        return self._idle.pop()

    def _return(self, one: Attendant, *, last: bool = False) -> None:
        if not one.channel.open or self._stopping:
            return
        if last or one.stepped_back:
            self._kill(one, "retired")
        elif one.epoch != self._epoch:
            self._soon(self._let_go(one))
        else:
            self._idle.append(one)
            self._wake()

    def _wake(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    async def _let_go(self, one: Attendant) -> None:
        one.epoch = self._epoch
        try:
            async with asyncio.timeout(_PAUSES[-1]):
                await one.channel.ask({"task": worker.LET_GO})
        except (TimeoutError, Lost):
            self._kill(one, "failed")
            return
        self._return(one)

    def _kill(self, one: Attendant, reason: str) -> None:
        self.ended[reason] += 1
        self._alive.discard(one)
        one.kill()
        self._fill()

    def _gone(self, one: Attendant) -> None:
        """Take note of a worker's end, however it came."""
        if one in self._idle:
            self._idle.remove(one)
            self.ended["crash"] += 1
        self._alive.discard(one)
        self._open.discard(one)
        one.kill()
        if self._stopping:
            one.release()
        else:
            self._soon(self._bury(one))
            self._fill()

    async def _bury(self, one: Attendant) -> None:
        await asyncio.get_running_loop().run_in_executor(self._hands, one.bury)
        await asyncio.to_thread(shutil.rmtree, one.folder, ignore_errors=True)

    def _soon(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fill(self) -> None:
        """Start as many workers as are missing."""
        while not self._stopping and len(self._alive) + self._starting < self.size:
            self._starting += 1
            self._soon(self._keep_spawning())

    async def _keep_spawning(self) -> None:
        try:
            for pause in (*_PAUSES, None):
                try:
                    await self._spawn()
                except (OSError, EOFError, TimeoutError, Lost):
                    self.ended["unborn"] += 1
                    await asyncio.sleep(pause or _PAUSES[-1])
                else:
                    return
        finally:
            self._starting -= 1
        self._fill()

    async def _spawn(self) -> None:
        folder = self._scratching().folder()
        try:
            one = await self._begun(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if self._stopping:
            one.kill()
            return
        self._alive.add(one)
        self._return(one)

    async def _begun(self, folder: Path) -> Attendant:
        """Return a worker that has said that it is ready."""
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with theirs:
            what = (theirs, str(folder), self._memory)
            process = self._context.Process(target=worker.main, args=what, name="kg-worker", daemon=True)
            try:
                await loop.run_in_executor(self._hands, _start, process)
            except BaseException:
                ours.close()
                raise
        ours.setblocking(False)  # noqa: FBT003 - as socket declares it
        one = Attendant(process, folder, self._epoch)
        channel = one.channel = Channel(lambda: self._gone(one))
        ready = channel.next_frame()
        self._open.add(one)
        try:
            async with asyncio.timeout(_STARTING):
                await loop.create_connection(lambda: channel, sock=ours)
                frame, _ = await ready
        except BaseException:
            one.kill()
            if not channel.connected:
                self._open.discard(one)
                ours.close()
            raise
        one.isolated = bool(frame.get("isolated"))
        return one

    def _scratching(self) -> Scratch:
        if self._scratch is None:
            raise ServiceError("workers", "are not started", "busy", retry_after=1)
        return self._scratch


def _start(process: ForkServerProcess) -> None:
    """Start a process; blocks for milliseconds, or until the server that forks is there."""
    start_forking()
    process.start()


def ending(code: int | None) -> ServiceError:
    """Return in words how a process ended that was at work; None where nobody knows."""
    reason, what = _CRASH if code is None else _ENDINGS.get(code, _CRASH)
    return ServiceError("request", what, reason, retry_after=1 if reason == _CRASH[0] else None)
