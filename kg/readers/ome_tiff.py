"""OME-TIFF: the OME-XML of the first page's ImageDescription, and the other tags of that page; pixels are never read.

https://docs.openmicroscopy.org/ome-model/6.3.1/ome-tiff/ ; the tables are those of `kg.readers.ome_xml` and one more,
``TiffFile``: one row with the byte order, the number of pages and each tag of the first page under its TIFF name, as text.
"""

from __future__ import annotations

import logging
import re
import struct
import threading
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

import polars as pl
import tifffile

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.ome_elements import OME_NAMESPACE, ROOT
from kg.readers.ome_xml import document_of, followed
from kg.readers.safe_xml import load, root_name
from kg.table import ROW, Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "ome_tiff"
RANK = 10
TITLE = "OME-TIFF (.ome.tif), also BigTIFF; metadata only"

TABLE = "TiffFile"

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SUFFIXES = (".ome.tif", ".ome.tiff", ".ome.tf2", ".ome.tf8", ".ome.btf")
_HEAD_BYTES = 64 * 1024
_OME_IN_HEAD = re.compile(rb"<(?:[\w.-]+:)?OME\s[^>]*openmicroscopy\.org/")
_UTF_16_DECLARED = re.compile(rb"""\A<\?xml[^>]*encoding=["']utf-16["'][^>]*\?>""", re.IGNORECASE)

_IMAGE_DESCRIPTION = 270
_ASCII = 2
_BYTES = (1, 7)  # BYTE and UNDEFINED, in which vendors keep texts
_PIXEL_TAGS = frozenset((273, 279, 288, 289, 324, 325, 330, 513, 514))  # where pixels and sub-images lie
_MOST_VALUES = 64  # more numbers than this are a colour map or the like
_MOST_PAGES = 10_000
_FEW_BYTES = 8  # a byte value this short is a number or some, not a text
_RATIONALS = (5, 10)
_CONTROL = re.compile(r"[^\t\n\r -\x7e\x85\xa0-\U0010ffff]")

# What tifffile lets through from damaged files, besides its own error.
_DAMAGE = (
    OSError,
    ValueError,
    struct.error,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    AssertionError,
)


class _Remarks(logging.Filter):
    """Keeps what tifffile says about a file away from the log; only for the thread that reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the record over, unless another thread wrote it."""
        if record.thread != self._thread:
            return True
        self.texts.append(record.getMessage())
        return False


@contextmanager
def _opened(path: Path, where: str) -> Iterator[tuple[tifffile.TiffFile, _Remarks]]:
    """Open a TIFF file.

    Raises:
        SourceError: it cannot be opened, or turns out damaged while it is open.
    """
    remarks = _Remarks()
    log = logging.getLogger("tifffile")
    log.addFilter(remarks)
    try:
        with tifffile.TiffFile(path) as tiff:
            yield tiff, remarks
    except SourceError:
        raise
    except FileNotFoundError as error:
        raise SourceError(where, "cannot be read: there is no such file") from error
    except _DAMAGE as error:
        said = "; ".join([*remarks.texts[:2], str(error)])[:300]
        raise SourceError(where, f"the TIFF structure is damaged or cut off ({said})") from error
    finally:
        log.removeFilter(remarks)


def claims(peek: Peek) -> bool:
    """Return whether it is a TIFF with OME-XML as its description; by name alone if it is a TIFF too damaged to look."""
    if not peek.head.startswith(_MAGIC):
        return False
    if _OME_IN_HEAD.search(peek.head):
        return True
    named = peek.name.endswith(_SUFFIXES)
    packed = peek.source.path.name.lower().endswith(".gz")
    # nothing lies beyond a head that is the whole file; what is packed cannot be looked into cheaply
    if packed or (len(peek.head) < _HEAD_BYTES and not named):
        return named
    try:
        with _opened(peek.source.path, peek.source.key) as (tiff, _):
            return any(map(_is_ome, _descriptions(tiff)))
    except SourceError:
        return named


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the embedded OME-XML, and of its companion if it is only a pointer to one, and ``TiffFile``.

    Raises:
        SourceError: it is damaged, packed with gzip, or has no valid OME-XML in its first page.
        LimitError: the OME-XML is beyond the limits.
    """
    if source.path.name.lower().endswith(".gz"):
        raise SourceError(source.key, "a TIFF packed with gzip is not read, expected the unpacked file")
    with _opened(source.path, source.key) as (tiff, remarks):
        data = _ome_xml(tiff, remarks, source.key)
        file = _TiffFile(tiff, source.key)
        said = tuple(Problem(source.key, "tiff", text[:300], "a sound TIFF structure") for text in remarks.texts)
    declared, data = _as_single_bytes(data, source.key)
    document = followed(document_of(data, source.key, limits), source, limits, _companion_xml)
    left_out = {"tags_not_read": ", ".join(file.left_out)} if file.left_out else {}
    return replace(
        document,
        frames={**document.frames, TABLE: file.frame()},
        facts={**document.facts, **left_out},
        problems=(*said, *file.problems, *declared, *document.problems),
    ).reading(NAME)


def _companion_xml(path: Path, limits: Limits, where: str) -> bytes:
    """Return the OME-XML of a companion, which may be OME-XML itself or the master OME-TIFF of a set."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic not in _MAGIC:
        return load(path, limits, where)
    with _opened(path, where) as (tiff, remarks):
        return _as_single_bytes(_ome_xml(tiff, remarks, where), where)[1]


