"""Crates: foundingGIDE, the dialects of lab notebooks, and what strangers may send."""

import gzip
import json
import random
import socket
import zipfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from kg.errors import LimitError, SourceError
from kg.readers import rocrate, safe_json
from kg.readers.limits import Limits
from kg.readers.peek import peek
from kg.table import Source

LIMITS = Limits()
SIDE_TABLES = {"ArchiveMember", "ExtraField", "ElabftwExport", "ElabftwStep", "KadiRecord"}
SIDE_PREFIXES = ("AI4Green:", "Rspace:")
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
DESCRIPTOR = {
    "@id": "ro-crate-metadata.json",
    "@type": "CreativeWork",
    "about": {"@id": "./"},
    "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
}


def read(path, limits=LIMITS):
    return rocrate.read(Source(path, path.name), limits)


@pytest.fixture
def crate(tmp_path):
    """Write a crate with the entities given, beside descriptor and root, and read it."""

    def make(*entities, context=CONTEXT, root=None, name="ro-crate-metadata.json", **more):
        path = tmp_path / name
        rooted = {"@id": "./", "@type": "Dataset", **(root or {})}
        path.write_text(json.dumps({"@context": context, "@graph": [DESCRIPTOR, rooted, *entities], **more}))
        return read(path)

    return make


@pytest.fixture
def raw(tmp_path):
    """Write any bytes under the name of a crate, and read them."""

    def make(data, limits=LIMITS):
        path = tmp_path / "ro-crate-metadata.json"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read(path, limits)

    return make


def rows(reading, kind):
    return reading.tables[kind].frame.collect().to_dicts()


def row(reading, kind):
    (only,) = rows(reading, kind)
    return {name: value for name, value in only.items() if value is not None and name not in {"_row", "_crate"}}


def codes(reading):
    return [problem.code for problem in reading.problems]


def entities_of(path):
    """Return the graph of a file as the standard library reads it, numbers as they are spelt."""
    data = path.read_bytes()
    if path.suffix == ".eln":
        with zipfile.ZipFile(path) as archive:
            name = min((name for name in archive.namelist() if name.endswith("ro-crate-metadata.json")), key=len)
            data = archive.read(name)
    return json.loads(data, parse_int=str, parse_float=str)["@graph"]


def leaves(entities):
    """Return every value of a graph, counted on its own: what the properties of each entity say, by entity and property.

    A reference or an object inside counts as one value; entities of one @id are one, which says each thing once.
    """
    said = {}
    waiting = [(entity.get("@id", f"entry {place}"), entity) for place, entity in enumerate(entities)]
    repeated = {ident for ident, count in Counter(ident for ident, _ in waiting).items() if count > 1}
    inline = 0
    while waiting:
        ident, entity = waiting.pop(0)
        for name, value in entity.items():
            if name in {"@id", "@type", "@context"}:
                continue
            values = [value]
            while any(isinstance(item, list) for item in values):
                values = [part for item in values for part in (item if isinstance(item, list) else [item])]
            found = said.setdefault((ident, name), [])
            for item in values:
                if isinstance(item, dict):
                    inline += 1
                    target = item.get("@id", f"inline {inline}")
                    waiting.extend([(target, item)] if len(item) > ("@id" in item) else [])
                    text = f"-> {target}"
                else:
                    text = None if item is None else {True: "true", False: "false"}.get(item, item)
                if text is not None and not (ident in repeated and text in found):
                    found.append(text)
    return said


def cells(reading):
    """Return every value in the columns of properties, of all tables of entities."""
    found = []
    for kind, table in reading.tables.items():
        frame = table.frame.collect()
        if kind not in SIDE_TABLES and not kind.startswith(SIDE_PREFIXES):
            for name in frame.columns:
                if name[0] != "_" and name not in {"@id", "@type"}:
                    found.extend(frame[name].explode().drop_nulls().to_list())
    return found


def assert_lossless(path):
    reading = read(path)
    entities = entities_of(path)
    expected = [text for texts in leaves(entities).values() for text in texts]
    found = cells(reading)
    assert len(found) == len(expected)
    literals = Counter(text for text in expected if not text.startswith("-> "))
    assert not literals - Counter(found)
    return len(found)


def assert_well_formed(reading):
    for table in reading.tables.values():
        schema = table.frame.collect_schema()
        assert schema.pop("_row") == pl.UInt32
        assert set(schema.values()) <= {pl.String, pl.List(pl.String)}
        if table.kind not in SIDE_TABLES and not table.kind.startswith(SIDE_PREFIXES):
            assert {name for name, dtype in schema.items() if dtype == pl.String} <= {"_crate", "@id", "_parent"}
        frame = table.frame.collect()
        assert frame["_row"].null_count() == 0
        assert frame.height > 0


# foundingGIDE


def test_no_value_of_the_1024_gide_crates_is_lost(shared):
    folder = shared / "data/inputs/gide/crates"
    if not folder.is_dir():
        pytest.skip("the foundingGIDE crates are not in ../shared")
    paths = sorted(folder.iterdir())
    assert sum(assert_lossless(path) for path in paths) > 50_000


