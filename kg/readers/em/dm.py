"""Gatan DigitalMicrograph (DM3, DM4): all tags, in the words of the program; pixels are never read.

The tables are those of `kg.readers.tree`: ``ImageList`` has a row per image, ``Dimension`` a row per calibrated axis.
Derived columns of ``ImageList``: ``_thumbnail`` (whether ``Thumbnails`` names it), ``_acquired`` (the time of the operating
system, in UTC), ``_size_x`` to ``_size_z``, and ``_scale_x`` with ``_unit_x`` and so on for axes that have a unit.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from kg.problem import Problem
from kg.readers.em.dm_tags import Tags, read_tags
from kg.readers.em.native import moment, with_derived
from kg.readers.limits import Limits
from kg.readers.peek import Peek
from kg.readers.tree import tables_of
from kg.table import Reading, Source

NAME = "dm"
RANK = 30
TITLE = "Gatan DigitalMicrograph (.dm3, .dm4); metadata only"

_IMAGES = "ImageList"
_AXES = "xyz"
_SHOWN = 10
_FROM_1601 = 11_644_473_600  # seconds to 1970


def claims(peek: Peek) -> bool:
    """Claim what begins with version 3 or 4, a byte order of 0 or 1, and a group of tags."""
    head = peek.head
    if head[:4] == b"\0\0\0\x03":
        return head[8:11] == b"\0\0\0" and head[11:12] in {b"\0", b"\1"} and set(head[12:14]) <= {0, 1}
    if head[:4] == b"\0\0\0\x04":
        return head[12:15] == b"\0\0\0" and head[15:16] in {b"\0", b"\1"} and set(head[16:18]) <= {0, 1}
    return False


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the tag tree; of a file that is cut off, those of the tags before the cut, with a Problem.

    Raises:
        SourceError: no such file, or damaged before the first tag.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        tags = read_tags(stream, size, source.key)
    tables = tables_of(tags.root, limits, source.key)
    images = _images(tags)
    if _IMAGES in tables and images:
        thumbnails = {str(_at(one, "ImageIndex")) for one in _list(_at(tags.root, "Thumbnails"))} if len(images) > 1 else set()
        tables[_IMAGES] = with_derived(tables[_IMAGES], _derived(images, thumbnails))
    problems: tuple[Problem, ...] = ()
    if tags.cut:
        found = f"a file that ends or breaks after {tags.count:,} tags ({tags.cut})"
        problems = (Problem(source.key, "dm-cut", found, "a whole file", repair="what stands before is read"),)
    return Reading(NAME, tables, problems, _facts(tags))


def _facts(tags: Tags) -> dict[str, str]:
    facts = {"version": f"DM{tags.version}", "tags": str(tags.count)}
    if tags.arrays:
        shown = [f"{path} ({count:,})" for path, count in list(tags.arrays.items())[:_SHOWN]]
        facts["arrays_not_read"] = ", ".join(shown) + (" and others" if len(tags.arrays) > _SHOWN else "")
    return facts


def _images(tags: Tags) -> list[Mapping[str, object]]:
    images = tags.root.get(_IMAGES) if isinstance(tags.root, Mapping) else None
    return [image for image in images if isinstance(image, Mapping)] if isinstance(images, list) else []


def _at(value: object, *path: str) -> object:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _list(value: object) -> list[object]:
    """Return the values of a group whose members have no name."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, Mapping) else []


def _derived(images: list[Mapping[str, object]], thumbnails: set[str]) -> dict[str, list[str | None]]:
    """Return what a mapping cannot work out row by row."""
    columns: dict[str, list[str | None]] = {}

    def put(name: str, value: object) -> None:
        columns.setdefault(name, []).append(None if value is None else str(value))

    for place, image in enumerate(images):
        put("_thumbnail", "true" if str(place) in thumbnails else "false")
        put("_acquired", _moment(_at(image, "ImageTags", "DataBar", "Acquisition Time (OS)")))
        sizes = _list(_at(image, "ImageData", "Dimensions"))
        axes = _list(_at(image, "ImageData", "Calibrations", "Dimension"))
        for at, axis in enumerate(_AXES):
            unit = _at(axes[at], "Units") if at < len(axes) else None
            put(f"_size_{axis}", sizes[at] if at < len(sizes) else None)
            put(f"_scale_{axis}", _at(axes[at], "Scale") if unit else None)
            put(f"_unit_{axis}", unit or None)
    return columns


def _moment(ticks: object) -> str | None:
    """Return a Windows file time (100 ns since 1601, UTC) as a date and time; None where there is none."""
    try:
        return moment(float(str(ticks)) / 1e7 - _FROM_1601)
    except ValueError:
        return None
