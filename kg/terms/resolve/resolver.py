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
    """Return the decision about each distinct query, in the order in which they first came; a repeated one is asked once.

    >>> from kg.schema import load_schema
    >>> from kg.term import Query
    >>> from kg.terms import IndexResolver, TermIndex, default_index
    >>> with TermIndex.open(default_index()) as index:
    ...     resolver = IndexResolver(index, load_schema().fields, "me")
    ...     answers = resolve_all(resolver, [Query("organism", "mouse"), Query("organism", "N/A"), Query("organism", "mouse")])
    >>> [(query.text, answer.status, [term.curie for term in answer.terms]) for query, answer in answers.items()]
    [('mouse', 'accepted', ['NCBITaxon:10090']), ('N/A', 'none', [])]
    """
    return {query: resolver.resolve(query) for query in dict.fromkeys(queries)}
