"""Chemotion: export of collections, a zip archive around ``export.json`` (https://www.chemotion.net/docs/eln).

* A table per table of the notebook (``Sample``, ``Reaction``, ``Container``), a row per entry; ``_key`` is its UUID, by which
  the others refer to it. Lists of objects inside an entry are tables of their own (`kg.readers.tree`).
* Formatted texts (Quill Delta) are kept as JSON; ``_plain.<column>`` has their words.
* ``ArchiveMember`` has a row per file of the archive; ``_identifier`` is the name of an attachment without its ending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.readers import safe_json, safe_zip
from kg.readers.limits import Limits
from kg.readers.notebook.rich import is_delta, with_plain
from kg.readers.peek import ZIP
from kg.readers.tree import tables_of
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.peek import Peek
    from kg.readers.safe_json import JsonValue
    from kg.readers.safe_zip import Archive

NAME = "chemotion"
RANK = 35
TITLE = "Chemotion: export of collections (zip with export.json)"

_EXPORT = "export.json"
_MEMBERS = "ArchiveMember"


def claims(peek: Peek) -> bool:
    """Claim a zip archive with ``export.json`` at its top and one of the files that Chemotion puts beside it."""
    if not peek.head.startswith(ZIP):
        return False
    try:
        with safe_zip.members(peek.source.path, Limits(), peek.source.key) as archive:
            names = {member.name for member in archive.members}
    except SourceError:
        return False
    return _EXPORT in names and not names.isdisjoint({"schema.json", "description.txt"})


def read(source: Source, limits: Limits) -> Reading:
    """Read an export.

    Raises:
        LimitError: beyond the limits.
        SourceError: damaged, or its ``export.json`` is no object of tables.
    """
    with safe_zip.members(source.path, limits, source.key) as archive:
        member = next((member for member in archive.members if member.name == _EXPORT), None)
        if member is None:
            raise SourceError(source.key, f"has no {_EXPORT} among its {len(archive.members):,} members")
        document = safe_json.loads(archive.read_member(member), limits, f"{source.key}, {_EXPORT}")
        value = document.value
        if not isinstance(value, dict):
            raise SourceError(source.key, f"its {_EXPORT} is no object with a table under each name")
        tables = with_plain(tables_of(_texts_whole(value), limits, source.key, is_map=_is_map), limits)
        tables[_MEMBERS] = _members(archive)
        facts = {"tables": ", ".join(sorted(name for name, entries in value.items() if entries))}
        return Reading(NAME, tables, (*document.problems, *archive.problems), facts)


def _is_map(path: str, members: Mapping[str, object]) -> bool:
    """Say that what stands under the name of a table, and the layers of a generic element, are named by their keys."""
    del members
    return (path != "" and "." not in path) or path.endswith(".layers")


def _texts_whole(value: JsonValue) -> JsonValue:
    """Return a tree in which formatted texts are JSON; depth was bounded when it was parsed."""
    if is_delta(value):
        return safe_json.dumps(value)
    if isinstance(value, dict):
        return {name: _texts_whole(item) for name, item in value.items()}
    return [_texts_whole(item) for item in value] if isinstance(value, list) else value


def _members(archive: Archive) -> Table:
    members = archive.members
    stems = [member.name.rpartition("/")[2].partition(".")[0] for member in members]
    text = pl.String()
    frame = pl.DataFrame(
        [
            pl.Series(ROW, [member.row for member in members], pl.UInt32),
            pl.Series("_identifier", stems, text),
            pl.Series("path", [member.name for member in members], text),
            pl.Series("size", [str(member.size) for member in members], text),
            pl.Series("crc32", [f"{member.crc:08x}" for member in members], text),
        ]
    )
    return Table(_MEMBERS, frame.lazy())
