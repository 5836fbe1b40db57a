"""A Generation: one published, immutable state of the store, opened for reading."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.answer import Answer, Term
from kg.store.faults import query_faults, store_faults
from kg.store.guard import check_query
from kg.store.holds import hold
from kg.store.ledger import Ledger
from kg.store.shape import shape_of
from kg.store.substitute import substitute

FORMAT = 1
DATABASE = "db"
LEDGER = "ledger.sqlite"
DESCRIPTION = "generation.json"

_NOTHING: Mapping[str, str | Term] = MappingProxyType({})


class Generation:
    """One published state; it answers as long as it is open, whatever is published meanwhile.

    A query sees the union of all graphs; no statement stands in two of them, so that no row comes twice.
    """

    def __init__(self, path: Path) -> None:
        """Open the folder of a generation and hold it, so that no writer removes it.

        Raises:
            StoreError: it is not whole, or was written by a newer kg.
        """
        with store_faults(str(path)), ExitStack() as opened:
            opened.enter_context(closing(hold(path)))
            self._ledger = opened.enter_context(Ledger(path / LEDGER))
            self._ledger.begin()
            self._about = _description(path)
            self._release = weakref.finalize(self, opened.pop_all().close)
        self._opened: ox.Store | None = None
        self._audiences: frozenset[str] | None = None
        self.path = path
        self.id: str = self._about["id"]
        self.parent: str | None = self._about["parent"]
        self.created = datetime.fromisoformat(self._about["created"])

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of it."""
        self.close()

    def close(self) -> None:
        """Let a writer remove this generation once it is old; answers under way stay readable on POSIX systems."""
        self._release()

    def query(self, sparql: str, *, substitutions: Mapping[str, str | Term] = _NOTHING, base_iri: str | None = None) -> Answer:
        """Answer a SPARQL 1.1 query.

        Args:
            sparql: SELECT, ASK, CONSTRUCT or DESCRIBE.
            substitutions: variable name to the term it stands for everywhere in the query; a ``str`` is a plain literal.
            base_iri: what relative IRIs in the query are relative to.

        Raises:
            QueryError: the query is not valid, is refused (see ``kg.store.guard``), or fails while it is answered.
        """
        check_query(sparql)
        with query_faults():
            text, bound = substitute(sparql, substitutions)
            # Oxigraph would let the union win over FROM.
            union = not shape_of(sparql).names_dataset
            return Answer(self.database.query(text, base_iri=base_iri, use_default_graph_as_union=union, substitutions=bound))

    def count(self) -> int:
        """Return the number of statements, counted now (a second for some millions); ``stats`` has it for nothing."""
        with store_faults(str(self.path)):
            return len(self.database)

    def graphs(self) -> list[str]:
        """Return the names of the graphs, sorted."""
        with store_faults(str(self.path)):
            return sorted(graph.value for graph in self.database.named_graphs())

    def stats(self) -> Mapping[str, Any]:
        """Return what was counted at publishing.

        Keys: ``sources`` (their number), ``statements`` (of ``sources``, ``shared``, ``ontologies``, ``jobs``, of graphs
        ``written`` by hand where there are any, and ``all``), ``classes`` (IRI to number of instances, of written graphs as
        at the last harmonizing), ``ontologies`` (name to version).
        """
        return MappingProxyType({key: self._about[key] for key in ("sources", "statements", "classes", "ontologies")})

    @property
    def audiences(self) -> frozenset[str]:
        """Return the audiences that sources have: ``public``, ``private``, names of groups; empty where there is no source."""
        if self._audiences is None:
            with store_faults(str(self.path)):
                self._audiences = self._ledger.audiences()
        return self._audiences

    @property
    def writes(self) -> frozenset[str]:
        """Return the ids of the writes by which it differs from its parent."""
        return frozenset(self._about.get("writes", ()))

    @property
    def counted(self) -> bool:
        """Say whether ``stats`` counts every statement written by hand; a large graph is not counted again for each write."""
        return bool(self._about.get("counted", True))

    @property
    def ledger(self) -> Ledger:
        """Return what this generation contains and why."""
        return self._ledger

    @property
    def database(self) -> ox.Store:
        """Return the read-only database, for what is not a query; it is opened when first asked for."""
        if self._opened is None:
            with store_faults(str(self.path)):
                self._opened = ox.Store.read_only(str(self.path / DATABASE))
        return self._opened


def _description(path: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((path / DESCRIPTION).read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise StoreError(str(path / DESCRIPTION), f"damaged: {error}") from error
    if about["format"] > FORMAT:
        raise StoreError(str(path), f"written by a newer kg (format {about['format']}, this one reads {FORMAT}); update kg")
    return about
