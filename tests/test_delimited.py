from __future__ import annotations

import csv
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.errors import LimitError, SourceError
from kg.readers import Limits, delimited, discover, read
from kg.readers.body import Body
from kg.readers.records import DELIMITERS, records_of, shape_of, survey
from kg.table import Reading, Source, is_content

SHARED = Path(__file__).resolve().parents[2] / "shared"
BIG = 1 << 24


def read_bytes(folder: Path, data: bytes, name: str = "a.csv", limits: Limits | None = None) -> Reading:
    path = folder / name
    path.write_bytes(data)
    return delimited.read(Source(path, name), limits or Limits())


def rows_of(reading: Reading) -> list[tuple[object, ...]]:
    return reading.tables["rows"].frame.collect().rows()


def columns_of(reading: Reading) -> list[str]:
    return reading.tables["rows"].frame.collect_schema().names()


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt"])
def test_the_delimiter_is_taken_from_the_content_whatever_the_suffix(tmp_path, delimiter, name):
    text = delimiter.join("ab") + "\n" + delimiter.join("12") + "\n" + delimiter.join("34") + "\n"
    reading = read_bytes(tmp_path, text.encode(), name)
    assert rows_of(reading) == [(2, "1", "2"), (3, "3", "4")]
    assert reading.facts["delimiter"] == DELIMITERS[delimiter]


def test_a_decimal_comma_does_not_hide_the_semicolon(tmp_path):
    assert rows_of(read_bytes(tmp_path, b"x;y\n1,5;2,5\n1,0;2,0\n")) == [(2, "1,5", "2,5"), (3, "1,0", "2,0")]


def test_values_come_as_they_stand_in_the_file(tmp_path):
    values = ["NA", "NULL", "nan", "007", "1e3", " a ", "'q'", "TRUE"]
    data = (",".join(f"c{at}" for at in range(len(values))) + "\n" + ",".join(values) + "\n").encode()
    assert rows_of(read_bytes(tmp_path, data)) == [(2, *values)]


def test_every_column_is_text_and_the_row_counts_from_two(tmp_path):
    schema = read_bytes(tmp_path, b"a,b\n1,2\n").tables["rows"].frame.collect_schema()
    assert dict(schema) == {"_row": pl.UInt32, "a": pl.String, "b": pl.String}


def test_an_empty_cell_is_empty_and_a_missing_one_is_null(tmp_path):
    reading = read_bytes(tmp_path, b"a,b,c\n1,2\n4,,\n")
    assert rows_of(reading) == [(2, "1", "2", None), (3, "4", "", "")]
    assert [(p.code, p.rows, p.count) for p in reading.problems] == [("ragged", (2,), 1)]


def test_surplus_cells_are_kept_in_columns_of_their_own(tmp_path):
    reading = read_bytes(tmp_path, b"a,b\n1,2\n3,4,5,,7\n")
    assert columns_of(reading) == ["_row", "a", "b", "surplus 1", "surplus 2", "surplus 3"]
    assert rows_of(reading)[1] == (3, "3", "4", "5", "", "7")
    (problem,) = reading.problems
    assert (
        str(problem)
        == "a.csv, row 3: found 5 cells, expected 2 as in the header; the surplus is kept in 'surplus 1' to 'surplus 3'"
    )


def test_one_cell_too_few_and_one_too_many_do_not_cancel_out(tmp_path):
    reading = read_bytes(tmp_path, b"a,b,c\n1,2\n3,4,5,6\n7,8,9\n")
    assert rows_of(reading) == [(2, "1", "2", None, None), (3, "3", "4", "5", "6"), (4, "7", "8", "9", None)]


def test_delimiters_at_the_end_of_every_line_add_no_column(tmp_path):
    reading = read_bytes(tmp_path, b"a\tb\n1\t2\t\n3\t4\t\n")
    assert columns_of(reading) == ["_row", "a", "b"]
    assert [(p.severity, p.count) for p in reading.problems] == [("info", 2)]


