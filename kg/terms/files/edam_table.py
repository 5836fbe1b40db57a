"""Reader of the tables that BioPortal makes of an ontology, among them EDAM.tsv of the PyPI package edam-ontology.

A row is a class; cells with several values have bars between them. Tabs or commas separate the cells.
"""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING

from kg.errors import TermError
from kg.terms.files.annotations import IN_OWL, OWL, link_facts, literal_facts
from kg.terms.files.facts import Fact, Kind, curie_of
from kg.terms.files.lines import utf8_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST, _SECOND = "Class ID", "Preferred Label"
_NEEDED = (_FIRST, _SECOND, "Synonyms", "Definitions", "Obsolete", "Parents")
_EDAM = "http://edamontology.org"
_LONGEST_CELL = 131_072
_DEFINITION = IN_OWL + "hasDefinition"


def is_edam_table(text: str) -> bool:
    """Tell whether a file begins as such a table."""
    return text.startswith((f"{_FIRST}\t{_SECOND}", f"{_FIRST},{_SECOND}"))


def read_edam_table(stream: IO[bytes], name: str) -> Iterator[Fact]:
    """Yield the facts of such a table; raises TermError, with the row, where a row does not fit the header."""
    lines = utf8_lines(stream, name)
    first = next(lines, "")
    columns = next(csv.reader([first], delimiter="\t" if "\t" in first else ","), [])
    if missing := [column for column in _NEEDED if column not in columns]:
        raise TermError(name, f"has no column {missing[0]}, expected {', '.join(_NEEDED)}")
    reader = csv.reader(lines, delimiter="\t" if "\t" in first else ",")
    called = False
    try:
        for cells in reader:
            if any(
                len(cell) > _LONGEST_CELL for cell in cells
            ):  # a quote that never closes; the limit of csv is the whole process's
                raise TermError(
                    name, f"row {reader.line_num + 1} is no table row: a cell of more than {_LONGEST_CELL} characters"
                )
            if cells and len(cells) != len(columns):
                raise TermError(name, f"row {reader.line_num + 1} has {len(cells)} cells, expected {len(columns)}")
            row = dict(zip(columns, cells, strict=False))
            if not called and row.get(_FIRST, "").startswith(_EDAM + "/"):
                called = True
                yield Fact(Kind.ONTOLOGY, _EDAM, _EDAM)
            if cells:
                yield from _row(row, name, reader.line_num + 1)
    except csv.Error as error:
        raise TermError(name, f"row {reader.line_num + 1} is no table row: {error}") from error


def _row(row: dict[str, str], name: str, number: int) -> Iterator[Fact]:
    iri = row[_FIRST].strip()
    if not iri.startswith(("http://", "https://")) or " " in iri:
        raise TermError(name, f"row {number} has the Class ID {iri[:60]!r}, expected an IRI")
    if not iri.startswith((OWL, IN_OWL)):  # the roots under which obsolete classes are put
        yield from _term(iri, row)


def _term(iri: str, row: dict[str, str]) -> Iterator[Fact]:
    subject = curie_of(iri)
    yield Fact(Kind.TERM, subject, iri)
    if label := row[_SECOND].strip():
        yield Fact(Kind.LABEL, subject, label)
    if row["Obsolete"].strip().lower() == "true":
        yield Fact(Kind.OBSOLETE, subject)
    for parent in _values(row["Parents"]):
        if not parent.startswith((OWL, IN_OWL)):
            yield Fact(Kind.IS_A, subject, curie_of(parent))
    if definition := (row.get(_DEFINITION) or row["Definitions"]).strip():
        yield Fact(Kind.DEFINITION, subject, definition)
    facts = list(_properties(iri, row))
    yield from facts
    scoped = {fact.value for fact in facts if fact.kind is Kind.NAME}
    yield from (Fact(Kind.NAME, subject, synonym, "related") for synonym in _values(row["Synonyms"]) if synonym not in scoped)


def _properties(iri: str, row: dict[str, str]) -> Iterator[Fact]:
    """Read the columns that are named by an annotation property of OBO."""
    for column, cell in row.items():
        if cell and column.startswith(IN_OWL) and column != _DEFINITION:
            for value in _values(cell):
                if value.startswith("http"):
                    yield from link_facts(iri, column, value)
                else:
                    yield from literal_facts(iri, column, value, None)


def _values(cell: str) -> Iterator[str]:
    return (value for raw in cell.split("|") if (value := raw.strip()))
