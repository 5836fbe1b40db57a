"""Managed graphs: those that harmonizing keeps, which cannot be written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES, base_iri
from kg.errors import AccessError, RefusedError
from kg.store.batch import PUBLIC, SourceEntry, is_shared_graph
from kg.store.targets import Targets

_OURS = frozenset((GRAPH_JOBS, GRAPH_ONTOLOGIES))
_SOURCE = "source/"


@dataclass(frozen=True, slots=True)
class Managed:
    """The graphs of one store that harmonizing keeps.

    Attributes:
        sources: IRIs of the sources.
        hidden: whether a source is not public.
        present: whether the store holds any such graph.
        written: graphs with names for sources that were written by hand before there were sources.
    """

    sources: frozenset[str]
    hidden: bool
    present: bool
    written: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: list[SourceEntry], statements: int, db: ox.Store | None = None) -> Managed:
        """Return the managed graphs of a store with these sources and so many managed statements.

        Args:
            entries: the sources.
            statements: of managed graphs.
            db: what the store holds; without it no graph counts as written by hand under a name for sources.
        """
        hidden = any(entry.audience != PUBLIC for entry in entries)
        managed = cls(frozenset(entry.iri for entry in entries), hidden, bool(entries) or statements > 0)
        if db is None or not managed.present:
            return managed
        written = (graph.value for graph in written_graphs(db, managed))
        return replace(managed, written=frozenset(graph for graph in written if managed.is_for_sources(graph)))

    def __contains__(self, graph: str) -> bool:
        """Say whether a graph is managed; the names of shared graphs, ontologies and jobs always are."""
        return graph in self.sources or graph in _OURS or is_shared_graph(graph)

    def is_for_sources(self, graph: str) -> bool:
        """Say whether a name is one that sources have, or could have, or things in them."""
        starts = {base_iri() + _SOURCE, *(_start(source) for source in self.sources)}
        return graph in self.sources or graph.startswith(tuple(starts))

    def check_graph(self, graph: str | None) -> None:
        """Refuse to write a managed graph, or one that could be that of a source; raises RefusedError with what changes it.

        What is refused, and how, is the same whether there is such a source or not: it may be hidden from who asks.
        """
        if graph is None or graph in self.written:
            return
        if self.present and self.is_for_sources(graph):
            how = "is a name for graphs of sources, which 'kg harmonize' changes"
        elif graph not in self:
            return
        elif graph == GRAPH_JOBS:
            how = "holds the records of jobs, which write it themselves"
        elif graph == GRAPH_ONTOLOGIES:
            how = "holds what ontologies say of the terms in use; 'kg terms' and 'kg harmonize' change it"
        else:
            how = "holds what sources say of shared entities; 'kg harmonize' changes it"
        raise RefusedError("graph", f"{graph} {how}, and it cannot be written by hand")

    def check_targets(self, targets: Targets, *, sees_everything: bool) -> None:
        """Refuse an update that could change a managed graph, or copy what its author may not see.

        Raises:
            RefusedError: it could change one.
            AccessError: it reads, sources are hidden, and its author may not see all of them.
        """
        for graph in sorted(targets.graphs):
            self.check_graph(graph)
        if self.present and targets.unknown:
            what = "a variable says which graph is written, and graphs of sources cannot be written by hand; name the graph"
            raise RefusedError("update", what)
        if self.present and targets.everything:
            raise RefusedError(
                "update", "ALL and NAMED include graphs of sources, which cannot be written by hand; name the graphs"
            )
        if self.hidden and targets.reads and not sees_everything:
            what = "an update that reads sees all sources, also those of other groups: it needs a token of the role admin"
            raise AccessError("update", what, known=True)


def _start(source: str) -> str:
    """Return what the IRIs of all sources begin with that are named as this one is."""
    place = source.find("/" + _SOURCE)
    return source[: place + 1] + _SOURCE if place >= 0 else source + "/"


def written_graphs(db: ox.Store, managed: Managed) -> Iterator[ox.NamedNode]:
    """Yield the named graphs that are written by hand."""
    return (graph for graph in named_graphs(db) if graph.value not in managed)


def named_graphs(db: ox.Store) -> Iterator[ox.NamedNode]:
    """Yield the graphs of a database that an IRI names."""
    return (graph for graph in db.named_graphs() if isinstance(graph, ox.NamedNode))
