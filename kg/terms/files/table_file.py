"""Own term tables: a head of ``# key: value`` lines, then tab-separated rows under ``curie label parents synonyms iri``."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, cast

from kg.errors import TermError
from kg.terms.files.facts import Fact, Kind
from kg.terms.files.lines import utf8_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.term import Scope

_REQUIRED = ("curie", "label")
_OPTIONAL = ("parents", "part_of", "synonyms", "iri", "definition", "xrefs", "obsolete", "replaced_by")
_HEAD = {"ontology": Kind.ONTOLOGY, "version": Kind.VERSION, "source": Kind.SOURCE, "licence": Kind.LICENCE}
_SCOPED = re.compile(r"(.*\S)\s*\[(exact|narrow|broad|related)\]")
_LISTS = {"parents": Kind.IS_A, "part_of": Kind.PART_OF, "xrefs": Kind.XREF, "replaced_by": Kind.REPLACED_BY}


def read_table(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the facts of a term table; raises TermError, with the row, where a row does not fit the header."""
    columns: list[str] = []
    for number, raw in enumerate(utf8_lines(stream, name, "row"), start=1):
        line = raw.rstrip("\r\n")
        if not columns and line.startswith("#"):
            yield from _head(line)
        elif not columns:
            columns = _columns(line, name)
        elif line.strip():
            cells = line.split("\t")
            if len(cells) > len(columns) or not cells[0].strip():
                raise TermError(name, f"row {number} has {len(cells)} cells or no curie, expected {len(columns)} cells")
            yield from _row(dict(zip(columns, cells, strict=False)), name, number)


def _head(line: str) -> Iterator[Fact]:
    word, colon, value = line.lstrip("# ").partition(":")
    if colon and word.strip() in _HEAD:
        yield Fact(_HEAD[word.strip()], value=value.strip())


def _columns(line: str, name: str) -> list[str]:
    columns = [column.strip() for column in line.split("\t")]
    unknown = [column for column in columns if column not in (*_REQUIRED, *_OPTIONAL)]
    if columns[:2] != list(_REQUIRED) or unknown:
        raise TermError(name, f"has the columns {', '.join(columns)}, expected curie, label and any of {', '.join(_OPTIONAL)}")
    return columns


def _row(row: dict[str, str], name: str, number: int) -> Iterator[Fact]:
    subject = row["curie"].strip()
    if ":" not in subject or " " in subject:
        raise TermError(name, f"row {number} has the curie {subject[:60]!r}, expected a form like FBbi:00000251")
    yield Fact(Kind.TERM, subject, row.get("iri", "").strip())
    if label := row["label"].strip():
        yield Fact(Kind.LABEL, subject, label)
    if definition := row.get("definition", "").strip():
        yield Fact(Kind.DEFINITION, subject, definition)
    if row.get("obsolete", "").strip().lower() in ("true", "yes", "1"):
        yield Fact(Kind.OBSOLETE, subject)
    for column, kind in _LISTS.items():
        for target in _list(row.get(column, "")):
            yield Fact(kind, subject, target)
    for synonym in _list(row.get("synonyms", "")):
        scoped = _SCOPED.fullmatch(synonym)
        yield Fact(Kind.NAME, subject, scoped[1] if scoped else synonym, cast("Scope", scoped[2] if scoped else "exact"))


def _list(cell: str) -> Iterator[str]:
    return (part for raw in cell.split("|") if (part := raw.strip()))
