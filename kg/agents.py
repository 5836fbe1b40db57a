"""Tools for language models: resolve, search, describe, query and explain, over the Model Context Protocol.

Every answer carries what it rests on: the IRIs of the things it speaks of, the question as it was put to the service, and the
generation that answered. The tools ask a service over HTTP, so that all its limits hold for them, too.

https://modelcontextprotocol.io
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from pydantic import Field

from kg import __version__
from kg.client import Client, Level
from kg.curie import KG, expand, is_iri
from kg.errors import KgError, QueryError
from kg.later import Later

if TYPE_CHECKING:
    from mcp import server as mcp_server
    from mcp import types as mcp_types
    from mcp.server.mcpserver import exceptions as mcp_exceptions
else:
    mcp_server, mcp_types, mcp_exceptions = map(Later, ("mcp.server", "mcp.types", "mcp.server.mcpserver.exceptions"))

Answer = dict[str, Any]
_UPWARDS, _WHOLES = 4, 8  # levels, and wholes of one level, in which a reason is looked for
MOST_ROWS = 200
"""Rows of a query that a tool gives: more than that no reader takes in, be it a machine."""

_INSTRUCTIONS = """\
A knowledge graph of microscopy: studies, images, annotation sets, instruments, samples, from repositories, vendor files and
notebooks. Texts are resolved to ontology terms with a reason kept for each. Use `resolve` to find the term that words mean,
`search` to find records (kinds of a term count as the term), `describe` for one record, `explain` for why a record has a term,
`query` for SPARQL 1.1. Every answer names the IRIs, the query and the generation that it rests on: cite them.
"""
_IRI = re.compile(r"https?://[^\s\"<>]+")


class Tools:
    """What an agent may ask; each method is one tool, and its text is what the agent reads about it."""

    def __init__(self, client: Client) -> None:
        """Take the connection to a service."""
        self._client = client

    def resolve(
        self,
        text: Annotated[str, Field(description="words of a source, such as CLSM")],
        field: Annotated[str, Field(description="what they name, such as imaging_method")],
    ) -> Answer:
        """Say which ontology term a text means in a field (such as imaging_method, organism, cell_type, disease).

        The status is accepted, review (candidates wait for a person) or none: then no term is meant for sure, and none may be
        assumed.
        """
        return self._asked("/api/resolve", {"text": text, "field": field})

    def search(
        self,
        text: Annotated[str, Field(description="words that must all be found")] = "",
        where: Annotated[list[str] | str | None, Field(description="conditions, such as organism=mouse or na>1.2")] = None,
        level: Annotated[Level, Field(description="what to find")] = "study",
        limit: Annotated[int, Field(description="most hits", ge=1, le=100)] = 10,
        facets: Annotated[
            list[str] | str | None, Field(description="fields whose values are counted, such as organism")
        ] = None,
    ) -> Answer:
        """Find studies, images or annotation sets by words and by conditions such as organism=mouse, method=confocal, na>1.2.

        Kinds of a term count as the term; each hit says why it was found. Numbers have units, such as pixel_size<100 nm.
        """
        asked = {"text": text, "where": where, "level": level, "limit": str(limit), "facet": facets}
        return self._asked("/api/search", {name: value for name, value in asked.items() if value})

    def describe(
        self, thing: Annotated[str, Field(description="IRI of a record, or CURIE of a term such as FBbi:00000251")]
    ) -> Answer:
        """Say what is known of one record, by its IRI, or of one ontology term, by its CURIE (such as FBbi:00000251)."""
        if is_iri(thing) and "//" in thing:
            return self._asked("/api/records/" + quote(thing, safe=""), {})
        return self._asked("/api/terms/" + quote(thing, safe=":"), {})

    def query(self, sparql: Annotated[str, Field(description="a SELECT or ASK")]) -> Answer:
        """Answer a SPARQL 1.1 SELECT or ASK over the graph; at most 200 rows are given, and a cut answer says so.

        The default graph is the union of all sources. Terms carry kg:ancestorOrSelf (<https://w3id.org/bioimage-kg/ancestorOrSelf>)
        to all their ancestors, and rdfs:label.
        """
        answer = self._client.get("/sparql", {"query": sparql}, accept="application/sparql-results+json, application/n-triples")
        if "json" not in answer.headers.get("Content-Type", ""):
            raise QueryError("query", "is a CONSTRUCT or DESCRIBE; ask with SELECT or ASK, or describe a record by its IRI")
        found = answer.json()
        rows = found.get("results", {}).get("bindings", [])
        given = [{name: cell["value"] for name, cell in row.items()} for row in rows[:MOST_ROWS]]
        said: Answer = {"rows": given, "truncated": len(rows) > MOST_ROWS or "Kg-Truncated" in answer.headers}
        if "boolean" in found:
            said = {"boolean": found["boolean"]}
        return _resting(said, sparql, answer.headers.get("Kg-Generation", ""))

    def explain(
        self,
        record: Annotated[str, Field(description="IRI of a record")],
        term: Annotated[str, Field(description="CURIE of a term; empty for all decisions about the record itself")] = "",
    ) -> Answer:
        """Say why a record (IRI) has an ontology term (CURIE): the words of the source, the decision, the hierarchy.

        What a record does not say itself, what it is part of may say: its component, its study. Without a term all decisions
        about the record itself are given.
        """
        path = "/api/records/" + quote(record, safe="")
        answer = self._client.get(path)
        generation = answer.headers.get("Kg-Generation", "")
        asked = _term_iri(term) if term else ""
        said: Answer = {"record": record, "term": term, "reasons": []}
        for found in self._with_wholes(answer.json()) if asked else (answer.json(),):
            said["reasons"] = [
                {**_reason(decision, chosen, term if asked and chosen["iri"] != asked else ""), "said_of": found["iri"]}
                for decision in found["decisions"]
                for chosen in decision["terms"]
                if self._is_kind(chosen["iri"], asked)
            ]
            if said["reasons"]:
                return _resting(said, f"GET {path}", generation)
        said["why_not"] = "no decision about a text of this record, or of what it is part of, chose the term or a kind of it"
        return _resting(said, f"GET {path}", generation)

    def _with_wholes(self, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield a record and, nearest first, what it is part of."""
        seen = {record["iri"]}
        near = [record]
        for _ in range(_UPWARDS):
            yield from near
            above = dict.fromkeys(whole["iri"] for one in near for whole in one["wholes"] if whole["iri"] not in seen)
            seen.update(above)
            near = [self._client.record(iri) for iri in list(above)[:_WHOLES]]

    def _is_kind(self, found: str, asked: str) -> bool:
        """Say whether a term is the one asked for, or below it; every term is where none is asked for."""
        if not asked or found == asked:
            return True
        return is_iri(found) and self._client.ask(f"ASK {{ <{found}> <{KG}ancestorOrSelf> <{asked}> }}")

    def _asked(self, path: str, parameters: Mapping[str, Any]) -> Answer:
        answer = self._client.get(path, parameters)
        shown = "&".join(f"{name}={value}" for name, value in parameters.items())
        # What rests on the term index alone names no generation: then it is the one that stands beside it.
        generation = answer.headers.get("Kg-Generation") or self._client.get("/api/generation").headers.get("Kg-Generation", "")
        return _resting(answer.json(), f"GET {path}?{shown}".rstrip("?"), generation)


def mcp_server_of(tools: Tools) -> mcp_server.MCPServer[Any]:
    """Return a server of the Model Context Protocol with these tools; it is not yet run."""
    server: mcp_server.MCPServer[Any] = mcp_server.MCPServer(
        "bioimage-kg", instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    for tool in (tools.resolve, tools.search, tools.describe, tools.query, tools.explain):
        server.add_tool(_told(tool), annotations=mcp_types.ToolAnnotations(read_only_hint=True, open_world_hint=False))
    return server


def _told(tool: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return the tool with its errors in the protocol's words: what is wrong with the question, for the agent to mend it."""

    @functools.wraps(tool)
    def asked(*values: Any, **named: Any) -> Answer:  # noqa: ANN401 - whatever the tool takes
        try:
            return tool(*values, **named)
        except KgError as error:
            raise mcp_exceptions.ToolError(str(error)) from error

    return asked


def _reason(decision: Mapping[str, Any], chosen: Mapping[str, str], above: str) -> Answer:
    label = chosen.get("label") or chosen["iri"]
    ending = f", which is a kind of {above}" if above else ""
    return {
        "decision": decision["iri"],
        "words": decision["text"] or decision["accession"],
        "chosen": dict(chosen),
        "status": decision["status"],
        "tier": decision["tier"],
        "sentence": f"{decision['why']}: {label}{ending}",
        "ontology": decision["ontology"],
        "source": decision["source"],
    }


def _term_iri(term: str) -> str:
    iri = term if is_iri(term) and "//" in term else expand(term)
    if iri is None or not is_iri(iri):
        raise QueryError("term", f"found {term!r}, expected a CURIE such as FBbi:00000251, or an IRI")
    return iri


def _resting(said: Answer, query: str, generation: str) -> Answer:
    """Return an answer with what it rests on."""
    rest = {"iris": sorted(set(_iris(said))), "query": query, "generation": generation or str(said.get("generation", ""))}
    return {"answer": said, **rest}


def _iris(value: object) -> Iterable[str]:
    if isinstance(value, str):
        if _IRI.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _iris(one)
    elif isinstance(value, list):
        for one in value:
            yield from _iris(one)
