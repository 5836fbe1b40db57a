"""The process of the writer: it alone changes the store, a group of writes at a time, and says what became of each.

Like a worker it has its own share of memory and processor time and no network, and ends with the web process.
"""

from __future__ import annotations

import socket
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.api.frames import packed, received
from kg.api.worker import confine, limit_processor, resident
from kg.errors import KgError, ServiceError, StoreError
from kg.store import Store
from kg.store.writes import Answer, Condition, DeleteGraph, Outcome, PostGraph, PutGraph, Update, Upload, Write

END = "end"
"""Key of the request to remove the working folder and end."""

_WAIT = 1.0  # seconds for another job that writes
_AGAIN = 5.0  # seconds after which a write makes sense again that met one
_FAT = 512 << 20  # bytes beyond which the process is replaced by a lean one


def main(sock: socket.socket, store: str, memory: int) -> None:
    """Write until the other side goes; runs in a fresh process.

    Args:
        sock: connected to the web process.
        store: folder of the store.
        memory: bytes of address space beyond what the process has at its start.
    """
    isolated = confine(memory)
    sock.sendall(packed({"ready": True, "isolated": isolated}))
    last = False
    with Store.open(Path(store)) as opened:
        while not last and (frame := received(sock)) is not None:
            request, _ = frame
            if END in request:
                break
            limit_processor(request["deadline"])
            reply, last = _reply(opened, request)
            last = last or resident() > max(_FAT, memory // 4)
            sock.sendall(packed({**reply, "last": last}))


def _reply(store: Store, request: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the reply to a group, and whether this process should not be used again."""
    ids = [str(one["id"]) for one in request["writes"]]
    try:
        outcomes, generation = _applied(store, [write_of(one) for one in request["writes"]], ids)
    except KgError as error:
        return {"outcomes": [_told(Outcome(error))] * len(ids), "generation": ""}, False
    except MemoryError:
        lack = ServiceError("update", "needs more memory than one write may take", "memory")
        return {"outcomes": [_told(Outcome(lack))] * len(ids), "generation": ""}, True
    except Exception:  # noqa: BLE001 - a defect must not end the service; it is told as one, with its trace in the log
        return {"bug": traceback.format_exc()}, True
    return {"outcomes": [_told(outcome) for outcome in outcomes], "generation": generation or ""}, False


def _applied(store: Store, writes: Sequence[Write], ids: Sequence[str]) -> tuple[list[Outcome], str | None]:
    try:
        with store.writing(_WAIT):
            pass
    except StoreError as error:
        raise ServiceError("store", error.what, "busy", retry_after=_AGAIN) from error
    return store.apply(writes, ids)


def write_of(said: Mapping[str, Any]) -> Write:
    """Return a write from JSON, as ``said_of`` makes it."""
    condition = Condition(*said["condition"])
    match said["kind"]:
        case "update":
            using, named = tuple(said["using"]), tuple(said["using_named"])
            answers = tuple(Answer(one["address"], one["values"], _upload(one["upload"])) for one in said["answers"])
            return Update(said["text"], said["base"], using, named, said["sees_everything"], answers, condition)
        case "delete":
            return DeleteGraph(said["graph"], condition)
        case kind:
            uploads = tuple(Upload(Path(file), media_type) for file, media_type in said["uploads"])
            return (PutGraph if kind == "put" else PostGraph)(said["graph"], uploads, said["base"], condition)


def said_of(write: Write) -> dict[str, Any]:
    """Return a write as JSON."""
    condition = [write.condition.generation, write.condition.exists]
    match write:
        case Update():
            return {
                "kind": "update",
                "condition": condition,
                "text": write.text,
                "base": write.base_iri,
                "using": list(write.using_graphs),
                "using_named": list(write.using_named_graphs),
                "sees_everything": write.sees_everything,
                "answers": [
                    {"address": one.address, "values": one.values, "upload": one.upload and _said(one.upload)}
                    for one in write.answers
                ],
            }
        case DeleteGraph():
            return {"kind": "delete", "condition": condition, "graph": write.graph}
        case PutGraph() | PostGraph():
            return {
                "kind": "put" if isinstance(write, PutGraph) else "post",
                "condition": condition,
                "graph": write.graph,
                "uploads": [_said(upload) for upload in write.uploads],
                "base": write.base_iri,
            }


def _said(upload: Upload) -> list[str]:
    return [str(upload.file), upload.media_type]


def _upload(said: Sequence[str] | None) -> Upload | None:
    return Upload(Path(said[0]), said[1]) if said else None


def _told(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    if error is None:
        return {"existed": outcome.existed}
    return {
        "error": type(error).__name__,
        "where": error.where,
        "what": error.what[:2000],
        "code": getattr(error, "code", ""),
        "known": getattr(error, "known", False),
        "retry_after": getattr(error, "retry_after", None),
    }
