"""Writing statements in a form of RDF, and saying beforehand where a form cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyoxigraph as ox

from kg.api.linked.forms import JSON_LD, Form
from kg.api.linked.jsonld import compact
from kg.curie import PREFIXES

_FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType({
    "ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML, "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS, "n3": ox.RdfFormat.N3,
})  # fmt: skip
_WITH_GRAPHS = ("trig", "nq")
_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*$")
# XML 1.0 has no place for these, not even as references.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def written(quads: Sequence[ox.Quad], form: Form, first: str) -> bytes:
    """Return statements in a form; each stands once, except where the form names graphs and it is in several.

    Args:
        quads: the statements.
        form: any but HTML and link sets; ``unsayable`` must have found nothing.
        first: IRI of the resource to begin with, where the form has an order.
    """
    if form.name in _WITH_GRAPHS:
        return _serialized(list(quads), form)
    triples = list(dict.fromkeys(quad.triple for quad in quads))
    return compact(triples, first) if form is JSON_LD else _serialized(triples, form)


def unsayable(quads: Sequence[ox.Quad], form: Form) -> str:
    """Return why a form cannot say these statements; empty when it can."""
    if form is JSON_LD and any(isinstance(quad.object, ox.Triple) for quad in quads):
        return "JSON-LD cannot say statements about statements"
    if form.name == "rdf":
        odd = next((quad for quad in quads if not _XML_NAME.search(quad.predicate.value)), None)
        if odd:
            return f"RDF/XML has no name for the property <{odd.predicate.value}>"
        if any(isinstance(quad.object, ox.Literal) and _NOT_XML.search(quad.object.value) for quad in quads):
            return "RDF/XML cannot say control characters, and a text has one"
    return ""


def _serialized(statements: Sequence[ox.Triple] | Sequence[ox.Quad], form: Form) -> bytes:
    spaces = {_space(iri) for statement in statements for iri in _iris(statement)}
    used = {prefix: space for prefix, space in PREFIXES.items() if space in spaces}
    out = ox.serialize(statements, format=_FORMATS[form.name], prefixes=used)
    return out or b""


def _space(iri: str) -> str:
    return iri[: max(iri.rfind("/"), iri.rfind("#"), iri.rfind(":")) + 1]


def _iris(statement: ox.Triple | ox.Quad) -> list[str]:
    nodes = (statement.subject, statement.predicate, statement.object)
    return [node.value for node in nodes if isinstance(node, ox.NamedNode)]
