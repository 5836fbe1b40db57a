"""OME-Zarr of every version (0.1 to 0.6) in zarr 2 and 3: a folder, a zip archive (.zarr.zip, .ozx) or one metadata file.

https://ngff.openmicroscopy.org/ ; only metadata objects are read, never a chunk.

* ``zarr_group`` and ``zarr_array`` have a row per node (`kg.readers.ome.zarr_nodes` says in what shape). What stands in arrays
  of objects below has tables of its own as `kg.readers.tree` names them: ``multiscales``, ``axes``, ``datasets``,
  ``coordinateTransformations``, ``channels``, ``wells``, ``images`` and whatever else there is.
* Every table has ``_place``, the path of the node, and ``_node``, the same but ``top`` for the top node, which has no path.
* Groups have ``_what``: image, label, plate, well, labels, collection, series, scene or group; a plate and its wells ``_plate``
  and ``_well``, their names (those of the OME-XML inside, where there is one). ``wells`` have ``_row_at`` and ``_column_at``,
  from 0, where rows begin with A and columns with 1.
* ``multiscales`` and ``datasets`` have the grid (`kg.readers.ome.zarr_grid`) of their array, the former that of full
  resolution.
  ``_image`` names the image that they show (that of a label is the image it was made from), ``_own`` the same only where no
  OME-XML tells of it; ``_pyramid`` names the multiscale image; ``_label`` says that it is a label. ``_levels`` counts, and
  ``_array`` is the path of the array.
* ``channels`` have the names of their image; ``images`` (of a well) also ``_plate``, ``_well``, and ``_absent`` where the
  image is not there; ``acquisitions`` have ``_start`` and ``_end``, as dates. Arrays have ``_chunks`` and ``_compression``.
* ``OME/METADATA.ome.xml`` gives the tables of `kg.readers.ome_xml`, ``ro-crate-metadata.json`` those of `kg.readers.rocrate`;
  ``_crate`` is then the root of the crate.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers import rocrate, safe_json, safe_zip
from kg.readers.bundle import Bundle
from kg.readers.limits import Limits
from kg.readers.ome.zarr_nodes import Nodes, node_of_document, nodes_of
from kg.readers.ome.zarr_store import CRATE, NODE_FILES, OME_XML, Store, is_zarr, metadata_files, of_archive, of_folder, top_of
from kg.readers.ome.zarr_tables import tables_of
from kg.readers.ome_xml import Document, document_of
from kg.readers.peek import ZIP
from kg.readers.safe_xml import load
from kg.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.readers.bundle import Folder
    from kg.readers.peek import Peek
    from kg.table import Source

NAME = "ome_zarr"
RANK = 15
TITLE = "OME-Zarr 0.1 to 0.6: folder, zip archive (.zarr.zip, .ozx), single metadata file (.zattrs, zarr.json)"

_KEYS = re.compile(
    r'"(?:multiscales|labels|bioformats2raw\.layout|image-label|coordinateSystems)"\s*:|"ome"\s*:\s*\{'
    r'|"well"\s*:\s*\{\s*"(?:images|version)"|"plate"\s*:\s*\{|"rowIndex"\s*:|"rdefs"\s*:'
)
_SURE = re.compile(
    r'"(?:multiscales|coordinateSystems)"\s*:\s*\[|"(?:bioformats2raw\.layout|image-label)"\s*:'
    r'|"ome"\s*:\s*\{\s*"(?:version|multiscales|plate|well|labels|series)"'
    r'|"well"\s*:\s*\{\s*"(?:images|version)"\s*:|"rowIndex"\s*:\s*\d|"rdefs"\s*:\s*\{'
)
_NAMES = frozenset(NODE_FILES)
_COMMENT = re.compile(r'^\s*//|[\]}",\d]\s*//', re.MULTILINE)


def claims(peek: Peek) -> bool:
    """Say whether it is a zip archive of a zarr hierarchy, a metadata file by name, or JSON that only OME-Zarr writes."""
    if peek.head.startswith(ZIP):
        return peek.name.endswith((".ozx", ".zarr.zip")) or _holds_zarr(peek)
    if peek.name in _NAMES:
        return True
    head = peek.text.lstrip()
    return peek.suffix == ".json" and head.startswith("{") and _SURE.search(head) is not None


def _holds_zarr(peek: Peek) -> bool:
    """Say whether the outermost metadata of an archive is that of zarr nodes."""
    try:
        with safe_zip.members(peek.source.path, Limits(), peek.source.key) as archive:
            names = [member.name for member in archive.members]
    except SourceError:
        return False
    if not any(name.rpartition("/")[2] in _NAMES for name in names):
        return False
    inside = top_of(names)
    return all(name.startswith(inside) for name in names if name.endswith((CRATE, "transfer.xml", ".csv", ".xlsx")))


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield a folder that is a node of a zarr hierarchy as one source, with all metadata objects below it."""
    if is_zarr(folder.files):
        members = tuple(path.relative_to(folder.path).as_posix() for path in metadata_files(folder.path))
        yield Bundle("", members, whole=True)


def read(source: Source, limits: Limits) -> Reading:
    """Read a hierarchy; a part that is damaged is a Problem.

    Raises:
        SourceError: there is no metadata that can be read.
        LimitError: it goes beyond the limits.
    """
    if source.path.is_dir():
        return _hierarchy(of_folder(source, limits), source, limits)
    with source.path.open("rb") as stream:
        packed = stream.read(len(ZIP)) == ZIP
    return _hierarchy(of_archive(source, limits), source, limits) if packed else _document(source, limits)


