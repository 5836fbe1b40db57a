"""The ledger of a generation: which sources it holds, and which of them claim which shared statement."""

from __future__ import annotations

import hashlib
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import StoreError
from kg.store.batch import SourceEntry, shared_graph

_SCHEMA = """
CREATE TABLE IF NOT EXISTS source (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, key TEXT NOT NULL, origin TEXT NOT NULL, digest TEXT NOT NULL,
  mapping TEXT NOT NULL, audience TEXT NOT NULL, rows INTEGER NOT NULL, statements INTEGER NOT NULL,
  claims BLOB NOT NULL -- ids of statements, ascending, as unsigned 32-bit integers of this machine
);
CREATE INDEX IF NOT EXISTS source_origin ON source (origin);
CREATE INDEX IF NOT EXISTS source_key ON source (key);
CREATE TABLE IF NOT EXISTS statement (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS holding ( -- how many sources of an audience claim a statement
  statement INTEGER NOT NULL, audience TEXT NOT NULL, sources INTEGER NOT NULL, PRIMARY KEY (statement, audience)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_ENTRY = "iri, key, origin, digest, mapping, audience, rows, statements"

Change = tuple[str, str]
"""A statement as N-Triples without the final dot, and the graph that it enters or leaves."""


@dataclass(frozen=True, slots=True)
class Amended:
    """What changes of a source that stays.

    Attributes:
        statements: how many own statements it has now.
        claimed: numbers of statements that it claims from now on.
        unclaimed: numbers of statements that it no longer claims.
    """

    statements: int
    claimed: array[int]
    unclaimed: array[int]


class Ledger:
    """One ledger file; a context manager that closes it."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        """Open the file, for writing with its tables made where they are missing."""
        mode = "rwc" if writable else "ro"
        # Autocommit: whoever writes begins and commits by hand; readers of one generation may sit in several threads.
        uri = f"{path.resolve().as_uri()}?mode={mode}"
        self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        if writable:
            self._db.execute("PRAGMA cache_size = -65536")
            self._db.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file; what was not committed is gone."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def begin(self) -> None:
        """Start a transaction; in a reader, hold the file so that ``is_held`` sees it."""
        self._db.execute("BEGIN")
        self._db.execute("SELECT count(*) FROM fact").fetchone()

    def commit(self) -> None:
        """Make what was written since ``begin`` last."""
        self._db.execute("COMMIT")

    def copy_to(self, path: Path) -> None:
        """Write a copy; the file must not exist."""
        # Not a copy of the file: closing a second descriptor of it would drop this process's locks (POSIX).
        with closing(sqlite3.connect(path)) as target:
            self._db.backup(target)

    def sources(self) -> list[SourceEntry]:
        """Return all sources, oldest first."""
        return [SourceEntry(*row) for row in self._db.execute(f"SELECT {_ENTRY} FROM source ORDER BY id")]  # noqa: S608 constants

    def audiences(self) -> frozenset[str]:
        """Return the audiences that sources have; empty where there is no source."""
        return frozenset(row[0] for row in self._db.execute("SELECT DISTINCT audience FROM source"))

    def source_by(self, column: str, value: str) -> SourceEntry | None:
        """Return the newest source with this ``iri``, ``key`` or ``origin``, or None."""
        if column not in {"iri", "key", "origin"}:
            raise ValueError(column)
        query = f"SELECT {_ENTRY} FROM source WHERE {column} = ? ORDER BY id DESC LIMIT 1"  # noqa: S608 checked above
        row = self._db.execute(query, (value,)).fetchone()
        return SourceEntry(*row) if row else None

    def fact(self, name: str) -> str:
        """Return a small fact of the generation; empty when it is not known."""
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_fact(self, name: str, value: str) -> None:
        """Keep a small fact of the generation."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def statement_id(self, line: str) -> int:
        """Return the number of a shared statement, which is entered when it is new."""
        digest = hashlib.blake2b(line.encode(), digest_size=16).digest()
        row = self._db.execute("SELECT id FROM statement WHERE digest = ?", (digest,)).fetchone()
        if row:
            return int(row[0])
        added = self._db.execute("INSERT INTO statement (digest, line) VALUES (?, ?)", (digest, line)).lastrowid
        if added is None:
            raise StoreError(line[:80], "the ledger did not take this statement")
        return added

    def exchange(
        self,
        leaving: Iterable[str],
        entries: Iterable[SourceEntry],
        claims: Mapping[str, array[int]],
        amended: Mapping[str, Amended],
    ) -> tuple[list[Change], list[Change]]:
        """Take sources out, put sources in and change some; return the shared statements to add and those to remove.

        Args:
            leaving: IRIs of sources that go or are replaced.
            entries: sources that come.
            claims: IRI of a coming source to the numbers of the statements that it claims, in any order.
            amended: IRI of a source that stays to what changes of it.

        Raises:
            StoreError: a source is to give up a statement that it does not claim.
        """
        deltas: dict[str, Counter[int]] = {}
        for iri in leaving:
            row = self._db.execute("DELETE FROM source WHERE iri = ? RETURNING audience, claims", (iri,)).fetchone()
            if row:
                deltas.setdefault(row[0], Counter()).subtract(array("I", row[1]))
        for entry in entries:
            held = array("I", sorted(set(claims.get(entry.iri, ()))))
            values = (*astuple(entry), held.tobytes())
            self._db.execute(f"INSERT INTO source ({_ENTRY}, claims) VALUES (?,?,?,?,?,?,?,?,?)", values)  # noqa: S608 constants
            deltas.setdefault(entry.audience, Counter()).update(held)
        for iri, change in amended.items():
            audience, delta = self._amend(iri, change)
            deltas.setdefault(audience, Counter()).update(delta)
        return self._settle(deltas)

    def _amend(self, iri: str, change: Amended) -> tuple[str, Mapping[int, int]]:
        audience, claims = self._db.execute("SELECT audience, claims FROM source WHERE iri = ?", (iri,)).fetchone()
        before = set(array("I", claims))
        if not before.issuperset(change.unclaimed):
            raise StoreError(iri, "is to give up a statement that it does not claim; nothing was published")
        after = before.difference(change.unclaimed).union(change.claimed)
        values = (change.statements, array("I", sorted(after)).tobytes(), iri)
        self._db.execute("UPDATE source SET statements = ?, claims = ? WHERE iri = ?", values)
        return audience, {**dict.fromkeys(after - before, 1), **dict.fromkeys(before - after, -1)}

    def _settle(self, deltas: Mapping[str, Mapping[int, int]]) -> tuple[list[Change], list[Change]]:
        changed = sorted({number for delta in deltas.values() for number, n in delta.items() if n})
        self._db.execute("CREATE TEMP TABLE changed (statement INTEGER PRIMARY KEY)")
        self._db.executemany("INSERT INTO changed VALUES (?)", ((number,) for number in changed))
        before = dict(self._graphs())
        for audience, delta in deltas.items():
            self._db.executemany(
                "INSERT INTO holding VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sources = sources + excluded.sources",
                ((number, audience, delta[number]) for number in sorted(delta) if delta[number]),
            )
        self._db.execute("DELETE FROM holding WHERE sources = 0 AND statement IN (SELECT statement FROM changed)")
        after = dict(self._graphs())
        added, removed = [], []
        for number, line in self._db.execute("SELECT id, line FROM statement JOIN changed ON id = statement"):
            old, new = before.get(number), after.get(number)
            if old != new:
                added += [(line, new)] if new else []
                removed += [(line, old)] if old else []
        self._db.execute(
            "DELETE FROM statement WHERE id IN (SELECT statement FROM changed) AND id NOT IN (SELECT statement FROM holding)"
        )
        self._db.execute("DROP TABLE temp.changed")
        return added, removed

    def _graphs(self) -> Iterator[tuple[int, str]]:
        rows = self._db.execute(
            "SELECT statement, group_concat(audience, char(10)) FROM changed JOIN holding USING (statement) GROUP BY statement"
        )
        named: dict[str, str] = {}
        for number, audiences in rows:
            graph = named.get(audiences)
            if graph is None:
                graph = named[audiences] = shared_graph(audiences.split("\n"))
            yield number, graph

    def shared_statements(self) -> Iterator[Change]:
        """Yield every shared statement with its graph."""
        rows = self._db.execute(
            "SELECT line, group_concat(audience, char(10)) FROM statement JOIN holding ON statement = id GROUP BY id"
        )
        for line, audiences in rows:
            yield line, shared_graph(audiences.split("\n"))

    def claims_of(self, iri: str) -> Iterator[str]:
        """Yield the shared statements that a source claims, as N-Triples without the final dot; nothing where it is unknown."""
        row = self._db.execute("SELECT claims FROM source WHERE iri = ?", (iri,)).fetchone()
        for number in array("I", row[0]) if row else ():
            (line,) = self._db.execute("SELECT line FROM statement WHERE id = ?", (number,)).fetchone()
            yield str(line)

    def shared_count(self) -> int:
        """Return the number of shared statements."""
        return int(self._db.execute("SELECT count(*) FROM statement").fetchone()[0])

    def holdings_drift(self) -> int:
        """Return how many (statement, audience) counts differ from what the sources' own claims add up to."""
        counts: dict[str, Counter[int]] = {}
        for audience, claims in self._db.execute("SELECT audience, claims FROM source"):
            counts.setdefault(audience, Counter()).update(array("I", claims))
        expected = {(number, audience): n for audience, counter in counts.items() for number, n in counter.items()}
        rows = self._db.execute("SELECT statement, audience, sources FROM holding")
        found = {(number, audience): n for number, audience, n in rows}
        return sum(expected.get(key) != found.get(key) for key in expected.keys() | found.keys())
