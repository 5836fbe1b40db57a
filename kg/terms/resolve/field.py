"""Field: the ontologies and branches that a resolver field takes terms from, best first, in a context."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.terms.resolve.verdict import SCORES, prefix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.schema import Branch
    from kg.terms.entries import Hit
    from kg.terms.index import TermIndex
    from kg.terms.resolve.profile import Profile

_KEPT = 65_536
_SCOPES = list(SCORES)
_OTHER_SPECIES = 100


class Field:
    """A resolver field.

    Attributes:
        name: its name.
        profile: what is particular to its words.
        prefixes: its ontologies, best first; empty when it takes terms of any.
        places: its ontologies, for people.
        undecided: whether none of its several ontologies is preferred, so that a project's policy has to name some.
        depends_on_taxon: whether some of its several ontologies are about one clade only.
        missing: those of them that the index holds nothing of.
    """

    def __init__(
        self, index: TermIndex, name: str, branches: tuple[Branch, ...], profile: Profile, taxa: Mapping[str, str]
    ) -> None:
        """Take the index, the branches of the field, its profile, and the taxon of each ontology that is about one clade."""
        self.name, self.profile = name, profile
        roots: dict[str, tuple[str, ...] | None] = {}
        for branch in branches:  # an ontology named twice counts where it stands first, with all its roots
            before = roots.get(branch.ontology, ())
            roots[branch.ontology] = None if before is None or not branch.roots else (*before, *branch.roots)
        self._roots = roots
        self._taxa = taxa
        self.prefixes = tuple(roots)
        self.places = ", ".join(roots) or "any loaded ontology"
        self.undecided = profile.ties == "review" and len(roots) > 1
        self.depends_on_taxon = len(roots) > 1 and any(prefix in taxa for prefix in roots)
        held = index.prefixes()
        self.missing = tuple(prefix for prefix in roots if prefix not in held)
        self._ranks = {prefix: rank for rank, prefix in enumerate(roots)}
        self.takes: Callable[[str], bool] = lru_cache(maxsize=_KEPT)(lambda curie: self._contains(index, curie))
        self._related: Callable[[str, str], bool] = lru_cache(maxsize=_KEPT)(
            lambda one, other: index.is_below(one, (other,)) or index.is_below(other, (one,))
        )

    def knows(self, prefix: str) -> bool:
        """Say whether the field takes terms from an ontology; a field without branches takes from all."""
        return not self._roots or prefix in self._roots

    def roots(self, prefix: str) -> str:
        """Return the roots inside an ontology, for people."""
        return " or ".join(self._roots.get(prefix) or ())

    def inside(self, hits: list[Hit]) -> list[Hit]:
        """Return the hits that the field may take; obsolete ones have no place in the hierarchy and need the ontology only."""
        return [hit for hit in hits if self.knows(prefix_of(hit.curie)) and (hit.obsolete or self.takes(hit.curie))]

    def order(self, hit: Hit, taxon: str = "") -> tuple[int, int, str]:
        """Return the place of a hit: rank of its ontology for the taxon of the record, rank of its scope, its CURIE."""
        return self.rank(hit.curie, taxon), _SCOPES.index(hit.scope), hit.curie

    def rank(self, curie: str, taxon: str = "") -> int:
        """Return the rank of a term's ontology; one about the record's own species comes first, about another one last."""
        prefix = prefix_of(curie)
        rank = self._ranks.get(prefix, 0)
        own = self._taxa.get(prefix, "")
        if not own:
            return rank
        return rank - _OTHER_SPECIES if taxon and self._related(taxon, own) else rank + _OTHER_SPECIES

    def is_apart(self, curie: str, taxon: str) -> str:
        """Return why a term's ontology is not for the record: it is about one species, and the record about none or another."""
        prefix = prefix_of(curie)
        own = self._taxa.get(prefix, "")
        if not own or len(self._roots) == 1 or (taxon and self._related(taxon, own)):
            return ""
        return f"{prefix} is about {own}, and the record {f'about {taxon}' if taxon else 'names no organism'}"

    def _contains(self, index: TermIndex, curie: str) -> bool:
        prefix = prefix_of(curie)
        if not self.knows(prefix):
            return False
        roots = self._roots.get(prefix)
        return not roots or index.is_below(curie, roots)
