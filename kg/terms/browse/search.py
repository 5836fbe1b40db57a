"""Search: terms by words of their names, ranked so that a term that is called so comes before one that merely has the words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kg.later import Later
from kg.terms.browse.shelf import marks
from kg.terms.grams import Grams
from kg.terms.normalise import key
from kg.terms.refile import loose_hash
from kg.terms.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np

    from kg.terms.browse.browser import Browser
    from kg.terms.browse.shelf import Shelf
else:
    np = Later("numpy")

Field = Literal["label", "synonym", "identifier", "definition"]

EVERYTHING = frozenset({"*", "*:*"})
"""What is searched for where all terms are wanted."""

NAMES: frozenset[Field] = frozenset({"label", "synonym", "identifier"})
"""What words are looked for in where nobody says it."""

_MOST_WORDS = 32
_LOOKED_AT = 1_000
_CHUNK = 400
_BEGUN = 2_000
_SHORTEST = 2  # letters of a begun word, with the blank before it a gram
_SYNONYM, _SCATTERED = 0.7, 0.1  # of a hit by its label, of one whose words stand in several names
_LIKE = re.compile(r"[\\%_]")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is searched for.

    Attributes:
        text: the words; ``*`` for all terms.
        fields: what of a term the words are looked for in.
        exact: whether a name must be the same words, not merely have them.
        begun: whether words may be only the beginnings of words; one with ``*`` at its end always is.
        obsolete: the obsolete terms alone (True), all others (False) or both (None).
        defining: only terms in the ontology that defines them.
    """

    text: str
    fields: frozenset[Field] = NAMES
    exact: bool = False
    begun: bool = False
    obsolete: bool | None = False
    defining: bool = False


class Found(NamedTuple):
    """A hit: a term in one ontology.

    Attributes:
        shelf: the ontology.
        concept: number of the term.
        kind: 0 called so or identified so, 1 a synonym, 2 a name that differs in spelling only, 3 a name with the words in it.
        score: among hits of a kind, the higher the better; 0 to 1.
    """

    shelf: Shelf
    concept: int
    kind: int
    score: float


@dataclass(slots=True)
class _Words:
    """The words of a text: whole ones, and beginnings of words."""

    whole: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.whole) + len(self.begun)

    def in_names(self, stems: set[str]) -> bool:
        return all(word in stems for word in self.whole) and all(
            any(stem.startswith(word) for stem in stems) for word in self.begun
        )


