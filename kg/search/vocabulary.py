"""The terms of the sidecars: those that records have, all above them, their labels and their other names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import numpy as np

from kg.curie import KG, PREFIXES, compress
from kg.schema import load_schema
from kg.search.arrays import Array, folded, write_arrays, write_strings
from kg.search.extract import Extract
from kg.search.fields import Fields, Licence
from kg.terms import TermIndex

GROUP = KG + "licence-group/"
"""Namespace of licence groups, which stand above licences as terms stand above terms."""

IS_A, PART_OF = 0, 1
SCOPES = ("label", "exact", "narrow", "broad", "related")
"""What a name is to its term, the closest first."""

_ABOVE = ((KG + "ancestorOrSelf", IS_A), (KG + "partOfAncestor", PART_OF))
_LABEL = PREFIXES["rdfs"] + "label"
_NAME = PREFIXES["schema"] + "name"


@dataclass(slots=True)
class Vocabulary:
    """Terms by number; grows while fields are written, and is written at the end.

    Attributes:
        iris: IRI of each term.
        numbers: the number of each IRI.
        pairs: (term, above, relation) for each term that a record has and everything above it but itself.
        placed: terms whose pairs are there.
        labels: label by IRI, where the graph has one.
    """

    labels: dict[str, str]
    above: dict[str, tuple[tuple[str, int], ...]]
    licences: tuple[Licence, ...]
    iris: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    placed: set[int] = field(default_factory=set)

    def number(self, iri: str) -> int:
        """Return the number of a term, which gets one, and everything above it, when it is new."""
        found = self._enter(iri)
        if found not in self.placed:  # a term that was entered as one above another has not been
            self.placed.add(found)
            above = [(higher, relation) for higher, relation in self.above.get(iri, ()) if higher != iri]
            self.pairs += [(found, self._enter(higher), relation) for higher, relation in above]
        return found

    def licence(self, iri: str) -> int:
        """Return the number of a licence, with the groups that it is in above it."""
        if iri not in self.above:
            lower = iri.lower()
            known = next((one for one in self.licences if one.match in lower), None)
            self.labels.setdefault(iri, _licence_label(iri, known))
            groups = known.groups if known else ()
            self.above[iri] = tuple((GROUP + group, IS_A) for group in groups)
        return self.number(iri)

    def _enter(self, iri: str) -> int:
        """Return the number of a term without looking at what is above it."""
        found = self.numbers.get(iri)
        if found is None:
            found = self.numbers[iri] = len(self.iris)
            self.iris.append(iri)
        return found

    def name_from(self, index: TermIndex | None) -> None:
        """Take from a term index the labels that the graph does not have."""
        for iri in self.iris if index else ():
            short = compress(iri)
            if iri not in self.labels and index and short and (term := index.term(short)) and term.label:
                self.labels[iri] = term.label

    def label(self, iri: str) -> str:
        """Return what a term is called: its label, else its CURIE, else the end of its IRI."""
        ending = unquote(iri.rstrip("/").replace("#", "/").rpartition("/")[2])
        return self.labels.get(iri) or compress(iri) or ending or iri

    def curie(self, iri: str) -> str:
        """Return the short form of an IRI, or the IRI where it has none."""
        return curie_of(iri)

    def write(self, folder: Path, index: TermIndex | None) -> list[tuple[int, str, str]]:
        """Write terms, closure and names; return the names as (term, name, scope)."""
        curies = [self.curie(iri) for iri in self.iris]
        labels = [self.label(iri) for iri in self.iris]
        names = [name for number, iri in enumerate(self.iris) for name in _names(number, iri, labels[number], index)]
        write_strings(folder, "term.iri", self.iris)
        write_strings(folder, "term.curie", curies)
        write_strings(folder, "term.label", labels)
        sorted_pairs = sorted({(above, term, relation) for term, above, relation in self.pairs})
        pairs = np.array(sorted_pairs, dtype=np.int32).reshape(-1, 3)
        higher, starts = np.unique(pairs[:, 0], return_index=True)
        below: dict[str, Array] = {
            "above": higher,
            "starts": np.append(starts, len(pairs)),
            "term": pairs[:, 1],
            "relation": pairs[:, 2],
        }
        write_arrays(folder, "closure", below)
        names.sort(key=lambda name: (folded(name[1]), name[0]))
        write_strings(folder, "name.list", (name[1] for name in names))
        named: dict[str, Array] = {
            "term": np.array([name[0] for name in names], dtype=np.int32),
            "scope": np.array([SCOPES.index(name[2]) for name in names], dtype=np.uint8),
        }
        write_arrays(folder, "name.of", named)
        return names


def curie_of(iri: str) -> str:
    """Return the CURIE of an IRI; the group's name for a licence group; else the IRI itself.

    >>> curie_of("http://purl.obolibrary.org/obo/FBbi_00000251"), curie_of(GROUP + "open"), curie_of("urn:a")
    ('FBbi:00000251', 'open', 'urn:a')
    """
    if iri.startswith(GROUP):
        return iri.removeprefix(GROUP)
    short = compress(iri)
    if short:
        return short
    for prefix in ("kg", "schema", "ome", "obo"):
        namespace = PREFIXES[prefix]
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :]:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def read_vocabulary(extract: Extract, fields: Fields) -> Vocabulary:
    """Read from the graph what lies above which term, and what terms are called."""
    tables = extract.tables
    above: dict[str, list[tuple[str, int]]] = {}
    for predicate, relation in _ABOVE:
        extract.rows("pairs", f"SELECT ?a ?b {{ ?a <{predicate}> ?b }}", ("a", "b"))
        for term, higher in _fetched(tables, "SELECT a, b FROM pairs WHERE a <> b ORDER BY a, b"):
            above.setdefault(term, []).append((higher, relation))
    extract.rows("labels", f"SELECT ?a ?b {{ ?a <{_LABEL}> ?b }}", ("a", "b"))
    labels = dict(_fetched(tables, "SELECT a, min(b) FROM labels WHERE b IS NOT NULL GROUP BY a"))
    taxon = PREFIXES["schema"] + "Taxon"
    extract.rows("labels", f"SELECT ?a ?b {{ ?a a <{taxon}> ; <{_NAME}> ?b }}", ("a", "b"))
    for iri, name in _fetched(tables, "SELECT a, min(b) FROM labels WHERE b IS NOT NULL GROUP BY a"):
        labels.setdefault(iri, name)
    kept = {iri: tuple(pairs) for iri, pairs in above.items()}
    return Vocabulary(labels, kept, fields.licences)


def _fetched(tables: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Any]:
    cursor = tables.execute(sql)
    while rows := cursor.fetchmany(10_000):
        yield from rows


def _names(number: int, iri: str, label: str, index: TermIndex | None) -> Iterator[tuple[int, str, str]]:
    yield number, label, "label"
    if label.startswith("CC "):  # CC BY 4.0 is written CC-BY-4.0 and CC BY, too
        bare = label.rstrip("0123456789. ")
        yield from ((number, name, "exact") for name in {label.replace(" ", "-"), bare, bare.replace(" ", "-")} - {label})
    short = compress(iri)
    if index and short:
        for name, scope in index.names(short):
            if name != label:
                yield number, name, scope


def _licence_label(iri: str, known: Licence | None) -> str:
    if known is None:
        return iri
    version = next((part for part in iri.replace("-", "/").split("/") if part.replace(".", "").isdigit()), "")
    return f"{known.label} {version}".strip()


def group_labels(fields: Fields) -> Mapping[str, str]:
    """Return the label of each licence group by its IRI."""
    return {GROUP + group: group.replace("_", " ") for group in fields.groups}


def class_labels() -> Mapping[str, str]:
    """Return what the classes of the schema are called, by IRI: ``StudyComponent`` is a study component."""
    return {
        one.iri: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", one.name).lower()
        for one in load_schema().classes.values()
        if not one.abstract
    }
