"""Reader of the JSON tables of the PyPI package cellxgene-ontology-guide: one object whose keys are the terms.

A table names the ancestors of each term with their distance, over ``is_a`` and ``part_of`` alike; the nearest ones are taken
as its parents. Its synonyms are the exact ones of the ontology alone: so it is, held against the OBO files of CL, PATO, UBERON.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any

from kg.errors import TermError
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.fields import Fields
from kg.terms.files.json_stream import JsonStream

if TYPE_CHECKING:
    from collections.abc import Iterator

_TERM = re.compile(r"[A-Za-z][A-Za-z0-9.\-]*[:_][^\s:]+")
_TABLE = re.compile(
    r'\{\s*"[A-Za-z][A-Za-z0-9.\-]*[:_][^\s":]+"\s*:\s*\{\s*"(ancestors|label|description|synonyms|deprecated|replaced_by|consider'
    r'|comments|term_tracker|cross_ontology_terms)"'
)
_FILE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*)-ontology-v?(?P<version>[^/v][^/]*?)\.json(\.[a-z0-9]+)?")


def is_guide(text: str) -> bool:
    """Tell whether the beginning of a JSON document is that of such a table."""
    return _TABLE.match(text) is not None


def read_guide(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the facts of such a table; raises TermError, with the term, where something is not as expected.

    Name and version of the ontology come from the name of the file (``CL-ontology-v2026-03-26.json.zst``), for the tables
    state neither.
    """
    if called := _FILE.fullmatch(name):
        yield Fact(Kind.ONTOLOGY, value=called["name"])
        yield Fact(Kind.VERSION, value=called["version"])
    document = JsonStream(stream, name)
    for key in document.members():
        if not _TERM.fullmatch(key):
            raise TermError(name, f"has the key {key[:60]!r}, expected a term such as CL:0000540")
        yield from _entry(key, document.value(), name)
    document.end()


def _entry(key: str, entry: object, name: str) -> Iterator[Fact]:
    row, subject = Fields(entry, f"the term {key}", name), _curie(key)
    yield Fact(Kind.TERM, subject)
    if label := row.text("label"):
        yield Fact(Kind.LABEL, subject, label)
    for synonym in row.texts("synonyms"):
        yield Fact(Kind.NAME, subject, synonym, "exact")
    if definition := row.text("description"):
        yield Fact(Kind.DEFINITION, subject, definition)
    for parent in _nearest(row.keyed("ancestors"), key, name):
        yield Fact(Kind.IS_A, subject, _curie(parent))
    for target in row.keyed("cross_ontology_terms").values():
        if not isinstance(target, str):
            raise TermError(name, f"has {target!r:.60} among the cross_ontology_terms of the term {key}, expected a term")
        yield Fact(Kind.XREF, subject, _curie(target))
    if row.flag("deprecated"):
        yield Fact(Kind.OBSOLETE, subject)
    for target in row.texts("replaced_by"):
        yield Fact(Kind.REPLACED_BY, subject, _curie(target))
    for target in row.texts("consider"):
        yield Fact(Kind.CONSIDER, subject, _curie(target))


def _nearest(ancestors: dict[str, Any], key: str, name: str) -> list[str]:
    """Return the ancestors at the least distance: 1, or more where terms of other ontologies stand between."""
    if not all(type(distance) is int for distance in ancestors.values()):
        raise TermError(name, f"has ancestors of the term {key} whose distance is no whole number")
    least = min(ancestors.values(), default=0)
    return [ancestor for ancestor, distance in ancestors.items() if distance == least]


def _curie(text: str) -> str:
    """Return a term as a CURIE: Cellosaurus is spelt with an underscore (``CVCL_0001``)."""
    if text.startswith("http"):
        return curie_of(text)
    return text if ":" in text else text.replace("_", ":", 1)
