"""Term, Match and Decision: what a text may mean, why, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Tier = Literal["curated", "memory", "accession", "label", "synonym", "variant", "ngram", "ols", "embedding", "none"]
REPAIRED = "repaired ("
"""How the reason of a decision begins that an audit has put in the place of what the source gave."""
Status = Literal["accepted", "review", "none"]
Scope = Literal["label", "exact", "narrow", "broad", "related"]


@dataclass(frozen=True, slots=True)
class Term:
    """An ontology class; its CURIE is its identity, the label is for people.

    Attributes:
        curie: for example ``FBbi:00000251``; the prefix is spelt as in the registry.
        label: preferred label; empty when the ontology gives none.
        iri: full IRI that goes into the graph.
    """

    curie: str
    label: str = field(default="", compare=False)
    iri: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Match:
    """One answer to "which term is meant by this text?".

    Attributes:
        term: the term proposed.
        score: 0 to 1; comparable only between matches of one resolver.
        tier: the step that found it.
        why: one sentence for people.
        matched: the label, synonym or accession that was hit.
        scope: what ``matched`` is to the term.
        ontology: name and version that the term was read from.
    """

    term: Term
    score: float
    tier: Tier
    why: str
    matched: str = ""
    scope: Scope = "label"
    ontology: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a resolver: a text in a field, with what stands beside it.

    Attributes:
        field: resolver field of the schema slot, such as ``imaging_method``.
        text: the words of the source; may be empty when there is an accession only.
        accession: the accession as the source spells it, such as ``Fbbi_00000246`` or ``9606``; may be empty.
        ontology: the source's own word for the ontology (a ``Term Source REF``); may be empty.
        context: sorted ``(field, text)`` pairs of the same record, such as ``(("organism", "Danio rerio"),)``.
    """

    field: str
    text: str = ""
    accession: str = ""
    ontology: str = ""
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen for a text in a field, by what, against which ontology version.

    Attributes:
        query: what was asked.
        status: ``accepted``, ``review`` (candidates wait for a person) or ``none``.
        matches: the terms chosen when accepted (a set: one text can mean several), else the candidates, best first.
        why: one sentence; for ``none`` the reason for abstaining.
        decided_by: ``kg`` with its version, or the person of a curated row.
        decided_at: day of a curated row; None where it has none, and for what kg decides, which is as old as its source record.
    """

    query: Query
    status: Status
    matches: tuple[Match, ...]
    why: str
    decided_by: str
    decided_at: date | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the accepted terms; empty unless the status is ``accepted``."""
        return tuple(match.term for match in self.matches) if self.status == "accepted" else ()
