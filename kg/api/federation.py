"""SERVICE and LOAD: what other servers are asked, where the settings allow it, by us and never by the engine.

The block of a SERVICE is sent as a query of its own; what comes back stands in its place as VALUES.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.api.outbound import Allowed, opened
from kg.api.settings import Settings
from kg.api.turns import Turns
from kg.curie import encode
from kg.errors import RefusedError, ServiceError
from kg.store.guard import TOKEN, calls
from kg.web import shown

MOST_ROWS, MOST_BYTES, MOST_CALLS = 10_000, 8 << 20, 8
_RESULTS = "application/sparql-results+json"
_SKIPPED = re.compile(r"(?:\s|#[^\n\r]*)*+")
_IRI = re.compile(r"<([^<>\"{}|^`\\\x00-\x20]*)>")
_NAME = re.compile(r"([^\W\d_][\w.\-]*)?:([\w.\-:%]*)")
_PREFIX = re.compile(r"prefix\s+([^\W\d_][\w.\-]*)?:\s*<([^<>\"{}|^`\\\x00-\x20]*)>", re.IGNORECASE)
_BASE = re.compile(r"base\s*<([^<>\"{}|^`\\\x00-\x20]*)>", re.IGNORECASE)
_KINDS = frozenset(("select", "ask", "construct", "describe"))
_VARIABLE = re.compile(r"[^\W]\w*")


@dataclass(frozen=True, slots=True)
class Call:
    """One SERVICE of a query.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        address: that it asks.
        block: what it asks, with its braces.
        silent: whether it may fail.
    """

    start: int
    end: int
    address: str
    block: str
    silent: bool


class Federation:
    """Asks other servers for the SERVICE blocks of queries."""

    def __init__(self, settings: Settings, base: str) -> None:
        """Take which addresses may be asked, and what relative IRIs are relative to."""
        self._allowed, self._base, self._seconds = Allowed(settings.allow_service), base, settings.deadline

    async def filled(self, text: str, turns: Turns, client: str, seconds: float = 0) -> dict[str, str]:
        """Return the query with the answers of other servers in it, as a task takes it; nothing where it asks none, or may not.

        A call that may not be made and is SILENT fails in silence, as every failure of it. A query with another one that may
        not be made is left to the worker, which knows whether it is a query at all.

        Raises:
            ServiceError: ``remote``: a server does not answer as it should; busy.
        """
        head = _head(text)
        found = found_calls(text, head, self._base)
        if not found or any(self._allowed.entry(call.address) is None and not call.silent for call in found):
            return {}
        base = "" if _BASE.search(head) else f"BASE <{self._base}>\n"
        seconds = min(seconds or self._seconds, self._seconds)
        async with turns.turn(client):
            tables = await self.tables(found, base + head, seconds)
        return {
            "query": _put(text, found, tables),
            "checked": _put(text, found, [_EMPTY] * len(found)),
        }

    async def tables(self, found: Sequence[Call], head: str, seconds: float) -> list[str]:
        """Return what stands in the places of calls: a VALUES block each.

        Args:
            found: calls to addresses that are allowed, or SILENT: then the others are not asked, and fail in silence.
            head: BASE and PREFIX lines for their blocks.
            seconds: until the last byte of each answer.

        Raises:
            ServiceError: ``remote``: a server does not answer as it should.
        """
        return list(await asyncio.gather(*(asyncio.to_thread(self._table, call, head, seconds) for call in found)))

    def _table(self, call: Call, head: str, seconds: float) -> str:
        if self._allowed.entry(call.address) is None:
            return _ONE_SOLUTION
        try:
            return self._asked(call, head, seconds)
        except ServiceError:
            if call.silent:
                return _ONE_SOLUTION
            raise

    def _asked(self, call: Call, head: str, seconds: float) -> str:
        form = {"query": f"{head}\nSELECT * WHERE {call.block}"}
        with opened(call.address, self._allowed, {"Accept": _RESULTS}, seconds, form) as (_, pieces):
            data = b"".join(_bounded(call.address, pieces, MOST_BYTES))
        try:
            return self._values(call.address, json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _fault(call.address, f"did not send results in JSON ({type(error).__name__})") from error

    def _values(self, address: str, results: Mapping[str, Any]) -> str:
        names = [name for name in results["head"]["vars"] if _VARIABLE.fullmatch(name)]
        rows = results["results"]["bindings"]
        if len(rows) > MOST_ROWS:
            raise _fault(address, f"sent more than {MOST_ROWS:,} rows; ask it for less")
        scope = f"{urljoin(self._base, '/.well-known/genid/')}{uuid.uuid4()}/"
        lines = ("(" + " ".join(_term(row.get(name), scope) for name in names) + ")" for row in rows)
        return f" VALUES ({' '.join('?' + name for name in names)}) {{ {' '.join(lines)} }} "


_ONE_SOLUTION = " VALUES () { () } "
_EMPTY = " VALUES () { } "


def fetched(address: str, settings: Settings, folder: Path) -> tuple[Path, str]:
    """Fetch what LOAD names, for a thread of its own.

    Returns:
        a new file in the folder, to be removed by the caller; and its media type, empty where the server says none.

    Raises:
        RefusedError: the settings do not allow the address.
        ServiceError: ``remote``: it cannot be had, or is longer than an upload may be.
    """
    allowed = Allowed(settings.allow_service)
    if allowed.entry(address) is None:
        raise RefusedError("update", f"LOAD <{shown(address)}> would fetch from a server that is not allowed here")
    path = folder / f"load-{uuid.uuid4().hex}"
    accept = "text/turtle, application/n-triples, application/rdf+xml, application/ld+json;q=0.8, application/trig;q=0.5"
    try:
        with opened(address, allowed, {"Accept": accept}, settings.deadline) as (headers, pieces), path.open("wb") as file:
            for piece in _bounded(address, pieces, settings.upload_bytes):
                file.write(piece)
            return path, headers.get("content-type", "").partition(";")[0].strip().lower()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _bounded(address: str, pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _fault(address, f"sent more than {most:,} bytes; ask it for less")
        yield piece


def found_calls(text: str, head: str, base: str) -> list[Call]:
    """Return the calls of a query; none where there is one that cannot be made here.

    Args:
        text: the query.
        head: its BASE and PREFIX lines.
        base: what relative IRIs are relative to.
    """
    prefixes = {found[1] or "": found[2] for found in _PREFIX.finditer(head)}
    own = _BASE.search(head)
    base = urljoin(base, own[1]) if own else base
    spots = calls(text)
    found: list[Call] = []
    for start, end in spots:
        call = _call(text, start, end, prefixes, base)
        if call is None or (found and call.start < found[-1].end) or len(spots) > MOST_CALLS:
            return []
        found.append(call)
    return found


def _call(text: str, start: int, end: int, prefixes: Mapping[str, str], base: str) -> Call | None:
    place = _skipped(text, end)
    if iri := _IRI.match(text, place):
        address = urljoin(base, iri[1])
    elif (iri := _NAME.match(text, place)) and (iri[1] or "") in prefixes:
        address = urljoin(base, prefixes[iri[1] or ""]) + iri[2]
    else:
        return None
    opening = _skipped(text, iri.end())
    closing = _closed(text, opening)
    silent = "silent" in text[start:end].lower()
    return Call(start, closing, address, text[opening:closing], silent) if closing else None


def _closed(text: str, opening: int) -> int | None:
    """Return where the block that opens here has ended."""
    depth = 0
    if not text.startswith("{", opening):
        return None
    for token in TOKEN.finditer(text, opening):
        depth += (token.group() == "{") - (token.group() == "}")
        if not depth:
            return token.end()
    return None


def _skipped(text: str, place: int) -> int:
    found = _SKIPPED.match(text, place)
    return found.end() if found else place


def _head(text: str) -> str:
    """Return the BASE and PREFIX lines of a query."""
    for token in TOKEN.finditer(text):
        if token.lastgroup == "word" and token.group().lower() in _KINDS and not text.startswith(":", token.end()):
            return text[: token.start()]
    return ""


def _put(text: str, found: list[Call], tables: list[str]) -> str:
    pieces, last = [], 0
    for call, table in zip(found, tables, strict=True):
        pieces += [text[last : call.start], table]
        last = call.end
    return "".join([*pieces, text[last:]])


def _term(cell: Mapping[str, str] | None, scope: str) -> str:
    """Return a term as SPARQL writes it; raises ValueError or KeyError for what is none."""
    if cell is None:
        return "UNDEF"
    value = cell["value"]
    match cell["type"]:
        case "uri":
            return str(ox.NamedNode(value))
        case "bnode":
            # A blank node in a query would be a variable; this one is the same wherever the answer names it.
            return str(ox.NamedNode(scope + encode(value)))
        case "literal" | "typed-literal":
            language, datatype = cell.get("xml:lang"), cell.get("datatype")
            if language:
                return str(ox.Literal(value, language=language))
            return str(ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value))
    raise ValueError(cell["type"])


def _fault(address: str, what: str) -> ServiceError:
    return ServiceError(f"SERVICE <{shown(address)}>", what, "remote")
