"""``/api/questions``: the questions that come with kg, and their answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from kg.api.answers import answered, base_of
from kg.api.asked import Asked, fields_of, seconds_of
from kg.api.formats import check_name
from kg.api.problems import problem
from kg.api.service import Service
from kg.errors import QueryError
from kg.queries import Question, bound, load_questions

router = APIRouter(prefix="/api/questions", tags=["questions"])

_OWN = frozenset(("format", "timeout"))


@router.get("")
async def questions(request: Request) -> Response:
    """List the questions, with what each of them takes."""
    service: Service = request.app.state.service
    service.caller(request)
    base = base_of(request, service)
    return JSONResponse({"questions": [_listed(question, base) for question in load_questions()]})


@router.get("/{name}")
async def question(request: Request, name: str) -> Response:
    """Answer a question; its parameters are those of the address, beside ``format`` and ``timeout`` (seconds)."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    found = next((each for each in load_questions() if each.name == name), None)
    if found is None:
        return problem(404, "Not Found", f"no question is called {name[:100]!r}; /api/questions lists them")
    given: dict[str, str] = {}
    for field, value in fields_of(request.scope["query_string"]):
        if field in given:
            raise QueryError(name, f"parameter {field!r} is given twice")
        given[field] = value
    await request.body()
    own = {field: given.pop(field, "") for field in _OWN}
    check_name(own["format"])
    asked = Asked(bound(found, given), timeout=seconds_of(own["timeout"]), form=own["format"])
    return await answered(request, service, caller, asked)


def _listed(question: Question, base: str) -> dict[str, Any]:
    parameters = [
        {"name": one.name, "kind": one.kind, "default": one.default, "about": one.about} for one in question.parameters
    ]
    return {
        "name": question.name,
        "title": question.title,
        "note": question.note,
        "parameters": parameters,
        "url": f"{base}/{question.name}",
        "sparql": question.sparql,
    }
