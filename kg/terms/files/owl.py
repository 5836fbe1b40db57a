"""Reader of ontologies in RDF: OWL as RDF/XML, Turtle, N-Triples and JSON-LD, RDFS hierarchies and SKOS alike.

Statements are taken in the order of the file; only restrictions that are not complete yet are held.
"""

from __future__ import annotations

from collections import defaultdict
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import TermError
from kg.terms.files.facts import OBO, Fact, Kind, curie_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.term import Scope

_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_TYPE, _SUBCLASS = _RDF + "type", _RDFS + "subClassOf"
_ON_PROPERTY, _SOME = _OWL + "onProperty", _OWL + "someValuesFrom"
_PART_OF = frozenset({OBO + "BFO_0000050", OBO + "part_of"})
_TERM_TYPES = frozenset({_OWL + "Class", _RDFS + "Class", _SKOS + "Concept"})
_OTHER_TYPES = (_OWL, _RDFS, _RDF, _SKOS)
_LITERALS: dict[str, tuple[Kind, Scope]] = {
    _RDFS + "label": (Kind.LABEL, "label"),
    _SKOS + "prefLabel": (Kind.LABEL, "exact"),
    _SKOS + "altLabel": (Kind.NAME, "exact"),
    _SKOS + "hiddenLabel": (Kind.NAME, "related"),
    _SKOS + "definition": (Kind.DEFINITION, "label"),
    _IN_OWL + "hasExactSynonym": (Kind.NAME, "exact"),
    _IN_OWL + "hasNarrowSynonym": (Kind.NAME, "narrow"),
    _IN_OWL + "hasBroadSynonym": (Kind.NAME, "broad"),
    _IN_OWL + "hasRelatedSynonym": (Kind.NAME, "related"),
    _IN_OWL + "hasSynonym": (Kind.NAME, "related"),
    _IN_OWL + "hasDbXref": (Kind.XREF, "label"),
    _IN_OWL + "hasAlternativeId": (Kind.ALT, "label"),
    _IN_OWL + "hasDefinition": (Kind.DEFINITION, "label"),
    _IN_OWL + "consider": (Kind.CONSIDER, "label"),
    OBO + "IAO_0000118": (Kind.NAME, "exact"),
    OBO + "IAO_0000115": (Kind.DEFINITION, "label"),
    OBO + "IAO_0100001": (Kind.REPLACED_BY, "label"),
    OBO + "OMO_0003000": (Kind.NAME, "exact"),
    "http://www.ebi.ac.uk/efo/alternative_term": (Kind.NAME, "exact"),
    "http://www.ebi.ac.uk/efo/definition": (Kind.DEFINITION, "label"),
}
_LINKS = {
    _SKOS + "broader": Kind.IS_A,
    OBO + "IAO_0100001": Kind.REPLACED_BY,
    _IN_OWL + "consider": Kind.CONSIDER,
    _IN_OWL + "hasDbXref": Kind.XREF,
    _SKOS + "exactMatch": Kind.XREF,
    OBO + "BFO_0000050": Kind.PART_OF,
}
_HEADER = {
    _OWL + "versionIRI": Kind.VERSION,
    _OWL + "versionInfo": Kind.VERSION,
    "http://purl.org/dc/terms/license": Kind.LICENCE,
    "http://purl.org/dc/elements/1.1/license": Kind.LICENCE,
    "http://purl.org/dc/terms/rights": Kind.LICENCE,
    "http://purl.org/dc/elements/1.1/rights": Kind.LICENCE,
    "http://creativecommons.org/ns#license": Kind.LICENCE,
}
_RELATIONS = frozenset({Kind.ALT, Kind.REPLACED_BY, Kind.CONSIDER})


def read_rdf(stream: IO[bytes], name: str, syntax: ox.RdfFormat) -> Iterator[Fact]:
    """Yield the facts of an ontology in RDF; raises TermError, with the place, where the syntax is wrong."""
    restrictions = _Restrictions()
    try:
        # Real releases hold IRIs that are not valid (blanks in cross-references); they must not stop the file.
        for quad in ox.parse(stream, syntax, base_iri="urn:kg:base", lenient=True):
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if isinstance(subject, ox.NamedNode):
                yield from _fact(subject.value, predicate, value, restrictions)
            elif isinstance(subject, ox.BlankNode):
                yield from restrictions.describe(subject.value, predicate, value)
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
                if property_ in _PART_OF:
                    yield Fact(Kind.PART_OF, child, curie_of(filler))


def _fact(iri: str, predicate: str, value: object, restrictions: _Restrictions) -> Iterator[Fact]:
    if predicate == _TYPE:
        if isinstance(value, ox.NamedNode):
            yield from _typed(iri, value.value)
    elif predicate == _SUBCLASS:
        if isinstance(value, ox.BlankNode):
            yield from restrictions.superclass(curie_of(iri), value.value)
        elif isinstance(value, ox.NamedNode) and value.value not in (_OWL + "Thing", iri):
            yield Fact(Kind.IS_A, curie_of(iri), curie_of(value.value))
    elif isinstance(value, ox.Literal):
        yield from _literal(iri, predicate, value)
    elif isinstance(value, ox.NamedNode):
        if predicate in _HEADER:
            yield Fact(_HEADER[predicate], iri, value.value)
        elif predicate in _LINKS and value.value != iri:
            yield Fact(_LINKS[predicate], curie_of(iri), curie_of(value.value))


def _typed(iri: str, type_: str) -> Iterator[Fact]:
    """Tell terms from the rest: classes and concepts are, properties are not, other instances are (units, taxa)."""
    if type_ == _OWL + "Ontology":
        yield Fact(Kind.ONTOLOGY, iri, iri)
    elif type_ == _OWL + "DeprecatedClass":
        yield Fact(Kind.OBSOLETE, curie_of(iri))
    elif type_ in _TERM_TYPES or not type_.startswith(_OTHER_TYPES):
        yield Fact(Kind.TERM, curie_of(iri), iri, "label" if type_ in _TERM_TYPES else "related")
    else:
        yield Fact(Kind.NOT_TERM, curie_of(iri))


def _literal(iri: str, predicate: str, value: ox.Literal) -> Iterator[Fact]:
    text = value.value.strip()
    if predicate in _HEADER:
        yield Fact(_HEADER[predicate], iri, text)
    elif predicate == _OWL + "deprecated":
        if text in ("true", "1"):
            yield Fact(Kind.OBSOLETE, curie_of(iri))
    elif predicate in _LITERALS and text:
        kind, scope = _LITERALS[predicate]
        if kind is Kind.LABEL:
            yield Fact(kind, curie_of(iri), text, _label_scope(scope, value.language))
        elif kind in _RELATIONS:
            yield Fact(kind, curie_of(iri), curie_of(text) if text.startswith("http") else text)
        else:
            yield Fact(kind, curie_of(iri), text, scope)


def _label_scope(scope: Scope, language: str | None) -> Scope:
    """Rank a label: English or without language before others, ``rdfs:label`` before ``skos:prefLabel``."""
    if language is None or language == "en" or language.startswith("en-"):
        return scope
    return "narrow" if scope == "label" else "broad"
