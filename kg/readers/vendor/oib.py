"""Olympus OIB and OIF: the sections of the texts that stand beside the pixels.

An OIF is a text file in UTF-16 with sections of ``key=value`` beside a folder of the same name and ``.files``, in which each
plane has such a text of its own (``.pty``) and each region (``.roi``). An OIB is one compound file that holds the same.

A section is a row of the table that has its name without the number: ``[Channel 2 Parameters]`` is a row of ``Channel
Parameters`` with ``_number`` 2. Tables of planes and regions begin with the kind of the file: ``pty Axis Parameters``.
``_file`` is the name of the file, ``_section`` the heading. Values are as they stand, without the quotes around them.
"""

from __future__ import annotations

import os
import re
import struct
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.bundle import Bundle, Folder
from kg.readers.needs import needed
from kg.readers.vendor.ole import check_chains
from kg.readers.vendor.rows import table_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "oib"
RANK = 30
TITLE = "Olympus OIB and OIF (.oib, .oif with its folder); metadata only"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OIF_HEADS = ("[Acquisition", "[Axis", "[Channel", "[File Info", "[ProfileSaveInfo", "[Version Info", "[Bleach", "[GUI ")
_READ = (".pty", ".roi")
# What the library lets through from damaged files.
_DAMAGE = (LookupError, ValueError, EOFError, TypeError, AttributeError, NotImplementedError, RecursionError, struct.error)
_MOST_FILES = 100_000
_MOST_TEXTS = 20_000
_MOST_TEXT_BYTES = 16 * 1024 * 1024
_MOST_LINES = 200  # of one value in quotes
_HEADING = re.compile(r"\[(.+)\]\s*")
_NUMBER = re.compile(r"(?<= )(\d+)(?= |$)")

Sections = dict[str, list[dict[str, str]]]


def claims(peek: Peek) -> bool:
    """Claim a compound file that is called .oib, and a text that begins as an OIF."""
    if peek.head.startswith(_OLE):
        return peek.suffix == ".oib"
    return peek.suffix == ".oif" and peek.text.lstrip().startswith(_OIF_HEADS)


def gather(folder: Folder) -> Iterator[Bundle]:
    """Yield each OIF with the files of its folder."""
    folders = set(folder.folders)
    for name in folder.files:
        beside = f"{name}.files"
        if name.lower().endswith(".oif") and beside in folders:
            with os.scandir(folder.path / beside) as entries:
                names = sorted(entry.name for _, entry in zip(range(_MOST_FILES), entries, strict=False) if entry.is_file())
            yield Bundle(name, tuple(f"{beside}/{one}" for one in names))


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of all sections.

    Raises:
        SourceError: damaged, or without the text that describes the image.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        packed = stream.read(len(_OLE)) == _OLE
    texts = _packed_texts(source) if packed else _texts_of_folder(source)
    sections: Sections = {}
    problems: list[Problem] = []
    left = limits.file_bytes
    for at, (name, data) in enumerate(texts):
        if at >= _MOST_TEXTS:
            found = f"more than {_MOST_TEXTS:,} texts of planes"
            problems.append(Problem(source.key, "many-planes", found, "fewer", repair="the rest is not read"))
            break
        left -= len(data)
        if left < 0:
            raise LimitError(source.key, f"its texts are longer than {limits.file_bytes:,} bytes")
        _file(sections, name, _decoded(data))
    if not any(not kind.startswith(("pty ", "roi ")) for kind in sections):
        raise SourceError(source.key, "has no section that describes an image; is it an OIF or OIB file?")
    tables = {kind: table_of(kind, rows, limits, source.key) for kind, rows in sections.items()}
    return Reading(NAME, tables, tuple(problems), {"format": "OIB" if packed else "OIF"})


def _texts_of_folder(source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the main text and of those in the folder."""
    for path in (source.path, *source.parts):
        if path == source.path or path.suffix.lower() in _READ:
            with path.open("rb") as stream:
                yield path.name, stream.read(_MOST_TEXT_BYTES)


def _packed_texts(source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield the same from a compound file, which says by itself which text is the main one."""
    oiffile = needed("oiffile", source.key, "bioimage-kg")
    check_chains(source.path, source.key)
    try:
        with oiffile.OibFileSystem(str(source.path)) as files:
            names = sorted(files.files(), key=lambda name: (not name.lower().endswith(".oif"), name))
            for name in names:
                if name.lower().endswith((".oif", *_READ)):
                    with files.open_file(name) as stream:
                        yield name.rpartition("/")[2], stream.read(_MOST_TEXT_BYTES)
    except (oiffile.OifFileError, *_DAMAGE) as error:
        raise SourceError(source.key, f"is damaged or cut off ({str(error)[:200]})") from error


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _file(sections: Sections, name: str, text: str) -> None:
    """Add the sections of one text; what stands before the first heading is a section without a name."""
    suffix = name.rpartition(".")[2].lower()
    prefix = "" if suffix == "oif" else f"{suffix} "
    row: dict[str, str] | None = None
    for line in _lines(text):
        heading = _HEADING.fullmatch(line)
        if heading:
            number = _NUMBER.search(heading[1])
            kind = prefix + re.sub(r"\s+", " ", _NUMBER.sub("", heading[1], count=1)).strip()
            row = {"_file": name, "_section": heading[1]} | ({"_number": number[1]} if number else {})
            sections.setdefault(kind, []).append(row)
        elif line.strip("\0 \t"):
            if row is None:
                row = {"_file": name}
                sections.setdefault(f"{prefix}text", []).append(row)
            _cell(row, line)


def _cell(row: dict[str, str], line: str) -> None:
    """Add one line to a section; a line without a key belongs to those without one."""
    key, equals, value = line.partition("=")
    key = key.strip()
    if not equals or not key:
        row["_text"] = f"{row['_text']}\n{line}" if "_text" in row else line
        return
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    free, again = (f"./{key}" if key.startswith(("_", "$")) else key), 2
    name = free
    while name in row:
        name, again = f"{free}[{again}]", again + 1
    row[name] = value


def _lines(text: str) -> Iterable[str]:
    """Yield the lines; a value in quotes may go over several of them."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].rstrip("\r")
        at += 1
        value = line.partition("=")[2].strip()
        if value.startswith('"') and (len(value) == 1 or not value.endswith('"')):
            rest = [one.rstrip("\r") for one in lines[at : at + _MOST_LINES]]
            closing = next((i for i, one in enumerate(rest) if one.rstrip().endswith('"')), None)
            if closing is not None and not any(_HEADING.fullmatch(one) for one in rest[:closing]):
                line = "\n".join((line, *rest[: closing + 1]))
                at += closing + 1
        yield line
