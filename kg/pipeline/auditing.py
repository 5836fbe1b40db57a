"""Auditing: what a source says of its own terms is looked over column by column, told, and repaired where a policy allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from kg.mapping import ColumnTexts, Tally, TextAt
from kg.schema import Branch
from kg.term import REPAIRED, Decision, Match, Query, Term
from kg.terms import Audited, Finding, TermIndex, audit, repaired
from kg.terms.resolve import accession

_FIRST_ROWS = 5


@dataclass(slots=True)
class _Pair:
    """The cells of one column that hold the same text and accession."""

    first: TextAt
    keys: dict[str, TextAt] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    organisms: set[str] = field(default_factory=set)
    count: int = 0


class Auditor:
    """Looks over term columns, notes what it finds, and answers with the repairs that a policy allows."""

    def __init__(
        self, index: TermIndex, fields: Mapping[str, tuple[Branch, ...]], policy: Collection[str], tally: Tally, agent: str
    ) -> None:
        """Take what to look at.

        Args:
            index: the term index.
            fields: branches of each field.
            policy: kinds of findings that may be repaired without a person.
            tally: findings are noted there as Problems.
            agent: the name to sign repairs with.
        """
        self._index, self._fields, self._policy, self._tally, self._agent = index, fields, policy, tally, agent

    def __call__(self, column: ColumnTexts) -> Mapping[str, Decision]:
        """Return what is decided instead about some keys of a column; empty where nothing may be repaired."""
        pairs: dict[tuple[str, str], _Pair] = {}
        for text in column.texts:
            if not accession.is_empty(text.accession):
                pair = pairs.setdefault((text.text, text.accession), _Pair(text))
                pair.keys[text.key] = text
                pair.count += text.count
                pair.organisms.add(text.organism)
                if len(pair.rows) < _FIRST_ROWS:
                    pair.rows.append(text.row)
        decisions: dict[str, Decision] = {}
        for finding in audit(self._audited(column, pairs), self._index, self._fields):
            done = repaired(finding, self._policy)
            if _is_worth_telling(finding) or done.terms:
                self._tally.note(done.problem)
            for named, term in done.terms.items():
                for text in pairs[named].keys.values():
                    decisions[text.key] = self._decision(column.field, text, term, finding)
        return decisions

    def _audited(self, column: ColumnTexts, pairs: Mapping[tuple[str, str], _Pair]) -> Iterator[Audited]:
        prefixes = tuple(dict.fromkeys(branch.ontology for branch in self._fields.get(column.field, ())))
        for (text, given), pair in pairs.items():
            meant = accession.normalise(given, pair.first.ontology, prefixes).curie
            organism = next(iter(pair.organisms)) if len(pair.organisms) == 1 else ""
            name = column.column or column.accession_column
            rows = tuple(pair.rows)
            yield Audited(column.field, name, column.key, text, given, meant, rows, pair.count, organism, pair.first.ontology)

    def _decision(self, field_name: str, text: TextAt, term: Term, finding: Finding) -> Decision:
        why = f"{REPAIRED}{finding.kind}): {finding.found}; {term.curie} {term.label!r} stands for it, as the policy allows"
        match = Match(term, finding.certainty, "accession", why, text.accession)
        query = Query(field_name, text.text, text.accession, text.ontology)
        return Decision(query, "accepted", (match,), why, self._agent)


def _is_worth_telling(finding: Finding) -> bool:
    """Say whether a finding says more than that a term is not in the index, which its Decision says as well."""
    return finding.kind != "label-accession" or finding.problem().severity != "info"
