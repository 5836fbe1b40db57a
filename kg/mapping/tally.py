"""The Tally: where every cell of a source went - mapped, kept in the custom layer, or declared missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kg.problem import Problem

_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ColumnCount:
    """Cells of one column of one table kind; filled is the sum of the other four.

    Attributes:
        mapping: name of the mapping.
        table: kind of the table.
        column: name of the column.
        filled: cells that are not empty.
        mapped: cells that became statements of schema slots.
        custom: cells kept with their raw text in the custom layer.
        missing: cells whose text the mapping declares to mean no value.
        withheld: cells about people that were left out on request.
    """

    mapping: str
    table: str
    column: str
    filled: int
    mapped: int
    custom: int
    missing: int
    withheld: int = 0


@dataclass(slots=True)
class Tally:
    """Counts and Problems of a run, added to by every batch."""

    filled: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    mapped: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    custom: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    missing: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    withheld: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    statements: Counter[str] = field(default_factory=Counter)
    _problems: dict[tuple[str, ...], tuple[list[int], int, Problem]] = field(default_factory=dict)

    def note(self, problem: Problem) -> None:
        """Add a Problem; the same one in further rows only adds to its count."""
        key = (problem.source, problem.code, problem.column, problem.found, problem.expected)
        rows, count, _ = self._problems.get(key, ([], 0, problem))
        rows.extend(problem.rows[: _ROWS_SHOWN - len(rows)])
        self._problems[key] = (rows, count + problem.count, problem)

    def problems(self) -> tuple[Problem, ...]:
        """Return the Problems with their counts, in the order found."""
        return tuple(
            Problem(p.source, p.code, p.found, p.expected, p.column, tuple(rows), count, p.repair, p.severity)
            for rows, count, p in self._problems.values()
        )

    def columns(self) -> tuple[ColumnCount, ...]:
        """Return the counts of every column, the most filled first."""
        return tuple(
            ColumnCount(*key, filled, self.mapped[key], self.custom[key], self.missing[key], self.withheld[key])
            for key, filled in self.filled.most_common()
        )
