"""A study or assay file of ISA-Tab: each row is a path of nodes, each node with what the columns behind it say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from kg.errors import LimitError
from kg.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.readers.notebook.isa_rows import Cell, Tables

_MATERIALS = frozenset({"Source Name", "Sample Name", "Extract Name", "Labeled Extract Name"})
_PROTOCOL = "Protocol REF"
_PEOPLE = frozenset(("Performer", "Provider"))
_REF, _ACCESSION, _UNIT = "Term Source REF", "Term Accession Number", "Unit"
_BRACKET = re.compile(r"(Characteristics|Parameter Value|Factor Value|Comment)\s*\[\s*(.*?)\s*\]", re.DOTALL)
_RUN = re.compile(r".+ Name")
_DATA = re.compile(r".+ (?:File|Data|Image|URI)|Image|Raw Image")
_STARTS = ("Source Name", "Sample Name", _PROTOCOL)
_SURPLUS = 5
_MOST_NODES = 500


def is_table(text: str) -> bool:
    """Say whether a text begins with the header of a study or assay file."""
    header = next((line for line in islice(text.splitlines(), 5) if line.strip()), "")
    names = [cell.strip().strip('"').strip() for cell in header.split("\t")]
    named = {name for name in names if name in _STARTS}
    return bool({"Source Name", "Sample Name"} & named) and (
        len(named) > 1 or any(_BRACKET.fullmatch(name) or name == _REF for name in names)
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """One column that says something of a node, with the places of its unit and terms (-1: none)."""

    at: int
    kind: str
    category: str
    unit: int = -1
    terms: tuple[int, int] = (-1, -1)
    unit_terms: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A column that names nodes, and the columns that belong to it."""

    at: int
    kind: str
    header: str
    about: tuple[_Column, ...]
    terms: tuple[int, int] = (-1, -1)


@dataclass(slots=True)
class _Node:
    """A node while rows add to it: sets that keep their order."""

    row: int
    kind: str
    header: str
    name: str
    previous: dict[str, None] = field(default_factory=dict)
    processes: dict[str, None] = field(default_factory=dict)
    protocols: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    samples: dict[str, None] = field(default_factory=dict)
    terms: tuple[str | None, str | None] = (None, None)


