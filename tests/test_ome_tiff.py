"""OME-TIFF: the embedded OME-XML, the tags beside it, and damaged files that end in a sentence."""

import gzip
import logging
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import LimitError, SourceError
from kg.readers import ome_tiff, ome_xml
from kg.readers.limits import Limits
from kg.readers.peek import peek
from kg.table import Source

LIMITS = Limits()
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "inputs" / "ome" / "ometiff"
OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
PIXELS = np.zeros((2, 8, 6), np.uint8)
METADATA = {
    "axes": "CYX",
    "Channel": {"Name": ["DAPI", "mCherry"], "ExcitationWavelength": [405, 561], "ExcitationWavelengthUnit": ["nm", "nm"]},
    "PhysicalSizeX": 0.1,
    "PhysicalSizeXUnit": "µm",
}


def image(path, **options):
    tifffile.imwrite(path, PIXELS, photometric="minisblack", **({"metadata": METADATA, "ome": True} | options))
    return Source(path, f"box/{path.name}")


def described(path, description, **options):
    return image(path, description=description, metadata=None, ome=False, **options)


def claimed(source):
    return ome_tiff.claims(peek(source))


def tables(source):
    return {kind: table.frame.collect() for kind, table in ome_tiff.read(source, LIMITS).tables.items()}


@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"bigtiff": True}])
def test_the_embedded_xml_gives_the_tables_of_ome_xml(tmp_path, options):
    source = image(tmp_path / "a.ome.tif", software="a test", datetime="2020:01:02 03:04:05", **options)
    assert claimed(source)
    got = tables(source)
    assert got["Channel"].select("Name", "ExcitationWavelength", "ExcitationWavelengthUnit").rows() == [
        ("DAPI", "405", "nm"),
        ("mCherry", "561", "nm"),
    ]
    assert got["Pixels"].select("PhysicalSizeX", "PhysicalSizeXUnit").rows() == [("0.1", "µm")]
    file = got["TiffFile"].row(0, named=True)
    assert (file["ByteOrder"], file["BigTIFF"]) == (
        "MM" if options.get("byteorder") else "II",
        str("bigtiff" in options).lower(),
    )
    assert (file["Pages"], file["ImageWidth"], file["ImageLength"], file["BitsPerSample"]) == ("2", "6", "8", "8")
    assert (file["Software"], file["DateTime"], file["Compression"]) == ("a test", "2020:01:02 03:04:05", "NONE")
    assert (file["XResolution"], file["PhotometricInterpretation"]) == ("1/1", "MINISBLACK")
    assert "ImageDescription" not in file


def test_it_goes_before_ome_xml():
    assert ome_tiff.RANK < ome_xml.RANK


def test_a_description_behind_the_pixels_is_found(tmp_path):
    source = image(tmp_path / "plain_name.tif")
    with tifffile.TiffFile(source.path) as tiff:
        text = tiff.pages.first.tags[270].value
    pad = b"\0" * 200_000
    description = text.encode() + b"\0"
    ifd = 8 + len(pad) + len(description)
    entries = [(256, 4, 1, 6), (257, 4, 1, 8), (270, 2, len(description), 8 + len(pad)), (273, 4, 1, 8), (279, 4, 1, 48)]
    tail = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", 0)
    source.path.write_bytes(b"II*\0" + struct.pack("<I", ifd) + pad + description + tail)
    assert claimed(source)
    assert tables(source)["Channel"].height == 2


def test_other_tiffs_and_other_files_are_not_claimed(tmp_path):
    assert not claimed(image(tmp_path / "plain.tif", metadata=None, ome=False))
    assert not claimed(described(tmp_path / "described.tif", "an OME of mine"))
    large = tmp_path / "large.tif"
    tifffile.imwrite(large, np.zeros((400, 400), np.uint8))
    assert not claimed(Source(large, "large.tif"))
    other = tmp_path / "a.ome.tif"
    other.write_bytes(b"not a TIFF")
    assert not claimed(Source(other, "a.ome.tif"))


def test_a_plain_tiff_under_the_name_of_an_ome_tiff_says_what_is_missing(tmp_path):
    with pytest.raises(SourceError, match=r"box/a\.tif: the ImageDescription of the first page holds no OME-XML"):
        ome_tiff.read(described(tmp_path / "a.tif", "nothing"), LIMITS)


