"""Decisions of kg as rows: the review queue that a curator fills in and feeds back, and the record of what kg chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.terms.decided.row import NO_TERM, Relation, Row, RowStatus
from kg.terms.decided.sssom import rows_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from kg.term import Decision, Scope

_RELATIONS: Mapping[Scope, Relation] = {
    "label": "exact",
    "exact": "exact",
    "narrow": "broad",
    "broad": "narrow",
    "related": "close",
}
"""What a term is to a text, given what the text is to the term."""


def rows_of(decision: Decision, day: date, project: str = "") -> tuple[Row, ...]:
    """Return a Decision as rows, one for each match; a decision without any is one row without a term.

    Rows of a Decision that kg accepted have the status ``automatic``, all others ``review``: only a person's word is one. The
    context of the query goes with them, so that what is decided holds where it was seen; a curator may widen it.
    """
    query = decision.query
    status: RowStatus = "automatic" if decision.status == "accepted" else "review"
    common = Row(
        text=query.text,
        field=query.field,
        project=project,
        context=tuple(sorted(query.context)),
        accession=query.accession,
        status=status,
        day=day,
        why=decision.why,
        candidates=tuple(match.term.curie for match in decision.matches),
        tool=decision.decided_by,
    )
    if not decision.matches:
        return (common.with_term(NO_TERM, tier="none"),)
    return tuple(
        common.with_term(
            match.term.curie,
            label=match.term.label,
            relation=_RELATIONS[match.scope],
            tier=match.tier,
            score=match.score,
            ontology=match.ontology,
            why=match.why,
        )
        for match in decision.matches
    )


def exported(decisions: Iterable[Decision], day: date, project: str = "", name: str = "review-queue") -> str:
    """Return the text of an SSSOM table of all that waits for a person: decisions under review and texts without a term.

    What two decisions have in common stands there once. A curator writes ``accepted`` or ``rejected`` into the column
    ``kg_status``, changes the term where another one is right, and feeds the file back; what stays ``review`` is not used.

    Args:
        decisions: any decisions; the accepted ones are passed over.
        day: today.
        project: the project that the rows are to hold for; empty for all.
        name: what the mapping set is called in its identifier.
    """
    waiting = (row for decision in decisions if decision.status != "accepted" for row in rows_of(decision, day, project))
    return rows_text(name, dict.fromkeys(waiting))
