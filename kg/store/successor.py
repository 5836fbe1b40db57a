"""The folder of a generation that differs from its parent by writes alone: all but its description by hard links."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.store.disk import sync_file
from kg.store.generation import DATABASE, DESCRIPTION, LEDGER, Generation
from kg.store.holds import make_holdable
from kg.store.ledger import Ledger


def make_successor(folder: Path, parent: Generation | None, database: ox.Store, about: Mapping[str, Any]) -> None:
    """Make the folder; on return it is whole and on the disk.

    Args:
        folder: to be made.
        parent: the generation before; None where there is none.
        database: what the generation holds.
        about: its description.

    Raises:
        OSError: the disk refuses.
    """
    folder.mkdir()
    make_holdable(folder)
    database.backup(folder / DATABASE)
    _link_ledger(folder, parent)
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    (folder / DESCRIPTION).write_text(text, "utf-8", newline="\n")
    sync_new(folder, parent.path if parent else None)
    sync_file(folder.parent)


def _link_ledger(folder: Path, parent: Generation | None) -> None:
    """Give a generation the ledger of its parent, of which a write changes nothing."""
    if parent is None:
        Ledger(folder / LEDGER, writable=True).close()
        return
    try:
        os.link(parent.path / LEDGER, folder / LEDGER)
    except OSError:  # a file system without hard links
        parent.ledger.copy_to(folder / LEDGER)


def sync_new(folder: Path, before: Path | None) -> None:
    """Bring a folder with a database to the disk, less the files that it shares with the one in ``before``."""
    known = {entry.inode() for entry in os.scandir(before / DATABASE)} if before else set()
    for place in (folder / DATABASE, folder):
        for entry in os.scandir(place):
            if entry.is_file() and entry.inode() not in known:
                sync_file(Path(entry.path))
        sync_file(place)
