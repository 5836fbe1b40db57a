"""Decisions: each distinct term text of a source is resolved once, and what was chosen becomes a resource of its graph."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kg.curie import base_iri, encode, expand, is_iri
from kg.mapping.audit import Audit, ColumnTexts
from kg.mapping.cast import XSD, literal
from kg.mapping.check import Check
from kg.mapping.fragments import PAIR, SEPARATOR, query_of
from kg.schema import Schema
from kg.term import Decision, Query

Resolve = Callable[[Sequence[Query]], Mapping[Query, Decision]]
"""What a mapping needs of a resolver: a Decision for each Query, asked in bulk."""
Wants = Callable[[str], tuple[str, ...]]
"""Field to the fields of the same record that the resolver looks at beside its texts."""
_UNREPAIRED: Mapping[str, Decision] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TermCell:
    """What a cell turns into: the objects of its slot, and the Decision about it."""

    objects: str
    decision: str
    accepted: bool


def term_iri(curie: str, iri: str) -> str:
    """Return the IRI of a term; a term without one is named by its CURIE."""
    return iri or expand(curie) or curie


def chosen(decision: Decision) -> tuple[str, ...]:
    """Return the IRIs of the accepted terms, each once, as a record points to them."""
    return tuple(iri for iri in dict.fromkeys(term_iri(t.curie, t.iri) for t in decision.terms) if is_iri(iri))


def curator_iri(name: str) -> str:
    """Return the IRI of a person who decides and is known by name only.

    >>> curator_iri("Ada Lovelace")
    'https://w3id.org/bioimage-kg/id/curator/Ada%20Lovelace'
    """
    return f"{base_iri()}curator/{encode(name)}"


class Decisions:
    """Asks the resolver for what it has not yet asked, and writes each Decision once per source and property."""

    def __init__(
        self,
        schema: Schema,
        resolve: Resolve,
        agent: str,
        *,
        wants_context: Wants | None = None,
        audit: Audit | None = None,
        check: Check | None = None,
    ) -> None:
        """Take what decides.

        Args:
            schema: the schema.
            resolve: answers in bulk.
            agent: IRI of the software that decides where no person did.
            wants_context: says which fields of the same record the resolver looks at for a field; None for none anywhere.
            audit: looks over every term column before its texts are decided; None for no audit.
            check: looks at texts of a known kind, such as DOIs, before they are cast; None for no check.
        """
        self.check = check
        self._resolve, self._audit, self._wants = resolve, audit, wants_context
        self._known: dict[tuple[str, str], tuple[Query, Decision]] = {}
        self._repairs: dict[tuple[str, ...], Mapping[str, Decision]] = {}
        self._written: set[str] = set()
        self._pending: list[tuple[Place, Query, Decision]] = []
        self._blocks = Blocks(schema, agent)

    @property
    def audits(self) -> bool:
        """Say whether columns are looked over."""
        return self._audit is not None

    def wants_context(self, field: str) -> tuple[str, ...]:
        """Return the fields of the same record that the resolver looks at for a field; most need none."""
        return self._wants(field) if self._wants is not None else ()

    def repairs(self, column: ColumnTexts) -> Mapping[str, Decision]:
        """Return what an audit decides about some look-up keys of a column, here or in earlier rows; nothing without an audit.

        Raises:
            ValueError: the audit speaks of a key that the column does not have.
        """
        if self._audit is None:
            return _UNREPAIRED
        said = self._audit(column)
        if said and (strange := said.keys() - {text.key for text in column.texts}):
            raise ValueError(f"an audit of {column.key}, {column.column} answers for {sorted(strange)[:3]}, which is not there")
        place = column.source, column.field, column.column, column.accession_column
        if said:
            self._repairs[place] = {**self._repairs.get(place, _UNREPAIRED), **said}
        return self._repairs.get(place, _UNREPAIRED)

    def cells(
        self, field: str, source: str, decides: str, keys: Iterable[str], repairs: Mapping[str, Decision] = _UNREPAIRED
    ) -> dict[str, TermCell]:
        """Return what each look-up key of a field turns into in one source.

        Args:
            field: resolver field.
            source: IRI of the source.
            decides: IRI of the property that takes the term; a text has a Decision for each, so that each can be corrected.
            keys: the look-up keys, as ``fragments.term_keys`` makes them.
            repairs: what is decided about some of them here, whatever the resolver says.
        """
        wanted = list(keys)
        queries = {key: query_of(field, key) for key in wanted if (field, key) not in self._known and key not in repairs}
        if queries:
            answers = self._resolve(list(queries.values()))
            self._known.update(((field, key), (query, answers[query])) for key, query in queries.items())
        return {
            key: self._repaired(field, source, decides, key, repairs[key])
            if key in repairs
            else self._cell(source, decides, (field, key), *self._known[field, key])
            for key in wanted
        }

    def _repaired(self, field: str, source: str, decides: str, key: str, decision: Decision) -> TermCell:
        # The same text may stand unrepaired in another column or batch of the source: a Decision of its own.
        return self._cell(source, decides, (field, key, "repaired", *chosen(decision)), query_of(field, key), decision)

    def _cell(self, source: str, decides: str, named: Sequence[str], query: Query, decision: Decision) -> TermCell:
        name = f"{source}/decision/{self._digest(decides, *named)}"
        if name not in self._written:
            self._written.add(name)
            self._pending.append((Place(source, name, decides), query, decision))
        objects = ",".join(f"<{iri}>" for iri in chosen(decision))
        return TermCell(objects, name, decision.status == "accepted")

    @staticmethod
    def _digest(*parts: str) -> str:
        return hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest()[:16]

    def flush(self) -> list[tuple[str, str, Decision]]:
        """Return the new Decisions as (source IRI, TriG block, Decision) and forget them."""
        pending, self._pending = self._pending, []
        return [(place.source, self._blocks.block(place, query, decision), decision) for place, query, decision in pending]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Decision stands: IRI of its source, its own IRI, and the IRI of the property that it decides."""

    source: str
    name: str
    decides: str


class Blocks:
    """Writes Decisions as TriG, one block each."""

    def __init__(self, schema: Schema, agent: str) -> None:
        """``agent`` is the IRI of the software that decides where no person did."""
        slots = schema.class_("Decision").slots
        self._iri = {name: f"<{slot.iri}>" for name, slot in slots.items()}
        self._class = schema.class_("Decision").iri
        self._agent = agent

    def block(self, place: Place, query: Query, decision: Decision) -> str:
        """Return everything that the graph says of one Decision."""
        said = [f"<{place.source}>{{<{place.name}> a <{self._class}>;"]

        def say(slot: str, *objects: str) -> None:
            if objects:
                said.append(f"{self._iri[slot]}{','.join(dict.fromkeys(objects))};")

        say("derived_from", f"<{place.source}>")
        say("field", literal(query.field))
        say("decides", f"<{place.decides}>")
        for slot, text in (
            ("source_text", query.text),
            ("source_accession", query.accession),
            ("source_ontology", query.ontology),
        ):
            if text:
                say(slot, literal(text))
        say("context_text", *(literal(f"{name}{PAIR}{text}") for name, text in query.context))
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
        say("decided_by", f"<{self._who(decision)}>")
        if decision.decided_at:
            say("decided_at", literal(decision.decided_at.isoformat(), XSD + "date"))
        said.append("}\n")
        return "".join(said)

    def _who(self, decision: Decision) -> str:
        who = decision.decided_by
        if is_iri(who):
            return who
        return self._agent if who in {"", "kg"} or who.startswith("kg ") else curator_iri(who)
