"""The nodes of a zarr hierarchy, zarr 2 and 3 in one shape: attributes beside what zarr itself says, ``ome`` not nested."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers import safe_json
from kg.readers.ome.zarr_grid import objects, text
from kg.readers.ome.zarr_store import ARRAY, ATTRIBUTES, CONSOLIDATED, GROUP, V3

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.ome.zarr_grid import Json
    from kg.readers.safe_json import JsonValue

TOP = "top"
"""What the top node is called where its path, which is empty, would be part of a name."""

_BARE = (
    ("plate", frozenset(("wells", "rows", "columns"))),
    ("omero", frozenset(("channels", "rdefs"))),
    ("image-label", frozenset(("colors", "source"))),
)
"""Key to the members by which an object is known that should stand below this key, and stands alone in a file."""


@dataclass(frozen=True, slots=True)
class Node:
    """A group or array.

    Attributes:
        path: from the top, without slashes at the ends; the top node's is empty.
        kind: ``group`` or ``array``.
        values: what zarr says of it, and its attributes; those below ``ome`` stand beside the others.
    """

    path: str
    kind: str
    values: Json

    @property
    def name(self) -> str:
        """Return its path; a word for the top node."""
        return self.path or TOP

    def what(self) -> str:
        """Return what OME-Zarr makes of it, or ``array`` or ``group``."""
        values = self.values
        for word, key in (
            ("label", "image-label"), ("image", "multiscales"), ("plate", "plate"), ("well", "well"), ("labels", "labels"),
            ("collection", "bioformats2raw.layout"), ("series", "series"), ("scene", "scene"),
        ):  # fmt: skip
            if key in values:
                return word
        return self.kind

    def version(self) -> str:
        """Return the version of OME-Zarr that it names, or an empty string."""
        places = [self.values, *objects(self.values.get("multiscales"))]
        places += [
            value for key in ("plate", "well", "image-label", "omero") if isinstance(value := self.values.get(key), dict)
        ]
        return next((version for place in places if (version := text(place.get("version")))), "")


@dataclass(slots=True)
class Nodes:
    """All nodes of a source, by path.

    Attributes:
        by_path: path to node, the top one first.
        problems: which objects were damaged.
        formats: the zarr formats met, ``2`` or ``3``.
    """

    by_path: dict[str, Node] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    formats: set[str] = field(default_factory=set)


def nodes_of(found: Mapping[str, bytes], limits: Limits, where: str) -> Nodes:
    """Return the nodes of the objects of a store; a damaged one is a Problem."""
    nodes = Nodes()
    parts: dict[str, dict[str, Json]] = {}
    for name, data in found.items():
        folder, _, file = name.rpartition("/")
        if file not in {V3, ATTRIBUTES, GROUP, ARRAY, CONSOLIDATED}:
            continue
        value = _parsed(data, limits, f"{where}/{name}", nodes.problems)
        if value is None:
            continue
        copy = _copies(file, value)
        for path, document in copy.items():
            below, _, kind = path.rpartition("/")
            parts.setdefault(posixpath.join(folder, below).strip("/"), {}).setdefault(f"copy {kind}", document)
        if file != CONSOLIDATED:
            parts.setdefault(folder, {})[file] = value
    for path in sorted(parts, key=lambda path: path.count("/") if path else -1):
        _add(nodes, path, parts[path])
    return nodes


def node_of_document(value: Json) -> Node:
    """Return the node that one JSON file alone describes, such as an example of the specification."""
    if "zarr_format" in value and ("node_type" in value or "attributes" in value):
        return _version_3("", value)
    if "multiscales" not in value:
        for key, members in _BARE:
            if members <= set(value):
                return Node("", "group", {key: value})
    return Node("", "array" if "chunks" in value and "shape" in value else "group", _lifted(value, {}))


def _parsed(data: bytes, limits: Limits, where: str, problems: list[Problem]) -> Json | None:
    try:
        document = safe_json.loads(data, limits, where)
    except LimitError:
        raise
    except SourceError as error:
        repair = "skipped, the rest is read"
        problems.append(Problem(where, "zarr-json", error.what[:300], "JSON", repair=repair, severity="error"))
        return None
    problems.extend(document.problems)
    if isinstance(document.value, dict):
        return document.value
    problems.append(Problem(where, "zarr-json", "JSON that is no object", "an object", repair="skipped", severity="error"))
    return None


def _copies(file: str, value: Json) -> dict[str, Json]:
    """Return what a node holds as copy of the metadata of others, by path."""
    holder = value if file == CONSOLIDATED else value.pop("consolidated_metadata", None) if file == V3 else None
    members = holder.get("metadata") if isinstance(holder, dict) else None
    if not isinstance(members, dict):
        return {}
    ending = f"/{V3}" if file == V3 else ""
    return {f"{path}{ending}": item for path, item in members.items() if isinstance(item, dict)}


def _add(nodes: Nodes, path: str, parts: Mapping[str, Json]) -> None:
    def part(name: str) -> Json | None:
        own = parts.get(name)
        return parts.get(f"copy {name}") if own is None else own

    third = part(V3)
    if third is not None:
        nodes.formats.add("3")
        nodes.by_path[path] = _version_3(path, third)
        return
    array, group = part(ARRAY), part(GROUP)
    nodes.formats.add("2")
    own = array if array is not None else group or {}
    nodes.by_path[path] = Node(path, "group" if array is None else "array", _lifted(part(ATTRIBUTES) or {}, own))


def _version_3(path: str, value: Json) -> Node:
    attributes = value.get("attributes")
    own = {key: item for key, item in value.items() if key != "attributes" or not isinstance(item, dict)}
    kind = "array" if value.get("node_type") == "array" else "group"
    return Node(path, kind, _lifted(attributes if isinstance(attributes, dict) else {}, own))


def _lifted(attributes: Json, own: Json) -> Json:
    """Return zarr's own members and the attributes as one object; of two members of one name the outer keeps its name."""
    lifted: Json = dict(own)
    inner = attributes.get("ome")
    for key, value in attributes.items():
        if key == "ome" and isinstance(inner, dict):
            continue
        lifted[key if key not in lifted else f"attributes.{key}"] = value
    for key, value in inner.items() if isinstance(inner, dict) else ():
        lifted[key if key not in lifted else f"ome.{key}"] = value
    return lifted


def joined(folder: str, path: JsonValue) -> str | None:
    """Return the path that a path names seen from a node; None where it is none, or leads out of the hierarchy.

    >>> joined("A/1", "0"), joined("0/labels/cells", "../../"), joined("", "../x")
    ('A/1/0', '0', None)
    """
    if not isinstance(path, str) or "\0" in path:
        return None
    whole = posixpath.normpath(posixpath.join("/", folder, path)) if not path.startswith("/") else posixpath.normpath(path)
    plain = posixpath.normpath(posixpath.join(folder, path)) if not path.startswith("/") else whole
    return None if plain.startswith("..") else whole.strip("/")
