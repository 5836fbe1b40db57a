"""Asking a web server: redirects within bounds, bodies as they come, and reasons in words for people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from kg import __version__
from kg.errors import TermError

if TYPE_CHECKING:
    import requests

_BLOCK = 1 << 16


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


def open_session() -> requests.Session:
    """Return a session that says who asks; close it, or use it in a ``with`` statement."""
    import requests  # noqa: PLC0415 - takes longer to load than most commands run, and few download

    session = requests.Session()
    # A packed body is taken as it is: parts of it can then be put together, and its digest is that of what was sent.
    session.headers.update({"User-Agent": f"bioimage-kg/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"})
    return session


def follow(session: requests.Session, address: str, headers: dict[str, str], limits: Limits) -> requests.Response:
    """Return the answer at the end of the redirects, none of which may leave the web."""
    here, seen = address, {address}
    while True:
        with _told(shown(here)):
            answer = _get(session, here, headers, limits)
        if not answer.is_redirect:
            return answer
        target = _target(here, session.get_redirect_target(answer) or "")
        answer.close()
        if not target.startswith(("http://", "https://")):
            raise TermError(shown(address), f"leads to {target[:200]!r}, expected an address of http or https")
        if target in seen or len(seen) > limits.redirects:
            raise TermError(shown(address), "leads from one address to the next in a circle, or too often")
        seen.add(target)
        here = target


def _get(session: requests.Session, address: str, headers: dict[str, str], limits: Limits) -> requests.Response:
    """Ask once. The session itself would read what a redirect says to its end, be it without one."""
    import requests  # noqa: PLC0415 - as in open_session

    request = session.prepare_request(requests.Request("GET", address, headers=headers))
    settings = session.merge_environment_settings(address, {}, stream=True, verify=None, cert=None)
    adapter = session.get_adapter(address)
    verify = settings["verify"] or True  # a file of certificates that the environment names, else those of the library
    times = (limits.connect, limits.silence)
    return adapter.send(request, stream=True, timeout=times, verify=verify, proxies=settings["proxies"])


def _target(here: str, location: str) -> str:
    """Return where a redirect leads, its scheme in small letters; an empty text for what is no address."""
    try:
        return urlunsplit(urlsplit(urljoin(here, location)))
    except ValueError:
        return ""


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
def _told(where: str) -> Iterator[None]:
    """Turn what the web library raises into a sentence, or into a reason to try again."""
    import requests  # noqa: PLC0415 - as in open_session

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise TermError(where, f"the server cannot prove who it is ({_reason(error)})") from error
    except requests.exceptions.Timeout as error:
        raise Unreachable("the server does not answer in time") from error
    except requests.exceptions.ConnectionError as error:
        raise Unreachable(f"cannot be reached: {_reason(error)}") from error
    except requests.exceptions.RequestException as error:
        raise TermError(where, f"is no address that can be asked ({type(error).__name__})") from error


def _reason(error: BaseException) -> str:
    """Return the innermost reason, without the addresses that libraries put around it."""
    inner: BaseException = error
    while cause := inner.__cause__ or inner.__context__:
        inner = cause
    return (inner.strerror if isinstance(inner, OSError) else None) or str(inner)[:200] or type(inner).__name__
