"""Reader of OBO Graphs JSON: https://github.com/geneontology/obographs, with nodes and edges walked one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, cast

from kg.errors import TermError
from kg.terms.files.annotations import IN_OWL, OWL, PART_OF, SKOS, link_facts, literal_facts, says_same
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.fields import Fields
from kg.terms.files.json_stream import JsonStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kg.term import Scope

_GRAPHS = re.compile(r'"graphs"\s*:\s*\[')
_PART_OF = PART_OF | {"part_of", "BFO:0000050"}
_SYNONYM = re.compile(r"(?:http://www\.geneontology\.org/formats/oboInOwl#|oboInOwl:)?has(Exact|Narrow|Broad|Related)Synonym")
_SHORT: Mapping[str, str] = MappingProxyType({"oboInOwl:": IN_OWL, "owl:": OWL, "skos:": SKOS})


@dataclass(slots=True)
class _Graph:
    """What a graph says about itself, which may stand behind its nodes; and how many terms it has given so far."""

    name: str
    iri: str = ""
    version: str = ""
    header: list[tuple[str, str]] = field(default_factory=list)
    terms: int = 0


def is_obographs(text: str) -> bool:
    """Tell whether the beginning of a JSON document is that of OBO Graphs."""
    return _GRAPHS.search(text) is not None and '"@graph"' not in text


def read_obographs(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the facts of an OBO Graphs document; raises TermError where something is not as expected or there is no term."""
    document, terms = JsonStream(stream, name), 0
    for key in document.members():
        if key != "graphs":
            document.skip()
            continue
        for _ in document.items():
            graph = _Graph(name)
            yield from _graph(document, graph)
            terms += graph.terms
    document.end()
    if not terms:
        raise TermError(name, "is OBO Graphs JSON without a single node of the type CLASS")


def _graph(document: JsonStream, graph: _Graph) -> Iterator[Fact]:
    for key in document.members():
        if key in _READERS:
            for _ in document.items():
                yield from _READERS[key](document.value(), graph)
        elif key == "id":
            graph.iri = Fields({key: document.value()}, "a graph", graph.name).text(key)
        elif key == "meta":
            meta = Fields({key: document.value()}, "a graph", graph.name).part(key)
            graph.version = meta.text("version")
            graph.header = [(_full(pair.text("pred")), pair.scalar("val")) for pair in meta.parts("basicPropertyValues")]
        else:
            document.skip()
    if graph.iri:
        yield Fact(Kind.ONTOLOGY, graph.iri, graph.iri)
    if graph.version:
        yield Fact(Kind.VERSION, graph.iri, graph.version)
    for predicate, value in graph.header:
        yield from literal_facts(graph.iri, predicate, value, None)


def _node(value: object, graph: _Graph) -> Iterator[Fact]:
    node = Fields(value, "a node", graph.name)
    iri = node.text("id")
    if not iri:
        raise TermError(graph.name, "has a node without an id")
    node = Fields(value, f"the node {iri[:80]}", graph.name)
    subject, kind, label = curie_of(iri), node.text("type"), node.text("lbl")
    if kind not in ("", "CLASS"):
        yield Fact(Kind.NOT_TERM, subject)
        return
    if kind or label:  # a node with neither is one that an edge leads to
        graph.terms += 1
        yield Fact(Kind.TERM, subject, iri if "://" in iri else "")
    if label:
        yield Fact(Kind.LABEL, subject, label)
    yield from _meta(iri, node.part("meta"))


def _meta(iri: str, meta: Fields) -> Iterator[Fact]:
    subject = curie_of(iri)
    if definition := meta.part("definition").text("val"):
        yield Fact(Kind.DEFINITION, subject, definition)
    for synonym in meta.parts("synonyms"):
        known = _SYNONYM.fullmatch(synonym.text("pred"))
        if text := synonym.text("val"):
            yield Fact(Kind.NAME, subject, text, cast("Scope", known[1].lower() if known else "related"))
    for xref in meta.parts("xrefs"):
        if target := xref.text("val"):
            target = curie_of(target)
            yield Fact(Kind.XREF, subject, target)
            sources = {pair.scalar("val") for pair in xref.part("meta").parts("basicPropertyValues")}
            if says_same(IN_OWL + "hasDbXref", sources):
                yield Fact(Kind.SAME, subject, target)
    if meta.flag("deprecated"):
        yield Fact(Kind.OBSOLETE, subject)
    for pair in meta.parts("basicPropertyValues"):
        predicate, text = _full(pair.text("pred")), pair.scalar("val")
        if predicate != OWL + "deprecated" and text:
            yield from (link_facts if text.startswith("http") else _literal)(iri, predicate, text)


def _literal(iri: str, predicate: str, text: str) -> Iterator[Fact]:
    return literal_facts(iri, predicate, text, None)


def _edge(value: object, graph: _Graph) -> Iterator[Fact]:
    edge = Fields(value, "an edge", graph.name)
    below, predicate, above = edge.text("sub"), edge.text("pred"), edge.text("obj")
    if not (below and predicate and above):
        raise TermError(graph.name, f"has an edge from {below[:80]!r} to {above[:80]!r} that lacks its sub, pred or obj")
    if predicate == "is_a":
        if above not in (below, OWL + "Thing"):
            yield Fact(Kind.IS_A, curie_of(below), curie_of(above))
    elif predicate in _PART_OF:
        yield Fact(Kind.PART_OF, curie_of(below), curie_of(above))
    else:
        yield from link_facts(below, _full(predicate), above)


def _same(value: object, graph: _Graph) -> Iterator[Fact]:
    nodes = Fields(value, "a set of equivalent nodes", graph.name)
    first, others = nodes.text("representativeNodeId"), nodes.texts("nodeIds")
    first = first or next(iter(others), "")
    for other in others:
        yield from link_facts(first, OWL + "equivalentClass", other)


def _definition(value: object, graph: _Graph) -> Iterator[Fact]:
    """Read a definition by intersection: the class stands below each genus, and is part of what it is said to be part of."""
    axiom = Fields(value, "a logical definition", graph.name)
    subject = curie_of(axiom.text("definedClassId"))
    for genus in axiom.texts("genusIds"):
        yield Fact(Kind.IS_A, subject, curie_of(genus))
    for restriction in axiom.parts("restrictions"):
        if restriction.text("propertyId") in _PART_OF and (filler := restriction.text("fillerId")):
            yield Fact(Kind.PART_OF, subject, curie_of(filler))


def _full(predicate: str) -> str:
    prefix, colon, local = predicate.partition(":")
    return _SHORT.get(prefix + colon, prefix + colon) + local


_READERS: Mapping[str, Callable[[object, _Graph], Iterator[Fact]]] = MappingProxyType(
    {"nodes": _node, "edges": _edge, "equivalentNodesSets": _same, "logicalDefinitionAxioms": _definition}
)
