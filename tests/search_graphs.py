"""Small graphs for tests of search, and what a plain reading of them finds: sets and loops, nothing of ``kg.search``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

KG = "https://w3id.org/bioimage-kg/"
SCHEMA = "http://schema.org/"
OBO = "http://purl.obolibrary.org/obo/"
OME = "https://ld.openmicroscopy.org/core/"
METHOD, ORGANISM = "http://rs.tdwg.org/dwc/iri/measurementMethod", SCHEMA + "taxonomicRange"
CLASSES = {"image": OBO + "IAO_0000101", "component": KG + "StudyComponent", "study": SCHEMA + "Dataset"}
GRAPH = ox.NamedNode("https://example.org/graph")

# Child to parents, by number of a term of FBbi; a small lattice with two roots.
ABOVE = {1: (), 2: (1,), 3: (1,), 4: (2, 3), 5: (4,), 6: (), 7: (6, 5)}
WORDS = {
    1: "microscopy",
    2: "light microscopy",
    3: "confocal",
    4: "spinning disk",
    5: "fast spinning disk",
    6: "other",
    7: "odd",
}


def term(number: int) -> str:
    """Return the IRI of a made-up term."""
    return f"{OBO}FBbi_9{number:07d}"


def curie(number: int) -> str:
    """Return its CURIE."""
    return f"FBbi:9{number:07d}"


def ancestors(number: int) -> frozenset[int]:
    """Return a term and all above it."""
    return frozenset({number}).union(*(ancestors(parent) for parent in ABOVE[number]))


@dataclass(frozen=True)
class Thing:
    """A record of a graph.

    Attributes:
        kind: of ``CLASSES``.
        whole: number of the thing that it is part of; None for none.
        methods: numbers of terms.
        sizes: pixel sizes in micrometres.
        name: its name.
        licence: its licence, or nothing.
    """

    kind: str
    whole: int | None
    methods: frozenset[int]
    sizes: tuple[float, ...] = ()
    name: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Graph:
    """Things by number."""

    things: tuple[Thing, ...]

    def iri(self, number: int) -> str:
        """Return the IRI of a thing."""
        return f"https://example.org/{self.things[number].kind}/{number:03d}"

    def of(self, kind: str) -> list[int]:
        """Return the things of a kind, in the order of their IRIs."""
        return [number for number, thing in enumerate(self.things) if thing.kind == kind]

    def methods(self, number: int) -> frozenset[int]:
        """Return the terms of an image by the rule of the nearest that says one; of a study those of it, else its parts."""
        thing = self.things[number]
        if thing.kind == "study":
            parts = [n for n, part in enumerate(self.things) if part.whole == number]
            below = [n for n, part in enumerate(self.things) if part.whole in parts]
            return thing.methods.union(*(self.things[n].methods for n in (*parts, *below)))
        while True:
            if thing.methods or thing.whole is None:
                return thing.methods
            thing = self.things[thing.whole]

    def write(self, folder: Path) -> None:
        """Write the graph as a database."""
        store = ox.Store(str(folder))
        store.bulk_extend(self._quads())
        store.flush()

    def _quads(self) -> Iterable[ox.Quad]:
        def said(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
            return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, GRAPH)

        for number in ABOVE:
            yield said(term(number), "http://www.w3.org/2000/01/rdf-schema#label", ox.Literal(WORDS[number]))
            for above in ancestors(number):
                yield said(term(number), KG + "ancestorOrSelf", ox.NamedNode(term(above)))
        for number, thing in enumerate(self.things):
            iri = self.iri(number)
            yield said(iri, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(CLASSES[thing.kind]))
            if thing.whole is not None:
                yield said(iri, SCHEMA + "isPartOf", ox.NamedNode(self.iri(thing.whole)))
            if thing.name:
                yield said(iri, SCHEMA + "name", ox.Literal(thing.name))
            if thing.licence:
                yield said(iri, SCHEMA + "license", ox.NamedNode(thing.licence))
            for method in sorted(thing.methods):
                yield said(iri, METHOD, ox.NamedNode(term(method)))
            for size in thing.sizes:
                number_type = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
                yield said(iri, OME + "physical_size_x", ox.Literal(f"{size:.3f}", datatype=number_type))
