"""The curated tier: what a person has decided about a text comes before anything that kg finds by itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from kg.problem import Problem
from kg.term import Decision, Match, Term
from kg.terms.decided.row import NO_TERM, Relation, Row
from kg.terms.files.facts import iri_of
from kg.terms.normalise import key
from kg.terms.resolve.accession import is_empty, normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kg.term import Query, Scope
    from kg.terms.entries import Entry
    from kg.terms.resolve.resolver import Resolver

_SURE, _FOLLOWED = 1.0, 0.9
_SCOPES: Mapping[Relation, Scope] = {"exact": "exact", "close": "related", "broad": "narrow", "narrow": "broad"}
"""What a text is to a term, given what the term is to the text."""

_CALLED: Mapping[Relation, str] = {
    "exact": "is",
    "close": "is near to",
    "broad": "is a kind of",
    "narrow": "is wider than, and stands for,",
}


class Terms(Protocol):
    """What is asked of a term index here; ``kg.terms.TermIndex`` answers it."""

    def entry(self, curie: str) -> Entry | None:
        """Return a term with its state, or None when it is unknown."""
        ...

    def replaced_by(self, curie: str) -> tuple[str, ...]:
        """Return the terms that an obsolete one was replaced by."""
        ...


@dataclass(slots=True)
class _Said:
    """What rows say together: terms that the text is, or that it names none, and terms that it never is."""

    terms: dict[str, Row] = field(default_factory=dict)
    nothing: Row | None = None
    never: dict[str, Row] = field(default_factory=dict)


class CuratedResolver:
    """Answers from rows where one applies, and otherwise from another resolver, without the terms that rows rule out.

    Of the rows that apply the most specific win: first those of the project, then those with more context, then those with the
    accession, then those of the field. Among equals the last word counts, by date and then by place in the files.
    """

    def __init__(self, inner: Resolver, rows: Iterable[Row], terms: Terms, projects: Collection[str] = ()) -> None:
        """Take the resolver to ask otherwise, the rows, the term index, and the names under which this project's rows are."""
        self._inner = inner
        self._terms = terms
        self._by_text: dict[str, list[Row]] = defaultdict(list)
        self._by_accession: dict[str, list[Row]] = defaultdict(list)
        for row in in_order(row for row in rows if row.project in {"", *projects}):
            if row.text.strip():
                self._by_text[row.key].append(row)
            else:
                self._by_accession[_identifier(row.accession)].append(row)

    def resolve(self, query: Query) -> Decision:
        """Return the decision about one query; ``decided_by`` is the person where a row decides."""
        rows = self._applying(query)
        if not rows:
            return self._inner.resolve(query)
        said = _together(rows)
        if said.terms:
            return self._accepted(query, said)
        if said.nothing:
            row = said.nothing
            return Decision(query, "none", (), f"{_told(row)}: {_shown(row)} names no term{_remark(row)}", row.person, row.day)
        return _without(self._inner.resolve(query), said.never)

    def _applying(self, query: Query) -> list[Row]:
        rows = self._by_text.get(key(query.text), []) if self._by_text else []
        given = "" if is_empty(query.accession) else _identifier(query.accession, query.ontology)
        if given and self._by_accession:
            rows = [*rows, *self._by_accession.get(given, ())]
        if not rows:
            return rows
        beside = {(name, key(text)) for name, text in query.context}
        return [
            row
            for row in rows
            if row.field in {"", query.field}
            and (not row.accession or _identifier(row.accession) == given)
            and all((name, key(text)) in beside for name, text in row.context)
        ]

    def _accepted(self, query: Query, said: _Said) -> Decision:
        matches: list[Match] = []
        gone = False
        for curie, row in said.terms.items():
            entry = self._terms.entry(curie)
            why = f"{_told(row)}: {_shown(row)} {_CALLED[row.relation]} {curie}{_named(entry, row)}{_remark(row)}"
            if entry and entry.obsolete:
                gone = True
                matches += self._followed(row, entry, why)
                continue
            if entry is None:
                why += "; the local index does not hold it"
            term = entry.term if entry else Term(curie, row.label, iri_of(curie))
            matches.append(_match(row, term, _SURE, why, entry.ontology if entry else row.ontology))
        whys = "; ".join(dict.fromkeys(match.why for match in matches))
        first = next(iter(said.terms.values()))
        return Decision(query, "review" if gone else "accepted", tuple(matches), whys, first.person, first.day)

    def _followed(self, row: Row, entry: Entry, why: str) -> Iterator[Match]:
        """Yield what took the place of a term that is obsolete by now, for a person to confirm, else the term itself."""
        after = self._terms.replaced_by(entry.term.curie)
        why += f"; it is obsolete by now ({entry.ontology}), " + (
            f"replaced by {', '.join(after)}" if after else "and nothing replaced it"
        )
        for curie in after or (entry.term.curie,):
            found = self._terms.entry(curie)
            term = found.term if found else Term(curie, "", iri_of(curie))
            yield _match(row, term, _FOLLOWED, why, found.ontology if found else "")


