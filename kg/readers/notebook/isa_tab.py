"""ISA-Tab: an investigation with its study and assay files, https://isa-specs.readthedocs.io/en/latest/isatab.html .

* Each section of the investigation file is a table named by its heading (``STUDY CONTACTS``): a row per entry, a column per
  key. ``_study`` counts the studies from 1, ``_file`` is the name of the file.
* A study or assay file is a path of nodes per row. ``Material`` (sources, samples, extracts), ``Process`` (``Protocol REF``),
  ``Assay`` (named runs of anything) and ``Data`` (files) have a row per node, however many rows of the file name it: ``Name``,
  ``_node`` (its key), ``_header``, ``_file``, ``_study``; the lists ``_previous`` (nodes before it), ``_processes`` (protocol
  runs that lead to it), ``_protocols`` (their names), ``_sources`` and ``_samples``.
* ``Attribute`` has what stands behind a node: ``_kind`` (``Characteristics``, ``Parameter Value``, ``Factor Value``,
  ``Comment``, or the header itself, such as ``Label``), ``Category``, ``Value``, ``Unit`` and the terms of both; ``_node`` and
  ``_node_kind`` say of what. A factor belongs to the sample of its row. The same said again is one row.
* Cells that have no header stand in ``Text``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle
from kg.readers.limits import Limits
from kg.readers.notebook.isa_rows import Tables, cells_of, text_of
from kg.readers.notebook.isa_sections import Sections
from kg.readers.notebook.isa_table import Path, is_table
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path as FilePath

    from kg.readers.bundle import Folder
    from kg.readers.peek import Peek

NAME = "isa_tab"
RANK = 41
TITLE = "ISA-Tab: investigation, study and assay files (i_*.txt, s_*.txt, a_*.txt)"

_HEADING = re.compile(r'^\ufeff?"?(ONTOLOGY SOURCE REFERENCE|INVESTIGATION|STUDY)"?[ \t]*$', re.MULTILINE)
_NAMED = re.compile(r'^"?Study (?:Assay )?File Name"?\t(.*)$', re.MULTILINE)
_INVESTIGATION = re.compile(r"i_.*\.(?:txt|tsv)", re.IGNORECASE)
_TABLE = re.compile(r"[sa]_.*\.(?:txt|tsv)", re.IGNORECASE)
_GATHERED_BYTES = 1024 * 1024


def claims(peek: Peek) -> bool:
    """Claim a file with the headings of an investigation, or ``s_*`` and ``a_*`` with the header of an ISA table."""
    head = peek.text.replace("\r\n", "\n").replace("\r", "\n")
    headings = {match[1] for match in _HEADING.finditer(head)}
    if len(headings) > 1 or (headings and _NAMED.search(head) is not None):
        return True
    return _TABLE.fullmatch(peek.name) is not None and is_table(head)


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield each investigation with those study and assay files that it names and that lie beside it."""
    there = set(folder.files)
    for name in folder.files:
        if _INVESTIGATION.fullmatch(name):
            named = _named(folder.path / name)
            yield Bundle(name, tuple(other for other in named if other in there and other != name))


def _named(path: FilePath) -> list[str]:
    """Return the names of the files that an investigation lists; nothing where it cannot be read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_GATHERED_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    cells = [cell.strip().strip('"') for match in _NAMED.finditer(head.replace("\r", "\n")) for cell in match[1].split("\t")]
    return list(dict.fromkeys(cell for cell in cells if cell))


def read(source: Source, limits: Limits) -> Reading:
    """Read an investigation with the files that it names, or a study or assay file alone.

    Raises:
        LimitError: beyond the limits.
        SourceError: no text, or neither an investigation nor an ISA table.
    """
    text = text_of(source.path, source.key, limits)
    tables = Tables(source.key, limits)
    name = source.path.name
    if is_table(text):
        Path(name, None, tables).take(cells_of(text, limits, source.key))
        return _reading(tables, {"files": name})
    sections = Sections(name, tables)
    sections.take(cells_of(text, limits, source.key))
    if not sections.headings:
        raise SourceError(source.key, "has neither the headings of an ISA investigation nor the header of an ISA table")
    parts = {part.name: part for part in source.parts}
    read_files = [name]
    for named, study in sections.files.items():
        if named in parts:
            _take_part(parts[named], study, tables, limits)
            read_files.append(named)
        else:
            tables.problems.append(
                Problem(source.key, "missing-file", f"no {named!r} in the folder", "the file beside the investigation")
            )
    facts = {"files": ", ".join(read_files), "studies": str(sections.studies), "identifier": sections.identifier}
    return _reading(tables, facts)


def _take_part(path: FilePath, study: str, tables: Tables, limits: Limits) -> None:
    """Read a study or assay file; what is wrong with one of them does not touch the others."""
    where = f"{tables.where}, {path.name}"
    try:
        text = text_of(path, where, limits)
        rows = cells_of(text, limits, where) if is_table(text) else None
    except (OSError, SourceError) as error:
        said = error.what if isinstance(error, SourceError) else f"cannot be read ({error.strerror or error})"
        tables.problems.append(Problem(tables.where, "part", said, "an ISA table", path.name, severity="error"))
        return
    if rows is None:
        found, expected = "no header of an ISA table", "columns such as Source Name, Sample Name and Protocol REF"
        tables.problems.append(Problem(tables.where, "part", found, expected, path.name, severity="error"))
        return
    Path(path.name, study, tables).take(rows)


def _reading(tables: Tables, facts: dict[str, str]) -> Reading:
    return Reading(NAME, tables.frames(), tuple(tables.problems), facts)
