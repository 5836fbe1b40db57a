"""Building sidecars: what search reads, made from a published snapshot beside it, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyoxigraph as ox

from kg.errors import StoreError
from kg.search.arrays import write_arrays, write_coded, write_measured, write_strings
from kg.search.decisions import DECIDED, write_decisions
from kg.search.extract import Extract
from kg.search.fields import Field, Fields, Level, load_fields
from kg.search.gather import Gatherer, steps_of
from kg.search.places import DESCRIPTION, FORMAT, SOURCES
from kg.search.quantities import DIGITS
from kg.search.texts import CODES, write_names, write_texts
from kg.search.vocabulary import Vocabulary, class_labels, group_labels, read_vocabulary
from kg.store.faults import store_faults
from kg.terms import TermIndex

MEMORY = "1GB"
_SHOWN = 500  # characters of a text that answers show
_CHUNK = 250_000


def build(
    database: Path | ox.Store,
    folder: Path,
    *,
    fields: Fields | None = None,
    generation: str = "",
    index: Path | None = None,
    sources: Collection[str] = (),
    memory: str = MEMORY,
    threads: int = 1,
) -> dict[str, Any]:
    """Make the sidecars of a snapshot.

    Args:
        database: a snapshot's read-only database, of whatever audience, or a database that is open.
        folder: where they go; it must not be there. It appears when all is whole.
        fields: those that are written; all when None.
        generation: id of the generation that the snapshot is of; kept in the description.
        sources: IRIs of the sources that the snapshot shows; kept, so that nobody is shown what is hidden from them since.
        index: term index for other names of the terms; None for labels alone.
        memory: most memory of the joins, as DuckDB writes it; what is more goes to the disk.
        threads: of the joins.

    Returns:
        The description: ``generation``, ``levels`` (records, and values of each field), ``terms``, ``seconds``.

    Raises:
        StoreError: the snapshot cannot be read, the disk refuses, or the folder is there.
    """
    if folder.exists():
        raise StoreError(str(folder), "search data is there already; nothing was written")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    with store_faults(str(draft)):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            (draft / SOURCES).write_text("\n".join(sorted(sources)), "utf-8", newline="\n")
            about = _Build(draft, database, index, memory, threads, fields or load_fields()).run(generation)
            with suppress(FileExistsError):
                draft.rename(folder)
        except duckdb.Error as error:
            raise StoreError(str(folder), f"search data cannot be made: {error}") from error
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return about


class _Build:
    """The steps of one build."""

    def __init__(
        self, draft: Path, database: Path | ox.Store, index: Path | None, memory: str, threads: int, fields: Fields
    ) -> None:
        self.draft = draft
        self.database = ox.Store.read_only(str(database)) if isinstance(database, Path) else database
        self.index = index
        self.settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": threads,
            "preserve_insertion_order": False,
        }
        self.fields = fields
        self.levels: dict[str, dict[str, Any]] = {}

    def run(self, generation: str) -> dict[str, Any]:
        started, used = time.monotonic(), time.process_time()
        with self._working() as tables:
            extract = Extract(self.database, tables, self.draft)
            said = ["own"]
            gatherer = Gatherer(extract, self.fields, said)
            vocabulary = self._prepare(extract, gatherer)
            self._write_fields(gatherer, vocabulary)
            with self._opened_index() as index:
                vocabulary.name_from(index)
                names = vocabulary.write(self.draft, index)
            write_names(self.draft, names)
            self._write_things(tables)
            write_decisions(self.draft, extract, vocabulary)
            for level in self.fields.levels.values():
                write_texts(self.draft, tables, level.name, self.levels[level.name]["records"])
        about = {
            "format": FORMAT,
            "generation": generation,
            "levels": self.levels,
            "said": said,
            "terms": len(vocabulary.iris),
            "seconds": round(time.monotonic() - started, 3),
            "cpu_seconds": round(time.process_time() - used, 3),
        }
        (self.draft / DESCRIPTION).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")
        return about

    @contextmanager
    def _working(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a working database in the draft, which goes at the end."""
        work = self.draft / "work"
        work.mkdir()
        with closing(duckdb.connect(str(work / "work.duckdb"), config=self.settings)) as tables:
            tables.execute("SET temp_directory = ?", [str(work)])
            tables.execute("SET enable_progress_bar = false")
            yield tables
        shutil.rmtree(work)

    @contextmanager
    def _opened_index(self) -> Iterator[TermIndex | None]:
        if self.index is None or not self.index.is_file():
            yield None
            return
        with TermIndex.open(self.index) as index:
            yield index

    def _prepare(self, extract: Extract, gatherer: Gatherer) -> Vocabulary:
        """Number all things, find the places of the records, and put the records of each level in order."""
        levels = self.fields.levels
        for level in levels.values():
            extract.records(level.name, level.classes)
        extract.edges(steps_of(self.fields) | {DECIDED})
        extract.number(levels)
        for level in levels.values():
            gatherer.places(level)
            (self.draft / level.name).mkdir()
            gatherer.tables.execute(
                f"CREATE TEMP TABLE row_{level.name} AS SELECT (row_number() OVER (ORDER BY node) - 1)::INTEGER AS record, node"  # noqa: S608
                f" FROM record_{level.name}"
            )
            (count,) = gatherer.tables.execute(f"SELECT count(*) FROM row_{level.name}").fetchone() or (0,)  # noqa: S608 - own name
            self.levels[level.name] = {"title": level.title, "records": count, "values": {}}
            gatherer.tables.execute(f"CREATE TEMP TABLE text_{level.name} (record INTEGER, part VARCHAR, value VARCHAR)")
        vocabulary = read_vocabulary(extract, self.fields)
        vocabulary.labels.update(group_labels(self.fields))
        vocabulary.labels = {**class_labels(), **vocabulary.labels}
        return vocabulary

    def _write_fields(self, gatherer: Gatherer, vocabulary: Vocabulary) -> None:
        """Field by field, for all levels: what places say, what other levels lend, what is nearest."""
        fields = self.fields.fields.values()
        last = {iri: field.name for field in fields for binding in field.bindings for iri in binding.predicates}
        for field in fields:
            found = {name: gatherer.own_values(self.fields.levels[name], field) for name in field.levels}
            own = {name: table for name, table in found.items() if table}
            before = self._lent(gatherer, own) if field.borrow else {}
            for name, table in own.items():
                level = self.fields.levels[name]
                gatherer.borrow(level, field, table, before)
                self._write_field(gatherer, level, field, gatherer.nearest(table), vocabulary)
            for table in (*own.values(), *before.values()):
                gatherer.tables.execute(f"DROP TABLE {table}")
            gatherer.extract.forget(iri for iri, name in last.items() if name == field.name)

    def _lent(self, gatherer: Gatherer, own: dict[str, str]) -> dict[str, str]:
        """Return copies of what levels say themselves, so that nothing borrowed is lent on."""
        lenders = {borrowing.of for level in self.fields.levels.values() for borrowing in level.borrows}
        lent = {}
        for name in lenders & own.keys():
            lent[name] = f"lent_{name}"
            # A record lends only what is nearest to it.
            least = f"SELECT root, min(rank) AS rank FROM {own[name]} GROUP BY root"  # noqa: S608 - own names
            gatherer.tables.execute(
                f"CREATE TEMP TABLE {lent[name]} AS SELECT o.* FROM {own[name]} o JOIN ({least}) USING (root, rank)"  # noqa: S608
            )
        return lent

    def _write_field(self, gatherer: Gatherer, level: Level, field: Field, table: str, vocabulary: Vocabulary) -> None:
        tables = gatherer.tables
        if field.kind in {"number", "date"}:
            count = self._write_measured(tables, level, field, table)
        else:
            count = self._write_coded(tables, level, field, table, vocabulary)
        if count:
            self.levels[level.name]["values"][field.name] = count
        if field.text and not field.has_terms:
            part = field.name if field.name in {"name", "identifier"} else "text"
            tables.execute(
                f"INSERT INTO text_{level.name} SELECT r.record, '{part}', v.value"  # noqa: S608 - own names
                f" FROM {table} v JOIN row_{level.name} r ON r.node = v.root"
            )

    def _write_measured(self, tables: duckdb.DuckDBPyConnection, level: Level, field: Field, table: str) -> int:
        number = "TRY_CAST(value AS DOUBLE)"
        if field.kind == "number":  # as ``rounded`` has it
            short = f"TRY_CAST(format('{{:.{DIGITS}g}}', {number}) AS DOUBLE)"
            number = f"CASE WHEN {number} = trunc({number}) THEN {number} ELSE {short} END"
        if field.kind == "date":
            whole = "CASE length(value) WHEN 4 THEN value || '-01-01' WHEN 7 THEN value || '-01' ELSE value END"
            number = f"epoch_us(TRY_CAST(replace({whole}, 'Z', '+00:00') AS TIMESTAMPTZ)) / 1e6"
        tables.execute("SET TimeZone = 'UTC'")
        found = tables.execute(
            f"SELECT record, number, min(said) AS said FROM (SELECT r.record, {number} AS number, said FROM {table} v"  # noqa: S608
            f" JOIN row_{level.name} r ON r.node = v.root) WHERE number IS NOT NULL AND isfinite(number)"
            " GROUP BY record, number ORDER BY record, number"
        ).fetchnumpy()
        rows = found["record"].astype(np.int32)
        if len(rows):
            values, said = found["number"].astype(np.float64), found["said"].astype(np.uint8)
            write_measured(self.draft / level.name, field.name, rows, values, said)
        return len(rows)

    def _write_coded(
        self, tables: duckdb.DuckDBPyConnection, level: Level, field: Field, table: str, vocabulary: Vocabulary
    ) -> int:
        numbers = self._listed(tables, level, field, table, vocabulary)
        if not numbers:
            return 0
        values, codes = zip(*numbers.items(), strict=True)
        listed = {"value": np.asarray(values, dtype=object), "code": np.asarray(codes, dtype=np.int32)}
        tables.register("list_of_values", listed)
        found = tables.execute(
            "SELECT r.record, l.code, min(v.said) AS said, arg_min(v.entity, v.said) AS entity"  # noqa: S608 - own names
            f" FROM (SELECT root, left(value, {_SHOWN}) AS value, said, entity FROM {table}) v"
            f" JOIN row_{level.name} r ON r.node = v.root JOIN list_of_values l ON l.value = v.value"
            " GROUP BY r.record, l.code ORDER BY r.record, l.code"
        ).fetchnumpy()
        tables.unregister("list_of_values")
        arrays = [found[name] for name in ("record", "code", "said", "entity")]
        kinds = ("i4", "i4", "u1", "i4")
        rows, coded, said, entity = (one.astype(kind) for one, kind in zip(arrays, kinds, strict=True))
        write_coded(self.draft / level.name, field.name, rows, coded, said, entity)
        if field.kind == "term" and field.text:
            tables.register("terms_of_records", {"record": rows, "code": coded})
            tables.execute(f"INSERT INTO text_{level.name} SELECT record, '{CODES}', 't' || code FROM terms_of_records")  # noqa: S608
            tables.unregister("terms_of_records")
        return len(rows)

    def _listed(
        self, tables: duckdb.DuckDBPyConnection, level: Level, field: Field, table: str, vocabulary: Vocabulary
    ) -> dict[str, int]:
        """Return the number of each value: of the term, or in the field's own dictionary, which is written."""
        rows = tables.execute(f"SELECT DISTINCT left(value, {_SHOWN}) FROM {table} ORDER BY 1").fetchall()  # noqa: S608
        values = [row[0] for row in rows]
        if field.kind == "licence":
            return {value: vocabulary.licence(value) for value in values}
        if field.kind == "term":
            return {value: vocabulary.number(value) for value in values}
        values.sort(key=_order)
        if values:
            write_strings(self.draft / level.name, f"{field.name}.list", values)
        return {value: number for number, value in enumerate(values)}

    def _write_things(self, tables: duckdb.DuckDBPyConnection) -> None:
        """Write the IRIs of all things in the order of their numbers, and which record is which thing."""
        cursor = tables.execute("SELECT iri FROM node ORDER BY id")
        write_strings(self.draft, "thing", (row[0] for rows in iter(lambda: cursor.fetchmany(_CHUNK), []) for row in rows))
        for name in self.fields.levels:
            found = tables.execute(f"SELECT node FROM row_{name} ORDER BY record").fetchnumpy()["node"]  # noqa: S608 - own name
            write_arrays(self.draft / name, "thing", {"node": found.astype(np.int32)})


def _order(value: str) -> tuple[str, str]:
    return " ".join(value.casefold().split()), value
