"""Linked data: ``/id/...`` names things, ``/data/...`` tells of them, ``/vocab/...`` has words, ``/resolve`` takes any IRI."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kg.api.linked.convertors import REST
from kg.api.linked.forms import FORMS, HTML, JSON_LD, LINKSET, Form, named, wanted
from kg.api.linked.iris import below, data_address, spellings, valid
from kg.api.linked.pages import POLICY
from kg.api.linked.signposts import Link, header
from kg.api.problems import problem
from kg.api.replies import (
    body_of,
    current,
    headers,
    is_fresh,
    not_found,
    prefix_of,
    problems,
    tag_of,
    unchanged,
)
from kg.api.service import Service
from kg.curie import KG, PREFIXES, base_iri
from kg.errors import QueryError
from kg.paths import data_dir
from kg.schema import load_schema

router = APIRouter(tags=["linked data"])
_PUBLISHED = {
    "ontology.ttl": ("bioimage-kg.owl.ttl", "text/turtle"),
    "shapes.ttl": ("bioimage-kg.shacl.ttl", "text/turtle"),
    "schema.json": ("bioimage-kg.schema.json", "application/schema+json"),
}
_SEE_OTHER: dict[int | str, dict[str, Any]] = {303: {"description": "The document about the thing"}, **problems(404)}
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document; links in the header say how to cite the thing, its licence, authors, parts, other forms",
        "content": {media_type: {} for form in FORMS for media_type in form.media_types[:1]},
    },
    **problems(404, 406),
}


@router.get(f"/id/{{local:{REST}}}", responses=_SEE_OTHER, summary="A thing, by the IRI that it has here")
async def thing(request: Request, local: str) -> Response:
    """Send to the document about a thing, whose IRI is the base of this graph and the path exactly as it was sent."""
    del local  # decoded; what counts is the path as it came over the wire
    rest = below(request.scope["raw_path"], request.scope["query_string"])
    return await _see(request, valid(*(base_iri() + one for one in spellings(rest))))


@router.get(f"/vocab/{{local:{REST}}}", responses=_SEE_OTHER, summary="A word of the vocabulary, or all of it")
async def word(request: Request, local: str) -> Response:
    """Send to the document about a class, a property or a graph; without a name, give the whole vocabulary.

    Also ``ontology.ttl`` (OWL), ``shapes.ttl`` (SHACL), ``schema.json`` (JSON Schema) and ``context.jsonld``.
    """
    if local in _PUBLISHED:
        name, media_type = _PUBLISHED[local]
        return _static(request, (data_dir("ontologies") / "generated" / name).read_bytes(), media_type)
    if local == "context.jsonld":
        return _static(request, _context(), JSON_LD.media_type)
    if not local:
        return await _vocabulary(request)
    rest = below(request.scope["raw_path"], request.scope["query_string"])
    return await _see(request, valid(*(KG + one for one in spellings(rest))))


@router.get("/vocab", include_in_schema=False)
async def vocabulary(request: Request) -> Response:
    """Give the whole vocabulary."""
    return await _vocabulary(request)


@router.get("/resolve", responses=_SEE_OTHER, summary="Any IRI")
async def resolve(request: Request, iri: str = "") -> Response:
    """Send to the document about any IRI that is known here; the way for IRIs that end in ``#...`` or hold ``/../``."""
    return await _see(request, _asked(iri))


@router.get("/data", responses=_DOCUMENT, summary="The document about any IRI")
async def data_of(request: Request, iri: str = "", format: str = "") -> Response:  # noqa: A002 - the name on the wire
    """Tell of an IRI; ``format`` is one of jsonld, ttl, nt, rdf, trig, nq, n3, html, linkset and wins over ``Accept``."""
    return await _told(request, _asked(iri), format)


@router.get(f"/data/{{local:{REST}}}", responses=_DOCUMENT, summary="The document about a thing")
async def data(request: Request, local: str, format: str = "") -> Response:  # noqa: A002 - the name on the wire
    """Tell of the thing at ``/id/`` and the same path; ``format`` as for ``/data``."""
    del local
    rest = below(request.scope["raw_path"], b"")
    return await _told(request, valid(*(base_iri() + one for one in spellings(rest))), format)


def _asked(iri: str) -> tuple[str, ...]:
    if not iri:
        raise QueryError("iri", "is missing; say ?iri= and the IRI, percent-encoded")
    return valid(iri)


