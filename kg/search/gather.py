"""Which value belongs to which record, who said it, and which of several counts: the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from kg.search.extract import Extract
from kg.search.fields import OWN, Borrowing, Field, Fields, Level, Path, Step
from kg.search.lists import parts_of

_VALUES = "(root INTEGER, value VARCHAR, entity INTEGER, rank TINYINT, said UTINYINT)"


def steps_of(fields: Fields) -> set[Step]:
    """Return all steps that places and bindings take."""
    places = {step for level in fields.levels.values() for place in level.places for path in place.paths for step in path.steps}
    through = {Step(iri) for field in fields.fields.values() for binding in field.bindings for iri in binding.through}
    return places | through


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Fills, for each level, ``place_<level> (root, place, rank, said, node)`` and, field by field, a table of values."""

    extract: Extract
    fields: Fields
    said: list[str]

    @property
    def tables(self) -> duckdb.DuckDBPyConnection:
        """Return the working tables."""
        return self.extract.tables

    def number_of(self, said: str) -> int:
        """Return the number under which a place is known to the sidecars."""
        if said not in self.said:
            self.said.append(said)
        return self.said.index(said)

    def places(self, level: Level) -> None:
        """Find the places of all records of a level; take out the records that are only a place of others."""
        table = f"place_{level.name}"
        self.tables.execute(
            f"CREATE TEMP TABLE {table} (root INTEGER, place UTINYINT, rank TINYINT, said UTINYINT, node INTEGER)"
        )
        for number, place in enumerate(level.places):
            said = self.number_of(place.said)
            if place.name == OWN:
                self.tables.execute(f"INSERT INTO {table} SELECT node, 0, 0, {said}, node FROM record_{level.name}")  # noqa: S608
                continue
            ways = " UNION ".join(self._way(level, table, path) for path in place.paths)
            self.tables.execute(
                f"INSERT INTO {table} SELECT root, {number}, {place.rank}, {said}, node FROM ({ways}) WHERE node <> root"  # noqa: S608
            )
        if level.stands_for:
            number = [place.name for place in level.places].index(level.stands_for)
            covered = f"(SELECT node FROM {table} WHERE place = {number})"  # noqa: S608 - own names
            self.tables.execute(f"CREATE TEMP TABLE covered AS SELECT DISTINCT node FROM {covered}")  # noqa: S608
            self.tables.execute(f"DELETE FROM {table} WHERE root IN (SELECT node FROM covered)")  # noqa: S608 - own names
            self.tables.execute(f"DELETE FROM record_{level.name} WHERE node IN (SELECT node FROM covered)")  # noqa: S608
            self.tables.execute("DROP TABLE covered")

    def _way(self, level: Level, table: str, path: Path) -> str:
        numbers = {place.name: number for number, place in enumerate(level.places)}
        joins = f"FROM {table} p"
        end = "p.node"
        for place, step in enumerate(path.steps):
            joins += f" JOIN {self.extract.edge_table(step)} e{place} ON e{place}.a = {end}"
            end = f"e{place}.b"
        return f"SELECT p.root, {end} AS node {joins} WHERE p.place = {numbers[path.start]}"

    def own_values(self, level: Level, field: Field) -> str:
        """Fill and return ``own_<level>_<field>``: everything that places of the level say, nearest or not.

        An empty text where nothing is said of anything.
        """
        said = [iri for binding in field.bindings for iri in binding.predicates if self.extract.values(iri)]
        if not said and not field.exists:
            return ""
        table = f"own_{level.name}_{field.name}"
        self.tables.execute(f"CREATE OR REPLACE TEMP TABLE {table} {_VALUES}")
        names = [place.name for place in level.places]
        for binding in field.bindings:
            if binding.levels and level.name not in binding.levels:
                continue
            at = [number for number, name in enumerate(names) if not binding.at or name in binding.at]
            if at:
                for predicate in binding.predicates:
                    self._insert(table, level, field, predicate, binding.through, at)
        if field.split:
            self._take_apart(table, field)
        at = [number for number, name in enumerate(names) if name in field.exists]
        if at:
            self.tables.execute(
                f"INSERT INTO {table} SELECT root, 'true', min(node), 0, min(said) FROM place_{level.name}"  # noqa: S608
                f" WHERE place IN ({_list(at)}) GROUP BY root"
            )
        return table

    def _insert(
        self, table: str, level: Level, field: Field, predicate: str, through: Sequence[str], at: Sequence[int]
    ) -> None:
        source = f"place_{level.name} p"
        node = "p.node"
        values = self.extract.values(predicate)
        if not values:
            return
        if through:
            ways = " UNION ALL ".join(f"SELECT a, b FROM {self.extract.edge_table(Step(iri))}" for iri in through)  # noqa: S608
            source += f" JOIN ({ways}) t ON t.a = p.node"
            node = "t.b"
        only = " AND v.is_iri" if field.has_terms else ""
        near = "" if field.inherit else " AND p.rank = 0"
        if field.first:  # the name of a thing counts, and only where it has none its identifier
            near += f" AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.root = p.root AND t.entity = p.node)"  # noqa: S608
        self.tables.execute(
            f"INSERT INTO {table} SELECT p.root, v.value, p.node, p.rank, p.said FROM {source}"  # noqa: S608 - own names
            f" JOIN {values} v ON v.node = {node} WHERE p.place IN ({_list(at)}){only}{near}"
        )

    def _take_apart(self, table: str, field: Field) -> None:
        """Put the values of lists in the place of the lists."""
        rows = self.tables.execute(f"SELECT DISTINCT value FROM {table}").fetchall()  # noqa: S608 - own name
        several = {text: parts for (text,) in rows if (parts := parts_of(text, field.split)) != [text]}
        if not several:
            return
        pairs = [(text, part) for text, parts in several.items() for part in parts]
        whole, part = (np.asarray(side, dtype=object) for side in zip(*pairs, strict=True))
        self.tables.register("parts", {"whole": whole, "part": part})
        self.tables.execute(
            f"CREATE OR REPLACE TEMP TABLE apart AS SELECT t.root, coalesce(p.part, t.value) AS value, t.entity, t.rank, t.said"  # noqa: S608
            f" FROM {table} t LEFT JOIN parts p ON p.whole = t.value"
        )
        self.tables.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM apart")  # noqa: S608 - own name
        self.tables.execute("DROP TABLE apart")
        self.tables.unregister("parts")

    def borrow(self, level: Level, field: Field, table: str, lent: dict[str, str]) -> None:
        """Add to a table of values what records of other levels lend; ``lent`` names their tables."""
        for borrowing in level.borrows:
            if field.borrow and borrowing.of in lent and (borrowing.rank == 0 or field.inherit):
                self._borrow(level, borrowing, table, lent[borrowing.of])

    def _borrow(self, level: Level, borrowing: Borrowing, table: str, lent: str) -> None:
        other = self.fields.levels[borrowing.of]
        named, owner = (borrowing.by, level) if borrowing.by else (borrowing.back, other)
        number = [place.name for place in owner.places].index(named)
        here, there = ("root", "node") if borrowing.by else ("node", "root")
        self.tables.execute(
            f"INSERT INTO {table} SELECT DISTINCT p.{here}, v.value, v.entity, {borrowing.rank},"  # noqa: S608 - own names
            f" {self.number_of(borrowing.said)} FROM place_{owner.name} p JOIN {lent} v ON v.root = p.{there}"
            f" JOIN record_{level.name} r ON r.node = p.{here} WHERE p.place = {number} AND v.rank <= {borrowing.ranks}"
        )

    def nearest(self, table: str) -> str:
        """Return a table of what counts: of each record the values of the least rank, none twice."""
        (ranks,) = self.tables.execute(f"SELECT count(DISTINCT rank) FROM {table}").fetchone() or (0,)  # noqa: S608
        source = table
        if ranks > 1:
            least = f"SELECT root, min(rank) AS rank FROM {table} GROUP BY root"  # noqa: S608 - own names
            source = f"{table} JOIN ({least}) USING (root, rank)"
        self.tables.execute(
            "CREATE OR REPLACE TEMP TABLE nearest AS SELECT root, value, min(said) AS said, arg_min(entity, said) AS entity"  # noqa: S608
            f" FROM {source} GROUP BY root, value"
        )
        return "nearest"


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
