"""``/rdf-graph-store``: SPARQL 1.1 Graph Store Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from kg.api.answers import accepted, answer_headers, base_of, body_response, is_known, not_acceptable, tag_of
from kg.api.asked import fields_of
from kg.api.caller import Caller
from kg.api.conditions import condition_of
from kg.api.formats import TRIPLES
from kg.api.problems import problem
from kg.api.routes.update import not_allowed, writing_caller
from kg.api.service import Service
from kg.api.uploads import UnsupportedTypeError, received_uploads
from kg.errors import QueryError
from kg.store.batch import PUBLIC
from kg.store.lexer import resolved
from kg.store.writes import Condition, DeleteGraph, PostGraph, PutGraph

router = APIRouter()

PATH = "/rdf-graph-store"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_ALLOWED = "GET, HEAD, POST, PUT, DELETE"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The graph that a request is about.

    Attributes:
        graph: IRI; None for the default graph.
        base: what relative IRIs in the body are relative to.
        new: whether the graph was not named, and has got a name now.
        form: short name of the format wanted; empty where headers say it.
    """

    graph: str | None
    base: str
    new: bool = False
    form: str = ""


@router.api_route(PATH, methods=_METHODS, include_in_schema=False)
@router.api_route(PATH + "/{rest:path}", methods=_METHODS, include_in_schema=False)
async def graph(request: Request) -> Response:
    """Read, replace, extend or delete one graph."""
    service: Service = request.app.state.service
    match request.method:
        case "GET" | "HEAD":
            return await _read(request, service)
        case "PUT" | "POST":
            return await _upload(request, service)
        case "DELETE":
            return await _delete(request, service)
    return not_allowed(_ALLOWED, "graphs are read, replaced, extended and deleted; to change parts of one, post to /update")


async def _read(request: Request, service: Service) -> Response:
    caller, asked = service.caller(request), _asked(request, service)
    await request.body()
    media_type = TRIPLES.chosen(accepted(request), asked.form)
    if not media_type:
        return not_acceptable(TRIPLES.offered)
    seen = service.seen(caller)
    tag = tag_of(seen.generation, seen.audience, asked.graph, media_type)
    headers = {**answer_headers(request, seen, tag), "ETag": f'"{tag}"'}  # strong, so that If-Match may name it
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    task = {
        "task": "graph",
        "database": seen.database,
        "graph": asked.graph,
        "media_type": media_type,
        "bytes": service.settings.answer_bytes,
    }
    answered = await service.ask(request, caller, task, light=True)
    if not answered.head["found"]:
        return _absent(asked)
    return body_response(request, answered.body, media_type, headers)


async def _upload(request: Request, service: Service) -> Response:
    caller = writing_caller(request, service)
    asked = _asked(request, service)
    condition = _condition(request, service, caller, asked)
    try:
        async with received_uploads(request, service.pool.scratch) as uploads:
            kind = PutGraph if request.method == "PUT" else PostGraph
            outcome, generation = await service.writer.write(
                kind(asked.graph, uploads, asked.base, condition), caller.client, request
            )
    except UnsupportedTypeError as error:
        return problem(415, "Unsupported Media Type", str(error))
    headers = {"Kg-Generation": generation}
    if asked.new and asked.graph:
        headers["Location"] = asked.graph
    return Response(status_code=204 if outcome.existed else 201, headers=headers)


async def _delete(request: Request, service: Service) -> Response:
    caller = writing_caller(request, service)
    asked = _asked(request, service)
    await request.body()
    condition = _condition(request, service, caller, asked)
    outcome, generation = await service.writer.write(DeleteGraph(asked.graph, condition), caller.client, request)
    return Response(status_code=204, headers={"Kg-Generation": generation}) if outcome.existed else _absent(asked)


def _condition(request: Request, service: Service, caller: Caller, asked: _Asked) -> Condition:
    """Return what must hold for a write; a tag is taken in whichever form of the graph it was given."""
    if not {"if-match", "if-none-match"} & set(request.headers):
        return Condition()
    seen = service.seen(caller)
    tags = {
        tag_of(seen.generation, audience, asked.graph, media_type)
        for audience in {seen.audience, PUBLIC}
        for media_type in TRIPLES.offered
    }
    return condition_of(request, tags, seen.generation)


def _absent(asked: _Asked) -> Response:
    return problem(404, "Not Found", f"there is no graph {asked.graph}, or none that you may see")


def _asked(request: Request, service: Service) -> _Asked:
    """Return the graph that a request names: by the parameters, or by its own address.

    Raises:
        QueryError: it names none, several, or one that is no absolute IRI.
    """
    fields = fields_of(request.scope["query_string"])
    names = [value for name, value in fields if name == "graph"]
    default = any(name == "default" for name, _ in fields)
    form = next((value for name, value in fields if name in {"format", "output"}), "")
    here = base_of(request, service)
    direct = request.url.path.rstrip("/") != PATH
    if direct:
        here = here.removesuffix(request.url.path) + request.scope["raw_path"].decode("ascii", "replace")
    if direct and (names or default):
        raise QueryError("graph", f"the address names a graph itself; graph and default belong to {PATH}")
    if len(names) + default > 1:
        raise QueryError("graph", "expected either default or graph, and one of them")
    if default:
        return _Asked(None, here, form=form)
    if names or direct:
        name = resolved(names[0] if names else here, "", "graph")
        return _Asked(name, name, form=form)
    if request.method == "POST":
        name = f"{here.rstrip('/')}/{uuid.uuid4()}"
        return _Asked(name, name, new=True)
    raise QueryError("graph", "expected ?default or ?graph=IRI")
