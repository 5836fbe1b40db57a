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
LONGEST_HEAD = 8 << 20
"""Bytes of JSON in one frame; what is longer belongs into the bytes after it."""
LONGEST_BODY = 64 << 20
"""Bytes after the JSON; what is longer belongs into a file."""


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
    return None if head is None or body is None else (json.loads(head.decode("utf-8", "surrogatepass")), body)


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
        ValueError: what came is no frame, or one that is too long.
    """
    size, body_size = _checked(await reader.readexactly(_LENGTHS.size))
    return _read_head(await reader.readexactly(size)), await reader.readexactly(body_size)


class Incoming:
    """Frames out of bytes as they come from somebody who is not trusted."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = bytearray()

    def feed(self, data: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Take bytes; return the frame that they complete, or None.

        Raises:
            ValueError: what came is no frame, one that is too long, or more than one: nobody asked for a second.
        """
        self._bytes += data
        if len(self._bytes) < _LENGTHS.size:
            return None
        size, body_size = _checked(bytes(self._bytes[: _LENGTHS.size]))
        start, end = _LENGTHS.size + size, _LENGTHS.size + size + body_size
        if len(self._bytes) > end:
            raise ValueError("more than one frame")
        if len(self._bytes) < end:
            return None
        head, body = _read_head(bytes(self._bytes[_LENGTHS.size : start])), bytes(self._bytes[start:])
        self._bytes = bytearray()
        return head, body


def _checked(lengths: bytes) -> tuple[int, int]:
    size, body_size = _LENGTHS.unpack(lengths)
    if size > LONGEST_HEAD or body_size > LONGEST_BODY:
        raise ValueError(f"a frame of {size} and {body_size} bytes")
    return size, body_size


def _read_head(text: bytes) -> dict[str, Any]:
    try:
        head = json.loads(text.decode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise ValueError("a frame nested too deeply") from error
    if not isinstance(head, dict):
        raise ValueError("a frame that is no object")  # noqa: TRY004 - whatever is wrong with a frame is one kind of error
    return head