def test_repeated_and_empty_names_are_numbered_and_told_once_each(tmp_path):
    reading = read_bytes(tmp_path, b"Unit,,Unit,Unit,_row\n1,2,3,4,5\n")
    assert columns_of(reading) == ["_row", "Unit", "column 2 without a name", "Unit (2)", "Unit (3)", "./_row"]
    assert [(p.code, p.count) for p in reading.problems] == [("header", 1), ("header", 3)]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b'\xef\xbb\xbf"a",b\r\n1,"x\r\ny"\r\n', [(2, "1", "x\r\ny")]),
        (b'a,b\r1,"x\ry"\r3,4', [(2, "1", "x\ry"), (3, "3", "4")]),
        (b"a,b\n1,2\n\n\n", [(2, "1", "2")]),
        (b"a,b\r\n1,2\r\n\r\n", [(2, "1", "2")]),
        (b"a,b\n1,2\n\n3,4\n", [(2, "1", "2"), (3, "3", "4")]),
        (b'a\tb\n5" disk\tx\n6"\ty\n', [(2, '5" disk', "x"), (3, '6"', "y")]),
        (b'a,b\n5",x\n6",y\n', [(2, '5"', "x"), (3, '6"', "y")]),
        (b'a,b\n"say ""hi""",2\n', [(2, 'say "hi"', "2")]),
        (b"a,b\n1\rx,2\n", [(2, "1\rx", "2")]),
        (b"a,b", []),
        (b"word\nhello, you\nx\n", [(2, "hello, you"), (3, "x")]),
        (b'w\n1\n\n""\n', [(2, "1"), (3, "")]),
    ],
)
def test_marks_line_ends_quotes_and_blank_lines(tmp_path, data, rows):
    assert rows_of(read_bytes(tmp_path, data)) == rows


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-16", "utf-16"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("mac_roman", "mac_roman")]
)
def test_encodings_are_detected_and_told(tmp_path, encoding, said):
    reading = read_bytes(tmp_path, "name;at\nHütter’s;20 °C\nZürich;5 µm\n".encode(encoding))
    assert rows_of(reading) == [(2, "Hütter’s", "20 °C"), (3, "Zürich", "5 µm")]
    assert reading.facts["encoding"] == said
    assert [p.code for p in reading.problems] == ([] if said.startswith("utf") else ["encoding"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a,b\n1,2\n" + b"x" * 5000 + b",\0\n", r"a\.csv: line 3 holds a zero byte"),
        (b'a,b\n1,"2\n3,4\n', r"a\.csv: row 2 opens a quote \(\"\) that is never closed"),
        (b" , \n1,2\n", r"a\.csv: has no header"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], r"begins as utf-16 but breaks off"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(tmp_path, data, sentence):
    with pytest.raises(SourceError, match=sentence):
        read_bytes(tmp_path, data)


@pytest.mark.parametrize(
    ("data", "limits", "sentence"),
    [
        (b"a,b,c\n1,2,3\n", Limits(columns=2), "has 3 columns, at most 2 are read"),
        (b"a,b\n1,2\n1" + b",2" * 20 + b"\n", Limits(columns=10), "has a row of 21 cells"),
        (b"a,b\n1," + b"x" * 2000 + b"\n", Limits(cell_bytes=1000), "row 2 has a cell of more than 1,000 characters"),
    ],
)
def test_tables_beyond_the_limits_are_refused(tmp_path, data, limits, sentence):
    with pytest.raises(LimitError, match=sentence):
        read_bytes(tmp_path, data, limits=limits)


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.csv.zip", "a.csv"])
def test_a_zip_with_one_table_is_read_whatever_it_is_called(tmp_path, name):
    (tmp_path / name).write_bytes(zipped(("x/table.csv", b"a,b\n1,2\n"), ("__MACOSX/._table.csv", b"\0")))
    reading = read(discover([tmp_path / name])[0])
    assert rows_of(reading) == [(2, "1", "2")]
    assert reading.facts["container"] == "zip (x/table.csv)"


def test_a_table_that_unpacks_without_end_is_stopped(tmp_path):
    bomb = b"a,b\n" + b"0,0\n" * 3_000_000
    with pytest.raises(LimitError, match="unpacks to more than"):
        read_bytes(tmp_path, zipped(("t.csv", bomb)), "a.csv.zip")
    with pytest.raises(LimitError, match="unpacks to more than"):
        read_bytes(tmp_path, gzip.compress(bomb), "a.csv.gz")


def test_a_member_that_leads_out_of_its_archive_is_not_read(tmp_path):
    with pytest.raises(SourceError, match=r"0 files .*leads out of the archive.*expected exactly one table"):
        read_bytes(tmp_path, zipped(("../evil.csv", b"a,b\n1,2\n")), "a.csv.zip")
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_zip_with_two_tables_is_refused_with_the_number(tmp_path):
    with pytest.raises(SourceError, match="2 files, expected exactly one"):
        read_bytes(tmp_path, zipped(("a.csv", b"a,b\n"), ("b.csv", b"a,b\n")), "a.csv.zip")


def test_gzip_that_breaks_off_is_a_sentence(tmp_path):
    with pytest.raises(SourceError, match="is damaged gzip"):
        read_bytes(tmp_path, gzip.compress(bytes(range(32, 127)) * 500)[:60], "a.csv.gz")


def large(line: bytes, count: int = 300_000) -> bytes:
    return b"Plate,Well,Gene\n" + line * count


def test_a_large_clean_table_is_scanned_where_it_lies(tmp_path):
    reading = read_bytes(tmp_path, large(b'P1,A1,"a b, c longer text here"\n'))
    assert reading.scratch == ()
    assert reading.facts["records"] == "300000"
    last = reading.tables["rows"].frame.tail(1).collect().row(0)
    assert last == (300_001, "P1", "A1", "a b, c longer text here")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (large("P1,A1,Müller’s gene with a long name\n".encode("cp1252")), "a.csv"),
        (large(b"P1,A1,a gene with a long name\n") + b"short\n", "a.csv"),
        (gzip.compress(large(b"P1,A1,a gene with a long name\n"), 1), "a.csv.gz"),
    ],
    ids=["other encoding", "ragged", "gzip"],
)
def test_a_large_table_that_must_be_rewritten_streams_from_one_scratch_file(tmp_path, data, name):
    limits = Limits(archive_ratio=1000)
    reading = read_bytes(tmp_path, data, name, limits)
    try:
        (scratch,) = reading.scratch
        assert reading.tables["rows"].frame.select(pl.len()).collect().item() >= 300_000
        assert scratch.exists()
    finally:
        for path in reading.scratch:
            path.unlink()


