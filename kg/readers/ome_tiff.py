"""OME-TIFF: the OME-XML of the first page's ImageDescription, and the other tags of that page; pixels are never read.

https://docs.openmicroscopy.org/ome-model/6.3.1/ome-tiff/ ; the tables are those of `kg.readers.ome_xml` and one more,
``TiffFile``: one row with the byte order, the number of pages and each tag of the first page under its TIFF name, as text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.ome_elements import OME_NAMESPACE, ROOT
from kg.readers.ome_xml import document_of, followed
from kg.readers.safe_xml import load, root_name
from kg.readers.tiff.directory import IMAGE_DESCRIPTION, MAGIC, descriptions
from kg.readers.tiff.tags import Remarks, Tag, Texts, Tiff, content_of, layout, opened, page_count, raw
from kg.table import ROW, Reading, Source

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "ome_tiff"
RANK = 10
TITLE = "OME-TIFF (.ome.tif, also .gz), also BigTIFF; metadata only"

TABLE = "TiffFile"

_SUFFIXES = (".ome.tif", ".ome.tiff", ".ome.tf2", ".ome.tf8", ".ome.btf")
_HEAD_BYTES = 64 * 1024
_OME_IN_HEAD = re.compile(rb"<(?:[\w.-]+:)?OME\s[^>]*openmicroscopy\.org/")
_UTF_16_DECLARED = re.compile(rb"""\A<\?xml[^>]*encoding=["']utf-16["'][^>]*\?>""", re.IGNORECASE)


def claims(peek: Peek) -> bool:
    """Return whether it is a TIFF with OME-XML as its description; by name alone if it is a TIFF too damaged to look."""
    if not peek.head.startswith(MAGIC):
        return False
    if _OME_IN_HEAD.search(peek.head):
        return True
    named = peek.name.endswith(_SUFFIXES)
    packed = peek.source.path.name.lower().endswith(".gz")
    try:
        # what is packed can be looked into only as far as the head goes
        with io.BytesIO(peek.head) if packed else peek.source.path.open("rb") as stream:
            return any(map(_is_ome, descriptions(stream)))
    except (ValueError, OSError):
        return named


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the embedded OME-XML, and of its companion if it is only a pointer to one, and ``TiffFile``.

    Raises:
        SourceError: it is damaged, or has no valid OME-XML in its first page.
        LimitError: the OME-XML, or what gzip unpacks, is beyond the limits.
    """
    with opened(content_of(source.path, limits, source.key), source.key) as (tiff, remarks):
        data = _ome_xml(tiff, remarks, source.key)
        row, problems, left_out = _first_page(tiff, source.key)
        said = remarks.problems(source.key)
    declared, data = _as_single_bytes(data, source.key)
    document = followed(document_of(data, source.key, limits), source, limits, _companion_xml)
    return replace(
        document,
        frames={**document.frames, TABLE: row},
        facts={**document.facts, **({"tags_not_read": ", ".join(left_out)} if left_out else {})},
        problems=(*said, *problems, *declared, *document.problems),
    ).reading(NAME)


def _companion_xml(path: Path, limits: Limits, where: str) -> bytes:
    """Return the OME-XML of a companion, which may be OME-XML itself or the master OME-TIFF of a set."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic not in MAGIC:
        return load(path, limits, where)
    with opened(path, where) as (tiff, remarks):
        return _as_single_bytes(_ome_xml(tiff, remarks, where), where)[1]


def _descriptions(tiff: Tiff) -> Iterator[bytes]:
    """Yield the bytes of each ImageDescription of the first page; Micro-Manager writes two."""
    for tag in tiff.pages.first.tags:
        if tag.code == IMAGE_DESCRIPTION:
            yield raw(tiff, tag).partition(b"\0")[0].strip()


def _is_ome(description: bytes) -> bool:
    """Return whether a description is OME-XML, even if it is damaged further on."""
    root = root_name(description[:_HEAD_BYTES])
    if root is None:
        return _OME_IN_HEAD.search(description[:_HEAD_BYTES]) is not None
    return root.local == ROOT and (not root.namespace or OME_NAMESPACE.match(root.namespace) is not None)


def _ome_xml(tiff: Tiff, remarks: Remarks, where: str) -> bytes:
    """Return the OME-XML of an open file."""
    for description in _descriptions(tiff):
        if _is_ome(description):
            return description
    damage = f"; the TIFF structure is damaged or cut off ({remarks.texts[0][:200]})" if remarks.texts else ""
    raise SourceError(where, f"the ImageDescription of the first page holds no OME-XML{damage}")


def _as_single_bytes(data: bytes, where: str) -> tuple[tuple[Problem, ...], bytes]:
    """Return XML whose declaration says UTF-16 as the UTF-8 that a TIFF text must be; .NET programs declare it wrongly."""
    declared = _UTF_16_DECLARED.match(data)
    if not declared:
        return (), data
    problem = Problem(
        where,
        "encoding",
        "an XML declaration of UTF-16 in a TIFF text of single bytes",
        "UTF-8",
        column="ImageDescription",
        repair="read as UTF-8",
        severity="info",
    )
    return (problem,), b" " * declared.end() + data[declared.end() :]


def _first_page(tiff: Tiff, where: str) -> tuple[pl.DataFrame, list[Problem], list[str]]:
    """Return table ``TiffFile`` (what the first page says beside the OME-XML), its problems, and what was left out."""

    def is_xml(tag: Tag) -> bool:
        return tag.code == IMAGE_DESCRIPTION and _is_ome(raw(tiff, tag).partition(b"\0")[0].strip())

    texts = Texts(tiff, where)
    pages = page_count(tiff, where)
    cells = layout(tiff) | ({"Pages": str(pages)} if isinstance(pages, int) and pages else {})
    cells |= texts.cells(tiff.pages.first, is_xml)
    columns = {ROW: [1], "_id": [TABLE], **{name: [cell] for name, cell in cells.items()}}
    frame = pl.DataFrame(columns, {name: pl.UInt32 if name == ROW else pl.String for name in columns})
    return frame, [*texts.problems, *([pages] if isinstance(pages, Problem) else [])], texts.left_out
