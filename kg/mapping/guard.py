"""Guard: looks over the cells of a table for what identifies people, before any rule sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class Named:
    """Cells of one column that name people.

    Attributes:
        code: code of the Problem about them: ``user-path``, ``e-mail`` or ``human-subject``.
        what: what was found, in words that hold nothing of it.
        column: the column; empty where the one asked about is meant.
        values: the column as it may be kept: with the names taken out, or null where nothing of a cell may be kept.
        rows: True where a cell was changed.
        count: how many cells were.
    """

    code: str
    what: str
    column: str
    values: pl.Series
    rows: pl.Series
    count: int


class Guard(Protocol):
    """Finds what identifies people in columns of texts, or of lists of texts."""

    def paths(self, frame: pl.DataFrame) -> list[Named]:
        """Return the columns with paths below the folder of a user; the name of the user is taken out."""

    def folders(self, frame: pl.DataFrame) -> list[Named]:
        """Return the columns with paths that have a folder named like a person; the name is taken out."""

    def subjects(self, frame: pl.DataFrame) -> list[Named]:
        """Return the columns with identifiers of patients and other human subjects; nothing of these cells is left."""

    def says_subject(self, name: str) -> bool:
        """Return whether a column, or a key, says by its name that it is about a human subject."""

    def addresses(self, values: pl.Series) -> Named | None:
        """Return texts without e-mail addresses; None where there are none."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """Rows of a table after a guard.

    Attributes:
        raw: the rows, to be kept as they are where no rule takes them.
        kept: the rows as the rules may see them: null where nothing of a cell may be kept.
        named: what was found.
        withheld: how many values of each column are null for that reason.
    """

    raw: pl.DataFrame
    kept: pl.DataFrame
    named: tuple[Named, ...] = ()
    withheld: Mapping[str, int] = field(default_factory=dict)


def guarded(raw: pl.DataFrame, guard: Guard | None, *, withholds: bool, nobody: bool = False) -> Guarded:
    """Return rows as they may be kept; where nothing is withheld, human subjects are told all the same.

    With ``nobody``, folders that are only named like a person are masked, too.
    """
    if guard is None:
        return Guarded(raw, raw)
    paths = guard.paths(raw) if withholds else []
    if paths:
        raw = raw.with_columns(found.values.alias(found.column) for found in paths)
    folders = guard.folders(raw) if nobody else []
    if folders:
        raw = raw.with_columns(found.values.alias(found.column) for found in folders)
    subjects = guard.subjects(raw)
    kept = raw.with_columns(found.values.alias(found.column) for found in subjects) if subjects and withholds else raw
    counts = {found.column: found.count for found in subjects} if withholds else {}
    return Guarded(raw, kept, (*paths, *folders, *subjects), counts)
