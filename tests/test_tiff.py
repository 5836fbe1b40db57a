"""TIFFs of microscope makers and Micro-Manager: every cell is in the tables, and damage ends in a sentence."""

import gzip
import importlib.util
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import LimitError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.readers import discover, parts_of, reader_of
from kg.readers.limits import Limits
from kg.readers.peek import peek
from kg.readers.tiff import mm, texts, tiff
from kg.readers.tiff.one import tables_of_tiff
from kg.readers.vendor import micromanager
from kg.table import Source

LIMITS = Limits()
CASES = Path(__file__).parent / "cases"
PIXELS = np.zeros((6, 8), np.uint8)
SHARED = (
    "imagej/test_loading_image_saved_with_imageJ_stack.tif",
    "imagej/test_loading_image_saved_with_imageJ_stack_no_scale.tif",
    "imagexpress/9987_B02.TIF",
    "sem_tiff/olympus_SIS.tif",
    "sem_tiff/test_loading_image_saved_with_DM.tif",
    "sem_tiff/test_tiff_Zeiss_SEM_512pix.tif",
    "sem_tiff/tiff_FEI_Helios.zip",
    "wsi/small.svs",
    "micromanager/alpha2/metadata.txt",
    "micromanager/alpha2/img_channel000_position000_time000000000_z000.tif",
    "micromanager/ndtiff/NDTiff.index",
    "micromanager/ndtiff/12_bit_pycromanager_mda_NDTiffStack.tif",
    "micromanager/1.4compatTest_3_MMStack_1-Pos_000_000_metadata.txt.gz",
    "micromanager/1.4compatTest_3_MMStack_1-Pos_000_000.ome.tif.gz",
)


def written(path, **options):
    tifffile.imwrite(path, options.pop("pixels", PIXELS), **({"metadata": None, "software": ""} | options))
    return Source(path, f"box/{path.name}")


