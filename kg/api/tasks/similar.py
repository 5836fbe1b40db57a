"""Records like one in a worker: like a record of the store, like terms and words that are given, or like an uploaded file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg import __version__
from kg.api.tasks.context import Context, Reply
from kg.api.tasks.search import opened_search
from kg.pipeline import Settings
from kg.search import Search
from kg.search.example import Example, example_from, example_of
from kg.search.foreign import examples_of
from kg.search.similar import Similar


def similar(context: Context, request: Mapping[str, Any]) -> Reply:
    """Find records like an example.

    Args:
        context: of the worker.
        request: ``sidecar`` and ``index`` (paths), ``level`` (empty for the example's own), ``limit``, ``more`` (what the
            answer says beside what was found), and one of ``iris`` (spellings of a record's IRI), ``given`` (``where`` and
            ``text``), or ``file`` (path of an upload).

    Returns:
        head: ``found``, whether there is such a record. The body is the answer: ``level``, ``like`` (what was compared: terms
        by field, words), ``hits``.

    Raises:
        QueryError: a term or level is not known.
        SourceError: the file cannot be read.
    """
    search = opened_search(context, request)
    level = search.opened.fields.level(request["level"]).name if request["level"] else ""
    example = _example(context, search, request, level)
    if example is None:
        return Reply({"found": False})
    hits = Similar(search.opened, level or example.level).to(example, request["limit"])
    like = {"iri": example.iri, "terms": {name: list(iris) for name, iris in example.terms.items()}, "text": example.text}
    told = {**request["more"], "level": level or example.level, "like": like, "hits": [asdict(hit) for hit in hits]}
    return Reply({"found": True}, json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _example(context: Context, search: Search, request: Mapping[str, Any], level: str) -> Example | None:
    if request.get("file"):
        # Readers write here, too: this process may be ended at any moment, and the folder goes with it.
        tempfile.tempdir = str(context.scratch)
        settings = Settings(index=Path(request["index"]) if request["index"] else None, version=__version__)
        read = examples_of(Path(request["file"]), settings, context.scratch)
        return next((one for one in read if one.level == level), read[0])
    if request.get("given"):
        given = request["given"]
        return example_from(search, given["where"], given["text"], level)
    return next((found for iri in request["iris"] if (found := example_of(search.opened, iri))), None)
