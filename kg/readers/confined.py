"""Reading in a process of its own, so that a hostile or broken file can cost time and memory only within bounds.

The process (`kg.readers.child`) has no network, may not start programs or write files, and is ended when a source is overdue;
the next source gets a new one. Plain tables are the exception: they are told apart there, but stream through the calling
process, where Polars reads them bit by bit while they are mapped.
"""

from __future__ import annotations

import io
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from kg import errors, readers
from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Gathered
from kg.readers.child import LENGTH
from kg.readers.limits import Limits
from kg.table import Reading, Source, Table

_PIECE = 1 << 20
_ENDING = 5.0


class _OverdueError(Exception):
    """The reply did not come in time."""


class Confined:
    """Reads sources one after the other in a child process; a context manager.

    The process starts and ends with the context.
    """

    def __init__(self, limits: Limits, scratch: Path | None = None) -> None:
        """Take the limits for every source, and the folder in which that for temporary files is made; None for the system's."""
        self._limits = limits
        self._place = scratch
        self._child: subprocess.Popen[bytes] | None = None
        self._scratch: str | None = None

    def __enter__(self) -> Self:
        """Start the process, so that it is ready when the first source comes."""
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process, which holds nothing of its own, and remove what it wrote."""
        self._kill()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _start(self) -> None:
        if self._scratch is None:
            self._scratch = tempfile.mkdtemp(prefix="kg-reading-", dir=self._place)
        environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-P", "-m", "kg.readers.child", str(self._limits.memory_bytes), self._scratch]
        self._child = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def read(self, source: Source) -> Reading:
        """Read a source; errors as for `kg.readers.read`.

        Raises:
            LimitError: it took more time or memory than allowed.
            SourceError: the process broke down over it.
        """
        request = {
            "path": os.fsencode(source.path).hex(),
            "key": source.key,
            "named": source.named,
            "parts": [os.fsencode(part).hex() for part in source.parts],
            "reader": source.reader,
            "limits": asdict(self._limits),
        }
        try:
            head, payload = self._asked(request)
        except _OverdueError:
            self._kill()
            what = f"was not read within {self._limits.seconds:g} seconds, and reading it was ended"
            raise LimitError(source.key, what) from None
        except (BrokenPipeError, EOFError):
            raise SourceError(source.key, f"ended the process that read it ({self._ending()})") from None
        if "streams" in head:
            reader, _ = readers.chosen(replace(source, reader=head["streams"]))
            return readers.read_as(reader, _problems(head), source, self._limits)
        if "error" in head:
            raise _error(head)
        return _reading(head, payload)

    def gathered(self, folder: Path) -> Gathered:
        """Return what belongs together in a folder; nothing where that cannot be found out."""
        try:
            head, _ = self._asked({"folder": os.fsencode(folder).hex()})
        except _OverdueError:
            self._kill()
            return Gathered()
        except (BrokenPipeError, EOFError):
            self._ending()
            return Gathered()
        told = ((reader, bundle) for reader, bundle in head.get("bundles", ()))
        return Gathered(tuple((reader, Bundle(**{**bundle, "members": tuple(bundle["members"])})) for reader, bundle in told))

    def _asked(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        if self._child is None or self._child.poll() is not None:
            self._start()
        child = self._child
        assert child is not None  # noqa: S101 - just started
        assert child.stdin is not None  # noqa: S101 - as asked for
        text = json.dumps(request).encode()
        child.stdin.write(LENGTH.pack(len(text)) + text)
        child.stdin.flush()
        until = time.monotonic() + self._limits.seconds
        head: dict[str, Any] = json.loads(self._taken(LENGTH.unpack(self._taken(LENGTH.size, until))[0], until))
        return head, self._taken(sum(size for _, size in head.get("tables", ())), until)

    def _taken(self, size: int, until: float) -> bytes:
        """Return so many bytes of the reply."""
        child = self._child
        assert child is not None  # noqa: S101 - it was asked
        assert child.stdout is not None  # noqa: S101 - as asked for
        pieces: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while size:
                left = until - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise _OverdueError
                piece = os.read(child.stdout.fileno(), min(size, _PIECE))
                if not piece:
                    raise EOFError
                pieces.append(piece)
                size -= len(piece)
        return b"".join(pieces)

    def _ending(self) -> str:
        """Return in words how the process ended."""
        if self._child is None:
            return "it did not start"
        status = self._child.wait(_ENDING)
        self._close()
        return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._close()

    def _close(self) -> None:
        if self._child is not None:
            for stream in (self._child.stdin, self._child.stdout):
                if stream is not None:
                    stream.close()
            self._child = None


def _error(head: dict[str, Any]) -> SourceError:
    kinds: dict[str, type[SourceError]] = {"LimitError": LimitError, "UnsupportedSource": readers.UnsupportedSource}
    return kinds.get(head["error"], errors.SourceError)(head["where"], head["what"])


def _reading(head: dict[str, Any], payload: bytes) -> Reading:
    tables, at = {}, 0
    for kind, size in head["tables"]:
        frame = pl.read_ipc_stream(io.BytesIO(payload[at : at + size]))
        tables[kind] = Table(kind, frame.lazy())
        at += size
    return Reading(head["reader"], tables, _problems(head), head["facts"])


def _problems(head: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**{**problem, "rows": tuple(problem["rows"])}) for problem in head["problems"])
