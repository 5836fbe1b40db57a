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
from kg.store.generation import Generation
from kg.store.pointer import CURRENT, GENERATIONS, check_followed, current_id, is_whole, whole_generations
from kg.store.repair import damage_of, looked_through
from kg.store.store import SIDECARS, Store
from kg.store.tokens import Tokens

CHECKS = ("pointer", "statements", "claims", "snapshots", "tokens", "leftovers")
"""What is looked at."""

_WORK = "work-"


def check_store(store: Store) -> list[Problem]:
    """Return what is wrong with a store; none when all is in order. It reads every statement once.

    Looks at the pointer, the current generation, the snapshots of its audiences, the tokens, and for what was left behind.
    """
    return [*_current(store), *_tokens(store.path), *_leftovers(store)]


def _current(store: Store) -> Iterator[Problem]:
    try:
        name = current_id(store.path)
        if name is None:
            return
        check_followed(store.path, name)
    except StoreError as error:
        yield _problem(
            CURRENT, "pointer", error.what, "the id of a generation", "'kg store repair' points to one that is whole"
        )
        return
    try:
        generation = store.current
    except StoreError as error:
        yield _damaged(store.path, name, error)
        return
    if generation is None:
        return
    if generation.id != generation.path.name:
        yield _problem(generation.path.name, "generation", f"the description of {generation.id}", "its own")
    try:
        with store_faults(str(generation.path)):
            found = looked_through(generation)
    except StoreError as error:
        yield _damaged(store.path, generation.path.name, error)
        return
    yield from found
    with store_faults(str(store.path)):
        for one in snapshots(generation):
            yield from _checked(generation, one)


def _damaged(store: Path, name: str, error: StoreError) -> Problem:
    """Return the problem of a generation that cannot be read, with what is left to go back to."""
    repair = "'kg store restore BACKUP --force' brings a backup back"
    for older in reversed(whole_generations(store)):
        if older.name < name and damage_of(older) is None:
            repair += f"; generation {older.name} before it is whole: 'kg store repair --older' goes back to it"
            break
    return _problem(name, "damaged", error.what, "a generation that can be read", repair)


def _checked(generation: Generation, snapshot: Snapshot) -> Iterator[Problem]:
    try:
        with store_faults(str(snapshot.folder)):
            yield from _snapshot(generation, snapshot)
    except StoreError as error:
        # Made anew from the generation itself when it is not there.
        repair = f"remove {snapshot.folder.name}/ in its folder audiences: it is made again"
        yield _problem(f"snapshot of {snapshot.audience}", "snapshot", error.what, "a database that can be read", repair)


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
    current, lost = "", True  # without a pointer that counts, no whole generation is a leftover
    with suppress(StoreError):
        current = current_id(store.path) or ""
        if current:
            check_followed(store.path, current)
        lost = False
    left = [one for one in (store.path / GENERATIONS).iterdir() if one.name > current and not (lost and is_whole(one))]
    left += [folder for folder in store.path.glob(_WORK + "*") if not (folder / "lock").exists()]
    with suppress(StoreError):
        generation = store.current
        left += leftovers(generation) if generation else []
    # Sidecars of a generation to come tell of a store that was brought back to an earlier one.
    sidecars = store.path / SIDECARS
    left += [folder for folder in sidecars.iterdir() if folder.name > current] if sidecars.is_dir() and not lost else []
    for folder in sorted(left):
        name = folder.relative_to(store.path).as_posix()
        yield Problem(name, "leftover", "what an ended job left behind", "nothing", repair="the next job removes it")


def _problem(source: str, code: str, found: str, expected: str, repair: str = "") -> Problem:
    return Problem(source, code, found, expected, repair=repair, severity="error")
