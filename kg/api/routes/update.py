"""``/update``: SPARQL 1.1 Protocol, updates (https://www.w3.org/TR/sparql11-protocol/#update-operation)."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from kg.api.answered_update import answered_update
from kg.api.answers import base_of
from kg.api.asked import content_type_of, fields_of
from kg.api.caller import Caller
from kg.api.conditions import condition_of
from kg.api.middleware.body import allow_upload
from kg.api.problems import problem
from kg.api.service import Service
from kg.errors import AccessError, QueryError
from kg.store.writes import Update

router = APIRouter()

_FORM, _TEXT = "application/x-www-form-urlencoded", "application/sparql-update"
_UTF8 = frozenset(("", "utf-8", "utf8", "us-ascii"))
_LONGEST = 16 << 20  # what is longer is data, and belongs into the graph store
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@router.api_route("/update", methods=_METHODS, include_in_schema=False)
async def update(request: Request) -> Response:
    """Do an update; it is published when the answer goes out."""
    service: Service = request.app.state.service
    if request.method != "POST":
        return not_allowed("POST", "an update is posted")
    caller = writing_caller(request, service)
    allow_upload(request, min(_LONGEST, service.settings.upload_bytes))
    media_type, charset = content_type_of(request.headers.get("content-type", ""))
    if media_type not in {_FORM, _TEXT}:
        said = f"an update is posted as {_TEXT} or {_FORM}, not as {media_type[:100] or 'a body without a type'}"
        return problem(415, "Unsupported Media Type", said)
    if charset not in _UTF8:
        return problem(415, "Unsupported Media Type", f"expected UTF-8, found the character set {charset[:40]!r}")
    body = await request.body()
    fields = fields_of(request.scope["query_string"])
    fields += fields_of(body) if media_type == _FORM else [("update", _text(body))]
    wanted = _update_of(fields, base_of(request, service), caller)
    generation = service.generation.id if service.generation else ""
    wanted = replace(wanted, condition=condition_of(request, [generation or "0"], generation))
    async with answered_update(request, service, caller, wanted) as written:
        _, generation = await service.writer.write(written, caller.client, request)
    return Response(status_code=204, headers={"Kg-Generation": generation or "0"})


def writing_caller(request: Request, service: Service) -> Caller:
    """Return who asks; raises AccessError for one who may not write."""
    caller = service.caller(request)
    if not caller.may("writer"):
        known = caller.may("reader")
        what = "your token is for reading; writing needs one of the role writer" if known else "writing needs a token"
        raise AccessError("Authorization", what, known=known)
    return caller


def not_allowed(allowed: str, what: str) -> Response:
    """Return that a method is none for this address."""
    response = problem(405, "Method Not Allowed", what)
    response.headers["Allow"] = allowed
    return response


def _update_of(fields: list[tuple[str, str]], base: str, caller: Caller) -> Update:
    texts = [value for name, value in fields if name == "update"]
    if len(texts) != 1:
        raise QueryError("update", f"there are {len(texts)}; one request is one update, of any number of operations")
    if any(name == "query" for name, _ in fields):
        raise QueryError("query", "queries are asked at /sparql; here are updates")
    using, named = (
        tuple(dict.fromkeys(value for name, value in fields if name == wanted))
        for wanted in ("using-graph-uri", "using-named-graph-uri")
    )
    return Update(texts[0], base, using, named, caller.sees_everything)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError("update", f"expected UTF-8: {error}") from error
