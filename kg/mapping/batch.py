"""A Batch: rows of one table run through a plan; out come statements in TriG, and the mark of every cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from kg.curie import KG, PREFIXES
from kg.mapping.cast import Cast
from kg.mapping.context import Context
from kg.mapping.decisions import Decisions
from kg.mapping.fragments import SEPARATOR, Caster, Column, distinct, looked_up, wrapped
from kg.mapping.guard import Guard
from kg.mapping.people import People, says_who
from kg.mapping.plan import RecordPlan, TablePlan, Use
from kg.mapping.spec import Inverse, ValueRule
from kg.mapping.taken import INDEX, PLACE, Taken
from kg.mapping.template import WEB_IRI, iris, parse_text, texts
from kg.mapping.term_columns import TermColumns
from kg.mapping.values import Values, holds, made_words, values_of
from kg.schema import Slot
from kg.table import ROW, is_content

SOURCE = "_source"
"""Column with the IRI of each row's source."""
KEY_VALUE = "ExtraField"
"""Class of records that are a key and its value."""
DERIVED = PREFIXES["prov"] + "wasDerivedFrom"


@dataclass(frozen=True, slots=True)
class Subjects:
    """IRIs of one record, a row each; ``own`` is True where the IRI lies under the source's."""

    iri: pl.Series
    own: pl.Series
    used: Mapping[str, pl.Series]


@dataclass(frozen=True, slots=True)
class Failure:
    """A value that could not become what its slot wants."""

    column: str
    value: str
    expected: str
    rows: pl.DataFrame
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Masked:
    """Which rows of a column a guard changed for the custom layer, and why."""

    column: str
    code: str
    what: str
    rows: pl.DataFrame


Keys = Mapping[str, Mapping[str, str]]
"""Record name to (source IRI, separator, key) to the record's IRI."""
Joined = Callable[[RecordPlan, pl.DataFrame], pl.DataFrame]


