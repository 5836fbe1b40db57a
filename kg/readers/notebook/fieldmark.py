"""Fieldmark: records of a notebook for field work as RSpace takes them over (``notebookDTO`` JSON, also gzipped).

``records`` has a row per record, ``fields`` a row per field of one, its name in ``_key`` (`kg.readers.tree`). A photograph in
base64 is not kept: its cell says so in words, ``<column>.media_type`` and ``<column>.bytes`` what it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.readers.safe_json import Number, loads
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.readers.safe_json import JsonValue

NAME = "fieldmark"
RANK = 60
TITLE = "Fieldmark: records of a field notebook as JSON"

_MAPS = frozenset({"records", "records.fields", "fields"})
_LEAST = 1024
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")
_MEDIA = (
    ("/9j/", "image/jpeg"),
    ("iVBORw0KGgo", "image/png"),
    ("R0lGOD", "image/gif"),
    ("SUkq", "image/tiff"),
    ("JVBER", "application/pdf"),
)


def claims(peek: Peek) -> bool:
    """Claim a JSON object with records and the field types of Fieldmark."""
    head = peek.head
    return peek.text.lstrip().startswith("{") and b'"records"' in head and b'"fields"' in head and b'"fieldValue"' in head


def read(source: Source, limits: Limits) -> Reading:
    """Read a notebook.

    Raises:
        SourceError: not JSON.
        LimitError: beyond the limits.
    """
    document = loads(load(source.path, limits, source.key), limits, source.key)
    return Reading(NAME, tables_of(_without_bytes(document.value), limits, source.key, is_map=_is_map), document.problems)


def _is_map(path: str, members: Mapping[str, object]) -> bool:
    del members
    return path in _MAPS


def _without_bytes(value: JsonValue) -> JsonValue:
    """Return a tree in which the bytes of files are words about them."""
    if isinstance(value, list):
        return [_without_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, JsonValue] = {}
    for name, item in value.items():
        media = _media_type(item) if isinstance(item, str) and not isinstance(item, Number) else ""
        if media:
            size = len(str(item)) * 3 // 4
            found |= {name: f"({size:,} bytes of {media}, not kept)", f"{name}.media_type": media, f"{name}.bytes": str(size)}
        else:
            found[name] = _without_bytes(item)
    return found


def _media_type(text: str) -> str:
    """Return what a long base64 text holds, by its first bytes; empty for any other text."""
    if len(text) < _LEAST or not _BASE64.fullmatch(text):
        return ""
    return next((media for start, media in _MEDIA if text.startswith(start)), "application/octet-stream")