async def _see(request: Request, iris: tuple[str, ...]) -> Response:
    """Send to the document of the first IRI that is known."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen, prefix = service.seen(caller), prefix_of(service)
    task = {"task": "exists", "database": seen.database, "base": base_iri(), "iris": iris, "generation": current(seen)}
    answered = await service.ask(request, caller, task, light=True)
    if not answered.head["found"]:
        return not_found()
    address = prefix + data_address(answered.head["iri"], base_iri())
    links = header([Link("describedby", address), Link("cite-as", answered.head["iri"])])
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {**headers(seen, caller), "Link": links})


async def _told(request: Request, iris: tuple[str, ...], name: str) -> Response:
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    chosen = _form(request, name)
    if isinstance(chosen, Response):
        return chosen
    form, media_type = chosen
    seen, prefix = service.seen(caller), prefix_of(service)
    tag = tag_of(seen, prefix, form.name, media_type, *iris)
    shared = headers(seen, caller, tag)
    if is_fresh(request, tag):
        return unchanged(shared)
    task = {
        "task": "document", "database": seen.database, "base": base_iri(), "iris": iris, "generation": current(seen),
        "form": form.name, "prefix": prefix,
    }  # fmt: skip
    answered = await service.ask(request, caller, task, light=True)
    head = answered.head
    if not head["found"]:
        return not_found()
    if head["unsayable"]:
        return _not_acceptable(head["unsayable"])
    address = prefix + data_address(head["iri"], base_iri())
    links = [Link(rel, target, kind) for rel, target, kind in head["links"]]
    more = {
        **shared,
        "Link": header(links),
        "Content-Location": f"{address}{'&' if '?' in address else '?'}format={form.name}",
        **({"KG-Truncated": ", ".join(head["truncated"])} if head["truncated"] else {}),
        **({"Content-Security-Policy": POLICY} if form is HTML else {}),
    }
    return Response(body_of(answered), media_type=media_type, headers=more)


async def _vocabulary(request: Request) -> Response:
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    offered = [form for form in FORMS if form is not LINKSET]
    chosen = _form(request, request.query_params.get("format", ""), offered)
    if isinstance(chosen, Response):
        return chosen
    form, media_type = chosen
    task = {"task": "vocabulary", "form": form.name, "base": base_iri(), "prefix": prefix_of(service)}
    answered = await service.ask(request, caller, task, light=False)
    if answered.head["unsayable"]:
        return _not_acceptable(answered.head["unsayable"])
    more = {"Content-Security-Policy": POLICY} if form is HTML else {}
    return _static(request, body_of(answered), media_type, **more)


def _form(request: Request, name: str, forms: list[Form] | tuple[Form, ...] = FORMS) -> tuple[Form, str] | Response:
    """Return the form to answer in and its media type, or what is wrong with the wish."""
    if name:
        form = named(name, forms)
        if form is None:
            raise QueryError("format", f"is none of {', '.join(form.name for form in forms)}")
        return form, form.media_type
    return wanted(request.headers.get("accept", ""), forms) or _not_acceptable("none of the forms asked for is given")


def _not_acceptable(why: str) -> Response:
    others = ", ".join(form.media_type for form in FORMS)
    return problem(HTTPStatus.NOT_ACCEPTABLE, f"{why}; there are {others}", code="not-acceptable")


def _static(request: Request, body: bytes, media_type: str, **more: str) -> Response:
    """Return what is the same for everybody as long as this version runs."""
    tag = f'"{hashlib.blake2b(media_type.encode() + body, digest_size=12).hexdigest()}"'
    shared = {
        "ETag": tag, "Vary": "Accept", "Cache-Control": "public, max-age=3600",
    }  # fmt: skip
    if is_fresh(request, tag):
        return unchanged(shared)
    return Response(body, media_type=media_type, headers={**shared, "X-Content-Type-Options": "nosniff", **more})


@cache
def _context() -> bytes:
    """Return the JSON-LD context: namespaces, classes, and the properties whose name means one thing."""
    schema = load_schema()
    slots: dict[str, set[tuple[str, bool]]] = {}
    for class_ in schema.classes.values():
        for slot in class_.slots.values():
            slots.setdefault(slot.name, set()).add((slot.iri, slot.kind == "literal"))
    words: dict[str, Any] = {**PREFIXES, **{name: class_.iri for name, class_ in schema.classes.items()}}
    for name, meanings in slots.items():
        if len(meanings) == 1 and name not in words:
            ((iri, literal),) = meanings
            words[name] = iri if literal else {"@id": iri, "@type": "@id"}
    return json.dumps({"@context": words}, indent=1, ensure_ascii=False).encode()
