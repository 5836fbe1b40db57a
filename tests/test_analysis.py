"""Instruments, quality control, workflows, environments, pipelines and models: what is damaged gets a sentence, no cell is lost."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from conftest import ROOT

from kg import readers
from kg.errors import LimitError, SourceError
from kg.mapping import load_mapping
from kg.pipeline import Pipeline, Settings
from kg.readers import Limits
from kg.readers.analysis import qc_table
from kg.table import is_content

CASES = ROOT / "tests" / "cases"
OURS = (
    "pidinst",
    "qc-table",
    "workflow-run-crate",
    "environment",
    "cellprofiler",
    "onnx",
    "galaxy",
    "nextflow-trace",
    "snakemake-benchmark",
    "container-image",
)
FOLDERS = sorted(folder for name in OURS for folder in (CASES / name).glob("*") if (folder / "expected.nq").exists())


def made(folder: Path, tmp_path: Path) -> Path:
    if not (folder / "make.py").exists():
        return next(folder.glob("input.*"))
    spec = importlib.util.spec_from_file_location(f"make_{folder.name}", folder / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(tmp_path)


def read(path: Path, limits: Limits | None = None):
    [source] = readers.discover([path])
    return readers.read(source, limits or Limits())


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cells(reading, kind: str, column: str) -> list:
    return reading.tables[kind].frame.collect()[column].to_list()


def said(path: Path) -> str:
    """What the reader says of a file that it refuses; nothing where it reads it."""
    try:
        read(path)
    except SourceError as error:
        return str(error)
    return ""


def inspected(path: Path):
    [seen] = Pipeline(Settings(version="test")).inspect(path)
    return seen


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_every_filled_cell_of_a_made_source_ends_in_one_place(folder, tmp_path):
    seen = inspected(made(folder, tmp_path))
    assert [
        column
        for column in seen.columns
        if column.filled != sum((column.mapped, column.custom, column.missing, column.withheld))
    ] == []
    assert [problem for problem in seen.problems if problem.severity == "error"] == []


# ------------------------------------------------------------------------------------------ quality control
def qc_cells(reading) -> list[str]:
    frame = reading.tables["Measurement"].frame.collect()
    return [value for name in frame.columns if is_content(name) for value in frame[name].to_list() if value]


def test_a_number_of_which_nobody_says_the_unit_is_told_and_kept(tmp_path):
    seen = inspected(
        written(tmp_path, "qc.csv", "Metric,Measured,Expected,Unit\nStage repeatability,0.35,0.3,\nFWHM,240,210,nm\n")
    )
    assert seen.mapping == "qc-table"
    told = {(problem.column, problem.found) for problem in seen.problems}
    assert told == {("Measured", "'0.35' without a unit"), ("Expected", "'0.3' without a unit")}
    assert 'hasSimpleResult>"240"' in seen.trig
    assert 'hasSimpleResult>"0.35"' not in seen.trig
    assert sum(column.custom for column in seen.columns) == 2


def test_a_value_in_another_unit_than_the_observed_one_is_told_and_kept_with_its_unit(tmp_path):
    seen = inspected(written(tmp_path, "qc.csv", "Test,Observed (nm),Specification (µm)\nFWHM lateral,240,0.21\n"))
    assert "expectedValue" not in seen.trig
    assert [(problem.column, problem.found) for problem in seen.problems] == [("Specification (µm)", "'0.21' in µm")]
    assert {(column.column, column.custom) for column in seen.columns} >= {("expected", 1), ("expected@unit", 1)}


def test_an_expected_value_with_a_sign_is_a_limit(tmp_path):
    seen = inspected(
        written(tmp_path, "qc.csv", "Metric,Observed,Specification\nFWHM,0.21 µm,<= 0.25 µm\nUniformity,91 %,≥ 90 %\n")
    )
    assert 'upperLimit>"0.25"' in seen.trig
    assert 'lowerLimit>"90"' in seen.trig
    assert "expectedValue" not in seen.trig
    assert not seen.problems


def test_a_decimal_comma_is_told_and_never_cut_off(tmp_path):
    seen = inspected(written(tmp_path, "qc.csv", "Metric;Measured;Expected;Unit\nFWHM;0,35;0,3;µm\n"))
    assert {problem.expected for problem in seen.problems} == {"a number with a decimal point"}
    assert "hasSimpleResult" not in seen.trig


def test_each_cell_of_a_wide_table_is_a_measurement_with_what_belongs_to_it(tmp_path):
    text = (
        "Microscope;Date;FWHM X [nm];Expected FWHM X [nm];FWHM X SD [nm];fwhm_z_um;Pearson;Room\n"
        "A;2025-01-01;251;210;3;0.68;0.93;R1\nB;2025-01-02;;;;;;R2\n"
    )
    reading = read(written(tmp_path, "wide.csv", text))
    assert cells(reading, "Measurement", "metric") == ["FWHM X", "fwhm_z", "Pearson", None]
    assert cells(reading, "Measurement", "expected") == ["210", None, None, None]
    assert cells(reading, "Measurement", "deviation@unit") == ["nm", None, None, None]
    assert cells(reading, "Measurement", "_unit") == ["nm", "um", "1", None]
    wanted = {cell for line in text.splitlines()[1:] for cell in line.split(";") if cell}
    assert wanted <= set(qc_cells(reading))


@pytest.mark.parametrize(
    ("text", "metric", "values"),
    [
        ("Date;Laser;Power (mW);Setpoint (%)\n2025-01-01;488;1.2;10\n", ["Power"], ['hasSimpleResult>"1.2"']),
        (
            "laser line (nm),measured power [µW],expected power [µW]\n488,120,125\n",
            ["power"],
            ['hasSimpleResult>"120"', 'expectedValue>"125"'],
        ),
        (
            "Date,Laser power 488 nm (mW),Laser power 561 nm (mW)\n2025-01-01,1.2,2.3\n",
            ["Laser power 488 nm", "Laser power 561 nm"],
            ['hasSimpleResult>"1.2"', 'hasSimpleResult>"2.3"'],
        ),
    ],
    ids=["with setting", "with expected power", "a column per laser"],
)
def test_a_log_of_the_power_of_lasers_is_quality_control(text, metric, values, tmp_path):
    path = written(tmp_path, "power.csv", text)
    seen = inspected(path)
    assert cells(read(path), "Measurement", "metric") == metric
    assert not seen.problems
    assert [value for value in values if value in seen.trig] == values


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CR LF", "CR"])
def test_a_qc_table_is_told_by_its_header_however_its_lines_end(ending, tmp_path):
    lines = ["\ufeffMetric,Measured,Expected,Unit,Observed at,Metric", 'FWHM,240,210,nm,"Room 1,\tleft",again', ""]
    reading = read(written(tmp_path, "qc.txt", ending.join(lines)))
    assert reading.reader == "qc_table"
    assert {"FWHM", "240", "210", "nm", "Room 1,\tleft", "again"} <= set(qc_cells(reading))


@pytest.mark.parametrize(
    "text",
    [
        "Test,Result,Reference,Unit\nNa,140,135-145,mmol/L\n",
        "metric,value,target\nf1,0.9,0.95\n",
        "Image,Microscope,Objective,Laser power [mW]\na.tif,A,60x,1.2\n",
        "Sample,Resolution (Å),Microscope,Date\nx,3.2,Krios,2024-01-01\n",
        "Date,Laser,Power (mW),Mouse\n2025-01-01,473,5,m1\n",
        "Date,Power (W)\n2025-01-01,1200\n",
        '"' + "a," * 100_000,
    ],
    ids=["blood", "machine learning", "settings of images", "structures", "optogenetics", "power of a house", "open quote"],
)
def test_other_tables_are_no_quality_control(text, tmp_path):
    assert not qc_table.claims(readers.peek(readers.discover([written(tmp_path, "a.csv", text)])[0]))


def test_a_spreadsheet_of_quality_control_is_read_and_its_other_sheets_stay(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "QC"
    for row in (["QC of March"], ["Instrument", "Metric", "Measured", "Expected", "Unit"], ["A", "FWHM", 240, 210, "nm"]):
        book.active.append(row)
    book.create_sheet("Rooms").append(["Room", "Floor"])
    book["Rooms"].append(["R1", 2])
    book.save(tmp_path / "qc.xlsx")
    reading = read(tmp_path / "qc.xlsx")
    assert reading.reader == "qc_table"
    assert set(reading.tables) == {"Measurement", "above", "Rooms"}
    seen = inspected(tmp_path / "qc.xlsx")
    assert seen.mapping == "qc-table"
    assert "/measurement/QC/3>" in seen.trig


def test_a_spreadsheet_that_only_uses_the_words_is_an_ordinary_spreadsheet(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Name", "Words"], ["a", "Metric"], ["b", "Measured"], ["c", "Expected"]):
        book.active.append(row)
    book.save(tmp_path / "words.xlsx")
    assert read(tmp_path / "words.xlsx").reader == "spreadsheet"


def test_every_unit_that_headers_are_searched_for_has_a_code():
    lines = (ROOT / "ontologies" / "qc-words.tsv").read_text(encoding="utf-8").splitlines()
    symbols = {line.partition("\t")[2] for line in lines if line.startswith("symbol\t")}
    [record] = [r for r in load_mapping(ROOT / "mappings" / "qc-table.yaml").records if r.name == "measurement"]
    [rule] = record.slots["qc_unit"]
    assert symbols - set(rule.values) == set()


# ------------------------------------------------------------------------------------------ environments
def test_the_parts_of_a_requirement_are_told_apart(tmp_path):
    text = 'numpy==2.1.3\nscikit-image[data]>=0.24,<1 ; python_version>"3.9"\n-e git+https://x.org/a.git@1f#egg=a\nfoo @ file:///tmp/foo.whl\n'
    reading = read(written(tmp_path, "requirements.txt", text))
    assert cells(reading, "packages", "name") == ["numpy", "scikit-image", "a", "foo"]
    assert cells(reading, "packages", "version") == ["2.1.3", None, None, None]
    assert cells(reading, "packages", "specifier") == [None, ">=0.24,<1", None, None]
    assert cells(reading, "packages", "extras") == [None, "data", None, None]
    assert cells(reading, "packages", "url") == [None, None, "git+https://x.org/a.git@1f#egg=a", "file:///tmp/foo.whl"]


def test_a_line_that_is_no_requirement_is_kept_as_it_stands(tmp_path):
    reading = read(written(tmp_path, "requirements.txt", "numpy==1.0\n==== what is this\n--no-binary :all:\n"))
    assert cells(reading, "lines", "text") == ["==== what is this", "--no-binary :all:"]


def test_prose_and_other_tables_are_no_environment(tmp_path):
    path = written(tmp_path, "notes.txt", "a\tb\n1\t2\n3\t4\n")
    assert read(path).reader != "environment"


def test_a_damaged_lock_file_is_refused_with_its_name(tmp_path):
    with pytest.raises(SourceError, match=r"poetry\.lock: is not TOML"):
        read(written(tmp_path, "poetry.lock", '[[package]]\nname = "a\n'))


def test_deep_brackets_in_a_lock_file_do_no_harm(tmp_path):
    with pytest.raises(SourceError, match="is not TOML"):
        read(written(tmp_path, "uv.lock", "[[package]]\na = " + "[" * 100_000))


# ------------------------------------------------------------------------------------------ CellProfiler
def test_a_pipeline_that_breaks_off_gives_the_modules_before(tmp_path):
    folder = CASES / "cellprofiler" / "v4"
    path = made(folder, tmp_path)
    text = path.read_text(encoding="utf-8")
    reading = read(written(tmp_path, "short.cppipe", text[: text.index("    Typical diameter")]))
    assert cells(reading, "modules", "module") == ["Images", "IdentifyPrimaryObjects"]
    assert cells(reading, "settings", "_module") == ["1", "1", "2", "2"]


def test_a_project_that_is_no_hdf5_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="cannot be read as a CellProfiler project"):
        read(written(tmp_path, "broken.cpproj", b"\x89HDF\r\n\x1a\n" + b"\0" * 200))


# ------------------------------------------------------------------------------------------ ONNX
def test_a_model_cut_anywhere_is_read_or_refused_with_a_sentence(tmp_path):
    data = made(CASES / "onnx" / "small", tmp_path).read_bytes()
    told = {said(written(tmp_path, "cut.onnx", data[:length])) for length in range(1, len(data), 7)}
    assert all(sentence == "" or sentence.startswith("cut.onnx: ") for sentence in told)
    assert len(told) > 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x08" + b"\xff" * 30,
        b"\x08\x09\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x08\x09\x3b\x00",
        b"\x08",
    ],
    ids=["endless number", "length beyond the file", "group", "nothing after the key"],
)
def test_a_hostile_model_is_refused(data, tmp_path):
    with pytest.raises((SourceError, LimitError), match="is not an ONNX model"):
        read(written(tmp_path, "hostile.onnx", data))


def test_weights_are_not_among_the_inputs_and_free_sizes_have_names(tmp_path):
    reading = read(made(CASES / "onnx" / "small", tmp_path))
    assert cells(reading, "tensor", "name") == ["image", "mask"]
    assert cells(reading, "tensor", "shape") == [["batch", "1", "height", "width"], ["batch", "2", "height", "width"]]


# ------------------------------------------------------------------------------------------ instruments and Galaxy
def test_each_date_of_an_instrument_stands_beside_its_kind():
    reading = read(CASES / "pidinst" / "xml" / "input.xml")
    assert reading.reader == "instrument_record"
    assert cells(reading, "date", "dateType") == ["Commissioned", "DeCommissioned"]


def test_a_datacite_record_of_a_data_set_is_no_instrument(tmp_path):
    path = written(
        tmp_path, "a.json", '{"doi": "10.9999/x", "types": {"resourceTypeGeneral": "Dataset"}, "titles": [{"title": "x"}]}'
    )
    assert read(path).reader != "instrument_record"


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.ga", '{"a_galaxy_workflow": "true", "steps": {'), ("b.xml", "<instrument><landingPage>x</landingPage>")],
)
def test_a_document_that_breaks_off_is_refused_with_its_name(name, text, tmp_path):
    with pytest.raises(SourceError, match=name):
        read(written(tmp_path, name, text))


def test_the_steps_of_a_galaxy_workflow_are_rows():
    reading = read(CASES / "galaxy" / "workflow" / "input.json")
    assert cells(reading, "steps", "_key") == ["0", "1"]
    filled = [name for name in reading.tables["steps"].frame.collect_schema().names() if is_content(name)]
    assert "tool_state" in filled


def test_every_value_of_a_pipeline_is_in_the_tables(tmp_path):
    reading = read(made(CASES / "cellprofiler" / "v2", tmp_path))
    texts = [
        value
        for table in reading.tables.values()
        for column in table.frame.collect().iter_columns()
        if column.dtype == pl.String
        for value in column.drop_nulls()
    ]
    assert {"LoadImages", "individual images", "Default Input Folder|None", "11710", "1"} <= set(texts)
