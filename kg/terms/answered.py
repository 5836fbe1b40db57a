"""A Decision as plain JSON values, for the command line and for the service alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.curie import spelt

if TYPE_CHECKING:
    from kg.term import Decision


def decision_json(decision: Decision) -> dict[str, Any]:
    """Return what was asked, what became of it, and all matches with their reasons; no matches are an empty list."""
    return {
        "field": decision.query.field, "text": decision.query.text, "status": decision.status, "why": decision.why,
        "matches": [
            {"curie": spelt(m.term.curie), "label": m.term.label, "iri": m.term.iri, "score": m.score, "tier": m.tier,
             "why": m.why, "matched": m.matched, "scope": m.scope, "ontology": m.ontology}
            for m in decision.matches
        ],
    }  # fmt: skip
