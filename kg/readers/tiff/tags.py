"""Tags of TIFF pages as text, and how a TIFF file is opened; pixels are never read."""

from __future__ import annotations

import gzip
import io
import logging
import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.needs import needed

if TYPE_CHECKING:
    from kg.readers.limits import Limits

GZIP = b"\x1f\x8b"
PACKAGE = "bioimage-kg"
ASCII = 2
BYTES = (1, 7)  # BYTE and UNDEFINED, in which vendors keep texts
PIXEL_TAGS = frozenset((273, 279, 288, 289, 324, 325, 330, 513, 514))  # where pixels and sub-images lie

# What tifffile lets through from damaged files, besides its own error.
DAMAGE = (
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

_MOST_VALUES = 64  # more numbers than this are a colour map or the like
_MOST_PAGES = 10_000
_FEW_BYTES = 8  # a byte value this short is a number or some, not a text
_RATIONALS = (5, 10)
_SHOWN_TAGS = 12
_BAD_TAG = re.compile(r"TiffTag\.fromfile> raised .*?TiffTag (\d+) ")
_TAG = re.compile(r"<tifffile\.TiffTag (\d+)[^>]*>")
_RAISED = re.compile(r" raised \w+\([\"'](.*)[\"']\)")
_OBJECT = re.compile(r"<(?:tifffile\.)?Tiff[^>]*>")
_CONTROL = re.compile(r"[^\t\n\r -\x7e\x85\xa0-\U0010ffff]")

Tiff = Any
"""An open ``tifffile.TiffFile``; the package is loaded only when a TIFF is read."""

Tag = Any
"""A ``tifffile.TiffTag``."""


class Remarks(logging.Filter):
    """Keeps what tifffile says about a file away from the log; only for the thread that reads it."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.texts: list[str] = []
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the record over, unless another thread wrote it."""
        if record.thread != self._thread:
            return True
        self.texts.append(record.getMessage())
        return False

    def problems(self, where: str) -> tuple[Problem, ...]:
        """Return what was said as Problems."""
        return tuple(Problem(where, "tiff", text[:300], "a sound TIFF structure") for text in self.sentences())

    def sentences(self) -> list[str]:
        """Return what was said in plain words; all tags that cannot be read are one sentence."""
        tags: list[str] = []
        others: list[str] = []
        for text in self.texts:
            tag = _BAD_TAG.search(text)
            if tag is None:
                others.append(in_plain_words(text))
            elif tag[1] not in tags:
                tags.append(tag[1])
        if not tags:
            return others
        several = "1 tag" if len(tags) == 1 else f"{len(tags):,} tags"
        more = ", ..." if len(tags) > _SHOWN_TAGS else ""
        return [f"{several} cannot be read ({', '.join(tags[:_SHOWN_TAGS])}{more}); is the file complete?", *others]


def in_plain_words(text: str) -> str:
    """Return what tifffile says without the names of its objects.

    >>> in_plain_words("<TiffPages @8> raised TiffFileError('<tifffile.TiffTag 270 @70> invalid value offset 218')")
    'tag 270 invalid value offset 218'
    >>> in_plain_words("<tifffile.TiffFile 'a.tif'> corrupted IFD structure")
    'corrupted IFD structure'
    """
    plain = _TAG.sub(r"tag \1", text)
    raised = _RAISED.search(plain)
    return " ".join(_OBJECT.sub("", raised[1] if raised else plain).split()) or "no reason given"


@contextmanager
def opened(content: Path | bytes, where: str) -> Iterator[tuple[Tiff, Remarks]]:
    """Open a TIFF file, or the bytes of one.

    Raises:
        SourceError: it cannot be opened, or turns out damaged while it is open.
    """
    tifffile = needed("tifffile", where, PACKAGE)
    remarks = Remarks()
    log = logging.getLogger("tifffile")
    log.addFilter(remarks)
    try:
        with _file_of(tifffile, content) as tiff:
            yield tiff, remarks
    except SourceError:
        raise
    except FileNotFoundError as error:
        raise SourceError(where, "cannot be read: there is no such file") from error
    except DAMAGE as error:
        said = "; ".join([*remarks.sentences()[:2], in_plain_words(str(error))])[:300]
        raise SourceError(where, f"the TIFF structure is damaged or cut off ({said})") from error
    finally:
        log.removeFilter(remarks)


def _file_of(tifffile: ModuleType, content: Path | bytes) -> Any:  # noqa: ANN401 - a class of tifffile
    """Open without what an LSM without a thumbnail lacks, where it is one."""
    stream = content if isinstance(content, Path) else io.BytesIO(content)
    try:
        return tifffile.TiffFile(stream)
    except IndexError:
        return tifffile.TiffFile(stream, is_lsm=False)


def content_of(path: Path, limits: Limits, where: str) -> Path | bytes:
    """Return a file as `opened` takes it: the path, or the bytes that gzip unpacks.

    Only the number of bytes is bound: blank images pack a thousand times smaller.

    Raises:
        LimitError: it unpacks to more than ``limits.file_bytes``.
        SourceError: it cannot be opened, or the gzip stream is damaged.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(GZIP)) != GZIP:
                return path
            file.seek(0)
            data = gzip.GzipFile(fileobj=file).read(limits.file_bytes + 1)
    except FileNotFoundError as error:
        raise SourceError(where, "cannot be read: there is no such file") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(where, f"the gzip stream is damaged or cut off ({error})") from error
    except OSError as error:
        raise SourceError(where, f"cannot be read: {error.strerror or error}") from error
    if len(data) > limits.file_bytes:
        raise LimitError(where, f"unpacks to more than {limits.file_bytes:,} bytes")
    return data


def raw(tiff: Tiff, tag: Tag) -> bytes:
    """Return the bytes of a tag's value."""
    tiff.filehandle.seek(tag.valueoffset)
    return bytes(tiff.filehandle.read(tag.valuebytecount))


class Texts:
    """Turns tags into cells of text, and remembers what could not be.

    Attributes:
        problems: texts in odd encodings.
        left_out: names of tags that are neither text nor a few numbers.
    """

    def __init__(self, tiff: Tiff, where: str) -> None:
        """Take the open file and the key of its source."""
        self._tiff = tiff
        self._where = where
        self.problems: list[Problem] = []
        self.left_out: list[str] = []

    def cells(self, page: Any, skip: Callable[[Tag], bool]) -> dict[str, str]:  # noqa: ANN401 - a class of tifffile
        """Return the tags of a page under their TIFF names, unless they are about where pixels lie or are skipped."""
        cells: dict[str, str] = {}
        for tag in page.tags:
            if tag.code in PIXEL_TAGS or skip(tag):
                continue
            name = str(tag.name)
            text = self.text(tag)
            if text is None:
                if name not in self.left_out:
                    self.left_out.append(name)
                continue
            same = sum(1 for known in cells if known == name or known.startswith(f"{name}["))
            cells[f"{name}[{same + 1}]" if same else name] = text
        return cells

    def text(self, tag: Tag) -> str | None:
        """Return the value of a tag as text; None if it is none."""
        if tag.dtype in (ASCII, *BYTES):
            return self.decoded(str(tag.name), raw(self._tiff, tag), tag.dtype)
        return numbers(tag)

    def decoded(self, name: str, data: bytes, dtype: int = ASCII) -> str | None:
        """Return bytes as text; None if they are none."""
        if dtype == 1 and len(data) <= _FEW_BYTES:
            return " ".join(map(str, data))
        data = data.rstrip(b"\0")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if dtype != ASCII:
                return None
            text = data.decode("latin-1")
            problem = Problem(
                self._where, "encoding", "bytes that are not UTF-8", "UTF-8", name, repair="read as Latin-1", severity="info"
            )
            if problem not in self.problems:
                self.problems.append(problem)
        return text if dtype == ASCII or not _CONTROL.search(text) else None


def page_count(tiff: Tiff, where: str) -> int | Problem | None:
    """Return the number of pages; None if there are too many to count, a Problem if the chain of pages is broken."""
    form, handle = tiff.tiff, tiff.filehandle
    handle.seek(8 if tiff.is_bigtiff else 4)
    seen: set[int] = set()
    (offset,) = struct.unpack(form.offsetformat, handle.read(form.offsetsize))
    while offset and len(seen) < _MOST_PAGES:
        if offset in seen or offset >= handle.size:
            return _broken(where, len(seen))
        seen.add(offset)
        handle.seek(offset)
        try:
            (tags,) = struct.unpack(form.tagnoformat, handle.read(form.tagnosize))
            handle.seek(offset + form.tagnosize + tags * form.tagsize)
            (offset,) = struct.unpack(form.offsetformat, handle.read(form.offsetsize))
        except (struct.error, OverflowError):
            return _broken(where, len(seen))
    return None if offset else len(seen)


def _broken(where: str, pages: int) -> Problem:
    """Say that the file is damaged beyond the pages that were found."""
    found = f"a chain of pages that breaks after page {pages}"
    return Problem(where, "tiff-pages", found, "a whole file", repair="the metadata of the pages before it is used")


def layout(tiff: Tiff) -> dict[str, str]:
    """Return the byte order and kind of a file, which stand in its header."""
    big_endian = tiff.byteorder == ">"
    return {"ByteOrder": "MM" if big_endian else "II", "BigTIFF": "true" if tiff.is_bigtiff else "false"}


def numbers(tag: Tag) -> str | None:
    """Return the numbers of a tag as text, with the standard's name where a number is a code; None if there are too many."""
    value = tag.value
    values = value if isinstance(value, tuple) else (value,)
    if len(values) > _MOST_VALUES or not all(isinstance(one, int | float) for one in values):
        return None
    if tag.dtype in _RATIONALS:
        return " ".join(f"{values[at]}/{values[at + 1]}" for at in range(0, len(values) - 1, 2))
    return " ".join(one.name if isinstance(one, Enum) else str(one) for one in values)