def test_every_gide_crate_has_one_root_and_one_descriptor(shared):
    folder = shared / "data/inputs/gide/crates"
    if not folder.is_dir():
        pytest.skip("the foundingGIDE crates are not in ../shared")
    for path in sorted(folder.iterdir())[::16]:
        reading = read(path)
        assert_well_formed(reading)
        root = row(reading, "RootDataset")
        assert root["@id"] == reading.facts["root"] == rows(reading, "Descriptor")[0]["about"][0]
        assert reading.facts == {
            "producer": "",
            "producer_version": "",
            "crate_version": "1.2",
            "profile": "gide",
            "eln": "false",
            "root": root["@id"],
            "identifier": root["identifier"][0],
        }


def test_idr0012_is_read_as_it_stands(shared):
    path = shared / "data/inputs/gide/crates/idr0012-ro-crate-metadata.json"
    if not path.is_file():
        pytest.skip("the foundingGIDE crates are not in ../shared")
    reading = read(path)
    root = row(reading, "RootDataset")
    assert root["@id"] == "https://idr.openmicroscopy.org/study/idr0012/"
    assert root["identifier"] == ["idr0012"]
    assert root["dwciri:measurementMethod"][-1] == "http://purl.obolibrary.org/obo/FBbi_00000246"
    assert root["rdfs:seeAlso"] == ["https://doi.org/10.1038/msb.2010.25"]
    assert rows(reading, "Taxon")[0]["dwc:scientificName"] == ["Homo sapiens"]
    assert reading.problems == ()


def test_compact_ids_of_a_gide_crate_become_full_iris_on_both_sides(shared):
    path = shared / "data/inputs/gide/crates/EMPIAR-10310-ro-crate-metadata.json"
    if not path.is_file():
        path = next(iter(sorted((shared / "data/inputs/gide/crates").glob("EMPIAR-*"))), None)
    if path is None:
        pytest.skip("the foundingGIDE crates are not in ../shared")
    reading = read(path)
    taxa = [taxon["@id"] for taxon in rows(reading, "Taxon")]
    assert taxa
    assert all(taxon.startswith("http://purl.obolibrary.org/obo/NCBITaxon_") for taxon in taxa)
    assert set(taxa) <= set(row(reading, "RootDataset")["about"])
    assert "rdf:seeAlso" not in reading.tables["Taxon"].frame.collect_schema()
    assert "QuantitiveValue" in reading.tables  # as the source spells it


# lab notebooks


def eln_files(shared):
    files = sorted((shared / "data/inputs/eln/eln").glob("*/*.eln"))
    if not files:
        pytest.skip("the .eln exports are not in ../shared")
    return files


def eln(shared, name):
    found = [path for path in eln_files(shared) if path.name.startswith(name)]
    if not found:
        pytest.skip(f"{name} is not in ../shared")
    return read(found[0])


def test_no_value_of_any_lab_notebook_export_is_lost(shared):
    counts = {path.name: assert_lossless(path) for path in eln_files(shared)}
    assert len(counts) >= 15
    assert min(counts.values()) > 15


def test_every_lab_notebook_export_is_claimed_and_well_formed(shared):
    producers = set()
    for path in eln_files(shared):
        assert rocrate.claims(peek(Source(path, path.name)))
        reading = read(path)
        assert_well_formed(reading)
        assert reading.facts["eln"] == "true"
        assert reading.facts["root"] == "./"
        producers.add(reading.facts["producer"])
    assert producers == {
        "AI4Green",
        "Chemotion",
        "Kadi4Mat",
        "OpenSemanticLab",
        "PASTA",
        "RSpace",
        "SampleDB",
        "eLabFTW",
    }


def test_elabftw_4_keeps_its_custom_fields_beside_the_crate(shared):
    reading = eln(shared, "4.9.0_special_chars")
    fields = rows(reading, "ExtraField")
    first = [field for field in fields if field["_entity"].endswith("special-chars - f0dea04e")]
    assert [field["key"] for field in first] == ["exp", "res", "Link", ">\"'& special chars", "special chars >\"'&"]
    assert first[2]["value"] == ["https://demo.elabftw.net/experiments.php?mode=view&id=1"]
    assert first[2]["group"] == "special chars >\"'&"
    assert first[3]["unit"] == ">\"'&"
    assert json.loads(first[3]["raw"]) == {"units": [">\"'&", "'&>\""]}
    assert codes(reading) == ["duplicate-id"]


def test_every_leaf_of_an_elabftw_4_export_is_a_cell(shared):
    path = next((path for path in eln_files(shared) if path.name.startswith("4.9.0")), None)
    if path is None:
        pytest.skip("the export of eLabFTW 4.9 is not in ../shared")
    with zipfile.ZipFile(path) as archive:
        entries = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith("export-elabftw.json")]

    def count(value):
        if isinstance(value, (dict, list)):
            return sum(map(count, value.values() if isinstance(value, dict) else value))
        return value is not None

    frame = read(path).tables["ElabftwExport"].frame.collect()
    lists = [name for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)]
    assert sum(frame[name].list.len().sum() for name in lists) == count(entries)
    assert frame["comments.fullname"].to_list()[0] == ["Toto Le sysadmin", "Toto Le sysadmin"]


def test_inline_custom_fields_of_elabftw_5_become_property_values(shared):
    reading = eln(shared, "single-experiment")
    values = rows(reading, "PropertyValue")
    assert not any("@type" in value for value in values)
    dataset = rows(reading, "Dataset")[0]
    assert {value["_parent"] for value in values} == {dataset["@id"]}
    assert all(value["_subject"] == [dataset["@id"]] for value in values)
    assert dataset["variableMeasured"] == [value["@id"] for value in values]
    fields = {field["key"]: field for field in rows(reading, "ExtraField")}
    assert fields["multi select"]["value"] == ["Paris"]
    assert fields["multi select"]["_entity"] == dataset["@id"]
    assert dataset["alternateName"] == ["1"]


