"""Similar records: what they share with an example, weighted by how much each shared thing tells.

A term tells the more, the fewer records have it or a kind of it (its information content, 0 for all records, 1 for one alone).
Two terms share the nearest term above both; two records of which each term of the one finds its best counterpart in the other
are alike to the degree to which what they share tells as much as all that they say (Resnik 1995, https://arxiv.org/abs/cmp-lg/9511007;
the mean over both records as a cosine). Words count beside the terms, by BM25.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tantivy

from kg.search.arrays import Floats, Ints
from kg.search.example import TEXTS, Example
from kg.search.fields import Field
from kg.search.opened import Opened, View
from kg.search.shown import values_of
from kg.search.texts import PARTS, analyzer

TERMS_WEIGHT, TEXT_WEIGHT = 0.75, 0.25
"""What terms and words count where an example has both."""

_WORDS = 32  # of an example that are looked for: the rarest
_SHORT = 3
_FOUND = 2_000  # records whose words are compared
_TOLD = 6
_ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that is like the example.

    Attributes:
        iri: of the record.
        name: title, or an empty text.
        score: 0 to 1.
        why: reasons, the weightiest first; of each ``field``, ``mine``, ``theirs``, ``shared`` (curie and label), ``weight``
            and ``sentence``.
    """

    iri: str
    name: str
    score: float
    why: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What one term of the example shares with the terms of a field.

    Attributes:
        field: of the term.
        code: of the term; -1 where no record of the store has it or a kind of it.
        label: of the term.
        weight: what it tells.
        gain: for each code of the field, what it shares.
        nearest: for each code of the field, the nearest term above both; -1 for none.
        best: for each record, what its best term shares.
    """

    field: Field
    code: int
    iri: str
    weight: float
    gain: Floats
    nearest: Ints
    best: Floats


class Similar:
    """Finds what is like an example among the records of a level."""

    def __init__(self, opened: Opened, level: str) -> None:
        """Take sidecars and the name of a level; raises QueryError where there is no such level."""
        self._opened = opened
        self._view: View = opened.view(opened.fields.level(level).name)

    def to(self, example: Example, limit: int = 10) -> list[Alike]:
        """Return the records that are most like an example, the likest first; never the example itself, none without a reason.

        Args:
            example: what is known of it.
            limit: most records.
        """
        if not self._view.count:
            return []
        tells = {name: _Tells(self._opened, one, self._view) for name in example.terms if (one := self._known(name))}
        shared = [self._term(tells[name], iri, example) for name in tells for iri in dict.fromkeys(example.terms[name])]
        by_terms = self._by_terms(shared, tells.values())
        by_words, words = self._by_words(example.text)
        weighed = [(TERMS_WEIGHT, by_terms)] if shared else []
        weighed += [(TEXT_WEIGHT, by_words)] if words else []
        total = sum(weight for weight, _ in weighed)
        scores: Floats = np.zeros(self._view.count)
        for weight, values in weighed:
            scores += weight / total * values
        own = self._view.record_of(example.iri) if example.iri else None
        if own is not None:
            scores[own] = 0.0
        records = [record for record in _best(scores, limit) if scores[record] > _ENOUGH]
        names = values_of(self._opened, self._view, TEXTS[:1], records)
        return [
            Alike(
                iri,
                next(iter(names[place].get("name", ())), ""),
                round(float(scores[record]), 4),
                self._why(record, shared, words),
            )
            for place, (record, iri) in enumerate(zip(records, self._view.iris(records), strict=True))
        ]

    def _known(self, name: str) -> Field | None:
        """Return a field of this name that records of the level have; None where there is none."""
        one = self._opened.fields.fields.get(name)
        return one if one and self._view.has(one) else None

    def _term(self, tells: _Tells, iri: str, example: Example) -> _Shared:
        """Return what a term of the example shares with the records."""
        terms = self._opened.terms
        code = terms.known(iri)
        known = [found for higher in example.above.get(iri, ()) if (found := terms.known(higher)) is not None]
        above = {code, *terms.above(code).tolist(), *known} if code is not None else set(known)
        gain = np.zeros(len(tells))
        nearest = np.full(len(tells), -1, dtype=np.int32)
        # From what says least to what says most, and of equals from the widest to the closest, so that the nearest one stays.
        heights = {higher: len(terms.above(higher)) for higher in above}
        for weight, _, higher in sorted((tells.weight(higher), height, higher) for higher, height in heights.items()):
            below = tells.below(higher)
            gain[below] = weight
            nearest[below] = higher
        # A term that nobody has tells as much as one that a single record has.
        weight = tells.weight(code) if code is not None else 1.0
        best = np.zeros(self._view.count)
        np.maximum.at(best, tells.values.rows, gain[tells.values.codes])
        return _Shared(tells.field, -1 if code is None else code, iri, weight, gain, nearest, best)

    def _by_terms(self, shared: Sequence[_Shared], fields: Iterable[_Tells]) -> Floats:
        """Return for each record what it shares, against what it and the example say in these fields."""
        found = np.zeros(self._view.count)
        said = np.zeros(self._view.count)
        for one in shared:
            found += one.best
        for tells in fields:
            said += np.bincount(tells.values.rows, weights=tells.of_codes()[tells.values.codes], minlength=self._view.count)
        own = sum(one.weight for one in shared)
        most = np.sqrt(said * own)
        return np.minimum(np.divide(found, most, out=np.zeros_like(found), where=most > _ENOUGH), 1.0)

    def _by_words(self, text: str) -> tuple[Floats, list[str]]:
        """Return for each record how much of the example's words it has, 1 for the best, and the words that were looked for."""
        scores = np.zeros(self._view.count)
        index = self._view.words
        if index is None or not text:
            return scores, []
        searcher = index.searcher()
        often = {word: max(searcher.doc_freq(part, word) for part in PARTS) for word in dict.fromkeys(analyzer().analyze(text))}
        # A word of more than a tenth of many records tells nothing, and short ones mostly join others.
        most = max(10, self._view.count // 10)
        telling = (word for word, count in often.items() if 0 < count <= most and (len(word) > _SHORT or not word.isalpha()))
        words = sorted(telling, key=lambda word: (often[word], word))[:_WORDS]
        if not words:
            return scores, []
        should = [
            (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, part, word, "freq"))
            for word in words
            for part in PARTS
        ]
        hits = searcher.search(tantivy.Query.boolean_query(should), limit=_FOUND).hits
        records = searcher.fast_field_values("record", [address for _, address in hits])
        scores[np.array(records, dtype=np.int64)] = np.array([score for score, _ in hits], dtype=np.float64)
        greatest = sum(math.log(1 + self._view.count / often[word]) for word in words)
        return np.minimum(scores / max(greatest, scores.max(initial=0.0)), 1.0), words

    def _why(self, record: int, shared: Sequence[_Shared], words: Sequence[str]) -> list[dict[str, Any]]:
        found: list[tuple[_Shared, int]] = []
        for one in shared:
            values = self._view.coded(one.field)
            codes = values.codes[values.values_of(record)]
            if len(codes) and one.best[record] > _ENOUGH:
                found.append((one, int(codes[np.argmax(one.gain[codes])])))
        reasons = [self._reason(one, theirs) for one, theirs in found if not self._said_closer(one, theirs, found)]
        reasons.sort(key=lambda reason: -reason["weight"])
        told = reasons[:_TOLD]
        common = self._common(record, words)
        if common:
            sentence = f"both speak of {', '.join(common)}"
            told.append({"field": "text", "words": common, "weight": 0.0, "sentence": sentence})
        return told

    def _said_closer(self, one: _Shared, theirs: int, found: Sequence[tuple[_Shared, int]]) -> bool:
        """Say whether another reason for the same field names a term below the one that this one names."""
        mine = int(one.nearest[theirs])
        others = (int(other.nearest[code]) for other, code in found if other.field.name == one.field.name)
        return any(mine != other and mine in self._opened.terms.above(other) for other in others)

    def _reason(self, one: _Shared, theirs: int) -> dict[str, Any]:
        terms = self._opened.terms
        nearest = int(one.nearest[theirs])
        mine = self._named(one.code) if one.code >= 0 else {"curie": one.iri, "label": one.iri}
        title = one.field.title.lower()
        label, other, common = mine["label"], terms.labels[theirs], terms.labels[nearest]
        sentence = f"{title}: both {label}"
        if theirs != one.code:
            sentence = f"{title}: {other} and {label} are both {common}"
            if nearest == one.code:
                sentence = f"{title}: {other} is a kind of {label}"
            elif nearest == theirs:
                sentence = f"{title}: {label} is a kind of {other}"
        shared = {"mine": mine, "theirs": self._named(theirs), "shared": self._named(nearest)}
        return {"field": one.field.name, **shared, "weight": round(float(one.gain[theirs]), 4), "sentence": sentence}

    def _named(self, code: int) -> dict[str, str]:
        return {"curie": self._opened.terms.curies[code], "label": self._opened.terms.labels[code]}

    def _common(self, record: int, words: Sequence[str]) -> list[str]:
        """Return the example's words that a record's name and description have."""
        (texts,) = values_of(self._opened, self._view, TEXTS, [record])
        has = {word for name in TEXTS for text in texts.get(name, ()) for word in analyzer().analyze(text)}
        return [word for word in words if word in has][:_TOLD]


