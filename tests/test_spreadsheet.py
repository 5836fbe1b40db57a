"""Spreadsheets: what a person sees in the sheets is what stands in the tables."""

from __future__ import annotations

import datetime
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from kg import readers
from kg.errors import LimitError, SourceError
from kg.readers.limits import Limits


def saved(tmp_path: Path, *sheets: list[list[object]], merge: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"sheet {place}")
        for row in rows:
            sheet.append(row)
    for area in merge:
        book.worksheets[0].merge_cells(area)
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def read(path: Path, limits: Limits | None = None):
    [source] = readers.discover([path])
    return readers.read(source, limits or Limits())


def rewritten(path: Path, change) -> Path:
    """Write an archive again, with members changed by name."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
    return path


def table(reading, kind: str = "rows"):
    return reading.tables[kind].frame.collect()


def test_values_are_text_as_a_person_reads_them(tmp_path):
    day = datetime.datetime(2021, 3, 4)  # noqa: DTZ001
    values = [12.0, 0.1, True, day, day.replace(hour=5, minute=6), datetime.time(7, 8), "  a ", 123456789012]
    header = [f"c{place}" for place in range(len(values))]
    frame = table(read(saved(tmp_path, [header, values])))
    assert list(frame.row(0)[2:]) == [
        "12",
        "0.1",
        "true",
        "2021-03-04",
        "2021-03-04T05:06:00",
        "07:08:00",
        "  a ",
        "123456789012",
    ]


def test_what_stands_above_the_header_is_kept_with_its_cell(tmp_path):
    reading = read(saved(tmp_path, [["Experiment 7"], [], [None, "by me"], ["Well", "Drug"], ["A1", "taxol"]]))
    assert table(reading, "above").select("_cell", "_text").rows() == [("A1", "Experiment 7"), ("B3", "by me")]
    assert table(reading).rows() == [(5, "sheet 1", "A1", "taxol")]


def test_names_that_are_empty_twice_or_reserved_are_told_apart(tmp_path):
    reading = read(saved(tmp_path, [["Dose", "Dose", None, "_row"], ["1", "2", "3", "4"]]))
    assert table(reading).columns[2:] == ["Dose", "Dose (2)", "column C without a name", "./_row"]
    assert [problem.code for problem in reading.problems] == ["header"]


def test_a_value_merged_over_rows_is_with_all_of_them(tmp_path):
    rows = [["Group", "Well"], ["control", "A1"], [None, "A2"], ["drug", "A3"]]
    assert table(read(saved(tmp_path, rows, merge=("A2:A3",))))["Group"].to_list() == ["control", "control", "drug"]


def test_several_sheets_keep_their_names_and_hidden_ones_count(tmp_path):
    path = saved(tmp_path, [["a", "b"], [1, 2]], [["c", "d"], [3, 4]], [])
    assert set(read(path).tables) == {"sheet 1", "sheet 2"}
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = "veryHidden"
    book.save(path)
    reading = read(path)
    assert set(reading.tables) == {"rows", "sheet 2"}
    assert reading.facts["hidden sheets"] == "sheet 2"


def test_a_formula_is_its_stored_result_and_one_without_is_a_problem(tmp_path):
    path = saved(tmp_path, [["a", "sum"], ["x", "=1+1"], ["y", "=2+2"]])
    assert [(problem.code, problem.count) for problem in read(path).problems] == [("formula", 2)]

    def store(members):
        sheet = members["xl/worksheets/sheet1.xml"].replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        members["xl/worksheets/sheet1.xml"] = sheet.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")

    reading = read(rewritten(path, store))
    assert table(reading)["sum"].to_list() == ["2", None]
    assert [problem.count for problem in reading.problems] == [1]


def test_a_truncated_workbook_is_refused_with_its_name(tmp_path):
    path = saved(tmp_path, [["a", "b"], [1, 2]])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError, match=r"book\.xlsx"):
        read(path)


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("data", [b"", b"<a", b"\xff\xfe\0\0", b"<x><y/></x>"])
def test_damaged_parts_are_refused_or_told_never_a_crash(tmp_path, name, data):
    path = rewritten(saved(tmp_path, [["a", "b"], [1, 2]]), lambda members: members.update({name: data}))
    said = ""
    try:
        reading = read(path)
    except SourceError as error:
        said = str(error)
    assert "book.xlsx" in said or reading.tables


def test_a_protected_workbook_is_refused(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(SourceError, match="protected with a password"):
        read(path)


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no filled cell"):
        read(saved(tmp_path, []))


def test_a_workbook_that_swells_is_refused(tmp_path):
    def swell(members):
        members["xl/worksheets/sheet1.xml"] += b" " * 30_000_000

    path = rewritten(saved(tmp_path, [["a", "b"], [1, 2]]), swell)
    with pytest.raises(LimitError, match="packed to less than one in"):
        read(path)
    with pytest.raises(LimitError, match="unpacks to more than"):
        read(path, replace(Limits(), file_bytes=10_000_000, archive_ratio=1e9))


def test_a_document_type_is_refused(tmp_path):
    def declare(members):
        name = "xl/worksheets/sheet1.xml"
        members[name] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + members[name]

    with pytest.raises(SourceError, match="document type"):
        read(rewritten(saved(tmp_path, [["a", "b"], [1, 2]]), declare))


def test_a_cell_far_out_does_not_fill_the_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["XFD9"] = "a", "b", "far"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(LimitError, match="columns in a sheet"):
        read(tmp_path / "far.xlsx")
