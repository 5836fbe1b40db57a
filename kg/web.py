"""Asking a web server, whoever asks: one question at a time, bodies as they come, reasons in words for people."""

from __future__ import annotations

import contextlib
import email.utils
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.errors import KgError

if TYPE_CHECKING:
    import requests

_BLOCK = 1 << 16
_PLAIN = {"http": 80, "https": 443}

Fault = Callable[[str, str], KgError]
"""Makes the error that the asker raises, of the address as it may be shown and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a server may ask of us.

    Attributes:
        size: most bytes of a file.
        connect: seconds until a connection must stand.
        silence: seconds without a byte.
        window: seconds over which the speed is taken.
        least: least bytes a second, on average over a window.
        redirects: most redirects on the way to the file.
        attempts: how often a download is taken up in all.
        pause: seconds before the second attempt; doubled for each further one.
    """

    size: int = 4 << 30
    connect: float = 20.0
    silence: float = 60.0
    window: float = 60.0
    least: int = 1 << 10
    redirects: int = 10
    attempts: int = 6
    pause: float = 1.0


class Broken(Exception):  # noqa: N818 - no error yet: the next attempt may succeed
    """The download broke off in a way that trying again can mend."""


class Unreachable(Broken):
    """Nobody is there; worth no long waiting unless something came before."""


def shown(address: str) -> str:
    """Return an address without what may be secret in it: user, password, query.

    >>> shown("https://me:word@example.org/obo/x.owl?signature=1")
    'https://example.org/obo/x.owl'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_same_host(here: str, there: str) -> bool:
    """Say whether an address stays with the server of another, and is no less safe.

    >>> is_same_host("http://example.org/a", "https://example.org/b")
    True
    >>> is_same_host("https://example.org/a", "http://example.org/b")
    False
    """
    try:
        old, new = urlsplit(here), urlsplit(there)
        ports = [parts.port or _PLAIN.get(parts.scheme) for parts in (old, new)]
    except ValueError:
        return False
    if not new.hostname or new.hostname != old.hostname or new.scheme not in _PLAIN:
        return False
    return (old.scheme == new.scheme and ports[0] == ports[1]) or (
        (old.scheme, new.scheme) == ("http", "https") and ports == [80, 443]
    )


def open_session(version: str) -> requests.Session:
    """Return a session that says who asks, in which version; close it, or use it in a ``with`` statement."""
    import requests  # noqa: PLC0415 - takes longer to load than most commands run, and few download

    session = requests.Session()
    # A packed body is taken as it is: parts of it can then be put together, and its digest is that of what was sent.
    session.headers.update({"User-Agent": f"bioimage-kg/{version}", "Accept": "*/*", "Accept-Encoding": "identity"})
    return session


def ask(
    session: requests.Session,
    address: str,
    headers: dict[str, str],
    limits: Limits,
    fault: Fault,
    form: dict[str, str] | None = None,
) -> requests.Response:
    """Return the first answer, be it a redirect; with a form it is posted.

    Raises Broken or Unreachable where trying again may help, else what ``fault`` makes. The session itself would read what a
    redirect says to its end, be it without one.
    """
    import requests  # noqa: PLC0415 - as in open_session

    with told(shown(address), fault):
        wanted = requests.Request("POST" if form is not None else "GET", address, headers=headers, data=form)
        request = session.prepare_request(wanted)
        settings = session.merge_environment_settings(address, {}, stream=True, verify=None, cert=None)
        adapter = session.get_adapter(address)
        verify = settings["verify"] or True  # a file of certificates that the environment names, else those of the library
        times = (limits.connect, limits.silence)
        return adapter.send(request, stream=True, timeout=times, verify=verify, proxies=settings["proxies"])


def blocks(answer: requests.Response) -> Iterator[bytes]:
    """Yield what comes as it comes: a server that drips must not hold us until a whole block is there."""
    import urllib3  # noqa: PLC0415 - as in open_session

    try:
        while block := answer.raw.read1(_BLOCK, decode_content=False):
            yield block
    except urllib3.exceptions.ReadTimeoutError as error:
        raise Broken("the server fell silent") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Broken("the connection broke off") from error


@contextlib.contextmanager
def told(where: str, fault: Fault) -> Iterator[None]:
    """Turn what the web library raises into a sentence, or into a reason to try again."""
    import requests  # noqa: PLC0415 - as in open_session

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise fault(where, f"the server cannot prove who it is ({_reason(error)})") from error
    except requests.exceptions.Timeout as error:
        raise Unreachable("the server does not answer in time") from error
    except requests.exceptions.ConnectionError as error:
        raise Unreachable(f"cannot be reached: {_reason(error)}") from error
    except requests.exceptions.RequestException as error:
        raise fault(where, f"is no address that can be asked ({type(error).__name__})") from error


def _reason(error: BaseException) -> str:
    """Return the innermost reason, without the addresses that libraries put around it."""
    inner: BaseException = error
    while cause := inner.__cause__ or inner.__context__:
        inner = cause
    return (inner.strerror if isinstance(inner, OSError) else None) or str(inner)[:200] or type(inner).__name__


def retry_after(said: str) -> float:
    """Return for how many seconds a server asks to be left alone (``Retry-After``: a number or a date); 0 if unreadable."""
    if said.strip().isdecimal():
        return float(said)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
