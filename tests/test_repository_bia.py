"""PageTab of BioStudies, and the JSON of BioImage Archive and EMPIAR: every cell is read, damage is told in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg import readers
from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import Limits
from kg.readers.repository import archive_json, pagetab
from kg.readers.repository.pagetab_nodes import fold
from kg.table import Source, is_content

CASES = Path(__file__).parent / "cases"
NAMES = ("pagetab", "bia-json", "empiar")


def read(path: Path, text: str | bytes, limits: Limits | None = None):
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return readers.read(Source(path, path.name), limits or Limits())


def cells(reading, kind: str, column: str) -> list:
    return reading.tables[kind].frame.collect()[column].to_list()


def words(value) -> list[str]:
    """All scalars of JSON as texts."""
    if isinstance(value, dict):
        return [word for item in value.values() for word in words(item)]
    if isinstance(value, list):
        return [word for item in value for word in words(item)]
    return [] if value in (None, "") else [value if isinstance(value, str) else json.dumps(value)]


def said(reading) -> set[str]:
    found: set[str] = set()
    for table in reading.tables.values():
        frame = table.frame.collect()
        found.update(
            part
            for column in frame.columns
            for part in (column, *column.replace("[", "(").rstrip(")]").split(" ("), column.removeprefix("attribute "))
        )
        found.update(part for column in frame.columns for part in column.split("."))
        for column in frame.columns:
            for cell in frame[column].to_list() if frame[column].dtype != int else ():
                found.update(map(str, cell if isinstance(cell, list) else [cell]))
    return found


SUBMISSION = {
    "accno": "S-TEST1",
    "attributes": [{"name": "ReleaseDate", "value": "2024-01-01"}],
    "section": {"type": "Study", "attributes": [{"name": "Title", "value": "T"}], "subsections": []},
    "type": "submission",
}


def submission(*subsections, **section) -> str:
    return json.dumps({**SUBMISSION, "section": {**SUBMISSION["section"], "subsections": list(subsections), **section}})


def section(type_, *pairs, accno="", **more):
    attributes = [{"name": name, "value": value} for name, value in pairs]
    return {"type": type_, "attributes": attributes, **({"accno": accno} if accno else {}), **more}


@pytest.mark.parametrize(
    "path", sorted(p for name in NAMES for p in CASES.glob(f"{name}/*/input.json")), ids=lambda p: p.parent.name
)
def test_every_word_of_a_document_is_in_a_table(path):
    reading = readers.read(Source(path, path.name))
    assert set(words(json.loads(path.read_text("utf-8")))) - said(reading) <= {"true", "false"}


def test_types_are_folded_and_kept_as_written(tmp_path):
    reading = read(
        tmp_path / "a.json", submission(section("Image acquisition"), section("Image  Acquisition"), section("organisation"))
    )
    assert cells(reading, "image acquisition", "_type") == ["Image acquisition", "Image  Acquisition"]
    assert fold("Organisation") == fold("organization") == "organization"


def test_attributes_of_one_name_share_a_column_and_keep_their_spelling(tmp_path):
    text = submission(section("Specimen", ("Growth protocol", "a")), section("Specimen", ("Growth Protocol", "b")))
    reading = read(tmp_path / "a.json", text)
    assert cells(reading, "specimen", "Growth protocol") == ["a", "b"]
    assert cells(reading, "specimen", "_raw.Growth protocol") == [None, "Growth Protocol"]


def test_qualifiers_stand_beside_the_value_they_belong_to(tmp_path):
    several = {
        "type": "Biosample",
        "attributes": [
            {"name": "Organism", "value": "a"},
            {
                "name": "Organism",
                "value": "b",
                "valqual": [{"name": "TermId", "value": "X:2"}],
                "nmqual": [{"name": "Q", "value": "q"}],
            },
        ],
    }
    reading = read(tmp_path / "a.json", submission(several))
    assert cells(reading, "biosample", "Organism") == [["a", "b"]]
    assert cells(reading, "biosample", "Organism [TermId]") == [[None, "X:2"]]
    assert cells(reading, "biosample", "Organism (Q)") == [[None, "q"]]


def test_associations_are_resolved_by_title_and_what_leads_nowhere_is_told(tmp_path):
    associated = section("Associations", ("Biosample", "The  fish"), ("Specimen", "All of them"))
    text = submission(
        section("Biosample", ("Title", "The fish"), accno="B-1"),
        section("Specimen", ("Title", "All of them. See text."), accno="S-1"),
        section("Study Component", ("Name", "x"), accno="C-1", subsections=[associated]),
    )
    reading = read(tmp_path / "a.json", text)
    assert cells(reading, "associations", "_to.Biosample") == ["B-1"]
    assert "_to.Specimen" not in reading.tables["associations"].frame.collect_schema().names()
    [problem] = [p for p in reading.problems if p.code == "association"]
    assert problem.repair == "proposed: 'All of them. See text.'"


def test_a_type_with_a_slip_is_taken_for_the_known_one_and_told(tmp_path):
    reading = read(tmp_path / "a.json", submission(section("Image Aquisition", ("Title", "x"))))
    assert cells(reading, "image acquisition", "_type") == ["Image Aquisition"]
    [problem] = [one for one in reading.problems if one.code == "section-type"]
    assert (problem.severity, problem.repair) == ("info", "read as 'image acquisition'")


def test_dois_of_a_study_are_mended_as_others_are(tmp_path):
    path = tmp_path / "a.json"
    names = {"DOI": "d", "Publication DOI": "p"}
    said = [{"name": name, "value": f"DOI: https://doi.org/10.1234/{end}"} for name, end in names.items()]
    path.write_text(submission(attributes=said), encoding="utf-8")
    [seen] = Pipeline(Settings()).inspect(path)
    assert "dc/terms/identifier><https://doi.org/10.1234/d>" in seen.trig
    assert "/doi><https://doi.org/10.1234/p>" in seen.trig
    assert {problem.code for problem in seen.problems} == {"repair"}


def test_sections_of_one_accession_are_told_apart(tmp_path):
    reading = read(tmp_path / "a.json", submission(section("Biosample", accno="B-7"), section("Biosample", accno="B-7")))
    assert cells(reading, "biosample", "_id") == ["B-7", "B-7~2"]
    assert [p.code for p in reading.problems] == ["accno"]


def test_a_reference_that_is_not_marked_is_read_and_told(tmp_path):
    text = submission(section("author", ("Name", "A"), ("affiliation", "o1, o2")), section("organization", ("Name", "X"), accno="o1"),
                      section("organization", ("Name", "Y"), accno="o2"))  # fmt: skip
    reading = read(tmp_path / "a.json", text)
    assert cells(reading, "author", "_to.affiliation") == [["o1", "o2"]]
    assert [p.repair for p in reading.problems] == ["read as a reference"]


def test_an_author_without_a_name_is_told_without_what_stands_there(tmp_path):
    reading = read(tmp_path / "a.json", submission(section("author", ("E-mail", "a@b.org"))))
    [problem] = reading.problems
    assert problem.code == "nameless"
    assert "a@b.org" not in str(problem)


def test_an_attribute_whose_name_is_the_value_is_kept(tmp_path):
    reading = read(tmp_path / "a.json", submission(section("Funding", ("Moss Fund", ""), ("Column 1", "17"))))
    assert cells(reading, "funding", "(no name)") == ["Moss Fund"]
    assert sorted(p.code for p in reading.problems) == ["attribute-name", "attribute-value"]


def test_a_text_and_a_json_document_of_the_same_submission_say_the_same(tmp_path):
    blocks = [
        "Submission\tS-TEST1\nReleaseDate\t2024-01-01",
        "Study\tST-1\nTitle\tT",
        "Author\tA-1\tST-1\nName\tAda\n<affiliation>\to1",
        "Organization[ST-1]\tName\no1\tMoss House\n",
    ]
    author = {
        "type": "Author",
        "accno": "A-1",
        "attributes": [{"name": "Name", "value": "Ada"}, {"name": "affiliation", "value": "o1", "reference": True}],
    }
    one = read(tmp_path / "a.tsv", "\n\n".join(blocks))
    other = read(
        tmp_path / "b.json", submission(author, [section("Organization", ("Name", "Moss House"), accno="o1")], accno="ST-1")
    )
    assert one.reader == other.reader == "pagetab"
    for kind in other.tables:
        left, right = (r.tables[kind].frame.collect().drop("_row", "_type") for r in (one, other))
        assert left.select(sorted(left.columns)).equals(right.select(sorted(right.columns)), null_equal=True), kind


def test_a_stray_quotation_mark_does_not_swallow_the_rest_of_a_text(tmp_path):
    reading = read(tmp_path / "a.tsv", 'Submission\tS-1\n\nStudy\nTitle\t"open and never closed\n\nAuthor\nName\tAda\n')
    assert cells(reading, "author", "Name") == ["Ada"]
    assert cells(reading, "study", "Title") == ['"open and never closed']
    assert [p.code for p in reading.problems if p.code == "quotes"] == ["quotes"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", submission()[:-20], "is not JSON"),
        ("b.json", '{"accno": "S-1", "attributes": [], "section": ' + '{"type": "S", "subsections": [' * 300, "nested"),
        ("c.json", '{"S-BIAD1": {"accession_id": "S-BIAD1", "model": {"type_name": "Study"}', "is not JSON"),
    ],
)
def test_a_damaged_document_is_refused_with_its_name(tmp_path, name, text, says):
    with pytest.raises((SourceError, LimitError), match=says) as told:
        read(tmp_path / name, text)
    assert name in str(told.value)


def test_stray_bytes_in_a_text_are_read_as_characters(tmp_path):
    reading = read(tmp_path / "a.tsv", "Submission\tS-1\n\nStudy\nTitle\tCaf\u00e9".encode("cp1252"))
    assert cells(reading, "study", "Title") == ["Caf\u00e9"]


def test_too_many_attributes_are_refused(tmp_path):
    many = submission(section("Biosample", *((f"attribute {n}", "x") for n in range(50))))
    with pytest.raises(LimitError, match="different attributes"):
        read(tmp_path / "a.json", many, Limits(columns=40))


@pytest.mark.parametrize(
    "strange",
    [
        {"accno": "S-1", "section": [], "attributes": {"name": "a"}},
        {"accno": 5, "attributes": [1, None, "x"], "section": {"type": None, "attributes": None, "files": [[[{"path": "p"}]]]}},
        {
            "accno": "S-1",
            "attributes": [{"name": None, "value": ["a", {"b": 1}]}],
            "section": {"subsections": ["x", 3, {"type": {}}]},
        },
    ],
)
def test_members_of_the_wrong_kind_are_read_all_the_same(tmp_path, strange):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(strange), encoding="utf-8")
    reading = pagetab.read(Source(path, path.name), Limits())
    assert {word for word in words(strange) if len(word) > 1} <= {
        part for text in said(reading) for part in (text, *text.split('"'))
    }


def test_an_object_that_is_repeated_stands_in_its_table_once(tmp_path):
    sample = {"uuid": "u1", "model": {"type_name": "BioSample"}, "title": "fish"}
    document = {
        "S-BIAD1": {"accession_id": "S-BIAD1", "model": {"type_name": "Study"}, "dataset": [{"a": [sample]}, {"a": [sample]}]}
    }
    reading = read(tmp_path / "a.json", json.dumps(document))
    assert reading.reader == archive_json.NAME
    assert cells(reading, "BioSample", "title") == ["fish"]
    assert cells(reading, "dataset", "a") == [["u1"], ["u1"]]


def test_the_answer_of_a_search_is_read_hit_by_hit(tmp_path):
    hit = {"_source": {"accession_id": "S-BIAD1", "uuid": "u", "model": {"type_name": "Study"}, "title": "one"}}
    reading = read(tmp_path / "a.json", json.dumps({"hits": {"total": 1, "hits": [hit]}}))
    assert cells(reading, "Study", "title") == ["one"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [], "accno": "x", "attributes": []}'),
        ("b.json", '{"name": "x", "attributes": [{"name": "Title"}]}'),
        ("c.tsv", "Submission date\tName\n2024\tx\n"),
        ("d.json", '{"studies": [{"accession_id": "x"}]}'),
    ],
)
def test_documents_of_others_are_not_claimed(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    peek = readers.peek(Source(path, name))
    assert not pagetab.claims(peek)
    assert not archive_json.claims(peek)


SHARED = ("bia/pagetab", "bia/pagetab_curated", "bia/api", "bia/export", "bia/integrator", "bia/rocrate", "empiar")


@pytest.mark.parametrize("folder", SHARED)
def test_every_filled_cell_of_a_real_file_is_mapped_kept_or_missing(shared, folder):
    broken: set[str] = set()
    seen = list(Pipeline(Settings(version="test")).inspect_each(shared / "data" / "inputs" / folder))
    assert seen
    for each in seen:
        assert each.mapping in {"pagetab", "bia-json", "empiar", "bia-crate"}, each.source.key
        assert not [p for p in each.problems if p.severity == "error" and each.source.key not in broken]
        counted = {(c.table, c.column): c.filled for c in each.columns}
        for kind, table in each.reading.tables.items():
            frame = table.frame.collect()
            for column in filter(is_content, frame.columns):
                values = [v for cell in frame[column].to_list() for v in (cell if isinstance(cell, list) else [cell])]
                assert counted.get((kind, column), 0) == sum(bool(v and v.strip()) for v in values), (
                    each.source.key,
                    kind,
                    column,
                )
        assert all(c.filled == c.mapped + c.custom + c.missing + c.withheld for c in each.columns)
