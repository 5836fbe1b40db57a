"""Nodes of a PageTab submission as tables, one for each type of section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from kg.errors import LimitError
from kg.readers.limits import Limits
from kg.readers.repository.pagetab_links import Links, columns_of
from kg.readers.repository.pagetab_nodes import FILE, LINK, NAMELESS, Attribute, Node, fold
from kg.table import ROW, Table

_MEMBERS = {FILE: frozenset({"path", "size", "type"}), LINK: frozenset({"url"})}
_MOST_CELLS = 20_000_000
Cells = dict[str, list[str | None]]


def tables_of(nodes: Sequence[Node], links: Links, limits: Limits, where: str) -> dict[str, Table]:
    """Return a table for each kind of node, in the order in which they are met.

    Raises:
        LimitError: more columns, longer cells or more cells than allowed.
    """
    kinds: dict[str, list[Node]] = {}
    for node in nodes:
        kinds.setdefault(node.kind, []).append(node)
    if len(kinds) > limits.columns:
        raise LimitError(where, f"more than {limits.columns:,} types of sections")
    return {kind: Table(kind, _frame(some, links, limits, where).lazy()) for kind, some in kinds.items()}


def _frame(nodes: Sequence[Node], links: Links, limits: Limits, where: str) -> pl.DataFrame:
    spelt = columns_of(nodes)
    rows = [_row(node, spelt, links) for node in nodes]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > limits.columns:
        raise LimitError(where, f"{nodes[0].kind} has more than {limits.columns:,} different attributes")
    if len(names) * len(rows) > _MOST_CELLS:
        raise LimitError(where, f"as tables it would have more than {_MOST_CELLS:,} cells")
    longest = max((len(cell) for row in rows for cells in row.values() for cell in cells if cell), default=0)
    if longest > limits.cell_bytes:
        raise LimitError(where, f"one value has {longest:,} characters, at most {limits.cell_bytes:,} are read")
    series = [pl.Series(ROW, [node.row for node in nodes], pl.UInt32), *_structure(nodes)]
    series.extend(_series(name, [row.get(name) for row in rows]) for name in names)
    return pl.DataFrame(series)


def _structure(nodes: Sequence[Node]) -> list[pl.Series]:
    said: Mapping[str, list[str | None]] = {
        "_id": [node.ident for node in nodes],
        "_parent": [node.parent.ident if node.parent else None for node in nodes],
        "_parent_kind": [node.parent.kind if node.parent else None for node in nodes],
        "_study": [node.top.accno or None for node in nodes],
        "_type": [node.type or None for node in nodes],
    }
    return [pl.Series(name, cells, pl.String) for name, cells in said.items()]


def _series(name: str, cells: Sequence[list[str | None] | None]) -> pl.Series:
    if any(cell is not None and len(cell) > 1 for cell in cells):
        return pl.Series(name, cells, pl.List(pl.String))
    return pl.Series(name, [cell[0] if cell else None for cell in cells], pl.String)


def _row(node: Node, spelt: Mapping[str, str], links: Links) -> Cells:
    """Return the cells of a node; those that belong together stand at the same place of their lists."""
    row: Cells = {"accno": [node.accno]} if node.accno else {}
    for name, text in node.members.items():
        row[_free(name)] = [text]
    counts: dict[str, int] = {}
    for attribute in node.attributes:
        name = attribute.name.strip()
        if not attribute.value.strip() and not attribute.on_value:
            if name:
                row.setdefault(NAMELESS, []).append(name)
            continue
        column = spelt[fold(name)] if name else NAMELESS
        column = _free(
            f"attribute {column}" if column in {"accno", *node.members} or fold(column) in _members(node) else column
        )
        at = counts.get(column, 0)
        counts[column] = at + 1
        _put(row, column, at, attribute.value)
        if name and " ".join(name.split()) != spelt[fold(name)]:
            _put(row, f"_raw.{column}", at, attribute.name)
        _qualify(row, column, at, attribute)
        for target in links.target(node, attribute):
            row.setdefault(f"_to.{column}", []).append(target)
    return row


def _members(node: Node) -> frozenset[str]:
    return _MEMBERS.get(node.kind, frozenset())


def _free(name: str) -> str:
    return f"./{name}" if name.startswith(("_", "$")) else name


def _qualify(row: Cells, column: str, at: int, attribute: Attribute) -> None:
    for name, text in attribute.on_value:
        _put(row, f"{column} [{name}]", at, text)
    for name, text in attribute.on_name:
        _put(row, f"{column} ({name})", at, text)


def _put(row: Cells, column: str, at: int, text: str) -> None:
    cells = row.setdefault(column, [])
    if len(cells) > at and cells[at] is not None:  # the same qualifier twice
        cells[at] = f"{cells[at]}; {text}"
        return
    cells.extend([None] * (at + 1 - len(cells)))
    cells[at] = text
