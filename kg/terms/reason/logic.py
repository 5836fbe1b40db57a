"""The logic of an ontology in triples: what a reasoner needs of it, without labels, notes, individuals and imports.

HermiT stops on notes about axioms and would fetch what is imported, so it is given nothing but this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import TermError
from kg.terms.files.annotations import OWL, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Triple = tuple[ox.NamedNode | ox.BlankNode | ox.Triple, ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE, _SUBCLASS, _EQUIVALENT = RDF + "type", RDFS + "subClassOf", OWL + "equivalentClass"
_CLASS, _ANNOTATION = OWL + "Class", OWL + "AnnotationProperty"
_TYPES = frozenset(
    {_CLASS, RDFS + "Class", RDFS + "Datatype", RDF + "List"}
    | {
        OWL + name
        for name in (
            "ObjectProperty", "DatatypeProperty", "FunctionalProperty", "InverseFunctionalProperty", "TransitiveProperty",
            "SymmetricProperty", "AsymmetricProperty", "ReflexiveProperty", "IrreflexiveProperty", "Restriction", "DataRange",
            "AllDisjointClasses", "AllDisjointProperties",
        )
    }
)  # fmt: skip
_ABOUT_PROPERTIES = frozenset({RDFS + "subPropertyOf", RDFS + "domain", RDFS + "range"})
_PREDICATES = frozenset(
    {_SUBCLASS, RDF + "first", RDF + "rest", *_ABOUT_PROPERTIES}
    | {
        OWL + name
        for name in (
            "equivalentClass", "disjointWith", "disjointUnionOf", "intersectionOf", "unionOf", "complementOf", "oneOf",
            "datatypeComplementOf", "onProperty", "onProperties", "onClass", "onDataRange", "onDatatype", "withRestrictions",
            "someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "cardinality", "minCardinality", "maxCardinality",
            "qualifiedCardinality", "minQualifiedCardinality", "maxQualifiedCardinality", "inverseOf", "propertyChainAxiom",
            "equivalentProperty", "propertyDisjointWith", "hasKey", "members",
        )
    }
    | {
        _XSD + name
        for name in (
            "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "length", "minLength", "maxLength", "pattern",
        )
    }
)  # fmt: skip
# Nodes that say something about an axiom or about individuals.
_ASIDE = frozenset(OWL + name for name in ("Axiom", "Annotation", "AllDifferent", "NegativePropertyAssertion"))


@dataclass(slots=True)
class Logic:
    """What an ontology says of itself and of its named classes, by IRI.

    Attributes:
        called: its own IRI and version IRI.
        imports: the ontologies that it imports.
        classes: the classes that it declares.
        below: pairs of class and superclass that it states.
        same: pairs of classes that it states to mean the same, in either order.
    """

    called: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    below: set[tuple[str, str]] = field(default_factory=set)
    same: set[frozenset[str]] = field(default_factory=set)


def logic_of(file: Path, syntax: ox.RdfFormat, mark: str, sink: IO[str], everything: IO[str] | None = None) -> Logic:
    """Write the logic of an ontology as N-Triples and return what it says of itself.

    Args:
        file: an ontology in RDF, not packed.
        syntax: its syntax.
        mark: letter for the nodes without a name, one for each file that goes into a sink.
        sink: where the logic goes; several ontologies can go into one.
        everything: where all triples of the file go, if anywhere.

    Raises:
        TermError: the file declares no class.
    """
    logic, notes, aside = _surveyed(file, syntax, mark)
    if not logic.classes:
        raise TermError(file.name, "declares no class (owl:Class), so there is nothing to classify")
    for subject, predicate, value in _triples(file, syntax, mark):
        line = f"{subject} {predicate} {value} .\n"
        if everything:
            everything.write(line)
        if subject not in aside and _is_logic(_iri(subject), predicate.value, _iri(value), notes):
            sink.write(line.replace(f"<{RDFS}Class>", f"<{_CLASS}>") if predicate.value == _TYPE else line)
    return logic


def _triples(file: Path, syntax: ox.RdfFormat, mark: str) -> Iterator[Triple]:
    """Yield the triples of a file; nodes without a name get the same one each time, and none of another file's."""
    names: dict[str, ox.BlankNode] = {}

    def named(node: ox.BlankNode) -> ox.BlankNode:
        return names.setdefault(node.value, ox.BlankNode(f"{mark}{len(names)}"))

    try:
        for quad in ox.parse(path=file, format=syntax, base_iri="urn:kg:base", lenient=True):  # as the reader of ontologies
            subject, value = quad.subject, quad.object
            yield (
                named(subject) if isinstance(subject, ox.BlankNode) else subject,
                quad.predicate,
                named(value) if isinstance(value, ox.BlankNode) else value,
            )
    except SyntaxError as error:
        raise TermError(file.name, f"is not valid {syntax}: {error}") from error


def _surveyed(file: Path, syntax: ox.RdfFormat, mark: str) -> tuple[Logic, set[str], set[object]]:
    """Return what an ontology says of itself, its annotation properties, and the nodes that are no logic."""
    logic = Logic()
    notes: set[str] = set()
    aside: set[object] = set()
    for subject, predicate, value in _triples(file, syntax, mark):
        if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode):
            if predicate.value == _TYPE and value.value == _ANNOTATION:
                notes.add(subject.value)
            else:
                _say(logic, subject.value, predicate.value, value.value)
        elif predicate.value == _TYPE and _iri(value) in _ASIDE:
            aside.add(subject)
    return logic, notes, aside


def _say(logic: Logic, subject: str, predicate: str, value: str) -> None:
    if predicate == _TYPE and value in (_CLASS, RDFS + "Class"):
        logic.classes.add(subject)
    elif predicate == _TYPE and value == OWL + "Ontology":
        logic.called.add(subject)
    elif predicate == OWL + "versionIRI":
        logic.called.add(value)
    elif predicate == OWL + "imports":
        logic.imports.add(value)
    elif predicate == _SUBCLASS:
        logic.below.add((subject, value))
    elif predicate == _EQUIVALENT:
        logic.same.add(frozenset({subject, value}))


def _is_logic(subject: str, predicate: str, value: str, notes: set[str]) -> bool:
    if predicate == _TYPE:
        return value in _TYPES
    if predicate in _ABOUT_PROPERTIES:
        return subject not in notes and value not in notes
    return predicate in _PREDICATES


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""
