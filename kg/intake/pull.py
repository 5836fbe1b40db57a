"""Copying what one address says into a folder: which kinds of servers there are, and what comes of a run."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg.errors import UsageError
from kg.intake import biostudies, elabftw, git, omero, sparql
from kg.intake.asker import Asker, Silence
from kg.intake.clock import Clock
from kg.intake.copying import Copying, Wish
from kg.intake.manners import Manners
from kg.intake.mirror import Mirror
from kg.problem import Problem
from kg.web import shown

__all__ = ["KINDS", "Copied", "Wish", "pull"]

_DEFAULT = Manners()
_SHOWS = re.compile(r"\?show=[a-z]+-\d+$")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server.

    Attributes:
        title: one line for people.
        copy: does it.
        token: headers that carry a token.
        since: whether its lists say when an entry was published or changed.
    """

    title: str
    copy: Callable[[Copying], None]
    token: Callable[[str], Mapping[str, str]]
    since: bool = False


def _bearer(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "biostudies": Kind(
            "a collection or a study of BioStudies, such as the BioImage Archive",
            biostudies.copy,
            lambda token: {"X-Session-Token": token},
            since=True,
        ),
        "elabftw": Kind(
            "experiments and resources of an eLabFTW", elabftw.copy, lambda token: {"Authorization": token}, since=True
        ),
        "git": Kind(
            "metadata files of a Git repository or of a folder",
            git.copy,
            lambda token: {"Authorization": "Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()},
        ),
        "omero": Kind(
            "projects, screens and images of an OMERO.web, with their key-value pairs",
            omero.copy,
            lambda token: {"Cookie": f"sessionid={token}"},
        ),
        "sparql": Kind("statements of a SPARQL 1.1 endpoint", sparql.copy, _bearer),
    }
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of a run.

    Attributes:
        new: names of files that are new or have changed.
        unchanged: how many entries were as they were.
        vanished: names of files whose entries the server no longer lists; they stay. Only known after a complete run.
        complete: whether all that the server lists was looked at.
        problems: what could not be had, and why.
    """

    new: tuple[str, ...]
    unchanged: int
    vanished: tuple[str, ...]
    complete: bool
    problems: tuple[Problem, ...]


def pull(
    kind: str,
    address: str,
    folder: Path,
    wish: Wish | None = None,
    token: str = "",
    manners: Manners = _DEFAULT,
    clock: Clock | None = None,
) -> Copied:
    """Copy what an address says into a folder.

    What a run that was stopped has copied stays, and is not asked for again. A server that falls silent ends the run with a
    problem, as do too many entries in a row that cannot be had.

    Args:
        kind: one of KINDS.
        address: where; of ``git`` also a local folder.
        folder: where the copy is made.
        wish: what of it; None for all.
        token: says who asks; it is in no file and in no message.
        manners: how the server is asked.
        clock: by which it is waited.

    Raises:
        UsageError: the address is none, the folder holds something else, or the wish does not go with the kind.
        SourceError: nothing could be listed, or the disk refuses.
    """
    made, wish = KINDS[kind], wish or Wish()
    if wish.since and not made.since:
        raise UsageError("--since", f"{kind} does not say when an entry changed; leave --since out")
    if wish.query and kind != "sparql":
        raise UsageError("--query", "only sparql takes a query")
    if any(ord(char) < ord(" ") or not char.isascii() for char in token):
        raise UsageError("--token-env", "the token holds characters that no header can carry")
    headers = made.token(token) if token else {}
    is_web = "://" in address
    with (
        Asker(address if is_web else "https://localhost/", headers, manners, clock) as asker,
        Mirror(folder, kind, _about(address) if is_web else str(Path(address).resolve())) as mirror,
    ):
        work = Copying(address, mirror, asker, wish, dict(headers))
        try:
            made.copy(work)
        except Silence as error:
            if not mirror.new and not mirror.unchanged:
                raise
            work.fail(error.where, error.what)
        vanished = tuple(mirror.vanished()) if work.complete else ()
        return Copied(tuple(mirror.new), mirror.unchanged, vanished, work.complete, tuple(work.problems))


def _about(address: str) -> str:
    """Return what is copied, as it may be written down: of a query only the object that OMERO is asked to show."""
    shows = _SHOWS.search(address)
    return shown(address) + (shows[0] if shows else "")


def day(text: str) -> dt.date:
    """Return a day written as 2026-01-31.

    Raises:
        UsageError: it is none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("--since", f"{text!r} is no day, expected one like 2026-01-31") from error
