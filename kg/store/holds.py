"""Holds: how a reader keeps a generation on the disk while it reads it; a process that dies, however it dies, lets go.

The ledger cannot serve for that: generations that only a write tells apart share one ledger file.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

_HOLD = "hold"
_BEFORE = "ledger.sqlite"  # what holds generations that were made before there was such a file


def make_holdable(folder: Path) -> None:
    """Make the file by which readers hold the generation in a folder."""
    os.close(os.open(folder / _HOLD, os.O_CREAT | os.O_WRONLY, 0o644))


def hold(folder: Path) -> sqlite3.Connection:
    """Hold the generation in a folder until the connection is closed; raises sqlite3.Error where there is none."""
    # An empty database without a page has locks like any other.
    db = sqlite3.connect(f"{_file(folder).resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    try:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def is_held(folder: Path) -> bool:
    """Say whether a reader holds the generation in a folder; one that is not whole is held by nobody."""
    file = _file(folder)
    if not file.is_file():
        return False
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return True
        db.execute("ROLLBACK")
    return False


def _file(folder: Path) -> Path:
    file = folder / _HOLD
    return file if file.exists() else folder / _BEFORE
