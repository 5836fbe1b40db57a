"""All that the index holds about one term, for people and for a web page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.term import Scope, Term
    from kg.terms.index import TermIndex


@dataclass(frozen=True, slots=True)
class TermInfo:
    """A term with everything around it.

    Attributes:
        term: the term itself.
        definition: may be empty.
        names: its names with their scopes, the label first.
        parents: its direct superclasses.
        ancestors: CURIE, label and least distance of everything above it by ``is_a``, nearest first.
        children: number of terms below it.
        xrefs: cross-references to other vocabularies.
        obsolete: whether the ontology gave it up.
        replaced_by: the terms that took its place.
        consider: the terms that the ontology proposes to look at instead.
        ontologies: name and version of the files that hold it, the one that its label is from first.
    """

    term: Term
    definition: str
    names: tuple[tuple[str, Scope], ...]
    parents: tuple[str, ...]
    ancestors: tuple[tuple[str, str, int], ...]
    children: int
    xrefs: tuple[str, ...]
    obsolete: bool
    replaced_by: tuple[str, ...]
    consider: tuple[str, ...]
    ontologies: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


def show(index: TermIndex, curie: str) -> TermInfo | None:
    """Return what the index holds about a term, or None when no loaded file holds it.

    >>> from kg.terms import TermIndex, default_index
    >>> with TermIndex.open(default_index()) as index:
    ...     info, nothing = show(index, "FBbi:00000253"), show(index, "FBbi:99999999")
    >>> info.term.label, info.parents, info.ancestors[0], nothing
    ('spinning disk confocal microscopy', ('FBbi:00000251',), ('FBbi:00000251', 'confocal microscopy', 1), None)
    """
    entry = index.entry(curie)
    if entry is None:
        return None
    above = sorted(index.ancestors(curie).items(), key=lambda item: (item[1], item[0]))
    return TermInfo(
        term=entry.term,
        definition=index.definition(curie),
        names=index.names(curie),
        parents=index.parents(curie),
        ancestors=tuple((found, term.label if (term := index.term(found)) else "", distance) for found, distance in above),
        children=len(index.descendants(curie)),
        xrefs=index.xrefs(curie),
        obsolete=entry.obsolete,
        replaced_by=index.replaced_by(curie),
        consider=index.consider(curie),
        ontologies=index.holds(curie),
    )
