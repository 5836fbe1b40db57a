"""The store: a folder of generations, one of which is current, and one writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import StoreError
from kg.problem import Problem
from kg.store.audiences import make_public
from kg.store.batch import Batch, Describe, SourceEntry
from kg.store.builder import build
from kg.store.disk import remove_tree, writer_lock
from kg.store.faults import store_faults
from kg.store.generation import DESCRIPTION, Generation
from kg.store.holds import is_held
from kg.store.pointer import CURRENT, GENERATIONS, check_followed, current_id, has_pointer, is_whole, point_to
from kg.store.tokens import TOKENS, TOKENS_LOCK
from kg.store.verify import verify
from kg.store.working import Working
from kg.store.writes import Outcome, Write

KEEP = 2
"""Generations that stay on the disk: the current one and its predecessors."""

_LOCK = "lock"
DECISIONS = "decisions.sssom.tsv"
"""File in the store's folder where people's decisions about its texts stand, unless they are kept elsewhere."""

FETCHED = "fetched"
"""Folder in the store's folder for copies of sources on the web."""

SIDECARS = "sidecars"
"""Folder in the store's folder for what search reads: made from generations, and always to be made again."""

_OURS = frozenset(
    (
        CURRENT,
        CURRENT + ".new",
        GENERATIONS,
        _LOCK,
        _LOCK + "-journal",
        DECISIONS,
        FETCHED,
        TOKENS,
        TOKENS + ".new",
        TOKENS_LOCK,
        SIDECARS,
    )
)
Fill = Callable[[Path, Generation | None], None]
"""Makes the folder of a new generation, from the one before; None where there is none yet."""

_WORK = "work-"  # temporary folders of a job that fills the store
_TRIES = 5
_PATIENCE = 1.0  # seconds that a write waits for another job


