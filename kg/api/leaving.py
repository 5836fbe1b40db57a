"""Clients that leave before their answer."""

from __future__ import annotations

from starlette.requests import Request


async def left(request: Request) -> None:
    """Return when the client has left; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
