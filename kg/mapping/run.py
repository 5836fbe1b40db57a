"""A Run: readings of many sources of one kind go in, statements in TriG come out, table by table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from kg.mapping.batch import SOURCE, Batch, subjects_of, with_lets
from kg.mapping.custom import CustomLayer
from kg.mapping.decisions import Decisions
from kg.mapping.fragments import SEPARATOR, Caster
from kg.mapping.guard import Guard, Guarded, guarded
from kg.mapping.people import People, Persons
from kg.mapping.plan import RecordPlan, TablePlan, plan_table
from kg.mapping.spec import Join
from kg.mapping.spec import Mapping as MappingSpec
from kg.mapping.taken import INDEX
from kg.mapping.tally import Tally
from kg.mapping.values import cleaned
from kg.problem import Problem
from kg.schema import Schema
from kg.table import ROW, Reading, is_content

_ROWS_AT_ONCE = 50_000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Loaded:
    """One source, read.

    Attributes:
        iri: IRI of the source and of its graph.
        key: name of the source for people.
        reading: its tables.
        variables: what recognition learned (``{"study": "idr0012"}``); templates use it as ``{$study}``.
    """

    iri: str
    key: str
    reading: Reading
    variables: Mapping[str, str] = field(default_factory=dict)


class Sink(Protocol):
    """Where TriG blocks go."""

    def own(self, blocks: pl.Series) -> None:
        """Take statements about what lies under a source's IRI."""

    def shared(self, blocks: pl.Series) -> None:
        """Take claims about what other sources may describe too; the graph names the claiming source."""


class Run:
    """Applies one mapping; keeps what was cast and resolved between sources."""

    def __init__(
        self,
        mapping: MappingSpec,
        schema: Schema,
        decisions: Decisions,
        tally: Tally,
        sink: Sink,
        *,
        persons: Persons = "all",
        guard: Guard | None = None,
    ) -> None:
        """Everything is shared with other runs of the same job except the mapping.

        ``persons`` says who is kept; ``guard`` finds what identifies people wherever it stands.
        """
        self._people, self._guard = People(mapping, schema, persons), guard
        self._mapping, self._schema, self._decisions, self._tally, self._sink = mapping, schema, decisions, tally, sink
        self._custom = CustomLayer(mapping.mapping, mapping.namespace, tally)
        self._plans: dict[tuple[str, tuple[str, ...]], TablePlan] = {}
        self._casters: dict[int, Caster] = {}
        rules = [rule for record in mapping.records for some in record.slots.values() for rule in some if rule.key]
        referred = [name for rule in rules for name in rule.record or ()]
        referred += [inverse.record for record in mapping.records for inverse in record.inverse if inverse.key]
        self._keyed = set(referred)

    def add(self, sources: Sequence[Loaded]) -> Counter[tuple[str, str]]:
        """Map sources; a large one alone, many small ones together.

        Returns:
            how many new Decisions there were, by field and status.
        """
        names = {source.iri: source.key for source in sources}
        tables = _Tables(sources, self._mapping, self._guard, self._people.persons)
        keys = self._keys(tables)
        for kind in tables.kinds:
            for rows in tables.batches(kind):
                self._batch(kind, rows, tables, keys, names)
        columns = self._custom.columns()
        if columns is not None:
            self._sink.shared(columns)
        counts: Counter[tuple[str, str]] = Counter()
        blocks = self._decisions.flush()
        for _, _, decision in blocks:
            counts[decision.query.field, decision.status] += 1
        if blocks:
            self._sink.own(pl.Series("_block", [block for _, block, _ in blocks]))
        return counts

    def _plan(self, kind: str, headers: Sequence[str]) -> TablePlan:
        known = (kind, tuple(headers))
        if known not in self._plans:
            self._plans[known] = plan_table(self._mapping, self._schema, kind, headers)
        return self._plans[known]

    def _keys(self, tables: _Tables) -> dict[str, dict[str, str]]:
        keys: dict[str, dict[str, str]] = {}
        for record in self._mapping.records:
            if record.name not in self._keyed or record.key is None or record.table not in tables.kinds:
                continue
            found = keys.setdefault(record.name, {})
            for rows in tables.batches(record.table):
                plan = self._plan(record.table, rows.raw.columns)
                frame = cleaned(rows.kept, plan.headers, self._mapping.missing).with_row_index(INDEX)
                bound = next(r for r in plan.records if r.rule.name == record.name)
                if record.key not in frame.columns:
                    continue
                frame = with_lets(bound, tables.joined(bound, frame, bound.joined_for_ids))
                subjects = subjects_of(bound, frame)
                cell = pl.col(record.key)
                cell = cell.list.first() if isinstance(frame.schema[record.key], pl.List) else cell
                pair = pl.concat_str(pl.col(SOURCE), cell, separator=SEPARATOR)
                both = frame.select(pair.alias("k")).with_columns(subjects.iri.alias("i")).drop_nulls()
                found.update(zip(both["k"].to_list(), both["i"].to_list(), strict=True))
        return keys

    def _batch(
        self, kind: str, rows: Guarded, tables: _Tables, keys: Mapping[str, Mapping[str, str]], names: Mapping[str, str]
    ) -> None:
        raw = rows.raw
        plan = self._plan(kind, raw.columns)
        frame = cleaned(rows.kept, plan.headers, self._mapping.missing).with_row_index(INDEX)
        batch = Batch(
            plan, frame, self._decisions, self._casters, keys, names, self._people, self._guard, rows.withheld
        )  # fmt: skip
        batch.run(tables.joined)
        self._custom.add(batch, raw)
        for blocks in batch.own:
            self._sink.own(blocks)
        for blocks in batch.shared:
            self._sink.shared(blocks)
        for source, count in raw.group_by(SOURCE).len().iter_rows():
            self._tally.rows[names[source]] += count
        for name, subjects in batch.subjects.items():
            record = next(r for r in plan.records if r.rule.name == name)
            if self._people.hides(record.rule.name):
                continue
            self._tally.records[record.class_.name] += subjects.iri.drop_nulls().len()
        self._told(rows, batch, names)
        for failure in batch.failures:
            for source, some in failure.rows.group_by(SOURCE):
                shown = failure.value if len(failure.value) <= _SHOWN else failure.value[: _SHOWN - 3] + "..."
                self._tally.note(
                    Problem(
                        names[str(source[0])], "repair" if failure.repair else "cast", repr(shown), failure.expected,
                        failure.column, tuple(some[ROW].head(20).to_list()), some.height,
                        failure.repair or "the text is kept in the custom layer",
                    )
                )  # fmt: skip

    def _told(self, rows: Guarded, batch: Batch, names: Mapping[str, str]) -> None:
        """Note what a guard found, without anything of it."""
        where = rows.raw.select(SOURCE, ROW)
        told = [(found.code, found.what, found.column, where.filter(found.rows)) for found in rows.named]
        told += [(found.code, found.what, found.column, found.rows) for found in batch.masks]
        for code, what, column, there in told:
            for (source,), some in there.group_by(SOURCE, maintain_order=True):
                shown = tuple(some[ROW].head(20).to_list())
                self._tally.note(self._named(names[str(source)], code, what, column, shown, some.height))

    def _named(self, key: str, code: str, what: str, column: str, rows: tuple[int, ...], count: int) -> Problem:
        if code != "human-subject":
            expected, repair = "texts that name nobody", "the name is replaced by ..."
            return Problem(key, code, what, expected, column, rows, count, repair, "info")
        expected = "nothing that identifies a human subject"
        if self._people.withholds:
            return Problem(key, code, what, expected, column, rows, count, "the cell is left out")
        return Problem(key, code, what, expected, column, rows, count, "the cell is kept, as was asked for", "error")


