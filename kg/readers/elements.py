"""The elements of an XML document as rows of tables, in the words of a dialect.

* A table per kind of element, a row per element, a column per attribute. A child with neither attributes nor children is a
  column of its name on its parent (a list column where an element has several); so is a child that has text and attributes
  where the dialect says so, with its attributes beside it (``Gain@Unit``). A child column that meets an attribute of the same
  name, or begins with ``_``, is called ``./Name``; an attribute that begins with ``_`` is ``@_name``; one that differs from
  another of its element only in the namespace is ``{namespace}name``.
* ``_text`` is the text of an element that has a row.
* ``_id`` is the element's place below the root (``Image[1]/Pixels[1]``), ``_parent`` and ``_parent_kind`` say in what it
  stands, ``_index`` counts siblings of one name from 0. ``_row`` is the element's number in the document, from 1.
* A dialect may have scopes, such as ``_image``: the ID of the nearest such element, itself included, or its ``_id``.

It reads bytes and returns frames; it knows neither files nor companions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.safe_xml import inner_xml, iterparse, split_name
from kg.table import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from kg.readers.limits import Limits

_STRING = pl.String
_STRINGS = pl.List(pl.String)
_FEW_ROWS = 64

Cell = str | None
Cells = list[Cell]

_T = TypeVar("_T")


def local_kind(tag: str) -> str:
    """Return the local name of an element or attribute.

    >>> local_kind("{http://www.w3.org/2000/svg}path")
    'path'
    """
    return split_name(tag).local


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is particular to the XML of one kind of source; the defaults suit any.

    Attributes:
        root: kind of the root element that is expected; empty for any.
        kind_of: table of an element by its name in ElementTree's notation.
        attribute_of: column of an attribute by its name in ElementTree's notation.
        opens: kind of an element to the scope that it opens (index into ``scopes``).
        opens_below: kind of a parent to the scope that each of its children opens.
        scopes: columns for the IDs of enclosing elements.
        always: scopes that every table has, filled or not.
        pixels: kinds whose text is bytes of an image; only its length is kept.
        blank_text: kinds whose text counts even where it is blank.
        foreign: (kind, parent kind) whose content is free XML, kept as text.
        references: whether a child whose name ends in ``Ref`` is a column of its parent, with its ID as value.
        units_beside: whether a child that has both text and attributes is a column of its parent, with these beside it.
        always_lists: whether a column from children is a list column even where no element has two of them.
    """

    root: str = ""
    kind_of: Callable[[str], str] = local_kind
    attribute_of: Callable[[str], str] = local_kind
    opens: Mapping[str, int] = field(default_factory=dict)
    opens_below: Mapping[str, int] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    always: frozenset[str] = frozenset()
    pixels: frozenset[str] = frozenset()
    blank_text: frozenset[str] = frozenset()
    foreign: frozenset[tuple[str, str]] = frozenset()
    references: bool = False
    units_beside: bool = True
    always_lists: bool = False


PLAIN = Dialect()
"""XML of any kind: local names, values with their attributes beside them."""


def tables_of(data: bytes, limits: Limits, where: str, dialect: Dialect = PLAIN) -> dict[str, pl.DataFrame]:
    """Return the tables of one document, in order of the first element of each kind.

    Raises:
        SourceError: not valid XML.
        LimitError: beyond the limits, or it would grow beyond memory as tables.
    """
    elements = Elements(dialect, limits, where)
    elements.collect(data)
    return elements.frames()


def _named(attributes: Mapping[str, str], name_of: Callable[[str], str]) -> Mapping[str, str]:
    """Return attributes by their columns; one that differs from another only in its namespace has its full name."""
    if "{" not in "".join(attributes):
        return attributes
    named: dict[str, str] = {}
    for key, value in attributes.items():
        name = name_of(key)
        taken = name in named or (name != key and name in attributes)
        named[key if taken else name] = value
    return named


