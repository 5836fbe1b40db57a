"""Verification: does a generation hold what its ledger says, each statement once?"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES
from kg.problem import Problem
from kg.store.batch import is_shared_graph
from kg.store.builder import selected, stored_quad
from kg.store.counts import size
from kg.store.generation import Generation

_COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_SUBJECTS = "SELECT DISTINCT ?g ?s WHERE { GRAPH ?g { ?s ?p ?o } }"


def verify(generation: Generation) -> list[Problem]:
    """Return what is wrong with a generation; none when it is whole.

    It reads every statement once and remembers every subject.
    """
    counts = {row[0].value: int(row[1].value) for row in selected(generation.database, _COUNTS)}
    return [
        *_sources(generation, counts),
        *_shared(generation, counts),
        *_written(generation, counts),
        *_twice(generation),
    ]


def _sources(generation: Generation, counts: dict[str, int]) -> Iterator[Problem]:
    entries = {entry.iri: entry for entry in generation.ledger.sources()}
    for iri, entry in entries.items():
        found = counts.get(iri, 0)
        if found != entry.statements:
            expected = f"{entry.statements:,}, as counted when it was loaded"
            yield _error(entry.key, "statement-count", f"{found:,} statements in its graph", expected)


def _written(generation: Generation, counts: dict[str, int]) -> Iterator[Problem]:
    """Compare what is in no managed graph with what was counted when it was written by hand."""
    managed = _managed(generation)
    found = sum(count for graph, count in counts.items() if graph not in managed)
    found += size(generation.database, ox.DefaultGraph())
    expected = generation.stats()["statements"].get("written", 0)
    if generation.counted and found != expected:
        wanted = f"{expected:,}, as counted when they were written"
        yield _error("graphs written by hand", "statement-count", f"{found:,} statements in no source's graph", wanted)


def _managed(generation: Generation) -> frozenset[str]:
    """Return the names of the graphs that harmonizing keeps."""
    shared = (graph.value for graph in generation.database.named_graphs() if is_shared_graph(graph.value))
    return frozenset({GRAPH_JOBS, GRAPH_ONTOLOGIES, *shared, *(entry.iri for entry in generation.ledger.sources())})


def _shared(generation: Generation, counts: dict[str, int]) -> Iterator[Problem]:
    expected: dict[str, int] = {}
    missing = 0
    db = generation.database
    for line, graph in generation.ledger.shared_statements():
        expected[graph] = expected.get(graph, 0) + 1
        missing += stored_quad((line, graph)) not in db
    if missing:
        yield _error("shared entities", "claim-lost", f"{missing:,} claimed statements missing", "all of them")
    for graph in sorted(expected.keys() | {iri for iri in counts if is_shared_graph(iri)}):
        found, wanted = counts.get(graph, 0), expected.get(graph, 0)
        if found != wanted:
            yield _error(graph, "statement-count", f"{found:,} statements", f"{wanted:,}, which sources claim")
    drift = generation.ledger.holdings_drift()
    if drift:
        yield _error("ledger", "claim-count", f"{drift:,} wrong counts of claims", "the sum of the sources' claims")


def _twice(generation: Generation) -> Iterator[Problem]:
    """Find statements that stand in two graphs; these share their subject, so that few subjects need a closer look.

    Graphs that are written by hand may say what they like.
    """
    db, managed = generation.database, _managed(generation)
    graph_of: dict[str, str] = {}
    suspects: set[str] = set()
    for graph, subject in selected(db, _SUBJECTS):
        if graph.value not in managed:
            continue
        if graph_of.setdefault(str(subject), graph.value) != graph.value:
            suspects.add(str(subject))
    del graph_of
    for subject in sorted(suspects):
        graphs: dict[ox.Triple, list[str]] = {}
        node = ox.NamedNode(subject[1:-1])
        for quad in db.quads_for_pattern(node, None, None, None):
            graph = quad.graph_name
            if not isinstance(graph, ox.NamedNode) or graph.value not in managed:
                continue
            graphs.setdefault(quad.triple, []).append(str(quad.graph_name))
        for triple, names in graphs.items():
            if len(names) > 1:
                found = f"{triple} in {' and '.join(sorted(names))}"
                yield _error(names[0].strip("<>"), "statement-twice", found, "every statement in one graph")


def _error(source: str, code: str, found: str, expected: str) -> Problem:
    return Problem(source, code, found, expected, severity="error")
