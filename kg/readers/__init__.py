"""Readers: one module per container format, found by itself; each turns a source into raw Tables."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.bundle import Folder, Gathered, Gathers, gathered
from kg.readers.limits import Limits
from kg.readers.links import OUTWARD, Inside
from kg.readers.links import reason_of as reason_of_link
from kg.readers.peek import Peek
from kg.readers.peek import peek as _peek
from kg.readers.refusal import reason_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "Gather",
    "Limits",
    "Part",
    "Peek",
    "Reader",
    "UnsupportedSource",
    "chosen",
    "discover",
    "gathered_in",
    "parts_of",
    "peek",
    "read",
    "read_as",
    "reader_for",
    "reader_of",
    "readers",
]

_DEFAULT = Limits()

Gather = Callable[[Path], Gathered]
"""Says what belongs together in a folder."""


class UnsupportedSource(SourceError):  # noqa: N818 - the words of the design
    """No reader takes this kind of source; the reason says what it looks like."""


class Reader(Protocol):
    """What a module of this package must have to be a reader.

    Attributes:
        NAME: same as the file name of the module.
        RANK: lower is asked first; the specific stand before the general.
        TITLE: one line for people.
    """

    NAME: str
    RANK: int
    TITLE: str

    # Optional: ``gather`` (`kg.readers.bundle`), for what consists of several files; ``STREAMS = True``, for a reader whose
    # tables are lazy over the source, which is then read in the calling process (`kg.readers.confined`).

    def claims(self, peek: Peek) -> bool:
        """Say, from the head alone, whether this reader takes the source."""

    def read(self, source: Source, limits: Limits) -> Reading:
        """Read a source whole, or raise SourceError or LimitError."""


@dataclass(frozen=True, slots=True)
class _Found:
    readers: tuple[Reader, ...]
    missing: tuple[str, ...]


@cache
def _modules() -> dict[str, str]:
    """Return the full name of every module of the package by its own name; only the packages among them are imported."""
    found = (info.name for info in pkgutil.walk_packages(__path__, f"{__name__}.") if not info.ispkg)
    return {name.rpartition(".")[2]: name for name in found}


@cache
def _found() -> _Found:
    """Import every module of the package once; those whose third-party package is absent are remembered by name."""
    readers: list[Reader] = []
    missing: list[str] = []
    for name, full in _modules().items():
        try:
            module = importlib.import_module(full)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == "kg":
                raise
            missing.append(f"{name} (needs the Python package {error.name})")
            continue
        if all(hasattr(module, part) for part in ("NAME", "RANK", "claims", "read")):
            readers.append(cast("Reader", module))
    return _Found(tuple(sorted(readers, key=lambda reader: (reader.RANK, reader.NAME))), tuple(missing))


def readers() -> tuple[Reader, ...]:
    """Return every reader that can be used here, in the order in which they are asked."""
    return _found().readers


def peek(source: Source) -> Peek:
    """Return the head of a source, decompressed if it is gzip.

    Raises:
        SourceError: it is missing, a folder, or may not be read.
    """
    try:
        return _peek(source)
    except OSError as error:
        raise _unreadable(source, error) from error


def reader_of(peek: Peek) -> Reader:
    """Return the first reader that claims a source.

    Raises:
        UnsupportedSource: none does; the reason says what the source looks like.
    """
    reader, broken = _claimed(peek, readers())
    if reader is None or (not peek.head and peek.source.path.stat().st_size == 0):
        raise _unsupported(peek, broken)
    return reader


def _unsupported(peek: Peek, broken: Sequence[str]) -> UnsupportedSource:
    if not peek.head and peek.source.path.stat().st_size == 0:
        return UnsupportedSource(peek.source.key, "is empty (0 bytes)")
    missing = f"not installed here: {', '.join(_found().missing)}" if _found().missing else ""
    return UnsupportedSource(peek.source.key, "; ".join(filter(None, (reason_of(peek), *broken, missing))))


def _claimed(peek: Peek, among: Sequence[Reader]) -> tuple[Reader | None, tuple[str, ...]]:
    """Return the first reader that claims a source, and what the readers said that broke down over its head before."""
    broken: list[str] = []
    for reader in among:
        try:
            if reader.claims(peek):
                return reader, tuple(broken)
        except Exception as error:  # noqa: BLE001 - it is told; one reader must not keep the others from a file
            broken.append(f"reader {reader.NAME} broke down over its head ({type(error).__name__}: {str(error)[:100]})")
    return None, tuple(broken)


def read(source: Source, limits: Limits = _DEFAULT) -> Reading:
    """Read a source with the reader that claims it.

    Raises:
        UnsupportedSource: no reader claims it.
        LimitError: it goes beyond the limits.
        SourceError: it cannot be opened, or is damaged as a whole.
    """
    return read_as(*chosen(source), source, limits)


def reader_for(source: Source) -> Reader:
    """Return the reader that `read` would take; errors as for it."""
    return chosen(source)[0]


def read_as(reader: Reader, remarks: Sequence[Problem], source: Source, limits: Limits) -> Reading:
    """Read a source with a reader; ``remarks`` are what was odd in choosing it. Errors as for `read`."""
    try:
        reading = reader.read(source, limits)
    except OSError as error:
        raise _unreadable(source, error) from error
    return replace(reading, problems=(*reading.problems, *remarks)) if remarks else reading


def chosen(source: Source, among: Sequence[Reader] | None = None) -> tuple[Reader, tuple[Problem, ...]]:
    """Return the reader that found a source to be one, else the first that claims it, with what was odd; errors as for `read`.

    Args:
        source: what is to be read.
        among: readers in the order in which they are asked; None for all there are.
    """
    if source.reader == OUTWARD:
        raise SourceError(source.key, reason_of_link(source))
    if source.reader:
        return cast("Reader", importlib.import_module(_modules()[source.reader])), ()  # one of them, not all
    head = peek(source)
    reader, broken = _claimed(head, readers() if among is None else among)
    if reader is None or (not head.head and source.path.stat().st_size == 0):
        raise _unsupported(head, broken)
    expected = "a reader that takes the file or leaves it"
    return reader, tuple(Problem(source.key, "claim", what, expected, severity="info") for what in broken)


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is no source of its own because it belongs to one.

    Attributes:
        key: its portable name, as a Source has one.
        owner: key of the source that it is part of.
    """

    key: str
    owner: str


