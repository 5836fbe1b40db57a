"""An ontology file on disk: opened whatever packs it, recognised by what stands in it, and read as facts."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import re
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Literal, cast

import pyoxigraph as ox

from kg.errors import TermError
from kg.terms.files.obo import read_obo
from kg.terms.files.owl import read_rdf
from kg.terms.files.table_file import read_table
from kg.terms.files.xml_guard import LONGEST_PROLOG, check_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.terms.files.facts import Fact

Syntax = Literal["obo", "rdfxml", "turtle", "ntriples", "jsonld", "table"]

_RDF = {
    "rdfxml": ox.RdfFormat.RDF_XML,
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_RATIO = 400
_FREE_BYTES = 64 << 20
_OBO_TAGS = re.compile(
    r"(format-version|data-version|version|ontology|default-namespace|date|saved-by|auto-generated-by|subsetdef|remark"
    r"|synonymtypedef|idspace|import|treat-xrefs-as-[a-z\-]+|default-relationship-id-prefix|owl-axioms|property_value):"
)
_TRIPLE = re.compile(r"(<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+\S.*\.\s*(#.*)?")
_TURTLE = re.compile(r"(@prefix|@base|prefix|base)\s+\S*:?\s*<", re.IGNORECASE)
_CANNOT = "is in no form that kg reads: OBO, OWL or RDFS as RDF/XML, Turtle, N-Triples or JSON-LD, or a term table of kg"


def facts_of(path: Path) -> Iterator[Fact]:
    """Yield what an ontology file says; raises TermError when it cannot be read, with a sentence for people."""
    with _opened(path) as stream:
        head = _peek(stream, 1 << 14)
        syntax = recognise(head, path.name)
        try:
            if syntax == "rdfxml":
                check_xml(_peek(stream, LONGEST_PROLOG), path.name)
            if syntax == "obo":
                yield from read_obo(stream, path.name)
            elif syntax == "table":
                yield from read_table(stream, path.name)
            else:
                yield from read_rdf(cast("IO[bytes]", stream), path.name, _RDF[syntax])
        except (EOFError, lzma.LZMAError, zlib.error, OSError) as error:
            raise TermError(path.name, f"cannot be read to its end: {error}") from error


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as it lies on disk."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise TermError(str(path), f"cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def recognise(head: bytes, name: str) -> Syntax:
    """Return the syntax of a file from its first bytes; raises TermError for what kg does not read, saying what it is."""
    if not head.strip():
        raise TermError(name, "is empty")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TermError(name, "is text in UTF-16; please convert it to UTF-8")
    text = head.decode("utf-8-sig", "replace").lstrip()
    if text.startswith(("curie\t", "# ontology:")) or "\ncurie\tlabel" in text:
        return "table"
    if text.startswith(("<?xml", "<!--", "<!DOCTYPE", "<!doctype")) or re.match(r"<[A-Za-z_][\w.:\-]*[\s>]", text):
        return "rdfxml"
    if text.startswith("{") or re.match(r"\[\s*\{", text):
        return _json(text, name)
    lines = [line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith(("#", "!"))]
    return _lines(lines[:200], name)


def _lines(lines: list[str], name: str) -> Syntax:
    first = lines[0] if lines else ""
    if first.startswith(("Prefix(", "Ontology(")):
        raise TermError(
            name,
            "is OWL in functional syntax, which kg does not read yet; please convert it to RDF/XML or OBO, for example with "
            "ROBOT (robot convert --input FILE --output FILE.obo), or take the released file instead of the editors' one",
        )
    if first.startswith(("Prefix:", "Ontology:")):
        raise TermError(name, "is OWL in Manchester syntax, which kg does not read; please convert it to RDF/XML or OBO")
    if _OBO_TAGS.match(first) or first == "[Term]":
        return "obo"
    if any(_TURTLE.match(line) for line in lines):
        return "turtle"
    if _TRIPLE.fullmatch(first):
        return "ntriples"
    raise TermError(name, _CANNOT)


def _json(text: str, name: str) -> Syntax:
    if '"graphs"' in text and '"@' not in text:
        raise TermError(name, "is OBO Graphs JSON, which kg does not read; please take the OBO or OWL file of the ontology")
    if '"@' not in text:
        raise TermError(name, "is JSON, but not JSON-LD: no @context, @graph or @id at its beginning")
    return "jsonld"


def _peek(stream: io.BufferedReader[_Bounded], size: int) -> bytes:
    """Return the next bytes without taking them; fewer only at the end of the file."""
    try:
        return stream.peek(size)[:size]
    except (EOFError, lzma.LZMAError, zlib.error, OSError) as error:
        raise TermError("", f"cannot be unpacked: {error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader[_Bounded]]:
    """Open a file, unpacked by its first bytes, whatever its name says."""
    try:
        file = path.open("rb")
    except IsADirectoryError as error:
        raise TermError(str(path), "is a folder, expected one ontology file") from error
    except OSError as error:
        raise TermError(str(path), f"cannot be opened: {error.strerror}") from error
    with file:
        magic = file.read(6)
        file.seek(0)
        if magic.startswith(b"\x28\xb5\x2f\xfd"):
            raise TermError(path.name, "is packed with Zstandard, which kg does not unpack; please unpack it with zstd -d")
        if magic.startswith(b"PK\x03\x04"):
            raise TermError(path.name, "is a ZIP archive; please give the ontology file inside it")
        most = _FREE_BYTES + _RATIO * path.stat().st_size
        with io.BufferedReader(_Bounded(_unpacked(file, magic), most, path.name), buffer_size=LONGEST_PROLOG) as stream:
            yield stream


def _unpacked(file: IO[bytes], magic: bytes) -> IO[bytes]:
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if magic.startswith(b"\xfd7zXZ\x00"):
        return cast("IO[bytes]", lzma.LZMAFile(file))  # closed with the stream that reads from it
    return cast("IO[bytes]", bz2.BZ2File(file)) if magic.startswith(b"BZh") else file


class _Bounded(io.RawIOBase):
    """A stream that stops with a sentence where a small file unpacks without end."""

    def __init__(self, stream: IO[bytes], most: int, name: str) -> None:
        super().__init__()
        self._stream, self._left, self._name = stream, most, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the whole buffer if the file has that much, so that a peek sees the whole prolog."""
        view, filled = memoryview(buffer), 0
        while filled < len(view) and (block := self._stream.read(len(view) - filled)):
            view[filled : filled + len(block)] = block
            filled += len(block)
        self._left -= filled
        if self._left < 0:
            raise TermError(self._name, f"unpacks to more than {_RATIO} times its size; such files are refused")
        return filled

    def close(self) -> None:
        """Close the unpacking stream too."""
        self._stream.close()
        super().close()