def made(case, folder):
    spec = importlib.util.spec_from_file_location("made", CASES / case / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = module.make(folder)
    return Source(path, f"box/{path.name}")


def tables(source, reader=tiff):
    return {kind: table.frame.collect() for kind, table in reader.read(source, LIMITS).tables.items()}


def row(source, kind, reader=tiff):
    return tables(source, reader)[kind].row(0, named=True)


def cells(frames):
    """All texts of all tables."""
    found = []
    for frame in frames.values():
        for column in frame.columns:
            for cell in frame[column].to_list():
                found.extend(cell if isinstance(cell, list) else [cell])
    return {cell for cell in found if isinstance(cell, str)}


# --------------------------------------------------------------------------------------------------------------- recognition
def test_what_begins_as_tiff_is_claimed_after_ome_tiff(tmp_path):
    source = written(tmp_path / "a.dat")
    assert reader_of(peek(source)) is tiff
    ome = tmp_path / "a.ome.tif"
    tifffile.imwrite(ome, PIXELS, ome=True)
    assert reader_of(peek(Source(ome, ome.name))).NAME == "ome_tiff"


def test_a_zip_is_claimed_only_if_all_files_in_it_are_tiffs(tmp_path):
    written(tmp_path / "a.tif")
    for names, claimed in (
        (("a.tif",), True),
        (("b/a.TIFF", "__MACOSX/._a.tif"), True),
        (("a.tif", "b.csv"), False),
        ((), False),
    ):
        path = tmp_path / "some.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.write(tmp_path / "a.tif", name)
        assert tiff.claims(peek(Source(path, path.name))) == claimed


def test_other_json_is_not_claimed_as_micro_manager(tmp_path):
    for text, claimed in (
        ('{"Summary": {"Prefix": "a", "ChNames": []}}', True),
        ('{"Summary": {"cells": 3}}', False),
        ("[1]", False),
    ):
        path = tmp_path / "metadata.txt"
        path.write_text(text, encoding="utf-8")
        assert micromanager.claims(peek(Source(path, path.name))) == claimed


# ---------------------------------------------------------------------------------------------------------------------- tags
def test_the_tags_of_a_page_and_the_size_of_a_fine_pixel_are_told(tmp_path):
    got = row(written(tmp_path / "a.tif", resolution=(50000, 25000), resolutionunit="CENTIMETER", byteorder=">"), "TiffFile")
    assert (got["ByteOrder"], got["XResolution"], got["ImageWidth"]) == ("MM", "50000/1", "8")
    assert (got["_pixel_width"], got["_pixel_height"], got["_unit"], got["_calibrated"]) == ("2e-05", "4e-05", "cm", "1")
    for resolution, unit in (((300, 300), "INCH"), ((118, 118), "CENTIMETER"), ((50000, 50000), "NONE")):
        assert row(written(tmp_path / "b.tif", resolution=resolution, resolutionunit=unit), "TiffFile")["_calibrated"] is None


def test_only_pages_that_differ_have_a_row_with_what_differs(tmp_path):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        for text in ("one", "one", "two"):
            writer.write(PIXELS, metadata=None, software="", description=text)
    pages = tables(Source(path, path.name))["TiffPage"]
    assert pages.select("_page", "ImageDescription").rows() == [("2", "two")]


def test_a_packed_tiff_is_read(tmp_path):
    plain = written(tmp_path / "a.tif", software="X 1")
    path = tmp_path / "b.tif.gz"
    path.write_bytes(gzip.compress(plain.path.read_bytes()))
    assert row(Source(path, path.name), "TiffFile")["Software"] == "X 1"
    assert row(Source(path, path.name), "TiffFile")["_file"] == "b.tif"


def test_one_function_gives_the_tables_of_one_tiff(tmp_path):
    source = written(tmp_path / "a.tif")
    one = tables_of_tiff(source.path.read_bytes(), "a.tif", "box", LIMITS)
    assert {frame["_file"][0] for frame in one.frames.values()} == {"a.tif"}


# -------------------------------------------------------------------------------------------------------------------- makers
def test_imagej_says_its_unit_its_labels_and_how_many_overlays_there_are(tmp_path):
    source = made("imagej/stack", tmp_path)
    got = row(source, "ImageJ")
    assert (got["unit"], got["_unit"], got["spacing"], got["_overlays"]) == ("\\u00B5m", "µm", "-0.75", "2")
    assert row(source, "Label")["Gain"] == "3"
    assert row(source, "Info")["Operator comment"] == "pale"
    assert "IJMetadata Overlays" not in tiff.read(source, LIMITS).facts.get("tags_not_read", "")


def test_micro_manager_in_the_info_of_imagej_is_a_frame(tmp_path):
    info = json.dumps({"Objective-Label": {"PropVal": "Plan 10x", "PropType": "String"}, "XPositionUm": 4.5})
    path = tmp_path / "img_1.tif"
    tifffile.imwrite(path, PIXELS, imagej=True, metadata={"Info": info})
    source = Source(path, path.name)
    assert row(source, "Settings")["Objective-Label"] == "Plan 10x"
    assert row(source, "Frame")["XPositionUm"] == "4.5"
    assert "micromanager" in tiff.read(source, LIMITS).facts["dialects"]


def test_every_value_of_the_makers_blocks_is_in_the_tables(tmp_path):
    for case, values in {
        "metaseries/well": {"Screen 4", "35 ms", "C07 : Site 3", "20X Plan Apo", "40", "note"},
        "fei-sem/archive": {"15000", "high", "2e-011", "Quanta 250", "61.5", "nacre, fresh break"},
        "zeiss-sem/inlens": {"5.2 mm", "25.00 K X", "100 pA", "MERLIN-61-12", "1.25e-008"},
        "olympus-sis/camera": {"Morada G2", "Single Frame", "80000.0", "particles"},
        "gatan-tiff/scaled": {"0.25", "nanometer", "1.5", "e-"},
        "svs/slide": {"40", "0.2521", "SS1234", "45", "Aperio Image Library v11.2.1"},
        "lsm/one_track": {"pollen 3", "Plan-Apochromat 63x/1.4 Oil DIC", "Alexa 488", "488.0", "39083.5", "98.5"},
        "metaseries/stk": {"20 ms", "0.13", "um", "525.0", "1.5"},
    }.items():
        folder = tmp_path / case.replace("/", "-")
        folder.mkdir()
        assert values <= cells(tables(made(case, folder))), case


def test_the_pixel_of_a_zeiss_image_is_not_that_of_the_screen(tmp_path):
    assert row(made("zeiss-sem/inlens", tmp_path), "ZeissSEM")["_pixel_size"] == "2.50e-8"


def test_the_pixel_of_an_fei_image_comes_from_its_field_where_it_is_not_said(tmp_path):
    source = made("fei-sem/archive", tmp_path)
    assert tables(source)["FEI"]["_pixel_width"].to_list() == ["2.5e-7", "2.5e-7"]
    assert tables(source)["FEI"]["_file"].to_list() == ["nacre_0.tif", "nacre_1.tif"]


def test_lines_of_old_metamorph_and_settings_of_scanimage_are_columns(tmp_path):
    old = written(tmp_path / "a.tif", description="Exposure: 12 msec\r\nBinning: 2 x 2\r\nAcquired", software="MetaMorph 6.1")
    assert row(old, "MetaSeries")["Description.Exposure"] == "12 msec"
    software = "SI.VERSION_MAJOR = 2018\nSI.hRoiManager.scanZoomFactor = 4.5"
    regions = json.dumps({"RoiGroups": {"imagingRoiGroups": {"name": "field"}}})
    scan = written(
        tmp_path / "b.tif",
        software=software,
        description="frameNumbers = 1\nepoch = [2020 1 2]",
        extratags=[(315, 2, 0, regions, True)],
    )
    assert row(scan, "ScanImage")["SI.hRoiManager.scanZoomFactor"] == "4.5"
    assert row(scan, "ScanImage")["RoiGroups.imagingRoiGroups.name"] == "field"
    assert row(scan, "ScanImageFrame")["frameNumbers"] == "1"
    assert "Artist" not in tables(scan)["TiffFile"].columns


def test_any_xml_and_json_in_a_description_are_tables(tmp_path):
    scn = "<scn><device model='SCN400' version='1.4'/><image><objectiveSettings><objective>20</objective></objectiveSettings></image></scn>"
    got = tables(written(tmp_path / "a.scn", description=scn))
    assert got["device"]["model"].to_list() == ["SCN400"]
    assert "20" in cells({"settings": got["objectiveSettings"].select("objective")})
    python = written(tmp_path / "b.tif", description=json.dumps({"axes": "YX", "PhysicalSizeX": 0.65}))
    assert row(python, "Description")["PhysicalSizeX"] == "0.65"


def test_hamamatsu_tags_have_names(tmp_path):
    extra = [
        (65420, 3, 1, 1, True),
        (65421, 11, 1, 40.0, True),
        (65442, 2, 0, "A100", True),
        (65449, 2, 0, "Objective.Lens.Magnificant=40\nA=b", True),
        (271, 2, 0, "Hamamatsu", True),
    ]
    got = row(written(tmp_path / "a.tif", extratags=extra), "NDPI")
    assert (got["SourceLens"], got["SerialNumber"], got["A"]) == ("40.0", "A100", "b")


def test_hostile_xml_stays_a_text_with_a_problem(tmp_path):
    text = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    reading = tiff.read(written(tmp_path / "a.tif", description=text), LIMITS)
    assert [problem.code for problem in reading.problems] == ["tiff-tag"]
    assert reading.tables["TiffFile"].frame.collect()["ImageDescription"].to_list() == [text]


# -------------------------------------------------------------------------------------------------------------------- damage
def survives(source, reader=tiff):
    """Read a damaged file: a reading or a sentence, never another error."""
    try:
        return reader.read(source, LIMITS)
    except SourceError:
        return None


def test_a_truncated_file_is_refused_with_its_name(tmp_path):
    source = written(tmp_path / "a.tif", description="x" * 100)
    whole = source.path.read_bytes()
    for length in range(0, len(whole), 11):
        source.path.write_bytes(whole[:length])
        survives(source)
    source.path.write_bytes(whole[:30])
    with pytest.raises(SourceError, match=r"^box/a\.tif: the TIFF structure is damaged or cut off"):
        tiff.read(source, LIMITS)


@pytest.mark.parametrize(
    "case", ["lsm/one_track", "metaseries/stk", "olympus-sis/camera", "imagej/stack", "micromanager/ndtiff"]
)
def test_flipped_bytes_never_end_in_another_error(case, tmp_path):
    source = made(case, tmp_path)
    reader = micromanager if case.startswith("micromanager") else tiff
    if reader is micromanager:
        source = Source(source.path, source.key, parts=tuple(tmp_path.glob("*.tif")), reader="micromanager")
    whole = source.path.read_bytes()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=8))
    def flipped(changes):
        data = bytearray(whole)
        for at, byte in changes:
            data[at] = byte
        source.path.write_bytes(data)
        survives(source, reader)

    flipped()


