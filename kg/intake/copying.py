"""Copying: what every kind of server has in common while its entries are copied."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from kg.errors import LimitError, SourceError
from kg.intake.asker import Asker, Silence
from kg.intake.mirror import Mirror
from kg.problem import Problem

Json = Any


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a server is wanted.

    Attributes:
        since: leave out what was published or changed before this day.
        limit: most entries; 0 for all.
        query: file of a SPARQL query.
    """

    since: dt.date | None = None
    limit: int = 0
    query: Path | None = None


@dataclass(slots=True)
class Copying:
    """One run while it goes on.

    Attributes:
        address: as the user gave it.
        mirror: where entries go.
        asker: asks the server.
        wish: what is wanted.
        headers: those that carry the token, for what does not ask by the asker.
        complete: whether all that is listed was looked at so far.
        problems: what could not be had.
    """

    address: str
    mirror: Mirror
    asker: Asker
    wish: Wish
    headers: dict[str, str]
    complete: bool = True
    problems: list[Problem] = field(default_factory=list)
    _taken: int = 0
    _row: int = 0

    @property
    def root(self) -> str:
        """Return scheme and host of the address."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def wanted(self, date: str = "") -> bool:
        """Say whether an entry is wanted that was published or changed on a date; without a date it is."""
        if self.wish.since and date[:10] and date[:10] < self.wish.since.isoformat():
            self.complete = False
            return False
        return True

    def room(self) -> bool:
        """Say whether one more entry may be taken, and count it."""
        if self.wish.limit and self._taken >= self.wish.limit:
            self.complete = False
            return False
        self._taken += 1
        return True

    def fail(self, where: str, what: str) -> None:
        """Note that something could not be had."""
        self.complete = False
        self.problems.append(Problem(where, "pull", what, "an answer that can be used", severity="error"))

    def document(self, ident: str, name: str, address: str, check: Callable[[Json], bool], *, stamp: str = "") -> None:
        """Copy one JSON document, unless it is here already."""
        if self.mirror.has(ident, stamp):
            return

        def taken() -> None:
            def read(body: bytes) -> bool:
                if not check(json_of(body)):
                    raise ValueError("JSON of another kind than expected")
                return True

            read_it, answer = self.asker.get(address, read, headers=self._conditions(ident))
            if read_it is None:
                self.mirror.keep(ident, stamp)
            else:
                self.mirror.put(ident, name, answer.body, stamp=stamp, etag=answer.etag, modified=answer.modified)

        self.attempt(ident, taken)

    def archive(self, ident: str, name: str, address: str, check: Callable[[IO[bytes]], None], *, stamp: str = "") -> None:
        """Copy one large file, unless it is here already."""
        if self.mirror.has(ident, stamp):
            return

        def taken() -> None:
            with self.mirror.part() as file:
                answer = self.asker.save(address, file, self._conditions(ident), check)
            if answer.unchanged:
                self.mirror.keep(ident, stamp)
            else:
                self.mirror.put_part(ident, name, stamp=stamp, etag=answer.etag, modified=answer.modified)

        self.attempt(ident, taken)

    def attempt(self, ident: str, take: Callable[[], None]) -> None:
        """Take an entry; one that cannot be had is noted, and the others go on.

        Raises:
            Silence: the server no longer answers.
            LimitError: the run is over its bounds.
        """
        self.mirror.still(ident)
        try:
            take()
        except Silence as error:
            self._row += 1
            if self._row >= self.asker.manners.failures or "left alone" in error.what:
                raise
            self.fail(error.where, error.what)
        except LimitError as error:
            if "in one run" in error.what or "requests" in error.what:
                raise
            self.fail(error.where, error.what)
        except SourceError as error:
            self.fail(error.where, error.what)
        else:
            self._row = 0

    def pages(self, address: str, params: dict[str, str], found: Callable[[Json], list[Json]]) -> Iterator[list[Json]]:
        """Yield the entries of each page of a list that is asked for by ``limit`` and ``offset``, until one is empty.

        A server that gives shorter pages than asked for loses nothing; one that gives the same page again and again ends it.
        """
        offset, before = 0, ""
        while True:
            asked = {**params, "limit": str(self.asker.manners.entries), "offset": str(offset)}
            listed, _ = self.asker.get(address, lambda body: _entries(found, json_of(body)), params=asked)
            said = json.dumps(listed, sort_keys=True)
            if not listed or said == before:
                return
            yield listed
            before = said
            offset += len(listed)

    def _conditions(self, ident: str) -> dict[str, str]:
        return self.mirror.conditions(ident)


def json_of(body: bytes) -> Json:
    """Return what JSON says; raises ValueError with words for people."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("a page that is no JSON" if body.lstrip()[:1] == b"<" else "JSON that is damaged") from error


def _entries(found: Callable[[Json], list[Json]], value: Json) -> list[Json]:
    listed = found(value)
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ValueError("JSON that holds no list of entries")
    return listed
