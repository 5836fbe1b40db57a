"""Sources: what is found under the paths that the user named, and the IRI that each source has."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg import readers
from kg.curie import base_iri, encode_path
from kg.errors import SourceError
from kg.pipeline.results import SourceOutcome
from kg.store import SourceEntry
from kg.table import Source

_WHOLE = 256 * 1024 * 1024
_END = 64 * 1024
_MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """What lies under the paths named.

    Attributes:
        sources: every source, once, in order.
        failed: the paths that lead to none, with the reason.
    """

    sources: tuple[Source, ...]
    failed: tuple[SourceOutcome, ...]


def found(paths: Sequence[Path], gather: readers.Gather) -> Found:
    """Look for sources; a path that leads to none does not keep the others from being found."""
    try:
        return Found(tuple(readers.discover(paths, gather)), ())
    except (SourceError, OSError):
        refusals = [(path, _refusal(path, gather)) for path in paths]
    good = [path for path, reason in refusals if reason is None]
    failed = [SourceOutcome(_shown(path), "unreadable", reason, named=True) for path, reason in refusals if reason is not None]
    return Found(tuple(readers.discover(good, gather)), tuple(failed))


def _refusal(path: Path, gather: readers.Gather) -> str | None:
    try:
        readers.discover([path], gather)
    except SourceError as error:
        return error.what
    except OSError as error:
        return f"cannot be read ({error.strerror or error}), expected a file or a folder"
    return None


def _shown(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


class Known:
    """IRIs of sources: one seen before keeps its own, whatever path leads to it; a new one gets one that no other has."""

    def __init__(self, entries: Iterable[SourceEntry]) -> None:
        """Take the sources that the store has."""
        self._by_origin = {entry.origin: entry.iri for entry in entries}
        self._by_place = {_place(origin): iri for origin, iri in self._by_origin.items()}
        self._taken = set(self._by_origin.values())

    def iri(self, source: Source) -> str:
        """Return the IRI of a source, the same each time."""
        origin = str(source.path)
        iri = self._by_origin.get(origin) or self._by_place.get(_place(origin))
        if iri is None:
            iri = iri_of(source.key)
            digest = hashlib.sha256(origin.encode("utf-8", "surrogateescape")).hexdigest()
            digits = 6
            while iri in self._taken:
                iri = f"{iri_of(source.key)}~{digest[:digits]}"
                digits += 1
            self._by_origin[origin] = iri
            self._taken.add(iri)
        return iri


def iri_of(key: str) -> str:
    """Return the IRI that a source has by its key alone.

    >>> iri_of("idr/idr0012 study.txt")
    'https://w3id.org/bioimage-kg/id/source/idr/idr0012%20study.txt'
    """
    return f"{base_iri()}source/{encode_path(key)}"


def digest_of(source: Source) -> tuple[str, int]:
    """Return the digest and size of a source; of one with parts, that of the names and digests of its files.

    The digest is SHA-256 in hexadecimal. Pixels are not read only to be counted: of more than 256 MiB the sizes and the ends of
    the files count (of the first thousand files), and the digest begins with ``sha256ends:``.

    Raises:
        OSError: a file cannot be read.
    """
    sizes = {path: path.stat().st_size for path in (source.path, *source.parts) if path.is_file()}
    total = sum(sizes.values())
    if total > _WHOLE:
        ends = [_ends(path, size if number < _MOST_FILES else 0) for number, (path, size) in enumerate(sizes.items())]
        told = [f"{path.name}\0{size}\0{end}\n" for (path, size), end in zip(sizes.items(), ends, strict=True)]
        return f"sha256ends:{_sha256(''.join(told))}", total
    digests = []
    for path in sizes:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    if len(digests) == 1:
        return digests[0], total
    return _sha256("".join(f"{path.name}\0{digest}\n" for path, digest in zip(sizes, digests, strict=True))), total


def _ends(path: Path, size: int) -> str:
    """Return the digest of both ends of a file of this size."""
    if not size:
        return ""
    with path.open("rb") as file:
        ends = hashlib.sha256(file.read(_END))
        file.seek(max(size - _END, 0))
        ends.update(file.read(_END))
        return ends.hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()


def _place(origin: str) -> str:
    """Return where a path leads, links followed; the path itself stays the name, as a link may come to point elsewhere."""
    return os.path.realpath(origin)
