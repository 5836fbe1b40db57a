"""The entities of a crate, flat: every JSON object a node with an id, every value a raw string in an ordered list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.problem import Problem
from kg.readers.jsonld import Context, Scope
from kg.readers.safe_json import Number, dumps, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.safe_json import JsonValue

CUSTOM_FIELDS = frozenset({"variableMeasured", "additionalProperty"})
"""Properties whose range is PropertyValue, by schema.org: what they lead to is one even where it does not say so."""

_ELSEWHERE = re.compile(r"(?:https?|ftp|urn|doi|mailto|tel|info|arcp|ark|orcid):", re.IGNORECASE)
_EXAMPLES = 3
_ROWS = 5


@dataclass(slots=True)
class Node:
    """One entity while it is gathered.

    Attributes:
        id: as its source spells it, prefixes expanded; minted (``#inline-1``) where there is none.
        row: position in ``@graph`` from 1; an inline node has its owner's.
        parent: id of the owner of an inline node, else None.
        types: canonical names.
        cells: canonical property name to its values in order; ``<name>@language`` runs beside ``<name>``.
    """

    id: str
    row: int
    parent: str | None
    types: list[str] = field(default_factory=list)
    cells: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """Return the first value of a property, or an empty string."""
        return next(iter(self.cells.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes of a crate.

    Attributes:
        nodes: by `key` of their id, in order of appearance.
        references: property, owner and id of the target of each reference, in order.
        problems: what was odd.
        context: the crate's own.
    """

    nodes: Mapping[str, Node]
    references: list[tuple[str, Node, str]]
    problems: list[Problem]
    context: Context

    def get(self, ident: str) -> Node | None:
        """Return the node of an id, ``./x`` and ``x`` being one."""
        return self.nodes.get(key(ident))


def key(ident: str) -> str:
    """Return what two spellings of one relative id have in common.

    >>> key("./a.txt"), key("a.txt"), key("./")
    ('a.txt', 'a.txt', './')
    """
    return ident[2:] if ident.startswith("./") and len(ident) > len("./") else ident


def flatten(entities: list[JsonValue], context: JsonValue, where: str) -> Graph:
    """Return the nodes of an ``@graph``; same input, same minted ids.

    Args:
        entities: the list under ``@graph``.
        context: the value under ``@context``, None where there is none.
        where: key of the source, for Problems.
    """
    flattener = _Flattener(where, entities)
    scope = Scope(Context().extend(context))
    for row, entity in enumerate(entities, start=1):
        flattener.entry(entity, scope, row)
    return flattener.finish(scope.context)


@dataclass(slots=True)
class _Tally:
    """The same finding at several places."""

    rows: list[int] = field(default_factory=list)
    examples: dict[str, None] = field(default_factory=dict)

    def add(self, row: int, example: str) -> None:
        self.rows.append(row)
        if len(self.examples) < _EXAMPLES:
            self.examples[example[:120]] = None

    def problem(self, where: str, code: str, column: str = "") -> Problem:
        found, expected, repair = _SAID[code]
        shown = ", ".join(map(repr, self.examples))
        rows = tuple(self.rows[:_ROWS])
        return Problem(where, code, found.format(shown), expected, column, rows, len(self.rows), repair)


class _Flattener:
    def __init__(self, where: str, entities: list[JsonValue]) -> None:
        self.where = where
        self.nodes: dict[str, Node] = {}
        self.references: list[tuple[str, Node, str]] = []
        self.tallies: dict[str, _Tally] = {}
        self.unknown: dict[str, None] = {}
        self.odd: dict[str, None] = {}
        self.minted = 0
        self.taken = {entity.get("@id") for entity in entities if isinstance(entity, dict) and _text(entity.get("@id"))}

    def entry(self, entity: JsonValue, scope: Scope, row: int) -> None:
        """Take one element of ``@graph``."""
        if not isinstance(entity, dict):
            self._tally("not-an-entity", row, dumps(entity))
            entity = {"@value": entity}
        elif "@id" not in scope.plain(entity):
            self._tally("missing-id", row, ", ".join(entity)[:80])
        self.entity(entity, scope, row, None)

    def entity(self, entity: dict[str, JsonValue], scope: Scope, row: int, parent: str | None) -> Node:
        """Take one object with everything inside it, and return its node."""
        if "@context" in entity:
            scope = self._nested(scope, entity["@context"])
        entity = scope.plain(entity)
        node = Node(self._identify(entity, scope, row), row, parent)
        known = self.nodes.setdefault(key(node.id), node)
        for raw, value in entity.items():
            name = scope.names[raw]
            if name[0] == "@" and self._keyword(node, name, value, scope):
                continue
            cell = node.cells.setdefault(name, []) if value is not None else []
            if value.__class__ is str and not scope.context.coerces_to_id(raw):
                cell.append(value)
            else:
                self._value(node, name, value, cell, scope, as_id=scope.context.coerces_to_id(raw))
        if known is not node:
            self._again(known, node)
        return known

    def _again(self, known: Node, node: Node) -> None:
        """Join a further description of a node; beside an inline one, that is how JSON-LD is meant."""
        if node.parent is None and known.parent is None:
            self._tally("duplicate-id", node.row, node.id)
        elif node.parent is None:
            known.parent, known.row = None, node.row
        _merge(known, node)
        node.cells = known.cells

    def _identify(self, entity: dict[str, JsonValue], scope: Scope, row: int) -> str:
        ident = entity.get("@id")
        if isinstance(ident, str):
            return scope.ids[ident]
        if ident is not None:
            self._tally("bad-id", row, dumps(ident))
        while True:
            self.minted += 1
            if (fresh := f"#inline-{self.minted}") not in self.taken:
                return fresh

    def _nested(self, scope: Scope, context: JsonValue) -> Scope:
        return Scope(self._told(scope.context.extend(context)))

    def _told(self, context: Context) -> Context:
        self.unknown.update(dict.fromkeys(context.unknown))
        self.odd.update(dict.fromkeys(context.odd))
        return context

    def _keyword(self, node: Node, name: str, value: JsonValue, scope: Scope) -> bool:
        """Take a key that JSON-LD gives a meaning of its own; False for one that is kept like a property."""
        if name in {"@id", "@context"}:
            return True
        if name == "@type":
            node.types.extend(self._types(node, value, scope))
            return True
        if name in {"@graph", "@included"}:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    self.entity(item, scope, node.row, node.id)
                else:
                    self._value(node, name, item, node.cells.setdefault(name, []), scope)
            return True
        if name == "@reverse" and isinstance(value, dict):
            for raw, item in value.items():
                reverse = f"@reverse:{scope.names[raw]}"
                self._value(node, reverse, item, node.cells.setdefault(reverse, []), scope, as_id=True)
            return True
        return False

    def _types(self, node: Node, value: JsonValue, scope: Scope) -> list[str]:
        types = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                types.append(scope.names[item])
            elif item:
                self._tally("bad-type", node.row, dumps(item))
                types.append(dumps(item))
        return types

    def _value(self, node: Node, name: str, value: JsonValue, cell: list[str], scope: Scope, *, as_id: bool = False) -> None:
        """Append what a property says to its cell; objects inside become nodes of their own."""
        if isinstance(value, dict):
            self._object(node, name, value, cell, scope, as_id=as_id)
        elif isinstance(value, list):
            for item in value:
                self._value(node, name, item, cell, scope, as_id=as_id)
        elif value is not None:
            if as_id and isinstance(value, str) and not isinstance(value, Number):
                self._refer(node, name, scope.ids[value], cell)
            else:
                cell.append(scalar(value))

    def _object(
        self,
        node: Node,
        name: str,
        value: dict[str, JsonValue],
        cell: list[str],
        scope: Scope,
        *,
        as_id: bool,
    ) -> None:
        value = scope.plain(value)
        if len(value) == 1 and _text(value.get("@id")):
            self._refer(node, name, scope.ids[str(value["@id"])], cell)
        elif "@value" in value:
            self._literal(node, name, value, cell)
        elif "@list" in value or "@set" in value:
            for item in value.values():
                self._value(node, name, item, cell, scope, as_id=as_id)
        elif value:
            self._refer(node, name, self.entity(value, scope, node.row, node.id).id, cell)

    def _refer(self, node: Node, name: str, ident: str, cell: list[str]) -> None:
        cell.append(ident)
        self.references.append((name, node, ident))

    def _literal(self, node: Node, name: str, value: dict[str, JsonValue], cell: list[str]) -> None:
        """Take a value object: its value, and beside it language, datatype and whatever else it says."""
        inner = value["@value"]
        if inner is None:
            return
        cell.append(dumps(inner) if isinstance(inner, (dict, list)) else scalar(inner))
        for keyword, item in value.items():
            if keyword != "@value" and item is not None:
                beside = node.cells.setdefault(name + (keyword if keyword[:1] == "@" else f"@{keyword}"), [])
                beside.extend([""] * (len(cell) - 1 - len(beside)))
                beside.append(dumps(item) if isinstance(item, (dict, list)) else scalar(item))

    def _tally(self, code: str, row: int, example: str) -> None:
        self.tallies.setdefault(code, _Tally()).add(row, example)

    def finish(self, context: Context) -> Graph:
        """Say what was odd, and spell references as the entity that they name spells itself."""
        self._told(context)
        dangling: dict[str, _Tally] = {}
        for name, owner, ident in self.references:
            target = self.nodes.get(key(ident))
            if target is None:
                if not _ELSEWHERE.match(ident):
                    dangling.setdefault(name, _Tally()).add(owner.row, ident)
            elif target.id != ident:
                owner.cells[name] = [target.id if value == ident else value for value in owner.cells[name]]
        lost = [tally.problem(self.where, "dangling-id", name) for name, tally in dangling.items()]
        return Graph(self.nodes, self.references, [*self._problems(), *lost], context)

    def _problems(self) -> list[Problem]:
        found = [tally.problem(self.where, code) for code, tally in self.tallies.items()]
        left = "its terms are read as schema.org terms; nothing is fetched"
        known = "a context known without network"
        found.extend(self._of_context("unknown-context", address, known, left) for address in self.unknown)
        plain = "plain term definitions"
        found.extend(self._of_context("unsupported-context", words, plain, "left aside") for words in self.odd)
        return found

    def _of_context(self, code: str, found: str, expected: str, repair: str) -> Problem:
        return Problem(self.where, code, found, expected, "@context", repair=repair, severity="info")


_SAID: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "not-an-entity": ("{} in @graph", "an object with @id and @type", "kept in the column @value"),
        "missing-id": ("an entity without @id, with {}", "an @id for each entity", "an id was made up"),
        "bad-id": ("the @id {}", "a text", "an id was made up"),
        "bad-type": ("the @type {}", "a text", "kept as it is"),
        "duplicate-id": ("another entity with the @id {}", "one entity per @id", "their values were put together"),
        "dangling-id": ("a reference to {}", "an entity with this @id in the crate", "kept as text"),
    }
)


def _merge(known: Node, other: Node) -> None:
    """Add to a node what a second description of it says and the first does not."""
    known.types.extend(name for name in other.types if name not in known.types)
    for name, values in other.cells.items():
        cell = known.cells.setdefault(name, [])
        cell.extend(value for value in values if value not in cell)


def _text(value: JsonValue) -> bool:
    return isinstance(value, str)
