"""OME-XML of every schema version, as tables: one per kind of element, every attribute and text in a cell.

https://docs.openmicroscopy.org/ome-model/6.3.1/ome-xml/ ; it knows the shape of the format, not what its fields mean.

* A table per element name (of an OME namespace: the local name; of any other: ``{namespace}name``), a row per element.
* An attribute is a column of its name. A child with neither attributes nor children is a list column of its name on its parent,
  and so is a reference (``InstrumentRef``: its ID; further attributes in ``InstrumentRef@Gain``). A child column that meets an
  attribute of the same name, or begins with ``_``, is called ``./Name``; an attribute that begins with ``_`` is ``@_name``.
* ``_text`` is the text of an element that has a row. The ``Value`` of an XMLAnnotation is one cell of XML. Pixel data (BinData)
  is not taken over: ``_text_length`` says how long its base64 text is.
* ``_id`` is the element's place (``Image[1]/Pixels[1]``), ``_parent`` and ``_parent_kind`` say in what it stands, ``_index``
  counts siblings of one name from 0, and ``_image``, ``_instrument``, ``_plate`` (where there are any also ``_roi``,
  ``_annotation``) hold the ID of the nearest such element, itself included, or its ``_id`` if it has no ID. ``_row`` is the
  element's number in the document, from 1.
* A document that only points to a companion (``BinaryOnly``) gives the companion's tables; its own two elements stand in
  ``BinaryOnlyFile`` and ``BinaryOnly``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.problem import Problem, Severity
from kg.readers.elements import Elements
from kg.readers.ome import companion
from kg.readers.ome_elements import DIALECT, OME_NAMESPACE, ROOT
from kg.readers.safe_xml import load, root_name, split_name
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.readers.bundle import Bundle, Folder
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "ome_xml"
RANK = 20
TITLE = "OME-XML (.ome.xml, .ome, .xml), all schema versions"

POINTER = "BinaryOnly"
POINTER_FILE = "BinaryOnlyFile"

_FIRST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Document:
    """One OME document as tables.

    Attributes:
        frames: kind to table.
        facts: schema version, creator, UUID and counts.
        problems: what was odd in it.
    """

    frames: Mapping[str, pl.DataFrame]
    facts: Mapping[str, str]
    problems: tuple[Problem, ...]

    def reading(self, reader: str) -> Reading:
        """Return it as what a reader hands out."""
        tables = {kind: Table(kind, frame.lazy()) for kind, frame in self.frames.items()}
        return Reading(reader, tables, self.problems, self.facts)


def claims(peek: Peek) -> bool:
    """Return whether the root element is OME of an OME namespace, or the name says so and the content is not XML at all."""
    root = root_name(peek.head)
    if root is None:
        return peek.name.endswith((".ome.xml", ".ome"))
    return root.local == ROOT and (not root.namespace or OME_NAMESPACE.match(root.namespace) is not None)


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield companions with the TIFFs that only point to them (`kg.readers.ome.companion`)."""
    return companion.gather(folder)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of an OME-XML file, and of its companion if it is only a pointer to one.

    Raises:
        SourceError: it cannot be opened, is not valid XML or not OME.
        LimitError: beyond the limits.
    """
    document = document_of(load(source.path, limits, source.key), source.key, limits)
    return followed(document, source, limits, load).reading(NAME)


def document_of(data: bytes, where: str, limits: Limits) -> Document:
    """Return the tables of one document; companions are not followed. Errors as for `read`."""
    elements = Elements(DIALECT, limits, where)
    elements.collect(data)
    frames = elements.frames()
    root = frames[ROOT].row(0, named=True)
    namespace = OME_NAMESPACE.match(split_name(elements.root).namespace)
    version = namespace["version"] if namespace else ""
    facts = {
        # the first schema's namespace ends in FC, everybody calls it 2003-FC
        "schema": "2003-FC" if version == "FC" else version,
        "creator": root.get("Creator") or "",
        "uuid": root.get("UUID") or "",
        "images": str(len(frames["Image"])) if "Image" in frames else "0",
        "elements": str(sum(map(len, frames.values()))),
        "binary_blocks_not_read": str(len(frames["BinData"])) if "BinData" in frames else "",
    }
    problems = [_mixed(where, kind, rows) for kind, rows in elements.mixed.items()]
    if not version:
        problems.append(Problem(where, "schema-missing", "OME without a namespace", "one that names the version"))
    return Document(frames, {name: text for name, text in facts.items() if text}, tuple(problems))


def _mixed(where: str, kind: str, rows: list[int]) -> Problem:
    """Return the remark that text stood between child elements."""
    return Problem(
        where,
        "mixed-content",
        "text between child elements",
        "either text or child elements",
        column=kind,
        rows=tuple(rows[:_FIRST_ROWS]),
        count=len(rows),
        repair="the text is kept in _text, without its place among the children",
        severity="info",
    )


def followed(document: Document, source: Source, limits: Limits, companion: Callable[[Path, Limits, str], bytes]) -> Document:
    """Return the document, joined with its companion's if it only points to one (``BinaryOnly``).

    Args:
        document: the one that may be a pointer.
        source: where it was read from; the companion lies in the same folder or below.
        limits: for the companion.
        companion: returns the OME-XML of a file.
    """
    if POINTER not in document.frames:
        return document
    name = document.frames[POINTER].row(0, named=True).get("MetadataFile") or ""
    found = _companion(document, source, name)
    if isinstance(found, Problem):
        return replace(document, problems=(*document.problems, found))
    where = str(PurePosixPath(source.key).with_name(name))
    try:
        other = document_of(companion(found, limits, where), where, limits)
    except SourceError as error:
        problem = _pointer_problem(source, "companion-unreadable", f"{name}: {error.what}", "a file with OME-XML")
        return replace(document, problems=(*document.problems, problem))
    if POINTER in other.frames:
        problem = _pointer_problem(source, "companion-chain", f"{name}, which again only points to a file", "the metadata")
        return replace(document, problems=(*document.problems, problem))
    return _joined(document, other, source, name)


def _pointer_problem(source: Source, code: str, found: str, expected: str, severity: Severity = "error") -> Problem:
    """Return a problem with the file that a document points to."""
    return Problem(source.key, code, found[:500], expected, column="BinaryOnly/@MetadataFile", severity=severity)


def _companion(document: Document, source: Source, name: str) -> Path | Problem:
    """Return the file that is pointed to, or why it is not read."""
    if set(document.frames) != {ROOT, POINTER}:
        return _pointer_problem(source, "companion-mixed", "BinaryOnly beside other elements", "BinaryOnly alone")
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    inside = bool(name) and windows.parts == posix.parts and not windows.anchor and ".." not in posix.parts
    if not inside:
        return _pointer_problem(source, "companion-outside", repr(name), "the name of a file beside this one")
    folder = source.path.parent
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            found = f"{name}, a link that leads out of the folder"
            return _pointer_problem(source, "companion-outside", found, "a file beside this one")
        if path.is_file():
            return path
    except OSError:  # such as a name that is longer than file systems allow: there is no such file
        pass
    return _pointer_problem(source, "companion-missing", f"no file {name}", "the metadata file beside this one")


def _joined(pointer: Document, other: Document, source: Source, name: str) -> Document:
    """Return the companion's document with the pointer's own two elements added."""
    own = pointer.frames[ROOT].with_columns(pl.lit(POINTER_FILE).alias("_id"))
    to_own = [pl.lit(POINTER_FILE).alias(column) for column in ("_parent", "_parent_kind")]
    frames = {**other.frames, POINTER_FILE: own, POINTER: pointer.frames[POINTER].with_columns(to_own)}
    problems = [*pointer.problems, *other.problems]
    wanted = pointer.frames[POINTER].row(0, named=True).get("UUID")
    uuid = other.facts.get("uuid")
    if wanted and uuid and wanted != uuid:
        problems.append(_pointer_problem(source, "companion-uuid", f"{name} with UUID {uuid}", f"UUID {wanted}", "warning"))
    facts = {**other.facts, "companion": name}
    if "uuid" in pointer.facts:
        facts |= {"uuid": pointer.facts["uuid"], "companion_uuid": uuid or ""}
    return Document(frames, facts, tuple(problems))
