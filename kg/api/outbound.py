"""Asking servers that the settings name, and no others: no redirects, no way into a private network, bounds of time."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kg import __version__
from kg.errors import ServiceError
from kg.web import Broken, blocks, open_session, shown, told

_PORTS = {"http": 80, "https": 443}
_CONNECT, _SILENCE = 5.0, 10.0


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which addresses may be asked.

    Attributes:
        prefixes: of addresses: scheme, host and port are compared whole, the path up to a slash or a question mark.
    """

    prefixes: tuple[str, ...]

    def entry(self, address: str) -> str | None:
        """Return the prefix that allows an address; None where none does.

        >>> allowed = Allowed(("https://example.org/sparql",))
        >>> allowed.entry("https://example.org/sparql?a=1"), allowed.entry("https://example.org.evil.net/sparql")
        ('https://example.org/sparql', None)
        """
        there = _split(address)
        if there is None or any(part in {".", "..", "%2e", "%2e%2e"} for part in there.path.lower().split("/")):
            return None
        return next((prefix for prefix in self.prefixes if _holds(prefix, there)), None)

    def may_be_private(self, address: str) -> bool:
        """Say whether an address may lead into a private network: only where a prefix names that very place."""
        there, entry = _split(address), self.entry(address)
        if there is None or entry is None:
            return False
        host = there.hostname or ""
        return host == "localhost" or _is_ip(host)


@contextmanager
def opened(
    address: str, allowed: Allowed, headers: Mapping[str, str], seconds: float, form: Mapping[str, str] | None = None
) -> Iterator[tuple[Mapping[str, str], Iterator[bytes]]]:
    """Ask an address; give the headers of its answer, and its bytes as they come.

    Args:
        address: that ``allowed`` allows.
        allowed: decides whether the place may be private.
        headers: to send.
        seconds: until the last byte.
        form: to post; it is got without one.

    Raises:
        ServiceError: ``remote``: it cannot be reached, does not answer with 200 in time, or is a place not to be asked.
    """
    until = time.monotonic() + seconds
    method = "GET" if form is None else "POST"
    times = (min(_CONNECT, seconds), min(_SILENCE, seconds))
    with _session(private=allowed.may_be_private(address)) as session, _remote_faults(address):
        answer = session.request(
            method, address, headers=dict(headers), data=form, stream=True, timeout=times, allow_redirects=False
        )
        with answer:
            if answer.status_code != requests.codes.ok:
                what = "redirects, which is not followed" if answer.is_redirect else f"answered {answer.status_code}"
                raise _fault(shown(address), what)
            yield answer.headers, _timed(address, answer, until)


def _timed(address: str, answer: requests.Response, until: float) -> Iterator[bytes]:
    for block in blocks(answer):
        if time.monotonic() > until:
            raise _fault(shown(address), "took too long")
        yield block


@contextmanager
def _remote_faults(address: str) -> Iterator[None]:
    try:
        with told(shown(address), _fault):
            yield
    except Broken as error:  # asked once, so that this is the end
        raise _fault(shown(address), str(error)) from error


def _fault(where: str, what: str) -> ServiceError:
    return ServiceError(where, what, "remote")


def _session(*, private: bool) -> requests.Session:
    session = open_session(__version__)
    session.trust_env = False  # no proxy and no password of the environment for what a stranger asks
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(private=private))
    return session


class _Adapter(HTTPAdapter):
    """Makes connections that look at where they have come out before anything is said."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - as the library declares it
        super().init_poolmanager(*args, **more)
        if not self._private:
            self.poolmanager.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicSecurePool}


class _Public(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicSecure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _Public


class _PublicSecurePool(HTTPSConnectionPool):
    ConnectionCls = _PublicSecure


def _checked(connected: socket.socket) -> socket.socket:
    """Return a connection that leads to a public place; whatever its name was looked up to be."""
    place = ipaddress.ip_address(str(connected.getpeername()[0]).partition("%")[0])
    inner = place.ipv4_mapped if isinstance(place, ipaddress.IPv6Address) else None
    if not (inner or place).is_global or place.is_multicast:
        connected.close()
        raise OSError("its name leads into a private network")
    return connected


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    odd = "\\" in address or any(character <= " " for character in address) or "@" in parts.netloc
    return None if odd or port == 0 or parts.scheme not in _PORTS or not parts.hostname or parts.fragment else parts


def _holds(prefix: str, there: SplitResult) -> bool:
    here = _split(prefix)
    if here is None or (here.scheme, here.hostname) != (there.scheme, there.hostname):
        return False
    if (here.port or _PORTS[here.scheme]) != (there.port or _PORTS[there.scheme]):
        return False
    path, wanted = here.path or "/", there.path or "/"
    return wanted == path or wanted.startswith(path if path.endswith("/") else path + "/")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
