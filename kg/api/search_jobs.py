"""Large searches as jobs: started, asked about, fetched as Parquet; few, short-lived, and their owner's alone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kg.api.pool import Answered
from kg.errors import KgError, ServiceError

State = Literal["waiting", "done", "failed"]
_LIFE = 3600.0  # seconds that a result is kept
_OF_ONE, _OF_ALL = 4, 32


@dataclass(slots=True)
class SearchJob:
    """One search.

    Attributes:
        owner: who may ask about it.
        client: whose share of the places it takes.
        state: of the job.
        records: in the result.
        what: why it failed.
        result: bytes, or the file that holds them.
        work: what waits for the worker.
    """

    owner: str
    client: str
    started: float = field(default_factory=time.monotonic)
    state: State = "waiting"
    records: int = 0
    what: str = ""
    result: bytes | Path = b""
    work: asyncio.Task[None] | None = None

    def told(self, name: str) -> dict[str, Any]:
        """Return the state as JSON."""
        told: dict[str, Any] = {"id": name, "state": self.state, "seconds": round(time.monotonic() - self.started, 1)}
        if self.state == "done":
            told |= {"records": self.records, "result": f"/api/search/jobs/{name}/result"}
        return {**told, "detail": self.what} if self.what else told

    def remove(self) -> None:
        """End it and remove its result."""
        if self.work:
            self.work.cancel()
        if isinstance(self.result, Path):
            self.result.unlink(missing_ok=True)


class SearchJobs:
    """The jobs of one service; a result goes after an hour, and with the service."""

    def __init__(self) -> None:
        """Begin with none."""
        self._jobs: dict[str, SearchJob] = {}

    def start(self, owner: str, client: str, ask: Callable[[], Awaitable[Answered]]) -> tuple[str, SearchJob]:
        """Start a job and return its name and itself; where there are too many, the oldest that has ended goes.

        Args:
            owner: who may ask about it.
            client: who asks, for fairness.
            ask: does the work.

        Raises:
            ServiceError: too many are under way, of the client or of all.
        """
        self._clear()
        mine = [name for name, job in self._jobs.items() if job.client == client]
        if len(mine) >= _OF_ONE:
            self._make_room(mine, f"{len(mine)} jobs of yours are under way; remove one, or wait until one is done", "too-many")
        elif len(self._jobs) >= _OF_ALL:
            self._make_room(list(self._jobs), "too many jobs of others are under way; try again later", "busy")
        name = secrets.token_urlsafe(18)
        job = self._jobs[name] = SearchJob(owner, client)
        job.work = asyncio.get_running_loop().create_task(_run(job, ask))
        return name, job

    def find(self, name: str, owner: str) -> SearchJob | None:
        """Return a job of this owner; None for what is not there, or somebody else's."""
        self._clear()
        job = self._jobs.get(name)
        return job if job and job.owner == owner else None

    def remove(self, name: str) -> None:
        """Remove a job."""
        job = self._jobs.pop(name, None)
        if job:
            job.remove()

    def stop(self) -> None:
        """Remove all jobs."""
        for name in list(self._jobs):
            self.remove(name)

    def _make_room(self, names: list[str], what: str, code: str) -> None:
        """Remove the first of these jobs that has ended; they are in the order of their start."""
        ended = next((name for name in names if self._jobs[name].state != "waiting"), None)
        if ended is None:
            raise ServiceError("search job", what, code, retry_after=60)
        self.remove(ended)

    def _clear(self) -> None:
        now = time.monotonic()
        for name in [name for name, job in self._jobs.items() if now - job.started > _LIFE]:
            self.remove(name)


async def _run(job: SearchJob, ask: Callable[[], Awaitable[Answered]]) -> None:
    with suppress(asyncio.CancelledError):
        try:
            answered = await ask()
            job.result, job.records, job.state = answered.body, int(answered.head["records"]), "done"
        except KgError as error:
            job.state, job.what = "failed", str(error)
        finally:
            if job.state == "waiting":
                job.state, job.what = "failed", "it could not be answered"
