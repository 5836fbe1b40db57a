"""The process in which foreign files are read: bounded in memory, without network, and worth nothing to take over.

It reads requests from its standard input and writes replies to its standard output, as `kg.readers.confined` sends and expects
them: a length of four bytes, JSON, and (in replies) the tables as Arrow streams one after the other. It ends with its input.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import struct
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from kg import readers
from kg.errors import LimitError, SourceError
from kg.readers.limits import Limits
from kg.table import Reading, Source

LENGTH = struct.Struct(">I")

_FORBIDDEN = frozenset(
    (
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "os.forkpty",
        "ctypes.dlopen",
    )
)
_CHANGING = frozenset(("os.remove", "os.rename", "os.rmdir", "os.chmod", "os.symlink", "os.link", "shutil.rmtree"))
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _ForbiddenError(PermissionError):
    """Something that reading a file does not need."""


def main() -> None:
    """Serve requests until the input ends."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print must not mix with replies
    memory, scratch = int(sys.argv[1]), sys.argv[2]
    tempfile.tempdir = scratch
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    readers.readers()  # every import of our own is done before the doors close
    _close_doors(scratch)
    while request := _received(requests):
        head, payload = _answer(request, memory)
        head = _without_places(head, request)
        text = json.dumps(head).encode()
        replies.write(LENGTH.pack(len(text)) + text)
        for part in payload:
            replies.write(part)
        replies.flush()


def _close_doors(scratch: str) -> None:
    """Refuse, from now on, whatever would reach another machine, start a program or change a file elsewhere."""
    inside = os.path.join(os.path.realpath(scratch), "")  # noqa: PTH118 - compared as text for every file that is opened

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in _FORBIDDEN and not (event == "ctypes.dlopen" and not arguments[0]):
            raise _ForbiddenError(f"{event} is not allowed while a foreign file is read")
        if event in _CHANGING and not _is_below(inside, arguments[0]):
            raise _ForbiddenError(f"{event} is not allowed while a foreign file is read")
        if event == "open" and _writes(arguments) and not _is_below(inside, arguments[0]):
            raise _ForbiddenError("writing is not allowed while a foreign file is read")

    sys.addaudithook(refuse)


def _is_below(folder: str, path: object) -> bool:
    return isinstance(path, (str, os.PathLike)) and os.path.realpath(path).startswith(folder)


def _writes(arguments: tuple[object, ...]) -> bool:
    path, mode, flags = arguments
    if path in {os.devnull, None}:
        return False
    by_mode = isinstance(mode, str) and not set(mode).isdisjoint("wax+")
    return by_mode or (isinstance(flags, int) and bool(flags & _WRITING))


def _received(stream: BinaryIO) -> dict[str, Any] | None:
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    request: dict[str, Any] = json.loads(stream.read(LENGTH.unpack(length)[0]))
    return request


def _answer(request: Mapping[str, Any], memory: int) -> tuple[dict[str, Any], list[bytes]]:
    """Do what is asked; whatever goes wrong becomes a reply with a reason."""
    key = request.get("key", "")
    try:
        return _together(request) if "folder" in request else _read(request)
    except (SourceError, OSError) as error:
        if isinstance(error, SourceError):
            return {"error": type(error).__name__, "where": error.where, "what": error.what}, []
        return {"error": "SourceError", "where": key, "what": f"cannot be read ({error.strerror or error})"}, []
    except MemoryError:
        what = f"needs more than the {memory // 1024**2:,} MiB of memory that reading one source may take"
        return {"error": LimitError.__name__, "where": key, "what": what}, []
    except RecursionError:
        return {"error": LimitError.__name__, "where": key, "what": "is nested too deeply to be read"}, []
    except Exception as error:  # noqa: BLE001 - libraries raise anything on damaged files, and the batch must go on
        return _unforeseen(key, error)


def _without_places(head: dict[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reply whose sentences name the source by its key alone: where it lies on this machine is nobody's business.

    >>> _without_places({"what": "bad: /d/a.nd2"}, {"path": b"/d/a.nd2".hex(), "key": "in/a.nd2"})["what"]
    'bad: in/a.nd2'
    """
    if "path" not in request:
        return head
    path, key = os.fsdecode(bytes.fromhex(request["path"])), request["key"]
    places = {path: key, os.path.realpath(path): key}
    for place in (os.path.dirname(found) for found in tuple(places)):  # noqa: PTH120 - of text that may hold any byte
        if len(place) > 1:
            places |= {place: key.rpartition("/")[0] or "its folder"}

    longest_first = "|".join(re.escape(place) for place in sorted(places, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.])(?:{longest_first})(?!\w)")

    def told(text: str) -> str:
        return pattern.sub(lambda found: places[found[0]], text)

    said: dict[str, Any] = {name: told(head[name]) for name in ("where", "what") if name in head}
    problems = [
        {name: told(value) if isinstance(value, str) else value for name, value in problem.items()}
        for problem in head.get("problems", ())
    ]
    return {**head, **said, **({"problems": problems} if problems else {})}


def _together(request: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Say what belongs together in a folder."""
    bundles = readers.gathered_in(Path(os.fsdecode(bytes.fromhex(request["folder"])))).bundles
    return {"bundles": [(reader, asdict(bundle)) for reader, bundle in bundles]}, []


def _read(request: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Read one source, or say that its tables stream."""
    source = Source(
        Path(os.fsdecode(bytes.fromhex(request["path"]))),
        request["key"],
        request["named"],
        tuple(Path(os.fsdecode(bytes.fromhex(part))) for part in request["parts"]),
        request["reader"],
    )
    reader, remarks = readers.chosen(source)
    if getattr(reader, "STREAMS", False):
        return {"streams": reader.NAME, "problems": [asdict(remark) for remark in remarks]}, []
    return _packed(readers.read_as(reader, remarks, source, Limits(**request["limits"])))


def _unforeseen(key: str, error: Exception) -> tuple[dict[str, Any], list[bytes]]:
    """Say what a library raised, and where in our own code it was called."""
    trace, place = error.__traceback__, ""
    while trace:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("kg.readers."):
            place = f"{module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    said = f"{type(error).__name__}: {error}".strip(": ")[:300]
    what = f"is damaged, or of a form that its reader does not know ({said}; {place})"
    return {"error": SourceError.__name__, "where": key, "what": what}, []


def _packed(reading: Reading) -> tuple[dict[str, Any], list[bytes]]:
    payload, tables = [], []
    for kind, table in reading.tables.items():
        stream = io.BytesIO()
        table.frame.collect().write_ipc_stream(stream)
        payload.append(stream.getvalue())
        tables.append((kind, len(payload[-1])))
    head = {
        "reader": reading.reader,
        "tables": tables,
        "problems": [asdict(problem) for problem in reading.problems],
        "facts": dict(reading.facts),
    }
    for path in reading.scratch:
        path.unlink()
    return head, payload


if __name__ == "__main__":
    main()
