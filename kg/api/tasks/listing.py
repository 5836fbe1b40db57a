"""Lists of what a snapshot holds beside records: its sources and its jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.api.linked.gathering import RDF_TYPE
from kg.api.linked.iris import data_address
from kg.api.linked.vocabulary import words
from kg.api.tasks.context import Context, Reply
from kg.curie import GRAPH_JOBS
from kg.schema import load_schema
from kg.store import SourceEntry
from kg.store.ledger import Ledger

_MOST = 10_000


def jobs(context: Context, request: Mapping[str, Any]) -> Reply:
    """List the jobs that the jobs graph tells of, the latest first.

    Args:
        context: of the worker.
        request: ``database``, ``offset`` and ``limit``.

    Returns:
        head: ``total`` and ``items``: objects of ``iri`` and the properties of a job, several values as a list.
    """
    store, class_ = context.database(request["database"]), load_schema().class_("Job")
    graph, kind = ox.NamedNode(GRAPH_JOBS), ox.NamedNode(class_.iri)
    found = [_job(store, quad.subject) for quad in islice(store.quads_for_pattern(None, RDF_TYPE, kind, graph), _MOST)]
    found.sort(key=lambda job: (str(job.get("started_at", "")), job["iri"]), reverse=True)
    return Reply({"total": len(found), "items": found[request["offset"] : request["offset"] + request["limit"]]})


def sources(context: Context, request: Mapping[str, Any]) -> Reply:
    """List the sources of some audiences, oldest first.

    Args:
        context: of the worker.
        request: ``database``, ``ledger`` (path; empty while nothing is published), ``groups`` (audiences that are seen;
            null for all), ``offset``, ``limit``, ``base`` and ``prefix``.

    Returns:
        head: ``total`` and ``items``.
    """
    if not request["ledger"]:
        return Reply({"total": 0, "items": []})
    store, groups = context.database(request["database"]), request["groups"]
    with Ledger(Path(request["ledger"])) as ledger:
        entries = [entry for entry in ledger.sources() if groups is None or entry.audience in groups]
    page = entries[request["offset"] : request["offset"] + request["limit"]]
    # What the ledger says is told only of graphs that the caller's own snapshot has.
    there = [entry for entry in page if store.contains_named_graph(ox.NamedNode(entry.iri))]
    return Reply({"total": len(entries), "items": [_source(entry, request) for entry in there]})


def _source(entry: SourceEntry, request: Mapping[str, Any]) -> dict[str, Any]:
    # Where a source lay on the disk (its origin) stays in the ledger.
    document = request["prefix"] + data_address(entry.iri, request["base"])
    return {
        "iri": entry.iri, "name": entry.key, "document": document, "digest": entry.digest, "mapping": entry.mapping,
        "audience": entry.audience, "rows": entry.rows, "statements": entry.statements,
    }  # fmt: skip


def _job(store: ox.Store, node: object) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    if isinstance(node, ox.NamedNode | ox.BlankNode):
        for name, value in _said(store, node):
            values.setdefault(name, []).append(value)
    shown = {name: several[0] if len(several) == 1 else several for name, several in values.items()}
    return {"iri": node.value if isinstance(node, ox.NamedNode) else "", **shown}


def _said(store: ox.Store, node: ox.NamedNode | ox.BlankNode) -> Iterator[tuple[str, str]]:
    types = [load_schema().class_("Job").iri]
    for quad in store.quads_for_pattern(node, None, None, ox.NamedNode(GRAPH_JOBS)):
        if quad.predicate != RDF_TYPE and isinstance(quad.object, ox.NamedNode | ox.Literal):
            yield words().slot(quad.predicate.value, types), quad.object.value
