"""Rerank by meaning: candidates that look like a text are put in the order in which they also mean what it says.

Optional; it changes nothing that was accepted, and accepts by itself only above a threshold that somebody has calibrated.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kg.term import Decision, Match, Query
    from kg.terms.resolve.minilm import SentenceModel
    from kg.terms.resolve.resolver import Resolver

_KEPT = 16_384
_WEIGHT = 0.5
_NONE: Mapping[str, float] = MappingProxyType({})


class EmbeddingResolver:
    """Wraps a resolver and reorders the look-alikes that it offers for review; all else passes through unchanged."""

    def __init__(
        self,
        inner: Resolver,
        model: SentenceModel,
        weight: float = _WEIGHT,
        thresholds: Mapping[str, float] = _NONE,
    ) -> None:
        """Take the resolver to ask and the model to compare with.

        Args:
            inner: answers first; its candidates of tier ``ngram`` are what is reordered.
            model: turns texts into vectors.
            weight: share of the cosine in the new score, 0 to 1; the rest is the inner score. Raises UsageError outside.
            thresholds: by field, the least score at which the first candidate is accepted; never for a field that is not here.
        """
        if not 0 <= weight <= 1:
            raise UsageError("weight", f"{weight} is no share; expected a number from 0 to 1")
        self._inner = inner
        self._model = model
        self._weight = weight
        self._thresholds = thresholds
        self._vectors = _Vectors(model)

    def resolve(self, query: Query) -> Decision:
        """Return the inner decision, with its look-alikes reordered when it waits for a person."""
        decision = self._inner.resolve(query)
        places = [place for place, match in enumerate(decision.matches) if match.tier == "ngram"]
        if decision.status != "review" or not places:
            return decision
        ordered = self._ordered(query.text, [decision.matches[place] for place in places])
        matches = list(decision.matches)
        for place, match in zip(places, ordered, strict=True):  # other tiers keep their places
            matches[place] = match
        return self._judged(replace(decision, matches=tuple(matches)))

    def _ordered(self, text: str, candidates: Sequence[Match]) -> list[Match]:
        own, *others = self._vectors.of([text, *(match.matched or match.term.label for match in candidates)])
        scored = [self._scored(match, float(own @ other)) for match, other in zip(candidates, others, strict=True)]
        return sorted(scored, key=lambda match: -match.score)  # stable: equal scores stay in the inner order

    def _scored(self, match: Match, cosine: float) -> Match:
        alike = min(max(cosine, 0.0), 1.0)
        score = (1 - self._weight) * match.score + self._weight * alike
        why = f"{match.why}; in meaning {alike:.2f} alike (all-MiniLM-L6-v2), so {match.score:.2f} became {score:.2f}"
        return replace(match, score=score, tier="embedding", why=why)

    def _judged(self, decision: Decision) -> Decision:
        best, *others = decision.matches
        least = self._thresholds.get(decision.query.field)
        why = f"{decision.why}; look-alikes are in the order of spelling and meaning together"
        tied = any(other.tier == "embedding" and other.score == best.score for other in others)
        if least is None or best.tier != "embedding" or best.score < least or tied:
            return replace(decision, why=why)
        return replace(
            decision, status="accepted", matches=(best,), why=f"{best.why}; at or above the {least:.2f} of the field"
        )


class _Vectors:
    """Vectors of texts, kept for a while, because the same names come up again and again."""

    def __init__(self, model: SentenceModel) -> None:
        self._model = model
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def of(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Return one vector per text; all that are new are computed together."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        self._kept.update(zip(new, self._model.encode(new), strict=True))
        vectors = [self._kept[text] for text in texts]
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return vectors