def test_other_tags_and_a_second_description_are_kept_as_text(tmp_path):
    xml = f'<OME xmlns="{OME}"><Image ID="Image:0"/></OME>'
    extra = [
        (52345, 2, 0, "ImageJ=1.54\nunit=um", True),
        (51123, 2, 0, '{"Objective": "60x"}', True),
        (65000, 7, 4, b"\x00\x01\xff\xfe", True),
        (65001, 7, 3, b"abc", True),
    ]
    source = described(tmp_path / "a.ome.tif", xml, extratags=extra)
    # tifffile does not write two descriptions, Micro-Manager does
    source.path.write_bytes(source.path.read_bytes().replace(struct.pack("<HH", 52345, 2), struct.pack("<HH", 270, 2)))
    reading = ome_tiff.read(source, LIMITS)
    row = reading.tables["TiffFile"].frame.collect().row(0, named=True)
    assert row["ImageDescription"] == "ImageJ=1.54\nunit=um"
    assert row["MicroManagerMetadata"] == '{"Objective": "60x"}'
    assert row["65001"] == "abc"
    assert reading.facts["tags_not_read"] == "65000"


def test_a_declaration_of_utf_16_in_single_bytes_is_read_and_remarked(tmp_path):
    xml = f'<?xml version="1.0" encoding="utf-16"?><OME xmlns="{OME}"><Image ID="i" Name="µ"/></OME>'
    reading = ome_tiff.read(described(tmp_path / "a.ome.tif", xml.encode()), LIMITS)
    assert reading.tables["Image"].frame.collect()["Name"].to_list() == ["µ"]
    assert [(problem.code, problem.repair) for problem in reading.problems] == [("encoding", "read as UTF-8")]


def test_damaged_xml_in_a_tiff_is_claimed_and_said(tmp_path):
    source = described(tmp_path / "a.tif", f'<OME xmlns="{OME}">\n<Image></OME>')
    assert claimed(source)
    with pytest.raises(SourceError, match=r"line 2, column 10: not valid XML: a closing tag"):
        ome_tiff.read(source, LIMITS)


def test_hostile_xml_in_a_tiff_is_refused(tmp_path):
    source = described(tmp_path / "a.ome.tif", '<!DOCTYPE OME [<!ENTITY a "b">]><OME>&a;</OME>')
    assert claimed(source)
    with pytest.raises(SourceError, match="declares the entity a"):
        ome_tiff.read(source, LIMITS)


def pointer(name):
    return f'<OME xmlns="{OME}" UUID="urn:uuid:2"><BinaryOnly MetadataFile="{name}" UUID="urn:uuid:1"/></OME>'


def test_a_secondary_file_follows_to_a_companion_or_to_the_master_tiff(tmp_path):
    image(tmp_path / "master.ome.tif")
    (tmp_path / "set.companion.ome").write_text(f'<OME xmlns="{OME}" UUID="urn:uuid:1"><Image ID="i"/></OME>', encoding="utf-8")
    for name in ("master.ome.tif", "set.companion.ome"):
        got = tables(described(tmp_path / "second.ome.tif", pointer(name)))
        assert got["Image"].height == 1
        assert {"BinaryOnly", "BinaryOnlyFile", "TiffFile"} <= set(got)


def test_a_companion_that_is_missing_or_outside_is_a_problem(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "secret.ome").write_text(f'<OME xmlns="{OME}"><Image ID="i"/></OME>', encoding="utf-8")
    (folder / "plain.tif").write_bytes(b"II*\0\0\0\0\0")
    cases = {"gone.ome": "companion-missing", "../secret.ome": "companion-outside", "plain.tif": "companion-unreadable"}
    for name, code in cases.items():
        reading = ome_tiff.read(described(folder / "second.ome.tif", pointer(name)), LIMITS)
        assert [problem.code for problem in reading.problems] == [code]
        assert set(reading.tables) == {"OME", "BinaryOnly", "TiffFile"}


