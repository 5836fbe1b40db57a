"""``/api/search`` and what belongs to it: facets, completion, feeds, and large searches as jobs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from kg.api.answers import body_response
from kg.api.caller import Caller
from kg.api.pool import Answered
from kg.api.problems import problem
from kg.api.replies import headers, is_fresh, json_value, not_found, prefix_of, problems, tag_of, unchanged
from kg.api.search_jobs import SearchJobs
from kg.api.service import Seen, Service
from kg.api.sidecars import keeper_of, place_of, state_of, wanted_by, who
from kg.api.strict import only_known
from kg.errors import QueryError, ServiceError, StoreError
from kg.search.export import FORMATS
from kg.search.fields import load_fields
from kg.search.keeper import Keeper, Wanted
from kg.search.places import Sidecar, known_index, number_of
from kg.search.query import MOST, SearchQuery, asked

_LONGEST, _DIGITS = 2_000, 10
_LOOK = 1.0  # seconds between two looks for a new generation
_PATIENCE = 10  # a job may take so many times what a request may
_PARQUET = "application/vnd.apache.parquet"
_EXPECTED = MappingProxyType({"where": "a condition such as organism=mouse", "facet": "a field such as imaging_method"})
Text = Annotated[str, Field(max_length=_LONGEST)]


@asynccontextmanager
async def _keeping(app: FastAPI) -> AsyncIterator[None]:
    """Keep sidecars up with the store while the service runs."""
    service: Service = app.state.service
    given = service.settings.index
    app.state.search = Keeper(service.store.path, known_index(str(given or "")))
    app.state.search_jobs = SearchJobs()
    tasks = [asyncio.create_task(app.state.search.run()), asyncio.create_task(_following(service, app.state.search))]
    try:
        yield
    finally:
        app.state.search_jobs.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


router = APIRouter(prefix="/api", tags=["search"], lifespan=_keeping, dependencies=[Depends(only_known)])


class Asked(BaseModel):
    """A search, as it is posted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"text": "mitosis", "where": ["organism=mouse", "na>1.2"], "level": "image", "facet": ["imaging_method"]}
        },
    )

    text: Text = ""
    where: Annotated[list[Text], Field(max_length=64)] = Field(default_factory=list)
    facet: Annotated[list[Text], Field(max_length=64)] = Field(default_factory=list)
    level: Text = ""
    sort: Text = ""
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=0, le=MOST)] = 20
    cursor: Text = ""
    expand: bool = True
    fields: Annotated[list[Text], Field(max_length=200)] = Field(default_factory=list)
    format: Text = "json"
    safe: bool = False

    def query(self) -> SearchQuery:
        """Return the query, with all names checked; raises QueryError."""
        for name, said in (("where", self.where), ("facet", self.facet)):
            if not all(map(str.strip, said)):
                raise QueryError(name, f"is empty; expected {_EXPECTED[name]}, or no {name} at all")
        return asked(
            load_fields(), text=self.text, where=self.where, facets=self.facet, level=self.level, sort=self.sort,
            offset=self.offset, limit=self.limit, expand=self.expand,
        )  # fmt: skip


def _given(
    text: Annotated[str, Query(max_length=_LONGEST, description="words that must all be found", examples=["mitosis"])] = "",
    where: Annotated[list[str] | None, Query(max_length=64, description="conditions, such as organism=mouse or na>1.2")] = None,
    facet: Annotated[list[str] | None, Query(max_length=64, description="fields whose values are counted")] = None,
    level: Annotated[str, Query(max_length=40, description="study, image or annotation_set")] = "",
    sort: Annotated[str, Query(max_length=100, description="a field, -field, or relevance")] = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=0, le=MOST)] = 20,
    cursor: Annotated[str, Query(max_length=200, description="what 'next' of the page before says")] = "",
    expand: Annotated[bool, Query(description="whether terms below the asked ones count")] = True,
    fields: Annotated[list[str] | None, Query(max_length=200, description="fields that are shown; * for all")] = None,
    format: Annotated[str, Query(max_length=20, description="json, csv, jsonl or parquet")] = "json",  # noqa: A002 - the name in the address
    safe: Annotated[bool, Query(description="csv without cells that a spreadsheet takes for formulas")] = False,
) -> Asked:
    """Return what the address asks."""
    shown = [name for one in fields or () for name in one.split(",") if name]
    return Asked(
        text=text, where=where or [], facet=facet or [], level=level, sort=sort, offset=offset, limit=limit, cursor=cursor,
        expand=expand, fields=shown, format=format, safe=safe,
    )  # fmt: skip


Given = Annotated[Asked, Depends(_given)]


@router.get("/search", responses=problems(503), summary="Search by words and fields")
async def search(request: Request, given: Given) -> Response:
    """Find records, with the reason for each, counts and facets; csv, jsonl and parquet hold the whole result.

    Several values of one field are alternatives, several fields must all hold. Terms below the asked ones count too.
    """
    await request.body()
    return await _searched(request, given)