class Store:
    """A store folder, opened; reading needs no lock, ``publish`` and ``withdraw`` take the writer's.

    Use ``Store.open``; a context manager that closes the generation last read.
    """

    def __init__(self, path: Path) -> None:
        """Take a folder that ``open`` has checked."""
        self.path = path
        self._current: Generation | None = None
        self._reading = threading.Lock()
        self._writer = threading.RLock()
        self._writing = False
        self._working: Working | None = None

    @classmethod
    def open(cls, path: Path | str, *, create: bool = False) -> Self:
        """Open a store folder, or make one where there is none or an empty folder.

        Raises:
            StoreError: there is none, it holds something else, or it cannot be made.
        """
        folder = Path(path)
        with store_faults(str(folder)):
            if folder.exists() and not folder.is_dir():
                raise StoreError(str(folder), "is not a folder, so it cannot be a store")
            names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(_WORK)} if folder.exists() else set()
            if not names <= _OURS and not {CURRENT, GENERATIONS} <= names:
                raise StoreError(str(folder), "this folder holds other files and is not a store; nothing was written to it")
            if GENERATIONS not in names:
                if not create:
                    raise StoreError(str(folder), "there is no store here; 'kg harmonize SOURCE --store DIR' makes one")
                (folder / GENERATIONS).mkdir(parents=True, exist_ok=True)
        return cls(folder)

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the generation last read; the store can be used again."""
        with self._reading:
            if self._current:
                self._current.close()
                self._current = None
        if self._working:
            self._working.close()
            self._working = None

    @property
    def current(self) -> Generation | None:
        """Return the generation published last, by whatever process; None while nothing is published.

        The same object comes back until another generation is published.

        Raises:
            StoreError: the pointer is lost or damaged, or the generation that it names is.
        """
        with self._reading:
            for _ in range(_TRIES):
                name = current_id(self.path)
                if name is None or (self._current and self._current.id == name):
                    return self._current
                # Two publications between the two reads may have removed it: then the name has changed.
                with suppress(StoreError):
                    self._current = Generation(self.path / GENERATIONS / name)
                    return self._current
            if name is None:
                return None
            check_followed(self.path, name)
            return Generation(self.path / GENERATIONS / name)

    def sources(self) -> list[SourceEntry]:
        """Return the sources of the current generation, oldest first."""
        with store_faults(str(self.path)):
            return self.current.ledger.sources() if self.current else []

    def source_by_origin(self, origin: str) -> SourceEntry | None:
        """Return the source that was read from this path or address, or None."""
        return self._source_by("origin", origin)

    def source_by_key(self, key: str) -> SourceEntry | None:
        """Return the source with this portable name, or None; of several the newest."""
        return self._source_by("key", key)

    @contextmanager
    def writing(self, wait: float = 0.0, *, mending: bool = False) -> Iterator[None]:
        """Hold the writer's lock, so that a long job finds out at its start that it may publish at its end.

        Args:
            wait: seconds to wait for another process that writes.
            mending: whether the pointer may be lost or damaged; then nothing that was left behind is removed.

        Raises:
            StoreError: another process or thread writes, or the pointer cannot be followed.
        """
        if not self._writer.acquire(blocking=False):
            raise StoreError(str(self.path), "another thread is writing to this store")
        try:
            if self._writing:
                yield
                return
            with store_faults(str(self.path)), writer_lock(self.path / _LOCK, wait):
                self._writing = True
                try:
                    if not mending:
                        self._remove_leftovers()
                    yield
                finally:
                    self._writing = False
        finally:
            self._writer.release()

    def is_being_written(self) -> bool:
        """Say whether a job holds the writer's lock at this moment."""
        try:
            with store_faults(str(self.path)), writer_lock(self.path / _LOCK):
                return False
        except StoreError:
            return True

    def publish(self, batch: Batch) -> Generation:
        """Publish a batch as a new generation, whole or not at all; the one before stays as it was.

        Raises:
            StoreError: another job writes, a file is not valid (it and the line are named), or the disk refuses.
        """
        return self.install(lambda folder, parent: build(folder, parent, batch))

    def install(self, fill: Fill, *, mending: bool = False) -> Generation:
        """Publish what ``fill`` makes: whole and on the disk when it returns, or not at all.

        Args:
            fill: takes the folder to make, whose name is the new id, and the current generation.
            mending: whether to go on where there is no current generation that could be read: the new one has no parent.

        Raises:
            StoreError: as for ``publish``, and what ``fill`` raises.
        """
        with self.writing(mending=mending), store_faults(str(self.path)):
            parent = self._readable() if mending else self.current
            if parent is None and not has_pointer(self.path) and not mending:
                # So that nobody takes what is not published yet for a store that has lost its pointer.
                point_to(self.path, None)
            folder = self.path / GENERATIONS / self._next_id()
            try:
                fill(folder, parent)
                make_public(folder)
            except BaseException:
                remove_tree(folder)
                raise
            point_to(self.path, folder.name)
            self._prune()
            published = self.current
        if published is None:
            raise StoreError(str(self.path), "the generation just published is gone; was the folder changed by hand?")
        return published

    def apply(self, writes: Sequence[Write], ids: Sequence[str]) -> tuple[list[Outcome], str | None]:
        """Do writes one after the other and publish them as one generation; each is done whole, or not at all.

        Args:
            writes: to do.
            ids: their names, by which the generation tells that it holds them.

        Returns:
            An outcome for each write, and the id of the generation that holds those that were done: the current one where none
            was, or where none changed anything; None where nothing is published yet.

        Raises:
            StoreError: another job writes, or the disk refuses; then nothing was done.
        """
        with store_faults(str(self.path)), self.writing(_PATIENCE):
            if self._working is None:
                self._working = Working(self.path)
            working, parent = self._working, self.current
            try:
                working.follow(parent)
                outcomes = working.apply(writes, parent)
                done = [name for name, outcome in zip(ids, outcomes, strict=True) if outcome.done]
                if not done or (parent and not any(outcome.changed for outcome in outcomes)):
                    return outcomes, parent.id if parent else None
                published = self.install(lambda folder, before: working.fill(folder, before, done)).id
            except BaseException:
                working.discard()
                raise
            working.published(published)
        return outcomes, published

    def generation_with(self, write: str) -> str | None:
        """Return the generation that was published with a write of this id, or None; those that are gone are not asked."""
        with store_faults(str(self.path)):
            current = current_id(self.path) or ""
            folders = sorted((self.path / GENERATIONS).iterdir(), reverse=True)
            return next((one.name for one in folders if one.name <= current and write in _writes(one)), None)

    def withdraw(self, iris: Iterable[str], describe: Describe | None = None) -> Generation:
        """Publish a generation without these sources and without anything that only they said.

        Raises:
            StoreError: the store has no such source, or as for ``publish``.
        """
        return self.publish(Batch(withdrawn=tuple(iris), describe=describe))

    def verify(self) -> list[Problem]:
        """Compare the current generation with its ledger and look for statements that stand twice; it reads everything once."""
        with store_faults(str(self.path)):
            return verify(self.current) if self.current else []

    def _source_by(self, column: str, value: str) -> SourceEntry | None:
        with store_faults(str(self.path)):
            return self.current.ledger.source_by(column, value) if self.current else None

    def _readable(self) -> Generation | None:
        """Return the current generation, or None also where it or the pointer is damaged."""
        with suppress(StoreError):
            return self.current
        return None

    def _next_id(self) -> str:
        """Return a name that sorts after that of every generation that is there, however the clock was set."""
        numbers = (folder.name.split("-")[0] for folder in (self.path / GENERATIONS).iterdir())
        last = max((int(number) for number in numbers if number.isdecimal()), default=0)
        return f"{last + 1:08d}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"

    def _remove_leftovers(self) -> None:
        """Remove what a killed writer has left behind; raises StoreError where the pointer does not tell what that is."""
        current = current_id(self.path)
        if current:
            check_followed(self.path, current)
        for folder in (self.path / GENERATIONS).iterdir():
            if folder.name > (current or ""):
                remove_tree(folder)

    def _prune(self) -> None:
        current = current_id(self.path) or ""
        older = sorted((folder for folder in (self.path / GENERATIONS).iterdir() if folder.name < current), reverse=True)
        kept = [folder for folder in older if is_whole(folder)][: KEEP - 1]
        for folder in older:
            if folder not in kept and not is_held(folder):
                # First what makes it a generation, so that a reader on its way in turns back.
                (folder / DESCRIPTION).unlink(missing_ok=True)
                remove_tree(folder)


def _writes(folder: Path) -> frozenset[str]:
    try:
        with Generation(folder) as generation:
            return generation.writes
    except StoreError:  # one that is being removed
        return frozenset()