def _document(source: Source, limits: Limits) -> Reading:
    """Read one JSON file."""
    data = load(source.path, limits, source.key)
    if source.path.name == ".zmetadata":
        return _reading(nodes_of({".zmetadata": data}, limits, source.key), source, limits)
    try:
        document = safe_json.loads(data, limits, source.key)
    except SourceError as error:
        if type(error) is SourceError and _COMMENT.search(data[:65536].decode("utf-8", "replace")):
            said = "has comments (//), which JSON does not have; take them out to have it read"
            raise SourceError(source.key, said) from error
        raise
    if not isinstance(document.value, dict):
        raise SourceError(source.key, "is JSON but no metadata of OME-Zarr: the document is not an object")
    node = node_of_document(document.value)
    written = node.values.get("zarr_format")
    nodes = Nodes({"": node}, list(document.problems), {str(written)} if isinstance(written, str) else set())
    return _reading(nodes, source, limits)


def _hierarchy(store: Store, source: Source, limits: Limits) -> Reading:
    """Read all objects of a store."""
    nodes = nodes_of(store.objects, limits, source.key)
    if not nodes.by_path and not any(name.endswith(OME_XML) for name in store.objects):
        said = f" ({nodes.problems[0]})" if nodes.problems else ""
        raise SourceError(source.key, f"has no metadata of a zarr hierarchy that can be read{said}")
    documents, problems = _ome_xml(store, source, limits)
    reading = _reading(nodes, source, limits, documents)
    crate = _crate(store, source, limits, problems)
    return _with(reading, documents, crate, (*store.problems, *problems))


def _reading(nodes: Nodes, source: Source, limits: Limits, documents: Mapping[str, Document] | None = None) -> Reading:
    tables, problems = tables_of(nodes, documents or {}, limits, source.key)
    whats = [node.what() for node in nodes.by_path.values()]
    top = next(iter(nodes.by_path.values()), None)
    versions = {version for node in nodes.by_path.values() if (version := node.version())}
    facts = {
        "file": source.key.rpartition("/")[2],
        "layout": top.what() if top else "",
        "version": ", ".join(sorted(versions)),
        "zarr_format": ", ".join(sorted(nodes.formats)),
        "images": str(whats.count("image")),
        "labels": str(whats.count("label") or ""),
        "wells": str(whats.count("well") or ""),
    }
    said = {name: text for name, text in facts.items() if text}
    return Reading(NAME, tables, (*nodes.problems, *problems), said)


def _ome_xml(store: Store, source: Source, limits: Limits) -> tuple[dict[str, Document], list[Problem]]:
    """Return the OME-XML documents by the path of their folder (``OME``), and what was wrong with others."""
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for name, data in store.objects.items():
        folder, _, file = name.rpartition("/")
        if file != OME_XML:
            continue
        try:
            documents[folder] = document_of(data, f"{source.key}/{name}", limits)
        except SourceError as error:
            problems.append(_damaged(source.key, name, error))
    return documents, problems


def _crate(store: Store, source: Source, limits: Limits, problems: list[Problem]) -> Reading | None:
    """Return the crate of the top folder, if there is one."""
    name = next((name for name in store.objects if name == CRATE), None)
    if name is None:
        return None
    inside = replace(source, path=source.path / name, key=f"{source.key}/{name}", parts=()) if source.path.is_dir() else source
    try:
        return rocrate.read(inside, limits)
    except SourceError as error:
        problems.append(_damaged(source.key, name, error))
        return None


def _damaged(where: str, name: str, error: SourceError) -> Problem:
    return Problem(where, "zarr-member", error.what[:300], "readable metadata", name, repair="skipped", severity="error")


def _with(reading: Reading, documents: Mapping[str, Document], crate: Reading | None, problems: tuple[Problem, ...]) -> Reading:
    """Return a reading with the tables of OME-XML and of a crate beside its own."""
    tables = dict(reading.tables)
    facts = dict(reading.facts)
    said = list(problems)
    for document in documents.values():
        for kind, frame in document.frames.items():
            tables[_free(kind, tables)] = Table(kind, frame.lazy())
        said.extend(document.problems)
        facts = {**{name: text for name, text in document.facts.items() if name != "images"}, **facts}
        facts["ome_xml"] = document.facts.get("schema", "")
    if crate is not None:
        for kind, table in crate.tables.items():
            if kind != "ArchiveMember":
                tables[_free(kind, tables)] = table
        said.extend(crate.problems)
        tables = _in_crate(tables, crate.facts.get("root", ""))
        facts = {**{name: text for name, text in crate.facts.items() if text and name != "eln"}, **facts}
    return Reading(NAME, tables, (*reading.problems, *said), facts)


def _in_crate(tables: Mapping[str, Table], root: str) -> dict[str, Table]:
    """Return the tables with ``_crate`` beside each image: the root of the crate that they lie in."""
    table = tables.get("multiscales")
    if table is None or not root:
        return dict(tables)
    return {**tables, "multiscales": Table("multiscales", table.frame.with_columns(pl.lit(root).alias("_crate")))}


def _free(kind: str, tables: Mapping[str, Table]) -> str:
    name = kind
    while name in tables:
        name = f"{name}'"
    return name
