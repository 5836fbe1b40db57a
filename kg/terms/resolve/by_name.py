"""Resolution by name: among the terms that have a name, the one meant - or all of them, where nothing says which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.terms.files.facts import iri_of
from kg.terms.resolve.verdict import CALLED, MOST_CANDIDATES, Verdict, listed, match_of, prefix_of

if TYPE_CHECKING:
    from kg.term import Match
    from kg.terms.entries import Hit
    from kg.terms.index import TermIndex
    from kg.terms.resolve.field import Field
    from kg.terms.resolve.same import Sames


@dataclass(frozen=True, slots=True)
class Said:
    """A reading of a text.

    Attributes:
        text: the words of the source.
        how: what was done to them before the name was found; empty for the words themselves.
        score: how sure what was done is.
        taxon: CURIE of the organism of the record; empty when unknown.
    """

    text: str
    how: str = ""
    score: float = 1.0
    taxon: str = ""


class NameTier:
    """Chooses among the terms of a field that have a name."""

    def __init__(self, index: TermIndex, sames: Sames) -> None:
        """Take the index, and which terms of different ontologies are known to mean one thing."""
        self._index, self._sames = index, sames

    def choose(self, field: Field, hits: list[Hit], said: Said) -> Verdict | None:
        """Choose among live terms: the field's first ontology, then label before exact synonym; None when none is live."""
        live = sorted((hit for hit in hits if not hit.obsolete), key=lambda hit: field.order(hit, said.taxon))
        sure = [hit for hit in live if hit.scope in field.profile.scopes]
        if not sure:
            return _loose(live, said)
        best = self._best(field, sure, said)
        if len(best) > 1:
            called = CALLED[best[0].scope]
            why = f"{len(best)} terms of {prefix_of(best[0].curie)} have {said.text!r} as {called}"
            return Verdict("review", tuple(_match(hit, said) for hit in best), why)
        chosen = self._representative(field, best[0])
        match = _match(chosen, said)
        if apart := field.is_apart(chosen.curie, said.taxon):
            return Verdict("review", tuple(_match(hit, said) for hit in sure[:MOST_CANDIDATES]), f"{match.why}; but {apart}")
        if field.undecided:
            return self._undecided(field, chosen, sure, said)
        return Verdict("accepted", (match,), match.why + self._also(chosen, sure))

    def _best(self, field: Field, sure: list[Hit], said: Said) -> list[Hit]:
        """Return the hits of the first ontology by the best scope: one, or those between which nothing decides."""
        best = [hit for hit in sure if field.order(hit, said.taxon)[:2] == field.order(sure[0], said.taxon)[:2]]
        if len(best) == 1 or self._sames.one(hit.curie for hit in best):
            return best[:1]
        wholes = [hit for hit in best if all(self._is_part(other.curie, hit.curie) for other in best if other is not hit)]
        if len(wholes) == 1:  # the name of a whole is often given to its parts, too
            return wholes
        labels = [hit for hit in sure if hit.scope == "label"]
        return labels if best[0].scope != "label" and len(labels) == 1 else best

    def _is_part(self, part: str, whole: str) -> bool:
        return whole in self._index.ancestors(part, part_of=True) and whole not in self._index.ancestors(part)

    def _representative(self, field: Field, hit: Hit) -> Hit:
        """Return the term of the field's first ontology that means the same as a hit; the hit itself when there is none."""
        others = (curie for curie in self._sames.group(hit.curie) if field.rank(curie) < field.rank(hit.curie))
        for curie in sorted((curie for curie in others if field.takes(curie)), key=field.rank):
            entry = self._index.entry(curie)
            if entry and not entry.obsolete:
                scope = "exact" if hit.scope == "label" else hit.scope
                return hit._replace(curie=curie, label=entry.term.label, iri=entry.term.iri, scope=scope)
        return hit

    def _undecided(self, field: Field, chosen: Hit, sure: list[Hit], said: Said) -> Verdict:
        """Return all terms of the field that the name or a mapping says are meant, for a policy to choose the ontology."""
        matches = {hit.curie: _match(hit, said) for hit in (chosen, *sure)}
        for curie in sorted(self._sames.group(chosen.curie) - matches.keys(), key=field.rank):
            if field.knows(prefix_of(curie)):
                entry = self._index.entry(curie)
                term = (entry.term.label, entry.term.iri) if entry else (chosen.label, iri_of(curie))
                matches[curie] = _match(chosen._replace(curie=curie, label=term[0], iri=term[1]), said)
        why = f"{matches[chosen.curie].why}; {undecided(field)}"
        return Verdict("review", tuple(matches.values())[:MOST_CANDIDATES], why)

    def _also(self, chosen: Hit, others: list[Hit]) -> str:
        distinct = list(dict.fromkeys(hit.curie for hit in others if hit.curie != chosen.curie))
        same = [curie for curie in distinct if self._sames.one([chosen.curie, curie])]
        rest = [curie for curie in distinct if curie not in same]
        said = f"; the same as {listed(same)}" if same else ""
        return said + (f"; the name is also that of {listed(rest)}, later in the field's order" if rest else "")


def undecided(field: Field) -> str:
    """Return why nothing is taken in a field whose ontologies are all in use for the same things."""
    absent = f" ({', '.join(field.missing)} not in the index)" if field.missing else ""
    return f"{field.places} are in use alike{absent}, so a policy has to name the ontology for {field.name}"


def _match(hit: Hit, said: Said) -> Match:
    return match_of(hit, said.how, said.score)


def _loose(live: list[Hit], said: Said) -> Verdict | None:
    if not live:
        return None
    offered = tuple(_match(hit, said) for hit in live[:MOST_CANDIDATES])
    return Verdict("review", offered, f"only a looser name fits: {offered[0].why}")
