"""A view: the database of a generation without what an audience may not see, built beside it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES
from kg.store.batch import CHOSEN_TERM, is_shared_graph, shared_audiences, shared_graph
from kg.store.builder import CLASSES, selected
from kg.store.generation import DATABASE, DESCRIPTION, Generation
from kg.store.jobs import JOBS, named_in, records_without

_ONTOLOGIES = ox.NamedNode(GRAPH_ONTOLOGIES)
_CHOSEN = f"SELECT DISTINCT ?graph ?term WHERE {{ GRAPH ?graph {{ ?decision <{CHOSEN_TERM}> ?term FILTER(isIRI(?term)) }} }}"
_ALWAYS_ANEW = frozenset((GRAPH_JOBS, GRAPH_ONTOLOGIES))


def build_view(generation: Generation, folder: Path, visible: Collection[str], audience: str) -> None:
    """Build the database and the description of what sources of some audiences say.

    Args:
        generation: the whole.
        folder: to build in; empty.
        visible: audiences whose sources are seen.
        audience: what the description calls it.
    """
    _View(generation, folder, frozenset(visible)).run(audience)


class _View:
    """The steps of one build, from one database to another."""

    def __init__(self, generation: Generation, folder: Path, visible: frozenset[str]) -> None:
        self._generation, self._folder, self._visible = generation, folder, visible
        entries = generation.ledger.sources()
        self._sources = [entry for entry in entries if entry.audience in visible]
        self._hidden = frozenset(entry.iri for entry in entries if entry.audience not in visible)
        self._whole = generation.database
        stays = sum(entry.statements for entry in self._sources)
        # Taking a statement out costs as much as loading one: when more goes than stays, what stays is loaded anew.
        self._anew = sum(entry.statements for entry in entries) - stays > stays
        if not self._anew:
            self._whole.backup(folder / DATABASE)
        self._db = ox.Store(folder / DATABASE)

    def run(self, audience: str) -> None:
        for graph in self._whole.named_graphs():
            if graph.value not in _ALWAYS_ANEW and isinstance(graph, ox.NamedNode):
                self._graph(graph)
        if self._anew:
            self._take(None, ox.DefaultGraph())
        self._replace(_ONTOLOGIES, self._said_of_terms())
        self._replace(JOBS, records_without(self._whole, named_in(self._hidden)))
        self._db.flush()
        self._describe(audience)

    def _graph(self, graph: ox.NamedNode) -> None:
        """Keep, leave out or rename one graph."""
        name: ox.NamedNode | None = graph
        if graph.value in self._hidden:
            name = None
        elif is_shared_graph(graph.value):
            # Its name tells nothing of groups that the reader is not in.
            seen = shared_audiences(graph.value) & self._visible
            name = ox.NamedNode(shared_graph(seen)) if seen else None
        if name == graph:
            if self._anew:
                self._take(graph, graph)
            return
        if not self._anew:
            self._db.remove_graph(graph)
        if name is not None:
            self._take(graph, name)

    def _take(self, graph: ox.NamedNode | None, name: ox.NamedNode | ox.DefaultGraph) -> None:
        """Copy a graph of the whole under a name; None for the default graph."""
        quads = self._whole.quads_for_pattern(None, None, None, graph or ox.DefaultGraph())
        if isinstance(name, ox.NamedNode):
            self._db.add_graph(name)
        self._db.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads)

    def _replace(self, graph: ox.NamedNode, quads: Iterator[ox.Quad]) -> None:
        self._db.remove_graph(graph)
        self._db.bulk_extend(quads)

    def _said_of_terms(self) -> Iterator[ox.Quad]:
        """Yield what the ontologies say of the terms that are seen in use, and the words for what these point to.

        What is above a term that is only pointed to would tell that a hidden source uses it.
        """
        # Not what is written by hand: a term named there must not tell whether a hidden source uses it.
        sources = {entry.iri for entry in self._sources}
        used = {term.value for graph, term in selected(self._db, _CHOSEN) if graph.value in sources}
        above = set()
        for term in used:
            for quad in self._whole.quads_for_pattern(ox.NamedNode(term), None, None, _ONTOLOGIES):
                if isinstance(quad.object, ox.NamedNode):
                    above.add(quad.object.value)
        for term in used | above:
            for quad in self._whole.quads_for_pattern(ox.NamedNode(term), None, None, _ONTOLOGIES):
                if term in used or isinstance(quad.object, ox.Literal):
                    yield quad

    def _describe(self, audience: str) -> None:
        about: dict[str, Any] = json.loads((self._generation.path / DESCRIPTION).read_text("utf-8"))
        statements = dict(about["statements"])
        graphs = {graph for graph in self._db.named_graphs() if isinstance(graph, ox.NamedNode)}
        statements |= {
            "sources": sum(entry.statements for entry in self._sources),
            "shared": sum(_size(self._db, graph) for graph in graphs if is_shared_graph(graph.value)),
            "ontologies": _size(self._db, _ONTOLOGIES),
            "jobs": _size(self._db, JOBS),
        }
        statements["all"] = sum(count for name, count in statements.items() if name != "all")
        rows = selected(self._db, CLASSES)
        classes = {row[0].value: int(row[1].value) for row in rows if isinstance(row[0], ox.NamedNode)}
        seen = {
            "audience": audience,
            "sources": len(self._sources),
            "statements": statements,
            "classes": dict(sorted(classes.items())),
        }
        text = json.dumps({**about, **seen}, indent=1, ensure_ascii=False) + "\n"
        (self._folder / DESCRIPTION).write_text(text, "utf-8", newline="\n")


def _size(db: ox.Store, graph: ox.NamedNode) -> int:
    row = next(iter(selected(db, f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")))
    return int(row[0].value)
