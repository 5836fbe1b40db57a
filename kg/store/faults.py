"""The border to Oxigraph and SQLite: their errors become sentences of ours here, and nowhere else."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import QueryError, StoreError, UnanswerableError

_EXPECTED = re.compile(r"error at (\d+:\d+): expected (?:one of )?(.*)", re.DOTALL)
_CHOICE = re.compile(r"\[(?:'(?:[^'\\]|\\.)*'|[^\]'])*\]|\"(?:[^\"\\]|\\.)*\"|[^,\[\"]+", re.DOTALL)
_SIGN = re.compile(r'"[^\w\s]{1,3}"')


def syntax_sentence(message: str) -> str:
    r"""Return what Oxigraph says of a text that it cannot parse, without the classes of characters that it would take.

    >>> syntax_sentence("error at 1:20: expected one of \",\", \".\", ['0' ..= '9' | 'A'..='Z'], [_]")
    'error at 1:20: expected one of "," "."'
    >>> syntax_sentence("error at 1:22: expected one of Prefix not found, ['%'], [_]")
    'error at 1:22: prefix not found'
    >>> syntax_sentence("error at 1:6: expected CONSTRUCT")
    'error at 1:6 or shortly before'
    """
    found = _EXPECTED.fullmatch(message)
    if not found:
        return message
    choices = [choice.strip() for choice in _CHOICE.findall(found[2])]
    told = [choice for choice in choices if " " in choice and choice[0].isupper()]
    if told:
        return f"error at {found[1]}: {told[0][0].lower()}{told[0][1:]}"
    # A keyword that it has tried stands where it would have ended: neither the word nor the place is meant.
    signs = [choice for choice in choices if _SIGN.fullmatch(choice)]
    if not signs or any(choice.isalpha() for choice in choices):
        return f"error at {found[1]} or shortly before"
    return f"error at {found[1]}: expected {'one of ' if len(signs) > 1 else ''}{' '.join(signs)}"


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
        raise QueryError("query", f"not SPARQL 1.1: {syntax_sentence(error.msg)}") from error
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
