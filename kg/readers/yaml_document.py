"""Any YAML document that no other reader knows, as tables of its maps.

Nothing is constructed but maps, lists and texts: ``1.0``, ``2020-01-01`` and ``no`` stay what they are in the file. Written
over the events of the parser, so that what anchors would unfold to is counted before it is unfolded (https://yaml.org/spec/1.1/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.readers.tree import Value, tables_of, text_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "yaml_document"
RANK = 82
TITLE = "YAML (.yaml, .yml, .cff) of any kind"

_SUFFIXES = (".yaml", ".yml", ".cff")
_MOST_NODES = 2_000_000
_MOST_BYTES = 64 * 1024 * 1024
_MERGE = "<<"
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "binary", "map", "seq", "set", "omap")
)


def claims(peek: Peek) -> bool:
    """Claim text with a suffix of YAML, or that begins with its directive."""
    text = peek.text.lstrip()
    return bool(text) and (peek.suffix in _SUFFIXES or text.startswith("%YAML")) and not text.startswith("<")


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the documents (`kg.readers.tree`); several documents are as many rows of ``root``.

    Raises:
        SourceError: not YAML, a tag of a programming language, or an anchor within itself.
        LimitError: beyond the limits, also by what aliases unfold to.
    """
    data = load(source.path, limits, source.key)
    if len(data) > _MOST_BYTES:
        raise LimitError(source.key, f"the YAML has {len(data):,} bytes, at most {_MOST_BYTES:,} are read")
    building = _Building(source.key, limits)
    try:
        text = decode(data)
        events = yaml.parse(text.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        documents = building.documents(events)
    except yaml.YAMLError as error:
        raise SourceError(source.key, _not_yaml(error)) from error
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {error.encoding} but breaks off being so at byte {error.start:,}") from error
    if text.guessed:
        found = Problem(source.key, "encoding", "bytes that are not UTF-8", "UTF-8", repair=f"read as {text.encoding}")
        building.problems.append(found)
    if not documents:
        raise SourceError(source.key, "holds no YAML but comments, expected a document")
    value: Value = documents[0] if len(documents) == 1 else documents
    facts = {"documents": str(len(documents))} if len(documents) > 1 else {}
    return Reading(NAME, tables_of(value, limits, source.key), building.finished(), facts)


def _not_yaml(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
    place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    tab = "; indent with spaces" if "\\t" in str(problem) else ""
    return f"is not YAML{place}: {problem}{tab}"


@dataclass(slots=True)
class _Node:
    """A finished value, with what it comes to when all its aliases are unfolded."""

    value: Value
    nodes: int = 1
    size: int = 0
    height: int = 0
    merge: bool = False


@dataclass(slots=True)
class _Open:
    """A map or list that is still being read."""

    is_map: bool
    anchor: str | None
    items: list[_Node] = field(default_factory=list)


class _Building:
    """One reading: turns events into values and counts on the way."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.problems: list[Problem] = []
        self._where = where
        self._limits = limits
        self._anchors: dict[str, _Node] = {}
        self._repeated: dict[str, int] = {}
        self._nodes = 0

    def documents(self, events: Iterator[yaml.Event]) -> list[Value]:
        """Return the value of each document that is not empty."""
        found: list[Value] = []
        open_: list[_Open] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
            node = self._node(event, open_)
            if node is None:
                continue
            self._check(node, len(open_))
            if open_:
                open_[-1].items.append(node)
            elif node.value is not None:
                found.append(node.value)
        return found

    def _node(self, event: yaml.Event, open_: list[_Open]) -> _Node | None:
        """Return what an event finishes, or None."""
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, open_)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._check_tag(event)
            open_.append(_Open(isinstance(event, yaml.MappingStartEvent), event.anchor))
            if len(open_) > self._limits.json_depth:
                raise LimitError(self._where, f"the YAML is nested deeper than {self._limits.json_depth:,}")
            return None
        if not isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            return None
        closed = open_.pop()
        node = self._map(closed.items) if closed.is_map else self._summed([item.value for item in closed.items], closed.items)
        if closed.anchor:
            self._anchors[closed.anchor] = node
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> _Node:
        self._check_tag(event)
        text: str = event.value
        plain = event.style in (None, "")
        if len(text) > self._limits.cell_bytes:
            raise LimitError(self._where, f"one text of the YAML is longer than {self._limits.cell_bytes:,} characters")
        absent = (plain and event.tag is None and text in _NULLS) or event.tag == f"{_STANDARD}null"
        node = _Node(None if absent else text, size=len(text), merge=plain and text == _MERGE)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent, open_: list[_Open]) -> _Node:
        if any(waiting.anchor == event.anchor for waiting in open_):
            raise SourceError(self._where, f"the alias *{event.anchor} stands within its own anchor, which would never end")
        known = self._anchors.get(event.anchor or "")
        line = _line(event)
        if known is None:
            raise SourceError(self._where, f"is not YAML at line {line}: *{event.anchor} names no anchor before it")
        return known

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag in (None, "!") or event.tag in _PLAIN_TAGS:
            return
        line = _line(event)
        raise SourceError(self._where, f"line {line} has the tag {event.tag!r}; only plain maps, lists and texts are read")

    def _check(self, node: _Node, depth: int) -> None:
        """Refuse what aliases unfold to before anybody unfolds it."""
        self._nodes += 1
        if max(self._nodes, node.nodes) > _MOST_NODES or node.size > self._limits.file_bytes:
            raise LimitError(self._where, f"the YAML unfolds to more than {_MOST_NODES:,} values")
        if depth + node.height > self._limits.json_depth:
            raise LimitError(self._where, f"the YAML is nested deeper than {self._limits.json_depth:,}")

    @staticmethod
    def _summed(value: Value, parts: list[_Node]) -> _Node:
        nodes, size = sum(part.nodes for part in parts), sum(part.size for part in parts)
        return _Node(value, nodes + 1, size, max((part.height for part in parts), default=0) + 1)

    def _map(self, items: list[_Node]) -> _Node:
        """Return a map: merged maps first, then its own members, a key that repeats with all its values."""
        members: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        own: dict[str, int] = {}
        for key, item in zip(items[::2], items[1::2], strict=True):
            if key.merge:
                for name, value in _mergeable(item.value):
                    merged.setdefault(name, value)
                continue
            name = text_of(key.value) or ""
            own[name] = own.get(name, 0) + 1
            if own[name] == 1:
                members[name] = item.value
            elif own[name] == 2:  # noqa: PLR2004 - the second value makes it a list
                members[name] = [members[name], item.value]
                self._repeated[name] = self._repeated.get(name, 0) + 1
            else:
                members[name].append(item.value)  # type: ignore[attr-defined]
        return self._summed({**merged, **members} if merged else members, items)

    def finished(self) -> tuple[Problem, ...]:
        """Return what was odd."""
        for name, count in self._repeated.items():
            found = f"the key {name!r} more than once in a map"
            repair = "all values are kept"
            self.problems.append(Problem(self._where, "duplicate-key", found, "each key once", name, (), count, repair))
        return tuple(self.problems)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _mergeable(value: Value) -> Iterator[tuple[str, Value]]:
    """Yield the members that ``<<`` brings in: of a map, or of a list of maps, the first of which wins."""
    maps = value if isinstance(value, list) else [value]
    for item in maps:
        if isinstance(item, Mapping):
            yield from item.items()