class Node:
    """An element while it is read: its place in the document, and the cells that its children leave with it."""

    __slots__ = ("counts", "dialect", "element", "id", "index", "kind", "leaves", "order", "scope", "weight")

    def __init__(self, dialect: Dialect, element: Element, kind: str, order: int, parent: Node | None) -> None:
        """Place an element under its parent."""
        self.dialect = dialect
        self.element = element
        self.kind = kind
        self.order = order
        # made when the first child comes: most elements have none
        self.counts: dict[str, int] | None = None
        self.leaves: dict[str, list[tuple[Cell, dict[str, str]]]] | None = None
        self.index = 0
        self.id = kind
        self.scope: tuple[Cell, ...] = (None,) * len(dialect.scopes)
        self.weight = 0  # characters of the scope
        if parent is not None:
            self._place(parent)

    def _place(self, parent: Node) -> None:
        """Count the element among its siblings and take over what encloses it."""
        if parent.counts is None:
            parent.counts = {}
        self.index = parent.counts.get(self.kind, 0)
        parent.counts[self.kind] = self.index + 1
        step = f"{self.kind}[{self.index + 1}]"
        self.id = step if parent.order == 1 else f"{parent.id}/{step}"
        self.scope = parent.scope
        self.weight = parent.weight
        opened = self.dialect.opens_below.get(parent.kind, self.dialect.opens.get(self.kind))
        if opened is not None:
            own = self.element.attrib.get("ID", self.id)
            self.scope = (*self.scope[:opened], own, *self.scope[opened + 1 :])
            self.weight += len(own)

    def holds_foreign_xml(self, parent: Node | None) -> bool:
        """Return whether the content is free XML (in OME, that of an annotation's author)."""
        return parent is not None and (self.kind, parent.kind) in self.dialect.foreign

    def text(self) -> tuple[str, bool]:
        """Return the element's own text (empty if it is only layout) and whether some stands between its children."""
        text = self.element.text or ""
        if self.kind in self.dialect.blank_text:  # such as the value of a key-value pair
            return text, False
        if not len(self.element):
            return (text if text.strip() else ""), False
        pieces = [piece for piece in (text, *(child.tail or "" for child in self.element)) if piece.strip()]
        return "".join(pieces), bool(pieces)

    def forget(self) -> None:
        """Free what has been filed; the bare element stays with its parent, as a sign that there was one."""
        tail = self.element.tail
        self.element.clear()
        self.element.tail = tail


class Rows:
    """The rows of one kind of element: columns that are filled up with nulls when they are next written to."""

    __slots__ = ("count", "dialect", "lists", "places", "strings")

    def __init__(self, dialect: Dialect) -> None:
        """Begin with no row and no column."""
        self.dialect = dialect
        self.count = 0
        self.places: list[tuple[int, str, Cell, Cell, str, tuple[Cell, ...]]] = []
        self.strings: dict[str, Cells] = {}
        self.lists: dict[str, list[Cells | None]] = {}

    def frame(self) -> pl.DataFrame:
        """Return the table, in document order."""
        orders, ids, parents, kinds, indexes, scopes = zip(*self.places, strict=True)
        columns: dict[str, Sequence[object]] = {
            ROW: orders,
            "_id": ids,
            "_parent": parents,
            "_parent_kind": kinds,
            "_index": indexes,
        }
        always = self.dialect.always
        scoped = zip(self.dialect.scopes, zip(*scopes, strict=True), strict=False)  # without scopes there is nothing to zip
        columns |= {name: scope for name, scope in scoped if name in always or any(cell is not None for cell in scope)}
        for name, cells in self.strings.items():
            cells.extend([None] * (self.count - len(cells)))
            columns[name] = cells
        schema: dict[str, type[pl.DataType] | pl.DataType] = {ROW: pl.UInt32}
        schema |= dict.fromkeys(list(columns)[1:], _STRING)
        for name, lists in self.lists.items():
            lists.extend([None] * (self.count - len(lists)))
            free = f"./{name}" if name in self.strings or name.startswith("_") else name
            if self.dialect.always_lists or any(cells is not None and len(cells) > 1 for cells in lists):
                columns[free] = lists
                schema[free] = _STRINGS
            else:
                columns[free] = [cells[0] if cells else None for cells in lists]
                schema[free] = _STRING
        if self.count <= _FEW_ROWS:  # many tables are tiny, and then a column costs more than its cells
            frame = pl.DataFrame(list(zip(*columns.values(), strict=True)), schema, orient="row")
        else:
            frame = pl.DataFrame([pl.Series(name, column, schema[name]) for name, column in columns.items()])
        # an element within one of its own kind ends, and is written, before the outer one
        return frame if all(map(int.__lt__, orders, orders[1:])) else frame.sort(ROW)


