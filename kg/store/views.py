"""Views that a writer keeps open: what each audience sees goes on from write to write, as the whole does.

Opening a database costs several times what a small write does, so that each one is opened once.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES
from kg.store.audiences import Snapshot, place_of, snapshots
from kg.store.batch import PUBLIC
from kg.store.disk import remove_tree, sync_file
from kg.store.follow import described, is_small, move_view
from kg.store.generation import DATABASE, DESCRIPTION, Generation
from kg.store.successor import sync_new

_MOST = 8  # audiences; what more of them see is made when one of them asks


class Views:
    """Databases in a folder of one's own, one for each audience, which hold what the generation published last shows it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which its owner removes."""
        self._folder = folder
        self._open: dict[str, ox.Store] = {}
        self._of = ""
        self._number = 0

    def forget(self) -> None:
        """Let go of all databases; they are made anew when they are used next."""
        self._open.clear()
        self._of = ""
        for old in self._folder.glob("view-*"):
            remove_tree(old)

    def published(self, generation: str) -> None:
        """Take note that what was carried on belongs to this generation, which is now the current one."""
        self._of = generation

    def carry(self, folder: Path, parent: Generation, whole: ox.Store) -> None:
        """Make snapshots of a generation for the audiences that have one of its parent, of which only writes tell it apart.

        Args:
            folder: of the generation, whole but for its snapshots; on return they are on the disk.
            parent: the current generation.
            whole: what the generation holds.
        """
        if self._of != parent.id:
            self.forget()
        old, new = (json.loads((path / DESCRIPTION).read_text("utf-8")) for path in (parent.path, folder))
        # The public one first: there must always be one.
        there = sorted(snapshots(parent), key=lambda one: (one.audience != PUBLIC, one.audience))[:_MOST]
        carried = [one for one in there if is_small(new, one.about())]
        self._open = {one.audience: self._database(one) for one in carried}
        kept = frozenset({GRAPH_JOBS, GRAPH_ONTOLOGIES, *(entry.iri for entry in parent.ledger.sources())} if carried else ())
        for one in carried:
            db = self._open[one.audience]
            move_view(db, whole, kept)
            place = place_of(folder, one.audience)
            place.mkdir(parents=True)
            db.backup(place / DATABASE)
            (place / DESCRIPTION).write_text(described(old, new, one.about()), "utf-8", newline="\n")
            sync_new(place, one.folder)
        for place in (place_of(folder, PUBLIC).parent, folder) if carried else ():
            sync_file(place)

    def _database(self, snapshot: Snapshot) -> ox.Store:
        if snapshot.audience in self._open:
            return self._open[snapshot.audience]
        self._number += 1
        path = self._folder / f"view-{self._number}"
        # Not a handle that stays open with the generation.
        ox.Store.read_only(str(snapshot.database)).backup(path)
        return ox.Store(path)
