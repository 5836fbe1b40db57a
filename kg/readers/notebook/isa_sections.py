"""The sections of an ISA investigation file: keys down the first column, an entry per column to the right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.readers.notebook.isa_rows import Cell, Tables

_HEADING = re.compile(r"[A-Z][A-Z &/-]+")
_STUDY = "STUDY"
_FILES = ("Study File Name", "Study Assay File Name")


class Sections:
    """Files the sections of one investigation.

    Attributes:
        headings: those that were found, in order.
        files: name of each study and assay file to the number of its study.
        studies: how many studies there are.
        identifier: that of the investigation, else of the first study.
    """

    def __init__(self, name: str, tables: Tables) -> None:
        """Begin with no section; ``name`` is that of the file."""
        self.headings: list[str] = []
        self.files: dict[str, str] = {}
        self.studies = 0
        self.identifier = ""
        self._name = name
        self._tables = tables

    def take(self, records: Iterable[tuple[int, list[str]]]) -> None:
        """File all records of the file."""
        lines: list[tuple[int, str, list[str]]] = []
        for row, cells in records:
            key = " ".join(cells[0].split())
            if _HEADING.fullmatch(key) and not any(cell.strip() for cell in cells[1:]):
                self._section(lines)
                lines = []
                self.headings.append(key)
                self.studies += key == _STUDY
            elif key.startswith("#"):
                self._text(row, cells)
            elif not key or not self.headings:
                self._loose(row, cells)
            else:
                lines.append((row, key, cells[1:]))
        self._section(lines)

    def _section(self, lines: list[tuple[int, str, list[str]]]) -> None:
        """Turn the keys of one section into columns of its entries."""
        if not lines:
            return
        heading = self.headings[-1]
        width = max(len(cells) for _, _, cells in lines)
        for at in range(width):
            entry: dict[str, Cell] = {}
            for _, key, cells in lines:
                cell = cells[at] if at < len(cells) else None
                entry[_free(key, entry)] = cell
            if any(isinstance(cell, str) and cell.strip() for cell in entry.values()):
                study = str(self.studies) if heading.startswith(_STUDY) else None
                place: dict[str, Cell] = {"_file": self._name, "_study": study, "_position": str(at + 1)}
                self._tables.add(heading, lines[0][0], {**place, **entry})
                self._note(entry)

    def _note(self, entry: Mapping[str, Cell]) -> None:
        """Remember what the rest of the reading needs to know of an entry."""
        for key in _FILES:
            name = entry.get(key)
            if isinstance(name, str) and name.strip():
                self.files.setdefault(name.strip(), str(self.studies))
        for key in ("Investigation Identifier", "Study Identifier"):
            found = entry.get(key)
            self.identifier = self.identifier or (found.strip() if isinstance(found, str) else "")

    def _loose(self, row: int, cells: list[str]) -> None:
        self._text(row, cells)
        where = self._tables.where
        repair = "kept in the table Text"
        self._tables.problems.append(Problem(where, "no-key", "cells without a key", "a key", "", (row,), repair=repair))

    def _text(self, row: int, cells: list[str]) -> None:
        self._tables.add("Text", row, {"_file": self._name, "Text": [cell for cell in cells if cell.strip()]})


def _free(name: str, taken: Mapping[str, Cell]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
