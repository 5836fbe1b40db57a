"""What the JSON interfaces of OMERO answer: projects, datasets, images, screens, plates, wells, and annotations.

https://docs.openmicroscopy.org/omero/latest/developers/json-api.html ; objects have an ``@type`` of the OME model of 2016-06
and a whole number as ``@id`` (no identifier beyond its server), and stand alone or in a list under ``data``. The web client
answers lists named ``annotations``, ``plates`` and so on, whose members have ``id`` and ``class``.

* A table per type (``Image``, ``Screen``), the objects below one as `kg.readers.tree` makes them: ``Channels``,
  ``WellSamples``, and columns such as ``Pixels.PhysicalSizeX.Value``. An object without type is in the table of its list.
* The pairs of a map annotation are rows of ``pairs`` with ``K`` and ``V``; ``_annotation`` is the ID of the annotation. Tables
  of annotations have ``_about``, what they are attached to, such as ``screen/102``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.readers.safe_json import loads
from kg.readers.safe_xml import load
from kg.readers.tree import ROOT, tables_of
from kg.table import Reading, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.readers.safe_json import JsonValue
    from kg.table import Source

    Json = dict[str, JsonValue]

NAME = "omero_json"
RANK = 25
TITLE = "Answers of the JSON interfaces of OMERO"

PAIRS = "pairs"

_TYPE = re.compile(r"openmicroscopy\.org/Schemas/(?:OME|ROI|SPW|SA)/[\w-]+#(\w+)")
_HEAD = re.compile(
    r'"@type"\s*:\s*"https?://www\.openmicroscopy\.org/Schemas/\w+/[\w-]+#\w+"|"permsCss"\s*:|"class"\s*:\s*"\w+Annotation(?:I|Wrapper)"'
)
_LIST = re.compile(r'^\{\s*"(?:data|annotations|experimenters|plates|datasets|projects|screens|images)"\s*:')


def claims(peek: Peek) -> bool:
    """Say whether it is JSON that begins as an answer of OMERO does, or as one object of such an answer."""
    head = peek.text.lstrip()
    if not head.startswith("{") or _HEAD.search(head) is None:
        return False
    return _LIST.match(head) is not None or re.match(r'^\{\s*"@(?:type|id)"', head) is not None


def read(source: Source, limits: Limits) -> Reading:
    """Read an answer.

    Raises:
        SourceError: not JSON, or no object.
        LimitError: beyond the limits.
    """
    document = loads(load(source.path, limits, source.key), limits, source.key)
    if not isinstance(document.value, dict):
        raise SourceError(source.key, "is JSON but no answer of OMERO: the document is not an object")
    listed: dict[str, list[JsonValue]] = {}
    rest: Json = {}
    for name, value in ({"data": document.value} if "@type" in document.value else document.value).items():
        members = [value] if isinstance(value, dict) and (name == "data" or "@type" in value) else value
        if isinstance(members, list) and members and all(isinstance(member, dict) for member in members):
            for member in members:
                _with_pairs(member)
                listed.setdefault(_kind(member, name), []).append(member)
        else:
            rest[name] = value
    tables = tables_of({**rest, **listed}, limits, source.key)
    found = {kind: _completed(table) for kind, table in tables.items() if kind != ROOT or rest}
    facts = {kind: str(len(members)) for kind, members in listed.items()}
    return Reading(NAME, found, document.problems, facts)


def _kind(member: JsonValue, name: str) -> str:
    kind = member.get("@type") if isinstance(member, dict) else None
    match = _TYPE.search(kind) if isinstance(kind, str) else None
    return match[1] if match else name


def _with_pairs(member: JsonValue) -> None:
    """Name the two parts of each pair of a map annotation, here and in what is attached to an object."""
    todo = [member]
    while todo:
        here = todo.pop()
        if not isinstance(here, dict):
            continue
        for name in ("values", "Value"):
            value = here.get(name)
            if isinstance(value, list) and value and all(_is_pair(item) for item in value):
                here[PAIRS] = [{"K": item[0], "V": item[1]} for item in value if isinstance(item, list)]
                del here[name]
        todo.extend(
            item for name in ("Annotations", "annotations") if isinstance(list_ := here.get(name), list) for item in list_
        )


def _is_pair(value: JsonValue) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value)  # noqa: PLR2004


def _completed(table: Table) -> Table:
    """Return a table with what its place implies."""
    frame = table.frame
    columns = frame.collect_schema()
    if table.kind == PAIRS:
        frame = frame.with_columns(pl.col("_parent").alias("_annotation"))
    if columns.get("link.parent.class") == columns.get("link.parent.id") == pl.String:
        kind = pl.col("link.parent.class").str.strip_suffix("I").str.to_lowercase()
        frame = frame.with_columns(pl.concat_str([kind, pl.lit("/"), pl.col("link.parent.id")]).alias("_about"))
    return Table(table.kind, frame)