def test_steps_of_elabftw_stand_in_tables_of_their_own(shared):
    reading = eln(shared, "version-104")
    assert [step["position"] for step in rows(reading, "HowToStep")] == [["1"], ["2"], ["3"]]
    assert rows(reading, "HowToDirection")[0]["text"] == ["step 1"]
    assert reading.facts["producer_version"] == "5.3.0-alpha6"


def test_inline_steps_and_ratings_of_elabftw_103_have_their_owner(shared):
    reading = eln(shared, "version-103")
    dataset = rows(reading, "Dataset")[0]["@id"]
    for kind in ("HowToStep", "AggregateRating"):
        assert {entity["_parent"] for entity in rows(reading, kind)} == {dataset}


def test_kadi4mat_custom_fields_carry_path_unit_and_term(shared):
    reading = eln(shared, "collections-example")
    spot = next(
        value for value in rows(reading, "PropertyValue") if value["propertyID"] == ["Instrument.Settings.beam spot size"]
    )
    assert (spot["value"], spot["unitText"]) == (["1.2"], ["mm"])
    assert spot["_subject"] == ["./instrument-used-in-experiment/"]
    fields = {(field["_entity"], field["key"]): field for field in rows(reading, "ExtraField")}
    name = fields["./instrument-used-in-experiment/", "Instrument.name"]
    assert (name["value"], name["term"], name["type"]) == (None, "https://schema.org/name", "str")
    assert fields["./instrument-used-in-experiment/", "Instrument.Detector.1"]["value"] == ["CDEM"]
    assert len(rows(reading, "KadiRecord")) == 4


def test_files_of_an_archive_say_whether_the_crate_describes_them(shared):
    members = {Path(member["path"]).name: member for member in rows(eln(shared, "version-103"), "ArchiveMember")}
    assert members["example.fasta"]["_described"] == "true"  # stored with a double slash in its path
    assert members["ro-crate-preview.html"]["_described"] == "false"
    assert members["example.fasta"]["size"] == "819"
    assert len(members["example.fasta"]["crc32"]) == 8


def test_a_nested_context_of_schema_org_is_honoured_without_network(shared):
    reading = eln(shared, "goldStandard")
    datasets = rows(reading, "Dataset")
    assert all(dataset["dcterms:conformsTo"] == ["https://schema.org/Dataset"] for dataset in datasets)
    assert rows(reading, "MolecularEntity")[0]["dcterms:conformsTo"][0].startswith(
        "https://bioschemas.org/types/MolecularEntity"
    )


# rules


def test_properties_and_types_have_canonical_names(crate):
    context = [
        CONTEXT,
        {
            "obo": "http://purl.obolibrary.org/obo/",
            "lab": "https://lab.example/terms#",
            "measurementMethod": {"@id": "http://rs.tdwg.org/dwc/iri/measurementMethod"},
            "cell": {"@id": "http://www.bioassayontology.org/bao#BAO_0002004"},
            "seeAlso": {"@id": "rdf:seeAlso"},
            "strange": "https://other.example/strange",
            "made": {"@reverse": "https://schema.org/result"},
        },
    ]
    reading = crate(
        {
            "@id": "#s",
            "@type": ["http://schema.org/Dataset", "lab:Sample"],
            "https://schema.org/name": "a",
            "schema:author": "b",
            "measurementMethod": {"@id": "obo:FBbi_00000246"},
            "cell": "c",
            "seeAlso": "d",
            "lab:depth": "e",
            "strange": "f",
            "unheard_of": "g",
            "hasFile": {"@id": "obo"},
            "made": {"@id": "http://x.example/"},
        },
        context=context,
    )
    assert row(reading, "Dataset") == {
        "@id": "#s",
        "_name.dwciri:measurementMethod": [None],
        "_term.dwciri:measurementMethod": ["http://purl.obolibrary.org/obo/FBbi_00000246"],
        "@type": ["Dataset", "lab:Sample"],
        "name": ["a"],
        "author": ["b"],
        "dwciri:measurementMethod": ["http://purl.obolibrary.org/obo/FBbi_00000246"],
        "bao:BAO_0002004": ["c"],
        "rdf:seeAlso": ["d"],
        "lab:depth": ["e"],
        "https://other.example/strange": ["f"],
        "unheard_of": ["g"],
        "pcdm:hasFile": ["obo"],
        "@reverse:result": ["http://x.example/"],
    }
    assert codes(reading) == ["dangling-id"]


def test_base_aliases_and_coercion_of_a_context_are_honoured(crate):
    context = [
        CONTEXT,
        {
            "@base": "https://base.example/crate/",
            "ident": "@id",
            "kind": "@type",
            "lab": "https://lab.example/terms#",
            "link": {"@id": "lab:link", "@type": "@id"},
        },
    ]
    reading = crate(
        {"ident": "a b", "kind": "lab:Sample", "link": ["#x", "a b"]}, {"@id": "#x", "kind": "lab:Sample"}, context=context
    )
    first, second = rows(reading, "lab:Sample")
    assert first["@id"] == "https://base.example/crate/a b"
    assert second["@id"] == "https://base.example/crate/#x"
    assert first["lab:link"] == [second["@id"], first["@id"]]
    assert reading.facts["root"] == "https://base.example/crate/"


