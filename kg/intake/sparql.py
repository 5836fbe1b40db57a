"""SPARQL 1.1 endpoints (https://www.w3.org/TR/sparql11-protocol/): all statements in pages, or what one query gives.

Pages are in the order of their statements, as files of N-Triples; a server that cuts pages shorter than asked for loses
nothing, as the next page begins after what came. A query of the user is sent as it is, once. Nodes without a name are new in
each answer.
"""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import SourceError, UsageError
from kg.intake.copying import Copying

_ACCEPT = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
_FORMATS = (
    ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    ("text/plain", ox.RdfFormat.N_TRIPLES),
    ("text/turtle", ox.RdfFormat.TURTLE),
    ("application/x-turtle", ox.RdfFormat.TURTLE),
    ("application/rdf+xml", ox.RdfFormat.RDF_XML),
)
_PAGE = 10_000
_ALL = (
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{ ?s ?p ?o }}"
    " ORDER BY ?s ?p ?o LIMIT {limit} OFFSET {offset} }}"
)


def copy(work: Copying) -> None:
    """Copy what a query gives, or everything."""
    if work.wish.query is not None:
        try:
            text = work.wish.query.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("--query", f"{work.wish.query} cannot be read ({error})") from error
        _answer(work, text, "answer.nt")
        return
    offset, number = 0, 0
    while work.room():
        got = _answer(work, _ALL.format(limit=_PAGE, offset=offset), f"page-{number:06d}.nt")
        if not got:
            return
        offset += got
        number += 1


def _answer(work: Copying, query: str, name: str) -> int:
    """Copy one answer; return how many statements it has."""
    found, answer = work.asker.get(work.address.partition("?")[0], _body, headers={"Accept": _ACCEPT}, form={"query": query})
    try:
        statements = list(_parsed(found or b"", answer.kind))
    except (SyntaxError, ValueError, OSError) as error:
        raise SourceError(work.address.partition("?")[0], f"sends RDF that is damaged ({error})") from error
    if statements or name == "answer.nt":
        work.mirror.put(name, name, _written(statements))
    return len(statements)


def _body(body: bytes) -> bytes:
    if body.lstrip()[:5].lower() in {b"<html", b"<!doc"}:
        raise ValueError("a web page, expected RDF; is this the address of the endpoint itself?")
    return body


def _parsed(body: bytes, kind: str) -> list[ox.Quad]:
    format_ = dict(_FORMATS).get(kind)
    if format_ is None:
        raise ValueError(f"{kind or 'no media type'}; expected {_FORMATS[0][0]} or {_FORMATS[2][0]}, as CONSTRUCT gives")
    return list(ox.parse(body, format=format_, rename_blank_nodes=False))


def _written(statements: list[ox.Quad]) -> bytes:
    lines = sorted(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in statements)
    return "".join(lines).encode()