def test_tags_that_a_cut_file_lacks_are_one_problem_in_plain_words(tmp_path):
    whole = tmp_path / "whole.tif"
    tifffile.imwrite(whole, np.zeros((40, 40), np.uint8), description="x" * 300, software="y" * 60, resolution=(3, 4))
    (tmp_path / "a.tif").write_bytes(whole.read_bytes()[:300])
    problems = tiff.read(Source(tmp_path / "a.tif", "a.tif"), Limits()).problems
    said = [problem.found for problem in problems if problem.code == "tiff"]
    assert said[0] == "4 tags cannot be read (270, 282, 283, 305); is the file complete?"
    assert not any("<" in problem.found or "Tiff" in problem.found for problem in problems)


def test_a_damaged_file_of_an_archive_is_a_problem_and_the_others_are_read(tmp_path):
    whole = written(tmp_path / "a.tif").path.read_bytes()
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.tif", whole)
        archive.writestr("bad.tif", whole[:20])
    reading = tiff.read(Source(path, "box/two.zip"), LIMITS)
    assert [(problem.code, problem.column, problem.severity) for problem in reading.problems] == [("tiff", "bad.tif", "error")]
    assert reading.tables["TiffFile"].frame.collect()["_file"].to_list() == ["good.tif"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bad.tif", whole[:20])
    with pytest.raises(SourceError, match="no file of the archive can be read as TIFF"):
        tiff.read(Source(path, "box/two.zip"), LIMITS)


def test_what_unpacks_beyond_the_limits_is_refused(tmp_path):
    path = tmp_path / "a.tif.gz"
    path.write_bytes(gzip.compress(b"II*\0" + b"\0" * 5000))
    with pytest.raises(LimitError, match="unpacks to more than 4,000 bytes"):
        tiff.read(Source(path, path.name), Limits(file_bytes=4000))


def test_more_pages_than_are_looked_at_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr("kg.readers.tiff.pages.MOST_PAGES", 2)
    source = written(tmp_path / "a.tif", pixels=np.zeros((5, 6, 8), np.uint8), photometric="minisblack")
    assert [(problem.code, problem.severity) for problem in tiff.read(source, LIMITS).problems] == [("tiff-pages", "info")]


# ------------------------------------------------------------------------------------------------------------- Micro-Manager
def test_both_notations_of_micro_manager_give_the_same(tmp_path):
    wrapped = {"a": {"PropVal": [1, 2], "PropType": "Integer array"}, "b": {"type": "STRING", "scalar": "x"}, "type": "kept"}
    assert mm.unwrapped(wrapped) == {"a": [1, 2], "b": "x", "type": "kept"}
    settings_map = {
        "encoding": "UTF-8",
        "format": "Micro-Manager Property Map",
        "map": {"c": {"type": "PROPERTY_MAP", "array": [{"d": {"type": "DOUBLE", "scalar": 2.5}}]}},
    }
    assert mm.unwrapped(settings_map) == {"c": [{"d": 2.5}]}


def test_what_is_the_same_in_all_frames_stands_once(tmp_path):
    source = Source(*made_metadata(tmp_path), parts=tuple(sorted(tmp_path.glob("*.tif"))), reader="micromanager")
    got = tables(source, micromanager)
    assert got["Settings"].row(0, named=True)["Nosepiece-Label"] == "3-Plan Apo 60x NA 1.40 Oil"
    assert got["Frame"]["Emission-Label"].to_list() == ["525/50", "630/75"]
    assert got["Frame"].select("_c", "_z", "_t", "_first").rows() == [("0", "0", "0", "1"), ("1", "0", "0", "1")]
    assert got["Channel"]["ChNames"].to_list() == ["GFP", "mCherry"]
    assert got["File"].height == 2


def made_metadata(folder):
    source = made("micromanager/metadata", folder)
    return source.path, source.key


def test_metadata_that_breaks_off_is_closed_with_a_problem_at_any_length(tmp_path):
    path, key = made_metadata(tmp_path)
    source = Source(path, key)
    whole = path.read_bytes()
    read = []
    for length in range(100, len(whole), 37):
        path.write_bytes(whole[:length])
        reading = survives(source, micromanager)
        if reading:
            assert [problem.code for problem in reading.problems] == ["json-cut"]
            read.append(reading.tables[mm.SUMMARY].frame.collect()["Prefix"].to_list())
    assert len(read) > 10
    assert set(map(tuple, read)) == {("fly brain",)}


def test_an_index_that_is_cut_off_or_alone_is_a_problem(tmp_path):
    made("micromanager/ndtiff", tmp_path)
    path = tmp_path / "NDTiff.index"
    stack = next(tmp_path.glob("*.tif"))
    path.write_bytes(path.read_bytes()[:-5])
    reading = micromanager.read(Source(path, "box/NDTiff.index", parts=(stack,)), LIMITS)
    assert [problem.code for problem in reading.problems] == ["ndtiff-cut"]
    assert reading.tables["Frame"].frame.collect().height == 1
    reading = micromanager.read(Source(path, "box/NDTiff.index"), LIMITS)
    assert {problem.code for problem in reading.problems} == {"ndtiff-cut", "sidecar-missing"}
    path.write_bytes(struct.pack("<I", 4_000_000_000) + b"{}")
    with pytest.raises(SourceError, match=r"NDTiff\.index: is no index of NDTiff"):
        micromanager.read(Source(path, "box/NDTiff.index"), LIMITS)


def test_a_folder_of_micro_manager_is_one_source(tmp_path):
    for case, primary, parts in (("metadata", "metadata.txt", 2), ("ndtiff", "NDTiff.index", 1)):
        folder = tmp_path / case
        folder.mkdir()
        made(f"micromanager/{case}", folder)
        found = discover([folder])
        assert [(source.key, source.reader) for source in found] == [(f"{case}/{primary}", "micromanager")]
        assert len(parts_of(found)) == parts


def test_stacks_of_ome_tiff_stay_sources_of_their_own(tmp_path):
    (tmp_path / "a_MMStack_Pos0_metadata.txt").write_text("{}", encoding="utf-8")
    tifffile.imwrite(tmp_path / "a_MMStack_Pos0.ome.tif", PIXELS, ome=True)
    assert len(discover([tmp_path])) == 2


# ---------------------------------------------------------------------------------------------------------------------- texts
def test_sections_and_pairs_keep_what_repeats_and_what_has_no_key():
    assert texts.sections("x=0\n[a]\nk=1\nk=2\nlone\n[a]\nk=3") == {
        "x": "0",
        "a": {"k": ["1", "2"], "line": "lone"},
        "a[2]": {"k": "3"},
    }


# --------------------------------------------------------------------------------------------------------------------- shared
@pytest.mark.parametrize("name", SHARED)
def test_no_cell_of_a_shared_file_is_lost(name, shared):
    [seen] = Pipeline(Settings(version="test")).inspect(shared / "data" / "inputs" / "vendor" / name)
    lost = [
        column for column in seen.columns if column.filled != column.mapped + column.custom + column.missing + column.withheld
    ]
    assert seen.mapping
    assert not lost
    assert not [problem for problem in seen.problems if problem.severity == "error"]
