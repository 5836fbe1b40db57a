"""Peek: the first bytes of a source, by which readers recognise it and people are told what it looks like."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.readers.text import looks_binary, marked_encoding

if TYPE_CHECKING:
    from kg.table import Source

HEAD_BYTES = 64 * 1024
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
LFS = b"version https://git-lfs"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"II+\0", "a BigTIFF image"),
    (b"MM\0+", "a BigTIFF image"),
    (b"\x89HDF", "an HDF5 file"),
    (b"ZISRAWFILE", "a Zeiss CZI image"),
    (b"\xda\xce\xbe\x0a", "a Nikon ND2 image"),
    (b"\x70\x00\x00\x00", "a Leica LIF image"),
    (b"\xd0\xcf\x11\xe0", "an OLE document (old Office, Olympus OIB or Zeiss ZVI)"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"SQLite format 3", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
_STARTS: tuple[tuple[str, str], ...] = (
    ("{", "JSON of an unknown kind"),
    ("[", "JSON of an unknown kind"),
    ("%YAML", "YAML"),
    ("---\n", "YAML"),
    ("@prefix", "RDF in Turtle"),
    ("PREFIX ", "RDF in Turtle"),
)
_SUFFIXES: dict[str, str] = {
    ".yml": "YAML",
    ".yaml": "YAML",
    ".ttl": "RDF in Turtle",
    ".nt": "RDF in N-Triples",
    ".nq": "RDF in N-Quads",
    ".md": "a Markdown text",
    ".py": "a Python script",
    ".r": "an R script",
    ".sh": "a shell script",
    ".toml": "a TOML file",
    ".ini": "an INI file",
    ".log": "a log",
}


@dataclass(frozen=True, slots=True)
class Peek:
    """What a reader looks at before it claims a source.

    Attributes:
        source: the source itself.
        name: its file name in lower case, without a trailing ``.gz``.
        head: its first 64 KiB, decompressed if it is gzip.
    """

    source: Source
    name: str
    head: bytes

    @property
    def suffix(self) -> str:
        """Return the last suffix of the name with its dot, or an empty string."""
        stem, dot, suffix = self.name.rpartition(".")
        return dot + suffix if stem else ""

    @property
    def text(self) -> str:
        """Return the head as text, good enough to recognise a format by; empty for binary data."""
        return _text(self.head)


@lru_cache(maxsize=8)
def _text(head: bytes) -> str:
    """Decode a head; every reader that is asked wants the same."""
    if looks_binary(head):
        return ""
    return head.decode(marked_encoding(head) or "utf-8", "replace").lstrip("\ufeff")


def peek(source: Source) -> Peek:
    """Read the head of a source.

    Raises:
        OSError: it cannot be opened or read.
    """
    name = source.path.name.lower()
    with source.path.open("rb") as stream:
        raw = stream.read(HEAD_BYTES)
    return Peek(source, name.removesuffix(".gz"), _inflated(raw) if raw.startswith(GZIP) else raw)


def _inflated(raw: bytes) -> bytes:
    """Return what the start of a gzip stream holds, as far as it can be read (readers report the damage)."""
    inflate = zlib.decompressobj(wbits=31)
    head = b""
    try:
        while raw and len(head) < HEAD_BYTES:
            head += inflate.decompress(raw, HEAD_BYTES - len(head))
            raw = inflate.unused_data  # a gzip file may hold several streams, as bgzip writes them
            inflate = zlib.decompressobj(wbits=31)
    except zlib.error:
        return head
    return head


def looks_like(peek: Peek) -> str:
    """Return in a few words what a source looks like, for the sentence that says why nothing reads it.

    >>> from pathlib import Path
    >>> from kg.table import Source
    >>> looks_like(Peek(Source(Path("a.csv"), "a.csv"), "a.csv", b"%PDF-1.4"))
    'a PDF document'
    >>> looks_like(Peek(Source(Path("b.yml"), "b.yml"), "b.yml", b"columns: []"))
    'YAML'
    """
    head = peek.head
    if head.startswith(LFS):
        return "a git-lfs pointer; the file itself has not been fetched (git lfs pull)"
    if head.startswith(ZIP):
        return "a spreadsheet" if peek.suffix in {".xlsx", ".ods"} else "a zip archive"
    if head[257:262] == b"ustar":
        return "a tar archive"
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    if looks_binary(head):
        return "binary data of an unknown kind"
    return _text_looks_like(peek)


def _text_looks_like(peek: Peek) -> str:
    text = peek.text.lstrip()
    if not text:
        return "a text of white space only"
    if text[:200].lower().startswith(("<!doctype html", "<html")):
        return "an HTML page"
    if text.startswith("<"):
        return "XML of an unknown kind"
    for start, words in _STARTS:
        if text.startswith(start):
            return words
    return _SUFFIXES.get(peek.suffix, "a text of an unknown kind")