def test_a_vocabulary_holds_where_no_known_context_defines_the_terms(crate):
    vocabulary = {"@vocab": "https://lab.example/terms#", "lab": "https://lab.example/terms#"}
    alone = crate({"@id": "#a", "@type": "Sample", "depth": 1}, context=vocabulary)
    assert row(alone, "lab:Sample")["lab:depth"] == ["1"]
    beside = crate({"@id": "#a", "@type": "Sample", "depth": 1}, context=[CONTEXT, vocabulary])
    assert row(beside, "Sample")["depth"] == ["1"]
    assert codes(beside) == ["unsupported-context"]


def test_languages_datatypes_lists_and_nulls_are_taken_as_json_ld_means_them(crate):
    reading = crate(
        {
            "@id": "#a",
            "@type": "Thing",
            "name": ["plain", {"@value": "Zelle", "@language": "de"}, {"@value": None}, None],
            "date": {"@value": "2024-01-01", "@type": "xsd:date"},
            "size": {"@list": [1.50, [True, [85530]], {"@set": ["x"]}]},
            "gone": None,
            "empty": [],
            "blank": "",
        },
    )
    thing = row(reading, "Thing")
    assert thing["name"] == ["plain", "Zelle"]
    assert thing["name@language"] == ["", "de"]
    assert thing["date"] == ["2024-01-01"]
    assert thing["date@type"] == ["xsd:date"]
    assert thing["size"] == ["1.5", "true", "85530", "x"]
    assert "gone" not in thing
    assert thing["empty"] == []
    assert thing["blank"] == [""]


def test_objects_inside_are_entities_with_made_up_ids_that_hit_no_other(crate):
    reading = crate(
        {"@id": "#inline-1", "@type": "Thing"},
        {
            "@id": "#p",
            "@type": "Person",
            "affiliation": {"@type": "Organization", "name": "KIT", "parent": {"@id": "#helmholtz", "@type": "Organization"}},
            "contact": {"email": "a@b.example"},
            "nothing": {},
        },
    )
    inner, outer = rows(reading, "Organization")
    assert (inner["@id"], inner["_parent"], inner["parent"], inner["_row"]) == ("#inline-2", "#p", ["#helmholtz"], 4)
    assert (outer["@id"], outer["_parent"]) == ("#helmholtz", "#inline-2")
    assert row(reading, "Person")["affiliation"] == ["#inline-2"]
    assert [thing["@id"] for thing in rows(reading, "Thing")] == ["#inline-1", "#inline-3"]
    assert reading.problems == ()


def test_an_entity_told_twice_is_one_with_all_values(crate):
    reading = crate(
        {"@id": "#a", "@type": "Person", "name": "Ann", "email": "a@b.example"},
        {"@id": "#a", "@type": ["Person", "Agent"], "name": ["Ann", "Anna"], "telephone": "1"},
        {"@id": "./f.txt", "@type": "File"},
        {"@id": "f.txt", "@type": "File", "name": "f"},
        {"@id": "#b", "@type": "Person", "knows": {"@id": "#c", "@type": "Person", "name": "C"}},
        {"@id": "#c", "@type": "Person", "email": "c@d.example"},
        root={"hasPart": {"@id": "f.txt"}},
    )
    ann, _, other = rows(reading, "Person")
    assert ann["@type"] == ["Person", "Agent"]
    assert (ann["name"], ann["telephone"], ann["_row"]) == (["Ann", "Anna"], ["1"], 3)
    assert (other["name"], other["email"], other["_row"]) == (["C"], ["c@d.example"], 8)
    assert row(reading, "RootDataset")["hasPart"] == ["./f.txt"]
    (problem,) = reading.problems
    assert (problem.code, problem.rows, problem.count) == ("duplicate-id", (4, 6), 2)


def test_references_to_nothing_are_told_once_per_property(crate):
    reading = crate(
        {"@id": "#a", "@type": "Person", "affiliation": [{"@id": "#x"}, {"@id": "#y"}, {"@id": "https://ror.org/04t3en479"}]},
        {"@id": "#b", "@type": "Person", "affiliation": {"@id": "person://ab?hash"}, "knows": {"@id": "#a"}},
    )
    (problem,) = reading.problems
    assert (problem.code, problem.column, problem.count, problem.rows) == ("dangling-id", "affiliation", 3, (3, 3, 4))
    assert problem.found == "a reference to '#x', '#y', 'person://ab?hash'"


def test_references_in_a_circle_are_only_texts(crate):
    reading = crate(
        {"@id": "#a", "@type": "A", "x": {"@id": "#b"}}, {"@id": "#b", "@type": "B", "x": {"@id": "#a"}, "y": {"@id": "#b"}}
    )
    assert row(reading, "B")["x"] == ["#a"]
    assert reading.problems == ()


def test_property_values_know_who_they_belong_to(crate):
    reading = crate(
        {"@id": "#v", "@type": "PropertyValue", "value": 1},
        {"@id": "#w", "propertyID": "without type"},
        {"@id": "#s", "@type": "Dataset", "additionalProperty": [{"@id": "#v"}, {"@id": "#w"}]},
        {"@id": "#t", "@type": "Dataset", "weight": {"@id": "#v"}},
        {"@id": "#lonely", "@type": "PropertyValue"},
    )
    first, second, third = rows(reading, "PropertyValue")
    assert first["_subject"] == ["#s", "#t"]
    assert second["_subject"] == ["#s"]
    assert third["_subject"] is None


