"""DICOM files and MetaXpress plates: every cell is in the tables, and damage ends in a sentence."""

import contextlib
import importlib.util
import struct
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import discover, reader_of
from kg.readers.limits import Limits
from kg.readers.medical import dicom
from kg.readers.peek import peek
from kg.readers.screen import htd
from kg.table import Source

LIMITS = Limits()
CASES = Path(__file__).parent / "cases"
SHARED = (
    "wsi/sm_image.dcm",
    "wsi/seg_image_sm_control.dcm",
    "wsi/sm_annotations.dcm",
    "wsi/boxes_0.dcm",
    "wsi/boxes_1.dcm",
    "imagexpress/9987.HTD",
)


def module_of(case):
    spec = importlib.util.spec_from_file_location(f"made_{case.replace('/', '_')}", CASES / case / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(case, folder):
    path = module_of(case).make(folder)
    return Source(path, path.name)


def frames(reading):
    return {kind: table.frame.collect() for kind, table in reading.tables.items()}


def cells(reading):
    found = set()
    for frame in frames(reading).values():
        for column in frame.columns:
            for cell in frame[column].to_list():
                found.update(cell if isinstance(cell, list) else [cell])
    return found


def saved(folder, **elements):
    """A file with these elements."""
    data = module_of("dicom/slide").file("1.2.840.10008.5.1.4.1.1.2", 7)
    for keyword, value in elements.items():
        setattr(data, keyword, value)
    data.save_as(folder / "made.dcm")
    return Source(folder / "made.dcm", "made.dcm")


def settings():
    return Pipeline(Settings(version="test"))


# --------------------------------------------------------------------------------------------------------------------- DICOM
def test_every_value_of_a_slide_is_in_the_tables(tmp_path):
    found = cells(dicom.read(made("dicom/slide", tmp_path), LIMITS))
    assert {"K7-2", "PFA 4 %", "DAPI", "0042", "fw 7", "20240305141516.250", "Doe^Jane", "0.000325"} <= found


def test_rows_lie_apart_by_the_first_part_of_pixel_spacing(tmp_path):
    reading = dicom.read(made("dicom/slide", tmp_path), LIMITS)
    row = frames(reading)["PixelMeasuresSequence"].row(0, named=True)
    assert (row["_pixel_height"], row["_pixel_width"]) == ("0.00025", "0.000325")


def test_a_spacing_of_one_number_has_no_width(tmp_path):
    row = frames(dicom.read(saved(tmp_path, PixelSpacing=["0.5"]), LIMITS))["root"].row(0, named=True)
    assert row.get("_pixel_width") is None


def test_a_file_that_only_its_name_calls_dicom_is_claimed_and_one_without_is_not(tmp_path):
    for name, claimed in (("a.dcm", True), ("a.bin", False)):
        (tmp_path / name).write_bytes(b"x" * 200)
        assert dicom.claims(peek(Source(tmp_path / name, name))) is claimed


def test_a_file_of_other_bytes_is_refused_with_its_name(tmp_path):
    (tmp_path / "a.dcm").write_bytes(b"\0" * 128 + b"DICM")
    with pytest.raises(SourceError, match=r"a\.dcm"):
        dicom.read(Source(tmp_path / "a.dcm", "a.dcm"), LIMITS)


def test_a_file_cut_anywhere_is_read_as_far_as_it_goes_or_refused(tmp_path):
    whole = made("dicom/annotation", tmp_path).path.read_bytes()
    for size in range(132, len(whole), 37):
        (tmp_path / "cut.dcm").write_bytes(whole[:size])
        with contextlib.suppress(SourceError):  # anything else would be a crash
            assert "root" in dicom.read(Source(tmp_path / "cut.dcm", "cut.dcm"), LIMITS).tables


def test_sequences_nested_without_end_are_refused(tmp_path):
    item = struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
    sequence = struct.pack("<HH2sHL", 0x0040, 0x0560, b"SQ", 0, 0xFFFFFFFF)
    head = made("dicom/annotation", tmp_path).path.read_bytes()
    start = head.index(struct.pack("<HH", 0x0008, 0x0016))
    (tmp_path / "deep.dcm").write_bytes(head[:start] + (sequence + item) * 5000)
    with pytest.raises((SourceError, LimitError), match=r"deep\.dcm"):
        dicom.read(Source(tmp_path / "deep.dcm", "deep.dcm"), LIMITS)


def test_sequences_nested_deeper_than_any_real_file_are_refused(tmp_path):
    top = deep = Dataset()
    for _ in range(40):
        below = Dataset()
        deep.ContentSequence = Sequence([below])
        deep = below
    deep.TextValue = "bottom"
    with pytest.raises(LimitError, match="nested deeper"):
        dicom.read(saved(tmp_path, ContentSequence=Sequence([top])), LIMITS)


def test_of_many_frames_the_first_are_read_and_a_problem_says_so(tmp_path):
    frames_of_file = Sequence([Dataset() for _ in range(1200)])
    for number, frame in enumerate(frames_of_file):
        frame.FrameComments = str(number)
    reading = dicom.read(saved(tmp_path, PerFrameFunctionalGroupsSequence=frames_of_file), LIMITS)
    assert frames(reading)["PerFrameFunctionalGroupsSequence"].height == 1000
    assert [problem.code for problem in reading.problems] == ["dicom-frames"]


def test_a_slice_of_a_scanner_is_an_image_with_its_pixel_size(tmp_path):
    source = saved(
        tmp_path, Modality="MR", Rows=4, Columns=6, PixelSpacing=["0.5", "0.75"], SpacingBetweenSlices="2", Manufacturer="Maker",
        AcquisitionDate="20240102", AcquisitionTime="030405", BitsAllocated=16, BitsStored=12, PixelRepresentation=1,
    )  # fmt: skip
    [seen] = settings().inspect(source.path)
    assert not [problem for problem in seen.problems if problem.severity == "error"]
    said = {"physical_size_x> 750 ", "physical_size_y> 500 ", "physical_size_z> 2000 ", "int16", "2024-01-02T03:04:05"}
    text = seen.trig.replace('"', " ").replace(">", "> ").replace("  ", " ")
    assert [word for word in said if word not in text] == []


def test_an_object_without_pixels_keeps_its_words(tmp_path):
    item = Dataset()
    item.ValueType, item.TextValue = "TEXT", "a finding"
    source = saved(tmp_path, Modality="SR", ContentSequence=Sequence([item]))
    [seen] = settings().inspect(source.path)
    assert seen.mapping == "dicom"
    assert "a finding" in seen.trig


# ------------------------------------------------------------------------------------------------------------------- plates
def test_a_plate_is_one_source_with_its_pictures(tmp_path):
    made("htd/plate", tmp_path)
    [plate] = discover([tmp_path])
    assert plate.reader == "htd"
    assert [part.relative_to(tmp_path).parts[0] for part in plate.parts] == ["TimePoint_1"] * 3


def test_pictures_of_another_plate_stay_outside(tmp_path):
    for name in ("A.HTD", "A_1.HTD", "A_B02.tif", "A_1_B02.tif", "other.tif"):
        (tmp_path / name).write_bytes(b'"HTSInfoFile", Version 1.0\r\n"XWells", 2\r\n')
    parts = {source.path.name: [part.name for part in source.parts] for source in discover([tmp_path])}
    assert parts == {"A.HTD": ["A_B02.tif"], "A_1.HTD": ["A_1_B02.tif"], "other.tif": []}


def test_a_descriptor_is_claimed_by_its_first_key(tmp_path):
    source = made("htd/plate", tmp_path)
    assert reader_of(peek(source)).NAME == "htd"


def test_every_value_of_a_descriptor_is_in_the_tables(tmp_path):
    reading = htd.read(made("htd/plate", tmp_path), LIMITS)
    assert {"GFP, long", "0b7c", "Version 1.0", "Pilot\x82\x81GFP: every hour"} <= cells(reading)
    assert frames(reading)["Well"]["_well"].to_list() == ["A02", "B03"]
    assert reading.problems == ()


def test_a_name_says_well_site_wave_and_place_in_time(tmp_path):
    path = tmp_path / "TimePoint_3" / "ZStep_2" / "A_b_AB07_s12_w3F0000000-0000-4000-8000-000000000001.TIF"
    assert htd._file(path, tmp_path).cells == {
        "_file": path.relative_to(tmp_path).as_posix(), "_well": "AB07", "_well_row": "27", "_well_column": "6", "_site": "12",
        "_wave": "3", "_c": "2", "_t": "2", "_z": "1",
    }  # fmt: skip


def test_a_damaged_picture_is_left_out_with_a_problem(tmp_path):
    path = made("htd/plate", tmp_path).path
    bad = tmp_path / "Pilot_A02_w1.tif"
    bad.write_bytes(b"II*\0" + b"\xff" * 40)
    reading = htd.read(Source(path, "Pilot.HTD", parts=(bad,)), LIMITS)
    assert [problem.column for problem in reading.problems] == ["Pilot_A02_w1.tif"]
    assert frames(reading)["File"].height == 1


def test_of_many_pictures_the_first_are_opened_and_a_problem_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(htd, "_MOST_OPENED", 1)
    path = made("htd/plate", tmp_path).path
    parts = tuple(sorted((tmp_path / "TimePoint_1").iterdir()))
    reading = htd.read(Source(path, "Pilot.HTD", parts=parts), LIMITS)
    assert [problem.code for problem in reading.problems] == ["htd-files"]
    assert (frames(reading)["TiffFile"].height, frames(reading)["File"].height) == (1, 2)


@pytest.mark.parametrize("content", [b'"HTSInfoFile", Version 1.0\r\n', b"", b'"HTSInfoFile'])
def test_a_descriptor_without_keys_is_refused_with_its_name(tmp_path, content):
    (tmp_path / "a.HTD").write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.HTD"):
        htd.read(Source(tmp_path / "a.HTD", "a.HTD"), LIMITS)


def test_a_descriptor_that_is_cut_says_so_and_keeps_what_is_there(tmp_path):
    whole = made("htd/plate", tmp_path).path.read_bytes()
    for size in range(60, len(whole) - 3, 23):
        (tmp_path / "cut.HTD").write_bytes(whole[:size])
        reading = htd.read(Source(tmp_path / "cut.HTD", "cut.HTD"), LIMITS)
        assert [problem.code for problem in reading.problems] == ["htd"]


def test_quotes_that_are_never_closed_do_not_swallow_the_file(tmp_path):
    lines = ['"HTSInfoFile", Version 1.0', '"Description", "open', *(f'"Key{n}", {n}' for n in range(300)), '"EndFile"']
    (tmp_path / "a.HTD").write_text("\r\n".join(lines), encoding="ascii")
    assert "299" in cells(htd.read(Source(tmp_path / "a.HTD", "a.HTD"), LIMITS))


# -------------------------------------------------------------------------------------------------------------- real files
@pytest.mark.parametrize("name", SHARED)
def test_every_cell_of_a_real_file_is_accounted_for(shared, name):
    [seen] = settings().inspect(shared / "data" / "inputs" / "vendor" / name)
    assert seen.mapping in {"dicom", "htd"}
    assert not [problem for problem in seen.problems if problem.severity == "error"]
    lost = [
        column for column in seen.columns if column.filled != column.mapped + column.custom + column.missing + column.withheld
    ]
    assert lost == []
