"""``If-Match`` and ``If-None-Match`` of writes (RFC 9110, section 13.1): what must hold at the moment of writing."""

from __future__ import annotations

import re
from collections.abc import Collection

from fastapi import Request

from kg.errors import ConditionError
from kg.store.writes import Condition

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def condition_of(request: Request, tags: Collection[str], generation: str) -> Condition:
    """Return what a request wants to hold when it writes.

    Tags are compared without ``W/``: one of ours stands for one generation, and that is compared again by the writer.

    Args:
        request: with its headers.
        tags: those, without quotes, that the thing to be written has now; none where it can have no tag.
        generation: id of the generation that these are of; empty for none.

    Raises:
        ConditionError: it does not hold already.
    """
    given, spurned = _said(request, "if-match"), _said(request, "if-none-match")
    held: str | None = None
    exists = None
    if given == "*":
        exists = True
    elif given is not None:
        if not _named(given) & set(tags):
            raise ConditionError("If-Match", "does not hold: the data have been changed since you read them; read them again")
        held = generation
    if spurned == "*":
        if exists:
            raise ConditionError("If-None-Match", "does not hold: If-Match wants the opposite")
        exists = False
    elif spurned is not None and _named(spurned) & set(tags):
        raise ConditionError("If-None-Match", "does not hold: the data are those that it names")
    return Condition(held, exists)


def _said(request: Request, name: str) -> str | None:
    said = request.headers.getlist(name)
    return ", ".join(said).strip() if said else None


def _named(header: str) -> set[str]:
    return {found[1] for found in _TAG.finditer(header)}
