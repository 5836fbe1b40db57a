"""Answering a request of the OLS4-compatible API in a worker, which keeps the index open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kg.api.tasks.context import Context, Reply
from kg.api.tasks.ols import v1, v2
from kg.api.tasks.ols.asked import Desk, Missing, Params
from kg.terms.browse import Browser, Search


@dataclass(frozen=True, slots=True)
class _Open:
    browser: Browser
    search: Search
    changed: str


def answer(context: Context, request: Mapping[str, Any]) -> Reply:
    """Answer what is asked by path and query.

    Args:
        context: of the worker.
        request: ``index`` (path of the term index), ``state`` (a word for its state), ``base`` (address of the API), ``here``
            (address that was asked), ``path`` (its parts below the API, decoded), ``query`` (lists of texts by name).

    Returns:
        head: ``status``, and where that is 404 ``message``; the body is JSON.

    Raises:
        QueryError: the query is wrong.
        TermError: the index cannot be read.
    """
    index = Path(request["index"])
    opened = context.kept("browser", f"{index}#{request['state']}", lambda _: _opened(index))
    desk = Desk(opened.browser, opened.search, request["base"], request["here"], opened.changed)
    params = Params({name: tuple(values) for name, values in request["query"].items()})
    path = request["path"]
    try:
        found = v2.answer(desk, path[1:], params) if path[:1] == ["v2"] else v1.answer(desk, path, params)
    except Missing as missing:
        return Reply({"status": HTTPStatus.NOT_FOUND, "message": str(missing)})
    return Reply({"status": HTTPStatus.OK}, json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))


def _opened(index: Path) -> _Open:
    browser = Browser.open(index)
    changed = datetime.fromtimestamp(index.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return _Open(browser, Search(browser), changed)
