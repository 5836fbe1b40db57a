"""PageTab in tab-separated text: blocks between blank lines, a section, a file or a link each, or a table of many.

The first line of a block says what it is: ``Submission``, ``File``, ``Link``, ``Files``, ``Links``, ``Type[parent]`` (a table
of sections) or the type of a section with its accession and that of its parent. Lines that follow are attributes: ``(name)``
qualifies the name before, ``[name]`` the value before, ``<name>`` refers to another section.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.errors import LimitError
from kg.problem import Problem
from kg.readers.limits import Limits
from kg.readers.repository.pagetab_nodes import COMMENT, FILE, LINK, STUDY, SUBMISSION, Attribute, Node, fold

_TABLE = re.compile(r"(?P<type>[^\[\]]+?)\s*\[(?P<parent>[^\[\]]*)\]")
_MEMBER = {FILE: "path", LINK: "url"}
_TABLES = {"files": FILE, "links": LINK}
_ROW_LENGTH = 3

Row = tuple[int, list[str]]
"""Number of the line, and its cells without the empty ones at the end."""


def of_tsv(text: str, limits: Limits, where: str) -> tuple[list[Node], list[Problem]]:
    """Return the nodes of a text, and what was odd.

    Raises:
        LimitError: a cell is too long.
    """
    problems: list[Problem] = []
    try:
        rows = list(_rows(text, limits, quoted=True))
    except csv.Error as error:
        if "field larger" in str(error):
            raise LimitError(where, f"one cell has more than {limits.cell_bytes:,} characters") from error
        found = "a quotation mark that does not belong around a whole cell"
        problems.append(Problem(where, "quotes", found, "quotes around whole cells", repair="quotes are read as text"))
        rows = list(_rows(text, limits, quoted=False))
    growth = _Growth()
    for block in _blocks(rows, growth.nodes):
        growth.block(block)
    return growth.nodes, problems


def _rows(text: str, limits: Limits, *, quoted: bool) -> Iterator[Row]:
    csv.field_size_limit(limits.cell_bytes)
    lines = io.StringIO(text, newline="")
    if quoted:
        reader = csv.reader(lines, delimiter="\t", strict=True)
    else:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    start = 1
    for cells in reader:
        while cells and not cells[-1].strip():
            cells.pop()
        yield start, cells
        start = reader.line_num + 1


def _blocks(rows: Iterable[Row], nodes: list[Node]) -> Iterator[list[Row]]:
    """Yield blocks; a line that begins with ``#`` is a comment, kept as a node of its own."""
    block: list[Row] = []
    for line, cells in rows:
        if cells and cells[0].lstrip().startswith("#"):
            nodes.append(Node(COMMENT, "", "", line, None, {"text": "\t".join(cells)}))
        elif cells:
            block.append((line, cells))
        elif block:
            yield block
            block = []
    if block:
        yield block


@dataclass(slots=True)
class _Growth:
    """Nodes so far, and where the next file, link or section belongs."""

    nodes: list[Node] = field(default_factory=list)
    submission: Node | None = None
    root: Node | None = None
    current: Node | None = None
    by_accno: dict[str, Node] = field(default_factory=dict)

    def block(self, block: Sequence[Row]) -> None:
        line, head = block[0]
        word = fold(head[0])
        table = _TABLE.fullmatch(head[0].strip())
        if word == SUBMISSION:
            self.submission = self._put(Node(SUBMISSION, head[0].strip(), _cell(head, 1), line, None, _tags(head[2:])))
            self.root = self.current = None
            self.by_accno.clear()
            _attributes(self.submission, block[1:])
        elif word in _MEMBER:
            node = self._put(Node(word, "", "", line, self._owner(), {_MEMBER[word]: _cell(head, 1)}))
            _attributes(node, block[1:])
        elif word in _TABLES:
            self._table(block, _TABLES[word], "", self._owner())
        elif table:
            parent = self.by_accno.get(table["parent"].strip(), self.root or self.submission)
            self._table(block, fold(table["type"]), table["type"].strip(), parent)
        else:
            self._section(block)

    def _section(self, block: Sequence[Row]) -> None:
        line, head = block[0]
        accno, above = _cell(head, 1), _cell(head, 2)
        kind = fold(head[0]) if self.root else STUDY
        parent = self.by_accno.get(above, self.root or self.submission)
        members = _tags(head[3:] if above in self.by_accno else head[2:])
        node = self._put(Node(kind, head[0].strip(), accno, line, parent, members))
        self.root = self.root or node
        self.current = node
        if accno:
            self.by_accno.setdefault(accno, node)
        _attributes(node, block[1:])

    def _table(self, block: Sequence[Row], kind: str, type_: str, parent: Node | None) -> None:
        names = block[0][1][1:]
        for line, cells in block[1:]:
            first = cells[0]
            node = Node(kind, type_, "" if kind in _MEMBER else first.strip(), line, parent)
            if kind in _MEMBER:
                node.members[_MEMBER[kind]] = first
            elif node.accno:
                self.by_accno.setdefault(node.accno, node)
            self._put(node)
            pairs = [*zip(names, cells[1:], strict=False), *(("", cell) for cell in cells[len(names) + 1 :])]
            for name, value in pairs:
                if value.strip() or not _is_qualifier(name):
                    _add(node, name, value)

    def _owner(self) -> Node | None:
        return self.current or self.root or self.submission

    def _put(self, node: Node) -> Node:
        self.nodes.append(node)
        return node


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""


def _tags(cells: Sequence[str]) -> dict[str, str]:
    """Return what stands behind type, accession and parent of a section: tags that say who may see it."""
    return {"tags": "\t".join(cells)} if any(cell.strip() for cell in cells) else {}


def _is_qualifier(name: str) -> bool:
    return name.strip()[:1] in {"(", "["} and len(name.strip()) >= _ROW_LENGTH


def _attributes(node: Node, rows: Iterable[Row]) -> None:
    for _, cells in rows:
        _add(node, cells[0], cells[1] if len(cells) > 1 else "")
        for more in cells[2:]:
            if more.strip():
                _add(node, "", more)


def _add(node: Node, name: str, value: str) -> None:
    """Add an attribute, or a qualifier of the one before."""
    name = name.strip()
    inner = name[1:-1].strip()
    if not value and not name:
        return
    if node.attributes and name.startswith("(") and name.endswith(")") and inner:
        last = node.attributes[-1]
        node.attributes[-1] = replace(last, on_name=(*last.on_name, (inner, value)))
    elif node.attributes and name.startswith("[") and name.endswith("]") and inner:
        last = node.attributes[-1]
        node.attributes[-1] = replace(last, on_value=(*last.on_value, (inner, value)))
    elif name.startswith("<") and name.endswith(">") and inner:
        node.attributes.append(Attribute(inner, value, reference=True))
    else:
        node.attributes.append(Attribute(name, value))
