from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from kg.errors import LimitError, SourceError
from kg.readers import Limits, discover, idr_study, peek, read, reader_of
from kg.readers.text import decode
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared"
STUDIES = SHARED / "data" / "inputs" / "idr"

TEXT = """\
# Study\t\t
Comment[IDR Study Accession]\tidr9001\t
Study Title\tA study of cells\t
Study Type\thigh content screen\tprotein localization
Study Type Term Source REF\tEFO\t
Study Type Term Accession\tEFO_0007550\t
Study Organism\tHomo sapiens\tMus musculus
Study Organism Term Source REF\t\tNCBITaxon
Study Organism Term Accession\t\tNCBITaxon_10090
Study PubMed ID\t1\t2
Study Publication Title\tOne\tTwo
Study DOI\thttps://doi.org/10.1/a\t
Study Person Last Name\tDoe\tRoe
Study Person First Name\tJane\t
Study Person Address \t"1 Street
2 Town"\tElsewhere
Term Source Name\tNCBITaxon\tEFO
\t\t
# Screen\tfilled in by mistake
Screen Number\t1
Comment[IDR Screen Name]\tidr9001-doe-cells/screenA
Screen Size\tPlates: 2\t5D Images: 10
Screen Imaging Method\tfluorescence microscopy\tconfocal microscopy
Screen Imaging Method Term Accession\tFBbi_00000246
Screen Technology Type\tRNAi screen\tother
Screen Technology Term Accession\tEFO_0007551
Protocol Name\tgrowth\tfixation
Protocol Type\tgrowth protocol
Protocol Description\tgrown on plates
and some more text
Phenotype Name\tround\tlong
Phenotype Term Name\tround cell\t
Phenotype Term Accession\tCMPO_1\t
Phenotype Term Name\t\telongated cell
Phenotype Term Accession\t\tCMPO_2
Processed Data Column Name\tGene\tScore
Feature Level Data Column Name\tx\ty
Novel Key\tsomething
Experiment Number\t1
Comment[IDR Experiment Name]\tidr9001-doe-cells/experimentB
Experiment Description\tone\ttwo
Experiment Imaging Method\tSPIM
"""


def read_bytes(folder: Path, data: bytes, name: str = "idr9001-study.txt", limits: Limits | None = None) -> Reading:
    path = folder / name
    path.write_bytes(data)
    return idr_study.read(Source(path, name), limits or Limits())


def frame(reading: Reading, kind: str) -> pl.DataFrame:
    return reading.tables[kind].frame.collect()


@pytest.fixture
def study(tmp_path: Path) -> Reading:
    return read_bytes(tmp_path, TEXT.encode())


def test_the_head_becomes_one_row_whose_lists_stay_side_by_side(study):
    (row,) = frame(study, "Study").to_dicts()
    assert row["Study Title"] == "A study of cells"
    assert row["Study Type"] == ["high content screen", "protein localization"]
    assert row["Study Type Term Accession"] == ["EFO_0007550", ""]
    assert row["Study Organism Term Accession"] == ["", "NCBITaxon_10090"]
    assert row["_study"] == "idr9001"
    assert row["_component"] is None


def test_a_component_is_a_row_under_names_that_screens_and_experiments_share(study):
    screen, experiment = frame(study, "Component").to_dicts()
    assert (screen["_type"], screen["_component"], experiment["_type"], experiment["_component"]) == (
        "screen",
        "screenA",
        "experiment",
        "experimentB",
    )
    assert screen["Imaging Method"] == ["fluorescence microscopy", "confocal microscopy"]
    assert screen["Imaging Method Term Accession"] == ["FBbi_00000246", ""]
    assert experiment["Imaging Method"] == ["SPIM"]
    assert experiment["Imaging Method Term Accession"] is None
    assert screen["Comment[IDR Name]"] == "idr9001-doe-cells/screenA"
    assert "Screen Imaging Method" in screen["_keys"]


def test_an_accession_without_the_word_type_belongs_to_the_type_before_it(study):
    screen = frame(study, "Component").to_dicts()[0]
    assert screen["Technology Term Accession"] == ["EFO_0007551", ""]


def test_parallel_keys_become_a_row_per_position(study):
    people = frame(study, "Person").to_dicts()
    assert [(p["_position"], p["Study Person Last Name"], p["Study Person First Name"]) for p in people] == [
        ("1", "Doe", "Jane"),
        ("2", "Roe", ""),
    ]
    assert people[0]["Study Person Address"] == "1 Street\n2 Town"
    assert frame(study, "Publication")["Study PubMed ID"].to_list() == ["1", "2"]
    protocols = frame(study, "Protocol")
    assert protocols["Protocol Type"].to_list() == ["growth protocol", None]
    assert protocols["_component"].to_list() == ["screenA", "screenA"]
    assert {"TermSource", "ProcessedColumn", "FeatureColumn"} <= set(study.tables)


def test_a_second_set_of_terms_stands_beside_the_first(study):
    phenotypes = frame(study, "Phenotype").to_dicts()
    assert [(p["Phenotype Term Accession"], p["Phenotype Term Accession (2)"]) for p in phenotypes] == [
        ("CMPO_1", ""),
        ("", "CMPO_2"),
    ]


