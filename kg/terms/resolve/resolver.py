"""The seam of term resolution: whatever answers a Query with a Decision; resolvers compose by wrapping one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.term import Decision, Query


class Resolver(Protocol):
    """Answers a question with a decision; it never guesses and always says why."""

    def resolve(self, query: Query) -> Decision:
        """Return the decision about one query."""
        ...


def resolve_all(resolver: Resolver, queries: Iterable[Query]) -> dict[Query, Decision]:
    """Return the decision about each distinct query, in the order in which they first came."""
    return {query: resolver.resolve(query) for query in dict.fromkeys(queries)}
