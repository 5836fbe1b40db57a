"""Downloads: one file over HTTP, resumed where it broke off, bounded in every way, and whole or not there."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kg.errors import TermError
from kg.terms.web import Broken, Limits, Unreachable, blocks, follow, open_session, shown

if TYPE_CHECKING:
    from pathlib import Path

    import requests

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and those that are to come in all; 0 where the server does not say."""

_LONGEST_PAUSE = 30.0
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_HEAD = 2048
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a server recognises a state of a file; empty texts where it gives none."""

    etag: str = ""
    modified: str = ""

    @property
    def for_ranges(self) -> str:
        """Return what ``If-Range`` takes: a strong entity tag, else the time, else nothing (then no part can be trusted)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


class _RefusedError(TermError):
    """What came is nothing that a later attempt could go on with."""


def download(
    address: str, part: Path, known: Stamp | None = None, *, limits: Limits | None = None, progress: Progress | None = None
) -> Stamp | None:
    """Download a file to ``part``, going on with what an earlier attempt left there if the server still has that state.

    Args:
        address: where it is.
        part: where it is written; beside it, while it is incomplete, stands a note on what it is a part of.
        known: state that one has already; None to have the file in any case.
        limits: what is borne.
        progress: told about every block.

    Returns the state that the server names, or None when it is still the known one; then nothing is written.
    Raises TermError in one sentence for whatever keeps the file from coming as a whole; what came so far stays in ``part``.
    """
    bounds = limits or Limits()
    where, pause = shown(address), bounds.pause
    with open_session() as session:
        for attempt in range(1, bounds.attempts + 1):
            try:
                part.parent.mkdir(parents=True, exist_ok=True)
                return _attempt(session, address, part, known, bounds, progress)
            except Broken as fault:
                hopeless = isinstance(fault, Unreachable) and not part.exists() and attempt > 1
                if attempt == bounds.attempts or hopeless:
                    raise TermError(where, f"{fault} (tried {attempt} times){_kept(part)}") from fault
            except _RefusedError:
                discard(part)
                raise
            except OSError as error:
                raise TermError(str(part), f"cannot be written ({error.strerror or error})") from error
            time.sleep(min(pause, _LONGEST_PAUSE))
            pause *= 2
    raise TermError(where, "no attempt is allowed")


def discard(part: Path) -> None:
    """Remove what an attempt left."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _attempt(
    session: requests.Session, address: str, part: Path, known: Stamp | None, limits: Limits, progress: Progress | None
) -> Stamp | None:
    have, stamp = _left(part, address)
    headers: dict[str, str] = {}
    if have:
        headers = {"Range": f"bytes={have}-", "If-Range": stamp.for_ranges}
    elif known:
        headers = {"If-None-Match": known.etag} if known.etag else {"If-Modified-Since": known.modified}
    with contextlib.closing(follow(session, address, {name: text for name, text in headers.items() if text}, limits)) as answer:
        code = answer.status_code
        if code == http.client.NOT_MODIFIED and known and not have:
            return None
        total = _length(answer, shown(address), part, have)
        if code == http.client.OK:
            have = 0
            stamp = Stamp(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""))
            discard(part)
            _note(part).write_text(json.dumps({"address": shown(address), **asdict(stamp)}), encoding="utf-8")
        if total > limits.size:
            raise _RefusedError(shown(address), f"the file has {total:,} bytes, and {limits.size:,} are the most that is taken")
        _take(answer, part, have, total, limits, progress)
    _note(part).unlink(missing_ok=True)
    return stamp


def _left(part: Path, address: str) -> tuple[int, Stamp]:
    """Return how many bytes of an address an earlier attempt left, and of which state; what cannot be trusted goes."""
    try:
        note = json.loads(_note(part).read_text("utf-8"))
        stamp = Stamp(str(note["etag"]), str(note["modified"]))
        have = part.stat().st_size
        if have and note["address"] == shown(address) and stamp.for_ranges:
            return have, stamp
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no part, or none that says what it is: it is not used
    discard(part)
    return 0, Stamp()


def _length(answer: requests.Response, where: str, part: Path, have: int) -> int:
    """Return how many bytes the whole file has (0 where the server does not say); raises for every answer without a file."""
    code = answer.status_code
    if code == http.client.PARTIAL_CONTENT and have:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if found and int(found[1]) == have:
            return int(found[2]) if found[2] != "*" else 0
    if code in {http.client.PARTIAL_CONTENT, http.client.REQUESTED_RANGE_NOT_SATISFIABLE}:
        discard(part)
        raise Broken("the server sent another part than was asked for")
    if code in _BUSY:
        raise Broken(f"the server answered {_status(code)}")
    if code != http.client.OK:
        raise TermError(where, f"the server answered {_status(code)}, expected the file")
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


def _status(code: int) -> str:
    return f"{code} ({http.client.responses.get(code, 'unknown')})"


def _take(answer: requests.Response, part: Path, have: int, total: int, limits: Limits, progress: Progress | None) -> None:
    """Append the body to the part, watching what it is, its size and its speed."""
    where, pace = shown(answer.url), _Pace(limits, time.monotonic(), have)
    with part.open("ab") as file:
        for block in blocks(answer):
            if not have and block.lstrip().startswith(b"<") and _WEB_PAGE.search(block[:_HEAD]):
                raise _RefusedError(where, "the server sent a web page, expected an ontology file")
            file.write(block)
            have += len(block)
            if have > limits.size:
                raise _RefusedError(where, f"the file has more than {limits.size:,} bytes, which are the most that is taken")
            if progress:
                progress(have, total)
            if pace.is_slow(have):
                raise TermError(where, f"comes at less than {limits.least:,} bytes a second{_kept(part)}")
    if have < total:
        raise Broken(f"the connection ended after {have:,} of {total:,} bytes")
    if not have or (total and have > total):
        raise _RefusedError(
            where, f"the server sent {have:,} bytes, expected {total:,}" if have else "the server sent an empty file"
        )


@dataclass(slots=True)
class _Pace:
    """How fast a body comes, window by window."""

    limits: Limits
    began: float
    before: int

    def is_slow(self, have: int) -> bool:
        """Say whether the window that ends now was too slow; while none ends now, it was not."""
        now = time.monotonic()
        passed, came = now - self.began, have - self.before
        if passed < self.limits.window:
            return False
        self.began, self.before = now, have
        return came < self.limits.least * passed


def _kept(part: Path) -> str:
    return "; what has come is kept for the next try" if part.exists() else ""


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".part.json")
