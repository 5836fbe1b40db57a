"""The working database: a copy of the current generation that the writer changes, and makes generations of by hard links."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import ConditionError, KgError, QueryError, RefusedError, StoreError
from kg.store.calls import Step
from kg.store.counts import Counts, GraphName, size
from kg.store.disk import remove_tree, writer_lock
from kg.store.effect import Contents, is_idle
from kg.store.faults import store_faults
from kg.store.generation import DATABASE, DESCRIPTION, FORMAT, Generation
from kg.store.half import HalfDone, told, update_faults
from kg.store.managed import Managed, named_graphs, written_graphs
from kg.store.successor import make_successor
from kg.store.targets import Targets, read_update
from kg.store.uploads import graph_format, read_upload, upload_faults
from kg.store.views import Views
from kg.store.writes import DeleteGraph, Outcome, PostGraph, PutGraph, Update, Upload, Write

PREFIX = "work-writer-"
"""Start of the names of working folders in the folder of a store."""

_LOCK = "lock"
_SMALL = 1 << 20  # bytes of an upload that is written statement by statement; a larger one is loaded as files
_NOTHING: dict[str, Any] = {
    "sources": 0,
    "statements": {"sources": 0, "shared": 0, "ontologies": 0, "jobs": 0, "all": 0},
    "classes": {},
    "ontologies": {},
}
_KINDS = ("sources", "shared", "ontologies", "jobs")


class Working:
    """A database of one's own in the folder of a store; use it under the writer's lock, and ``close`` it."""

    def __init__(self, store: Path) -> None:
        """Make the folder; those of writers that have died go."""
        _remove_abandoned(store)
        self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=store))
        self._resources = ExitStack()
        self._resources.callback(remove_tree, self._folder)
        self._resources.enter_context(writer_lock(self._folder / _LOCK))
        self._db: ox.Store | None = None
        self._of = ""
        self._number = 0
        self._managed = Managed.of([], 0)
        self._about: dict[str, Any] = _NOTHING
        self._counts = Counts()
        self._contents = Contents()
        self._views = Views(self._folder)
        self._growth = 0

    def close(self) -> None:
        """Remove the folder."""
        self._db = None
        self._views.forget()
        self._resources.close()

    def discard(self) -> None:
        """Forget the database: it is made anew when it is used next."""
        self._db, self._of = None, ""
        self._contents.forget()
        self._views.forget()

    def follow(self, current: Generation | None) -> None:
        """See to it that the database holds what the current generation holds."""
        if self._db is not None and current is not None and current.id == self._of:
            return
        self.discard()
        for old in self._folder.glob(DATABASE + "-*"):
            remove_tree(old)
        self._number += 1
        path = self._folder / f"{DATABASE}-{self._number}"
        entries = []
        self._about = _NOTHING
        if current:
            # Not the generation's own handle, which would stay open with it.
            ox.Store.read_only(str(current.path / DATABASE)).backup(path)
            entries = current.ledger.sources()
            self._about = json.loads((current.path / DESCRIPTION).read_text("utf-8"))
        statements = self._about["statements"]
        self._db = ox.Store(path)
        self._managed = Managed.of(entries, sum(statements[kind] for kind in _KINDS), self._db)
        self._of = current.id if current else ""
        self._counts.forget()
        self._growth = 0
        if not self._about.get("counted", True):
            self._growth = self._written() - statements.get("written", 0)

    def published(self, generation: str) -> None:
        """Take note that the database is now what this generation holds."""
        self._of = generation
        self._views.published(generation)

    def apply(self, writes: Sequence[Write], current: Generation | None) -> list[Outcome]:
        """Do writes one after the other; one that fails leaves nothing behind.

        Args:
            writes: to do.
            current: the current generation.
        """
        outcomes: list[Outcome] = []
        for write in writes:
            try:
                self._check(write, current, changed=any(outcome.done for outcome in outcomes))
                outcomes.append(self._done(write))
            except HalfDone as half:
                outcomes.append(Outcome(half.cause))
                # What it has begun cannot be taken back, so the ones that were done are done again without it.
                self.discard()
                self.follow(current)
                for before, outcome in zip(writes, outcomes, strict=False):
                    if outcome.error is None:
                        self._done(before)
            except KgError as error:
                outcomes.append(Outcome(error))
        return outcomes

    def fill(self, folder: Path, parent: Generation | None, writes: Sequence[str]) -> None:
        """Make the folder of a generation out of the database; on return it is whole and on the disk.

        Args:
            folder: to be made.
            parent: the current generation.
            writes: ids of the writes that it holds beyond its parent.
        """
        make_successor(folder, parent, self._database, self._description(folder.name, parent, writes))
        if parent and self._managed.hidden:
            self._views.carry(folder, parent, self._database)

    @property
    def _database(self) -> ox.Store:
        if self._db is None:
            raise StoreError("the store", "its working database is not open")
        return self._db

    def _description(self, name: str, parent: Generation | None, writes: Sequence[str]) -> dict[str, Any]:
        statements = {kind: self._about["statements"][kind] for kind in _KINDS}
        statements["written"] = max(0, self._about["statements"].get("written", 0) + self._growth)
        self._growth = 0
        self._about = {
            "format": FORMAT,
            "id": name,
            "parent": parent.id if parent else None,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "sources": self._about["sources"],
            "statements": {**statements, "all": sum(statements.values())},
            "counted": self._counts.exact,
            "classes": self._about["classes"],
            "ontologies": self._about["ontologies"],
            "writes": list(writes),
        }
        return self._about

    def _check(self, write: Write, current: Generation | None, *, changed: bool) -> None:
        """Raise ConditionError where the condition of a write does not hold now; ``changed``: by a write before it."""
        wanted = write.condition
        if wanted.generation is not None and (changed or wanted.generation != (current.id if current else "")):
            raise ConditionError("If-Match", "does not hold: the data have been changed since you read them; read them again")
        if wanted.exists is not None and not isinstance(write, Update):
            self._managed.check_graph(write.graph)
            if wanted.exists != self._exists(_name(write.graph)):
                header, what = ("If-Match", "no such graph") if wanted.exists else ("If-None-Match", "already this graph")
                raise ConditionError(header, f"does not hold: there is {what}")

    def _exists(self, name: GraphName) -> bool:
        return isinstance(name, ox.DefaultGraph) or self._database.contains_named_graph(name)

    def _done(self, write: Write) -> Outcome:
        """Do one write."""
        match write:
            case Update():
                return Outcome(changed=self._update(write))
            case DeleteGraph():
                return self._delete(write.graph)
            case PutGraph() | PostGraph():
                return self._upload(write)

    def _update(self, write: Update) -> bool:
        """Do an update; return whether it may have changed anything."""
        read = read_update(write.text, write.base_iri, write.using_graphs, write.using_named_graphs)
        steps = read.steps(write.answers)
        self._managed.check_targets(read.targets, sees_everything=write.sees_everything)
        graphs = _names(read.targets)
        self._counts.before(self._database, graphs)
        self._contents.before(self._database, graphs)
        idle = is_idle(self._database, read.operations)
        weight = self._stepped([self._step(step) for step in steps])
        if read.targets.open:
            self._check_unnamed()
            self._counts.forget()
            self._growth = self._written() - self._about["statements"].get("written", 0)
            self._contents.forget()
            return True
        self._growth += self._counts.after(self._database, graphs, weight)
        changed = self._contents.after(self._database, graphs)
        return not idle if changed is None else changed

    def _stepped(self, steps: Sequence[Callable[[], int]]) -> int:
        """Do the steps of an update; return how many statements were loaded."""
        weight = 0
        for number, step in enumerate(steps):
            try:
                weight += step()
            except KgError as error:
                if number:  # the steps before have changed something
                    raise HalfDone(error) from error
                raise
        return weight

    def _step(self, step: Step) -> Callable[[], int]:
        """Return what does a step, and says how many statements it loads; a file is read to its end before anything changes."""
        if isinstance(step, str):
            return lambda: self._evaluated(step)
        name = _name(step.graph)
        try:
            put = self._part(step.upload, step.address, name) if step.upload else None
        except QueryError as error:
            if not step.silent:
                raise QueryError(f"LOAD <{step.address}>", f"{error.where}: {error.what}") from error
            put = None
        return lambda: self._put(name, put) if put else 0

    def _evaluated(self, text: str) -> int:
        with update_faults():
            self._database.update(text)
        return 0

    def _put(self, name: GraphName, put: Callable[[], int]) -> int:
        try:
            if isinstance(name, ox.NamedNode):
                self._database.add_graph(name)
            return put()
        except (KgError, OSError, RuntimeError, ValueError) as error:
            raise HalfDone(told(error)) from error

    def _check_unnamed(self) -> None:
        """Refuse an update that has made graphs of managed names by a variable."""
        for graph in named_graphs(self._database):
            if graph.value in self._managed:
                raise HalfDone(RefusedError("graph", f"{graph.value} is kept for harmonizing, and cannot be written by hand"))

    def _delete(self, graph: str | None) -> Outcome:
        self._managed.check_graph(graph)
        name = _name(graph)
        if isinstance(name, ox.NamedNode) and not self._database.contains_named_graph(name):
            return Outcome(existed=False, changed=False)
        return Outcome(changed=self._changed(name, lambda: self._cleared(name)))

    def _cleared(self, name: GraphName) -> int:
        if isinstance(name, ox.NamedNode):
            self._database.remove_graph(name)
        else:
            self._database.clear_graph(name)
        return 0

    def _upload(self, write: PutGraph | PostGraph) -> Outcome:
        self._managed.check_graph(write.graph)
        name = _name(write.graph)
        existed = self._exists(name)
        # Everything is read to its end before anything changes: what is valid can be written.
        parts = [self._part(upload, write.base_iri, name) for upload in write.uploads]

        def change() -> int:
            if existed and isinstance(write, PutGraph):
                self._database.clear_graph(name)
            if isinstance(name, ox.NamedNode):
                self._database.add_graph(name)
            return sum(put() for put in parts)

        return Outcome(existed=existed, changed=self._changed(name, change))

    def _part(self, upload: Upload, base_iri: str, name: GraphName) -> Callable[[], int]:
        """Read a file; return what puts its statements into a graph and says how many they are."""
        form = graph_format(upload.media_type)
        if form is None:
            raise QueryError("upload", f"{upload.media_type} is no format of a graph")
        statements = read_upload(upload.file, form, base_iri)
        with upload_faults(form):
            small = upload.file.stat().st_size <= _SMALL
        if small:
            quads = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in statements]
            return lambda: self._extended(quads)
        found = sum(1 for _ in statements)
        return lambda: self._loaded(upload.file, form, base_iri, name, found)

    def _extended(self, quads: list[ox.Quad]) -> int:
        self._database.extend(quads)
        return len(quads)

    def _loaded(self, file: Path, form: ox.RdfFormat, base_iri: str, name: GraphName, found: int) -> int:
        with upload_faults(form):
            self._database.bulk_load(path=file, format=form, base_iri=base_iri or None, to_graph=name)
        return found

    def _changed(self, name: GraphName, change: Callable[[], int]) -> bool:
        """Do a change of one graph, which returns how many statements it has put in; return whether it may have changed it."""
        self._counts.before(self._database, [name])
        self._contents.before(self._database, [name])
        try:
            weight = change()
        except (KgError, OSError, RuntimeError, ValueError) as error:
            raise HalfDone(told(error)) from error
        self._growth += self._counts.after(self._database, [name], weight)
        return self._contents.after(self._database, [name]) is not False

    def _written(self) -> int:
        """Count all that is written by hand."""
        db = self._database
        return size(db, ox.DefaultGraph()) + sum(size(db, graph) for graph in written_graphs(db, self._managed))


def _name(graph: str | None) -> GraphName:
    if graph is None:
        return ox.DefaultGraph()
    try:
        return ox.NamedNode(graph)
    except ValueError as error:
        raise QueryError("graph", f"{graph[:100]!r} is no absolute IRI") from error


def _names(targets: Targets) -> list[GraphName]:
    if targets.open:
        return []
    named: list[GraphName] = [_name(graph) for graph in sorted(targets.graphs)]
    return [*named, ox.DefaultGraph()] if targets.default else named


def _remove_abandoned(store: Path) -> None:
    """Remove the working folders of writers that have died."""
    for folder in store.glob(PREFIX + "*"):
        with suppress(StoreError), store_faults(str(folder)), writer_lock(folder / _LOCK):
            remove_tree(folder)
