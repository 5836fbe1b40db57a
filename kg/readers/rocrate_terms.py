"""Terms of a crate: what a reference to a DefinedTerm, a Taxon or a mere text means, put beside the reference itself.

For a property that leads to such an entity there are two columns in lock step with its own: ``_name.<property>`` with the
name of the term (the text of a text) and ``_term.<property>`` with its identifier where it has a public one. Both are null
for values that lead elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.readers.rocrate_graph import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.readers.rocrate_graph import Graph, Node

_TERM_TYPES = frozenset({"DefinedTerm", "CategoryCode", "Taxon"})
_WORD_TYPES = frozenset(
    {"Thing", "TextObject", "HowToDirection", "AggregateRating", "Rating", "SoftwareApplication", "CreativeWork"}
)
_NAMES = (
    "name", "dwc:scientificName", "scientificName", "skos:prefLabel", "rdfs:label", "alternateName", "text", "ratingValue",
)  # fmt: skip
_CODES = ("termCode", "codeValue", "inDefinedTermSet", "identifier", "taxonID", "dwc:taxonID")
_PUBLIC = re.compile(r"(?!_:|file:)[A-Za-z][\w.+-]*:\S+")
_LOCAL_HOST = re.compile(r"https?://(?:localhost|127\.)")
_TERM_IRI = re.compile(
    r"(?:obo|FBbi|NCBITaxon|EFO|GO|CLO|UBERON|CL|CHEBI):\S+|"
    r"https?://(?:purl\.obolibrary\.org/obo|www\.ebi\.ac\.uk/efo|www\.bioassayontology\.org|purl\.allotrope\.org/ontologies)/\S+"
)


def is_term(node: Node | None) -> bool:
    """Say whether an entity is a term, by one of its types; the prefix of the type does not matter."""
    return node is not None and any(name.rpartition(":")[2] in _TERM_TYPES for name in node.types)


def is_word(node: Node | None) -> bool:
    """Say whether an entity holds little but a name or a text."""
    return node is not None and any(name in _WORD_TYPES for name in node.types)


def referred_by(graph: Graph) -> dict[str, list[str]]:
    """Return for each term, by the key of its id, the properties that lead to it, in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for name, _, target in graph.references:
        if is_term(graph.get(target)):
            found.setdefault(key(target), {})[name] = None
    return {target: list(names) for target, names in found.items()}


def properties_of_terms(graph: Graph) -> set[str]:
    """Return the properties that lead to a term or a text of the crate, or to the IRI of a term that it does not describe."""
    found = set()
    for name, _, target in graph.references:
        if name not in found:
            node = graph.get(target)
            if is_term(node) or is_word(node) or (node is None and _TERM_IRI.match(target)):
                found.add(name)
    return found


def companions(
    graph: Graph, nodes: Sequence[Node], names: Sequence[str], terms: set[str]
) -> dict[str, list[list[str | None] | None]]:
    """Return the columns ``_name.<property>`` and ``_term.<property>`` of the nodes of one kind."""
    columns: dict[str, list[list[str | None] | None]] = {}
    for name in names:
        if name not in terms:
            continue
        pairs = [[_meaning(graph, value) for value in node.cells[name]] if name in node.cells else None for node in nodes]
        columns[f"_name.{name}"] = [None if cell is None else [pair[0] for pair in cell] for cell in pairs]
        columns[f"_term.{name}"] = [None if cell is None else [pair[1] for pair in cell] for cell in pairs]
    return columns


def _meaning(graph: Graph, value: str) -> tuple[str | None, str | None]:
    """Return name and identifier of the term that a value leads to; plain words name one themselves."""
    node = graph.get(value)
    if node is None:
        if _TERM_IRI.match(value):
            return None, value
        return (None, None) if value.startswith(("#", "./", "_:")) or _PUBLIC.match(value) else (value, None)
    if not is_term(node) and not is_word(node):
        return None, None
    label = next((text for name in _NAMES if (text := node.first(name))), None)
    return label, None if not is_term(node) else next(
        (text for text in (node.id, *map(node.first, _CODES)) if _PUBLIC.match(text) and not _LOCAL_HOST.match(text)), None
    )
