"""Source and Table: what lies on disk, and what it says in its own words, before any mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from kg.problem import Problem

ROW = "_row"
"""Column that every table has: position of the record in its source, UInt32, as a person counts (a header is row 1)."""

TEXT = "_text"
"""Column with the text of an XML element that has a row of its own."""


def is_content(column: str) -> bool:
    """Return whether a column holds what the source said; others are structure of the reader (``_``) or of recognition (``$``).

    >>> is_content("Name"), is_content("_text"), is_content("_parent")
    (True, True, False)
    """
    return column == TEXT or not column.startswith(("_", "$"))


@dataclass(frozen=True, slots=True)
class Source:
    """One unit of ingest: a file, an archive, or files that belong together, in the words of its origin.

    Attributes:
        path: where it is read from: a file, or the folder of a source that is a folder (such as OME-Zarr).
        key: portable name, shown to people and part of its IRI, such as ``idr/idr0012/idr0012-study.txt``; ``/`` between
            parts on every system.
        named: True when the user named this very file (an unreadable one is then an error, not a remark).
        parts: the other files that it consists of, such as the sidecars of a plate; they are no sources of their own.
        reader: name of the reader that found it to be one; empty where any reader may claim it.
    """

    path: Path
    key: str
    named: bool = False
    parts: tuple[Path, ...] = ()
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one kind from one source: raw strings, columnar, lossless.

    Every column but ``_row`` is ``String`` or ``List(String)`` (a repeated value). A cell is null only where the source has
    no cell; an empty cell is the empty string. Column names are the source's own.

    Attributes:
        kind: what a row is, in the source's words: ``rows`` for a plain table, an element or type name otherwise.
        frame: lazy, so that a large table streams.
    """

    kind: str
    frame: pl.LazyFrame


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one source.

    Attributes:
        reader: name of the reader module.
        tables: kind to table; every cell of the source is in one of them.
        problems: what was wrong on the way; the rest was read all the same.
        facts: file-level facts in the source's own words (encoding, delimiter, OME schema version, ELN product), for
            ``kg inspect`` and for recognition.
        scratch: temporary files that the tables stream from; whoever asked for the reading deletes them.
    """

    reader: str
    tables: Mapping[str, Table]
    problems: tuple[Problem, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    scratch: tuple[Path, ...] = ()
