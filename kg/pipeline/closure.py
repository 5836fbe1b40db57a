"""What the graph says of the terms in use: labels, and everything above them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from kg.curie import KG, PREFIXES, compress
from kg.mapping.cast import literal
from kg.terms import TermIndex, closure_of


def describer(index: TermIndex) -> Callable[[Collection[str]], Iterator[str]]:
    """Return what writes labels and ancestors of the terms in use, as N-Triples."""
    label, ancestor, whole = PREFIXES["rdfs"] + "label", KG + "ancestorOrSelf", KG + "partOfAncestor"

    def describe(terms: Collection[str]) -> Iterator[str]:
        curies = {iri: compress(iri) for iri in terms}
        closure = closure_of(index, [curie for curie in curies.values() if curie])
        for iri in sorted(iri for iri, curie in curies.items() if curie is None):
            yield f"<{iri}> <{ancestor}> <{iri}> ."
        for predicate, pairs in ((ancestor, closure.pairs), (whole, closure.part_pairs)):
            for term, above in pairs:
                yield f"<{term}> <{predicate}> <{above}> ."
        for term, text in closure.labels.items():
            yield f"<{term}> <{label}> {literal(text)} ."

    return describe


def versions(index: TermIndex) -> dict[str, str]:
    """Return title to version of the ontologies that an index holds."""
    return {ontology.title: ontology.version for ontology in index.ontologies()}
