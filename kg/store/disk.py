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
def writer_lock(path: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the one right to write; a process that dies, however it dies, gives it back.

    Args:
        path: file of the lock.
        wait: seconds to wait for somebody else who holds it.

    Raises:
        StoreError: somebody else holds it.
    """
    # SQLite's lock works on every system, needs no clean-up and is not inherited by forked workers.
    with closing(sqlite3.connect(path, timeout=wait, isolation_level=None)) as lock:
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
                sync_file(file)
        sync_file(Path(folder))
    sync_file(path.parent)


def replace_text(path: Path, text: str, *, secret: bool = False) -> None:
    """Replace a small file so that every reader, also after a power cut, sees the old text or the new one.

    A secret one is readable by nobody but its owner at any moment.
    """
    draft = path.with_name(path.name + ".new")
    if secret:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    draft.write_text(text, "utf-8", newline="\n")
    sync_file(draft)
    draft.replace(path)
    sync_file(path.parent)


def remove_tree(path: Path) -> None:
    """Remove a folder as far as the system allows (Windows keeps open files); what stays goes with a later call."""
    shutil.rmtree(path, ignore_errors=True)


def sync_file(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