def test_a_packed_tiff_is_read_and_a_damaged_one_is_said(tmp_path):
    plain = image(tmp_path / "a.ome.tif")
    path = tmp_path / "b.ome.tif.gz"
    path.write_bytes(gzip.compress(plain.path.read_bytes()))
    assert claimed(Source(path, path.name))
    assert tables(Source(path, path.name))["Channel"]["Name"].to_list() == ["DAPI", "mCherry"]
    with pytest.raises(LimitError, match="unpacks to more than 100 bytes"):
        ome_tiff.read(Source(path, path.name), Limits(file_bytes=100))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SourceError, match=r"b\.ome\.tif\.gz: the gzip stream is damaged or cut off"):
        ome_tiff.read(Source(path, path.name), LIMITS)
    with pytest.raises(SourceError, match="no such file"):
        ome_tiff.read(Source(tmp_path / "gone.ome.tif", "gone.ome.tif"), LIMITS)


def test_recognition_does_not_load_the_library():
    code = "import sys, kg.readers.ome_tiff, kg.readers.tiff.tiff, kg.readers.vendor.micromanager; assert 'tifffile' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


def test_a_chain_of_pages_that_turns_back_is_remarked(tmp_path):
    source = image(tmp_path / "a.ome.tif")
    with tifffile.TiffFile(source.path) as tiff:
        first, second = tiff.pages[0].offset, tiff.pages[1].offset
    data = bytearray(source.path.read_bytes())
    (tags,) = struct.unpack_from("<H", data, second)
    struct.pack_into("<I", data, second + 2 + 12 * tags, first)
    source.path.write_bytes(data)
    reading = ome_tiff.read(source, LIMITS)
    assert [problem.code for problem in reading.problems] == ["tiff-pages"]
    assert "Pages" not in reading.tables["TiffFile"].frame.collect().columns


def survives(source):
    """Read a damaged file: a reading or a sentence, never another error."""
    claimed(source)
    try:
        return ome_tiff.read(source, LIMITS)
    except SourceError:
        return None


def test_a_truncated_file_is_a_sentence_at_any_length(tmp_path, capfd):
    source = image(tmp_path / "a.ome.tif")
    whole = source.path.read_bytes()
    read = []
    for length in range(0, len(whole), 7):
        source.path.write_bytes(whole[:length])
        read.append(survives(source) is not None)
    assert not read[0]
    source.path.write_bytes(whole[:120])
    with pytest.raises(SourceError, match=r"^box/a.ome.tif: .*the TIFF structure is damaged or cut off"):
        ome_tiff.read(source, LIMITS)
    assert claimed(source)
    assert capfd.readouterr() == ("", "")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(4, 700), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_never_end_in_another_error(tmp_path_factory, changes):
    source = image(tmp_path_factory.mktemp("flip") / "a.ome.tif")
    data = bytearray(source.path.read_bytes())
    for at, byte in changes:
        data[at % len(data)] = byte
    source.path.write_bytes(data)
    survives(source)


def test_what_tifffile_logs_is_a_problem_and_the_log_is_left_as_it_was(tmp_path, caplog):
    source = image(tmp_path / "a.ome.tif", software="a test of a long name")
    with tifffile.TiffFile(source.path) as tiff:
        tag = tiff.pages.first.tags["Software"]
    data = bytearray(source.path.read_bytes())
    struct.pack_into("<I", data, tag.offset + 8, 0xFFFFFF)
    source.path.write_bytes(data)
    filters = list(logging.getLogger("tifffile").filters)
    reading = ome_tiff.read(source, LIMITS)
    assert [problem.code for problem in reading.problems] == ["tiff"]
    assert reading.problems[0].found == "1 tag cannot be read (305); is the file complete?"
    assert not caplog.records
    assert logging.getLogger("tifffile").filters == filters


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared OME-TIFF files are not here")
@pytest.mark.parametrize(("name", "pages", "channels"), [("cells.ome.tif", "1", 1), ("cells-2c.ome.tif", "2", 2)])
def test_the_shared_files_of_bio_formats_are_read(name, pages, channels):
    source = Source(SHARED / name, name)
    assert claimed(source)
    got = tables(source)
    assert got["TiffFile"].row(0, named=True)["Pages"] == pages
    assert got["Channel"].height == channels
    assert got["UUID"]["_parent_kind"].to_list() == ["TiffData"] * channels
