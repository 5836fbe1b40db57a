"""Asker: asks one server, one thing at a time, at a polite pace, and again where that may help."""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Self, TypeVar
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from kg import __version__
from kg.errors import LimitError, SourceError, UsageError
from kg.intake.clock import Clock, SystemClock
from kg.intake.manners import Manners
from kg.web import Broken, Limits, ask, blocks, is_same_host, open_session, retry_after, shown

if TYPE_CHECKING:
    import requests

T = TypeVar("T")

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_ABSENT = frozenset({404, 410})
_CLOSED = frozenset({401, 403})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT = Manners()
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Absent(SourceError):  # noqa: N818 - the server says so
    """There is no such thing on the server."""


class Silence(SourceError):  # noqa: N818 - as Absent
    """The server asks to be left alone, or does not answer: asking it for the next thing is of no use."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, where it was not written to a file.

    Attributes:
        body: the bytes; empty when nothing has changed.
        unchanged: whether the server says that what we have is as it was.
        etag: its word for the state of the thing; empty if it has none.
        modified: when it changed last, as the server writes it; empty if it does not say.
        kind: media type, without parameters.
    """

    body: bytes
    unchanged: bool
    etag: str
    modified: str
    kind: str


def parsed(address: str) -> SplitResult:
    """Return the parts of an address; raises UsageError where it is none of http or https."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        what = f"{address.rpartition('@')[2]!r} is no address; expected one that begins with http:// or https://"
        raise UsageError("ADDRESS", what)
    return parts


class Asker:
    """Asks the server of one address; use it in a ``with`` statement."""

    def __init__(
        self, address: str, headers: Mapping[str, str] = _NOTHING, manners: Manners = _DEFAULT, clock: Clock | None = None
    ) -> None:
        """Take the address, headers that say who asks, and the manners; nothing is asked yet.

        Raises:
            UsageError: no address of http or https, one with a password in it, or a secret that would go unprotected.
        """
        parts = parsed(address)
        if parts.username or parts.password:
            raise UsageError("ADDRESS", "it has a user or a password in it; put a token into the environment (--token-env)")
        if headers and parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise UsageError(
                "--token-env", f"a token is sent over https only, and this address begins with http: {parts.hostname}"
            )
        self.address, self.manners, self.clock = address, manners, clock or SystemClock()
        self._headers = dict(headers)
        self._limits = Limits(connect=manners.connect, silence=manners.silence)
        self._session: requests.Session | None = None
        self._asked, self._size, self._last = 0, 0, float("-inf")

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def get(
        self,
        address: str,
        read: Callable[[bytes], T],
        *,
        params: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        form: dict[str, str] | None = None,
    ) -> tuple[T | None, Answer]:
        """Return what is read from an answer, and the answer; None when it is unchanged.

        Args:
            address: where.
            read: turns the body into what is wanted; a ValueError from it means that the answer is damaged.
            params: the query of the address.
            headers: beside those of the asker, such as conditions.
            form: posted, where there is one.

        Raises:
            Absent: there is no such thing.
            Silence: the server does not answer, or asks to be left alone.
            SourceError: any other answer that is none, also after further attempts.
        """
        sink = io.BytesIO()
        full = f"{address}?{urlencode(params)}" if params else address

        def whole(answer: Answer) -> tuple[T | None, Answer]:
            body = sink.getvalue()
            said = Answer(body, answer.unchanged, answer.etag, answer.modified, answer.kind)
            return (None if answer.unchanged else _read(read, body)), said

        return self._again(full, sink, {**self._headers, **headers}, self.manners.size, whole, form)

    def save(self, address: str, file: IO[bytes], headers: Mapping[str, str], check: Callable[[IO[bytes]], None]) -> Answer:
        """Write an answer into an open file, from its beginning, and check it; errors as for ``get``."""

        def whole(answer: Answer) -> Answer:
            if not answer.unchanged:
                file.flush()
                file.seek(0)
                try:
                    check(file)
                except ValueError as error:
                    raise _Damaged(f"the server sent {error}") from error
            return answer

        return self._again(address, file, {**self._headers, **headers}, self.manners.file_size, whole, None)

    def _again(
        self,
        address: str,
        sink: IO[bytes],
        headers: dict[str, str],
        size: int,
        whole: Callable[[Answer], T],
        form: dict[str, str] | None,
    ) -> T:
        reason, wait = "", 0.0
        last: type[SourceError] = Silence
        for attempt in range(self.manners.attempts):
            if attempt:
                self.clock.sleep(max(wait, min(self.manners.backoff * 2 ** (attempt - 1), self.manners.longest_pause)))
            sink.seek(0)
            sink.truncate()
            try:
                return whole(self._once(address, sink, headers, size, form))
            except _Later as later:
                reason, wait = str(later), later.seconds
                last = Silence
            except Broken as fault:
                reason, wait = str(fault), 0.0
                last = SourceError if isinstance(fault, _Damaged) else Silence
        raise last(shown(address), f"{reason} (asked {self.manners.attempts} times)")

    def _once(self, address: str, sink: IO[bytes], headers: dict[str, str], size: int, form: dict[str, str] | None) -> Answer:
        """Ask once and follow redirects within the host."""
        here = address
        for _ in range(self.manners.redirects + 1):
            self._wait()
            answer = ask(self._open(), here, headers, self._limits, SourceError, form)
            try:
                code = answer.status_code
                if code in _MOVED:
                    here = _target(here, answer.headers.get("Location", ""))
                    continue
                self._judge(code, here, answer.headers.get("Retry-After", ""))
                if code == http.client.OK:
                    self._take(answer, sink, size, here)
                kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                etag, modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
                return Answer(b"", code == http.client.NOT_MODIFIED, etag, modified, kind)
            finally:
                answer.close()
        raise SourceError(shown(address), f"leads from one address to the next more than {self.manners.redirects} times")

    def _judge(self, code: int, here: str, retry: str) -> None:
        if code in {http.client.OK, http.client.NOT_MODIFIED}:
            return
        said = f"the server answered {code} ({http.client.responses.get(code, 'unknown')})"
        if code in _BUSY:
            seconds = retry_after(retry)
            if seconds > self.manners.longest_pause:
                raise Silence(shown(here), f"{said} and asks to be left alone for {seconds:,.0f} seconds; try again then")
            raise _Later(said, seconds)
        if code in _ABSENT:
            raise Absent(shown(here), said)
        if code in _CLOSED:
            hint = "it does not take the token" if self._headers else "it may want a token (--token-env)"
            raise SourceError(shown(here), f"{said}; {hint}")
        raise SourceError(shown(here), said)

    def _take(self, answer: requests.Response, sink: IO[bytes], size: int, here: str) -> None:
        if answer.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
            raise _Damaged("the server sent a packed body, which was not asked for")
        until, got = self.clock.now() + self.manners.whole, 0
        for block in blocks(answer):
            sink.write(block)
            got += len(block)
            self._size += len(block)
            if got > size or self._size > self.manners.total:
                most, what = (size, "one answer") if got > size else (self.manners.total, "one run")
                raise LimitError(shown(here), f"sends more than {most:,} bytes in {what}")
            if self.clock.now() > until:
                raise Broken(f"the answer took more than {self.manners.whole:g} seconds")
        said = answer.headers.get("Content-Length", "")
        if said.isdecimal() and got < int(said):
            raise Broken("the connection broke off")

    def _wait(self) -> None:
        self._asked += 1
        if self._asked > self.manners.requests:
            raise LimitError(shown(self.address), f"needs more than {self.manners.requests:,} requests")
        self.clock.sleep(self._last + self.manners.pause - self.clock.now())
        self._last = self.clock.now()

    def _open(self) -> requests.Session:
        if self._session is None:
            self._session = open_session(__version__)
            self._session.auth = _nobody  # else the library would look for a password in .netrc
        return self._session


class _Later(Broken):
    """The server is busy, and says for how long."""

    def __init__(self, said: str, seconds: float) -> None:
        super().__init__(said)
        self.seconds = seconds


class _Damaged(Broken):
    """The server is there, and what it sends cannot be used."""


def _read(read: Callable[[bytes], T], body: bytes) -> T:
    try:
        return read(body)
    except (ValueError, RecursionError) as error:
        raise _Damaged(f"the server sent {error}") from error


def _target(here: str, location: str) -> str:
    try:
        target = urljoin(here, location)
    except ValueError:
        target = ""
    if not location or not is_same_host(here, target):
        there = shown(target)[:200] if target and location else "nowhere"
        raise SourceError(shown(here), f"leads to {there}, which is another server; name that address if you trust it")
    return target


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
