"""Answers of an OLS, kept on disk: only whole and readable ones, each under the edition of the ontologies that it is about."""

from __future__ import annotations

import http.client
import json
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg import __version__
from kg.errors import TermError
from kg.terms.ols.answers import Malformed
from kg.terms.web import Broken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests
    import requests_cache

_MOVED = (http.client.MOVED_PERMANENTLY, http.client.PERMANENT_REDIRECT)


def open_session(
    path: Path, take: Callable[[requests.Response], None], edition: Callable[[], str]
) -> requests_cache.CachedSession:
    """Return a session that keeps what it got in a SQLite file; close it.

    Args:
        path: the file; it is made when it is not there.
        take: called with every answer of a server before it is kept. What it raises ends the request, and nothing is kept:
            so no outage, no error and nothing that cannot be read is ever taken for an answer later.
        edition: what answers kept now, and looked up now, belong to.

    Raises TermError when the file is something else or cannot be written.
    """
    import requests_cache  # noqa: PLC0415 - with all it needs it takes longer to load than most commands run

    def key(request: requests_cache.AnyRequest, **settings: object) -> str:
        return f"{requests_cache.create_key(request, **settings)} {edition()}"  # type: ignore[arg-type] # passed on as it came

    def once(response: requests.Response, **_: object) -> None:
        if not hasattr(response, "from_cache"):  # the session calls again for what it has wrapped, or had kept
            take(response)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        session = requests_cache.CachedSession(
            cache_name=str(path),
            backend="sqlite",
            serializer="json",  # pickle, its default, would run what somebody else put into the file
            allowable_codes=(http.client.OK, *_MOVED),
            allowable_methods=("GET",),
            key_fn=key,
            cache_control=False,
            stale_if_error=False,
            busy_timeout=10_000,
        )
    except (OSError, sqlite3.Error) as error:
        raise TermError(str(path), f"cannot keep answers of OLS ({error}); delete it if it is damaged") from error
    session.hooks["response"] = once
    # A netrc file must not give somebody's password to a server that anyone may name.
    session.auth = lambda request: request
    session.headers.update({
        "User-Agent": f"bioimage-kg/{__version__}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # what is small packed may be large, and the bound is on what is read
    })  # fmt: skip
    return session


def decode(body: bytes) -> dict[str, object]:
    """Return the JSON object in a body; raises Malformed or Broken for all else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        page = " (a web page)" if body.lstrip()[:1] == b"<" else ""
        raise Broken(f"it sent something that is no JSON{page}") from error
    if not isinstance(value, dict):
        raise Malformed(f"is JSON of type {type(value).__name__}, expected an object")
    return value


def is_same_site(here: str, there: str) -> bool:
    """Say whether a redirect stays where it was asked: on the same host or one above or below it, and not from https to http.

    >>> is_same_site("http://www.ebi.ac.uk/ols4", "https://ebi.ac.uk/ols4"), is_same_site("https://a.org/", "https://b.org/")
    (True, False)
    """
    try:
        one, two = urlsplit(here), urlsplit(there)
        hosts = (one.hostname or "", two.hostname or "")
    except ValueError:
        return False
    if two.scheme not in {"http", "https"} or (one.scheme == "https" and two.scheme == "http") or two.username:
        return False
    below = any(
        inner.endswith("." + outer) and "." in outer and not inner[-1].isdigit() for inner, outer in (hosts, hosts[::-1])
    )
    return bool(hosts[0]) and (hosts[0] == hosts[1] or below)