def test_scratch_files_are_gone_when_reading_fails(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with pytest.raises(SourceError, match="zero byte"):
        read_bytes(
            tmp_path,
            gzip.compress(large(b"P1,A1,a gene with a long name\n") + b"\0", 1),
            "a.csv.gz",
            Limits(archive_ratio=1000),
        )
    assert list(scratch.iterdir()) == []


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(min_value=2, max_value=5))
    # Names of structure begin with _ or $, so such headers are renamed; what they become has its own test.
    header = draw(
        st.lists(CELLS.filter(lambda cell: cell.strip() and is_content(cell)), min_size=width, max_size=width, unique=True)
    )
    body = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    return [header, *body]


@settings(max_examples=150, deadline=None)
@given(table=tables(), delimiter=st.sampled_from(list(DELIMITERS)), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_csv_wrote_comes_back_cell_by_cell(table, delimiter, encoding):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        reading = read_bytes(Path(folder), out.getvalue().encode(encoding))
        assert columns_of(reading) == ["_row", *table[0]]
        assert rows_of(reading) == [(number, *row) for number, row in enumerate(table[1:], start=2)]
        assert reading.problems == ()


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from('ab",\n\r'), max_size=30), width=st.integers(1, 3))
def test_a_text_called_regular_means_the_same_to_polars_and_to_csv(text, width):
    body = Body(text.encode())
    found = survey(body, ",", width, BIG)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    while rows and not rows[-1]:
        rows.pop()
    if found.regular and found.records:
        assert [len(row) for row in rows] == [width] * found.records
        frame = pl.scan_csv(
            body.content,
            has_header=False,
            schema=pl.Schema({f"c{at}": pl.String for at in range(width)}),
            empty_string_is_null=False,
            n_rows=found.records,
        )
        assert [list(row) for row in frame.collect().rows()] == rows


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4).filter(any), min_size=1, max_size=6))
def test_rows_of_any_length_lose_no_cell(rows):
    table = [["a", "b"], *rows]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        reading = read_bytes(Path(folder), out.getvalue().encode())
        assume(reading.facts["delimiter"] == "comma")
        for want, (_, *got) in zip(rows, rows_of(reading), strict=True):
            filled = [cell for cell in got if cell is not None]
            surplus = len(want) - len(filled)
            assert want == filled + [""] * surplus
            assert None not in got[: len(filled)]


def test_a_survey_finds_the_same_however_the_text_is_cut_into_pieces(tmp_path):
    text = 'a,b\r\n"x, ""y""\r\nz",2\r\nµ,"q"\r\n' * 40_000
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    found = survey(Body(path), ",", 2, BIG)
    assert (found.regular, found.utf8, found.crlf) == (True, True, True)
    assert found.records == 120_000 == sum(1 for _ in records_of(Body(path), ",", cell_bytes=BIG, carriage_returns=False))


def test_prose_has_no_shape():
    assert shape_of("A line without any.\nAnother one.\n", whole=True) is None


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample is not here")
def test_the_shared_annotation_tables_come_whole():
    rows = tables_seen = 0
    for source in discover([SHARED / "data" / "inputs" / "idr"]):
        if "annotation" in source.key:
            reading = read(source)
            rows += reading.tables["rows"].frame.select(pl.len()).collect().item()
            tables_seen += 1
            assert [p for p in reading.problems if p.code != "encoding"] == []
            for path in reading.scratch:
                path.unlink()
    assert (tables_seen, rows) == (323, 536_681)
