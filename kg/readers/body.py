"""Body: the plain bytes of a source after gzip, zip and encoding are taken off, in memory when small, else in a file."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.readers.peek import GZIP, ZIP
from kg.readers.safe_zip import members
from kg.readers.text import STRAY, decode_as, mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import BinaryIO, Self

    from kg.problem import Problem
    from kg.readers.limits import Limits
    from kg.table import Source

SMALL = 8 * 1024 * 1024
CHUNK = 256 * 1024
_RATIO_FROM = 1024 * 1024


class Scratch:
    """Temporary files of one reading; deleted when the reading fails, else left to whoever asked for it."""

    def __init__(self) -> None:
        """Start with none."""
        self.paths: list[Path] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Delete the files if an error passes through."""
        if error is not None:
            for path in self.paths:
                path.unlink(missing_ok=True)

    def new(self) -> Path:
        """Return a new empty file."""
        handle, name = tempfile.mkstemp(prefix="kg-", suffix=".csv")
        os.close(handle)
        self.paths.append(Path(name))
        return self.paths[-1]

    def drop(self, path: Path) -> None:
        """Delete one of the files that is no longer needed; do nothing for other files."""
        if path in self.paths:
            self.paths.remove(path)
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Body:
    """Plain bytes, in memory or in a file.

    Attributes:
        content: the bytes, or the file that holds them.
        container: what they were taken out of: ``gzip``, ``zip (name of the member)`` or an empty string.
        problems: what was wrong with the container.
    """

    content: bytes | Path
    container: str = ""
    problems: tuple[Problem, ...] = ()

    def open(self) -> BinaryIO:
        """Open for reading from the start."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def chunks(self) -> Iterator[bytes]:
        """Read piece by piece."""
        with self.open() as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def head(self, size: int) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(size)

    def tail(self, size: int) -> bytes:
        """Return the last bytes."""
        with self.open() as stream:
            end = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, end - size))
            return stream.read()

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


def unpack(source: Source, limits: Limits, scratch: Scratch) -> Body:
    """Return the bytes of a source, out of gzip or out of a zip archive that holds one file.

    Raises:
        LimitError: it unpacks to more than the limits allow.
        SourceError: the container is damaged, or holds not exactly one file.
        OSError: it cannot be read.
    """
    size = source.path.stat().st_size
    with source.path.open("rb") as stream:
        magic = stream.read(len(ZIP))
        if magic.startswith(GZIP):
            return Body(_gunzipped(source, limits, size, scratch), "gzip")
        if magic == ZIP:
            return _unzipped(source, limits, scratch)
        if size > SMALL:
            return Body(source.path)
        return Body(magic + stream.read())


def _gunzipped(source: Source, limits: Limits, packed: int, scratch: Scratch) -> bytes | Path:
    def pieces() -> Iterator[bytes]:
        total = 0
        with gzip.open(source.path) as stream:
            while piece := stream.read(CHUNK):
                total += len(piece)
                if total > limits.archive_bytes:
                    raise LimitError(source.key, f"unpacks to more than {limits.archive_bytes:,} bytes")
                if total > _RATIO_FROM and total > limits.archive_ratio * packed:
                    raise LimitError(source.key, f"unpacks to more than {limits.archive_ratio:g} times its {packed:,} bytes")
                yield piece

    try:
        return _kept(pieces(), scratch)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(source.key, f"is damaged gzip ({error}); is the file complete?") from error


def _unzipped(source: Source, limits: Limits, scratch: Scratch) -> Body:
    with members(source.path, limits, source.key) as archive:
        files = [member for member in archive.members if not is_litter(member.name)]
        if len(files) != 1:
            unsafe = f" ({'; '.join(problem.found for problem in archive.problems)})" if archive.problems else ""
            raise SourceError(source.key, f"is a zip archive with {len(files)} files{unsafe}, expected exactly one table in it")
        data = archive.read_member(files[0])
        return Body(_kept(iter([data]), scratch), f"zip ({files[0].name})", tuple(archive.problems))


def is_litter(name: str) -> bool:
    """Say whether a member of an archive is only what an operating system leaves behind.

    >>> is_litter("__MACOSX/._a.csv"), is_litter("a.csv")
    (True, False)
    """
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in {".DS_Store", "Thumbs.db"} or name.endswith("/")


def _kept(pieces: Iterable[bytes], scratch: Scratch) -> bytes | Path:
    """Collect bytes in memory, and go over to a file when they grow large."""
    held: list[bytes] = []
    size = 0
    rest = iter(pieces)
    for piece in rest:
        held.append(piece)
        size += len(piece)
        if size > SMALL:
            path = scratch.new()
            with path.open("wb") as out:
                out.writelines(held)
                out.writelines(rest)
            return path
    return b"".join(held)


def to_utf8(body: Body, encoding: str, scratch: Scratch) -> Body:
    """Return the same text as UTF-8 without a byte order mark.

    Raises:
        UnicodeDecodeError: the bytes are not in that encoding.
    """
    if isinstance(body.content, bytes):
        return Body(decode_as(body.content, encoding).encode(), body.container, body.problems)
    path = _kept(_recoded(body, encoding), scratch)
    scratch.drop(body.content)
    return Body(path, body.container, body.problems)


def _recoded(body: Body, encoding: str) -> Iterator[bytes]:
    plain, errors = ("utf-8", "surrogateescape") if encoding == STRAY else (encoding, "strict")
    decoder = codecs.getincrementaldecoder(plain)(errors)
    for chunk in body.chunks():
        yield mended(decoder.decode(chunk)).encode()
    yield mended(decoder.decode(b"", final=True)).encode()
