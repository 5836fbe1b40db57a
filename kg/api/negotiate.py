"""Content negotiation (RFC 9110, section 12.5.1): which of the media types on offer a client likes best."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

# A quoted parameter may hold commas: profile="a,b".
_RANGE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"|")++')
_PARAMETER = re.compile(r';((?:[^;"]|"(?:[^"\\]|\\.)*+"|")*+)')
_MEDIA = re.compile(r"([\w!#$%&'*+.^`|~-]+)/([\w!#$%&'*+.^`|~-]+)", re.ASCII)
_ANY = "*/*"


def best(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return the media type that a client likes best; of several alike, one that it names, then the one offered first.

    Parameters other than ``q`` are not compared; a ``q`` that is no number counts as 1, one beyond 0 and 1 as the nearer of
    them. A header that names nothing at all counts as none: then the first is taken.

    >>> best("text/html, text/*;q=0.5, text/turtle;q=0", ("text/turtle", "text/csv"))
    'text/csv'
    >>> best("image/png", ("text/turtle",)) is None
    True

    Args:
        accept: the header, several joined by commas; None where there is none.
        offered: media types without parameters, in lower case, best first; not empty.
    """
    weights: dict[str, float] = {}
    for media, weight in _ranges(accept or ""):
        weights[media] = max(weight, weights.get(media, 0.0))
    if not weights:
        return offered[0]
    liked = max(offered, key=lambda media: (_weight(media, weights), media in weights))  # the first of equals
    return liked if _weight(liked, weights) > 0 else None


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for found in _RANGE.finditer(accept):
        media, semicolon, parameters = found.group().partition(";")
        media = media.strip().lower()
        media = _ANY if media == "*" else media  # as Java's own client writes it
        if _MEDIA.fullmatch(media):
            yield media, _quality(semicolon + parameters)


def _quality(parameters: str) -> float:
    for found in _PARAMETER.finditer(parameters):
        name, _, value = found[1].partition("=")
        if name.strip().lower() == "q":
            try:
                weight = float(value.strip().strip('"'))
            except ValueError:
                return 1.0
            return 1.0 if math.isnan(weight) else min(max(weight, 0.0), 1.0)
    return 1.0


def _weight(media: str, weights: dict[str, float]) -> float:
    """Return the weight of the narrowest range that holds a media type; 0 where none does."""
    kind = media.partition("/")[0] + "/*"
    return next((weights[name] for name in (media, kind, _ANY) if name in weights), 0.0)
