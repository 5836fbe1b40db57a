"""From the cells of one line of an SSSOM table to what they say, or to the Problem that they are."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast, get_args

from kg.problem import Problem, Severity
from kg.terms.decided.row import NO_TERM, Relation, Row, RowStatus
from kg.terms.files.facts import curie_of
from kg.terms.resolve.accession import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.terms.decided.sheet import Sheet

NO_TERM_FOUND = "sssom:NoTermFound"
LITERAL = "rdfs literal"
RELATIONS: Mapping[str, Relation] = MappingProxyType({
    "skos:exactMatch": "exact", "skos:closeMatch": "close", "skos:broadMatch": "broad", "skos:narrowMatch": "narrow",
    "owl:equivalentClass": "exact", "owl:sameAs": "exact",
})  # fmt: skip
USED = frozenset({
    "subject_label", "subject_type", "subject_id", "subject_category", "predicate_id", "predicate_modifier", "object_id",
    "object_label", "kg_status", "mapping_justification", "confidence", "object_source_version", "author_id", "author_label",
    "reviewer_id", "reviewer_label", "mapping_date", "mapping_tool", "other", "comment",
})  # fmt: skip
"""Columns that fill the attributes of a Row; all others go to ``Row.extra``."""

PROPAGATED = ("subject_type", "object_source_version", "mapping_date", "mapping_tool")
"""Columns that the metadata may fill for all lines at once."""

BY_PEOPLE = ("semapv:ManualMappingCuration", "semapv:MappingReview")
CONTEXT = "context."
"""How keys of the column ``other`` begin that say what has to stand beside the text."""

_OTHER = ("project", "accession", "tier", "candidates")
_BAR = re.compile(r"((?:[^\\|]|\\.|\\$)*)(?:\||$)", re.DOTALL)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Same:
    """Two terms that mean the same, as a mapping set says; ``place`` is its file and row."""

    one: str
    other: str
    place: str


class BadCellError(Exception):
    """A cell for which its row cannot be used; only between the functions of this module and its caller."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        """Say in which column, what was found and what was expected."""
        super().__init__(found)
        self.column, self.found, self.expected = column, found, expected


class Line:
    """One line of a table: its cells by column, and the Problems that do not keep it from being used."""

    def __init__(self, file: str, number: int, cells: Mapping[str, str], prefixes: Mapping[str, str]) -> None:
        """Take the cells with what the metadata say for all lines, and the file's own prefixes."""
        self.file = file
        self.number = number
        self.problems: list[Problem] = []
        self._cells = cells
        self._prefixes = prefixes
        self._read: list[tuple[str, str]] | None = None

    def __getitem__(self, column: str) -> str:
        """Return a cell without blanks around it; empty when there is no such column."""
        return self._cells.get(column, "").strip()

    def raw(self, column: str) -> str:
        """Return a cell as it stands there."""
        return self._cells.get(column, "")

    def other(self, name: str) -> str:
        """Return a value of the column ``other``; empty when it is not there."""
        return next((value for key, value in self._pairs() if key == name), "")

    def context(self) -> tuple[tuple[str, str], ...]:
        """Return what has to stand beside the text, as the column ``other`` says it."""
        return tuple(sorted((key.removeprefix(CONTEXT), value) for key, value in self._pairs() if key.startswith(CONTEXT)))

    def extra(self) -> tuple[tuple[str, str], ...]:
        """Return the filled cells, or parts of ``other``, that a Row has no attribute for."""
        cells = [(name, cell) for name, cell in self._cells.items() if cell and name not in USED]
        rest = [f"{key}={value}" for key, value in self._pairs() if key not in _OTHER and not key.startswith(CONTEXT)]
        return (*cells, ("other", joined(tuple(rest)))) if rest else tuple(cells)

    def _pairs(self) -> list[tuple[str, str]]:
        if self._read is None:
            self._read = self._read_pairs()
        return self._read

    def _read_pairs(self) -> list[tuple[str, str]]:
        found = []
        for part in parts(self["other"]):
            name, sign, value = part.partition("=")
            if not (sign and name.strip() and value.strip()):
                raise BadCellError("other", _short(part), "key=value, such as project=idr0056 or context.organism=Danio rerio")
            found.append((name.strip(), value.strip()))
        return found

    def problem(self, column: str, found: str, expected: str, repair: str, severity: Severity) -> Problem:
        """Return a Problem of this line."""
        return Problem(self.file, "decision-row", found, expected, column, (self.number,), 1, repair, severity)

    def warn(self, column: str, found: str, expected: str) -> None:
        """Note that a cell was left out."""
        self.problems.append(self.problem(column, found, expected, "the row is used without it", "warning"))

    def term(self, column: str, text: str) -> str:
        """Return the CURIE, as the registry spells it, of an identifier in the file's spelling."""
        prefix, _, local = text.partition(":")
        if prefix in self._prefixes and not local.startswith("//"):
            text = self._prefixes[prefix] + local
        if "://" not in text:
            meant = normalise(text)
            if meant.curie is None:
                raise BadCellError(column, _short(text), f"a term such as FBbi:00000251 ({meant.why})")
            return meant.curie
        curie = curie_of(text)
        return curie if "://" in curie else normalise(curie).curie or curie