class _Tables:
    """The tables of one or many sources, by kind, with the source and its variables in every row."""

    def __init__(self, sources: Sequence[Loaded], mapping: MappingSpec, guard: Guard | None, persons: Persons) -> None:
        self._sources, self._mapping = sources, mapping
        self._guard, self._persons = guard, persons
        self.kinds = list(dict.fromkeys(kind for source in sources for kind in source.reading.tables))
        self._whole: dict[str, pl.DataFrame] = {}
        self._others: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}

    def batches(self, kind: str) -> Iterator[Guarded]:
        """Yield the rows of one kind, some at a time, without what identifies people."""
        for rows in self._read(kind):
            yield guarded(rows, self._guard, withholds=self._persons != "all", nobody=self._persons == "none")

    def _read(self, kind: str) -> Iterator[pl.DataFrame]:
        if len(self._sources) == 1:
            source = self._sources[0]
            frame = source.reading.tables[kind].frame.with_columns(*_said_of(source))
            for rows in frame.collect_batches(chunk_size=_ROWS_AT_ONCE, maintain_order=True):
                if rows.height:
                    yield rows
            return
        whole = self._all(kind)
        for start in range(0, whole.height, _ROWS_AT_ONCE):
            yield whole.slice(start, _ROWS_AT_ONCE)

    def _all(self, kind: str) -> pl.DataFrame:
        if kind not in self._whole:
            sources = [source for source in self._sources if kind in source.reading.tables]
            frames = pl.collect_all([source.reading.tables[kind].frame for source in sources])
            # Looking up a schema costs as much as a small frame holds: once per frame.
            schemas = [frame.schema for frame in frames]
            lists = {name for schema in schemas for name, dtype in schema.items() if isinstance(dtype, pl.List)}
            same = [
                frame.with_columns(pl.concat_list(name) for name in odd)
                if (odd := [n for n in lists if schema.get(n) == pl.String])
                else frame
                for frame, schema in zip(frames, schemas, strict=True)
            ]
            whole = pl.concat(same, how="diagonal")
            heights = [frame.height for frame in frames]
            said = {SOURCE: [source.iri for source in sources]}
            named = dict.fromkeys(name for source in sources for name, value in source.variables.items() if value)
            variables = {"$" + name: [source.variables.get(name) or None for source in sources] for name in named}
            texts = dict.fromkeys([SOURCE, *variables], pl.String)
            each = pl.DataFrame({**said, **variables, "_n": heights}, schema_overrides=texts)
            rows = each.select(pl.exclude("_n").repeat_by("_n").explode()) if each.height else each
            self._whole[kind] = pl.concat([whole, rows], how="horizontal")
        return self._whole[kind]

    def joined(self, record: RecordPlan, frame: pl.DataFrame, wanted: Sequence[str] | None = None) -> pl.DataFrame:
        """Put the columns of a record's joins beside its own (those wanted, or all); those that the source lacks are null."""
        wanted = record.joined_columns if wanted is None else wanted
        for join in record.joins:
            own = [name for name in wanted if name.startswith(f"{join.prefix}.")]
            frame = _with_nulls(frame, join.on)
            if own and join.table in self.kinds:
                other = self._other(join)
                frame = _all_beside(frame, other, join, own) if join.many else _first_beside(frame, other, join, own)
            frame = _with_nulls(frame, own)
        return frame

    def _other(self, join: Join) -> pl.DataFrame:
        """Return a table as a join needs it; one that is not large is cleaned once."""
        columns = tuple(join.on.values())
        known = self._others.get((join.table, columns))
        if known is not None:
            return known
        other = pl.concat((rows.kept for rows in self.batches(join.table)), how="vertical")
        other = cleaned(other, list(filter(is_content, other.columns)), self._mapping.missing)
        other = _exploded(_with_nulls(other, columns), columns)
        if other.height <= _ROWS_AT_ONCE:
            self._others[join.table, columns] = other
        return other


