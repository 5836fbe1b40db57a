"""Guarding: tables are looked over for what identifies people, as ``kg.quality.persons`` knows it."""

from __future__ import annotations

import polars as pl

from kg.mapping.guard import Named
from kg.quality.persons import Found, found_folders, found_subjects, found_user_paths, says_subject, without_mails


class PersonGuard:
    """Finds paths of users, e-mail addresses and human subjects."""

    def paths(self, frame: pl.DataFrame) -> list[Named]:
        """Return the columns with paths below the folder of a user; the name of the user is taken out."""
        return [_named("user-path", found) for found in found_user_paths(frame)]

    def folders(self, frame: pl.DataFrame) -> list[Named]:
        """Return the columns with paths that have a folder named like a person; the name is taken out."""
        return [_named("user-path", found) for found in found_folders(frame)]

    def subjects(self, frame: pl.DataFrame) -> list[Named]:
        """Return the columns with identifiers of patients and other human subjects; nothing of these cells is left."""
        return [_named("human-subject", found) for found in found_subjects(frame)]

    def says_subject(self, name: str) -> bool:
        """Return whether a column, or a key, says by its name that it is about a human subject."""
        return says_subject(name)

    def addresses(self, values: pl.Series) -> Named | None:
        """Return texts without e-mail addresses; None where there are none."""
        found = without_mails(values)
        return None if found is None else _named("e-mail", found)


def _named(code: str, found: Found) -> Named:
    return Named(code, found.what, found.column, found.values, found.rows, found.count)
