"""IDR study files: keys down the first column, values to the right, blocks for screens and experiments (after ISA-Tab).

The template is https://github.com/IDR/idr-metadata; ISA-Tab is https://isa-specs.readthedocs.io/en/latest/isatab.html.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.body import Scratch, unpack
from kg.readers.idr_template import SINGLE, SWALLOWED, aligned, group_of, is_key
from kg.readers.text import Decoded, decode
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "idr_study"
RANK = 40
TITLE = "IDR study files (idrNNNN-study.txt)"

_HEAD = re.compile(r'^"?(Comment\[IDR Study Accession\]|Study Title|Study Type)"? *\t', re.MULTILINE)
_ISA = re.compile(r'^"?(INVESTIGATION|ONTOLOGY SOURCE REFERENCE)\b', re.MULTILINE)
_BLOCK = re.compile(r"(Screen|Experiment) |Comment\[IDR (Screen|Experiment) ")
_STARTS = frozenset({"Screen Number", "Experiment Number", "Comment[IDR Screen Name]", "Comment[IDR Experiment Name]"})
_MENDED = 1000


def claims(peek: Peek) -> bool:
    """Claim tab-separated text with the first keys of an IDR study file."""
    found = {match[1] for match in _HEAD.finditer(peek.text.replace("\r", "\n"))}
    return "Comment[IDR Study Accession]" in found or (len(found) > 1 and not _ISA.search(peek.text))


@dataclass(frozen=True, slots=True)
class _Line:
    """One record: a key and its values.

    ``name`` is the key with its white space put in order.
    """

    row: int
    key: str
    name: str
    cells: list[str]

    @property
    def values(self) -> list[str]:
        """Return the cells without the empty ones that a spreadsheet puts behind."""
        size = len(self.cells)
        while size and not self.cells[size - 1]:
            size -= 1
        return self.cells[:size]


@dataclass(slots=True)
class _Block:
    """The lines of the head (``kind`` empty), or of one screen or experiment, sorted into tables."""

    kind: str = ""
    lines: list[_Line] = field(default_factory=list)
    groups: dict[str, list[_Line]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    component: str | None = None


def read(source: Source, limits: Limits) -> Reading:
    """Read a study file into Study, Component, their parallel groups, and Text for lines without a key.

    ``_row`` counts the rows of each table from 1: the third phenotype of the file is row 3 of Phenotype.

    Raises:
        LimitError: it is larger than the limits allow.
        SourceError: it is no text.
    """
    decoded = _decoded(source, limits)
    problems: list[Problem] = []
    if decoded.guessed:
        repair = f"read as {decoded.encoding}"
        problems.append(Problem(source.key, "encoding", "bytes that are not UTF-8", "UTF-8", repair=repair, severity="info"))
    study = _Study(source.key, problems)
    for row, cells in enumerate(_records(source, decoded.text, limits, problems), start=1):
        study.take(row, cells)
    tables = study.tables()
    return Reading(NAME, tables, tuple(problems), _facts(study, decoded.encoding))


def _decoded(source: Source, limits: Limits) -> Decoded:
    with Scratch() as scratch:
        body = unpack(source, limits, scratch)
        if body.size > limits.file_bytes:
            raise LimitError(source.key, f"has {body.size:,} bytes, at most {limits.file_bytes:,} are read")
        data = body.head(body.size)
        for path in list(scratch.paths):
            scratch.drop(path)
    try:
        decoded = decode(data)
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {error.encoding} but breaks off being so ({error.reason})") from error
    if "\0" in decoded.text:
        line = decoded.text.count("\n", 0, decoded.text.index("\0")) + 1
        raise SourceError(source.key, f"line {line} holds a zero byte, expected text; the file is binary or damaged")
    return decoded


def _records(source: Source, text: str, limits: Limits, problems: list[Problem]) -> list[list[str]]:
    """Parse with quoting over the whole file; a line whose quote swallows the keys after it is taken without quoting."""
    csv.field_size_limit(limits.cell_bytes)  # csv knows no other way than this setting for the whole process
    lines = list(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    mended: list[int] = []
    start = 0
    try:
        while start < len(lines):
            base, reader = start, csv.reader(islice(lines, start, None), delimiter="\t")
            for row in reader:
                if any(SWALLOWED.search(cell) for cell in row):
                    lines[start] = _plain(lines[start])
                    mended.append(len(rows) + 1)
                    break
                rows.append(row)
                start = base + reader.line_num
            if len(mended) > _MENDED:
                raise SourceError(source.key, f"has more than {_MENDED} quotes that never close")
    except csv.Error as error:
        raise LimitError(source.key, f"row {len(rows) + 1} has a cell of more than {limits.cell_bytes:,} characters") from error
    if mended:
        found, expected = "a quote that would swallow the lines after it", "a quote that closes in its cell"
        repair, count = "the quotes of that line are read as plain characters", len(mended)
        problems.append(Problem(source.key, "quote", found, expected, rows=tuple(mended[:20]), count=count, repair=repair))
    return rows


def _plain(line: str) -> str:
    """Return a line whose cells, split at the tabs, come out of ``csv`` just as they stand."""
    cells = line.rstrip("\r\n").split("\t")
    return "\t".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


class _Study:
    """A study file on its way into tables."""

    def __init__(self, key: str, problems: list[Problem]) -> None:
        self.key = key
        self.problems = problems
        self.head = _Block()
        self.blocks: list[_Block] = []
        self.loose: list[tuple[_Line, str, _Block]] = []
        self.comments: list[str] = []
        self.accession: str | None = None

    def take(self, row: int, cells: list[str]) -> None:
        """Put one record where it belongs."""
        if not any(cells):
            return
        key = cells[0]
        line = _Line(row, key, " ".join(key.split()), cells[1:])
        if key.startswith("#"):
            self.comments.append(key)
            if line.values:  # someone filled in the line of a hint
                self.loose.append((line, "", self._here()))
        elif not is_key(line.name, with_values=bool(line.values)):
            if key.strip() or line.values:
                self.loose.append((line, self._last_name(), self._here()))
        else:
            self._sort_in(line)

    def _here(self) -> _Block:
        return self.blocks[-1] if self.blocks else self.head

    def _last_name(self) -> str:
        return max(
            (line for block in (self.head, self._here()) for line in chain(block.lines, *block.groups.values())),
            key=lambda line: line.row,
            default=_Line(0, "", "", []),
        ).name

    def _sort_in(self, line: _Line) -> None:
        name = line.name
        of_study = name.startswith("Study ") or name == "Comment[IDR Study Accession]"
        if not of_study and (match := _BLOCK.match(name)):
            self._start_block(name, (match[1] or match[2]).lower())
        block = self.head if of_study or name.startswith("Term Source ") else self._here()
        block.names.add(name)
        group = group_of(name)
        if group:
            block.groups.setdefault(group, []).append(line)
            return
        block.lines.append(line)
        first = next(iter(line.values), "").strip()
        if name == "Comment[IDR Study Accession]" and first:
            self.accession = first
        elif name.startswith("Comment[IDR ") and block.kind and first:
            block.component = first.rpartition("/")[2]

    def _start_block(self, name: str, kind: str) -> None:
        now = self.blocks[-1] if self.blocks else None
        if now is None or (name in _STARTS and (now.kind != kind or name in now.names)):
            self.blocks.append(_Block(kind))

    def tables(self) -> dict[str, Table]:
        """Return every table that has a row."""
        self._name_components()
        rows: dict[str, list[dict[str, str | list[str] | None]]] = {}
        for block in (self.head, *self.blocks):
            if block.lines:
                rows.setdefault("Component" if block.kind else "Study", []).append(self._record(block))
            for group, lines in block.groups.items():
                rows.setdefault(group, []).extend(self._parallel(lines, block))
        for line, after, block in self.loose:
            rows.setdefault("Text", []).append({**self._place(block), "_after": after, "Text": line.key, "Values": line.values})
        return {kind: Table(kind, _frame(found)) for kind, found in rows.items() if found}

    def _name_components(self) -> None:
        for number, block in enumerate(self.blocks, start=1):
            if block.component is None:
                block.component = f"{block.kind}{number}"
                found, expected = f"{block.kind} {number} without a name", f"Comment[IDR {block.kind.title()} Name]"
                row = block.lines[0].row if block.lines else 1
                self.problems.append(
                    Problem(self.key, "component", found, expected, rows=(row,), repair=f"named {block.component}")
                )

    def _place(self, block: _Block) -> dict[str, str | list[str] | None]:
        return {"_study": self.accession, "_component": block.component}

    def _record(self, block: _Block) -> dict[str, str | list[str] | None]:
        """Return Study or one Component: one text or a list under each name, companions of a list equally long."""
        record = self._place(block)
        if block.kind:
            record["_type"] = block.kind
        record["_keys"] = [line.key for line in block.lines]
        lists: dict[str, list[str]] = {}
        for line in block.lines:
            base = re.sub(r"^(Screen|Experiment) |(?<=\[IDR )(Screen|Experiment) ", "", line.name) if block.kind else line.name
            name = _free(base, record)
            if base in SINGLE:
                record[name] = line.cells[0] if line.cells else None
                self._surplus(line, block)
            else:
                lists[name] = line.values
                record[name] = lists[name]
        return record | aligned(lists)

    def _surplus(self, line: _Line, block: _Block) -> None:
        surplus = [cell for cell in line.values[1:] if cell]
        if surplus:
            self.loose.append((_Line(line.row, "", "", surplus), line.name, block))
        if any(map(str.strip, surplus)):
            found, repair = f"{len(surplus)} more", "kept in the table Text"
            self.problems.append(Problem(self.key, "surplus", found, "one value", line.name, (line.row,), repair=repair))

    def _parallel(self, lines: list[_Line], block: _Block) -> Iterable[dict[str, str | list[str] | None]]:
        """Return a row per position; when the first key comes again, positions are counted anew."""
        sets: list[dict[str, list[str]]] = []
        for line in lines:
            if not sets or line.name == lines[0].name:
                sets.append({})
            sets[-1][_free(line.name, sets[-1])] = line.cells
        for number, columns in enumerate(sets, start=1):
            for at in range(max(len(cells) for cells in columns.values())):
                row: dict[str, str | list[str] | None] = {
                    name: cells[at] if at < len(cells) else None for name, cells in columns.items()
                }
                if any(row.values()):
                    yield {**self._place(block), "_set": str(number), "_position": str(at + 1), **row}


def _free(name: str, taken: Iterable[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _frame(rows: list[dict[str, str | list[str] | None]]) -> pl.LazyFrame:
    schema: dict[str, pl.DataType] = {}
    for row in rows:
        for name, value in row.items():
            if name not in schema or isinstance(value, list):
                schema[name] = pl.List(pl.String()) if isinstance(value, list) else pl.String()
    return pl.DataFrame(rows, schema=schema).lazy().with_row_index(ROW, offset=1)


def _facts(study: _Study, encoding: str) -> dict[str, str]:
    return {
        "encoding": encoding,
        "study": study.accession or "",
        "screens": str(sum(block.kind == "screen" for block in study.blocks)),
        "experiments": str(sum(block.kind == "experiment" for block in study.blocks)),
        "comment lines": str(len(study.comments)),
        "comments": "\n".join(study.comments),
    }
