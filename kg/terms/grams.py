"""Grams: three-letter pieces of names, filed so that names that look like a text are found without looking at all of them.

Names are numbered in segments of bounded size, one ontology file per segment; a gram's numbers stand in one blob. A text is
compared by the cosine of its grams with each name's, weighted by how rare they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kg.later import Later

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kg.terms.words import Words
else:
    np = Later("numpy")

_ROWS = 10_000
_LETTERS = 3_000_000
_MOST_POSTINGS = 60_000
_FEWEST_GRAMS = 4
_LEAST_SHARE = 0.25
_WIDTHS = ("u1", "u2", "u4")
_MOST = (0xFF, 0xFFFF, 0xFFFFFFFF)


class Near(NamedTuple):
    """A term one of whose names looks like a text.

    Attributes:
        concept: number of the term in the index.
        score: cosine, 0 to 1; too low where common grams were left out.
    """

    concept: int
    score: float


def gram_text(stems: Sequence[str]) -> str:
    """Return the text that grams are cut from: words with a blank before, between and after."""
    return f" {' '.join(stems)} "


def grams_of(text: str) -> NDArray[np.uint32]:
    """Return the distinct grams of an ASCII text, as numbers; empty for fewer than three letters."""
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.uint32)
    if len(letters) < 3:  # noqa: PLR2004 - a gram has three letters
        return np.zeros(0, np.uint32)
    codes = np.sort(letters[:-2] << 16 | letters[1:-1] << 8 | letters[2:])
    # np.unique would load what is for masked arrays
    distinct: NDArray[np.uint32] = codes[np.append(True, codes[1:] != codes[:-1])]
    return distinct


def file_grams(connection: sqlite3.Connection, ontology: int, words: Words) -> None:
    """File the grams of all names of one ontology file; what was filed for it before must be gone."""
    rows = connection.execute("SELECT key, concept FROM name WHERE ontology = ? GROUP BY key, concept", (ontology,))
    texts: list[str] = []
    concepts: list[int] = []
    letters = 0
    while some := rows.fetchmany(_ROWS):
        texts += [gram_text(words.stems(text)) for text, _ in some]
        concepts += [concept for _, concept in some]
        letters += sum(map(len, texts[-len(some) :]))
        if letters > _LETTERS:  # a segment is sorted in memory, so its size is bounded by its text
            _file_segment(connection, ontology, texts, concepts)
            texts, concepts, letters = [], [], 0
    if texts:
        _file_segment(connection, ontology, texts, concepts)


def _file_segment(connection: sqlite3.Connection, ontology: int, texts: list[str], concepts: list[int]) -> None:
    pairs = _pairs(texts)
    codes = (pairs >> np.uint64(32)).astype(np.uint32)
    names = (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    del pairs
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.zeros(0, np.int64)
    grams = codes[starts]
    counts = np.diff(np.append(starts, len(names)))
    weights = _weights(counts, len(texts))
    squares = np.bincount(names, weights=np.repeat(weights**2, counts), minlength=len(texts))
    norms = np.maximum(np.sqrt(squares), 1e-3).astype(np.float16)
    segment = connection.execute(
        "INSERT INTO segment(ontology, names, concepts, norms) VALUES (?,?,?,?)",
        (ontology, len(texts), np.array(concepts, np.uint32).tobytes(), norms.tobytes()),
    ).lastrowid
    ends = np.append(starts[1:], len(names))
    rows = (
        (segment, int(gram), int(end - start), _packed(names[start:end]))
        for gram, start, end in zip(grams, starts, ends, strict=True)
    )
    connection.executemany("INSERT INTO gram VALUES (?,?,?,?)", rows)


def _pairs(texts: list[str]) -> NDArray[np.uint64]:
    """Return each distinct (gram, number of the name) as one number, sorted."""
    letters = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8)
    owner = np.repeat(np.arange(len(texts), dtype=np.uint32), [len(text) for text in texts])
    if len(letters) < 3:  # noqa: PLR2004 - a gram has three letters
        return np.zeros(0, np.uint64)
    inside = owner[:-2] == owner[2:]
    pairs = np.zeros(np.count_nonzero(inside), np.uint64)
    for place in range(3):
        pairs |= letters[place : len(letters) - 2 + place][inside].astype(np.uint64) << np.uint64(48 - 8 * place)
    pairs |= owner[:-2][inside]
    pairs.sort()
    return pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs


def _weights(counts: NDArray[np.int64], names: int) -> NDArray[np.float64]:
    """Return how much each gram says: the logarithm of the share of names that do not have it."""
    weights: NDArray[np.float64] = np.log(1 + names / counts)
    return weights


def _packed(numbers: NDArray[np.uint32]) -> bytes:
    """Return ascending numbers as their differences, in the narrowest type that holds them, with its place before them."""
    steps = np.diff(numbers, prepend=np.uint32(0))
    widest = int(steps.max(initial=0))
    place = next(place for place, most in enumerate(_MOST) if widest <= most)
    return bytes([place]) + steps.astype(_WIDTHS[place]).tobytes()


def _unpacked(blob: bytes) -> NDArray[np.int64]:
    steps = np.frombuffer(blob, dtype=_WIDTHS[blob[0]], offset=1)
    return np.cumsum(steps, dtype=np.int64)


class Sharing(NamedTuple):
    """Names of one ontology file that have words of a text, one place in each array per name.

    Attributes:
        ontology: number of the file.
        concepts: numbers of the terms that have the names.
        which: which of the words each has, as bits.
        score: how much of the text each says, more for rare words and for short names.
    """

    ontology: int
    concepts: NDArray[np.uint32]
    which: NDArray[np.uint64]
    score: NDArray[np.float64]


class _Segment(NamedTuple):
    number: int
    ontology: int
    names: int


class Grams:
    """Finds terms whose names look like a text."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection to an open index."""
        self._connection = connection
        # Some bytes for each name, which every question needs: read once (12 MB for two million names).
        self._kept: dict[int, tuple[NDArray[np.uint32], NDArray[np.float16]]] = {}
        self._segments = [_Segment(*row) for row in connection.execute("SELECT id, ontology, names FROM segment ORDER BY id")]

    def similar(self, stems: Sequence[str], ontologies: Collection[int], limit: int) -> list[Near]:
        """Return the terms with the most similar names, best first, each once; empty for a text of no letters.

        Args:
            stems: words of the text, as ``Words.stems`` gives them.
            ontologies: numbers of the ontology files whose names count.
            limit: how many terms at most per segment of names.
        """
        grams = grams_of(gram_text(stems)) if stems else np.zeros(0, np.uint32)
        best: dict[int, float] = {}
        for segment in self._segments:
            if segment.ontology in ontologies and len(grams):
                for concept, score in self._in_segment(segment, grams, limit):
                    best[concept] = max(score, best.get(concept, 0.0))
        ranked = sorted(best.items(), key=lambda found: (-found[1], found[0]))
        return [Near(concept, score) for concept, score in ranked]

    def sharing(self, words: Sequence[str], ontologies: Collection[int]) -> Iterator[Sharing]:
        """Yield the names that have all grams of any of some words, and so most likely the words.

        Args:
            words: 64 at most, with a blank before and, where the word is whole, after it; three letters or more.
            ontologies: numbers of the ontology files whose names count.
        """
        wanted = [grams_of(word).tolist() for word in words]
        for segment in self._segments:
            if segment.ontology not in ontologies:
                continue
            which, score = np.zeros(segment.names, np.uint64), np.zeros(segment.names, np.float64)
            for place, grams in enumerate(wanted):
                names = self._with_all(segment, grams)
                which[names] |= np.uint64(1 << place)
                score[names] += np.log(1 + segment.names / max(1, len(names))) ** 2
            any_word = np.flatnonzero(which)
            if len(any_word):
                concepts, norms = self._blobs(segment.number)
                share = score[any_word] / norms[any_word]
                yield Sharing(segment.ontology, concepts[any_word], which[any_word], share)

    def _with_all(self, segment: _Segment, grams: list[int]) -> NDArray[np.int64]:
        """Return the numbers of the names that have all of some grams, ascending."""
        rows = self._ask("count, names", segment, grams)
        if not rows or len(rows) < len(grams):
            return np.zeros(0, np.int64)
        rows.sort(key=lambda row: row[0])
        names = _unpacked(rows[0][1])
        for _, blob in rows[1:]:
            others = _unpacked(blob)
            places = np.minimum(np.searchsorted(others, names), len(others) - 1)
            names = names[others[places] == names]
        return names

    def _in_segment(self, segment: _Segment, grams: NDArray[np.uint32], limit: int) -> Iterator[tuple[int, float]]:
        counted = self._ask("gram, count", segment, grams.tolist())
        if not counted:
            return
        counted.sort(key=lambda row: row[1])
        weights = {gram: float(np.log(1 + segment.names / count)) ** 2 for gram, count in counted}
        chosen = self._rarest(counted)
        scores = np.zeros(segment.names, np.float32)
        for gram, blob in self._ask("gram, names", segment, chosen):
            scores[_unpacked(blob)] += weights[gram]
        # Names that share less than a part of what the text says are not worth a closer look.
        worth = np.flatnonzero(scores >= _LEAST_SHARE * sum(weights[gram] for gram in chosen))
        if not len(worth):
            return
        concepts, norms = self._blobs(segment.number)
        # Grams that no name has count as the rarest: the text says something that no name says.
        unknown = (len(grams) - len(counted)) * float(np.log(1 + segment.names)) ** 2
        own = float(np.sqrt(sum(weights.values()) + unknown))
        cosines = scores[worth] / norms[worth] / own
        for place in np.argsort(-cosines)[:limit]:
            yield int(concepts[worth[place]]), float(cosines[place])

    def _ask(self, columns: str, segment: _Segment, grams: list[int]) -> list[tuple[int, Any]]:
        marks = ",".join("?" * len(grams))
        question = f"SELECT {columns} FROM gram WHERE segment = ? AND gram IN ({marks})"  # noqa: S608 - marks only
        return self._connection.execute(question, (segment.number, *grams)).fetchall()

    def _rarest(self, counted: list[tuple[int, int]]) -> list[int]:
        """Return the rarest grams: all of them, as long as not too many names have them."""
        taken = 0
        chosen: list[int] = []
        for gram, count in counted:
            taken += count
            if taken > _MOST_POSTINGS and len(chosen) >= _FEWEST_GRAMS:
                break
            chosen.append(gram)
        return chosen

    def _blobs(self, segment: int) -> tuple[NDArray[np.uint32], NDArray[np.float16]]:
        if segment not in self._kept:
            concepts, norms = self._connection.execute(
                "SELECT concepts, norms FROM segment WHERE id = ?", (segment,)
            ).fetchone()
            self._kept[segment] = np.frombuffer(concepts, np.uint32), np.frombuffer(norms, np.float16)
        return self._kept[segment]
