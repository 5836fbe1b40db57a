"""Writing out one graph in a worker, for the Graph Store Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.api.formats import GRAPH_FORMATS
from kg.api.tasks.context import Context, Reply, Spool
from kg.store.faults import query_faults


def written_out(context: Context, request: Mapping[str, Any]) -> Reply:
    """Write out a graph.

    Args:
        context: of the worker.
        request: ``database`` (path of the snapshot), ``graph`` (IRI; null for the default graph), ``media_type``,
            ``bytes`` (most bytes).

    Returns:
        head: ``found``: whether there is such a graph; the default graph is always there.

    Raises:
        QueryError: the name is no IRI, or the format cannot hold what the graph does.
    """
    with query_faults():
        db = context.database(request["database"])
        name = ox.DefaultGraph() if request["graph"] is None else ox.NamedNode(request["graph"])
        if isinstance(name, ox.NamedNode) and not db.contains_named_graph(name):
            return Reply({"found": False})
        with Spool(context.scratch, request["bytes"]) as spool:
            db.dump(spool.file(), format=GRAPH_FORMATS[request["media_type"]], from_graph=name)
            return Reply({"found": True}, spool.body())
