"""ImageJ regions: one region (.roi) or the zip archive of a region manager (RoiSet.zip); header and name, not the outline.

The layout is that of ``ij.io.RoiDecoder`` (https://github.com/imagej/ImageJ/blob/master/ij/io/RoiDecoder.java), big-endian.
A row of ``Class`` per type of region; the names, groups and positions of regions are told where they are few.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers import safe_zip
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.limits import Limits
from kg.readers.peek import ZIP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "imagej_roi"
RANK = 45
TITLE = "ImageJ regions of interest (.roi, RoiSet.zip)"

_MAGIC = b"Iout"
_TYPES = ("polygon", "rectangle", "oval", "line", "freehand line", "polyline", "none", "freehand", "traced", "angle", "point")
_HEADER = 64
_HEADER2 = 64
_MOST_NAME = 1_000
_KINDS = {"rectangle": carrier.BOXES, "point": carrier.POINTS}


def claims(peek: Peek) -> bool:
    """Claim the mark of a region, and an archive in which every member is named .roi."""
    if peek.head.startswith(_MAGIC):
        return True
    if not peek.head.startswith(ZIP) or b".roi" not in peek.head:
        return False
    try:
        with safe_zip.members(peek.source.path, Limits(), peek.source.key) as archive:
            names = [member.name for member in archive.members if not member.name.startswith("__MACOSX/")]
    except SourceError:
        return False
    return bool(names) and all(name.lower().endswith(".roi") for name in names)


def read(source: Source, limits: Limits) -> Reading:
    """Read the headers of all regions.

    Raises:
        SourceError: a single region is cut off, or an archive has none that can be read.
        LimitError: beyond the limits.
    """
    found = Carrier("ImageJ ROI", unit="pixel")
    broken = 0
    for name, data in _regions(source, limits, found):
        if not _region(found, name, data):
            broken += 1
    if not found.count:
        raise SourceError(source.key, "is cut off or damaged, expected regions of ImageJ")
    if broken:
        said = ("a region that is cut off", "a whole region")
        found.problems.append(Problem(source.key, "roi", *said, count=broken, repair="skipped", severity="error"))
    return found.reading(NAME, source, limits)


def _regions(source: Source, limits: Limits, found: Carrier) -> Iterator[tuple[str, bytes]]:
    with source.path.open("rb") as stream:
        head = stream.read(4)
        if head == _MAGIC:
            stream.seek(0)
            yield source.path.name, stream.read(limits.cell_bytes)
            return
    with safe_zip.members(source.path, limits, source.key) as archive:
        for member in archive.members:
            if member.name.startswith("__MACOSX/"):
                continue
            data = archive.try_read(member)
            if data is not None:
                yield member.name.rpartition("/")[2], data
        found.problems.extend(archive.problems)


def _region(found: Carrier, name: str, data: bytes) -> bool:
    """Count one region; False where it is none."""
    if not data.startswith(_MAGIC) or len(data) < _HEADER:
        return False
    version, kind = struct.unpack_from(">HB", data, 4)
    word = _TYPES[kind] if kind < len(_TYPES) else f"type {kind}"
    found.count += 1
    found.kinds(_KINDS.get(word, carrier.SHAPES))
    found.say("roi.type", word)
    found.say("roi.version", str(version))
    own = name[:-4] if name.lower().endswith(".roi") else name
    position, second = struct.unpack_from(">ii", data, 56)
    if position > 0:
        found.say("roi.position", str(position))
    if _HEADER <= second <= len(data) - _HEADER2:
        channel, z, t, at, length = struct.unpack_from(">5i", data, second + 4)
        for key, value in (("channel", channel), ("slice", z), ("frame", t)):
            if value > 0:
                found.say(f"roi.{key}", str(value))
        group = data[second + 30]
        if group:
            found.say("roi.group", str(group))
        if 0 < length <= _MOST_NAME and 0 < at <= len(data) - 2 * length:
            own = data[at : at + 2 * length].decode("utf-16-be", "replace")
    found.say("roi.name", own)
    return True
