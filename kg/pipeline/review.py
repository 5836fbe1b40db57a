"""Review: texts that wait for a person, what the person says, and the graph as it is after that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from kg.errors import TermError, UsageError
from kg.pipeline.correct import Corrected, correct
from kg.pipeline.decided import decided_rows
from kg.pipeline.waiting import Look, Waiting, review_id
from kg.problem import Problem
from kg.schema import Schema
from kg.store import Store
from kg.term import Query, Term
from kg.terms import Composed, resolve_all
from kg.terms.decided import NO_TERM, Row, append_rows, read_rows, rows_of, rows_text, write_rows
from kg.terms.normalise import key
from kg.terms.resolve.accession import normalise


class Review:
    """A store, the term index and the file of decisions, under the eyes of a person."""

    def __init__(self, store: Store, whole: Composed, schema: Schema, file: Path, *, agent: str) -> None:
        """Take what is reviewed.

        Args:
            store: the store.
            whole: the resolver with the term index that the store was harmonized with, or a newer one.
            schema: the schema.
            file: where the decisions of people stand; made with the first one.
            agent: IRI of this software.
        """
        self._store, self._index, self._schema, self._file = store, whole.index, schema, file
        self._agent, self._whole = agent, whole

    def waiting(self, statuses: Collection[str] = ("review",), field: str = "", limit: int | None = None) -> list[Waiting]:
        """Return the texts with these statuses, those of most records first; none for an empty store."""
        generation = self._store.current
        if generation is None:
            return []
        self._check_field(field)
        wanted = set(statuses)
        groups = Look(generation, self._schema).groups(
            lambda asked, there: field in {"", asked[0]} and not wanted.isdisjoint(there)
        )
        found = [group for group in groups if group.status in wanted]
        found.sort(key=lambda group: (-group.records, group.field, group.text, group.accession))
        rows, _ = decided_rows(self._file)
        resolver = self._whole.listening_to(rows)
        shown = []
        for group in found[:limit]:
            now = resolver.resolve(Query(group.field, group.text, group.accession))
            rank = {match.term.curie: place for place, match in enumerate(now.matches)}
            terms = [self._index.term(t.curie) or t for t in group.terms]
            shown.append(replace(group, terms=tuple(sorted(terms, key=lambda t: (rank.get(t.curie, len(rank)), t.curie)))))
        return shown

    def find(self, name: str) -> Waiting:
        """Return the one text whose id starts like this; raises UsageError when there is none, or more than one."""
        generation = self._store.current
        look = Look(generation, self._schema) if generation else None
        found = list(look.groups(lambda asked, _: review_id(*asked).startswith(name.lower()))) if look and name else []
        if len(found) != 1:
            several = ", ".join(group.id for group in found[:5])
            raise UsageError(name, f"stands for {several}; write more of it" if found else "is no id that kg review list shows")
        return found[0]

    def row(self, field: str, text: str, accession: str = "", *, project: str = "") -> Row:
        """Return an undecided row about a text; raises UsageError for a field that the schema does not have."""
        self._check_field(field)
        return Row(text=text, field=field, accession=accession, project=project, status="review")

    def placed(self, field: str, said: str, *, unchecked: bool = False, anyway: bool = False) -> Row:
        """Return the term that a person named as a row with nothing else, or say why it cannot be taken.

        Args:
            field: resolver field.
            said: the term, in any of the usual spellings.
            unchecked: take a term that the index does not hold.
            anyway: take a term that stands elsewhere than the field asks for, or is obsolete.

        Raises:
            TermError: it is no term, it is unknown, obsolete, or stands outside the field's branches.
        """
        meant = normalise(said)
        if meant.curie is None:
            raise TermError(said, f"expected a term such as FBbi:00000251; {meant.why}")
        entry = self._index.entry(meant.curie)
        if entry is None:
            if not unchecked:
                raise TermError(meant.curie, "the term index does not hold this term; --unchecked takes it all the same")
            return Row(curie=meant.curie)
        if entry.obsolete and not anyway:
            after = ", ".join(self._index.replaced_by(meant.curie) or self._index.consider(meant.curie))
            instead = f"; use {after}" if after else ""
            raise TermError(meant.curie, f"{entry.term.label!r} is obsolete{instead}; --anyway takes it all the same")
        if not anyway:
            self._check_branch(field, entry.term)
        return Row(curie=meant.curie, label=entry.term.label, ontology=entry.ontology)

    def decide(self, rows: Sequence[Row]) -> Corrected:
        """Write a person's rows into the file of decisions and correct the graph; either both happen or neither.

        Earlier rows about the same text that say otherwise are taken out.

        Raises:
            TermError: the file cannot be read or written, or holds rows that cannot be used and would be lost.
            StoreError: another job writes, or the store cannot be written.
        """
        with self._store.writing():
            present, problems = decided_rows(self._file)
            kept = [row for row in present if not _overruled(row, rows)]
            new = [row for row in rows if row not in kept]
            if len(kept) == len(present):
                # Also where all of it stands there already: a run that was killed may have left the graph behind.
                return self._changed([*kept, *new], rows, partial(append_rows, self._file, new) if new else None)
            self._must_be_whole(problems)
            return self._changed([*kept, *new], rows, partial(write_rows, self._file, [*kept, *new]))

    def undo(self, about: Row) -> Corrected:
        """Take out what people decided about a text (or about one term of it), and ask kg again.

        Raises:
            UsageError: nobody decided anything about it.
            TermError: as for ``decide``.
            StoreError: as for ``decide``.
        """
        with self._store.writing():
            present, problems = decided_rows(self._file)
            gone = [row for row in present if _scope(row) == _scope(about) and about.curie in {NO_TERM, row.curie}]
            if not gone:
                raise UsageError(about.text or about.accession, f"there is no decision about it in {self._file.name}")
            self._must_be_whole(problems)
            kept = [row for row in present if row not in gone]
            return self._changed(kept, gone, partial(write_rows, self._file, kept))

    def apply(self, *, everything: bool = False) -> Corrected:
        """Bring the graph in line with the file of decisions; with ``everything``, with the term index of today, too.

        Raises:
            TermError: the file cannot be read.
            StoreError: as for ``decide``.
        """
        with self._store.writing():
            rows, _ = decided_rows(self._file)
            generation = self._store.current
            personal = Look(generation, self._schema).of_people(self._agent) if generation else frozenset()
            about = _about(rows)
            return self._correct(rows, lambda query: everything or query in personal or about(query))

    def exported(self, statuses: Collection[str], name: str, *, project: str = "", day: date) -> str:
        """Return a table for a spreadsheet: the texts with these statuses and the terms that kg offers for them."""
        rows, _ = decided_rows(self._file)
        resolver = self._whole.listening_to(rows)
        asked = (Query(group.field, group.text, group.accession) for group in self.waiting(statuses))
        return rows_text(name, [row for query in asked for row in rows_of(resolver.resolve(query), day, project)])

    def taken_in(
        self, path: Path, who: str, day: date, *, unchecked: bool = False, anyway: bool = False
    ) -> tuple[list[Row], list[Problem]]:
        """Return the rows of an edited table that a person has decided and that are new, and what is wrong with others.

        Raises:
            TermError: the file cannot be read, or is no SSSOM table.
        """
        rows, problems = read_rows(path)
        present, _ = decided_rows(self._file)
        known = {(_scope(row), row.curie, row.status) for row in present}
        good, bad = [], list(problems)
        for row in rows:
            if row.status not in {"accepted", "rejected"} or (_scope(row), row.curie, row.status) in known:
                continue
            try:
                self._check_field(row.field)
                term = self.placed(row.field, row.curie, unchecked=unchecked, anyway=anyway) if row.curie else Row()
            except (TermError, UsageError) as error:
                expected = "a term that the field takes, in a field of the schema"
                where = (row.number,) if row.number else ()
                bad.append(Problem(path.name, "decision-row", str(error), expected, "", where, 1, "left out", "error"))
                continue
            offered = {} if row.curie in row.candidates else {"tier": "", "score": None}
            decided = replace(row, label=term.label, ontology=term.ontology, tool="", **offered)  # type: ignore[arg-type]
            good.append(decided.decided(row.status, who, day))
        return good, bad

    def _changed(self, rows: Sequence[Row], new: Sequence[Row], write: Callable[[], None] | None) -> Corrected:
        """Write the file, then correct the graph; the file is as before when that fails."""
        before = self._file.read_bytes() if self._file.exists() else None
        if write:
            write()
        try:
            return self._correct(rows, _about(new))
        except BaseException:
            if before is None:
                self._file.unlink(missing_ok=True)
            else:
                self._file.write_bytes(before)
            raise

    def _correct(self, rows: Iterable[Row], concerned: Callable[[Query], bool]) -> Corrected:
        resolver = self._whole.listening_to(rows)
        resolve = partial(resolve_all, resolver)
        return correct(self._store, self._schema, self._index, resolve, concerned=concerned, agent=self._agent)

    def _must_be_whole(self, problems: Sequence[Problem]) -> None:
        if problems:
            raise TermError(str(self._file), f"has rows that cannot be used and would be lost; mend them first: {problems[0]}")

    def _check_field(self, field: str) -> None:
        if field and field not in self._schema.fields:
            raise UsageError(field, f"no such field; the fields are {', '.join(sorted(self._schema.fields))}")

    def _check_branch(self, field: str, term: Term) -> None:
        branches = self._schema.fields.get(field, ())
        prefix = term.curie.partition(":")[0]
        if any(b.ontology == prefix and (not b.roots or self._index.is_below(term.curie, b.roots)) for b in branches):
            return
        above = sorted(self._index.ancestors(term.curie).items(), key=lambda item: (item[1], item[0]))[:3]
        named = [f"{curie} {found.label!r}" for curie, _ in above if (found := self._index.term(curie))]
        stands = f"stands below {', '.join(named)}" if named else f"stands at the top of {prefix}"
        asked = ", ".join(f"{b.ontology} below {' or '.join(b.roots)}" if b.roots else b.ontology for b in branches)
        what = f"{term.label!r} {stands}; the field {field} takes terms of {asked}; --anyway takes it all the same"
        raise TermError(term.curie, what)


def _scope(row: Row) -> tuple[object, ...]:
    return row.project, row.field, row.key, normalise(row.accession).curie or key(row.accession), row.context


def _overruled(row: Row, new: Iterable[Row]) -> bool:
    """Say whether new rows about the same text take the place of one: another word on its term, or another term instead."""
    same = [other for other in new if _scope(other) == _scope(row) and other != row]
    return any(other.curie == row.curie or row.status == other.status == "accepted" for other in same) and row not in new


def _about(rows: Iterable[Row]) -> Callable[[Query], bool]:
    """Return what says whether rows can concern a query."""
    texts: dict[str, set[str]] = defaultdict(set)
    accessions: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        into, name = (
            (texts, row.key) if row.text.strip() else (accessions, normalise(row.accession).curie or key(row.accession))
        )
        into[name].add(row.field)

    def concerns(query: Query) -> bool:
        meant = normalise(query.accession, query.ontology).curie or key(query.accession)
        return bool({"", query.field} & (texts.get(key(query.text), set()) | accessions.get(meant, set())))

    return concerns
