"""Putting terms for variables of a query, as values and never as bare text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store.answer import Term
from kg.store.guard import TOKEN


def substitute(sparql: str, values: Mapping[str, str | Term]) -> tuple[str, dict[ox.Variable, Term]]:
    """Return the query with its variables replaced, and those that Oxigraph itself must bind.

    Oxigraph binds only columns of the outermost SELECT (by SEP-0007). Every other variable becomes the term as SPARQL
    writes it, one token for one token, so that sub-queries, EXISTS and aggregates see it too.

    >>> substitute("SELECT ?s { ?s ?p ?x }", {"x": "word"})
    ('SELECT ?s { ?s ?p "word" }', {})

    Raises:
        QueryError: the query has no such variable.
    """
    if not values:
        return sparql, {}
    terms: dict[str, Term] = {name: ox.Literal(value) if isinstance(value, str) else value for name, value in values.items()}
    tokens = list(TOKEN.finditer(sparql))
    present = {token.group()[1:] for token in tokens if token.lastgroup == "variable"}
    for name in terms:
        if name not in present:
            raise QueryError("query", f"it has no variable ?{name}, for which a value was given")
    columns = _columns(tokens)
    pieces, end = [], 0
    for token in tokens:
        name = token.group()[1:]
        if token.lastgroup == "variable" and name in terms and name not in columns:
            pieces += [sparql[end : token.start()], str(terms[name])]
            end = token.end()
    bound = {ox.Variable(name): term for name, term in terms.items() if name in columns}
    return "".join([*pieces, sparql[end:]]), bound


def _columns(tokens: list[re.Match[str]]) -> set[str]:
    """Return the variables between the first SELECT and the first brace; none for other kinds of query."""
    columns: set[str] = set()
    selecting = False
    for token in tokens:
        if token.lastgroup == "word" and token.group().lower() == "select":
            selecting = True
        if token.group() == "{":
            break
        if selecting and token.lastgroup == "variable":
            columns.add(token.group()[1:])
    return columns
