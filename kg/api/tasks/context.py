"""What a worker keeps open between tasks, and what a task gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar, cast

import pyoxigraph as ox

from kg.errors import ServiceError
from kg.store.faults import store_faults

_Kept = TypeVar("_Kept")
_IN_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What a task found.

    Attributes:
        head: small values, as JSON.
        body: bytes, or the file in the scratch folder that holds them; the web process removes it.
    """

    head: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | Path = b""


class Context:
    """Open things of one worker: the latest of each kind is kept, so that the next request finds it warm."""

    def __init__(self, scratch: Path) -> None:
        """Take the folder for long answers."""
        self.scratch = scratch
        self._kept: dict[str, tuple[str, Any]] = {}

    def kept(self, kind: str, path: str, opened: Callable[[str], _Kept]) -> _Kept:
        """Return the open thing of a kind that lies at ``path``; one that lay elsewhere is let go."""
        found = self._kept.get(kind)
        if found is None or found[0] != path:
            self._kept.pop(kind, None)
            del found
            found = self._kept[kind] = (path, opened(path))
        thing: _Kept = found[1]
        return thing

    def database(self, path: str) -> ox.Store:
        """Return a snapshot's database, read-only; one in memory for an empty path.

        Raises:
            StoreError: it cannot be opened.
        """
        with store_faults("the store"):
            return self.kept("database", path, lambda place: ox.Store.read_only(place) if place else ox.Store())


class Spool:
    """Bytes that grow: in memory while they are few, then in a file of the scratch folder; a context manager.

    ``write`` makes it a binary file for what serializes; it raises ServiceError beyond ``limit`` bytes.
    """

    def __init__(self, scratch: Path, limit: int) -> None:
        """Take the folder for the file, and the most bytes."""
        self._scratch, self._limit = scratch, limit
        self._file: IO[bytes] = BytesIO()
        self._path: Path | None = None
        self.size = 0

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file; remove it when something went wrong."""
        self._file.close()
        if error is not None and self._path:
            self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> int:
        """Take more bytes."""
        self.size += len(data)
        if self.size > self._limit:
            raise ServiceError("answer", f"is longer than {self._limit:,} bytes; ask for less, or for a LIMIT", "size")
        if self._path is None and self.size > _IN_MEMORY:
            self._path = self._scratch / f"answer-{id(self):x}-{self.size}"
            before, self._file = self._file, self._path.open("wb")
            self._file.write(before.getvalue())  # type: ignore[attr-defined]
        return self._file.write(data)

    def flush(self) -> None:
        """Bring the bytes to the file."""
        self._file.flush()

    def file(self) -> IO[bytes]:
        """Return self as what serializers take: they only write and flush."""
        return cast("IO[bytes]", self)

    def body(self) -> bytes | Path:
        """Return what was written, for a Reply."""
        self._file.flush()
        return self._path or self._file.getvalue()  # type: ignore[attr-defined]
