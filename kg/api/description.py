"""What the service says of itself, as RDF: Service Description, VoID with DCAT and PROV, example queries in SHACL's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pyoxigraph as ox

from kg.api.formats import GRAPH_FORMATS
from kg.curie import PREFIXES
from kg.queries import Question
from kg.store.shape import shape_of

SD, FORMATS = "http://www.w3.org/ns/sparql-service-description#", "http://www.w3.org/ns/formats/"
VOID, SH, FOAF = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/shacl#", "http://xmlns.com/foaf/0.1/"
_RDF, _RDFS, _XSD = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"]
_DCTERMS, _DCAT, _PROV, _SCHEMA = PREFIXES["dcterms"], PREFIXES["dcat"], PREFIXES["prov"], PREFIXES["schema"]
_KINDS = {"select": "Select", "ask": "Ask", "construct": "Construct"}
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_TAKEN = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N3")  # the graph store takes no datasets
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N3", "TriG", "N-Quads")
_VOCABULARIES = ("kg", "schema", "ome", "prov", "dcterms", "dcat", "rdfs", "dwc", "obo")

Subject = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True, slots=True)
class View:
    """What is described: one caller's view of one generation.

    Attributes:
        endpoint: address of the SPARQL endpoint.
        dataset: IRI of the dataset.
        generation: id; empty while nothing is published.
        union: whether the default graph is the union of all graphs.
        about: numbers of the view (``sources``, ``statements``, ``classes``, ``created``); empty where there are none.
        sources: a row for each source: IRI, name, number of statements or None, licences.
    """

    endpoint: str
    dataset: str
    generation: str
    union: bool
    about: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[tuple[str, str, int | None, Sequence[str]]] = ()

    @property
    def statements(self) -> int | None:
        """Return how many statements are seen; None where that was not counted."""
        counted: int | None = self.about.get("statements", {}).get("all") if self.generation else 0
        return counted


class Graph:
    """Triples that are written down one after the other."""

    def __init__(self) -> None:
        """Begin with none."""
        self.triples: list[ox.Triple] = []

    def add(self, subject: Subject, predicate: str, *objects: str | int | ox.NamedNode | ox.BlankNode | ox.Literal) -> None:
        """Add a triple for each object; a text is a literal."""
        for each in objects:
            term = ox.Literal(each) if isinstance(each, (str, int)) else each
            self.triples.append(ox.Triple(subject, ox.NamedNode(predicate), term))

    def typed(self, subject: Subject, *kinds: str) -> None:
        """Say of which classes a subject is."""
        self.add(subject, _RDF + "type", *map(ox.NamedNode, kinds))

    def node(self, subject: Subject, predicate: str, *kinds: str) -> ox.BlankNode:
        """Add a triple to a new blank node of some classes, and return that."""
        node = ox.BlankNode()
        self.add(subject, predicate, node)
        self.typed(node, *kinds)
        return node


def service_description(view: View) -> list[ox.Triple]:
    """Return the description of the endpoint (https://www.w3.org/TR/sparql11-service-description/)."""
    graph, service = Graph(), ox.BlankNode("service")
    graph.typed(service, SD + "Service")
    graph.add(service, SD + "endpoint", ox.NamedNode(view.endpoint))
    graph.add(service, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Query"))
    graph.add(service, SD + "resultFormat", *_formats((*_RESULTS, *_GRAPHS)))
    graph.add(service, SD + "inputFormat", *_formats(_TAKEN))
    graph.add(service, SD + "feature", ox.NamedNode(SD + "EmptyGraphs"))
    if view.union:
        graph.add(service, SD + "feature", ox.NamedNode(SD + "UnionDefaultGraph"))
    graph.add(service, _RDFS + "seeAlso", ox.NamedNode(view.dataset), ox.NamedNode(view.endpoint + "/examples"))
    dataset = graph.node(service, SD + "defaultDataset", SD + "Dataset")
    graph.add(dataset, _DCTERMS + "isVersionOf", ox.NamedNode(view.dataset))
    default = graph.node(dataset, SD + "defaultGraph", SD + "Graph")
    if view.union and view.statements is not None:
        graph.add(default, VOID + "triples", view.statements)
    for iri, _, size, _ in view.sources:
        named = graph.node(dataset, SD + "namedGraph", SD + "NamedGraph")
        graph.add(named, SD + "name", ox.NamedNode(iri))
        if size is not None:
            inner = graph.node(named, SD + "graph", SD + "Graph")
            graph.add(inner, VOID + "triples", size)
    updates = ox.BlankNode("updates")
    graph.typed(updates, SD + "Service")
    graph.add(updates, SD + "endpoint", ox.NamedNode(view.endpoint.removesuffix("/sparql") + "/update"))
    graph.add(updates, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Update"))
    graph.add(updates, SD + "inputFormat", *_formats(_TAKEN))
    return graph.triples


def _formats(names: Sequence[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(FORMATS + name) for name in names]


def void_description(view: View) -> list[ox.Triple]:
    """Return the description of the data (https://www.w3.org/TR/void/)."""
    graph, dataset = Graph(), ox.NamedNode(view.dataset)
    graph.typed(dataset, VOID + "Dataset", _DCAT + "Dataset", _PROV + "Entity")
    graph.add(dataset, _DCTERMS + "title", "bioimage-kg: microscopy metadata as one knowledge graph")
    graph.add(dataset, VOID + "sparqlEndpoint", ox.NamedNode(view.endpoint))
    graph.add(dataset, VOID + "vocabulary", *(ox.NamedNode(PREFIXES[name]) for name in _VOCABULARIES))
    service = graph.node(dataset, _DCAT + "accessService", _DCAT + "DataService")
    graph.add(service, _DCAT + "endpointURL", ox.NamedNode(view.endpoint))
    graph.add(service, _DCAT + "endpointDescription", ox.NamedNode(view.endpoint))
    if view.statements is not None:
        graph.add(dataset, VOID + "triples", view.statements)
    if view.generation:
        graph.add(dataset, _DCTERMS + "identifier", view.generation)
        graph.add(dataset, _DCAT + "version", view.generation)
    if created := view.about.get("created"):
        stamp = ox.Literal(created, datatype=ox.NamedNode(_XSD + "dateTime"))
        graph.add(dataset, _DCTERMS + "issued", stamp)
        graph.add(dataset, _PROV + "generatedAtTime", stamp)
    classes = view.about.get("classes", {})
    if classes:
        graph.add(dataset, VOID + "classes", len(classes))
    for iri, count in classes.items():
        partition = graph.node(dataset, VOID + "classPartition", VOID + "Dataset")
        graph.add(partition, VOID + "class", ox.NamedNode(iri))
        graph.add(partition, VOID + "entities", count)
    _subsets(graph, dataset, view)
    return graph.triples


def _subsets(graph: Graph, dataset: ox.NamedNode, view: View) -> None:
    for iri, name, size, licences in view.sources:
        source = ox.NamedNode(iri)
        graph.add(dataset, VOID + "subset", source)
        graph.add(dataset, _PROV + "wasDerivedFrom", source)
        graph.typed(source, VOID + "Dataset")
        graph.add(source, _DCTERMS + "title", name)
        if size is not None:
            graph.add(source, VOID + "triples", size)
        graph.add(source, _DCTERMS + "license", *map(_licence, licences))


def _licence(text: str) -> ox.NamedNode | ox.Literal:
    try:
        return ox.NamedNode(text)
    except ValueError:  # a licence that the source only names
        return ox.Literal(text)


def examples(view: View, questions: Sequence[Question]) -> list[ox.Triple]:
    """Return the questions as executables (https://www.w3.org/TR/shacl/, as other SPARQL endpoints list theirs)."""
    graph = Graph()
    for question in questions:
        kind = shape_of(question.sparql).kind
        node = ox.NamedNode(f"{view.endpoint}/examples#{question.name}")
        graph.typed(node, SH + "SPARQLExecutable", *(_executables(kind)))
        graph.add(node, _RDFS + "label", question.title)
        graph.add(node, _RDFS + "comment", *([question.note] if question.note else []))
        graph.add(node, SH + kind, question.sparql)
        graph.add(node, _SCHEMA + "target", ox.NamedNode(view.endpoint))
        for parameter in question.parameters:
            inner = graph.node(node, SH + "parameter", SH + "Parameter")
            graph.add(inner, SH + "name", parameter.name)
            graph.add(inner, SH + "description", f"{parameter.kind}: {parameter.about}")
            graph.add(inner, SH + "defaultValue", *([parameter.default] if parameter.default is not None else []))
    return graph.triples


def _executables(kind: str) -> Iterator[str]:
    if kind in _KINDS:
        yield f"{SH}SPARQL{_KINDS[kind]}Executable"


def written(triples: Sequence[ox.Triple], media_type: str) -> bytes:
    """Return triples in the form of a media type."""
    prefixes = {**PREFIXES, "sd": SD, "void": VOID, "sh": SH, "formats": FORMATS}
    output = BytesIO()
    ox.serialize(triples, output, format=GRAPH_FORMATS[media_type], prefixes=prefixes)
    return output.getvalue()
