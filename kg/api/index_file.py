"""The term index that a service answers from: found, and where needed built, once; opened anew where it was exchanged."""

from __future__ import annotations

from pathlib import Path

from kg.errors import ServiceError, TermError
from kg.terms import default_index


class IndexFile:
    """Where the term index lies, and which state of it."""

    def __init__(self, wanted: Path | None) -> None:
        """Find the index, or build it; where that cannot be, only what needs it fails.

        Args:
            wanted: the index; ``KG_INDEX`` or the one in the cache when None.
        """
        self._path, self._failure = Path(), ""
        try:
            self._path = default_index(wanted).resolve()
        except (TermError, OSError) as error:
            self._failure = str(error)

    def now(self) -> tuple[str, str]:
        """Return the path of the index and a word for its state, which is another after each change.

        Raises:
            ServiceError: there is none, or not any more.
        """
        if self._failure:
            raise ServiceError("the term index", self._failure, "index")
        try:
            stat = self._path.stat()
        except OSError as error:
            raise ServiceError("the term index", f"cannot be read ({error.strerror})", "index") from error
        return str(self._path), f"{stat.st_ino}-{stat.st_mtime_ns}"
