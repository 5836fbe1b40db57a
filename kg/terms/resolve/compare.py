"""Comparison of a text with a name, word by word: how alike they are, and what keeps them from meaning the same."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.terms.resolve.profile import Profile
    from kg.terms.words import Words

_LONGEST_RUN = 3
_SHORTEST = 4
_ALIKE = 0.6
_SLIP = 0.96
_KEPT = 32_768
_PLAIN = 1.0
_GENERIC = 0.4
_GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "sigma", "tau", "omega",
})  # fmt: skip
_SAY_LITTLE = frozenset({
    "abnormal", "activity", "body", "cell", "cellular", "complex", "disease", "disorder", "factor", "level", "localized",
    "member", "number", "other", "part", "phenotype", "population", "process", "protein", "region", "response", "state",
    "structure", "syndrome", "system", "tissue", "type",
})  # fmt: skip


class Likeness(NamedTuple):
    """How alike a text and a name are.

    Attributes:
        score: 0 to 1; 1 where both have the same words in any order.
        against: what keeps them from meaning the same, for people; empty when nothing does.
    """

    score: float
    against: str


class Comparer:
    """Compares texts of one field with names."""

    def __init__(self, words: Words, profile: Profile) -> None:
        """Take the rules of words and the profile of the field."""
        self._words, self._profile, self._letters = words, profile, _Letters()

    def compare(self, text: Sequence[str], name: Sequence[str]) -> Likeness:
        """Return how alike the stems of a text and of a name are."""
        ours, theirs = self.words_of(text), self.words_of(name)
        against = self._against(text, name, ours, theirs)
        return Likeness(self._alike(ours, theirs), against)

    def words_of(self, stems: Sequence[str]) -> Counter[str]:
        """Return the words that count: without those that say nothing, each in the form that stands for its group."""
        # "A" is an article at the beginning only: cell A is no cell.
        silent = self._words.empty | self._profile.void
        said = [stem for place, stem in enumerate(stems) if stem not in silent or (stem == "a" and place)]
        return Counter(self._grouped(said))

    def _grouped(self, stems: Sequence[str]) -> Iterable[str]:
        groups, place = self._profile.words, 0
        while place < len(stems):
            for length in range(min(_LONGEST_RUN, len(stems) - place), 0, -1):
                run = tuple(stems[place : place + length])
                if run in groups:
                    yield from groups[run]
                    place += length
                    break
            else:
                noun = self._words.adjectives.get(stems[place], stems[place])
                yield from groups.get((noun,), (noun,))
                place += 1

    def _against(self, text: Sequence[str], name: Sequence[str], ours: Counter[str], theirs: Counter[str]) -> str:
        mine, other = _marks(ours), _marks(theirs)
        if mine != other:
            only = sorted(mine ^ other)
            return f"only one of them has {', '.join(map(repr, only[:3]))}"
        sides: dict[int, list[set[int]]] = {}
        for which, stems in enumerate((text, name)):
            for stem in stems:
                if stem in self._words.opposites:
                    pair, side = self._words.opposites[stem]
                    sides.setdefault(pair, [set(), set()])[which].add(side)
        if any(a and b and a.isdisjoint(b) for a, b in sides.values()):
            return "they say the opposite of one another"
        others = [word for word in theirs if self._tells(word)]
        if not any(word in others or self._letters.nearest(word, others)[0] > _ALIKE for word in ours if self._tells(word)):
            return "they have no word in common that says what it is"
        alone = {stem for stem in set(text) ^ set(name) if stem in self._words.never_alone}
        alone = {stem for stem in alone if not (set(self._grouped([stem])) <= set(ours) & set(theirs))}
        return f"only one of them says {', '.join(map(repr, sorted(alone)))}" if alone else ""

    def _tells(self, word: str) -> bool:
        return word not in self._profile.light and word not in self._words.never_alone

    def _alike(self, ours: Counter[str], theirs: Counter[str]) -> float:
        """Return the weighted share of common words; words that differ in a few letters count in part."""
        if not ours or not theirs:
            return 0.0
        common = ours & theirs
        shared = sum(self._weight(word) * times for word, times in common.items())
        other = list((theirs - common).elements())
        for word in (ours - common).elements() if other else ():
            near, nearest = self._letters.nearest(word, other)
            if near > _ALIKE:
                shared += near * (self._weight(word) + self._weight(nearest)) / 2
                other.remove(nearest)
        total = sum(self._weight(word) * times for counter in (ours, theirs) for word, times in counter.items())
        return min(1.0, 2 * shared / total)

    def _weight(self, word: str) -> float:
        return _GENERIC if word in _SAY_LITTLE or word in self._profile.light else _PLAIN


def _marks(words: Counter[str]) -> set[str]:
    """Return the words that tell things of a kind apart: numbers, codes, single letters, Greek letters."""
    return {word for word in words if len(word) == 1 or word in _GREEK or any(letter.isdigit() for letter in word)}


class _Letters:
    """Compares words by their two-letter pieces; the words of an ontology come again and again, so pieces are kept."""

    def __init__(self) -> None:
        self._pieces = lru_cache(maxsize=_KEPT)(_pieces)

    def nearest(self, word: str, others: list[str]) -> tuple[float, str]:
        """Return the word most like one, and how like; 0 where none is."""
        pieces = self._pieces(word)
        best, nearest = 0.0, ""
        for other in others if pieces else ():
            theirs = self._pieces(other)
            if theirs:
                likeness = _SLIP if _is_slip(word, other) else 2 * len(pieces & theirs) / (len(pieces) + len(theirs))
                if likeness > best:
                    best, nearest = likeness, other
        return best, nearest


def _is_slip(one: str, other: str) -> bool:
    """Say whether two words differ by two letters that changed places, or by one that is doubled; nothing else is a mere slip.

    A letter put in the place of another makes another thing too often: fluorine and fluoride, cytosine and cytisine.
    """
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SHORTEST + 1:
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        swapped = one[start : start + 2][::-1]
        return one != other and other[start : start + 2] == swapped and one[start + 2 :] == other[start + 2 :]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[:start] + longer[start + 1 :] == shorter and longer[start] == longer[start - 1]


def _pieces(word: str) -> frozenset[str]:
    """Return the two-letter pieces of a word; none of a short word or one with digits, where a letter makes another thing."""
    if len(word) < _SHORTEST or any(letter.isdigit() for letter in word):
        return frozenset()
    marked = f"^{word}$"
    return frozenset(marked[place : place + 2] for place in range(len(marked) - 1))
