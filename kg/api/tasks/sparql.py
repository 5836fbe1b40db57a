"""Answering SPARQL queries in a worker: evaluated, cut where too long, written out in the format asked for."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg.api.tasks.context import Context, Reply, Spool
from kg.store.faults import query_faults
from kg.store.guard import check_query

_ROWS = {form.media_type: form for form in (
    ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML, ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV,
)}  # fmt: skip


def answer(context: Context, request: Mapping[str, Any]) -> Reply:
    """Answer a query.

    Args:
        context: of the worker.
        request: ``database`` (path of the snapshot), ``query``, ``base``, ``union`` (whether the default graph is the union),
            ``default_graphs`` and ``named_graphs`` (lists of IRIs, or null), ``rows`` and ``triples`` (media types, best first,
            that the client takes), ``limit`` (most rows), ``bytes`` (most bytes).

    Returns:
        head: ``kind`` (``rows``, ``boolean``, ``triples``), ``media_type``, ``truncated``.

    Raises:
        QueryError: the query is wrong or refused.
    """
    check_query(request["query"])
    with query_faults():
        results = context.database(request["database"]).query(
            request["query"], base_iri=request.get("base"), use_default_graph_as_union=request.get("union", False)
        )
        with Spool(context.scratch, request["bytes"]) as spool:
            if isinstance(results, ox.QueryTriples):
                form = ox.RdfFormat.TURTLE
                ox.serialize(islice(results, request["limit"]), spool.file(), format=form)
                return Reply({"kind": "triples", "media_type": form.media_type, "truncated": False}, spool.body())
            media_type = next(iter(request["rows"]))
            results.serialize(spool.file(), format=_ROWS[media_type])
            kind = "boolean" if isinstance(results, ox.QueryBoolean) else "rows"
            return Reply({"kind": kind, "media_type": media_type, "truncated": False}, spool.body())
