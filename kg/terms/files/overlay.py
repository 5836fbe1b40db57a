"""Reader of synonym overlays: names that an ontology lacks, kept beside it as an SSSOM table of literal mappings.

The text is the subject and the term the object, so ``skos:broadMatch`` says that the term is broader: the text is a narrow
synonym. https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

import yaml

from kg.curie import TERM_NAMESPACES
from kg.errors import TermError
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.lines import utf8_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.term import Scope

LITERAL = "rdfs literal"
_SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        "skos:exactMatch": "exact",
        "skos:broadMatch": "narrow",
        "skos:narrowMatch": "broad",
        "skos:closeMatch": "related",
        "skos:relatedMatch": "related",
    }
)
_REQUIRED = ("subject_label", "predicate_id", "object_id", "object_label")
_HEAD = {"mapping_set_id": Kind.ONTOLOGY, "mapping_set_version": Kind.VERSION, "license": Kind.LICENCE}
_LONGEST_HEAD = 1 << 16
_LONGEST_LINE = 1 << 16


def is_overlay(text: str) -> bool:
    r"""Say whether a file that begins so is an SSSOM table of literal mappings.

    >>> is_overlay("#mapping_set_id: https://w3id.org/x\nsubject_label\tpredicate_id\tobject_id\n")
    True
    >>> is_overlay("curie\tlabel\nFBbi:00000246\tfluorescence microscopy\n")
    False
    """
    lines = (line for line in text.removeprefix("\ufeff").splitlines() if not line.startswith("#"))
    return {"subject_label", "object_id", "predicate_id"} <= set(next(lines, "").split("\t"))


def read_overlay(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the names that an overlay gives, with term and label once each; raises TermError, with the row, for a bad one.

    Rows are counted as a spreadsheet does, lines of metadata among them.
    """
    meta, header, before = _head_of(stream, name)
    columns = _columns(header, name)
    yield from _head(meta, name)
    prefixes = _prefixes(meta)
    labels: dict[str, str] = {}
    rows = csv.reader(utf8_lines(stream, name, "row", _LONGEST_LINE, before), delimiter="\t", strict=True)
    try:
        for cells in rows:
            if any(cells):
                yield from _row(cells, columns, meta, prefixes, labels, f"{name}, row {before + rows.line_num}")
    except csv.Error as error:
        raise TermError(name, f"row {before + rows.line_num} is no row of a table: {error}") from error


def _head_of(stream: IO[bytes], name: str) -> tuple[dict[str, Any], str, int]:
    """Return the metadata, the header line and how many lines both take."""
    lines: list[str] = []
    size = 0
    for line in utf8_lines(stream, name, "row", _LONGEST_LINE):
        if not line.startswith("#"):
            return _metadata(lines, name), line, len(lines) + 1
        lines.append(line[1:])
        size += len(line)
        if size > _LONGEST_HEAD:
            raise TermError(name, f"has more than {_LONGEST_HEAD} characters of metadata")
    raise TermError(name, "has no header line, so it is no SSSOM table")


def _metadata(lines: list[str], name: str) -> dict[str, Any]:
    try:
        said = yaml.load(io.StringIO("".join(lines)), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise TermError(name, f"has metadata that is not YAML: {error}") from error
    if not isinstance(said, dict):
        raise TermError(name, "has no metadata, expected lines like `#mapping_set_id: ...` at its beginning")
    return said


def _columns(header: str, name: str) -> list[str]:
    columns = [column.strip() for column in header.rstrip("\r\n").split("\t")]
    missing = [column for column in _REQUIRED if column not in columns]
    if missing or len(set(columns)) < len(columns):
        raise TermError(name, f"has the columns {', '.join(columns)[:200]}, expected {', '.join(_REQUIRED)}, each column once")
    return columns


def _head(meta: dict[str, Any], name: str) -> Iterator[Fact]:
    yield Fact(Kind.OVERLAY)
    for word, kind in _HEAD.items():
        if not meta.get(word):
            raise TermError(name, f"does not say its {word}, without which nobody can tell what its names are from")
        yield Fact(kind, value=str(meta[word]))


def _prefixes(meta: dict[str, Any]) -> dict[str, str]:
    given = meta.get("curie_map")
    own = {str(prefix): str(space) for prefix, space in given.items()} if isinstance(given, dict) else {}
    return {**TERM_NAMESPACES, **own}


def _row(
    cells: list[str], columns: list[str], meta: dict[str, Any], prefixes: Mapping[str, str], labels: dict[str, str], place: str
) -> Iterator[Fact]:
    if len(cells) > len(columns):
        raise TermError(place, f"has {len(cells)} cells, expected {len(columns)}")
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}
    kind = row.get("subject_type") or str(meta.get("subject_type", ""))
    if kind != LITERAL:
        raise TermError(place, f"has the subject_type {kind[:60]!r}, expected {LITERAL!r}: an overlay gives names, not terms")
    if row.get("predicate_modifier"):
        raise TermError(place, "denies a mapping (predicate_modifier), expected rows that say what a text means")
    text, label, scope = row.get("subject_label", ""), row.get("object_label", ""), _SCOPES.get(row.get("predicate_id", ""))
    if not text or not label:
        raise TermError(place, "has no subject_label or no object_label, expected a text and the label of its term")
    if scope is None:
        found = row.get("predicate_id", "")[:60]
        raise TermError(place, f"has the predicate_id {found!r}, expected one of {', '.join(_SCOPES)}")
    curie, iri = _term(row.get("object_id", ""), prefixes, place)
    if labels.setdefault(curie, label) != label:
        raise TermError(place, f"calls {curie} {label[:60]!r}, an earlier row calls it {labels[curie][:60]!r}")
    yield Fact(Kind.TERM, curie, iri)
    yield Fact(Kind.LABEL, curie, label)
    yield Fact(Kind.NAME, curie, text, scope)


def _term(given: str, prefixes: Mapping[str, str], place: str) -> tuple[str, str]:
    prefix, colon, local = given.partition(":")
    if not (colon and local and prefix in prefixes) or " " in given:
        raise TermError(
            place,
            f"has the object_id {given[:60]!r}, expected a form like FBbi:00000251 with a prefix that kg or curie_map knows",
        )
    iri = prefixes[prefix] + local
    return curie_of(iri), iri
