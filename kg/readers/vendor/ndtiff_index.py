"""The binary index of a NDTiff data set, and the JSON in its stacks.

https://github.com/micro-manager/NDTiffStorage ; an entry holds the place on the axes (JSON), the name of a stack, and where
in it the pixels and the JSON of the frame stand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.limits import Limits
from kg.readers.safe_json import JsonValue, loads
from kg.readers.tiff.mm import unwrapped

INDEX = "NDTiff.index"

_MAGIC = 483729
_SUMMARY_MAGIC = 2355492
_ENTRY = struct.Struct("<IiiiiIii")
_SMALL = Limits(json_depth=8)
_PIXEL_TYPES = ("8-bit", "16-bit", "8-bit RGB", "10-bit", "12-bit", "14-bit", "11-bit")


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame in an index: its place on the axes, what else is said, where its JSON stands, and where the entry ends."""

    axes: JsonValue
    cells: dict[str, str]
    offset: int
    length: int
    end: int


def entries(stream: BinaryIO) -> Iterator[Entry]:
    """Yield each entry, up to the first that is damaged or cut off."""
    while True:
        texts = []
        for _ in range(2):
            head = stream.read(4)
            size = int.from_bytes(head, "little") if len(head) == 4 else -1  # noqa: PLR2004 - bytes of the size
            text = stream.read(size) if 0 < size <= 65_536 else b""  # noqa: PLR2004 - longer than any axes or names
            if not text or len(text) < size:
                return
            texts.append(text)
        rest = stream.read(_ENTRY.size)
        if len(rest) < _ENTRY.size:
            return
        try:
            axes = loads(texts[0], _SMALL, INDEX).value
            name = texts[1].decode("utf-8")
        except (SourceError, UnicodeDecodeError):
            return
        _, width, height, kind, _, offset, length, packed = _ENTRY.unpack(rest)
        pixel = _PIXEL_TYPES[kind] if 0 <= kind < len(_PIXEL_TYPES) else str(kind)
        cells = {"FileName": name, "Width": str(width), "Height": str(height), "PixelType": pixel}
        yield Entry(axes, cells, offset, 0 if packed else length, stream.tell())


def frame_of(
    stream: BinaryIO, offset: int, length: int, where: str, limits: Limits, problems: list[Problem]
) -> dict[str, JsonValue]:
    """Return the JSON of a frame; nothing, with a Problem, where it is damaged."""
    if not 0 < length <= limits.cell_bytes:
        return {}
    stream.seek(offset)
    try:
        value = unwrapped(loads(stream.read(length).rstrip(b"\0"), limits, where).value)
    except LimitError:
        raise
    except SourceError as error:
        problems.append(Problem(where, "ndtiff-frame", error.what, "the JSON of a frame", repair="the rest is read"))
        return {}
    return value if isinstance(value, dict) else {}


def summary_of(stream: BinaryIO, where: str, limits: Limits, problems: list[Problem]) -> dict[str, JsonValue]:
    """Return the summary in the header of a stack; nothing where there is none."""
    stream.seek(0)
    head = stream.read(28)
    order = "<" if head.startswith(b"II") else ">"
    words = struct.unpack(f"{order}7I", head.ljust(28, b"\0"))
    for at in (4, 5):
        if words[2] == _MAGIC and words[at] == _SUMMARY_MAGIC and at + 1 < len(words):
            return frame_of(stream, 4 * (at + 2), words[at + 1], where, limits, problems)
    return {}
