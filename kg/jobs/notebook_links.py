"""Which files of the store the records of lab notebooks name, by checksum or by name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from kg.schema import Schema
from kg.store import Generation

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_WHOLE = 256 * 1024 * 1024
_SHOWN = 5


@dataclass(frozen=True, slots=True, order=True)
class NotebookLink:
    """A record of a notebook that names a file.

    Attributes:
        record: IRI of the record, or of the source that holds it where the file belongs to no one record.
        name: its title; empty if it has none.
        by: whether the checksum is the same, or only the name of the file.
    """

    record: str
    name: str
    by: Literal["checksum", "name"]


class NotebookFiles:
    """The files that notebooks name, of one generation."""

    def __init__(self, generation: Generation, schema: Schema) -> None:
        """Read them, once."""
        self._database, self._schema = generation.database, schema
        record, file = schema.class_("ExperimentRecord"), schema.class_("FileReference")
        self._record_type = ox.NamedNode(record.iri)
        self._part_of = ox.NamedNode(file.slots["part_of"].iri)
        self._name = ox.NamedNode(record.slots["name"].iri)
        self._by_name: dict[str, list[ox.Quad]] = {}
        self._by_checksum: dict[str, list[ox.Quad]] = {}
        graphs = {quad.graph_name for quad in self._database.quads_for_pattern(None, _TYPE, self._record_type, None)}
        self.graphs = frozenset(graph.value for graph in graphs if isinstance(graph, ox.NamedNode))
        for graph in graphs:
            for slot in ("file_path", "name"):
                for quad in self._said(file.slots[slot].iri, graph):
                    if slot == "file_path" or self._is_file(quad, file.iri):
                        self._by_name.setdefault(_last(quad), []).append(quad)
            for quad in self._said(file.slots["checksum"].iri, graph):
                self._by_checksum.setdefault(_text(quad).lower(), []).append(quad)

    def links_of(self, path: Path, own: str) -> tuple[NotebookLink, ...]:
        """Return the records that name a file, those of its own source left out; at most a few, checksums first.

        Args:
            path: the file; of a folder only the name counts.
            own: IRI of the source that the file is.
        """
        found: dict[str, NotebookLink] = {}
        for checksum in _checksums(path) if self._by_checksum else ():
            for quad in self._by_checksum.get(checksum, ()):
                self._add(found, quad, own, "checksum")
        for quad in self._by_name.get(path.name.lower(), ()):
            self._add(found, quad, own, "name")
        return tuple(sorted(found.values(), key=lambda link: (link.by, link.record))[:_SHOWN])

    def _add(self, found: dict[str, NotebookLink], quad: ox.Quad, own: str, by: Literal["checksum", "name"]) -> None:
        graph = quad.graph_name
        if not isinstance(graph, ox.NamedNode) or graph.value == own or not isinstance(quad.subject, ox.NamedNode):
            return
        owners = {each.object for each in self._database.quads_for_pattern(quad.subject, self._part_of, None, graph)}
        owners |= {each.subject for each in self._database.quads_for_pattern(None, None, quad.subject, graph)}
        records = [owner for owner in owners if isinstance(owner, ox.NamedNode) and self._is_record(owner)]
        for record in records or [graph]:
            names = [_text(each) for each in self._database.quads_for_pattern(record, self._name, None, None)]
            found.setdefault(record.value, NotebookLink(record.value, min(names, default=""), by))

    def _said(self, predicate: str, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
        yield from self._database.quads_for_pattern(None, ox.NamedNode(predicate), None, graph)

    def _is_file(self, quad: ox.Quad, iri: str) -> bool:
        return any(self._database.quads_for_pattern(quad.subject, _TYPE, ox.NamedNode(iri), None))

    def _is_record(self, node: ox.NamedNode) -> bool:
        return any(self._database.quads_for_pattern(node, _TYPE, self._record_type, None))


def _text(quad: ox.Quad) -> str:
    return quad.object.value if isinstance(quad.object, ox.Literal | ox.NamedNode) else ""


def _last(quad: ox.Quad) -> str:
    return _text(quad).replace("\\", "/").rstrip("/").rpartition("/")[2].lower()


def _checksums(path: Path) -> Iterator[str]:
    """Yield what notebooks keep of a file; nothing of a folder, of what is too large, and of what has gone."""
    try:
        if not path.is_file() or path.stat().st_size > _WHOLE:
            return
        for algorithm in ("sha256", "md5"):
            with path.open("rb") as file:
                yield hashlib.file_digest(file, algorithm).hexdigest()
    except OSError:
        return
