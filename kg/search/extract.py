"""From the graph to tables: one scan of the database for each predicate, written as CSV and read by DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyoxigraph as ox

from kg.curie import PREFIXES
from kg.errors import StoreError
from kg.search.fields import Step

_LONGEST = 64 << 20
_TYPE = PREFIXES["rdf"] + "type"
_IRI = r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+"  # CSV does not say what was an IRI; no blank node looks like one
_KEPT = 10_000  # characters of a value: free text finds no more


class Extract:
    """A database and the working tables made from it; things are numbered in the table ``node (id, iri)``."""

    def __init__(self, database: ox.Store, tables: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Take a read-only database, an empty working database and a folder for files in between."""
        self._database = database
        self.tables = tables
        self._file = folder / "rows.csv"
        self._edges: dict[Step, str] = {}
        self._values: dict[str, str] = {}
        self._made = 0

    def rows(self, table: str, query: str, columns: tuple[str, ...]) -> bool:
        """Write the rows of a SELECT as a table of texts; unbound and empty values are null; say whether there are any.

        Raises:
            StoreError: the database or the disk refuses.
        """
        try:
            with self._file.open("wb") as out:
                results = self._database.query(query, use_default_graph_as_union=True)
                if not isinstance(results, ox.QuerySolutions):
                    raise TypeError(query)
                results.serialize(out, format=ox.QueryResultsFormat.CSV)
            some = self._file.stat().st_size > len(",".join(columns)) + len("\r\n")
            self.tables.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({', '.join(f'{name} VARCHAR' for name in columns)})")
            if some:
                names = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
                self.tables.execute(
                    f"INSERT INTO {table} SELECT * FROM read_csv(?, header=true, delim=',', quote='\"', escape='\"',"  # noqa: S608
                    f" auto_detect=false, parallel=false, max_line_size={_LONGEST}, columns={{{names}}})",
                    [str(self._file)],
                )
        except (OSError, duckdb.Error) as error:
            raise StoreError("search data", f"cannot be made: {error}") from error
        finally:
            self._file.unlink(missing_ok=True)
        return some

    def records(self, level: str, classes: Iterable[str]) -> None:
        """Fill ``record_<level> (iri, class)`` with the instances of classes."""
        wanted = " ".join(f"<{iri}>" for iri in classes)
        self.rows(f"record_{level}", f"SELECT ?iri ?class {{ VALUES ?class {{ {wanted} }} ?iri a ?class }}", ("iri", "class"))

    def edges(self, steps: Iterable[Step]) -> None:
        """Fill a table of texts (a, b) for each distinct step; ``number`` turns them into numbers."""
        for step in sorted(set(steps) - self._edges.keys(), key=str):
            table = self._edges[step] = f"edge_{len(self._edges)}"
            link = f"?b <{step.predicate}> ?a" if step.back else f"?a <{step.predicate}> ?b"
            to = f" . ?b a <{step.to}>" if step.to else ""
            self.rows(table, f"SELECT ?a ?b {{ {link}{to} }}", ("a", "b"))

    def number(self, levels: Iterable[str]) -> None:
        """Number all things that records and edges name, and put the numbers in the place of their IRIs."""
        parts = [f"SELECT iri FROM record_{level}" for level in levels]  # noqa: S608 - own names
        parts += [f"SELECT {side} AS iri FROM {table}" for table in self._edges.values() for side in ("a", "b")]  # noqa: S608
        self._run(
            "CREATE TABLE node AS SELECT (row_number() OVER (ORDER BY iri) - 1)::INTEGER AS id, iri"  # noqa: S608 - own names
            f" FROM ({' UNION '.join(parts)}) WHERE regexp_full_match(iri, '{_IRI}')"
        )
        self._run("CREATE TEMP TABLE type_of (node INTEGER, value VARCHAR, is_iri BOOLEAN)")
        for level in levels:
            self._run(
                f"INSERT INTO type_of SELECT DISTINCT n.id, r.class, true FROM record_{level} r JOIN node n ON n.iri = r.iri"  # noqa: S608
            )
            self._run(
                f"CREATE OR REPLACE TEMP TABLE record_{level} AS SELECT DISTINCT n.id AS node FROM record_{level} r"  # noqa: S608
                " JOIN node n ON n.iri = r.iri ORDER BY n.id"
            )
        for table in self._edges.values():
            self._run(
                f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT DISTINCT x.id AS a, y.id AS b FROM {table} e"  # noqa: S608 - own names
                " JOIN node x ON x.iri = e.a JOIN node y ON y.iri = e.b"
            )

    def edge_table(self, step: Step) -> str:
        """Return the table (a, b) of a step."""
        return self._edges[step]

    def values(self, predicate: str) -> str:
        """Return the table (node, value, is_iri) of what a predicate says of the things that are numbered; made on first use.

        An empty text where it says nothing.
        """
        if predicate not in self._values:
            self._values[predicate] = self._said(predicate)
        return self._values[predicate]

    def _said(self, predicate: str) -> str:
        if predicate == _TYPE:  # those of records are known, and no others are asked for
            return "type_of"
        # No FILTER: it would have every term looked up twice, which is what all of this costs.
        if not self.rows("said", f"SELECT ?a ?b {{ ?a <{predicate}> ?b }}", ("a", "b")):
            return ""
        self._made += 1
        table = f"value_{self._made}"
        self._run(
            f"CREATE TEMP TABLE {table} AS SELECT n.id AS node, left(s.b, {_KEPT}) AS value,"  # noqa: S608
            f" regexp_full_match(s.b, '{_IRI}') AS is_iri FROM said s JOIN node n ON n.iri = s.a"
            " WHERE s.b IS NOT NULL AND NOT starts_with(s.b, '_:')"
        )
        (count,) = self.tables.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)  # noqa: S608 - own name
        return table if count else ""

    def forget(self, predicates: Iterable[str]) -> None:
        """Drop tables of values that are not needed any more."""
        for predicate in predicates:
            table = self._values.pop(predicate, None)
            if table and table != "type_of":
                self._run(f"DROP TABLE {table}")

    def _run(self, sql: str) -> None:
        try:
            self.tables.execute(sql)
        except duckdb.Error as error:
            raise StoreError("search data", f"cannot be made: {error}") from error
