"""Zeiss CZI: the metadata document of the file, its header and the list of its attachments; also a zip that holds one CZI.

https://www.zeiss.com/microscopy/en/products/software/zeiss-zen/czi-image-file-format.html

A CZI is a sequence of segments, each with a name of 16 bytes, two lengths and its data. Only three are looked at: the header,
which says where the others are, the metadata, which are XML, and the directory of attachments. The tables are those of the XML
(`kg.readers.elements`), of which ``ImageDocument`` is the root, and

* ``FileHeader``: one row with the version, the identifiers of the file and of the first file of the image, and the number of
  the part;
* ``AttachmentEntry``: a row per attachment with its name, type and identifier; ``TimeStamps`` of the attachment of that type
  are the seconds of the time points.

An image may be split over several files; the metadata are in the first, and the others are its parts (`gather`).
"""

from __future__ import annotations

import io
import re
import struct
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.elements import Dialect, tables_of
from kg.readers.peek import ZIP
from kg.readers.safe_zip import members
from kg.readers.vendor.rows import Cell, table_of
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "czi"
RANK = 20
TITLE = "Zeiss CZI (.czi), also one CZI in a zip; metadata only"

FILE = "FileHeader"
ATTACHMENT = "AttachmentEntry"

_FILE_ID = b"ZISRAWFILE"
_METADATA_ID = b"ZISRAWMETADATA"
_DIRECTORY_ID = b"ZISRAWATTDIR"
_ATTACHMENT_ID = b"ZISRAWATTACH"
_SEGMENT = struct.Struct("<16sqq")
_FILE = struct.Struct("<4i16s16siqqiq")
_ENTRY = struct.Struct("<2s10sqi16s8s80s")
_LENGTH = struct.Struct("<i")
_BODY = 256  # metadata, directory and attachments begin with as many bytes of their own fields
_TIMES = "CZTIMS"
_MOST_ATTACHMENTS = 10_000
_MOST_TIMES = 100_000

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_STREAMED = 0x8  # the length of the member stands after it
_MOST_FOLDERS = 16
_PART = re.compile(r"(?i)(.+?)[ _-]?[(_-]?(\d+)\)?\.czi")

_DIALECT = Dialect(
    root="ImageDocument",
    opens={"Image": 0, "Instrument": 1, "Channel": 2},
    scopes=("_image", "_instrument", "_channel"),
    references=True,
)


@dataclass(frozen=True, slots=True)
class _Header:
    """What the first segment says."""

    version: str
    primary: uuid.UUID
    own: uuid.UUID
    part: int
    metadata: int
    attachments: int


def claims(peek: Peek) -> bool:
    """Claim a CZI, and a zip whose first file is one."""
    return peek.head.startswith(_FILE_ID) or _first_member(peek.head).lower().endswith(".czi")


def gather(folder: Folder) -> Iterator[Bundle]:
    """Yield each CZI that is split over several files with its parts: ``a.czi`` with ``a(1).czi``, if the header says so."""
    names = {name.lower(): name for name in folder.files}
    parts: dict[str, list[str]] = {}
    for name in folder.files:
        found = _PART.fullmatch(name)
        first = names.get(f"{found[1]}.czi".lower()) if found else None
        if first and first != name and _is_part(folder.path / name, folder.path / first):
            parts.setdefault(first, []).append(name)
    for first, others in parts.items():
        yield Bundle(first, tuple(others))


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the metadata, of the header and of the attachments.

    Raises:
        SourceError: no CZI, cut off, a part without the metadata, or a zip with no CZI or several.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        if stream.read(4) == ZIP:
            data, found = _unpacked(source.path, limits, source.key)
            return _reading(io.BytesIO(data), limits, source.key, found)
        return _reading(stream, limits, source.key, [])


def _reading(stream: BinaryIO, limits: Limits, where: str, problems: list[Problem]) -> Reading:
    size = stream.seek(0, io.SEEK_END)
    header = _header(_at(stream, 0, _SEGMENT.size + _FILE.size))
    if header is None:
        raise SourceError(where, "is cut off within the header of a CZI file")
    if header.metadata <= 0:
        if header.part > 0:
            raise SourceError(where, f"is part {header.part} of a CZI image; the metadata are in the first of its files")
        raise SourceError(where, "is a CZI file without metadata (it was not closed after writing)")
    xml = _metadata(stream, header.metadata, size, limits, where)
    tables = {kind: Table(kind, frame.lazy()) for kind, frame in tables_of(xml, limits, where, _DIALECT).items()}
    tables[FILE] = table_of(FILE, [_file_cells(header)], limits, where)
    rows = []
    try:
        rows = _attachments(stream, header.attachments, size)
    except (struct.error, ValueError) as error:
        problems.append(
            Problem(where, "czi-attachments", str(error), "a directory of attachments", repair="the metadata are read")
        )
    if rows:
        tables[ATTACHMENT] = table_of(ATTACHMENT, rows, limits, where)
    return Reading(NAME, tables, tuple(problems), {"format": "CZI", "version": header.version})


def _file_cells(header: _Header) -> dict[str, Cell]:
    cells: dict[str, Cell] = {"Version": header.version, "PrimaryFileGuid": str(header.primary)}
    return cells | {"FileGuid": str(header.own), "FilePart": str(header.part)}


