"""A Row: one thing that a person (or kg, waiting for a person) says about a text and a term; one line of an SSSOM file."""

from __future__ import annotations

import dataclasses
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, Self

from kg.curie import expand, is_iri
from kg.terms.normalise import key

if TYPE_CHECKING:
    from datetime import date

RowStatus = Literal["accepted", "rejected", "review", "automatic"]
Relation = Literal["exact", "close", "broad", "narrow"]

NO_TERM = ""
"""What ``Row.curie`` is when the text names no term at all."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One decision about one text (or accession) and one term; several accepted rows of a text are a set.

    Attributes:
        text: the words of the source as they stand there; empty when the row is about an accession alone.
        field: resolver field that the row is good for; empty for any.
        project: name of the project or source that it is good for; empty for any.
        context: sorted ``(field, text)`` pairs that must stand beside the text, such as ``(("organism", "Danio rerio"),)``.
        accession: the accession that must stand beside the text, as the source spells it; empty when it does not matter.
        curie: the term; ``NO_TERM`` says that the text names none.
        label: label of the term, for people.
        status: ``accepted`` (the text is this term), ``rejected`` (never this term), ``review`` (waits for a person),
            ``automatic`` (kg decided by itself; only listed).
        relation: what the term is to the text; ``broad`` when it means more than the text.
        tier: the step of the resolver that proposed it; empty where a person came up with it.
        score: 0 to 1, or None.
        ontology: name and version that the term was read from.
        authors: who decided, as names or as CURIEs or IRIs such as ``orcid:0000-0002-1825-0097``.
        reviewers: who confirmed it.
        day: when it was decided.
        why: a remark for people.
        candidates: CURIEs that were offered for the text, best first.
        justification: SSSOM's word for how it was found, such as ``semapv:MappingReview``; empty to have it derived.
        tool: software that proposed it.
        extra: cells of further columns, kept and written back as they are.
        file: where the row was read; empty for a new one.
        number: its row there, counted as a spreadsheet does, lines of metadata included.
    """

    text: str = ""
    field: str = ""
    project: str = ""
    context: tuple[tuple[str, str], ...] = ()
    accession: str = ""
    curie: str = NO_TERM
    label: str = dataclasses.field(default="", compare=False)
    status: RowStatus = "accepted"
    relation: Relation = "exact"
    tier: str = ""
    score: float | None = None
    ontology: str = ""
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    day: date | None = None
    why: str = ""
    candidates: tuple[str, ...] = ()
    justification: str = dataclasses.field(default="", compare=False)
    tool: str = ""
    extra: tuple[tuple[str, str], ...] = dataclasses.field(default=(), compare=False)
    file: str = dataclasses.field(default="", compare=False)
    number: int = dataclasses.field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Return the key under which the text is filed."""
        return key(self.text)

    @property
    def place(self) -> str:
        """Return the name of the file and the row, for people; empty for a row that was never read."""
        return f"{PurePath(self.file).name} row {self.number}" if self.file else ""

    @property
    def person(self) -> str:
        """Return who decided: the IRI of a person who is named by an identifier, else the name; never empty."""
        named = (*self.authors, *self.reviewers)
        if not named:
            return f"an unnamed curator ({PurePath(self.file).name})" if self.file else "an unnamed curator"
        first = named[0]
        return first if "//" in first and is_iri(first) else expand(first) or first

    def with_term(
        self,
        curie: str,
        *,
        label: str = "",
        relation: Relation = "exact",
        tier: str = "",
        score: float | None = None,
        ontology: str = "",
        why: str = "",
    ) -> Self:
        """Return the row with another term and what is known of it; the remark stays when there is no new one."""
        return dataclasses.replace(
            self, curie=curie, label=label, relation=relation, tier=tier, score=score, ontology=ontology, why=why or self.why
        )

    def decided(
        self, status: RowStatus, who: str, day: date, *, why: str = "", curie: str | None = None, label: str = ""
    ) -> Self:
        """Return the row as a person decides it, for a file of decisions.

        Args:
            status: ``accepted`` or ``rejected``.
            who: the person, as a name or an identifier.
            day: when.
            why: a remark; the present one stays when empty.
            curie: another term than the one offered; ``NO_TERM`` says that the text names none.
            label: label of that other term.
        """
        changed = dataclasses.replace(
            self, status=status, authors=(who,), day=day, why=why or self.why, justification="", file="", number=0
        )
        if curie is None or curie == self.curie:
            return changed
        return changed.with_term(curie, label=label)