def test_reverse_and_inner_graphs_are_kept(crate):
    reading = crate(
        {"@id": "#a", "@type": "A", "@reverse": {"author": [{"@id": "#b"}, "#c"]}, "@index": "i"},
        {"@id": "#b", "@type": "B", "@graph": [{"@id": "#c", "@type": "C"}, "text"], "@included": {"@type": "D"}},
    )
    assert row(reading, "A") == {"@id": "#a", "@reverse:author": ["#b", "#c"], "@index": ["i"]}
    assert row(reading, "B")["@graph"] == ["text"]
    assert row(reading, "C")["_parent"] == "#b"
    assert row(reading, "D")["@id"] == "#inline-1"


def test_a_type_named_like_a_table_of_the_reader_does_not_hide_it(crate):
    reading = crate({"@id": "#a", "@type": "ArchiveMember"}, {"@id": "#b", "@type": "RootDataset"})
    assert {"RootDataset", "schema:ArchiveMember", "schema:RootDataset"} <= reading.tables.keys()


def test_a_property_named_like_a_column_of_the_reader_does_not_break_the_table(crate):
    reading = crate({"@id": "#a", "@type": "PropertyValue", "_row": 5, "_crate": "c", "_parent": "p", "_subject": "s"})
    frame = reading.tables["PropertyValue"].frame.collect()
    assert frame["_row"].to_list() == [3]
    assert frame.select("./_row", "./_crate", "./_parent", "./_subject").row(0) == (["5"], ["c"], ["p"], ["s"])


def test_a_descriptor_of_another_name_is_found(tmp_path):
    path = tmp_path / "study-ro-crate-metadata.json"
    descriptor = {**DESCRIPTOR, "@id": "study-ro-crate-metadata.json", "about": {"@id": "https://x.example/1"}}
    root = {"@id": "https://x.example/1", "@type": "Dataset", "hasPart": {"@id": "./"}}
    path.write_text(json.dumps({"@context": CONTEXT, "@graph": [{"@id": "./", "@type": "Dataset"}, root, descriptor]}))
    reading = read(path)
    assert row(reading, "RootDataset")["@id"] == "https://x.example/1"
    assert row(reading, "Descriptor")["@id"] == "study-ro-crate-metadata.json"
    assert row(reading, "Dataset")["@id"] == "./"


@pytest.mark.parametrize(
    ("graph", "root"),
    [
        ([{"@id": "./", "@type": "Dataset"}, {"@id": "d", "@type": "Dataset"}], "./"),
        ([{"@id": "a", "@type": "Dataset", "hasPart": {"@id": "b"}}, {"@id": "b", "@type": "Dataset"}], "a"),
        ([{"@id": "a", "@type": "Dataset"}, {"@id": "b", "@type": "Dataset"}], ""),
        ([], ""),
    ],
)
def test_without_descriptor_the_root_is_found_or_its_absence_told(raw, graph, root):
    reading = raw(json.dumps({"@context": CONTEXT, "@graph": graph}))
    assert reading.facts["root"] == root
    assert codes(reading) == ([] if root else ["no-root"])


# damage


@pytest.mark.parametrize("data", ["", " ", "nonsense", '{"@graph": [', "[]", '"text"', "5", "null", '{"@context": "x"}'])
def test_what_is_no_crate_is_refused_in_a_sentence(raw, data):
    with pytest.raises(SourceError, match=r"ro-crate-metadata\.json: (is|has) "):
        raw(data)


@pytest.mark.parametrize("graph", ['"text"', "5", "null", "true"])
def test_a_graph_that_is_no_list_is_refused(raw, graph):
    with pytest.raises(SourceError, match="under @graph, expected a list of entities"):
        raw(f'{{"@graph": {graph}}}')


def test_a_graph_of_one_object_is_read(raw):
    reading = raw('{"@graph": {"@id": "./", "@type": "Dataset", "name": "x"}}')
    assert row(reading, "RootDataset")["name"] == ["x"]
    assert codes(reading) == ["graph"]


def test_what_stands_outside_of_the_graph_is_not_lost(crate):
    reading = crate(name_of_crate="x", **{"@id": "urn:document"})
    assert row(reading, "Thing") == {"@id": "urn:document", "name_of_crate": ["x"]}
    assert codes(reading) == ["outside-graph"]


def test_deep_json_is_refused(raw):
    with pytest.raises(LimitError, match="nested 100,00"):
        raw('{"@graph": ' + "[" * 100_000 + "]" * 100_000 + "}")


def test_json_at_the_depth_limit_is_read(raw):
    reading = raw('{"@graph": [' + '{"x": [' * 98 + "1" + "]}" * 98 + "]}")
    assert sum(len(rows(reading, kind)) for kind in reading.tables) == 98


def test_odd_entities_and_ids_are_told_and_kept(raw):
    odd = [
        DESCRIPTOR,
        {"@id": "./", "@type": "Dataset"},
        "text",
        5,
        None,
        ["x"],
        {"@id": ["#a"], "name": "list"},
        {"@id": 7},
        {"name": "n"},
    ]
    reading = raw(json.dumps({"@context": CONTEXT, "@graph": odd}))
    things = rows(reading, "Thing")
    assert [thing["@id"] for thing in things] == [*(f"#inline-{n}" for n in range(1, 6)), "7", "#inline-6"]
    assert [thing["@value"] for thing in things[:4]] == [["text"], ["5"], None, ["x"]]
    told = {problem.code: (problem.count, problem.rows) for problem in reading.problems}
    assert told == {"not-an-entity": (4, (3, 4, 5, 6)), "bad-id": (1, (7,)), "missing-id": (1, (9,))}


