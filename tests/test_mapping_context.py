"""Context: what stands beside a text reaches the resolver where it asks for it, and the graph says so."""

from __future__ import annotations

from functools import partial

import polars as pl
import pyoxigraph as ox
import pytest

from kg.curie import KG
from kg.errors import MappingError
from kg.mapping import Decisions, Loaded, Mapping, Run, Tally, load_mapping
from kg.paths import data_dir
from kg.pipeline.closure import describer, versions
from kg.pipeline.correct import correct
from kg.pipeline.sinks import Files, Memory
from kg.pipeline.waiting import Look
from kg.schema import load_schema
from kg.store import Batch, SourceEntry, Store, canonical_lines
from kg.table import Reading, Table
from kg.term import Decision, Match, Query, Term
from kg.terms import IndexResolver, TermIndex, default_index, resolve_all
from kg.terms.decided import CuratedResolver, Row

SCHEMA = load_schema()
AGENT = KG + "software/test"
SOURCE = KG + "id/source/t.csv"
HEART = {"Danio rerio": Term("ZFA:0000114", "heart"), "Homo sapiens": Term("UBERON:0000948", "heart")}
FISH, HUMAN = (("organism", "Danio rerio"),), (("organism", "Homo sapiens"),)
IMAGE = {"name": "image", "class": "Image", "id": ["image/{Name}"], "slots": {
    "organism": "Organism", "organism_part": {"text": "Part", "accession": "Acc"}, "cell_line": "Line"}}  # fmt: skip


def wants(field):
    return ("organism",) if field == "organism_part" else ()


class Asked:
    """A resolver that knows hearts, and keeps what it was asked."""

    def __init__(self):
        self.queries: list[Query] = []

    def __call__(self, queries):
        self.queries += queries
        return {query: self._one(query) for query in queries}

    def of(self, field):
        return {query.context for query in self.queries if query.field == field}

    @staticmethod
    def _one(query):
        organisms = {text for name, text in query.context if name == "organism"}
        term = HEART.get(*organisms) if query.text == "heart" and len(organisms) == 1 else None
        if term is None:
            return Decision(query, "none", (), "not known", "kg")
        return Decision(query, "accepted", (Match(term, 1.0, "label", "the label", query.text),), "the label", "kg")


