"""``/api/similar``: records like a record, like terms and words, or like a file that is not in the store."""

from __future__ import annotations

import re
import shutil
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kg.api.answers import body_response
from kg.api.linked.convertors import REST
from kg.api.linked.iris import below, meant
from kg.api.middleware.body import allow_upload
from kg.api.replies import headers, is_fresh, json_value, not_found, problems, tag_of, unchanged
from kg.api.sidecars import keeper_of, place_of, state_of, wanted_by, who
from kg.api.strict import only_known
from kg.curie import base_iri
from kg.errors import ServiceError, UsageError

_START = len("similar/")
_MOST, _LARGEST = 100, 256 << 20
_NAME = re.compile(r"[^\w.\- ]|^[. ]+")
_LONGEST_NAME = 150  # bytes: those of a disk may have 255, and what is unpacked beside it may be longer
_PAUSE = 5.0  # seconds after which asking again may help
Text = Annotated[str, Field(max_length=2_000)]
Level = Annotated[str, Query(max_length=40, description="study, image or annotation_set; that of the example when empty")]
Limit = Annotated[int, Query(ge=1, le=_MOST)]


class _Places:
    """Who has a file compared: one at a time for each client, and never all workers at once."""

    def __init__(self, workers: int) -> None:
        self._most = max(1, workers - 1)
        self._clients: Counter[str] = Counter()
        self._working = 0

    @contextmanager
    def of(self, client: str) -> Iterator[None]:
        """Hold the place of a client, from the first byte of the file; raises ServiceError where it has one."""
        if self._clients[client]:
            what = "one of yours is under way; wait for its answer"
            raise ServiceError("example file", what, "too-many", retry_after=_PAUSE)
        self._clients[client] += 1
        try:
            yield
        finally:
            del self._clients[client]

    @contextmanager
    def work(self) -> Iterator[None]:
        """Hold a place among all; raises ServiceError where there is none."""
        if self._working >= self._most:
            what = "files of others are being compared; try again later"
            raise ServiceError("example file", what, "busy", retry_after=_PAUSE)
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1


@asynccontextmanager
async def _counting(app: FastAPI) -> AsyncIterator[None]:
    app.state.example_places = _Places(app.state.service.settings.workers)
    yield


router = APIRouter(prefix="/api", tags=["search"], lifespan=_counting, dependencies=[Depends(only_known)])


class Example(BaseModel):
    """An example made of terms and words."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"where": ["organism=mouse", "imaging_method=confocal"], "text": "brain", "level": "image"}
        },
    )

    where: Annotated[list[Text], Field(max_length=64)] = Field(default_factory=list)
    text: Text = ""
    level: Annotated[str, Field(max_length=40)] = ""
    limit: Annotated[int, Field(ge=1, le=_MOST)] = 10


@router.get(f"/similar/{{id:{REST}}}", responses=problems(404, 503), summary="Records like a record")
async def like_record(
    request: Request,
    id: str,  # noqa: A002 - the name in the address
    limit: Limit = 10,
) -> Response:
    """Find records like one, by what their terms and words share, with the reasons; the id is as for ``/api/records``."""
    del id  # decoded; what counts is the path as it came over the wire
    await request.body()
    iris = meant(below(request.scope["raw_path"], b"")[_START:], base_iri())
    return await _answer(request, {"iris": iris, "limit": limit, "level": ""}, fresh=True)


@router.post("/similar", responses=problems(503), summary="Records like an example")
async def like_example(request: Request, given: Example) -> Response:
    """Find records that share terms and words with an example."""
    task = {"given": {"where": given.where, "text": given.text}, "limit": given.limit, "level": given.level}
    return await _answer(request, task)


@router.post("/similar/file", responses=problems(413, 422, 429, 503, 504), summary="Records like a file")
async def like_file(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=200, description="name of the file: its ending tells what it is")],
    level: Level = "",
    limit: Limit = 10,
) -> Response:
    """Find records like the file that is the body of the request: it is read as by ``kg harmonize`` and thrown away."""
    service, caller, _ = who(request)
    places: _Places = request.app.state.example_places
    allow_upload(request, min(_LARGEST, service.settings.upload_bytes))
    plain = _plain(name)
    if not plain.strip("_"):
        raise UsageError("name", f"found {name[:40]!r}, expected the name of a file, such as cells.ome.tif")
    folder = service.pool.scratch / f"example-{uuid.uuid4().hex}"
    file = folder / plain
    with places.of(caller.client):
        try:
            folder.mkdir(mode=0o700)
            with file.open("xb") as out:
                async for block in request.stream():
                    out.write(block)
            with places.work():
                return await _answer(request, {"file": str(file), "limit": limit, "level": level})
        except ServiceError as error:
            if error.code != "deadline":
                raise
            what = "took too long to read and map, and was given up; send a smaller one, such as its metadata alone"
            raise ServiceError("example file", what, "deadline") from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _plain(name: str) -> str:
    """Return a name that a disk takes; where it is too long its end is kept, which tells the format.

    >>> _plain("../" + 200 * "x" + ".ome.tif")[-12:], len(_plain(200 * "é").encode())
    ('xxxx.ome.tif', 150)
    """
    end = _NAME.sub("_", name).encode("utf-8", "replace")[-_LONGEST_NAME:].decode("utf-8", "ignore")
    return _NAME.sub("_", end)


async def _answer(request: Request, asked: dict[str, Any], *, fresh: bool = False) -> Response:
    service, caller, seen = who(request)
    keeper = keeper_of(request)
    wanted = wanted_by(keeper, seen)
    if wanted is None:
        return json_value(
            {"generation": "", "sidecar": None, "level": asked["level"], "like": None, "hits": []}, headers(seen, caller)
        )
    sidecar = keeper.sidecar(wanted)
    shared = headers(seen, caller, tag_of(seen, "similar", str(sidecar.path), str(asked)) if fresh else "")
    if fresh and is_fresh(request, shared["ETag"]):
        return unchanged(shared)
    task = {"task": "similar", **place_of(service, sidecar), **asked, "more": state_of(seen, sidecar)}
    answered = await service.ask(request, caller, task, light="file" not in asked)
    if not answered.head["found"]:
        return not_found()
    return body_response(request, answered.body, "application/json", shared)
