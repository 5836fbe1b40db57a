"""RSpace: a document of the notebook as XML (``doc_*.xml`` of an XML export), with its fields, comments and files.

The schema is ``documentSchema.xsd`` beside the documents of an export.

* The elements are those of any XML (`kg.readers.elements`), each kind named ``Rspace:<element>``; ``_entity`` is the document.
* Fields of a form are ``ExtraField``: ``key`` is its name, ``value`` a list (of the choices that were made), ``type`` as RSpace
  says it, ``raw`` whatever else stands there. Fields of running text are ``Rspace:text``.
* ``_body`` of the document is all its running text. Texts are HTML, and ``_plain.<column>`` has their words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import polars as pl

from kg.readers.elements import tables_of
from kg.readers.notebook.rich import with_plain
from kg.readers.safe_json import dumps
from kg.readers.safe_xml import load, root_name
from kg.table import ROW, Reading, Source, Table, is_content

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "rspace_xml"
RANK = 60
TITLE = "RSpace: document of a lab notebook as XML (doc_*.xml)"

DOCUMENT = "archivalDocument"
PREFIX = "Rspace:"
_RUNNING = f"{PREFIX}text"
_FIELD = "field"
_TEXT = "TEXT"
_OWN = ("fieldName", "fieldType", "fieldData")
_CHOSEN = "fieldSelectedChoices"


def claims(peek: Peek) -> bool:
    """Claim XML whose root is that of an RSpace document."""
    return is_document(peek.head)


def is_document(data: bytes) -> bool:
    """Say whether data begin as the XML of a document."""
    root = root_name(data[:4096])
    return root is not None and root.local == DOCUMENT


def read(source: Source, limits: Limits) -> Reading:
    """Read a document.

    Raises:
        SourceError: not valid XML.
        LimitError: beyond the limits.
    """
    frames = document(load(source.path, limits, source.key), limits, source.key, None)
    tables = {kind: Table(kind, frame.lazy()) for kind, frame in frames.items()}
    return Reading(NAME, tables, (), {"producer": "RSpace"})


def document(data: bytes, limits: Limits, where: str, entity: str | None) -> dict[str, pl.DataFrame]:
    """Return the tables of one document; errors as for `read`.

    Args:
        data: the XML.
        limits: as everywhere.
        where: key of the source, for messages.
        entity: what ``_entity`` says; None for the number that RSpace gave the document.
    """
    frames = tables_of(data, limits, where)
    tables = with_plain({kind: Table(kind, frame.lazy()) for kind, frame in frames.items() if kind != _FIELD}, limits)
    found = {f"{PREFIX}{kind}": table.frame.collect() for kind, table in tables.items()}
    if entity is None:
        told = frames[DOCUMENT]
        entity = (told["docId"][0] if "docId" in told.columns else None) or "document"
    if _FIELD in frames:
        found |= _fields(frames[_FIELD], limits)
    root = f"{PREFIX}{DOCUMENT}"
    found[root] = found[root].with_columns(pl.lit(_body(found.get(_RUNNING)), pl.String).alias("_body"))
    return {kind: frame.with_columns(pl.lit(entity).alias("_entity")) for kind, frame in found.items()}


def _body(texts: pl.DataFrame | None) -> str | None:
    """Return the running text of a document, each field under its name."""
    parts = []
    for row in texts.to_dicts() if texts is not None else ():
        words = _one(row.get("_plain.fieldData")) or _one(row.get("fieldData"))
        if words:
            parts.append("\n".join(filter(None, (_one(row.get("fieldName")), words))))
    return "\n\n".join(parts) or None


def _fields(frame: pl.DataFrame, limits: Limits) -> dict[str, pl.DataFrame]:
    """Return the fields of a document: running text, and what a form asks for."""
    rows = frame.to_dicts()
    texts = [row for row in rows if _one(row.get("fieldType")).upper() == _TEXT]
    found = {}
    if texts:
        kept = frame.filter(pl.Series([_one(row.get("fieldType")).upper() == _TEXT for row in rows]))
        found[_RUNNING] = with_plain({_RUNNING: Table(_RUNNING, kept.lazy())}, limits)[_RUNNING].frame.collect()
    if len(texts) < len(rows):
        found["ExtraField"] = _extra([row for row in rows if _one(row.get("fieldType")).upper() != _TEXT])
    return found


def _extra(rows: list[dict[str, object]]) -> pl.DataFrame:
    text = pl.String()
    return pl.DataFrame(
        [
            pl.Series(ROW, [row[ROW] for row in rows], pl.UInt32),
            pl.Series("_path", [row["_id"] for row in rows], text),
            pl.Series("key", [_one(row.get("fieldName")) or None for row in rows], text),
            pl.Series("type", [_one(row.get("fieldType")) or None for row in rows], text),
            pl.Series("raw", [_rest(row) for row in rows], text),
            pl.Series("value", [_values(_one(row.get("fieldData"))) for row in rows], pl.List(text)),
        ]
    )


def _values(data: str) -> list[str] | None:
    """Return what a field holds: one text, or the choices that were made."""
    if data.startswith(f"{_CHOSEN}="):
        return [value for name, value in parse_qsl(data) if name == _CHOSEN]
    return [data] if data else None


def _rest(row: Mapping[str, object]) -> str | None:
    """Return as JSON what else stands in a field; empty elements say nothing."""
    rest: dict[str, str] = {}
    for name, value in row.items():
        told = ", ".join(str(item) for item in value if item) if isinstance(value, list) else value
        if is_content(name) and name not in _OWN and isinstance(told, str) and told:
            rest[name] = told
    data = _one(row.get("fieldData"))
    if data.startswith(f"{_CHOSEN}="):
        rest["fieldData"] = data
    return dumps(dict(rest)) if rest else None


def _one(value: object) -> str:
    """Return the text of a cell, or of the first item of a list."""
    found = next(iter(value), None) if isinstance(value, list) else value
    return found if isinstance(found, str) else ""
