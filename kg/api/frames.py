"""What the web process and its workers say to each other: a frame of JSON, and bytes after it.

JSON and not pickles: a worker that a query has broken must not be able to run anything in the web process.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

_LENGTHS = struct.Struct(">IQ")
_LONGEST_HEAD = 64 << 20


def packed(head: Mapping[str, Any], body_size: int = 0) -> bytes:
    """Return the frame that says ``head`` and that ``body_size`` bytes follow."""
    text = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _LENGTHS.pack(len(text), body_size) + text


def received(sock: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """Wait for a frame and return it with its bytes; None when the other side has gone."""
    lengths = _exactly(sock, _LENGTHS.size)
    if lengths is None:
        return None
    size, body_size = _LENGTHS.unpack(lengths)
    head, body = _exactly(sock, size), _exactly(sock, body_size)
    return None if head is None or body is None else (json.loads(head), body)


def _exactly(sock: socket.socket, size: int) -> bytes | None:
    pieces = []
    while size:
        piece = sock.recv(min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


async def next_frame(reader: asyncio.StreamReader) -> tuple[dict[str, Any], bytes]:
    """Wait for a frame and return it with its bytes.

    Raises:
        asyncio.IncompleteReadError: the other side has gone.
        ValueError: what came is no frame.
    """
    size, body_size = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
    if size > _LONGEST_HEAD:
        raise ValueError(size)
    head = json.loads(await reader.readexactly(size))
    if not isinstance(head, dict):
        raise TypeError(head)
    return head, await reader.readexactly(body_size)
