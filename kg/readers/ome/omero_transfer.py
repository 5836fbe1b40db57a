"""Archives of omero-cli-transfer: OME-XML (``transfer.xml``) beside the files of the images and their attachments.

https://github.com/ome/omero-cli-transfer ; the tables are those of `kg.readers.ome_xml`, with ``ArchiveMember`` for the files:
a row per file with ``Name``, ``Size`` in bytes and ``CRC``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers import safe_zip
from kg.readers.limits import Limits
from kg.readers.ome_xml import document_of
from kg.readers.peek import ZIP
from kg.table import ROW, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.peek import Peek
    from kg.readers.safe_zip import Archive, Member
    from kg.table import Reading, Source

NAME = "omero_transfer"
RANK = 24
TITLE = "OMERO transfer archive (.zip with transfer.xml)"

MEMBERS = "ArchiveMember"
_XML = "transfer.xml"


def claims(peek: Peek) -> bool:
    """Say whether it is a zip archive with a transfer.xml at its top, or in the only folder at its top."""
    if not peek.head.startswith(ZIP):
        return False
    try:
        with safe_zip.members(peek.source.path, Limits(), peek.source.key) as archive:
            return _transfer(archive) is not None
    except SourceError:
        return False


def _transfer(archive: Archive) -> Member | None:
    found = [m for m in archive.members if m.name == _XML or (m.name.count("/") == 1 and m.name.endswith(f"/{_XML}"))]
    return min(found, key=lambda member: member.name.count("/")) if found else None


def read(source: Source, limits: Limits) -> Reading:
    """Read the metadata of an archive; images and attachments are listed, never unpacked.

    Raises:
        SourceError: it is damaged, or has no transfer.xml.
        LimitError: it goes beyond the limits.
    """
    with safe_zip.members(source.path, limits, source.key) as archive:
        member = _transfer(archive)
        if member is None:
            raise SourceError(source.key, f"has no {_XML} among its {len(archive.members):,} members")
        document = document_of(archive.read_member(member), f"{source.key}/{member.name}", limits)
        files = [one for one in archive.members if one is not member]
        problems = (*archive.problems, *_missing(source, document.frames, files))
    reading = document.reading(NAME)
    tables = dict(reading.tables)
    if files:
        tables[MEMBERS] = Table(MEMBERS, _listed(files).lazy())
    return replace(
        reading, tables=tables, problems=(*problems, *reading.problems), facts={**reading.facts, "files": str(len(files))}
    )


def _listed(files: list[Member]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            ROW: pl.Series([member.row for member in files], dtype=pl.UInt32),
            "_id": [f"{MEMBERS}[{place}]" for place in range(1, len(files) + 1)],
            "Name": [member.name for member in files],
            "Size": [str(member.size) for member in files],
            "CRC": [f"{member.crc:08x}" for member in files],
        }
    )


def _missing(source: Source, frames: Mapping[str, pl.DataFrame], files: list[Member]) -> list[Problem]:
    """Return a remark where an archive holds metadata of images but no file at all."""
    if files or "Image" not in frames:
        return []
    return [Problem(source.key, "transfer-files", "images without a file", "the files beside transfer.xml", severity="info")]