def test_odd_types_are_told_and_kept(crate):
    reading = crate(
        {"@id": "#a", "@type": [5, {"x": 1}, None, "", "Person"]}, {"@id": "#b", "@type": ""}, {"@id": "#c", "@type": []}
    )
    assert "bad-type" in codes(reading)
    assert row(reading, "5")["@type"] == ["5", '{"x":1}', "Person"]
    assert [thing["@id"] for thing in rows(reading, "Thing")] == ["#b", "#c"]


def test_huge_numbers_and_half_characters_are_kept(raw):
    reading = raw(
        '{"@graph": [{"@id": "#a", "@type": "A", "n": ' + "9" * 6000 + ', "t": "\\ud800", "z": "\\u0000\\"\\\\\\n"}]}'
    )
    assert row(reading, "A")["n"] == ["9" * 6000]
    assert row(reading, "A")["t"] == ["\ufffd"]
    assert row(reading, "A")["z"] == ['\0"\\\n']
    assert "surrogate" in codes(reading)


def test_a_crate_that_is_not_utf_8_is_read_and_told(raw):
    reading = raw('{"@graph": [{"@id": "./", "@type": "Dataset", "name": "Jülich 5 µm"}]}'.encode("cp1252"))
    assert row(reading, "RootDataset")["name"] == ["Jülich 5 µm"]
    assert codes(reading) == ["encoding"]


@pytest.mark.parametrize(
    "context",
    [
        None,
        5,
        [[["https://w3id.org/ro/crate/1.1/context"]]],
        {"a": "b:x", "b": "a:y", "c": "c", "d": {"@id": "d"}, "e": 5, "f": None, "g": {"@id": None}, "@vocab": 5, "@base": 5},
        {"name": "@id"},
        {f"t{i}": f"t{i + 1}:x" for i in range(5000)},
        {f"t{i}": f"http://x.example/{i}/" for i in range(30_000)},
        {"@context": {"@context": {"@context": {}}}},
        {"name": {"@id": "schema:name", "@context": {"x": "y"}}, "@import": "https://x.example"},
        {"": "x", ":": "y", "@": "z"},
    ],
)
def test_odd_contexts_never_break_the_reading(crate, context):
    reading = crate(
        {"@id": "a:z", "@type": "b:z", "a": 1, "b": 2, "c": 3, "t0": 4, "t0:x": 5, "": 6, ":": 7, "f": 8, "g": 9},
        context=context,
    )
    assert reading.facts["root"] == "./"
    assert_well_formed(reading)


def test_contexts_nested_beyond_reason_are_told(crate):
    context = {}
    for _ in range(60):
        context = [context]
    assert codes(crate(context=context)) == ["unsupported-context"]


def test_no_context_is_ever_fetched(crate):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/context"
        reading = crate(
            {
                "@id": "#a",
                "@type": "A",
                "@context": f"{address}/nested",
                "name": "x",
                "inner": {"@context": address, "@type": "B"},
            },
            context=[CONTEXT, address],
        )
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert row(reading, "A")["name"] == ["x"]
    assert {(problem.code, problem.found, problem.severity) for problem in reading.problems} == {
        ("unknown-context", f"{address}/nested", "info"),
        ("unknown-context", address, "info"),
    }


def test_more_properties_than_columns_allowed_is_refused(raw):
    entity = {"@id": "#a", "@type": "A", **{f"p{i}": i for i in range(30)}}
    with pytest.raises(LimitError, match="A has 30 different properties, at most 20"):
        raw(json.dumps({"@graph": [entity]}), Limits(columns=20))


def test_a_larger_file_than_allowed_is_refused(raw):
    with pytest.raises(LimitError, match="more than 10 bytes"):
        raw('{"@graph": []}', Limits(file_bytes=10))


def test_a_gzipped_crate_is_read_and_a_cut_off_one_told(tmp_path):
    path = tmp_path / "x-ro-crate-metadata.json.gz"
    data = gzip.compress(json.dumps({"@graph": [{"@id": "./", "@type": "Dataset"}]}).encode())
    path.write_bytes(data)
    assert rocrate.claims(peek(Source(path, path.name)))
    assert read(path).facts["root"] == "./"
    path.write_bytes(data[:-12])
    with pytest.raises(SourceError, match="cannot be read"):
        read(path)


# archives