class Batch:
    """One pass of a plan over rows that fit into memory.

    ``own`` and ``shared`` collect columns of TriG blocks: statements about what lies under the source's IRI, and claims about
    what other sources may describe too.
    """

    def __init__(
        self,
        plan: TablePlan,
        frame: pl.DataFrame,
        decisions: Decisions,
        casters: dict[int, Caster],
        keys: Keys,
        names: Mapping[str, str],
        people: People,
        guard: Guard | None = None,
        guarded: Mapping[str, int] | None = None,
    ) -> None:
        """Take rows and what they are mapped with.

        Args:
            plan: of the table that the rows are from.
            frame: the rows, cleaned, with ``_i``, ``_row`` and ``_source``.
            decisions: decides term texts.
            casters: remember what was cast.
            keys: where other records of the sources are.
            names: IRI of each source to its name for people.
            people: says what is left out because it is about people.
            guard: takes addresses out of texts that the custom layer would keep.
            guarded: how many values of each column are null because they identify people.
        """
        self.plan, self.frame = plan, frame
        self.own: list[pl.Series] = []
        self.shared: list[pl.Series] = []
        self.failures: list[Failure] = []
        self.taken, self.withheld = Taken(frame), Taken(frame)
        self._people, self._guard, self.guarded = people, guard, dict(guarded or {})
        self._schema = frame.schema
        # People who are left out are left out with all of their rows.
        self._private = plan.main is not None and people.hides(plan.main)
        self._authors = people.credits(plan.main)
        self.masks: list[Masked] = []
        self.subjects: dict[str, Subjects] = {}
        self._main: tuple[RecordPlan, Subjects, list[pl.Series]] | None = None
        self._casters, self._keys, self._check = casters, keys, decisions.check
        self._terms = TermColumns(decisions, frame[SOURCE], frame[ROW], names)
        self._contexts: dict[str, Context] = {}

    def run(self, joined: Joined) -> None:
        """Make the statements of every record but what the custom layer adds."""
        frames = {
            record.rule.name: with_lets(record, joined(record, self.frame)) if record.ids else self.frame
            for record in self.plan.records
        }
        for record in self.plan.records:
            self.subjects[record.rule.name] = subjects_of(record, frames[record.rule.name])
        if self._people.withholds and not self._authors:
            for record in self.plan.records:
                if record.class_.name == KEY_VALUE:
                    self._without_who(record, frames)
        for record in self.plan.records:
            self._record(record, frames[record.rule.name])

    def finish(self, custom: list[pl.Series]) -> None:
        """Write the main record, with what the custom layer says of its rows."""
        if self._main is not None:
            record, subjects, fragments = self._main
            self.emit(record, subjects, [*fragments, *custom], unique=record.rule.unique)

    def hides(self, column: str) -> bool:
        """Say whether no cell of a column may come into the custom layer."""
        about = self._people.withholds and column in self.plan.withheld
        return self._private or (about and not self._authors)

    def masked(self, column: str, values: pl.Series, places: pl.Series | None = None, *, mapped: bool = False) -> pl.Series:
        """Return texts without addresses of people, and note which rows had one.

        Texts that no rule took lose folders named like a person, too. ``places`` has the number of the row of each text; None
        where there is one for each row.
        """
        if self._guard is None or self._authors or not self._people.withholds:
            return values
        folders = [] if mapped else self._guard.folders(values.to_frame("_"))
        values = folders[0].values.alias(values.name) if folders else values
        mails = self._guard.addresses(values)
        for found in [*folders, mails] if mails is not None else folders:
            rows = found.rows.arg_true() if places is None else places.filter(found.rows)
            self.masks.append(Masked(column, found.code, found.what, self.frame.select(SOURCE, ROW)[rows]))
        return values if mails is None else mails.values

    def _prose(self, use: Use, values: pl.Series, places: pl.Series | None = None, *, columns: str = "") -> pl.Series:
        """Return texts for a slot without addresses of people, unless the slot is for people, such as ``email``."""
        slot = use.slot
        if slot.personal or slot.credits or slot.datatype is not None or slot.values is not None:
            return values
        return self.masked(columns or use.column or "", values, places, mapped=True)

    def _without_who(self, record: RecordPlan, frames: dict[str, pl.DataFrame]) -> None:
        """Leave out the values of rows whose key says who, as a column of that name would be; no rule sees them."""
        frame = frames[record.rule.name]
        keys = [use for use in record.uses if use.slot.name == "field_name"]
        who = subject = pl.Series("who", [False]).new_from_index(0, frame.height)
        for use in keys:
            made = _words(use, frame)
            told = {key: says_who(key) for key in distinct(made)}
            who = who | made.replace_strict(told, default=False, return_dtype=pl.Boolean).fill_null(value=False)
            if self._guard is not None:
                told = {key: self._guard.says_subject(key) for key in told}
                subject = subject | made.replace_strict(told, default=False, return_dtype=pl.Boolean).fill_null(value=False)
        there = self.subjects[record.rule.name].iri.is_not_null()
        subject = subject & there
        who = (who & there & ~self._of_credited(record, frame)) | subject
        if not who.any():
            return
        lets = {name: [c for use in uses for c in use.columns] for name, uses in record.lets}
        named = {c for use in record.uses if use.slot.name == "field_value" for c in use.columns}
        named |= {column for name in named for column in lets.get(name, ())}
        named -= {c for use in keys for c in use.columns}
        for column in sorted(named & set(self.plan.headers)):
            if (some := subject & self.frame[column].is_not_null()).any():
                rows = self.frame.select(SOURCE, ROW).filter(some)
                self.masks.append(Masked(column, "human-subject", "a value about a human subject", rows))
            cells = self.frame[column].filter(who)
            count = cells.explode().count() if isinstance(cells.dtype, pl.List) else cells.count()
            self.guarded[column] = self.guarded.get(column, 0) + count
        self.frame = _emptied(self.frame, named, who)
        frames.update({name: _emptied(some, named, who) for name, some in frames.items()})

    def _of_credited(self, record: RecordPlan, frame: pl.DataFrame) -> pl.Series:
        """Return the rows whose record says more about a person who is kept, such as an author's ORCID."""
        rows = pl.Series("of", [False]).new_from_index(0, frame.height)
        for inverse, _, key in record.inverses:
            if key is not None and self._people.credits(inverse.record) and frame.schema[key] == pl.String:
                pairs = frame.select(pl.concat_str(SOURCE, key, separator=SEPARATOR).alias("k"))["k"]
                rows = rows | pairs.is_in(list(self._keys.get(inverse.record, ()))).fill_null(value=False)
        return rows

    def _record(self, record: RecordPlan, frame: pl.DataFrame) -> None:
        subjects = self.subjects[record.rule.name]
        there = subjects.iri.is_not_null()
        if not there.any():
            self._main = (record, subjects, []) if record.rule.name == self.plan.main else self._main
            return
        hidden = self._people.hides(record.rule.name)
        marks = self.withheld if hidden else self.taken
        for column, rows in subjects.used.items():
            if self._schema.get(column) == pl.String:
                marks.mark_rows(column, rows & there & self.frame[column].is_not_null())
            elif hidden and isinstance(self._schema.get(column), pl.List):
                marks.mark_lists(column, self.frame[column], rows & there)
        fragments = []
        for use in record.uses:
            secret = hidden or self._secret(record, use)
            piece = self._use(record, use, frame, subjects, secret=secret)
            self._mark_lets(record, use, piece, frame, marks if hidden or not secret else self.withheld)
            if piece is not None and not secret:
                fragments.append(piece)
        if hidden:
            return
        if record.rule.name == self.plan.main:
            self._main = (record, subjects, fragments)
        else:
            self.emit(record, subjects, fragments, unique=record.rule.unique)
        for inverse, slot, key in record.inverses:
            self._inverse(inverse, slot, key, subjects, frame)

    def _mark_lets(self, record: RecordPlan, use: Use, piece: pl.Series | None, frame: pl.DataFrame, marks: Taken) -> None:
        """Mark the columns from which a derived column was made: mapped, but not kept unchanged."""
        uses = dict(record.lets).get(use.column or "", ())
        for column in dict.fromkeys(name for let in uses for name in let.columns):
            if piece is not None and column in self.plan.headers and self._schema.get(column) == pl.String:
                ok = piece.is_not_null() & frame[column].is_not_null()
                marks.mark_rows(column, ok, pl.repeat(value=False, n=ok.len(), eager=True))

    def _secret(self, record: RecordPlan, use: Use) -> bool:
        return self._people.secret(record.rule.name, use.slot, use.rule.record or ())

    def emit(self, record: RecordPlan | None, subjects: Subjects, fragments: list[pl.Series], *, unique: bool = False) -> None:
        """Write one block per subject with the predicate-object texts of the row."""
        class_iri = record.class_.iri if record else KG + "SourceRow"
        derived = record is None or record.rule.derived
        parts = self.frame.select(SOURCE, subjects.iri.alias("_s"), *(p.alias(f"p{i}") for i, p in enumerate(fragments)))
        head = [pl.lit("<"), pl.col(SOURCE), pl.lit(">{<"), pl.col("_s"), pl.lit(f"> a <{class_iri}>;")]
        if derived:
            head += [pl.lit(f"<{DERIVED}><"), pl.col(SOURCE), pl.lit(">;")]
        texts_ = [pl.col(f"p{i}") for i in range(len(fragments))]
        block = pl.concat_str([*head, *texts_, pl.lit("}\n")], ignore_nulls=True).alias("_block")
        self._put(parts.with_columns(block)["_block"], subjects, unique=unique)

    def _put(self, blocks: pl.Series, subjects: Subjects, *, unique: bool) -> None:
        there = subjects.iri.is_not_null()
        for sink, mask in ((self.own, there & subjects.own), (self.shared, there & ~subjects.own)):
            if mask.all() and mask.len():
                sink.append(blocks.unique() if unique else blocks)
            elif mask.any():
                some = blocks.filter(mask)
                sink.append(some.unique() if unique else some)

    def _use(self, record: RecordPlan, use: Use, frame: pl.DataFrame, subjects: Subjects, *, secret: bool) -> pl.Series | None:
        predicate = f"<{use.slot.iri}>"
        rule = use.rule
        if use.column is None and use.accession is None:
            return self._row_value(record, use, frame, subjects, self.withheld if secret else self.taken)
        if use.column is not None and use.accession is None and frame[use.column].null_count() == frame.height:
            return None
        mask = holds(rule.when, frame)
        if mask is not None and not mask.any():
            return None
        values = values_of(use, frame)
        if secret:  # nothing of it is looked up: a Decision would show it
            column = Column(values.part("value" if use.column is not None else "accession"), None, {})
        elif use.slot.kind == "term":
            said = self._terms.written(record, use, values, self._context(record, frame))
            column = Column(said, None, {})
        elif rule.record is not None:
            column = self._references(rule.record, values, predicate)
        elif use.template is not None:
            column = self._templated(use, values, predicate, frame)
        else:
            texts_ = self._prose(use, values.part("value"), None if values.single else values.cells[INDEX])
            column = self._caster(use).column(texts_, values.part("unit") if use.unit_column else None)
        self._mark(use, values, column, subjects, frame, secret=secret)
        return self._folded(values, column.text)

    def _row_value(
        self, record: RecordPlan, use: Use, frame: pl.DataFrame, subjects: Subjects, marks: Taken
    ) -> pl.Series | None:
        rule, secret = use.rule, marks is self.withheld
        mask = holds(rule.when, frame)
        there = subjects.iri.is_not_null()
        on = there if mask is None else there & mask
        if not on.any():
            return None
        if use.template is not None:
            return self._filled(use, frame, on, marks)
        if rule.constant is not None:
            full = None if secret else self._constant(record, use, frame, on)
        else:
            target = self.subjects[rule.record[0]].iri if rule.record is not None else None
            full = None if target is None else wrapped(target, f"<{use.slot.iri}><", ">;")
        return None if full is None else _where(on, full)

    def _filled(self, use: Use, frame: pl.DataFrame, on: pl.Series, marks: Taken) -> pl.Series:
        """Return what a template of whole rows gives, and mark its columns."""
        template, rule, secret = use.template or parse_text(""), use.rule, marks is self.withheld
        exact: pl.Series | None = None
        if template.text:
            made = texts(template, frame)
            words, unknown = made_words(rule, made)
            if not secret:
                words = self._prose(use, words, columns=" + ".join(template.columns))
            done = self._caster(use).column(words, None)
            full = _where(on, done.text)
            exact = None if done.inexact is None else full.is_not_null() & ~done.inexact.fill_null(value=False)
            failed = {**unknown, **_raw_of(done.failed, made, words)}
            if failed and not secret:
                self._fail_template(use, failed, made, on)
        else:
            full = _where(on, wrapped(iris(template, frame, pl.col(SOURCE)), f"<{use.slot.iri}><", ">;"))
        ok = on if secret else full.is_not_null()
        if rule.values is not None or rule.pattern is not None or rule.lower:
            exact = pl.repeat(value=False, n=ok.len(), eager=True)
        for column in filter(self._schema.__contains__, template.columns):
            if column not in self.plan.headers:
                continue
            if self._schema[column] == pl.String:
                marks.mark_rows(column, ok & self.frame[column].is_not_null(), exact)
            else:  # what several values became together does not give any of them back
                marks.mark_lists(column, self.frame[column], ok, exact=secret)
        return full

    def _fail_template(self, use: Use, failed: Mapping[str, str], made: pl.Series, there: pl.Series) -> None:
        """Note what a template of several columns made that its slot does not take, by the names of all of them."""
        if use.rule.pattern is not None and use.rule.values is None:
            return
        columns = " + ".join(use.template.columns if use.template else ())
        for value, expected in failed.items():
            rows = self.frame.select(INDEX, ROW, SOURCE).filter(((made == value) & there).fill_null(value=False))
            if rows.height:
                self.failures.append(Failure(columns, value, expected, rows))

    def _context(self, record: RecordPlan, frame: pl.DataFrame) -> Context:
        return self._contexts.setdefault(record.rule.name, Context(record, frame))

    def _caster(self, use: Use) -> Caster:
        return self._casters.setdefault(id(use), Caster(use, self._check))

    def _templated(self, use: Use, values: Values, predicate: str, frame: pl.DataFrame) -> Column:
        if use.template is None:
            raise ValueError(use)
        whole = frame if values.single else frame.select(pl.all().gather(values.cells[INDEX]))
        filled = whole.with_columns(values.part("value").alias(""))
        if use.template.text:
            made = self._prose(use, texts(use.template, filled), None if values.single else values.cells[INDEX])
            return self._caster(use).column(made, None)
        return Column(wrapped(iris(use.template, filled, pl.col(SOURCE)), f"{predicate}<", ">;"), None, {})

    def _constant(self, record: RecordPlan, use: Use, frame: pl.DataFrame, rows: pl.Series) -> pl.Series:
        if use.slot.kind == "term":
            return self._terms.constant(record, use, self._context(record, frame), rows)
        done = self._caster(use).column(pl.Series([use.rule.constant or ""]), None)
        return frame.select(pl.repeat(str(done.text[0] or ""), pl.len(), dtype=pl.String).alias("c"))["c"]

    def _references(self, records: Sequence[str], values: Values, predicate: str) -> Column:
        known = {pair: iri for name in reversed(records) for pair, iri in self._keys.get(name, {}).items()}
        names = values.part("value")
        sources = self.frame[SOURCE] if values.single else self.frame[SOURCE].gather(values.cells[INDEX])
        both = pl.DataFrame({"s": sources, "k": names}).select(pl.concat_str("s", "k", separator=SEPARATOR).alias("b"))["b"]
        found = looked_up(both, {pair: known.get(pair) for pair in distinct(both)})
        frame = pl.DataFrame({"found": found, "name": names})
        web = pl.when(pl.col("name").str.contains(WEB_IRI)).then("name")
        target = frame.select(pl.coalesce("found", web).alias("t"))["t"]
        lost = names.filter(target.is_null() & names.is_not_null()).unique().to_list()
        return Column(
            wrapped(target, f"{predicate}<", ">;"),
            None,
            {name: f"the id of a {' or '.join(records)} of the same source" for name in lost},
        )

    def _mark(self, use: Use, values: Values, column: Column, subjects: Subjects, frame: pl.DataFrame, *, secret: bool) -> None:
        marks = self.withheld if secret else self.taken
        there = subjects.iri.is_not_null()
        if not values.single:
            there = there.gather(values.cells[INDEX])
        ok = column.text.is_not_null() & there
        exact = ok if column.inexact is None else ok & ~column.inexact.fill_null(value=False)
        if values.changed is not None:
            exact = exact & ~values.changed
        failed = {**values.failed, **{raw: said for raw, said in column.failed.items() if raw not in column.told}}
        if column.told and not secret and use.column is not None:
            self._tell(use, values, column.told, there)
        if secret:  # what cannot be cast is about a person all the same, and no Problem may show it
            ok = exact = there
        elif failed and use.column is not None:
            self._fail(use, values, failed, there, frame)
        for part, name in (
            ("value", use.column),
            ("accession", use.accession),
            ("ontology", use.ontology),
            ("unit", use.unit_column),
        ):
            if name is not None and not is_content(name):
                name = name.partition(".")[2]  # noqa: PLW2901 - what the reader derived from a column, as _term.about, counts for it
            if name is None or name not in self.frame.columns or not is_content(name):
                continue
            filled = values.part(part).is_not_null()
            if values.single:
                marks.mark_rows(name, ok & filled, (exact if part == "value" else ok) & filled)
            else:
                cells = values.cells.select(INDEX, PLACE).with_columns(
                    (ok & filled).alias("ok"),
                    ((exact if part == "value" else ok) & filled).alias("exact"),
                    filled.alias("_filled"),
                )
                marks.mark(name, cells.filter("_filled"))

    def _fail(self, use: Use, values: Values, failed: Mapping[str, str], there: pl.Series, frame: pl.DataFrame) -> None:
        if use.rule.pattern is not None and not values.failed:
            return  # a pattern is a question; the cell stays whole in the custom layer
        source = self.frame.select(INDEX, ROW, SOURCE)
        # A value map fails on the text before it: the raw value is then in the cleaned column.
        raw = values_of(replace(use, rule=use.rule.model_copy(update={"values": None})), frame) if values.failed else values
        cells = raw.cells.with_columns(there.alias("_there"))
        for value, expected in failed.items():
            rows = cells.filter((pl.col("value") == value) & pl.col("_there")).select(INDEX).join(source, on=INDEX)
            if rows.height:
                self.failures.append(Failure(use.column or "", value, expected, rows))

    def _tell(self, use: Use, values: Values, told: Mapping[str, Cast], there: pl.Series) -> None:
        """Note what a check found, in which rows."""
        source = self.frame.select(INDEX, ROW, SOURCE)
        cells = values.cells.with_columns(there.alias("_there"))
        for value, said in told.items():
            rows = cells.filter((pl.col("value") == value) & pl.col("_there")).select(INDEX).join(source, on=INDEX)
            if rows.height:
                self.failures.append(Failure(use.column or "", value, said.expected, rows, said.repair))

    def _folded(self, values: Values, text: pl.Series) -> pl.Series:
        if values.single:
            return text
        cells = pl.DataFrame({INDEX: values.cells[INDEX], "f": text}).drop_nulls()
        joined = cells.group_by(INDEX, maintain_order=True).agg(pl.col("f").str.join(""))
        return self.frame.select(INDEX).join(joined, on=INDEX, how="left", maintain_order="left")["f"]

    def _inverse(self, inverse: Inverse, slot: Slot, key: str | None, subjects: Subjects, frame: pl.DataFrame) -> None:
        rows = pl.DataFrame({"g": frame[SOURCE], "b": subjects.iri})
        hidden = self._people.hides(inverse.record)
        if key is None:
            other = self.subjects[inverse.record]
            start, own = other.iri, other.own
        else:
            use = Use(slot, ValueRule.model_validate({"record": inverse.record, "key": key}), key)
            values = values_of(use, frame)
            if not values.single:
                rows = rows.select(pl.all().gather(values.cells[INDEX]))
            start = self._references([inverse.record], values, "").text.str.extract("<(.*)>", 1)
            own = pl.DataFrame({"i": start, "s": rows["g"]}).select(
                pl.col("i").str.starts_with(pl.col("s")).fill_null(value=False)
            )["i"]
            secret = hidden or (use.slot.personal and self._people.persons == "none")
            self._mark(use, values, Column(start, None, {}), subjects, frame, secret=secret)
        if hidden:
            return
        parts = rows.with_columns(start.alias("a"))
        block = pl.concat_str(
            pl.lit("<"), pl.col("g"), pl.lit(">{<"), pl.col("a"), pl.lit(f"><{slot.iri}><"), pl.col("b"), pl.lit(">}\n")
        ).alias("block")
        made = parts.with_columns(block)["block"]
        self._put(made, Subjects(made, own, {}), unique=True)


