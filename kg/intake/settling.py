"""Settling: which files of a folder have stopped growing, as far as one can see from outside."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import LimitError
from kg.intake.clock import Clock

_MOST_FILES = 500_000
_PROC = Path("/proc")
_WRITES = frozenset({os.O_WRONLY, os.O_RDWR})
_PARTIAL = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")


@dataclass(frozen=True, slots=True)
class Sign:
    """By what a file is known to be as it was.

    Attributes:
        device: where it lies.
        inode: which one it is; another one after a rename into its place.
        size: in bytes.
        changed: time of the last change, in nanoseconds.
    """

    device: int
    inode: int
    size: int
    changed: int


def sign_of(path: Path) -> Sign | None:
    """Return the sign of a file; None where there is none."""
    try:
        told = path.stat()
    except OSError:
        return None
    return Sign(told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns)


class Settling:
    """Looks at a folder again and again, and remembers since when each file is as it is."""

    def __init__(self, folder: Path, settle: float, clock: Clock, most: int = _MOST_FILES) -> None:
        """Take a folder, the seconds for which a file must stay as it is, the clock, and the most files."""
        self._folder, self._settle, self._clock, self._most = folder, settle, clock, most
        self._seen: dict[Path, tuple[Sign, float]] = {}

    def look(self) -> None:
        """Look at every file once.

        Raises:
            LimitError: there are more files than allowed.
        """
        now, before = self._clock.now(), self._seen
        self._seen = {}
        for path in _files(self._folder):
            sign = sign_of(path)
            if sign is None:
                continue
            if len(self._seen) >= self._most:
                raise LimitError(str(self._folder), f"holds more than {self._most:,} files; watch a folder below it")
            old = before.get(path)
            self._seen[path] = old if old and old[0] == sign else (sign, now)

    def is_settled(self, path: Path) -> bool:
        """Say whether a file has been as it is for long enough; a folder, and a file that has gone, counts as settled."""
        seen = self._seen.get(path)
        return seen is None or self._clock.now() - seen[1] >= self._settle

    def waits(self) -> bool:
        """Say whether any file has yet to settle."""
        return any(not self.is_settled(path) for path in self._seen)

    def files(self) -> dict[Path, Sign]:
        """Return what was seen last."""
        return {path: sign for path, (sign, _) in self._seen.items()}


def open_for_writing(signs: Iterable[Sign]) -> set[Sign]:
    """Return those files that a process has open to write into them, as far as the platform shows it.

    Linux shows it of the user's own processes (all of them to an administrator); elsewhere the answer is empty.
    """
    wanted = {(sign.device, sign.inode): sign for sign in signs}
    found: set[Sign] = set()
    if not wanted or not _PROC.is_dir():
        return found
    for process in _PROC.iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            found.update(wanted[place] for place in _written_by(process) if place in wanted)
    return found


def _written_by(process: Path) -> Iterator[tuple[int, int]]:
    with suppress(OSError):  # it has ended, or is somebody else's
        for entry in (process / "fd").iterdir():
            with suppress(OSError, ValueError, StopIteration):
                told = entry.stat()
                lines = (process / "fdinfo" / entry.name).read_text("ascii").splitlines()
                flags = next(line.split()[1] for line in lines if line.startswith("flags:"))
                if int(flags, 8) & os.O_ACCMODE in _WRITES:
                    yield told.st_dev, told.st_ino


def is_partial(name: str) -> bool:
    """Say whether a file has a name that programs give to what is not yet whole; then it is renamed when it is.

    >>> is_partial("plate.tiff.part"), is_partial("plate.tiff")
    (True, False)
    """
    return name.lower().endswith(_PARTIAL)


def _files(folder: Path) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        try:
            told = Path(root).stat()
        except OSError:  # it has gone
            folders.clear()
            continue
        if (told.st_dev, told.st_ino) in entered:
            folders.clear()
            continue
        entered.add((told.st_dev, told.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        yield from (Path(root) / name for name in names if not is_partial(name))