def check_rows(rows: Iterable[Row], terms: Terms, fields: Collection[str] = ()) -> tuple[Problem, ...]:
    """Return what is wrong with rows today: obsolete terms, fields that do not exist, rows that a later one contradicts.

    Args:
        rows: the rows of all files.
        terms: the term index.
        fields: the fields of the schema; none are checked when empty.
    """
    problems = []
    ordered = [row for row in in_order(rows) if row.status in {"accepted", "rejected"}]
    for row in ordered:
        entry = terms.entry(row.curie) if row.curie and row.status == "accepted" else None
        if entry and entry.obsolete:
            after = ", ".join(terms.replaced_by(row.curie))
            repair = f"{after} is offered for review" if after else "the text waits for a person"
            found = f"{row.curie}, which is obsolete in {entry.ontology}"
            problems.append(_problem(row, "decision-obsolete", "object_id", found, "a term in use", repair))
        if fields and row.field and row.field not in fields:
            expected = f"one of {', '.join(sorted(fields))}, or nothing for any"
            problems.append(
                _problem(row, "decision-field", "subject_category", repr(row.field), expected, "the row is never used")
            )
    for _, same in groupby(sorted(ordered, key=_subject), key=_subject):
        problems += _contradictions(in_order(same))
    return tuple(sorted(problems, key=lambda problem: (problem.source, problem.rows)))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows by date, the undated ones first; those of one day stay in their order."""
    return sorted(rows, key=lambda row: row.day or date.min)


def _contradictions(rows: list[Row]) -> Iterator[Problem]:
    for place, row in enumerate(rows):
        later = next((other for other in rows[place + 1 :] if _contradicts(row, other)), None)
        if later:
            found = f"{row.curie or 'no term'} {row.status} for {_shown(row)}"
            expected = f"what {later.place or 'a later row'} says: {later.curie or 'no term'} {later.status}"
            yield _problem(row, "decision-contradicted", "object_id", found, expected, "the later row is used")
        other = next((other for other in rows[place + 1 :] if _differs(row, other)), None)
        if other:
            found = f"{row.curie} by {row.person}, {other.curie} by {other.person} for {_shown(row)}"
            yield _problem(row, "decision-differs", "object_id", found, "people who agree", "both terms are used, as a set")


def _contradicts(row: Row, later: Row) -> bool:
    if row.curie == later.curie:
        return row.status != later.status
    return row.status == later.status == "accepted" and NO_TERM in {row.curie, later.curie}


def _differs(row: Row, other: Row) -> bool:
    """Say whether two people chose different terms; one person who names several means a set."""
    accepted = row.status == other.status == "accepted" and NO_TERM not in {row.curie, other.curie}
    return accepted and row.curie != other.curie and row.person != other.person


def _together(rows: list[Row]) -> _Said:
    """Return what rows say together, each specificity overruling those below it."""
    said = _Said()
    for _, equals in groupby(sorted(rows, key=_specificity), key=_specificity):
        level = _Said()
        for row in equals:
            _hear(level, row)
        said.never = {curie: row for curie, row in (said.never | level.never).items() if curie not in level.terms}
        if level.terms or level.nothing:
            said.terms, said.nothing = level.terms, level.nothing
        else:
            said.terms = {curie: row for curie, row in said.terms.items() if curie not in level.never}
    return said


def _hear(said: _Said, row: Row) -> None:
    if row.status == "rejected":
        said.terms.pop(row.curie, None)
        said.never[row.curie] = row
    elif row.status == "accepted" and row.curie == NO_TERM:
        said.terms.clear()
        said.nothing = row
    elif row.status == "accepted":
        said.terms[row.curie] = row
        said.never.pop(row.curie, None)
        said.nothing = None


def _without(decision: Decision, never: Mapping[str, Row]) -> Decision:
    gone = [match.term.curie for match in decision.matches if match.term.curie in never]
    if not gone:
        return decision
    rest = tuple(match for match in decision.matches if match.term.curie not in never)
    ruled = "; ".join(f"{_told(never[curie])}: {_shown(never[curie])} is not {curie}{_remark(never[curie])}" for curie in gone)
    why = f"{decision.why}; but {ruled}"
    if rest:
        return replace(decision, status="review", matches=rest, why=why)
    return Decision(decision.query, "none", (), why, never[gone[0]].person, never[gone[0]].day)


def _specificity(row: Row) -> tuple[bool, int, bool, bool]:
    return bool(row.project), len(row.context), bool(row.accession), bool(row.field)


def _subject(row: Row) -> tuple[str, ...]:
    context = (part for name, text in row.context for part in (name, key(text)))
    return row.project, row.field, row.key, _identifier(row.accession), *context


def _identifier(accession: str, ontology: str = "") -> str:
    return normalise(accession, ontology).curie or key(accession)


def _match(row: Row, term: Term, score: float, why: str, ontology: str) -> Match:
    return Match(term, score, "curated", why, row.text.strip() or row.accession, _SCOPES[row.relation], ontology)


def _told(row: Row) -> str:
    who = ", ".join(row.authors or row.reviewers) or "a curator"
    day = f" on {row.day.isoformat()}" if row.day else ""
    return f"{who} decided{day}{f' ({row.place})' if row.place else ''}"


def _shown(row: Row) -> str:
    return repr(row.text.strip()[:80] or row.accession)


def _named(entry: Entry | None, row: Row) -> str:
    label = entry.term.label if entry else row.label
    return f" {label!r}" if label else ""


def _remark(row: Row) -> str:
    return f" ({row.why[:200]})" if row.why else ""


def _problem(row: Row, code: str, column: str, found: str, expected: str, repair: str) -> Problem:
    return Problem(row.file, code, found, expected, column, (row.number,) if row.number else (), 1, repair)