def gathered_in(folder: Path) -> Gathered:
    """Return what belongs together in a folder; nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return Gathered()
    files = tuple(name for name, is_folder in listed if not is_folder)
    able = [cast("Gathers", reader) for reader in readers() if hasattr(reader, "gather")]
    return gathered(Folder(folder, files, tuple(name for name, is_folder in listed if is_folder)), able)


def discover(paths: Sequence[Path], gather: Gather = gathered_in) -> list[Source]:
    """Return the sources under files and folders, each real file once, in order of the arguments and then of the names.

    What belongs together is one source: sidecars with the file that stands for them, an OME-Zarr with all that lies in it.
    Keys are relative to the parent of the path given: the argument ``data/idr`` gives ``idr/idr0012/idr0012-study.txt``,
    a file gives its own name. Different files that come to the same key get ``~`` and six digits of a hash of where they
    lie. Hidden files and ``__pycache__`` inside folders are left out. A link that leads out of what was named is a source that
    is refused when it is read; a linked folder is then not entered.

    Args:
        paths: files and folders.
        gather: says what belongs together in a folder; that of a confined process looks at no foreign file in this one.

    Raises:
        SourceError: a path does not exist, or a folder cannot be listed.
    """
    found: dict[str, Source] = {}
    inside = Inside(paths)
    for path in paths:
        for source in map(inside.refused, _sources(path, gather, inside)):
            real = str(source.path) if source.reader == OUTWARD else os.path.realpath(source.path)
            known = found.get(real)
            found[real] = replace(known, named=known.named or source.named) if known else source
    uses = Counter(source.key for source in found.values())
    return [_told_apart(source) if uses[source.key] > 1 else source for source in found.values()]


def parts_of(sources: Sequence[Source]) -> list[Part]:
    """Return the files that were found and are not sources because they belong to one, in order of the sources."""
    own = {source.path for source in sources}
    parts = []
    for source in sources:
        folder = source.path if source.path.is_dir() else source.path.parent
        above = source.key if source.path.is_dir() else source.key.rpartition("/")[0]
        for part in (part for part in source.parts if part not in own):
            name = _key(part, folder)
            parts.append(Part(f"{above}/{name}" if above else name, source.key))
    return parts


def _sources(path: Path, gather: Gather, inside: Inside) -> Iterator[Source]:
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links, and the name given is the one shown
    if not absolute.exists():
        raise SourceError(str(path), "does not exist, expected a file or a folder")
    if absolute.is_dir():
        yield from _below(absolute, str(path), gather, inside)
        return
    if not absolute.is_file():
        raise SourceError(str(path), "is a device or a pipe, expected a file or a folder")
    for reader, bundle in gather(absolute.parent).bundles:
        if bundle.primary == absolute.name:
            parts = tuple(absolute.parent / member for member in bundle.members)
            yield Source(absolute, _key(absolute, absolute.parent), named=True, parts=parts, reader=reader)
            return
    yield Source(absolute, _key(absolute, absolute.parent), named=True)


def _below(folder: Path, shown: str, gather: Gather, inside: Inside) -> Iterator[Source]:
    """Walk a folder in order of names; a linked folder is entered unless it leads out or was entered before."""
    entered: set[tuple[int, int]] = set()
    claimed: set[Path] = set()  # files that a source above consists of

    def refuse(error: OSError) -> None:
        raise SourceError(shown, f"cannot be listed ({error.strerror or error})") from error

    for root, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        here = Path(root)
        told = here.stat()
        if (told.st_dev, told.st_ino) in entered:
            folders.clear()
            continue
        entered.add((told.st_dev, told.st_ino))
        together = gather(here)
        claimed |= {here / member for member in together.parts if "/" in member}
        if together.whole:
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        free = [] if together.whole else sorted(name for name in names if not claimed or here / name not in claimed)
        yield from (Source(here / name, _key(here / name, folder.parent)) for name in inside.folders_leading_out(here, folders))
        yield from _in_folder(here, free, together, folder)


def _in_folder(here: Path, names: Sequence[str], together: Gathered, top: Path) -> Iterator[Source]:
    """Yield the sources that lie directly in a folder: those that it is itself, then in order of names."""
    primaries = {bundle.primary: (reader, bundle) for reader, bundle in together.bundles}
    parts = together.parts
    whole = [""] if "" in primaries else []
    for name in (*whole, *names):
        file = here / name
        bundled = primaries.get(name)
        if bundled:
            reader, bundle = bundled
            members = tuple(here / member for member in bundle.members)
            yield Source(file, _key(file, top.parent), named=file == top, parts=members, reader=reader)
        # a link to nowhere stays in: reading it says what is wrong
        elif not name.startswith(".") and name not in parts and (file.is_file() or not file.exists()):
            yield Source(file, _key(file, top.parent))


def _key(path: Path, parent: Path) -> str:
    """Return a portable name: ``/`` between parts, composed Unicode, nothing that cannot be printed."""
    raw = path.relative_to(parent).as_posix()
    printable = raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", printable)


def _told_apart(source: Source) -> Source:
    digest = hashlib.sha256(os.fsencode(source.path)).hexdigest()
    return replace(source, key=f"{source.key}~{digest[:6]}")


def _unreadable(source: Source, error: OSError) -> SourceError:
    if isinstance(error, IsADirectoryError):
        return SourceError(source.key, "is a folder, expected a file")
    return SourceError(source.key, f"cannot be read ({error.strerror or error})")