@router.post("/search", responses=problems(413, 503), summary="Search by words and fields")
async def search_posted(request: Request, given: Asked) -> Response:
    """Find records: the same as the other form, for what is too long for an address."""
    return await _searched(request, given)


@router.get("/facets", responses=problems(503), summary="What can be searched")
async def facets(request: Request) -> Response:
    """List the levels and fields, with units, other names, and how many values there are."""
    await request.body()
    service, caller, seen = who(request)
    wanted = wanted_by(keeper_of(request), seen)
    if wanted is None:
        return json_value(
            {"generation": "", "sidecar": None, "levels": [], "fields": [], "licence_groups": {}}, headers(seen, caller)
        )
    sidecar = keeper_of(request).sidecar(wanted)
    shared = headers(seen, caller, tag_of(seen, "facets", str(sidecar.path)))
    if is_fresh(request, shared["ETag"]):
        return unchanged(shared)
    task = {"task": "facets", **place_of(service, sidecar), "more": state_of(seen, sidecar)}
    answered = await service.ask(request, caller, task, light=True)
    return body_response(request, answered.body, answered.head["media_type"], shared)


@router.get("/suggest", responses=problems(503), summary="Complete what somebody types")
async def suggest(
    request: Request,
    q: Annotated[str, Query(max_length=200, description="what has been typed")] = "",
    level: Annotated[str, Query(max_length=40)] = "",
    field: Annotated[str, Query(max_length=100, description="only values of this field")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Response:
    """Complete a word: fields, terms in use, values and names of records, each with its count and a condition to search by."""
    await request.body()
    service, caller, seen = who(request)
    wanted = wanted_by(keeper_of(request), seen)
    if wanted is None:
        return json_value({"generation": "", "sidecar": None, "suggestions": []}, headers(seen, caller))
    sidecar = keeper_of(request).sidecar(wanted)
    task = {
        "task": "suggest", **place_of(service, sidecar), "more": state_of(seen, sidecar),
        "text": q, "level": level, "field": field, "limit": limit,
    }  # fmt: skip
    answered = await service.ask(request, caller, task, light=True)
    return body_response(request, answered.body, answered.head["media_type"], headers(seen, caller))


@router.get("/search/feed", responses=problems(503), summary="A search as an Atom feed")
async def atom(
    request: Request,
    given: Given,
    since: Annotated[str, Query(max_length=200, description="a generation; what is new since then comes first")] = "",
) -> Response:
    """Write what a search finds as a feed; without ``since`` it is told apart from the search data before the newest."""
    await request.body()
    service, caller, seen = who(request)
    wanted = wanted_by(keeper_of(request), seen)
    query = given.query()
    if since and number_of(since) < 0:
        raise QueryError("since", f"{since[:40]!r} is no generation; expected what 'generation' of an answer says")
    if wanted is None or seen.held is None:
        raise StoreError("feed", "the store is empty; there is nothing to follow yet")
    keeper = keeper_of(request)
    sidecar = keeper.sidecar(wanted)
    before = keeper.of(wanted, since) if since else keeper.before(wanted, sidecar)
    shared = headers(seen, caller, tag_of(seen, "feed", str(sidecar.path), str(before), str(request.query_params)))
    if is_fresh(request, shared["ETag"]):
        return unchanged(shared)
    base = prefix_of(service) or str(request.base_url).rstrip("/")
    asked_for = [(name, value) for name, value in request.query_params.multi_items() if name != "since"]
    address = {
        "self": f"{base}/api/search/feed?{urlencode(asked_for)}",
        "alternate": f"{base}/api/search?{urlencode(asked_for)}",
    }
    task = {
        "task": "feed", **place_of(service, sidecar), "query": _said(given, query.offset), "address": address,
        "since": str(before.path) if before else "", "created": seen.held.created.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    answered = await service.ask(request, caller, task, light=False)
    return body_response(request, answered.body, answered.head["media_type"], shared)


@router.post("/search/jobs", responses=problems(429, 503), status_code=202, summary="Search as a job")
async def start_job(request: Request, given: Asked) -> Response:
    """Start a search whose whole result is fetched later, as Parquet; it is kept for an hour."""
    service, caller, seen = who(request)
    wanted = wanted_by(keeper_of(request), seen)
    given.query()
    if wanted is None:
        raise StoreError("search job", "the store is empty; there is nothing to find yet")
    sidecar = keeper_of(request).sidecar(wanted)
    task = _task(service, seen, sidecar, given.model_copy(update={"format": "parquet"}), 0)
    deadline = service.settings.deadline * _PATIENCE

    async def ask() -> Answered:
        return await service.pool.run(task, client=caller.client, deadline=deadline)

    name, job = _jobs(request).start(_owner(caller), caller.client, ask)
    shared = {**headers(seen, caller), "Location": f"{prefix_of(service)}/api/search/jobs/{name}"}
    return Response(_json(job.told(name)), HTTPStatus.ACCEPTED, shared, "application/json")


@router.get("/search/jobs/{name}", responses=problems(404), summary="The state of a job")
async def job_state(request: Request, name: str) -> Response:
    """Say whether a search that you started is done."""
    await request.body()
    _, caller, seen = who(request)
    job = _jobs(request).find(name, _owner(caller))
    return json_value(job.told(name), headers(seen, caller)) if job else not_found("there is no such job of yours")


@router.get("/search/jobs/{name}/result", responses=problems(404, 409), summary="The result of a job")
async def job_result(request: Request, name: str) -> Response:
    """Return the whole result of a search that you started, as Parquet."""
    await request.body()
    _, caller, seen = who(request)
    job = _jobs(request).find(name, _owner(caller))
    if job is None:
        return not_found("there is no such job of yours")
    if job.state != "done":
        return problem(HTTPStatus.CONFLICT, job.what or "the search is not done yet", code=job.state)
    named = {**headers(seen, caller), "Content-Disposition": 'attachment; filename="search.parquet"'}
    if isinstance(job.result, bytes):
        return Response(job.result, media_type=_PARQUET, headers=named)
    return FileResponse(job.result, media_type=_PARQUET, headers=named)


@router.delete("/search/jobs/{name}", responses=problems(404), status_code=204, summary="Remove a job")
async def remove_job(request: Request, name: str) -> Response:
    """End a search that you started, or remove its result."""
    await request.body()
    _, caller, _ = who(request)
    if _jobs(request).find(name, _owner(caller)) is None:
        return not_found("there is no such job of yours")
    _jobs(request).remove(name)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _searched(request: Request, given: Asked) -> Response:
    service, caller, seen = who(request)
    query = given.query()  # what is wrong with it is said before anything is waited for
    if given.format not in {"json", *FORMATS}:
        raise QueryError("format", f"{given.format[:40]!r} is none of json, {', '.join(FORMATS)}")
    wanted = wanted_by(keeper_of(request), seen)
    if wanted is None:
        return json_value(_nothing(query), headers(seen, caller))
    sidecar, offset = _page(keeper_of(request), wanted, given)
    tag = tag_of(seen, "search", str(sidecar.path), str(offset), given.model_dump_json())
    shared = headers(seen, caller, tag)
    if is_fresh(request, tag):
        return unchanged(shared)
    task = _task(service, seen, sidecar, given, offset)
    answered = await service.ask(request, caller, task, light=given.format == "json")
    if given.format != "json":
        shared["Content-Disposition"] = f'attachment; filename="search.{given.format}"'
    return body_response(request, answered.body, answered.head["media_type"], shared)


def _page(keeper: Keeper, wanted: Wanted, given: Asked) -> tuple[Sidecar, int]:
    """Return the sidecars and the place where a page begins: those of the page before, as long as they are there."""
    if not given.cursor:
        return keeper.sidecar(wanted), given.offset
    generation, _, offset = given.cursor.partition("~")
    sidecar = keeper.of(wanted, generation) if offset.isascii() and offset.isdigit() and len(offset) < _DIGITS else None
    if sidecar is None:
        raise QueryError("cursor", "the search data that this page belongs to are gone; search anew")
    return sidecar, int(offset)


def _task(service: Service, seen: Seen, sidecar: Sidecar, given: Asked, offset: int) -> dict[str, Any]:
    return {
        "task": "search", **place_of(service, sidecar), "query": _said(given, offset), "fields": given.fields,
        "format": given.format, "safe": given.safe, "bytes": service.settings.answer_bytes, "more": state_of(seen, sidecar),
    }  # fmt: skip


def _said(given: Asked, offset: int) -> dict[str, Any]:
    return {**given.model_dump(include={"text", "where", "facet", "level", "sort", "limit", "expand"}), "offset": offset}


def _nothing(query: SearchQuery) -> dict[str, Any]:
    """Return the answer of a store that holds nothing."""
    told = {
        "text": query.text, "where": [str(one) for one in query.where], "facet": list(query.facets), "level": query.level,
        "sort": query.sort, "offset": query.offset, "limit": query.limit, "expand": query.expand, "terms": [],
    }  # fmt: skip
    return {
        "generation": "", "sidecar": None, "level": query.level, "asked": told, "count": {"exact": 0, "expanded": 0},
        "hits": [], "facets": {name: [] for name in query.facets}, "did_you_mean": [], "next": None,
    }  # fmt: skip


def _owner(caller: Caller) -> str:
    """Return whose a job is: without a token nobody else knows its name, so that the address does not matter."""
    return caller.client if caller.name else "anonymous"


def _jobs(request: Request) -> SearchJobs:
    jobs: SearchJobs = request.app.state.search_jobs
    return jobs


async def _following(service: Service, keeper: Keeper) -> None:
    """Have the sidecars of the public made as soon as a generation is there, and those of whoever asked before."""
    nobody = Caller("service")
    while True:
        with suppress(StoreError, ServiceError):
            seen = service.seen(nobody)
            wanted = wanted_by(keeper, seen)
            if wanted:
                keeper.want(wanted)
        await asyncio.sleep(_LOOK)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
