"""Compacting: a generation whose database is written anew without what was taken out of it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.batch import Batch
from kg.store.builder import build
from kg.store.disk import sync_tree
from kg.store.generation import DATABASE, Generation
from kg.store.store import Store

ROOM = 4
"""How many times the size of its database a store may need while it is compacted."""

LARGE = 1_000_000
"""Statements from which on a database written anew answers several times faster, be it larger than before."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compacting did.

    Attributes:
        generation: the new one; the current one where nothing was gained.
        before: bytes of the database that was current.
        after: bytes of the database written anew, which is published where it is smaller, or the store is large.
        gained: whether a new generation was published.
    """

    generation: Generation
    before: int
    after: int
    gained: bool


class _NothingGained(Exception):  # noqa: N818 - ends a build, and is no fault
    """The database written anew is no smaller."""


def compact(store: Store) -> Compacted:
    """Publish a generation that says the same from a database written anew, if that is smaller or the store is large.

    In files that were loaded one after the other a look-up asks many; written anew, they are in order.

    Raises:
        StoreError: the store is empty, the disk has not the room that may be needed, or another job writes.
    """
    with store.writing():
        current = store.current
        if current is None:
            raise StoreError(str(store.path), "the store is empty; there is nothing to compact")
        before = size_of(current.path / DATABASE)
        large = current.stats()["statements"]["all"] >= LARGE
        need_room(store.path, before * ROOM)
        after = before

        def fill(folder: Path, parent: Generation | None) -> None:
            nonlocal after
            _optimize(folder, parent)
            after = size_of(folder / DATABASE)
            if after >= before and not large:
                raise _NothingGained

        try:
            return Compacted(store.install(fill), before, after, gained=True)
        except _NothingGained:
            return Compacted(current, before, after, gained=False)


def need_room(folder: Path, wanted: int) -> None:
    """Raise StoreError where the disk of a folder has fewer free bytes than may be needed."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise StoreError(
            str(folder),
            f"this may need up to {wanted / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free; nothing was changed",
        )


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder; one with several names counts whole."""
    return sum(Path(parent, name).stat().st_size for parent, _, names in os.walk(folder) for name in names)


def _optimize(folder: Path, parent: Generation | None) -> None:
    build(folder, parent, Batch())
    db = ox.Store(folder / DATABASE)
    db.optimize()
    db.flush()
    del db
    sync_tree(folder)
