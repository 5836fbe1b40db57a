"""What a database says about one resource: its own statements, what stands below it, labels, decisions, and who points to it.

Only look-ups by pattern: each costs microseconds, whatever the size of the store. Every part is bounded, and tells of a cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import cast

import pyoxigraph as ox

from kg.curie import KG, PREFIXES

RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
RDFS_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
NAME = ox.NamedNode(PREFIXES["schema"] + "name")
DERIVED = ox.NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
DECISION = ox.NamedNode(KG + "decision")
IS_PART_OF = ox.NamedNode(PREFIXES["schema"] + "isPartOf")
HAS_PART = ox.NamedNode(PREFIXES["schema"] + "hasPart")
_ANCESTOR = ox.NamedNode(KG + "ancestorOrSelf")
_NAMES = (RDFS_LABEL, NAME)
_REMEMBERED = 8192
_EACH = 200
_PASSED = 20_000  # statements that point to a term from its closure are passed over, but not without end

Node = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most statements or resources of each part of a description.

    Attributes:
        own: statements of the resource itself.
        below: blank nodes and resources under its IRI.
        each: statements of one of those, or of a decision.
        decisions: decisions of the resource.
        labels: resources whose labels are looked up.
        incoming: statements that point to it.
    """

    own: int = 10_000
    below: int = 50
    each: int = _EACH
    decisions: int = 50
    labels: int = 300
    incoming: int = 100


@dataclass(slots=True)
class Gathered:
    """What was found about a resource; all lists are empty when nothing is known of it.

    Attributes:
        iri: of the resource.
        own: its statements.
        below: statements of the blank nodes and sub-resources that it points to.
        decisions: statements of its decisions.
        incoming: statements that point to it, those that count it among the terms above another not included.
        graph: whether it names a graph.
        property: whether it is a predicate about which nothing is said.
        labels: IRI to label of what the statements name.
        named: the statements that the labels are from.
        cut: names of the parts that were cut.
    """

    iri: str
    own: list[ox.Quad] = field(default_factory=list)
    below: list[ox.Quad] = field(default_factory=list)
    decisions: list[ox.Quad] = field(default_factory=list)
    incoming: list[ox.Quad] = field(default_factory=list)
    graph: bool = False
    property: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    named: list[ox.Quad] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def quads(self) -> list[ox.Quad]:
        """Return all statements, each once, those of the resource itself first."""
        return list(dict.fromkeys(chain(self.own, self.below, self.decisions, self.named, self.incoming)))

    def objects(self, *predicates: ox.NamedNode) -> list[ox.NamedNode]:
        """Return the resources that the resource points to by these predicates, each once."""
        found = (quad.object for quad in self.own if quad.predicate in predicates)
        return list(dict.fromkeys(node for node in found if isinstance(node, ox.NamedNode)))

    def texts(self, *predicates: ox.NamedNode) -> list[str]:
        """Return the literals that the resource has by these predicates, those of the predicates named first, first."""
        return [q.object.value for p in predicates for q in self.own if q.predicate == p and isinstance(q.object, ox.Literal)]


