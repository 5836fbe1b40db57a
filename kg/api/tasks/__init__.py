"""What workers do: one function for each kind of task, each in a module of its own.

A task takes the worker's ``Context`` and the request as JSON, and returns a ``Reply``. A new kind of task is a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kg.api.tasks import calls, graph, listing, ols, records, review, search, similar, sparql, terms
from kg.api.tasks.context import Context, Reply

Task = Callable[[Context, Mapping[str, Any]], Reply]

TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "ols": ols.answer,
        "sparql": sparql.answer,
        "graph": graph.written_out,
        "calls": calls.found,
        "exists": records.exists,
        "document": records.document,
        "record": records.plain,
        "vocabulary": records.vocabulary,
        "term": terms.term,
        "resolve": terms.resolve,
        "waiting": review.waiting,
        "sources": listing.sources,
        "jobs": listing.jobs,
        "search": search.find,
        "suggest": search.suggest,
        "facets": search.facets,
        "feed": search.atom,
        "similar": similar.similar,
    }
)

__all__ = ["TASKS", "Context", "Reply", "Task"]
