"""``/api/similar``: records like a record, like terms and words, or like a file that is not in the store."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kg.api.answers import body_response
from kg.api.linked.convertors import REST
from kg.api.linked.iris import below, meant
from kg.api.middleware.body import allow_upload
from kg.api.replies import headers, is_fresh, json_value, not_found, problems, tag_of, unchanged
from kg.api.sidecars import keeper_of, place_of, state_of, wanted_by, who
from kg.curie import base_iri
from kg.errors import UsageError

router = APIRouter(prefix="/api", tags=["search"])
_START = len("similar/")
_MOST, _LARGEST = 100, 256 << 20
_NAME = re.compile(r"[^\w.\- ]|^[. ]+")
Text = Annotated[str, Field(max_length=2_000)]
Level = Annotated[str, Query(max_length=40, description="study, image or annotation_set; that of the example when empty")]
Limit = Annotated[int, Query(ge=1, le=_MOST)]


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


@router.post("/similar/file", responses=problems(413, 422, 503), summary="Records like a file")
async def like_file(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=200, description="name of the file: its ending tells what it is")],
    level: Level = "",
    limit: Limit = 10,
) -> Response:
    """Find records like the file that is the body of the request: it is read as by ``kg harmonize`` and thrown away."""
    service, _, _ = who(request)
    allow_upload(request, min(_LARGEST, service.settings.upload_bytes))
    plain = _NAME.sub("_", name)
    if not plain.strip("_"):
        raise UsageError("name", f"found {name[:40]!r}, expected the name of a file, such as cells.ome.tif")
    folder = service.pool.scratch / f"example-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o700)
    file = folder / plain
    try:
        with file.open("xb") as out:
            async for block in request.stream():
                out.write(block)
        return await _answer(request, {"file": str(file), "limit": limit, "level": level})
    finally:
        file.unlink(missing_ok=True)
        folder.rmdir()


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
