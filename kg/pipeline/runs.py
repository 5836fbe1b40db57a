"""Runs: sources that a mapping takes, mapped alone or together with others of their shape."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.mapping import Decisions, Loaded, Run, Tally
from kg.mapping import Mapping as MappingSpec
from kg.mapping.people import Persons
from kg.pipeline.guarding import PersonGuard
from kg.pipeline.sinks import Files
from kg.schema import Schema
from kg.table import Reading

_TOGETHER = 1024
_TOGETHER_BYTES = 32 * 1024 * 1024
_ALONE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ready:
    """A source that a mapping takes, read and waiting for its turn.

    Attributes:
        loaded: what its reader got out of it.
        mapping: the mapping that takes it.
        size: of its file, in bytes.
    """

    loaded: Loaded
    mapping: MappingSpec
    size: int


class Runs:
    """One Run per mapping; small sources of one shape are mapped together, because a batch costs more than its rows."""

    def __init__(self, schema: Schema, decisions: Decisions, tally: Tally, files: Files, *, persons: Persons) -> None:
        """``decisions``, ``tally`` and ``files`` are added to; ``persons`` says who is kept."""
        self._persons: Persons = persons
        self._schema, self._decisions, self._tally, self._files = schema, decisions, tally, files
        self._runs: dict[str, Run] = {}
        self._waiting: dict[tuple[str, ...], list[Ready]] = {}
        self.decisions: Counter[tuple[str, str]] = Counter()

    def add(self, item: Ready) -> None:
        """Map a source now, or with others like it."""
        if item.size > _ALONE_BYTES:
            self._map([item])
            return
        shape = _shape(item)
        waiting = self._waiting.setdefault(shape, [])
        waiting.append(item)
        if len(waiting) >= _TOGETHER or sum(w.size for w in waiting) >= _TOGETHER_BYTES:
            self._map(self._waiting.pop(shape))

    def flush(self) -> None:
        """Map what still waits."""
        for waiting in list(self._waiting.values()):
            self._map(waiting)
        self._waiting.clear()

    def _map(self, items: list[Ready]) -> None:
        mapping = items[0].mapping
        run = self._runs.get(mapping.mapping)
        if run is None:
            run = self._runs[mapping.mapping] = Run(
                mapping, self._schema, self._decisions, self._tally, self._files, persons=self._persons, guard=PersonGuard()
            )
        self.decisions.update(run.add([item.loaded for item in items]))
        for item in items:
            discard(item.loaded.reading)


def discard(reading: Reading) -> None:
    """Remove the temporary files of a reading."""
    for path in reading.scratch:
        path.unlink(missing_ok=True)


def _shape(item: Ready) -> tuple[str, ...]:
    tables = item.loaded.reading.tables
    if len(tables) > 1:
        return (item.mapping.mapping, *sorted(item.loaded.variables))
    headers = [name for table in tables.values() for name in table.frame.collect_schema().names()]
    return (item.mapping.mapping, *headers)
