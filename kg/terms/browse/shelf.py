"""Shelf: an ontology as a browser sees it, made of the loaded files of one name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.terms.entries import Ontology

_NOT_ID = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Shelf:
    """An ontology and the loaded files that it consists of.

    Attributes:
        id: its name in addresses: small letters, digits, ``-`` and ``_``; unique.
        about: its leading file: an added one before the table that comes with kg.
        files: numbers of its files in the index, the leading one first.
        added: those of them that somebody added.
    """

    id: str
    about: Ontology
    files: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def prefix(self) -> str:
        """Return the prefix of the terms that it defines."""
        return self.about.prefix

    @property
    def believed(self) -> str:
        """Return the SQL condition under which a row ``p`` of parents counts.

        The table that comes with kg has shortcuts in it, so it counts only for terms that no added file gives parents.
        """
        files = ",".join(map(str, self.files))
        if not self.added or len(self.added) == len(self.files):
            return f"p.ontology IN ({files})"
        added = ",".join(map(str, self.added))
        return (
            f"(p.ontology IN ({added}) OR p.ontology IN ({files}) AND NOT EXISTS ("  # noqa: S608 - numbers of our own
            f"SELECT 1 FROM parent q WHERE q.child = p.child AND q.ontology IN ({added})))"
        )

    def defines(self, curie: str) -> bool:
        """Say whether a term is its own, not one that it imports."""
        return bool(self.prefix) and curie.partition(":")[0] == self.prefix


def shelves_of(ontologies: Mapping[int, Ontology]) -> tuple[Shelf, ...]:
    """Return the shelves that loaded files make up, by id; overlays of synonyms make none.

    Args:
        ontologies: the loaded files by their number.
    """
    named: dict[str, list[int]] = {}
    for number, ontology in ontologies.items():
        if ontology.prefix:
            named.setdefault(ontology.name.casefold(), []).append(number)
    shelves: dict[str, Shelf] = {}
    for name in sorted(named):
        numbers = sorted(named[name], key=lambda number: (ontologies[number].embedded, -number))
        added = tuple(number for number in numbers if not ontologies[number].embedded)
        taken = _free(_NOT_ID.sub("-", name).strip("-") or "ontology", shelves)
        shelves[taken] = Shelf(taken, ontologies[numbers[0]], tuple(numbers), added)
    return tuple(shelves[taken] for taken in sorted(shelves))


def marks(values: Sequence[object]) -> str:
    """Return as many marks for SQL as there are values.

    >>> marks("abc")
    '?,?,?'
    """
    return ",".join("?" * len(values))


def _free(wanted: str, taken: Iterable[str]) -> str:
    """Return an id that is not taken: two names may differ only in what an id cannot hold."""
    number, found = 2, wanted
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found