def _words(use: Use, frame: pl.DataFrame) -> pl.Series:
    """Return what a use makes of every row; the first value where it makes several."""
    if use.template is not None and use.column is None:
        return texts(use.template, frame)
    if use.column is None:
        return pl.Series("value", [use.rule.constant], pl.String).new_from_index(0, frame.height)
    cells = values_of(use, frame).cells.drop_nulls("value").group_by(INDEX, maintain_order=True).first()
    return frame.select(INDEX).join(cells.select(INDEX, "value"), on=INDEX, how="left", maintain_order="left")["value"]


def _emptied(frame: pl.DataFrame, names: Iterable[str], rows: pl.Series) -> pl.DataFrame:
    """Return a frame with some columns empty in some rows; a list stays as long as it is."""
    changed = []
    for name in names:
        if name in frame.columns:
            is_list = isinstance(frame.schema[name], pl.List)
            empty = pl.col(name).list.eval(pl.when(pl.lit(value=False)).then(pl.element())) if is_list else None
            changed.append(pl.when(~rows).then(name).otherwise(empty).alias(name))
    return frame.with_columns(changed)


def _where(rows: pl.Series, values: pl.Series) -> pl.Series:
    """Return values in some rows, null in all others."""
    return pl.DataFrame({"f": values, "m": rows}).select(pl.when("m").then("f").alias("f"))["f"]


