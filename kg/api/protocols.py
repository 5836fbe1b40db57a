"""The description of addresses that follow protocols of others, in OpenAPI's words: what no route declares by types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from kg.api.formats import BOOLEAN, HTML, ROWS, TRIPLES
from kg.api.replies import problems

_ACCESS, _RUNNING, _PAGES, _OLS = "SPARQL", "operations", "pages", "terms (OLS)"
_FORM = "application/x-www-form-urlencoded"
_JSON, _TEXT = "application/json", "text/plain"
_GRAPH_TYPES = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "text/n3")
_Said: TypeAlias = Mapping[str, tuple[Mapping[str, Any], str]]
_IRI: Mapping[str, Any] = {"type": "string", "format": "iri"}
_IRIS: Mapping[str, Any] = {"type": "array", "items": _IRI}
_STRING: Mapping[str, Any] = {"type": "string"}
_ANSWERS = tuple(dict.fromkeys((*ROWS.offered, *BOOLEAN.offered, *TRIPLES.offered)))

_ASKED: _Said = {
    "default-graph-uri": (_IRIS, "graphs that the query sees as its default graph; win over FROM"),
    "named-graph-uri": (_IRIS, "graphs that the query sees by name; win over FROM NAMED"),
    "timeout": (_STRING, "seconds to wait at most, such as 5 or 5s; never more than the service's own deadline"),
    "format": (_STRING, "short name of a form instead of Accept: json, xml, csv, tsv, ttl, nt, rdf, jsonld, n3, trig, nq"),
}
_USING: _Said = {
    "using-graph-uri": (_IRIS, "graphs that WHERE sees as its default graph"),
    "using-named-graph-uri": (_IRIS, "graphs that WHERE sees by name"),
}
_GRAPH: _Said = {
    "graph": (_IRI, "IRI of the graph; either this or default"),
    "default": ({"type": "string", "enum": [""]}, "without a value: the default graph"),
}
_SHORT: _Said = {"format": (_STRING, "short name of a form of triples instead of Accept")}
_IF: _Said = {
    "If-Match": (_STRING, "write only while the data are those that these tags stand for, or (*) there are any"),
    "If-None-Match": (_STRING, "write only while the data are not those, or (*) there are none"),
}
_PAGED: _Said = {"page": ({"type": "integer"}, "from 0"), "size": ({"type": "integer"}, "entries on a page")}
_SOUGHT: _Said = {
    "q": (_STRING, "words"),
    "ontology": (_STRING, "prefixes of ontologies, with commas between them"),
    "exact": ({"type": "boolean"}, "whole names alone"),
    "rows": ({"type": "integer"}, "most results"),
    "start": ({"type": "integer"}, "results to leave out before the first"),
}


def protocol_paths() -> dict[str, Any]:
    """Return the addresses with their methods, as ``paths`` of OpenAPI; a new value for each call."""
    return {**_sparql(), **_graph_store(), **_ols(), **_running()}


def _sparql() -> dict[str, Any]:
    query = {"query": (_STRING, "SPARQL 1.1; without it the service describes itself")}
    answer = _given("Rows, a yes or no, triples; or the description of the service", _ANSWERS, 406, 429, 503, 504, 507)
    done = {
        **_empty(204, "Done and published; Kg-Generation names the state that holds it"),
        **problems(401, 403, 412, 422, 503),
    }
    body = {_FORM: _fields({"query": (_STRING, "SPARQL 1.1"), **_ASKED}, "query"), "application/sparql-query": _text()}
    change = {
        _FORM: _fields({"update": (_STRING, "SPARQL 1.1 Update"), **_USING}, "update"),
        "application/sparql-update": _text(),
    }
    triples = (*TRIPLES.offered, HTML)
    return {
        "/sparql": {
            "get": _told("sparql_get", _ACCESS, "A query, or the description of the service", answer, {**query, **_ASKED}),
            "post": _told("sparql_post", _ACCESS, "A query", {**answer, **problems(415)}, _ASKED, body=body),
        },
        "/sparql/examples": {
            "get": _told("examples", _ACCESS, "Example queries", _given("As sh:SPARQLExecutable", triples, 406), _SHORT)
        },
        "/update": {
            "post": _told("update", _ACCESS, "An update; role writer", {**done, **problems(415)}, _USING, _IF, body=change)
        },
        "/.well-known/void": {
            "get": _told("void", _ACCESS, "The dataset", _given("VoID, DCAT and PROV", triples, 406), _SHORT)
        },
    }


def _graph_store() -> dict[str, Any]:
    refused = problems(401, 403, 412, 415, 503)
    body = {media_type: _text() for media_type in (*_GRAPH_TYPES, "multipart/form-data")}
    made = {**_empty(201, "A new graph is there; Location names one that got its name here"), **_empty(204, "Done"), **refused}
    gone = {**_empty(204, "The graph is gone"), **refused, **problems(404)}
    got = _given("The graph; its ETag goes into If-Match of a write", TRIPLES.offered, 404, 406)
    return {
        "/rdf-graph-store": {
            "get": _told("graph_get", _ACCESS, "A graph", got, {**_GRAPH, **_SHORT}),
            "put": _told("graph_put", _ACCESS, "Replace a graph; role writer", made, _GRAPH, _IF, body=body),
            "post": _told("graph_post", _ACCESS, "Add to a graph, or make one; role writer", made, _GRAPH, _IF, body=body),
            "delete": _told("graph_delete", _ACCESS, "Remove a graph; role writer", gone, _GRAPH, _IF),
        }
    }


def _ols() -> dict[str, Any]:
    said = _given("As the Ontology Lookup Service (OLS 4) says it", (_JSON,), 400, 404, 503)
    terms = {"iri": (_IRI, "of the term"), "short_form": (_STRING, "such as GO_0005634"), "obo_id": (_STRING, "GO:0005634")}
    name = {"ontology": "prefix of an ontology, such as go"}
    one = {**name, "iri": "of the term, percent-encoded twice"}
    plain: Sequence[tuple[str, str, _Said, Mapping[str, str]]] = (
        ("", "Where things are", {}, {}),
        ("/search", "Terms found by words", _SOUGHT, {}),
        ("/select", "Completion of a term", _SOUGHT, {}),
        ("/suggest", "Completion of a word", _SOUGHT, {}),
        ("/ontologies", "The ontologies", _PAGED, {}),
        ("/ontologies/{ontology}", "An ontology", {}, name),
        ("/ontologies/{ontology}/terms", "Terms of an ontology", {**terms, **_PAGED}, name),
        ("/ontologies/{ontology}/terms/{iri}", "A term", {}, one),
        ("/ontologies/{ontology}/terms/{iri}/parents", "What is directly above a term", _PAGED, one),
        ("/ontologies/{ontology}/terms/{iri}/children", "What is directly below a term", _PAGED, one),
        ("/ontologies/{ontology}/terms/{iri}/ancestors", "All that is above a term", _PAGED, one),
        ("/ontologies/{ontology}/terms/{iri}/descendants", "All that is below a term", _PAGED, one),
        ("/terms", "A term in all ontologies", {**terms, **_PAGED}, {}),
        ("/v2/ontologies", "The ontologies (version 2)", _PAGED, {}),
        ("/v2/entities", "Terms found by words (version 2)", {"search": (_STRING, "words"), **_PAGED}, {}),
    )
    return {
        f"/ols/api{path}": {"get": _told(f"ols{number}", _OLS, summary, said, query, path=inside)}
        for number, (path, summary, query, inside) in enumerate(plain)
    }


def _running() -> dict[str, Any]:
    unready = {**_given("Requests can be answered", (_JSON,)), "503": {"description": "They cannot, and why"}}
    return {
        "/": {"get": _told("start", _PAGES, "What is here, for people", _given("A page", (HTML,)))},
        "/health": {"get": _told("health", _RUNNING, "Whether the process lives", _given("It lives", (_JSON,)))},
        "/ready": {"get": _told("ready", _RUNNING, "Whether requests can be answered", unready)},
        "/metrics": {"get": _told("metrics", _RUNNING, "Counts for Prometheus", _given("Counts", (_TEXT,)))},
    }


def _told(
    name: str,
    tag: str,
    summary: str,
    responses: Mapping[int | str, Any],
    query: _Said | None = None,
    headers: _Said | None = None,
    *,
    path: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one operation."""
    parameters = [{"name": key, "in": "path", "required": True, "schema": _STRING, "description": value}
                  for key, value in (path or {}).items()]  # fmt: skip
    parameters += [*_parameters("query", query or {}), *_parameters("header", headers or {})]
    told: dict[str, Any] = {
        "tags": [tag],
        "summary": summary,
        "operationId": f"protocol_{name}",
        "responses": {str(status): said for status, said in responses.items()},
    }
    if parameters:
        told["parameters"] = parameters
    if body:
        told["requestBody"] = {"required": True, "content": dict(body)}
    return told


def _parameters(place: str, said: _Said) -> list[dict[str, Any]]:
    return [{"name": name, "in": place, "required": False, "schema": schema, "description": about}
            for name, (schema, about) in said.items()]  # fmt: skip


def _given(what: str, media_types: Iterable[str], *faults: int) -> dict[int | str, Any]:
    content: dict[str, dict[str, Any]] = {media_type: {} for media_type in media_types}
    return {200: {"description": what, "content": content}, **problems(*faults)}


def _empty(status: int, what: str) -> dict[int | str, Any]:
    return {status: {"description": what}}


def _text() -> dict[str, Any]:
    return {"schema": _STRING}


def _fields(said: _Said, needed: str) -> dict[str, Any]:
    properties = {name: {**schema, "description": about} for name, (schema, about) in said.items()}
    return {"schema": {"type": "object", "required": [needed], "properties": properties}}
