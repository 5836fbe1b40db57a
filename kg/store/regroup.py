"""Changing who may see a source, without reading it again: only what it claims of shared entities moves."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.batch import Batch
from kg.store.builder import build, stored_quad
from kg.store.disk import sync_tree
from kg.store.generation import DATABASE, LEDGER, Generation
from kg.store.ledger import Ledger
from kg.store.store import Store
from kg.store.tokens import check_audience


def change_audience(store: Store, audiences: Mapping[str, str]) -> Generation:
    """Publish a generation in which sources have other audiences.

    Args:
        store: the store.
        audiences: IRI of a source to ``public``, ``private`` or the name of a group.

    Raises:
        UsageError: an audience is none.
        StoreError: the store has no such source, another job writes, or the disk refuses.
    """
    for audience in audiences.values():
        check_audience(audience)
    return store.install(lambda folder, parent: _fill(folder, parent, audiences))


def _fill(folder: Path, parent: Generation | None, audiences: Mapping[str, str]) -> None:
    build(folder, parent, Batch())
    with Ledger(folder / LEDGER, writable=True) as ledger:
        ledger.begin()
        entries = {entry.iri: entry for entry in ledger.sources() if entry.iri in audiences}
        missing = sorted(audiences.keys() - entries.keys())
        if missing:
            raise StoreError(missing[0], "the store has no such source; nothing was published")
        claims = {iri: array("I", map(ledger.statement_id, ledger.claims_of(iri))) for iri in entries}
        coming = [replace(entry, audience=audiences[iri]) for iri, entry in entries.items()]
        added, removed = ledger.exchange(list(entries), coming, claims, {})
        db = ox.Store(folder / DATABASE)
        graphs = {graph for _, graph in removed}
        for change in removed:
            db.remove(stored_quad(change))
        db.bulk_extend(map(stored_quad, added))
        for graph in map(ox.NamedNode, graphs):
            # Oxigraph goes on listing a graph that was emptied statement by statement.
            if next(iter(db.quads_for_pattern(None, None, None, graph)), None) is None:
                db.remove_graph(graph)
        db.flush()
        ledger.commit()
    del db
    sync_tree(folder)
