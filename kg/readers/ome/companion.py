"""Companions: a ``.companion.ome`` and the OME-TIFFs that only point to it (``BinaryOnly``) are one source.

https://docs.openmicroscopy.org/ome-model/6.3.1/ome-tiff/specification.html#binaryonly ; files are told by their own words: the
first image description of a TIFF must name the companion.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from kg.readers.bundle import Bundle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from kg.readers.bundle import Folder

SUFFIX = ".companion.ome"

_TIFF = (".ome.tif", ".ome.tiff", ".ome.tf2", ".ome.tf8", ".ome.btf", ".tif", ".tiff")
_POINTS = re.compile(rb"""<(?:[\w.-]+:)?BinaryOnly\b[^>]*\bMetadataFile\s*=\s*["']([^"']+)["']""")
_IMAGE_DESCRIPTION = 270
_MOST_FILES = 10_000
_MOST_TAGS = 512
_MOST_BYTES = 16 * 1024


def gather(folder: Folder) -> Iterable[Bundle]:
    """Yield each companion with the TIFFs of its folder that only point to it."""
    companions = {name.encode(): name for name in folder.files if name.lower().endswith(SUFFIX)}
    if not companions:
        return
    found: dict[str, list[str]] = {name: [] for name in companions.values()}
    for name in [name for name in folder.files if name.lower().endswith(_TIFF)][:_MOST_FILES]:
        owner = companions.get(_pointed(folder.path / name))
        if owner:
            found[owner].append(name)
    for owner, members in found.items():
        if members:
            yield Bundle(owner, tuple(members))


def _pointed(path: Path) -> bytes:
    """Return the name of the file that a TIFF points to; empty where it holds its metadata itself, or is no TIFF."""
    try:
        with path.open("rb") as stream:
            for text in _descriptions(stream):
                match = _POINTS.search(text)
                if match:
                    return match[1]
    except (OSError, struct.error):
        return b""
    return b""


def _descriptions(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the start of each image description of the first page of a TIFF or BigTIFF."""
    head = stream.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        return
    (magic,) = struct.unpack_from(f"{order}H", head, 2)
    if magic == 42:  # noqa: PLR2004 - the number of TIFF; 43 is that of BigTIFF
        first, count, entry, place = struct.unpack_from(f"{order}I", head, 4)[0], f"{order}H", f"{order}HHI4s", f"{order}I"
    elif magic == 43:  # noqa: PLR2004
        first, count, entry, place = struct.unpack_from(f"{order}Q", head, 8)[0], f"{order}Q", f"{order}HHQ8s", f"{order}Q"
    else:
        return
    stream.seek(min(first, 2**62))
    (tags,) = struct.unpack(count, stream.read(struct.calcsize(count)))
    listed = [struct.unpack(entry, stream.read(struct.calcsize(entry))) for _ in range(min(tags, _MOST_TAGS))]
    for code, _, size, value in listed:
        if code == _IMAGE_DESCRIPTION and size > struct.calcsize(place):
            stream.seek(min(struct.unpack(place, value)[0], 2**62))
            yield stream.read(min(size, _MOST_BYTES))