def test_a_second_list_of_protocols_in_one_block_makes_further_rows(tmp_path):
    again = "Protocol Name\ta\tb\nProtocol Type\tx\ty\nProtocol Name\tc\nProtocol Type\tz\n"
    protocols = frame(read_bytes(tmp_path, (TEXT + again).encode()), "Protocol").filter(pl.col("_component") == "experimentB")
    assert protocols.select("_set", "_position", "Protocol Name", "Protocol Type").rows() == [
        ("1", "1", "a", "x"),
        ("1", "2", "b", "y"),
        ("2", "1", "c", "z"),
    ]


def test_lines_without_a_key_and_surplus_values_are_kept_as_text(study):
    text = frame(study, "Text").select("_after", "Text", "Values").rows()
    assert ("Protocol Description", "and some more text", []) in text
    assert ("", "# Screen", ["filled in by mistake"]) in text
    assert ("Experiment Description", "", ["two"]) in text
    assert [(p.code, p.column) for p in study.problems] == [("surplus", "Experiment Description")]


def test_an_unknown_key_with_a_value_is_a_column(study):
    assert frame(study, "Component").to_dicts()[0]["Novel Key"] == ["something"]


def test_comments_are_counted_and_kept_as_facts(study):
    assert study.facts["comment lines"] == "2"
    assert study.facts["comments"].splitlines() == ["# Study", "# Screen"]
    assert (study.facts["study"], study.facts["screens"], study.facts["experiments"]) == ("idr9001", "1", "1")


def test_a_component_without_a_name_is_numbered_and_told(tmp_path):
    text = TEXT.replace("Comment[IDR Experiment Name]\tidr9001-doe-cells/experimentB\n", "")
    reading = read_bytes(tmp_path, text.encode())
    assert frame(reading, "Component")["_component"].to_list() == ["screenA", "experiment2"]
    assert "component" in [problem.code for problem in reading.problems]


def test_a_quote_that_would_swallow_the_rest_costs_only_its_own_line(tmp_path):
    text = TEXT.replace("grown on plates\n", 'grown on plates"\t"fixed with care\n')
    reading = read_bytes(tmp_path, text.encode())
    assert frame(reading, "Protocol")["Protocol Description"].to_list() == ['grown on plates"', '"fixed with care']
    assert len(frame(reading, "Component")) == 2
    assert [(p.code, p.count) for p in reading.problems if p.code == "quote"] == [("quote", 1)]
    assert frame(reading, "Person")["Study Person Address"][0] == "1 Street\n2 Town"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "mac_roman", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_do_not_matter(tmp_path, encoding, ends):
    data = TEXT.replace("2 Town", "Zürich’s").replace("\n", ends).encode(encoding)
    path = tmp_path / "s.txt.gz"
    path.write_bytes(gzip.compress(data))
    (source,) = discover([path])
    assert reader_of(peek(source)).NAME == "idr_study"
    reading = read(source)
    assert frame(reading, "Person")["Study Person Address"][0] == f"1 Street{ends}Zürich’s"
    assert len(frame(reading, "Component")) == 2


def test_isa_tab_investigations_and_plain_tables_are_not_claimed(tmp_path):
    for name, text in (
        ("i_x.txt", "ONTOLOGY SOURCE REFERENCE\nTerm Source Name\tOBI\nSTUDY\nStudy Title\tA\nStudy Type\tB\n"),
        ("t.txt", "Study Title\tYear\nA\t1\n"),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert not idr_study.claims(peek(discover([path])[0]))


def test_damage_is_a_sentence(tmp_path):
    with pytest.raises(SourceError, match=r"idr9001-study\.txt: line 1 holds a zero byte"):
        read_bytes(tmp_path, b"Study Title\ta\0" + b"x" * 100)
    with pytest.raises(LimitError, match=r"has 1,\d+ bytes, at most 1,000 are read"):
        read_bytes(tmp_path, TEXT.encode(), limits=Limits(file_bytes=1000))
    with pytest.raises(LimitError, match="has a cell of more than 5 characters"):
        read_bytes(tmp_path, TEXT.encode(), limits=Limits(cell_bytes=5))


def filled_cells(reading: Reading) -> Iterator[str]:
    for kind, table in reading.tables.items():
        for name, series in table.frame.collect().to_dict().items():
            if name.startswith("_") or (kind, name) == ("Text", "Text"):
                continue
            for value in series.to_list():
                yield from (cell for cell in (value if isinstance(value, list) else [value]) if cell)


@pytest.mark.skipif(not STUDIES.is_dir(), reason="the shared sample is not here")
def test_every_value_of_the_shared_study_files_is_in_a_table_under_a_stable_type():
    types: dict[tuple[str, str], pl.DataType] = {}
    files = [source for source in discover([STUDIES]) if "study.txt" in source.key]
    for source in files:
        reading = read(source)
        assert reading.reader == "idr_study"
        data = source.path.read_bytes()
        text = decode(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).text
        swallows = any(problem.code == "quote" for problem in reading.problems)
        quoting = csv.QUOTE_NONE if swallows else csv.QUOTE_MINIMAL
        rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=quoting)
        want = Counter(cell.strip('"') for row in rows for cell in row[1:] if cell)
        assert Counter(cell.strip('"') for cell in filled_cells(reading)) == want, source.key
        for kind, table in reading.tables.items():
            for name, dtype in table.frame.collect_schema().items():
                assert types.setdefault((kind, name), dtype) == dtype, (source.key, kind, name)
    assert len(files) == 118
