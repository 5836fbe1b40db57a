"""People in sources: who is kept by default, what is left out everywhere, and that nothing of it shows anywhere."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import polars as pl
import pydicom
import pytest
import tifffile
from pydicom.uid import ExplicitVRLittleEndian
from test_mapping import Mapping, custom, mapping, run, values

from kg.cli.main import main
from kg.mapping.people import People, says_who
from kg.pipeline.guarding import PersonGuard
from kg.quality.persons import found_folders, found_subjects, found_user_paths, without_mails
from kg.schema import load_schema
from kg.store import Store, canonical_lines

PERSON = {
    "name": "person",
    "class": "Person",
    "table": "people",
    "id": "person/{Name}",
    "key": "Name",
    "slots": {"name": "Name"},
}
STUDY = {"name": "study", "class": "Study", "id": "study/{Id}", "main": True}
SHOT = {"name": "shot", "class": "ImageAcquisition", "id": "shot/{Id}", "main": True}
GUARD = PersonGuard()


def people(*records, persons="authors", **rest):
    return People(Mapping.model_validate(mapping(*records, **rest)), load_schema(), persons)


def test_a_person_whom_a_crediting_slot_names_is_kept_and_an_operator_is_not():
    tables = {"rows": [{"Id": "1", "Who": "Ada"}], "people": [{"Name": "Ada"}]}
    author = mapping(PERSON, {**STUDY, "slots": {"author": {"record": "person", "key": "Who"}}})
    own, claims, _ = run(author, tables, persons="authors", guard=GUARD)
    assert values(own | claims, "Person", "name") == ["Ada"]
    operator = mapping(PERSON, {**SHOT, "slots": {"operator": {"record": "person", "key": "Who"}}})
    own, claims, tally = run(operator, tables, persons="authors", guard=GUARD)
    assert "Ada" not in str(own | claims)
    assert {c.column: c.withheld for c in tally.columns()} == {"Id": 0, "Who": 1, "Name": 1}
    own, claims, _ = run(operator, tables, persons="all")
    assert values(own | claims, "Person", "name") == ["Ada"]


def test_whose_people_a_record_gives_can_be_said_in_the_mapping():
    assert people(PERSON).hides("person")
    assert not people({**PERSON, "credited": True}).hides("person")
    credit = {**STUDY, "slots": {"author": {"record": "person", "key": "Who"}}}
    assert not people(PERSON, credit).hides("person")
    assert people({**PERSON, "credited": False}, credit).hides("person")
    assert people(PERSON, credit, persons="none").hides("person")


def test_an_inverse_and_an_equal_id_credit_as_well():
    back = {**PERSON, "inverse": [{"record": "study", "slot": "contact", "key": "Of"}]}
    assert not people(back, {**STUDY, "key": "Id"}).hides("person")
    made = {**STUDY, "table": "people", "slots": {"author": {"column": "Name", "template": "person/{}"}}}
    assert not people(PERSON, made).hides("person")


def test_nothing_of_the_row_of_a_person_who_is_left_out_is_kept():
    tables = {"people": [{"Name": "Ada", "Phone": "12 34 56", "Room": "B7"}]}
    own, claims, tally = run(mapping({**PERSON, "main": True}), tables, persons="authors")
    assert not own | claims
    assert all(c.withheld == c.filled == 1 for c in tally.columns())


def test_a_record_that_is_linked_from_a_person_left_out_does_not_name_the_person():
    lab = {"name": "lab", "class": "Organization", "table": "people", "id": "lab/{Lab}", "slots": {"name": "Lab"}}
    lab["inverse"] = [{"record": "person", "slot": "affiliation"}]
    own, claims, _ = run(mapping(PERSON, lab), {"people": [{"Name": "Ada", "Lab": "B7"}]}, persons="authors")
    assert "B7" in str(own | claims)
    assert "Ada" not in str(own | claims)


def test_columns_that_a_mapping_withholds_are_not_in_the_custom_layer():
    spec = mapping({**SHOT, "slots": {"name": "Id"}}, withhold=["~Tech.*", "rows.Bench"])
    tables = {"rows": [{"Id": "1", "Technician": "Bo", "Bench": "Cy", "Rows": "x", "Info.UserName": "Di", "Tags": ["a"]}]}
    own, claims, tally = run(spec, tables, persons="authors")
    assert custom(own | claims) == [("Rows", "x"), ("Tags", "a")]
    assert {c.column for c in tally.columns() if c.withheld} == {"Technician", "Bench", "Info.UserName"}
    own, claims, _ = run(spec, tables, persons="all")
    assert len(custom(own | claims)) == 5


@pytest.mark.parametrize(
    "name", ["UserName", "Info.Operator", "HostComputer", "created_by", "E-mail", "ComputerName", "Session.User"]
)
def test_the_name_of_a_column_tells_that_it_is_about_people(name):
    assert says_who(name)


@pytest.mark.parametrize(
    "name", ["Name", "User.Date", "Gene", "Channel Name", "UserSettingName", "Author count", "Host", "Creator"]
)
def test_other_columns_are_not_about_people(name):
    assert not says_who(name)


def test_the_name_of_a_user_is_taken_out_of_paths_and_mails_out_of_custom_cells():
    rows = [{"Id": "1", "Path": r"C:\Users\jdoe\a.czi", "Note": "ask jane@lab.org", "More": ["/home/jdoe/b.tif", "c"]}]
    own, claims, tally = run(mapping({**SHOT, "slots": {"name": "Path"}}), {"rows": rows}, persons="authors", guard=GUARD)
    assert values(own | claims, "ImageAcquisition", "name") == [r"C:\Users\...\a.czi"]
    assert "jdoe" not in str(own | claims)
    assert "jane" not in str(own | claims)
    told = {(p.code, p.column, p.severity, p.count) for p in tally.problems()}
    assert told == {("user-path", "Path", "info", 1), ("user-path", "More", "info", 1), ("e-mail", "Note", "info", 1)}
    own, claims, _ = run(mapping(SHOT), {"rows": rows}, persons="all", guard=GUARD)
    assert "jdoe" in str(own | claims)


PATHS = [
    (r"D:\Users\jane doe\x.lif", r"D:\Users\...\x.lif"),
    ("C:/Documents and Settings/jane/x", "C:/Documents and Settings/.../x"),
    (r"\\server\users\jane\x", r"\\server\users\...\x"),
    ("/Users/jane", "/Users/..."),
    ("file:///home/jane/x", "file:///home/.../x"),
    ("saved in /home/jane/x today", "saved in /home/.../x today"),
    ("https://example.org/home/jane", "https://example.org/home/jane"),
    (r"E:\data\plate 7\A01.tif", r"E:\data\plate 7\A01.tif"),
    ("nursing homes/users", "nursing homes/users"),
]


@pytest.mark.parametrize(("text", "left"), PATHS)
def test_paths_lose_the_name_of_the_user_and_nothing_else(text, left):
    found = found_user_paths(pl.DataFrame({"c": [text]}))
    assert (found[0].values[0] if found else text) == left


FOLDERS = [
    (r"W:\Andrews, Laura\plate 1\a.czi", r"W:\...\plate 1\a.czi"),
    (r"D:\User data\Julia\b.czi", r"D:\User data\...\b.czi"),
    (r"\\nas\staff\kim\c.lif", r"\\nas\staff\...\c.lif"),
    ("/data/people/kim/c.lif", "/data/people/.../c.lif"),
    (r"D:\DAPI, GFP\a.tif", r"D:\DAPI, GFP\a.tif"),
    (r"D:\Homework\a\a.tif", r"D:\Homework\a\a.tif"),
    ("https://example.org/people/kim/x", "https://example.org/people/kim/x"),
]


@pytest.mark.parametrize(("text", "left"), FOLDERS)
def test_folders_named_like_a_person_are_masked(text, left):
    found = found_folders(pl.DataFrame({"c": [text]}))
    assert (found[0].values[0] if found else text) == left


@pytest.mark.parametrize(("persons", "kept"), [("authors", True), ("none", False), ("all", True)])
def test_folders_named_like_a_person_are_masked_in_the_custom_layer_and_everywhere_where_nobody_is_kept(persons, kept):
    rows = [{"Id": "1", "Path": r"W:\Andrews, Laura\a.czi", "Other": r"D:\User data\Julia\b.czi"}]
    own, claims, tally = run(mapping({**SHOT, "slots": {"name": "Path"}}), {"rows": rows}, persons=persons, guard=GUARD)
    assert ("Laura" in str(own | claims)) == kept
    assert ("Julia" in str(own | claims)) == (persons == "all")
    assert {p.code for p in tally.problems()} == (set() if persons == "all" else {"user-path"})


def test_an_address_in_prose_is_masked_and_that_of_a_credited_person_stays():
    said = {"author": {"record": "person", "key": "Who"}, "description": "Note", "comment": {"template": "says {Note}"}}
    credit = {**STUDY, "slots": said}
    person = {**PERSON, "slots": {"name": "Name", "email": "Mail"}}
    rows = [{"Id": "1", "Note": "ask jane@lab.org", "Who": "Ada"}]
    tables = {"rows": rows, "people": [{"Name": "Ada", "Mail": "ada@lab.org"}]}
    own, claims, tally = run(mapping(person, credit), tables, persons="authors", guard=GUARD)
    assert values(own | claims, "Study", "description") == ["ask ..."]
    assert "jane" not in str(own | claims)
    assert values(own | claims, "Person", "email") == ["ada@lab.org"]
    assert {p.code for p in tally.problems()} == {"e-mail"}


PAIR = {
    "name": "pair", "class": "ExtraField", "id": "pair/{Key}", "main": True,
    "slots": {"field_name": "Key", "field_value": "Value", "description": {"template": "{Key}: {Value}"}},
}  # fmt: skip


@pytest.mark.parametrize("value", ["Quist Ferrum", ["Quist Ferrum", "B"]])
def test_the_value_of_a_row_whose_key_says_who_is_left_out(value):
    rows = [{"Key": "operator", "Value": value}, {"Key": "stain", "Value": ["DAPI"] if isinstance(value, list) else "DAPI"}]
    own, claims, tally = run(mapping(PAIR), {"rows": rows}, persons="authors", guard=GUARD)
    assert values(own | claims, "ExtraField", "field_name") == ["operator", "stain"]
    assert values(own | claims, "ExtraField", "field_value") == ["DAPI"]
    assert "Quist" not in str(own | claims)
    [count] = [c for c in tally.columns() if c.column == "Value"]
    assert (count.mapped, count.custom, count.withheld) == (1, 0, len(value) if isinstance(value, list) else 1)
    own, claims, _ = run(mapping(PAIR), {"rows": rows}, persons="all", guard=GUARD)
    assert "Quist" in str(own)


def test_the_value_of_a_row_whose_key_is_about_a_human_subject_is_left_out_with_a_problem():
    own, claims, tally = run(
        mapping(PAIR), {"rows": [{"Key": "Patient ID", "Value": "PID-77"}]}, persons="authors", guard=GUARD
    )
    assert "PID-77" not in str(own | claims)
    assert [(p.code, p.column, p.rows) for p in tally.problems()] == [("human-subject", "Value", (2,))]


def test_the_value_of_a_row_that_says_more_about_a_credited_person_is_kept():
    more = {**PAIR, "table": "pairs", "inverse": [{"record": "person", "slot": "extra_fields", "key": "Of"}]}
    credit = {**STUDY, "slots": {"author": {"record": "person", "key": "Who"}}}
    pairs = [{"Key": "ORCID", "Value": "0000-0002-1825-0097", "Of": "Ada"}, {"Key": "ORCID", "Value": "0000-0001", "Of": "Bo"}]
    tables = {"rows": [{"Id": "1", "Who": "Ada"}], "people": [{"Name": "Ada"}], "pairs": pairs}
    own, claims, _ = run(mapping(PERSON, credit, more), tables, persons="authors", guard=GUARD)
    assert values(own | claims, "ExtraField", "field_value") == ["0000-0002-1825-0097"]


PATIENTS = [
    "Patient: Max Mustermann", "Patient name: Erika Muster", "Patientin: Erika Muster", "MRN 0012345", "MRN: AB-123456",
    "medical record number 8812345", "NHS no. 943 476 5919", "943 476 5919", "SSN 123-45-6789", "born 12.03.1961", "DOB: 1961-03-12",
    "Geburtsdatum: 12.03.1961", "tissue of John, DOB 3/12/61, fixed",
]  # fmt: skip
NOBODY = [
    "patient derived xenograft", "Patient: 17", "TP53", "BRCA1-AS1", "10.17867/10000123", "10.1038/s41586-020-2649-2", "2021-03-04", "NHS 943 476 5918",
    "mouse, DOB 12.03.2020", "plate 123-45-6789-1", "/data/patient_07/well_A01.tif", "MRN complex", "the patients gave consent", "50-78-2",
    "P12345678", "birth weight 3.2 kg", "GM12878", "born in 2019", "000-12-3456", "+44 943 476 5919",
]  # fmt: skip


@pytest.mark.parametrize("text", PATIENTS)
def test_what_identifies_a_patient_is_found_in_free_text(text):
    [found] = found_subjects(pl.DataFrame({"Note": ["a", text]}))
    assert (found.rows.to_list(), found.values.to_list()) == ([False, True], ["a", None])


@pytest.mark.parametrize("text", NOBODY)
def test_what_looks_alike_is_no_patient(text):
    assert not found_subjects(pl.DataFrame({"Note": [text]}))


@pytest.mark.parametrize(
    "header",
    [
        "PatientName",
        "Patient Name",
        "root.PatientID",
        "MRN",
        "NHS number",
        "Patient's birth date",
        "LabelText",
        "patient ID",
        "patient_id",
        "Comment [Patient ID]",
        "PatientComments",
        "AdditionalPatientHistory",
    ],
)
def test_a_header_tells_that_a_column_is_about_a_human_subject(header):
    [found] = found_subjects(pl.DataFrame({header: ["Doe", "ANONYMOUS", None, ""]}))
    assert found.rows.to_list() == [True, False, False, False]


def test_dates_of_birth_are_of_people_unless_the_table_is_about_animals():
    assert found_subjects(pl.DataFrame({"Date of birth": ["1961-03-12"], "Sample": ["a"]}))
    assert not found_subjects(pl.DataFrame({"Date of birth": ["2021-03-12"], "Strain": ["C57BL/6"]}))


def test_a_human_subject_is_told_with_its_rows_and_left_out_even_where_a_rule_takes_it():
    rows = [{"Id": "1", "Note": "fine"}, {"Id": "2", "Note": "Patient: Max Mustermann"}]
    own, claims, tally = run(
        mapping({**SHOT, "slots": {"description": "Note"}}), {"rows": rows}, persons="authors", guard=GUARD
    )
    [problem] = tally.problems()
    assert (problem.code, problem.column, problem.rows, problem.severity) == ("human-subject", "Note", (3,), "warning")
    assert "Mustermann" not in str(own | claims) + str(problem)
    [note] = [c for c in tally.columns() if c.column == "Note"]
    assert (note.filled, note.mapped, note.withheld, note.missing) == (2, 1, 1, 0)
    own, _, tally = run(mapping({**SHOT, "slots": {"description": "Note"}}), {"rows": rows}, persons="all", guard=GUARD)
    assert [p.severity for p in tally.problems()] == ["error"]
    assert "Mustermann" in str(own)


def test_texts_with_an_at_sign_that_are_no_address_stay():
    assert without_mails(pl.Series("c", ["icon@2x.png", "git@github.com:x/y", "a @ b", "npm@1.2.3"])) is None


SEEDS = {
    "csv": ["Opal Quimby", "opal.quimby@seed.example", "oquimby", "Vito Zabriskie", "7781234", "1957-02-11"],
    "json": ["rwithers", "Zelda Ourson", "r.withers@seed.example"],
    "dcm": ["Nachtigall", "PID-55512", "19490707", "Grauwolf", "Weissdorn"],
    "tif": ["Tamsin Vole", "RIG-VOLE"],
    "xml": ["Edda Krummholz", "krummholz", "edda@seed.example"],
    "eln": ["Bertil Lagom", "Quist Ferrum"],
}


def seeded(folder: Path) -> Path:
    folder.mkdir()
    (folder / "idr0009-screenA-annotation.csv").write_text(
        "Plate,Well,Gene Symbol,Operator,Email,File,Remark\n"
        "P1,A1,TP53,Opal Quimby,opal.quimby@seed.example,C:\\Users\\oquimby\\a.tif,Patient: Vito Zabriskie\n"
        "P1,A2,MYC,,,/home/oquimby/b.tif,MRN 7781234 DOB 1957-02-11\n"
    )
    (folder / "run.json").write_text(
        json.dumps(
            {
                "@context": "https://schema.org/",
                "@type": "Dataset",
                "name": "run 7",
                "user_name": "rwithers",
                "place": "/Users/rwithers/x",
                "note": "Patient name: Zelda Ourson",
                "remark": "ask r.withers@seed.example",
            }
        )
    )
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.6"
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = "1.2.3.4.5"
    data.PatientName, data.PatientID, data.PatientBirthDate = "Nachtigall^Ute", "PID-55512", "19490707"
    data.OperatorsName, data.ReferringPhysicianName, data.Modality = "Grauwolf^Jo", "Weissdorn^Al", "SM"
    data.save_as(folder / "slide.dcm", enforce_file_format=True)
    tifffile.imwrite(
        folder / "gel.tif", pl.DataFrame({"a": [0, 0]}).to_numpy().astype("uint8"),
        extratags=[(315, "s", 0, "Tamsin Vole", True), (316, "s", 0, "RIG-VOLE", True)],
    )  # fmt: skip
    (folder / "image.ome.xml").write_text(
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Experimenter ID="Experimenter:0" FirstName="Edda" LastName="Krummholz"'
        ' UserName="krummholz" Email="edda@seed.example"/><Image ID="Image:0" Name="i"><Description>taken by Edda Krummholz, edda@seed.example'
        '</Description><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="1" SizeY="1" SizeZ="1" SizeC="1" SizeT="1"/>'
        "</Image></OME>".replace("taken by Edda Krummholz, edda@seed.example", "cells")
    )
    crate = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": "e", "hasPart": [{"@id": "./a/"}]},
        {"@id": "./a/", "@type": "Dataset", "name": "x", "text": "Patient: Bertil Lagom", "operator": "Quist Ferrum"},
    ]}  # fmt: skip
    with zipfile.ZipFile(folder / "book.eln", "w") as archive:
        archive.writestr("book/ro-crate-metadata.json", json.dumps(crate))
    assert struct.unpack("<H", (folder / "gel.tif").read_bytes()[2:4]) == (42,)
    return folder


@pytest.mark.parametrize("options", [[], ["--no-persons"]], ids=["default", "no-persons"])
def test_nothing_of_seeded_people_is_anywhere_in_store_reports_or_output(options, tmp_path, capfd):
    folder = seeded(tmp_path / "in")
    reports = [tmp_path / "r.html", tmp_path / "r.json"]
    told = [word for report in reports for word in ("--report", str(report))]
    assert main(["harmonize", str(folder), "--store", str(tmp_path / "store"), *told, *options]) == 0
    assert main(["inspect", str(folder), *options]) == 0
    assert main(["inspect", "--json", str(folder), *options]) == 0
    said = capfd.readouterr()
    statuses = {source["key"]: source["status"] for source in json.loads(reports[1].read_text())["sources"]}
    assert len(statuses) == len(SEEDS)
    assert set(statuses.values()) == {"harmonized"}
    with Store.open(tmp_path / "store") as store:
        graph = "\n".join(canonical_lines(store.current.database)) + "\n".join(map(str, store.sources()))
    whole = graph + said.out + said.err + "".join(path.read_text() for path in reports)
    # Whoever an image format names as the experimenter of images is its author.
    kinds = set(SEEDS) - ({"xml"} if not options else set())
    seeds = [(kind, seed) for kind in sorted(kinds) for seed in SEEDS[kind]]
    assert "TP53" in whole, "the rest is there"
    assert ("Krummholz" in whole) == (not options)
    assert [(kind, seed) for kind, seed in seeds if seed in whole or seed.replace(" ", "%20") in whole] == []