def _with_nulls(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    absent = [pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns]
    return frame.with_columns(absent) if absent else frame


def _exploded(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    for name in names:
        frame = frame.explode(name) if isinstance(frame.schema[name], pl.List) else frame
    return frame


def _first_beside(frame: pl.DataFrame, other: pl.DataFrame, join: Join, wanted: Sequence[str]) -> pl.DataFrame:
    there = [*join.on.values(), SOURCE]
    named = {name.removeprefix(f"{join.prefix}."): name for name in wanted}
    found = [name for name in other.columns if name in named]
    other = other.unique(subset=there, keep="first", maintain_order=True)
    other = other.select(
        *(pl.col(name).alias(f"_on{i}") for i, name in enumerate(there)), *(pl.col(name).alias(named[name]) for name in found)
    )
    keys = [f"_on{i}" for i in range(len(there))]
    return frame.join(other, left_on=[*join.on, SOURCE], right_on=keys, how="left", maintain_order="left")


def _all_beside(frame: pl.DataFrame, other: pl.DataFrame, join: Join, wanted: Sequence[str]) -> pl.DataFrame:
    here = _exploded(frame.select(INDEX, SOURCE, *join.on), join.on)
    rows = here.join(
        other, left_on=[*join.on, SOURCE], right_on=[*join.on.values(), SOURCE], how="inner", maintain_order="left_right"
    )
    columns = {name: name.removeprefix(f"{join.prefix}.") for name in wanted}
    if join.pivot and join.value:
        if join.pivot not in rows.columns:
            return frame
        rows = rows.select(INDEX, pl.col(join.pivot).str.strip_chars().str.to_lowercase().alias("_word"), join.value)
        words = set(rows["_word"].unique())
        each = {name: rows.filter(pl.col("_word") == word) for name, word in columns.items() if word in words}
        found = {name: some.select(INDEX, pl.col(join.value).alias(name)) for name, some in each.items()}
    else:
        found = {name: rows.select(INDEX, pl.col(word).alias(name)) for name, word in columns.items() if word in rows.columns}
    for name, some in found.items():
        listed = _exploded(some, [name]).drop_nulls().group_by(INDEX, maintain_order=True).agg(name)
        frame = frame.join(listed, on=INDEX, how="left", maintain_order="left")
    return frame


def _said_of(source: Loaded) -> list[pl.Expr]:
    said = [pl.lit(source.iri).alias(SOURCE)]
    return said + [pl.lit(value).alias("$" + name) for name, value in source.variables.items() if value]
