"""Files of other repositories: YAML, RDF, import lists, and the workbook to fill in; also damaged and hostile ones."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import Limits, peek, rdf_document, reader_for, yaml_document
from kg.readers.idr import idr_paths
from kg.schema import load_schema
from kg.table import Source

ROOT = Path(__file__).resolve().parents[1]


def made(folder: Path, name: str, content: str | bytes) -> Source:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(path, name)


def yaml_of(folder, content, name="a.yaml"):
    return yaml_document.read(made(folder, name, content), Limits())


def rdf_of(folder, content, name="a.ttl"):
    return rdf_document.read(made(folder, name, content), Limits())


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline(Settings(version="test"))


def rows(reading, kind):
    return reading.tables[kind].frame.collect().to_dicts()


# ---------------------------------------------------------------------------------------------- YAML


def test_scalars_of_yaml_stay_the_text_that_stands_in_the_file(tmp_path):
    text = "version: 1.0\ndate: 2020-01-01\nanswer: no\noctal: 0o17\nsexagesimal: 1:30\nquoted: '007'\nbig: 1_000\nnone: ~\nempty:\n"
    [row] = rows(yaml_of(tmp_path, text), "root")
    cells = {name: cell for name, cell in row.items() if not name.startswith("_")}
    assert cells == {
        "version": "1.0",
        "date": "2020-01-01",
        "answer": "no",
        "octal": "0o17",
        "sexagesimal": "1:30",
        "quoted": "007",
        "big": "1_000",
    }


def test_aliases_and_merge_keys_are_followed(tmp_path):
    text = "base: &b {x: 1, y: 2}\nitems:\n- <<: *b\n  y: 3\n- *b\n"
    found = [(row["x"], row["y"]) for row in rows(yaml_of(tmp_path, text), "items")]
    assert found == [("1", "3"), ("1", "2")]


def test_several_documents_are_rows_and_a_key_that_repeats_keeps_all_its_values(tmp_path):
    reading = yaml_of(tmp_path, "a: 1\na: 2\n---\na: 3\n---\n")
    assert [row["a"] for row in rows(reading, "root")] == [["1", "2"], ["3"]]
    assert reading.facts == {"documents": "2"}
    assert [problem.code for problem in reading.problems] == ["duplicate-key"]


def test_an_alias_bomb_is_refused_before_it_unfolds(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    with pytest.raises(LimitError, match="unfolds to more than"):
        yaml_of(tmp_path, bomb)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &a [*a]\n", "within its own anchor"),
        ("a: !!python/object/apply:os.system [echo]\n", "python/object/apply:os.system"),
        ("a: !Ref b\n", "!Ref"),
        ("a: *b\n", r"line 1.*'b'|anchor"),
        ("a: [1, 2\n", "is not YAML at line"),
        ("a:\n\t- b\n", "is not YAML at line 2"),
        ("# only a remark\n", "holds no YAML"),
        ("a: \x01\n", "is not YAML"),
    ],
)
def test_yaml_that_is_damaged_or_wants_more_than_text_is_refused_with_a_sentence(tmp_path, text, says):
    with pytest.raises(SourceError, match=says):
        yaml_of(tmp_path, text)


def test_yaml_nested_too_deep_is_refused(tmp_path):
    with pytest.raises(LimitError, match="nested deeper than 200"):
        yaml_of(tmp_path, "[" * 5000 + "]" * 5000)
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300))
    with pytest.raises(LimitError, match="nested deeper than 200"):
        yaml_of(tmp_path, chain)


def test_yaml_in_another_encoding_is_read_and_told(tmp_path):
    reading = yaml_of(tmp_path, "unit: µm\n".encode("latin-1"))
    assert rows(reading, "root")[0]["unit"] == "µm"
    assert [problem.code for problem in reading.problems] == ["encoding"]
    assert rows(yaml_of(tmp_path, "unit: µm\n".encode("utf-16")), "root")[0]["unit"] == "µm"


# ---------------------------------------------------------------------------------------------- RDF

GRAPH = """@prefix o: <http://o.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
o:a a o:Sample ; o:title "Snail"@en, "Schnecke"@de ; o:size "1.50"^^xsd:decimal ; o:of o:t ; o:list (o:x "y") ; o:part [ o:n "1" ] .
o:t rdfs:label "shell" .
"""


def test_a_graph_is_a_table_per_type_with_languages_datatypes_labels_and_lists(tmp_path):
    reading = rdf_of(tmp_path, GRAPH)
    [row] = rows(reading, "Sample")
    assert row["@id"] == "http://o.org/a"
    assert (row["title"], row["_language.title"]) == (["Snail", "Schnecke"], ["en", "de"])
    assert (row["size"], row["_datatype.size"]) == ("1.50", "http://www.w3.org/2001/XMLSchema#decimal")
    assert (row["of"], row["_label.of"]) == ("http://o.org/t", "shell")
    assert row["list"] == ["http://o.org/x", "y"]
    blank = {row["@id"]: row for row in rows(reading, "untyped")}
    assert blank[row["part"]]["n"] == "1"
    assert reading.facts["statements"] == "13"


def test_the_same_graph_reads_the_same_from_every_notation(tmp_path):
    line = '<http://o.org/a> <http://o.org/p> "x" .\n'
    xml = (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:o="http://o.org/">'
        '<r:Description r:about="http://o.org/a"><o:p>x</o:p></r:Description></r:RDF>'
    )
    for name, text in [("a.nt", line), ("a.ttl", line), ("a.rdf", xml), ("a.owl", xml)]:
        source = made(tmp_path, name, text)
        assert rdf_document.claims(peek(source)), name
        assert [(row["@id"], row["p"]) for row in rows(rdf_document.read(source, Limits()), "untyped")] == [
            ("http://o.org/a", "x")
        ]
    quad = made(tmp_path, "a.nq", '<http://o.org/a> <http://o.org/p> "x" <http://o.org/g> .\n')
    assert rows(rdf_document.read(quad, Limits()), "untyped")[0]["@graph"] == "http://o.org/g"


def test_a_damaged_place_in_rdf_is_told_and_the_rest_is_read(tmp_path):
    reading = rdf_of(tmp_path, '@prefix o: <http://o.org/> .\no:a o:p "x" .\no:b o:p % .\no:c o:p "z" .\no:d o:p ')
    assert {row["@id"] for row in rows(reading, "untyped")} >= {"http://o.org/a", "http://o.org/c"}
    assert {problem.severity for problem in reading.problems} == {"error"}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.ttl", "@prefix o: <http://o.org/> .\n", "holds no statement"),
        ("a.ttl", "@prefix o: http", "is not RDF that can be read"),
        (
            "a.rdf",
            '<!DOCTYPE r:RDF [<!ENTITY a "a">]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></r:RDF>',
            "defines XML entities",
        ),
        ("a.rdf", '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Descr', "is not RDF that can be read"),
    ],
)
def test_rdf_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, name, text, says):
    with pytest.raises(SourceError, match=says):
        rdf_of(tmp_path, text, name)


def test_nothing_that_is_no_rdf_is_claimed(tmp_path):
    for name, text in [
        ("a.xml", "<OME/>"),
        ("a.owl", "<Ontology/>"),
        ("a.txt", "PREFIX of a text"),
        ("a.nt", "neutral"),
        ("a.csv", "a,b\n1,2\n"),
    ]:
        assert not rdf_document.claims(peek(made(tmp_path, name, text))), name


# ---------------------------------------------------------------------------------------------- import lists


def test_an_import_list_has_no_header_and_its_columns_are_named_by_what_they_hold(tmp_path):
    source = made(
        tmp_path, "idr9005-experimentA-filePaths.tsv", "Dataset:name:A\t/x/y.czi\tone\nDataset:name:B\t../z.pattern\n"
    )
    assert reader_for(source).NAME == "idr_paths"
    reading = idr_paths.read(source, Limits())
    assert [(row["target"], row["path"], row["name"]) for row in rows(reading, "paths")] == [
        ("Dataset:name:A", "/x/y.czi", "one"),
        ("Dataset:name:B", "../z.pattern", None),
    ]
    assert [problem.code for problem in reading.problems] == ["ragged"]


def test_a_table_of_plates_with_a_header_is_no_import_list(tmp_path):
    assert not idr_paths.claims(peek(made(tmp_path, "plates.tsv", "Plate\tWell\nP1\tA1\n")))


# ---------------------------------------------------------------------------------------------- the workbook to fill in


def script(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_workbook_says_what_the_schema_says():
    templates = script(ROOT / "scripts" / "make_templates.py")
    assert templates.said(load_workbook(templates.TARGET)) == templates.said(templates.workbook(load_schema()))


def test_every_column_of_the_workbook_is_read_back(pipeline, tmp_path):
    templates = script(ROOT / "scripts" / "make_templates.py")
    book = templates.workbook(load_schema())
    for page in book.worksheets:
        for cell in page[1]:
            page.cell(2, cell.column, sample(str(cell.value), page.title, templates))
    path = tmp_path / "all.xlsx"
    book.save(path)
    [seen] = pipeline.inspect(path)
    assert seen.mapping == "rembi"
    assert [str(problem) for problem in seen.problems if problem.severity == "error"] == []
    left = {(count.table, count.column) for count in seen.columns if count.mapped + count.withheld == 0}
    # an accession that is written in another form, and an address that stands for a licence, are kept as they were too
    assert left <= {("Authors", "ORCID")}


def sample(header: str, sheet: str, templates) -> object:
    """Return a value that the column takes; what names a row of another sheet names the one row that it has."""
    column = next(column for column in templates.columns_of(sheet, load_schema()) if column.header == header)
    known = {"License": "https://creativecommons.org/licenses/by/4.0/", "Data DOI": "https://doi.org/10.5072/x"}
    known |= {"Release date": "2099-01-02", "Code URL": "https://example.org/code", "Access URL": "https://example.org/image"}
    known |= {"ORCID": "0000-0002-1825-0097", "Creation time": "2099-01-02T03:04:05", "Organism accession": "NCBITaxon:10090"}
    known |= {"Imaging method accession": "FBbi:00000251", "Magnification": 40, "Numerical aperture": 1.3, "Replicate": "1"}
    if column.choices:
        return column.choices[0]
    if header in known:
        return known[header]
    if "[" in header or header.startswith("Size "):
        return 7
    if header == "Email":
        return "ada@example.org"
    if "the sheet" in column.note:
        return "the one"
    return "the one" if header == "Name" else f"some {header.lower()}"


# ---------------------------------------------------------------------------------------------- real files

FAMILIES = ("ssbd", "hubmap", "cryoet", "models", "datacite/bolognese", "datacite/json", "datacite/croissant")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_cell_of_a_real_file_is_accounted_for(pipeline, shared, family):
    folder = shared / "data" / "inputs" / family
    names = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 60_000)
    for path in names[:: len(names) // 2 or 1][:2]:  # some of each kind; all of them take too long for every run
        [seen] = pipeline.inspect(path)
        assert seen.mapping, path
        assert [str(problem) for problem in seen.problems if problem.severity == "error"] == []
        for count in seen.columns:
            assert count.filled == count.mapped + count.custom + count.missing + count.withheld, (path, count)
