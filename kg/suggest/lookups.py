"""Look-ups: of which resolver fields the values of a column are the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kg.schema import Branch
from kg.suggest.profile import Profile
from kg.term import Decision, Query
from kg.terms import TermIndex
from kg.terms.normalise import key
from kg.terms.resolve.resolver import Resolver

_EXACT, _ASKED, _MOST_ASKED = 40, 15, 900
_SOME_HITS = 0.2
_LONGEST_NAME = 60
_MANY_NUMBERS = 0.5
_NAMED = frozenset({"label", "synonym", "accession", "curated"})
_COUNTED = 0.45
"""A rate over few values says less: it is taken down by so much of a value."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a column's values are terms of a field.

    Attributes:
        asked: distinct values that were asked.
        found: those that have a term.
        example: one of them with its term.
    """

    asked: int
    found: int
    example: str = ""

    @property
    def share(self) -> float:
        """Return the share of values that have a term, cautiously where few were asked."""
        return max(0.0, self.found - _COUNTED) / self.asked if self.asked else 0.0


class Lookups:
    """Asks the local term index about the values of columns; for one table, within bounds."""

    def __init__(self, index: TermIndex, resolver: Resolver, fields: Mapping[str, tuple[Branch, ...]]) -> None:
        """Take the index, a resolver that answers from it, and the branches of the schema's fields."""
        self._index, self._resolver, self._left = index, resolver, _MOST_ASKED
        self._by_prefix: dict[str, set[str]] = {}
        for name, branches in fields.items():
            for branch in branches:
                self._by_prefix.setdefault(branch.ontology, set()).add(name)

    def rates(self, profile: Profile, likely: Collection[str]) -> dict[str, Rate]:
        """Return the rates of the fields that exact names or the header speak for.

        Args:
            profile: the column.
            likely: fields that the header speaks for.
        """
        if profile.numbers > _MANY_NUMBERS or profile.length > _LONGEST_NAME:
            return {}
        names = [value for value in profile.parts[: _EXACT * 2] if len(value) <= _LONGEST_NAME][:_EXACT]
        if not names:
            return {}
        hits: Counter[str] = Counter()
        for name in names:
            prefixes = {hit.curie.partition(":")[0] for hit in self._index.lookup(key(name))}
            hits.update({field for prefix in prefixes for field in self._by_prefix.get(prefix, ())})
        able = {field for field, count in hits.items() if count >= _SOME_HITS * len(names)}
        return {field: self._rate(field, names) for field in sorted({*able, *likely})}

    def _rate(self, field: str, names: list[str]) -> Rate:
        some = names[: min(_ASKED, max(self._left, 0))]
        self._left -= len(some)
        decisions = [self._resolver.resolve(Query(field, name)) for name in some]
        found = [decision for decision in decisions if _means(decision)]
        example = f"{found[0].query.text} is {found[0].matches[0].term.curie}" if found else ""
        return Rate(len(some), len(found), example)


def _means(decision: Decision) -> bool:
    """Say whether a text is a name in the field, be it one that waits for a choice between ontologies."""
    if decision.status == "accepted":
        return bool(decision.matches)
    return decision.status == "review" and bool(decision.matches) and decision.matches[0].tier in _NAMED
