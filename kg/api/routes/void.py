"""Addresses where the service describes itself: the endpoint, ``/.well-known/void`` and the example queries."""

from __future__ import annotations

import html
import json
from pathlib import Path

from fastapi import APIRouter, Request, Response

from kg.api.answers import accepted, answer_headers, base_of, is_known, not_acceptable, tag_of
from kg.api.caller import Caller
from kg.api.description import View, examples, service_description, void_description, written
from kg.api.formats import HTML, TRIPLES, content_type
from kg.api.negotiate import best
from kg.api.service import Seen, Service
from kg.curie import KG
from kg.queries import load_questions

router = APIRouter()

_JSON = "application/sparql-results+json"
_MOST_SOURCES = 2_000
_SOURCES = f"""PREFIX kg: <{KG}> PREFIX schema: <http://schema.org/>
SELECT ?source (SAMPLE(?called) AS ?name) {{ ?source a kg:SourceRecord ; schema:name ?called FILTER(isIRI(?source)) }}
GROUP BY ?source ORDER BY ?source LIMIT {_MOST_SOURCES}"""
_LICENCES = f"""PREFIX schema: <http://schema.org/> PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?source ?licence {{ ?record schema:license ?licence ; prov:wasDerivedFrom ?source FILTER(isIRI(?source)) }}
LIMIT {5 * _MOST_SOURCES}"""


@router.api_route("/.well-known/void", methods=["GET", "HEAD"], include_in_schema=False)
async def void(request: Request) -> Response:
    """Describe the data that the caller sees."""
    service: Service = request.app.state.service
    return await _described(request, service, service.caller(request), "void")


@router.api_route("/sparql/examples", methods=["GET", "HEAD"], include_in_schema=False)
async def example_queries(request: Request) -> Response:
    """List the questions as queries that can be run."""
    service: Service = request.app.state.service
    return await _described(request, service, service.caller(request), "examples")


async def described(request: Request, service: Service, caller: Caller, form: str) -> Response:
    """Describe the endpoint, in the form of a short name or of the headers."""
    return await _described(request, service, caller, "service", form)


async def _described(request: Request, service: Service, caller: Caller, what: str, form: str = "") -> Response:
    accept, form = accepted(request), form or request.query_params.get("format", "")
    page = not form and best(accept, (*TRIPLES.offered, HTML)) == HTML
    media_type = TRIPLES.chosen(accept, form)
    if not media_type:
        return not_acceptable((*TRIPLES.offered, HTML))
    seen, root = service.seen(caller), _root(request, service)
    tag = tag_of(what, root, seen.generation, seen.audience, seen.union, media_type, page)
    headers = {**answer_headers(request, seen, tag), "Link": f'<{root}/.well-known/void>; rel="describedby"'}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    view = await _view(request, service, caller, seen, root, listed=what != "examples")
    match what:
        case "void":
            triples = void_description(view)
        case "examples":
            triples = examples(view, load_questions())
        case _:
            triples = service_description(view)
    body = written(triples, media_type)
    if page:
        return Response(_page(body.decode(), root), headers=headers, media_type=HTML)
    return Response(body, headers=headers, media_type=content_type(media_type))


async def _view(request: Request, service: Service, caller: Caller, seen: Seen, root: str, *, listed: bool) -> View:
    sources: list[tuple[str, str, int | None, list[str]]] = []
    about = {**seen.about, "created": seen.held.created.isoformat()} if seen.held else {}
    if listed and seen.held and seen.about.get("sources"):
        sizes = {entry.iri: entry.statements for entry in seen.held.ledger.sources()}
        licences: dict[str, list[str]] = {}
        for row in await _rows(request, service, caller, seen, _LICENCES):
            licences.setdefault(row["source"], []).append(row["licence"])
        rows = await _rows(request, service, caller, seen, _SOURCES)
        sources = [
            (row["source"], row["name"], sizes.get(row["source"]), sorted(licences.get(row["source"], []))) for row in rows
        ]
    return View(f"{root}/sparql", f"{root}/.well-known/void#dataset", seen.generation, seen.union, about, sources)


async def _rows(request: Request, service: Service, caller: Caller, seen: Seen, query: str) -> list[dict[str, str]]:
    task = {
        "task": "sparql",
        "database": seen.database,
        "query": query,
        "base": KG,
        "union": True,
        "rows": _JSON,
        "limit": service.settings.rows,
        "bytes": service.settings.answer_bytes,
    }
    reply = await service.ask(request, caller, task, light=True)
    body = reply.body
    if isinstance(body, Path):
        file, body = body, body.read_bytes()
        file.unlink()
    bindings = json.loads(body)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in bindings if "source" in row]


def _root(request: Request, service: Service) -> str:
    """Return the address of the service, without a slash at its end."""
    return base_of(request, service).removesuffix(request.url.path).rstrip("/")


def _page(text: str, root: str) -> str:
    """Return a page for browsers, which would put Turtle into a file."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>SPARQL endpoint of bioimage-kg</title>'
        f"<h1>SPARQL endpoint</h1><p>Queries: <code>{html.escape(root)}/sparql?query=...</code>; "
        f'<a href="{html.escape(root)}/sparql/examples">examples</a>, <a href="{html.escape(root)}/.well-known/void">data</a>, '
        f'<a href="{html.escape(root)}/api/questions">questions</a>.</p><pre>{html.escape(text)}</pre></html>'
    )