class Elements:
    """What one document holds, filed into rows by kind.

    Attributes:
        rows: kind to rows, in no particular order.
        root: name of the root element, in ElementTree's notation.
        mixed: kinds where text stands between child elements, with the place of each such element.
    """

    def __init__(self, dialect: Dialect, limits: Limits, where: str) -> None:
        """Begin with an empty document."""
        self.dialect = dialect
        self.rows: dict[str, Rows] = {}
        self.root = ""
        self.mixed: dict[str, list[int]] = {}
        self._limits = limits
        self._where = where
        self._kinds: dict[str, str] = {}
        self._order = 0
        self._cells = 0
        self._characters = 0

    def collect(self, data: bytes) -> None:
        """File a whole document.

        Raises:
            SourceError: not valid XML, or another root than the dialect expects.
            LimitError: beyond the limits, or it would grow beyond memory as tables.
        """
        stack: list[Node] = []
        foreign = 0  # depth within the value of an XMLAnnotation
        for event, element in iterparse(data, self._limits, self._where):
            if event == "end":
                foreign = max(foreign - 1, 0)
                if not foreign:
                    node = stack.pop()
                    self._close(node, stack[-1] if stack else None)
                continue
            self._order += 1
            if foreign:
                foreign += 1
                continue
            parent = stack[-1] if stack else None
            node = Node(self.dialect, element, self._kind(element, parent), self._order, parent)
            stack.append(node)
            foreign = int(node.holds_foreign_xml(parent))

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return kind to table, in the order in which the kinds appear in the document.

        Raises:
            LimitError: with the empty cells it would grow beyond memory.
        """
        if sum(rows.count * (len(rows.strings) + len(rows.lists)) for rows in self.rows.values()) > self._limits.xml_cells:
            raise LimitError(self._where, f"as tables it would have more than {self._limits.xml_cells} cells")
        return {kind: rows.frame() for kind, rows in sorted(self.rows.items(), key=lambda item: item[1].places[0][0])}

    def _kind(self, element: Element, parent: Node | None) -> str:
        """Return the kind of an element that begins."""
        kind = self._kinds.get(element.tag)
        if kind is None:
            kind = self._kinds[element.tag] = self.dialect.kind_of(element.tag)
        if parent is None:
            self.root = element.tag
            if self.dialect.root and kind != self.dialect.root:
                name = split_name(element.tag)
                place = f"of the namespace {name.namespace[:200]}" if name.namespace else "of no namespace"
                raise SourceError(self._where, f"the root element is {name.local[:80]} {place}, expected {self.dialect.root}")
        return kind

    def _close(self, node: Node, parent: Node | None) -> None:
        """File an element that has ended: as a row, or as a cell of its parent."""
        element, kind, attributes = node.element, node.kind, node.element.attrib
        if parent is None:
            self._row(node, parent)
        elif node.holds_foreign_xml(parent):
            self._leaf(parent, kind, inner_xml(element), attributes)
        elif len(element) or kind in self.dialect.pixels:
            self._row(node, parent)
        elif not attributes or (self.dialect.units_beside and (element.text or "").strip()):
            self._leaf(parent, kind, element.text or "", dict(_named(attributes, self.dialect.attribute_of)))
        elif self.dialect.references and kind.endswith("Ref") and not (element.text or "").strip():
            rest = {name: value for name, value in attributes.items() if name != "ID"}
            self._leaf(parent, kind, attributes.get("ID"), rest)
        else:
            self._row(node, parent)
        node.forget()

    def _leaf(self, parent: Node, kind: str, value: Cell, attributes: dict[str, str]) -> None:
        """Leave a value with the parent, for a list column of it."""
        self._check(kind, value)
        if parent.leaves is None:
            parent.leaves = {}
        parent.leaves.setdefault(kind, []).append((value, attributes))

    def _row(self, node: Node, parent: Node | None) -> None:
        """Write an element as a row of the table of its kind."""
        rows = self.rows.get(node.kind)
        if rows is None:
            rows = self.rows[node.kind] = Rows(self.dialect)
            if len(self.rows) > self._limits.columns:
                raise LimitError(self._where, f"more than {self._limits.columns} kinds of elements")
        self._put_attributes(rows, node.element.attrib)
        self._put_text(rows, node)
        for name, items in (node.leaves or {}).items():
            self._put(rows, rows.lists, name, [value for value, _ in items])
            for attribute in {key: None for _, attributes in items for key in attributes}:
                self._put(rows, rows.lists, f"{name}@{attribute}", [attributes.get(attribute) for _, attributes in items])
        above = (None, None) if parent is None else (parent.id, parent.kind)
        rows.places.append((node.order, node.id, *above, str(node.index), node.scope))
        rows.count += 1
        self._characters += len(node.id) + (len(parent.id) + len(parent.kind) if parent else 0) + node.weight
        if self._characters > self._limits.place_characters:
            raise LimitError(
                self._where, f"the paths and IDs of its elements come to more than {self._limits.place_characters} characters"
            )

    def _put_attributes(self, rows: Rows, attributes: dict[str, str]) -> None:
        """Write the attributes of an element that has a row; this loop is where planes by the 100,000 spend their time."""
        count, columns, most = rows.count, rows.strings, self._limits.cell_bytes
        for name, value in _named(attributes, self.dialect.attribute_of).items():
            if len(value) > most:
                self._check(name, value)
            column = columns.get(name)
            if column is not None and len(column) == count and name[0] != "_":
                column.append(value)
                self._cells += 1
            else:
                self._put(rows, columns, f"@{name}" if name[0] == "_" else name, value)

    def _put_text(self, rows: Rows, node: Node) -> None:
        """Write the text of an element that has a row; of pixel data only how long it is."""
        text, mixed = node.text()
        if node.kind in self.dialect.pixels:
            self._put(rows, rows.strings, "_text_length", str(len(text.strip())))
            return
        if mixed:
            self.mixed.setdefault(node.kind, []).append(node.order)
        if text or node.kind in self.dialect.blank_text:
            self._check(node.kind, text)
            self._put(rows, rows.strings, "_text", text)

    def _check(self, name: str, value: Cell) -> None:
        """Refuse a cell that is too long."""
        if value is not None and len(value) > self._limits.cell_bytes:
            raise LimitError(self._where, f"{name[:80]} is longer than {self._limits.cell_bytes} characters")

    def _put(self, rows: Rows, columns: dict[str, list[_T | None]], name: str, value: _T) -> None:
        """Write a cell of the row that is being written."""
        column = columns.get(name)
        if column is None:
            column = columns[name] = []
            if len(columns) > self._limits.columns:
                raise LimitError(self._where, f"more than {self._limits.columns} attributes of one kind of element")
        missing = rows.count - len(column)
        if missing:
            column.extend([None] * missing)
        column.append(value)
        # a list has a value, or a sign that there is none, for each child of its name
        self._cells += missing + (len(value) if isinstance(value, list) else 1)
        if self._cells > self._limits.xml_cells:
            raise LimitError(self._where, f"as tables it would have more than {self._limits.xml_cells} cells")
