"""What is audited and what is found: Audited and Finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from kg.problem import Problem, Severity
from kg.term import Term

Kind = Literal["fill-down", "label-accession", "prefix", "obsolete", "taxon", "near-root", "typo"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""All kinds of finding, as a policy names them."""

SHOWN_ROWS = 20

_PROPOSALS: Mapping[Kind, str] = MappingProxyType({
    "fill-down": "proposed for all of them",
    "label-accession": "proposed by the text",
    "prefix": "proposed",
    "obsolete": "its replacement",
    "taxon": "proposed for the organism",
    "near-root": "proposed",
    "typo": "proposed by the text",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Audited:
    """One distinct pair of a text and an accession in one column of a source.

    Attributes:
        field: resolver field of the slot that the column fills.
        column: header of the text's column.
        source: key of the source, as shown to people.
        text: the words of the source; may be empty.
        accession: the accession as the source spells it.
        curie: what the accession means, as ``accession.normalise`` gives it; None when it means nothing that is known.
        rows: the first rows that have the pair, counted as a spreadsheet does.
        count: how many rows have it.
        organism: the organism of these rows, by name or CURIE; empty when there is none or when the rows differ in it.
        ontology: the source's own word for the ontology, its ``Term Source REF``; may be empty.
    """

    field: str
    column: str
    source: str
    text: str
    accession: str
    curie: str | None
    rows: tuple[int, ...] = ()
    count: int = 1
    organism: str = ""
    ontology: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """Return text and accession, which name a cell within its column."""
        return self.text, self.accession

    @property
    def prefix(self) -> str:
        """Return the prefix of the CURIE, or an empty text."""
        return (self.curie or "").partition(":")[0]

    @property
    def shown(self) -> str:
        """Return the accession as people see it: the CURIE, else the source's own spelling."""
        return self.curie or repr(self.accession.strip()[:60])


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found in a column; one finding may concern many pairs.

    Attributes:
        kind: what is wrong.
        source: key of the source.
        column: header of the text's column.
        rows: the first rows concerned.
        found: what stands there, as part of a sentence.
        expected: what should stand there, as part of a sentence.
        proposal: the term to put in the place of the accessions of ``pairs``; an empty text when nothing is proposed.
        certainty: 0 to 1; how sure it is that this is wrong and, where there is a proposal, that the proposal is right.
        pairs: the texts and accessions concerned, as the source spells them, in the order of its rows.
        count: in how many rows.
    """

    kind: Kind
    source: str
    column: str
    rows: tuple[int, ...]
    found: str
    expected: str
    proposal: Term | str
    certainty: float
    pairs: tuple[tuple[str, str], ...]
    count: int = 1

    def problem(self) -> Problem:
        """Return the finding as a Problem; its repair says what is proposed, never that it was done."""
        offered = f"{shown(self.proposal)} is {_PROPOSALS[self.kind]}" if self.proposal else ""
        return self._problem(offered)

    def done(self, what: str) -> Problem:
        """Return the finding as a Problem that says what was done about it."""
        return self._problem(what)

    def _problem(self, repair: str) -> Problem:
        severity: Severity = "info" if self.kind == "near-root" or self.certainty < _DOUBTFUL else "warning"
        return Problem(
            source=self.source,
            code=self.kind,
            found=self.found,
            expected=self.expected,
            column=self.column,
            rows=self.rows,
            count=self.count,
            repair=repair,
            severity=severity,
        )


_DOUBTFUL = 0.5


def shown(term: Term | str) -> str:
    """Return a term as people see it: CURIE and label.

    >>> shown(Term("EFO:0001185", "HeLa")), shown(Term("EFO:0001185")), shown("HeLa")
    ("EFO:0001185 'HeLa'", 'EFO:0001185', 'HeLa')
    """
    if isinstance(term, str):
        return term
    return f"{term.curie} {term.label!r}" if term.label else term.curie


def finding(
    kind: Kind, cells: tuple[Audited, ...], found: str, expected: str, proposal: Term | str = "", certainty: float = 1.0
) -> Finding:
    """Return the finding about pairs of one column; there must be at least one."""
    rows = sorted({row for cell in cells for row in cell.rows})[:SHOWN_ROWS]
    return Finding(
        kind=kind,
        source=cells[0].source,
        column=cells[0].column,
        rows=tuple(rows),
        found=found,
        expected=expected,
        proposal=proposal,
        certainty=certainty,
        pairs=tuple(dict.fromkeys(cell.pair for cell in cells)),
        count=sum(cell.count for cell in cells),
    )
