"""Verdict: a decision that does not know its query yet, so that queries with the same words can share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.term import Match, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.term import Scope, Status, Tier
    from kg.terms.entries import Hit

SCORES: Mapping[Scope, float] = {"label": 1.0, "exact": 0.95, "narrow": 0.6, "broad": 0.5, "related": 0.5}
SURE: tuple[Scope, ...] = ("label", "exact")
CALLED: Mapping[Scope, str] = {
    "label": "the label",
    "exact": "an exact synonym",
    "narrow": "a narrower synonym",
    "broad": "a broader synonym",
    "related": "a related synonym",
}
MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided: status, terms (chosen or proposed, best first) and the reason."""

    status: Status
    matches: tuple[Match, ...]
    why: str

    def adding(self, remark: str) -> Verdict:
        """Return the verdict with a remark after its reason."""
        return replace(self, why=f"{self.why}; {remark}") if remark else self

    def doubted(self, doubt: str) -> Verdict:
        """Return the verdict as one for a person, with the doubt before its reason."""
        return Verdict("review" if self.matches else "none", self.matches, f"{doubt}, yet {self.why}")


def none(why: str) -> Verdict:
    """Return the verdict that no term is meant or found."""
    return Verdict("none", (), why)


def match_of(hit: Hit, how: str = "", score: float = 1.0, tier: Tier | None = None) -> Match:
    """Return the match of a name; ``how`` says what was done to the text, ``score`` how sure that is."""
    found: Tier = tier or ("variant" if how else "label" if hit.scope == "label" else "synonym")
    why = f"{hit.text!r} is {CALLED[hit.scope]} of {hit.curie} in {hit.ontology}"
    why = f"{how}, {why}" if how else why
    return Match(
        Term(hit.curie, hit.label, hit.iri), round(SCORES[hit.scope] * score, 4), found, why, hit.text, hit.scope, hit.ontology
    )


def prefix_of(curie: str) -> str:
    """Return what stands before the colon."""
    return curie.partition(":")[0]


def listed(curies: list[str]) -> str:
    """Return CURIEs for people, the first few by name."""
    shown = ", ".join(curies[:3])
    return f"{shown} and {len(curies) - 3} more" if len(curies) > 3 else shown  # noqa: PLR2004 - the rest is counted
