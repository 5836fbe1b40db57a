"""Reader of ontologies in RDF: OWL as RDF/XML, Turtle, N-Triples and JSON-LD, RDFS hierarchies and SKOS alike.

Statements are taken in the order of the file; only restrictions that are not complete yet are held.
"""

from __future__ import annotations

from collections import defaultdict
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kg.errors import TermError
from kg.terms.files.annotations import DCTERMS, OWL, PART_OF, RDF, RDFS, SKOS, link_facts, literal_facts
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.xml_depth import Shallow

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPE, _SUBCLASS = RDF + "type", RDFS + "subClassOf"
_ON_PROPERTY, _SOME = OWL + "onProperty", OWL + "someValuesFrom"
_TERM_TYPES = frozenset({OWL + "Class", RDFS + "Class", SKOS + "Concept"})
_OTHER_TYPES = (OWL, RDFS, RDF, SKOS)
_DATES = frozenset({DCTERMS + "modified", DCTERMS + "issued"})


def read_rdf(stream: IO[bytes], name: str, syntax: ox.RdfFormat) -> Iterator[Fact]:
    """Yield the facts of an ontology in RDF; raises TermError, with the place, where the syntax is wrong."""
    source = cast("IO[bytes]", Shallow(stream, name)) if syntax == ox.RdfFormat.RDF_XML else stream
    restrictions, schemes = _Restrictions(), _Schemes()
    try:
        # Real releases hold IRIs that are not valid (blanks in cross-references); they must not stop the file.
        for quad in ox.parse(source, syntax, base_iri="urn:kg:base", lenient=True):
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if isinstance(subject, ox.NamedNode):
                yield from schemes.note(subject.value, predicate, value)
                yield from _fact(subject.value, predicate, value, restrictions)
            elif isinstance(subject, ox.BlankNode):
                yield from restrictions.describe(subject.value, predicate, value)
        yield from schemes.end()
    except SyntaxError as error:
        raise TermError(name, f"is not valid {syntax}: {error}") from error
    except UnicodeDecodeError as error:
        raise TermError(name, "is not UTF-8") from error


class _Restrictions:
    """The anonymous superclasses ``part_of some X`` on their way: child, property and filler come in any order."""

    def __init__(self) -> None:
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._parts: dict[str, list[str | None]] = {}

    def superclass(self, child: str, node: str) -> Iterator[Fact]:
        """Note that a term stands below an anonymous class."""
        self._children[node].append(child)
        yield from self._complete(node)

    def describe(self, node: str, predicate: str, value: object) -> Iterator[Fact]:
        """Note one statement about an anonymous class."""
        if predicate in (_ON_PROPERTY, _SOME) and isinstance(value, ox.NamedNode):
            self._parts.setdefault(node, [None, None])[predicate == _SOME] = value.value
            yield from self._complete(node)

    def _complete(self, node: str) -> Iterator[Fact]:
        property_, filler = self._parts.get(node, (None, None))
        if property_ is not None and filler is not None and node in self._children:
            del self._parts[node]
            for child in self._children.pop(node):
                if property_ in PART_OF:
                    yield Fact(Kind.PART_OF, child, curie_of(filler))


class _Schemes:
    """The concept schemes of a file: the first of them is its ontology where the file names no other."""

    def __init__(self) -> None:
        self._first, self._ontology = "", False

    def note(self, iri: str, predicate: str, value: object) -> Iterator[Fact]:
        """Note a statement if it is about the scheme or the ontology."""
        if predicate == _TYPE and isinstance(value, ox.NamedNode):
            self._ontology = self._ontology or value.value == OWL + "Ontology"
            if value.value == SKOS + "ConceptScheme" and not self._first:
                self._first = iri
        elif predicate in _DATES and iri == self._first and isinstance(value, ox.Literal):
            yield Fact(Kind.VERSION, iri, value.value)

    def end(self) -> Iterator[Fact]:
        """Yield the scheme as the ontology, if it is."""
        if self._first and not self._ontology:
            yield Fact(Kind.ONTOLOGY, self._first, self._first)


def _fact(iri: str, predicate: str, value: object, restrictions: _Restrictions) -> Iterator[Fact]:
    if predicate == _TYPE:
        if isinstance(value, ox.NamedNode):
            yield from _typed(iri, value.value)
    elif predicate == _SUBCLASS:
        if isinstance(value, ox.BlankNode):
            yield from restrictions.superclass(curie_of(iri), value.value)
        elif isinstance(value, ox.NamedNode) and value.value not in (OWL + "Thing", iri):
            yield Fact(Kind.IS_A, curie_of(iri), curie_of(value.value))
    elif isinstance(value, ox.Literal):
        yield from literal_facts(iri, predicate, value.value, value.language)
    elif isinstance(value, ox.NamedNode):
        yield from link_facts(iri, predicate, value.value)


def _typed(iri: str, type_: str) -> Iterator[Fact]:
    """Tell terms from the rest: classes and concepts are, properties are not, other instances are (units, taxa)."""
    if type_ == OWL + "Ontology":
        yield Fact(Kind.ONTOLOGY, iri, iri)
    elif type_ == OWL + "DeprecatedClass":
        yield Fact(Kind.OBSOLETE, curie_of(iri))
    elif type_ in _TERM_TYPES or not type_.startswith(_OTHER_TYPES):
        yield Fact(Kind.TERM, curie_of(iri), iri, "label" if type_ in _TERM_TYPES else "related")
    else:
        yield Fact(Kind.NOT_TERM, curie_of(iri))
