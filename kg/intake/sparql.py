"""SPARQL 1.1 endpoints (https://www.w3.org/TR/sparql11-protocol/): all statements in pages, or what one query gives.

Pages are in the order of their statements, as files of N-Triples; a server that cuts pages shorter than asked for loses
nothing, as the next page begins after what came, and one that gives the same page again and again ends the copy. A query of
the user is sent as it is, once. Nodes without a name are new in each answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kg.errors import SourceError, UsageError
from kg.intake.asker import parsed
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
    parsed(work.address)
    offset, number = 0, 0
    before: list[ox.Quad] = []
    while work.room():
        got = _answer(work, _ALL.format(limit=_PAGE, offset=offset), f"page-{number:06d}.nt", before)
        if not got:
            return
        offset += len(got)
        before = got
        number += 1


def _answer(work: Copying, query: str, name: str, before: Sequence[ox.Quad] = ()) -> list[ox.Quad]:
    """Copy one answer, unless it is the page before once more; return its statements."""
    found, answer = work.asker.get(work.address.partition("?")[0], _body, headers={"Accept": _ACCEPT}, form={"query": query})
    try:
        statements = list(_parsed(found or b"", answer.kind))
    except (SyntaxError, ValueError, OSError) as error:
        raise SourceError(work.address.partition("?")[0], f"sends RDF that is damaged ({error})") from error
    if _is_again(statements, before):
        what = (
            f"sends the same {len(statements):,} statements for OFFSET as without: it does not page, so that not all can"
            " be had; ask for what you need with --query FILE"
        )
        raise SourceError(work.address.partition("?")[0], what)
    if statements or name == "answer.nt":
        work.mirror.put(name, name, _written(statements))
    return statements


def _is_again(page: Sequence[ox.Quad], before: Sequence[ox.Quad]) -> bool:
    """Say whether a page is the one before; nodes without a name may be called otherwise in each."""
    if len(page) != len(before) or not page:
        return False
    named, named_before = ({quad for quad in quads if not _has_blank(quad)} for quads in (page, before))
    return named == named_before and (bool(named) or set(page) == set(before))


def _has_blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


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
