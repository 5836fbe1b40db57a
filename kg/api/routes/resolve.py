"""``/api/resolve``: which ontology terms texts mean, from the local index alone, as ``kg resolve --json`` says it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kg.api.pool import Answered
from kg.api.problems import problem
from kg.api.replies import body_of, json_value, problems
from kg.api.service import Service
from kg.errors import QueryError

MOST = 1_000
"""Texts that one request may ask about."""

_LONGEST = 10_000
router = APIRouter(prefix="/api", tags=["terms"])
Text = Annotated[str, Field(max_length=_LONGEST)]


class Question(BaseModel):
    """A text in a field, with what stands beside it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"field": "organism", "text": "mouse"}})

    field: Text
    text: Text = ""
    accession: Text = ""
    ontology: Text = ""
    context: dict[Text, Text] = Field(default_factory=dict, max_length=20)


class Questions(BaseModel):
    """Up to a thousand texts."""

    model_config = ConfigDict(extra="forbid")

    queries: Annotated[list[Question], Field(min_length=1, max_length=MOST)]


@router.get("/resolve", responses=problems(), summary="Which terms a text means")
async def resolve(
    request: Request,
    field: Annotated[str, Query(max_length=_LONGEST, description="resolver field", examples=["imaging_method"])] = "",
    text: Annotated[str, Query(max_length=_LONGEST, description="words of a source", examples=["spinning disk"])] = "",
    accession: Annotated[str, Query(max_length=_LONGEST, description="accession that stands with the text")] = "",
    ontology: Annotated[str, Query(max_length=_LONGEST, description="the source's word for the ontology")] = "",
    context: Annotated[list[str] | None, Query(max_length=20, description="what stands beside it: organism=mouse")] = None,
) -> Response:
    """Say which terms a text means in a field, with scores, tiers and reasons; the status is accepted, review or none."""
    await request.body()
    if not field:
        raise QueryError("field", "is missing; /api/fields lists them")
    question = {
        "field": field, "text": text, "accession": accession, "ontology": ontology, "context": _pairs(context or ()),
    }  # fmt: skip
    answered = await _asked(request, [question])
    return _unknown(answered) or Response(body_of(answered)[1:-1], media_type="application/json")


@router.post("/resolve", responses=problems(413), summary="Which terms many texts mean")
async def resolve_many(request: Request, questions: Questions) -> Response:
    """Answer up to 1,000 texts, in their order: a list of what the single form gives."""
    asked = [{**one.model_dump(), "context": list(one.context.items())} for one in questions.queries]
    answered = await _asked(request, asked)
    return _unknown(answered) or Response(body_of(answered), media_type="application/json")


@router.get("/fields", responses=problems(), summary="The fields in which texts can be resolved")
async def fields(request: Request) -> Response:
    """List the resolver fields."""
    await request.body()
    answered = await _asked(request, [{"field": "", "text": "", "accession": "", "ontology": "", "context": []}])
    return json_value({"fields": answered.head["fields"]})


async def _asked(request: Request, questions: Sequence[Mapping[str, Any]]) -> Answered:
    service: Service = request.app.state.service
    caller = service.caller(request)
    task = {"task": "resolve", "index": str(service.settings.index or ""), "queries": questions}
    return await service.ask(request, caller, task, light=False)


def _unknown(answered: Answered) -> Response | None:
    """Return what to say of a field that there is not."""
    name, known = answered.head["unknown"], answered.head["fields"]
    if not known:
        return None
    near = difflib.get_close_matches(name, known, n=2)
    meant = f"did you mean {' or '.join(near)}?" if near else f"the fields are {', '.join(known)}"
    return problem(400, f"field: there is no field {name[:100]!r}; {meant}", code="field")


def _pairs(said: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for part in said:
        name, equals, value = part.partition("=")
        if not equals:
            raise QueryError("context", f"found {part[:60]!r}, expected a field and a text, such as organism=Mus musculus")
        pairs.append((name.strip(), value.strip()))
    return pairs
