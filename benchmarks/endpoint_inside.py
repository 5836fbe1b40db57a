"""What a request costs without HTTP: the task alone, and the application around it, in one process.

usage: endpoint_inside.py STORE PLAN.json

The plan: `paths` (asked in turn), `accept`, `most` (requests), `seconds` (at most), `index` (term index, or null). The routes
of `kg serve` are called as the server calls them; what they would hand to a worker is done at once and timed. Prints JSON: CPU
milliseconds of the task and of everything, the size of the answer, the status.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from kg.api.app import create_app
from kg.api.pool import Answered
from kg.api.settings import Settings
from kg.api.tasks import TASKS, Context

_WARM = 20


class Inline:
    """Takes the place of the pool of workers: does what is asked at once, and notes the CPU time."""

    def __init__(self, scratch: Path) -> None:
        self._context = Context(scratch)
        self._scratch = scratch
        self.times: list[float] = []

    async def start(self) -> None:
        """Do nothing: there are no workers."""

    async def stop(self) -> None:
        """Do nothing."""

    async def run(self, request: Mapping[str, Any], **_turns: object) -> Answered:
        start = time.process_time()
        reply = TASKS[request["task"]](self._context, request)
        self.times.append(time.process_time() - start)
        return Answered(dict(reply.head), reply.body)


async def _asked(app: FastAPI, path: str, accept: str) -> tuple[int, bytes]:
    """Call the application as a server does; return status and body."""
    place, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": place,
        "raw_path": place.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"accept", accept.encode()), (b"host", b"x")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def _measured(store: Path, plan: Mapping[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kg-inside-") as scratch:
        app = create_app(Settings(store=store, index=plan.get("index"), log_level="warning"))
        inline = app.state.service.pool = Inline(Path(scratch))
        async with app.router.lifespan_context(app):
            status, body, wholes = await _asked_all(app, inline, plan)
    return {
        "status": status,
        "bytes": len(body),
        "requests": len(wholes),
        "task": statistics.mean(inline.times) * 1e3 if inline.times else None,
        "whole": statistics.mean(wholes) * 1e3,
    }


async def _asked_all(app: FastAPI, inline: Inline, plan: Mapping[str, Any]) -> tuple[int, bytes, list[float]]:
    """Ask until the time is over; what was asked first counts as warming up."""
    paths, accept = plan["paths"], plan["accept"]
    status, body = await _asked(app, paths[0], accept)
    for path in paths[:_WARM]:
        await _asked(app, path, accept)
    inline.times.clear()
    wholes: list[float] = []
    until = time.perf_counter() + plan["seconds"]
    while len(wholes) < plan["most"] and time.perf_counter() < until:
        start = time.process_time()
        await _asked(app, paths[len(wholes) % len(paths)], accept)
        wholes.append(time.process_time() - start)
    return status, body, wholes


def main() -> int:
    """Ask as the plan says."""
    plan = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    print(json.dumps(asyncio.run(_measured(Path(sys.argv[1]), plan))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
