"""``/api/review``: texts that wait for a person, and what a person says of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kg.api.caller import Caller
from kg.api.problems import problem
from kg.api.replies import headers, json_value, not_found, problems
from kg.api.reviewing import Verdict, decided
from kg.api.routes.sources import Limit, Offset
from kg.api.service import Seen, Service
from kg.errors import AccessError
from kg.store.batch import PUBLIC

router = APIRouter(prefix="/api", tags=["review"])
Status = Literal["review", "none", "accepted"]
TermName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9.]*[:_][^\s\x00-\x1f]+$", max_length=500)]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=2_000)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{8,64}$", description="id of the text, from the list", examples=["0ca9cc5b"])]


class Word(BaseModel):
    """What a person says of a text.

    Attributes:
        terms: for accept the terms that the text means; for reject those that it does not mean, or none: it names no term.
        why: a remark, kept with the decision.
        by: who decides, as a name or as ``orcid:...``; the name of the token where it is empty.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"terms": ["FBbi:00000251"], "why": "as in methods"}}
    )

    terms: Annotated[list[TermName], Field(max_length=20)] = []
    why: Line = ""
    by: Line = ""


@router.get("/review", responses=problems(), summary="Texts that wait for a person")
async def waiting(
    request: Request,
    status: Annotated[list[Status] | None, Query(description="review where none is given")] = None,
    field: Annotated[str, Query(max_length=200, description="only this resolver field")] = "",
    id: Annotated[str, Query(max_length=64, description="only texts whose id begins so")] = "",  # noqa: A002 - on the wire
    offset: Offset = 0,
    limit: Limit = 50,
) -> Response:
    """List texts, those of most records first, with candidates and reasons, as they stand in the sources that you may see."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen = service.seen(caller)
    head = await _listed(request, caller, seen, {"statuses": status or ["review"], "field": field, "id": id},
                         offset=offset, limit=limit)  # fmt: skip
    if field and field not in head["fields"]:
        return problem(400, f"field: there is no field {field!r}; the fields are {', '.join(head['fields'])}", code="field")
    return json_value({"total": head["total"], "offset": offset, "items": head["items"]}, headers(seen, caller))


@router.post("/review/{id}/accept", responses=problems(403, 404), summary="A text means these terms")
async def accept(request: Request, id: Id, word: Word) -> Response:  # noqa: A002 - the name in the address
    """Write that a text means terms, and correct the graph at once; needs a token of the role writer."""
    if not word.terms:
        return problem(400, "terms: say which term the text means, such as FBbi:00000251", code="terms")
    return await _decide(request, "accept", id, word)


@router.post("/review/{id}/reject", responses=problems(403, 404), summary="A text does not mean these terms, or none at all")
async def reject(request: Request, id: Id, word: Word) -> Response:  # noqa: A002 - the name in the address
    """Write that a text does not mean terms, or names none, and correct the graph; needs a token of the role writer."""
    return await _decide(request, "reject", id, word)


async def _decide(request: Request, verdict: Verdict, name: str, word: Word) -> Response:
    service: Service = request.app.state.service
    caller = service.caller(request)
    if not caller.may("writer"):
        raise AccessError("review", "deciding needs a token of the role writer", known=bool(caller.name))
    seen = service.seen(caller)
    about = {"statuses": ["review", "none", "accepted"], "field": "", "id": name}
    if not (await _listed(request, caller, seen, about, offset=0, limit=1))["total"]:
        return not_found("no text that you may see has this id")
    async with service.pool.turns.turn(caller.client):
        done = await decided(service, verdict, name, word.terms, {"by": word.by or caller.name, "why": word.why})
    if not caller.sees_everything and service.generation and service.generation.audiences - {PUBLIC}:
        # How much changed in sources that the caller does not see is not said.
        done = {key: done[key] for key in ("rows", "generation")}
    return json_value({**done, "applied": True})


async def _listed(
    request: Request, caller: Caller, seen: Seen, about: dict[str, Any], *, offset: int, limit: int
) -> dict[str, Any]:
    service: Service = request.app.state.service
    index = str(service.settings.index or "")
    task = {"task": "waiting", "database": seen.database, "index": index, **about, "offset": offset, "limit": limit}
    return (await service.ask(request, caller, task, light=False)).head
