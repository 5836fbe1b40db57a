"""Resolution by likeness: names that merely look like a text, compared word by word; taken only where the likeness is great."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.term import Match, Term
from kg.terms.resolve.by_name import undecided
from kg.terms.resolve.compare import Comparer
from kg.terms.resolve.verdict import CALLED, MOST_CANDIDATES, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.terms.entries import Hit
    from kg.terms.index import TermIndex
    from kg.terms.resolve.field import Field
    from kg.terms.resolve.same import Sames
    from kg.terms.words import Words

_CANDIDATES = 20
_NAMES = 5
_LEAST = 0.35
_AHEAD = 0.04
_SCOPE_WEIGHT = {"label": 1.0, "exact": 1.0, "narrow": 0.93, "broad": 0.9, "related": 0.95}


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    score: float
    against: str


class LikenessTier:
    """Finds terms of one field by likeness."""

    def __init__(self, index: TermIndex, field: Field, sames: Sames, words: Words) -> None:
        """Take the index, the field, what is known to be the same, and the rules of words."""
        self._index, self._field, self._sames, self._words = index, field, sames, words
        self._comparer = Comparer(words, field.profile)

    def resolve(self, text: str, taxon: str = "") -> Verdict | None:
        """Return a verdict on the names most like a text; None when there are none that resemble it."""
        stems = self._words.stems(text)
        found = self._candidates(stems, taxon)
        if not found:
            return None
        best, rival = found[0], self._rival(found, taxon)
        accept = self._field.profile.accept
        why = f"{best.hit.text!r}, {CALLED[best.hit.scope]} of {best.hit.curie}, resembles it by {best.score:.2f}"
        matches = tuple(_match(candidate) for candidate in found[:MOST_CANDIDATES])
        if best.against and best.score >= self._field.profile.worth:
            return Verdict("review", matches, f"{why}, but {best.against}")
        if best.score < self._field.profile.worth:
            return Verdict("none", matches, f"the nearest name: {why}")
        if best.score < accept:
            return Verdict("review", matches, f"{why}, less than the {accept:.2f} that the field asks for")
        if rival and best.score - rival.score < _AHEAD:
            return Verdict("review", matches, f"{why}, and {rival.hit.curie} nearly as much ({rival.score:.2f})")
        if apart := self._field.is_apart(best.hit.curie, taxon):
            return Verdict("review", matches, f"{why}, but {apart}")
        if self._field.undecided:
            return Verdict("review", matches, f"{why}; {undecided(self._field)}")
        return Verdict("accepted", (replace(matches[0], why=why),), f"{why}; the field asks for {accept:.2f}")

    def _candidates(self, stems: tuple[str, ...], taxon: str) -> list[_Candidate]:
        """Return the best name of each live term that resembles the text, the most alike first."""
        query = tuple(self._comparer.words_of(stems).elements())
        hits = self._index.near(stems, self._field.prefixes, _CANDIDATES)
        if not set(query) <= set(stems):
            hits += self._index.near(query, self._field.prefixes, _CANDIDATES)
        best: dict[str, _Candidate] = {}
        for hit in self._worth(dict.fromkeys(hits), {*stems, *query}):
            score, against = self._comparer.compare(stems, self._words.stems(hit.text))
            candidate = _Candidate(hit, score * _SCOPE_WEIGHT[hit.scope], against)
            known = best.get(hit.curie)
            if score >= _LEAST and (known is None or self._key(candidate, taxon) < self._key(known, taxon)):
                best[hit.curie] = candidate
        return sorted(best.values(), key=lambda candidate: self._key(candidate, taxon))

    def _worth(self, hits: Iterable[Hit], said: set[str]) -> Iterator[Hit]:
        """Yield, of each live term of the field, the few names that have most words of the text."""
        names: dict[str, list[Hit]] = {}
        for hit in hits:
            if not hit.obsolete and self._field.takes(hit.curie):
                names.setdefault(hit.curie, []).append(hit)
        for own in names.values():
            if len(own) > _NAMES:
                own.sort(key=lambda hit: -self._share(hit, said))
            yield from own[:_NAMES]

    def _share(self, hit: Hit, said: set[str]) -> float:
        words = set(self._words.stems(hit.text))
        return len(words & said) / (len(words | said) or 1)

    def _key(self, candidate: _Candidate, taxon: str) -> tuple[float, int, str]:
        penalty = 0.15 if candidate.against else 0.0
        penalty += 0.05 if self._field.is_apart(candidate.hit.curie, taxon) else 0.0
        return round(penalty - candidate.score, 6), self._field.rank(candidate.hit.curie, taxon), candidate.hit.curie

    def _rival(self, found: list[_Candidate], taxon: str) -> _Candidate | None:
        """Return the next term that is not known to mean the same and that nothing speaks against."""
        best = found[0].hit.curie
        others = (c for c in found[1:] if not c.against and not self._field.is_apart(c.hit.curie, taxon))
        return next((c for c in others if not self._sames.one([best, c.hit.curie])), None)


def _match(candidate: _Candidate) -> Match:
    hit = candidate.hit
    why = f"{hit.text!r}, {CALLED[hit.scope]} of {hit.curie}, resembles it by {candidate.score:.2f}"
    why += f", but {candidate.against}" if candidate.against else ""
    term = Term(hit.curie, hit.label, hit.iri)
    return Match(term, round(candidate.score, 4), "ngram", why, hit.text, hit.scope, hit.ontology)
