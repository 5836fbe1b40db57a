"""The audit of a mapping: it sees every term column of a source as it stands, and what it repairs is repaired there only."""

from __future__ import annotations

import csv
from itertools import groupby

import polars as pl
import pyoxigraph as ox
import pytest

from kg import readers
from kg.curie import KG
from kg.mapping import ColumnTexts, Decisions, Loaded, Mapping, Run, Tally, TextAt
from kg.mapping.fragments import query_of
from kg.pipeline.sinks import Memory
from kg.schema import load_schema
from kg.table import Reading, Table
from kg.term import Decision, Match, Term

SCHEMA = load_schema()
SOURCE = KG + "id/source/t.csv"
VERO = Term("EFO:0001233", "Vero")
LINES = {"name": "image", "class": "Image", "id": ["image/{Name}"], "slots": {
    "cell_line": {"text": "Line", "accession": "Acc", "ontology": "Ref"}}}  # fmt: skip


def mapping(*records, **rest):
    head = {"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "delimited"}, **rest}
    return Mapping.model_validate({**head, "records": list(records)})


def table(rows):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    schema = {"_row": pl.UInt32, **dict.fromkeys(columns, pl.String)}
    return Table("rows", pl.DataFrame([{"_row": i, **row} for i, row in enumerate(rows, start=2)], schema=schema).lazy())


def believe(queries):
    """A resolver that believes every accession."""

    def one(query):
        if not query.accession:
            return Decision(query, "none", (), "not known", "kg")
        match = Match(Term(query.accession.replace("_", ":")), 1.0, "accession", "the source says so", query.accession)
        return Decision(query, "accepted", (match,), "the source says so", "kg")

    return {query: one(query) for query in queries}


class Auditor:
    """An audit that keeps what it is shown, and puts Vero in the place of some accessions."""

    def __init__(self, repair=lambda _: False):
        self.shown, self._repair = [], repair

    def __call__(self, column):
        self.shown.append(column)
        return {text.key: self.vero(column.field, text.key) for text in column.texts if self._repair(text)}

    @staticmethod
    def vero(field, key):
        match = Match(VERO, 1.0, "accession", "the run was dragged down", "Vero")
        return Decision(query_of(field, key), "accepted", (match,), "EFO:0001233 was put in place of the accession", "kg")


def run(spec, *readings, audit=None, persons="all"):
    sink = Memory()
    loaded = [Loaded(f"{SOURCE}{i or ''}", f"t{i or ''}.csv", reading, {}) for i, reading in enumerate(readings)]
    decisions = Decisions(SCHEMA, believe, KG + "software/test", audit=audit)
    counts = Run(spec, SCHEMA, decisions, Tally(), sink, persons=persons).add(loaded)
    return set(ox.parse("".join(sink.blocks), format=ox.RdfFormat.TRIG)), counts


def rows_of(*rows):
    return Reading("delimited", {"rows": table(rows)})


def row(name, line, acc, **more):
    return {"Name": name, "Line": line, "Acc": acc, **more}


def said(quads, class_name, slot, of="", graph=None):
    iri = SCHEMA.slot(class_name, slot).iri
    return sorted(
        q.object.value.rpartition("/")[2]
        for q in quads
        if q.predicate.value == iri and q.subject.value.endswith(of) and graph in {None, q.graph_name.value}
    )


def test_a_column_is_shown_in_the_order_of_its_rows_and_a_text_that_returns_stands_there_again():
    audit = Auditor()
    run(
        mapping(LINES),
        rows_of(
            row("1", "Vero", "EFO_0001233", Ref="EFO"), row("2", "Vero", "EFO_0001233", Ref="EFO"), row("3", " ", None),
            row("4", "HeLa", "EFO_0001185"), row("5", "Vero", "EFO_0001233", Ref="EFO"), row("6", None, "EFO_0001234"),
        ),
        audit=audit,
    )  # fmt: skip
    [column] = audit.shown
    assert (column.field, column.column, column.accession_column) == ("cell_line", "Line", "Acc")
    assert (column.source, column.key) == (SOURCE, "t.csv")
    assert [(t.text, t.accession, t.ontology, t.row, t.count) for t in column.texts] == [
        ("Vero", "EFO_0001233", "EFO", 2, 2), ("HeLa", "EFO_0001185", "", 5, 1), ("Vero", "EFO_0001233", "EFO", 6, 1),
        ("", "EFO_0001234", "", 7, 1),
    ]  # fmt: skip


def test_empty_cells_do_not_part_what_is_the_same():
    audit = Auditor()
    run(mapping(LINES), rows_of(row("1", "Vero", "A:1"), row("2", None, None), row("3", "Vero", "A:1")), audit=audit)
    [column] = audit.shown
    assert [(t.text, t.row, t.count) for t in column.texts] == [("Vero", 2, 2)]


def test_the_organism_of_the_rows_is_shown_also_where_the_resolver_does_not_look_at_it():
    audit = Auditor()
    rows = rows_of(
        row("1", "HeLa", "A:1", Organism="Homo sapiens"), row("2", "HeLa", "A:1", Organism="Pongo abelii"),
        row("3", "HeLa", "A:1"), row("4", "HeLa", "A:1", Organism="Mus musculus", Host="Homo sapiens"),
    )  # fmt: skip
    run(mapping(LINES, context={"organism": ["Organism", "Host"]}), rows, audit=audit)
    [column] = audit.shown
    assert [(t.organism, t.row, t.count) for t in column.texts] == [("Homo sapiens", 2, 1), ("Pongo abelii", 3, 1), ("", 4, 2)]
    assert len({t.key for t in column.texts}) == 1, "the key is that of the text, which is the same"


def test_without_an_audit_nothing_changes():
    spec, rows = mapping(LINES), rows_of(row("1", "Vero", "EFO_0001234"), row("2", "Vero", "EFO_0001235"))
    assert run(spec, rows) == run(spec, rows, audit=Auditor())


def test_a_repair_stands_in_the_statements_and_the_decision_of_its_source_only():
    rows = [row("1", "Vero", "EFO_0001233"), row("2", "Vero", "EFO_0001234")]
    other = [row("1", "Vero", "EFO_0001234")]
    audit = Auditor(lambda text: text.row == 3)
    quads, counts = run(mapping(LINES), rows_of(*rows), rows_of(*other), audit=audit)
    assert said(quads, "Image", "cell_line", "/1", SOURCE) == ["EFO_0001233"]
    assert said(quads, "Image", "cell_line", "/2", SOURCE) == ["EFO_0001233"]
    assert said(quads, "Image", "cell_line", "/1", f"{SOURCE}1") == ["EFO_0001234"]
    assert said(quads, "Decision", "why", graph=f"{SOURCE}1") == ["the source says so"]
    assert "EFO:0001233 was put in place of the accession" in said(quads, "Decision", "why", graph=SOURCE)
    assert said(quads, "Decision", "source_accession", graph=SOURCE) == ["EFO_0001233", "EFO_0001234"], (
        "the words of the source"
    )
    assert counts == {("cell_line", "accepted"): 3}


def test_the_same_text_unrepaired_in_another_column_keeps_its_own_decision():
    record = {**LINES, "slots": {"cell_line": [{"text": "Line", "accession": "Acc"}, {"text": "Line 2", "accession": "Acc 2"}]}}
    rows = rows_of(
        row("1", "Vero", "EFO_0001234"), row("2", None, None, **{"Line 2": "Vero", "Acc 2": "EFO_0001234"}),
    )  # fmt: skip
    audit = Auditor(lambda text: text.row == 2)
    quads, _ = run(mapping(record), rows, audit=audit)
    assert [(c.column, c.accession_column) for c in audit.shown] == [("Line", "Acc"), ("Line 2", "Acc 2")]
    assert said(quads, "Image", "cell_line", "/1") == ["EFO_0001233"]
    assert said(quads, "Image", "cell_line", "/2") == ["EFO_0001234"]
    pointers = [said(quads, "Image", "decision", f"/{name}") for name in "12"]
    chosen = [said(quads, "Decision", "chosen_term", pointer) for [pointer] in pointers]
    assert chosen == [["EFO_0001233"], ["EFO_0001234"]], "a record points to what was decided about its own cell"


def test_two_records_that_read_one_column_alike_are_audited_once_and_repaired_alike():
    other = {**LINES, "name": "sample", "class": "Biosample", "id": ["sample/{Name}"]}
    audit = Auditor(lambda text: text.accession == "EFO_0001234")
    quads, _ = run(mapping(LINES, other), rows_of(row("1", "Vero", "EFO_0001234")), audit=audit)
    assert len(audit.shown) == 1
    assert said(quads, "Image", "cell_line") == ["EFO_0001233", "EFO_0001233"], "of the image and of the sample"


def test_an_audit_that_answers_for_a_text_that_is_not_there_is_wrong():
    def audit(column: ColumnTexts):
        return {"HeLa": Auditor.vero(column.field, column.texts[0].key)}

    with pytest.raises(ValueError, match=r"an audit of t\.csv, Line answers for \['HeLa'\], which is not there"):
        run(mapping(LINES), rows_of(row("1", "Vero", "A:1")), audit=audit)


def test_texts_without_accession_columns_and_split_cells_are_shown_too():
    audit = Auditor()
    record = {**LINES, "slots": {"cell_line": {"text": "Line", "split": ";"}}}
    run(mapping(record), rows_of(row("1", "Vero; HeLa", ""), row("2", "HeLa", "")), audit=audit)
    [column] = audit.shown
    assert (column.column, column.accession_column) == ("Line", "")
    assert [(t.text, t.row, t.count) for t in column.texts] == [("Vero", 2, 1), ("HeLa", 2, 2)]


def test_the_columns_are_named_as_the_source_writes_them():
    audit = Auditor()
    companions = {"accession": r"Term Source( \d+)? Accession", "ontology": r"Term Source( \d+)? REF"}
    record = {**LINES, "slots": {"cell_line": {"text": r"~Comment\[Cell Line\]"}}}
    names = ("Comment [Cell Line]", "Term Source 2 REF", "Term Source 2 Accession")
    rows = rows_of({"Name": "1", **dict(zip(names, ("Vero", "EFO", "EFO_0001233"), strict=True))})
    run(mapping(record, companions=companions), rows, audit=audit)
    [column] = audit.shown
    assert (column.column, column.accession_column) == (names[0], names[2])


def test_a_large_source_is_shown_batch_after_batch_with_its_own_row_numbers(tmp_path):
    lines = [("Vero", f"EFO_{1000 + i // 3 % 5000}") if i % 7 else ("HeLa", "EFO_0001185") for i in range(101_000)]
    with (tmp_path / "big.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("Name", "Line", "Acc"), *((i, *line) for i, line in enumerate(lines))])
    [source] = readers.discover([tmp_path / "big.csv"])
    reading = readers.read(source)
    audit = Auditor(lambda text: text.accession == "EFO_1700" and text.row < 10_000)
    quads, _ = run(mapping(LINES), reading, audit=audit)
    for path in reading.scratch:
        path.unlink()
    assert len(audit.shown) > 1
    assert {(c.column, c.key, c.source) for c in audit.shown} == {("Line", "t.csv", SOURCE)}
    texts: list[TextAt] = [text for column in audit.shown for text in column.texts]
    places = [place for text in texts for place in range(text.row, text.row + text.count)]
    assert places == list(range(2, len(lines) + 2)), "every row once, in order"
    assert [(t.text, t.accession) for t in texts for _ in range(t.count)] == lines
    assert len(texts) <= len(list(groupby(lines))) + len(audit.shown) - 1, "neighbours that are the same are one"
    slot = SCHEMA.slot("Image", "cell_line").iri
    made = {
        int(q.subject.value.rpartition("/")[2]): q.object.value.rpartition("/")[2] for q in quads if q.predicate.value == slot
    }
    wanted = {i: "EFO_0001233" if accession == "EFO_1700" else accession for i, (_, accession) in enumerate(lines)}
    assert made == wanted, "what was repaired is repaired in later rows too"
