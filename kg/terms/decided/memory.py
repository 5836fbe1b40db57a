"""The memory tier: what the curators of several sources in this graph mean by a text, where no index knows it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from kg.term import Decision, Match, Term
from kg.terms.files.facts import iri_of
from kg.terms.normalise import key
from kg.terms.resolve import abstain
from kg.terms.resolve.accession import is_empty, normalise, spelt_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kg.schema import Branch
    from kg.term import Query
    from kg.terms.decided.curated import Terms
    from kg.terms.resolve.resolver import Resolver

Remembered = tuple[str, str, str, str]
"""Field, text, CURIE of the term, and the source that says so."""

_ENOUGH = 2
_MOST_TERMS = 3
_MOST_CANDIDATES = 10
_AGREED, _ALONE = 0.95, 0.5
_WEAK = frozenset({"ngram", "embedding"})
"""Tiers that only resemble: what they offer for review neither speaks for a term nor against another."""

_TRUSTED = frozenset({"accession", "curated"})


def remembered(source: str, decisions: Iterable[Decision]) -> Iterator[Remembered]:
    """Yield what a source's own people have said: its accepted decisions by an accession or a curated row.

    ``source`` names what one group of people made, such as a study: two files of one study are no two witnesses. What a curated
    row decides is said by its person, in however many sources the row is used.
    """
    for decision in decisions:
        if decision.status == "accepted" and decision.query.text.strip():
            for match in decision.matches:
                if match.tier in _TRUSTED:
                    witness = decision.decided_by if match.tier == "curated" else source
                    yield decision.query.field, decision.query.text, match.term.curie, witness


class Hierarchy(Protocol):
    """What is asked of a term index to know whether a field takes a term."""

    def is_below(self, curie: str, roots: Collection[str]) -> bool:
        """Say whether a term is one of the roots or lies below one of them."""
        ...


def takes_by(index: Hierarchy, fields: Mapping[str, tuple[Branch, ...]]) -> Callable[[str, str], bool]:
    """Return the test whether a field (first argument) takes a term (second); a field without branches takes every term."""

    def takes(field: str, curie: str) -> bool:
        prefix = curie.partition(":")[0]
        branches = fields.get(field, ())
        near = [branch for branch in branches if branch.ontology == prefix]
        return not branches or any(not branch.roots or index.is_below(curie, branch.roots) for branch in near)

    return takes


class Memory:
    """Which terms the sources of a graph mean by a text in a field."""

    def __init__(self, items: Iterable[Remembered] = ()) -> None:
        """Take what was said; an item that comes twice counts once."""
        said: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for field, text, curie, source in items:
            said[field, key(text)][source].add(curie)
        self._said: Mapping[tuple[str, str], Mapping[frozenset[str], tuple[str, ...]]] = {
            place: _by_terms(sources) for place, sources in said.items()
        }

    def about(self, field: str, text: str) -> Mapping[frozenset[str], tuple[str, ...]]:
        """Return each set of terms that a text means in a field, with the sources that say so; empty when none does.

        A source that gives a text more than three terms contradicts itself (a spreadsheet filled down) and does not count.
        """
        return self._said.get((field, key(text)), {})


class MemoryResolver:
    """Asks another resolver, and the memory where the source gives no accession of its own.

    Two or more sources that agree, with none that disagrees, are believed unless the other resolver says something else;
    one source alone, or several that differ, are offered to a person where the other resolver has nothing.
    """

    def __init__(self, inner: Resolver, memory: Memory, terms: Terms, takes: Callable[[str, str], bool], agent: str) -> None:
        """Take the resolver to ask, the memory, the term index and a name to sign with.

        Args:
            inner: the resolver to ask first.
            memory: what sources have said.
            terms: the term index, for labels and for what is obsolete.
            takes: whether a field takes a term, by the branches of the schema: ``takes(field, curie)``.
            agent: such as ``kg 0.1.0``.
        """
        self._inner = inner
        self._memory = memory
        self._terms = terms
        self._takes = takes
        self._agent = agent

    def resolve(self, query: Query) -> Decision:
        """Return the decision about one query."""
        decision = self._inner.resolve(query)
        said = self._memory.about(query.field, query.text)
        if not said or _has_accession(query) or abstain.nothing(query.text):
            return decision
        usable = {terms: sources for terms, sources in said.items() if all(self._usable(query.field, term) for term in terms)}
        if not usable:
            return decision
        agreed = next(iter(usable.items())) if len(said) == 1 else None
        if agreed is None or len(agreed[1]) < _ENOUGH:
            return decision if _answer(decision) else self._offered(decision, usable)
        return self._believed(decision, *agreed)

    def _usable(self, field: str, curie: str) -> bool:
        entry = self._terms.entry(curie)
        return not (entry and entry.obsolete) and self._takes(field, curie)

    def _believed(self, decision: Decision, terms: frozenset[str], sources: tuple[str, ...]) -> Decision:
        own = {match.term.curie for match in _answer(decision)}
        why = f"{_listed(sources)} say that {_shown(decision)} is {_and(terms)}, and no source says otherwise"
        if decision.status == "accepted" and own == terms:
            return replace(decision, why=f"{decision.why}; {why}")
        found = self._matches(decision.query, terms, _AGREED, why)
        if decision.status != "accepted" and (not own or own >= terms):
            return Decision(decision.query, "accepted", found, why, self._agent)
        return Decision(decision.query, "review", _joined(found, decision.matches), f"{why}; but {decision.why}", self._agent)

    def _offered(self, decision: Decision, said: Mapping[frozenset[str], tuple[str, ...]]) -> Decision:
        found: list[Match] = []
        whys: list[str] = []
        for terms, sources in sorted(said.items(), key=lambda item: (-len(item[1]), sorted(item[0]))):
            whys.append(f"{_listed(sources)} {'says' if len(sources) == 1 else 'say'} that {_shown(decision)} is {_and(terms)}")
            found += self._matches(decision.query, terms, _ALONE, whys[-1])
        why = f"{decision.why}; but {'; '.join(whys)}"
        return Decision(decision.query, "review", _joined(found, decision.matches), why, self._agent)

    def _matches(self, query: Query, curies: Iterable[str], score: float, why: str) -> tuple[Match, ...]:
        found = ((curie, self._terms.entry(curie)) for curie in sorted(curies))
        return tuple(
            Match(
                entry.term if entry else Term(curie, "", iri_of(curie)),
                score, "memory", why, query.text.strip(), "exact", entry.ontology if entry else "",
            )
            for curie, entry in found
        )  # fmt: skip


def _by_terms(sources: Mapping[str, set[str]]) -> dict[frozenset[str], tuple[str, ...]]:
    grouped: dict[frozenset[str], list[str]] = defaultdict(list)
    for source, curies in sources.items():
        if len(curies) <= _MOST_TERMS:
            grouped[frozenset(curies)].append(source)
    return {terms: tuple(sorted(names)) for terms, names in grouped.items()}


def _answer(decision: Decision) -> tuple[Match, ...]:
    """Return what a resolver says in so many words: all that it accepts, and of what it offers the names that fit."""
    if decision.status == "accepted":
        return decision.matches
    return tuple(match for match in decision.matches if match.tier not in _WEAK)


def _joined(first: Iterable[Match], then: Iterable[Match]) -> tuple[Match, ...]:
    kept: dict[str, Match] = {}
    for match in (*first, *then):
        kept.setdefault(match.term.curie, match)
    return tuple(kept.values())[:_MOST_CANDIDATES]


def _has_accession(query: Query) -> bool:
    given = not is_empty(query.accession) and normalise(query.accession, query.ontology).curie is not None
    return given or spelt_out(query.text) is not None


def _and(terms: Iterable[str]) -> str:
    return " and ".join(sorted(terms))


def _listed(sources: tuple[str, ...]) -> str:
    shown = ", ".join(sources[:3])
    return f"{shown} and {len(sources) - 3} more sources" if len(sources) > 3 else shown  # noqa: PLR2004


def _shown(decision: Decision) -> str:
    return repr(decision.query.text.strip()[:80])
