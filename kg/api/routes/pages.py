"""``/``, ``/docs`` and ``/robots.txt``: what is here, for people; plain HTML that needs nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from kg.api.linked.pages import POLICY, anchor, listed, page, safe, table
from kg.api.linked.signposts import Link, header
from kg.api.linked.vocabulary import words
from kg.api.replies import prefix_of
from kg.api.service import Seen, Service
from kg.curie import base_iri

router = APIRouter(include_in_schema=False)
_ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /sparql
Disallow: /update
Disallow: /rdf-graph-store
Disallow: /ols/
Disallow: /metrics
Disallow: /data?
Disallow: /resolve
Crawl-delay: 5
"""
_EXAMPLES = (
    ("/api/resolve?field=imaging_method&text=spinning+disk", "which term a text means"),
    ("/api/terms/FBbi:00000251", "an ontology term, and its use here"),
    ("/api/sources", "the sources"),
    ("/api/stats", "counts"),
    ("/api/review", "texts that wait for a person"),
    ("/sparql?query=ASK+%7B%7D", "SPARQL"),
    ("/vocab/", "the vocabulary"),
    ("/.well-known/void", "the dataset, for machines"),
    ("/docs", "all addresses"),
    ("/openapi.json", "the same for programs"),
)
_METHODS = ("get", "post", "put", "delete", "patch")


@router.get("/")
async def start(request: Request) -> Response:
    """Show what is here."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    seen, prefix = service.seen(caller), prefix_of(service)
    return _page(page("bioimage-kg", _landing(seen, prefix), [Link("service-desc", f"{prefix}/openapi.json")]), seen, service)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Show all addresses with what they take, from the description of the service."""
    service: Service = request.app.state.service
    caller = service.caller(request)
    await request.body()
    described: dict[str, Any] = request.app.openapi()
    prefix = prefix_of(service)
    body = "<h1>Addresses</h1>" + f'<p><a href="{escape(prefix)}/openapi.json">openapi.json</a> says the same to programs.</p>'
    for path, methods in described.get("paths", {}).items():
        for method in _METHODS:
            if method in methods:
                body += _route(path, method, methods[method])
    return _page(page("Addresses - bioimage-kg", body), service.seen(caller), service)


@router.get("/robots.txt")
async def robots() -> Response:
    """Keep crawlers from what costs work and has no end."""
    return PlainTextResponse(_ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


def _page(body: bytes, seen: Seen, service: Service) -> Response:
    prefix = prefix_of(service)
    links = [
        Link("service-desc", f"{prefix}/openapi.json", "application/json"),
        Link("service-doc", f"{prefix}/docs", "text/html"),
        Link("describedby", f"{prefix}/.well-known/void"),
    ]
    more = {
        "Content-Security-Policy": POLICY, "Link": header(links), "KG-Generation": seen.generation, "Vary": "Authorization",
        "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return Response(body, media_type="text/html", headers={name: value for name, value in more.items() if value})


def _landing(seen: Seen, prefix: str) -> str:
    about = seen.about
    classes = sorted(about.get("classes", {}).items(), key=lambda item: (-item[1], item[0]))
    counted = [
        ("generation", f"<code>{safe(seen.generation or 'none yet')}</code>"),
        ("sources", f"{about.get('sources', 0):,}"),
        ("statements", f"{about.get('statements', {}).get('all', 0):,}"),
        *((anchor(iri, words().class_(iri), base_iri(), prefix), f"{count:,}") for iri, count in classes[:20]),
    ]
    links = [f'<a href="{escape(prefix + path)}"><code>{safe(path)}</code></a> {safe(what)}' for path, what in _EXAMPLES]
    field = '<label>Look up an IRI <input name="iri" size="60" required></label>'
    form = f'<form action="{escape(prefix)}/resolve" method="get">{field} <button>Go</button></form>'
    return (
        "<h1>bioimage-kg</h1><p>Metadata of microscopy images as one knowledge graph: records from repositories, vendor files"
        f" and notebooks, with ontology terms and the reason for each.</p>{form}"
        f"<h2>Here</h2>{listed(links)}<h2>Counts</h2>{table(counted)}"
    )


def _route(path: str, method: str, told: Mapping[str, Any]) -> str:
    rows = [(f"<code>{safe(one['name'])}</code>", _parameter(one)) for one in told.get("parameters", ())]
    taken = told.get("requestBody", {}).get("content", {})
    rows += [("body", safe(", ".join(taken)))] if taken else []
    answers = told.get("responses", {})
    rows += [("answers", ", ".join(f"{safe(code)}" for code in sorted(answers)))] if answers else []
    return (
        f"<h2><code>{method.upper()} {safe(path)}</code></h2><p>{safe(told.get('summary', ''))}</p>"
        f"<p>{safe(told.get('description', ''))}</p>{table(rows)}"
    )


def _parameter(one: Mapping[str, Any]) -> str:
    schema = one.get("schema", {})
    default = f" (default {json.dumps(schema['default'])})" if "default" in schema else ""
    return safe(f"{one.get('description', '')}{default}{', required' if one.get('required') else ''}".strip())