class _Tells:
    """How much each term of a field tells among the records of a level: its information content, 0 to 1."""

    def __init__(self, opened: Opened, one: Field, view: View) -> None:
        self.field, self.values = one, view.coded(one)
        self._terms, self._records = opened.terms, view.count
        used = self.values.used
        self._counts = np.zeros(int(used[-1]) + 1 if len(used) else 0)
        self._counts[used] = np.diff(self.values.starts)

    def __len__(self) -> int:
        return len(self._counts)

    def below(self, code: int) -> Ints:
        """Return the codes that are a term or lie below it, up to the greatest in use."""
        found = self._terms.below(code, whole=self.field.whole)
        return found[found < len(self._counts)]

    def weight(self, code: int) -> float:
        """Return what a term tells, from the records that have it or a kind of it."""
        count = float(self._counts[self.below(code)].sum())
        if self._records <= 1:
            return 1.0
        return math.log(self._records / min(max(count, 1.0), self._records)) / math.log(self._records)

    def of_codes(self) -> Floats:
        """Return what each term in use tells; 0 for those that are not."""
        content = np.zeros(len(self._counts))
        for code in self.values.used.tolist():
            content[code] = self.weight(code)
        return content


def _best(scores: Floats, limit: int) -> list[int]:
    """Return the records with the greatest scores, the greatest first; of equals the first record."""
    if limit >= len(scores):
        return np.argsort(-scores, kind="stable").tolist()  # type: ignore[no-any-return]
    least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    among = np.flatnonzero(scores >= least)
    return among[np.argsort(-scores[among], kind="stable")][:limit].tolist()  # type: ignore[no-any-return]
