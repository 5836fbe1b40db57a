"""The closure of the terms in use: what the ontologies say above them, so that a store can answer without the ontologies.

Walked upwards term by term; no taxonomy is ever materialised whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.terms.files.facts import iri_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.terms.index import TermIndex

PART_OF_PREFIXES = frozenset({"UBERON", "CL", "GO", "FBbt", "ZFA", "WBbt", "PO", "XAO", "EMAPA", "MA", "FMA", "BTO"})
"""Ontologies of anatomy and of cellular components, where a part belongs to what is said of the whole."""


@dataclass(frozen=True, slots=True)
class Closure:
    """What stands above a set of terms; all by IRI.

    Attributes:
        pairs: term and ancestor-or-self by ``is_a``.
        part_pairs: the further pairs that come when ``part_of`` is walked too; none of them is in ``pairs``.
        labels: label of each term and ancestor that has one.
        versions: per file, by title, the version that labels and hierarchy were read from.
        unknown: CURIEs that no loaded ontology holds; they have their self pair and nothing else.
    """

    pairs: tuple[tuple[str, str], ...]
    part_pairs: tuple[tuple[str, str], ...]
    labels: Mapping[str, str]
    versions: Mapping[str, str]
    unknown: tuple[str, ...]


def closure_of(index: TermIndex, curies: Iterable[str]) -> Closure:
    """Return the closure of terms, in a fixed order; empty for no terms."""
    pairs: list[tuple[str, str]] = []
    part_pairs: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    unknown: list[str] = []
    versions: dict[str, str] = {}
    known = {f"{ontology.title} {ontology.version}": ontology for ontology in index.ontologies()}

    def iri(curie: str) -> str:
        if curie not in seen:
            entry = index.entry(curie)
            seen[curie] = entry.term.iri if entry else iri_of(curie)
            if entry:
                labels[seen[curie]] = entry.term.label
                ontology = known[entry.ontology]
                versions[ontology.title] = ontology.version
        return seen[curie]

    labels: dict[str, str] = {}
    for curie in sorted(set(curies)):
        if index.entry(curie) is None:
            unknown.append(curie)
        above = sorted(index.ancestors(curie))
        pairs += [(iri(curie), iri(ancestor)) for ancestor in (curie, *above)]
        if curie.partition(":")[0] in PART_OF_PREFIXES:
            whole = sorted(set(index.ancestors(curie, part_of=True)) - set(above))
            part_pairs += [(iri(curie), iri(ancestor)) for ancestor in whole]
    named = {term: label for term, label in labels.items() if label}
    return Closure(tuple(pairs), tuple(part_pairs), named, dict(sorted(versions.items())), tuple(unknown))
