"""TIFF of any kind but OME-TIFF: tags and what microscope makers leave in them; also gzip, and a zip archive of TIFFs.

The tables are those of `kg.readers.tiff.one`. In an archive each file is read, ``_file`` says which one a row is about.
https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.body import is_litter
from kg.readers.limits import Limits
from kg.readers.peek import ZIP
from kg.readers.safe_zip import Archive, members
from kg.readers.tiff.directory import MAGIC
from kg.readers.tiff.one import OneTiff, joined, tables_of_tiff
from kg.readers.tiff.tags import content_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from kg.readers.peek import Peek

NAME = "tiff"
RANK = 60
TITLE = "TIFF (.tif, .stk, .lsm, .svs, .ndpi, .scn, .qptiff; also BigTIFF, .gz, or a zip of TIFFs); metadata only"

_SUFFIXES = (".tif", ".tiff", ".stk", ".lsm", ".svs", ".ndpi", ".scn", ".qptiff", ".btf", ".tf8")
# The most that deflate can pack; blank images come near it. Bytes are bound all the same.
_RATIO = 1100.0


def claims(peek: Peek) -> bool:
    """Claim what begins as TIFF, and a zip archive that holds nothing but TIFFs."""
    if peek.head.startswith(MAGIC):
        return True
    if not peek.head.startswith(ZIP):
        return False
    try:
        with members(peek.source.path, Limits(), peek.source.key) as archive:
            names = [member.name.lower() for member in archive.members if not is_litter(member.name)]
    except (SourceError, OSError):
        return False
    return bool(names) and all(name.endswith(_SUFFIXES) for name in names)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a TIFF, or of each TIFF of an archive; a damaged one of several is a Problem.

    Raises:
        SourceError: it is damaged in its first page, or no file of the archive can be read.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        is_zip = stream.read(len(ZIP)) == ZIP
    if is_zip:
        return _archive(source, limits)
    content = content_of(source.path, limits, source.key)
    name = source.path.name.removesuffix(".gz")
    return joined([tables_of_tiff(content, name, source.key, limits)], NAME)


def _archive(source: Source, limits: Limits) -> Reading:
    with members(source.path, replace(limits, archive_ratio=_RATIO), source.key) as archive:
        problems: list[Problem] = []
        reading = joined(_members(archive, source, limits, problems), NAME)
        problems += archive.problems
    if not reading.tables:
        said = problems[0].found if problems else "it is empty"
        raise SourceError(source.key, f"no file of the archive can be read as TIFF ({said})")
    return replace(reading, problems=(*problems, *reading.problems))


def _members(archive: Archive, source: Source, limits: Limits, problems: list[Problem]) -> Iterator[OneTiff]:
    for member in archive.members:
        data = None if is_litter(member.name) else archive.try_read(member)
        if data is None:
            continue
        try:
            yield tables_of_tiff(data, member.name, f"{source.key}, {member.name}", limits)
        except LimitError:
            raise
        except SourceError as error:
            repair = "skipped, the rest is read"
            found = error.what
            problems.append(Problem(source.key, "tiff", found, "a sound TIFF", member.name, repair=repair, severity="error"))
