"""What makes a publication last and be seen at once: the writer's lock, synced files, a pointer replaced whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kg.errors import StoreError


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the one right to write; a process that dies, however it dies, gives it back.

    Raises:
        StoreError: somebody else holds it.
    """
    # SQLite's lock works on every system, needs no clean-up and is not inherited by forked workers.
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise StoreError(str(path), f"the store cannot be locked for writing: {error}") from error
            raise StoreError(str(path.parent), "another job is writing to this store; try again when it is done") from error
        yield


def sync_tree(path: Path) -> None:
    """Bring all new files below a folder, and the folders, to the disk."""
    for folder, _, names in os.walk(path):
        for name in names:
            file = Path(folder, name)
            # Files with several names were synced with the generation that wrote them.
            if file.stat().st_nlink == 1:
                _sync(file)
        _sync(Path(folder))
    _sync(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file so that every reader, also after a power cut, sees the old text or the new one."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, "utf-8", newline="\n")
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def remove_tree(path: Path) -> None:
    """Remove a folder as far as the system allows (Windows keeps open files); what stays goes with a later call."""
    shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
