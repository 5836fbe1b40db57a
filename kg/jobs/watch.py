"""Watch: harmonizes the files of a folder as they come, each once it has stopped growing, and says what is missing.

What was harmonized is known by its digest in the store, so that a watch that was stopped goes on where it was. A file that
cannot be read is tried again when it changes. What was said of a file that has gone stays, as files are moved to an archive
when they have been taken; only where the same file is there under another name, what was said under the old one goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from kg.errors import SourceError, UsageError
from kg.intake import Clock, Settling, Sign, open_for_writing, sign_of
from kg.intake.settling import is_partial
from kg.jobs.notebook_links import NotebookFiles, NotebookLink
from kg.pipeline import Pipeline, SourceOutcome
from kg.pipeline.sources import digest_of
from kg.quality.tiers import Tiers, tiers_of
from kg.readers import Limits, discover
from kg.readers.confined import Confined
from kg.store import Generation, SourceEntry, Store
from kg.table import Source

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one source.

    Attributes:
        outcome: how it was read and mapped.
        path: where it lies.
        tiers: which fields of the 4DN-BINA-OME tiers it gives; None where it says nothing of an image or a microscope.
        links: records of lab notebooks that name it.
        is_notebook: whether it is one itself.
        changed: whether it changed while it was read; then it is taken again.
    """

    outcome: SourceOutcome
    path: Path
    tiers: Tiers | None = None
    links: tuple[NotebookLink, ...] = ()
    is_notebook: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A source of the store whose file is no longer in the folder.

    Attributes:
        key: its key.
        path: where it lay.
        now: key of the source that it is now, where it was renamed: then it was withdrawn; else empty.
    """

    key: str
    path: Path
    now: str = ""


_Signs = tuple[tuple[Path, Sign], ...]


class Watch:
    """Looks at a folder, round by round; use it in a ``with`` statement."""

    def __init__(self, pipeline: Pipeline, folder: Path, store: Path, settle: float, clock: Clock) -> None:
        """Take what is watched, where it goes, and the seconds for which a file must stay as it is.

        Raises:
            UsageError: there is no such folder, or the store lies in it.
        """
        if not folder.is_dir():
            raise UsageError(str(folder), "is no folder; name the folder to watch")
        self._folder, self._store, self._pipeline = folder.absolute(), store, pipeline
        if self._folder.resolve() in (store.resolve(), *store.resolve().parents):
            raise UsageError("--store", "lies in the folder that is watched; name one outside of it")
        self._settling = Settling(self._folder, settle, clock)
        self._tried: dict[Path, _Signs] = {}
        self._unlinked: dict[Path, SourceOutcome] = {}
        self._rested: dict[Path, Sign] = {}
        self._confined = Confined(Limits())
        self._looked: frozenset[Path] | None = None
        self._told_gone: set[str] = set()
        self.growing: tuple[Path, ...] = ()
        self.gone: tuple[Gone, ...] = ()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process that looks into files."""
        self._confined.__exit__(kind, error, trace)

    def round(self) -> Iterator[Arrival]:
        """Look once; harmonize what is ready and was not before, and yield each source as soon as it is in the store.

        A source that no record of a notebook named when it came is yielded again when one does. ``growing`` are then the files
        that are not ready, and ``gone`` the sources that turned out to be gone.

        Raises:
            StoreError: the store cannot be written, for example because another job does; the next round tries again.
            LimitError: the folder holds too many files.
            SourceError: the folder cannot be listed.
        """
        self.gone = ()
        self._settling.look()
        files = self._settling.files()
        settled = {path for path in files if self._settling.is_settled(path)}
        new = {path: files[path] for path in settled if self._rested.get(path) != files[path]}
        busy = open_for_writing(new.values())
        self.growing = tuple(sorted(path for path, sign in files.items() if path not in settled or sign in busy))
        rested = {path: sign for path, sign in files.items() if path not in self.growing}
        if not rested.items() <= self._rested.items():
            yield from self._take(rested)
        self._look_for_gone(files)

    def _take(self, rested: Mapping[Path, Sign]) -> Iterator[Arrival]:
        ready = [(source, signs) for source, signs in self._sources() if self._is_ready(source, signs, set(self.growing))]
        for start in range(0, len(ready), _AT_ONCE):
            yield from self._harmonize(ready[start : start + _AT_ONCE])
        self._rested = dict(rested)

    def _look_for_gone(self, files: Mapping[Path, Sign]) -> None:
        """Look, when files have come or gone and none is growing, which sources of the store are no longer there."""
        if self.growing or self._looked == frozenset(files) or not self._store.exists():
            return
        below = os.path.join(os.path.abspath(self._folder), "")  # noqa: PTH100, PTH118 - as origins are written
        with Store.open(self._store) as store:
            gone: list[SourceEntry] = []
            there: dict[tuple[str, str, int], SourceEntry] = {}
            for entry in store.sources():
                if entry.origin.startswith(below) and not os.path.lexists(entry.origin):
                    gone.append(entry)
                elif entry.origin.startswith(below):
                    there[entry.digest, entry.mapping, entry.rows] = entry
            renamed = {entry.iri: now for entry in gone if (now := there.get((entry.digest, entry.mapping, entry.rows)))}
            if renamed:
                store.withdraw(renamed)
        for entry in gone:
            if entry.iri in renamed:
                self._tried.pop(Path(entry.origin), None)
                self._unlinked.pop(Path(entry.origin), None)
        new = [entry for entry in gone if entry.origin not in self._told_gone or entry.iri in renamed]
        self._told_gone = {entry.origin for entry in gone if entry.iri not in renamed}
        self.gone = tuple(
            Gone(entry.key, Path(entry.origin), renamed[entry.iri].key if entry.iri in renamed else "") for entry in new
        )
        self._looked = frozenset(files)

    def _sources(self) -> list[tuple[Source, _Signs]]:
        try:
            found = discover([self._folder], self._confined.gathered)  # looks into files, hence not in this process
        except OSError as error:
            raise SourceError(str(self._folder), f"changed while it was listed ({error.strerror or error})") from error
        return [(source, _signs(source)) for source in found if not is_partial(source.path.name)]

    def _is_ready(self, source: Source, signs: _Signs, growing: set[Path]) -> bool:
        """Say whether a source rests and is neither in the store nor was it tried as it is."""
        if not signs or self._tried.get(source.path) == signs or any(path in growing for path, _ in signs):
            return False
        if any(not self._settling.is_settled(path) for path, _ in signs):
            return False
        try:
            with Store.open(self._store, create=True) as known:
                entry = known.source_by_origin(str(source.path))
            if entry is not None and entry.digest == digest_of(source)[0]:
                self._tried[source.path] = signs
                return False
        except OSError:  # it has gone
            return False
        return True

    def _harmonize(self, ready: Sequence[tuple[Source, _Signs]]) -> Iterator[Arrival]:
        chosen = {source.path: signs for source, signs in ready}
        keys = {source.key: source.path for source, _ in ready}
        done = self._pipeline.harmonize([self._folder], self._store, wanted=lambda source: source.path in chosen)
        outcomes = {keys[each.key]: each for each in done.sources if each.key in keys and each.status != "part"}
        files = NotebookFiles(done.generation, self._pipeline.schema) if done.generation else None
        for source, signs in ready:
            outcome = outcomes.get(source.path)
            if outcome is None:
                continue
            changed = _signs(source) != signs
            if not changed:
                self._tried[source.path] = signs
            arrival = Arrival(outcome, source.path, changed=changed)
            if outcome.status == "harmonized" and done.generation and files:
                arrival = self._arrival(arrival, files)
            yield arrival
        if done.generation and files:
            yield from self._linked_now(files, set(outcomes))

    def _arrival(self, found: Arrival, files: NotebookFiles) -> Arrival:
        iri, path = found.outcome.iri, found.path
        is_notebook = iri in files.graphs
        links = files.links_of(path, iri)
        if links or is_notebook:
            self._unlinked.pop(path, None)
        else:
            self._unlinked[path] = found.outcome
        with Store.open(self._store) as store:
            now = store.current  # the pipeline has closed its own
            tiers = tiers_of(said_by(now, iri) if now else (), self._pipeline.schema)
        return Arrival(found.outcome, path, tiers if tiers.given else None, links, is_notebook, found.changed)

    def _linked_now(self, files: NotebookFiles, new: set[Path]) -> Iterator[Arrival]:
        for path, outcome in list(self._unlinked.items()):
            if path not in new and files.links_of(path, outcome.iri):
                yield self._arrival(Arrival(outcome, path), files)


def said_by(generation: Generation, iri: str) -> Iterator[ox.Quad]:
    """Yield all that a source says: its own statements, and those about shared entities."""
    yield from generation.database.quads_for_pattern(None, None, None, ox.NamedNode(iri))
    lines = "".join(f"{line} .\n" for line in generation.ledger.claims_of(iri))
    yield from ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)


def _signs(source: Source) -> _Signs:
    """Return the signs of all files of a source; nothing where one has gone."""
    found = [(path, sign_of(path)) for path in (source.path, *source.parts) if not path.is_dir()]
    if any(sign is None for _, sign in found):
        return ()
    return tuple((path, sign) for path, sign in found if sign is not None)