def _at(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    return stream.read(size)


def _header(data: bytes) -> _Header | None:
    """Return the header of a file by its first bytes; None if they are too few or of another format."""
    if len(data) < _SEGMENT.size + _FILE.size or not data.startswith(_FILE_ID):
        return None
    major, minor, _, _, primary, own, part, _, metadata, _, attachments = _FILE.unpack_from(data, _SEGMENT.size)
    primary, own = uuid.UUID(bytes_le=primary), uuid.UUID(bytes_le=own)
    return _Header(f"{major}.{minor}", primary, own, part, metadata, attachments)


def _metadata(stream: BinaryIO, offset: int, size: int, limits: Limits, where: str) -> bytes:
    """Return the XML of the metadata segment."""
    if offset + _SEGMENT.size + _BODY > size:
        raise SourceError(where, f"is cut off: its metadata should be at byte {offset:,}, and it has {size:,}")
    head = _at(stream, offset, _SEGMENT.size + _LENGTH.size)
    if not head.startswith(_METADATA_ID):
        raise SourceError(where, f"is damaged: at byte {offset:,} there should be metadata")
    (length,) = _LENGTH.unpack_from(head, _SEGMENT.size)
    if length > limits.file_bytes:
        raise LimitError(where, f"its metadata are longer than {limits.file_bytes:,} bytes")
    start = offset + _SEGMENT.size + _BODY
    if length < 0 or start + length > size:
        raise SourceError(where, f"is cut off within its metadata, which should end at byte {start + length:,}")
    return _at(stream, start, length).rstrip(b"\0")


def _attachments(stream: BinaryIO, offset: int, size: int) -> list[dict[str, Cell]]:
    """Return the attachments that the directory lists.

    Raises:
        ValueError: there is no directory where the header says.
        struct.error: it is cut off.
    """
    if offset <= 0:
        return []
    head = _at(stream, offset, _SEGMENT.size + _BODY)
    if not head.startswith(_DIRECTORY_ID):
        raise ValueError(f"no directory of attachments at byte {offset:,}")
    (count,) = _LENGTH.unpack_from(head, _SEGMENT.size)
    count = max(0, min(count, _MOST_ATTACHMENTS))
    entries = _at(stream, offset + _SEGMENT.size + _BODY, count * _ENTRY.size)
    rows = []
    for at in range(count):
        _, _, place, _, guid, kind, name = _ENTRY.unpack_from(entries, at * _ENTRY.size)
        row: dict[str, Cell] = {"Name": _text(name), "ContentFileType": _text(kind)}
        row["ContentGuid"] = str(uuid.UUID(bytes_le=guid))
        if row["ContentFileType"] == _TIMES and (times := _times(stream, place, size)):
            row["TimeStamps"] = times
        rows.append(row)
    return rows


def _times(stream: BinaryIO, offset: int, size: int) -> list[str]:
    """Return the seconds of the time points that an attachment holds; none where it is damaged."""
    start = offset + _SEGMENT.size + _BODY
    if not 0 < offset <= size or _at(stream, offset, len(_ATTACHMENT_ID)) != _ATTACHMENT_ID:
        return []
    head = _at(stream, start, 2 * _LENGTH.size)
    if len(head) < 2 * _LENGTH.size:
        return []
    (count,) = _LENGTH.unpack_from(head, _LENGTH.size)
    if not 0 < count <= min(_MOST_TIMES, (size - start) // 8):
        return []
    data = stream.read(8 * count)
    return [repr(time) for time in struct.unpack(f"<{len(data) // 8}d", data[: len(data) // 8 * 8])]


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def _is_part(path: Path, first: Path) -> bool:
    """Return whether a file is a later part of the image that begins in another."""
    try:
        with path.open("rb") as one, first.open("rb") as other:
            part = _header(one.read(_SEGMENT.size + _FILE.size))
            main = _header(other.read(_SEGMENT.size + _FILE.size))
    except OSError:
        return False
    return part is not None and main is not None and part.part > 0 and part.primary == main.own


def _first_member(head: bytes) -> str:
    """Return the name of the first file of a zip archive, behind empty entries for folders; empty where there is none."""
    at = 0
    for _ in range(_MOST_FOLDERS):
        if len(head) < at + _LOCAL_HEADER.size or not head.startswith(ZIP, at):
            return ""
        _, _, flags, _, _, _, _, packed, size, length, extra = _LOCAL_HEADER.unpack_from(head, at)
        name = head[at + _LOCAL_HEADER.size :][:length].decode("utf-8", "replace")
        if not name.endswith("/") or flags & _STREAMED or packed or size:
            return name
        at += _LOCAL_HEADER.size + length + extra
    return ""


def _unpacked(path: Path, limits: Limits, where: str) -> tuple[bytes, list[Problem]]:
    """Return the one CZI of a zip archive."""
    with members(path, limits, where) as archive:
        found = [member for member in archive.members if member.name.lower().endswith(".czi") and not _is_shadow(member.name)]
        if len(found) != 1:
            raise SourceError(where, f"is a zip archive with {len(found)} CZI files, expected one; unpack it")
        return archive.read_member(found[0]), list(archive.problems)


def _is_shadow(name: str) -> bool:
    """Return whether a member is what a Mac puts beside a file."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")