def zipped(path, crate=None, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        if crate is not None:
            archive.writestr("x/ro-crate-metadata.json", json.dumps(crate))
    return path


def small_crate(*entities):
    return {"@context": CONTEXT, "@graph": [DESCRIPTOR, {"@id": "./", "@type": "Dataset", "name": "x"}, *entities]}


def test_an_archive_with_a_bomb_and_bad_names_is_read_for_the_rest(tmp_path):
    members = {"x/export-elabftw.json": b" " * 30_000_000, "../evil.json": "{}", "/abs.json": "{}", "x/ok.txt": "ok"}
    path = zipped(tmp_path / "a.eln", small_crate({"@id": "ok.txt", "@type": "File"}), **members)
    reading = read(path)
    assert row(reading, "RootDataset")["name"] == ["x"]
    assert [(member["path"], member["_described"]) for member in rows(reading, "ArchiveMember")] == [
        ("x/export-elabftw.json", "false"),
        ("x/ok.txt", "true"),
        ("x/ro-crate-metadata.json", "true"),
    ]
    assert {"zip-path", "zip-bomb"} <= set(codes(reading))


def test_metadata_that_is_itself_a_bomb_is_refused(tmp_path):
    path = zipped(tmp_path / "a.eln", **{"x/ro-crate-metadata.json": b" " * 30_000_000})
    with pytest.raises(LimitError, match=r"ro-crate-metadata\.json: unpacks to more than 200 times"):
        read(path)


def test_a_broken_archive_is_refused_in_a_sentence(tmp_path):
    path = zipped(tmp_path / "a.eln", small_crate())
    path.write_bytes(path.read_bytes()[:-40])
    assert rocrate.claims(peek(Source(path, path.name)))
    with pytest.raises(SourceError, match=r"a\.eln: is not a whole zip archive"):
        read(path)
    path.write_bytes(b"")
    with pytest.raises(SourceError, match=r"a\.eln: is empty"):
        read(path)
    path.write_text("<html>not found</html>")
    with pytest.raises(SourceError, match="not a whole zip"):
        read(path)


def test_an_archive_without_crate_says_what_is_missing(tmp_path):
    path = zipped(tmp_path / "a.eln", **{"a.txt": "x", "../ro-crate-metadata.json": "{}"})
    with pytest.raises(SourceError, match=r"has no ro-crate-metadata\.json among its 1 members .*leads out of the archive"):
        read(path)


def test_a_second_crate_that_is_damaged_does_not_touch_the_first(tmp_path):
    path = zipped(tmp_path / "a.zip", small_crate(), **{"x/y/z/ro-crate-metadata.json": "{}"})
    reading = read(path)
    assert row(reading, "RootDataset")["name"] == ["x"]
    assert [(problem.code, problem.severity, problem.column) for problem in reading.problems] == [
        ("crate", "error", "x/y/z/ro-crate-metadata.json")
    ]


def test_every_crate_of_an_archive_is_read_and_their_ids_do_not_meet(tmp_path):
    first = small_crate({"@id": "a.txt", "@type": "File", "author": {"@id": "#me"}}, {"@id": "#me", "@type": "Person"})
    second = small_crate(
        {"@id": "a.txt", "@type": "File", "author": {"@id": "#me"}, "sha256": "00", "isPartOf": {"@id": "https://x.org/1"}},
        {"@id": "#me", "@type": "Person", "affiliation": {"@type": "Organization", "name": "Institute"}},
    )
    path = zipped(
        tmp_path / "a.eln", first, **{"x/run/ro-crate-metadata.json": json.dumps(second), "x/run/a.txt": "x", "x/b.txt": "y"}
    )
    reading = read(path)
    assert reading.facts["crates"] == "2"
    assert [root["@id"] for root in rows(reading, "RootDataset")] == ["./", "./run/"]
    assert [(file["@id"], file["author"]) for file in rows(reading, "File")] == [
        ("a.txt", ["#me"]),
        ("./run/a.txt", ["./run/#me"]),
    ]
    assert rows(reading, "File")[1]["isPartOf"] == ["https://x.org/1"]
    assert [person["@id"] for person in rows(reading, "Person")] == ["#me", "./run/#me"]
    assert rows(reading, "Person")[1]["affiliation"] == [row(reading, "Organization")["@id"]]
    told = {}
    for member in reading.tables["ArchiveMember"].frame.collect().to_dicts():
        told[member["path"]] = (member["_crate"], member["_described"])
    assert told["x/run/a.txt"] == ("./run/", "true")
    assert told["x/b.txt"] == ("./", "false")


@pytest.mark.parametrize(
    "value", ["[1, 2]", "nonsense", '{"extra_fields": 5}', "", '{"extra_fields": {"a": {"b": NaN}}}', "[" * 300]
)
def test_odd_elabftw_metadata_never_breaks_the_reading(crate, value):
    field = {"@id": "#m", "@type": "PropertyValue", "propertyID": "elabftw_metadata", "value": value}
    reading = crate(field, root={"variableMeasured": {"@id": "#m"}})
    assert row(reading, "PropertyValue")["value"] == [value]


def test_extra_fields_keep_everything_that_is_said_of_them(crate):
    said = {
        "elabftw": {"extra_fields_groups": [{"id": 1, "name": "Optics"}, 5, {"id": {}}]},
        "extra_fields": {
            "lens": {"type": "select", "value": ["10x", "20x"], "group_id": "1", "options": ["10x", 20.50], "required": True},
            "power": {"type": "number", "value": 1.50, "unit": "mW", "description": "at the sample"},
            "plain": "text",
            "none": {"value": None},
        },
    }
    field = {"@id": "#m", "@type": "PropertyValue", "propertyID": "elabftw_metadata", "value": json.dumps(said)}
    lens, power, plain, none = rows(crate(field, root={"variableMeasured": {"@id": "#m"}}), "ExtraField")
    assert lens["value"] == ["10x", "20x"]
    assert lens["group"] == "Optics"
    assert json.loads(lens["raw"]) == {"group_id": "1", "options": ["10x", 20.50], "required": True}
    assert (power["value"], power["unit"], power["description"], power["_entity"]) == (["1.5"], "mW", "at the sample", "./")
    assert (plain["value"], plain["raw"]) == (["text"], None)
    assert none["value"] is None


# recognition


def claimed(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return rocrate.claims(peek(Source(path, name)))


def test_crates_are_recognised_by_name_or_content(tmp_path):
    text = json.dumps(small_crate()).encode()
    assert claimed(tmp_path, "ro-crate-metadata.json", text)
    assert claimed(tmp_path, "idr0001-RO-Crate-metadata.json", text)
    assert claimed(tmp_path, "ro-crate.json", b"{}")
    assert claimed(tmp_path, "study.json", text)
    assert not claimed(tmp_path, "study.json", b'{"@graph": []}')
    assert not claimed(tmp_path, "study.json", b'{"@context": "https://w3id.org/ro/crate/1.1/context"}')
    assert not claimed(tmp_path, "table.csv", b"a,b\n1,2\n")


def test_archives_are_recognised_by_what_is_inside(tmp_path):
    assert rocrate.claims(peek(Source(zipped(tmp_path / "a.zip", small_crate()), "a.zip")))
    assert not rocrate.claims(peek(Source(zipped(tmp_path / "b.zip", **{"a.csv": "x"}), "b.zip")))
    assert not claimed(tmp_path, "c.zip", b"PK\x03\x04 broken")


@pytest.mark.parametrize(
    ("publisher", "expected"),
    [
        ({"@type": "Organization", "name": "MyLab ELN", "version": "0.3"}, ("MyLab ELN", "0.3")),
        ({"@type": "Person", "name": "Ann"}, ("", "")),
        ({"@type": "Organization", "name": "KIT", "url": "https://kadi4mat.iam.kit.edu"}, ("Kadi4Mat", "")),
        ("text", ("", "")),
    ],
)
def test_the_producer_is_named_where_it_is_known_or_says_so(raw, publisher, expected):
    descriptor = {**DESCRIPTOR, "sdPublisher": publisher}
    reading = raw(json.dumps({"@context": CONTEXT, "@graph": [descriptor, {"@id": "./", "@type": "Dataset"}]}))
    assert (reading.facts["producer"], reading.facts["producer_version"]) == expected


def test_the_same_bytes_give_the_same_tables(crate):
    entity = {"@id": "#a", "@type": "A", "x": [{"n": 1}, {"n": 2}], "y": {"n": 3}}
    first, second = crate(entity), crate(entity)
    assert first.tables.keys() == second.tables.keys()
    assert all(first.tables[kind].frame.collect().equals(second.tables[kind].frame.collect()) for kind in first.tables)
    assert first.problems == second.problems


def test_numbers_of_a_crate_are_spelt_as_in_the_source(raw):
    reading = raw('{"@graph": [{"@id": "#a", "@type": "A", "v": [1.50, 1e3, -0, "1.50", false]}]}')
    assert row(reading, "A")["v"] == ["1.50", "1e3", "-0", "1.50", "false"]
    assert safe_json.dumps(safe_json.Number("1.50")) == "1.50"


# anything at all


def dice(seed):
    return random.Random(seed)  # noqa: S311 - the same damage in every run


def test_any_damage_to_a_crate_ends_in_tables_or_in_a_sentence(tmp_path):
    chance = dice(20240518)
    path = tmp_path / "ro-crate-metadata.json"
    entity = {
        "@id": "obo:x",
        "@type": ["A"],
        "name": [{"@value": "x", "@language": "en"}, {"@list": [1.5, True]}],
        "y": {"z": None},
    }
    data = json.dumps(small_crate(entity)).encode()
    tokens = [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"null",
        b",",
        b":",
        b"\\",
        b"\xff",
        b'"@id"',
        b'"@context"',
        b'"@value"',
        b'"@reverse"',
        b"",
    ]
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.randint(0, 9)] = chance.choice(tokens)
        path.write_bytes(damaged)
        collect_or_refuse(path)


def test_any_damage_to_an_archive_ends_in_tables_or_in_a_sentence(tmp_path):
    chance = dice(20240519)
    path = zipped(
        tmp_path / "a.eln", small_crate(), **{"x/export-elabftw.json": '[{"elabid": "1", "metadata": "{}"}]', "x/b.txt": "b"}
    )
    data = path.read_bytes()
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        rocrate.claims(peek(Source(path, path.name)))
        collect_or_refuse(path)


def test_any_json_under_graph_and_context_ends_in_tables(raw):
    chance = dice(20240520)
    names = [
        "@id",
        "@type",
        "@context",
        "@graph",
        "@value",
        "@list",
        "@set",
        "@reverse",
        "@included",
        "@language",
        "@index",
        "@nest",
    ]
    names += ["name", "about", "variableMeasured", "propertyID", "conformsTo", "a:b", "", "_row", "id", "type"]
    texts = ["./", "#a", "x y", "elabftw_metadata", "", "obo:x", "@id", CONTEXT, "https://schema.org", None, True, 5, 1.5]

    def value(deep):
        if deep == 0 or (toss := chance.random()) < 0.35:
            return chance.choice(texts)
        if toss < 0.55:
            return [value(deep - 1) for _ in range(chance.randint(0, 3))]
        return {chance.choice(names): value(deep - 1) for _ in range(chance.randint(0, 5))}

    for _ in range(300):
        reading = raw(json.dumps({"@context": value(3), "@graph": [value(5) for _ in range(chance.randint(0, 6))]}))
        assert_well_formed(reading)
        assert all(str(problem) for problem in reading.problems)


def collect_or_refuse(path):
    try:
        reading = read(path)
    except SourceError as error:
        assert str(error).startswith(path.name)  # noqa: PT017 - either outcome is right
    else:
        assert_well_formed(reading)
