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


@dataclass(frozen=True, slots=True)
class Found:
    """What lies under the paths named.

    Attributes:
        sources: every source, once, in order.
        failed: the paths that lead to none, with the reason.
    """

    sources: tuple[Source, ...]
    failed: tuple[SourceOutcome, ...]


def found(paths: Sequence[Path]) -> Found:
    """Look for sources; a path that leads to none does not keep the others from being found."""
    try:
        return Found(tuple(readers.discover(paths)), ())
    except (SourceError, OSError):
        refusals = [(path, _refusal(path)) for path in paths]
    good = [path for path, reason in refusals if reason is None]
    failed = [SourceOutcome(_shown(path), "unreadable", reason, named=True) for path, reason in refusals if reason is not None]
    return Found(tuple(readers.discover(good)), tuple(failed))


def _refusal(path: Path) -> str | None:
    try:
        readers.discover([path])
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


def _place(origin: str) -> str:
    """Return where a path leads, links followed; the path itself stays the name, as a link may come to point elsewhere."""
    return os.path.realpath(origin)