def _descriptions(tiff: tifffile.TiffFile) -> Iterator[bytes]:
    """Yield the bytes of each ImageDescription of the first page; Micro-Manager writes two."""
    for tag in tiff.pages.first.tags:
        if tag.code == _IMAGE_DESCRIPTION:
            yield _raw(tiff, tag).partition(b"\0")[0].strip()


def _is_ome(description: bytes) -> bool:
    """Return whether a description is OME-XML, even if it is damaged further on."""
    root = root_name(description[:_HEAD_BYTES])
    if root is None:
        return _OME_IN_HEAD.search(description[:_HEAD_BYTES]) is not None
    return root.local == ROOT and (not root.namespace or OME_NAMESPACE.match(root.namespace) is not None)


def _ome_xml(tiff: tifffile.TiffFile, remarks: _Remarks, where: str) -> bytes:
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


def _raw(tiff: tifffile.TiffFile, tag: tifffile.TiffTag) -> bytes:
    """Return the bytes of a tag's value."""
    tiff.filehandle.seek(tag.valueoffset)
    return bytes(tiff.filehandle.read(tag.valuebytecount))


class _TiffFile:
    """The row of table ``TiffFile``: what the first page says beside the OME-XML."""

    def __init__(self, tiff: tifffile.TiffFile, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []
        self.left_out: list[str] = []
        big_endian = tiff.byteorder == ">"
        self.cells = {"ByteOrder": "MM" if big_endian else "II", "BigTIFF": "true" if tiff.is_bigtiff else "false"}
        pages = self._pages(tiff)
        if pages:
            self.cells["Pages"] = str(pages)
        for tag in tiff.pages.first.tags:
            self._take(tiff, tag)

    def frame(self) -> pl.DataFrame:
        """Return the table."""
        cells = {ROW: [1], "_id": [TABLE], **{name: [cell] for name, cell in self.cells.items()}}
        return pl.DataFrame(cells, {name: pl.UInt32 if name == ROW else pl.String for name in cells})

    def _take(self, tiff: tifffile.TiffFile, tag: tifffile.TiffTag) -> None:
        """Take over one tag, unless it is about where pixels lie or it is the OME-XML."""
        if tag.code in _PIXEL_TAGS:
            return
        if tag.code == _IMAGE_DESCRIPTION and _is_ome(_raw(tiff, tag).partition(b"\0")[0].strip()):
            return
        name = str(tag.name)
        cell = self._text(name, _raw(tiff, tag), tag.dtype) if tag.dtype in (_ASCII, *_BYTES) else _numbers(tag)
        if cell is None:
            self.left_out.append(name)
            return
        same = sum(1 for known in self.cells if known == name or known.startswith(f"{name}["))
        self.cells[f"{name}[{same + 1}]" if same else name] = cell

    def _text(self, name: str, data: bytes, dtype: int) -> str | None:
        """Return the value of a tag of bytes as text; None if it is none."""
        if dtype == 1 and len(data) <= _FEW_BYTES:
            return " ".join(map(str, data))
        data = data.rstrip(b"\0")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if dtype != _ASCII:
                return None
            text = data.decode("latin-1")
            self.problems.append(
                Problem(self.where, "encoding", "bytes that are not UTF-8", "UTF-8", column=name, repair="read as Latin-1")
            )
        return text if dtype == _ASCII or not _CONTROL.search(text) else None

    def _pages(self, tiff: tifffile.TiffFile) -> int | None:
        """Return the number of pages; None if there are too many to count, or the chain of pages is broken."""
        form, handle = tiff.tiff, tiff.filehandle
        handle.seek(8 if tiff.is_bigtiff else 4)
        seen: set[int] = set()
        (offset,) = struct.unpack(form.offsetformat, handle.read(form.offsetsize))
        while offset and len(seen) < _MOST_PAGES:
            if offset in seen or offset >= handle.size:
                self._broken(len(seen))
                return None
            seen.add(offset)
            handle.seek(offset)
            try:
                (tags,) = struct.unpack(form.tagnoformat, handle.read(form.tagnosize))
                handle.seek(offset + form.tagnosize + tags * form.tagsize)
                (offset,) = struct.unpack(form.offsetformat, handle.read(form.offsetsize))
            except struct.error:
                self._broken(len(seen))
                return None
        return None if offset else len(seen)

    def _broken(self, pages: int) -> None:
        """Say that the file is damaged beyond the pages that were found."""
        found = f"a chain of pages that breaks after page {pages}"
        self.problems.append(
            Problem(self.where, "tiff-pages", found, "a whole file", repair="the metadata of the first page is used")
        )


def _numbers(tag: tifffile.TiffTag) -> str | None:
    """Return the numbers of a tag as text, with the standard's name where a number is a code; None if there are too many."""
    value = tag.value
    values = value if isinstance(value, tuple) else (value,)
    if len(values) > _MOST_VALUES or not all(isinstance(one, int | float) for one in values):
        return None
    if tag.dtype in _RATIONALS:
        return " ".join(f"{values[at]}/{values[at + 1]}" for at in range(0, len(values) - 1, 2))
    return " ".join(one.name if isinstance(one, Enum) else str(one) for one in values)