class Path:
    """Files one study or assay file into the tables of its investigation."""

    def __init__(self, name: str, study: str | None, tables: Tables) -> None:
        """Begin with no row; ``study`` is the number of the study, where an investigation says it."""
        self._name = name
        self._study = study
        self._tables = tables
        self._nodes: dict[str, _Node] = {}
        self._said: set[tuple[str | None, ...]] = set()

    def take(self, records: Sequence[tuple[int, list[str]]]) -> None:
        """File all records, the first of which is the header."""
        if not records:
            return
        header = [" ".join(cell.split()) for cell in records[0][1]]
        spots = _spots(header)
        if len(spots) > _MOST_NODES:
            where = f"{self._tables.where}, {self._name}"
            raise LimitError(where, f"has {len(spots):,} columns that name nodes, at most {_MOST_NODES:,} are read")
        surplus = []
        for row, cells in records[1:]:
            if cells[0].startswith("#"):
                self._tables.add("Text", row, {"_file": self._name, "Text": [cell for cell in cells if cell]})
                continue
            self._row(row, cells, spots)
            rest = [cell for at, cell in enumerate(cells) if (at >= len(header) or not header[at]) and cell.strip()]
            if rest:
                surplus.append(row)
                self._tables.add("Text", row, {"_file": self._name, "Text": rest})
        if surplus:
            found, repair = f"{len(surplus)} rows with cells behind the header", "kept in the table Text"
            rows = tuple(surplus[:_SURPLUS])
            where = self._tables.where
            problem = Problem(where, "surplus", found, "as many cells as the header", self._name, rows, len(surplus), repair)
            self._tables.problems.append(problem)
        for key, node in self._nodes.items():
            self._tables.add(node.kind, node.row, self._cells(key, node))

    def _row(self, row: int, cells: list[str], spots: Sequence[_Spot]) -> None:
        """Walk along one row, from node to node."""
        before: list[str] = []
        open_runs: list[str] = []
        roots: dict[str, list[str]] = {"Source Name": [], "Sample Name": []}
        keys = [self._key(spots, at, cells, row) for at in range(len(spots))]
        for spot, key in zip(spots, keys, strict=True):
            if key is None:
                continue
            name = cells[spot.at].strip() if spot.at >= 0 else ""
            node = self._nodes.setdefault(key, _Node(row, spot.kind, spot.header, name))
            node.previous.update(dict.fromkeys(before))
            node.sources.update(dict.fromkeys(roots["Source Name"]))
            node.samples.update(dict.fromkeys(roots["Sample Name"]))
            if any(at >= 0 for at in spot.terms):
                node.terms = (_cell(cells, spot.terms[0]), _cell(cells, spot.terms[1]))
            if spot.kind == "Process":
                open_runs.append(key)
            else:
                node.processes.update(dict.fromkeys(open_runs))
                node.protocols.update((self._nodes[run].name, None) for run in open_runs)
            if spot.kind in {"Material", "Data"}:
                before, open_runs = [key], []
            if spot.header in roots:
                roots[spot.header] = [key]
            if spot.header == "Sample Name":  # the study file says where a sample comes from, the assay file goes on from there
                origins = self._tables.origins.setdefault(key, {})
                origins.update(dict.fromkeys(roots["Source Name"]))
                roots["Source Name"] = list(origins)
        self._abouts(row, cells, spots, keys)

    def _abouts(self, row: int, cells: list[str], spots: Sequence[_Spot], keys: Sequence[str | None]) -> None:
        """File what a row says of its nodes; factors are about its sample."""
        sample = next((key for spot, key in zip(spots, keys, strict=True) if spot.header == "Sample Name" and key), None)
        for spot, key in zip(spots, keys, strict=True):
            for column in spot.about:
                owner = sample or key if column.kind == "Factor Value" else key
                self._about(row, cells, column, owner or next((key for key in reversed(keys) if key), None))

    def _about(self, row: int, cells: list[str], column: _Column, owner: str | None) -> None:
        value = _cell(cells, column.at)
        terms = [_cell(cells, at) for at in (column.unit, *column.terms, *column.unit_terms)]
        if not value and not any(terms):
            return
        said = (owner, column.kind, column.category, value, *terms)
        if said in self._said:
            return
        self._said.add(said)
        names = (_UNIT, _REF, _ACCESSION, f"{_UNIT} {_REF}", f"{_UNIT} {_ACCESSION}")
        kind = self._nodes[owner].kind if owner else None
        place: dict[str, Cell] = {**self._place(), "_node": owner, "_node_kind": kind, "_kind": column.kind}
        told = {"Category": column.category, "Value": value, **dict(zip(names, terms, strict=True))}
        self._tables.add("Attribute", row, {**place, **told})

    def _key(self, spots: Sequence[_Spot], at: int, cells: list[str], row: int) -> str | None:
        """Return by what a node is known: its name, or for the run of a protocol what goes in and what comes out of it."""
        spot = spots[at]
        if spot.at < 0:
            return f"row {row} of {self._name}"
        name = (_cell(cells, spot.at) or "").strip()
        if not name:
            return None
        if spot.kind in {"Material", "Data"}:
            return f"{spot.header}: {name}"
        if spot.kind == "Assay":
            return f"{self._name}, {spot.header}: {name}"
        following = next((other for other in spots[at + 1 :] if _cell(cells, other.at)), None)
        run = f" → {cells[following.at].strip()}" if following is not None and following.kind == "Assay" else ""
        leading = next((other for other in reversed(spots[:at]) if other.kind != "Process" and _cell(cells, other.at)), None)
        fed = f"{cells[leading.at].strip()} → " if leading is not None and not run else ""
        # who did it is no part of the key, as keys come into IRIs
        about = (column for column in spot.about if column.kind not in _PEOPLE)
        told = ", ".join(filter(None, (_cell(cells, column.at) for column in about)))
        return f"{self._name}, {fed}{name} {spot.at + 1}{run}" + (f" ({told})" if told else "")

    def _place(self) -> dict[str, Cell]:
        return {"_file": self._name, "_study": self._study}

    def _cells(self, key: str, node: _Node) -> dict[str, Cell]:
        lists = {
            "_previous": node.previous, "_processes": node.processes, "_protocols": node.protocols,
            "_sources": node.sources, "_samples": node.samples,
        }  # fmt: skip
        told: dict[str, Cell] = {"Name": node.name} if node.name else {}
        told |= {name: cell for name, cell in zip((_REF, _ACCESSION), node.terms, strict=True) if cell is not None}
        place: dict[str, Cell] = {**self._place(), "_node": key, "_header": node.header}
        return {**place, **{name: list(found) or None for name, found in lists.items()}, **told}


def _cell(cells: Sequence[str], at: int) -> str | None:
    return cells[at] if 0 <= at < len(cells) else None


def _spots(header: Sequence[str]) -> list[_Spot]:
    """Return the nodes of a header with the columns about each; what stands before the first node is about the row."""
    spots: list[_Spot] = []
    about: list[list[_Column]] = []
    at = 0
    while at < len(header):
        name = header[at]
        kind = _kind(name)
        column, at = _column(header, at)
        if kind:
            terms = column.terms
            spots.append(_Spot(column.at, kind, name, (), terms))
            about.append([])
        elif name:
            if not spots:
                spots.append(_Spot(-1, "Row", "", ()))
                about.append([])
            about[-1].append(column)
    return [_Spot(spot.at, spot.kind, spot.header, tuple(found), spot.terms) for spot, found in zip(spots, about, strict=True)]


def _kind(name: str) -> str:
    if name in _MATERIALS:
        return "Material"
    if name == _PROTOCOL:
        return "Process"
    if _BRACKET.fullmatch(name):
        return ""
    if _DATA.fullmatch(name):
        return "Data"
    return "Assay" if _RUN.fullmatch(name) else ""


def _column(header: Sequence[str], at: int) -> tuple[_Column, int]:
    """Return the column at a place with those that belong to it, and the place of the next column."""
    match = _BRACKET.fullmatch(header[at])
    kind, category = (match[1], match[2]) if match else (header[at], header[at])
    start, unit = at, -1
    terms: dict[str, list[int]] = {"": [-1, -1], _UNIT: [-1, -1]}
    at += 1
    while at < len(header) and header[at] in {_REF, _ACCESSION, _UNIT}:
        if header[at] == _UNIT:
            if unit >= 0:
                break
            unit = at
        else:
            which = terms[_UNIT if unit >= 0 else ""]
            place = int(header[at] == _ACCESSION)
            if which[place] >= 0:
                break
            which[place] = at
        at += 1
    pairs = [(found[0], found[1]) for found in terms.values()]
    return _Column(start, kind, category, unit, pairs[0], pairs[1]), at