class Search:
    """Searches an open index."""

    def __init__(self, browser: Browser) -> None:
        """Take the browser of the index."""
        self._browser, self._grams, self._rules = browser, Grams(browser.connection), load_words()

    def find(self, wish: Wish, shelves: Sequence[Shelf], within: Mapping[str, Iterable[int]] | None = None) -> list[Found]:
        """Return the hits, best first, each term once per ontology.

        The words are looked for in the 1,000 best candidates of each ontology; behind those, candidates stand unseen.

        Args:
            wish: what is searched for.
            shelves: ontologies to look into.
            within: numbers of the terms that may be found, by id of the ontology; all when None.
        """
        hits: list[Found] = []
        for shelf, candidates in self._candidates(wish, shelves, within):
            allowed = None if within is None else set(within.get(shelf.id, ()))
            kept = {concept: how for concept, how in candidates.items() if allowed is None or concept in allowed}
            states = self._states(shelf, kept) if kept else {}
            hits += (
                Found(shelf, concept, *how)
                for concept, how in kept.items()
                if concept in states
                and wish.obsolete in (None, states[concept][0])
                and (states[concept][1] or not wish.defining)
            )
        hits.sort(key=lambda hit: (hit.kind, -hit.score, hit.shelf.id, hit.concept))
        return self._defining_first(hits)

    def _defining_first(self, hits: list[Found]) -> list[Found]:
        """Put, among the best 1,000 hits, those of the defining ontology before others of the same kind."""
        best = hits[:_LOOKED_AT]
        own = {hit: hit.shelf.defines(self._browser.curie(hit.concept)) for hit in best}
        best.sort(key=lambda hit: (hit.kind, not own[hit]))
        return best + hits[_LOOKED_AT:]

    # -------------------------------------------------------------------------------------------------------- candidates

    def _candidates(
        self, wish: Wish, shelves: Sequence[Shelf], within: Mapping[str, Iterable[int]] | None
    ) -> Iterator[tuple[Shelf, dict[int, tuple[int, float]]]]:
        """Yield for each ontology the terms that may be meant, with kind and score."""
        if wish.text.strip() in EVERYTHING:
            for shelf in shelves:
                inside = self._browser.members(shelf) if within is None else within.get(shelf.id, ())
                yield shelf, dict.fromkeys(inside, (3, 0.0))
            return
        named = self._called(wish) if "identifier" in wish.fields else []
        words = self._words(wish)
        for shelf in shelves:
            found: dict[int, tuple[int, float]] = {}
            if not wish.exact:
                found |= self._with_words(wish, shelf, words)
                found |= self._spelt_otherwise(wish, shelf)
            found |= self._same(wish, shelf)
            found |= dict.fromkeys(named, (0, 1.0))
            if "definition" in wish.fields:
                found = {**self._defined(wish, shelf), **found}
            yield shelf, found

    def _called(self, wish: Wish) -> Sequence[int]:
        """Return the terms that the text identifies."""
        return () if " " in wish.text.strip() else self._browser.find(wish.text)

    def _words(self, wish: Wish) -> _Words:
        """Return the words to look for, each once, at most 32; none for an exact search."""
        words = _Words()
        if wish.exact:
            return words
        pieces = [piece for piece in wish.text.split() if piece not in ("AND", "&&")]
        for piece in pieces:
            stems = self._rules.stems(piece.strip("*"))
            begins = wish.begun or piece.endswith("*")
            words.whole += stems[:-1] if begins else stems
            words.begun += stems[-1:] if begins else ()
        words.whole = list(dict.fromkeys(words.whole))[:_MOST_WORDS]
        words.begun = list(dict.fromkeys(words.begun))[:_MOST_WORDS]
        return words

    def _same(self, wish: Wish, shelf: Shelf) -> dict[int, tuple[int, float]]:
        """Return the terms that have a name of the same words."""
        found: dict[int, tuple[int, float]] = {}
        files = self._files(shelf)
        rows = self._browser.ask(
            f"SELECT concept, scope FROM name WHERE key = ? AND ontology IN ({marks(files)}) ORDER BY scope DESC",  # noqa: S608 - marks only
            (key(wish.text), *files),
        )
        for concept, scope in rows:
            if ("synonym" if scope else "label") in wish.fields:
                found[concept] = (min(scope, 1), 1.0 / (1 + scope))
        return found

    def _spelt_otherwise(self, wish: Wish, shelf: Shelf) -> dict[int, tuple[int, float]]:
        """Return the terms that have a name which differs in spelling only."""
        loose = self._rules.loose(wish.text)
        files = self._files(shelf)
        if not loose:
            return {}
        rows = self._browser.ask(
            f"SELECT DISTINCT concept FROM loose WHERE hash = ? AND ontology IN ({marks(files)})",  # noqa: S608 - marks only
            (loose_hash(loose), *files),
        )
        named = self._names(wish, shelf, [concept for (concept,) in rows])
        # Two keys can share a hash, so the names themselves are compared.
        return {concept: (2, 1.0) for concept, names in named if any(self._rules.loose(name) == loose for name, _ in names)}

    def _with_words(self, wish: Wish, shelf: Shelf, words: _Words) -> dict[int, tuple[int, float]]:
        """Return the terms that have all words in their names."""
        pieces = [f" {word} " for word in words.whole] + [f" {word}" for word in words.begun if len(word) >= _SHORTEST]
        if not pieces:
            return self._begun(shelf, words.begun)
        parts = list(self._grams.sharing(pieces, self._files(shelf)))
        if not parts:
            return {}
        concepts, places = np.unique(np.concatenate([part.concepts for part in parts]), return_inverse=True)
        which, score = np.zeros(len(concepts), np.uint64), np.zeros(len(concepts))
        np.bitwise_or.at(which, places, np.concatenate([part.which for part in parts]))
        np.maximum.at(score, places, np.concatenate([part.score for part in parts]))
        whole = np.flatnonzero(which == np.uint64((1 << len(pieces)) - 1))
        ranked = whole[np.argsort(-score[whole], kind="stable")]
        candidates = concepts[ranked].tolist()
        found = {}
        for concept, names in self._names(wish, shelf, candidates[:_LOOKED_AT]):
            if closeness := self._closeness(words, names):
                found[concept] = (3, closeness)
        return found | dict.fromkeys(candidates[_LOOKED_AT:], (3, 0.0))

    def _closeness(self, words: _Words, names: list[tuple[str, int]]) -> float:
        """Return how much of a name the words are, 0 to 1: of its best name, less for synonyms; 0 where words are missing."""
        best, together = 0.0, set[str]()
        for name, scope in names:
            stems = self._rules.stems(name)
            together.update(stems)
            if words.in_names(set(stems)):
                best = max(best, min(1.0, words.count / len(stems)) * (_SYNONYM if scope else 1.0))
        return best or (_SCATTERED if words.in_names(together) else 0.0)

    def _begun(self, shelf: Shelf, begun: list[str]) -> dict[int, tuple[int, float]]:
        """Return the terms that have a name which begins with one letter."""
        files = self._files(shelf)
        if not begun:
            return {}
        rows = self._browser.ask(
            f"SELECT DISTINCT concept FROM name WHERE key >= ? AND key < ? AND ontology IN ({marks(files)}) LIMIT {_BEGUN}",  # noqa: S608 - numbers
            (begun[0], begun[0] + "\U0010ffff", *files),
        )
        return {concept: (3, 0.0) for (concept,) in rows}

    def _defined(self, wish: Wish, shelf: Shelf) -> dict[int, tuple[int, float]]:
        """Return the terms whose definition has all words, as they stand."""
        pieces = [wish.text] if wish.exact else [piece.strip("*") for piece in wish.text.split()][:_MOST_WORDS]
        likes = [f"%{_LIKE.sub(lambda char: chr(92) + char.group(), piece)}%" for piece in pieces if piece]
        if not likes:
            return {}
        condition = " AND ".join([r"text LIKE ? ESCAPE '\'"] * len(likes))
        rows = self._browser.ask(
            f"SELECT DISTINCT concept FROM definition WHERE ontology IN ({marks(shelf.files)}) AND {condition}",  # noqa: S608 - marks only
            (*shelf.files, *likes),
        )
        return {concept: (3, 0.0) for (concept,) in rows}

    # ------------------------------------------------------------------------------------------------------------- reading

    def _files(self, shelf: Shelf) -> tuple[int, ...]:
        """Return the files whose names count for an ontology."""
        return (*shelf.files, *self._browser.overlays)

    def _names(self, wish: Wish, shelf: Shelf, concepts: Sequence[int]) -> Iterator[tuple[int, list[tuple[str, int]]]]:
        """Yield for each of some terms its names of the wanted fields, with the codes of their scopes; maybe none."""
        files = self._files(shelf)
        kinds = [scope for scope, said in ((0, "label"), (1, "synonym")) if said in wish.fields]
        for some in _chunks(concepts):
            found: dict[int, list[tuple[str, int]]] = {concept: [] for concept in some}
            rows = self._browser.ask(
                "SELECT concept, coalesce(text, key), scope FROM name"  # noqa: S608 - marks only
                f" WHERE concept IN ({marks(some)}) AND ontology IN ({marks(files)}) AND min(scope, 1) IN ({marks(kinds)})",
                (*some, *files, *kinds),
            )
            for concept, name, scope in rows:
                found[concept].append((name, scope))
            yield from found.items()

    def _states(self, shelf: Shelf, concepts: Iterable[int]) -> dict[int, tuple[bool, bool]]:
        """Return for those terms that an ontology holds whether they are obsolete, and whether it defines them."""
        states: dict[int, tuple[bool, bool]] = {}
        ranks = {file: rank for rank, file in enumerate(shelf.files)}
        for some in _chunks(list(concepts)):
            rows: list[Any] = self._browser.ask(
                "SELECT t.concept, t.ontology, t.obsolete, t.label = '', c.curie FROM term t JOIN concept c ON c.id = t.concept"  # noqa: S608 - marks only
                f" WHERE t.concept IN ({marks(some)}) AND t.ontology IN ({marks(shelf.files)})",
                (*some, *shelf.files),
            )
            # As for the label, the first file that has one says it.
            for concept, _, obsolete, _, curie in sorted(rows, key=lambda row: (-row[3], -ranks[row[1]])):
                states[concept] = (bool(obsolete), shelf.defines(curie))
        return states


def _chunks(concepts: Sequence[int]) -> Iterator[Sequence[int]]:
    return (concepts[start : start + _CHUNK] for start in range(0, len(concepts), _CHUNK))