def lines_of(file: str, sheet: Sheet) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a table, and the Problems of those that have more cells than the header has columns."""
    prefixes = {str(name): str(space) for name, space in _mapping(sheet.meta.get("curie_map")).items()}
    filled = {name for _, row in sheet.records for name, cell in zip(sheet.header, row, strict=False) if cell.strip()}
    common = {name: str(sheet.meta[name]) for name in PROPAGATED if name not in filled and sheet.meta.get(name) is not None}
    makers = {
        name: _joined(sheet.meta.get(f"creator_{kind}")) for name, kind in (("author_id", "id"), ("author_label", "label"))
    }
    lines, problems = [], []
    for number, row in sheet.records:
        cells = {**dict(zip(sheet.header, row, strict=False)), **common}
        if not cells.get("author_id") and not cells.get("author_label"):
            cells.update(makers)
        line = Line(file, number, cells, prefixes)
        surplus = [cell for cell in row[len(sheet.header) :] if cell.strip()]
        if surplus:
            found = f"{len(row)} cells, the last {_short(surplus[-1])}"
            problems.append(line.problem("", found, f"{len(sheet.header)}, as the header has", "the row is left out", "error"))
        else:
            lines.append(line)
    return lines, problems


def row_of(line: Line) -> Row:
    """Return the decision that a line holds; raises BadCellError."""
    if line["subject_id"] and line["subject_type"] != LITERAL:
        expected = "a text in subject_label; mappings between terms belong in the `same` files of a policy"
        raise BadCellError("subject_id", _short(line["subject_id"]), expected)
    if line["subject_type"] not in {"", LITERAL}:
        raise BadCellError("subject_type", _short(line["subject_type"]), LITERAL)
    text, given = line.raw("subject_label"), line.other("accession")
    if not text.strip() and not given:
        raise BadCellError("subject_label", "neither text nor accession", "the text that the row decides about")
    status = _status(line)
    return Row(
        text="" if text.strip() == given else text,
        field=line["subject_category"],
        project=line.other("project"),
        context=line.context(),
        accession=given,
        curie=_object(line, status),
        label=line["object_label"],
        status=status,
        relation=_relation(line),
        tier=line.other("tier"),
        score=_score(line),
        ontology=line["object_source_version"],
        authors=(*parts(line["author_id"]), *parts(line["author_label"])),
        reviewers=(*parts(line["reviewer_id"]), *parts(line["reviewer_label"])),
        day=_day(line),
        why=line["comment"],
        candidates=tuple(line.other("candidates").split()),
        justification=line["mapping_justification"],
        tool=line["mapping_tool"],
        extra=line.extra(),
        file=line.file,
        number=line.number,
    )


def same_of(line: Line) -> Same | None:
    """Return the two terms that a line calls the same; None when it says something else; raises BadCellError."""
    exact = RELATIONS.get(line["predicate_id"]) == "exact" and not line["predicate_modifier"]
    if not exact or NO_TERM_FOUND in {line["subject_id"], line["object_id"]} or line["subject_type"] == LITERAL:
        return None
    for column in ("subject_id", "object_id"):
        if not line[column]:
            raise BadCellError(column, "nothing", "a term")
    pair = line.term("subject_id", line["subject_id"]), line.term("object_id", line["object_id"])
    return None if pair[0] == pair[1] else Same(*pair, f"{PurePath(line.file).name} row {line.number}")


def read_each(lines: list[Line], read: Callable[[Line], Any]) -> tuple[list[Any], list[Problem]]:
    """Return what each line says where it can be used, and the Problems of all."""
    found, problems = [], []
    for line in lines:
        try:
            found.append(read(line))
        except BadCellError as bad:
            problems.append(line.problem(bad.column, bad.found, bad.expected, "the row is left out", "error"))
        problems += line.problems
    return found, problems


def parts(cell: str) -> tuple[str, ...]:
    r"""Return the values of a cell that holds several, separated by bars.

    >>> parts(r"Ada\|Eve | Bob"), parts("")
    (('Ada|Eve', 'Bob'), ())
    """
    if "|" not in cell and "\\" not in cell:
        return (cell.strip(),) if cell.strip() else ()
    found = [re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL).strip() for match in _BAR.finditer(cell)]
    return tuple(part for part in found if part)


def joined(values: tuple[str, ...]) -> str:
    r"""Return a cell that holds several values.

    >>> joined(("Ada|Eve", "Bob"))
    'Ada\\|Eve|Bob'
    """
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def _status(line: Line) -> RowStatus:
    said, modifier = line["kg_status"].lower(), line["predicate_modifier"]
    if not said:  # what no person has looked at is a proposal, whoever made it
        said = "accepted" if line["mapping_justification"] in {"", *BY_PEOPLE} else "review"
    if said not in get_args(RowStatus):
        raise BadCellError("kg_status", _short(line["kg_status"]), " or ".join(get_args(RowStatus)))
    if modifier.lower() not in {"", "not"}:
        raise BadCellError("predicate_modifier", _short(modifier), "Not, or nothing")
    if modifier and said == "accepted":
        return "rejected"
    return cast("RowStatus", said)


def _object(line: Line, status: RowStatus) -> str:
    said = line["object_id"]
    if said in {"", NO_TERM_FOUND}:
        if status == "rejected":
            raise BadCellError("object_id", said or "nothing", "the term that is rejected")
        if status == "accepted" and not said:
            raise BadCellError("object_id", "nothing", f"a term, or {NO_TERM_FOUND} for a text that names none")
        return NO_TERM
    return line.term("object_id", said)


def _relation(line: Line) -> Relation:
    said = line["predicate_id"]
    relation = RELATIONS.get(said) or RELATIONS.get(said.replace("http://www.w3.org/2004/02/skos/core#", "skos:"))
    if relation is None:
        raise BadCellError("predicate_id", _short(said) if said else "nothing", "skos:exactMatch, or close, broad, narrowMatch")
    return relation


def _score(line: Line) -> float | None:
    said = line["confidence"]
    if not said:
        return None
    try:
        score = float(said)
    except ValueError:
        score = math.nan
    if not 0 <= score <= 1:
        line.warn("confidence", _short(said), "a number from 0 to 1, with a point")
        return None
    return score


def _day(line: Line) -> date | None:
    said = line["mapping_date"]
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        line.warn("mapping_date", _short(said), "a date such as 2026-11-21")
        return None


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _joined(value: object) -> str:
    return joined(tuple(map(str, value))) if isinstance(value, list) else str(value or "")


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "\u2026")
