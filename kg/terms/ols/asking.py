"""Asking an OLS: from the cache where possible, else at a polite pace, again where that may help, and never for long."""

from __future__ import annotations

import contextlib
import http.client
import io
import random
import sqlite3
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack
from urllib.parse import urljoin

from kg.terms.ols.answers import Json, Malformed
from kg.terms.ols.breaker import Breaker, Outage, Pace
from kg.terms.ols.cache import decode, is_same_site, open_session
from kg.terms.web import Broken, blocks, shown
from kg.web import retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import requests
    import requests_cache

    from kg.terms.ols.manners import Manners

T = TypeVar("T")
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_NOT_KEPT = http.client.GATEWAY_TIMEOUT
_LONG_AGO = 10 * 365 * 86_400


class Refused(Exception):  # noqa: N818 - as Broken
    """The server is there and will not answer this; asking again is of no use."""


@dataclass(slots=True)
class _Asked:
    """What is being asked: how an answer is read, of which edition it is, and until when it must be there."""

    read: Callable[[Json], object]
    edition: str
    until: float = 0.0
    again_in: float = 0.0


class _How(TypedDict, total=False):
    """How the session asks: only in what is kept, or for how many seconds to keep the answer."""

    only_if_cached: bool
    expire_after: int
    headers: dict[str, str]


