"""The border to Oxigraph and SQLite: their errors become sentences of ours here, and nowhere else."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import QueryError, StoreError, UnanswerableError


@contextmanager
def store_faults(where: str) -> Iterator[None]:
    """Turn what goes wrong with a store's files into a StoreError about ``where``."""
    try:
        yield
    except OSError as error:
        raise StoreError(where, _os_sentence(error)) from error
    except sqlite3.Error as error:
        raise StoreError(where, f"the ledger cannot be used: {error}") from error
    except (RuntimeError, ValueError) as error:
        raise StoreError(where, f"the database refused: {error}") from error


@contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Turn what goes wrong in loading one file into a StoreError that names the file and, where known, the line."""
    try:
        yield
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise StoreError(f"{path}{line}", f"not loaded, nothing was published: {error.msg}") from error
    except OSError as error:
        raise StoreError(str(path), f"not loaded, nothing was published: {_os_sentence(error)}") from error


@contextmanager
def query_faults() -> Iterator[None]:
    """Turn what goes wrong in parsing or answering a query into a QueryError."""
    try:
        yield
    except SyntaxError as error:
        raise QueryError("query", f"not SPARQL 1.1: {error.msg}") from error
    except OSError as error:
        raise QueryError("query", f"the store could not be read while answering: {error}") from error
    except (RuntimeError, ValueError) as error:
        raise UnanswerableError("query", f"cannot be answered: {error}") from error


def _os_sentence(error: OSError) -> str:
    text = str(error)
    # RocksDB wraps the system's error in a text of its own and leaves errno empty.
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or "No space left" in text or "File too large" in text:
        return f"there is no room left on the disk (or a size limit is reached): {text}"
    if isinstance(error, PermissionError) or "Permission denied" in text:
        return f"no permission: {text}"
    if isinstance(error, FileNotFoundError):
        return f"there is no such file: {text}"
    return f"cannot be read or written: {text}"
