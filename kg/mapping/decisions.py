"""Decisions: each distinct term text of a source is resolved once, and what was chosen becomes a resource of its graph."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.curie import expand, is_iri
from kg.mapping.cast import XSD, literal
from kg.mapping.fragments import SEPARATOR
from kg.schema import Schema
from kg.term import Decision, Query

Resolve = Callable[[Sequence[Query]], Mapping[Query, Decision]]
"""What a mapping needs of a resolver: a Decision for each Query, asked in bulk."""


@dataclass(frozen=True, slots=True)
class TermCell:
    """What a cell turns into: the objects of its slot, and the Decision about it."""

    objects: str
    decision: str
    accepted: bool


def term_iri(curie: str, iri: str) -> str:
    """Return the IRI of a term; a term without one is named by its CURIE."""
    return iri or expand(curie) or curie


def _query(field: str, key: str) -> Query:
    text, accession, ontology = key.split(SEPARATOR, 2)
    return Query(field, text, accession, ontology)


class Decisions:
    """Asks the resolver for what it has not yet asked, and writes each Decision once per source."""

    def __init__(self, schema: Schema, resolve: Resolve, agent: str) -> None:
        """``agent`` is the IRI of the software that decides where no person did."""
        self._resolve = resolve
        self._agent = agent
        self._known: dict[tuple[str, str], tuple[Query, Decision]] = {}
        self._written: set[tuple[str, str]] = set()
        self._pending: list[tuple[str, Query, Decision, str]] = []
        slots = schema.class_("Decision").slots
        self._iri = {name: f"<{slot.iri}>" for name, slot in slots.items()}
        self._class = schema.class_("Decision").iri

    def cells(self, field: str, source: str, keys: Iterable[str]) -> dict[str, TermCell]:
        """Return what each look-up key (text, accession, ontology) of a field turns into in one source."""
        wanted = list(keys)
        queries = {key: _query(field, key) for key in wanted if (field, key) not in self._known}
        if queries:
            answers = self._resolve(list(queries.values()))
            self._known.update(((field, key), (query, answers[query])) for key, query in queries.items())
        cells = {}
        for key in wanted:
            query, decision = self._known[field, key]
            name = f"{source}/decision/{self._digest(field, key)}"
            if (field, name) not in self._written:
                self._written.add((field, name))
                self._pending.append((source, query, decision, name))
            objects = ",".join(
                f"<{iri}>" for iri in dict.fromkeys(term_iri(t.curie, t.iri) for t in decision.terms) if is_iri(iri)
            )
            cells[key] = TermCell(objects, name, decision.status == "accepted")
        return cells

    @staticmethod
    def _digest(field: str, key: str) -> str:
        return hashlib.sha256(f"{field}{SEPARATOR}{key}".encode()).hexdigest()[:16]

    def flush(self) -> list[tuple[str, str, Decision]]:
        """Return the new Decisions as (source IRI, TriG block, Decision) and forget them."""
        blocks = [
            (source, self._block(source, query, decision, name), decision) for source, query, decision, name in self._pending
        ]
        self._pending = []
        return blocks

    def _block(self, source: str, query: Query, decision: Decision, name: str) -> str:
        said = [f"<{source}>{{<{name}> a <{self._class}>;"]

        def say(slot: str, *objects: str) -> None:
            if objects:
                said.append(f"{self._iri[slot]}{','.join(dict.fromkeys(objects))};")

        say("derived_from", f"<{source}>")
        say("field", literal(query.field))
        for slot, text in (
            ("source_text", query.text),
            ("source_accession", query.accession),
            ("source_ontology", query.ontology),
        ):
            if text:
                say(slot, literal(text))
        say("decision_status", literal(decision.status))
        say("why", literal(decision.why))
        terms = [f"<{iri}>" for m in decision.matches if is_iri(iri := term_iri(m.term.curie, m.term.iri))]
        say("chosen_term" if decision.status == "accepted" else "candidates", *terms)
        if decision.status == "accepted" and decision.matches:
            say("chosen_label", *(literal(m.term.label) for m in decision.matches if m.term.label))
            say("tier_of_decision", literal(decision.matches[0].tier))
            say("score", literal(f"{decision.matches[0].score:.4f}".rstrip("0").rstrip("."), XSD + "decimal"))
        for match in decision.matches:
            if match.matched:
                say("matched_text", literal(match.matched))
            if match.ontology:
                say("ontology_version", literal(match.ontology))
        say("decided_by", f"<{decision.decided_by if is_iri(decision.decided_by) else self._agent}>")
        said.append("}\n")
        return "".join(said)
