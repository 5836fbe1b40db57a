"""Uploads on their way in: bodies of requests become files, whatever their size, never whole in memory."""

from __future__ import annotations

import asyncio
import mmap
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from fastapi import Request

from kg.api.asked import content_type_of
from kg.errors import QueryError
from kg.store.uploads import graph_format
from kg.store.writes import Upload

MULTIPART = "multipart/form-data"
_UTF8 = frozenset(("", "utf-8", "utf8", "us-ascii"))
_MARK = b"\xef\xbb\xbf"
_LONGEST_HEAD = 16 << 10
_MOST_PARTS = 1_000
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{1,70}")
# What a name tells where a part has no type of its own.
_SUFFIXES = {
    "ttl": "text/turtle", "nt": "application/n-triples", "rdf": "application/rdf+xml", "owl": "application/rdf+xml",
    "xml": "application/rdf+xml", "jsonld": "application/ld+json", "json": "application/ld+json", "n3": "text/n3",
}  # fmt: skip


class UnsupportedTypeError(Exception):
    """The body is of a media type that is not taken here; the text says which are."""


@asynccontextmanager
async def received_uploads(request: Request, folder: Path) -> AsyncIterator[tuple[Upload, ...]]:
    """Take the body of a request as files in a folder, which go when the context ends.

    Raises:
        UnsupportedTypeError: its type is not that of a graph, or its character set is not UTF-8.
        QueryError: it is multipart and cannot be taken apart.
        LimitError: it is too long.
    """
    header = request.headers.get("content-type", "")
    media_type = _checked(header) if content_type_of(header)[0] != MULTIPART else MULTIPART
    files = [folder / f"upload-{uuid.uuid4().hex}"]
    try:
        await _spool(request, files[0], unmarked=media_type != MULTIPART)
        if media_type == MULTIPART:
            uploads = await asyncio.to_thread(lambda: list(_taken_apart(files[0], header, files)))
        else:
            uploads = [Upload(files[0], media_type)]
        yield tuple(uploads)
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def _checked(header: str) -> str:
    """Return the media type of a header if it is one of a graph; raises UnsupportedTypeError."""
    media_type, charset = content_type_of(header)
    if graph_format(media_type) is None:
        said = media_type[:100] or "a body without a type"
        wanted = "text/turtle, application/n-triples, application/rdf+xml, application/ld+json, text/n3 or multipart/form-data"
        raise UnsupportedTypeError(f"a graph is sent as {wanted}, not as {said}")
    if charset not in _UTF8:
        raise UnsupportedTypeError(f"expected UTF-8, found the character set {charset[:40]!r}")
    return media_type


async def _spool(request: Request, file: Path, *, unmarked: bool) -> None:
    """Write the body of a request to a file; with ``unmarked`` without the mark of UTF-8 at its start."""
    began = not unmarked
    held = b""
    with file.open("xb") as out:
        async for block in request.stream():
            piece = held + block
            held = b""
            if not began and len(piece) < len(_MARK) and _MARK.startswith(piece):
                held = piece
                continue
            out.write(piece if began else piece.removeprefix(_MARK))
            began = True
        out.write(held)


def _taken_apart(body: Path, header: str, files: list[Path]) -> Iterator[Upload]:
    """Yield the parts of a multipart body, each in a file of its own, which is added to ``files``."""
    boundary = _boundary(header)
    if not body.stat().st_size:
        raise QueryError("upload", "is multipart, and empty")
    with body.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for start, end in _parts(data, b"--" + boundary):
            head, content = _head(data, start, end)
            media_type = _part_type(head)
            files.append(body.with_name(f"{body.name}-{len(files)}"))
            with files[-1].open("xb") as out:
                if data[content : content + len(_MARK)] == _MARK:
                    content += len(_MARK)
                for place in range(content, end, 1 << 20):
                    out.write(data[place : min(end, place + (1 << 20))])
            yield Upload(files[-1], media_type)


def _boundary(header: str) -> bytes:
    message = Message()
    message["Content-Type"] = header
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not _BOUNDARY.fullmatch(boundary):
        raise QueryError("upload", "is multipart, and its header names no boundary")
    return boundary.encode("ascii")


def _parts(data: mmap.mmap, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """Yield where parts begin and end, without their delimiters."""
    place = data.find(delimiter)
    if place < 0 or (place and data[place - 1 : place] != b"\n"):
        raise QueryError("upload", "is multipart, and its boundary does not begin it")
    for _ in range(_MOST_PARTS):
        after = place + len(delimiter)
        if data[after : after + 2] == b"--":
            return
        start = data.find(b"\n", after) + 1
        # A body whose lines end with a line feed alone is understood, too.
        place = data.find(b"\n" + delimiter, start - 1) + 1
        if not start or not place:
            raise QueryError("upload", "is multipart, and ends before its last boundary")
        end = place - (2 if data[place - 2 : place - 1] == b"\r" else 1)
        yield start, max(start, end)
    raise QueryError("upload", f"has more than {_MOST_PARTS:,} parts")


def _head(data: mmap.mmap, start: int, end: int) -> tuple[Message, int]:
    """Return the headers of a part, and where its content begins."""
    near = data[start : min(end, start + _LONGEST_HEAD)]
    found = re.match(rb"(?:[^\r\n]+\r?\n)*\r?\n", near)
    if found is None:
        raise QueryError("upload", "has a part whose headers do not end")
    return HeaderParser().parsestr(found.group().decode("utf-8", "replace")), start + found.end()


def _part_type(head: Message) -> str:
    if head["Content-Type"]:
        return _checked(str(head["Content-Type"]))
    name = str(head.get_filename() or head.get_param("name", "", "content-disposition") or "")
    return _checked(_SUFFIXES.get(name.rpartition(".")[2].lower(), ""))
