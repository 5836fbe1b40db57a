"""Checkup: is the folder of a store in order, beside what its current generation says?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.problem import Problem
from kg.store.audiences import EVERYTHING, Snapshot, folder_name, groups_of, leftovers, snapshots
from kg.store.batch import is_shared_graph, shared_audiences
from kg.store.faults import store_faults
from kg.store.generation import DESCRIPTION, Generation
from kg.store.store import CURRENT, GENERATIONS, SIDECARS, Store
from kg.store.tokens import Tokens
from kg.store.verify import verify

_WORK = "work-"


def check_store(store: Store) -> list[Problem]:
    """Return what is wrong with a store; none when all is in order. It reads every statement once.

    Looks at the pointer, the current generation, the snapshots of its audiences, the tokens, and for what was left behind.
    """
    return [*_current(store), *_tokens(store.path), *_leftovers(store)]


def _current(store: Store) -> Iterator[Problem]:
    pointer = store.path / CURRENT
    if not pointer.is_file():
        for folder in _published(store.path / GENERATIONS):
            yield _problem(CURRENT, "pointer", "no such file", f"the id of a generation; {folder.name} is there")
            return
        return
    try:
        generation = store.current
    except StoreError as error:
        yield _problem(CURRENT, "generation", str(error), "a generation that can be opened")
        return
    if generation is None:
        return
    if generation.id != generation.path.name:
        yield _problem(generation.path.name, "generation", f"the description of {generation.id}", "its own")
    with store_faults(str(store.path)):
        yield from verify(generation)
        for one in snapshots(generation):
            yield from _snapshot(generation, one)


def _snapshot(generation: Generation, snapshot: Snapshot) -> Iterator[Problem]:
    """Check that a snapshot shows what its audience may see, no less and no more."""
    where = f"snapshot of {snapshot.audience}"
    if snapshot.audience == EVERYTHING or folder_name(snapshot.audience) != snapshot.folder.name:
        yield _problem(where, "snapshot", f"the folder {snapshot.folder.name}", "one named by its audience")
        return
    visible = groups_of(snapshot.audience)
    try:
        with store_faults(str(snapshot.folder)):
            db = ox.Store.read_only(str(snapshot.database))
            graphs = {graph.value for graph in db.named_graphs() if isinstance(graph, ox.NamedNode)}
    except StoreError as error:
        yield _problem(where, "snapshot", str(error), "a database that can be opened")
        return
    for entry in generation.ledger.sources():
        if entry.audience not in visible and entry.iri in graphs:
            yield _problem(where, "hidden-source", entry.key, f"sources that {snapshot.audience} may see")
        if entry.audience in visible:
            found = sum(1 for _ in db.quads_for_pattern(None, None, None, ox.NamedNode(entry.iri)))
            if found != entry.statements:
                yield _problem(where, "statement-count", f"{found:,} statements of {entry.key}", f"{entry.statements:,}")
    for graph in sorted(filter(is_shared_graph, graphs)):
        if not shared_audiences(graph) <= visible:
            yield _problem(where, "hidden-source", graph, f"statements that {snapshot.audience} may see")
    claimed = sum(1 for _, graph in generation.ledger.shared_statements() if shared_audiences(graph) & visible)
    found = sum(1 for _ in _shared(db, graphs))
    if found != claimed:
        yield _problem(where, "statement-count", f"{found:,} shared statements", f"{claimed:,}, which sources claim")


def _shared(db: ox.Store, graphs: set[str]) -> Iterator[ox.Quad]:
    for graph in filter(is_shared_graph, graphs):
        yield from db.quads_for_pattern(None, None, None, ox.NamedNode(graph))


def _tokens(store: Path) -> Iterator[Problem]:
    tokens = Tokens(store)
    try:
        tokens.all()
    except StoreError as error:
        yield _problem("tokens", "tokens", error.what, "tokens as kg token writes them")
    if tokens.is_readable_by_others():
        yield _problem("tokens", "tokens", "a file that others may read", "one for its owner alone (mode 600)")


def _leftovers(store: Store) -> Iterator[Problem]:
    """Find what a writer that was killed has left behind; nothing while somebody writes, as it may be his."""
    if store.is_being_written():
        return
    current = (store.path / CURRENT).read_text("utf-8").strip() if (store.path / CURRENT).is_file() else ""
    left = [folder for folder in (store.path / GENERATIONS).iterdir() if folder.name > current]
    left += [folder for folder in store.path.glob(_WORK + "*") if not (folder / "lock").exists()]
    with suppress(StoreError):
        generation = store.current
        left += leftovers(generation) if generation else []
    # Sidecars of a generation to come tell of a store that was brought back to an earlier one.
    sidecars = store.path / SIDECARS
    left += [folder for folder in sidecars.iterdir() if folder.name > current] if sidecars.is_dir() else []
    for folder in sorted(left):
        name = folder.relative_to(store.path).as_posix()
        yield Problem(name, "leftover", "what an ended job left behind", "nothing", repair="the next job removes it")


def _published(generations: Path) -> list[Path]:
    return sorted(folder for folder in generations.iterdir() if (folder / DESCRIPTION).is_file())


def _problem(source: str, code: str, found: str, expected: str) -> Problem:
    return Problem(source, code, found, expected, severity="error")
