"""The first image file directory of a TIFF, read with nothing but the standard library, so that a file is recognised cheaply.

TIFF 6.0 and BigTIFF: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
IMAGE_DESCRIPTION = 270

_MOST_ENTRIES = 4096
_MOST_BYTES = 64 * 1024
_ASCII, _BYTE, _UNDEFINED = 2, 1, 7


@dataclass(frozen=True, slots=True)
class _Form:
    """Where things stand in the header and in a directory."""

    order: str
    offset: str
    header: int
    count: str
    entry: str
    inline: int


_CLASSIC = ("I", 4, "H", "HHI4s", 4)
_BIG = ("Q", 8, "Q", "HHQ8s", 8)
_FARTHEST = 2**62  # beyond any file, and still an offset that systems take


def descriptions(stream: BinaryIO) -> list[bytes]:
    """Return the start (64 KiB) of each ImageDescription of the first page; Micro-Manager writes two of them.

    Raises:
        ValueError: it is no TIFF, or cut off or damaged before the end of the first directory.
    """
    form = _form(stream.read(4))
    stream.seek(form.header)
    (offset,) = _unpacked(stream, form.order + form.offset)
    stream.seek(min(offset, _FARTHEST))
    (count,) = _unpacked(stream, form.order + form.count)
    if not 0 < count <= _MOST_ENTRIES:
        raise ValueError(f"a directory of {count} tags")
    size = struct.calcsize(form.order + form.entry)
    block = stream.read(count * size)
    if len(block) < count * size:
        raise ValueError("a directory that is cut off")
    found = []
    for code, kind, length, value in struct.iter_unpack(form.order + form.entry, block):
        if code == IMAGE_DESCRIPTION and kind in {_ASCII, _BYTE, _UNDEFINED}:
            found.append(_value(stream, form, length, value).partition(b"\0")[0].strip())
    return found


def _form(magic: bytes) -> _Form:
    if magic not in MAGIC:
        raise ValueError("no TIFF")
    offset, header, count, entry, inline = _BIG if b"+" in magic else _CLASSIC
    return _Form("<" if magic.startswith(b"I") else ">", offset, header, count, entry, inline)


def _value(stream: BinaryIO, form: _Form, length: int, value: bytes) -> bytes:
    if length <= form.inline:
        return value[:length]
    stream.seek(min(struct.unpack(form.order + form.offset, value)[0], _FARTHEST))
    return stream.read(min(length, _MOST_BYTES))


def _unpacked(stream: BinaryIO, form: str) -> tuple[int, ...]:
    data = stream.read(struct.calcsize(form))
    try:
        return struct.unpack(form, data)
    except struct.error as error:
        raise ValueError("a file that is cut off") from error
