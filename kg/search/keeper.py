"""Keeping sidecars up with the store: one process at a time, of the lowest priority, makes those that somebody needs."""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing as mp
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections import OrderedDict
from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ServiceError, StoreError
from kg.search.build import build
from kg.search.places import DESCRIPTION, Sidecar, number_of, remove_older, sidecar_path, sidecars
from kg.store.holds import hold
from kg.store.pointer import GENERATIONS

_PARENT_DEATH = 1
_LOWEST = 19
_RETRY = 30.0  # seconds before a generation is tried again whose sidecars could not be made
_WAIT = 3.0  # seconds after which somebody may ask again who came before there were any
_REMEMBERED = 64
_FAILED = 1
_ABANDONED = 3_600.0  # seconds in which a build writes something


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an audience sees of a generation, and where it lies.

    Attributes:
        generation: its id.
        audience: name of the audience.
        database: path of the snapshot's database.
        sources: IRIs of the sources that the audience sees.
    """

    generation: str
    audience: str
    database: str
    sources: frozenset[str]


class Keeper:
    """Knows the newest whole sidecars of each audience, and has newer ones made."""

    def __init__(self, store: Path, index: Path | None) -> None:
        """Take the store's folder, and the term index for other names of terms."""
        self._store, self._index = store, index
        self._wanted: OrderedDict[str, Wanted] = OrderedDict()
        self._known: dict[str, Wanted] = {}
        self._failed: dict[tuple[str, str], float] = {}
        self._chosen: dict[str, tuple[str, Sidecar]] = {}
        self._news = asyncio.Event()

    def known(self, generation: str, audience: str) -> Wanted | None:
        """Return what was remembered of a generation for an audience."""
        found = self._known.get(audience)
        return found if found and found.generation == generation else None

    def remember(self, wanted: Wanted) -> Wanted:
        """Remember what an audience sees, the latest of each."""
        self._known[wanted.audience] = wanted
        while len(self._known) > _REMEMBERED:
            self._known.pop(next(iter(self._known)))
        return wanted

    def sidecar(self, wanted: Wanted) -> Sidecar:
        """Return the newest sidecars that an audience may see; newer ones are made where these are behind.

        Sidecars that show a source which is hidden from the audience by now are not among them.

        Raises:
            ServiceError: there are none yet.
        """
        known = self._chosen.get(wanted.audience)
        if known and known[0] == wanted.generation == known[1].generation and (known[1].path / DESCRIPTION).is_file():
            return known[1]
        self.want(wanted)
        for one in sidecars(self._store, wanted.audience):
            if number_of(one.generation) <= number_of(wanted.generation) and self._may_show(one, wanted):
                self._chosen[wanted.audience] = wanted.generation, one
                return one
        what = "the search data of this store are being made; try again"
        raise ServiceError("search", what, "busy", retry_after=_WAIT)

    def of(self, wanted: Wanted, generation: str) -> Sidecar | None:
        """Return the sidecars of one generation that an audience may see; None where they are gone."""
        whole = sidecars(self._store, wanted.audience)
        return next((one for one in whole if one.generation == generation and self._may_show(one, wanted)), None)

    def before(self, wanted: Wanted, now: Sidecar) -> Sidecar | None:
        """Return the sidecars before the newest that an audience may see; None where there are none."""
        older = [one for one in sidecars(self._store, wanted.audience) if number_of(one.generation) < number_of(now.generation)]
        return next((one for one in older if self._may_show(one, wanted)), None)

    def _may_show(self, one: Sidecar, wanted: Wanted) -> bool:
        if one.generation == wanted.generation:
            return True
        with suppress(OSError):
            return one.sources() <= wanted.sources
        return False

    def want(self, wanted: Wanted) -> None:
        """Have sidecars made, unless they are there; what was wanted before for the audience is not, any more."""
        self._wanted[wanted.audience] = wanted
        self._wanted.move_to_end(wanted.audience)
        while len(self._wanted) > _REMEMBERED:
            self._wanted.popitem(last=False)
        self._news.set()

    async def run(self) -> None:
        """Make what is wanted, one after the other, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            for audience in list(self._wanted):
                wanted = self._wanted.pop(audience, None)
                if wanted and not self._is_vain(wanted):
                    await self._make(wanted)

    def _is_vain(self, wanted: Wanted) -> bool:
        """Say whether sidecars are there already, or could not be made a moment ago."""
        there = (sidecar_path(self._store, wanted.generation, wanted.audience) / DESCRIPTION).is_file()
        failed = self._failed.get((wanted.generation, wanted.audience), -_RETRY)
        return there or asyncio.get_running_loop().time() - failed < _RETRY

    async def _make(self, wanted: Wanted) -> None:
        arguments = (
            str(self._store),
            wanted.generation,
            wanted.audience,
            wanted.database,
            sorted(wanted.sources),
            str(self._index or ""),
        )
        process = mp.get_context("forkserver").Process(target=make, args=arguments, name="kg-sidecars", daemon=True)
        await asyncio.to_thread(process.start)
        try:
            await asyncio.to_thread(process.join)
        finally:
            process.kill()  # nothing where it has ended
        if process.exitcode:
            if len(self._failed) > _REMEMBERED:
                self._failed.clear()
            self._failed[wanted.generation, wanted.audience] = asyncio.get_running_loop().time()


def make(store: str, generation: str, audience: str, database: str, sources: Collection[str], index: str) -> None:
    """Make sidecars and remove old ones; for a process of its own, which ends with its parent."""
    with suppress(OSError, AttributeError):
        os.nice(_LOWEST)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    folder = sidecar_path(Path(store), generation, audience)
    if (folder / DESCRIPTION).is_file():
        return
    _remove_abandoned(folder)
    held = Path(store) / GENERATIONS / generation
    try:
        with closing(hold(held)):  # so that no writer removes what is being read
            build(Path(database), folder, generation=generation, index=Path(index) if index else None, sources=sources)
    except (StoreError, sqlite3.Error) as error:
        # A generation that is gone has a newer one after it, for which somebody asks next.
        told = "" if not Path(database).exists() else f"kg: search data of {generation} were not made: {error}\n"
        sys.stderr.write(told)
        sys.exit(_FAILED)
    remove_older(Path(store), audience)


def _remove_abandoned(folder: Path) -> None:
    """Remove what builds of these sidecars left behind that were ended: nothing of it has changed for long."""
    for draft in folder.parent.glob(f".{folder.name}.*.new"):
        with suppress(OSError):  # it may go meanwhile
            latest = max(one.stat().st_mtime for one in (draft, *draft.rglob("*")))
            if time.time() - latest > _ABANDONED:
                shutil.rmtree(draft, ignore_errors=True)
