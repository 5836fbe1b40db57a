"""The mapping engine: what a mapping says comes out as statements, and every cell ends in exactly one place."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import readers
from kg.curie import KG
from kg.errors import MappingError
from kg.mapping import Decisions, Loaded, Mapping, Run, Tally, load_mapping, load_mappings
from kg.schema import load_schema
from kg.table import Reading, Source, Table
from kg.term import Decision, Match, Query, Term

SCHEMA = load_schema()
AGENT = KG + "software/test"
TERMS = {
    "homo sapiens": Term("NCBITaxon:9606", "Homo sapiens"),
    "bright nuclei": Term("CMPO:0000154", "bright nuclei phenotype"),
}
SOURCE = "https://w3id.org/bioimage-kg/id/source/t.csv"


class Kept:
    """A Sink that keeps statements of sources and claims apart."""

    def __init__(self):
        self.owned, self.claimed = [], []

    def own(self, blocks):
        self.owned.extend(blocks.to_list())

    def shared(self, blocks):
        self.claimed.extend(blocks.to_list())


def resolve(queries):
    """A resolver that knows two texts, and believes every accession."""

    def one(query: Query) -> Decision:
        term = TERMS.get(query.text.lower())
        if term is None and query.accession:
            term = Term(query.accession.replace("_", ":"))
        if term is None:
            return Decision(query, "none", (), "no label or synonym is this text", "kg")
        return Decision(
            query,
            "accepted",
            (Match(term, 1.0, "label", "the label is this text", query.text),),
            "the label is this text",
            "kg",
        )

    return {query: one(query) for query in queries}


def mapping(*records, **rest):
    head = {"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "delimited"}, **rest}
    return Mapping.model_validate({**head, "records": list(records)})


def table(rows, kind="rows"):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lists = {c for c in columns if any(isinstance(row.get(c), list) for row in rows)}
    schema = {"_row": pl.UInt32, **{c: pl.List(pl.String) if c in lists else pl.String for c in columns}}
    return Table(kind, pl.DataFrame([{"_row": i, **row} for i, row in enumerate(rows, start=2)], schema=schema).lazy())


def run(spec, *sources, variables=None, persons="all", guard=None):
    """Map tables (a dict of kind to rows per source); return statements (own, claimed) and the tally."""
    sink, tally = Kept(), Tally()
    loaded = [
        Loaded(
            f"{SOURCE}{i or ''}",
            f"t{i or ''}.csv",
            Reading("delimited", {k: table(rows, k) for k, rows in tables.items()}),
            variables or {},
        )
        for i, tables in enumerate(sources)
    ]
    Run(spec, SCHEMA, Decisions(SCHEMA, resolve, AGENT), tally, sink, persons=persons, guard=guard).add(loaded)
    return parse(sink.owned), parse(sink.claimed), tally


def parse(blocks):
    return set(ox.parse("".join(blocks), format=ox.RdfFormat.TRIG))


def slot(class_name, name):
    return SCHEMA.slot(class_name, name).iri


def values(quads, class_name, name, subject=None):
    return sorted(
        q.object.value
        for q in quads
        if q.predicate.value == slot(class_name, name) and (subject is None or q.subject.value.endswith(subject))
    )


def custom(quads):
    return sorted((q.predicate.value.rpartition("/")[2], q.object.value) for q in quads if "/custom/t/" in q.predicate.value)


IMAGE = {"name": "image", "class": "Image", "id": ["image/{Name}", "row/{_row}"]}


def test_a_text_becomes_a_literal_and_the_rest_is_kept_in_the_custom_layer():
    own, _, tally = run(mapping({**IMAGE, "slots": {"name": "Name"}}), {"rows": [{"Name": "a.tif", "Odd [1]": ' x "y" '}]})
    assert values(own, "Image", "name") == ["a.tif"]
    assert custom(own) == [("Odd%20%5B1%5D", ' x "y" ')], "the raw text, spaces and all"
    [name, odd] = sorted(tally.columns(), key=lambda c: c.column)
    assert (name.filled, name.mapped, name.custom) == (1, 1, 0)
    assert (odd.filled, odd.mapped, odd.custom) == (1, 0, 1)


def test_every_record_says_from_which_source_it_was_read():
    own, _, _ = run(mapping({**IMAGE, "slots": {"name": "Name"}}), {"rows": [{"Name": "a"}]})
    derived = [q for q in own if q.predicate.value.endswith("wasDerivedFrom")]
    assert [(q.subject.value, q.object.value) for q in derived] == [(f"{SOURCE}/image/a", SOURCE)]
    assert {q.graph_name.value for q in own} == {SOURCE}


def test_a_declared_missing_word_is_missing_and_nothing_else_is():
    spec = mapping({**IMAGE, "slots": {"gene_symbol": "Gene"}}, missing=["", "n/a"])
    own, _, tally = run(
        spec, {"rows": [{"Name": "a", "Gene": " n/a "}, {"Name": "b", "Gene": "NA"}, {"Name": "c", "Gene": ""}]}
    )
    assert values(own, "Image", "gene_symbol") == ["NA"]
    gene = next(c for c in tally.columns() if c.column == "Gene")
    assert (gene.filled, gene.mapped, gene.custom, gene.missing) == (2, 1, 0, 1)


def test_a_failed_cast_is_a_problem_with_its_rows_and_the_text_is_kept():
    spec = mapping({**IMAGE, "slots": {"size_x": "X"}})
    own, _, tally = run(spec, {"rows": [{"Name": "a", "X": "12"}, {"Name": "b", "X": "1,5"}, {"Name": "c", "X": "1,5"}]})
    assert values(own, "Image", "size_x") == ["12"]
    assert custom(own) == [("X", "1,5"), ("X", "1,5")]
    [problem] = tally.problems()
    assert (problem.source, problem.column, problem.rows, problem.count) == ("t.csv", "X", (3, 4), 2)
    assert str(problem) == "t.csv, X, row 3, 4: found '1,5', expected a whole number; the text is kept in the custom layer"


def test_a_number_that_the_store_would_rewrite_keeps_its_text():
    own, _, tally = run(mapping({**IMAGE, "slots": {"size_x": "X"}}), {"rows": [{"Name": "a", "X": "007"}]})
    assert values(own, "Image", "size_x") == ["7"]
    assert custom(own) == [("X", "007")]
    assert next(c for c in tally.columns() if c.column == "X").mapped == 1


def test_a_number_is_converted_from_the_unit_in_its_own_column():
    spec = mapping({**IMAGE, "slots": {"pixel_size_x": {"column": "PX", "unit": {"column": "PXUnit", "default": "µm"}}}})
    rows = [
        {"Name": "a", "PX": "65", "PXUnit": "nm"},
        {"Name": "b", "PX": "0.5", "PXUnit": ""},
        {"Name": "c", "PX": "3", "PXUnit": "pixel"},
    ]
    own, _, tally = run(spec, {"rows": rows})
    assert values(own, "Image", "pixel_size_x") == ["0.065", "0.5"]
    assert ("PX", "3") in custom(own)
    assert [p.column for p in tally.problems()] == ["PX"]


def test_a_quantity_without_a_unit_is_a_mistake_of_the_mapping():
    spec = mapping({**IMAGE, "slots": {"pixel_size_x": "PX"}})
    with pytest.raises(MappingError, match=r"pixel_size_x.*say in which unit"):
        run(spec, {"rows": [{"Name": "a", "PX": "1"}]})


def test_a_term_slot_points_at_the_term_and_its_decision_keeps_the_words():
    own, _, _ = run(
        mapping({**IMAGE, "slots": {"organism": {"text": "Organism"}}}), {"rows": [{"Name": "a", "Organism": "Homo sapiens"}]}
    )
    assert values(own, "Image", "organism") == ["http://purl.obolibrary.org/obo/NCBITaxon_9606"]
    [decision] = values(own, "Image", "decision")
    assert values(own, "Decision", "source_text", decision) == ["Homo sapiens"]
    assert values(own, "Decision", "decision_status", decision) == ["accepted"]
    assert values(own, "Decision", "chosen_term", decision) == ["http://purl.obolibrary.org/obo/NCBITaxon_9606"]
    assert values(own, "Decision", "why", decision) == ["the label is this text"]


def test_a_text_without_a_term_is_still_found_by_its_decision():
    own, _, tally = run(
        mapping({**IMAGE, "slots": {"organism": {"text": "Organism"}}}), {"rows": [{"Name": "a", "Organism": "unicorn"}]}
    )
    assert values(own, "Image", "organism") == []
    [decision] = values(own, "Image", "decision")
    assert values(own, "Decision", "source_text", decision) == ["unicorn"]
    assert next(c for c in tally.columns() if c.column == "Organism").mapped == 1


def test_positional_companions_go_with_the_column_before_them():
    spec = mapping(
        {
            **IMAGE,
            "slots": {
                "organism": {"text": "Organism"},
                "phenotype": {"text": "Phenotype {n}", "accession": "Phenotype {n} Term Accession"},
            },
        },
        companions={"accession": r"Term Source( \d+)? Accession", "ontology": r"Term Source( \d+)? REF"},
    )
    row = {
        "Name": "a", "Organism": "worm", "Term Source 1 REF": "NCBITaxon", "Term Source 1 Accession": "NCBITaxon_6239",
        "Phenotype 1 Term Accession": "CMPO_0000077", "Phenotype 1": "long", "Phenotype 2": "bright nuclei", "Phenotype 2 Term Accession": "",
    }  # fmt: skip
    own, _, tally = run(spec, {"rows": [row]})
    assert values(own, "Image", "organism") == ["http://purl.obolibrary.org/obo/NCBITaxon_6239"]
    assert values(own, "Image", "phenotype") == [
        "http://www.ebi.ac.uk/cmpo/CMPO_0000077",
        "http://www.ebi.ac.uk/cmpo/CMPO_0000154",
    ]
    assert sorted(values(own, "Decision", "source_ontology")) == ["NCBITaxon"]
    assert all(c.custom == 0 for c in tally.columns())


def test_a_companion_without_its_text_or_accession_is_kept():
    spec = mapping({**IMAGE, "slots": {"organism": {"text": "O", "accession": "A", "ontology": "R"}}})
    own, _, _ = run(spec, {"rows": [{"Name": "a", "O": "", "A": "", "R": "NCBITaxon"}]})
    assert custom(own) == [("R", "NCBITaxon")]


def test_split_cells_go_in_lock_step_with_their_accessions():
    spec = mapping(
        {
            **IMAGE,
            "slots": {"phenotype": {"text": "P", "accession": "A", "split": ";"}, "gene_symbol": {"column": "G", "split": ";"}},
        }
    )
    own, _, tally = run(spec, {"rows": [{"Name": "a", "P": "x;bright nuclei", "A": "CMPO_0000077;", "G": "TP53; ;MYC"}]})
    assert values(own, "Image", "phenotype") == [
        "http://www.ebi.ac.uk/cmpo/CMPO_0000077",
        "http://www.ebi.ac.uk/cmpo/CMPO_0000154",
    ]
    assert values(own, "Image", "gene_symbol") == ["MYC", "TP53"]
    assert all(c.custom == 0 for c in tally.columns())


def test_lists_count_each_value():
    spec = mapping({**IMAGE, "slots": {"organism": {"text": "O", "accession": "A"}, "size_x": "X"}})
    rows = [
        {"Name": "a", "O": ["cat", "Homo sapiens"], "A": ["NCBITaxon_9685", ""], "X": ["1", "one"], "Other": ["p", "q"]},
        {"Name": "b"},
    ]
    own, _, tally = run(spec, {"rows": rows})
    assert values(own, "Image", "organism") == [
        "http://purl.obolibrary.org/obo/NCBITaxon_9606",
        "http://purl.obolibrary.org/obo/NCBITaxon_9685",
    ]
    assert custom(own) == [("Other", "p"), ("Other", "q"), ("X", "one")]
    counts = {c.column: (c.filled, c.mapped, c.custom) for c in tally.columns()}
    assert counts["X"] == (2, 1, 1)
    assert counts["Other"] == (2, 0, 2)
    assert counts["A"] == (1, 1, 0)


def test_first_takes_one_column_and_leaves_the_others_to_the_custom_layer():
    spec = mapping({**IMAGE, "slots": {"name": {"first": ["Title", "Name"]}}})
    own, _, _ = run(spec, {"rows": [{"Name": "a", "Title": "T"}, {"Name": "b", "Title": ""}]})
    assert values(own, "Image", "name") == ["T", "b"]


def test_words_are_mapped_and_unknown_ones_are_problems():
    spec = mapping({**IMAGE, "slots": {"has_phenotype": {"column": "P", "values": {"Yes": "true", "no": "false"}}}})
    own, _, tally = run(spec, {"rows": [{"Name": "a", "P": "yes"}, {"Name": "b", "P": "perhaps"}]})
    assert values(own, "Image", "has_phenotype") == ["true"]
    assert ("P", "perhaps") in custom(own)
    [problem] = tally.problems()
    assert (problem.found, problem.rows) == ("'perhaps'", (3,))


def test_a_pattern_takes_a_part_and_the_whole_text_is_kept():
    own, _, tally = run(
        mapping({**IMAGE, "slots": {"size_x": {"column": "D", "pattern": r"^(\d+) x"}}}),
        {"rows": [{"Name": "a", "D": "512 x 256"}]},
    )
    assert values(own, "Image", "size_x") == ["512"]
    assert custom(own) == [("D", "512 x 256")]
    assert tally.problems() == ()


def test_conditions_choose_the_record_and_no_cell_of_the_others_is_lost():
    well = {
        "name": "well",
        "class": "Well",
        "id": "well/{P}/{W}",
        "when": [{"column": "P", "filled": True}],
        "slots": {"name": "Label"},
    }
    image = {**IMAGE, "when": [{"column": "P", "filled": False}], "slots": {"name": "Label"}}
    own, _, tally = run(
        mapping(well, image), {"rows": [{"P": "1", "W": "A1", "Label": "w"}, {"P": "", "W": "", "Name": "i", "Label": "im"}]}
    )
    assert values(own, "Well", "name") == ["im", "w"]
    assert {q.subject.value for q in own if q.object.value == "im"} == {f"{SOURCE}/image/i"}
    assert all(c.mapped + c.custom + c.missing == c.filled for c in tally.columns())


def test_a_row_that_no_record_takes_becomes_a_record_of_its_own():
    spec = mapping({"name": "well", "class": "Well", "id": "well/{W}", "slots": {"name": "W"}})
    own, _, tally = run(spec, {"rows": [{"W": "", "Other": "kept"}], "unknown": [{"x": "also kept"}]})
    assert custom(own) == [("Other", "kept"), ("x", "also kept")]
    assert {q.object.value for q in own if q.subject.value.endswith("/row/rows/2")} >= {"kept", KG + "SourceRow"}
    assert sum(c.custom for c in tally.columns()) == 2


def test_what_lies_outside_the_source_is_a_claim():
    study = {"name": "study", "class": "Study", "id": "base:study/{$study}", "unique": True, "slots": {"name": "Title"}}
    image = {**IMAGE, "main": True, "slots": {"part_of": {"record": "study"}}}
    own, claims, _ = run(
        mapping(study, image),
        {"rows": [{"Name": "a", "Title": "T"}, {"Name": "b", "Title": "T"}]},
        variables={"study": "idr0001"},
    )
    assert values(claims, "Study", "name") == ["T"]
    assert values(own, "Image", "part_of") == ["https://w3id.org/bioimage-kg/id/study/idr0001"] * 2
    assert {q.graph_name.value for q in claims} == {SOURCE}, "the claim says who makes it"


def test_records_of_other_tables_are_found_by_their_key():
    person = {
        "name": "person",
        "class": "Person",
        "table": "Person",
        "id": ["{@id|iri}", "person/{@id}"],
        "key": "@id",
        "slots": {"name": "name"},
    }
    study = {
        "name": "study",
        "class": "Study",
        "table": "Dataset",
        "id": "study/{@id}",
        "slots": {"author": {"record": "person", "key": "author"}},
    }
    tables = {
        "Dataset": [{"@id": "d", "author": ["#p1", "https://orcid.org/0000-0001-2345-6789", "#lost"]}],
        "Person": [{"@id": "#p1", "name": "Ada"}, {"@id": "https://orcid.org/0000-0001-2345-6789", "name": "Bea"}],
    }
    own, claims, _ = run(mapping(person, study), tables)
    assert values(own, "Study", "author") == ["https://orcid.org/0000-0001-2345-6789", f"{SOURCE}/person/%23p1"]
    assert custom(own) == [("author", "#lost")]
    assert values(claims, "Person", "name") == ["Bea"]


def test_an_inverse_statement_leads_from_the_other_record():
    image = {"name": "image", "class": "Image", "table": "Image", "id": "image/{ID}", "key": "ID", "slots": {"name": "Name"}}
    channel = {
        "name": "channel", "class": "SignalChannel", "table": "Channel", "id": "channel/{ID}",
        "inverse": [{"record": "image", "slot": "channels", "key": "_image"}], "slots": {"name": "Name"},
    }  # fmt: skip
    own, _, _ = run(
        mapping(image, channel),
        {"Image": [{"ID": "Image:0", "Name": "i"}], "Channel": [{"ID": "C:0", "Name": "GFP", "_image": "Image:0"}]},
    )
    assert values(own, "Image", "channels", "image/Image%3A0") == [f"{SOURCE}/channel/C%3A0"]


def test_a_join_puts_columns_of_another_table_beside_a_row():
    spec = mapping(
        {"name": "image", "class": "Image", "table": "Image", "id": "image/{_id}", "joins": [{"table": "Pixels", "on": {"_id": "_parent"}, "prefix": "pixels"}],
         "slots": {"size_x": "pixels.SizeX"}}
    )  # fmt: skip
    own, _, _ = run(spec, {"Image": [{"_id": "1"}, {"_id": "2"}], "Pixels": [{"_parent": "2", "SizeX": "64"}]})
    assert values(own, "Image", "size_x", "image/2") == ["64"]


def test_many_sources_of_one_shape_are_mapped_together_and_stay_apart():
    spec = mapping({**IMAGE, "slots": {"organism": {"text": "O"}, "name": "Name"}})
    own, _, tally = run(
        spec, {"rows": [{"Name": "a", "O": "Homo sapiens"}]}, {"rows": [{"Name": "a", "O": "Homo sapiens", "Extra": "e"}]}
    )
    assert {q.graph_name.value for q in own} == {SOURCE, SOURCE + "1"}
    decisions = values(own, "Image", "decision")
    assert len(decisions) == len(set(decisions)) == 2, "each source has its own Decision"
    assert tally.rows == {"t.csv": 1, "t1.csv": 1}


def test_people_can_be_left_out_without_a_trace():
    person = {"name": "person", "class": "Person", "table": "Person", "id": ["{@id|iri}", "person/{@id}"], "key": "@id",
              "slots": {"name": "name", "email": "mail"}}  # fmt: skip
    study = {"name": "study", "class": "Study", "table": "Dataset", "id": "study/{@id}",
             "slots": {"name": "title", "author": {"record": "person", "key": "author"}}}  # fmt: skip
    paper = {
        "name": "paper",
        "class": "Publication",
        "table": "Paper",
        "id": "paper/{t}",
        "slots": {"name": "t", "author_names": "who"},
    }
    tables = {
        "Dataset": [{"@id": "d", "title": "T", "author": ["#p1", "Ada Unlisted"]}],
        "Person": [{"@id": "#p1", "name": "Ada Lovelace", "mail": "no address"}],
        "Paper": [{"t": "P", "who": "Lovelace A"}],
    }
    own, claims, tally = run(mapping(person, study, paper), tables, persons="none")
    said = " ".join(str(quad) for quad in own | claims) + " ".join(map(str, tally.problems()))
    assert not [word for word in ("Ada", "Lovelace", "#p1", "%23p1", "no address") if word in said]
    assert values(own, "Study", "name") == ["P", "T"]
    counts = {(c.table, c.column): c for c in tally.columns()}
    assert counts["Person", "name"].withheld == counts["Paper", "who"].withheld == 1
    assert counts["Dataset", "author"].withheld == 2
    assert all(c.mapped + c.custom + c.missing + c.withheld == c.filled for c in tally.columns())


NASTY = [
    {"Name": "q", "V": 'say "hi"'}, {"Name": "b", "V": "back\\slash"}, {"Name": "n", "V": "two\nlines"}, {"Name": "r", "V": "car\rret"},
    {"Name": "t", "V": "tab\there"}, {"Name": "e", "V": "\U0001f52c"}, {"Name": "1", "V": "NA"}, {"Name": "2", "V": "nan"}, {"Name": "3", "V": "NULL"},
    {"Name": "4", "V": "None"}, {"Name": "5", "V": "007"}, {"Name": "6", "V": "9007199254740993"}, {"Name": "a[1] %", "V": "https://x/ <y>"},
    {"Name": "c", "V": "\x01\u2028x"},
]  # fmt: skip


def test_nasty_texts_come_through_unchanged():
    own, _, _ = run(mapping({**IMAGE, "slots": {"comment": "V"}}), {"rows": NASTY})
    assert values(own, "Image", "comment") == sorted(row["V"] for row in NASTY)


# Python counts four control characters as white space that Unicode does not; U+10FFFF is reserved for programs.
CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x1c\x1d\x1e\x1f\U0010ffff"), max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries({"Name": CELL, "A": CELL, "B": CELL, "X": CELL}), min_size=1, max_size=6))
def test_no_cell_is_ever_lost(rows):
    spec = mapping({**IMAGE, "slots": {"name": "Name", "comment": "A", "size_x": "X", "organism": {"text": "B"}}})
    own, _, tally = run(spec, {"rows": rows})
    for count in tally.columns():
        assert count.filled == sum(bool(row[count.column].strip()) for row in rows)
        assert count.mapped + count.custom + count.missing == count.filled
    said = {q.object.value for q in own if isinstance(q.object, ox.Literal)}
    for row in rows:
        for cell in row.values():
            if cell.strip():
                assert cell in said or cell.strip() in said


def test_a_large_table_streams_in_batches(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name", "X"])
        writer.writerows([f"i{i}", str(i)] for i in range(120_001))
    frame = pl.scan_csv(path, infer_schema=False, row_index_name="_row", row_index_offset=2, empty_string_is_null=False)
    sink, tally = Kept(), Tally()
    spec = mapping({**IMAGE, "slots": {"name": "Name", "size_x": "X"}})
    Run(spec, SCHEMA, Decisions(SCHEMA, resolve, AGENT), tally, sink).add(
        [Loaded(SOURCE, "big.csv", Reading("delimited", {"rows": Table("rows", frame)}))]
    )
    assert tally.rows["big.csv"] == tally.records["Image"] == 120_001
    assert len(sink.owned) == 120_001


def test_words_that_yaml_1_1_takes_for_booleans_are_words(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(
        "mapping: t\ntitle: t\nnamespace: t\nrecognise: {reader: delimited}\nrecords:\n"
        "- {name: i, class: Image, id: x, joins: [{table: T, on: {a: b}, prefix: t}],\n"
        "   slots: {has_phenotype: {column: P, values: {yes: 'true', no: 'false'}}}}\n"
    )
    record = load_mapping(path).records[0]
    assert record.joins[0].on == {"a": "b"}
    assert record.slots["has_phenotype"][0].values == {"yes": "true", "no": "false"}


@pytest.mark.parametrize(
    ("change", "words"),
    [({"slots": {"nme": "Name"}}, "no such slot"), ({"class": "Imge"}, "no such class"), ({"slots": {"part_of": {"record": "nobody"}}}, "nobody"),
     ({"slots": {"name": {"column": "A", "constant": "b"}}}, "exactly one"), ({"idd": "x"}, "idd"), ({"slots": {"name": {"column": "A", "pattern": "("}}}, "regular")],
)  # fmt: skip
def test_a_wrong_mapping_is_refused_with_its_place(change, words, tmp_path):
    record = {**IMAGE, **change}
    path = tmp_path / "wrong.yaml"
    path.write_text(
        json.dumps({"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "delimited"}, "records": [record]})
    )
    with pytest.raises(MappingError, match=words):
        run(load_mapping(path), {"rows": [{"Name": "a", "A": "b"}]})


def test_the_packaged_mappings_are_well_formed_and_fill_slots_that_exist():
    for spec in load_mappings():
        for record in spec.records:
            for name in record.slots:
                assert SCHEMA.slot(record.class_, name), f"{spec.mapping} {record.name}"


def test_a_reader_of_csv_and_the_engine_count_alike():
    text = "Name,A\na,1\nb,\n"
    rows = list(csv.DictReader(io.StringIO(text)))
    _, _, tally = run(mapping({**IMAGE, "slots": {"name": "Name"}}), {"rows": rows})
    assert {c.column: c.filled for c in tally.columns()} == {"Name": 2, "A": 1}


def test_a_table_with_surplus_cells_and_odd_headers_keeps_every_cell(tmp_path):
    """Counted by csv, not by the engine: each cell of the file is a literal of the graph."""
    path = tmp_path / "odd.csv"
    path.write_text("Name,,_secret,$note\na,v1,v2,v3\nb,w1,w2,w3,extra1,extra2\n")
    sink, tally = Kept(), Tally()
    reading = readers.read(Source(path, "odd.csv"))
    spec = mapping({**IMAGE, "slots": {"name": "Name"}})
    Run(spec, SCHEMA, Decisions(SCHEMA, resolve, AGENT), tally, sink).add([Loaded(SOURCE, "odd.csv", reading)])
    said = {quad.object.value for quad in parse(sink.owned) if isinstance(quad.object, ox.Literal)}
    cells = {cell for row in list(csv.reader(path.read_text().splitlines()))[1:] for cell in row}
    assert cells <= said
    assert sum(count.filled for count in tally.columns()) == len(cells)
    for scratch in reading.scratch:
        scratch.unlink(missing_ok=True)


def test_a_constant_term_is_not_decided_where_its_condition_holds_nowhere():
    rule = {"constant": "Homo sapiens", "when": [{"column": "Kind", "among": ["man"]}]}
    spec = mapping({"name": "study", "class": "Study", "id": "study/{_row}", "slots": {"organism": rule}})
    own, claims, _ = run(spec, {"rows": [{"Kind": "mouse"}]})
    assert "decision" not in str(own | claims)
    own, claims, _ = run(spec, {"rows": [{"Kind": "mouse"}]}, {"rows": [{"Kind": "man"}]})
    graphs = {quad.graph_name.value for quad in own if "Decision" in quad.object.value}
    assert graphs == {SOURCE + "1"}, "nor in another source beside one where it holds"


def test_words_that_a_template_of_several_columns_makes_are_replaced_too():
    rule = {"template": "{A}-{B}", "values": {"x-1": "first", "x-2": "second"}}
    own, _, tally = run(
        mapping({**IMAGE, "slots": {"description": rule}}),
        {"rows": [{"Name": "a", "A": "x", "B": "1"}, {"Name": "b", "A": "X", "B": "2"}, {"Name": "c", "A": "y", "B": "3"}]},
    )
    assert values(own, "Image", "description") == ["first", "second"]
    [problem] = tally.problems()
    assert (problem.found, problem.column, problem.rows) == ("'y-3'", "A + B", (4,))
    assert ("A", "y") in custom(own)


def test_an_enumerated_slot_takes_the_word_that_a_template_makes():
    rule = {"template": "{A} {B}", "values": {"a set": "dataset"}}
    spec = mapping({"name": "part", "class": "StudyComponent", "id": "part/{_row}", "slots": {"component_type": rule}})
    own, claims, _ = run(spec, {"rows": [{"A": "a", "B": "set"}]})
    assert values(own | claims, "StudyComponent", "component_type") == [KG + "component-type/dataset"]


def test_several_values_in_a_template_are_joined():
    rule = {"template": "{Name}: {Tags}"}
    own, _, _ = run(mapping({**IMAGE, "slots": {"description": rule}}), {"rows": [{"Name": "a", "Tags": ["x", "", "y"]}]})
    assert values(own, "Image", "description") == ["a: x, y"]
    image = {**IMAGE, "slots": {"url": {"template": "https://x.org/{Tags}"}}}
    own, _, _ = run(mapping(image), {"rows": [{"Name": "a", "Tags": ["x", "y"]}]})
    assert values(own, "Image", "url") == ["https://x.org/x%2C%20y"]


@pytest.mark.parametrize("where", ["matches", "lacks"])
def test_look_around_is_refused_when_the_mapping_is_read(where, tmp_path):
    record = {**IMAGE, "when": [{"column": "A", where: "a(?!b)"}]}
    path = tmp_path / "t.yaml"
    path.write_text(
        json.dumps({"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "x"}, "records": [record]})
    )
    with pytest.raises(MappingError, match=rf"records.0.when.0.{where}.*look-around"):
        load_mapping(path)


def test_a_condition_on_a_pattern_of_columns_is_refused(tmp_path):
    record = {**IMAGE, "when": [{"column": "~A.*", "filled": True}]}
    path = tmp_path / "t.yaml"
    path.write_text(
        json.dumps({"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "x"}, "records": [record]})
    )
    with pytest.raises(MappingError, match=r"records.0.when.0.column.*one column"):
        load_mapping(path)


def test_a_record_of_another_table_is_referred_to_by_a_key(tmp_path):
    other = {"name": "study", "class": "Study", "table": "studies", "id": "study/{Id}", "key": "Id"}
    image = {**IMAGE, "slots": {"part_of": {"record": "study"}}}
    path = tmp_path / "t.yaml"
    head = {"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "x"}}
    path.write_text(json.dumps({**head, "records": [image, other]}))
    with pytest.raises(MappingError, match=r"part_of.*'study'.*by which key"):
        load_mapping(path)
    keyed = mapping({**IMAGE, "slots": {"part_of": {"record": "study", "key": "In"}}}, other)
    own, _, _ = run(keyed, {"rows": [{"Name": "a", "In": "1"}]})
    assert not values(own, "Image", "part_of"), "the table is not in this source"


def test_a_table_of_many_columns_asks_for_its_schema_a_few_times_only(monkeypatch):
    asked = []
    plain = pl.DataFrame.schema.fget
    monkeypatch.setattr(pl.DataFrame, "schema", property(lambda frame: (asked.append(frame.width), plain(frame))[1]))
    row = {"Name": "a", **{f"Column {n}": "x" for n in range(200)}}
    run(mapping({**IMAGE, "slots": {"name": "Name"}}), {"rows": [row]})
    assert sum(width > 100 for width in asked) < 40


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        (["1", "500", "0.2", "0.2"], ["[1, 500, 0.2, 0.2]"]),
        (["1", "2"], ["[1, 2]"]),
        (["a", "007", "a"], ['["a", "007", "a"]']),
        (["b", "a"], ["a", "b"]),
        (["7"], ["7"]),
    ],
)
def test_a_kept_list_of_numbers_or_with_repeats_is_one_statement_that_keeps_its_order(cell, kept):
    own, claims, _ = run(mapping(IMAGE), {"rows": [{"Name": "i", "More": cell}]})
    assert [text for _, text in custom(own | claims)] == kept


def test_a_column_of_which_only_raw_texts_of_mapped_values_are_kept_is_approved():
    spec = mapping({**IMAGE, "slots": {"size_x": "X", "size_y": "Y"}})
    rows = [{"Name": "i", "X": "007", "Y": "007", "Z": "x"}, {"Name": "j", "X": "8", "Y": "wide", "Z": "y"}]
    own, claims, _ = run(spec, {"rows": rows})
    status = {q.subject.value[-1]: q.object.value for q in own | claims if q.predicate.value.endswith("mappingStatus")}
    assert status == {"X": "approved", "Y": "unmapped", "Z": "unmapped"}