class Reader:
    """Reads databases as one; what many records share (decisions, labels) is remembered, so it is to be kept while they are."""

    def __init__(self, *stores: ox.Store) -> None:
        """Take the databases; the label of a thing comes from the first that has one."""
        self._stores = stores
        self.decision = lru_cache(_REMEMBERED)(self._decision)
        self.label = lru_cache(_REMEMBERED)(self._label)

    def known(self, iri: str) -> bool:
        """Say whether there is a statement about a resource, or one that points to it, or a graph of its name."""
        node = ox.NamedNode(iri)
        return (
            next(self.statements(node), None) is not None
            or next(self.pointing(node), None) is not None
            or self.is_graph(node)
            or self.is_property(node)
        )

    def gather(self, iri: str, bounds: Bounds) -> Gathered:
        """Return what is said about a resource."""
        return _Gathering(self, iri, bounds).run()

    def statements(self, node: Node, predicate: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """Yield the statements about a node."""
        return chain.from_iterable(store.quads_for_pattern(node, predicate, None) for store in self._stores)

    def to(self, node: ox.NamedNode, predicate: ox.NamedNode) -> Iterator[ox.Quad]:
        """Yield the statements that point to a node by a predicate."""
        return chain.from_iterable(store.quads_for_pattern(None, predicate, node) for store in self._stores)

    def pointing(self, node: ox.NamedNode) -> Iterator[ox.Quad]:
        """Yield the statements of others that point to a node, without those that count it among the terms above another."""
        quads = chain.from_iterable(store.quads_for_pattern(None, None, node) for store in self._stores)
        return (quad for quad in islice(quads, _PASSED) if quad.subject != node and quad.predicate != _ANCESTOR)

    def is_property(self, node: ox.NamedNode) -> bool:
        """Say whether there are statements with a node as their predicate."""
        asked = (store.quads_for_pattern(None, node, None) for store in self._stores)
        return next(chain.from_iterable(asked), None) is not None

    def is_graph(self, node: ox.NamedNode) -> bool:
        """Say whether a node names a graph."""
        return any(store.contains_named_graph(node) for store in self._stores)

    def _decision(self, node: Node) -> tuple[ox.Quad, ...]:
        return tuple(islice(self.statements(node), _EACH))

    def _label(self, node: Node) -> ox.Quad | None:
        return next(chain.from_iterable(self.statements(node, name) for name in _NAMES), None)


class _Gathering:
    def __init__(self, reader: Reader, iri: str, bounds: Bounds) -> None:
        self._reader, self._node, self._bounds = reader, ox.NamedNode(iri), bounds
        self._found = Gathered(iri)

    def run(self) -> Gathered:
        found, bounds = self._found, self._bounds
        found.own = self._some("statements", self._reader.statements(self._node), bounds.own)
        self._go_below()
        deciding = found.objects(DECISION)
        if len(deciding) > bounds.decisions:
            self._cut("decisions")
        found.decisions = [quad for node in deciding[: bounds.decisions] for quad in self._reader.decision(node)]
        found.incoming = self._some("incoming", self._reader.pointing(self._node), bounds.incoming)
        found.graph = self._reader.is_graph(self._node)
        found.property = not found.own and self._reader.is_property(self._node)
        self._label()
        return found

    def _some(self, name: str, stream: Iterator[ox.Quad], most: int) -> list[ox.Quad]:
        quads = list(islice(stream, most + 1))
        if len(quads) > most:
            self._cut(name)
        return quads[:most]

    def _go_below(self) -> None:
        """Follow blank nodes to their end, and resources under the IRI for one step."""
        under = self._found.iri.rstrip("/") + "/"
        decisions = set(self._found.objects(DECISION))
        waiting = [quad.object for quad in self._found.own]
        seen: set[object] = {self._node}
        while waiting:
            node = waiting.pop(0)
            if node in seen or node in decisions or not _is_below(node, under):
                continue
            if len(seen) > self._bounds.below:
                self._cut("parts")
                return
            seen.add(node)
            quads = self._some("parts", self._reader.statements(cast("Node", node)), self._bounds.each)
            self._found.below += quads
            waiting += [quad.object for quad in quads if isinstance(quad.object, ox.BlankNode)]

    def _label(self) -> None:
        found = self._found
        outward = (quad.object for quad in chain(found.own, found.below))
        chosen = (quad.object for quad in found.decisions if quad.predicate.value.startswith(KG))
        inward = (quad.subject for quad in found.incoming)
        things = dict.fromkeys(node for node in chain(outward, chosen, inward) if isinstance(node, ox.NamedNode))
        deciding = set(found.objects(DECISION))
        wanted = [node for node in things if node not in deciding and node != self._node]
        if len(wanted) > self._bounds.labels:
            self._cut("labels")
        have = {quad.subject: quad for quad in found.below if quad.predicate in _NAMES}
        for node in wanted[: self._bounds.labels]:
            quad = have.get(node) or self._reader.label(node)
            if quad and isinstance(quad.object, ox.Literal):
                found.labels[node.value] = quad.object.value
                found.named.append(quad)

    def _cut(self, name: str) -> None:
        if name not in self._found.cut:
            self._found.cut.append(name)


def _is_below(node: object, under: str) -> bool:
    return isinstance(node, ox.BlankNode) or (isinstance(node, ox.NamedNode) and node.value.startswith(under))
