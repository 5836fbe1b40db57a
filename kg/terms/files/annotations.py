"""What the annotations of ontologies in OWL, RDFS and SKOS mean, whatever syntax they are written in."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.terms.files.facts import OBO, Fact, Kind, curie_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.term import Scope

OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
DCTERMS = "http://purl.org/dc/terms/"
PART_OF = frozenset({OBO + "BFO_0000050", OBO + "part_of"})
"""The relations that say part of; BFO_0000050 is the one of today."""

_LITERALS: Mapping[str, tuple[Kind, Scope]] = MappingProxyType(
    {
        RDFS + "label": (Kind.LABEL, "label"),
        SKOS + "prefLabel": (Kind.LABEL, "exact"),
        SKOS + "altLabel": (Kind.NAME, "exact"),
        SKOS + "hiddenLabel": (Kind.NAME, "related"),
        SKOS + "definition": (Kind.DEFINITION, "label"),
        IN_OWL + "hasExactSynonym": (Kind.NAME, "exact"),
        IN_OWL + "hasNarrowSynonym": (Kind.NAME, "narrow"),
        IN_OWL + "hasBroadSynonym": (Kind.NAME, "broad"),
        IN_OWL + "hasRelatedSynonym": (Kind.NAME, "related"),
        IN_OWL + "hasSynonym": (Kind.NAME, "related"),
        IN_OWL + "hasDbXref": (Kind.XREF, "label"),
        IN_OWL + "hasAlternativeId": (Kind.ALT, "label"),
        IN_OWL + "hasDefinition": (Kind.DEFINITION, "label"),
        IN_OWL + "consider": (Kind.CONSIDER, "label"),
        IN_OWL + "replacedBy": (Kind.REPLACED_BY, "label"),
        OBO + "IAO_0000118": (Kind.NAME, "exact"),
        OBO + "IAO_0000115": (Kind.DEFINITION, "label"),
        OBO + "IAO_0100001": (Kind.REPLACED_BY, "label"),
        OBO + "OMO_0003000": (Kind.NAME, "exact"),
        "http://www.ebi.ac.uk/efo/alternative_term": (Kind.NAME, "exact"),
        "http://www.ebi.ac.uk/efo/definition": (Kind.DEFINITION, "label"),
    }
)
_LINKS: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        SKOS + "broader": (Kind.IS_A,),
        SKOS + "exactMatch": (Kind.XREF, Kind.SAME),
        SKOS + "closeMatch": (Kind.XREF,),
        OWL + "equivalentClass": (Kind.XREF, Kind.SAME),
        OBO + "IAO_0100001": (Kind.REPLACED_BY,),
        DCTERMS + "isReplacedBy": (Kind.REPLACED_BY,),
        IN_OWL + "hasAlternativeId": (Kind.ALT,),
        IN_OWL + "consider": (Kind.CONSIDER,),
        IN_OWL + "replacedBy": (Kind.REPLACED_BY,),
        IN_OWL + "hasDbXref": (Kind.XREF,),
        OBO + "BFO_0000050": (Kind.PART_OF,),
    }
)
_HEADER: Mapping[str, Kind] = MappingProxyType(
    {
        OWL + "versionIRI": Kind.VERSION,
        OWL + "versionInfo": Kind.VERSION,
        DCTERMS + "license": Kind.LICENCE,
        "http://purl.org/dc/elements/1.1/license": Kind.LICENCE,
        DCTERMS + "rights": Kind.LICENCE,
        "http://purl.org/dc/elements/1.1/rights": Kind.LICENCE,
        "http://creativecommons.org/ns#license": Kind.LICENCE,
    }
)
_MATCHES = frozenset({SKOS + "exactMatch", SKOS + "closeMatch"})
_CURIE = re.compile(r"[A-Za-z][\w.\-]*:\S+")
_RELATIONS = frozenset({Kind.ALT, Kind.REPLACED_BY, Kind.CONSIDER})
_EQUIVALENT = "MONDO:equivalentTo"


def literal_facts(iri: str, predicate: str, text: str, language: str | None) -> Iterator[Fact]:
    """Yield what a text that is annotated to ``iri`` says; nothing where the property is none that kg knows."""
    text = text.strip()
    if predicate in _HEADER:
        yield Fact(_HEADER[predicate], iri, text)
    elif predicate == OWL + "deprecated":
        if text in ("true", "1"):
            yield Fact(Kind.OBSOLETE, curie_of(iri))
    elif predicate in _LITERALS and text:
        kind, scope = _LITERALS[predicate]
        if kind in (Kind.LABEL, Kind.DEFINITION):
            yield Fact(kind, curie_of(iri), text, _ranked(scope, language))
        elif kind in _RELATIONS:
            yield Fact(kind, curie_of(iri), curie_of(text) if text.startswith("http") else text)
        else:
            yield Fact(kind, curie_of(iri), text, scope)
    elif predicate in _MATCHES and _CURIE.fullmatch(text):  # some ontologies write the target of a match as a text
        yield from link_facts(iri, predicate, text)


def link_facts(iri: str, predicate: str, target: str) -> Iterator[Fact]:
    """Yield what a link from one thing to another says; nothing where the property is none that kg knows."""
    if predicate in _HEADER:
        yield Fact(_HEADER[predicate], iri, target)
    elif predicate == SKOS + "narrower":
        yield Fact(Kind.IS_A, curie_of(target), curie_of(iri))
    elif target != iri:
        for kind in _LINKS.get(predicate, ()):
            yield Fact(kind, curie_of(iri), curie_of(target))


def says_same(predicate: str, sources: set[str]) -> bool:
    """Tell whether a cross-reference with these sources means the very same thing, as MONDO marks it."""
    return predicate == IN_OWL + "hasDbXref" and _EQUIVALENT in sources


def _ranked(scope: Scope, language: str | None) -> Scope:
    """Rank a label or definition: English or without language first, ``rdfs:label`` before ``skos:prefLabel``."""
    if not language or language.lower() == "en" or language.lower().startswith("en-"):
        return scope
    return "narrow" if scope == "label" else "broad"