class Asker:
    """Asks one server; threads may share it, and then ask one after the other."""

    def __init__(self, base: str, cache: Path, manners: Manners) -> None:
        """Take the address before ``/api``, the file that keeps the answers, and the manners; nothing is opened yet."""
        self._base, self._cache, self._manners = base, cache, manners
        self._breaker = Breaker(manners.failures, manners.rest, manners.longest_rest)
        self._pace = Pace(manners.rate)
        self._lock = threading.RLock()
        self._session: requests_cache.CachedSession | None = None
        self._asked = _Asked(dict, "")

    def get(
        self, path: str, read: Callable[[Json], T], params: Mapping[str, str] | None = None, *, edition: str = "", life: int
    ) -> T | None:
        """Return what is read from an answer; None when the server says in its own words that there is no such thing.

        Args:
            path: what follows the address of the server, encoded.
            read: turns the JSON into what is wanted, or raises Malformed.
            params: the query.
            edition: what an answer must belong to; one that is kept for another is asked for anew.
            life: seconds for which an answer is kept.

        Raises Outage for all that is no answer; then an answer that is too old is still better than none, and is given.
        """
        with self._lock:
            self._asked = _Asked(read, edition)
            session = self._open()
            try:
                kept = self._walk(session, path, params, only_if_cached=True)
                if kept is None:
                    kept = self._fetch(session, path, params, life)
                return read(decode(kept.content)) if kept.status_code == http.client.OK else None
            except sqlite3.Error as error:
                raise self._outage(f"the answers kept in {self._cache} cannot be read or written ({error})") from error
            except (Malformed, Refused) as error:
                raise self._outage(f"the server {error}") from error

    def close(self) -> None:
        """Close the connection and the cache; asking again opens them again."""
        with self._lock:
            if self._session is not None:
                self._session.close()  # type: ignore[no-untyped-call] # requests_cache leaves it untyped
                self._session = None

    def _open(self) -> requests_cache.CachedSession:
        if self._session is None:
            self._session = open_session(self._cache, self._take, lambda: self._asked.edition)
        return self._session

    def _fetch(
        self, session: requests_cache.CachedSession, path: str, params: Mapping[str, str] | None, life: int
    ) -> requests.Response:
        reason = self._breaker.resting
        for attempt in range(self._manners.attempts):
            if reason and self._breaker.resting:
                break
            if attempt:
                self._wait(attempt)
            try:
                answer = self._walk(session, path, params, expire_after=life)
            except (Broken, Malformed) as fault:
                reason = str(fault)
                self._breaker.failed(reason)
            except Refused:
                self._breaker.succeeded()
                raise
            else:
                self._breaker.succeeded()
                if answer is not None:
                    return answer
        old = self._walk(session, path, params, only_if_cached=True, headers={"Cache-Control": f"max-stale={_LONG_AGO}"})
        if old is None:
            raise self._outage(reason)
        return old

    def _wait(self, attempt: int) -> None:
        """Wait before a further attempt: a random part of a time that doubles, and as long as the server asks for."""
        most = min(self._manners.pause * 2 ** (attempt - 1), self._manners.longest_pause)
        time.sleep(max(random.uniform(most / 2, most), self._asked.again_in))  # noqa: S311 - spreads clients, guards nothing

    def _walk(
        self, session: requests_cache.CachedSession, path: str, params: Mapping[str, str] | None, **how: Unpack[_How]
    ) -> requests.Response | None:
        """Follow redirects to an answer; None where only what is kept was wanted, and nothing is."""
        address = self._base + path
        times = (self._manners.connect, self._manners.silence)
        cached = "only_if_cached" in how
        for _ in range(self._manners.redirects + 1):
            if not cached:
                self._pace.wait()
            self._asked.until, self._asked.again_in = time.monotonic() + self._manners.whole, 0.0
            with _told():
                answer = session.get(address, params, stream=True, allow_redirects=False, timeout=times, **how)
            if cached and answer.status_code == _NOT_KEPT:
                return None
            if answer.status_code not in _MOVED:
                return answer
            address, params = session.get_redirect_target(answer) or "", None
        raise Refused(f"leads from one address to the next more than {self._manners.redirects} times")

    def _take(self, response: requests.Response) -> None:
        """Read an answer of the server within bounds, and raise unless it is one to keep, or a plain "there is none"."""
        import urllib3  # noqa: PLC0415 - as requests_cache

        try:
            body = self._body(response)
        except BaseException:
            response.close()  # what was not read to its end cannot be used again
            raise
        headers = {name: said for name, said in response.headers.items() if name.lower() not in {"transfer-encoding", "vary"}}
        response.raw = urllib3.HTTPResponse(
            body=io.BytesIO(body), status=response.status_code, reason=response.reason, headers=headers,
            request_url=response.url, preload_content=False,
        )  # fmt: skip
        response.headers.pop("Vary", None)  # we always ask in the same way
        self._judge(response, body)

    def _body(self, response: requests.Response) -> bytes:
        if response.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
            raise Broken("it sent a packed body, which was not asked for")
        body = bytearray()
        for block in blocks(response):
            body += block
            if len(body) > self._manners.size:
                raise Broken(f"it sent more than {self._manners.size:,} bytes")
            if time.monotonic() > self._asked.until:
                raise Broken(f"its answer took more than {self._manners.whole:g} seconds")
        return bytes(body)

    def _judge(self, response: requests.Response, body: bytes) -> None:
        code = response.status_code
        if code in _MOVED:
            self._follow(response)
        elif code == http.client.OK:
            value = decode(body)
            try:
                self._asked.read(value)
            except RecursionError as error:
                raise Malformed("is nested too deep") from error
        elif code in _BUSY:
            self._later(response)
            raise Broken(f"it answered {_status(code)}")
        elif code == http.client.NOT_FOUND:
            decode(body)  # in JSON it is the word of an OLS; a web page is that of a server in front of it
        else:
            raise Refused(f"answered {_status(code)}")

    def _follow(self, response: requests.Response) -> None:
        try:
            target = urljoin(response.url, response.headers.get("Location", ""))
        except ValueError:
            target = ""
        if not is_same_site(response.url, target):
            raise Refused(f"leads to {shown(target)[:200]}, which is another site")
        response.headers["Location"] = target

    def _later(self, response: requests.Response) -> None:
        """Heed ``Retry-After``: a short time is waited, for a longer one the server is left alone."""
        seconds = retry_after(response.headers.get("Retry-After", ""))
        if seconds > self._manners.longest_pause:
            self._breaker.leave(seconds, f"it answered {_status(response.status_code)} and asked to be left alone")
        else:
            self._asked.again_in = seconds

    def _outage(self, reason: str) -> Outage:
        return Outage(shown(self._base), f"OLS was not asked with success: {reason}")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what the web library raises into a reason to try again, or not to."""
    import requests  # noqa: PLC0415 - as requests_cache

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Broken("it cannot prove who it is") from error
    except requests.exceptions.Timeout as error:
        raise Broken("it does not answer in time") from error
    except requests.exceptions.ConnectionError as error:
        raise Broken("it cannot be reached") from error
    except requests.exceptions.RequestException as error:
        raise Refused(f"has no address that can be asked ({type(error).__name__})") from error


def _status(code: int) -> str:
    return f"{code} ({http.client.responses.get(code, 'unknown')})"
