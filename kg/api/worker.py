"""The process of a worker: confined, killable, and worth nothing to take over.

It answers one request after the other from a socket and ends with it. It has its own share of memory and processor time, no
network (where the system allows that to be taken away), and only reads published snapshots.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg.api.frames import packed, received
from kg.api.tasks import TASKS, Context, Reply
from kg.errors import KgError, ServiceError

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_PARENT_DEATH = 1
_SLACK = 2  # seconds of processor time beyond the deadline: the web process should end it first


def main(sock: socket.socket, scratch: str, memory: int) -> None:
    """Answer until the other side goes; runs in a fresh process.

    Args:
        sock: connected to the web process.
        scratch: folder for long answers.
        memory: bytes of address space beyond what the process has at its start.
    """
    isolated = _confine(memory)
    sock.sendall(packed({"ready": True, "isolated": isolated}))
    context = Context(Path(scratch))
    while (frame := received(sock)) is not None:
        request, _ = frame
        _limit_processor(request.get("deadline", 0))
        reply = _reply(context, request)
        head = {"head": dict(reply.head)}
        if isinstance(reply.body, Path):
            sock.sendall(packed({**head, "file": reply.body.name}))
        else:
            sock.sendall(packed(head, len(reply.body)))
            sock.sendall(reply.body)


def _reply(context: Context, request: Mapping[str, Any]) -> Reply:
    try:
        return TASKS[request["task"]](context, request)
    except KgError as error:
        return Reply(
            {"error": type(error).__name__, "where": error.where, "what": error.what, "code": getattr(error, "code", "")}
        )
    except MemoryError:
        return Reply(
            {"error": ServiceError.__name__, "where": "query", "what": "needs more memory than allowed", "code": "memory"}
        )
    except RecursionError:
        return Reply({"error": ServiceError.__name__, "where": "query", "what": "is nested too deeply", "code": "depth"})
    except Exception:  # noqa: BLE001 - a bug in a task must not end the service; it is told as one, with its trace in the log
        return Reply({"error": "bug", "trace": traceback.format_exc()})


def _confine(memory: int) -> bool:
    """Take from this process what answering does not need; say whether the network could be taken."""
    # The parent of a worker is the server that forks; when the web process dies, so does that, and with it the worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    isolated = False
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PARENT_DEATH, signal.SIGKILL)
        isolated = bool(libc.unshare(_NEW_USER | _NEW_NETWORK) == 0)
    with suppress(ValueError, OSError):  # a lower limit of the system stands
        limit = memory + _address_space()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return isolated


def _address_space() -> int:
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text("ascii").split()[0]) if statm.is_file() else 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_processor(deadline: float) -> None:
    """End this process by the system's own hand, should the web process be unable to."""
    if deadline:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        # A query may run on several threads, each of which counts.
        soft = int(used.ru_utime + used.ru_stime + 4 * deadline) + _SLACK
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
