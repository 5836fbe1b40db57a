"""Texts that wait for a person, as one audience sees them; a list is kept for as long as its snapshot is asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

import pyoxigraph as ox

from kg.api.tasks.context import Context, Reply
from kg.api.tasks.terms import opened
from kg.pipeline.waiting import Look, Waiting
from kg.schema import load_schema
from kg.store import Answer, Generation
from kg.terms import TermIndex


@dataclass(frozen=True, slots=True)
class _View:
    """A snapshot with the two things that looking at decisions takes of a generation."""

    database: ox.Store

    def query(self, sparql: str) -> Answer:
        return Answer(self.database.query(sparql, use_default_graph_as_union=True))


def waiting(context: Context, request: Mapping[str, Any]) -> Reply:
    """List texts, those of most records first.

    Args:
        context: of the worker.
        request: ``database``, ``index``, ``statuses``, ``field`` (empty for all), ``offset``, ``limit``, ``id`` (how it begins;
            empty for all).

    Returns:
        head: ``total``, ``items`` (as ``kg review list --json`` shows them), ``fields`` (all there are).
    """
    statuses, fields = set(request["statuses"]), list(load_schema().fields)
    found = [
        one
        for one in _all(context, request["database"])
        if one.status in statuses and request["field"] in {"", one.field} and one.id.startswith(request["id"])
    ]
    page = found[request["offset"] : request["offset"] + request["limit"]]
    index = opened(context, request["index"]).index
    return Reply({"total": len(found), "items": [_shaped(one, index) for one in page], "fields": fields})


def _all(context: Context, database: str) -> list[Waiting]:
    return context.kept("waiting", database, lambda _: _read(context.database(database)))


def _read(store: ox.Store) -> list[Waiting]:
    look = Look(cast("Generation", _View(store)), load_schema())  # it asks for no more than these two
    found = list(look.groups(_any))
    return sorted(found, key=lambda one: (-one.records, one.field, one.text, one.accession))


def _any(_asked: object, _statuses: Collection[str]) -> bool:
    return True


def _shaped(one: Waiting, index: TermIndex) -> dict[str, Any]:
    terms = [index.term(term.curie) or term for term in one.terms]
    return {**asdict(one), "terms": [{"curie": term.curie, "label": term.label, "iri": term.iri} for term in terms]}
