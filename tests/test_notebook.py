"""Readers of lab notebooks and ISA files: nothing of a made source is lost, damage is told in a sentence, real ones balance."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import json
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from kg import readers
from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers.limits import Limits
from kg.readers.notebook.rich import plain
from kg.readers.peek import Peek
from kg.table import Source

CASES = Path(__file__).parent / "cases"
LIMITS = Limits()
SHARED = (
    "eln/AI4Green/Export_workbook-2024-08-27-export.eln",
    "eln/RSpace/RSpace-2023-12-08-14-44-xml-SELECTION-c0bEtpHcnNe-HA.eln",
    "eln/elabftw_tests/4.9.0_special_chars.eln",
    "chemotion/20230629_two_cell_line_samples.zip",
    "chemotion/collection_device_descriptions.zip",
    "chemotion/collection_reaction.zip",
    "isajson/BII-S-3.json",
    "isatab/BII-I-1",
    "isatab/BII-S-3",
    "other/doc_Experiment1-298.xml",
    "other/importable-chem.csv",
    "other/importable.csv",
    "other/notebookDTO-singleRecord.json.gz",
    "other/pio-with-images.json",
)


def made(case, folder):
    script = CASES / case / "make.py"
    spec = importlib.util.spec_from_file_location("made", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, module.make(folder)


def read(path, limits=LIMITS):
    [source] = readers.discover([path])
    return readers.read(source, limits)


def written(folder, name, text):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cells(reading):
    """Return every cell of content of all tables."""
    found = []
    for table in reading.tables.values():
        frame = table.frame.collect()
        for name in frame.columns:
            if not name.startswith("_") or name == "_text":
                column = frame[name].explode() if frame.schema[name] == pl.List(pl.String) else frame[name]
                found.extend(column.drop_nulls().to_list())
    return found


def rows(reading, kind):
    return reading.tables[kind].frame.collect().to_dicts()


def leaves(value):
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None else [json.dumps(value) if isinstance(value, bool) else str(value)]


# Chemotion


def test_every_value_of_a_chemotion_export_is_a_cell(tmp_path):
    module, path = made("chemotion/one-collection", tmp_path)
    reading = read(path)
    assert reading.reader == "chemotion"
    formatted = module.EXPORT["Reaction"][module.key(40)].pop("description")
    said = cells(reading)
    assert set(leaves(module.EXPORT)) <= set(said)
    assert json.dumps(formatted, separators=(",", ":"), ensure_ascii=False) in said


def test_the_tables_of_chemotion_are_keyed_by_uuid_and_texts_have_their_words(tmp_path):
    module, path = made("chemotion/one-collection", tmp_path)
    reading = read(path)
    [reaction] = rows(reading, "Reaction")
    assert (reaction["_key"], reaction["_plain.description"]) == (module.key(40), "Stir well")
    assert [member["_identifier"] for member in rows(reading, "ArchiveMember")][2] == module.key(61)


@pytest.mark.parametrize(
    ("text", "words"), [("[1]", "no object with a table under each name"), ("{", "is not JSON"), ("", "is empty")]
)
def test_a_chemotion_export_without_tables_is_refused_in_a_sentence(tmp_path, text, words):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.json", text)
        archive.writestr("schema.json", "{}")
    with pytest.raises(SourceError, match=words):
        read(path)


def test_a_truncated_chemotion_archive_is_refused_with_its_name(tmp_path):
    _, path = made("chemotion/one-collection", tmp_path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(SourceError, match=r"dyes\.zip"):
        readers.reader_for(Source(path, "dyes.zip", reader="chemotion")).read(Source(path, "dyes.zip"), LIMITS)


def test_an_export_that_is_packed_too_tightly_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.json", '{"Sample": {"a": {"name": "' + " " * 5_000_000 + '"}}}')
        archive.writestr("schema.json", "{}")
    with pytest.raises(LimitError, match="unpacks to more than"):
        read(path)


def test_zip_archives_of_others_are_not_claimed_for_chemotion(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.json", "{}")
    assert readers.peek(Source(path, "a.zip")).head.startswith(b"PK")
    assert not readers.reader_for(Source(path, "a.zip", reader="chemotion")).claims(readers.peek(Source(path, "a.zip")))


# ISA


def test_every_cell_of_an_isa_investigation_is_in_its_tables(tmp_path):
    module, path = made("isa/imaging", tmp_path)
    reading = read(path)
    assert reading.facts["files"] == "i_leaf.txt, s_leaf.txt, a_leaf_imaging.txt"
    said = set(cells(reading))
    told = {cell for keys in module.SECTIONS.values() for values in keys.values() for cell in values if cell}
    told |= {cell for table in (module.STUDY, module.ASSAY) for row in table[1:] for cell in row if cell}
    assert told <= said
    assert {row["Category"] for row in rows(reading, "Attribute")} >= {"organism", "shade", "numerical aperture", "Date"}


def test_the_investigation_takes_its_tables_with_it_and_a_lost_one_is_told(tmp_path):
    _, path = made("isa/imaging", tmp_path)
    [source] = readers.discover([tmp_path])
    assert (source.path, [part.name for part in source.parts]) == (path, ["s_leaf.txt", "a_leaf_imaging.txt"])
    problems = {problem.code: problem.found for problem in read(path).problems}
    assert problems["missing-file"] == "no 'a_lost.txt' in the folder"
    assert problems["surplus"] == "1 rows with cells behind the header"


def test_units_and_terms_belong_to_the_column_before_them(tmp_path):
    _, path = made("isa/imaging", tmp_path)
    attributes = {(row["_node"], row["Category"]): row for row in rows(read(path), "Attribute")}
    shade = attributes["Sample Name: leaf 1", "shade"]
    assert (shade["Value"], shade["Unit"], shade["Unit Term Source REF"]) == ("50", "percent", "UO")
    organism = attributes["Source Name: plant 1", "organism"]
    assert (organism["Term Source REF"], organism["Unit"]) == ("NCBITaxon", None)
    assert attributes["Source Name: plant 1", "age"]["Unit"] == "week"


def test_a_node_has_one_row_per_file_and_knows_where_it_comes_from(tmp_path):
    _, path = made("isa/imaging", tmp_path)
    reading = read(path)
    assert [(row["_file"], row["Name"]) for row in rows(reading, "Material")] == [
        ("s_leaf.txt", "plant 1"), ("s_leaf.txt", "leaf 1"), ("s_leaf.txt", "leaf 2"),
        ("a_leaf_imaging.txt", "leaf 1"), ("a_leaf_imaging.txt", "leaf 2"),
    ]  # fmt: skip
    data = rows(reading, "Data")[0]
    assert data["_sources"] == ["Source Name: plant 1"]  # of the study file
    assert data["_samples"] == ["Sample Name: leaf 1"]
    assert data["_protocols"] == ["imaging"]


@pytest.mark.parametrize("name", ["s_leaf.txt", "a_leaf_imaging.txt"])
def test_a_study_or_assay_file_alone_still_reads(tmp_path, name):
    made("isa/imaging", tmp_path)
    path = tmp_path / "alone" / name
    path.parent.mkdir()
    (tmp_path / name).rename(path)
    [seen] = Pipeline(Settings(version="test")).inspect(path)
    assert seen.mapping == "isa"
    assert "Specimen" in seen.trig


def test_a_damaged_assay_file_does_not_touch_the_others(tmp_path):
    _, path = made("isa/imaging", tmp_path)
    (tmp_path / "a_leaf_imaging.txt").write_bytes(b"Sample Name\tProtocol REF\n\0\0\0")
    reading = read(path)
    assert ("part", "a_leaf_imaging.txt", "error") in {(p.code, p.column, p.severity) for p in reading.problems}
    assert len(rows(reading, "Material")) == 3
    (tmp_path / "a_leaf_imaging.txt").write_text("nothing of the kind")
    assert any(p.code == "part" and "no header" in p.found for p in read(path).problems)


@pytest.mark.parametrize("text", ["INVESTIGATION\nSTUDY\n", "ONTOLOGY SOURCE REFERENCE\nINVESTIGATION\n\t\t\nx\ty\n"])
def test_an_investigation_that_says_nothing_is_read(tmp_path, text):
    assert read(written(tmp_path, "i_a.txt", text)).reader == "isa_tab"


def test_idr_study_files_stay_with_their_own_reader(shared):
    path = shared / "data" / "inputs" / "idr" / "idr0012" / "idr0012-study.txt"
    if not path.exists():
        pytest.skip("idr0012 is not in ../shared")
    assert readers.reader_for(Source(path, path.name)).NAME == "idr_study"


def test_a_table_with_sample_names_of_another_kind_is_not_claimed_for_isa(tmp_path):
    path = written(tmp_path, "a_counts.txt", "Sample Name\tcount\nx\t3\n")
    assert readers.reader_for(Source(path, path.name)).NAME == "delimited"


def test_isa_files_with_more_nodes_than_any_path_has_are_refused(tmp_path):
    header = "\t".join(["Source Name", *["Protocol REF"] * 600])
    with pytest.raises(LimitError, match="601 columns that name nodes"):
        read(written(tmp_path, "s_a.txt", f"{header}\nx\n"))


def test_isa_files_with_too_long_cells_are_refused(tmp_path):
    path = written(tmp_path, "s_a.txt", "Source Name\tProtocol REF\n" + "x" * 2000 + "\ty\n")
    with pytest.raises(LimitError, match="cannot be split into cells"):
        read(path, Limits(cell_bytes=1000))


# RSpace, protocols.io, Fieldmark, eLabFTW


def test_fields_of_an_rspace_form_are_custom_fields_and_texts_are_not():
    reading = read(CASES / "eln" / "rspace-xml" / "input.xml")
    fields = {row["key"]: (row["type"], row["value"]) for row in rows(reading, "ExtraField")}
    assert fields["Stains"] == ("CHOICE", ["DAPI", "GFP"])
    assert fields["Exposure time [ms]"] == ("NUMBER", ["25"])
    [text] = rows(reading, "Rspace:text")
    assert (text["fieldName"], text["_plain.fieldData"]) == ("Objective", "See the leaf cells.")
    assert rows(reading, "Rspace:archivalDocument")[0]["_body"] == "Objective\nSee the leaf cells."


@pytest.mark.parametrize("text", ["<archivalDocument docId='1'><name>", "<archivalDocument", "<archivalDocument/>x"])
def test_broken_xml_of_rspace_is_refused_with_its_name(tmp_path, text):
    path = written(tmp_path, "doc_1.xml", text)
    with pytest.raises(SourceError, match=r"doc_1\.xml"):
        readers.reader_for(Source(path, path.name, reader="rspace_xml")).read(Source(path, path.name), LIMITS)


def test_documents_that_say_a_thing_once_and_several_times_come_into_one_table(tmp_path):
    _, path = made("eln/side-files", tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        tags = "<archivalDocument docId='4'><name>Fern</name><tag>a</tag><tag>b</tag></archivalDocument>"
        archive.writestr("s/R-1/R-1.xml", tags)
        archive.writestr("s/doc_5/doc_5.xml", "<archivalDocument docId='5'><tag>c</tag></archivalDocument>")
    documents = rows(read(path), "Rspace:archivalDocument")
    assert [(row["_entity"], row["tag"]) for row in documents] == [
        ("./doc_Moss-3", None),
        ("./R-1/", ["a", "b"]),
        ("5", ["c"]),
    ]


def test_a_broken_document_beside_a_crate_is_told_and_the_rest_is_read(tmp_path):
    _, path = made("eln/side-files", tmp_path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["s/doc_Moss-3/doc_Moss-3.xml"] = b"<archivalDocument docId='3'><name>Mo"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    reading = read(path)
    assert [(problem.code, problem.column) for problem in reading.problems] == [("embedded-xml", "s/doc_Moss-3/doc_Moss-3.xml")]
    assert rows(reading, "AI4Green:reactants")[0]["_entity"] == "./R-1/"


def test_steps_of_protocols_io_stand_in_the_order_of_their_chain():
    reading = read(CASES / "protocols-io" / "staining" / "input.json")
    assert [(row["id"], row["_position"], row["_body"]) for row in rows(reading, "steps")] == [
        ("2", "2", "Wash."),
        ("1", "1", "Add dye."),
    ]
    root = rows(reading, "root")[0]
    assert root["_plain.description"] == "For thin leaves.\nWorks well."
    assert root["description"].startswith('{"blocks"')
    assert json.loads(root["before_start"])["blocks"][0]["text"] == root["_plain.before_start"] == "Cool the buffer."


@pytest.mark.parametrize("previous", [[1, 2], [2, 1], [9, 9], [None, None]])
def test_steps_whose_chain_is_broken_stand_as_they_come(tmp_path, previous):
    steps = [{"id": place, "previous_id": before} for place, before in enumerate(previous, start=1)]
    value = {"title": "a", "title_html": "a", "version_id": 1, "doi_status": 1, "steps": steps}
    reading = read(written(tmp_path, "p.json", json.dumps(value)))
    assert [row["_position"] for row in rows(reading, "steps")] == ["1", "2"]


def test_photographs_of_fieldmark_are_words_about_them(tmp_path):
    module, path = made("fieldmark/two-records", tmp_path)
    reading = read(path)
    fields = {row["_key"]: row for row in rows(reading, "fields")}
    assert fields["Photo"]["fieldValue"] == "(2,406 bytes of image/jpeg, not kept)"
    assert (fields["Photo"]["fieldValue.media_type"], fields["Photo"]["fieldValue.bytes"]) == ("image/jpeg", "2406")
    module.NOTEBOOK["records"]["rec-1"]["fields"]["Photo"].pop("fieldValue")
    assert set(leaves(module.NOTEBOOK)) <= set(cells(reading))


def test_a_long_number_or_text_of_a_notebook_is_no_photograph(tmp_path):
    fields = {"a": {"fieldValue": "x y" * 1000}, "b": {"fieldValue": "z" * 200}}
    value = {"records": {"r": {"recordId": "r", "fields": fields}}}
    reading = read(written(tmp_path, "n.json", json.dumps(value)))
    assert [row["fieldValue"] for row in rows(reading, "fields")] == ["x y" * 1000, "z" * 200]
    assert base64.b64decode("eg==") == b"z"


@pytest.mark.parametrize("name", ["p.json", "n.json.gz"])
def test_a_cut_off_json_of_a_notebook_is_refused_with_its_name(tmp_path, name):
    text = '{"title": "a", "title_html": "a", "version_id": 1, "doi_status": 1, "records": {"fields": {"fieldValue": '
    path = written(tmp_path, name, gzip.compress(text.encode()) if name.endswith("gz") else text)
    with pytest.raises(SourceError, match="is not JSON"):
        read(path)


def test_every_cell_of_a_table_of_elabftw_is_kept_and_its_custom_fields_are_rows(tmp_path):
    reading = read(CASES / "eln" / "elabftw-csv" / "input.csv")
    said = cells(reading)
    assert {"Staining", "<p>Two\nlines</p>", "Arabidopsis thaliana", "CCO", "not json"} <= set(said)
    fields = {row["key"]: row for row in rows(reading, "ExtraField")}
    assert (fields["Exposure time"]["value"], fields["Exposure time"]["unit"], fields["Exposure time"]["group"]) == (
        "25",
        "ms",
        "Optics",
    )
    assert [(problem.code, problem.rows) for problem in reading.problems] == [("embedded-json", (3,))]
    ragged = "title,elabid,metadata,body,title\na,b,,c,d,e\n"
    assert {"d", "e"} <= set(cells(read(written(tmp_path, "x.csv", ragged))))


@pytest.mark.parametrize(
    ("header", "claimed"),
    [
        ("title,date,body,metadata", True),
        ("Title;elabid;category_title;rating", True),
        ("title,cas,molecularformula", True),
        ("title,date,tags,author", False),
        ("elabid,metadata,body,rating", False),
        ("title\tmetadata", False),
        ("a\rtitle,body\rmetadata,elabid", False),
        ('"title","body","elabid\n","metadata"', False),
    ],
)
def test_tables_of_elabftw_are_known_by_columns_that_only_they_have(tmp_path, header, claimed):
    head = f"{header}\n1,2,3,4\n".encode()
    path = written(tmp_path, "a.csv", head)
    reader = readers.reader_for(Source(path, "a.csv", reader="elabftw_csv"))
    assert reader.claims(Peek(Source(path, "a.csv"), "a.csv", head)) is claimed


def test_tables_of_elabftw_with_odd_line_ends_are_read(tmp_path):
    def read_table(name, text):
        source = Source(written(tmp_path, name, text), name, reader="elabftw_csv")
        return readers.reader_for(source).read(source, LIMITS)

    reading = read_table("a.csv", "title,body,metadata,elabid\ra,b,{},c\r")
    assert rows(reading, "ElabftwExport")[0]["title"] == "a"
    assert {"a", "b", "c", "d"} <= set(cells(read_table("b.csv", "title,body,metadata,elabid\na,b\rc,d\n")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b |"),
        ("<style>p {}</style><p>a<br>b</p><script>1</script>", "a\nb"),
        ('{"ops":[{"insert":"a"},{"insert":{"image":"x"}},{"insert":"b\\n"}]}', "ab"),
        ('{"blocks": 5}', ""),
        ('{"blocks": [', None),
        ("2 < 3 and 4 > 3", None),
        ("<" * 10_000, None),
        ("<p" * 10_000, None),
    ],
)
def test_rich_text_becomes_its_words(text, words):
    assert plain(text, LIMITS) == words


# Real sources


@pytest.mark.parametrize("name", SHARED)
def test_every_filled_cell_of_a_real_source_is_mapped_kept_or_missing(shared, name):
    for seen in Pipeline(Settings(version="test")).inspect(shared / "data" / "inputs" / "eln" / name):
        assert seen.mapping is not None
        assert [
            column
            for column in seen.columns
            if column.filled != column.mapped + column.custom + column.missing + column.withheld
        ] == []
        assert [problem for problem in seen.problems if problem.severity == "error"] == []


def test_the_gold_standard_of_pasta_says_what_its_gold_graph_says(shared):
    folder = shared / "data" / "inputs" / "eln" / "eln" / "PASTA"
    said = set(cells(read(folder / "goldStandard.eln")))
    gold = json.loads((folder / "goldStandard.json").read_text(encoding="utf-8"))
    assert set(leaves(without_ids(gold))) <= said


def without_ids(value):
    """Return what a graph says in words: ids are other ones in a crate, types are its tables."""
    if isinstance(value, dict):
        return {name: without_ids(item) for name, item in value.items() if name[0] != "@"}
    return [without_ids(item) for item in value] if isinstance(value, list) else value


def test_people_are_left_out_where_a_run_is_told_to(tmp_path):
    _, path = made("isa/imaging", tmp_path)
    [seen] = Pipeline(Settings(version="test", persons="none")).inspect(path)
    assert not {"Lea Leaf", "Lea M Leaf", "Sam", "lea@example.org", "Bea"} & set(re.findall(r'"([^"]*)"', seen.trig))
    assert "person" not in seen.trig
    assert "0000-0002-1825-0097" not in seen.trig
    [notebook] = Pipeline(Settings(version="test", persons="none")).inspect(CASES / "eln" / "rspace-xml" / "input.xml")
    assert "nils" not in notebook.trig
