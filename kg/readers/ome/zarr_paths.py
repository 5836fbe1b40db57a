"""Paths of a zarr hierarchy: what the attributes of a group lead to, and which names a file system can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.readers.ome.zarr_grid import objects
from kg.readers.ome.zarr_nodes import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.ome.zarr_grid import Json
    from kg.readers.safe_json import JsonValue

OME = "OME"
"""Group in which bioformats2raw leaves the list of images and their OME-XML."""

_ODD = '\\:*?"<>|' + "".join(map(chr, range(32)))
_LONGEST = 200


def below(path: str, values: Json) -> Iterator[tuple[str, bool]]:
    """Yield the paths that the attributes of a group lead to, and whether each is a group."""
    for image in objects(values.get("multiscales")):
        yield from _paths(path, [dataset.get("path") for dataset in objects(image.get("datasets"))], is_group=False)
        if "image-label" not in values:
            yield from _paths(path, ["labels"], is_group=True)
    labels, series = values.get("labels"), values.get("series")
    if isinstance(labels, list):
        yield from _paths(path, labels, is_group=True)
    if isinstance(series, list):
        above = path.rpartition("/")[0]
        yield from _paths(above, series, is_group=True)
    for key, members in (("plate", "wells"), ("well", "images")):
        holder = values.get(key)
        if isinstance(holder, dict):
            yield from _paths(path, [member.get("path") for member in objects(holder.get(members))], is_group=True)
    if "bioformats2raw.layout" in values:
        yield from _paths(path, [OME], is_group=True)


def _paths(folder: str, named: list[JsonValue], *, is_group: bool) -> Iterator[tuple[str, bool]]:
    """Yield the paths that are named seen from a folder; those that lead out of the store are left out."""
    for name in named:
        path = joined(folder, name)
        if path and not is_odd(path):
            yield path, is_group


def is_odd(path: str) -> bool:
    r"""Say whether a path has a part that a file system would read as something else.

    >>> is_odd("A/1/0"), is_odd("A/../B"), is_odd(r"C:\x")
    (False, True, True)
    """
    parts = path.split("/")
    return any(part in {"", ".", ".."} or set(part) & set(_ODD) or len(part) > _LONGEST for part in parts)


def at(path: str, name: str) -> str:
    """Return the path of an object of a node."""
    return f"{path}/{name}" if path else name


def folder_name(name: str) -> str:
    """Return the last part of an address as the name of a folder."""
    return name if not is_odd(name) else "fetched.zarr"


def flat(attributes: Json) -> Json:
    """Return attributes with those below ``ome`` beside the others."""
    inner = attributes.get("ome")
    return {**attributes, **inner} if isinstance(inner, dict) else attributes
