"""RO-Crates: detached metadata files (foundingGIDE and others), crates in zip archives, and .eln exports of lab notebooks.

RO-Crate 1.0 to 1.2, https://w3id.org/ro/crate/ ; read as JSON, in every dialect met, without network.

* A table per type (the first ``@type``, canonical: bare for schema.org, else with prefix), a row per entity. The root data
  entity stands in ``RootDataset`` and the metadata descriptor in ``Descriptor`` only. An entity without type is a ``Thing``,
  unless ``variableMeasured`` or ``additionalProperty`` leads to it: then it is a ``PropertyValue`` without type.
* ``@id`` is a text, every property a list of texts in order, and so is ``@type`` where it says more than the table; a
  reference is the id of what it points to. Properties are named as types are (``author``, ``dwciri:measurementMethod``,
  ``dcterms:conformsTo``); language and datatype of a value stand in ``<property>@language``, ``<property>@type``. Numbers are
  spelt as in the source, JSON null is no value.
* An object inside a property is an entity of its own, called ``#inline-<n>`` where it has no @id; ``_parent`` is its owner.
* ``_crate`` is the @id of the root, ``_row`` the place in ``@graph`` from 1, ``_subject`` and ``_subject_kind`` (of
  ``PropertyValue`` and texts) who refers to it; a property whose own name begins so is called ``./_name``.
* ``_referred_by`` (of terms and taxa) lists the properties that lead to a term; ``_name.<property>`` and ``_term.<property>``
  run beside a property and give name and identifier of the terms that it leads to.
* Of several crates in one archive each is read; the local ids of the further ones lie below their folder, as do those of the
  files that the first one describes. A file belongs to the crate in whose folder it lies.
* An archive adds ``ArchiveMember``; the JSON that eLabFTW and Kadi4Mat put inside or beside a crate adds ``ExtraField`` (a row
  per custom field; ``_path`` says where it was found) and a row per record in ``ElabftwExport`` or ``KadiRecord``. Other files
  of notebooks have tables of their own (`kg.readers.rocrate_side`).
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers import safe_json, safe_zip
from kg.readers.limits import Limits
from kg.readers.rocrate_eln import Fields, archive_rows
from kg.readers.rocrate_graph import Graph, Node, flatten
from kg.readers.rocrate_place import Place, moved, placed
from kg.readers.rocrate_tables import build, entity_rows, joined, stacked
from kg.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.readers.peek import Peek
    from kg.readers.safe_json import JsonValue
    from kg.readers.safe_zip import Archive, Member
    from kg.table import Source

NAME = "rocrate"
RANK = 30
TITLE = "RO-Crate: JSON-LD metadata file, crate in a zip archive, .eln export of a lab notebook"

_METADATA_NAMES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld", "ro-crate.json")
_ALONE = Place()
_GZIP = b"\x1f\x8b"
_ZIP = b"PK"
_CONTEXT = re.compile(rb"w3id\.org/ro/crate|researchobject\.org/ro-crate|gide-search/")
_VERSION = re.compile(r"/ro/crate/v?(\d+(?:\.\d+)*)")
_PRODUCERS = {
    "elabftw": "eLabFTW",
    "kadi": "Kadi4Mat",
    "pasta": "PASTA",
    "rspace": "RSpace",
    "researchspace.com": "RSpace",
    "sampledb": "SampleDB",
    "opensemanticlab": "OpenSemanticLab",
    "open-semantic-lab": "OpenSemanticLab",
    "ai4green": "AI4Green",
    "chemotion": "Chemotion",
    "scilog": "SciLog",
    "datalab": "datalab",
}
"""Word in the name, address or id of a notebook, lower case, to the name under which it is known."""


def claims(peek: Peek) -> bool:
    """Say whether a source is a crate: by name, by what the head says, or by a metadata file inside an archive."""
    if peek.head.startswith(_ZIP):
        return peek.name.endswith(".eln") or _holds_crate(peek)
    if peek.name.endswith((*_METADATA_NAMES, ".eln")):
        return True
    return b'"@graph"' in peek.head and _CONTEXT.search(peek.head) is not None


def _holds_crate(peek: Peek) -> bool:
    try:
        with safe_zip.members(peek.source.path, Limits(), peek.source.key) as archive:
            return any(member.name.endswith(_METADATA_NAMES[:2]) for member in archive.members)
    except SourceError:
        return False


def read(source: Source, limits: Limits) -> Reading:
    """Read a crate.

    Raises:
        LimitError: it goes beyond the limits.
        SourceError: it is damaged, not JSON, or has no ``@graph``.
    """
    try:
        with source.path.open("rb") as stream:
            start = stream.read(len(_ZIP))
    except OSError as error:
        raise SourceError(source.key, f"cannot be opened ({error.strerror or error})") from error
    if start != _ZIP and not source.path.name.lower().endswith(".eln"):
        crate = _crate(_file(source, limits, gzipped=start == _GZIP), limits, source.key)
        return _reading([crate], limits, source.key, None)
    with safe_zip.members(source.path, limits, source.key) as archive:
        first, *others = _metadata_members(archive, source.key)
        crates = [_crate(archive.read_member(first), limits, source.key, Place(_folder(first)))]
        problems: list[Problem] = []
        for member in others:
            try:
                crate = _crate(archive.read_member(member), limits, source.key, Place(_folder(member)))
            except SourceError as error:
                problems.append(
                    Problem(source.key, "crate", error.what, "a crate", member.name, repair="left aside", severity="error")
                )
            else:
                crates.append(_placed(crate, crates[0]))
        reading = _reading(crates, limits, source.key, archive)
        return replace(reading, problems=(*reading.problems, *problems)) if problems else reading


def _file(source: Source, limits: Limits, *, gzipped: bool) -> bytes:
    """Return the bytes of a metadata file, unpacked up to the limit."""
    try:
        with gzip.open(source.path) if gzipped else source.path.open("rb") as stream:
            data: bytes = stream.read(limits.file_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(source.key, f"cannot be read ({error})") from error
    if len(data) > limits.file_bytes:
        raise LimitError(source.key, f"has more than {limits.file_bytes:,} bytes, so many are read at most")
    return data


def _metadata_members(archive: Archive, where: str) -> list[Member]:
    """Return the metadata files of an archive, those nearest to its top first."""
    found = [member for member in archive.members if member.name.endswith(_METADATA_NAMES[:2])]
    if not found:
        said = f" ({'; '.join(map(str, archive.problems))})" if archive.problems else ""
        raise SourceError(where, f"has no ro-crate-metadata.json among its {len(archive.members):,} members{said}")
    return sorted(found, key=lambda member: (member.name.count("/"), member.row))


def _folder(member: Member) -> str:
    folder = member.name.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def _placed(crate: _Crate, first: _Crate) -> _Crate:
    """Return a further crate of an archive with its ids below its folder, as the first crate would spell them."""
    place = placed(crate.place.folder, first.place.folder, first.graph)
    return replace(crate, graph=moved(crate.graph, place.prefix, crate.root), place=place)


@dataclass(frozen=True, slots=True)
class _Crate:
    """A crate with its two special entities, where they were found."""

    graph: Graph
    descriptor: Node | None
    root: Node | None
    problems: tuple[Problem, ...]
    contexts: str
    place: Place


def _crate(data: bytes, limits: Limits, where: str, place: Place = _ALONE) -> _Crate:
    document = safe_json.loads(data, limits, where)
    value = document.value
    if not isinstance(value, dict):
        raise SourceError(where, "is JSON but no crate: the document is not an object with @context and @graph")
    entities, problems = _entities(value, where)
    context = value.get("@context")
    graph = flatten(entities, context, where)
    descriptor = _descriptor(graph)
    root = _root(graph, descriptor)
    if root is None:
        expected = "a metadata descriptor whose 'about' names a Dataset of the crate"
        problems.append(Problem(where, "no-root", "no root data entity", expected))
    return _Crate(graph, descriptor, root, (*document.problems, *problems, *graph.problems), json.dumps(context), place)


def _entities(value: dict[str, JsonValue], where: str) -> tuple[list[JsonValue], list[Problem]]:
    """Return what stands under @graph; anything said outside of it becomes one more entity."""
    problems = []
    if "@graph" not in value:
        raise SourceError(where, "has no @graph, expected the list of entities of an RO-Crate")
    entities = value["@graph"]
    if isinstance(entities, dict):
        found = "one object under @graph"
        problems.append(Problem(where, "graph", found, "a list of entities", repair="read as a list of one"))
        entities = [entities]
    if not isinstance(entities, list):
        raise SourceError(where, f"has {safe_json.dumps(entities)[:40]} under @graph, expected a list of entities")
    outside = {name: item for name, item in value.items() if name not in {"@graph", "@context"}}
    if outside:
        found = ", ".join(outside)[:80]
        problems.append(
            Problem(where, "outside-graph", found, "@context and @graph only", repair="read as an entity", severity="info"),
        )
        entities = [*entities, outside]
    return entities, problems


def _descriptor(graph: Graph) -> Node | None:
    """Return the entity that describes the metadata file itself; its @id is not always the prescribed one."""
    named = None
    for node in graph.nodes.values():
        about = node.cells.get("about")
        if about and any("/ro/crate" in text for text in node.cells.get("dcterms:conformsTo", ())):
            return node
        if named is None and node.id.endswith(_METADATA_NAMES) and "File" not in node.types:
            named = node
    return named


def _root(graph: Graph, descriptor: Node | None) -> Node | None:
    """Return what the descriptor is about, else ``./``, else the only Dataset that nothing points to."""
    for ident in descriptor.cells.get("about", ()) if descriptor else ():
        found = graph.get(ident)
        if found is not None:
            return found
    found = graph.get("./")
    if found is not None:
        return found
    pointed = {target for _, _, target in graph.references}
    free = [node for node in graph.nodes.values() if "Dataset" in node.types and node.id not in pointed]
    return free[0] if len(free) == 1 else None


def _reading(crates: Sequence[_Crate], limits: Limits, where: str, archive: Archive | None) -> Reading:
    parts = []
    frames: dict[str, list[pl.DataFrame]] = {}
    problems: list[Problem] = []
    for crate in crates:
        root = crate.root.id if crate.root else None
        rows = entity_rows(crate.graph, crate.root, crate.descriptor, limits.columns, where)
        fields = Fields(crate.graph, limits, where, root)
        fields.take_crate()
        if archive is not None:
            members = [member for member in archive.members if _nearest(member, crates) is crate]
            fields.take_side_files(archive, members, crate.place)
            rows["ArchiveMember"] = archive_rows(members, crate.place, crate.graph, root)
        rows.update(fields.rows())
        parts.append(rows)
        for kind, frame in fields.frames().items():
            frames.setdefault(kind, []).append(frame.with_columns(pl.lit(root, pl.String).alias("_crate")))
        problems += (*crate.problems, *fields.problems)
    tables = build(joined(parts))
    for kind, several in frames.items():
        known = [tables[kind].frame.collect()] if kind in tables else []
        tables[kind] = Table(kind, stacked([*known, *several]).lazy())
    facts = _facts(crates[0], is_archive=archive is not None)
    if len(crates) > 1:
        facts["crates"] = str(len(crates))
    return Reading(NAME, tables, (*problems, *(archive.problems if archive else ())), facts)


def _nearest(member: Member, crates: Sequence[_Crate]) -> _Crate:
    """Return the crate in whose folder a file lies; the first has what lies in none."""
    inside = [crate for crate in crates if member.name.startswith(crate.place.folder)]
    return max(inside, key=lambda crate: len(crate.place.folder), default=crates[0])


def _facts(crate: _Crate, *, is_archive: bool) -> dict[str, str]:
    producer, version = _producer(crate)
    conforms = " ".join(crate.descriptor.cells.get("dcterms:conformsTo", ())) if crate.descriptor else ""
    found = _VERSION.search(conforms) or _VERSION.search(crate.contexts)
    return {
        "producer": producer,
        "producer_version": version,
        "crate_version": found[1] if found else "",
        "profile": "gide" if _is_gide(crate) else "",
        "eln": safe_json.scalar(is_archive),
        "root": crate.root.id if crate.root else "",
        "identifier": crate.root.first("identifier") if crate.root else "",
    }


def _is_gide(crate: _Crate) -> bool:
    """Say whether a crate follows the foundingGIDE search profile: a web page as root, biology or methods linked from it."""
    root = crate.root
    if root is None or not root.id.startswith(("https://", "http://")):
        return False
    known = any(word in crate.contexts for word in ("gide-search", "measurementMethod"))
    return known or not {"dwciri:measurementMethod", "about"}.isdisjoint(root.cells)


def _producer(crate: _Crate) -> tuple[str, str]:
    """Return name and version of the software that wrote a crate; empty where it does not say so."""
    nodes = crate.graph.nodes.values()
    said = [node for node in nodes if "SoftwareApplication" in node.types] + _named(crate, crate.descriptor, "sdPublisher")
    for node in (*said, *_named(crate, crate.root, "publisher")):
        words = " ".join((node.first("name"), node.first("url"), node.id)).lower()
        for word, name in _PRODUCERS.items():
            if word in words:
                return name, node.first("version")
    chosen = next((node for node in said if node.first("name") and "Person" not in node.types), None)
    return (chosen.first("name"), chosen.first("version")) if chosen else ("", "")


def _named(crate: _Crate, owner: Node | None, name: str) -> list[Node]:
    """Return the entities that a property of an entity leads to."""
    targets = owner.cells.get(name, ()) if owner else ()
    return [node for ident in targets if (node := crate.graph.get(ident)) is not None]
