"""Where the metadata objects of a zarr hierarchy lie: in a folder, in a zip archive, or in one JSON file; never a chunk.

Zarr 2 keeps ``.zgroup``, ``.zarray``, ``.zattrs`` (and a copy of all in ``.zmetadata``), zarr 3 one ``zarr.json`` per node. A
folder below an array holds chunks only and is never listed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers import safe_zip
from kg.readers.safe_xml import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.readers.limits import Limits
    from kg.table import Source

V3 = "zarr.json"
GROUP, ARRAY, ATTRIBUTES, CONSOLIDATED = ".zgroup", ".zarray", ".zattrs", ".zmetadata"
OME_XML = "METADATA.ome.xml"
CRATE = "ro-crate-metadata.json"
NODE_FILES = (V3, ATTRIBUTES, GROUP, ARRAY, CONSOLIDATED)
FILES = (*NODE_FILES, OME_XML, CRATE)

MOST_FOLDERS = 50_000
_MOST_ENTRIES = 500_000
_MOST_DEPTH = 12
_HEAD = 4 * 1024 * 1024
_IS_ARRAY = re.compile(rb'"node_type"\s*:\s*"array"')
_NUMBER = re.compile(r"(\d+)")


@dataclass(slots=True)
class Store:
    """The metadata objects of one source.

    Attributes:
        objects: path inside the hierarchy (``A/1/0/.zattrs``) to the bytes.
        problems: what could not be read, or was left out.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def is_zarr(files: Sequence[str]) -> bool:
    """Say by the names of its files whether a folder is a node of a zarr hierarchy."""
    return any(name in files for name in NODE_FILES)


def natural(name: str) -> list[tuple[int, int, str]]:
    """Return a sorting key by which ``10`` comes after ``9``.

    >>> sorted(["A/10", "A/9", "B/1"], key=natural)
    ['A/9', 'A/10', 'B/1']
    """
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _NUMBER.split(name)]


def metadata_files(top: Path, *, most: int = MOST_FOLDERS) -> Iterator[Path]:
    """Yield the metadata objects of a hierarchy in order of the paths; links are not followed, arrays are not entered.

    Args:
        top: folder of the top node.
        most: at most so many folders are looked into.
    """
    entries = _MOST_ENTRIES
    todo = [(top, 0)]
    while todo and most > 0:
        here, depth = todo.pop()
        most -= 1
        found = [here / name for name in FILES if (here / name).is_file()]
        yield from found
        if depth >= _MOST_DEPTH or entries <= 0 or _holds_chunks(here, found):
            continue
        below = []
        with os.scandir(here) as listed:
            for entry in listed:
                entries -= 1
                if entries <= 0:
                    break
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                    below.append(entry.name)
        todo.extend((here / name, depth + 1) for name in sorted(below, key=natural, reverse=True))


def _holds_chunks(here: Path, found: Sequence[Path]) -> bool:
    names = {path.name for path in found}
    if ARRAY in names:
        return True
    if V3 not in names:
        return False
    with (here / V3).open("rb") as stream:
        return _IS_ARRAY.search(stream.read(_HEAD)) is not None


def of_folder(source: Source, limits: Limits) -> Store:
    """Return the objects below a folder.

    Raises:
        SourceError: there are none.
    """
    store = Store()
    members = list(source.parts) or list(metadata_files(source.path))
    for path in members:
        name = path.relative_to(source.path).as_posix()
        try:
            store.objects[name] = load(path, limits, f"{source.key}/{name}")
        except SourceError as error:
            store.problems.append(_unread(source.key, name, error.what))
    if not store.objects:
        said = f" ({store.problems[0]})" if store.problems else ""
        raise SourceError(source.key, f"has no metadata of a zarr hierarchy that can be read{said}")
    if len(members) >= MOST_FOLDERS:
        store.problems.append(
            Problem(source.key, "zarr-size", "a very large hierarchy", f"at most {MOST_FOLDERS:,} nodes", severity="error")
        )
    return store


def of_archive(source: Source, limits: Limits) -> Store:
    """Return the objects of a zip archive; a folder around a single hierarchy is left out of the paths.

    Raises:
        SourceError: it is damaged, or holds none.
        LimitError: it is beyond the limits.
    """
    store = Store()
    with safe_zip.members(source.path, limits, source.key) as archive:
        wanted = {m.name: m for m in archive.members if m.name.rpartition("/")[2] in FILES}
        inside = top_of(wanted)
        for name in sorted(wanted, key=natural):
            data = archive.try_read(wanted[name])
            if data is not None and name.startswith(inside):
                store.objects[name.removeprefix(inside)] = data
        store.problems.extend(archive.problems)
    if not any(name.rpartition("/")[2] in NODE_FILES for name in store.objects):
        said = f" ({store.problems[0]})" if store.problems else ""
        raise SourceError(source.key, f"has no metadata of a zarr hierarchy that can be read{said}")
    return store


def top_of(names: Sequence[str] | Mapping[str, object]) -> str:
    """Return the folder, with its ``/``, in which all nodes of an archive lie; empty where there are several.

    >>> top_of(["a.zarr/.zattrs", "a.zarr/0/.zarray"]), top_of(["a.zarr/.zattrs", "b.zarr/.zattrs"])
    ('a.zarr/', '')
    """
    nodes = [name for name in names if name.rpartition("/")[2] in NODE_FILES]
    folders = sorted((name.rpartition("/")[0] for name in nodes), key=len)
    if not folders or not folders[0]:
        return ""
    inside = f"{folders[0]}/"
    return inside if all(name.startswith(inside) for name in nodes) else ""


def _unread(where: str, name: str, said: str) -> Problem:
    return Problem(
        where, "zarr-member", said[:300], "readable metadata", name, repair="skipped, the rest is read", severity="error"
    )
