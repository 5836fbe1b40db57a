"""An example: what similar records are looked for, be it a record of the store or something that is not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from kg.errors import QueryError
from kg.search.engine import Search
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.query import asked
from kg.search.shown import values_of

TEXTS = ("name", "description")
"""Fields whose words count as what an example says."""

_STRUCTURE = frozenset(("record_type", "component_type"))  # terms for how a record is built, not for what it shows


def speaks(field: Field) -> bool:
    """Say whether an example is compared by a field: its terms, or its words."""
    return field.name in TEXTS or (field.kind == "term" and field.name not in _STRUCTURE)


@dataclass(frozen=True, slots=True)
class Example:
    """What is known of an example.

    Attributes:
        level: of the records that are looked for.
        terms: IRIs of the terms, by name of their field.
        above: terms above those, by IRI, the nearest not necessarily first; for terms that no record of the store has.
        text: its words.
        iri: of the record itself, which is no answer; empty for an example from elsewhere.
    """

    level: str
    terms: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    above: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""
    iri: str = ""


def example_of(opened: Opened, iri: str) -> Example | None:
    """Return a record as an example for records of its own level; None where no level has it."""
    for name in opened.fields.levels:
        view = opened.view(name)
        record = view.record_of(iri)
        if record is not None:
            return _example(opened, view, record, iri)
    return None


def example_from(search: Search, where: Sequence[str], text: str = "", level: str = "") -> Example:
    """Return an example made of conditions such as ``organism=mouse`` and of words.

    Args:
        search: whose terms are meant.
        where: conditions, each of which names terms of a field.
        text: words.
        level: of the records that are looked for; empty for the first.

    Raises:
        QueryError: a condition does not name terms, or nothing is given.
    """
    query = asked(search.opened.fields, where=where, level=level)
    resolver = search.resolver(query.level)
    terms: dict[str, list[str]] = {}
    for condition in query.where:
        one = search.opened.fields.fields[condition.field]
        if one.kind != "term" or condition.op != "=":
            raise QueryError("where", f"found {condition}; records are alike in terms, such as organism=mouse")
        found = [code for meant in resolver.meant(one, condition.text) for code in meant.terms]
        if not found:
            raise QueryError("where", f"{condition} names no term that is known here")
        terms.setdefault(one.name, []).extend(search.opened.terms.iris[code] for code in found)
    if not terms and not text.strip():
        raise QueryError("example", "give conditions, words, or both")
    return Example(query.level, terms, text=text)


def examples_in(opened: Opened) -> list[Example]:
    """Return all records of other sidecars as examples, the levels in their order, the richest record of each first."""
    found = []
    for level in opened.fields.levels:
        view = opened.view(level)
        records = [_example(opened, view, number, iri) for number, iri in enumerate(view.iris(range(view.count)))]
        found += sorted(records, key=lambda one: -sum(map(len, one.terms.values())))
    return found


def _example(opened: Opened, view: View, record: int, iri: str) -> Example:
    terms: dict[str, list[str]] = {}
    for one in opened.fields.of_level(view.name):
        if one.kind == "term" and speaks(one) and view.has(one):
            values = view.coded(one)
            codes = values.codes[values.values_of(record)].tolist()
            if codes:
                terms[one.name] = [opened.terms.iris[code] for code in codes]
    (texts,) = values_of(opened, view, TEXTS, [record])
    words = " ".join(text for name in TEXTS for text in texts.get(name, ()))
    used = {iri for iris in terms.values() for iri in iris}
    above = {term: [opened.terms.iris[code] for code in opened.terms.above(opened.terms.known(term) or 0)] for term in used}
    return Example(view.name, terms, above, words, iri)