def mapping(*records, **rest):
    head = {"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "delimited"}, **rest}
    return Mapping.model_validate({**head, "records": list(records)})


def table(rows, kind="rows"):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lists = {c for c in columns if any(isinstance(row.get(c), list) for row in rows)}
    schema = {"_row": pl.UInt32, **{c: pl.List(pl.String) if c in lists else pl.String for c in columns}}
    return Table(kind, pl.DataFrame([{"_row": i, **row} for i, row in enumerate(rows, start=2)], schema=schema).lazy())


def run(spec, *sources, wants_context=wants, resolve=None, variables=None, audit=None):
    """Map tables (rows, or a dict of kind to rows, per source); return the statements and the resolver."""
    asked, sink = resolve or Asked(), Memory()
    loaded = []
    for i, given in enumerate(sources):
        tables = given if isinstance(given, dict) else {"rows": given}
        reading = Reading("delimited", {kind: table(rows, kind) for kind, rows in tables.items()})
        loaded.append(Loaded(f"{SOURCE}{i or ''}", f"t{i or ''}.csv", reading, variables or {}))
    decisions = Decisions(SCHEMA, asked, AGENT, wants_context=wants_context, audit=audit)
    Run(spec, SCHEMA, decisions, Tally(), sink).add(loaded)
    return set(ox.parse("".join(sink.blocks), format=ox.RdfFormat.TRIG)), asked


def said(quads, class_name, slot, of=""):
    iri = SCHEMA.slot(class_name, slot).iri
    return sorted(q.object.value for q in quads if q.predicate.value == iri and q.subject.value.endswith(of))


ROWS = [
    {"Name": "1", "Organism": "Danio rerio", "Part": "heart", "Line": "HeLa"},
    {"Name": "2", "Organism": "Homo sapiens", "Part": "heart", "Line": "HeLa"},
    {"Name": "3", "Organism": " ", "Part": "heart", "Line": "HeLa"},
]
BESIDE = {"context": {"organism": "Organism"}}


def test_the_organism_of_the_row_decides_which_heart_it_is():
    quads, asked = run(mapping(IMAGE, **BESIDE), ROWS)
    assert asked.of("organism_part") == {FISH, HUMAN, ()}
    assert said(quads, "Image", "organism_part", "/1") == ["http://purl.obolibrary.org/obo/ZFA_0000114"]
    assert said(quads, "Image", "organism_part", "/2") == ["http://purl.obolibrary.org/obo/UBERON_0000948"]
    assert said(quads, "Image", "organism_part", "/3") == []


def test_a_field_that_does_not_depend_on_it_is_asked_once_for_all_organisms():
    _, asked = run(mapping(IMAGE, **BESIDE), ROWS)
    assert [q for q in asked.queries if q.field == "cell_line"] == [Query("cell_line", "HeLa")]
    assert asked.of("organism") == {()}


def test_each_context_has_a_decision_of_its_own_that_says_the_context():
    quads, _ = run(mapping(IMAGE, **BESIDE), ROWS)
    hearts = {q.subject for q in quads if q.object == ox.Literal("heart") and q.predicate.value.endswith("sourceText")}
    assert len(hearts) == 3
    assert said(quads, "Decision", "context_text") == ["organism=Danio rerio", "organism=Homo sapiens"]


def test_a_mapping_without_context_says_the_same_whatever_the_resolver_wants():
    plain, asked = run(mapping(IMAGE), ROWS)
    unasked, _ = run(mapping(IMAGE), ROWS, wants_context=None)
    assert asked.of("organism_part") == {()}
    assert plain == unasked


def test_a_resolver_that_wants_no_context_gives_the_same_with_and_without_it_in_the_mapping():
    assert run(mapping(IMAGE, **BESIDE), ROWS, wants_context=None)[0] == run(mapping(IMAGE), ROWS, wants_context=None)[0]


def test_where_no_organism_stands_a_decision_is_what_it_is_without_context():
    rows = [{"Name": "1", "Organism": None, "Part": "heart"}]
    assert run(mapping(IMAGE, **BESIDE), rows)[0] == run(mapping(IMAGE), rows)[0]


def test_several_organisms_of_a_row_are_several_pairs_each_once_and_sorted():
    rows = [
        {"Name": "1", "Organism": "Homo sapiens", "Organism 2": "Danio rerio", "Organism 3": "Homo sapiens", "Part": "heart"}
    ]
    quads, asked = run(mapping(IMAGE, context={"organism": "~Organism( \\d)?"}), rows)
    assert asked.of("organism_part") == {FISH + HUMAN}
    assert said(quads, "Decision", "context_text") == ["organism=Danio rerio", "organism=Homo sapiens"]


def test_cells_with_several_values_give_a_pair_for_each():
    rows = [
        {"Name": "1", "Organism": "Homo sapiens; Danio rerio", "Part": "heart"},
        {"Name": "2", "Organism": "Danio rerio", "Part": "heart"},
    ]
    _, asked = run(mapping(IMAGE, context={"organism": {"column": "Organism", "split": ";"}}), rows)
    assert asked.of("organism_part") == {FISH + HUMAN, FISH}
    _, asked = run(mapping(IMAGE, **BESIDE), [{"Name": "1", "Organism": ["Homo sapiens", "Danio rerio"], "Part": "heart"}])
    assert asked.of("organism_part") == {FISH + HUMAN}


def test_each_text_of_a_split_cell_has_the_context_of_its_row():
    record = {**IMAGE, "slots": {"organism_part": {"text": "Part", "split": ";"}}}
    rows = [
        {"Name": "1", "Organism": "Danio rerio", "Part": "heart; fin"},
        {"Name": "2", "Organism": "Homo sapiens", "Part": "lung;heart"},
    ]
    _, asked = run(mapping(record, **BESIDE), rows)
    assert {(q.text, q.context) for q in asked.queries} == {("heart", FISH), ("fin", FISH), ("lung", HUMAN), ("heart", HUMAN)}


@pytest.mark.parametrize(
    ("rule", "context"),
    [
        ({"first": ["Species", "Organism"]}, HUMAN),
        ({"first": ["Taxon", "Organism"]}, FISH),
        ({"constant": "Danio rerio"}, FISH),
        ({"constant": "Danio rerio", "when": [{"column": "Species", "filled": False}]}, ()),
        ({"template": "{Genus} {Epithet}"}, FISH),
        ({"column": "Epithet", "template": "Danio {}"}, FISH),
        ({"column": "Said", "pattern": r"\((.+)\)"}, FISH),
        ({"column": "Code", "values": {"zf": "Danio rerio"}}, FISH),
        ({"column": "Organism", "missing": ["Danio rerio"]}, ()),
        ("derived", FISH),
        ("$species", FISH),
        ([{"column": "Taxon"}, {"column": "Organism"}], FISH),
    ],
)
def test_context_is_read_by_the_same_rules_as_a_slot(rule, context):
    row = {
        "Name": "1", "Organism": "Danio rerio", "Species": "Homo sapiens", "Taxon": "", "Genus": "Danio", "Epithet": "rerio",
        "Said": "fish (Danio rerio)", "Code": "ZF", "Part": "heart",
    }  # fmt: skip
    record = {**IMAGE, "let": {"derived": {"template": "{Genus} {Epithet}"}}}
    _, asked = run(mapping(record, context={"organism": rule}), [row], variables={"species": "Danio rerio"})
    assert asked.of("organism_part") == {context}


def test_a_table_that_is_joined_to_the_record_can_tell_the_context():
    record = {**IMAGE, "joins": [{"table": "Study", "on": {"Study": "ID"}, "prefix": "study"}]}
    rows = [{"Name": "1", "Study": "s1", "Part": "heart"}, {"Name": "2", "Study": "s2", "Part": "heart"}]
    studies = [{"ID": "s1", "Species": ["Danio rerio"]}, {"ID": "s2", "Species": ["Homo sapiens", "Danio rerio"]}]
    _, asked = run(mapping(record, context={"organism": "study.Species"}), {"rows": rows, "Study": studies})
    assert asked.of("organism_part") == {FISH, FISH + HUMAN}


def test_the_context_of_a_record_takes_the_place_of_that_of_the_mapping():
    other = {**IMAGE, "name": "other", "id": ["other/{Name}"], "context": {"organism": "Host"}}
    none = {**IMAGE, "name": "none", "id": ["none/{Name}"], "context": {}}
    rows = [{"Name": "1", "Organism": "Danio rerio", "Host": "Homo sapiens", "Part": "heart"}]
    quads, asked = run(mapping(IMAGE, other, none, **BESIDE), rows)
    assert asked.of("organism_part") == {FISH, HUMAN, ()}
    assert said(quads, "Image", "organism_part", "other/1") == ["http://purl.obolibrary.org/obo/UBERON_0000948"]
    assert said(quads, "Image", "organism_part", "none/1") == []


def test_a_term_that_every_row_has_is_looked_at_in_the_context_of_each():
    record = {**IMAGE, "slots": {"organism_part": {"constant": "heart"}}}
    quads, asked = run(mapping(record, **BESIDE), ROWS)
    assert asked.of("organism_part") == {FISH, HUMAN, ()}
    assert said(quads, "Image", "organism_part", "/1") == ["http://purl.obolibrary.org/obo/ZFA_0000114"]


def test_each_source_has_its_own_context_when_many_are_mapped_together():
    quads, _ = run(mapping(IMAGE, **BESIDE), ROWS[:1], [{**ROWS[1], "Name": "1"}])
    part = SCHEMA.slot("Image", "organism_part").iri
    found = {(q.graph_name.value, q.object.value.rpartition("/")[2]) for q in quads if q.predicate.value == part}
    assert found == {(SOURCE, "ZFA_0000114"), (f"{SOURCE}1", "UBERON_0000948")}


def test_reading_a_column_as_context_does_not_take_it():
    record = {**IMAGE, "slots": {"organism_part": "Part"}}
    quads, _ = run(mapping(record, **BESIDE), ROWS[:1])
    assert [q.object.value for q in quads if q.predicate.value == KG + "custom/t/Organism"] == ["Danio rerio"]


def test_two_fields_of_context_are_told_together():
    spec = mapping(IMAGE, context={"strain": "Line", "organism": "Organism"})
    _, asked = run(spec, ROWS[:1], wants_context=lambda field: ("strain", "organism") if field == "organism_part" else ())
    assert asked.of("organism_part") == {(*FISH, ("strain", "HeLa"))}


def test_a_mapping_that_names_no_resolver_field_or_more_than_text_is_refused(tmp_path):
    with pytest.raises(
        MappingError, match="context names 'organsim', which is no resolver field; there are analysis_operation"
    ):
        run(mapping(IMAGE, context={"organsim": "Organism"}), ROWS)
    head = "{mapping: t, title: t, namespace: t, recognise: {reader: delimited}, records: [], context: "
    (tmp_path / "t.yaml").write_text(head + "{organism: {text: Organism, accession: A}}}")
    with pytest.raises(MappingError, match=r"context.organism: .*say column, first, constant or template, not text"):
        load_mapping(tmp_path / "t.yaml")


@pytest.mark.parametrize(
    ("name", "facts", "tables", "context"),
    [
        ("idr-annotation", {}, {"rows": [
            {"Plate": "P", "Well": "A1", "Characteristics [Organism]": "Danio rerio", "Characteristics [Organism Part]": "heart"}]}, FISH),
        ("gide-crate", {}, {"BioSample": [
            {"@id": "#b", "_crate": "./", "_name.taxonomicRange": ["Danio rerio"], "_term.taxonomicRange": ["NCBITaxon:7955"],
             "organism": "#t", "tissue": ["heart"]}]}, FISH),
        ("ro-crate", {}, {"BioSample": [{"@id": "#b", "_crate": "./", "organism": "Danio rerio", "tissue": ["heart"]}]}, FISH),
        ("ome", {}, {
            "Image": [{"_image": "Image:0", "_row": 2, "AnnotationRef": ["Annotation:0"]}],
            "M": [{"_annotation": "Annotation:0", "K": "Species", "_text": "Danio rerio"},
                  {"_annotation": "Annotation:0", "K": "Tissue", "_text": "heart"}]}, FISH),
    ],
)  # fmt: skip
def test_the_packaged_mappings_tell_the_organism_beside_a_part(name, facts, tables, context):
    spec = load_mapping(data_dir("mappings") / f"{name}.yaml")
    _, asked = run(spec, tables, variables=facts)
    assert [(q.text, q.context) for q in asked.queries if q.field == "organism_part"] == [("heart", context)]


def test_a_component_of_an_idr_study_is_about_the_organism_of_its_study_unless_it_names_one():
    spec = load_mapping(data_dir("mappings") / "idr-study.yaml")
    tables = {
        "Study": [{"_study": "idr9000", "Study Organism": ["Danio rerio"]}],
        "Component": [
            {"_study": "idr9000", "_component": "screenA", "Imaging Method": "confocal"},
            {"_study": "idr9000", "_component": "screenB", "Imaging Method": "confocal", "Organism": "Homo sapiens"},
        ],
    }
    _, asked = run(spec, tables, wants_context=lambda field: ("organism",) if field == "imaging_method" else ())
    assert asked.of("imaging_method") == {FISH, HUMAN}


@pytest.fixture(scope="module")
def index(_own_cache):
    with TermIndex.open(default_index(None)) as opened:
        yield opened


def fill(path, index, resolver):
    """Map the rows with a resolver into a new store."""
    path.mkdir()
    files = Files(path)
    decisions = Decisions(SCHEMA, partial(resolve_all, resolver), AGENT, wants_context=wants)
    reading = Reading("delimited", {"rows": table(ROWS)})
    Run(mapping(IMAGE, **BESIDE), SCHEMA, decisions, Tally(), files).add([Loaded(SOURCE, "t.csv", reading, {})])
    files.close()
    entry = SourceEntry(SOURCE, "t.csv", "/data/t.csv", "0" * 64, "t 1")
    described = {"describe": describer(index), "ontologies": versions(index)}
    with Store.open(path / "store", create=True) as opened:
        opened.publish(Batch((entry,), (files.own_path,), (files.shared_path,), **described))
    return path / "store"


def parts(store):
    """Return the terms of each image's parts."""
    found = store.current.database.quads_for_pattern(None, ox.NamedNode(SCHEMA.slot("Image", "organism_part").iri), None)
    return {(q.subject.value[-1], q.object.value.rpartition("/")[2]) for q in found}


def test_what_a_person_decides_about_a_context_changes_the_graph_in_that_context_only(index, tmp_path):
    plain = IndexResolver(index, SCHEMA.fields, agent=AGENT)
    row = Row(
        text="Heart", field="organism_part", context=FISH, curie="EFO:0000815", status="accepted", reviewers=("Ada Lovelace",)
    )
    told = CuratedResolver(plain, [row], index)
    with Store.open(fill(tmp_path / "a", index, plain)) as store:
        before = parts(store)
        done = correct(
            store, SCHEMA, index, partial(resolve_all, told), concerned=lambda query: query.text == "heart", agent=AGENT
        )
        assert done.records == 1
        assert parts(store) == {(image, term) for image, term in before if image != "1"} | {("1", "EFO_0000815")}
        corrected = canonical_lines(store.current.database)
    with Store.open(fill(tmp_path / "b", index, told)) as again:
        assert corrected == canonical_lines(again.current.database), "as if the source had been read again"


def test_a_text_in_several_contexts_is_one_thing_to_review(index, tmp_path):
    plain = IndexResolver(index, SCHEMA.fields, agent=AGENT)
    with Store.open(fill(tmp_path / "a", index, plain)) as store:
        [heart] = Look(store.current, SCHEMA).groups(lambda asked, _: asked[0] == "organism_part")
        assert (heart.text, heart.records) == ("heart", 3)
