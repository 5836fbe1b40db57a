"""Effects: has a write changed anything? Told by comparing, where what is compared is small.

The engine does not say it. A graph that is too large to be compared counts as changed, except where statements are named one
by one (INSERT DATA, DELETE DATA).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

import pyoxigraph as ox

from kg.store.counts import GraphName
from kg.store.lexer import Operation, Token, written

_MOST = 2_000  # statements of a graph that is compared: a few milliseconds
_MOST_GRAPHS = 50
_MOST_TOKENS = 2_000  # of an update whose statements are looked up one by one
Content = tuple[bool, frozenset[ox.Quad]]
"""Whether a graph is there, and its statements."""


class Contents:
    """What small graphs hold, remembered from write to write."""

    def __init__(self) -> None:
        """Begin without any graph."""
        self._known: dict[GraphName, Content | None] = {}

    def before(self, db: ox.Store, graphs: Collection[GraphName]) -> None:
        """Take note that these graphs are about to be written."""
        if len(self._known) > _MOST_GRAPHS:
            self._known.clear()
        for graph in graphs:
            if graph not in self._known:
                self._known[graph] = _content(db, graph)

    def after(self, db: ox.Store, graphs: Collection[GraphName]) -> bool | None:
        """Say whether these graphs have changed since ``before``; None where one of them is too large to tell."""
        changed: bool | None = False
        for graph in graphs:
            old = self._known[graph]
            now = _content(db, graph) if old else None
            self._known[graph] = now
            if old and now != old:
                changed = True
            elif old is None and not changed:
                changed = None
        return changed

    def forget(self) -> None:
        """Forget everything: all graphs may have changed."""
        self._known.clear()


def is_idle(db: ox.Store, operations: Sequence[Operation]) -> bool:
    """Say whether an update only inserts statements that are there and deletes some that are not; ask it before it is done.

    False where that is not told by a look at each of its statements.
    """
    if sum(map(len, operations)) > _MOST_TOKENS:
        return False
    for operation in operations:
        words = tuple(token.text for token in operation[:2] if token.kind == "word")
        if words not in {("INSERT", "DATA"), ("DELETE", "DATA")}:
            return False
        inserts = words[0] == "INSERT"
        try:
            there = {quad in db for quad in _quads(operation)}
        except SyntaxError:  # told to its author when it is done
            return False
        if (not inserts) in there:
            return False
    return True


def _quads(operation: Operation) -> list[ox.Quad]:
    """Return the statements of an INSERT DATA or DELETE DATA."""
    alone = ox.Store()
    alone.update(written((Token("word", "INSERT"), *operation[1:])))
    return list(alone)


def _content(db: ox.Store, graph: GraphName) -> Content | None:
    """Return what a graph holds; None where that is much."""
    quads = frozenset(islice(db.quads_for_pattern(None, None, None, graph), _MOST + 1))
    if len(quads) > _MOST:
        return None
    return isinstance(graph, ox.DefaultGraph) or db.contains_named_graph(graph), quads
