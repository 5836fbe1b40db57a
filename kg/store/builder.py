"""Building a generation: the last one by hard links, less what leaves, plus what comes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES
from kg.errors import StoreError
from kg.store.batch import CHOSEN_TERM, Amendment, Batch, SourceEntry, is_shared_graph
from kg.store.claims import file_format, quads_of, read_claims
from kg.store.counts import GraphName, size
from kg.store.disk import sync_tree
from kg.store.faults import file_faults
from kg.store.generation import DATABASE, DESCRIPTION, FORMAT, LEDGER, Generation
from kg.store.holds import make_holdable
from kg.store.jobs import JOBS, named_in, records_of_gone
from kg.store.ledger import Amended, Change, Ledger
from kg.store.managed import Managed, named_graphs, written_graphs

_ONTOLOGIES = ox.NamedNode(GRAPH_ONTOLOGIES)
_TERMS_IN_USE = f"SELECT DISTINCT ?term WHERE {{ ?decision <{CHOSEN_TERM}> ?term FILTER(isIRI(?term)) }}"
CLASSES = "SELECT ?class (COUNT(*) AS ?n) WHERE { ?thing a ?class } GROUP BY ?class"


def build(path: Path, parent: Generation | None, batch: Batch) -> None:
    """Build the generation ``path.name`` in the new folder ``path``; on return it is whole and on the disk.

    Raises:
        StoreError: a file is not valid, a withdrawn source is unknown, or the disk refuses; the folder is then of no use.
    """
    path.mkdir()
    make_holdable(path)
    if parent:
        parent.ledger.copy_to(path / LEDGER)
    with Ledger(path / LEDGER, writable=True) as ledger:
        builder = _Builder(path, parent, batch, ledger)
        ledger.begin()
        builder.run()
        ledger.commit()
    # The last reference: Oxigraph closes its files.
    del builder
    sync_tree(path)


class _Builder:
    """The steps of one build, on one database and one ledger."""

    def __init__(self, path: Path, parent: Generation | None, batch: Batch, ledger: Ledger) -> None:
        self.path = path
        self.parent = parent
        self.batch = batch
        self.ledger = ledger
        self.before = {entry.iri: entry for entry in ledger.sources()}
        self.leaving = _leaving(self.before, batch)
        self.written = _written(parent, [*self.before.values()])
        out = sum(self.before[iri].statements for iri in self.leaving)
        # Taking a statement out costs as much as loading one: when more goes than stays, what stays is loaded anew.
        self.anew = parent is None or out > sum(entry.statements for entry in self.before.values()) - out
        if parent and not self.anew:
            parent.database.backup(path / DATABASE)
        self.db = ox.Store(path / DATABASE)

    def run(self) -> None:
        if self.anew:
            self._keep()
        else:
            for iri in self.leaving:
                self.db.remove_graph(ox.NamedNode(iri))
        for file in self.batch.own:
            self._load(file, file_format(file))
        amended = self._amend(self.batch.amendment) if self.batch.amendment else {}
        self._check_graphs()
        self._exchange_claims(amended)
        for file in self.batch.jobs:
            self._load(file, ox.RdfFormat.N_TRIPLES, JOBS)
        if self.batch.withdrawn:
            self._forget_in_jobs()
        self._describe_terms()
        self.db.flush()
        self._write_description()

    def _keep(self) -> None:
        """Copy the graphs that stay; the shared ones come from the ledger."""
        if self.parent:
            old = self.parent.database
            names = [name for name in named_graphs(old) if name.value not in self.leaving and not is_shared_graph(name.value)]
            for name in names:
                self.db.add_graph(name)  # one that was written by hand may be empty
            kept: list[GraphName] = [*names, ox.DefaultGraph()]
            self.db.bulk_extend(quad for name in kept for quad in old.quads_for_pattern(None, None, None, name))

    def _load(self, file: Path, form: ox.RdfFormat, graph: ox.NamedNode | None = None) -> None:
        with file_faults(file):
            self.db.bulk_load(path=file, format=form, to_graph=graph)

    def _check_graphs(self) -> None:
        """Refuse statements outside the graph of a source: nobody could take them out again. What was written by hand stays."""
        sources = (self.before.keys() - self.leaving) | {entry.iri for entry in self.batch.sources}
        for entry in self.batch.sources:
            if ox.NamedNode(entry.iri) in self.written:
                raise StoreError(entry.iri, "a graph of this name was written by hand; delete it first. Nothing was published")
        ours = {GRAPH_JOBS, GRAPH_ONTOLOGIES}
        for name in named_graphs(self.db):
            known = name.value in sources or name.value in ours or is_shared_graph(name.value) or name in self.written
            if not known or (name in self.written and size(self.db, name) != self.written[name]):
                raise StoreError(name.value, "a file has statements in this graph, which is no source; nothing was published")
        default = ox.DefaultGraph()
        if size(self.db, default) != self.written.get(default, 0):
            raise StoreError("default graph", "a file has statements outside the graph of a source; nothing was published")

    def _amend(self, amendment: Amendment) -> dict[str, Amended]:
        """Change the own statements of sources that stay; return what else changes of them."""
        staying = self.before.keys() - self.leaving
        touched = set()
        for file in amendment.removed:
            for quad in quads_of(file):
                if quad not in self.db:
                    raise StoreError(str(file), f"found {str(quad)[:200]}, which is not in the store; nothing was published")
                self.db.remove(quad)
                touched.add(str(quad.graph_name)[1:-1])
        for file in amendment.added:
            touched.update(str(quad.graph_name)[1:-1] for quad in quads_of(file))
            self._load(file, file_format(file))
        claimed, unclaimed = (
            read_claims(files, sorted(staying), self.ledger) for files in (amendment.claimed, amendment.unclaimed)
        )
        touched |= {iri for iri in staying if claimed[iri] or unclaimed[iri]}
        strange = sorted(touched - staying)
        if strange:
            raise StoreError(strange[0], "is amended, but is no source that stays; nothing was published")
        return {iri: Amended(_size(self.db, ox.NamedNode(iri)), claimed[iri], unclaimed[iri]) for iri in sorted(touched)}

    def _exchange_claims(self, amended: Mapping[str, Amended]) -> None:
        claims = read_claims(self.batch.claims, [entry.iri for entry in self.batch.sources], self.ledger)
        entries = [self._counted(entry) for entry in self.batch.sources]
        added, removed = self.ledger.exchange(sorted(self.leaving), entries, claims, amended)
        if self.anew:
            self._load_changes(self.ledger.shared_statements())
        else:
            self._remove(map(stored_quad, removed))
            self._load_changes(added)

    def _counted(self, entry: SourceEntry) -> SourceEntry:
        return entry if entry.statements else replace(entry, statements=_size(self.db, ox.NamedNode(entry.iri)))

    def _load_changes(self, changes: Iterable[Change]) -> None:
        file = self.path / "shared.nq"
        with file.open("w", encoding="utf-8", newline="\n") as lines:
            lines.writelines(f"{line} <{graph}> .\n" for line, graph in changes)
        if file.stat().st_size:
            self._load(file, ox.RdfFormat.N_QUADS)
        file.unlink()

    def _remove(self, quads: Iterable[ox.Quad]) -> None:
        touched = set()
        for quad in quads:
            self.db.remove(quad)
            touched.add(quad.graph_name)
        for graph in touched:
            # Oxigraph goes on listing a graph that was emptied statement by statement.
            if next(iter(self.db.quads_for_pattern(None, None, None, graph)), None) is None:
                self.db.remove_graph(graph)

    def _forget_in_jobs(self) -> None:
        """Take out of the job records what they say of sources that are withdrawn."""
        staying = {entry.iri for entry in self.ledger.sources()}
        self._remove(records_of_gone(self.db, named_in(self.batch.withdrawn), named_in(staying)))

    def _describe_terms(self) -> None:
        terms = sorted(row[0].value for row in selected(self.db, _TERMS_IN_USE))
        if self.batch.describe is None:
            self._prune_ontologies(terms)
            return
        lines = sorted({_text(line) for line in self.batch.describe(terms)} - {""})
        digest = blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()
        if digest == self.ledger.fact("ontologies"):
            return
        self.db.remove_graph(_ONTOLOGIES)
        file = self.path / "ontologies.nt"
        file.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
        self._load(file, ox.RdfFormat.N_TRIPLES, _ONTOLOGIES)
        file.unlink()
        self.ledger.set_fact("ontologies", digest)

    def _prune_ontologies(self, terms: Collection[str]) -> None:
        """Keep what is said of terms in use, and words for what these point to; the rest was said of terms that are gone."""
        used: set[str] = set(terms)
        above: set[str] = set()
        for term in terms:
            objects = (quad.object for quad in self.db.quads_for_pattern(ox.NamedNode(term), None, None, _ONTOLOGIES))
            above.update(value.value for value in objects if isinstance(value, ox.NamedNode))
        gone = [
            quad
            for quad in self.db.quads_for_pattern(None, None, None, _ONTOLOGIES)
            if not isinstance(quad.subject, ox.NamedNode)
            # What is above a term that is only pointed to was said because a source used that one itself.
            or not (quad.subject.value in used or (quad.subject.value in above and isinstance(quad.object, ox.Literal)))
        ]
        self._remove(gone)
        if gone:
            self.ledger.set_fact("ontologies", "")

    def _write_description(self) -> None:
        entries = self.ledger.sources()
        statements = {
            "sources": sum(entry.statements for entry in entries),
            "shared": self.ledger.shared_count(),
            "ontologies": _size(self.db, _ONTOLOGIES),
            "jobs": _size(self.db, JOBS),
        }
        written = sum(self.written.values())
        if written:
            statements["written"] = written
        classes = selected(self.db, CLASSES)
        counts = {row[0].value: int(row[1].value) for row in classes if isinstance(row[0], ox.NamedNode)}
        about: dict[str, Any] = {
            "format": FORMAT,
            "id": self.path.name,
            "parent": self.parent.id if self.parent else None,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "sources": len(entries),
            "statements": {**statements, "all": sum(statements.values())},
            "classes": dict(sorted(counts.items())),
            "ontologies": dict(self.batch.ontologies) or (dict(self.parent.stats()["ontologies"]) if self.parent else {}),
        }
        text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
        (self.path / DESCRIPTION).write_text(text, "utf-8", newline="\n")


def _written(parent: Generation | None, entries: list[SourceEntry]) -> dict[GraphName, int]:
    """Return the graphs that were written by hand, with the number of their statements; the default graph where it has any."""
    if parent is None:
        return {}
    db = parent.database
    found: dict[GraphName, int] = {graph: size(db, graph) for graph in written_graphs(db, Managed.of(entries, 0))}
    default = size(db, ox.DefaultGraph())
    return {**found, ox.DefaultGraph(): default} if default else found


def _leaving(before: Mapping[str, object], batch: Batch) -> set[str]:
    coming = [entry.iri for entry in batch.sources]
    withdrawn = set(batch.withdrawn)
    if len(set(coming)) < len(coming) or withdrawn & set(coming):
        twice = sorted(iri for iri in set(coming) if coming.count(iri) > 1 or iri in withdrawn)
        raise StoreError(twice[0], "this source stands in the batch twice; nothing was published")
    unknown = sorted(withdrawn - before.keys())
    if unknown:
        raise StoreError(unknown[0], "the store has no such source, so that it cannot be withdrawn")
    return withdrawn | (set(coming) & before.keys())


def selected(db: ox.Store, query: str) -> ox.QuerySolutions:
    """Return the rows of a SELECT over the union of all graphs."""
    rows = db.query(query, use_default_graph_as_union=True)
    if not isinstance(rows, ox.QuerySolutions):
        raise TypeError(query)
    return rows


def stored_quad(change: Change) -> ox.Quad:
    """Return a shared statement in its graph."""
    line, graph = change
    quads: list[ox.Quad] = list(ox.parse(f"{line} <{graph}> .", format=ox.RdfFormat.N_QUADS))
    return quads[0]


def _text(line: str | bytes) -> str:
    return (line.decode("utf-8") if isinstance(line, bytes) else line).strip()


def _size(db: ox.Store, graph: ox.NamedNode) -> int:
    row = next(iter(selected(db, f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")))
    return int(row[0].value)
