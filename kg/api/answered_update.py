"""An update with the answers of the other servers that it asks: asked by us, where the settings allow it."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox
from fastapi import Request

from kg.api.caller import Caller
from kg.api.federation import MOST_CALLS, Call, Federation, fetched
from kg.api.outbound import Allowed
from kg.api.service import Service
from kg.api.settings import Settings
from kg.errors import QueryError, RefusedError, ServiceError
from kg.store.writes import Answer, Update, Upload

_CALLING = re.compile("service|load", re.IGNORECASE)
# Types that servers give to files they know nothing of: there the name says more.
_VAGUE = frozenset(("", "text/plain", "text/xml", "application/xml", "application/octet-stream", "binary/octet-stream"))
_SUFFIXES: Mapping[str, str] = MappingProxyType({"owl": "rdf"})


@asynccontextmanager
async def answered_update(request: Request, service: Service, caller: Caller, update: Update) -> AsyncIterator[Update]:
    """Give an update with answers for its SERVICE and LOAD; files that were fetched go when the context ends.

    A call that is not allowed and is SILENT fails in silence, untried. Where another one is not allowed, the update comes
    back as it is: the writer refuses it.

    Raises:
        QueryError: it is no update, or asks too many servers.
        ServiceError: ``remote``: a server does not answer as it should; busy.
    """
    settings = service.settings
    calls = await _calls(request, service, caller, update) if _CALLING.search(update.text) else []
    allowed = Allowed(settings.allow_service)
    if not calls or any(allowed.entry(call["address"]) is None and not call["silent"] for call in calls):
        yield update
        return
    if len(calls) > MOST_CALLS:
        raise QueryError("update", f"asks other servers {len(calls)} times; at most {MOST_CALLS} times in one update")
    # A folder: what a thread still writes when its client has left goes with it.
    folder = Path(tempfile.mkdtemp(prefix="load-", dir=service.pool.scratch))
    try:
        async with service.pool.turns.turn(caller.client):
            answers = await _answers(calls, settings, update.base_iri, folder)
        yield replace(update, answers=answers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _calls(request: Request, service: Service, caller: Caller, update: Update) -> list[dict[str, Any]]:
    task = {
        "task": "calls",
        "text": update.text,
        "base": update.base_iri,
        "using": list(update.using_graphs),
        "using_named": list(update.using_named_graphs),
    }
    said: list[dict[str, Any]] = (await service.ask(request, caller, task, light=False)).head["calls"]
    return said


async def _answers(calls: Sequence[Mapping[str, Any]], settings: Settings, base: str, folder: Path) -> tuple[Answer, ...]:
    """Ask for everything, within the time and the bytes that one request may take in all."""
    until = time.monotonic() + settings.deadline
    blocks = [Call(0, 0, one["address"], one["block"], one["silent"]) for one in calls if one["word"] == "SERVICE"]
    tables = iter(await Federation(settings, base).tables(blocks, "", settings.deadline))
    answers, room = [], settings.upload_bytes
    for call in calls:
        address = str(call["address"])
        if call["word"] == "SERVICE":
            answers.append(Answer(address, next(tables)))
            continue
        left = settings.model_copy(update={"upload_bytes": room, "deadline": max(0.1, until - time.monotonic())})
        upload = await asyncio.to_thread(_loaded, address, left, folder, silent=bool(call["silent"]))
        room -= upload.file.stat().st_size if upload else 0
        answers.append(Answer(address, upload=upload))
    return tuple(answers)


def _loaded(address: str, settings: Settings, folder: Path, *, silent: bool) -> Upload | None:
    try:
        file, media_type = fetched(address, settings, folder)
    except (RefusedError, ServiceError):
        if silent:
            return None
        raise
    return Upload(file, _media_type(address, media_type))


def _media_type(address: str, said: str) -> str:
    """Return the media type of what was fetched: as its server says, or as its name does where that says nothing."""
    suffix = urlsplit(address).path.rpartition("/")[2].rpartition(".")[2].lower()
    named = ox.RdfFormat.from_extension(_SUFFIXES.get(suffix, suffix)) if said in _VAGUE else None
    return named.media_type if named else said
