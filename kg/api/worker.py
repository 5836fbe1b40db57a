"""The process of a worker: confined, killable, and worth nothing to take over.

It answers one request after the other from a socket and ends with it. It has its own share of memory and processor time, no
network (where the system allows that to be taken away), and only reads published snapshots.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from kg.api.frames import packed, received
from kg.api.tasks import TASKS, Context, Reply
from kg.errors import KgError, ServiceError

LET_GO = "let-go"
"""Task that closes whatever the worker keeps open: the files of an old generation are freed with it."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_MOST_ARENAS = -8
_NO_NEW_PRIVILEGES = 38
_SLACK = 2  # seconds of processor time beyond the deadline: the web process should end it first
_FAT = 256 << 20  # bytes beyond which a worker that has answered is replaced by a lean one


def main(sock: socket.socket, scratch: str, memory: int) -> None:
    """Answer until the other side goes; runs in a fresh process.

    Args:
        sock: connected to the web process.
        scratch: folder for long answers, of this worker alone.
        memory: bytes of address space beyond what the process has at its start.
    """
    isolated = confine(memory)
    sock.sendall(packed({"ready": True, "isolated": isolated}))
    context = Context(Path(scratch))
    last, lean = False, _pages(0)
    while not last and (frame := received(sock)) is not None:
        request, _ = frame
        if request.get("task") == LET_GO:
            context = Context(Path(scratch))
            sock.sendall(packed({"head": {}}))
            continue
        limit_processor(request.get("deadline", 0))
        reply, last = _reply(context, request)
        # What a request leaves behind is missing to the next one, which may need little.
        last = last or _pages(0) - lean > memory // 2 or resident() > max(_FAT, memory // 4)
        head = {"head": dict(reply.head), "last": last}
        if isinstance(reply.body, Path):
            sock.sendall(packed({**head, "file": reply.body.name}))
        else:
            sock.sendall(packed(head, len(reply.body)))
            sock.sendall(reply.body)


def _reply(context: Context, request: Mapping[str, Any]) -> tuple[Reply, bool]:
    """Return the reply, and whether this process should not be used again."""
    try:
        return TASKS[request["task"]](context, request), False
    except KgError as error:
        head = {"error": type(error).__name__, "where": error.where, "what": error.what, "code": getattr(error, "code", "")}
        return Reply(head), False
    except MemoryError:
        return _failed("memory", "needs more memory than one request may take"), True
    except RecursionError:
        return _failed("depth", "is nested too deeply to be evaluated"), False
    except Exception:  # noqa: BLE001 - a bug in a task must not end the service; it is told as one, with its trace in the log
        return Reply({"error": "bug", "trace": traceback.format_exc()}), True
    except BaseException as error:  # a panic of a Rust library is no Exception; what it leaves behind cannot be trusted
        if type(error).__name__ != "PanicException":
            raise
        return _failed("failed", "made the database fail; please write it in another way"), True


def _failed(code: str, what: str) -> Reply:
    return Reply({"error": ServiceError.__name__, "where": "query", "what": what, "code": code})


def confine(memory: int) -> bool:
    """Take from this process what answering does not need; say whether the network could be taken."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _end_with_the_web_process()
    # What a library writes as it dies would tear the lines of the log.
    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    isolated = False
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        with suppress(AttributeError):  # not the C library of GNU
            # It would set 64 MiB of addresses aside for each thread that a database is opened with.
            libc.mallopt(_MOST_ARENAS, 1)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        isolated = bool(libc.unshare(_NEW_USER | _NEW_NETWORK) == 0)
    with suppress(ValueError, OSError):  # a lower limit of the system stands
        limit = memory + _pages(0)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return isolated


def _end_with_the_web_process() -> None:
    """Have the system end this process when the web process is gone, whatever a library is busy with.

    Not when its parent is gone: that is the server that forks, whose end need not disturb anybody.
    """
    web = parent_process()
    if web is None or sys.platform != "linux":
        return
    leash = web.sentinel
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(leash, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(leash, fcntl.F_SETFL, fcntl.fcntl(leash, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([leash], [], [], 0)[0]:  # it went before the leash was on
        os.kill(os.getpid(), signal.SIGKILL)


def resident() -> int:
    """Return the memory of this process in bytes; 0 where the system does not say."""
    return _pages(1)


def _pages(place: int) -> int:
    """Return bytes of address space (0) or memory (1) of this process; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text("ascii").split()[place]) if statm.is_file() else 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def limit_processor(deadline: float) -> None:
    """End this process by the system's own hand, should the web process be unable to."""
    if deadline:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        # A query may run on several threads, each of which counts.
        soft = int(used.ru_utime + used.ru_stime + 4 * deadline) + _SLACK
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
