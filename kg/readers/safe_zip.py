"""Zip archives from strangers: names that stay inside, bytes counted as they come out, damage told member by member."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import IO, Self

    from kg.problem import Severity
    from kg.readers.limits import Limits

_CHUNK = 64 * 1024
_RATIO_FROM = 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_END_SEARCH = _END_SIZE + 0xFFFF
_ENTRY_BYTES = 512
_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_IN_ZIP64 = frozenset((0xFFFF, 0xFFFFFFFF))
_ZIP64_RECORD = 48
_ENCRYPTED = 0x1
_EXAMPLES = 3
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, by what its directory says of it.

    Attributes:
        name: path inside the archive as stored, ``/`` between parts; never absolute, never with ``..``.
        size: unpacked bytes as declared; what really comes out is counted while reading.
        crc: CRC-32 as declared.
        row: position in the archive's directory, from 1.
    """

    name: str
    size: int
    crc: int
    row: int


class Archive:
    """An open zip archive; a context manager.

    Attributes:
        members: its files in order of the directory, without folders, links and unsafe names.
        problems: what was skipped and why; it grows while members are read.
    """

    def __init__(self, path: Path, limits: Limits, where: str) -> None:
        """Open and look through the directory; use `members`, which says what is raised."""
        self._limits = limits
        self._where = where
        self._spent = 0
        self._packed_bytes = _checked_size(path, limits, where)
        try:
            self._zip = zipfile.ZipFile(path)
        except (*_BROKEN, NotImplementedError) as error:
            raise SourceError(where, f"is not a whole zip archive ({error})") from error
        self.members, self._infos, self.problems = self._look_through()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file."""
        self._zip.close()

    def read_member(self, member: Member) -> bytes:
        """Return the unpacked bytes of one member.

        Raises:
            LimitError: it unpacks to more than the limits allow, alone or with what was read before.
            SourceError: it is encrypted, damaged, or packed by a method that is not known.
        """
        where = f"{self._where}, {member.name}"
        info = self._infos[member.row]
        if info.flag_bits & _ENCRYPTED:
            raise SourceError(where, "is encrypted, expected an open archive")
        try:
            with self._zip.open(info) as stream:
                return self._bounded(stream, info, where)
        except _BROKEN as error:
            raise SourceError(where, f"is damaged ({error})") from error
        except (NotImplementedError, RuntimeError) as error:
            raise SourceError(where, f"cannot be unpacked ({error})") from error

    def try_read(self, member: Member) -> bytes | None:
        """Return the bytes of one member, or None with a Problem (``zip-bomb`` or ``zip-member``) for what cannot be read."""
        try:
            return self.read_member(member)
        except LimitError as error:
            self._note("zip-bomb", error.what, "a member within the limits", member.name)
        except SourceError as error:
            self._note("zip-member", error.what, "a readable member", member.name)
        return None

    def _bounded(self, stream: IO[bytes], info: zipfile.ZipInfo, where: str) -> bytes:
        limits = self._limits
        # The directory can lie about the packed size, never beyond the size of the archive itself.
        packed = max(1, min(info.compress_size, self._packed_bytes))
        chunks = []
        size = 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            self._spent += len(chunk)
            if size > limits.file_bytes:
                raise LimitError(where, f"unpacks to more than {limits.file_bytes:,} bytes")
            if size > _RATIO_FROM and size / packed > limits.archive_ratio:
                raise LimitError(where, f"unpacks to more than {limits.archive_ratio:g} times its {packed:,} packed bytes")
            if self._spent > limits.archive_bytes:
                raise LimitError(where, f"the archive unpacks to more than {limits.archive_bytes:,} bytes in all")
            chunks.append(chunk)
        return b"".join(chunks)

    def _look_through(self) -> tuple[tuple[Member, ...], dict[int, zipfile.ZipInfo], list[Problem]]:
        infos = self._zip.infolist()
        if len(infos) > self._limits.archive_members:
            self._zip.close()
            raise LimitError(self._where, f"has {len(infos):,} members, at most {self._limits.archive_members:,} are read")
        members: list[Member] = []
        kept: dict[int, zipfile.ZipInfo] = {}
        skipped: dict[str, list[tuple[int, str]]] = {}
        names: set[str] = set()
        for row, info in enumerate(infos, start=1):
            reason = _unsafe(info) or ("zip-ratio" if self._swells(info) else "")
            if reason:
                skipped.setdefault(reason, []).append((row, info.orig_filename))
            if reason in {"zip-path", "zip-link"} or info.is_dir():
                continue
            if info.filename in names:
                skipped.setdefault("zip-duplicate", []).append((row, info.filename))
            names.add(info.filename)
            members.append(Member(info.filename, info.file_size, info.CRC, row))
            kept[row] = info
        return tuple(members), kept, [_skipped(self._where, code, rows) for code, rows in skipped.items()]

    def _swells(self, info: zipfile.ZipInfo) -> bool:
        """Say whether a member promises more than the ratio allows; what really comes out is counted while reading."""
        return info.file_size > max(_RATIO_FROM, self._limits.archive_ratio * info.compress_size)

    def _note(self, code: str, found: str, expected: str, column: str) -> None:
        repair = "skipped, the rest is read"
        self.problems.append(Problem(self._where, code, found, expected, column, repair=repair, severity="error"))


def members(path: Path, limits: Limits, where: str) -> Archive:
    """Open an archive and look through its directory; nothing is unpacked yet.

    Args:
        path: the archive.
        limits: bounds on members, bytes and ratio.
        where: key of the source, for messages.

    Returns:
        An `Archive` for a ``with`` statement.

    Raises:
        LimitError: its directory holds more members than allowed.
        SourceError: it is empty, cut off, or no zip archive.
    """
    return Archive(path, limits, where)


def _unsafe(info: zipfile.ZipInfo) -> str:
    """Return the code of what speaks against a member, or an empty string."""
    name = info.orig_filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or "\0" in name or ".." in name.split("/"):
        return "zip-path"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "zip-link"
    return "zip-encrypted" if info.flag_bits & _ENCRYPTED else ""


_SAID = {
    "zip-path": ("a name that leads out of the archive", "names inside the archive", "skipped"),
    "zip-link": ("a symbolic link", "a file", "skipped"),
    "zip-encrypted": ("an encrypted member", "an open member", "listed, not read"),
    "zip-ratio": ("a member packed so tightly that it may be a bomb", "a usual ratio", "listed, not unpacked unless needed"),
    "zip-duplicate": ("a name that was there before", "each name once", "all are listed"),
}


def _skipped(where: str, code: str, rows: list[tuple[int, str]]) -> Problem:
    found, expected, repair = _SAID[code]
    shown = ", ".join(repr(name) for _, name in rows[:_EXAMPLES])
    severity: Severity = "info" if code in {"zip-duplicate", "zip-ratio"} else "warning"
    places = tuple(row for row, _ in rows[:5])
    return Problem(where, code, f"{found}: {shown}", expected, "", places, len(rows), repair, severity)


def _checked_size(path: Path, limits: Limits, where: str) -> int:
    """Return the archive's size; refuse a directory so large that merely listing it would fill the memory."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _END_SEARCH))
            tail = stream.read()
    except OSError as error:
        raise SourceError(where, f"cannot be opened ({error.strerror or error})") from error
    if not size:
        raise SourceError(where, "is empty, expected a zip archive")
    found = tail.rfind(_END)
    if found < 0 or len(tail) - found < _END_SIZE:
        raise SourceError(where, "is not a whole zip archive (its directory at the end is missing; is the file complete?)")
    directory, count = _directory(path, tail, found)
    if directory > max(limits.archive_members, 1024) * _ENTRY_BYTES:
        raise LimitError(where, f"has a directory of {directory:,} bytes, too many for {limits.archive_members:,} members")
    if count > limits.archive_members:
        raise LimitError(where, f"has {count:,} members, at most {limits.archive_members:,} are read")
    return size


def _directory(path: Path, tail: bytes, end: int) -> tuple[int, int]:
    """Return the declared size of the directory and number of members; a zip64 archive has a record of its own for them."""
    count, directory = struct.unpack_from("<HI", tail, end + 10)
    locator = end - _LOCATOR_SIZE
    if not {directory, count} & _IN_ZIP64 or locator < 0 or not tail.startswith(_LOCATOR, locator):
        return directory, count
    (offset,) = struct.unpack_from("<Q", tail, locator + 8)
    with path.open("rb") as stream:
        stream.seek(min(offset, 2**62))
        record = stream.read(_ZIP64_RECORD)
    if len(record) < _ZIP64_RECORD:
        return directory, count
    count, directory = struct.unpack_from("<QQ", record, 32)
    return directory, count
