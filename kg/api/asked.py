"""What a client asks by the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/): by GET, a form, or a text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.responses import Response

from kg.api.formats import check_name
from kg.api.problems import problem
from kg.errors import LimitError, QueryError

_FORM, _TEXT = "application/x-www-form-urlencoded", "application/sparql-query"
_MOST_FIELDS = 20_000
_UTF8 = frozenset(("", "utf-8", "utf8", "us-ascii"))


_SPACE = r"(?:\s|#[^\n\r]*+)*+"
_PROLOGUE = re.compile(
    rf"{_SPACE}(?:(?:PREFIX{_SPACE}[^\s:<>#]*+:{_SPACE}<[^<>]*+>|BASE{_SPACE}<[^<>]*+>){_SPACE})*+", re.IGNORECASE
)
_WORD = re.compile(r"[A-Za-z]++")
_ASKING = ("select", "ask", "construct", "describe")
_CHANGING = frozenset(("insert", "delete", "with", "load", "clear", "drop", "create", "add", "move", "copy"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and how it wants to be answered.

    Attributes:
        query: SPARQL; None where the request has none at all.
        default_graphs: IRIs of ``default-graph-uri``, each once.
        named_graphs: IRIs of ``named-graph-uri``, each once.
        timeout: seconds that the client wants to wait; 0 where it says none.
        form: short name of the form wanted; empty where the headers say it.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float = 0
    form: str = ""


async def asked_of(request: Request, most: int) -> Asked | Response:
    """Return what a request asks, or the response that says why it cannot be read.

    The body is read, but for one that is longer than ``most`` bytes.

    Raises:
        LimitError: the body is too long.
        QueryError: it is not UTF-8, has several queries, or a parameter is wrong.
    """
    fields = fields_of(request.scope["query_string"])
    if request.method == "POST":
        media_type, charset = content_type_of(request.headers.get("content-type", ""))
        if media_type not in {_FORM, _TEXT}:
            said = f"a query is posted as {_TEXT} or {_FORM}, not as {media_type[:100] or 'a body without a type'}"
            return problem(415, "Unsupported Media Type", said)
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            return problem(415, "Unsupported Media Type", "a query is posted as it is, not packed")
        body = await _body(request, most)
        if charset not in _UTF8:
            raise QueryError("query", f"expected UTF-8, found the character set {charset[:40]!r}")
        fields += fields_of(body) if media_type == _FORM else [("query", _decoded(body))]
    else:
        await _body(request, most)
    return _asked(fields)


def fields_of(data: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form or of a query string.

    Raises:
        QueryError: they are too many, or not in UTF-8.
    """
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeError as error:
        raise QueryError("request", f"expected UTF-8, percent-encoded: {error}") from error
    except ValueError as error:
        raise QueryError("request", f"has more than {_MOST_FIELDS:,} parameters") from error


def not_asked(text: str) -> str:
    """Return why a text that could not be read is no query at all; empty where it begins like one.

    >>> not_asked("PREFIX a: <urn:a> DELETE WHERE { ?s ?p ?o }")
    'this is an update; POST it to /update'
    >>> not_asked("SELEC ?s"), not_asked(" # nothing"), not_asked("ASK")
    ("found 'SELEC', expected SELECT, ASK, CONSTRUCT or DESCRIBE", 'is empty', '')
    """
    start = _PROLOGUE.match(text)
    rest = text[start.end() :] if start else text
    if not rest:
        return "is empty"
    word = _WORD.match(rest)
    found = word[0].lower() if word else ""
    if found in _CHANGING:
        return "this is an update; POST it to /update"
    if found.startswith(_ASKING):
        return ""
    return f"found {rest.split(maxsplit=1)[0][:40]!r}, expected SELECT, ASK, CONSTRUCT or DESCRIBE"


def seconds_of(text: str) -> float:
    """Return a time that a client is ready to wait (``5``, ``0.5``, ``5s``); 0 where it says none.

    Raises:
        QueryError: it is no such number.
    """
    try:
        seconds = float(text.strip().removesuffix("s")) if text else 0.0
    except ValueError:
        seconds = math.nan
    if text and not 0 < seconds < math.inf:
        raise QueryError("timeout", f"{text[:40]!r} is no number of seconds beyond 0")
    return seconds


def _asked(fields: Sequence[tuple[str, str]]) -> Asked:
    said: dict[str, list[str]] = {}
    for name, value in fields:
        said.setdefault(name, []).append(value)
    queries = said.get("query", [])
    if len(queries) > 1:
        raise QueryError("query", f"there are {len(queries)}; one request asks one query")
    if not queries and "update" in said:
        raise QueryError("update", "updates are posted to /update; here are queries")
    form = _first(said, "format") or _first(said, "output")
    check_name(form)
    return Asked(
        queries[0] if queries else None,
        tuple(dict.fromkeys(said.get("default-graph-uri", []))),
        tuple(dict.fromkeys(said.get("named-graph-uri", []))),
        seconds_of(_first(said, "timeout")),
        form,
    )


def _first(said: Mapping[str, list[str]], name: str) -> str:
    return next(iter(said.get(name, [])), "")


def content_type_of(header: str) -> tuple[str, str]:
    """Return the media type and the character set of a header, in lower case."""
    media_type, _, parameters = header.partition(";")
    charset = ""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'").lower()
    return media_type.strip().lower(), charset


async def _body(request: Request, most: int) -> bytes:
    data = bytearray()
    async for block in request.stream():
        data += block
        if len(data) > most:
            raise LimitError("query", f"is longer than {most:,} bytes")
    return bytes(data)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError("query", f"expected UTF-8: {error}") from error