def _raw_of(failed: Mapping[str, str], made: pl.Series, words: pl.Series) -> dict[str, str]:
    """Return what failed under the text that a template made, before its words were replaced."""
    if not failed or made is words:
        return dict(failed)
    pairs = pl.DataFrame({"made": made, "words": words}).drop_nulls().unique()
    return {raw: failed[word] for raw, word in pairs.iter_rows() if word in failed}


def with_lets(record: RecordPlan, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that a record derives; the first value counts where a cell holds several."""
    for name, uses in record.lets:
        columns = []
        for use in uses:
            values = values_of(use, frame)
            if use.template is not None and use.column is None:
                columns.append(texts(use.template, frame))
                continue
            cells = (
                values.cells if values.single else values.cells.drop_nulls("value").group_by(INDEX, maintain_order=True).first()
            )
            made = frame.select(INDEX).join(cells.select(INDEX, "value"), on=INDEX, how="left", maintain_order="left")["value"]
            columns.append(texts(use.template, frame.with_columns(made.alias(""))) if use.template is not None else made)
        if record.rule.let[name].constant is not None:
            frame = frame.with_columns(pl.lit(record.rule.let[name].constant).alias(name))
            continue
        alternatives = [column.alias(f"_let{i}") for i, column in enumerate(columns)]
        first = pl.coalesce(f"_let{i}" for i in range(len(columns))) if columns else pl.lit(None, pl.String)
        frame = frame.with_columns(alternatives).with_columns(first.alias(name)).drop(c.name for c in alternatives)
    return frame


def subjects_of(record: RecordPlan, frame: pl.DataFrame) -> Subjects:
    """Return the IRIs of a record, null where no id template is filled or a condition does not hold."""
    mask = holds(record.rule.when, frame) if record.ids else None
    iri = pl.Series("iri", [None], pl.String).new_from_index(0, frame.height)
    own = pl.Series("own", [True], pl.Boolean).new_from_index(0, frame.height)
    used: dict[str, pl.Series] = {}
    for template in record.ids:
        scalar = _scalars(frame, template.columns)
        made = iris(template, scalar, pl.col(SOURCE))
        if mask is not None:
            made = scalar.select(pl.when(mask).then(made).alias("iri"))["iri"]
        fresh = iri.is_null() & made.is_not_null()
        for column in template.columns:
            used[column] = used[column] | fresh if column in used else fresh
        both = pl.DataFrame({"iri": iri, "made": made, "own": own, "fresh": fresh})
        both = both.select(
            pl.coalesce("iri", "made").alias("iri"), pl.when("fresh").then(template.scoped).otherwise("own").alias("own")
        )
        iri, own = both["iri"], both["own"]
        if not iri.has_nulls():
            break
    return Subjects(iri, own, used)


def _scalars(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    lists = [c for c in columns if c in frame.columns and isinstance(frame.schema[c], pl.List)]
    return frame.with_columns(pl.col(c).list.drop_nulls().list.first().alias(c) for c in lists) if lists else frame
