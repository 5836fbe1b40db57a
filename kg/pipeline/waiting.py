"""Texts that wait for a person, and texts that are decided, as the graph tells them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.pipeline.correct import standing
from kg.schema import Schema
from kg.store import Generation
from kg.term import Query, Status, Term
from kg.terms.files.facts import curie_of, iri_of
from kg.terms.resolve.accession import normalise

Asked = tuple[str, str, str]
"""Field, text and accession: what a person is asked about."""

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text in a field, with the accession beside it: what stands in the graph about it, over all sources.

    Attributes:
        id: short name of the three, the same in every store.
        field: resolver field.
        text: words of the source; may be empty when there is an accession.
        accession: accession of the source; may be empty.
        meant: the term that the accession is, or the bare number that it is; empty where it says nothing outside its source.
        status: what was decided; where sources differ, the status of most records.
        records: how many records point to it.
        sources: how many sources say it.
        terms: the terms chosen, else the candidates, in the order of the resolver.
        why: the reason in one sentence.
        tier: the step that found the terms; empty unless they are accepted.
        decided_by: IRI of who or what decided.
    """

    id: str
    field: str
    text: str
    accession: str
    meant: str
    status: Status
    records: int
    sources: int
    terms: tuple[Term, ...]
    why: str
    tier: str
    decided_by: str


def review_id(field: str, text: str, accession: str = "") -> str:
    """Return the short name of a text in a field.

    >>> review_id("cell_line", "HeLa Kyoto")
    '0ca9cc5b'
    """
    return hashlib.sha256(f"{field}\0{text}\0{accession}".encode()).hexdigest()[:_DIGITS]


class Look:
    """Reads what the graph says of its Decisions."""

    def __init__(self, generation: Generation, schema: Schema) -> None:
        """Take a generation, and the schema that it was filled with."""
        slots = schema.class_("Decision").slots
        self._generation, self._schema, self._db = generation, schema, generation.database
        self._slot = {name: ox.NamedNode(slot.iri) for name, slot in slots.items()}
        self._points = ox.NamedNode(schema.slot("Record", "decision").iri)

    def groups(self, wanted: Callable[[Asked, Collection[Status]], bool]) -> Iterator[Waiting]:
        """Yield each text in a field once, of those that are wanted by what they are and by their statuses, in no order."""
        names: dict[Asked, dict[str, Status]] = defaultdict(dict)
        sources: dict[Asked, set[str]] = defaultdict(set)
        for one in standing(self._generation, self._schema):
            group = one.query.field, one.query.text, one.query.accession
            names[group][one.place.name] = one.status
            sources[group].add(one.place.source)
        for group, statuses in names.items():
            if wanted(group, set(statuses.values())):
                yield self._waiting(group, statuses, len(sources[group]))

    def _waiting(self, group: Asked, statuses: Mapping[str, Status], sources: int) -> Waiting:
        uses = {name: self._uses(name) for name in statuses}
        most: Counter[Status] = Counter()
        for name, status in statuses.items():
            most[status] += uses[name]
        status = max(most, key=lambda one: (most[one], one))
        first = max((name for name in statuses if statuses[name] == status), key=lambda name: (uses[name], name))
        terms = self._said(first, "chosen_term") or self._said(first, "candidates")
        why, tier, who = (" ".join(self._said(first, name)) for name in ("why", "tier_of_decision", "decided_by"))
        found = tuple(_term(iri) for iri in terms)
        meant = _meant(group[2], " ".join(self._said(first, "source_ontology")))
        return Waiting(review_id(*group), *group, meant, status, sum(uses.values()), sources, found, why, tier, who)

    def of_people(self, agent: str) -> frozenset[Query]:
        """Return what was asked where a person decided."""
        kg = agent.rpartition("/")[0]
        return frozenset(
            one.query
            for one in standing(self._generation, self._schema)
            if not any(who.startswith(kg) for who in self._said(one.place.name, "decided_by"))
            or "curated" in self._said(one.place.name, "tier_of_decision")
        )

    def _uses(self, name: str) -> int:
        return sum(1 for _ in self._db.quads_for_pattern(None, self._points, ox.NamedNode(name)))

    def _said(self, name: str, slot: str) -> list[str]:
        quads = self._db.quads_for_pattern(ox.NamedNode(name), self._slot[slot], None)
        return sorted(quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode | ox.Literal))


def _meant(accession: str, ontology: str) -> str:
    number = accession.strip() if accession.strip().isdecimal() else ""
    return normalise(accession, ontology).curie or number


def _term(iri: str) -> Term:
    curie = curie_of(iri)
    return Term(curie, "", iri_of(curie) if "://" not in curie else iri)
