"""Counting what was written by hand: by difference, and of large graphs not at each write."""

from __future__ import annotations

from collections.abc import Collection

import pyoxigraph as ox

_CREDIT = 20_000  # statements that may be counted for each write: some milliseconds
GraphName = ox.NamedNode | ox.DefaultGraph


class Counts:
    """Numbers of statements of the graphs that writes touch.

    A graph is counted before it is written for the first time. After a write it is counted again when that is cheap, or when
    enough writes have been saved up for it; until then ``exact`` is false.
    """

    def __init__(self) -> None:
        """Begin without any number."""
        self._known: dict[GraphName, int] = {}
        self._saved: dict[GraphName, int] = {}

    @property
    def exact(self) -> bool:
        """Say whether every write is counted."""
        return not self._saved

    def before(self, db: ox.Store, graphs: Collection[GraphName]) -> None:
        """Take note that these graphs are about to be written."""
        for graph in graphs:
            if graph not in self._known:
                self._known[graph] = size(db, graph)

    def after(self, db: ox.Store, graphs: Collection[GraphName], weight: int = 0) -> int:
        """Return by how much these graphs have grown since they were last counted.

        Args:
            db: after the write.
            graphs: written.
            weight: statements that the write itself has put in.
        """
        growth = 0
        for graph in graphs:
            credit = self._saved.pop(graph, 0) + _CREDIT + weight
            if self._known[graph] > credit:
                self._saved[graph] = credit
                continue
            now = size(db, graph)
            growth += now - self._known[graph]
            self._known[graph] = now
        return growth

    def forget(self) -> None:
        """Forget everything: all graphs may have changed."""
        self._known.clear()
        self._saved.clear()


def size(db: ox.Store, graph: GraphName) -> int:
    """Return the number of statements in a graph."""
    pattern = "?s ?p ?o" if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph} {{ ?s ?p ?o }}"
    rows = db.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    if not isinstance(rows, ox.QuerySolutions):
        raise TypeError(pattern)
    return int(next(rows)[0].value)
