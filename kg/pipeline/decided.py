"""What people decided, as it reaches the resolver: from the rows of a file to the answers of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from kg.problem import Problem
from kg.schema import Schema
from kg.store import DECISIONS
from kg.terms import IndexResolver, Resolver, TermIndex
from kg.terms.decided import CuratedResolver, Row, read_rows


def decisions_file(store: Path, given: Path | None = None) -> Path:
    """Return the file of decisions that goes with a store: the one given, else the one in its folder."""
    return given or store / DECISIONS


def decided_rows(file: Path) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Return the rows of a file of decisions and what is wrong with it; nothing when there is no file.

    Raises:
        TermError: the file cannot be read, or is no SSSOM table.
    """
    return read_rows(file) if file.exists() else ((), ())


def resolver_with(
    index: TermIndex, schema: Schema, agent: str, rows: Iterable[Row] = (), projects: Sequence[str] = ()
) -> Resolver:
    """Return what a run asks: the index, and before it what people decided."""
    # Where a row lies on this machine, and how many stand before it, is nothing that the graph should say.
    placeless = [replace(row, file="", number=0) for row in rows]
    inner = IndexResolver(index, schema.fields, agent=agent)
    return CuratedResolver(inner, placeless, index, projects) if placeless else inner
