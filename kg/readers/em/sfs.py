"""SFS, the file system in a file that Bruker BCF uses: finds one member and returns its bytes.

A fixed head names the size of chunks and the chunk where the list of members begins; each chunk starts with the number of the
next of its chain. A member has a table of the chunks that hold it; its bytes may be packed in zlib blocks.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import LimitError, SourceError
from kg.readers.em.native import text
from kg.readers.limits import Limits

MAGIC = b"AAMVHFSS"
_GEOMETRY, _LIST = 0x128, 0x140
_FIRST = 0x118  # where chunk 0 begins
_CHUNK_HEAD = 32
_ITEM = 512
_ITEM_NAME = slice(224, 480)
_PACKED = b"AACS"
_BLOCKS = 0x80
_BLOCK_HEAD = 16
_MOST_ITEMS = 100_000
_SMALLEST_CHUNK, _LARGEST_CHUNK = 64, 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    table: int
    size: int
    parent: int
    is_folder: bool


def member(stream: BinaryIO, path: str, limits: Limits, where: str) -> bytes:
    """Return the bytes of a member, unpacked.

    Args:
        stream: the whole file.
        path: folder and name, ``/`` between.
        limits: ``file_bytes`` bounds what is unpacked.
        where: key of the source, for messages.

    Raises:
        SourceError: no SFS file, damaged, or without such a member.
        LimitError: the member is larger than the limits allow.
    """
    try:
        files = _Files(stream, limits, where)
        return files.read(files.find(path))
    except (struct.error, zlib.error, OverflowError) as error:
        raise SourceError(where, f"is damaged or cut off as a container of Bruker ({error})") from error


class _Files:
    def __init__(self, stream: BinaryIO, limits: Limits, where: str) -> None:
        self._stream = stream
        self._limits = limits
        self._where = where
        if self._at(0, len(MAGIC)) != MAGIC:
            raise SourceError(where, "is no container of Bruker (SFS)")
        (self._chunk,) = struct.unpack("<I", self._at(_GEOMETRY, 4))
        first, count = struct.unpack("<II", self._at(_LIST, 8))
        if not _SMALLEST_CHUNK < self._chunk <= _LARGEST_CHUNK or count > _MOST_ITEMS:
            raise SourceError(
                where, f"is damaged as a container of Bruker (chunks of {self._chunk:,} bytes, {count:,} members)"
            )
        self._usable = self._chunk - _CHUNK_HEAD
        per_chunk = self._usable // _ITEM or 1
        listed = self._chain(first, math.ceil(count / per_chunk), per_chunk * _ITEM)
        self._items = [_item(listed[at * _ITEM : (at + 1) * _ITEM]) for at in range(count)]

    def find(self, path: str) -> _Item:
        """Return the member of a path."""
        for item in self._items:
            if not item.is_folder and self._path(item) == path:
                return item
        raise SourceError(self._where, f"holds no {path}, expected a file of Bruker")

    def read(self, item: _Item) -> bytes:
        """Return the bytes of a member."""
        if item.size > self._limits.file_bytes:
            raise LimitError(self._where, f"{item.name} has {item.size:,} bytes, at most {self._limits.file_bytes:,} are read")
        count = math.ceil(item.size / self._usable)
        per_chunk = self._usable // 4
        table = self._chain(item.table, math.ceil(count / per_chunk), per_chunk * 4)
        numbers = struct.unpack(f"<{count}I", table[: count * 4])
        data = b"".join(self._at(number * self._chunk + _FIRST + _CHUNK_HEAD, self._usable) for number in numbers)[: item.size]
        return self._unpacked(data, item.name) if data.startswith(_PACKED) else data

    def _unpacked(self, data: bytes, name: str) -> bytes:
        (blocks,) = struct.unpack_from("<I", data, 12)
        at, size, parts = _BLOCKS, 0, []
        for _ in range(blocks):
            (length,) = struct.unpack_from("<I", data, at)
            at += _BLOCK_HEAD
            unpack = zlib.decompressobj()
            parts.append(unpack.decompress(data[at : at + length], self._limits.file_bytes - size + 1))
            size += len(parts[-1])
            if size > self._limits.file_bytes:
                raise LimitError(self._where, f"{name} unpacks to more than {self._limits.file_bytes:,} bytes")
            at += length
        return b"".join(parts)

    def _chain(self, first: int, count: int, take: int) -> bytes:
        """Return the content of chunks that lead from one to the next."""
        parts, number = [], first
        for _ in range(count):
            place = number * self._chunk + _FIRST
            (number,) = struct.unpack("<I", self._at(place, 4))
            parts.append(self._at(place + _CHUNK_HEAD, take))
        return b"".join(parts)

    def _path(self, item: _Item) -> str:
        steps, seen = [item.name], 0
        while 0 <= item.parent < len(self._items) and seen <= len(self._items):
            item = self._items[item.parent]
            steps.append(item.name)
            seen += 1
        return "/".join(reversed(steps))

    def _at(self, place: int, count: int) -> bytes:
        self._stream.seek(place)
        return self._stream.read(count)


def _item(data: bytes) -> _Item:
    table, size = struct.unpack_from("<iQ", data)
    (parent,) = struct.unpack_from("<i", data, 40)
    return _Item(text(data[_ITEM_NAME]), table, size, parent, data[220] != 0)
