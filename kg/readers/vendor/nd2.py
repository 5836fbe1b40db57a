"""Nikon ND2: what the file says of image, channels, loops and planes, and its chunks of metadata; also such a chunk as XML.

The tables are those of a tree (`kg.readers.tree`) with these members:

* ``root``: attributes and texts of the image; ``started`` is the time of the first plane in universal time.
* ``channels``: a row per channel with its microscope and volume.
* ``experiment``: a row per loop; ``events``: a row per plane, as recorded.
* ``settings.`` of the root, and ``planes`` and ``detectors`` for each channel: what stands in a text (`nikon_text`).
* a table per other chunk, under its name. Lists that are written as members ``i0000000000`` are lists again.

A file of XML with the root ``variant`` (a chunk of an older file) has the tables of that chunk alone: elements named
``no_name`` or by number are rows of the table of the element around them.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.needs import needed
from kg.readers.safe_xml import iterparse, load, root_name, split_name
from kg.readers.tree import tables_of
from kg.readers.vendor.nikon_text import planes_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "nd2"
RANK = 30
TITLE = "Nikon ND2 (.nd2), also a metadata chunk of one as XML; metadata only"

_MAGIC = b"\xda\xce\xbe\x0a"
_JPEG = b"\x00\x00\x00\x0cjP  "
_VARIANT = "variant"
_RUNTYPE = b"runtype="
_ITEM = re.compile(r"i\d{10}")
_NUMBERED = re.compile(r"no_name|_?\d+")
_JULIAN_UNIX = 2440587.5
_LAST_DAY = 3000000.5  # of the year 3501
_DAY = 86400
_MOST_EVENTS = 50_000
_DEEPEST = 200

# What the library lets through from damaged files.
_DAMAGE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    NameError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    ImportError,
    SyntaxError,
    EOFError,
    struct.error,
    zlib.error,
)

Tree = dict[str, object]


def claims(peek: Peek) -> bool:
    """Claim ND2 by its first bytes, the oldest also by its name, and XML as its metadata are written."""
    if peek.head.startswith(_MAGIC):
        return True
    if peek.head.startswith(_JPEG):
        return peek.suffix == ".nd2"
    root = root_name(peek.head)
    return root is not None and root.local == _VARIANT and _RUNTYPE in peek.head


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a file.

    Raises:
        SourceError: damaged beyond what can be read.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        head = stream.read(len(_JPEG))
    if not head.startswith((_MAGIC, _JPEG)):
        tree = _variant(load(source.path, limits, source.key), limits, source.key)
        return Reading(NAME, tables_of(tree, limits, source.key, root=_VARIANT), (), {"format": "ND2 metadata XML"})
    problems: list[Problem] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library remarks on parts that older files do not have
        version, tree = _file(source, problems)
    tables = tables_of(tree, limits, source.key)
    return Reading(NAME, tables, tuple(problems), {"format": "ND2", "version": version})


def _file(source: Source, problems: list[Problem]) -> tuple[str, Tree]:
    """Return the version and everything that the file says; a part that is damaged is a Problem."""
    nd2 = needed("nd2", source.key, "bioimage-kg")
    try:
        with source.path.open("rb") as stream, nd2.ND2File(stream) as file:
            return ".".join(map(str, file.version)), _parts(file, source.key, problems)
    except _DAMAGE as error:
        raise SourceError(source.key, f"is damaged or cut off ({_said(error)})") from error


def _parts(file: Any, where: str, problems: list[Problem]) -> Tree:  # noqa: ANN401 - what the library returns has no types
    """Return what an open file says, without the parts that are empty."""

    def part(name: str, get: Callable[[], object]) -> Any:  # noqa: ANN401
        try:
            return _plain(get(), 0, where)
        except LimitError:
            raise
        except _DAMAGE as error:
            problems.append(Problem(where, "nd2-part", _said(error), f"readable {name}", column=name))
            return None

    texts = part("text_info", lambda: file.text_info) or {}
    tree: Tree = {"attributes": part("attributes", lambda: file.attributes), "text_info": texts}
    chunks = part("chunks", lambda: {**file.unstructured_metadata(), **file.custom_data}) or {}
    tree["started"] = _started(chunks)
    tree["channels"] = part("channels", lambda: [_channel(channel) for channel in file.metadata.channels or ()])
    tree["experiment"] = part("loops", lambda: file.experiment)
    tree["events"] = part("planes", lambda: file.events(orient="records")[:_MOST_EVENTS])
    tree["settings"], tree["planes"] = planes_of(str(texts.get("description", "")))
    for name, chunk in chunks.items():
        tree[name] = [chunk] if isinstance(chunk, Mapping) else chunk
    return {key: value for key, value in tree.items() if value not in (None, {}, [])}


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _started(chunks: Mapping[str, object]) -> str | None:
    """Return the time of the first plane in universal time, which the file counts in days."""
    for name in ("ImageMetadataSeqLV|0", "ImageMetadataSeq|0"):
        chunk = chunks.get(name)
        inner = chunk.get("SLxPictureMetadata", chunk) if isinstance(chunk, Mapping) else {}
        day = inner.get("TimeAbsolute") if isinstance(inner, Mapping) else None
        if isinstance(day, (int, float)) and _JULIAN_UNIX < day < _LAST_DAY:
            moment = datetime.datetime.fromtimestamp((day - _JULIAN_UNIX) * _DAY, datetime.UTC)
            return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return None


def _channel(channel: Any) -> Tree:  # noqa: ANN401
    """Return a channel with the numbers of its axes under their names."""
    cells: Tree = dataclasses.asdict(channel)
    volume = cells.get("volume")
    if isinstance(volume, dict):
        for name in ("axesCalibration", "axesCalibrated", "axesInterpretation", "voxelCount"):
            value = volume.get(name)
            if isinstance(value, Sequence) and not isinstance(value, str):
                volume[name] = dict(zip("xyz", value, strict=False))
    return cells


def _plain(value: object, depth: int, where: str) -> object:
    """Return a value of mappings, lists and scalars only."""
    if depth > _DEEPEST:
        raise LimitError(where, f"it is nested deeper than {_DEEPEST}")
    if hasattr(value, "_asdict"):  # a named tuple
        value = value._asdict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, Mapping):
        members = {str(key): _plain(item, depth + 1, where) for key, item in value.items()}
        return list(members.values()) if members and all(map(_ITEM.fullmatch, members)) else members
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).rstrip(b"\0").decode("utf-8", "backslashreplace")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item, depth + 1, where) for item in value]
    if hasattr(value, "tolist"):  # a number or an array of NumPy
        return _plain(value.tolist(), depth + 1, where)
    return value


def _variant(data: bytes, limits: Limits, where: str) -> Tree:
    """Return the tree of XML in which each element has a type and, if it is a leaf, a value."""
    stack: list[tuple[str, str | None, list[tuple[str, object]]]] = []
    top: Tree = {}
    for event, element in iterparse(data, limits, where):
        if event == "start":
            leaf = element.attrib.get("value")
            stack.append((split_name(element.tag).local, leaf, []))
            continue
        name, leaf, children = stack.pop()
        if children and leaf:
            children.append(("value", leaf))
        value: object = _joined(children) if children or leaf is None else leaf
        if stack:
            stack[-1][2].append((name, value))
        else:
            top = value if isinstance(value, dict) else {"item": value}
        element.clear()
    return top


def _joined(children: list[tuple[str, object]]) -> object:
    """Return children as a mapping, or as a list where they have numbers instead of names."""
    if children and all(_NUMBERED.fullmatch(name) for name, _ in children):
        return [value for _, value in children]
    members: Tree = {}
    for name, value in children:
        free, again = name, 2
        while free in members:
            free, again = f"{name}[{again}]", again + 1
        members[free] = value
    return members
