"""The audit log: who used a token or wrote, when, where and with what result; never what was asked or sent."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import UsageError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request.

    Attributes:
        time: when it was answered, UTC, ISO 8601.
        token: name of the token; empty without one, or where the one shown is not known.
        role: of the token; ``anonymous`` without one, ``refused`` where the one shown is not known.
        method: of HTTP.
        route: pattern of the address, such as ``/api/records/{id}``; empty where there is no such route.
        status: of the answer.
        generation: that was current when it was answered; after a write the one that holds it.
        milliseconds: from the head of the request to the end of the answer.
    """

    time: str
    token: str
    role: str
    method: str
    route: str
    status: int
    generation: str
    milliseconds: float


class AuditLog:
    """A file with a line of JSON for each entry; it may be moved away at any time (it is opened for each line)."""

    def __init__(self, file: Path) -> None:
        """Take the file, which is made where it is absent, readable by its owner alone.

        Raises:
            UsageError: it cannot be written.
        """
        self._file = file
        try:
            os.close(self._open())
        except OSError as error:
            raise UsageError("--audit-log", f"{file} cannot be written ({error.strerror or error})") from error

    def note(self, entry: Entry) -> None:
        """Write an entry down; where the disk refuses, the log of the service says so, and the answer goes out."""
        line = json.dumps(asdict(entry), ensure_ascii=True) + "\n"
        try:
            handle = self._open()
            try:
                os.write(handle, line.encode("ascii"))
            finally:
                os.close(handle)
        except OSError:
            _LOG.exception("the audit log %s cannot be written", self._file)

    def _open(self) -> int:
        # One write of one line at the end of the file: lines of several processes do not mix.
        return os.open(self._file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
