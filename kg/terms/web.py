"""Fetching an ontology from the web: redirects within bounds, and what is wrong told as a TermError."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from kg import __version__, web
from kg.errors import TermError
from kg.web import Broken, Limits, Unreachable, ask, blocks, shown

if TYPE_CHECKING:
    import requests

__all__ = ["Broken", "Limits", "Unreachable", "blocks", "follow", "open_session", "shown"]


def open_session() -> requests.Session:
    """Return a session that says who asks; close it, or use it in a ``with`` statement."""
    return web.open_session(__version__)


def follow(session: requests.Session, address: str, headers: dict[str, str], limits: Limits) -> requests.Response:
    """Return the answer at the end of the redirects, none of which may leave the web."""
    here, seen = address, {address}
    while True:
        answer = ask(session, here, headers, limits, TermError)
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


def _target(here: str, location: str) -> str:
    """Return where a redirect leads, its scheme in small letters; an empty text for what is no address."""
    try:
        return urlunsplit(urlsplit(urljoin(here, location)))
    except ValueError:
        return ""
