"""A packed file, unpacked as it is read: its first bytes tell what packs it, and what unpacks without end is refused."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from kg.errors import TermError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WINDOW = 1 << 20
"""Most bytes that can be looked at before they are taken."""

_RATIO = 400
_FREE_BYTES = 64 << 20
_MAGIC = 6
# A kilobyte of Zstandard can hold 32 MiB of blanks; all that it holds comes at once.
_FEED = 1 << 10


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader[Bounded]]:
    """Open a file, unpacked by its first bytes, whatever its name says; raises TermError when it cannot be opened."""
    try:
        file = path.open("rb")
    except IsADirectoryError as error:
        raise TermError(str(path), "is a folder, expected one ontology file") from error
    except OSError as error:
        raise TermError(str(path), f"cannot be opened: {error.strerror}") from error
    with file:
        magic = file.read(_MAGIC)
        file.seek(0)
        if magic.startswith(b"PK\x03\x04"):
            raise TermError(path.name, "is a ZIP archive; please give the ontology file inside it")
        most = _FREE_BYTES + _RATIO * path.stat().st_size
        with io.BufferedReader(Bounded(_unpacked(file, magic, path.name), most, path.name), buffer_size=WINDOW) as stream:
            yield stream


def peek(stream: io.BufferedReader[Bounded], size: int, name: str) -> bytes:
    """Return the next bytes without taking them; fewer only at the end of the file, and never more than WINDOW."""
    with readable(name):
        return stream.peek(size)[:size]


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what goes wrong while a file is unpacked into a TermError."""
    try:
        yield
    except (EOFError, lzma.LZMAError, zlib.error, OSError) as error:
        raise TermError(name, f"cannot be unpacked or read to its end: {error}") from error


def _unpacked(file: IO[bytes], magic: bytes, name: str) -> IO[bytes]:
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if magic.startswith(b"\xfd7zXZ\x00"):
        return cast("IO[bytes]", lzma.LZMAFile(file))  # closed with the stream that reads from it
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        return cast("IO[bytes]", _Zstandard(file, _zstandard(name)))
    return cast("IO[bytes]", bz2.BZ2File(file)) if magic.startswith(b"BZh") else file


def _zstandard(name: str) -> Any:  # noqa: ANN401 - a module that may be absent
    try:
        return importlib.import_module("zstandard")
    except ImportError as error:
        raise TermError(
            name,
            "is packed with Zstandard, for which the package zstandard is not installed; please run "
            'pip install "bioimage-kg[ontologies]"',
        ) from error


class _Zstandard(io.RawIOBase):
    """A Zstandard stream, which may have several frames; one that breaks off raises EOFError, as the other packers do."""

    def __init__(self, file: IO[bytes], module: Any) -> None:  # noqa: ANN401 - see _zstandard
        super().__init__()
        self._file, self._module = file, module
        self._frame: Any = None
        self._packed, self._held = b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._held and self._feed():
            pass
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def _feed(self) -> bool:
        """Unpack a little more; return False at the end of the file."""
        packed = self._packed or self._file.read(_FEED)
        if not packed:
            if self._frame is not None:
                raise EOFError("the file breaks off inside a Zstandard frame")
            return False
        if self._frame is None:
            self._frame = self._module.ZstdDecompressor().decompressobj()
        try:
            self._held = memoryview(self._frame.decompress(packed))
        except self._module.ZstdError as error:
            raise OSError(str(error)) from error
        self._packed = b""
        if self._frame.eof:
            self._packed, self._frame = self._frame.unused_data, None
        return True


class Bounded(io.RawIOBase):
    """A stream that stops with a sentence where a small file unpacks without end."""

    def __init__(self, stream: IO[bytes], most: int, name: str) -> None:
        """Read from ``stream`` no more than ``most`` bytes."""
        super().__init__()
        self._stream, self._left, self._name = stream, most, name

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the whole buffer if the file has that much, so that a peek sees the whole prolog."""
        view, filled = memoryview(buffer), 0
        while filled < len(view) and (block := self._stream.read(len(view) - filled)):
            view[filled : filled + len(block)] = block
            filled += len(block)
        self._left -= filled
        if self._left < 0:
            raise TermError(self._name, f"unpacks to more than {_RATIO} times its size; such files are refused")
        return filled

    def close(self) -> None:
        """Close the unpacking stream too."""
        self._stream.close()
        super().close()
