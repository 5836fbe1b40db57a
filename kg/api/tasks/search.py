"""Searching in a worker: the page that was asked for as JSON, the whole result as a table, completion, a feed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.api.tasks.context import Context, Reply, Spool
from kg.errors import QueryError
from kg.search import Search, SearchQuery, asked, load_fields
from kg.search.completion import completed
from kg.search.export import FORMATS, columns_of, exported
from kg.search.feed import MEDIA_TYPE, feed
from kg.search.listing import listed
from kg.search.order import all_ordered
from kg.terms import TermIndex

_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


def find(context: Context, request: Mapping[str, Any]) -> Reply:
    """Search.

    Args:
        context: of the worker.
        request: ``sidecar`` (path), ``index`` (path of the term index, or empty), ``query`` (``text``, ``where``, ``facet``,
            ``level``, ``sort``, ``offset``, ``limit``, ``expand``), ``fields`` (names of those to show), ``format``, ``safe``
            (CSV without formulas), ``bytes`` (most bytes) and ``more`` (what the answer says beside what was found).

    Returns:
        head: ``media_type``, and for tables ``records``; the body is the answer.

    Raises:
        QueryError: the query is wrong.
    """
    search, query = opened_search(context, request), _query(request["query"])
    if request["format"] == "json":
        result = search.find(query, request["fields"])
        following = f"{result.generation}~{result.next_offset}" if result.next_offset is not None else None
        told = {**result.as_json(), **request["more"], "next": following}
        return Reply({"media_type": "application/json"}, _json(told))
    if request["format"] not in FORMATS:
        raise QueryError("format", f"{str(request['format'])[:40]!r} is none of json, {', '.join(FORMATS)}")
    found = search.all(query)
    records = all_ordered(search.opened, found.view, found.mask, found.scores, query)
    names = columns_of(search.opened, found.view, request["fields"])
    with Spool(context.scratch, request["bytes"]) as spool:
        count = exported(search.opened, found, records, names, request["format"], spool.file(), safe=request["safe"])
        return Reply({"media_type": _TYPES[request["format"]], "records": count}, spool.body())


def suggest(context: Context, request: Mapping[str, Any]) -> Reply:
    """Complete what somebody types.

    Args:
        context: of the worker.
        request: ``sidecar``, ``index``, ``text``, ``level``, ``field`` (the one whose values are wanted, or empty),
            ``limit`` and ``more``.
    """
    search = opened_search(context, request)
    suggestions = completed(search.opened, request["level"], request["text"], request["field"], request["limit"])
    return Reply({"media_type": "application/json"}, _json({**request["more"], "suggestions": suggestions}))


def facets(context: Context, request: Mapping[str, Any]) -> Reply:
    """List levels and fields, with how many values each has.

    Args:
        context: of the worker.
        request: ``sidecar``, ``index`` and ``more``.
    """
    search = opened_search(context, request)
    return Reply({"media_type": "application/json"}, _json({**request["more"], **listed(search.opened)}))


def atom(context: Context, request: Mapping[str, Any]) -> Reply:
    """Write what a query finds as an Atom feed.

    Args:
        context: of the worker.
        request: as for ``find``; ``since`` (path of older sidecars, or empty) and ``address`` (of the feed, of the search).
    """
    search, query = opened_search(context, request), _query(request["query"])
    before = Search(Path(request["since"])) if request["since"] else None
    return Reply({"media_type": MEDIA_TYPE}, feed(search, query, before, request["address"], request["created"]))


def opened_search(context: Context, request: Mapping[str, Any]) -> Search:
    """Return the sidecars at ``request["sidecar"]``, kept open, with the term index at ``request["index"]`` (or without)."""
    index = request["index"]
    terms = None
    if index:
        stamp = Path(index).stat()
        place = f"{index}\0{stamp.st_ino}\0{stamp.st_mtime_ns}"
        terms = context.kept("search index", place, lambda _: TermIndex.open(Path(index)))
    key = f"{request['sidecar']}\0{id(terms)}"
    return context.kept("search", key, lambda _: Search(Path(request["sidecar"]), terms))


def _query(said: Mapping[str, Any]) -> SearchQuery:
    return asked(
        load_fields(),
        text=said["text"],
        where=said["where"],
        facets=said["facet"],
        level=said["level"],
        sort=said["sort"],
        offset=said["offset"],
        limit=said["limit"],
        expand=said["expand"],
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
