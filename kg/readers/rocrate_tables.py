"""Tables of a crate: one per type of entity, built with one call into Polars however many there are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from kg.errors import LimitError
from kg.readers.rocrate_graph import CUSTOM_FIELDS, Node, key
from kg.readers.rocrate_terms import companions, is_term, properties_of_terms, referred_by
from kg.table import ROW, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.readers.rocrate_graph import Graph

ROOT = "RootDataset"
DESCRIPTOR = "Descriptor"
UNTYPED = "Thing"
CUSTOM_FIELD = "PropertyValue"
OWNED = frozenset({CUSTOM_FIELD, "TextObject", "AggregateRating", "HowToDirection", "Thing"})
"""Kinds that mean little without who refers to them."""
RESERVED = frozenset({ROOT, DESCRIPTOR, "ArchiveMember", "ExtraField", "ElabftwExport", "KadiRecord"})

_TYPE_OF = MappingProxyType({ROOT: "Dataset", DESCRIPTOR: "CreativeWork"})
_LISTS = pl.List(pl.List(pl.String))
_T = TypeVar("_T")


@dataclass(slots=True)
class Rows:
    """Rows of one table while they are gathered, all columns of the same length.

    Attributes:
        rows: positions for ``_row``.
        texts: String columns.
        lists: List(String) columns; None is no cell.
    """

    rows: Sequence[int]
    texts: Mapping[str, Sequence[str | None]]
    lists: Mapping[str, Sequence[Sequence[str | None] | None]]


def build(kinds: Mapping[str, Rows]) -> dict[str, Table]:
    """Return the tables of several kinds.

    Polars takes some microseconds per list when it is handed Python lists one by one; all list cells of a source go through
    one JSON text instead, and each column is a slice of the result.
    """
    cells: list[Sequence[str | None] | None] = [[]]
    for rows in kinds.values():
        for column in rows.lists.values():
            cells.extend(column)
    parsed = pl.Series([json.dumps(cells, ensure_ascii=False)], dtype=pl.String).str.json_decode(_LISTS).explode()
    tables = {}
    at = 1
    for kind, rows in kinds.items():
        height = len(rows.rows)
        columns = [pl.Series(ROW, rows.rows, dtype=pl.UInt32)]
        columns.extend(pl.Series(name, column, dtype=pl.String) for name, column in rows.texts.items())
        for name in rows.lists:
            columns.append(parsed.slice(at, height).alias(name))
            at += height
        tables[kind] = Table(kind, pl.DataFrame(columns).lazy())
    return tables


def joined(parts: Sequence[Mapping[str, Rows]]) -> dict[str, Rows]:
    """Return the rows of several crates, kind by kind; a column that one of them lacks is null there."""
    if len(parts) == 1:
        return dict(parts[0])
    found = {}
    for kind in dict.fromkeys(kind for part in parts for kind in part):
        several = [part[kind] for part in parts if kind in part]
        found[kind] = Rows(
            [row for rows in several for row in rows.rows],
            _columns([(len(rows.rows), rows.texts) for rows in several]),
            _columns([(len(rows.rows), rows.lists) for rows in several]),
        )
    return found


def stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return frames one below the other; a column that is a list in one of them is a list in all."""
    lists = {name for frame in frames for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)}
    alike = []
    for frame in frames:
        texts = [name for name, dtype in frame.schema.items() if name in lists and dtype == pl.String]
        whole = [pl.when(pl.col(name).is_not_null()).then(pl.concat_list(name)).alias(name) for name in texts]
        alike.append(frame.with_columns(whole))
    return pl.concat(alike, how="diagonal")


def _columns(parts: Sequence[tuple[int, Mapping[str, Sequence[_T]]]]) -> dict[str, Sequence[_T | None]]:
    names = dict.fromkeys(name for _, columns in parts for name in columns)
    found: dict[str, Sequence[_T | None]] = {}
    for name in names:
        cells: list[_T | None] = []
        for height, columns in parts:
            cells.extend(columns[name] if name in columns else [None] * height)
        found[name] = cells
    return found


def column(name: str) -> str:
    """Return the column of a property; those that begin with ``_`` are the reader's own.

    >>> column("name"), column("_row")
    ('name', './_row')
    """
    return f"./{name}" if name[:1] == "_" else name


def entity_rows(graph: Graph, root: Node | None, descriptor: Node | None, most_columns: int, where: str) -> dict[str, Rows]:
    """Return the rows of all entities by kind: the first type, with tables of their own for root and descriptor.

    Raises:
        LimitError: the entities of one kind have more different properties than allowed.
    """
    kinds: dict[str, list[Node]] = {}
    subjects, fields = _subjects(graph)
    for ident, node in graph.nodes.items():
        kinds.setdefault(_kind(node, ident in fields, root, descriptor), []).append(node)
    crate = root.id if root else None
    found = {}
    referred = referred_by(graph)
    terms = properties_of_terms(graph)
    for kind, nodes in kinds.items():
        found[kind] = _rows(nodes, crate, kind)
        if len(found[kind].lists) > most_columns:
            count = len(found[kind].lists)
            raise LimitError(where, f"{kind} has {count:,} different properties, at most {most_columns:,} are read")
        if kind in OWNED:
            owners = [subjects.get(key(node.id)) for node in nodes]
            kinds_of = [None if some is None else [_kind_of(graph, owner) for owner in some] for some in owners]
            found[kind].lists = {"_subject": owners, "_subject_kind": kinds_of, **found[kind].lists}
        elif any(map(is_term, nodes)):
            found[kind].lists = {"_referred_by": [referred.get(key(node.id)) for node in nodes], **found[kind].lists}
        names = dict.fromkeys(name for node in nodes for name in node.cells) if terms else {}
        found[kind].lists = {**found[kind].lists, **companions(graph, nodes, list(names), terms)}
    return found


def _subjects(graph: Graph) -> tuple[dict[str, list[str]], set[str]]:
    """Return who refers to a node, by key of the node, and the keys of what custom fields lead to."""
    subjects: dict[str, dict[str, None]] = {}
    fields = set()
    for name, owner, target in graph.references:
        found = key(target)
        subjects.setdefault(found, {})[owner.id] = None
        if name in CUSTOM_FIELDS:
            fields.add(found)
    return {target: list(owners) for target, owners in subjects.items()}, fields


def _kind(node: Node, is_field: bool, root: Node | None, descriptor: Node | None) -> str:
    if node is root:
        return ROOT
    if node is descriptor:
        return DESCRIPTOR
    if not node.types:
        return CUSTOM_FIELD if is_field else UNTYPED
    kind = node.types[0]
    return f"schema:{kind}" if kind in RESERVED else kind


def _kind_of(graph: Graph, ident: str) -> str:
    node = graph.get(ident)
    return node.types[0] if node is not None and node.types else UNTYPED


def _rows(nodes: list[Node], crate: str | None, kind: str) -> Rows:
    texts: dict[str, Sequence[str | None]] = {"_crate": [crate] * len(nodes), "@id": [node.id for node in nodes]}
    if any(node.parent is not None for node in nodes):
        texts["_parent"] = [node.parent for node in nodes]
    names = dict.fromkeys(name for node in nodes for name in node.cells)
    told = [_TYPE_OF.get(kind, kind)]
    lists: dict[str, Sequence[Sequence[str | None] | None]] = {}
    if any(node.types and node.types != told for node in nodes):
        lists["@type"] = [None if node.types == told else node.types or None for node in nodes]
    lists |= {column(name): [node.cells.get(name) for node in nodes] for name in names}
    return Rows([node.row for node in nodes], texts, lists)
