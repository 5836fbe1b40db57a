"""The folder for long answers: removed at the end, and by the next service where this one was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

FILES = "kg.files"
"""Key in the scope of a request for files of its answer: whatever is left of them at its end is removed."""

_PREFIX, _LOCK = "kg-answers-", "lock"
_YOUNG = 60.0  # seconds in which a folder without a lock may still be about to get one


class Scratch:
    """A folder of this process, held by a lock that ends with it; ``remove`` ends it."""

    def __init__(self) -> None:
        """Make the folder in the system's place for temporary files, and remove those of processes that have died.

        Raises:
            OSError: there is no such place, or it is full.
        """
        _remove_abandoned(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._numbers = count(1)

    def folder(self) -> Path:
        """Return a new folder for one worker: two of them may come to the same file name."""
        path = self.path / f"worker-{next(self._numbers)}"
        path.mkdir(mode=0o700)
        return path

    def taken(self, folder: Path, name: str) -> Path:
        """Take a file out of a worker's folder, so that its next answer cannot overwrite this one; return where it is now.

        Raises:
            ValueError: the worker names something else than a file in its folder.
        """
        file = folder / Path(name).name
        try:
            if not stat.S_ISREG(file.lstat().st_mode):
                raise ValueError("what a worker left is no file")
            return file.rename(self.path / f"answer-{next(self._numbers)}")
        except OSError as error:
            raise ValueError("a worker names a file that it did not leave") from error

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _remove_abandoned(place: Path) -> None:
    for folder in place.glob(_PREFIX + "*"):
        with suppress(OSError):  # another user's, or gone in the same moment
            if _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
        return False
    if not (folder / _LOCK).exists():
        return time.time() - about.st_mtime > _YOUNG
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
