"""Known: what the words of a header may mean, by all mappings, the schema, own synonyms and what curators of IDR chose."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from kg.paths import data_dir
from kg.schema import Schema
from kg.suggest.header import Header, folded
from kg.suggest.packaged import Said

WORDS = "column-words.tsv"
SYNONYMS = "column-synonyms.tsv"
_PEOPLE = frozenset(
    {"idr-annotation", "rembi", "isa", "omero-key-values", "hubmap", "ngff-samples", "idr-processed", "idr-study"}
)
_BY_HAND, _OWN_NAME, _PEOPLE_WEIGHT, _OTHER_WEIGHT = 6.0, 1.5, 2.0, 0.5
_PARTLY, _SPELT_ALIKE, _LEAST, _MOST_PHRASES = 0.8, 0.9, 0.35, 60
_CERTAIN, _SATURATED = 0.93, 0.8
_GENERAL = 12
_OURS = frozenset(
    {
        "Decision",
        "SourceRecord",
        "Job",
        "CustomColumn",
        "RecordCollection",
        "ExtraField",
        "Link",
        "TiffData",
        "BinData",
        "ProcessedDataColumn",
        "FileReference",
    }
)
"""Classes of kg's own bookkeeping, and of containers: no column of a table is about them."""
_LONG_ENOUGH = 5
_CHANNEL = frozenset({"ch", "channel"})


class Target(NamedTuple):
    """A slot; ``class_`` is empty for one that several classes share, so that the table says whose it is."""

    class_: str
    slot: str


@dataclass(frozen=True, slots=True)
class Vote:
    """One reason to take some words for a slot.

    Attributes:
        target: the slot.
        weight: how much it counts.
        why: who says so, for people.
    """

    target: Target
    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header may mean.

    Attributes:
        target: the slot.
        score: 0 to 1.
        why: one clause for people.
    """

    target: Target
    score: float
    why: str


class Targets:
    """Names targets: a slot that many unlike classes have keeps its class, any other is known by its name alone."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema."""
        owners: dict[str, set[str]] = defaultdict(set)
        for class_ in schema.classes.values():
            if not class_.abstract and class_.name not in _OURS:
                for slot in class_.slots:
                    owners[slot].add(class_.name)
        contexts = set(schema.class_("SampleContext").slots)
        self._general = {s for s, some in owners.items() if s not in contexts and len(some) >= _GENERAL}
        self._shared = {s for s, some in owners.items() if s in contexts or 1 < len(some) < _GENERAL}
        self._schema = schema

    def of(self, class_: str, slot: str) -> Target | None:
        """Return the target of a slot of a class; None for one that holds a record, or that is not there."""
        known = self._schema.classes[class_].slots.get(slot) if class_ in self._schema.classes else None
        if known is None or known.kind == "object" or slot == "id" or class_ in _OURS:
            return None
        return Target("" if slot in self._shared else class_, slot)


class Known:
    """Ranks what the words of headers may mean."""

    def __init__(self, votes: Iterable[tuple[str, Vote]]) -> None:
        """Take votes by phrase, in whatever spelling."""
        self._votes: dict[str, list[Vote]] = defaultdict(list)
        self._words: dict[str, tuple[str, ...]] = {}
        self._with: dict[str, list[str]] = defaultdict(list)
        for phrase, vote in votes:
            words = folded(phrase)
            key = "".join(words)
            if key not in self._words:
                self._words[key] = words
                for word in set(words):
                    self._with[word].append(key)
            self._votes[key].append(vote)
        total = max(len(self._words), 1)
        self._rarity = {word: math.log(1 + total / len(keys)) for word, keys in self._with.items()}
        self._rarest = math.log(1 + total)

    def __contains__(self, header: Header) -> bool:
        """Say whether just these words are known."""
        return header.key in self._votes

    def rank(self, header: Header) -> list[Meaning]:
        """Return what a header may mean, best first: by the same words, else by words alike."""
        best: dict[Target, Meaning] = {}
        for key, likeness in self._alike(header):
            for meaning in self._meanings(key, likeness):
                known = best.get(meaning.target)
                if known is None or meaning.score > known.score:
                    best[meaning.target] = meaning
        return sorted(best.values(), key=lambda meaning: (-meaning.score, meaning.target))

    def _alike(self, header: Header) -> Iterator[tuple[str, float]]:
        if header.key in self._votes:
            yield header.key, 1.0
            return
        plain = "".join(header.plain)
        if plain in self._votes:
            yield plain, 0.97
        aside = "".join(word for word in header.words if word not in _CHANNEL)
        if aside != header.key and aside in self._votes:
            yield aside, 0.97
        if len(header.key) >= _LONG_ENOUGH:
            for key in get_close_matches(header.key, self._neighbours(header.key), n=2, cutoff=_SPELT_ALIKE):
                yield key, 0.92
        scored = ((self._likeness(header.words, self._words[key]), key) for key in self._sharing(header.words))
        near = sorted(((score, key) for score, key in scored if score >= _LEAST), reverse=True)
        for score, key in near[:_MOST_PHRASES]:
            yield key, _PARTLY * score

    def _neighbours(self, key: str) -> list[str]:
        """Return the keys that a slip could have made into this one: about as long, with the same beginning."""
        return [other for other in self._votes if other[:2] == key[:2] and abs(len(other) - len(key)) <= 2]  # noqa: PLR2004

    def _sharing(self, words: Sequence[str]) -> set[str]:
        return {key for word in words for key in self._with.get(word, ())}

    def _likeness(self, one: Sequence[str], other: Sequence[str]) -> float:
        """Return how alike two phrases are: rare words count more, and the last word, which says what it is, twice."""

        def worth(words: Iterable[str]) -> float:
            return sum(self._rarity.get(word, self._rarest) for word in words)

        common = worth(set(one) & set(other))
        whole = worth(set(one) | set(other))
        same_end = one[-1:] == other[-1:]
        share = common / whole if whole else 0.0
        contained = common / min(worth(set(one)), worth(set(other))) if common else 0.0
        return min(0.95, (0.65 * share + 0.35 * contained) * (1.08 if same_end else 0.85))

    def _meanings(self, key: str, likeness: float) -> Iterator[Meaning]:
        sums: dict[Target, float] = defaultdict(float)
        reasons: dict[Target, list[Vote]] = defaultdict(list)
        for vote in self._votes[key]:
            sums[vote.target] += vote.weight
            reasons[vote.target].append(vote)
        most = max(sums.values())
        rivals = sum(weight for weight in sums.values()) / most
        for target, weight in sums.items():
            strength = 1 - math.exp(-most / _SATURATED)
            clear = (1 / max(rivals - 1, 1)) ** 0.35  # two slots for one thing (as written, as a term) are no rivals
            score = _CERTAIN * likeness * (0.45 + 0.55 * strength) * clear * (weight / most) ** 0.6
            words = " ".join(self._words[key])
            who = ", ".join(dict.fromkeys(v.why for v in sorted(reasons[target], key=lambda v: -v.weight)[:2]))
            how = f"{words!r}" if likeness == 1.0 else f"like {words!r}"
            yield Meaning(target, score, f"{how} ({who})")


def votes_of(schema: Schema, columns: Iterable[Said], rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Vote]]:
    """Yield everything that is known: by columns of mappings, the schema, own synonyms, rows of ``column-words.tsv``."""
    targets = Targets(schema)
    yield from schema_votes(schema, targets)
    yield from synonym_votes(targets)
    yield from word_votes(targets, rows)
    yield from mapping_votes(targets, columns)


def schema_votes(schema: Schema, targets: Targets) -> Iterator[tuple[str, Vote]]:
    """Yield the names of all slots; one that keeps its class is also called by both."""
    for class_ in schema.classes.values():
        if class_.abstract:
            continue
        for slot in class_.slots:
            target = targets.of(class_.name, slot)
            if target is None:
                continue
            phrase = slot.replace("_text", "").replace("_term", "").replace("_", " ")
            if target.class_:
                yield f"{class_.name} {phrase}", Vote(target, _OWN_NAME, "the schema")
            if slot not in schema.classes["Record"].slots:
                owners = 0.3 if target.class_ else _OWN_NAME
                yield phrase, Vote(target, owners, "the schema")


def mapping_votes(targets: Targets, columns: Iterable[Said]) -> Iterator[tuple[str, Vote]]:
    """Yield the columns that mappings name; one that names a slot's column in two records says so once."""
    seen: set[tuple[str, str, Target]] = set()
    for mapping, class_, slot, phrase in columns:
        target = targets.of(class_, slot)
        if target is not None and (mapping, phrase, target) not in seen:
            seen.add((mapping, phrase, target))
            yield phrase, Vote(target, _PEOPLE_WEIGHT if mapping in _PEOPLE else _OTHER_WEIGHT, f"mapping {mapping}")


def synonym_votes(targets: Targets) -> Iterator[tuple[str, Vote]]:
    """Yield the project's own synonyms."""
    for row in table(SYNONYMS):
        class_, _, slot = row["slot"].rpartition(".")
        target = targets.of(class_, slot)
        if target is None:
            raise ValueError(f"{SYNONYMS}: {row['slot']} is no slot that holds a value")
        yield row["phrase"], Vote(target, _BY_HAND * float(row["weight"] or 1), "own synonym")


def word_votes(targets: Targets, rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Vote]]:
    """Yield what curators of IDR made of columns with these words, more the more studies have them."""
    for row in rows:
        studies = int(row["studies"])
        for name in filter(None, row["slot"].split("|")):
            class_, _, slot = name.rpartition(".")
            target = targets.of(class_, slot)
            if target is not None:
                said = f"{studies} IDR stud{'y' if studies == 1 else 'ies'}"
                yield row["phrase"], Vote(target, 1 + math.log(studies), said)


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the project's tables of column words."""
    with (data_dir("ontologies") / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
